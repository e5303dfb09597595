// Seeds for the log's fuzzers in tests/corpus/TARGET, from spec/vectors/log.json.   node log/corpus.mjs
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../../../", import.meta.url);
const largest = 6000;
const vectors = JSON.parse(readFileSync(new URL("spec/vectors/log.json", root), "utf8"));

function put(target, words) {
  if (words.length > largest) return;
  const directory = new URL(`tests/corpus/${target}/`, root);
  mkdirSync(directory, { recursive: true });
  writeFileSync(new URL(createHash("sha256").update(words).digest("hex").slice(0, 16), directory), words);
}

for (const { proof } of vectors.proofs) put("log_proof_fuzz", proof);
for (const { proof } of vectors.proofs.slice(1, 4)) put("log_request_fuzz", proof.replace(/^.*\nindex (.*)\n/, "old $1\n"));
for (const { policy } of [...vectors.proofs, ...vectors.policies]) put("log_policy_fuzz", policy);
