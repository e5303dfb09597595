"""Between numpy's arrays and the library's tensors."""
from __future__ import annotations

import ctypes
import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from edgekeep import _abi
from edgekeep._errors import Error, InputError
from edgekeep._library import text
from edgekeep._packed import fits, pack, unpack
from edgekeep._strings import from_library, to_bytes, to_library

Array = npt.NDArray[Any]


@dataclasses.dataclass(frozen=True)
class ElementType:
    name: str  # as onnxruntime says it
    dtype: np.dtype[Any]
    bits: int  # of one element; 0 for strings

    @property
    def is_packed(self) -> bool:
        return 0 < self.bits < 8

    @property
    def is_signed(self) -> bool:
        return self.dtype.kind == "i"


def _element(name: str, dtype: Any, bits: int | None = None) -> ElementType:
    known = np.dtype(dtype)
    return ElementType(f"tensor({name})", known, known.itemsize * 8 if bits is None else bits)


# ONNX's numbers. What numpy does not know comes and goes as its bits: bfloat16 as uint16, float8 and float4 as uint8;
# integers of 4 and of 2 bits as int8 and uint8, one in each.
ELEMENT_TYPES = {
    1: _element("float", np.float32),
    2: _element("uint8", np.uint8),
    3: _element("int8", np.int8),
    4: _element("uint16", np.uint16),
    5: _element("int16", np.int16),
    6: _element("int32", np.int32),
    7: _element("int64", np.int64),
    8: _element("string", object, 0),
    9: _element("bool", np.bool_),
    10: _element("float16", np.float16),
    11: _element("double", np.float64),
    12: _element("uint32", np.uint32),
    13: _element("uint64", np.uint64),
    16: _element("bfloat16", np.uint16),
    17: _element("float8e4m3fn", np.uint8),
    18: _element("float8e4m3fnuz", np.uint8),
    19: _element("float8e5m2", np.uint8),
    20: _element("float8e5m2fnuz", np.uint8),
    21: _element("uint4", np.uint8, 4),
    22: _element("int4", np.int8, 4),
    23: _element("float4e2m1", np.uint8, 4),
    24: _element("float8e8m0", np.uint8),
    25: _element("uint2", np.uint8, 2),
    26: _element("int2", np.int8, 2),
}
_BY_NAME = {element.name: element for element in ELEMENT_TYPES.values()}

# ml_dtypes' names of types that numpy itself does not know; each element has whole bytes there.
_FOREIGN = {
    "bfloat16": "tensor(bfloat16)", "float8_e4m3fn": "tensor(float8e4m3fn)", "float8_e4m3fnuz": "tensor(float8e4m3fnuz)",
    "float8_e5m2": "tensor(float8e5m2)", "float8_e5m2fnuz": "tensor(float8e5m2fnuz)", "float8_e8m0fnu": "tensor(float8e8m0)",
    "float4_e2m1fn": "tensor(float4e2m1)", "uint4": "tensor(uint4)", "int4": "tensor(int4)", "uint2": "tensor(uint2)",
    "int2": "tensor(int2)",
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


@dataclasses.dataclass(frozen=True)
class Tensor:
    """An input as the library takes it."""

    shape: tuple[int, ...]
    address: int
    size: int
    owner: Any  # keeps the memory at `address` alive


def _check_shape(node: NodeArg, shape: tuple[int, ...]) -> None:
    if len(shape) != len(node.shape) or any(
            wanted is not None and size != wanted for size, wanted in zip(shape, node.shape)):
        wanted = ", ".join("any" if size is None else str(size) for size in node.shape)
        raise _refuse(node, f"has shape {shape}, the model takes ({wanted})")


def _strings(node: NodeArg, value: Any) -> Tensor:
    """Lists of texts are taken too: there is no doubt about their type."""
    array = value if isinstance(value, np.ndarray) else np.array(value, dtype=object)
    _check_shape(node, array.shape)
    encoded = [_strings_to_bytes(node, item) for item in array.reshape(-1).tolist()]
    given = to_library(encoded)
    return Tensor(array.shape, ctypes.addressof(given), ctypes.sizeof(given), given)


def _strings_to_bytes(node: NodeArg, value: Any) -> bytes:
    encoded = to_bytes(value)
    if encoded is None:
        raise _refuse(node, f"holds a {type(value).__name__}, the model takes texts")
    return encoded


def tensor(node: NodeArg, value: Any) -> Tensor:
    """Checks `value` against the model's input and lays it out dense, row-major and in this machine's byte order: the
    array itself where it is so already. Values are never converted to another element type."""
    element = _BY_NAME[node.type]
    if element.bits == 0:
        return _strings(node, value)
    array = _as_array(node, value)
    if _FOREIGN.get(array.dtype.name) == node.type:
        array = array.view(node.dtype)
    if array.dtype.newbyteorder("=") != node.dtype:
        raise _refuse(node, f"has elements of {array.dtype}, the model takes {node.dtype}; convert by astype(numpy.{node.dtype})")
    _check_shape(node, array.shape)
    if element.is_packed and not fits(array, element.bits, element.is_signed):
        raise _refuse(node, f"holds numbers of more than {element.bits} bits")
    dense = np.asarray(array, dtype=node.dtype, order="C")
    laid_out = pack(dense, element.bits) if element.is_packed else dense
    return Tensor(array.shape, laid_out.__array_interface__["data"][0], laid_out.nbytes, laid_out)


def describe(given: Tensor, out: _abi.Input) -> None:
    """Writes where `given` lies; whoever calls keeps it alive during the run."""
    out.rank = len(given.shape)
    out.shape = (ctypes.c_int64 * len(given.shape))(*given.shape)
    out.data = given.address
    out.size = given.size


def copy_out(output: _abi.Output) -> Array:
    """An array of one's own: the view is memory that the cell can still write, and ends with the next run."""
    shape = tuple(output.shape[:output.rank])
    element = ELEMENT_TYPES[output.type]
    view = (ctypes.c_char * output.size).from_address(output.data) if output.size else b""
    if element.bits == 0:
        return from_library(bytes(view), shape)
    if element.is_packed:
        packed = np.frombuffer(view, np.uint8).copy()
        return unpack(packed, math.prod(shape), element.bits, element.is_signed).reshape(shape)
    array: Array = np.empty(shape, element.dtype)
    if array.nbytes:
        array.reshape(-1).view(np.uint8)[:] = np.frombuffer(view, np.uint8)
    return array
