"""Interpreters that end, or are interrupted, while calls are under way."""
from __future__ import annotations

import signal
import subprocess
import sys
import unittest

from fake_keep import FakeKeepTest

PREAMBLE = """
import edgekeep, numpy as np, sys, threading
feed = {"x": np.zeros((1, 4), np.float32), "k": np.int64(0)}
session = edgekeep.InferenceSession("acme/fake", root=sys.argv[1], max_calls=4, timeout=600)
def begin(call):
    session.run_async(None, feed, call, None)
"""
LIMIT = 60  # far less than the calls' own time-out


class Exit(FakeKeepTest):
    kind = "silent"

    def start(self, program: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-B", "-W", "error", "-c", PREAMBLE + program, self.root], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def assert_ends(self, program: str, code: int, said: str) -> None:
        process = self.start(program)
        out, err = process.communicate(timeout=LIMIT)
        self.assertEqual((process.returncode, out, err), (code, said, ""))

    def test_with_calls_under_way_is_quick_and_clean(self) -> None:
        self.assert_ends("calls = [session.submit(None, feed) for _ in range(4)]; print('asked')", 0, "asked\n")

    def test_with_calls_nobody_keeps(self) -> None:
        self.assert_ends("for _ in range(4): session.submit(None, feed)\ndel session", 0, "")

    def test_tells_callbacks(self) -> None:
        self.assert_ends("begin(lambda results, data, err: print(results, err.split(':')[0]))", 0, "[] bad-state\n")

    def test_with_daemons_in_the_middle_of_a_run(self) -> None:
        self.assert_ends("""
begun = threading.Event()
def ask():
    begun.set()
    try: session.run(None, feed)
    except edgekeep.Error: pass
threading.Thread(target=ask, daemon=True).start()
begun.wait()
""", 0, "")

    def test_with_another_exit_code(self) -> None:
        self.assert_ends("session.submit(None, feed); sys.exit(3)", 3, "")

    def test_ctrl_c_gives_a_run_up(self) -> None:
        process = self.start("""
try:
    print("ready", flush=True)
    session.run(None, feed)
except KeyboardInterrupt: print("interrupted")
""")
        assert process.stdout and process.stderr
        self.assertEqual(process.stdout.readline(), "ready\n")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
        self.assertEqual((process.returncode, out, err), (0, "interrupted\n", ""))


if __name__ == "__main__":
    unittest.main()
