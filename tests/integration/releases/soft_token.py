"""Tokens of SoftHSM in a directory, and what a program can ask of one through its module."""
from __future__ import annotations

import ctypes
import os
import pathlib
import subprocess

MODULE = pathlib.Path("/usr/lib/softhsm/libsofthsm2.so")
# MODULE, with other signatures where EDGEKEEP_LYING_TOKEN says so (lying_token.cpp).
LYING_MODULE = pathlib.Path(os.environ.get("EDGEKEEP_LYING_MODULE", ""))
PIN = b"123456"

_CLASS, _TOKEN, _LABEL, _VALUE, _SENSITIVE, _SIGN = 0x0, 0x1, 0x3, 0x11, 0x103, 0x108
_EXTRACTABLE, _EC_PARAMS = 0x162, 0x180
_PRIVATE_KEY = (3).to_bytes(8, "little")
_P256 = bytes.fromhex("06082a8648ce3d030107")
_MAKE_EC_PAIR, _ECDSA = 0x1040, 0x1041
REFUSED_AS_SENSITIVE = 0x11


class _Attribute(ctypes.Structure):
    _fields_ = [("type", ctypes.c_ulong), ("value", ctypes.c_void_p), ("size", ctypes.c_ulong)]


class _Mechanism(ctypes.Structure):
    _fields_ = [("type", ctypes.c_ulong), ("parameter", ctypes.c_void_p), ("size", ctypes.c_ulong)]


def _template(values: dict[int, bytes]) -> ctypes.Array[_Attribute]:
    made = (_Attribute * len(values))(*(_Attribute(kind, ctypes.cast(ctypes.c_char_p(value), ctypes.c_void_p),
                                                   len(value)) for kind, value in values.items()))
    made.kept = values  # the attributes only point at the bytes
    return made


def configure(home: pathlib.Path) -> pathlib.Path:
    """A place for tokens; the configuration file that names it."""
    (home / "tokens").mkdir(parents=True)
    configuration = home / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {home}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    return configuration


def make_token(configuration: pathlib.Path, label: str) -> None:
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin",
                    PIN.decode()], check=True, capture_output=True, timeout=60,
                   env=os.environ | {"SOFTHSM2_CONF": str(configuration)})


class Login:
    """The owner's own session with the first token; SOFTHSM2_CONF of this process says where it lies."""

    def __init__(self) -> None:
        self.module = ctypes.CDLL(str(MODULE))
        self.call("C_Initialize", None)
        slots, number = (ctypes.c_ulong * 8)(), ctypes.c_ulong(8)
        self.call("C_GetSlotList", ctypes.c_ubyte(1), slots, ctypes.byref(number))
        self.session = ctypes.c_ulong()
        self.call("C_OpenSession", ctypes.c_ulong(slots[0]), ctypes.c_ulong(6), None, None, ctypes.byref(self.session))
        self.call("C_Login", self.session, ctypes.c_ulong(1), PIN, ctypes.c_ulong(len(PIN)))

    def close(self) -> None:
        self.call("C_Finalize", None)

    def call(self, name: str, *arguments: object) -> None:
        answer = self.try_call(name, *arguments)
        assert answer == 0, (name, hex(answer))

    def try_call(self, name: str, *arguments: object, module: ctypes.CDLL | None = None) -> int:
        function = getattr(module or self.module, name)
        function.restype = ctypes.c_ulong
        return int(function(*arguments))

    def private_key(self, label: str) -> ctypes.c_ulong:
        wanted = _template({_CLASS: _PRIVATE_KEY, _LABEL: label.encode()})
        found, number = ctypes.c_ulong(), ctypes.c_ulong()
        self.call("C_FindObjectsInit", self.session, wanted, ctypes.c_ulong(len(wanted)))
        self.call("C_FindObjects", self.session, ctypes.byref(found), ctypes.c_ulong(1), ctypes.byref(number))
        self.call("C_FindObjectsFinal", self.session)
        assert number.value == 1, label
        return found

    def read_value(self, label: str) -> tuple[int, bytes]:
        """The answer to asking for the private key itself, and what came."""
        room = ctypes.create_string_buffer(256)
        asked = _Attribute(_VALUE, ctypes.cast(room, ctypes.c_void_p), 256)
        answer = self.try_call("C_GetAttributeValue", self.session, self.private_key(label), ctypes.byref(asked),
                               ctypes.c_ulong(1))
        return answer, room.raw[:asked.size] if answer == 0 else b""

    def sign_by_lying(self, label: str) -> tuple[int, int]:
        """LYING_MODULE's answer to having a digest signed, and how many bytes came."""
        lying, digest = ctypes.CDLL(str(LYING_MODULE)), b"d" * 32
        room, size = ctypes.create_string_buffer(256), ctypes.c_ulong(256)
        key, mechanism = self.private_key(label), ctypes.byref(_Mechanism(_ECDSA, None, 0))
        assert self.try_call("C_SignInit", self.session, mechanism, key, module=lying) == 0
        return self.try_call("C_Sign", self.session, digest, ctypes.c_ulong(len(digest)), room, ctypes.byref(size),
                             module=lying), size.value

    def make_extractable_key(self, label: str) -> None:
        yes, no, name = b"\1", b"\0", label.encode()
        public = _template({_TOKEN: yes, _EC_PARAMS: _P256, _LABEL: name})
        private = _template({_TOKEN: yes, _SENSITIVE: no, _EXTRACTABLE: yes, _SIGN: yes, _LABEL: name})
        made = ctypes.c_ulong(), ctypes.c_ulong()
        self.call("C_GenerateKeyPair", self.session, ctypes.byref(_Mechanism(_MAKE_EC_PAIR, None, 0)), public,
                  ctypes.c_ulong(len(public)), private, ctypes.c_ulong(len(private)), ctypes.byref(made[0]),
                  ctypes.byref(made[1]))
