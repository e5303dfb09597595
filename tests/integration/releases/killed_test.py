"""Publishing and finishing a root, killed at each step that changes something on the disk."""
from __future__ import annotations

import collections
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from people import BINARIES, People, Refused

STEPS = ("mkdir", "pwrite64", "write", "fsync", "linkat", "rename")
KILLS = 3  # of each command; with EDGEKEEP_LONG, every one


@unittest.skipUnless(shutil.which("strace"), "SKIP killed releases: strace is missing; run script/bootstrap")
class KilledReleases(unittest.TestCase):
    """A repository with one release, and a second one that is approved."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory(prefix="ek-killed-")
        cls.home = pathlib.Path(cls.directory.name)
        cls.people = People(cls.home)
        cls.people.init_root(cls.home / "ceremony", "alice", "bob", "carol")
        cls.people.finish_root(cls.home / "ceremony", cls.people.root)
        cls.files = cls.home / "files"
        cls.files.mkdir()
        (cls.files / "model.bin").write_bytes(b"a model" * 1000)
        cls.people.propose(cls.home / "first", "erin", 1, cls.files / "model.bin")
        for name in ("alice", "bob"):
            cls.people.approve(cls.home / "first", cls.files, name)
        cls.people.publish(cls.home / "first", cls.files)
        (cls.files / "model.bin").write_bytes(b"B model" * 1000)
        cls.second = cls.home / "second"
        cls.people.propose(cls.second, "erin", 2, cls.files / "model.bin")
        for name in ("alice", "carol"):
            cls.people.approve(cls.second, cls.files, name)
        cls.whole = cls.home / "repository-with-one-release"
        shutil.copytree(cls.people.repository, cls.whole)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.directory.cleanup()

    def restore(self) -> None:
        shutil.rmtree(self.people.repository)
        shutil.copytree(self.whole, self.people.repository)

    @staticmethod
    def traced(options: list[str], arguments: tuple[object, ...]) -> int:
        command = ["strace", "-f", "-qq", *options, BINARIES / "edgekeep-publisher", "release", *arguments]
        return subprocess.run(list(map(str, command)), capture_output=True, timeout=300, check=False).returncode

    def steps(self, arguments: tuple[object, ...]) -> list[tuple[str, int]]:
        """Which calls of which name change something, numbered as strace counts them; some of them."""
        log = self.home / "strace"
        self.assertEqual(self.traced(["-o", str(log), "-e", "trace=" + ",".join(STEPS)], arguments), 0)
        counts: collections.Counter[str] = collections.Counter()
        steps = []
        for name in re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE):
            counts[name] += 1
            steps.append((name, counts[name]))
        self.assertGreater(len(steps), 2 * KILLS)
        stride = 1 if "EDGEKEEP_LONG" in os.environ else len(steps) // KILLS
        return steps[stride // 2::stride]

    def kill(self, step: tuple[str, int], arguments: tuple[object, ...]) -> None:
        name, number = step
        code = self.traced(["-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={number}"], arguments)
        self.assertNotEqual(code, 0, step)

    def publish_arguments(self) -> tuple[object, ...]:
        return ("publish", self.second, *self.people.means(self.files), *self.people.as_holder("online"))

    def test_publishing_leaves_one_release_or_the_other_and_is_repeated(self) -> None:
        self.restore()
        for step in self.steps(self.publish_arguments()):
            with self.subTest(step=step):
                self.restore()
                self.kill(step, self.publish_arguments())
                released = self.people.verify()["targets"]
                self.assertIn(released, (1, 2))
                if released == 1:
                    self.people.publish(self.second, self.files)
                self.assertEqual(self.people.verify()["targets"], 2)

    def test_finishing_a_root_leaves_one_root_or_the_other_and_is_repeated(self) -> None:
        folder, root = self.home / "renewal", ("--root", self.people.root)
        self.people.run("change-root", *root, "-o", folder)
        for name in ("alice", "bob", "carol"):
            self.people.sign_root(folder, name, *root)

        def arguments(number: int) -> tuple[object, ...]:
            return ("finish-root", folder, *root, "--repository", self.people.repository, "-o",
                    self.home / f"renewed-{number}.root.json")

        self.restore()
        for number, step in enumerate(self.steps(arguments(0)), 1):
            with self.subTest(step=step):
                self.restore()
                self.kill(step, arguments(number))
                self.assertIn(self.people.verify()["root"], (1, 2))
                if not (self.home / f"renewed-{number}.root.json").exists():
                    self.people.run(*arguments(number))
                self.assertEqual(self.people.verify()["root"], 2)

    def test_control_a_release_that_is_half_there_is_found(self) -> None:
        self.restore()
        self.people.publish(self.second, self.files)
        self.assertEqual(self.people.verify()["targets"], 2)
        (self.people.repository / "metadata" / "2.snapshot.json").unlink()
        with self.assertRaises(Refused):
            self.people.verify()


if __name__ == "__main__":
    unittest.main()
