// Entries of the transparency log (spec/log-entries.md): a release's way from its proposal to two verdicts, and every kind of change.
import { encode } from "./cbor.mjs";
import { chosen, join, text } from "./bytes.mjs";
import { author, deviceId, product, version } from "./actors.mjs";
import { sha256 } from "./crypto.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { commonRefusals, fieldRefusals, replaced, withoutNulls } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

const time = 1790000000;
const content = (kind, fields) => withoutNulls(new Map([[0, `edgekeep/log/${kind}`], ...fields]));

const release = {
  product, channel: "stable", version, security_epoch: 2, targets_version: 41, targets: chosen("targets", 32), manifest: chosen("manifest", 32),
  total_size: 5_000_000, interface: chosen("interface", 32), dependencies: chosen("dependencies", 32), author: "anna",
};
const releaseMap = (r) => content("release", [
  [1, r.product], [2, r.channel], [3, [r.version.sequence, r.version.display]], [4, r.security_epoch], [5, r.targets_version], [6, r.targets],
  [7, r.manifest], [8, r.total_size], [9, r.interface], [10, r.dependencies], [11, r.author],
]);
const bare = { ...release, interface: null, dependencies: null };
const releaseBytes = encode(releaseMap(release));
const subject = sha256(releaseBytes);

const approvals = ["bert", "cora"].map((holder) => ({ release: subject, holder }));
const approvalMap = (a) => content("approval", [[1, a.release], [2, a.holder]]);
const approvalDigests = approvals.map((a) => sha256(encode(approvalMap(a))));
const rejection = { release: subject, holder: "dora", reason: "scores of class 7 fell: gr\u00fc\u00dfe, D." };
const rejectionMap = content("rejection", [[1, subject], [2, rejection.holder], [3, rejection.reason]]);

const favourable = { release: subject, release_index: 12, tree_size: 15, findings: [], approvals: approvalDigests, log: "log.example/edgekeep" };
const refused = { ...favourable, findings: [{ reason: 2, detail: "1 of 2 approvals" }, { reason: 6, detail: "too early" }], approvals: [approvalDigests[0]] };
const verdictMap = (v) => content("verdict", [
  [1, v.release], [2, v.release_index], [3, v.tree_size], [4, v.findings.map(({ reason, detail }) => [reason, detail])], [5, v.approvals], [6, v.log],
]);

const ceremony = { kind: 2, role: "targets", metadata_version: 3, metadata: chosen("root metadata", 32), threshold: 2, holders: ["anna", "bert", "cora"] };
const ceremonyMap = content("key-ceremony", [
  [1, ceremony.kind], [2, ceremony.role], [3, ceremony.metadata_version], [4, ceremony.metadata], [5, ceremony.threshold], [6, ceremony.holders],
]);
const policy = { kind: 1, version: 4, policy: chosen("trust policy", 32), not_before: time + 604800 };
const policyMap = content("policy-change", [[1, policy.kind], [2, policy.version], [3, policy.policy], [4, policy.not_before]]);
const repair = { kind: 2, version: 3, policy: chosen("repair of time", 32), not_before: time };
const repairMap = content("policy-change", [[1, repair.kind], [2, repair.version], [3, repair.policy], [4, repair.not_before]]);
const epochChange = { product, epoch: 4, reason: "one device is lost" };
const epochMap = content("epoch-change", [[1, product], [2, epochChange.epoch], [3, epochChange.reason]]);
const retirement = { kind: 1, id: deviceId, reason: "end of life" };
const retirementMap = content("retirement", [[1, retirement.kind], [2, retirement.id], [3, retirement.reason]]);

const entry = { logged_at: time, content: releaseBytes };
const entryMap = new Map([[0, "edgekeep/log-entry"], [1, time], [2, releaseBytes]]);
const shortEntry = replaced(entryMap, 2, chosen("content", 8));
const statement = encode(approvalMap(approvals[0]));
const type = "edgekeep/log-entry";

export function writeLogEntryVectors() {
  writeVectors("log-entries", "spec/log-entries.md", {
    objects: [
      object("entry", "log-entry", encode(entryMap), entry),
      object("release", "log-release", releaseBytes, release),
      object("release without interface and dependencies", "log-release", encode(releaseMap(bare)), bare),
      object("approval", "log-approval", statement, approvals[0]),
      object("rejection", "log-rejection", encode(rejectionMap), rejection),
      object("favourable verdict", "log-verdict", encode(verdictMap(favourable)), favourable),
      object("unfavourable verdict", "log-verdict", encode(verdictMap(refused)), refused),
      object("key ceremony", "log-key-ceremony", encode(ceremonyMap), ceremony),
      object("policy change", "log-policy-change", encode(policyMap), policy),
      object("repair of time", "log-policy-change", encode(repairMap), repair),
      object("epoch change", "log-epoch-change", encode(epochMap), epochChange),
      object("retirement", "log-retirement", encode(retirementMap), retirement),
      { ...object("signed approval", "signed-object", sign(type, statement, author), fieldsOf(statement, author, type)), type },
    ],
    refused: [
      ...commonRefusals("log-entry", shortEntry),
      ...fieldRefusals("log-entry", shortEntry, [["no content", "malformed", 2, new Uint8Array(0)], ["year 10000", "malformed", 1, 253402300800]]),
      ...commonRefusals("log-release", releaseMap(bare)),
      ...fieldRefusals("log-release", releaseMap(release), [
        ["another type", "unsupported", 0, "edgekeep/log/approval"], ["channel in capitals", "malformed", 2, "Stable"],
        ["author without a name", "malformed", 11, ""], ["targets of 31", "malformed", 6, chosen("short", 31)],
        ["interface of 33", "malformed", 9, chosen("long", 33)], ["no version text", "malformed", 3, [7, ""]],
      ]),
      ...commonRefusals("log-approval", approvalMap(approvals[0])),
      ...fieldRefusals("log-approval", approvalMap(approvals[0]), [["holder with a space", "malformed", 2, "a b"]]),
      ...fieldRefusals("log-rejection", rejectionMap, [
        ["no reason", "malformed", 3, ""], ["reason with a line's end", "malformed", 3, "a\nb"], ["reason of 501", "too-large", 3, "x".repeat(501)],
        ["reason that erases", "malformed", 3, "a\u007f"],
      ]),
      ...commonRefusals("log-verdict", verdictMap(refused)),
      ...fieldRefusals("log-verdict", verdictMap(refused), [
        ["reason 0", "unsupported", 4, [[0, "x"]]], ["reason 17", "unsupported", 4, [[17, "x"]]], ["reason 65536", "unsupported", 4, [[65536, "x"]]],
        ["17 reasons", "too-large", 4, Array(17).fill([2, "x"])], ["33 approvals", "too-large", 5, Array(33).fill(subject)],
        ["release after the tree", "malformed", 2, 15], ["finding of three", "malformed", 4, [[2, "x", 0]]],
        ["of no log", "malformed", 6, ""], ["log with a line's end", "malformed", 6, "log\nexample"], ["log of 256", "too-large", 6, "x".repeat(256)],
      ]),
      ...fieldRefusals("log-verdict", verdictMap(favourable), [["favourable without approval", "malformed", 5, []]]),
      ...fieldRefusals("log-key-ceremony", ceremonyMap, [
        ["kind 0", "unsupported", 1, 0], ["kind 5", "unsupported", 1, 5], ["threshold 0", "malformed", 5, 0], ["threshold 4 of 3", "malformed", 5, 4],
        ["holder twice", "malformed", 6, ["anna", "anna"]], ["holders out of order", "malformed", 6, ["bert", "anna"]],
        ["33 holders", "too-large", 6, Array.from({ length: 33 }, (_, i) => `h${10 + i}`)],
      ]),
      ...fieldRefusals("log-policy-change", policyMap, [["kind 3", "unsupported", 1, 3], ["year 10000", "malformed", 4, 253402300800]]),
      ...fieldRefusals("log-epoch-change", epochMap, [["epoch 65536", "malformed", 2, 65536], ["product without a slash", "malformed", 1, "acme"]]),
      ...fieldRefusals("log-retirement", retirementMap, [["kind 4", "unsupported", 1, 4], ["id of 31", "malformed", 2, chosen("short", 31)]]),
    ],
    derivation: { release_content_digest: subject, entry_leaf_hash: sha256(join([0], encode(entryMap))), statement_type: text(type) },
  });
}
