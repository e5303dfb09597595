"""A TUF repository that python-tuf writes: its metadata, its signatures, its targets, all served by name."""
from __future__ import annotations

import copy
import datetime
from typing import Callable

from securesystemslib.signer import CryptoSigner, Signer
from tuf.api.metadata import (DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, SuccinctRoles, TargetFile,
                              Targets, Timestamp)
from tuf.api.serialization.json import JSONSerializer

TOP_LEVEL = ("root", "timestamp", "snapshot", "targets")
LATER = datetime.datetime(2099, 12, 31, tzinfo=datetime.timezone.utc)
PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


class Repository:
    """Each publish_ signs the next version of one role; `files` is what a server has: "metadata/…", "targets/…"."""

    def __init__(self, signer: Callable[[], Signer] = CryptoSigner.generate_ecdsa, consistent: bool = True) -> None:
        self.files: dict[str, bytes] = {}
        self.signers: dict[str, list[Signer]] = {role: [signer()] for role in TOP_LEVEL}
        self.describes_hashes = True
        root = Root(expires=LATER, consistent_snapshot=consistent)
        for role in TOP_LEVEL:
            root.add_key(self.signers[role][0].public_key, role)
        self.signed = {"root": root, "timestamp": Timestamp(expires=LATER), "snapshot": Snapshot(expires=LATER),
                       "targets": Targets(expires=LATER)}
        self.published: set[str] = set()
        self.publish("root", "targets", "snapshot", "timestamp")

    @property
    def root(self) -> bytes:
        return self.files["metadata/1.root.json"]

    def publish(self, *roles: str) -> None:
        for role in roles:
            signed = self.signed[role]
            if role in self.published:
                signed.version += 1
            self.published.add(role)
            metadata = Metadata(copy.deepcopy(signed))
            for signer in self.signers[role]:
                metadata.sign(signer, append=True)
            data = metadata.to_bytes(JSONSerializer(compact=False))
            versioned = role == "root" or (role != "timestamp" and self.signed["root"].consistent_snapshot)
            self.files[f"metadata/{signed.version}.{role}.json" if versioned else f"metadata/{role}.json"] = data
            self._describe(role, data)

    def _describe(self, role: str, data: bytes) -> None:
        version = self.signed[role].version
        description = MetaFile.from_data(version, data, ["sha256"]) if self.describes_hashes else MetaFile(version)
        if role == "snapshot":
            self.signed["timestamp"].snapshot_meta = description
        elif role not in ("root", "timestamp"):
            self.signed["snapshot"].meta[f"{role}.json"] = description

    def publish_all(self) -> None:
        self.publish(*[role for role in self.signed if role not in TOP_LEVEL], "targets", "snapshot", "timestamp")

    def add_target(self, path: str, content: bytes, role: str = "targets", hashes: tuple[str, ...] = ("sha256",)) -> None:
        target = TargetFile.from_data(path, content, list(hashes))
        self.signed[role].targets[path] = target
        names = target.get_prefixed_paths() if self.signed["root"].consistent_snapshot else [path]
        for name in names:
            self.files[f"targets/{name}"] = content

    def delegate(self, delegator: str, role: str, paths: list[str], terminating: bool = False) -> None:
        self.signed[role] = Targets(expires=LATER)
        self.signers[role] = [CryptoSigner.generate_ed25519()]
        parent = self.signed[delegator]
        if parent.delegations is None:
            parent.delegations = Delegations({}, roles={})
        parent.delegations.roles[role] = DelegatedRole(role, [], 1, terminating, paths)
        parent.add_key(self.signers[role][0].public_key, role)

    def delegate_bins(self, bits: int, prefix: str) -> SuccinctRoles:
        bins = SuccinctRoles([], 1, bits, prefix)
        signer = CryptoSigner.generate_ed25519()
        self.signed["targets"].delegations = Delegations({}, succinct_roles=bins)
        self.signed["targets"].add_key(signer.public_key)
        for role in bins.get_roles():
            self.signed[role] = Targets(expires=LATER)
            self.signers[role] = [signer]
        return bins

    def rotate(self, role: str, signer: Callable[[], Signer] = CryptoSigner.generate_ed25519) -> None:
        """The role's key is another one from now on; publish the root, signed by both where it is its own."""
        new, root = signer(), self.signed["root"]
        for key in list(root.roles[role].keyids):
            root.revoke_key(key, role)
        root.add_key(new.public_key, role)
        self.signers[role] = [*self.signers[role], new] if role == "root" else [new]
