// The grant (spec/grant.md): the sealed file's content key under K_3.
import { encode } from "./cbor.mjs";
import { chosen } from "./bytes.mjs";
import { contentKey, epoch, epochKey, licensor, product, version } from "./actors.mjs";
import { algorithm, derive, sealAes } from "./crypto.mjs";
import { sealedFileId } from "./sealed_file.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { commonRefusals, fieldRefusals } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

const type = "edgekeep/grant";
const bound = { product, sequence: version.sequence, sealed_file: sealedFileId, epoch, aead: algorithm.aes256Gcm };
const bindingMap = new Map(Object.values(bound).map((field, i) => [i + 1, field]));
const binding = encode(bindingMap);
const wrapKey = derive(epochKey(epoch), undefined, "edgekeep grant wrap v1");
const nonce = chosen("grant nonce", 12);
const fields = { ...bound, nonce, wrapped_key: sealAes(wrapKey, nonce, binding, contentKey) };
const map = new Map(Object.values(fields).map((field, i) => [i + 1, field]));
const payload = encode(map);

export function writeGrantVectors() {
  const refused = [
    ...commonRefusals("grant", map),
    ...fieldRefusals("grant", map, [
      ["product in capitals", "malformed", 1, "ACME/label-ocr"], ["negative sequence", "malformed", 2, -1],
      ["epoch 65536", "malformed", 4, 65536], ["algorithm 0", "malformed", 5, 0],
      ["nonce of 11", "malformed", 6, nonce.slice(1)], ["wrapped key of 32", "malformed", 7, contentKey],
      ["wrapped key as text", "malformed", 7, "key"],
    ]),
  ];
  writeVectors("grant", "spec/grant.md", {
    objects: [
      object("payload", "grant", payload, fields),
      { ...object("signed grant", "signed-object", sign(type, payload, licensor), fieldsOf(payload, licensor, type)), type },
    ],
    refused,
    derivation: { epoch_key: epochKey(epoch), wrap_key: wrapKey, binding, content_key: contentKey },
  });
}
