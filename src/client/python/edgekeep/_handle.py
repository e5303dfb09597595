"""The library's end of one session, open as long as somebody uses it."""
from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from edgekeep import _abi
from edgekeep._errors import Error
from edgekeep._library import library


class Handle:
    """May be used by many threads; closing waits for them."""

    def __init__(self, model: ctypes.c_void_p) -> None:
        self._model: ctypes.c_void_p | None = model
        self._process = os.getpid()
        self._changed = threading.Condition()  # guards what follows
        self._users = 0
        self._closed = False
        self._abandoned = False

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def abandoned(self) -> bool:
        """The interpreter ends: nobody waits for an answer any more."""
        return self._abandoned

    @property
    def foreign(self) -> bool:
        """After fork() it is the parent's. Asked before any lock is taken: fork() copies them in whatever state they are."""
        return self._process != os.getpid()

    def enter(self) -> ctypes.c_void_p:
        """Whoever enters leaves."""
        if self.foreign:
            raise Error(_abi.BAD_STATE, "the session was opened before fork(); open one in this process")
        with self._changed:
            if self._closed or self._model is None:
                raise Error(_abi.BAD_STATE, "the session is closed")
            self._users += 1
            return self._model

    def leave(self) -> None:
        with self._changed:
            self._users -= 1
            self._changed.notify_all()

    @contextmanager
    def used(self) -> Iterator[ctypes.c_void_p]:
        model = self.enter()
        try:
            yield model
        finally:
            self.leave()

    def shut(self) -> None:
        """Nobody enters any more."""
        self._closed = True

    def close(self, abandon: bool = False) -> None:
        """Shuts it, and waits until all have left. May be called again."""
        self.shut()
        if self.foreign:
            return
        with self._changed:
            self._abandoned |= abandon
            self._changed.wait_for(lambda: self._users == 0)
            model, self._model = self._model, None
        if model is not None:
            library.ek_model_close(model)
