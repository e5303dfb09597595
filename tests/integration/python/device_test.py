"""The installed package on a real device: sealed models answer as the unprotected engine does, and end when closed."""
from __future__ import annotations

import grp
import os
import pathlib
import re
import subprocess
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from device import MODELS, Device, Publisher, require_device
from programs import BINARIES, PYTHON, SOURCE, run, temporary_directory, use_installed_package

TEXT = MODELS / "ch_PP-OCRv4_rec_infer.onnx"
DIRECTION = MODELS / "ch_ppocr_mobile_v2.0_cls_infer.onnx"
TEXT_SHAPE = (1, 3, 48, 320)
DIRECTION_SHAPE = (1, 3, 48, 192)


class OnADevice(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        require_device(cls)
        cls.site = use_installed_package(cls)
        cls.directory = temporary_directory(cls)
        cls.device = Device(cls.directory / "device")
        cls.addClassCleanup(cls.device.stop)
        publisher = Publisher(cls.directory / "publisher")
        publisher.initialise(cls.device)
        publisher.provide(cls.device, "label-ocr", TEXT)
        publisher.provide(cls.device, "label-direction", DIRECTION)
        policy = cls.directory / "receipts.json"
        policy.write_text('{"receipts": true}')
        publisher.provide(cls.device, "receipted", DIRECTION, "--calls", "1", policy=policy)
        publisher.provide(cls.device, "exported", DIRECTION, "--allow-export")
        cls.request = publisher.directory / "device.ekd"

    def session(self, name: str, **options: Any) -> Any:
        import edgekeep
        session = edgekeep.InferenceSession(f"acme/{name}", root=self.device.root, threads=1, **options)
        self.addCleanup(session.close)
        return session

    def picture(self, shape: tuple[int, ...], seed: int = 1) -> Any:
        import numpy as np
        return np.random.default_rng(seed).random(shape, dtype=np.float32) * 2 - 1

    def plain_answer(self, model: pathlib.Path, picture: Any) -> bytes:
        given, answer = self.directory / "plain.in", self.directory / "plain.out"
        given.write_bytes(picture.tobytes())
        run(BINARIES / "edgekeep-plain-run", model, "x".join(map(str, picture.shape)), given, answer)
        return answer.read_bytes()

    def wait_for_open(self, count: int) -> None:
        """Until the keep counts so many sessions of label-direction."""
        end = time.monotonic() + 20
        while not re.search(rf"acme/label-direction .* {count} open", self.device.edgekeep("status")):
            self.assertLess(time.monotonic(), end, f"{count} sessions")

    def test_answers_equal_the_unprotected_engines_bit_for_bit(self) -> None:
        for name, model, shape in (("label-ocr", TEXT, TEXT_SHAPE), ("label-direction", DIRECTION, DIRECTION_SHAPE)):
            session = self.session(name)
            [node] = session.get_inputs()
            self.assertEqual((node.name, node.type, len(node.shape)), ("x", "tensor(float)", 4))
            picture = self.picture(shape)
            [answer] = session.run(None, {"x": picture})
            plain = self.plain_answer(model, picture)
            self.assertGreater(len(plain), 0)
            self.assertEqual(answer.tobytes(), plain, name)
            other = self.picture(shape, seed=2)
            self.assertNotEqual(session.run(None, {"x": other})[0].tobytes(), plain)  # the comparison can fail

    def test_threads_that_share_a_session_get_their_own_answers(self) -> None:
        session = self.session("label-direction")
        pictures = [self.picture(DIRECTION_SHAPE, seed) for seed in range(4)]
        expected = [self.plain_answer(DIRECTION, picture) for picture in pictures]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda i: session.run(None, {"x": pictures[i % 4]})[0].tobytes(), range(40)))
        self.assertEqual(answers, expected * 10)

    def test_calls_that_nobody_waits_for_get_their_own_answers(self) -> None:
        import asyncio
        session = self.session("label-direction", max_calls=4)
        pictures = [self.picture(DIRECTION_SHAPE, seed) for seed in range(4)]
        expected = [self.plain_answer(DIRECTION, picture) for picture in pictures]

        async def ask(i: int) -> bytes:
            return (await session.submit(None, {"x": pictures[i % 4]}))[0].tobytes()

        async def ask_all() -> list[bytes]:
            return await asyncio.gather(*(ask(i) for i in range(40)))
        self.assertEqual(asyncio.run(ask_all()), expected * 10)

    def test_says_what_it_is_and_computes_on(self) -> None:
        session = self.session("label-direction")
        self.assertEqual(session.get_providers(), ["CPUExecutionProvider"])
        about = session.get_modelmeta()
        self.assertEqual((about.producer_name, about.graph_name, about.description, about.version),
                         ("acme", "label-direction", "1.0", 1))

    def test_a_file_leaves_where_the_licence_allows_it_only(self) -> None:
        import edgekeep
        [model] = edgekeep.export("acme/exported", root=self.device.root)
        with model:
            self.assertEqual(model.read(), DIRECTION.read_bytes())
            named = subprocess.run(["/usr/bin/cmp", f"/proc/self/fd/{model.fileno()}", DIRECTION], pass_fds=[model.fileno()])
            self.assertEqual(named.returncode, 0)
            with self.assertRaises(OSError):
                os.pwrite(model.fileno(), b"x", 0)
        for product, paths, name in (("label-direction", [None], "forbidden"), ("nothing", [None], "not-found"),
                                     ("exported", ["absent.txt"], "not-found")):
            with self.assertRaises(edgekeep.Error) as caught:
                edgekeep.export(f"acme/{product}", paths, root=self.device.root)
            self.assertEqual(caught.exception.name, name)

    def test_refused_inputs_leave_the_session_usable(self) -> None:
        import edgekeep
        import numpy as np
        session = self.session("label-direction")
        good = self.picture(DIRECTION_SHAPE)
        for bad in ({}, {"y": good}, {"x": good.astype(np.float64)}, {"x": good[0]}, {"x": "text"}):
            with self.assertRaises(edgekeep.InputError):
                session.run(None, bad)
        self.assertEqual(session.run(None, {"x": good})[0].tobytes(), self.plain_answer(DIRECTION, good))

    def test_a_receipt_verifies_and_a_call_beyond_the_budget_is_refused_by_name(self) -> None:
        import edgekeep
        session = self.session("receipted")
        picture = self.picture(DIRECTION_SHAPE)
        [answer], receipt = session.run_with_receipt(None, {"x": picture})
        self.assertEqual(answer.tobytes(), self.plain_answer(DIRECTION, picture))
        path = self.directory / "r.ekr"
        path.write_bytes(receipt)
        told = run(BINARIES / "edgekeep-publisher", "receipt", "verify", path, "--request", self.request)
        self.assertIn("acme/receipted", told)
        with self.assertRaises(edgekeep.Error) as caught:
            session.run(None, {"x": picture})
        self.assertEqual(caught.exception.name, "over-budget")

    def test_not_a_number_is_an_ordinary_value(self) -> None:
        import numpy as np
        session = self.session("label-direction")
        picture = np.full(DIRECTION_SHAPE, np.nan, np.float32)
        self.assertEqual(session.run(None, {"x": picture})[0].tobytes(), self.plain_answer(DIRECTION, picture))

    def test_free_dimensions_change_from_run_to_run(self) -> None:
        session = self.session("label-ocr")
        for width in (320, 64, 480):
            picture = self.picture((1, 3, 48, width))
            [answer] = session.run(None, {"x": picture})
            self.assertEqual(answer.tobytes(), self.plain_answer(TEXT, picture), width)

    def test_closing_ends_the_session_at_the_keep(self) -> None:
        self.wait_for_open(0)  # what other tests had open
        with self.session("label-direction"):
            self.wait_for_open(1)
        self.wait_for_open(0)

    def test_the_example_reads_its_line(self) -> None:
        example = SOURCE / "examples/line-reader"
        line = run(PYTHON, "-B", example / "read_line.py", "--root", self.device.root, "--dictionary",
                   MODELS / "ppocr_keys_v1.txt", example / "line.png", env={**os.environ, "PYTHONPATH": str(self.site)})
        self.assertEqual(line, "EXP 2029-03-14\n")

    def test_stored_values_come_back_to_their_own_user_only(self) -> None:
        import edgekeep
        values = edgekeep.StoredValues(root=self.device.root)
        secret = bytearray(b"a secret\0of root's")
        values["token"] = secret
        values["empty"] = b""
        self.assertEqual(dict(values), {"token": bytes(secret), "empty": b""})
        self.assertEqual((values["token"], len(values), "other" in values), (bytes(secret), 2, False))
        room = bytearray(64)
        self.assertEqual(room[:values.read_into("token", room)], secret)
        changes = values.usage()["changes_left"]
        values["token"] = bytes(secret)
        self.assertEqual(values.usage()["changes_left"], changes, "what does not change costs nothing")
        script = ("import edgekeep, sys, os; os.setgid(int(sys.argv[2])); os.setuid(4201); values = edgekeep.StoredValues("
                  "root=sys.argv[1]); print(len(values), values.get('token'))")
        seen = run(PYTHON, "-B", "-c", script, self.device.root, grp.getgrnam("edgekeep").gr_gid,
                   env={"PYTHONPATH": str(self.site)})
        self.assertEqual(seen, "0 None\n")
        with self.assertRaises(KeyError):
            del values["other"]
        del values["empty"]
        values.clear()
        self.assertEqual(list(values), [])

    def test_the_pairing_example_finds_its_key_again(self) -> None:
        pairing = (PYTHON, "-B", SOURCE / "examples/stored-values/pairing.py", "--root", self.device.root)
        first = run(*pairing, env={"PYTHONPATH": str(self.site)})
        self.assertRegex(first, r"\Apaired as [0-9a-f]{8}\n\Z")
        self.assertEqual(run(*pairing, env={"PYTHONPATH": str(self.site)}), first)

    def test_what_is_not_installed_is_not_found(self) -> None:
        import edgekeep
        with self.assertRaises(edgekeep.Error) as caught:
            edgekeep.InferenceSession("acme/nothing", root=self.device.root)
        self.assertEqual(caught.exception.name, "not-found")

    def test_a_cell_that_is_killed_has_a_successor_and_the_session_goes_on(self) -> None:
        session = self.session("label-direction")
        before = session.run(None, {"x": self.picture(DIRECTION_SHAPE)})
        self.kill_cells()
        after = self.run_with_patience(session, {"x": self.picture(DIRECTION_SHAPE)})
        self.assertEqual(before[0].tobytes(), after[0].tobytes())

    def run_with_patience(self, session, inputs):
        """Refusals by name only, until there is a cell again."""
        import edgekeep
        end = time.monotonic() + 60
        while True:
            try:
                return session.run(None, inputs)
            except edgekeep.Error as refusal:
                self.assertIn(refusal.name, ("peer-gone", "busy"))
                self.assertLess(time.monotonic(), end)

    def kill_cells(self) -> None:
        """Those of this device: another one's may run beside."""
        spawner = str(self.device.spawner)
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                fields = (process / "stat").read_text().rsplit(")", 1)
            except OSError:
                continue
            if fields[0].endswith("(edgekeep-cell") and fields[1].split()[1] == spawner:
                subprocess.run(["kill", "-KILL", process.name], check=True)


if __name__ == "__main__":
    unittest.main()
