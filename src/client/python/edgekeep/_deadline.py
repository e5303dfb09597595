"""Time-outs: seconds for people, milliseconds for the library."""
from __future__ import annotations

import math
import time

from edgekeep import _abi
from edgekeep._errors import Error

DEFAULT = 60.0  # seconds, as the library's


class Deadline:
    """The end of one call. Infinity: it may last as long as the other side lives."""

    def __init__(self, timeout: float | None) -> None:
        seconds = DEFAULT if timeout is None else timeout
        if math.isnan(seconds) or seconds <= 0:
            raise Error(_abi.BAD_ARGUMENT, "a time-out is a number of seconds above 0")
        # What the library cannot count (49 days) is as good as no end.
        self._end = math.inf if seconds * 1000 >= _abi.TIMEOUT_NEVER else time.monotonic() + seconds

    def milliseconds(self) -> int:
        """What is left, at least 1."""
        if self._end == math.inf:
            return _abi.TIMEOUT_NEVER
        return max(1, math.ceil((self._end - time.monotonic()) * 1000))

    def lock_timeout(self) -> float:
        """What is left, as threading.Lock wants it."""
        return -1 if self._end == math.inf else max(0.0, self._end - time.monotonic())
