"""Clients of other makers on repositories that Edgekeep wrote: each a directory of its own, each call a process."""
from __future__ import annotations

import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent


class OtherClient:
    """`refused` is what this client says of metadata that too few keys signed, of other bytes of a target, and of a
    version that goes back."""

    def __init__(self, home: pathlib.Path, root: pathlib.Path, command: tuple[str, ...], more: tuple[str, ...],
                 **refused: str) -> None:
        self.metadata, self.targets = home / "metadata", home / "targets"
        for directory in (self.metadata, self.targets):
            directory.mkdir(parents=True)
        (self.metadata / "root.json").write_bytes(root.read_bytes())
        self.command, self.more, self.refused = command, more, refused

    def download(self, url: str, target: str) -> str:
        """Returns "" when it succeeds, else what the client said."""
        for path in self.targets.iterdir():
            path.unlink()
        run = subprocess.run([*self.command, self.metadata, self.targets, url, target, *self.more], timeout=120,
                             capture_output=True, text=True, check=False)
        assert (run.returncode == 0) == (run.stderr == ""), run.stderr
        return run.stderr

    def downloaded(self) -> list[bytes]:
        return [path.read_bytes() for path in self.targets.iterdir()]


def python_tuf(home: pathlib.Path, root: pathlib.Path, *more: str) -> OtherClient:
    return OtherClient(home, root, ("/usr/bin/python3", "-B", str(HERE / "python_tuf.py")), more,
                       unsigned="UnsignedMetadataError", changed="LengthOrHashMismatchError", older="BadVersionNumberError")


def tuf_js(home: pathlib.Path, root: pathlib.Path) -> OtherClient:
    return OtherClient(home, root, ("node", str(HERE / "tuf_js.cjs")), (),
                       unsigned="was signed by 0/1 keys", changed="Expected hash", older="is less than current version")
