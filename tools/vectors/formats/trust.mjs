// The trust bundle (spec/trust-bundle.md) and the device request (spec/device-request.md).
import { encode } from "./cbor.mjs";
import { author, device, deviceId, licensor, licensorKem } from "./actors.mjs";
import { kidOf } from "./crypto.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { commonRefusals, fieldRefusals } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

const publicKeys = (keys) => keys.map((key) => key.publicKey);
const keyItem = ({ algorithm, bytes }) => [algorithm, bytes];
const holderItem = ({ name, keys }) => new Map([[1, name], [2, keys.map(keyItem)]]);
const small = (seed) => [0x0101, new Uint8Array(32).fill(seed)];

const bundle = {
  publisher: "acme", required_classes: [1, 2], authors: [{ name: "anna", keys: publicKeys(author) }],
  licensors: [{ name: "lena", keys: publicKeys(licensor) }], licensor_kem: licensorKem.publicKey,
};
const bundleMap = new Map([
  [1, bundle.publisher], [2, bundle.required_classes], [3, bundle.authors.map(holderItem)],
  [4, bundle.licensors.map(holderItem)], [5, keyItem(bundle.licensor_kem)],
]);

function bundleRefusals() {
  const holder = (name, ...keys) => new Map([[1, name], [2, keys]]);
  const shortMap = new Map([...bundleMap, [3, [holder("anna", small(1))]], [4, [holder("lena", small(2))]], [5, [0x0210, small(3)[1]]]]);
  const many = (count, from) => Array.from({ length: count }, (_, i) => holder(`h${i}`, small(from + i)));
  return [
    ...commonRefusals("trust-bundle", shortMap),
    ...fieldRefusals("trust-bundle", shortMap, [
      ["publisher with a slash", "malformed", 1, "acme/x"], ["no required class", "malformed", 2, []],
      ["classes descending", "malformed", 2, [2, 1]], ["a class twice", "malformed", 2, [1, 1]],
      ["five classes", "too-large", 2, [1, 2, 3, 4, 5]], ["no author", "malformed", 3, []],
      ["nine authors", "too-large", 3, many(9, 10)], ["two authors of one name", "malformed", 3, [holder("a", small(1)), holder("a", small(2))]],
      ["one key of author and licensor", "malformed", 3, [holder("a", small(2))]], ["one key of two authors", "malformed", 3, [holder("a", small(1)), holder("b", small(1))]],
      ["two keys of one algorithm", "malformed", 3, [holder("a", small(1), small(2))]],
      ["author without a key", "malformed", 3, [holder("a")]], ["author's name in capitals", "malformed", 3, [holder("Anna", small(1))]],
      ["the KEM key also an author's", "malformed", 5, small(2)], ["algorithm 0", "malformed", 5, [0, new Uint8Array(32)]],
    ]),
  ];
}

const request = { identity: device.identity.publicKey, kem: device.kem.publicKey, anchor: 1, chip: null, rekeyed_at: null, ownership: null };
const requestMap = new Map([[1, keyItem(request.identity)], [2, keyItem(request.kem)], [3, request.anchor]]);
const chipRequest = { ...request, anchor: 2, chip: [0x49424d20, 0x700020000], rekeyed_at: 1790000000 };
const chipMap = new Map([...requestMap, [3, 2], [4, chipRequest.chip], [5, chipRequest.rekeyed_at]]);
const ownedRequest = { ...request, ownership: [3, new Uint8Array(32).fill(9)] };
const damagedRequest = { ...request, ownership: [new Uint8Array(32).fill(10)] };
const ownedMap = (fields) => new Map([...requestMap, [6, fields.ownership]]);
const shortRequest = new Map([...requestMap, [2, small(1)]]);

function signed(name, type, payload, keys) {
  return { ...object(name, "signed-object", sign(type, payload, keys), fieldsOf(payload, keys, type)), type };
}

export function writeTrustVectors() {
  const payload = encode(bundleMap);
  writeVectors("trust-bundle", "spec/trust-bundle.md", {
    objects: [
      object("payload", "trust-bundle", payload, bundle),
      signed("signed bundle", "edgekeep/trust-bundle", payload, [...author, ...licensor]),
    ],
    refused: bundleRefusals(),
    derivation: { kids: [...author, ...licensor, licensorKem].map(({ publicKey }) => kidOf(publicKey)) },
  });
}

export const deviceRequest = () => sign("edgekeep/device-request", encode(requestMap), [device.identity]);

export function writeDeviceRequestVectors() {
  const payload = encode(requestMap);
  writeVectors("device-request", "spec/device-request.md", {
    objects: [
      object("payload", "device-request", payload, request),
      object("payload of a device with a chip", "device-request", encode(chipMap), chipRequest),
      object("payload that says whose the device is", "device-request", encode(ownedMap(ownedRequest)), ownedRequest),
      object("payload of a device whose record of its owner is damaged", "device-request", encode(ownedMap(damagedRequest)), damagedRequest),
      signed("signed request", "edgekeep/device-request", payload, [device.identity]),
    ],
    refused: [
      ...commonRefusals("device-request", shortRequest),
      ...fieldRefusals("device-request", shortRequest, [
        ["one key for both", "malformed", 2, keyItem(request.identity)], ["identity without bytes", "malformed", 1, [0x0102, new Uint8Array(0)]],
        ["anchor 0", "unsupported", 3, 0], ["anchor 4", "unsupported", 3, 4],
        ["a chip that is hidden", "malformed", 3, 2], ["a chip of a software anchor", "malformed", 4, [1, 2]],
        ["an empty ownership", "malformed", 6, []], ["an ownership of three", "malformed", 6, [3, new Uint8Array(32), 1]], ["an authority of 31 bytes", "malformed", 6, [3, new Uint8Array(31)]],
      ]),
      ...fieldRefusals("device-request", new Map([...chipMap, [2, small(1)]]), [
        ["a maker of 33 bits", "malformed", 4, [2 ** 32, 1]], ["a chip without firmware", "malformed", 4, [1]], ["keys made anew in the year 10000", "malformed", 5, 253402300800],
      ]),
    ],
    derivation: {
      device_id: deviceId, identity_private_key: device.identity.privateKey, kem_private_key: device.kem.privateKey,
    },
  });
}
