"""Opening and running models."""
from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

from edgekeep import _abi, _tensors
from edgekeep._deadline import Deadline
from edgekeep._errors import Error, InputError, TimedOut, check
from edgekeep._library import library, text
from edgekeep._tensors import Array, NodeArg

T = TypeVar("T")


def _path(path: str | os.PathLike[str] | None) -> bytes | None:
    return None if path is None else _c_text(os.fsencode(path))


def _c_text(value: bytes) -> bytes:
    """What comes after a NUL would silently be ignored."""
    if b"\0" in value:
        raise Error(_abi.BAD_ARGUMENT, "text with a NUL in it")
    return value


def _unsigned(name: str, value: int, bits: int) -> int:
    if not 0 <= value < 1 << bits:
        raise Error(_abi.BAD_ARGUMENT, f"{name} is out of range")
    return value


class InferenceSession:
    """An opened model, in a cell that answers only those who opened it.

    May be used by many threads; their runs wait for one another, while other Python threads go on. Sessions do not
    survive fork(): open them in the process that uses them. Closed by close(), by `with`, or with its last reference;
    the cell then wipes the model and ends.
    """

    def __init__(self, product: str, *, root: str | os.PathLike[str] | None = None,
                 app_socket: str | os.PathLike[str] | None = None, threads: int = 0, ring_bytes: int = 0,
                 timeout: float | None = None) -> None:
        """Opens an installed, licensed product ("publisher/name").

        `root` is the device's root directory ("/"); `app_socket` the keep's socket, where it lies elsewhere. `threads`
        are the engine's and `ring_bytes` is the room for one call's inputs and outputs together; 0: the keep's default.
        `timeout`, in seconds, holds for opening and for runs that name none. Raises Error as ek_model_open fails.
        """
        self._lock = threading.Lock()  # guards the handle, the structures below, and the views of a run's outputs
        self._model: ctypes.c_void_p | None = None
        self._process = os.getpid()
        self._timeout = timeout
        self._model = _open(product, _path(root), _path(app_socket), Deadline(timeout).milliseconds(),
                            _unsigned("threads", threads, 32), _unsigned("ring_bytes", ring_bytes, 64))
        about = library.ek_model_info(self._model).contents
        self._product, self._version = text(about.product), text(about.version)
        self._version_sequence: int = about.version_sequence
        self._ring_bytes: int = about.ring_bytes
        inputs = [library.ek_model_input(self._model, i).contents for i in range(about.num_inputs)]
        outputs = [library.ek_model_output(self._model, i).contents for i in range(about.num_outputs)]
        self._inputs = [_tensors.node_arg(info) for info in inputs]
        self._outputs = [_tensors.node_arg(info) for info in outputs]
        self._output_names: list[bytes] = [info.name for info in outputs]
        self._index_of_output = {node.name: i for i, node in enumerate(self._outputs)}
        self._call_inputs = (_abi.Input * len(inputs))(*(_abi.Input(name=info.name, type=info.type) for info in inputs))

    @property
    def product(self) -> str:
        return self._product

    @property
    def version(self) -> str:
        """As the publisher displays it; versions compare by version_sequence."""
        return self._version

    @property
    def version_sequence(self) -> int:
        return self._version_sequence

    @property
    def ring_bytes(self) -> int:
        """The room for one call's inputs and outputs together."""
        return self._ring_bytes

    def get_inputs(self) -> list[NodeArg]:
        return list(self._inputs)

    def get_outputs(self) -> list[NodeArg]:
        return list(self._outputs)

    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any], *,
            timeout: float | None = None) -> list[Array]:
        """Runs once. Returns arrays of one's own for the outputs named, or for all of them in the model's order.

        Inputs are arrays or anything with the buffer protocol, of exactly the model's element types and shapes; nothing
        is converted. Tensors of strings are arrays or lists of texts (or bytes), and come back as arrays of texts. `timeout`, in seconds, bounds the whole call. Raises InputError, TimedOut, or another Error as
        ek_model_run fails; a signal waits until the call is over.
        """
        return self._locked(self._run, output_names, input_feed, timeout)

    def run_with_receipt(self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any], *,
                         timeout: float | None = None) -> tuple[list[Array], bytes]:
        """As run; the second is the call's receipt, where the product's policy has receipts (`edgekeep receipt verify`).

        Raises Error with the name "not-found" where it has none: the call was answered all the same.
        """
        return self._locked(self._run_with_receipt, output_names, input_feed, timeout)

    def _locked(self, how: Callable[[list[int], list[_tensors.Tensor], Deadline], T], output_names: Sequence[str] | None,
                input_feed: Mapping[str, Any], timeout: float | None) -> T:
        wanted = self._wanted(output_names)
        tensors = self._given(input_feed)
        deadline = Deadline(self._timeout if timeout is None else timeout)
        # Asked before the lock: fork() copies it in whatever state another thread had it.
        if self._process != os.getpid():
            raise Error(_abi.BAD_STATE, "the session was opened before fork(); open one in this process")
        if not self._lock.acquire(timeout=deadline.lock_timeout()):
            raise TimedOut(_abi.TIMED_OUT, "another thread's run")
        try:
            return how(wanted, tensors, deadline)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Closes the session, after the run of another thread if there is one. May be called again."""
        if self._process != os.getpid():
            return  # after fork() the session is the parent's
        with self._lock:
            model, self._model = self._model, None
        if model is not None:
            library.ek_model_close(model)

    def __enter__(self) -> InferenceSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_model", None) is not None:
            self.close()

    def __repr__(self) -> str:
        state = "closed" if self._model is None else "open"
        return f"<edgekeep.InferenceSession {self._product} {self._version}, {state}>"

    def _wanted(self, names: Sequence[str] | None) -> list[int]:
        if names is None:
            return list(range(len(self._outputs)))
        if isinstance(names, str):
            raise Error(_abi.BAD_ARGUMENT, "output names are a list, not one text")
        for name in names:
            if name not in self._index_of_output:
                known = ", ".join(self._index_of_output)
                raise Error(_abi.NOT_FOUND, f"the model has no output {name!r}, but {known}")
        return [self._index_of_output[name] for name in names]

    def _given(self, feed: Mapping[str, Any]) -> list[_tensors.Tensor]:
        """The inputs in the model's order, checked and dense."""
        known = [node.name for node in self._inputs]
        for name in feed:
            if name not in known:
                raise InputError(_abi.BAD_TENSOR, f"the model has no input {name!r}, but {', '.join(known)}")
        missing = [name for name in known if name not in feed]
        if missing:
            raise InputError(_abi.BAD_TENSOR, f"not given: {', '.join(missing)}")
        return [_tensors.tensor(node, feed[node.name]) for node in self._inputs]

    def _run(self, wanted: list[int], tensors: list[_tensors.Tensor], deadline: Deadline) -> list[Array]:
        """Requires the lock."""
        outputs = self._describe(wanted, tensors)
        error = _abi.Error()
        check(library.ek_model_run(self._model, self._call_inputs, len(tensors), outputs, len(wanted),
                                   deadline.milliseconds(), ctypes.byref(error)), error)
        return [_tensors.copy_out(output) for output in outputs]

    def _run_with_receipt(self, wanted: list[int], tensors: list[_tensors.Tensor], deadline: Deadline) -> tuple[list[Array], bytes]:
        """Requires the lock."""
        outputs = self._describe(wanted, tensors)
        call, error = ctypes.c_void_p(), _abi.Error()
        check(library.ek_call_submit(self._model, self._call_inputs, len(tensors), ctypes.byref(call), ctypes.byref(error)),
              error)
        try:
            check(library.ek_call_wait(call, outputs, len(wanted), deadline.milliseconds(), ctypes.byref(error)), error)
            answers = [_tensors.copy_out(output) for output in outputs]
            receipt, size = ctypes.create_string_buffer(_abi.MAX_RECEIPT), ctypes.c_size_t()
            check(library.ek_call_receipt(call, receipt, len(receipt), ctypes.byref(size), deadline.milliseconds(),
                                          ctypes.byref(error)), error)
            return answers, receipt.raw[:size.value]
        finally:
            library.ek_call_end(call)

    def _describe(self, wanted: list[int], tensors: list[_tensors.Tensor]) -> ctypes.Array[_abi.Output]:
        """The inputs in their places, and places for the outputs. Requires the lock."""
        if self._model is None:
            raise Error(_abi.BAD_STATE, "the session is closed")
        for node, given in zip(self._call_inputs, tensors):
            _tensors.describe(given, node)
        return (_abi.Output * len(wanted))(*(_abi.Output(name=self._output_names[i]) for i in wanted))


def _open(product: str, root: bytes | None, app_socket: bytes | None, milliseconds: int, threads: int,
          ring_bytes: int) -> ctypes.c_void_p:
    name = _c_text(product.encode())
    client, model, error = ctypes.c_void_p(), ctypes.c_void_p(), _abi.Error()
    way = _abi.ClientOptions(ctypes.sizeof(_abi.ClientOptions), root, app_socket, None, milliseconds)
    options = _abi.ModelOptions(ctypes.sizeof(_abi.ModelOptions), ring_bytes, threads, milliseconds)
    check(library.ek_client_open(ctypes.byref(way), ctypes.byref(client), ctypes.byref(error)), error)
    try:
        check(library.ek_model_open(client, name, ctypes.byref(options), ctypes.byref(model), ctypes.byref(error)), error)
    finally:
        library.ek_client_close(client)  # models stay open without it
    return model
