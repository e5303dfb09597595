"""A device with its own root directory, spawner, keep and cells, and a publisher, by the build's own programs."""
from __future__ import annotations

import os
import pathlib
import pwd
import subprocess
import unittest

from programs import BINARIES, SOURCE, run

ENGINE = SOURCE / "build/deps/onnxruntime/lib/libonnxruntime.so.1"
MODELS = SOURCE / "build/deps/models/ocr"


def why_no_device() -> str:
    if os.geteuid() != 0:
        return "SKIP python/device: needs root to start the spawner"
    if not any(user.pw_name == "edgekeep-keep" for user in pwd.getpwall()):
        return "SKIP python/device: user edgekeep-keep is missing; run script/bootstrap"
    if not ENGINE.exists() or not MODELS.exists():
        return "SKIP python/device: ONNX Runtime or the models are missing; run script/bootstrap"
    return ""


class Device:
    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        reading, writing = os.pipe()
        with open(root / "spawner.log", "wb") as log, open(reading, "rb") as ready:
            self._spawner = subprocess.Popen(
                [BINARIES / "edgekeep-spawner", "--root", root, "--libexec", BINARIES, "--engine", ENGINE, "--ready-fd",
                 str(writing)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[writing])
            os.close(writing)
            said = ready.readline()
        if not said:
            raise RuntimeError((root / "spawner.log").read_text())

    def edgekeep(self, *arguments: object) -> str:
        return run(BINARIES / "edgekeep", "--root", self.root, *arguments)

    @property
    def spawner(self) -> int:
        return self._spawner.pid

    def stop(self) -> None:
        self._spawner.terminate()
        self._spawner.wait(timeout=20)


class Publisher:
    """acme, with keys in `directory`."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        directory.mkdir()
        (directory / "passphrase").write_text("correct horse battery staple\n")
        os.chmod(directory / "passphrase", 0o600)
        run(BINARIES / "edgekeep-publisher", "publisher", "init", directory / "acme", "--name", "acme",
            "--passphrase-file", directory / "passphrase", "--key-file-memory", 19, "--key-file-passes", 2)

    def command(self, *arguments: object) -> str:
        return run(BINARIES / "edgekeep-publisher", *arguments, "--publisher", self.directory / "acme",
                   "--passphrase-file", self.directory / "passphrase")

    def initialise(self, device: Device) -> None:
        device.edgekeep("device", "init", "--trust", self.directory / "acme/publisher.ekt")
        device.edgekeep("device", "show", "--request", "-o", self.directory / "device.ekd")

    def provide(self, device: Device, name: str, model: pathlib.Path, *terms: str,
                policy: pathlib.Path | None = None) -> None:
        """Seals, grants, licenses and installs acme/NAME."""
        files = [self.directory / f"{name}{suffix}" for suffix in (".eks", ".ekg", ".lic")]
        product = ("--product", f"acme/{name}")
        self.command("seal", model, *product, "--version-sequence", 1, "--version", "1.0", "-o", files[0],
                     *(() if policy is None else ("--policy", policy)))
        self.command("grant", files[0], "-o", files[1])
        self.command("licence", "issue", "--device", self.directory / "device.ekd", *product, "-o", files[2], *terms)
        device.edgekeep("install", *files)


def require_device(test: type[unittest.TestCase]) -> None:
    why = why_no_device()
    if why:
        raise unittest.SkipTest(why)
