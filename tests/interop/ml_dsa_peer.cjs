// Cosignatures of type 06 (ML-DSA-44, C2SP tlog-cosignature) by @noble/post-quantum, the other side of c2sp_test.py.
//   node ml_dsa_peer.cjs verify VKEY NOTE            exit code 0 where a line of this key verifies
//   node ml_dsa_peer.cjs cosign SEED NAME TIME NOTE  prints the key's vkey, and its line under the note's text
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const { ml_dsa44: mlDsa44 } = require("@noble/post-quantum/ml-dsa");

const type = 6;
const u64 = (number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes;
};
const text = (string) => {
  const bytes = Buffer.from(string);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};

// tlog-cosignature v1.1.0-rc.1: the label, the cosigner's name, the time, the origin, the subtree from 0 to the size, its hash.
function message(name, time, note) {
  const [origin, size, root] = note.split("\n");
  return Buffer.concat([Buffer.from("subtree/v1\n\0"), text(name), u64(time), text(origin), u64(0), u64(size), Buffer.from(root, "base64")]);
}

const keyId = (name, key) =>
  crypto.createHash("sha256").update(`${name}\n`).update(Buffer.from([type])).update(key).digest().subarray(0, 4);

function verify(vkey, note) {
  const [name, id] = vkey.split("+", 2);
  const key = Buffer.from(vkey.slice(name.length + id.length + 2), "base64");
  if (key[0] !== type || keyId(name, key.subarray(1)).toString("hex") !== id) return false;
  return note.split("\n").some((line) => {
    const [dash, signer, base64] = line.split(" ");
    const bytes = Buffer.from(base64 ?? "", "base64");
    if (dash !== "\u2014" || signer !== name || bytes.subarray(0, 4).toString("hex") !== id) return false;
    return mlDsa44.verify(key.subarray(1), message(name, bytes.readBigUInt64BE(4), note), bytes.subarray(12));
  });
}

function cosign(seed, name, time, note) {
  const { publicKey, secretKey } = mlDsa44.keygen(Buffer.from(seed, "hex"));
  const id = keyId(name, publicKey);
  const signature = mlDsa44.sign(secretKey, message(name, time, note));
  const vkey = `${name}+${id.toString("hex")}+${Buffer.concat([Buffer.from([type]), publicKey]).toString("base64")}`;
  return `${vkey}\n\u2014 ${name} ${Buffer.concat([id, u64(time), signature]).toString("base64")}\n`;
}

const [act, ...words] = process.argv.slice(2);
const note = fs.readFileSync(words.pop(), "utf8");
if (act === "cosign") process.stdout.write(cosign(...words, note));
else process.exitCode = act === "verify" && verify(...words, note) ? 0 : 1;
