"""Taking files of a package out of protection."""
from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from typing import BinaryIO

from edgekeep import _abi
from edgekeep._client import Path, c_text, client
from edgekeep._deadline import Deadline
from edgekeep._errors import Error, check
from edgekeep._library import library


def export(product: str, paths: Sequence[str | None] = (None,), *, root: Path | None = None, app_socket: Path | None = None,
           timeout: float | None = None) -> list[BinaryIO]:
    """Hands out files of an installed product in plaintext, where its licence allows that; None is its model.

    For programs that load a model from a file only: such a file has no name on a disk, but "/proc/self/fd/N" with its
    fileno(), which others inherit by subprocess's `pass_fds`. It can be read and nothing else. Weaker than a session: the
    plaintext is in this process, no cell confines it and nothing wipes it. Raises Error: "forbidden" where the licence
    does not allow export, "not-found" for what the package has not.
    """
    if isinstance(paths, str):
        raise Error(_abi.BAD_ARGUMENT, "paths are a list, not one text")
    if not 0 < len(paths) <= _abi.MAX_EXPORTED:
        raise Error(_abi.BAD_ARGUMENT, f"1 to {_abi.MAX_EXPORTED} files")
    names = (ctypes.c_char_p * len(paths))(*(None if path is None else c_text(path.encode()) for path in paths))
    files, error = (ctypes.c_int * len(paths))(), _abi.Error()
    milliseconds = Deadline(timeout).milliseconds()
    with client(root, app_socket, milliseconds) as way:
        check(library.ek_export_files(way, c_text(product.encode()), names, len(paths), milliseconds, files,
                                      ctypes.byref(error)), error)
    return [os.fdopen(file, "rb") for file in files]
