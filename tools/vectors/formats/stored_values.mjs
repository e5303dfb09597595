// What an application stores, before it is sealed (spec/keep-state.md §12).
import { Raw, encode, head } from "./cbor.mjs";
import { chosen, join } from "./bytes.mjs";
import { object, refusal, writeVectors } from "./vector_file.mjs";

const token = ["token", chosen("stored token", 40)];
const zone = ["Zone.1_a-b", chosen("stored zone", 3)];
const nothing = ["empty", new Uint8Array(0)];
const fieldsOf = (values) => values.map(([name, value]) => ({ name, value }));
const named = (name) => encode([[name, token[1]]]);
const many = (count) => Array.from({ length: count }, (_, i) => [`v${String(i).padStart(2, "0")}`, new Uint8Array(0)]);
const kind = "stored-values";

export function writeStoredValueVectors() {
  const values = [zone, nothing, token];
  const bytes = encode(values);
  const malformed = {
    "none": encode([]),
    "cut by one byte": bytes.slice(0, -1),
    "one byte more": join(bytes, [0]),
    "head longer than needed": join(head(4, 3, 1), bytes.slice(1)),
    "indefinite length": join([0x9f], bytes.slice(1), [0xff]),
    "out of order": encode([token, zone]),
    "one name twice": encode([token, token]),
    "a third element": encode([[...token, 1]]),
    "name alone": encode([[token[0]]]),
    "value as a text": encode([[token[0], "text"]]),
    "name as bytes": encode([[new TextEncoder().encode("token"), token[1]]]),
    "null": encode(new Raw(Uint8Array.of(0xf6))),
    "name that is empty": named(""), "name of 64": named("n".repeat(64)), "name with a slash": named("a/b"),
    "name with a space": named("a b"), "name beyond ASCII": named("ä"),
  };
  const tooLarge = {
    "65 values": encode(many(65)),
    "value of 16385": encode([["large", new Uint8Array(16385)]]),
  };
  writeVectors(kind, "spec/keep-state.md", {
    objects: [
      object("three values", kind, bytes, fieldsOf(values)),
      object("64 values", kind, encode(many(64)), fieldsOf(many(64))),
      object("the shortest and the longest name", kind, encode([["-", token[1]], ["n".repeat(63), token[1]]]),
        fieldsOf([["-", token[1]], ["n".repeat(63), token[1]]])),
    ],
    refused: [
      ...Object.entries(malformed).map(([name, made]) => refusal(name, kind, "malformed", made)),
      ...Object.entries(tooLarge).map(([name, made]) => refusal(name, kind, "too-large", made)),
    ],
  });
}
