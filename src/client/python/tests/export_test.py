"""Exports that are refused; what is handed out takes a real device (tests/integration/python)."""
from __future__ import annotations

import os
import unittest
from typing import Any

import edgekeep
from fake_keep import FakeKeepTest


class Refusing(FakeKeepTest):
    kind = "refusing"

    def assert_refused(self, name: str, *arguments: Any) -> None:
        before = len(os.listdir("/proc/self/fd"))
        with self.assertRaises(edgekeep.Error) as caught:
            edgekeep.export(*arguments, root=self.root)
        self.assertEqual(caught.exception.name, name)
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)

    def test_tells_the_keeps_reason(self) -> None:
        self.assert_refused("expired", "acme/fake")
        self.assert_refused("expired", "acme/fake", [None, "words.txt"])

    def test_arguments_that_cannot_be(self) -> None:
        for paths in ("words.txt", [], [None] * 65, ["a\0b"]):
            self.assert_refused("bad-argument", "acme/fake", paths)
        self.assert_refused("bad-argument", "acme")
        self.assert_refused("bad-argument", "acme/fake\0")


if __name__ == "__main__":
    unittest.main()
