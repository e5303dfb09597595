"""tuf-client as the conformance suite runs it, and what it leaves behind."""
from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from repository import Repository
from server import Server

BINARIES = pathlib.Path(os.environ["EDGEKEEP_BINARIES"])


class OnARepository(unittest.TestCase):
    """A fresh repository, its server, and a client that was initialised with its first root."""

    def use(self, repository: Repository) -> None:
        if hasattr(self, "server"):
            self.server.stop()
        self.repository = repository
        self.server = Server(repository.files)
        directory = tempfile.TemporaryDirectory(prefix="ek-tuf-")
        self.addCleanup(directory.cleanup)
        self.home = pathlib.Path(directory.name)
        self.metadata = self.home / "metadata"
        self.targets = self.home / "targets"
        self.metadata.mkdir()
        self.targets.mkdir()
        root = self.home / "initial-root.json"
        root.write_bytes(repository.root)
        self.assertEqual(self.run_client("--metadata-dir", self.metadata, "init", root).returncode, 0)

    def setUp(self) -> None:
        self.use(Repository())

    def tearDown(self) -> None:
        self.server.stop()

    def run_client(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(BINARIES / "tuf-client"), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    def refresh(self, *more: object) -> str:
        """Returns "" when it succeeds, else what the client said. Nothing but 0 and 1 is an exit code."""
        return self._said_by(self.run_client("--metadata-url", self.server.url("metadata"), "--metadata-dir",
                                             self.metadata, *more, "refresh"))

    def command_for(self, *names: str, more: tuple[object, ...] = ()) -> list[str]:
        targets = [part for name in names for part in ("--target-name", name)]
        return [str(BINARIES / "tuf-client"), "--metadata-url", self.server.url("metadata"), "--metadata-dir",
                str(self.metadata), *targets, "--target-dir", str(self.targets), "--target-base-url",
                self.server.url("targets"), *map(str, more), "download"]

    def download(self, *names: str, more: tuple[object, ...] = ()) -> str:
        return self._said_by(subprocess.run(self.command_for(*names, more=more), capture_output=True, text=True,
                                            timeout=120, check=False))

    def _said_by(self, run: subprocess.CompletedProcess[str]) -> str:
        self.assertIn(run.returncode, (0, 1), run.stderr)
        self.assertEqual(run.returncode == 0, run.stderr == "", run.stderr)
        return run.stderr

    def versions(self) -> dict[str, int]:
        """What the client trusts; every *.json is metadata."""
        return {path.name[:-len(".json")]: json.loads(path.read_bytes())["signed"]["version"]
                for path in sorted(self.metadata.glob("*.json"))}

    def downloaded(self) -> list[bytes]:
        return sorted(path.read_bytes() for path in self.targets.rglob("*") if path.is_file())
