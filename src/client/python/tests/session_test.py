"""Sessions with an honest cell: what they say of the model, what runs give, what is refused before it is sent."""
from __future__ import annotations

import array
import gc
import os
import unittest

import edgekeep
import numpy as np
from fake_keep import FakeKeepTest

PAIR = {"x": np.arange(8, dtype=np.float32).reshape(2, 4), "k": np.array(100, dtype=np.int64)}


class SessionTest(FakeKeepTest):
    def setUp(self) -> None:
        super().setUp()
        self.session = edgekeep.InferenceSession("acme/fake", root=self.root, timeout=20)
        self.addCleanup(self.session.close)

    def assert_computes(self) -> None:
        y, n = self.session.run(None, PAIR)
        np.testing.assert_array_equal(y, PAIR["x"] * 2 + 100)
        np.testing.assert_array_equal(n, [2])

    def assert_refused(self, feed: dict[str, object], *words: str) -> None:
        with self.assertRaises(edgekeep.InputError) as caught:
            self.session.run(None, feed)
        self.assertEqual(caught.exception.name, "bad-tensor")
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assert_computes()  # and the session goes on


class Receipts(SessionTest):
    def test_where_the_product_has_none_it_is_not_found(self) -> None:
        with self.assertRaises(edgekeep.Error) as caught:
            self.session.run_with_receipt(None, PAIR)
        self.assertEqual(caught.exception.name, "not-found")
        self.assert_computes()


class Describes(SessionTest):
    def test_the_model(self) -> None:
        session = self.session
        self.assertEqual((session.product, session.version, session.version_sequence), ("acme/fake", "1.2.3", 7))
        self.assertEqual(session.ring_bytes, 65536)
        x, k = session.get_inputs()
        self.assertEqual((x.name, x.type, x.shape, x.dtype), ("x", "tensor(float)", [None, 4], np.float32))
        self.assertEqual((k.name, k.type, k.shape, k.dtype), ("k", "tensor(int64)", [], np.int64))
        self.assertEqual([node.name for node in session.get_outputs()], ["y", "n"])

    def test_itself_without_contents(self) -> None:
        self.assertEqual(repr(self.session), "<edgekeep.InferenceSession acme/fake 1.2.3, open>")
        self.session.close()
        self.assertIn("closed", repr(self.session))

    def test_the_ring_asked_for(self) -> None:
        with edgekeep.InferenceSession("acme/fake", root=self.root, ring_bytes=1 << 20) as session:
            self.assertEqual(session.ring_bytes, 1 << 20)

    def test_the_library(self) -> None:
        self.assertRegex(edgekeep.__version__, r"^\d+\.\d+\.\d+")


class Computes(SessionTest):
    def test_all_outputs_or_some_in_any_order(self) -> None:
        self.assert_computes()
        [n] = self.session.run(["n"], PAIR)
        self.assertEqual(n.tolist(), [2])
        n, y = self.session.run(["n", "y"], PAIR)
        self.assertEqual((n.shape, y.shape), ((1,), (2, 4)))
        self.assertEqual(self.session.run([], PAIR), [])

    def test_shapes_of_every_size_even_none(self) -> None:
        for rows in range(20):
            x = np.random.default_rng(rows).random((rows, 4), dtype=np.float32)
            y, n = self.session.run(None, {"x": x, "k": np.int64(rows)})
            np.testing.assert_array_equal(y, x * 2 + np.float32(rows))
            self.assertEqual(n.tolist(), [rows])

    def test_not_a_number_and_infinities(self) -> None:
        x = np.array([[np.nan, np.inf, -np.inf, -0.0]], dtype=np.float32)
        [y] = self.session.run(["y"], {"x": x, "k": np.int64(0)})
        np.testing.assert_array_equal(y, x * 2)

    def test_answers_are_the_callers_own(self) -> None:
        [first] = self.session.run(["y"], PAIR)
        kept = first.copy()
        self.session.run(None, {"x": np.zeros((2, 4), np.float32), "k": np.int64(0)})
        np.testing.assert_array_equal(first, kept)
        self.session.close()
        first += 1
        np.testing.assert_array_equal(first, kept + 1)


class Takes(SessionTest):
    def assert_takes(self, x: object) -> None:
        [y] = self.session.run(["y"], {"x": x, "k": PAIR["k"]})
        np.testing.assert_array_equal(y, PAIR["x"] * 2 + 100)

    def test_arrays_however_they_lie(self) -> None:
        x = PAIR["x"]
        self.assert_takes(np.asfortranarray(x))
        self.assert_takes(np.repeat(x, 2, axis=1)[:, ::2])
        self.assert_takes(x[::-1].copy()[::-1])
        self.assert_takes(x.astype(">f4"))

    def test_read_only_memory(self) -> None:
        x = PAIR["x"].copy()
        x.flags.writeable = False
        self.assert_takes(x)
        self.assert_takes(np.frombuffer(x.tobytes(), np.float32).reshape(2, 4))

    def test_the_buffer_protocol(self) -> None:
        self.assert_takes(memoryview(PAIR["x"]))
        self.assert_takes(memoryview(PAIR["x"].tobytes()).cast("f", (2, 4)))
        y = self.session.run(["y"], {"x": PAIR["x"], "k": memoryview(array.array("q", [100])).cast("b").cast("q", ())})
        self.assertEqual(y[0][0, 0], 100)


class Refuses(SessionTest):
    def test_unknown_and_missing_inputs(self) -> None:
        self.assert_refused({**PAIR, "z": PAIR["x"]}, "no input 'z'", "x, k")
        self.assert_refused({"x": PAIR["x"]}, "not given: k")
        self.assert_refused({}, "x, k")

    def test_other_element_types(self) -> None:
        self.assert_refused({**PAIR, "x": PAIR["x"].astype(np.float64)}, "'x'", "float64", "astype(numpy.float32)")
        self.assert_refused({**PAIR, "k": np.int32(1)}, "'k'", "int32", "int64")
        self.assert_refused({**PAIR, "x": np.full((2, 4), None)}, "object")
        self.assert_refused({**PAIR, "x": np.full((2, 4), "text")}, "<U4")
        self.assert_refused({**PAIR, "x": np.zeros((2, 4), [("a", "f4")])}, "'x'")

    def test_other_shapes(self) -> None:
        self.assert_refused({**PAIR, "x": PAIR["x"].reshape(-1)}, "(8,)", "(any, 4)")
        self.assert_refused({**PAIR, "x": PAIR["x"].reshape(4, 2)}, "(4, 2)")
        self.assert_refused({**PAIR, "k": np.zeros((1,), np.int64)}, "(1,)", "()")

    def test_what_is_no_array(self) -> None:
        for value in ([[1.0] * 4], 7, "text", None, object()):
            self.assert_refused({**PAIR, "x": value}, type(value).__name__, "numpy.asarray")

    def test_more_than_the_ring_holds(self) -> None:
        with self.assertRaises(edgekeep.Error) as caught:
            self.session.run(None, {**PAIR, "x": np.zeros((1 << 20, 4), np.float32)})
        self.assertEqual(caught.exception.name, "too-large")
        self.assertIn("ring", caught.exception.where)
        self.assert_computes()

    def test_unknown_outputs(self) -> None:
        for names, name in ((["z"], "not-found"), ("y", "bad-argument")):
            with self.assertRaises(edgekeep.Error) as caught:
                self.session.run(names, PAIR)
            self.assertEqual(caught.exception.name, name)

    def test_time_outs_that_are_none(self) -> None:
        for timeout in (0, -1, float("nan")):
            with self.assertRaises(edgekeep.Error):
                self.session.run(None, PAIR, timeout=timeout)
        self.session.run(None, PAIR, timeout=float("inf"))

    def test_arguments_out_of_range(self) -> None:
        for arguments in ({"threads": -1}, {"threads": 1 << 32}, {"ring_bytes": -1}, {"app_socket": "a\0b"}):
            with self.assertRaises(edgekeep.Error) as caught:
                edgekeep.InferenceSession("acme/fake", root=self.root, **arguments)  # type: ignore[arg-type]
            self.assertEqual(caught.exception.name, "bad-argument", arguments)
        with self.assertRaises(edgekeep.Error):
            edgekeep.InferenceSession("acme/fake\0/x", root=self.root)


class Ends(SessionTest):
    def assert_closed(self) -> None:
        with self.assertRaises(edgekeep.Error) as caught:
            self.session.run(None, PAIR)
        self.assertEqual(caught.exception.name, "bad-state")

    def test_once_and_for_all(self) -> None:
        self.session.close()
        self.session.close()
        self.assert_closed()

    def test_with_its_block(self) -> None:
        with self.session as session:
            self.assertIs(session, self.session)
        self.assert_closed()

    def test_with_its_last_reference(self) -> None:
        def descriptors() -> int:
            return len(os.listdir("/proc/self/fd"))
        before = descriptors()
        session = edgekeep.InferenceSession("acme/fake", root=self.root)
        self.assertGreater(descriptors(), before)
        del session
        gc.collect()
        self.assertEqual(descriptors(), before)

    def test_in_the_child_only_of_a_fork(self) -> None:
        session = self.session
        self.assertEqual(self.refusal_in_a_forked_child(session, lambda: session.run(None, PAIR)), "bad-state")
        self.assert_computes()  # what the child closed was not the parent's


if __name__ == "__main__":
    unittest.main()
