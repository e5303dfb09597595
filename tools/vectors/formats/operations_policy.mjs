// The operations policy (spec/operations-policy.md): one with every field, ones with few, one that demands nothing.
import { encode } from "./cbor.mjs";
import { commonRefusals, fieldRefusals } from "./variants.mjs";
import { object, refusal, writeVectors } from "./vector_file.mjs";

const kind = "operations-policy";
const none = { isolation_floor: 1, threads: null, memory_budget: null, forbids_export: false };

// Demands as they are encoded, and as a reader finds them.
const item = (said) => new Map([["isolation_floor", 1], ["threads", 2], ["memory_budget", 3], ["forbids_export", 4]]
  .filter(([name]) => name in said).map(([name, key]) => [key, said[name]]));
const found = (said) => ({ ...none, ...said });

const base = (version) => [[0, "edgekeep/operations-policy"], [1, version], [2, "acme"]];
const fields = (version, more = {}) =>
  ({ version, authority: "acme", sessions: null, demands: none, products: [], ...more });

const all = { isolation_floor: 2, threads: 4, memory_budget: 1073741824, forbids_export: true };
const ocr = { isolation_floor: 3 };
const other = { threads: 1, memory_budget: 18446744073709551615n };
const full = new Map([...base(7), [3, 16], [4, item(all)], [5, [["acme/label-ocr", item(ocr)], ["acme/other", item(other)]]]]);
const listed = (count) => Array.from({ length: count }, (_, i) => [`acme/p${10 + i}`, item(ocr)]);

const made = (name, version, pairs, more) => object(name, kind, encode(new Map([...base(version), ...pairs])), fields(version, more));

export function writeOperationsPolicyVectors() {
  writeVectors("operations-policy", "spec/operations-policy.md", {
    objects: [
      object("every field", kind, encode(full), fields(7, {
        sessions: 16, demands: found(all),
        products: [{ product: "acme/label-ocr", demands: found(ocr) }, { product: "acme/other", demands: found(other) }],
      })),
      made("nothing is demanded", 1, []),
      made("one session", 2, [[3, 1]], { sessions: 1 }),
      made("a floor for every product", 3, [[4, item({ isolation_floor: 3 })]], { demands: found({ isolation_floor: 3 }) }),
      made("16 products", 18446744073709551615n, [[5, listed(16)]],
        { products: listed(16).map(([product]) => ({ product, demands: found(ocr) })) }),
    ],
    refused: [
      ...commonRefusals(kind, full).filter(({ name }) => name !== "last key missing"),
      ...fieldRefusals(kind, full, [
        ["a trust policy's type", "unsupported", 0, "edgekeep/trust-policy"],
        ["version 0", "malformed", 1, 0], ["no name", "malformed", 2, "Acme"], ["another authority", "malformed", 2, "umbrella"],
        ["no sessions", "malformed", 3, 0], ["129 sessions", "malformed", 3, 129],
        ["nothing among the demands", "malformed", 4, new Map()],
        ["floor 0", "unsupported", 4, item({ isolation_floor: 0 })], ["floor 4", "unsupported", 4, item({ isolation_floor: 4 })],
        ["default said: process", "malformed", 4, item({ isolation_floor: 1 })],
        ["threads 0", "malformed", 4, item({ threads: 0 })], ["threads 65", "malformed", 4, item({ threads: 65 })],
        ["memory budget 0", "malformed", 4, item({ memory_budget: 0 })],
        ["default said: export", "malformed", 4, item({ forbids_export: false })],
        ["unknown demand", "malformed", 4, new Map([[5, 1]])],
        ["default said: no products", "malformed", 5, []], ["17 products", "too-large", 5, listed(17)],
        ["products descending", "malformed", 5, [...listed(2)].reverse()],
        ["a product twice", "malformed", 5, [...listed(1), ...listed(1)]],
        ["another's product", "malformed", 5, [["umbrella/p", item(ocr)]]],
        ["nothing demanded of a product", "malformed", 5, [["acme/p", new Map()]]],
      ]),
      refusal("over 4096 bytes", kind, "too-large", new Uint8Array(4097)),
    ],
  });
}
