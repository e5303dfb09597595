// Signed objects (spec/signed-object.md): COSE_Sign of RFC 9052, from its text.
import { Tagged, encode } from "./cbor.mjs";
import { kidOf } from "./crypto.mjs";

export const bodyProtected = (type) => encode(new Map([[16, type]]));
export const signerProtected = (key) => encode(new Map([[1, key.cose], [4, kidOf(key.publicKey)]]));

export function toBeSigned(type, key, payload) {
  return encode(["Signature", bodyProtected(type), signerProtected(key), new Uint8Array(0), payload]);
}

export function signatureOf(type, key, payload) {
  return [signerProtected(key), new Map(), key.sign(toBeSigned(type, key, payload))];
}

export function sign(type, payload, keys) {
  const signatures = keys.map((key) => signatureOf(type, key, payload));
  return encode(new Tagged(98, [bodyProtected(type), new Map(), payload, signatures]));
}

// What a verifier reads of an object: for the vectors' fields.
export function fieldsOf(payload, keys, type) {
  const signatures = keys.map((key) => ({
    cose_algorithm: key.cose,
    kid: kidOf(key.publicKey),
    signature: key.sign(toBeSigned(type, key, payload)),
  }));
  return { payload, signatures };
}
