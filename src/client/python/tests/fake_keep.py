"""A device of the test's own, for tests that need no root and no model."""
from __future__ import annotations

import os
import subprocess
import time
import unittest
from collections.abc import Callable


class FakeKeepTest(unittest.TestCase):
    kind = "compute"

    def setUp(self) -> None:
        program = os.environ["EDGEKEEP_FAKE_KEEP"]
        self.keep = subprocess.Popen([program, self.kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        assert self.keep.stdout
        self.root = self.keep.stdout.readline().rstrip("\n")
        self.assertTrue(os.path.isdir(self.root), "the fake keep does not start")

    def let_answer(self, calls: int) -> None:
        """Of kind "held": so many calls more are answered."""
        assert self.keep.stdin
        self.keep.stdin.write("\n" * calls)
        self.keep.stdin.flush()

    def eventually(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def end(self) -> None:
        assert self.keep.stdin and self.keep.stdout
        self.keep.stdin.close()
        self.keep.stdout.close()
        self.keep.wait(timeout=20)
