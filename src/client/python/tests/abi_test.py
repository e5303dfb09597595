"""What the package believes of the C interface is what the headers say: a C compiler compares."""
from __future__ import annotations

import ctypes
import os
import pathlib
import re
import subprocess
import unittest

from edgekeep import _abi
from edgekeep._tensors import ELEMENT_TYPES

INCLUDE = pathlib.Path(os.environ["EDGEKEEP_INCLUDE"])
STRUCTURES = {
    "ek_error": _abi.Error, "ek_client_options": _abi.ClientOptions, "ek_model_options": _abi.ModelOptions,
    "ek_model_description": _abi.ModelDescription, "ek_tensor_info": _abi.TensorInfo, "ek_input": _abi.Input,
    "ek_output": _abi.Output, "ek_string": _abi.String, "ek_stored_value": _abi.StoredValue, "ek_store_usage": _abi.StoreUsage,
}
CONSTANTS = ("OK", "MALFORMED", "UNSUPPORTED", "NOT_FOUND", "TIMED_OUT", "BAD_TENSOR", "BAD_STATE", "BAD_ARGUMENT", "TIMEOUT_DEFAULT",
             "TIMEOUT_NOW", "TIMEOUT_NEVER", "MAX_RANK", "MAX_RECEIPT", "MAX_EXPORTED", "MAX_VALUE_NAME",
             "MAX_VALUE_SIZE", "MAX_VALUES")


def assertions(structure: type[ctypes.Structure], name: str) -> list[str]:
    lines = [f"sizeof({name}) == {ctypes.sizeof(structure)}"]
    for field, *_ in structure._fields_:
        place = getattr(structure, field)
        lines.append(f"offsetof({name}, {field}) == {place.offset}")
        lines.append(f"sizeof((({name}*)0)->{field}) == {place.size}")
    return lines


def compile_status(conditions: list[str]) -> tuple[int, str]:
    source = "#include <edgekeep/edgekeep.h>\n" + "".join(f'_Static_assert({c}, "{c}");\n' for c in conditions)
    run = subprocess.run([os.environ["CC"], "-std=c11", "-fsyntax-only", "-I", INCLUDE, "-x", "c", "-"],
                         input=source, capture_output=True, text=True)
    return run.returncode, run.stderr


class Abi(unittest.TestCase):
    def test_structures_and_constants_are_the_headers(self) -> None:
        conditions = [line for name, structure in STRUCTURES.items() for line in assertions(structure, name)]
        conditions += [f"EK_{name} == {getattr(_abi, name)}u" for name in CONSTANTS]
        self.assertEqual(compile_status(conditions), (0, ""))

    def test_control_a_difference_is_seen(self) -> None:
        class Other(ctypes.Structure):
            _fields_ = [("code", ctypes.c_uint64), ("where", ctypes.c_char * 120)]
        self.assertEqual(ctypes.sizeof(Other), ctypes.sizeof(_abi.Error))
        self.assertNotEqual(compile_status(assertions(Other, "ek_error"))[0], 0)

    def test_every_element_type_is_known(self) -> None:
        header = (INCLUDE / "edgekeep/client/model.h").read_text()
        [body] = re.findall(r"enum \{\s*(EK_FLOAT32[^}]*)\}", header)
        numbers = {int(number) for number in re.findall(r"EK_\w+ = (\d+)", body)}
        self.assertEqual(numbers, set(ELEMENT_TYPES))


if __name__ == "__main__":
    unittest.main()
