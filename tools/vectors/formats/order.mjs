// Orders to devices, and who may give them (spec/orders.md).
import { encode } from "./cbor.mjs";
import { ecdsaP256Key, ed25519Key, kidOf, mlDsa65Key } from "./crypto.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { commonRefusals, fieldRefusals, withoutNulls } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

const keysOf = (name) => [ed25519Key(name), mlDsa65Key(name)];
const signers = ["root holder 1", "root holder 2"].flatMap(keysOf);
const id = (seed) => new Uint8Array(32).fill(seed);

const retire = {
  authority: "acme", action: 8, devices: [id(7)], sequence: 1, issued_at: 1790000000, not_after: 1790604800,
  product: null, sessions: null, ownership: null,
};
const endLicence = { ...retire, action: 7, devices: [id(7), id(8)], sequence: 12, product: "acme/label-ocr" };
const bound = { ...retire, action: 2, sequence: 1000000, sessions: 4 };
const rekey = { ...retire, action: 9, devices: [id(7), id(8)] };
const disown = { ...retire, action: 10, ownership: [3, id(9)] };
const disownDamaged = { ...disown, ownership: [id(10)] };
const mapOf = (fields) => withoutNulls(new Map([
  [1, fields.authority], [2, fields.action], [3, fields.devices], [4, fields.sequence], [5, fields.issued_at],
  [6, fields.not_after], [7, fields.product], [8, fields.sessions],
  [9, fields.ownership],
]));

const byteOrder = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const person = (name) => ({ name, keys: keysOf(name).map(({ publicKey }) => kidOf(publicKey)).sort(byteOrder) });
const authority = { kind: 6, quorum: 2, classes: [1, 2], people: [person("alice"), person("bob")] };
const nobody = { kind: 3, quorum: 0, classes: [1], people: [] };
const authorityOf = ({ kind, quorum, classes, people }) => new Map([
  [1, kind], [2, quorum], [3, classes], [4, people.map(({ name, keys }) => new Map([[1, name], [2, keys]]))],
]);

const identity = ecdsaP256Key("retired device").publicKey;
const certificate = { order: sign("edgekeep/order", encode(mapOf(retire)), signers), identity, retired_at: 1790001000, evidence: null };
const certificateOf = (fields) => withoutNulls(new Map([
  [1, fields.order], [2, [fields.identity.algorithm, fields.identity.bytes]], [3, fields.retired_at], [4, fields.evidence],
]));

function refusals() {
  const devices = (count) => Array.from({ length: count }, (_, i) => id(i + 1));
  const people = (...list) => list.map(([name, ...keys]) => new Map([[1, name], [2, keys]]));
  return [
    ...commonRefusals("order", mapOf(retire)),
    ...fieldRefusals("order", mapOf(retire), [
      ["authority with a slash", "malformed", 1, "acme/x"], ["action 0", "unsupported", 2, 0],
      ["action 11", "unsupported", 2, 11], ["action 257", "unsupported", 2, 257], ["no device", "malformed", 3, []],
      ["two devices to retire", "malformed", 3, devices(2)], ["65 devices", "too-large", 3, devices(65)],
      ["a device id of 31 bytes", "malformed", 3, [new Uint8Array(31)]], ["sequence 0", "malformed", 4, 0],
      ["over before it was issued", "malformed", 6, 1790000000],
      ["for more than a year", "malformed", 6, 1790000000 + 366 * 86400 + 1],
      ["until after the year 9999", "malformed", 6, 253402300800],
      ["a product where none belongs", "malformed", 7, "acme/label-ocr"],
      ["a number of sessions where none belongs", "malformed", 8, 4],
      ["an ownership where none belongs", "malformed", 9, [3, id(9)]], ["to disown whomever", "malformed", 2, 10],
    ]),
    ...fieldRefusals("order", mapOf(disown), [
      ["two devices to free", "malformed", 3, devices(2)], ["of no ownership", "malformed", 9, []],
      ["of an ownership and more", "malformed", 9, [3, id(9), 1]], ["of a count alone", "malformed", 9, [3]],
      ["of an authority of 31 bytes", "malformed", 9, [3, new Uint8Array(31)]], ["of half an ownership", "malformed", 9, 3],
      ["of a count below 0", "malformed", 9, [-1, id(9)]],
    ]),
    ...fieldRefusals("order", mapOf(endLicence), [
      ["devices descending", "malformed", 3, [id(8), id(7)]], ["a device twice", "malformed", 3, [id(8), id(8)]],
      ["the end of a licence of no product", "malformed", 7, "acme"],
    ]),
    ...fieldRefusals("order", mapOf(bound), [["no session", "malformed", 8, 0], ["129 sessions", "malformed", 8, 129]]),
    ...commonRefusals("retirement", certificateOf({ ...certificate, order: new Uint8Array(3) })),
    ...fieldRefusals("retirement", certificateOf({ ...certificate, order: new Uint8Array(3) }), [
      ["no order", "malformed", 1, new Uint8Array(0)], ["an order of 32769 bytes", "too-large", 1, new Uint8Array(32769)],
      ["after the year 9999", "malformed", 3, 253402300800], ["empty evidence", "malformed", 4, new Uint8Array(0)],
      ["evidence of 29697 bytes", "too-large", 4, new Uint8Array(29697)],
    ]),
    ...commonRefusals("order-authority", authorityOf(authority)),
    ...fieldRefusals("order-authority", authorityOf(authority), [
      ["kind 8", "unsupported", 1, 8], ["people without a quorum", "malformed", 2, 0], ["no class", "malformed", 3, []],
      ["names descending", "malformed", 4, people(["b", id(1)], ["a", id(2)])],
      ["a person without a key", "malformed", 4, people(["a"])],
      ["keys descending", "malformed", 4, people(["a", id(2), id(1)])],
      ["thirteen keys", "too-large", 4, people(["a", ...devices(13)])],
      ["33 people", "too-large", 4, people(...Array.from({ length: 33 }, (_, i) => [`p${i + 10}`, id(1)]))],
    ]),
  ];
}

export function writeOrderVectors() {
  const type = "edgekeep/order";
  const payload = encode(mapOf(retire));
  writeVectors("order", "spec/orders.md", {
    objects: [
      object("retire", "order", payload, retire),
      object("disown", "order", encode(mapOf(disown)), disown),
      object("disown, of a damaged record", "order", encode(mapOf(disownDamaged)), disownDamaged),
      object("end of a licence", "order", encode(mapOf(endLicence)), endLicence),
      object("rekey", "order", encode(mapOf(rekey)), rekey),
      object("bound on sessions", "order", encode(mapOf(bound)), bound),
      object("who may retire", "order-authority", encode(authorityOf(authority)), authority),
      object("certificate of a retirement", "retirement", encode(certificateOf(certificate)), certificate),
      object("with evidence", "retirement", encode(certificateOf({ ...certificate, order: new Uint8Array(3).fill(1), evidence: new Uint8Array(4).fill(2) })),
        { ...certificate, order: new Uint8Array(3).fill(1), evidence: new Uint8Array(4).fill(2) }),
      object("nobody may", "order-authority", encode(authorityOf(nobody)), nobody),
      { ...object("signed order", "signed-object", sign(type, payload, signers), fieldsOf(payload, signers, type)), type },
    ],
    refused: refusals(),
    derivation: { signers: signers.map(({ publicKey }) => publicKey) },
  });
}
