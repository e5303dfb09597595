// Prints spec/vectors/hpke-suites.txt: one message in each of Edgekeep's HPKE suites, by an implementation that shares
// nothing with src/crypto (spec/algorithms.md §3, §4).   npm ci && node hpke_suites.mjs >../../../spec/vectors/hpke-suites.txt
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { p256 } from "@noble/curves/nist.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { shake256 } from "@noble/hashes/sha3.js";
import { ml_kem768_p256 } from "@noble/post-quantum/hybrid.js";

const text = (words) => new TextEncoder().encode(words);
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const u16 = (number) => Uint8Array.of(number >> 8, number & 0xff);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
// Inputs that anybody can make again: SHAKE256 of a name.
const chosen = (name, size) => shake256(text(`edgekeep hpke vector ${name}`), { dkLen: size });

function kdf(suiteId) {
  return {
    extract: (salt, label, key) => extract(sha256, join(text("HPKE-v1"), suiteId, text(label), key), salt),
    expand: (prk, label, info, size) =>
      expand(sha256, prk, join(u16(size), text("HPKE-v1"), suiteId, text(label), info), size),
  };
}

// RFC 9180 §4.1.
function dhKem(number, name) {
  const scalars = { own: chosen(`${name} recipient`, 32), ephemeral: chosen(`${name} ephemeral`, 32) };
  const publicKey = p256.getPublicKey(scalars.own, false);
  const enc = p256.getPublicKey(scalars.ephemeral, false);
  const dh = p256.getSharedSecret(scalars.ephemeral, publicKey).slice(1, 33);
  const { extract: labeledExtract, expand: labeledExpand } = kdf(join(text("KEM"), u16(number)));
  const prk = labeledExtract(new Uint8Array(0), "eae_prk", dh);
  const sharedSecret = labeledExpand(prk, "shared_secret", join(enc, publicKey), 32);
  return { privateKey: scalars.own, publicKey, ephemeral: scalars.ephemeral, enc, sharedSecret };
}

// The library's own hybrid; only the expansion of its 32-byte seed into Edgekeep's private key is repeated here.
function hybridKem(name) {
  const keys = ml_kem768_p256.keygen(chosen(`${name} recipient`, 32));
  const coins = chosen(`${name} ephemeral`, 160);
  const { cipherText, sharedSecret } = ml_kem768_p256.encapsulate(keys.publicKey, coins);
  const privateKey = shake256(keys.secretKey, { dkLen: 96 });
  return { privateKey, publicKey: keys.publicKey, ephemeral: coins.slice(32, 64), enc: cipherText, sharedSecret };
}

function print(name, numbers, kem, cipher) {
  const info = text(`edgekeep ${name} info`);
  const aad = text(`edgekeep ${name} aad`);
  const plaintext = text("thirty-two bytes of content key!");
  const { extract: labeledExtract, expand: labeledExpand } = kdf(join(text("HPKE"), ...numbers.map(u16)));
  const empty = new Uint8Array(0);
  const context = join([0], labeledExtract(empty, "psk_id_hash", empty), labeledExtract(empty, "info_hash", info));
  const secret = labeledExtract(kem.sharedSecret, "secret", empty);
  const key = labeledExpand(secret, "key", context, 32);
  const nonce = labeledExpand(secret, "base_nonce", context, 12);
  const exporter = labeledExpand(secret, "exp", context, 32);
  const fields = {
    mode: 0, kem_id: numbers[0], kdf_id: numbers[1], aead_id: numbers[2], info: hex(info), skRm: hex(kem.privateKey),
    pkRm: hex(kem.publicKey), skEm: hex(kem.ephemeral), enc: hex(kem.enc), shared_secret: hex(kem.sharedSecret),
    key: hex(key), base_nonce: hex(nonce), exporter_secret: hex(exporter),
  };
  console.log("SETUP " + Object.entries(fields).map(([field, value]) => `${field}=${value}`).join(" "));
  console.log(`ENC 0 ${hex(plaintext)} ${hex(aad)} ${hex(cipher(key, nonce, aad).encrypt(plaintext))}`);
}

console.log("# HPKE base mode in Edgekeep's suites 1, 2 and 3 (spec/algorithms.md §3), made by tools/vectors/crypto/hpke_suites.mjs.");
console.log("# skRm: ML-KEM seed, then P-256 scalar; skEm: the ephemeral P-256 scalar.");
print("suite 1", [0x50, 1, 2], hybridKem("suite 1"), gcm);
print("suite 2", [0x50, 1, 3], hybridKem("suite 2"), chacha20poly1305);
print("suite 3", [0x10, 1, 2], dhKem(0x10, "suite 3"), gcm);
