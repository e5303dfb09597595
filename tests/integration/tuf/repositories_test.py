"""Repositories that python-tuf wrote: refreshed and downloaded from, request by request."""
from __future__ import annotations

import unittest

from client import OnARepository
from repository import Repository
from securesystemslib.signer import CryptoSigner


class PythonTufRepositories(OnARepository):
    def test_a_fresh_client_asks_for_each_file_once(self) -> None:
        self.assertEqual(self.refresh(), "")
        self.assertEqual(self.server.take_requests(), ["metadata/2.root.json", "metadata/timestamp.json",
                                                       "metadata/1.snapshot.json", "metadata/1.targets.json"])
        self.assertEqual(self.versions(), {"root": 1, "snapshot": 1, "targets": 1, "timestamp": 1})

    def test_an_unchanged_repository_costs_two_requests(self) -> None:
        self.refresh()
        self.server.take_requests()
        self.assertEqual(self.refresh(), "")
        self.assertEqual(self.server.take_requests(), ["metadata/2.root.json", "metadata/timestamp.json"])

    def test_metadata_is_kept_byte_for_byte(self) -> None:
        self.repository.files["metadata/timestamp.json"] += b" \n"
        self.assertEqual(self.refresh(), "")
        self.assertEqual((self.metadata / "timestamp.json").read_bytes(),
                         self.repository.files["metadata/timestamp.json"])

    def test_every_type_of_key(self) -> None:
        for make in (CryptoSigner.generate_rsa, CryptoSigner.generate_ecdsa, CryptoSigner.generate_ed25519):
            with self.subTest(make.__name__):
                self.use(Repository(make))
                self.assertEqual(self.refresh(), "")

    def test_downloads_once(self) -> None:
        self.repository.add_target("path/to/file.bin", b"content")
        self.repository.publish_all()
        self.assertEqual(self.download("path/to/file.bin"), "")
        self.assertEqual(self.downloaded(), [b"content"])
        self.assertEqual(sum("targets/path" in path for path in self.server.take_requests()), 1)
        self.assertEqual(self.download("path/to/file.bin"), "")
        self.assertEqual(sum("targets/path" in path for path in self.server.take_requests()), 0)

    def test_hash_algorithms(self) -> None:
        for hashes in (("sha256",), ("sha512",), ("sha256", "sha512")):
            self.repository.add_target("file", b"content of " + repr(hashes).encode(), hashes=hashes)
            self.repository.publish_all()
            self.assertEqual(self.download("file"), "")
            self.assertEqual(self.downloaded(), [b"content of " + repr(hashes).encode()])

    def test_without_consistent_snapshots(self) -> None:
        self.use(Repository(consistent=False))
        self.repository.add_target("a/file", b"content")
        self.repository.publish_all()
        self.assertEqual(self.download("a/file"), "")
        self.assertEqual(self.server.take_requests(), [
            "metadata/2.root.json", "metadata/timestamp.json", "metadata/snapshot.json", "metadata/targets.json",
            "targets/a/file"])

    def test_delegations(self) -> None:
        self.repository.delegate("targets", "team", ["team/*"])
        self.repository.delegate("team", "../odd name?", ["team/*.bin"])
        self.repository.add_target("team/x.bin", b"x", "../odd name?")
        self.repository.publish_all()
        odd = "..%2Fodd%20name%3F.json"
        self.repository.files[f"metadata/1.{odd}"] = self.repository.files["metadata/1.../odd name?.json"]
        self.assertEqual(self.download("team/x.bin"), "")
        self.assertEqual(self.server.take_requests()[4:6], ["metadata/1.team.json", f"metadata/1.{odd}"])
        self.assertTrue((self.metadata / odd).is_file())
        self.assertIn("not-found", self.download("elsewhere/x.bin"))

    def test_hash_bins(self) -> None:
        bins = self.repository.delegate_bins(5, "bin")
        paths = [f"file-{i}" for i in range(8)]
        for path in paths:
            self.repository.add_target(path, path.encode(), bins.get_role_for_target(path))
        self.repository.publish_all()
        self.assertEqual(self.download(*paths), "")
        self.assertEqual(self.downloaded(), sorted(path.encode() for path in paths))

    def test_a_chain_of_roots_with_rotations(self) -> None:
        for role in ("root", "timestamp", "snapshot", "targets", "root"):
            self.repository.rotate(role)
            self.repository.publish("root")
            if role == "root":
                self.repository.signers["root"] = self.repository.signers["root"][-1:]
        self.repository.publish_all()
        self.assertEqual(self.refresh(), "")
        self.assertEqual(self.versions(), {"root": 6, "snapshot": 2, "targets": 2, "timestamp": 2})


if __name__ == "__main__":
    unittest.main()
