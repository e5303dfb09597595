"""Opening and running models."""
from __future__ import annotations

import atexit
import ctypes
import dataclasses
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

from edgekeep import _abi, _tensors
from edgekeep._calls import Call, Waiters
from edgekeep._client import Path, c_text, client
from edgekeep._deadline import Deadline
from edgekeep._errors import Error, InputError, check
from edgekeep._handle import Handle
from edgekeep._library import library, text
from edgekeep._placed import GivenUp, PlacedCall
from edgekeep._tensors import Array, NodeArg

# By the policy's numbers, with the names onnxruntime uses.
_PROVIDERS = {1: "CPUExecutionProvider", 2: "CUDAExecutionProvider", 3: "TensorrtExecutionProvider",
              4: "OpenVINOExecutionProvider", 5: "WebGpuExecutionProvider"}

UserData = TypeVar("UserData")
Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True)
class ModelMetadata:
    """What is public of a model, under the names onnxruntime uses. What the model says of itself stays in its cell."""

    producer_name: str  # the publisher
    graph_name: str  # the product's name
    description: str  # the version as the publisher displays it
    version: int  # the version's sequence
    domain: str = ""
    custom_metadata_map: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class _Question:
    """A call as it was asked for, checked. The inputs' memory lives as long as this."""

    wanted: list[int]
    tensors: list[_tensors.Tensor]
    deadline: Deadline


class InferenceSession:
    """An opened model, in a cell that answers only those who opened it.

    May be used by many threads, while other Python threads go on; `max_calls` of their calls are under way at a time,
    further ones wait. Sessions do not survive fork(): open them in the process that uses them. Closed by close(), by
    `with`, with its last reference, or at the interpreter's end; with the last session the cell wipes the model and ends.
    """

    def __init__(self, product: str, *, root: Path | None = None, app_socket: Path | None = None, threads: int = 0,
                 ring_bytes: int = 0, max_calls: int = 0, timeout: float | None = None) -> None:
        """Opens an installed, licensed product ("publisher/name").

        `root` is the device's root directory ("/"); `app_socket` the keep's socket, where it lies elsewhere. `threads`
        are the engine's and `ring_bytes` is the room for one call's inputs and outputs together; 0: the keep's default.
        `max_calls` may be under way at a time, at most 16, each with room of its own; 0: one. `timeout`, in seconds, holds
        for opening and for calls that name none. Raises Error as ek_model_open fails.
        """
        self._timeout = timeout
        options = _abi.ModelOptions(ctypes.sizeof(_abi.ModelOptions), _unsigned("ring_bytes", ring_bytes, 64),
                                    _unsigned("threads", threads, 32), Deadline(timeout).milliseconds(),
                                    _unsigned("max_calls", max_calls, 32))
        model = _open(product, root, app_socket, options)
        self._handle = Handle(model)
        _all.add(self)
        about = library.ek_model_info(model).contents
        self._product, self._version = text(about.product), text(about.version)
        self._version_sequence: int = about.version_sequence
        self._ring_bytes: int = about.ring_bytes
        self._max_calls: int = about.max_calls
        self._provider: int = about.provider
        self._features = frozenset(text(library.ek_model_feature(model, i)) for i in range(about.num_features))
        self._waiters = Waiters(f"edgekeep {self._product}", self._max_calls)
        self._under_way: set[Call] = set()
        input_infos = [library.ek_model_input(model, i).contents for i in range(about.num_inputs)]
        output_infos = [library.ek_model_output(model, i).contents for i in range(about.num_outputs)]
        self._inputs = [_tensors.node_arg(info) for info in input_infos]
        self._outputs = [_tensors.node_arg(info) for info in output_infos]
        self._input_heads: list[tuple[bytes, int]] = [(info.name, info.type) for info in input_infos]
        self._output_names: list[bytes] = [info.name for info in output_infos]
        self._index_of_output = {node.name: i for i, node in enumerate(self._outputs)}

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

    @property
    def max_calls(self) -> int:
        """How many calls may be under way at a time."""
        return self._max_calls

    @property
    def features(self) -> frozenset[str]:
        """What the licence named when the session was opened. What a feature means is between you and the publisher."""
        return self._features

    def get_inputs(self) -> list[NodeArg]:
        return list(self._inputs)

    def get_outputs(self) -> list[NodeArg]:
        return list(self._outputs)

    def get_providers(self) -> list[str]:
        """What the cell computed on when the session was opened, by onnxruntime's name. The product's policy decides."""
        return [_PROVIDERS.get(self._provider, str(self._provider))]

    def get_modelmeta(self) -> ModelMetadata:
        publisher, name = self._product.split("/", 1)
        return ModelMetadata(publisher, name, self._version, self._version_sequence)

    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any], *,
            timeout: float | None = None) -> list[Array]:
        """Runs once. Returns arrays of one's own for the outputs named, or for all of them in the model's order.

        Inputs are arrays or anything with the buffer protocol, of exactly the model's element types and shapes; nothing
        is converted. Tensors of strings are arrays or lists of texts (or bytes), and come back as arrays of texts.
        `timeout`, in seconds, bounds the whole call. Raises InputError, TimedOut, or another Error as ek_call_submit and
        ek_call_wait fail. A signal (Ctrl-C) gives the call up.
        """
        return self._ask(self._question(output_names, input_feed, timeout), lambda call, answers: answers)

    def run_with_receipt(self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any], *,
                         timeout: float | None = None) -> tuple[list[Array], bytes]:
        """As run; the second is the call's receipt, where the product's policy has receipts (`edgekeep receipt verify`).

        Raises Error with the name "not-found" where it has none: the call was answered all the same.
        """
        question = self._question(output_names, input_feed, timeout)
        return self._ask(question, lambda call, answers: (answers, call.receipt()))

    def submit(self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any], *,
               timeout: float | None = None) -> Call:
        """Begins a run, and returns at once if one of the `max_calls` places is free; otherwise waits for one.

        What is returned is a concurrent.futures.Future of what run returns; it may be awaited, and cancelled. The inputs
        may be changed at once. `timeout` bounds waiting for a place and the call together. Raises, for what is wrong with
        the inputs, InputError here; whatever happens later is raised by the call's result().
        """
        question = self._question(output_names, input_feed, timeout)
        model = self._handle.enter()
        try:
            placed = self._place(model, question)
        except BaseException:
            self._handle.leave()
            raise
        call = Call()
        self._under_way.add(call)
        self._waiters.take(lambda: self._answer(placed, question.wanted, call))
        return call

    def run_async(self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any],
                  callback: Callable[[list[Array], UserData, str], object], user_data: UserData, *,
                  timeout: float | None = None) -> None:
        """As submit, for programs written for onnxruntime: calls `callback(results, user_data, err)` from another thread
        when the call is over. `err` is empty, or says why there are no results."""
        def tell(call: Future[list[Array]]) -> None:
            if call.cancelled():
                callback([], user_data, str(Error(_abi.BAD_STATE, "the session was closed")))
                return
            failure = call.exception()
            callback([] if failure else call.result(), user_data, str(failure or ""))
        self.submit(output_names, input_feed, timeout=timeout).add_done_callback(tell)

    def close(self) -> None:
        """Closes the session, after the runs of other threads; calls that were submitted are cancelled. May be called
        again."""
        self._close(abandon=False)

    def _close(self, abandon: bool) -> None:
        if self._handle.foreign:
            return
        self._handle.shut()
        for call in self._under_way.copy():
            call.cancel()
        self._handle.close(abandon)
        self._waiters.end()

    def __enter__(self) -> InferenceSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_waiters"):
            self.close()

    def __repr__(self) -> str:
        state = "closed" if self._handle.closed else "open"
        return f"<edgekeep.InferenceSession {self._product} {self._version}, {state}>"

    def _question(self, output_names: Sequence[str] | None, feed: Mapping[str, Any], timeout: float | None) -> _Question:
        return _Question(self._wanted(output_names), self._given(feed), Deadline(self._timeout if timeout is None else timeout))

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

    def _place(self, model: ctypes.c_void_p, question: _Question) -> PlacedCall:
        inputs = (_abi.Input * len(question.tensors))()
        for (name, element_type), given, out in zip(self._input_heads, question.tensors, inputs):
            out.name, out.type = name, element_type
            _tensors.describe(given, out)
        return PlacedCall(self._handle, model, inputs, question.deadline)

    def _outputs_of(self, wanted: list[int]) -> ctypes.Array[_abi.Output]:
        return (_abi.Output * len(wanted))(*(_abi.Output(name=self._output_names[i]) for i in wanted))

    def _ask(self, question: _Question, result: Callable[[PlacedCall, list[Array]], Result]) -> Result:
        with self._handle.used() as model:
            placed = self._place(model, question)
            try:
                outputs = self._outputs_of(question.wanted)
                placed.wait(outputs)
                return result(placed, [_tensors.copy_out(output) for output in outputs])
            finally:
                placed.end()

    def _answer(self, placed: PlacedCall, wanted: list[int], call: Call) -> None:
        """In a waiter's thread. The call's place is free again before anybody hears of its answer."""
        answers: list[Array] = []
        failure: BaseException | None = None
        try:
            outputs = self._outputs_of(wanted)
            placed.wait(outputs, lambda: call.cancelled() or self._handle.closed)
            answers = [_tensors.copy_out(output) for output in outputs]
        except BaseException as error:
            failure = error
        placed.end()
        self._handle.leave()
        self._under_way.discard(call)
        if isinstance(failure, GivenUp):
            call.cancel()
        if not call.set_running_or_notify_cancel():
            return
        if failure is None:
            call.set_result(answers)
        else:
            call.set_exception(failure)


_all: weakref.WeakSet[InferenceSession] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Threads that still wait would otherwise use models that are closed under them."""
    for session in list(_all):
        session._close(abandon=True)


def _unsigned(name: str, value: int, bits: int) -> int:
    if not 0 <= value < 1 << bits:
        raise Error(_abi.BAD_ARGUMENT, f"{name} is out of range")
    return value


def _open(product: str, root: Path | None, app_socket: Path | None, options: _abi.ModelOptions) -> ctypes.c_void_p:
    model, error = ctypes.c_void_p(), _abi.Error()
    with client(root, app_socket, options.timeout_ms) as way:
        check(library.ek_model_open(way, c_text(product.encode()), ctypes.byref(options), ctypes.byref(model),
                                    ctypes.byref(error)), error)
    return model
