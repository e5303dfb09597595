// The licence (spec/licence.md): K_5 for one device, once with an end, once for ever, once with all its bounds, and the chain down to K_0.
import { encode } from "./cbor.mjs";
import { chosen, hex, text } from "./bytes.mjs";
import { device, deviceId, epochChain, epochKey, licensor, product } from "./actors.mjs";
import { hpkeSeal } from "./crypto.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { commonRefusals, fieldRefusals, replaced } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

const type = "edgekeep/licence";
const endless = 0xffffffffffffffffn;
const claims = { iss: 1, sub: 2, exp: 4, nbf: 5, iat: 6, cti: 7, product: -65537, epoch: -65538, first: -65539,
  last: -65540, isolation: -65541, suite: -65542, enc: -65543, wrapped: -65544,
  export: -65545, calls: -65546, rate: -65547, lease: -65548, features: -65549, processor: -65550, transfer: -65551 };

function licenceOf(name, terms) {
  const base = { id: chosen(`${name} id`, 16), issuer: "acme", device: deviceId, issued_at: 1790000000, product, epoch: 5, terms };
  const bound = new Map([
    [claims.iss, base.issuer], [claims.sub, hex(deviceId)], ...(terms.expires ? [[claims.exp, terms.expires]] : []),
    [claims.nbf, terms.not_before], [claims.iat, base.issued_at], [claims.cti, base.id], [claims.product, product],
    [claims.epoch, base.epoch], [claims.first, terms.first_sequence], [claims.last, terms.last_sequence],
    [claims.isolation, terms.isolation_floor], [claims.suite, 1],
  ]);
  const optional = [
    ...(terms.export ? [[claims.export, 1]] : []), ...(terms.call_budget ? [[claims.calls, terms.call_budget]] : []),
    ...(terms.calls_per_minute ? [[claims.rate, terms.calls_per_minute]] : []),
    ...(terms.lease ? [[claims.lease, terms.lease]] : []), ...(terms.features.length ? [[claims.features, terms.features]] : []),
    ...(terms.processor_only ? [[claims.processor, 1]] : []), ...(terms.transferable ? [[claims.transfer, 1]] : []),
  ];
  const binding = encode(new Map([...bound, ...optional]));
  const wrap = hpkeSeal(name, device.kem.publicKey, "edgekeep epoch key v1", binding, epochKey(5));
  const map = new Map([...bound, [claims.enc, wrap.enc], [claims.wrapped, wrap.ciphertext], ...optional]);
  return { map, payload: encode(map), binding, fields: { ...base, hpke_suite: 1, enc: wrap.enc, wrapped_epoch_key: wrap.ciphertext } };
}

const unleased = { lease: null, features: [], processor_only: false, transferable: false };
const unbounded = { export: false, call_budget: null, calls_per_minute: null, ...unleased };
const ending = licenceOf("licence", { first_sequence: 1, last_sequence: 9, not_before: 1790000000, expires: 1821536000, isolation_floor: 1, ...unbounded });
const perpetual = licenceOf("perpetual licence", { first_sequence: 0, last_sequence: endless, not_before: 1790000000, expires: null, isolation_floor: 3, ...unbounded });
const bounded = licenceOf("bounded licence", { first_sequence: 1, last_sequence: 9, not_before: 1790000000, expires: 1821536000, isolation_floor: 1,
  export: true, call_budget: 100000, calls_per_minute: 60, ...unleased });
const leased = licenceOf("leased licence", { first_sequence: 1, last_sequence: endless, not_before: 1790000000, expires: null, isolation_floor: 1,
  ...unbounded, lease: [2592000, 604800, 4200, 2, 2500000], features: ["line-speed.2", "multi-page"], processor_only: true, transferable: true });

// With a short enc.
const short = replaced(ending.map, claims.enc, chosen("classical enc", 65));
const shortLeased = replaced(leased.map, claims.enc, chosen("classical enc", 65));
const shortBounded = replaced(bounded.map, claims.enc, chosen("classical enc", 65));
const refusals = [
  ...commonRefusals("licence", short),
  ...fieldRefusals("licence", short, [
    ["issuer of another publisher", "malformed", claims.iss, "evil"], ["device in capitals", "malformed", claims.sub, "AB".repeat(32)],
    ["device of 63", "malformed", claims.sub, "a".repeat(63)], ["expires when it begins", "malformed", claims.exp, 1790000000],
    ["begins when it expires", "malformed", claims.nbf, 1821536000], ["time in the year 10000", "malformed", claims.iat, 253402300800],
    ["id of 17", "malformed", claims.cti, chosen("long id", 17)], ["epoch 65536", "malformed", claims.epoch, 65536],
    ["first version after the last", "malformed", claims.first, 10], ["isolation 4", "unsupported", claims.isolation, 4],
    ["HPKE suite 0", "malformed", claims.suite, 0], ["enc of 31", "malformed", claims.enc, chosen("short", 31)],
    ["wrapped key of 64", "malformed", claims.wrapped, chosen("long", 64)],
    ["audience, which no licence has", "malformed", 3, "somebody"],
  ]),
  ...fieldRefusals("licence", shortBounded, [
    ["export 2", "unsupported", claims.export, 2], ["budget of no call", "malformed", claims.calls, 0],
    ["no call per minute", "malformed", claims.rate, 0], ["2^32 calls per minute", "malformed", claims.rate, 4294967296],
  ]),
  ...fieldRefusals("licence", shortLeased, [
    ["lease of no second", "malformed", claims.lease, [0, 604800, 4200, 2, 0]], ["lease of 2^32 seconds", "malformed", claims.lease, [4294967296, 0, 0, 1, 0]],
    ["lease of four numbers", "malformed", claims.lease, [2592000, 604800, 4200, 2]], ["clock behind 4", "unsupported", claims.lease, [2592000, 604800, 4200, 4, 0]],
    ["features in another order", "malformed", claims.features, ["b", "a"]], ["a feature twice", "malformed", claims.features, ["a", "a"]],
    ["a feature in capitals", "malformed", claims.features, ["A"]], ["no feature", "malformed", claims.features, []],
    ["processor 2", "unsupported", claims.processor, 2], ["transfer 2", "unsupported", claims.transfer, 2],
  ]),
];

export const leasedLicence = () => sign(type, leased.payload, licensor);

export function writeLicenceVectors() {
  writeVectors("licence", "spec/licence.md", {
    objects: [
      object("with an end", "licence", ending.payload, ending.fields),
      object("perpetual", "licence", perpetual.payload, perpetual.fields),
      object("bounded", "licence", bounded.payload, bounded.fields),
      object("leased", "licence", leased.payload, leased.fields),
      { ...object("signed licence", "signed-object", sign(type, ending.payload, licensor), fieldsOf(ending.payload, licensor, type)), type },
    ],
    refused: refusals,
    derivation: {
      device_kem_private_key: device.kem.privateKey, device_kem_public_key: device.kem.publicKey,
      hpke_info: text("edgekeep epoch key v1"), bindings: [ending.binding, perpetual.binding, bounded.binding, leased.binding], epoch_chain: epochChain,
    },
  });
}
