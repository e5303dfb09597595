"""Entries that are sent to a log over HTTP: what counts is taken from whoever brings it, and nothing else."""
from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import pathlib
import shutil
import urllib.parse

from notary_case import NotaryCase
from people import Refused, serve


class Submissions(NotaryCase):
    """Of notary_test.py, which shares its people with them."""

    def accept(self) -> str:
        return self.serve("log", self.log, "--accept", *self.root(), "--notary", self.people.public("notary"),
                          *self.passphrase)

    def send(self, address: str, *files: pathlib.Path) -> dict[str, object]:
        return self.people.run("submit", address, *files, group="log")

    @staticmethod
    def post(address: str, body: bytes, claimed: int) -> int:
        """The status of the answer to so much of a body that claims that size."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)
        connection.putrequest("POST", "/add-entries")
        connection.putheader("Content-Length", str(claimed))
        connection.endheaders(body)
        with contextlib.closing(connection):
            return connection.getresponse().status

    def entries(self) -> int:
        return self.people.run("show", self.log, group="log")["size"]

    def test_a_release_goes_through_the_log_over_http(self) -> None:
        self.begin("empty")
        address = self.accept()
        submit = ("submit", self.approved, "--to", address, *self.root())
        self.assertEqual(self.people.run(*submit), {"added": 3, "size": 3})
        self.assertEqual(self.people.run(*submit), {"added": 0, "size": 3})
        apart = ("judge", "--log", address, *self.root(), *self.people.as_holder("notary"), "-o", self.home / "verdicts",
                 "--log-policy", self.policy, *self.no_rules())
        self.assertEqual(len(self.people.run(*apart)["verdicts"]), 1)  # and killed before it sent that
        said = self.people.run(*apart, "--to", address)
        self.assertEqual((said["verdicts"], said["sent"]), ([], 1))
        self.assertEqual(self.people.run(*apart, "--to", address)["sent"], 0)
        # Whoever keeps the log goes on with it meanwhile.
        self.witness()
        self.cosign()
        approval = next((self.approved / "entries").glob("approval-alice-*.ekl"))
        self.people.run("append", self.log, approval, *self.passphrase, group="log")
        self.assertEqual(self.send(address, approval), {"added": 0, "size": 5})
        self.publish(self.approved)

    def test_a_stranger_enters_nothing_over_http(self) -> None:
        self.begin("empty")
        address = self.accept()
        approval = next((self.approved / "entries").glob("approval-alice-*.ekl"))
        forged = self.home / "forged.ekl"
        forged.write_bytes(approval.read_bytes().replace(b"alice", b"carol"))
        bent = bytearray(approval.read_bytes())
        bent[-1] ^= 1
        (self.home / "bent.ekl").write_bytes(bent)
        for statement in (forged, self.home / "bent.ekl"):
            self.assert_refused("403 statement 1: untrusted", self.send, address, approval, statement)
        for body, claimed, status in ((b"junk", 4, 400), (b"\0\0\0\1a", 5, 400), (b"\0" * (1 << 19), 1 << 19, 400),
                                      (b"", (1 << 19) + 1, 413)):
            self.assertEqual(self.post(address, body, claimed), status, body[:8])
        self.assertEqual(self.entries(), 0)
        self.assert_refused("takes nothing", self.send, self.serve("log", self.log), approval)
        self.assert_refused("the log says", self.people.run, "submit", self.approved, "--to", f"{address}nowhere",
                            *self.root())
        self.assertEqual(self.send(address, approval), {"added": 1, "size": 1})  # control
        # Control: whoever has the log's passphrase enters anything.
        self.people.run("append", self.log, forged, *self.passphrase, group="log")
        self.assertEqual(self.entries(), 2)

    def test_a_new_root_is_followed_while_the_log_is_served(self) -> None:
        self.begin("empty")
        own = self.people.root
        self.addCleanup(setattr, self.people, "root", own)
        address = self.accept()
        carols = self.home / "carols"
        shutil.copytree(self.approved, carols)
        self.people.approve(carols, self.files, "carol")
        approval = next((carols / "entries").glob("approval-carol-*.ekl"))
        self.replace(2, "carol", "alice", "bob", "dave")
        root, folder, entries = ("--root", own), self.home / "root-2", self.home / "root-2-entries"
        self.people.run("finish-root", folder, *root, "-o", self.home / "again.json", "--entries", entries)
        self.assertEqual(self.send(address, *sorted(entries.glob("*.ekl")))["added"], 2)
        self.assert_refused("403 statement 0: untrusted", self.send, address, approval)
        others = next((carols / "entries").glob("approval-bob-*.ekl"))
        self.assertEqual(self.send(address, others)["added"], 1)  # control

    def test_two_who_take_entries_never_append_at_once_and_lose_nothing_when_killed(self) -> None:
        self.begin("empty")
        process, first = serve("log", self.log, "--accept", *self.root(), *self.passphrase)
        second = self.accept()
        files = sorted((self.approved / "entries").glob("*.ekl"))

        def until_taken(address: str, file: pathlib.Path) -> int:
            while True:
                try:
                    return self.send(address, file)["added"]
                except Refused as refused:
                    if "503 busy" not in str(refused):
                        raise

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            added = list(pool.map(lambda one: until_taken(*one),
                                  [(address, file) for file in files for address in (first, second)]))
        self.assertEqual((sum(added), self.entries()), (len(files), len(files)))
        process.kill()
        process.wait()
        process.stdout.close()
        self.assertEqual(self.send(self.accept(), *files), {"added": 0, "size": len(files)})
