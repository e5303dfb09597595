// JSON as the vectors are written: bytes in hexadecimal, integers of any size as digits.
import { hex } from "./bytes.mjs";

export function toJson(value, indent = "") {
  if (value instanceof Uint8Array) return `"${hex(value)}"`;
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent} `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => inner + toJson(item, inner)).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${toJson(item, inner)}`);
  return `{\n${entries.join(",\n")}\n${indent}}`;
}
