// Segments of more than one, in both suites: too long to print, so their plaintext is made by rule and their body digested.
import { chosen, text } from "./bytes.mjs";
import { derive, hmacSha256, sha256 } from "./crypto.mjs";
import { commitment, sealSegments, segmentSize } from "./sealed_file.mjs";
import { writeVectors } from "./vector_file.mjs";

// Byte i is i * 31 + (i >> 8), modulo 256.
export const patternOf = (size) => Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

function vector(suite, size) {
  const key = chosen(`segments ${suite} ${size} key`, 32);
  const salt = chosen(`segments ${suite} ${size} salt`, 32);
  const headerDigest = sha256(text(`segments ${suite} ${size} header`));
  const plaintext = patternOf(size);
  const sealed = sealSegments(suite, key, salt, headerDigest, plaintext);
  return {
    seal_suite: suite, plaintext_size: size, content_key: key, salt, header_digest: headerDigest,
    segment_key: sealed.segmentKey, nonce_prefix: sealed.prefix, tags: sealed.tags, tags_digest: sealed.tagsDigest,
    body_digest: sha256(sealed.body), key_commitment: commitment(key, salt),
    plaintext_mac: hmacSha256(derive(key, salt, "edgekeep plaintext mac v1"), plaintext),
  };
}

export function writeSegmentVectors() {
  const sizes = [1, segmentSize, segmentSize + 1, 2 * segmentSize + 100];
  writeVectors("segments", "spec/sealed-file.md", {
    derivation: {
      plaintext: "byte i is (31 * i + floor(i / 256)) modulo 256",
      cases: [1, 2].flatMap((suite) => sizes.map((size) => vector(suite, size))),
    },
  });
}
