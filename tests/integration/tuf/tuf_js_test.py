"""Repositories that tuf-js's libraries wrote, and tuf-js beside this client on one that python-tuf wrote."""
from __future__ import annotations

import base64
import json
import pathlib
import subprocess
import unittest

from client import OnARepository
from repository import Repository

HERE = pathlib.Path(__file__).parent
CONTENT = b"content by tuf-js"


def node(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["node", HERE / script, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          check=False)


class Written:
    """What a server needs of a repository, whoever made it."""

    def __init__(self, kind: str) -> None:
        made = node("repository.cjs", kind)
        assert made.returncode == 0, made.stderr
        self.files = {name: base64.b64decode(data) for name, data in json.loads(made.stdout).items()}

    @property
    def root(self) -> bytes:
        return self.files["metadata/1.root.json"]


class TufJsRepositories(OnARepository):
    def read(self, kind: str) -> None:
        self.use(Written(kind))  # type: ignore[arg-type]
        self.assertEqual(self.download("file.txt"), "")
        self.assertEqual(self.downloaded(), [CONTENT])
        self.assertIn("not-found", self.download("absent.txt"))

    def test_of_repo_mock(self) -> None:
        self.read("mock")

    def test_with_delegations_and_hash_bins(self) -> None:
        self.read("models")
        self.assertEqual(self.versions()["team"], 1)

    def test_changed_ones_are_refused(self) -> None:
        written = Written("models")
        name = "metadata/1.team.json"
        good = written.files[name]
        written.files[name] = good.replace(b'"bit_length":2', b'"bit_length":3')
        self.assertNotEqual(written.files[name], good)
        self.use(written)  # type: ignore[arg-type]
        self.assertIn("bad-signature", self.download("file.txt"))
        written.files[name] = good
        self.assertEqual(self.download("file.txt"), "")

    def test_both_clients_end_with_the_same_files(self) -> None:
        repository = Repository()
        repository.rotate("timestamp")
        repository.publish("root")
        repository.publish_all()
        self.use(repository)
        theirs = self.home / "theirs"
        theirs.mkdir()
        (theirs / "root.json").write_bytes(repository.root)
        refreshed = node("refresh.cjs", theirs, self.server.url("metadata"))
        self.assertEqual(refreshed.returncode, 0, refreshed.stderr)
        self.assertEqual(self.refresh(), "")
        for name in ("root", "timestamp", "snapshot", "targets"):
            self.assertEqual(json.loads((theirs / f"{name}.json").read_bytes()),
                             json.loads((self.metadata / f"{name}.json").read_bytes()))


if __name__ == "__main__":
    unittest.main()
