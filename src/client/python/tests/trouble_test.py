"""Keeps and cells that refuse, stay silent or end: one clear exception each."""
from __future__ import annotations

import pickle
import time
import unittest

import edgekeep
import numpy as np
from fake_keep import FakeKeepTest

PAIR = {"x": np.zeros((1, 4), np.float32), "k": np.int64(0)}


class Absent(unittest.TestCase):
    def test_is_said_with_what_to_do(self) -> None:
        with self.assertRaises(edgekeep.Error) as caught:
            edgekeep.InferenceSession("acme/fake", root="/nonexistent")
        error = caught.exception
        self.assertEqual((error.name, error.code), ("not-running", 28))
        self.assertIn("edgekeep-spawner", error.advice)
        self.assertEqual(str(error), f"not-running: {error.where}: {error.advice}")

    def test_errors_survive_pickling(self) -> None:
        for error in (edgekeep.Error(7, "licence"), edgekeep.InputError(20, "x"), edgekeep.TimedOut(17, "")):
            copy = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(copy), copy.code, copy.where), (type(error), error.code, error.where))

    def test_errors_are_of_their_python_kind(self) -> None:
        self.assertTrue(issubclass(edgekeep.InputError, ValueError))
        self.assertTrue(issubclass(edgekeep.TimedOut, TimeoutError))


class Refusing(FakeKeepTest):
    kind = "refusing"

    def test_tells_the_keeps_reason(self) -> None:
        with self.assertRaises(edgekeep.Error) as caught:
            edgekeep.InferenceSession("acme/fake", root=self.root)
        self.assertEqual((caught.exception.name, caught.exception.where), ("expired", "licence of acme/fake"))


class Silent(FakeKeepTest):
    kind = "silent"

    def test_ends_at_its_time_out(self) -> None:
        session = edgekeep.InferenceSession("acme/fake", root=self.root, timeout=0.2)
        began = time.monotonic()
        with self.assertRaises(edgekeep.TimedOut) as caught:
            session.run(None, PAIR)
        self.assertLess(time.monotonic() - began, 10)
        self.assertIn("timed-out", str(caught.exception))
        session.close()


class Dead(FakeKeepTest):
    kind = "dead"

    def test_is_gone_and_stays_so(self) -> None:
        session = edgekeep.InferenceSession("acme/fake", root=self.root, timeout=20)
        for _ in range(2):
            with self.assertRaises(edgekeep.Error) as caught:
                session.run(None, PAIR)
            self.assertEqual(caught.exception.name, "peer-gone")
        session.close()


if __name__ == "__main__":
    unittest.main()
