// What a device keeps of an installed package: slot files (spec/slot-file.md) and the commit record (spec/commit-record.md).
import { encode } from "./cbor.mjs";
import { chosen, join } from "./bytes.mjs";
import { device, epoch, epochKey, product, version } from "./actors.mjs";
import { derive, hmacSha256, sealAes, sha256 } from "./crypto.mjs";
import { policyFields, policyMap } from "./product_policy.mjs";
import { assemble, commitment, sealSegments, sealedFileId, sealedPlaintext } from "./sealed_file.mjs";
import { commonRefusals, fieldRefusals, replaced } from "./variants.mjs";
import { object, refusal, writeVectors } from "./vector_file.mjs";

const slot = 1;
const engineKey = "onnxruntime-1.30.0/x86_64-avx2";

function slotFile(kind, engine_key, plaintext, in_place_inputs = 0) {
  const key = chosen(`slot key ${kind}`, 32);
  const salt = chosen(`slot file ${kind} salt`, 32);
  const fields = {
    kind, product, sequence: version.sequence, sealed_file: sealedFileId, seal_suite: 1, plaintext_size: plaintext.length,
    salt, key_commitment: commitment(key, salt), engine_key, in_place_inputs,
  };
  const map = new Map(Object.values(fields).map((field, i) => [i + 1, field]));
  if (in_place_inputs === 0) map.delete(10);
  const header = encode(map);
  const sealed = sealSegments(1, key, salt, sha256(header), plaintext);
  const bytes = assemble("EKSLOT01", header, new Uint8Array(0), sealed.body);
  return { kind, key, fields, map, header, bytes, plaintext, sealed };
}

const canonical = slotFile(1, "", sealedPlaintext);
const prepared = slotFile(2, engineKey, chosen("prepared form", 120), 5);

const keyEncryptionKey = derive(join(device.vaultKey, epochKey(epoch)), undefined, "edgekeep slot v1",
  encode([product, slot, version.sequence]));

function wrap({ kind, key }) {
  const nonce = chosen(`slot wrap ${kind} nonce`, 12);
  return join(nonce, sealAes(keyEncryptionKey, nonce, Uint8Array.of(kind), key));
}

const recordOf = (file) => ({
  header_digest: sha256(file.header), tags_digest: file.sealed.tagsDigest, file_size: file.bytes.length,
  wrapped_slot_key: wrap(file),
});
const slotItem = (record) => new Map(Object.values(record).map((field, i) => [i + 1, field]));

const fields = {
  generation: 300, product, version, slot, sealed_file: sealedFileId, epoch, canonical: recordOf(canonical),
  prepared: { file: recordOf(prepared), engine_key: engineKey }, installed_at: 1790000100, policy: null, security_epoch: 0,
};
const map = new Map([
  [0, "edgekeep/commit-record"], [1, fields.generation], [2, product], [3, [version.sequence, version.display]], [4, slot],
  [5, sealedFileId], [6, epoch], [7, slotItem(fields.canonical)],
  [8, new Map([[1, slotItem(fields.prepared.file)], [2, engineKey]])], [9, fields.installed_at],
]);
const body = encode(map);
const unprepared = new Map(map);
unprepared.delete(8);
const macKey = derive(device.vaultKey, undefined, "edgekeep commit record v1");

export function writeSlotFileVectors() {
  const named = (file, name) => [
    object(`${name} preamble`, "slot-preamble", file.bytes.slice(0, 32), {
      header_size: file.header.length, record_size: 0, body_offset: file.bytes.length - file.sealed.body.length,
      body_size: file.sealed.body.length,
    }),
    object(`${name} header`, "slot-file-header", file.header, file.fields),
    object(`${name} file`, "slot-file", file.bytes, {}),
  ];
  writeVectors("slot-file", "spec/slot-file.md", {
    objects: [...named(canonical, "canonical"), ...named(prepared, "prepared")],
    refused: [
      ...commonRefusals("slot-file-header", canonical.map),
      ...fieldRefusals("slot-file-header", canonical.map, [
        ["kind 3", "unsupported", 1, 3], ["canonical with engine key", "malformed", 9, engineKey],
        ["prepared without engine key", "malformed", 1, 2], ["empty plaintext", "malformed", 6, 0],
      ]),
      refusal("no input in place, said", "slot-file-header", "malformed", encode(replaced(prepared.map, 10, 0))),
      refusal("input 32 in place", "slot-file-header", "malformed", encode(replaced(prepared.map, 10, 2 ** 32))),
      refusal("engine key with a space", "slot-file-header", "malformed", encode(replaced(prepared.map, 9, "a b"))),
      refusal("engine key of 129", "slot-file-header", "too-large", encode(replaced(prepared.map, 9, "a".repeat(129)))),
      refusal("preamble of a sealed file", "slot-preamble", "malformed", join(new TextEncoder().encode("EKSEALED"), canonical.bytes.slice(8, 32))),
    ],
    derivation: {
      slot_keys: [canonical.key, prepared.key], plaintexts: [canonical.plaintext, prepared.plaintext],
      tags: [canonical.sealed.tags, prepared.sealed.tags],
    },
  });
}

export function writeCommitRecordVectors() {
  writeVectors("commit-record", "spec/commit-record.md", {
    objects: [
      object("with a prepared form", "commit-record", body, fields),
      object("without", "commit-record", encode(unprepared), { ...fields, prepared: null }),
      object("with a policy", "commit-record", encode(replaced(map, 10, policyMap)), { ...fields, policy: policyFields }),
      object("with a floor of security epochs", "commit-record", encode(replaced(map, 11, 5)), { ...fields, security_epoch: 5 }),
    ],
    refused: [
      ...commonRefusals("commit-record", map),
      ...fieldRefusals("commit-record", map, [
        ["another type", "unsupported", 0, "edgekeep/key-file"], ["slot 2", "malformed", 4, 2], ["epoch 65536", "malformed", 6, 65536],
        ["file smaller than any", "malformed", 7, slotItem({ ...fields.canonical, file_size: 4112 })],
        ["wrapped key of 48", "malformed", 7, slotItem({ ...fields.canonical, wrapped_slot_key: chosen("short", 48) })],
        ["prepared without engine key", "malformed", 8, new Map([[1, slotItem(fields.prepared.file)], [2, ""]])],
        ["time in the year 10000", "malformed", 9, 253402300800], ["empty policy", "malformed", 10, new Map()],
        ["floor of 0", "malformed", 11, 0], ["policy as bytes", "malformed", 10, encode(policyMap)],
      ]),
    ],
    derivation: {
      vault_key: device.vaultKey, epoch_key: epochKey(epoch), slot_binding: encode([product, slot, version.sequence]),
      slot_key_encryption_key: keyEncryptionKey, slot_keys: [canonical.key, prepared.key], record_mac_key: macKey,
      record_file: join(body, hmacSha256(macKey, body)),
    },
  });
}
