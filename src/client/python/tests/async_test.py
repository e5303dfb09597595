"""Calls that nobody waits for at once: answered, cancelled, timed out, with callbacks that misbehave."""
from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import threading
import unittest
from typing import Any

import edgekeep
import numpy as np
from fake_keep import FakeKeepTest


def feed(k: int) -> dict[str, Any]:
    return {"x": np.full((1 + k % 5, 4), k, np.float32), "k": np.int64(k)}


class AsyncTest(FakeKeepTest):
    max_calls = 4

    def setUp(self) -> None:
        super().setUp()
        self.session = self.open()
        self.addCleanup(self.session.close)

    def open(self) -> edgekeep.InferenceSession:
        return edgekeep.InferenceSession("acme/fake", root=self.root, max_calls=self.max_calls, timeout=20)

    def assert_answer(self, k: int, answers: list[Any]) -> None:
        y, n = answers
        self.assertTrue((y == 3 * k).all())
        self.assertEqual(n.tolist(), [1 + k % 5])

    def assert_computes(self) -> None:
        self.assert_answer(7, self.session.run(None, feed(7)))

    def assert_raises(self, name: str, call: edgekeep.Call) -> None:
        with self.assertRaises(edgekeep.Error) as caught:
            call.result(20)
        self.assertEqual(caught.exception.name, name)


class Answered(AsyncTest):
    def test_each_gets_its_own_and_more_than_there_are_places_wait(self) -> None:
        self.assertEqual(self.session.max_calls, 4)
        self.assertEqual(self.session.features, {"multi-page"})
        calls = [self.session.submit(None, feed(k)) for k in range(300)]
        for k, call in enumerate(calls):
            self.assert_answer(k, call.result(20))

    def test_of_outputs_by_name(self) -> None:
        self.assertEqual(self.session.submit(["n"], feed(3)).result(20)[0].tolist(), [4])
        self.assertEqual(self.session.submit([], feed(3)).result(20), [])

    def test_may_be_awaited(self) -> None:
        async def ask(k: int) -> None:
            self.assert_answer(k, await self.session.submit(None, feed(k)))

        async def ask_all() -> None:
            await asyncio.gather(*(ask(k) for k in range(50)))
        asyncio.run(ask_all())

    def test_by_callback_as_with_onnxruntime(self) -> None:
        told: list[tuple[int, list[Any], str]] = []
        all_told = threading.Semaphore(0)

        def callback(results: list[Any], user_data: int, err: str) -> None:
            told.append((user_data, results, err))
            all_told.release()

        for k in range(20):
            self.assertIsNone(self.session.run_async(None, feed(k), callback, k))  # type: ignore[func-returns-value]
        for _ in range(20):
            self.assertTrue(all_told.acquire(timeout=20))
        self.assertEqual(sorted(k for k, _, _ in told), list(range(20)))
        for k, results, err in told:
            self.assertEqual(err, "")
            self.assert_answer(k, results)

    def test_beside_threads_that_wait(self) -> None:
        def ask(k: int) -> None:
            if k % 2:
                self.assert_answer(k, self.session.run(None, feed(k)))
            else:
                self.assert_answer(k, self.session.submit(None, feed(k)).result(20))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(ask, k) for k in range(400)]:
                done.result(60)

    def test_though_the_session_is_nobodys_any_more(self) -> None:
        call = self.open().submit(None, feed(5))
        gc.collect()
        self.assert_answer(5, call.result(20))


class Misused(AsyncTest):
    def test_wrong_inputs_are_refused_at_once(self) -> None:
        x = feed(1)["x"]
        for wrong in ({}, {"x": x}, {**feed(1), "z": x}, {**feed(1), "x": x.astype(np.float64)}, {**feed(1), "x": x[0]},
                      {**feed(1), "x": "text"}, {**feed(1), "x": None}, {**feed(1), "k": x}):
            with self.assertRaises(edgekeep.InputError):
                self.session.submit(None, wrong)
            with self.assertRaises(edgekeep.InputError):
                self.session.run_async(None, wrong, lambda *told: self.fail("called back"), None)
        for _ in range(2 * self.max_calls):  # nothing above took a place
            self.assert_computes()

    def test_wrong_outputs_and_time_outs_are_refused_at_once(self) -> None:
        for names, timeout in ((["z"], None), ("y", None), (None, 0), (None, -1), (None, float("nan"))):
            with self.assertRaises(edgekeep.Error):
                self.session.submit(names, feed(1), timeout=timeout)
        self.assert_computes()

    def test_more_than_the_ring_holds(self) -> None:
        with self.assertRaises(edgekeep.Error) as caught:
            self.session.submit(None, {**feed(1), "x": np.zeros((1 << 20, 4), np.float32)})
        self.assertEqual(caught.exception.name, "too-large")
        self.assert_computes()

    def test_numbers_of_calls_that_cannot_be(self) -> None:
        for max_calls in (-1, 1 << 32):
            with self.assertRaises(edgekeep.Error):
                edgekeep.InferenceSession("acme/fake", root=self.root, max_calls=max_calls)

    def test_arrays_that_are_not_dense(self) -> None:
        x = np.arange(16, dtype=np.float32).reshape(2, 8)[:, ::2]
        self.assertFalse(x.flags.c_contiguous)
        [y] = self.session.submit(["y"], {"x": x, "k": np.int64(1)}).result(20)
        np.testing.assert_array_equal(y, 2 * x + 1)
        [y] = self.session.submit(["y"], {"x": np.asfortranarray(x).astype(">f4"), "k": np.int64(1)}).result(20)
        np.testing.assert_array_equal(y, 2 * x + 1)

    def test_exceptions_in_callbacks_are_logged_and_harm_nobody(self) -> None:
        def callback(results: list[Any], user_data: object, err: str) -> None:
            raise RuntimeError("of the callback")
        with self.assertLogs("concurrent.futures", "ERROR") as logged:
            for k in range(3 * self.max_calls):
                self.session.run_async(None, feed(k), callback, None)
            self.session.submit(None, feed(1)).result(20)
            self.eventually(lambda: len(logged.records) == 3 * self.max_calls)
        self.assert_computes()

    def test_slow_callbacks_take_no_more_threads_than_there_are_places(self) -> None:
        may_return = threading.Event()
        before = threading.active_count()
        calls = 2 * self.max_calls  # as many in callbacks, as many in places
        for k in range(calls):
            self.session.run_async(None, feed(k), lambda *told: may_return.wait(20), None)
        with self.assertRaises(edgekeep.TimedOut):
            self.session.submit(None, feed(1), timeout=0.3)
        self.assertLessEqual(threading.active_count() - before, self.max_calls)
        may_return.set()
        self.assert_computes()

    def test_a_callback_may_close_the_session(self) -> None:
        closed = threading.Event()

        def callback(results: list[Any], user_data: object, err: str) -> None:
            self.session.close()
            closed.set()
        self.session.run_async(None, feed(1), callback, None)
        self.assertTrue(closed.wait(20))
        with self.assertRaises(edgekeep.Error) as caught:
            self.session.submit(None, feed(1))
        self.assertEqual(caught.exception.name, "bad-state")

    def test_threads_end_with_the_session(self) -> None:
        def threads() -> int:
            return sum(thread.name == "edgekeep acme/fake" for thread in threading.enumerate())
        concurrent.futures.wait([self.session.submit(None, feed(k)) for k in range(20)])
        self.assertGreater(threads(), 0)
        self.session.close()
        self.eventually(lambda: threads() == 0)

    def test_in_the_child_of_a_fork_it_is_the_parents(self) -> None:
        session = self.session
        self.assertEqual(self.refusal_in_a_forked_child(session, lambda: session.submit(None, feed(1))), "bad-state")
        self.assert_computes()


class GivenUp(AsyncTest):
    kind = "held"
    max_calls = 2

    def test_cancelled_calls_give_their_places_back(self) -> None:
        first = self.session.submit(None, feed(1))
        second = self.session.submit(None, feed(2))
        self.assertTrue(second.cancel())
        self.assertTrue(second.cancelled())
        self.assertFalse(first.done())
        self.let_answer(2)
        self.assert_answer(1, first.result(20))
        self.assertFalse(first.cancel())
        with self.assertRaises(concurrent.futures.CancelledError):
            second.result(20)
        self.assertEqual(concurrent.futures.wait([first, second], 20).not_done, set())
        self.let_answer(3)
        for k in range(3):
            self.assert_answer(k, self.session.submit(None, feed(k)).result(20))

    def test_a_cancelled_task_cancels_its_call(self) -> None:
        async def give_up() -> edgekeep.Call:
            call = self.session.submit(None, feed(1))

            async def ask() -> None:
                await call
            task = asyncio.ensure_future(ask())
            await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            return call
        self.assertTrue(asyncio.run(give_up()).cancelled())
        self.let_answer(2)
        self.assert_computes()

    def test_a_call_that_times_out_says_so_and_its_place_comes_back(self) -> None:
        self.assert_raises("timed-out", self.session.submit(None, feed(1), timeout=0.2))
        self.let_answer(2)
        self.assert_computes()

    def test_waiting_for_a_place_has_the_same_end(self) -> None:
        calls = [self.session.submit(None, feed(k)) for k in range(2)]
        with self.assertRaises(edgekeep.TimedOut):
            self.session.submit(None, feed(3), timeout=0.2)
        self.let_answer(2)
        for k, call in enumerate(calls):
            self.assert_answer(k, call.result(20))

    def test_closing_cancels_and_tells(self) -> None:
        told: list[tuple[list[Any], str]] = []
        called = threading.Event()

        def callback(results: list[Any], user_data: object, err: str) -> None:
            told.append((results, err))
            called.set()
        call = self.session.submit(None, feed(1))
        self.session.run_async(None, feed(1), callback, None)
        self.session.close()
        self.assertTrue(call.cancelled())
        self.assertTrue(called.wait(20))
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0][0], [])
        self.assertIn("the session was closed", told[0][1])

    def test_the_inputs_may_be_changed_at_once(self) -> None:
        x = np.ones((1, 4), np.float32)
        call = self.session.submit(["y"], {"x": x, "k": np.int64(0)})
        x[:] = 9
        self.let_answer(1)
        np.testing.assert_array_equal(call.result(20)[0], np.full((1, 4), 2, np.float32))


class Dead(AsyncTest):
    kind = "dead"

    def test_every_call_is_told(self) -> None:
        self.assert_raises("peer-gone", self.session.submit(None, feed(1)))
        errors: list[str] = []
        called = threading.Event()

        def callback(results: list[Any], user_data: object, err: str) -> None:
            errors.append(err)
            called.set()
        try:
            self.session.run_async(None, feed(1), callback, None)
            self.assertTrue(called.wait(20))
            self.assertTrue(errors[0].startswith("peer-gone"), errors)
        except edgekeep.Error as refused:  # it was known before the call
            self.assertEqual(refused.name, "peer-gone")


if __name__ == "__main__":
    unittest.main()
