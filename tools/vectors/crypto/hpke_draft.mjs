// Prints spec/vectors/hpke-mlkem768-p256.txt from test-vectors.json of the working group's repository hpkewg/hpke-pq.
//   npm ci && node hpke_draft.mjs test-vectors.json >../../../spec/vectors/hpke-mlkem768-p256.txt
import { readFileSync } from "node:fs";
import { shake256 } from "@noble/hashes/sha3.js";

const all = JSON.parse(readFileSync(process.argv[2], "utf8"));
const found = all.filter((vector) => vector.mode === 0 && vector.kem_id === 0x50 && vector.kdf_id === 1);
if (found.length !== 1) throw new Error("expected one vector of MLKEM768-P256 with HKDF-SHA256");
const [vector] = found;

// The draft's private key is a 32-byte seed; Edgekeep keeps what it expands to: ML-KEM seed, then P-256 scalar.
const expanded = shake256(Buffer.from(vector.skRm, "hex"), { dkLen: 96 });
const fields = {
  mode: 0, kem_id: vector.kem_id, kdf_id: vector.kdf_id, aead_id: vector.aead_id, info: vector.info,
  skRm: Buffer.from(expanded).toString("hex"), pkRm: vector.pkRm, skEm: vector.ikmE.slice(64, 128), enc: vector.enc,
  shared_secret: vector.shared_secret, key: vector.key, base_nonce: vector.base_nonce,
  exporter_secret: vector.exporter_secret,
};
console.log("# HPKE base mode with MLKEM768-P256, HKDF-SHA256 and AES-128-GCM: from draft-ietf-hpke-pq's vectors");
console.log("# (hpkewg/hpke-pq, test-vectors.json, commit 53273fb2c70f) by tools/vectors/crypto/hpke_draft.mjs.");
console.log("# skRm: ML-KEM seed, then P-256 scalar, as the draft's seed expands; skEm: the ephemeral P-256 scalar.");
console.log("SETUP " + Object.entries(fields).map(([field, value]) => `${field}=${value}`).join(" "));
vector.encryptions.forEach(({ pt, aad, ct }, sequence) => console.log(`ENC ${sequence} ${pt} ${aad} ${ct}`));
for (const { exporter_context: context, L: size, exported_value: value } of vector.exports) {
  console.log(`EXP ${context || "-"} ${size} ${value}`);
}
