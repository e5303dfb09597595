"""A device, its owner's EST server, and the programs between them."""
from __future__ import annotations

import os
import pathlib
import pwd
import signal
import subprocess
import tempfile
import time
import unittest

from est_server import Authority, EstServer
from programs import BINARIES, run

ENGINE = pathlib.Path(os.environ["EDGEKEEP_ENGINE"])


def why_not() -> str:
    if os.geteuid() != 0:
        return "needs root"
    try:
        pwd.getpwnam("edgekeep-keep")
    except KeyError:
        return "no user edgekeep-keep; run script/bootstrap test"
    return ""


class OwnedDevice(unittest.TestCase):
    """One device for all: each test goes on from whatever certificate it has, or none."""

    @classmethod
    def setUpClass(cls) -> None:
        directory = tempfile.TemporaryDirectory(prefix="ek-est-")
        cls.addClassCleanup(directory.cleanup)
        cls.home = pathlib.Path(directory.name)
        cls.home.chmod(0o755)
        (cls.home / "passphrase").write_text("correct horse battery staple\n")
        (cls.home / "passphrase").chmod(0o600)
        run("edgekeep-publisher", "publisher", "init", cls.home / "acme", "--name", "acme", "--passphrase-file",
            cls.home / "passphrase", "--key-file-memory", 19, "--key-file-passes", 2)
        cls.owner, cls.other = Authority("Owner"), Authority("Owner")
        (cls.home / "ca.pem").write_bytes(cls.owner.pem())
        (cls.home / "other.pem").write_bytes(cls.other.pem())
        cls.server = EstServer(cls.owner, cls.home)
        cls.addClassCleanup(cls.server.end)
        cls.start_device()

    @classmethod
    def start_device(cls) -> None:
        cls.root = cls.home / "device"
        cls.root.mkdir()
        reading, writing = os.pipe()
        cls.spawner = subprocess.Popen(
            [BINARIES / "edgekeep-spawner", "--root", cls.root, "--libexec", BINARIES, "--engine", ENGINE, "--no-spare-cell",
             "--ready-fd", str(writing)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=[writing])
        os.close(writing)
        cls.addClassCleanup(cls.spawner.wait, 60)
        cls.addClassCleanup(cls.spawner.terminate)
        with os.fdopen(reading) as ready:
            assert ready.readline(), "the device does not start"
        cls.ask("device", "init", "--trust", cls.home / "acme/publisher.ekt")

    def setUp(self) -> None:
        self.server.sign, self.server.attributes = self.server.issue, lambda: b""
        self.server.seen, self.server.requests = [], []
        self.judged: list[str] = []

    @classmethod
    def ask(cls, *arguments: object, expect: int = 0) -> dict[str, object]:
        return run("edgekeep", "--root", cls.root, *arguments, expect=expect)

    def kill_keep(self) -> None:
        keep = subprocess.run(["pgrep", "-P", str(self.spawner.pid), "-x", "edgekeep-keep"], capture_output=True, text=True, check=True)
        os.kill(int(keep.stdout), signal.SIGKILL)
        command = [str(BINARIES / "edgekeep"), "--root", str(self.root), "device", "credential"]
        for _ in range(600):
            if subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise AssertionError("the keep does not come back")

    def enrol(self, *more: object, ca: str = "ca.pem", expect: int = 0) -> dict[str, object]:
        return self.ask("device", "enrol", "--est", self.server.url, "--ca", self.home / ca, *more, expect=expect)

    def refused(self, error: str, *more: object, ca: str = "ca.pem") -> None:
        said = self.enrol(*more, ca=ca, expect=1)["error"]
        assert isinstance(said, dict)
        self.assertIn(error, (said["code"], *str(said["what"]).split(", ")), said)

    def held(self) -> bytes:
        """The certificate that counts; nothing where none does."""
        path = self.home / "held.pem"
        path.unlink(missing_ok=True)
        if not self.ask("device", "credential")["held"]:
            return b""
        self.ask("device", "credential", "-o", path)
        return path.read_bytes()

    def hold_until_soon(self) -> None:
        """A certificate that is over in seconds, however long this machine takes to have it judged before."""
        command = [BINARIES / "edgekeep", "--root", self.root, "device", "enrol", "--est", self.server.url, "--ca", self.home / "ca.pem"]
        for seconds in (3, 12, 48):
            self.server.sign = lambda request, seconds=seconds: self.server.issue(request, (-1, seconds / 86400))  # type: ignore[misc]
            if subprocess.run(command, capture_output=True, timeout=120, check=False).returncode == 0:
                return
        raise AssertionError("no certificate in 48 seconds")

    def await_its_end(self) -> None:
        for _ in range(1200):
            if self.ask("device", "credential")["expired"]:
                return
            time.sleep(0.05)
        raise AssertionError("the certificate does not end")
