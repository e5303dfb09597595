// The key file (spec/key-file.md): the author's Ed25519 key and an epoch key under a passphrase.
import { argon2id } from "@noble/hashes/argon2.js";
import { encode } from "./cbor.mjs";
import { chosen, text } from "./bytes.mjs";
import { author, epochKey, product } from "./actors.mjs";
import { algorithm, sealAes } from "./crypto.mjs";
import { commonRefusals, fieldRefusals } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

const passphrase = "correct horse battery staple";
const costs = { memory_kib: 19456, passes: 2, lanes: 1 };
const costsItem = (item) => new Map(Object.values(item).map((field, i) => [i + 1, field]));

function keyFile(purpose, publicKey, secret) {
  const salt = chosen(`key file ${purpose} salt`, 16);
  const nonce = chosen(`key file ${purpose} nonce`, 12);
  const bound = new Map([
    [0, "edgekeep/key-file"], [1, purpose], [2, [publicKey.algorithm, publicKey.bytes]], [3, costsItem(costs)], [4, salt],
    [5, algorithm.aes256Gcm], [6, nonce],
  ]);
  const binding = encode(bound);
  const key = argon2id(text(passphrase), salt, { t: costs.passes, m: costs.memory_kib, p: costs.lanes, dkLen: 32 });
  const ciphertext = sealAes(key, nonce, binding, secret);
  const map = new Map([...bound, [7, ciphertext]]);
  const fields = { purpose, public_key: publicKey, costs, salt, aead: algorithm.aes256Gcm, nonce, ciphertext };
  return { map, bytes: encode(map), fields, derivation: { key, binding, secret } };
}

export function writeKeyFileVectors() {
  const ofAuthor = keyFile("author", author[0].publicKey, author[0].privateKey);
  const ofEpoch = keyFile(`epoch:${product}`, { algorithm: 0, bytes: new Uint8Array(0) }, epochKey(5));
  writeVectors("key-file", "spec/key-file.md", {
    objects: [
      object("signature key", "key-file", ofAuthor.bytes, ofAuthor.fields),
      object("symmetric secret", "key-file", ofEpoch.bytes, ofEpoch.fields),
    ],
    refused: [
      ...commonRefusals("key-file", ofAuthor.map),
      ...fieldRefusals("key-file", ofAuthor.map, [
        ["another type", "unsupported", 0, "edgekeep/commit-record"], ["purpose in capitals", "malformed", 1, "Author"],
        ["algorithm 0 with bytes", "malformed", 2, [0, author[0].publicKey.bytes]],
        ["less than 19 MiB", "malformed", 3, costsItem({ ...costs, memory_kib: 19455 })],
        ["more than 1 GiB", "too-large", 3, costsItem({ ...costs, memory_kib: 1048577 })],
        ["one pass", "malformed", 3, costsItem({ ...costs, passes: 1 })], ["17 lanes", "too-large", 3, costsItem({ ...costs, lanes: 17 })],
        ["salt of 8", "malformed", 4, chosen("short", 8)], ["ciphertext of a tag alone", "malformed", 7, chosen("tag", 16)],
      ]),
    ],
    derivation: { passphrase, files: [ofAuthor.derivation, ofEpoch.derivation] },
  });
}
