// Writes spec/vectors/release-proof.json: proofs of releases, whom a reader believes, and what comes of it; and seeds for the fuzzer.
//   cd tools/vectors && npm ci && node log/release_proof.mjs
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { chosen, patched, text } from "../formats/bytes.mjs";
import { encode } from "../formats/cbor.mjs";
import { ed25519Key, mlDsa65Key, sha256 } from "../formats/crypto.mjs";
import { toJson } from "../formats/json.mjs";
import { sign } from "../formats/signed.mjs";
import { commonRefusals, fieldRefusals, withoutNulls } from "../formats/variants.mjs";
import { object } from "../formats/vector_file.mjs";
import { base64, checkpoint, noteKey, signedNote, type } from "./notes.mjs";
import { inclusion, leafHash, root } from "./tree.mjs";

const time = 1790000000;
const origin = "log.example/edgekeep";
const log = noteKey(origin, type.note);
const logPq = noteKey(origin, type.subtree);
const w1 = noteKey("witness.example/w1", type.cosignature);
const w1Pq = noteKey("witness.example/w1", type.subtree);
const w2 = noteKey("witness.example/w2", type.cosignature);
const notaryWitness = noteKey("notary.example", type.cosignature);
const notary = ed25519Key("notary");
const notaryPq = mlDsa65Key("notary");
const stranger = ed25519Key("stranger");

const content = (kind, fields) => encode(withoutNulls(new Map([[0, `edgekeep/log/${kind}`], ...fields])));
const entryOf = (bytes, at = time) => encode(new Map([[0, "edgekeep/log-entry"], [1, at], [2, bytes]]));
const release = (sequence) => content("release", [
  [1, "acme/label-ocr"], [2, "stable"], [3, [sequence, `1.${sequence}`]], [4, 2], [5, sequence], [6, chosen(`targets ${sequence}`, 32)],
  [7, chosen(`manifest ${sequence}`, 32)], [8, 5_000_000], [11, "anna"],
]);
const approval = (of, holder) => content("approval", [[1, sha256(of)], [2, holder]]);
const released = release(7);
const other = release(8);
const approvals = ["bert", "cora"].map((holder) => approval(released, holder));
const verdictFields = { release: sha256(released), index: 2, size: 5, findings: [], approvals: approvals.map(sha256), log: origin };
const verdictOf = (changes = {}) => {
  const v = { ...verdictFields, ...changes };
  return content("verdict", [[1, v.release], [2, v.index], [3, v.size], [4, v.findings], [5, v.approvals], [6, v.log]]);
};

// The log: two entries of others, the release, its approvals, the verdict, and what came later.
const contents = (verdict) => [approval(other, "bert"), other, released, ...approvals, verdict, released, other];
const releaseAt = 2;
const verdictAt = 5;
const inclusionText = (index, leaves) =>
  `c2sp.org/tlog-proof@v1\nindex ${index}\n${inclusion(index, leaves).map((hash) => `${base64(hash)}\n`).join("")}\n`;

const classicalSigners = [[log]];
const signers = (...more) => [...classicalSigners, ...more];
const objectType = "edgekeep/log-entry";

// Everything a proof is made of; each case changes some of it.
function proofParts({ verdict = verdictOf(), times = {}, by = [notary], lines = classicalSigners, statement, tree } = {}) {
  const entries = contents(verdict).map((bytes, i) => entryOf(bytes, times[i] ?? time + i));
  const leaves = entries.map(leafHash);
  const note = tree ?? checkpoint(origin, leaves.length, root(leaves));
  return {
    checkpoint: signedNote(note, lines),
    release: { entry: entries[releaseAt], inclusion: inclusionText(releaseAt, leaves) },
    verdict: { entry: entries[verdictAt], inclusion: inclusionText(verdictAt, leaves), statement: statement ?? sign(objectType, verdict, by) },
    entries, leaves, note,
  };
}
const proofMap = ({ checkpoint: note, release: r, verdict: v }) => withoutNulls(new Map([
  [0, "edgekeep/release-proof"], [1, note], [2, [r.entry, r.inclusion]], [3, v ? [v.entry, v.inclusion, v.statement] : null],
]));
const proof = (parts) => encode(proofMap(parts));
const made = (options) => proof(proofParts(options));

const simplePolicy = `log ${log.vkey}\nquorum none\n`;
const witnessPolicy = `log ${log.vkey}\nwitness w1 ${w1.vkey}\nwitness w2 ${w2.vkey}\nwitness notary ${notaryWitness.vkey}\nquorum none\n`;
const quorumPolicy = witnessPolicy.replace("quorum none", "group any-witness any w1 w2\nquorum any-witness");
const hybridPolicy = `log ${log.vkey}\nlog ${logPq.vkey}\nwitness w1 ${w1.vkey}\nwitness w1-pq ${w1Pq.vkey}\nquorum none\n`;
const publicKeys = (keys) => keys.map(({ publicKey }) => [publicKey.algorithm, publicKey.bytes]);

const defaults = {
  policy: simplePolicy, notary: publicKeys([notary]), classes: [1], min_witnesses: 0, dependent: [], not_after: null, without_verdict: false,
  release: released, verdict: "trusted", says: "",
};
const check = (name, bytes, changes = {}) => ({ name, ...defaults, ...changes, proof: bytes });
const refused = (name, verdict, says, bytes, changes = {}) => check(name, bytes, { ...changes, verdict, says });

const good = proofParts();
const hybrid = { policy: hybridPolicy, notary: publicKeys([notary, notaryPq]), classes: [1, 2], min_witnesses: 1 };
const hybridLines = [[log], [logPq, time], [w1, time + 20], [w1Pq, time + 20]];
const late = proofParts({ lines: signers([w1, time + 100], [w2, 4102444800]) });
const unfavourable = verdictOf({ findings: [[2, "1 of 2 approvals"]], approvals: [approvals.map(sha256)[0]] });
const forkedTree = checkpoint(origin, 8, leafHash(text("fork")));
const bothQuorum = quorumPolicy.replace(" any w1", " all w1");

const checks = [
  check("classical", made()),
  check("hybrid", made({ by: [notary, notaryPq], lines: hybridLines }), hybrid),
  refused("no verdict", "not-found", "release proof: no verdict", proof({ ...good, verdict: null })),
  check("no verdict, where none is demanded", proof({ ...good, verdict: null }), { without_verdict: true }),
  refused("an unfavourable verdict", "forbidden", "release proof: the verdict is unfavourable", made({ verdict: unfavourable })),
  refused("verdict about another release", "wrong-product", "release proof: verdict about another entry",
    made({ verdict: verdictOf({ release: sha256(other), index: 1 }) })),
  refused("verdict about the same release entered again", "wrong-product", "release proof: verdict about another entry",
    made({ verdict: verdictOf({ index: 1 }) })),
  refused("verdict on another log of the same people", "wrong-product", "release proof: verdict of another log",
    made({ verdict: verdictOf({ log: "log.example/other" }) })),
  refused("verdict on a log whose name this one's begins with", "wrong-product", "release proof: verdict of another log",
    made({ verdict: verdictOf({ log: "log.example" }) })),
  refused("another release", "wrong-product", "release proof: of another release", made(), { release: other }),
  refused("release at another place", "bad-signature", "release proof: the release is not in the log",
    proof({ ...good, release: { ...good.release, inclusion: inclusionText(6, good.leaves) } })),
  refused("release under another time", "bad-signature", "release proof: the release is not in the log",
    proof({ ...good, release: { ...good.release, entry: entryOf(released, time + 3) } })),
  refused("verdict at another place", "bad-signature", "release proof: the verdict is not in the log",
    proof({ ...good, verdict: { ...good.verdict, inclusion: inclusionText(4, good.leaves) } })),
  refused("verdict that never was in the log", "bad-signature", "release proof: the verdict is not in the log",
    proof({ ...proofParts({ verdict: unfavourable }), verdict: good.verdict })),
  refused("a fork that the log signed", "bad-signature", "release proof: the release is not in the log", made({ tree: forkedTree })),
  refused("a fork that no witness saw", "untrusted", "log: no quorum of cosigners", made(), { policy: quorumPolicy }),
  check("the tree that a witness saw", made({ lines: signers([w1, time + 20]) }), { policy: quorumPolicy }),
  refused("another log", "untrusted", "log: not one of the policy's",
    made({ tree: good.note.replace(origin, "log.example/other") })),
  refused("the log in one class of two", "bad-signature", "log: a class did not sign", made({ by: [notary, notaryPq] }), { ...hybrid, min_witnesses: 0 }),
  refused("no independent witness", "untrusted", "release proof: too few independent witnesses", made(), { policy: witnessPolicy, min_witnesses: 1 }),
  check("an independent witness", made({ lines: signers([w1, time + 20]) }), { policy: witnessPolicy, min_witnesses: 1, dependent: ["notary.example"] }),
  refused("the notary as the witness", "untrusted", "release proof: too few independent witnesses",
    made({ lines: signers([notaryWitness, time + 20]) }), { policy: witnessPolicy, min_witnesses: 1, dependent: ["notary.example"] }),
  refused("one witness for two", "untrusted", "release proof: too few independent witnesses",
    made({ lines: signers([w1, time + 20]) }), { policy: witnessPolicy, min_witnesses: 2 }),
  check("two witnesses", made({ lines: signers([w1, time + 20], [w2, time + 20]) }), { policy: witnessPolicy, min_witnesses: 2 }),
  refused("a witness in one class of two", "untrusted", "release proof: too few independent witnesses",
    made({ by: [notary, notaryPq], lines: hybridLines.slice(0, 3) }), hybrid),
  refused("a cosignature from the year 2100", "untrusted", "log: no quorum of cosigners", proof(late), { policy: bothQuorum, not_after: time + 1000 }),
  check("a cosignature from the year 2100, without a clock", proof(late), { policy: bothQuorum }),
  refused("the notary in one class of two", "bad-signature", "release proof: the notary did not sign in every class",
    made({ lines: hybridLines }), hybrid),
  refused("a stranger's verdict", "untrusted", "release proof: verdict by no notary", made({ by: [stranger] })),
  refused("the notary's signature under another verdict", "wrong-product", "release proof: the notary signed another verdict",
    made({ verdict: unfavourable, statement: sign(objectType, verdictOf(), [notary]) })),
  refused("the notary's signature as another kind of object", "unsupported", "signed object of another type",
    made({ statement: sign("edgekeep/grant", verdictOf(), [notary]) })),
  refused("a broken signature of the notary", "bad-signature", "release proof: the notary did not sign in every class",
    made({ statement: patched(good.verdict.statement, good.verdict.statement.length - 1, [good.verdict.statement.at(-1) ^ 1]) })),
  refused("an approval as the verdict", "unsupported", "another type or version of object",
    made({ verdict: approvals[0] })),
  refused("a verdict about what came later", "malformed", "release proof: verdict before what it judged", made({ verdict: verdictOf({ size: 6 }) })),
  refused("a verdict of an earlier time", "malformed", "release proof: verdict before what it judged", made({ times: { [verdictAt]: time } })),
  refused("a verdict from a size without the release", "malformed", "verdict: release after what was judged", made({ verdict: verdictOf({ size: 2 }) })),
];

const proofFields = ({ checkpoint: note, release: r, verdict: v }) => ({
  checkpoint: note, release: r, verdict: v ? { entry: v.entry, inclusion: v.inclusion, statement: v.statement } : null,
});
const small = { checkpoint: "checkpoint\n", release: { entry: chosen("release", 8), inclusion: "inclusion\n" }, verdict: null };
const smallVerdict = { ...small, verdict: { entry: chosen("verdict", 8), inclusion: "other\n", statement: chosen("statement", 8) } };
const smallMap = proofMap(smallVerdict);
const leaf = [small.release.entry, small.release.inclusion];
const objects = [
  object("release and verdict", "release-proof", made(), proofFields(good)),
  object("release alone", "release-proof", proof({ ...good, verdict: null }), proofFields({ ...good, verdict: null })),
];
const refusedBytes = [
  ...commonRefusals("release-proof", proofMap(small)),
  ...fieldRefusals("release-proof", smallMap, [
    ["another type", "unsupported", 0, "edgekeep/release-proof2"], ["no checkpoint", "malformed", 1, ""],
    ["checkpoint as bytes", "malformed", 1, text("checkpoint\n")], ["release of three", "malformed", 2, [...leaf, chosen("x", 1)]],
    ["release without an entry", "malformed", 2, [new Uint8Array(0), "inclusion\n"]], ["release without a proof", "malformed", 2, [leaf[0], ""]],
    ["entry over the limit", "too-large", 2, [new Uint8Array(16449), "inclusion\n"]], ["inclusion over the limit", "too-large", 2, [leaf[0], "x".repeat(4097)]],
    ["verdict of two", "malformed", 3, leaf], ["verdict without a statement", "malformed", 3, [...leaf, new Uint8Array(0)]],
  ]),
];

const vectors = new URL("../../../spec/vectors/release-proof.json", import.meta.url);
writeFileSync(vectors, `${toJson({ spec: "spec/release-proof.md", made_by: "tools/vectors/log", objects, refused: refusedBytes, checks })}\n`);

const corpus = new URL("../../../tests/corpus/release_proof_fuzz/", import.meta.url);
mkdirSync(corpus, { recursive: true });
for (const bytes of [proof(good), proof({ ...good, verdict: null }), made({ verdict: unfavourable }), proof(small)]) {
  writeFileSync(new URL(createHash("sha256").update(bytes).digest("hex").slice(0, 16), corpus), bytes);
}
