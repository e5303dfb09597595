"""Tensors of strings, between Python's objects and the library's."""
from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from edgekeep import _abi
from edgekeep._errors import Error

Array = npt.NDArray[Any]


def to_bytes(value: Any) -> bytes | None:
    """Text as UTF-8; None for what is no string. Bytes that are no UTF-8 came and go as surrogates (PEP 383)."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    return bytes(value) if isinstance(value, bytes) else None


def to_library(strings: list[bytes]) -> Any:
    """An array of ek_string; it keeps the bytes alive."""
    array = (_abi.String * len(strings))()
    for place, string in zip(array, strings):
        place.bytes, place.size = string, len(string)
    return array


def from_library(encoded: bytes, shape: tuple[int, ...]) -> Array:
    """What a cell wrote: for each string the end of it, then all of them. `encoded` is a copy that nobody changes."""
    count = math.prod(shape)
    ends = np.frombuffer(encoded, "<u4", min(count, len(encoded) // 4)).tolist()
    content = encoded[4 * count:]
    begins = [0, *ends[:-1]] if ends else []
    whole = len(ends) == count and (ends[-1] if ends else 0) == len(content)
    if not whole or any(begin > end for begin, end in zip(begins, ends)):
        raise Error(_abi.MALFORMED, "the cell's answer: its strings make no sense")
    strings = np.empty(count, object)
    strings[:] = [content[begin:end].decode("utf-8", "surrogateescape") for begin, end in zip(begins, ends)]
    return strings.reshape(shape)
