// The sealed file (spec/sealed-file.md): a whole small one with all its keys, and what is refused.
import { Pairs, encode } from "./cbor.mjs";
import { alignUp, bigEndian, chosen, hex, join, littleEndian, patched, text } from "./bytes.mjs";
import { author, contentKey, licensorKem, product, stranger, version } from "./actors.mjs";
import { derive, hmacSha256, hpkeSeal, kidOf, sealAes, sealChaCha, sha256 } from "./crypto.mjs";
import { files, makePackage } from "./package.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { policyFields, policyMap } from "./product_policy.mjs";
import { commonRefusals, fieldRefusals, replaced, withoutNulls } from "./variants.mjs";
import { object, refusal, writeVectors } from "./vector_file.mjs";

export const segmentSize = 1 << 20;
const sealers = { 1: sealAes, 2: sealChaCha };

// STREAM: §6 of the page.
export function sealSegments(suite, key, salt, headerDigest, plaintext) {
  const derived = derive(key, salt, "edgekeep segments v1", headerDigest, 39);
  const segmentKey = derived.slice(0, 32);
  const prefix = derived.slice(32);
  const count = Math.ceil(plaintext.length / segmentSize);
  const segments = Array.from({ length: count }, (_, i) => {
    const nonce = join(prefix, bigEndian(i, 4), [i === count - 1 ? 1 : 0]);
    const part = plaintext.slice(i * segmentSize, (i + 1) * segmentSize);
    return sealers[suite](segmentKey, nonce, new Uint8Array(0), part);
  });
  const tags = segments.map((segment) => segment.slice(-16));
  return { segmentKey, prefix, body: join(...segments), tags, tagsDigest: sha256(join(...tags)) };
}

export const commitment = (key, salt) => derive(key, salt, "edgekeep key commitment v1");

export function preamble(magic, headerSize, recordSize, bodySize) {
  const offset = alignUp(32 + headerSize + recordSize, 4096);
  const numbers = [headerSize, recordSize, offset].map((number) => littleEndian(number, 4));
  return join(text(magic), littleEndian(1, 2), littleEndian(0, 2), ...numbers, littleEndian(bodySize, 8));
}

// Preamble, header, record, zeros, body.
export function assemble(magic, header, record, body) {
  const front = join(preamble(magic, header.length, record.length, body.length), header, record);
  return join(front, new Uint8Array(alignUp(front.length, 4096) - front.length), body);
}

const salt = chosen("sealed file salt", 32);
const plaintext = makePackage(files).plaintext;
const binding = encode([product, version.sequence, salt]);
const wrap = hpkeSeal("content key", licensorKem.publicKey, "edgekeep content key v1", sha256(binding), contentKey);

const headerFields = {
  kind: 1, product, version, seal_suite: 1, segment_size: segmentSize, plaintext_size: plaintext.length, salt,
  key_commitment: commitment(contentKey, salt), hpke_suite: 1, licensor_kem_kid: kidOf(licensorKem.publicKey),
  enc: wrap.enc, wrapped_key: wrap.ciphertext, policy: null,
};
const asValue = (field) => (field === version ? [version.sequence, version.display] : field);
const headerMap = withoutNulls(new Map(Object.values(headerFields).map((field, i) => [i + 1, asValue(field)])));
const header = encode(headerMap);
const headerDigest = sha256(header);

const sealed = sealSegments(1, contentKey, salt, headerDigest, plaintext);
const macKey = derive(contentKey, salt, "edgekeep plaintext mac v1");
const recordFields = {
  header_digest: headerDigest, tags_digest: sealed.tagsDigest, plaintext_mac: hmacSha256(macKey, plaintext),
  plaintext_size: plaintext.length, sealed_at: 1790000000,
};
const recordMap = new Map(Object.values(recordFields).map((field, i) => [i + 1, field]));
const payload = encode(recordMap);
const type = "edgekeep/sealed-file";
const record = sign(type, payload, author);
const file = assemble("EKSEALED", header, record, sealed.body);

export const sealedFileId = sha256(payload);
export const sealedPlaintext = plaintext;

function preambleRefusals() {
  const first = file.slice(0, 32);
  const cases = [
    ["magic of a slot file", "malformed", 0, text("EKSLOT01")], ["version 2", "unsupported", 8, [2]],
    ["reserved field", "malformed", 10, [1]], ["no header", "malformed", 12, [0, 0]],
    ["header over 4096", "malformed", 12, [1, 16]], ["no record", "malformed", 16, [0, 0]],
    ["body a page late", "malformed", 20, littleEndian(12288, 4)], ["body in the record", "malformed", 20, littleEndian(4096, 4)],
    ["body not at a page", "malformed", 20, littleEndian(8191, 4)], ["no body", "malformed", 24, littleEndian(0, 8)],
    ["body of a tag alone", "malformed", 24, littleEndian(16, 8)], ["body of 2^63", "malformed", 31, [0x80]],
  ];
  return [
    refusal("cut by one byte", "preamble", "malformed", first.slice(0, 31)),
    ...cases.map(([name, error, at, bytes]) => refusal(name, "preamble", error, patched(first, at, bytes))),
  ];
}

// A header with a classical enc, which is short.
const shortHeader = replaced(replaced(headerMap, 9, 3), 11, chosen("classical enc", 65));
const headerRefusals = [
  ...commonRefusals("sealed-header", shortHeader),
  ...fieldRefusals("sealed-header", shortHeader, [
    ["kind 5", "unsupported", 1, 5], ["product without a slash", "malformed", 2, "acme"],
    ["version text with a space", "malformed", 3, [7, "1 4"]], ["version text of 33", "too-large", 3, [7, "1".repeat(33)]],
    ["seal suite 0", "malformed", 4, 0], ["segments of 2 MiB", "unsupported", 5, 2 * segmentSize],
    ["empty plaintext", "malformed", 6, 0], ["plaintext over 4 TiB", "malformed", 6, 2 ** 42 + 1],
    ["salt of 31", "malformed", 7, salt.slice(1)], ["wrapped key of 32", "malformed", 12, contentKey],
    ["enc of 31", "malformed", 11, chosen("short enc", 31)], ["enc as text", "malformed", 11, "text"],
    ["empty policy", "malformed", 13, new Map()], ["policy as bytes", "malformed", 13, encode(policyMap)],
    ["policy with 65 threads", "malformed", 13, replaced(policyMap, 1, 65)],
  ]),
];

const recordRefusals = [
  ...commonRefusals("seal-record", recordMap),
  ...fieldRefusals("seal-record", recordMap, [
    ["digest of 31", "malformed", 1, headerDigest.slice(1)], ["empty plaintext", "malformed", 4, 0],
    ["time in the year 10000", "malformed", 5, 253402300800],
  ]),
];

// Files that must not be opened: the good one with `hex` written over it at `at`, then cut to `size`. `stage` is where
// they are found out: by their layout alone, by verifying what was signed, or only by opening the segments.
function forgeries() {
  const whole = (bytes) => ({ at: 0, bytes, size: bytes.length });
  const indexOf = (part) => hex(file).indexOf(hex(part)) / 2;
  const signedBy = (keys) => assemble("EKSEALED", header, sign(type, payload, keys), sealed.body);
  const cases = [
    ["room not zero", "layout", "malformed", { at: 8191, bytes: Uint8Array.of(1) }],
    ["one byte more", "layout", "malformed", { at: file.length, bytes: Uint8Array.of(0) }],
    ["signed by a stranger", "verify", "untrusted", { at: 0, bytes: signedBy(stranger).slice(0, 8192) }],
    ["signed in one class only", "verify", "bad-signature", whole(signedBy(author.slice(0, 1)))],
    ["other tags digest under the old signatures", "verify", "bad-signature", { at: indexOf(sealed.tagsDigest), bytes: sha256(text("other")) }],
    ["other salt in the header", "verify", "malformed", { at: indexOf(salt), bytes: sha256(text("other")) }],
    ["one bit of a segment", "open", "denied", { at: file.length - 1, bytes: Uint8Array.of(file.at(-1) ^ 1) }],
  ];
  return cases.map(([name, stage, error, { at, bytes, size = Math.max(file.length, at + bytes.length) }]) =>
    ({ ...refusal(name, "sealed-file", error, bytes), stage, at, size }));
}

export function writeSealedFileVectors() {
  writeVectors("sealed-file", "spec/sealed-file.md", {
    objects: [
      object("preamble", "preamble", file.slice(0, 32), {
        header_size: header.length, record_size: record.length, body_offset: file.length - sealed.body.length,
        body_size: sealed.body.length,
      }),
      object("header", "sealed-header", header, headerFields),
      object("header with a policy", "sealed-header", encode(replaced(headerMap, 13, policyMap)),
        { ...headerFields, policy: policyFields }),
      object("record", "seal-record", payload, recordFields),
      { ...object("signed record", "signed-object", record, fieldsOf(payload, author, type)), type },
      object("file", "sealed-file", file, { sealed_file: sealedFileId }),
    ],
    refused: [...preambleRefusals(), ...headerRefusals, ...recordRefusals, ...forgeries(),
      refusal("record with a key of its own order", "seal-record", "malformed",
        encode(new Pairs(...[...recordMap].reverse())))],
    derivation: {
      content_key: contentKey, salt, header_digest: headerDigest, segment_key: sealed.segmentKey,
      nonce_prefix: sealed.prefix, tags: sealed.tags, plaintext_mac_key: macKey, plaintext,
      hpke_info: text("edgekeep content key v1"), hpke_binding: binding, hpke_aad: sha256(binding),
      licensor_kem_private_key: licensorKem.privateKey, licensor_kem_public_key: licensorKem.publicKey,
      authors: author.map(({ publicKey, privateKey }) => ({ public_key: publicKey, private_key: privateKey })),
    },
  });
}
