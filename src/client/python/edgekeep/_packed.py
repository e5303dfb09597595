"""Elements of 4 and of 2 bits: one in each byte for numpy, several in each byte for the library."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def fits(array: Array, bits: int, signed: bool) -> bool:
    """Whether each element of `array` is a number of so many bits."""
    if not array.size:
        return True
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return low <= int(array.min()) and int(array.max()) <= high


def pack(array: Array, bits: int) -> Array:
    """The first element goes to the lowest bits of the first byte."""
    each = 8 // bits
    flat = np.zeros(-(-array.size // each) * each, np.uint8)
    flat[:array.size] = array.reshape(-1).view(np.uint8) & ((1 << bits) - 1)
    packed = np.zeros(flat.size // each, np.uint8)
    for place in range(each):
        packed |= flat[place::each] << np.uint8(bits * place)
    return packed


def unpack(packed: Array, count: int, bits: int, signed: bool) -> Array:
    each = 8 // bits
    flat = np.empty(packed.size * each, np.uint8)
    for place in range(each):
        flat[place::each] = packed >> np.uint8(bits * place) & np.uint8((1 << bits) - 1)
    flat = flat[:count]
    if not signed:
        return flat
    sign = np.uint8(1 << bits - 1)
    return ((flat ^ sign) - sign).view(np.int8)
