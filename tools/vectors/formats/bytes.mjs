// Bytes: joining, numbers in both orders, and inputs that anybody can make again.
import { shake256 } from "@noble/hashes/sha3.js";

export const text = (words) => new TextEncoder().encode(words);
export const hex = (bytes) => Buffer.from(bytes).toString("hex");

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function bigEndian(value, size) {
  return Uint8Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * (size - 1 - i))) & 0xffn));
}

export const littleEndian = (value, size) => bigEndian(value, size).reverse();

// SHAKE256 of a name.
export const chosen = (name, size) => shake256(text(`edgekeep vector ${name}`), { dkLen: size });

export const alignUp = (value, alignment) => Math.ceil(value / alignment) * alignment;

export function patched(bytes, at, replacement) {
  const copy = Uint8Array.from(bytes);
  copy.set(replacement, at);
  return copy;
}
