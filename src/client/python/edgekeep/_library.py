"""Finds and loads libedgekeep."""
from __future__ import annotations

import ctypes
import pathlib
from typing import Any

from edgekeep import _abi

_NAME = "libedgekeep.so.0"


def _load() -> Any:
    """Returns the library that came with this package, or else the system's; ImportError where there is none."""
    beside = pathlib.Path(__file__).with_name(_NAME)
    try:
        # CDLL, not PyDLL: other Python threads run while a call waits.
        library = ctypes.CDLL(str(beside) if beside.exists() else _NAME)
    except OSError as error:
        raise ImportError(f"edgekeep: {error}. Install Edgekeep's library, or the wheel made for this platform.") from error
    for name, (result, arguments) in _abi.PROTOTYPES.items():
        try:
            function = getattr(library, name)
        except AttributeError as error:
            raise ImportError(f"edgekeep: this {_NAME} has no {name}: it is older than the Python package.") from error
        function.restype = result
        function.argtypes = arguments
    return library


library = _load()


def version() -> str:
    """The library's version, for instance "0.1.0"."""
    return text(library.ek_version())


def text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
