// Prints the known answers of src/crypto/self_test_answers.h, by an implementation that shares nothing with src/crypto.
//   npm ci && node self_test_answers.mjs
// Not from here: RSA-PSS, which is Wycheproof's rsa_pss_2048_sha256_mgf1_32_test.json tcId 1, and the HPKE message,
// which is the first of spec/vectors/hpke-suites.txt.
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { p256, p521 } from "@noble/curves/nist.js";
import { argon2id } from "@noble/hashes/argon2.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { sha3_256, sha3_512 } from "@noble/hashes/sha3.js";
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { ml_kem768, ml_kem1024 } from "@noble/post-quantum/ml-kem.js";

const text = (words) => new TextEncoder().encode(words);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const counting = (size, first = 0) => Uint8Array.from({ length: size }, (_, index) => first + index);
const message = text("edgekeep self-test");
const show = (name, bytes) => console.log(`${name} ${hex(bytes)}`);

for (const [name, hash] of Object.entries({ sha256, sha384, sha512, sha3_256, sha3_512 })) show(name, hash(message));
show("hkdf-sha256", hkdf(sha256, counting(32), counting(16), message, 40));
show("hkdf-sha512", hkdf(sha512, counting(32), counting(16), message, 72));
show("argon2id", argon2id(message, counting(16), { t: 2, m: 32, p: 2, dkLen: 32 }));

show("aes-256-gcm", gcm(counting(32), counting(12), text("aad")).encrypt(message));
show("aes-128-gcm", gcm(counting(16), counting(12), text("aad")).encrypt(message));
show("chacha20-poly1305", chacha20poly1305(counting(32), counting(12), text("aad")).encrypt(message));

show("ed25519 sha256 of public", sha256(ed25519.getPublicKey(counting(32))));
show("ed25519 signature", ed25519.sign(message, counting(32)));
show("ecdsa signature", p256.sign(message, counting(32), { lowS: false }));
for (const [name, dsa] of Object.entries({ ml_dsa44, ml_dsa65, ml_dsa87 })) {
  show(`${name} sha256 of public`, sha256(dsa.keygen(counting(32)).publicKey));
}

for (const [name, curve, size] of [["p256", p256, 32], ["p521", p521, 66]]) {
  const peer = curve.getPublicKey(counting(size, 1).map((byte, index) => (index === 0 ? 0 : byte)), false);
  show(`${name} sha256 of public`, sha256(curve.getPublicKey(counting(size), false)));
  show(`${name} sha256 of peer`, sha256(peer));
  show(`${name} dh`, curve.getSharedSecret(counting(size), peer).slice(1, 1 + size));
}
const peer = x25519.getPublicKey(counting(32, 1).map((byte, index) => (index === 0 ? 0 : byte)));
show("x25519 sha256 of public", sha256(x25519.getPublicKey(counting(32))));
show("x25519 sha256 of peer", sha256(peer));
show("x25519 dh", x25519.getSharedSecret(counting(32), peer));

for (const [name, kem, size] of [["ml_kem768", ml_kem768, 1088], ["ml_kem1024", ml_kem1024, 1568]]) {
  const keys = kem.keygen(counting(64));
  show(`${name} sha256 of public`, sha256(keys.publicKey));
  // No encapsulation made this ciphertext: the answer is the implicit rejection.
  show(`${name} secret`, kem.decapsulate(Uint8Array.from({ length: size }, (_, index) => index & 0xff), keys.secretKey));
}
