"""Calls that nobody waits for in their own thread."""
from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any

from edgekeep._tensors import Array


class Call(Future["list[Array]"]):
    """A call under way: a concurrent.futures.Future of its outputs, which may be awaited too.

    cancel() works until the answer is there: a call that the cell has not begun never begins, of one that it has the
    answer is dropped. result() raises what InferenceSession.run raises, or CancelledError.
    """

    def __await__(self) -> Generator[Any, None, list[Array]]:
        return asyncio.wrap_future(self).__await__()


class Waiters:
    """Threads that wait for answers, started as they are needed, `limit` at the most: a call whose callback is slow holds
    up others rather than taking ever more threads."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # guards what follows
        self._outstanding = 0
        self._num_threads = 0

    def take(self, work: Callable[[], None]) -> None:
        with self._lock:
            self._outstanding += 1
            if self._num_threads < min(self._outstanding, self._limit):
                # A daemon: the interpreter's end waits for nobody's answer, but gives calls up (_handle.py).
                threading.Thread(target=self._do_work, name=self._name, daemon=True).start()
                self._num_threads += 1
            self._work.put(work)

    def end(self) -> None:
        """Each thread ends once it has nothing to wait for."""
        with self._lock:
            for _ in range(self._num_threads):
                self._work.put(None)
            self._num_threads = 0

    def _do_work(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            del work  # an idle thread keeps no session alive
            with self._lock:
                self._outstanding -= 1
