"""Deterministic CBOR (spec/cbor.md), written from RFC 8949 alone."""


class Tagged:
    def __init__(self, number, value):
        self.number, self.value = number, value


class Pairs(list):
    """A map whose pairs stay as they are given."""


def head(major, value, size=None):
    if size is None:
        size = 0 if value < 24 else 1 if value < 1 << 8 else 2 if value < 1 << 16 else 4 if value < 1 << 32 else 8
    if size == 0:
        return bytes([major << 5 | value])
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + value.to_bytes(size, "big")


def encode(item):
    if isinstance(item, bool):
        return b"\xf5" if item else b"\xf4"
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, Pairs):
        return head(5, len(item)) + b"".join(encode(key) + encode(value) for key, value in item)
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(map(encode, item))
    if isinstance(item, dict):
        pairs = sorted((encode(key), encode(value)) for key, value in item.items())
        return head(5, len(pairs)) + b"".join(key + value for key, value in pairs)
    if isinstance(item, Tagged):
        return head(6, item.number) + encode(item.value)
    raise TypeError(item)
