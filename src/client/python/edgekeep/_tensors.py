"""Between numpy's arrays and the library's tensors."""
from __future__ import annotations

import ctypes
import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from edgekeep import _abi
from edgekeep._errors import Error, InputError
from edgekeep._library import text

Array = npt.NDArray[Any]


@dataclasses.dataclass(frozen=True)
class ElementType:
    name: str  # as onnxruntime says it
    dtype: np.dtype[Any]


def _element(name: str, dtype: Any) -> ElementType:
    return ElementType(f"tensor({name})", np.dtype(dtype))


# ONNX's numbers. numpy has no bfloat16: its bits come and go as uint16.
ELEMENT_TYPES = {
    1: _element("float", np.float32),
    2: _element("uint8", np.uint8),
    3: _element("int8", np.int8),
    4: _element("uint16", np.uint16),
    5: _element("int16", np.int16),
    6: _element("int32", np.int32),
    7: _element("int64", np.int64),
    9: _element("bool", np.bool_),
    10: _element("float16", np.float16),
    11: _element("double", np.float64),
    12: _element("uint32", np.uint32),
    13: _element("uint64", np.uint64),
    16: _element("bfloat16", np.uint16),
}


@dataclasses.dataclass(frozen=True)
class NodeArg:
    """An input or output of a model, with the names onnxruntime uses."""

    name: str
    type: str  # "tensor(float)"
    shape: list[int | None]  # None: any size
    dtype: np.dtype[Any]  # what arrays of it have


def node_arg(info: _abi.TensorInfo) -> NodeArg:
    element = ELEMENT_TYPES.get(info.type)
    if element is None:
        raise Error(_abi.UNSUPPORTED, f"{text(info.name)!r} has element type {info.type}, which this package does not know")
    shape = [size if size >= 0 else None for size in info.shape[:info.rank]]
    return NodeArg(text(info.name), element.name, shape, element.dtype)


def _refuse(node: NodeArg, why: str) -> InputError:
    return InputError(_abi.BAD_TENSOR, f"input {node.name!r} {why}")


def _as_array(node: NodeArg, value: Any) -> Array:
    """Numbers in lists have no element type of their own: only what knows its memory is taken."""
    if not isinstance(value, (np.ndarray, np.generic)) and not hasattr(value, "__array__"):
        try:
            value = memoryview(value)
        except TypeError:
            raise _refuse(node, f"is a {type(value).__name__}, not an array; make it one by numpy.asarray(…, "
                                f"numpy.{node.dtype})") from None
    return np.asarray(value)


def dense(node: NodeArg, value: Any) -> Array:
    """Checks `value` against the model's input. Returns it dense, row-major and in this machine's byte order: the array
    itself where it is so already. Values are never converted to another element type."""
    array = _as_array(node, value)
    if array.dtype.name == "bfloat16" and node.type == "tensor(bfloat16)":
        array = array.view(np.uint16)
    if array.dtype.newbyteorder("=") != node.dtype:
        raise _refuse(node, f"has elements of {array.dtype}, the model takes {node.dtype}; convert by astype(numpy.{node.dtype})")
    if len(array.shape) != len(node.shape) or any(
            wanted is not None and size != wanted for size, wanted in zip(array.shape, node.shape)):
        wanted = ", ".join("any" if size is None else str(size) for size in node.shape)
        raise _refuse(node, f"has shape {array.shape}, the model takes ({wanted})")
    return np.asarray(array, dtype=node.dtype, order="C")


def describe(array: Array, out: _abi.Input) -> None:
    """Writes where `array` lies; whoever calls keeps it alive during the run."""
    out.rank = array.ndim
    out.shape = (ctypes.c_int64 * array.ndim)(*array.shape)
    out.data = array.__array_interface__["data"][0]
    out.size = array.nbytes


def copy_out(output: _abi.Output) -> Array:
    """An array of one's own: the view is memory that the cell can still write, and ends with the next run."""
    shape = tuple(output.shape[:output.rank])
    array: Array = np.empty(shape, ELEMENT_TYPES[output.type].dtype)
    if array.nbytes:
        view = (ctypes.c_char * output.size).from_address(output.data)
        array.reshape(-1).view(np.uint8)[:] = np.frombuffer(view, np.uint8)
    return array
