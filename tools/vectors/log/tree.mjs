// The tree of RFC 6962 §2.1, by its recursive definitions.
import { sha256 } from "@noble/hashes/sha2.js";
import { join } from "../formats/bytes.mjs";

export const leafHash = (entry) => sha256(join([0], entry));
const node = (left, right) => sha256(join([1], left, right));

function split(size) {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

export function root(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return node(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

export function inclusion(index, leaves) {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  if (index < k) return [...inclusion(index, leaves.slice(0, k)), root(leaves.slice(k))];
  return [...inclusion(index - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

export function consistency(size, leaves, whole = true) {
  if (size === leaves.length) return whole ? [] : [root(leaves)];
  const k = split(leaves.length);
  if (size <= k) return [...consistency(size, leaves.slice(0, k), whole), root(leaves.slice(k))];
  return [...consistency(size - k, leaves.slice(k), false), root(leaves.slice(0, k))];
}
