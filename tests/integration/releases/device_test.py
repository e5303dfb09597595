"""SIGKILL of a whole device's keep, and of the courier, at steps of an install of a release, of a licence's renewal and of
the device's retirement: a step is a system call that changes something outside the process. Wherever it was, the device
is as before or as asked for by itself, and whoever asks again gets there. What retired is refused then."""
from __future__ import annotations

import collections
import collections.abc
import json
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
        super().__init__(home / "people", self.publisher.command, device.MODELS / "ch_ppocr_mobile_v2.0_cls_infer.onnx",
                         "--may-order", "retire=2:root")
        self.first = home / "first"
        self.release(1)
        shutil.copytree(self.people.repository, self.first)
        self.release(2)

    def retirement(self, device_id: str) -> pathlib.Path:
        """The order to retire, by two of the root's holders."""
        people, folder, order = self.people, self.home / "order", self.home / "retire.eko"
        judged = ("--policy", self.policy, "--root", people.root)
        people.run("write", "retire", "--device", device_id, "--sequence", 1, *judged, "-o", folder, group="order")
        digest = people.run("show", folder, *judged, group="order")["digest"]
        for name in ("alice", "bob"):
            people.run("sign", folder, *judged, "--digest", digest, *people.as_holder(name), group="order")
        people.run("finish", folder, *judged, "-o", order, group="order")
        return order


class KilledDevice(unittest.TestCase):
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
                                     cls.licence, "--transferable")
            made.edgekeep("install", *cls.by.files(1), cls.licence, "--repository", cls.by.first)
            made.edgekeep("licence", "renew-request", "--product", PRODUCT, "-o", home / "renew.ekr")
            cls.order = cls.by.retirement(json.loads(made.edgekeep("status", "--json"))["device"])
        finally:
            made.stop()
        cls.by.publisher.command("licence", "renew", home / "renew.ekr", "-o", home / "renewed.lic")
        cls.install = ("install", *cls.by.files(2), cls.licence, "--repository", cls.by.people.repository)

    def begin(self) -> None:
        """The device as it was when it had the first release, anchor and all."""
        for certificate in self.home.glob("*.ekx"):  # which are never overwritten
            certificate.unlink()
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

    def traced(self, victim: str, *inject: str, asked: tuple[object, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Asks, for the second release if for nothing else, while strace notes the victim's steps, or kills it at one."""
        strace = ("strace", "-f", "-q", "-e", "signal=none", "-e", f"trace={STEPS[victim]}", *inject, "-o",
                  self.home / "steps")
        if victim == "courier":
            return self.run_edgekeep(*(asked or self.install), before=strace)
        keep = self.keep()
        status = pathlib.Path("/proc", keep, "status")
        with subprocess.Popen([*strace, "-p", keep], stderr=subprocess.DEVNULL) as tracer:
            try:
                self.assertTrue(eventually(lambda: f"TracerPid:\t{tracer.pid}\n" in status.read_text()))
                return self.run_edgekeep(*(asked or self.install))
            finally:
                # Asked to end, it waits for the first of the threads that it follows, which a dying keep's never is.
                tracer.kill()

    def steps(self, victim: str, asked: tuple[object, ...] = ()) -> list[tuple[str, int]]:
        """What a thread did for the nth time, in the order in which it happened (as tests/support/steps.h)."""
        self.begin()
        done = self.traced(victim, asked=asked)
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

    def kill_keep_at(self, step: tuple[str, int], asked: tuple[object, ...] = ()) -> bool:
        """Whether it hit. The device was begun; another keep may be there afterwards."""
        keep = self.keep()
        done = self.traced("keep", *killing_at(step), asked=asked)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertLessEqual(done.stderr.count("\n"), 1, done.stderr)
        if done.returncode == 1:
            self.assertTrue(eventually(lambda: self.keep() not in ("", keep)), "the spawner starts it again")
        return done.returncode == 1

    def killed_at_each(self, asked: tuple[object, ...], then: collections.abc.Callable[[bool], None]) -> None:
        """The keep, at the chosen steps of what it is asked for, and what is to be said of each device then."""
        steps, hits = self.steps("keep", asked), 0
        for step in chosen("keep", steps):
            with self.subTest(step=step):
                self.begin()
                try:
                    hit = self.kill_keep_at(step, asked)
                    then(hit)
                    hits += hit
                finally:
                    self.device.stop()
        self.assertGreater(hits, 0, "no kill ever hit: the test tests nothing")
        print(f"keep: {len(steps)} steps, {hits} ended by a kill")

    def test_of_the_keep_leaves_the_old_release_or_the_new_one(self) -> None:
        def then(hit: bool) -> None:
            self.assertTrue(eventually(lambda: self.run_edgekeep("status").returncode == 0))
            self.check(("1", "2") if hit else ("2",))
            self.install_again()

        self.killed_at_each((), then)

    def test_of_the_keep_leaves_a_licence_that_holds_when_it_is_renewed(self) -> None:
        asked = ("licence", "install", self.home / "renewed.lic")

        def then(_: bool) -> None:
            self.assertTrue(eventually(lambda: self.run_edgekeep("status").returncode == 0))
            self.check(("1",))
            again = self.run_edgekeep(*asked)
            self.assertEqual(again.returncode, 0, again.stderr)
            self.check(("1",))

        self.killed_at_each(asked, then)

    def retire(self, certificate: pathlib.Path) -> tuple[object, ...]:
        return ("device", "retire", self.order, "--certificate", certificate)

    def test_of_the_keep_ends_with_a_retirement_that_is_whole(self) -> None:
        def then(_: bool) -> None:
            # Begun or not, and however far: the same order ends it.
            self.assertTrue(eventually(lambda: self.run_edgekeep(*self.retire(self.home / "again.ekx")).returncode == 0))
            store = self.device.root / "var/lib/edgekeep/keep/store"
            self.assertTrue(eventually(lambda: [file.name for file in store.rglob("*") if file.is_file()] == ["certificate"]))
            self.by.people.run("verify", self.home / "again.ekx", "--policy", self.by.policy, "--root", self.by.people.root,
                               group="retirement")
            self.assertTrue(eventually(lambda: "was retired" in self.run_edgekeep("status").stderr))

        self.killed_at_each(self.retire(self.home / "first.ekx"), then)

    def publisher(self, *command: object) -> subprocess.CompletedProcess[str]:
        acme = self.by.publisher.directory
        secret = () if command[0] == "attest" else ("--publisher", acme / "acme", "--passphrase-file", acme / "passphrase")
        return subprocess.run(list(map(str, [BINARIES / "edgekeep-publisher", *command, *secret])), capture_output=True,
                              text=True, timeout=2 * LIMIT, check=False)

    def judge(self, *command: object, retired: tuple[object, ...] = (), expect: int) -> None:
        done = self.publisher(*command, *retired)
        self.assertEqual(done.returncode, expect, (command, done.stdout, done.stderr))
        if expect == 1:
            self.assertIn("retired", done.stdout + done.stderr)

    def test_what_retired_is_refused_by_every_command_that_takes_devices(self) -> None:
        h = self.home
        begun = ("attest", "enrol", "begin", h / "d.ekk", "--challenge")
        finished = ("attest", "enrol", "finish", h / "d.answer", "--keys", h / "d.ekk", "--challenge", h / "d.secret", "-o")
        self.begin()
        try:
            self.run_edgekeep("device", "show", "--attestation-keys", "-o", h / "d.ekk")
            self.judge(*begun, h / "d.secret", "-o", h / "d.eka", expect=0)
            self.run_edgekeep("device", "attest", "--activation", h / "d.eka", "-o", h / "d.answer")
            self.judge(*finished, h / "d.eke", expect=0)
            self.judge("attest", "challenge", "-o", h / "c.ekc", expect=0)
            self.judge("attest", "policy", "--allow-development", "-o", h / "p.ekq", expect=0)
            self.run_edgekeep("device", "attest", "--challenge", h / "c.ekc", "-o", h / "e.ekv")
            self.run_edgekeep("licence", "return", "--product", PRODUCT, "-o", h / "receipt.ekr")
            self.assertEqual(self.run_edgekeep(*self.retire(h / "device.ekx")).returncode, 0)
        finally:
            self.device.stop()
        shown = ("--retired", h / "device.ekx")
        for command in (
                ("licence", "renew", h / "renew.ekr", "-o", h / "r.lic"),
                (*begun, h / "other.secret", "-o", h / "other.eka"),
                (*finished, h / "other.eke"),
                ("attest", "verify", h / "e.ekv", "--challenge", h / "c.ekc", "--enrolment", h / "d.eke", "--policy", h / "p.ekq"),
                ("licence", "issue", "--device", h / "device.ekd", "--product", PRODUCT, "-o", h / "l.lic")):
            self.judge(*command, retired=shown, expect=1)
            self.judge(*command, expect=0)  # control
        (h / "certificates").mkdir()
        shutil.copy(h / "device.ekx", h / "certificates")
        shown = ("--retired", h / "certificates")  # a directory of nothing else
        moved = ("licence", "transfer", h / "receipt.ekr", "--device", h / "device.ekd", "-o", h / "t.lic")
        self.judge(*moved, retired=shown, expect=1)

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
