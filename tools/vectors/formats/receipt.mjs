// Receipts (spec/receipt.md): three calls of one cell under one signature of the device.
import { encode } from "./cbor.mjs";
import { chosen, join, littleEndian } from "./bytes.mjs";
import { device, deviceId, product, version } from "./actors.mjs";
import { sha256 } from "./crypto.mjs";
import { sealedFileId } from "./sealed_file.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { commonRefusals, fieldRefusals } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

const type = "edgekeep/receipts";
const first = 41;

// One float32 tensor of shape [1, 3].
const tensor = (index, values) => join(
  littleEndian(index, 4), littleEndian(1, 4), littleEndian(2, 4), littleEndian(1, 8), littleEndian(3, 8), littleEndian(12, 8),
  new Uint8Array(Float32Array.from(values).buffer));
const tensors = [0, 1, 2].map((i) => ({ inputs: tensor(0, [i, i + 1, i + 2]), outputs: tensor(0, [0, 0.5 * i, 1]) }));

const calls = tensors.map(({ inputs, outputs }, i) => ({ number: first + i, inputs: sha256(inputs), outputs: sha256(outputs) }));
const leaf = ({ number, inputs, outputs }) => sha256(join([0], encode(new Map([[1, number], [2, inputs], [3, outputs]]))));
const node = (left, right) => sha256(join([1], left, right));
const leaves = calls.map(leaf);
const root = node(node(leaves[0], leaves[1]), leaves[2]);

const batch = {
  product, version, sealed_file: sealedFileId, device: deviceId, licence: chosen("licence id", 16), serving: chosen("serving", 16),
  first, count: 3, root, signed_at: 1790000100,
};
const batchMap = new Map([
  [1, product], [2, [version.sequence, version.display]], [3, batch.sealed_file], [4, batch.device], [5, batch.licence],
  [6, batch.serving], [7, batch.first], [8, batch.count], [9, batch.root], [10, batch.signed_at],
]);
const payload = encode(batchMap);
const signed = sign(type, payload, [device.identity]);
const receipt = { batch: signed, number: first + 1, inputs: calls[1].inputs, outputs: calls[1].outputs, path: [leaves[0], leaves[2]] };
const receiptMap = new Map([[0, "edgekeep/receipt"], [1, receipt.batch], [2, receipt.number], [3, receipt.inputs], [4, receipt.outputs], [5, receipt.path]]);
const short = new Map([...receiptMap, [1, chosen("short batch", 8)]]);

export function writeReceiptVectors() {
  writeVectors("receipt", "spec/receipt.md", {
    objects: [
      object("batch", "receipt-batch", payload, batch),
      { ...object("signed batch", "signed-object", signed, fieldsOf(payload, [device.identity], type)), type },
      object("receipt", "receipt", encode(receiptMap), receipt),
    ],
    refused: [
      ...commonRefusals("receipt-batch", batchMap),
      ...fieldRefusals("receipt-batch", batchMap, [
        ["no call", "malformed", 8, 0], ["257 calls", "malformed", 8, 257], ["device of 31", "malformed", 4, chosen("short", 31)],
        ["licence of 17", "malformed", 5, chosen("long", 17)],
      ]),
      ...commonRefusals("receipt", short),
      ...fieldRefusals("receipt", short, [
        ["another type", "unsupported", 0, "edgekeep/receipt-2"], ["path of nine", "too-large", 5, Array(9).fill(leaves[0])],
        ["digest of 31 in the path", "malformed", 5, [chosen("short", 31)]],
      ]),
    ],
    derivation: {
      identity_public_key: device.identity.publicKey.bytes, inputs: tensors[1].inputs, outputs: tensors[1].outputs, leaves, root,
    },
  });
}
