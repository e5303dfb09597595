// The trust policy and the repair of time (spec/trust-policy.md).
import { encode } from "./cbor.mjs";
import { ed25519Key, kidOf, mlDsa65Key } from "./crypto.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { commonRefusals, fieldRefusals, withoutNulls } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

const keysOf = (name) => [ed25519Key(name), mlDsa65Key(name)];
const holders = ["root holder 1", "root holder 2", "root holder 3"].flatMap(keysOf);
const keyItem = ({ algorithm, bytes }) => [algorithm, bytes];
const holderItem = ({ name, keys }) => new Map([[1, name], [2, keys.map(keyItem)]]);
const small = (seed) => [0x0101, new Uint8Array(32).fill(seed)];

const logPolicy = [
  "log example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
  "witness w witness.example+fe860e26+BCEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEh",
  "quorum w", "",
].join("\n");

const policy = {
  version: 4, authority: "acme", profile: 2, required_classes: [1, 2], min_approvers: 2, delay: 604800,
  max_time_step: 31536000, issued_at: 1790000000,
  notaries: [{ name: "nora", keys: keysOf("notary").map((key) => key.publicKey) }],
  min_independent_witnesses: 1, dependent_cosigners: ["notary.example"], log_policy: logPolicy,
  officers: [{ name: "olga", keys: keysOf("officer").map((key) => key.publicKey) }],
  orders: [
    { kind: 1, quorum: 1, roles: [], officers: ["olga"], keys: [] },
    { kind: 4, quorum: 2, roles: [2], officers: ["olga"], keys: [] },
    { kind: 6, quorum: 3, roles: [1], officers: [], keys: [kidOf(keysOf("officer")[0].publicKey)] },
  ],
  quarantine: [
    { manufacturer: 0x49465800, first_firmware: 7, last_firmware: 9, floor: 2, until_rekeyed: 1790000000 },
    { manufacturer: 0x53544d20, first_firmware: 0, last_firmware: 1, floor: null, until_rekeyed: null },
  ],
};
const some = (list) => (list.length === 0 ? null : list);
const ruleItem = ({ kind, quorum, roles, officers, keys }) => withoutNulls(new Map([
  [1, kind], [2, quorum], [3, some(roles)], [4, some(officers)], [5, some(keys)],
]));
const classItem = ({ manufacturer, first_firmware: first, last_firmware: last, floor, until_rekeyed: until = null }) => withoutNulls(new Map([
  [1, manufacturer], [2, first], [3, last], [4, floor], [5, until],
]));
const mapOf = (fields) => withoutNulls(new Map([
  [1, fields.version], [2, fields.authority], [3, fields.profile], [4, fields.required_classes], [5, fields.min_approvers],
  [6, fields.delay], [7, fields.max_time_step], [8, fields.issued_at], [9, fields.notaries.map(holderItem)],
  [10, fields.min_independent_witnesses], [11, fields.dependent_cosigners], [12, fields.log_policy],
  [13, some(fields.officers.map(holderItem))], [14, some(fields.orders.map(ruleItem))],
  [15, some(fields.quarantine.map(classItem))],
]));
const development = {
  ...policy, version: 1, profile: 1, required_classes: [1], min_approvers: 1, delay: 0, notaries: [],
  min_independent_witnesses: 0, dependent_cosigners: [], officers: [], orders: [], quarantine: [],
};

const forward = { number: 3, time: 1790000000, root_version: 2, ahead_from: null };
const back = { ...forward, ahead_from: 1821536000 };
const repairOf = (fields) => withoutNulls(new Map([
  [1, fields.number], [2, fields.time], [3, fields.root_version], [4, fields.ahead_from],
]));

function refusals() {
  const holder = (name, ...keys) => new Map([[1, name], [2, keys]]);
  const plain = { ...policy, officers: [], orders: [], quarantine: [] };
  const short = new Map([...mapOf(plain), [9, [holder("nora", small(1))]]]);
  const ordered = new Map([...short, [13, [holder("olga", small(90))]],
    [14, [ruleItem({ kind: 1, quorum: 1, roles: [], officers: ["olga"], keys: [] })]],
    [15, [classItem({ manufacturer: 1, first_firmware: 2, last_firmware: 3, floor: 3 })]]]);
  const rule = (change) => [ruleItem({ kind: 2, quorum: 2, roles: [1], officers: [], keys: [], ...change })];
  const kid = (seed) => new Uint8Array(32).fill(seed);
  const chips = (change) => classItem({ manufacturer: 1, first_firmware: 2, last_firmware: 3, floor: 2, ...change });
  const many = (count) => Array.from({ length: count }, (_, i) => holder(`n${i}`, small(i + 1)));
  return [
    ...commonRefusals("trust-policy", short),
    ...fieldRefusals("trust-policy", short, [
      ["version 0", "malformed", 1, 0], ["authority with a slash", "malformed", 2, "acme/x"],
      ["profile 0", "unsupported", 3, 0], ["profile 3", "unsupported", 3, 3],
      ["no required class", "malformed", 4, []], ["classes descending", "malformed", 4, [2, 1]],
      ["production with one class", "malformed", 4, [1]], ["no approver", "malformed", 5, 0],
      ["production with one approver", "malformed", 5, 1], ["33 approvers", "malformed", 5, 33],
      ["a delay of more than a year", "malformed", 6, 31622401], ["a step of less than a day", "malformed", 7, 86399],
      ["a step of more than ten years", "malformed", 7, 316224001], ["issued after the year 9999", "malformed", 8, 253402300800],
      ["production without a notary", "malformed", 9, []], ["five notaries", "too-large", 9, many(5)],
      ["two notaries of one name", "malformed", 9, [holder("n", small(1)), holder("n", small(2))]],
      ["one key of two notaries", "malformed", 9, [holder("m", small(1)), holder("n", small(1))]],
      ["notary without a key", "malformed", 9, [holder("n")]],
      ["production without an independent witness", "malformed", 10, 0], ["33 witnesses", "malformed", 10, 33],
      ["cosigners not ascending", "malformed", 11, ["b", "a"]], ["a cosigner twice", "malformed", 11, ["a", "a"]],
      ["an empty name of a cosigner", "malformed", 11, [""]], ["nine cosigners", "too-large", 11, [..."abcdefghi"]],
      ["a cosigner's name of 256 bytes", "too-large", 11, ["a".repeat(256)]],
      ["no log policy", "malformed", 12, ""], ["a log policy of 32769 bytes", "too-large", 12, "#".repeat(32769)],
    ]),
    ...fieldRefusals("trust-policy", ordered, [
      ["an empty list of officers", "malformed", 13, []], ["nine officers", "too-large", 13, many(9)],
      ["an officer with a notary's key", "malformed", 13, [holder("olga", small(1))]],
      ["an officer named root", "malformed", 13, [holder("olga", small(90)), holder("root", small(91))]],
      ["an officer named approvers", "malformed", 13, [holder("approvers", small(91)), holder("olga", small(90))]],
      ["an officer whom a rule names is not there", "malformed", 13, [holder("otto", small(90))]],
      ["an empty list of rules", "malformed", 14, []], ["kind 0", "unsupported", 14, rule({ kind: 0 })],
      ["kind 8", "unsupported", 14, rule({ kind: 8 })], ["a kind twice", "malformed", 14, [...rule({}), ...rule({})]],
      ["one person for control", "malformed", 14, rule({ kind: 4, quorum: 1 })],
      ["one person for retirement", "malformed", 14, rule({ kind: 6, quorum: 1 })],
      ["a quorum of nobody", "malformed", 14, rule({ quorum: 0 })], ["a quorum of 33", "malformed", 14, rule({ quorum: 33 })],
      ["a quorum of 9 in two classes", "malformed", 14, rule({ quorum: 9 })],
      ["nobody is named", "malformed", 14, rule({ roles: [] })],
      ["a quorum above those who are named", "malformed", 14, rule({ roles: [], keys: [kid(1)] })],
      ["role 0", "unsupported", 14, rule({ roles: [0] })], ["role 3", "unsupported", 14, rule({ roles: [3] })],
      ["a role twice", "malformed", 14, rule({ roles: [1, 1] })], ["keys not ascending", "malformed", 14, rule({ keys: [kid(2), kid(1)] })],
      ["a key id of 31 bytes", "malformed", 14, rule({ keys: [new Uint8Array(31)] })],
      ["nine keys", "too-large", 14, rule({ keys: Array.from({ length: 9 }, (_, i) => kid(i)) })],
      ["an empty list of roles", "malformed", 14, [new Map([[1, 2], [2, 2], [3, []]])]],
      ["an empty list of classes of chips", "malformed", 15, []],
      ["firmware from the last to the first", "malformed", 15, [chips({ first_firmware: 4 })]],
      ["a class twice", "malformed", 15, [chips({}), chips({ last_firmware: 9 })]],
      ["classes descending", "malformed", 15, [chips({ manufacturer: 2 }), chips({})]],
      ["a floor that demands nothing", "malformed", 15, [chips({ floor: 1 })]],
      ["floor 4", "unsupported", 15, [chips({ floor: 4 })]],
      ["rekeyed in the year 10000", "malformed", 15, [chips({ until_rekeyed: 253402300800 })]],
      ["17 classes", "too-large", 15, Array.from({ length: 17 }, (_, i) => chips({ manufacturer: i }))],
    ]),
    ...commonRefusals("time-repair", repairOf(forward)),
    ...fieldRefusals("time-repair", repairOf(back), [
      ["number 0", "malformed", 1, 0], ["root 0", "malformed", 3, 0],
      ["back from the time that it sets", "malformed", 4, 1790000000],
      ["back from a time after the year 9999", "malformed", 4, 253402300800],
    ]),
    ...fieldRefusals("time-repair", repairOf(forward), [["a time after the year 9999", "malformed", 2, 253402300800]]),
  ];
}

function signed(name, type, payload, keys) {
  return { ...object(name, "signed-object", sign(type, payload, keys), fieldsOf(payload, keys, type)), type };
}

export function writeTrustPolicyVectors() {
  const payload = encode(mapOf(policy));
  const repairPayload = encode(repairOf(back));
  writeVectors("trust-policy", "spec/trust-policy.md", {
    objects: [
      object("production", "trust-policy", payload, policy),
      object("development", "trust-policy", encode(mapOf(development)), development),
      object("repair back", "time-repair", repairPayload, back),
      object("repair forward", "time-repair", encode(repairOf(forward)), forward),
      signed("signed policy", "edgekeep/trust-policy", payload, holders.slice(0, 4)),
      signed("signed repair", "edgekeep/time-repair", repairPayload, holders),
    ],
    refused: refusals(),
    derivation: { root_threshold: 2, root_holders: holders.map(({ publicKey }) => publicKey) },
  });
}
