"""The C interface of libedgekeep (edgekeep/edgekeep.h) as ctypes sees it: structures, constants, prototypes."""
from __future__ import annotations

import ctypes
from ctypes import c_char, c_char_p, c_int, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

MAX_RANK = 8
MAX_RECEIPT = 8192
MAX_EXPORTED = 64
MAX_VALUE_NAME = 63
MAX_VALUE_SIZE = 16384
MAX_VALUES = 64

OK = 0
MALFORMED = 2
UNSUPPORTED = 3
NOT_FOUND = 12
TIMED_OUT = 17
BAD_TENSOR = 20
BAD_STATE = 25
BAD_ARGUMENT = 26

TIMEOUT_DEFAULT = 0
TIMEOUT_NOW = 0xFFFFFFFE
TIMEOUT_NEVER = 0xFFFFFFFF


class Error(ctypes.Structure):
    _fields_ = [("code", c_uint32), ("where", c_char * 124)]


class ClientOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("root", c_char_p), ("app_socket", c_char_p), ("admin_socket", c_char_p),
                ("timeout_ms", c_uint32)]


class ModelOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("ring_bytes", c_uint64), ("threads", c_uint32), ("timeout_ms", c_uint32),
                ("max_calls", c_uint32)]


class ModelDescription(ctypes.Structure):
    _fields_ = [("product", c_char_p), ("version", c_char_p), ("version_sequence", c_uint64), ("ring_bytes", c_uint64),
                ("num_inputs", c_size_t), ("num_outputs", c_size_t), ("max_calls", c_uint32), ("provider", c_uint32),
                ("num_features", c_size_t)]


class TensorInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("type", c_uint32), ("rank", c_uint32), ("shape", c_int64 * MAX_RANK)]


class Input(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("type", c_uint32), ("rank", c_uint32), ("shape", ctypes.POINTER(c_int64)),
                ("data", c_void_p), ("size", c_size_t)]


class String(ctypes.Structure):
    _fields_ = [("bytes", c_char_p), ("size", c_size_t)]


class Output(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("buffer", c_void_p), ("capacity", c_size_t), ("data", c_void_p), ("size", c_size_t),
                ("type", c_uint32), ("rank", c_uint32), ("shape", c_int64 * MAX_RANK)]


class StoredValue(ctypes.Structure):
    _fields_ = [("name", c_char * (MAX_VALUE_NAME + 1)), ("size", c_size_t)]


class StoreUsage(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("bytes_used", c_size_t), ("changes_left", c_uint32)]


# Name: (what it returns, what it takes).
PROTOTYPES = {
    "ek_version": (c_char_p, []),
    "ek_error_name": (c_char_p, [c_uint32]),
    "ek_error_advice": (c_char_p, [c_uint32]),
    "ek_client_open": (c_uint32, [ctypes.POINTER(ClientOptions), ctypes.POINTER(c_void_p), ctypes.POINTER(Error)]),
    "ek_client_close": (None, [c_void_p]),
    "ek_model_open": (c_uint32, [c_void_p, c_char_p, ctypes.POINTER(ModelOptions), ctypes.POINTER(c_void_p),
                                 ctypes.POINTER(Error)]),
    "ek_model_close": (None, [c_void_p]),
    "ek_model_info": (ctypes.POINTER(ModelDescription), [c_void_p]),
    "ek_model_input": (ctypes.POINTER(TensorInfo), [c_void_p, c_size_t]),
    "ek_model_output": (ctypes.POINTER(TensorInfo), [c_void_p, c_size_t]),
    "ek_model_feature": (c_char_p, [c_void_p, c_size_t]),
    "ek_call_submit": (c_uint32, [c_void_p, ctypes.POINTER(Input), c_size_t, c_uint32, ctypes.POINTER(c_void_p),
                                  ctypes.POINTER(Error)]),
    "ek_call_wait": (c_uint32, [c_void_p, ctypes.POINTER(Output), c_size_t, c_uint32, ctypes.POINTER(Error)]),
    "ek_call_receipt": (c_uint32, [c_void_p, c_void_p, c_size_t, ctypes.POINTER(c_size_t), c_uint32,
                                   ctypes.POINTER(Error)]),
    "ek_call_end": (None, [c_void_p]),
    "ek_export_files": (c_uint32, [c_void_p, c_char_p, ctypes.POINTER(c_char_p), c_size_t, c_uint32, ctypes.POINTER(c_int),
                                   ctypes.POINTER(Error)]),
    "ek_store_put": (c_uint32, [c_void_p, c_char_p, c_void_p, c_size_t, ctypes.POINTER(Error)]),
    "ek_store_get": (c_uint32, [c_void_p, c_char_p, c_void_p, ctypes.POINTER(c_size_t), ctypes.POINTER(Error)]),
    "ek_store_delete": (c_uint32, [c_void_p, c_char_p, ctypes.POINTER(Error)]),
    "ek_store_list": (c_uint32, [c_void_p, ctypes.POINTER(StoredValue), ctypes.POINTER(c_size_t),
                                 ctypes.POINTER(StoreUsage), ctypes.POINTER(Error)]),
}
