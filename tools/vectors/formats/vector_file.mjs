// One file of vectors: valid objects with their fields, refused bytes with the error's name, and how keys are derived.
import { writeFileSync } from "node:fs";
import { toJson } from "./json.mjs";

const directory = new URL("../../../spec/vectors/", import.meta.url);

export function writeVectors(name, page, { objects = [], refused = [], derivation = {} }) {
  const content = { spec: page, made_by: "tools/vectors/formats", objects, refused, derivation };
  writeFileSync(new URL(`${name}.json`, directory), `${toJson(content)}\n`);
}

export const object = (name, kind, bytes, fields) => ({ name, kind, hex: bytes, fields });
export const refusal = (name, kind, error, bytes) => ({ name, kind, error, hex: bytes });
