"""A release by five people, from the first keys to a client that downloads it, and what must not pass for one."""
from __future__ import annotations

import base64
import concurrent.futures
import contextlib
import functools
import hashlib
import http.server
import json
import pathlib
import shutil
import subprocess
import tempfile
import threading
import unittest
from typing import Iterator

from other_clients import python_tuf, tuf_js
from people import BINARIES, PEOPLE, People, Refused, merge

# Numbers of spec/algorithms.md, and sizes of keys.
_ALGORITHMS = {"ed25519": (0x0101, 32), "ml-dsa-65/1": (0x0112, 1952)}


def fingerprint_of(holder: dict[str, object]) -> str:
    """spec/release-metadata.md §1, from a holder's public file."""
    ids = []
    for key in holder["keys"]:
        number, size = _ALGORITHMS[key["scheme"]]
        text = key["keyval"]["public"]
        raw = bytes.fromhex(text) if size == 32 else base64.b64decode("".join(text.splitlines()[1:-1]))[-size:]
        ids.append(hashlib.sha256(number.to_bytes(2, "big") + raw).hexdigest())
    return hashlib.sha256("".join(f"{line}\n" for line in ("edgekeep holder", holder["holder"], *sorted(ids)))
                          .encode()).hexdigest()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Ceremony(unittest.TestCase):
    """One set of people for all tests; each test works on a copy of what they made."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory(prefix="ek-release-")
        home = pathlib.Path(cls.directory.name)
        cls.people = People(home)
        cls.people.init_root(home / "ceremony", "alice", "bob")
        with_two = home / "ceremony-with-two"
        shutil.copytree(home / "ceremony", with_two)
        cls.people.sign_root(home / "ceremony", "carol")
        cls.people.finish_root(home / "ceremony", cls.people.root)
        cls.files = home / "files"
        cls.files.mkdir()
        (cls.files / "label-ocr.bin").write_bytes(b"a model" * 1000)
        (cls.files / "notes.txt").write_bytes(b"what is new")
        # Erin proposes; alice has approved, nobody else yet.
        cls.proposed = home / "proposed"
        cls.people.propose(cls.proposed, "erin", 1, cls.files / "label-ocr.bin", cls.files / "notes.txt")
        cls.people.approve(cls.proposed, cls.files, "alice")
        cls.approved = home / "approved"
        shutil.copytree(cls.proposed, cls.approved)
        cls.people.approve(cls.approved, cls.files, "bob")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.directory.cleanup()

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="ek-release-test-")
        self.addCleanup(directory.cleanup)
        self.home = pathlib.Path(directory.name)
        shared = self.people.repository
        self.people.repository = self.home / "repository"
        self.addCleanup(setattr, self.people, "repository", shared)
        shutil.copytree(shared, self.people.repository)

    def copy_of(self, folder: pathlib.Path) -> pathlib.Path:
        copy = self.home / "folder"
        shutil.copytree(folder, copy)
        return copy

    def assert_refused(self, said: str, act: object, *arguments: object) -> None:
        with self.assertRaises(Refused) as refused:
            act(*arguments)
        self.assertIn(said, str(refused.exception))

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """The repository, over HTTP."""
        handler = functools.partial(QuietHandler, directory=str(self.people.repository))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()

    def download(self, target: str) -> bytes:
        """What tuf-client has of it, from the first root on."""
        with self.served() as url:
            return self._download(url, target)

    def _download(self, url: str, target: str) -> bytes:
        for name in ("metadata", "targets"):
            (self.home / f"client-{name}").mkdir()
        metadata, targets = self.home / "client-metadata", self.home / "client-targets"
        for arguments in (["--metadata-dir", metadata, "init", self.people.root],
                          ["--metadata-url", url + "/metadata/", "--metadata-dir", metadata, "--target-name", target,
                           "--target-dir", targets, "--target-base-url", url + "/targets/", "download"]):
            run = subprocess.run([BINARIES / "tuf-client", *map(str, arguments)], capture_output=True, text=True,
                                 timeout=120, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)
        return next(path for path in targets.rglob("*") if path.is_file()).read_bytes()

    def test_five_people_release_and_a_client_downloads(self) -> None:
        review = self.people.review(self.approved, self.files)
        self.assertTrue(review["complete"])
        self.assertEqual([file["target"] for file in review["files"]],
                         ["acme/label-ocr/stable/1/label-ocr.bin", "acme/label-ocr/stable/1/notes.txt"])
        self.assertEqual(self.people.publish(self.approved, self.files)["approvers"], ["alice", "bob"])
        self.assertEqual(self.people.verify()["targets"], 1)
        self.assertEqual(self.download("acme/label-ocr/stable/1/label-ocr.bin"), b"a model" * 1000)

    def test_other_clients_download(self) -> None:
        # Both count the Ed25519 signatures of three and two people; tuf-js passes ML-DSA over by itself.
        self.people.publish(self.approved, self.files)
        metadata = self.people.repository / "metadata"
        first = (metadata / "timestamp.json").read_bytes()
        self.people.run("renew", self.people.repository, "--root", self.people.root, *self.people.as_holder("online"))
        renewed = (metadata / "timestamp.json").read_bytes()
        changed = json.loads(renewed)
        changed["signed"]["version"] += 1
        unsigned = json.dumps(changed).encode()
        target = "acme/label-ocr/stable/1/label-ocr.bin"
        file = next((self.people.repository / "targets" / target).parent.glob("*.label-ocr.bin"))
        content = file.read_bytes()
        root = self.people.root
        with self.served() as url:
            for client in (python_tuf(self.home / "python-tuf", root, "also-ml-dsa"), tuf_js(self.home / "tuf-js", root)):
                with self.subTest(client.command[0]):
                    (metadata / "timestamp.json").write_bytes(unsigned)
                    self.assertIn(client.refused["unsigned"], client.download(url, target))
                    (metadata / "timestamp.json").write_bytes(renewed)
                    file.write_bytes(content.replace(b"a", b"b"))
                    self.assertIn(client.refused["changed"], client.download(url, target))
                    file.write_bytes(content)
                    self.assertEqual(client.download(url, target), "")
                    self.assertEqual(client.downloaded(), [content])
                    (metadata / "timestamp.json").write_bytes(first)
                    self.assertIn(client.refused["older"], client.download(url, target))
                    (metadata / "timestamp.json").write_bytes(renewed)
                    self.assertEqual(client.download(url, target), "")
            # python-tuf 5 reads no file with a type of key that nobody told it of.
            self.assertIn("ml-dsa", python_tuf(self.home / "untold", root).download(url, target))

    def test_one_approver_is_not_enough(self) -> None:
        self.assert_refused("approved by 1 of the 2", self.people.publish, self.proposed, self.files)
        self.people.publish(self.approved, self.files)

    def test_two_root_holders_are_not_enough(self) -> None:
        home = pathlib.Path(self.directory.name)
        self.assert_refused("too few holders", self.people.finish_root, home / "ceremony-with-two",
                            self.home / "root.json")
        self.people.finish_root(home / "ceremony", self.home / "root.json")

    def write_policy(self, folder: pathlib.Path, *more: object, quorum: str = "w") -> None:
        log = self.home / "log-policy"
        log.write_text("log example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\n"
                       "witness w witness.example+fe860e26+BCEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEh\n"
                       f"quorum {quorum}\n")
        self.people.policy("write", "--authority", "acme", "--log-policy", log, "-o", folder, *more)

    def test_a_trust_policy_needs_three_of_the_root(self) -> None:
        folder, output = self.home / "policy", self.home / "policy.ektp"
        self.assert_refused("no notary", self.write_policy, folder)
        notary = ("--notary", self.people.public("online"))
        for quorum, own in (("none", ()), ("w", ("--not-independent", "witness.example"))):
            with self.assertRaises(Refused) as refused:
                self.write_policy(folder, *notary, *own, quorum=quorum)
            self.assertIn("without an independent one", str(refused.exception))
        self.write_policy(folder, *notary)
        for name in ("alice", "bob"):
            self.people.sign_policy(folder, name)
        finish = ("finish", folder, "--root", self.people.root, "-o", output)
        self.assert_refused("too few holders", self.people.policy, *finish)
        # The service is no holder of the root; a file that is none holds up nobody.
        self.people.sign_policy(folder, "online")
        (folder / "signed" / "carol-0123.eko").write_bytes(b"no signature")
        self.assert_refused("too few holders", self.people.policy, *finish)
        self.people.sign_policy(folder, "carol")
        shown = self.people.policy("show", folder, "--root", self.people.root)
        self.assertTrue(shown["complete"])
        self.assertIn("notary: online", shown["says"])
        self.people.policy(*finish)
        self.assertTrue(output.read_bytes())

    def test_a_policy_that_was_changed_after_the_review_is_not_signed(self) -> None:
        folder = self.home / "policy"
        self.write_policy(folder, "--notary", self.people.public("online"))
        digest = self.people.policy("show", folder, "--root", self.people.root)["digest"]
        payload = (folder / "trust-policy.cbor").read_bytes()
        (folder / "trust-policy.cbor").write_bytes(payload.replace(b"acme", b"acne"))
        sign = ("sign", folder, "--root", self.people.root, "--digest", digest, *self.people.as_holder("alice"))
        self.assert_refused("not what was reviewed", self.people.policy, *sign)
        (folder / "trust-policy.cbor").write_bytes(payload)
        self.people.policy(*sign)

    def test_a_repair_of_time_needs_three_of_the_root(self) -> None:
        folder, output = self.home / "repair", self.home / "repair.ekr"
        write = ("repair-time", "--time", "2027-01-01", "--number", 1, "--root", self.people.root, "-o", folder)
        self.assert_refused("not ahead", self.people.policy, *write, "--ahead-from", "2027-01-01")
        self.people.policy(*write, "--ahead-from", "2027-06-01")
        shown = self.people.policy("show", folder, "--root", self.people.root)["says"]
        self.assertIn("under root 1 alone: a time floor at or after 2027-06-01T00:00:00Z is set back to", shown[0])
        finish = ("finish", folder, "--root", self.people.root, "-o", output)
        for name in ("dave", "erin"):
            self.people.sign_policy(folder, name)
        self.assert_refused("too few holders", self.people.policy, *finish)
        self.people.sign_policy(folder, "bob")
        self.people.policy(*finish, "--entries", self.home / "entries")
        self.assertTrue((self.home / "entries" / "time-repair.ekl").read_bytes())

    def test_one_class_of_algorithms_is_not_enough(self) -> None:
        folder = self.copy_of(self.approved)
        root = json.loads(self.people.root.read_text())["signed"]
        for path in (folder / "signed").glob("bob-*.json"):
            signed = json.loads(path.read_text())
            signed["signatures"] = [one for one in signed["signatures"]
                                    if root["keys"][one["keyid"]]["keytype"] == "ed25519"]
            self.assertEqual(len(signed["signatures"]), 1)
            path.write_text(json.dumps(signed))
        self.assert_refused("approved by 1 of the 2", self.people.publish, folder, self.files)
        merge(self.approved / "signed", folder / "signed")
        self.people.publish(folder, self.files)

    def test_what_changes_after_approval_has_none(self) -> None:
        folder = self.copy_of(self.approved)
        content = json.loads((folder / "content.json").read_text())
        content["signed"]["expires"] = "2098-01-01T00:00:00Z"
        (folder / "content.json").write_text(json.dumps(content))
        self.assert_refused("not signed by its author", self.people.publish, folder, self.files)
        shutil.copy(self.approved / "content.json", folder / "content.json")
        other = self.home / "files"
        shutil.copytree(self.files, other)
        (other / "label-ocr.bin").write_bytes(b"A model" * 1000)
        self.assert_refused("not the file that is proposed", self.people.publish, folder, other)
        self.people.publish(folder, self.files)

    def test_nobody_approves_what_changed_since_the_review(self) -> None:
        arguments = (self.proposed, *self.people.means(self.files), "--digest")
        digest = self.people.review(self.proposed, self.files)["digest"]
        other = ("0" if digest[0] != "0" else "1") + digest[1:]
        self.assert_refused("not what was reviewed", self.people.run, "approve", *arguments, other,
                            *self.people.as_holder("carol"))

    def test_an_author_approves_nothing_of_his_own(self) -> None:
        self.assert_refused("nobody approves a release of one's own", self.people.approve, self.copy_of(self.proposed),
                            self.files, "erin")

    def test_a_rejection_holds_a_release_up(self) -> None:
        folder = self.copy_of(self.approved)
        self.people.run("reject", folder, *self.people.means(self.files), "--reason", "the model is too eager",
                        *self.people.as_holder("dave"))
        self.assert_refused("the model is too eager", self.people.publish, folder, self.files)
        self.people.publish(self.approved, self.files)

    def test_signatures_of_people_who_act_at_once_are_all_kept(self) -> None:
        folder = self.copy_of(self.proposed)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda name: self.people.approve(folder, self.files, name), ("bob", "carol")))
        standing = self.people.review(folder, self.files)["approvals"]["holders"]
        self.assertEqual([one["holder"] for one in standing if one["signed"]], ["alice", "bob", "carol"])

    def test_copies_that_went_apart_come_together(self) -> None:
        # Each of them copied the folder before the other had signed. As one file that both rewrite, one is lost.
        one, other = self.home / "one", self.home / "other"
        for copy, name in ((one, "bob"), (other, "carol")):
            shutil.copytree(self.proposed, copy)
            self.people.approve(copy, self.files, name)
        merge(other, one)
        merge(one, other)
        for folder in (one, other):
            self.assertEqual(self.people.review(folder, self.files)["approvals"]["signed"], 3)

    def test_a_stranger_in_the_folder_holds_up_nobody(self) -> None:
        folder = self.copy_of(self.approved)
        (folder / "signed" / "alice-0000000000000000.json").write_text('{"signatures": [{"keyid": "x", "sig": "zz"}]}')
        (folder / "signed" / "zoe.json").write_bytes(b"\xff\x00")
        self.people.publish(folder, self.files)

    def test_a_lost_holder_is_replaced(self) -> None:
        self.people.publish(self.approved, self.files)
        if not self.people.keys("dave-new").exists():
            self.people.make_keys("dave-new")
        folder, root = self.home / "change", ("--root", self.people.root)
        self.people.run("change-root", *root, "--replace", self.people.public("dave-new"), "-o", folder)
        review = self.people.run("review-root", folder, *root)
        self.assertIn("root: dave has other keys", review["changes"])
        self.assert_same_fingerprints(review["holders"], self.public_of("alice", "bob", "carol", "dave-new", "erin"))
        self.assertEqual({one["holder"] for one in review["holders"] if one["change"] == "other-keys"}, {"dave"})
        for name in ("alice", "bob"):
            self.people.sign_root(folder, name, *root)
        self.people.sign_root(folder, "dave-new", *root)  # counts for the new root, not for the one before
        self.assert_refused("too few holders", self.people.finish_root, folder, self.home / "2.root.json", *root)
        self.people.sign_root(folder, "erin", *root)
        self.people.finish_root(folder, self.home / "2.root.json", *root)
        self.assertEqual(self.people.verify()["root"], 2)
        self.assertEqual(self.download("acme/label-ocr/stable/1/notes.txt"), b"what is new")

    def public_of(self, *names: str) -> list[pathlib.Path]:
        return [self.people.public(name) for name in (*names, "online")]

    def assert_same_fingerprints(self, shown: list[dict[str, object]], files: list[pathlib.Path]) -> None:
        """What a command shows is what the holders' own files say, and what SHA-256 makes of them."""
        told = self.people.run("fingerprint", *files)["holders"]
        self.assertEqual({one["holder"]: one["fingerprint"] for one in shown},
                         {one["holder"]: one["fingerprint"] for one in told})
        for one, file in zip(told, files, strict=True):
            self.assertEqual(one["fingerprint"], fingerprint_of(json.loads(file.read_text())))

    def test_every_command_shows_the_same_fingerprints(self) -> None:
        files = self.public_of(*PEOPLE)
        self.assert_same_fingerprints(self.people.review(self.approved, self.files)["holders"], files)
        folder = self.home / "policy"
        self.write_policy(folder, "--notary", self.people.public("online"))
        shown = self.people.policy("show", folder, "--root", self.people.root)["holders"]
        self.assertEqual(shown[-1]["roles"], ["notary"])
        self.assert_same_fingerprints(shown, files)

    def test_the_service_gets_new_keys(self) -> None:
        self.people.publish(self.approved, self.files)
        self.people.make_keys("online-new")
        folder, root = self.home / "change", ("--root", self.people.root)
        self.people.run("change-root", *root, "--replace", self.people.public("online-new"), "-o", folder)
        for name in ("alice", "bob", "carol"):
            self.people.sign_root(folder, name, *root)
        self.assert_refused("other keys for the service", self.people.finish_root, folder, self.home / "a.json", *root)
        old = ("--service-keys", self.people.keys("online"), "--passphrase-file", self.people.passphrase)
        self.assert_refused("not the keys of the snapshot", self.people.finish_root, folder, self.home / "b.json", *root,
                            *old)
        new = ("--service-keys", self.people.keys("online-new"), "--passphrase-file", self.people.passphrase)
        self.people.finish_root(folder, self.home / "2.root.json", *root, *new)
        state = self.people.verify()
        self.assertEqual((state["root"], state["snapshot"], state["timestamp"]), (2, 2, 2))
        self.assertEqual(self.download("acme/label-ocr/stable/1/notes.txt"), b"what is new")

    def test_the_next_release_is_compared_with_the_one_before(self) -> None:
        self.people.publish(self.approved, self.files)
        self.people.propose(self.home / "next", "alice", 3, self.files / "label-ocr.bin")
        review = self.people.review(self.home / "next", self.files)
        self.assertEqual(review["version_before"], "1 (sequence 1)")
        self.assertIn("the version skips numbers", review["differences"])
        self.assertEqual(self.people.run("renew", self.people.repository, "--root", self.people.root,
                                         *self.people.as_holder("online"))["timestamp"], 2)


if __name__ == "__main__":
    unittest.main()
