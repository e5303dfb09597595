"""Weights: repeatable pseudo-random fp32 words, or tagged ones that a memory scan finds in any layout."""
import hashlib
import math
import struct

# The upper half of every tagged word. As a number such a word is about 0.00083. The engine's own tables have no such words
# beside each other, so a scan that meets its library finds none there.
TAG = 0x3A59


def repeated(word, count):
    return int.from_bytes(struct.pack("<I", word) * count, "little")


class Weights:
    def __init__(self, seed, tagged):
        self.seed, self.tagged, self.made = seed, tagged, 0

    def make(self, count, fan_in):
        """`count` fp32 words: signs and mantissas random, the magnitude such that activations keep their scale."""
        self.made += 1
        stream = hashlib.shake_128(f"{self.seed}/{self.made}".encode()).digest(4 * count)
        if self.tagged:
            keep, given = 0x0000FFFF, TAG << 16
        else:
            exponent = round(math.log2(math.sqrt(2 / fan_in) / 1.5)) + 127
            keep, given = 0x807FFFFF, exponent << 23
        words = int.from_bytes(stream, "little") & repeated(keep, count) | repeated(given, count)
        return words.to_bytes(4 * count, "little")


def zeros(count):
    return bytes(4 * count)
