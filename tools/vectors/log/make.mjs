// Writes spec/vectors/log.json: keys, a tree, proofs under policies, and what is refused.
//   cd tools/vectors && npm ci && node log/make.mjs
import { writeFileSync } from "node:fs";
import { text } from "../formats/bytes.mjs";
import { toJson } from "../formats/json.mjs";
import { base64, checkpoint, keyId, line, message, noteKey, signatureLine, signedNote, type, vkeyOf } from "./notes.mjs";
import { consistency, inclusion, leafHash, root } from "./tree.mjs";

const origin = "log.example/edgekeep";
const classical = noteKey(origin, type.note);
const postQuantum = noteKey(origin, type.subtree);
const notary = noteKey("notary.example", type.cosignature);
const notaryPq = noteKey("notary.example", type.subtree);
const witness = noteKey("witness.example/w1", type.cosignature);
const second = noteKey("witness.example/w2", type.cosignature);
const stranger = noteKey("stranger.example", type.cosignature);

const numEntries = 13;
const entries = Array.from({ length: numEntries }, (_, i) => text(`entry ${i}`));
const leaves = entries.map(leafHash);
const upTo = (size) => leaves.slice(0, size);
const time = 1790000000;
const late = 4102444800;  // 2100

const note = checkpoint(origin, numEntries, root(leaves));
const byLog = [[classical], [postQuantum, time]];
const byNotary = [[notary, time + 1], [notaryPq, time + 2]];
const signed = signedNote(note, [...byLog, ...byNotary, [witness, time + 3]]);
const proof = (index, checkpointNote, size = numEntries, path = inclusion(index, upTo(size))) =>
  `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.map((hash) => `${base64(hash)}\n`).join("")}\n${checkpointNote}`;

const policy = `# production: the notary in both classes, and one witness of two
log ${classical.vkey} https://log.example/edgekeep/
log ${postQuantum.vkey}
witness notary-ed25519 ${notary.vkey}
witness notary-ml-dsa ${notaryPq.vkey}
witness w1\t${witness.vkey} https://witness.example/w1/
  witness w2 ${second.vkey}

group notary all notary-ed25519 notary-ml-dsa
group any-witness any w1 w2
group both 2 notary any-witness
quorum both
`;
const simplePolicy = `log ${classical.vkey}\nquorum none\n`;
const twoPolicy = `log ${classical.vkey}\nwitness a ${witness.vkey}\nwitness b ${second.vkey}\ngroup g all a b\nquorum g\n`;

const fork = signedNote(checkpoint(origin, numEntries, leafHash(text("fork"))), [...byLog, ...byNotary, [witness, time + 3]]);
const cases = [
  { name: "production", policy, proof: proof(5, signed), entry: entries[5], verdict: "trusted", index: 5, cosigned_at: time + 1 },
  { name: "one log key", policy: simplePolicy, proof: proof(0, signedNote(note, [[classical]])), entry: entries[0], verdict: "trusted", index: 0, cosigned_at: 0 },
  { name: "one entry", policy: simplePolicy, proof: proof(0, signedNote(checkpoint(origin, 1, leaves[0]), [[classical]]), 1), entry: entries[0], verdict: "trusted", index: 0, cosigned_at: 0 },
  { name: "extension lines", policy: simplePolicy, proof: proof(2, signedNote(checkpoint(origin, numEntries, root(leaves), ["ext one", "two"]), [[classical]])), entry: entries[2], verdict: "trusted", index: 2, cosigned_at: 0 },
  { name: "extra data", policy: simplePolicy, proof: proof(2, signedNote(note, [[classical]])).replace("index", "extra aGVsbG8=\nindex"), entry: entries[2], verdict: "trusted", index: 2, cosigned_at: 0 },
  { name: "a cosignature of the year 2100 moves no quorum", policy: twoPolicy, proof: proof(1, signedNote(note, [[classical], [witness, late], [second, time]])), entry: entries[1], verdict: "trusted", index: 1, cosigned_at: time },
  { name: "the later of two lines of one witness", policy: twoPolicy, proof: proof(1, signedNote(note, [[classical], [witness, time], [second, time + 9], [witness, time + 5]])), entry: entries[1], verdict: "trusted", index: 1, cosigned_at: time + 5 },
  { name: "unknown cosigner beside", policy: simplePolicy, proof: proof(1, signedNote(note, [[stranger, time], [classical]])), entry: entries[1], verdict: "trusted", index: 1, cosigned_at: 0 },
  { name: "another entry", policy: simplePolicy, proof: proof(5, signedNote(note, [[classical]])), entry: entries[6], verdict: "bad-signature" },
  { name: "another index", policy: simplePolicy, proof: proof(5, signedNote(note, [[classical]])).replace("index 5", "index 4"), entry: entries[5], verdict: "bad-signature" },
  { name: "path too short", policy: simplePolicy, proof: proof(5, signedNote(note, [[classical]]), numEntries, inclusion(5, leaves).slice(0, -1)), entry: entries[5], verdict: "bad-signature" },
  { name: "path too long", policy: simplePolicy, proof: proof(5, signedNote(note, [[classical]]), numEntries, [...inclusion(5, leaves), leaves[0]]), entry: entries[5], verdict: "bad-signature" },
  { name: "forked log, cosigned", policy, proof: proof(5, fork), entry: entries[5], verdict: "bad-signature" },
  { name: "no notary", policy, proof: proof(5, signedNote(note, [...byLog, [witness, time]])), entry: entries[5], verdict: "untrusted" },
  { name: "notary in one class", policy, proof: proof(5, signedNote(note, [...byLog, byNotary[0], [witness, time]])), entry: entries[5], verdict: "untrusted" },
  { name: "no witness", policy, proof: proof(5, signedNote(note, [...byLog, ...byNotary])), entry: entries[5], verdict: "untrusted" },
  { name: "log in one class", policy, proof: proof(5, signedNote(note, [byLog[0], ...byNotary, [witness, time]])), entry: entries[5], verdict: "bad-signature" },
  { name: "one witness twice is one", policy: twoPolicy, proof: proof(5, signedNote(note, [[classical], [witness, time], [witness, time + 1]])), entry: entries[5], verdict: "untrusted" },
  { name: "known but bad beside enough", policy: twoPolicy, proof: proof(5, signedNote(note, [[classical], [witness, time], [second, time]]) + line(witness.name, [...witness.id, ...new Uint8Array(72)])), entry: entries[5], verdict: "bad-signature" },
  { name: "known but of the wrong size", policy: simplePolicy, proof: proof(5, signedNote(note, [[classical]]) + line(origin, [...classical.id, 1, 2, 3])), entry: entries[5], verdict: "bad-signature" },
  { name: "time of a cosignature changed", policy: twoPolicy, proof: proof(5, signedNote(note, [[classical], [second, time]]) + line(witness.name, [...witness.id, 0, 0, 0, 0, 0x6a, 0xb1, 0x9b, 0x81, ...witness.sign(message(witness, note, time))])), entry: entries[5], verdict: "bad-signature" },
  { name: "another origin", policy: simplePolicy, proof: proof(5, signedNote(note.replace(origin, "log.example/other"), [[classical]])), entry: entries[5], verdict: "untrusted" },
  { name: "nobody known", policy: simplePolicy, proof: proof(5, signedNote(note, [[stranger, time]])), entry: entries[5], verdict: "untrusted" },
  { name: "empty tree", policy: simplePolicy, proof: proof(0, signedNote(checkpoint(origin, 0, root([])), [[classical]]), 1), entry: entries[0], verdict: "bad-signature" },
];

const goodProof = proof(3, signedNote(note, [[classical]]));
const bent = (name, from, to, error = "malformed") => ({ name, proof: goodProof.replace(from, to), error });
const good = signedNote(note, [[classical]]);
const refusedProofs = [
  bent("another version", "proof@v1", "proof@v2", "unsupported"),
  bent("index with a leading zero", "index 3", "index 03"),
  bent("index with a sign", "index 3", "index +3"),
  bent("index over 2^63", "index 3", "index 9223372036854775808"),
  bent("no index", "index 3\n", ""),
  bent("empty extra", "index", "extra \nindex"),
  bent("extra that is not base64", "index", "extra a\nindex"),
  bent("extra with unused bits set", "index", "extra aGVsbG9=\nindex"),
  bent("extra after the index", "index 3\n", "index 3\nextra aGVsbG8=\n"),
  bent("hash of 31 bytes", /index 3\n.*\n/, `index 3\n${base64(new Uint8Array(31))}\n`),
  { name: "64 hashes", proof: proof(3, good, numEntries, Array(64).fill(leaves[0])), error: "too-large" },
  bent("size with a leading zero", "\n13\n", "\n013\n"),
  bent("root of 33 bytes", base64(root(leaves)), base64(new Uint8Array(33)), "too-large"),
  bent("root of 31 bytes", base64(root(leaves)), base64(new Uint8Array(31))),
  bent("no origin", `\n\n${origin}\n`, "\n\n\n"),
  bent("empty line in the checkpoint", `${base64(root(leaves))}\n`, `${base64(root(leaves))}\n\n`),
  bent("hyphen for the dash", "—", "-"),
  bent("two spaces after the dash", "— ", "—  "),
  bent("plus in a name", `— ${origin}`, "— log+example"),
  bent("no-break space in a name", `— ${origin}`, "— log\u00a0example"),
  bent("no name", `— ${origin} `, "—  "),
  bent("signature with a line's end missing", /\n$/, ""),
  bent("carriage return", "\n13\n", "\r\n13\n"),
  bent("control character in the text", "\n13\n", "\n13\u0007\n"),
  { name: "signature of four bytes", proof: `${goodProof}${line("stranger.example", [1, 2, 3, 4])}`, error: "malformed" },
  { name: "129 signatures", proof: goodProof + signatureLine(stranger, note, 1).repeat(128), error: "too-large" },
  { name: "no signature", proof: goodProof.replace(/— .*\n$/, ""), error: "malformed" },
];

const refusedKeys = [
  ["id of another key", classical.vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+"), "malformed"],
  ["upper case id", classical.vkey.replace(/\+([0-9a-f]{8})\+/, (found) => found.toUpperCase()), "malformed"],
  ["unknown type", vkeyOf(origin, [1, 2, 3, 4], 2, classical.publicKey), "unsupported"],
  ["31 bytes", vkeyOf(origin, [1, 2, 3, 4], 1, new Uint8Array(31)), "malformed"],
  ["no key", `${origin}+01020304+`, "malformed"],
  ["no name", classical.vkey.slice(origin.length), "malformed"],
  ["no plus", "log.example", "malformed"],
  ["space in the name", `log example${classical.vkey.slice(origin.length)}`, "malformed"],
  ["base64 without padding", postQuantum.vkey.replace(/=+$/, ""), "malformed"],
  ["much too long", `${"n".repeat(3000)}+01020304+AQ==`, "too-large"],
].map(([name, vkey, error]) => ({ name, vkey, error }));

const lines = (...rest) => `${rest.join("\n")}\n`;
const witnesses = Array.from({ length: 33 }, (_, i) => noteKey(`w.example/${i}`, type.cosignature));
const logs = Array.from({ length: 33 }, (_, i) => noteKey(`l.example/${i}`, type.note));
const logLines = (count) => logs.slice(0, count).map((key) => `log ${key.vkey}`);
const witnessLines = (count) => witnesses.slice(0, count).map((key, i) => `witness n${i} ${key.vkey}`);
const groupLines = (count) => Array.from({ length: count }, (_, i) => `group g${i} any ${i === 0 ? "n0" : `g${i - 1}`}`);
const otherName = "other.example";
const renamed = vkeyOf(otherName, keyId(otherName, witness.kind, witness.publicKey), witness.kind, witness.publicKey);
const one = [`log ${classical.vkey}`, `witness a ${witness.vkey}`, `witness b ${second.vkey}`];
const acceptedPolicies = [
  ["32 logs, 32 witnesses, 32 groups", lines(...logLines(32), ...witnessLines(32), ...groupLines(32), "quorum g31")],
  ["no log", lines("quorum none")],
  ["a witness as quorum", lines(...one, "quorum b")],
  ["bytes that are not ASCII in a comment and a name", lines("# gr\u00fc\u00dfe", `witness z\u00fcrich ${witness.vkey}`, "quorum z\u00fcrich")],
].map(([name, accepted]) => ({ name, policy: accepted }));
const refusedPolicies = [
  ["no quorum", lines(...one), "malformed"],
  ["two quorums", lines(...one, "quorum a", "quorum a"), "malformed"],
  ["unknown quorum", lines(...one, "quorum c"), "malformed"],
  ["quorum before its witness", lines("quorum a", ...one), "malformed"],
  ["witness twice under other names", lines(...one, `witness c ${witness.vkey}`, "quorum a"), "malformed"],
  ["witness twice under other key names", lines(...one, `witness c ${renamed}`, "quorum a"), "malformed"],
  ["log twice", lines(...one, `log ${classical.vkey}`, "quorum a"), "malformed"],
  ["log's key as a witness", lines(...one, `log ${postQuantum.vkey}`, `witness c ${postQuantum.vkey}`, "quorum c"), "malformed"],
  ["log with a cosignature key", lines(`log ${witness.vkey}`, "quorum none"), "unsupported"],
  ["witness with a note key", lines(`witness a ${classical.vkey}`, "quorum a"), "unsupported"],
  ["name twice", lines(...one, `witness a ${stranger.vkey}`, "quorum a"), "malformed"],
  ["group named as a witness", lines(...one, "group a any b", "quorum a"), "malformed"],
  ["witness named none", lines(`witness none ${witness.vkey}`, "quorum none"), "malformed"],
  ["none as a member", lines(...one, "group g any none", "quorum g"), "malformed"],
  ["threshold 0", lines(...one, "group g 0 a b", "quorum g"), "malformed"],
  ["threshold 3 of 2", lines(...one, "group g 3 a b", "quorum g"), "malformed"],
  ["threshold with a leading zero", lines(...one, "group g 01 a b", "quorum g"), "malformed"],
  ["group without members", lines(...one, "group g all", "quorum g"), "malformed"],
  ["member twice in a group", lines(...one, "group g 2 a a", "quorum g"), "malformed"],
  ["member of two groups", lines(...one, "group g any a", "group h any a b", "quorum h"), "malformed"],
  ["group of itself", lines(...one, "group g any g", "quorum g"), "malformed"],
  ["unknown line", lines(...one, "quorum a", "also b"), "malformed"],
  ["words after a url", lines(`log ${classical.vkey} https://a/ b`, "quorum none"), "malformed"],
  ["last line without an end", `log ${classical.vkey}\nquorum none`, "malformed"],
  ["carriage returns", `log ${classical.vkey}\r\nquorum none\r\n`, "malformed"],
  ["33 logs", lines(...logLines(33), "quorum none"), "too-large"],
  ["33 witnesses", lines(...witnessLines(33), "quorum n0"), "too-large"],
  ["33 groups", lines(...witnessLines(1), ...groupLines(33), "quorum g0"), "too-large"],
].map(([name, refused, error]) => ({ name, policy: refused, error }));

const trees = Array.from({ length: numEntries + 1 }, (_, size) => ({ size, root: root(upTo(size)) }));
const proofs = [[0, 1], [0, 2], [1, 2], [0, 3], [2, 3], [4, 7], [6, 7], [0, 8], [5, 13], [12, 13]]
  .map(([index, size]) => ({ index, size, path: inclusion(index, upTo(size)) }));
const growth = [[1, 2], [1, 13], [2, 3], [3, 4], [4, 8], [6, 8], [7, 13], [8, 13], [12, 13], [13, 13]]
  .map(([earlier, later]) => ({ earlier, later, path: consistency(earlier, upTo(later)) }));

const content = {
  spec: "spec/log.md",
  made_by: "tools/vectors/log",
  keys: [classical, postQuantum, notary, notaryPq, witness].map(({ name, kind, id, seed, publicKey, vkey }) => ({ name, type: kind, id, seed, public_key: publicKey, vkey })),
  messages: [classical, postQuantum, notary].map((key) => ({ vkey: key.vkey, checkpoint: note, time, message: message(key, note, time) })),
  refused_keys: refusedKeys,
  entries, leaves, trees, inclusion: proofs, consistency: growth,
  proofs: cases, refused_proofs: refusedProofs,
  policies: acceptedPolicies, refused_policies: refusedPolicies,
};
writeFileSync(new URL("../../../spec/vectors/log.json", import.meta.url), `${toJson(content)}\n`);
