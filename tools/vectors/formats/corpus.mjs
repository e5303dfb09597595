// Seeds for the fuzzers in tests/corpus/TARGET: the valid objects of spec/vectors.   node formats/corpus.mjs
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join, littleEndian } from "./bytes.mjs";

const root = new URL("../../../", import.meta.url);
const pages = ["commit-record", "device-request", "grant", "key-file", "licence", "licence-report", "log-entries", "operations-policy", "order", "package", "product-policy", "receipt", "sealed-file", "slot-file", "trust-bundle", "trust-policy"];
const targets = {
  "preamble": "sealed_file_fuzz", "sealed-header": "sealed_file_fuzz", "seal-record": "sealed_file_fuzz",
  "slot-preamble": "slot_file_fuzz", "slot-file-header": "slot_file_fuzz", "signed-object": "signed_object_fuzz",
  "grant": "licensing_fuzz", "licence": "licensing_fuzz", "licence-report": "licensing_fuzz", "trust-bundle": "trust_fuzz", "device-request": "trust_fuzz",
  "trust-policy": "trust_policy_fuzz", "time-repair": "trust_policy_fuzz", "order": "trust_policy_fuzz", "order-authority": "trust_policy_fuzz", "retirement": "trust_policy_fuzz",
  "commit-record": "commit_record_fuzz", "key-file": "key_file_fuzz", "package-index": "package_index_fuzz",
  "product-policy": "product_policy_fuzz", "operations-policy": "operations_policy_fuzz", "receipt-batch": "receipt_fuzz", "receipt": "receipt_fuzz",
  "log-entry": "log_entry_fuzz", "log-release": "log_entry_fuzz", "log-approval": "log_entry_fuzz", "log-rejection": "log_entry_fuzz",
  "log-verdict": "log_entry_fuzz", "log-key-ceremony": "log_entry_fuzz", "log-policy-change": "log_entry_fuzz",
  "log-epoch-change": "log_entry_fuzz", "log-retirement": "log_entry_fuzz",
};
const largest = 6000;

function put(target, bytes) {
  const directory = new URL(`tests/corpus/${target}/`, root);
  mkdirSync(directory, { recursive: true });
  writeFileSync(new URL(createHash("sha256").update(bytes).digest("hex").slice(0, 16), directory), bytes);
}

for (const page of pages) {
  const { objects } = JSON.parse(readFileSync(new URL(`spec/vectors/${page}.json`, root), "utf8"));
  for (const { kind, hex, plaintext_size: plaintextSize } of objects) {
    const object = Uint8Array.from(Buffer.from(hex, "hex"));
    if (!(kind in targets) || object.length > largest) continue;
    put(targets[kind], kind === "package-index" ? join(littleEndian(plaintextSize, 8), object) : object);
    if (page === "commit-record" || page === "grant") put("cbor_fuzz", object);
  }
}
