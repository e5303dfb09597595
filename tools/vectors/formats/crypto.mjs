// The cryptography that the formats use (spec/algorithms.md), over @noble.
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { expand, extract, hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ml_kem768_p256 } from "@noble/post-quantum/hybrid.js";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { shake256 } from "@noble/hashes/sha3.js";
import { bigEndian, chosen, join, text } from "./bytes.mjs";

export { sha256 };
export const algorithm = { ed25519: 0x0101, ecdsaP256: 0x0102, mlDsa65: 0x0112, mlKem768P256: 0x0221, aes256Gcm: 0x0301 };

const empty = new Uint8Array(0);

// HKDF-SHA256 whose info is a label and what follows it.
export const derive = (key, salt, label, suffix = empty, size = 32) =>
  hkdf(sha256, key, salt, join(text(label), suffix), size);
export const hmacSha256 = (key, message) => hmac(sha256, key, message);

export const sealAes = (key, nonce, aad, plaintext) => gcm(key, nonce, aad).encrypt(plaintext);
export const sealChaCha = (key, nonce, aad, plaintext) => chacha20poly1305(key, nonce, aad).encrypt(plaintext);

export const kidOf = ({ algorithm: number, bytes }) => sha256(join(bigEndian(number, 2), bytes));

// Signature keys: the public half, the private half as Edgekeep keeps it, the COSE number, and a deterministic `sign`.
export function ed25519Key(name) {
  const privateKey = chosen(`${name} Ed25519`, 32);
  const publicKey = { algorithm: algorithm.ed25519, bytes: ed25519.getPublicKey(privateKey) };
  return { publicKey, privateKey, cose: -19, sign: (message) => ed25519.sign(message, privateKey) };
}

export function mlDsa65Key(name) {
  const privateKey = chosen(`${name} ML-DSA-65`, 32);
  const keys = ml_dsa65.keygen(privateKey);
  const publicKey = { algorithm: algorithm.mlDsa65, bytes: keys.publicKey };
  const sign = (message) => ml_dsa65.sign(message, keys.secretKey, { extraEntropy: false });
  return { publicKey, privateKey, cose: -49, sign };
}

export function ecdsaP256Key(name) {
  const privateKey = chosen(`${name} P-256`, 32);
  const publicKey = { algorithm: algorithm.ecdsaP256, bytes: p256.getPublicKey(privateKey, false) };
  return { publicKey, privateKey, cose: -9, sign: (message) => p256.sign(message, privateKey, { lowS: false }) };
}

// Edgekeep's private key is what the library's seed expands to: ML-KEM seed (64), then P-256 scalar (32).
export function hybridKemKey(name) {
  const keys = ml_kem768_p256.keygen(chosen(`${name} MLKEM768-P256`, 32));
  const publicKey = { algorithm: algorithm.mlKem768P256, bytes: keys.publicKey };
  return { publicKey, privateKey: shake256(keys.secretKey, { dkLen: 96 }) };
}

// HPKE base mode, suite 1: KEM 0x0050, HKDF-SHA256, AES-256-GCM (RFC 9180 §5.1, §5.2). Randomness comes from `name`.
export function hpkeSeal(name, recipient, info, aad, plaintext) {
  const { cipherText: enc, sharedSecret } = ml_kem768_p256.encapsulate(recipient.bytes, chosen(`${name} HPKE`, 160));
  const suite = join(text("HPKE"), bigEndian(0x0050, 2), bigEndian(1, 2), bigEndian(2, 2));
  const labeledExtract = (salt, label, key) => extract(sha256, join(text("HPKE-v1"), suite, text(label), key), salt);
  const labeledExpand = (prk, label, context, size) =>
    expand(sha256, prk, join(bigEndian(size, 2), text("HPKE-v1"), suite, text(label), context), size);
  const context = join([0], labeledExtract(empty, "psk_id_hash", empty), labeledExtract(empty, "info_hash", text(info)));
  const secret = labeledExtract(sharedSecret, "secret", empty);
  const key = labeledExpand(secret, "key", context, 32);
  const nonce = labeledExpand(secret, "base_nonce", context, 12);
  return { enc, ciphertext: sealAes(key, nonce, aad, plaintext) };
}
