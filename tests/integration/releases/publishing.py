"""What comes before a device is under releases: five people's root, a log, the policy that says so, and releases of one product."""
from __future__ import annotations

import collections.abc
import pathlib

from people import People

PRODUCT = "acme/label-ocr"


class Publishing:
    """`command` runs edgekeep-publisher with the keys of the publisher."""

    def __init__(self, home: pathlib.Path, command: collections.abc.Callable[..., object], model: pathlib.Path,
                 *rules: object) -> None:
        home.mkdir()
        self.home, self.command, self.model = home, command, model
        self.people = people = People(home)
        people.init_root(home / "ceremony", "alice", "bob", "carol")
        people.finish_root(home / "ceremony", people.root)
        self.secret = ("--passphrase-file", people.passphrase)
        self.log = home / "log"
        people.run("init", self.log, "--origin", "log.example/acme", *self.secret, group="log")
        self.policy = self.write_policy(*rules)

    def write_policy(self, *rules: object) -> pathlib.Path:
        people, home = self.people, self.home
        lines = [line for line in (self.log / "keys" / "key.policy").read_text().splitlines() if line.startswith("log ")]
        (home / "log-policy").write_text("\n".join([*lines, "quorum none", ""]))
        people.policy("write", "--authority", "acme", "--profile", "development", "--witnesses", 0, "--log-policy",
                      home / "log-policy", *rules, "-o", home / "policy")
        for name in ("alice", "bob", "carol"):
            people.sign_policy(home / "policy", name)
        people.policy("finish", home / "policy", "--root", people.root, "-o", home / "policy.ektp")
        return home / "policy.ektp"

    def files(self, sequence: int) -> tuple[pathlib.Path, pathlib.Path]:
        return self.home / f"{sequence}" / "ocr.eks", self.home / f"{sequence}" / "ocr.ekg"

    def release(self, sequence: int) -> None:
        people, (sealed, grant) = self.people, self.files(sequence)
        sealed.parent.mkdir()
        self.command("seal", self.model, "--product", PRODUCT, "--version-sequence", sequence, "--version", sequence, "-o", sealed)
        self.command("grant", sealed, "-o", grant)
        proposal = self.home / f"proposal-{sequence}"
        people.propose(proposal, "erin", sequence, sealed, grant)
        for name in ("alice", "bob"):
            people.approve(proposal, sealed.parent, name)
        people.run("submit", proposal, "--log", self.log, "--repository", people.repository, "--root", people.root,
                   *self.secret)
        people.publish(proposal, sealed.parent, "--log", self.log, "--trust-policy", self.policy)
