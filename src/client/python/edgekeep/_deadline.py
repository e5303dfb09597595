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
        self._end = math.inf if seconds * 1000 >= _abi.TIMEOUT_NOW else time.monotonic() + seconds

    def milliseconds(self, at_most: int = _abi.TIMEOUT_NEVER) -> int:
        """What is left, at least 1."""
        if self._end == math.inf:
            return at_most
        return min(at_most, max(1, math.ceil((self._end - time.monotonic()) * 1000)))

    def passed(self) -> bool:
        return time.monotonic() >= self._end
