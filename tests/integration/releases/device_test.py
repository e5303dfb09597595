"""SIGKILL of a whole device's keep, and of the courier, at steps of an install of a release: a step is a system call that
changes something outside the process. Wherever it was, the device serves the old version or the new one by itself, and
the install can be repeated."""
from __future__ import annotations

import collections
import collections.abc
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from people import BINARIES
from publishing import PRODUCT, Publishing

sys.path.append(str(pathlib.Path(__file__).parent.parent / "python"))
import device  # noqa: E402

# A keep has hundreds of steps: all of them are for EDGEKEEP_LONG.
KILLS = {"keep": 3, "courier": 3}
STEPS = {"keep": "openat,rename,renameat,renameat2,fsync,fdatasync,sendmsg,recvmsg,unlink,unlinkat,mkdirat,pwrite64,write",
         "courier": "openat,sendmsg,recvmsg,memfd_create"}
LIMIT = 60.0  # seconds; generous: a busy machine is no fault


def eventually(what: collections.abc.Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LIMIT
    while not what():
        if time.monotonic() > deadline:
            return what()
        time.sleep(0.02)
    return True


def killing_at(step: tuple[str, int]) -> tuple[str, str]:
    return "-e", f"inject={step[0]}:signal=SIGKILL:when={step[1]}"


def chosen(victim: str, steps: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """From the middles of as many parts as there are kills."""
    if "EDGEKEEP_LONG" in os.environ:
        return steps
    return [steps[len(steps) * (2 * part + 1) // (2 * KILLS[victim])] for part in range(KILLS[victim])]


class TwoReleases(Publishing):
    """The first one's repository is kept."""

    def __init__(self, home: pathlib.Path) -> None:
        self.publisher = device.Publisher(home / "publisher")
        super().__init__(home / "people", self.publisher.command, device.MODELS / "ch_ppocr_mobile_v2.0_cls_infer.onnx")
        self.first = home / "first"
        self.release(1)
        shutil.copytree(self.people.repository, self.first)
        self.release(2)


class KilledInstall(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        device.require_device(cls)
        if shutil.which("strace") is None:
            raise unittest.SkipTest("SKIP releases/device: strace is missing; run script/bootstrap")
        directory = tempfile.TemporaryDirectory(prefix="ek-released-")
        cls.addClassCleanup(directory.cleanup)
        cls.home = home = pathlib.Path(directory.name)
        home.chmod(0o755)
        cls.by = TwoReleases(home)
        cls.licence = home / "ocr.lic"
        made = device.Device(home / "made")
        try:
            made.edgekeep("device", "init", "--trust", cls.by.publisher.directory / "acme/publisher.ekt", "--release-root",
                          cls.by.people.root, "--policy", cls.by.policy)
            made.edgekeep("device", "show", "--request", "-o", home / "device.ekd")
            cls.by.publisher.command("licence", "issue", "--device", home / "device.ekd", "--product", PRODUCT, "-o",
                                     cls.licence)
            made.edgekeep("install", *cls.by.files(1), cls.licence, "--repository", cls.by.first)
        finally:
            made.stop()
        cls.install = ("install", *cls.by.files(2), cls.licence, "--repository", cls.by.people.repository)

    def begin(self) -> None:
        """The device as it was when it had the first release, anchor and all."""
        root = self.home / "device"
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(["cp", "-a", self.home / "made", root], check=True)
        self.device = device.Device(root)

    def run_edgekeep(self, *arguments: object, before: tuple[object, ...] = ()) -> subprocess.CompletedProcess[str]:
        command = [*before, BINARIES / "edgekeep", "--root", self.device.root, *arguments]
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=2 * LIMIT, check=False)

    def keep(self) -> str:
        found = subprocess.run(["pgrep", "-P", str(self.device.spawner), "-x", "edgekeep-keep"], capture_output=True,
                               text=True, check=False)
        return found.stdout.strip()

    def traced(self, victim: str, *inject: str) -> subprocess.CompletedProcess[str]:
        """Installs the second release while strace notes the victim's steps, or kills it at one."""
        strace = ("strace", "-f", "-q", "-e", "signal=none", "-e", f"trace={STEPS[victim]}", *inject, "-o",
                  self.home / "steps")
        if victim == "courier":
            return self.run_edgekeep(*self.install, before=strace)
        keep = self.keep()
        status = pathlib.Path("/proc", keep, "status")
        with subprocess.Popen([*strace, "-p", keep], stderr=subprocess.DEVNULL) as tracer:
            try:
                self.assertTrue(eventually(lambda: f"TracerPid:\t{tracer.pid}\n" in status.read_text()))
                return self.run_edgekeep(*self.install)
            finally:
                # Asked to end, it waits for the first of the threads that it follows, which a dying keep's never is.
                tracer.kill()

    def steps(self, victim: str) -> list[tuple[str, int]]:
        """What a thread did for the nth time, in the order in which it happened (as tests/support/steps.h)."""
        self.begin()
        done = self.traced(victim)
        self.device.stop()
        self.assertEqual(done.returncode, 0, done.stderr)
        made: collections.Counter[tuple[str, str]] = collections.Counter()
        steps: dict[tuple[str, int], None] = {}
        for line in (self.home / "steps").read_text().splitlines():
            thread, call = line.split(maxsplit=1)
            name, bracket, _ = call.partition("(")
            if bracket and name.replace("_", "").isalnum():
                made[thread, name] += 1
                steps.setdefault((name, made[thread, name]))
        return list(steps)

    def version(self) -> str:
        return self.run_edgekeep("status").stdout.partition(PRODUCT)[2].split()[0]

    def check(self, versions: tuple[str, ...]) -> None:
        self.assertIn(self.version(), versions)
        served = self.run_edgekeep("run", PRODUCT, "--random", 1)
        self.assertEqual(served.returncode, 0, served.stderr)

    def install_again(self) -> None:
        again = self.run_edgekeep(*self.install)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(self.version(), "2")

    def kill_keep_at(self, step: tuple[str, int]) -> bool:
        """Whether it hit."""
        self.begin()
        try:
            keep = self.keep()
            done = self.traced("keep", *killing_at(step))
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertLessEqual(done.stderr.count("\n"), 1, done.stderr)
            hit = done.returncode == 1
            if hit:
                self.assertTrue(eventually(lambda: self.keep() not in ("", keep)), "the spawner starts it again")
            self.assertTrue(eventually(lambda: self.run_edgekeep("status").returncode == 0))
            self.check(("1", "2") if hit else ("2",))
            self.install_again()
            return hit
        finally:
            self.device.stop()

    def test_of_the_keep_leaves_the_old_release_or_the_new_one(self) -> None:
        steps = self.steps("keep")
        hits = 0
        for step in chosen("keep", steps):
            with self.subTest(step=step):
                hits += self.kill_keep_at(step)
        self.assertGreater(hits, 0, "no kill ever hit: the test tests nothing")
        print(f"keep: {len(steps)} steps, {hits} installs ended by a kill")

    def test_of_the_courier_leaves_the_old_release_or_the_new_one(self) -> None:
        steps = self.steps("courier")
        self.begin()
        try:
            for step in chosen("courier", steps):
                with self.subTest(step=step):
                    self.kill_courier_at(step)
            self.install_again()
        finally:
            self.device.stop()

    def kill_courier_at(self, step: tuple[str, int]) -> None:
        keep = self.keep()
        if self.traced("courier", *killing_at(step)).returncode == 0:
            # What it brought before it was killed it need not bring again: that has fewer steps.
            self.device.stop()
            self.begin()
            keep = self.keep()
            self.assertNotIn(self.traced("courier", *killing_at(step)).returncode, (0, 1), "it was killed")
        self.check(("1", "2"))
        self.assertEqual(self.keep(), keep, "the keep goes on")


if __name__ == "__main__":
    unittest.main()
