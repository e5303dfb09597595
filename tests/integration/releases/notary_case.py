"""People, a notary and a log, between a proposal and what is published."""
from __future__ import annotations

import json
import pathlib
import shutil
import tempfile
import unittest

from people import People, Refused, serve

ORIGIN = "log.example/acme"


class NotaryCase(unittest.TestCase):
    """One set of people, and a release that two of them approved; each test has a log and a repository of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory(prefix="ek-notary-")
        cls.addClassCleanup(cls.directory.cleanup)
        home = pathlib.Path(cls.directory.name)
        cls.people = People(home)
        cls.people.make_keys("notary")
        cls.people.init_root(home / "ceremony", "alice", "bob", "carol")
        cls.people.finish_root(home / "ceremony", cls.people.root)
        cls.files = home / "files"
        cls.files.mkdir()
        (cls.files / "label-ocr.bin").write_bytes(b"a model" * 1000)
        cls.proposed = home / "proposed"
        cls.people.propose(cls.proposed, "erin", 1, cls.files / "label-ocr.bin")
        cls.people.approve(cls.proposed, cls.files, "alice")
        cls.approved = home / "approved"
        shutil.copytree(cls.proposed, cls.approved)
        cls.people.approve(cls.approved, cls.files, "bob")
        cls.passphrase = ("--passphrase-file", cls.people.passphrase)
        # A log without entries, one with the approved release, and one in which the notary has judged it.
        cls.logs = {name: home / f"log-{name}" for name in ("empty", "submitted", "judged")}
        cls.people.run("init", cls.logs["empty"], "--origin", ORIGIN, *cls.passphrase, group="log")
        shutil.copytree(cls.logs["empty"], cls.logs["submitted"])
        cls.added = cls.people.run("submit", cls.approved, "--log", cls.logs["submitted"], *cls.root(),
                                   *cls.passphrase)["added"]
        shutil.copytree(cls.logs["submitted"], cls.logs["judged"])
        cls.verdicts = cls.judge_in(cls.logs["judged"])
        cls.people.run("init", home / "witness", "--name", "witness.example/w1", *cls.passphrase, group="witness")

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="ek-notary-test-")
        self.addCleanup(directory.cleanup)
        self.home = pathlib.Path(directory.name)
        shared = pathlib.Path(self.directory.name)
        self.people.repository = self.home / "repository"
        shutil.copytree(shared / "repository", self.people.repository)
        self.log = self.home / "log"
        self.policy = self.home / "log.policy"
        shutil.copy(self.logs["empty"] / "keys" / "key.policy", self.policy)

    def begin(self, name: str) -> None:
        shutil.copytree(self.logs[name], self.log)

    def demands(self, *more: object) -> tuple[object, ...]:
        return ("--log-policy", self.policy, "--notary", self.people.public("notary"), *more)

    @classmethod
    def root(cls) -> tuple[object, ...]:
        return ("--repository", cls.people.repository, "--root", cls.people.root)

    def submit(self, folder: pathlib.Path, *more: object) -> dict[str, object]:
        return self.people.run("submit", folder, "--log", self.log, *self.root(), *self.passphrase, *more)

    @classmethod
    def judge_in(cls, log: pathlib.Path | str, *more: object) -> list[dict[str, object]]:
        where = () if "-o" in more else ("--log-passphrase-file", cls.people.passphrase)
        rules = () if "--settings" in more else cls.no_rules()
        return cls.people.run("judge", "--log", log, *cls.root(), *cls.people.as_holder("notary"), *where, *rules,
                              *more)["verdicts"]

    @classmethod
    def no_rules(cls) -> tuple[object, ...]:
        path = pathlib.Path(cls.directory.name) / "development.json"
        path.write_text('{"profile": "development"}')
        return ("--settings", path)

    def sit(self) -> tuple[list[dict[str, object]], list[dict[str, str]]]:
        """What the notary judged, and what it held."""
        said = self.people.run("judge", "--log", self.log, *self.root(), *self.people.as_holder("notary"),
                               "--log-passphrase-file", self.people.passphrase, *self.no_rules())
        return said["verdicts"], said["held"]

    def judge(self, *more: object) -> list[dict[str, object]]:
        return self.judge_in(self.log, *more)

    def settings(self, **settings: object) -> tuple[object, ...]:
        path = self.home / "settings.json"
        path.write_text(json.dumps({"profile": "development", **settings}))
        return ("--settings", path)

    def publish(self, folder: pathlib.Path, *more: object, log: pathlib.Path | None = None) -> dict[str, object]:
        return self.people.publish(folder, self.files, "--log", log or self.log, *self.demands(*more))

    def assert_refused(self, said: str, act: object, *arguments: object, **more: object) -> None:
        with self.assertRaises(Refused) as refused:
            act(*arguments, **more)
        self.assertIn(said, str(refused.exception))

    def serve(self, *arguments: object) -> str:
        process, address = serve(*arguments)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return address

    def witness(self, name: str = "witness") -> None:
        """Adds a witness to the policy, which asks for no quorum; trust_policy() demands it. Another name for the
        directory is the same witness as it was when it had seen nothing."""
        home = self.home / name
        shutil.copytree(pathlib.Path(self.directory.name) / "witness", home)
        address = self.serve("witness", home, "--logs", self.log / "keys" / "key.policy", *self.passphrase)
        lines = [line for line in self.policy.read_text().splitlines() if not line.startswith("quorum")]
        lines += [f"{line} {address}" for line in (home / "keys" / "key.policy").read_text().splitlines()
                  if line.startswith("witness")]
        self.policy.write_text("\n".join([*lines, "quorum none", ""]))

    def cosign(self) -> None:
        self.people.run("cosign", self.log, "--policy", self.policy, group="log")

    def trust_policy(self) -> pathlib.Path:
        """What devices demand: two approvers, the notary, an independent witness."""
        folder, output, log = self.home / "policy", self.home / "trust-policy", self.home / "demanding.policy"
        lines = [line for line in self.policy.read_text().splitlines() if not line.startswith("quorum")]
        witnesses = [line.split()[1] for line in lines if line.startswith("witness")]
        log.write_text("\n".join([*lines, f"group seen all {' '.join(witnesses)}", "quorum seen", ""]))
        self.people.policy("write", "--authority", "acme", "--log-policy", log, "-o", folder, "--notary",
                           self.people.public("notary"))
        for name in ("alice", "bob", "carol"):
            self.people.sign_policy(folder, name)
        self.people.policy("finish", folder, "--root", self.people.root, "-o", output)
        return output

    def replace(self, version: int, name: str, *signers: str) -> None:
        """The root `version`, in which `name` has new keys."""
        if not self.people.keys(f"{name}-new").exists():  # by another test
            self.people.make_keys(f"{name}-new")
        folder, root = self.home / f"root-{version}", ("--root", self.people.root)
        self.people.run("change-root", *root, "--replace", self.people.public(f"{name}-new"), "-o", folder)
        for signer in signers:
            self.people.sign_root(folder, signer, *root)
        output = self.home / f"{version}.root.json"
        self.people.finish_root(folder, output, *root)
        self.people.root = output
