// Bytes that a strict decoder refuses, made from a map that it accepts.
import { Pairs, Raw, encode, head } from "./cbor.mjs";
import { join } from "./bytes.mjs";
import { refusal } from "./vector_file.mjs";

export const replaced = (map, key, value) => new Map(map).set(key, value);

export const withoutNulls = (map) => new Map([...map].filter(([, value]) => value !== null));

export function without(map, key) {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

// What every map of every object is refused for.
export function commonRefusals(kind, map) {
  const bytes = encode(map);
  const pairs = [...map];
  const [firstKey, firstValue] = pairs[0];
  const lastKey = pairs.at(-1)[0];
  const cases = {
    "cut by one byte": bytes.slice(0, -1),
    "one byte more": join(bytes, [0]),
    "head of the map longer than needed": join(head(5, pairs.length, 1), bytes.slice(1)),
    "map of indefinite length": join([0xbf], bytes.slice(1), [0xff]),
    "first key doubled": encode(new Pairs([firstKey, firstValue], ...pairs)),
    "first two keys exchanged": encode(new Pairs(pairs[1], pairs[0], ...pairs.slice(2))),
    "first key longer than needed": encode(new Pairs([new Raw(head(0, firstKey, 1)), firstValue], ...pairs.slice(1))),
    "last key missing": encode(without(map, lastKey)),
    "unknown key at the end": encode(new Pairs(...pairs, [-70000, 0])),
    "first value null": encode(replaced(map, firstKey, new Raw(Uint8Array.of(0xf6)))),
  };
  return Object.entries(cases).map(([name, made]) => refusal(name, kind, "malformed", made));
}

// One refusal for each [name, error, key, value].
export const fieldRefusals = (kind, map, cases) =>
  cases.map(([name, error, key, value]) => refusal(name, kind, error, encode(replaced(map, key, value))));
