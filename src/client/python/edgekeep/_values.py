"""An application's own secrets and small data, stored with the keep."""
from __future__ import annotations

import ctypes
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Union

from edgekeep import _abi
from edgekeep._client import Path, c_text, client
from edgekeep._deadline import Deadline
from edgekeep._errors import Error, check
from edgekeep._library import library

Bytes = Union[bytes, bytearray, memoryview]


class StoredValues(MutableMapping[str, bytes]):
    """What this program's user has stored on the device, by name: a mapping from names to bytes.

    Values are encrypted on the disk, bound to the device, and to this user: no other user's program can read, list or
    change them, and no older copy of the disk brings an older value back. A name is of letters, digits, `.`, `-` and `_`,
    at most 63; a value has at most 16 KiB, all together 64 KiB and 64 values. Changes wear the device: 64 at once, one
    more every two hours ("over-rate"). What is stored already costs nothing.

    KeyError means that nothing is stored by that name. Error "denied" means that what is stored was changed on the disk:
    `clear()` begins anew. Python cannot wipe `bytes`; `read_into` copies a value to memory that you wipe.
    """

    def __init__(self, *, root: Path | None = None, app_socket: Path | None = None, timeout: float | None = None) -> None:
        self._place = (root, app_socket, timeout)

    def __getitem__(self, name: str) -> bytes:
        room = bytearray(_abi.MAX_VALUE_SIZE)
        try:
            return bytes(memoryview(room)[:self.read_into(name, room)])
        finally:
            _wipe(room)

    def read_into(self, name: str, room: bytearray | memoryview) -> int:
        """Copies a value to the front of `room` and returns its size; "too-large" where there is no room for it."""
        view = memoryview(room).cast("B")
        if view.readonly:
            raise Error(_abi.BAD_ARGUMENT, "room that cannot be written")
        size = ctypes.c_size_t(len(view))
        buffer = (ctypes.c_char * len(view)).from_buffer(view) if len(view) else None
        with self._client() as (way, error):
            code = library.ek_store_get(way, _name(name), buffer, ctypes.byref(size), ctypes.byref(error))
            self._check(code, error, name)
        return size.value

    def __setitem__(self, name: str, value: Bytes) -> None:
        view = memoryview(value).cast("B")
        # ctypes takes no view of what is read-only: `bytes` goes as it is, anything else without a copy.
        pointer: Any = value if isinstance(value, bytes) else _pointer(view)
        with self._client() as (way, error):
            check(library.ek_store_put(way, _name(name), pointer, len(view), ctypes.byref(error)), error)

    def __delitem__(self, name: str) -> None:
        with self._client() as (way, error):
            self._check(library.ek_store_delete(way, _name(name), ctypes.byref(error)), error, name)

    def clear(self) -> None:
        """Deletes all values at once, damaged ones as well."""
        with self._client() as (way, error):
            check(library.ek_store_delete(way, None, ctypes.byref(error)), error)

    def __iter__(self) -> Iterator[str]:
        return iter([entry.name.decode() for entry in self._list()[0]])

    def __len__(self) -> int:
        return len(self._list()[0])

    def usage(self) -> dict[str, int]:
        """`bytes_used` of 65536, and `changes_left`: how many may be made now."""
        usage = self._list()[1]
        return {"bytes_used": usage.bytes_used, "changes_left": usage.changes_left}

    def __repr__(self) -> str:
        return "StoredValues()"

    def _list(self) -> tuple[list[_abi.StoredValue], _abi.StoreUsage]:
        entries = (_abi.StoredValue * _abi.MAX_VALUES)()
        count = ctypes.c_size_t(_abi.MAX_VALUES)
        usage = _abi.StoreUsage(ctypes.sizeof(_abi.StoreUsage))
        with self._client() as (way, error):
            check(library.ek_store_list(way, entries, ctypes.byref(count), ctypes.byref(usage), ctypes.byref(error)), error)
        return list(entries[:count.value]), usage

    @contextmanager
    def _client(self) -> Iterator[tuple[ctypes.c_void_p, _abi.Error]]:
        root, app_socket, timeout = self._place
        with client(root, app_socket, Deadline(timeout).milliseconds()) as way:
            yield way, _abi.Error()

    @staticmethod
    def _check(code: int, error: _abi.Error, name: str) -> None:
        if code == _abi.NOT_FOUND:
            raise KeyError(name)
        check(code, error)


def _name(name: str) -> bytes:
    if not isinstance(name, str):
        raise TypeError("the name of a stored value is a text")
    return c_text(name.encode())


def _pointer(view: memoryview) -> Any:
    if len(view) == 0:
        return None
    return bytes(view) if view.readonly else (ctypes.c_char * len(view)).from_buffer(view)


def _wipe(room: bytearray) -> None:
    ctypes.memset((ctypes.c_char * len(room)).from_buffer(room), 0, len(room))
