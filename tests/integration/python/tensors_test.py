"""Tensors of every kind through confined cells of a real device, and inputs of every wrong kind."""
from __future__ import annotations

import pathlib
import re
import subprocess
import unittest
from typing import Any

from device import Device, Publisher, require_device
from programs import BINARIES, PYTHON, SOURCE, run, temporary_directory, use_installed_package

MODELS = ("every_type", "strings", "shapes", "fill")


class OnADevice(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        require_device(cls)
        use_installed_package(cls)
        cls.directory = temporary_directory(cls)
        cls.device = Device(cls.directory / "device")
        cls.addClassCleanup(cls.device.stop)
        cls.publisher = Publisher(cls.directory / "publisher")
        cls.publisher.initialise(cls.device)
        for name in MODELS:
            cls.publisher.provide(cls.device, name.replace("_", "-"), cls.model(name))

    @classmethod
    def model(cls, name: str) -> pathlib.Path:
        path = cls.directory / f"{name}.onnx"
        run(PYTHON, "-B", SOURCE / "tools/testmodels/make.py", name, path)
        return path

    def session(self, name: str, **options: Any) -> Any:
        import edgekeep
        session = edgekeep.InferenceSession(f"acme/{name}", root=self.device.root, threads=1, **options)
        self.addCleanup(session.close)
        return session
    def any_values(self, node: Any, count: int) -> Any:
        """Of those that a detour through float32 leaves as they are."""
        import numpy as np
        if node.dtype == object:
            return np.array(["a", "", "größer", "nul\0here", "\udcff", "f", "g", "h"][:count], object)
        if node.type in ("tensor(int4)", "tensor(int2)"):
            return (np.arange(count) % 4 - 2).astype(np.int8)
        if node.type in ("tensor(uint4)", "tensor(float4e2m1)", "tensor(uint2)", "tensor(bool)"):
            return (np.arange(count) % (2 if node.dtype == np.bool_ else 4)).astype(node.dtype)
        return np.frombuffer(bytes(0x31 + i % 64 for i in range(count * node.dtype.itemsize)), node.dtype)

    def test_every_type_comes_back_bit_for_bit(self) -> None:
        session = self.session("every-type")
        nodes = session.get_inputs()
        self.assertEqual([int(node.name) for node in nodes], [*range(1, 14), *range(16, 27)])
        for count in (8, 5, 1, 0):
            feed = {node.name: self.any_values(node, count) for node in nodes}
            for node, answer in zip(nodes, session.run(None, feed)):
                with self.subTest(type=node.type, count=count):
                    given = feed[node.name]
                    self.assertEqual((answer.dtype, answer.shape), (given.dtype, (count,)))
                    self.assertEqual(answer.tolist(), given.tolist())

    def test_inputs_that_no_application_could_give_are_named_when_sealed_and_refused_when_installed(self) -> None:
        for name, why in (("complex-input", "an input of complex numbers"),
                          ("unranked", "an input whose number of dimensions is not stated")):
            model = self.model(name)
            self.assertIn(f"devices will refuse this model: model: {why}", self.seal(model))
            with self.assertRaisesRegex(RuntimeError, "model-refused"):
                self.publisher.provide(self.device, name, model)

    def seal(self, model: pathlib.Path) -> str:
        """Returns what sealing warned of."""
        publisher = self.publisher.directory
        return subprocess.run(
            [BINARIES / "edgekeep-publisher", "seal", model, "--product", "acme/warned", "--version-sequence", "1",
             "--version", "1", "-o", model.with_suffix(".warned"), "--publisher", publisher / "acme",
             "--passphrase-file", publisher / "passphrase"], check=True, capture_output=True, text=True).stderr
    def test_strings_are_computed_with(self) -> None:
        session = self.session("strings")
        joined, same = session.run(None, {"a": [["x", "größer"], ["", "nul\0"]], "b": [["1", "2"], ["3", "4"]]})
        self.assertEqual(joined.tolist(), [["x1", "größer2"], ["3", "nul\x004"]])
        self.assertEqual(same.tolist(), [["x", "größer"], ["", "nul\0"]])

    def test_strings_may_be_long_and_many(self) -> None:
        session = self.session("strings")
        long, many = "x" * 1_000_000, [["a" * (i % 40) for i in range(1000)] for _ in range(100)]
        self.assertEqual(session.run(["joined"], {"a": [[long]], "b": [["y"]]})[0].tolist(), [[long + "y"]])
        self.assertEqual(session.run(["same"], {"a": many, "b": many})[0].tolist(), many)

    def test_more_strings_than_a_call_may_have_are_refused(self) -> None:
        import edgekeep
        import numpy as np
        session = self.session("strings")
        half = np.full((1, 1 << 19), "", object)
        self.assertEqual(session.run(["same"], {"a": half[:, :8], "b": half[:, :8]})[0].shape, (1, 8))
        with self.assertRaises(edgekeep.Error):  # twice as many come out
            session.run([], {"a": np.full((1, (1 << 19) + 1), "", object), "b": np.full((1, (1 << 19) + 1), "", object)})
        self.assertEqual(session.run(["joined"], {"a": [["a"]], "b": [["b"]]})[0].tolist(), [["ab"]])
    def test_shapes_may_be_free_empty_and_scalar(self) -> None:
        import numpy as np
        session = self.session("shapes")
        self.assertEqual([node.shape for node in session.get_inputs()], [[None, None], []])
        for shape in ((2, 3), (1, 1), (0, 3), (3, 0), (0, 0), (5, 7)):
            x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
            y, where, negative = session.run(None, {"x": x, "factor": np.float32(-2)})
            np.testing.assert_array_equal(y, x * -2)
            np.testing.assert_array_equal(where, np.array(np.nonzero(x)))  # its shape follows from what x holds
            self.assertEqual((negative.shape, float(negative)), ((), 2.0))

    def test_not_a_number_and_infinities_pass_unchanged(self) -> None:
        import numpy as np
        bits = np.array([[0x7FC00001, 0xFF800000, 0x7F800000, 0x80000000, 0x7F812345, 0x00000001]], np.uint32)
        [y] = self.session("shapes").run(["y"], {"x": bits.view(np.float32), "factor": np.float32(1)})
        quiet = bits | np.where(np.isnan(bits.view(np.float32)), np.uint32(0x00400000), np.uint32(0))  # IEEE 754 §6.2
        np.testing.assert_array_equal(y.view(np.uint32), quiet)

    def test_inputs_in_place_are_computed_with_as_copies_are(self) -> None:
        import numpy as np
        policy = self.directory / "policy.json"
        policy.write_text('{"zero_copy_inputs": true}')
        self.publisher.provide(self.device, "in-place", self.model("shapes"), policy=policy)
        x = np.arange(12, dtype=np.float32).reshape(3, 4)
        for factor in (2, -1):
            y, where, negative = self.session("in-place").run(None, {"x": x, "factor": np.float32(factor)})
            np.testing.assert_array_equal(y, x * factor)
            np.testing.assert_array_equal(where, np.array(np.nonzero(x)))
            self.assertEqual(float(negative), -factor)

    def test_outputs_that_find_no_room_say_how_much_they_take(self) -> None:
        import edgekeep
        import numpy as np
        shape = np.array([100, 1000], np.int64)
        with self.session("fill", ring_bytes=65536) as session:
            with self.assertRaises(edgekeep.Error) as caught:
                session.run(None, {"shape": shape})
            self.assertEqual(caught.exception.name, "too-large")
            self.assertEqual(session.run(None, {"shape": np.array([2, 2], np.int64)})[0].tolist(), [[0, 0], [0, 0]])
        [needed] = re.findall(r"take (\d+) bytes", str(caught.exception))
        self.assertEqual(self.session("fill", ring_bytes=int(needed)).run(None, {"shape": shape})[0].shape, (100, 1000))
        with self.session("fill", ring_bytes=int(needed) - 1) as session, self.assertRaises(edgekeep.Error):
            session.run(None, {"shape": shape})

    def test_outputs_beyond_all_memory_are_refused_and_the_session_goes_on(self) -> None:
        import edgekeep
        import numpy as np
        session = self.session("fill")
        for huge in ([1 << 20, 1 << 20], [1 << 31, 1 << 31], [1 << 62, 1 << 62], [-1, 4]):
            with self.assertRaises(edgekeep.Error) as caught:
                session.run(None, {"shape": np.array(huge, np.int64)})
            self.assertIn(caught.exception.name, ("model-refused", "bad-tensor"), huge)
            self.assertEqual(session.run(None, {"shape": np.array([0, 2], np.int64)})[0].shape, (0, 2))
    def test_wrong_inputs_are_refused_and_the_session_goes_on(self) -> None:
        import edgekeep
        import numpy as np
        session = self.session("shapes")
        x, factor = np.ones((2, 3), np.float32), np.float32(3)
        good = {"x": x, "factor": factor}
        for bad in ({}, {"x": x}, {"factor": factor}, {**good, "other": x}, {**good, "x": x[0]}, {**good, "x": x[None]},
                    {**good, "factor": x}, {**good, "x": x.astype(np.float64)}, {**good, "x": x.astype(np.int32)},
                    {**good, "x": [["a"]]}, {**good, "x": None}, {**good, "factor": "text"}):
            with self.assertRaises(edgekeep.InputError):
                session.run(None, bad)
            self.assertEqual(session.run(["y"], good)[0].tolist(), [[3, 3, 3], [3, 3, 3]])


if __name__ == "__main__":
    unittest.main()
