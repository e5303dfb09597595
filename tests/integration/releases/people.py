"""Five people, a service that publishes, and everything they do through edgekeep-publisher."""
from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess

BINARIES = pathlib.Path(os.environ["EDGEKEEP_BINARIES"])
PEOPLE = ("alice", "bob", "carol", "dave", "erin")
SERVICE = "online"
# Key files that cost as little to open as the format allows.
CHEAP = ("--key-file-memory", 19, "--key-file-passes", 2)


class Refused(Exception):
    """What the program said when it ended with 1."""


class People:
    """Everybody has a directory of keys of their own below `home`; what they share goes through folders."""

    def __init__(self, home: pathlib.Path) -> None:
        self.home = home
        self.passphrase = home / "passphrase"
        self.passphrase.write_text("correct horse battery staple\n")
        self.passphrase.chmod(0o600)
        self.repository = home / "repository"
        self.root = home / "1.root.json"
        # Making keys is slow on purpose; two at a time is what the machine has.
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(self.make_keys, (*PEOPLE, SERVICE)))

    def run(self, *arguments: object, group: str = "release") -> dict[str, object]:
        command = [str(BINARIES / "edgekeep-publisher"), group, *map(str, arguments), "--json"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if run.returncode == 1:
            raise Refused(run.stdout + run.stderr)
        assert run.returncode == 0, (command, run.returncode, run.stdout, run.stderr)
        return json.loads(run.stdout)

    def keys(self, name: str) -> pathlib.Path:
        return self.home / "keys" / name

    def public(self, name: str) -> pathlib.Path:
        return self.keys(name) / f"{name.removesuffix('-new')}.holder.json"

    def make_keys(self, name: str) -> None:
        (self.home / "keys").mkdir(exist_ok=True)
        self.run("keys", name.removesuffix("-new"), "-o", self.keys(name), "--passphrase-file", self.passphrase, *CHEAP)

    def as_holder(self, name: str) -> tuple[object, ...]:
        return ("--keys", self.keys(name), "--passphrase-file", self.passphrase)

    def init_root(self, folder: pathlib.Path, *signers: str) -> None:
        holders = [part for name in PEOPLE for part in ("--holder", self.public(name))]
        self.run("init-root", *holders, "--service", self.public(SERVICE), "-o", folder)
        for name in signers:
            self.sign_root(folder, name)

    def sign_root(self, folder: pathlib.Path, name: str, *root: object) -> None:
        digest = self.run("review-root", folder, *root)["digest"]
        self.run("sign-root", folder, *root, "--digest", digest, *self.as_holder(name))

    def finish_root(self, folder: pathlib.Path, output: pathlib.Path, *more: object) -> None:
        self.run("finish-root", folder, *more, "-o", output, "--repository", self.repository)

    def policy(self, *arguments: object) -> dict[str, object]:
        return self.run(*arguments, group="policy")

    def sign_policy(self, folder: pathlib.Path, name: str) -> None:
        digest = self.policy("show", folder, "--root", self.root)["digest"]
        self.policy("sign", folder, "--root", self.root, "--digest", digest, *self.as_holder(name))

    def propose(self, folder: pathlib.Path, author: str, sequence: int, *files: pathlib.Path,
                more: tuple[object, ...] = ()) -> None:
        self.run("propose", *files, "--product", "acme/label-ocr", "--version-sequence", sequence, "--repository",
                 self.repository, "--root", self.root, "-o", folder, *more, *self.as_holder(author))

    def means(self, files: pathlib.Path) -> tuple[object, ...]:
        return ("--files", files, "--repository", self.repository, "--root", self.root)

    def review(self, folder: pathlib.Path, files: pathlib.Path) -> dict[str, object]:
        return self.run("review", folder, *self.means(files))

    def approve(self, folder: pathlib.Path, files: pathlib.Path, name: str) -> None:
        digest = self.review(folder, files)["digest"]
        self.run("approve", folder, *self.means(files), "--digest", digest, *self.as_holder(name))

    def publish(self, folder: pathlib.Path, files: pathlib.Path, *proof: object) -> dict[str, object]:
        return self.run("publish", folder, *self.means(files), *self.as_holder(SERVICE), *proof)

    def verify(self, *proof: object) -> dict[str, object]:
        return self.run("verify", self.repository, "--root", self.root, *proof)


def merge(source: pathlib.Path, into: pathlib.Path) -> None:
    """What people do with folders that come back: copy everything together."""
    shutil.copytree(source, into, dirs_exist_ok=True)


def serve(group: str, *arguments: object) -> tuple[subprocess.Popen[str], str]:
    """The process of `group serve`, and where it listens."""
    read, write = os.pipe()
    process = subprocess.Popen(
        [BINARIES / "edgekeep-publisher", group, "serve", *map(str, arguments), "--listen", "127.0.0.1:0", "--ready-fd",
         str(write), "--json"], stdout=subprocess.PIPE, text=True, pass_fds=[write])
    os.close(write)
    assert os.read(read, 1) == b"\n"
    os.close(read)
    said = ""
    while True:  # one JSON object of several lines
        assert process.stdout is not None
        said += process.stdout.readline()
        try:
            return process, f"http://{json.loads(said)['address']}/"
        except json.JSONDecodeError:
            continue
