"""The way to one device's keep."""
from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Union

from edgekeep import _abi
from edgekeep._errors import Error, check
from edgekeep._library import library

Path = Union[str, "os.PathLike[str]"]


def c_text(value: bytes) -> bytes:
    """What comes after a NUL would silently be ignored."""
    if b"\0" in value:
        raise Error(_abi.BAD_ARGUMENT, "text with a NUL in it")
    return value


@contextmanager
def client(root: Path | None, app_socket: Path | None, milliseconds: int) -> Iterator[ctypes.c_void_p]:
    """What is opened through it stays open without it."""
    opened, error = ctypes.c_void_p(), _abi.Error()
    way = _abi.ClientOptions(ctypes.sizeof(_abi.ClientOptions), _path(root), _path(app_socket), None, milliseconds)
    check(library.ek_client_open(ctypes.byref(way), ctypes.byref(opened), ctypes.byref(error)), error)
    try:
        yield opened
    finally:
        library.ek_client_close(opened)


def _path(path: Path | None) -> bytes | None:
    return None if path is None else c_text(os.fsencode(path))
