"""One call of the library's, in its place."""
from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from edgekeep import _abi
from edgekeep._deadline import Deadline
from edgekeep._errors import Error, check
from edgekeep._handle import Handle
from edgekeep._library import library

# How late a wait notices a signal, or that its call is cancelled. The library wakes up as often by itself.
_SLICE_MS = 100


class GivenUp(Error):
    """Nobody wants the answer any more."""


class PlacedCall:
    """A submitted call in its place, of one thread at a time. Whoever makes it ends it."""

    def __init__(self, handle: Handle, model: ctypes.c_void_p, inputs: ctypes.Array[_abi.Input], deadline: Deadline) -> None:
        """Waits for a place. Raises GivenUp when the session is closed meanwhile."""
        self._handle = handle
        self._deadline = deadline
        self._call = ctypes.c_void_p()
        self._patiently(lambda milliseconds, error: library.ek_call_submit(
            model, inputs, len(inputs), milliseconds, ctypes.byref(self._call), error), lambda: handle.closed)

    def wait(self, outputs: ctypes.Array[_abi.Output], given_up: Callable[[], bool] | None = None) -> None:
        """Fills `outputs`. Raises GivenUp when the call is given up before."""
        self._patiently(lambda milliseconds, error: library.ek_call_wait(
            self._call, outputs, len(outputs), milliseconds, error), given_up or self._abandoned)

    def receipt(self) -> bytes:
        buffer, size = ctypes.create_string_buffer(_abi.MAX_RECEIPT), ctypes.c_size_t()
        self._patiently(lambda milliseconds, error: library.ek_call_receipt(
            self._call, buffer, len(buffer), ctypes.byref(size), milliseconds, error), self._abandoned)
        return buffer.raw[:size.value]

    def end(self) -> None:
        library.ek_call_end(self._call)

    def _abandoned(self) -> bool:
        return self._handle.abandoned

    def _patiently(self, step: Callable[[int, Any], Any], given_up: Callable[[], bool]) -> None:
        """Waits in slices until there is an answer or no time: between them Python sees signals."""
        error = _abi.Error()
        while True:
            code: int = step(self._deadline.milliseconds(_SLICE_MS), ctypes.byref(error))
            if code != _abi.TIMED_OUT or self._deadline.passed():
                return check(code, error)
            if given_up():
                raise GivenUp(_abi.BAD_STATE, "the session is closed")
