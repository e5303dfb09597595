"""A device of the test's own, for tests that need no root and no model."""
from __future__ import annotations

import multiprocessing
import os
import subprocess
import time
import unittest
from collections.abc import Callable

import edgekeep


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

    def refusal_in_a_forked_child(self, session: edgekeep.InferenceSession, ask: Callable[[], object]) -> str:
        """The name of the error that `ask` raises there; the child then closes `session`."""
        context = multiprocessing.get_context("fork")
        answers = context.SimpleQueue()

        def child() -> None:
            try:
                ask()
            except edgekeep.Error as error:
                answers.put(error.name)
            session.close()

        process = context.Process(target=child)
        process.start()
        name: str = answers.get()
        process.join(20)
        self.assertEqual(process.exitcode, 0)
        return name

    def end(self) -> None:
        assert self.keep.stdin and self.keep.stdout
        self.keep.stdin.close()
        self.keep.stdout.close()
        self.keep.wait(timeout=20)
