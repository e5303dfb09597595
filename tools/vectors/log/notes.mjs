// Signed notes, checkpoints and cosignatures (c2sp.org), from their texts.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { bigEndian, chosen, join, text } from "../formats/bytes.mjs";

export const base64 = (bytes) => Buffer.from(bytes).toString("base64");
export const type = { note: 1, cosignature: 4, subtree: 6 };

export const keyId = (name, kind, publicKey) => sha256(join(text(`${name}\n`), [kind], publicKey)).slice(0, 4);

// A key of a name; the private half follows from name and type, so that anybody can make it again.
export function noteKey(name, kind) {
  const seed = chosen(`log key ${name} ${kind}`, 32);
  const pair = kind === type.subtree ? ml_dsa44.keygen(seed) : { publicKey: ed25519.getPublicKey(seed), secretKey: seed };
  const sign = kind === type.subtree
    ? (message) => ml_dsa44.sign(message, pair.secretKey, { extraEntropy: false })
    : (message) => ed25519.sign(message, seed);
  const id = keyId(name, kind, pair.publicKey);
  return { name, kind, id, seed, publicKey: pair.publicKey, sign, vkey: vkeyOf(name, id, kind, pair.publicKey) };
}

export const vkeyOf = (name, id, kind, publicKey) =>
  `${name}+${Buffer.from(id).toString("hex")}+${base64(join([kind], publicKey))}`;

export const checkpoint = (origin, size, root, extensions = []) =>
  `${[origin, size, base64(root), ...extensions].join("\n")}\n`;

const short = (words) => join([text(words).length], text(words));

// What a key signs under a checkpoint's text.
export function message(key, note, time) {
  if (key.kind === type.note) return text(note);
  if (key.kind === type.cosignature) return text(`cosignature/v1\ntime ${time}\n${note}`);
  const [origin, size, root] = note.split("\n");
  return join(text("subtree/v1\n\0"), short(key.name), bigEndian(time, 8), short(origin), bigEndian(0, 8), bigEndian(size, 8),
    Buffer.from(root, "base64"));
}

export const line = (name, blob) => `— ${name} ${base64(blob)}\n`;

export function signatureLine(key, note, time = 0) {
  const stamp = key.kind === type.note ? new Uint8Array(0) : bigEndian(time, 8);
  return line(key.name, join(key.id, stamp, key.sign(message(key, note, time))));
}

// signers: [key] or [key, time].
export const signedNote = (note, signers) =>
  `${note}\n${signers.map(([key, time]) => signatureLine(key, note, time)).join("")}`;
