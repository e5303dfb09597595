// Deterministic CBOR (spec/cbor.md), written from RFC 8949 alone; it shares nothing with src/base.
import { join, text } from "./bytes.mjs";

export class Tagged {
  constructor(number, value) {
    Object.assign(this, { number, value });
  }
}

// Bytes that stand in the output as they are: for what no deterministic encoder writes.
export class Raw {
  constructor(bytes) {
    this.bytes = bytes;
  }
}

// A map whose pairs stay as they are given, in order or not.
export class Pairs {
  constructor(...pairs) {
    this.pairs = pairs;
  }
}

export function head(major, argument, size = sizeFor(BigInt(argument))) {
  const value = BigInt(argument);
  if (size === 0) return Uint8Array.of((major << 5) | Number(value));
  const bytes = [(major << 5) | (24 + Math.log2(size))];
  for (let shift = 8n * BigInt(size - 1); shift >= 0n; shift -= 8n) bytes.push(Number((value >> shift) & 0xffn));
  return Uint8Array.from(bytes);
}

function sizeFor(value) {
  if (value < 24n) return 0;
  if (value <= 0xffn) return 1;
  if (value <= 0xffffn) return 2;
  return value <= 0xffffffffn ? 4 : 8;
}

function compare(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

// RFC 8949 §4.2.1: keys in the bytewise order of their encodings.
function encodeMap(map) {
  const pairs = [...map].map(([key, value]) => [encode(key), encode(value)]).sort(([a], [b]) => compare(a, b));
  return join(head(5, pairs.length), ...pairs.flat());
}

export function encode(item) {
  if (typeof item === "boolean") return Uint8Array.of(item ? 0xf5 : 0xf4);
  if (typeof item === "number" || typeof item === "bigint") {
    const value = BigInt(item);
    return value >= 0n ? head(0, value) : head(1, -1n - value);
  }
  if (typeof item === "string") return join(head(3, text(item).length), text(item));
  if (item instanceof Uint8Array) return join(head(2, item.length), item);
  if (Array.isArray(item)) return join(head(4, item.length), ...item.map(encode));
  if (item instanceof Map) return encodeMap(item);
  if (item instanceof Pairs) return join(head(5, item.pairs.length), ...item.pairs.flat().map(encode));
  if (item instanceof Tagged) return join(head(6, item.number), encode(item.value));
  if (item instanceof Raw) return item.bytes;
  throw new TypeError(`no CBOR for ${item}`);
}
