// The product policy (spec/product-policy.md): one in which nothing has its default, ones with a single field.
import { encode } from "./cbor.mjs";
import { commonRefusals, fieldRefusals, without } from "./variants.mjs";
import { object, refusal, writeVectors } from "./vector_file.mjs";

const kind = "product-policy";

const defaults = {
  threads: null, processors: [], memory_budget: null, spinning: false, providers: [1], weights_may_leave: false,
  zero_copy_inputs: false, output_guard: { top_k: null, decimals: null }, receipts: false, start_at_boot: false,
  linger_seconds: 0, licence_end: 1, degraded_calls_per_minute: 60,
};

export const policyFields = {
  threads: 2, processors: [0, 1], memory_budget: 536870912, spinning: true, providers: [3, 2, 1], weights_may_leave: true,
  zero_copy_inputs: true, output_guard: { top_k: 3, decimals: 4 }, receipts: true, start_at_boot: true,
  linger_seconds: 600, licence_end: 2, degraded_calls_per_minute: 6,
};
const asItem = (field) => (Object.getPrototypeOf(field) === Object.prototype ? new Map([[1, field.top_k], [2, field.decimals]]) : field);
export const policyMap = new Map(Object.values(policyFields).map((field, i) => [i + 1, asItem(field)]));

// A policy with one field that is not the default.
const alone = (name, key, item, fields) => object(name, kind, encode(new Map([[key, item]])), { ...defaults, ...fields });
const said = (name, key, item) => refusal(name, kind, "malformed", encode(new Map([[key, item]])));
const numbers = (count) => Array.from({ length: count }, (_, i) => i);

export function writeProductPolicyVectors() {
  writeVectors("product-policy", "spec/product-policy.md", {
    objects: [
      object("every field", kind, encode(policyMap), policyFields),
      alone("one thread", 1, 1, { threads: 1 }),
      alone("64 processors", 2, numbers(64).map((i) => i + 960), { processors: numbers(64).map((i) => i + 960) }),
      alone("weights may leave, but need not", 6, true, { weights_may_leave: true }),
      alone("no decimals", 8, new Map([[2, 0]]), { output_guard: { top_k: null, decimals: 0 } }),
      alone("stop", 12, 3, { licence_end: 3 }),
    ],
    refused: [
      ...commonRefusals(kind, policyMap).filter(({ name }) => name !== "last key missing"),
      ...fieldRefusals(kind, policyMap, [
        ["threads 0", "malformed", 1, 0], ["threads 65", "malformed", 1, 65], ["processor 1024", "malformed", 2, [1024]],
        ["processors descending", "malformed", 2, [1, 0]], ["a processor twice", "malformed", 2, [1, 1]],
        ["65 processors", "too-large", 2, numbers(65)], ["memory budget 0", "malformed", 3, 0],
        ["provider 0", "unsupported", 5, [0, 1]], ["provider 6", "unsupported", 5, [6, 1]],
        ["a provider twice", "malformed", 5, [2, 1, 2]], ["nine providers", "too-large", 5, numbers(9)],
        ["top 0", "malformed", 8, new Map([[1, 0]])], ["8 decimals", "malformed", 8, new Map([[2, 8]])],
        ["unknown key of the output guard", "malformed", 8, new Map([[1, 3], [3, 1]])],
        ["more than a day", "malformed", 11, 86401], ["licence end 0", "unsupported", 12, 0],
        ["licence end 4", "unsupported", 12, 4], ["no calls at all", "malformed", 13, 0],
      ]),
      refusal("weights may not leave", kind, "malformed", encode(without(policyMap, 6))),
      refusal("all defaults", kind, "malformed", encode(new Map())),
      said("default said: no processors", 2, []), said("default said: no spinning", 4, false),
      said("default said: the CPU", 5, [1]), said("default said: weights stay", 6, false),
      said("default said: copies", 7, false), said("default said: no guard", 8, new Map()),
      said("default said: no receipts", 9, false), said("default said: on demand", 10, false),
      said("default said: no linger", 11, 0), said("default said: finish", 12, 1), said("default said: 60 calls", 13, 60),
      refusal("over 1024 bytes", kind, "too-large", new Uint8Array(1025)),
    ],
  });
}
