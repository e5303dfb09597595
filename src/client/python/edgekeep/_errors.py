"""Why a call failed."""
from __future__ import annotations

from edgekeep import _abi
from edgekeep._library import library, text


class Error(Exception):
    """A call failed. Codes and names are stable: spec/errors.md."""

    def __init__(self, code: int, where: str = "") -> None:
        self.code = code
        self.where = where  # where it failed, for people; may be empty
        super().__init__(code, where)

    @property
    def name(self) -> str:
        """The code's stable name ("wrong-device"), for programs and logs."""
        return text(library.ek_error_name(self.code))

    @property
    def advice(self) -> str:
        """One sentence: what to do about it."""
        return text(library.ek_error_advice(self.code))

    def __str__(self) -> str:
        return ": ".join(part for part in (self.name, self.where, self.advice) if part)


class InputError(Error, ValueError):
    """An input is not what the model takes; nothing was computed."""


class TimedOut(Error, TimeoutError):
    """No answer in time. The next call first waits for the cell to finish the old one."""

    def __str__(self) -> str:  # an OSError would show its own
        return Error.__str__(self)


_CLASSES: dict[int, type[Error]] = {_abi.BAD_TENSOR: InputError, _abi.TIMED_OUT: TimedOut}


def error_for(code: int, where: str = "") -> Error:
    return _CLASSES.get(code, Error)(code, where)


def check(code: int, error: _abi.Error) -> None:
    """Raises what the library reported."""
    if code != _abi.OK:
        raise error_for(code, text(error.where))
