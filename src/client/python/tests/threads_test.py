"""Threads that share one session, and what others do while one waits."""
from __future__ import annotations

import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

import edgekeep
import numpy as np
from fake_keep import FakeKeepTest


class Sharing(FakeKeepTest):
    def test_each_gets_its_own_answer(self) -> None:
        with edgekeep.InferenceSession("acme/fake", root=self.root, timeout=20) as session:
            def ask(number: int) -> bool:
                x = np.full((1 + number % 7, 4), number, np.float32)
                y, n = session.run(None, {"x": x, "k": np.int64(number)})
                return bool((y == 3 * number).all()) and n.tolist() == [len(x)]
            with ThreadPoolExecutor(8) as pool:
                self.assertTrue(all(pool.map(ask, range(2000))))

    def test_closing_waits_for_a_run_of_another(self) -> None:
        for _ in range(20):
            session = edgekeep.InferenceSession("acme/fake", root=self.root, timeout=20)
            ended: list[str] = []

            def ask() -> None:
                try:
                    while True:
                        session.run(None, {"x": np.zeros((1, 4), np.float32), "k": np.int64(0)})
                except edgekeep.Error as error:
                    ended.append(error.name)

            threads = [threading.Thread(target=ask) for _ in range(4)]
            for thread in threads:
                thread.start()
            session.close()
            for thread in threads:
                thread.join(20)
            self.assertEqual(ended, ["bad-state"] * 4)


class Waiting(FakeKeepTest):
    kind = "silent"

    def test_lets_other_threads_go_on(self) -> None:
        session = edgekeep.InferenceSession("acme/fake", root=self.root, timeout=1)
        outcome: list[str] = []

        def ask() -> None:
            try:
                session.run(None, {"x": np.zeros((1, 4), np.float32), "k": np.int64(0)})
            except edgekeep.Error as error:
                outcome.append(error.name)

        waiting = threading.Thread(target=ask)
        waiting.start()
        steps = 0
        while waiting.is_alive():  # were the interpreter's lock held, this would take no step before the time-out
            steps += 1
        self.assertGreater(steps, 1000)
        self.assertEqual(outcome, ["timed-out"])

    def test_for_the_session_ends_at_the_time_out_too(self) -> None:
        session = edgekeep.InferenceSession("acme/fake", root=self.root)
        names: list[str] = []

        def ask() -> None:
            try:
                session.run(None, {"x": np.zeros((1, 4), np.float32), "k": np.int64(0)}, timeout=0.5)
            except edgekeep.TimedOut as error:
                names.append(error.name)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        self.assertEqual(names, ["timed-out"] * 3)


if __name__ == "__main__":
    unittest.main()
