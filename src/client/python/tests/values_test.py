"""Stored values that are refused; what is stored takes a real device (tests/integration/python)."""
from __future__ import annotations

import unittest
from collections.abc import Callable

import edgekeep
from fake_keep import FakeKeepTest


class Refusing(FakeKeepTest):
    kind = "refusing"

    def setUp(self) -> None:
        super().setUp()
        self.values = edgekeep.StoredValues(root=self.root)

    def assert_refused(self, name: str, ask: Callable[[], object]) -> None:
        with self.assertRaises(edgekeep.Error) as caught:
            ask()
        self.assertEqual(caught.exception.name, name)
        self.assertNotIn("a secret", str(caught.exception))

    def test_tells_the_keeps_reason(self) -> None:
        for value in (b"a secret", bytearray(b"a secret"), memoryview(b"a secret")[2:], b""):
            self.assert_refused("expired", lambda: self.values.__setitem__("token", value))
        self.assert_refused("expired", lambda: self.values["token"])
        self.assert_refused("expired", lambda: self.values.get("token"))
        self.assert_refused("expired", lambda: self.values.__delitem__("token"))
        self.assert_refused("expired", self.values.clear)
        self.assert_refused("expired", lambda: list(self.values))
        self.assert_refused("expired", self.values.usage)

    def test_arguments_that_cannot_be(self) -> None:
        for name in ("", "a/b", "a b", "ä", "a\0b", "n" * 64):
            self.assert_refused("bad-argument", lambda: self.values[name])
        self.assert_refused("too-large", lambda: self.values.__setitem__("token", bytes(16385)))
        self.assert_refused("bad-argument", lambda: self.values.read_into("token", memoryview(b"1234")))
        with self.assertRaises(TypeError):
            self.values[1]  # type: ignore[index]
        with self.assertRaises(TypeError):
            self.values["token"] = "text"  # type: ignore[assignment]


if __name__ == "__main__":
    unittest.main()
