// The package (spec/package.md): index, padding, files.
import { encode } from "./cbor.mjs";
import { alignUp, join, littleEndian } from "./bytes.mjs";
import { replaced } from "./variants.mjs";
import { object, refusal, writeVectors } from "./vector_file.mjs";
import { chosen } from "./bytes.mjs";

const model = 1;
const side = 2;

const entry = ({ path, role, offset, content }) => new Map([[1, path], [2, role], [3, offset], [4, content.length]]);
const encodeIndex = (files) => encode(files.map(entry));

// Places the files behind an index of each size until the index has that size.
function layOut(files) {
  for (let indexSize = 0; ; ) {
    let end = 4 + indexSize;
    const placed = files.map((file) => {
      const offset = alignUp(end, 64);
      end = offset + file.content.length;
      return { ...file, offset };
    });
    const size = encodeIndex(placed).length;
    if (size === indexSize) return { placed, plaintextSize: end };
    indexSize = size;
  }
}

export function makePackage(files) {
  const { placed, plaintextSize } = layOut(files);
  const index = encodeIndex(placed);
  const plaintext = new Uint8Array(plaintextSize);
  plaintext.set(join(littleEndian(index.length, 4), index));
  for (const { offset, content } of placed) plaintext.set(content, offset);
  return { placed, index, plaintext };
}

export const files = [
  { path: "model.onnx", role: model, content: chosen("model.onnx", 300) },
  { path: "labels/keys_v1.txt", role: side, content: chosen("keys_v1.txt", 77) },
];

export function writePackageVectors() {
  const { placed, index, plaintext } = makePackage(files);
  const fields = placed.map(({ path, role, offset, content }) => ({ path, role, offset, size: content.length }));
  const bend = (number, key, value) =>
    encode(placed.map((file, i) => (i === number ? replaced(entry(file), key, value) : entry(file))));
  const refuse = (name, error, bytes) => ({ ...refusal(name, "package-index", error, bytes), plaintext_size: plaintext.length });
  writeVectors("package", "spec/package.md", {
    objects: [{ ...object("two files", "package-index", index, fields), plaintext_size: plaintext.length, plaintext }],
    refused: [
      refuse("model behind its side file", "malformed", encode([...placed].reverse().map(entry))),
      refuse("path that climbs", "malformed", bend(1, 1, "labels/../v1_a.txt")),
      refuse("absolute path", "malformed", bend(1, 1, "/labels/keys_v.txt")),
      refuse("one path twice", "malformed", bend(1, 1, "model.onnx")),
      refuse("offset a multiple of 64 late", "malformed", bend(1, 3, placed[1].offset + 64)),
      refuse("files overlap", "malformed", bend(1, 3, placed[0].offset)),
      refuse("file past the end", "malformed", bend(1, 4, 78)),
      refuse("size that overflows", "too-large", bend(1, 4, 0xffffffffffffffffn)),
      refuse("unknown role", "unsupported", bend(1, 2, 3)),
      refuse("no file", "malformed", encode([])),
      refuse("index as a map", "malformed", encode(new Map())),
    ],
  });
}
