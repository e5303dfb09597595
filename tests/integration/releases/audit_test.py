"""A log of releases as an auditor and a monitor see it, through the publisher's program."""
from __future__ import annotations

import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from people import BINARIES, CHEAP, People

PROGRAM = BINARIES / "edgekeep-publisher"


class AuditOfALog(unittest.TestCase):
    """One log for all tests: a root ceremony, a release and its approvals. Each test works on a copy."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory(prefix="ek-audit-")
        home = pathlib.Path(cls.directory.name)
        cls.people = People(home)
        cls.people.make_keys("notary")
        cls.people.init_root(home / "known-ceremony", "alice", "bob", "carol")
        cls.people.finish_root(home / "known-ceremony", cls.people.root, "--entries", home / "entries")
        cls.files = home / "files"
        cls.files.mkdir()
        (cls.files / "model.bin").write_bytes(b"a model" * 100)
        cls.people.propose(home / "known", "erin", 1, cls.files / "model.bin")
        for name in ("alice", "bob"):
            cls.people.approve(home / "known", cls.files, name)
        cls.log = home / "log"
        cls.passphrase = ("--passphrase-file", cls.people.passphrase)
        cls.run_program("log", "init", cls.log, "--origin", "log.example/acme", *cls.passphrase)
        cls.append(cls.log, *sorted((home / "entries").iterdir()))
        cls.append(cls.log, *sorted((home / "known" / "entries").iterdir(), reverse=True))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.directory.cleanup()

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="ek-audit-test-")
        self.addCleanup(directory.cleanup)
        self.home = pathlib.Path(directory.name)

    @staticmethod
    def start(*arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)

    @classmethod
    def run_program(cls, *arguments: object, code: int = 0) -> str:
        process = cls.start(*arguments)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, (arguments, process.returncode, out, err)
        return out

    @classmethod
    def append(cls, log: pathlib.Path, *files: pathlib.Path) -> None:
        cls.run_program("log", "append", log, *files, *cls.passphrase)

    def belief(self) -> tuple[object, ...]:
        return ("--policy", self.log / "keys" / "key.policy", "--root", self.people.root, "--notary",
                self.people.public("notary"))

    def look(self, log: object, *more: object, code: int = 0) -> dict[str, object]:
        out = self.run_program("monitor", log, *self.belief(), "--state", self.home / "state", "--json", *more, code=code)
        return json.loads(out)

    def propose_another(self, sequence: int) -> list[pathlib.Path]:
        folder = self.home / f"proposal-{sequence}"
        self.people.propose(folder, "dave", sequence, self.files / "model.bin")
        return sorted((folder / "entries").iterdir())

    def test_says_who_did_what_and_makes_a_page(self) -> None:
        page = self.home / "page.html"
        report = json.loads(self.run_program("audit", self.log, *self.belief(), "--page", page, "--json"))
        self.assertEqual(report["concerns"], [])
        self.assertEqual([(entry["kind"], entry["who"]) for entry in report["entries"]],
                         [("key-ceremony", "the root's quorum"), ("key-ceremony", "the root's quorum"),
                          ("release", "erin"), ("approval", "bob"), ("approval", "alice")])
        self.assertTrue(all(entry["signed"] for entry in report["entries"]))
        self.assertIn("erin", page.read_text())

    def test_compares_what_is_published_with_the_log(self) -> None:
        self.addCleanup(setattr, self.people, "repository", self.people.repository)
        published = self.home / "repository"
        shutil.copytree(self.people.repository, published)
        self.people.repository = published
        asked = (*self.belief(), "--repository", published, "--json")
        self.people.publish(pathlib.Path(self.directory.name) / "known", self.files)
        self.assertEqual(json.loads(self.run_program("audit", self.log, *asked))["concerns"], [])
        folder = self.home / "past-the-log"
        self.people.propose(folder, "dave", 2, self.files / "model.bin")
        for name in ("alice", "bob"):
            self.people.approve(folder, self.files, name)
        self.people.publish(folder, self.files)
        found = json.loads(self.run_program("audit", self.log, *asked, code=1))["concerns"]
        self.assertEqual([concern["kind"] for concern in found], ["repository"])
        self.assertIn("not in the log", found[0]["text"])

    def test_finds_an_approval_that_somebody_else_signed(self) -> None:
        log = self.home / "log"
        shutil.copytree(self.log, log)
        statements = [path for path in (log / "public" / "statement").rglob("*") if path.is_file()]
        signed = [path.read_bytes() for path in statements]
        for path, other in zip(statements, signed[1:] + signed[:1]):
            path.write_bytes(other)
        report = json.loads(self.run_program("audit", log, *self.belief(), "--json", code=1))
        self.assertEqual({concern["kind"] for concern in report["concerns"]}, {"unsigned", "junk-statement", "missing-ceremony"})

    def test_misses_a_policy_that_was_not_entered(self) -> None:
        log, folder, output = self.home / "log", self.home / "policy", self.home / "policy.ektp"
        shutil.copytree(self.log, log)
        lines = [line for line in (log / "keys" / "key.policy").read_text().splitlines() if line.startswith("log ")]
        (self.home / "log-policy").write_text("\n".join([*lines, "quorum none", ""]))
        self.people.policy("write", "--authority", "acme", "--profile", "development", "--witnesses", 0, "--notary",
                           self.people.public("notary"), "--log-policy", self.home / "log-policy", "-o", folder)
        for name in ("alice", "bob", "carol"):
            self.people.sign_policy(folder, name)
        self.people.policy("finish", folder, "--root", self.people.root, "-o", output, "--entries", self.home / "entries")
        audit = ("audit", log, *self.belief(), "--trust-policy", output, "--json")
        report = json.loads(self.run_program(*audit, code=1))
        self.assertEqual([concern["kind"] for concern in report["concerns"]], ["missing-policy"])
        self.assertEqual([one["kind"] for one in self.look(log, "--trust-policy", output, code=1)["concerns"]],
                         ["missing-policy"])
        self.append(log, self.home / "entries" / "policy-change.ekl")
        report = json.loads(self.run_program(*audit))
        self.assertEqual(report["concerns"], [])
        entry = report["entries"][-1]
        self.assertEqual((entry["kind"], entry["who"], entry["signed"]), ("policy-change", "the root's quorum", True))
        known = ("--trust-policy", output, "--proposals", pathlib.Path(self.directory.name), "--proposals", self.home)
        self.assertEqual(self.look(log, *known)["concerns"], [])
        self.misses_a_repair_that_was_not_entered(log, audit)

    def misses_a_repair_that_was_not_entered(self, log: pathlib.Path, audit: tuple[object, ...]) -> None:
        folder, output, entries = self.home / "repair", self.home / "repair.ekr", self.home / "repair-entries"
        self.people.policy("repair-time", "--time", "2027-01-01", "--number", 1, "--root", self.people.root, "-o", folder)
        for name in ("alice", "bob", "carol"):
            self.people.sign_policy(folder, name)
        self.people.policy("finish", folder, "--root", self.people.root, "-o", output, "--entries", entries)
        report = json.loads(self.run_program(*audit, "--time-repair", output, code=1))
        self.assertEqual([concern["text"] for concern in report["concerns"]],
                         ["the log has no entry of repair of time 1, which devices have"])
        self.append(log, entries / "time-repair.ekl")
        report = json.loads(self.run_program(*audit, "--time-repair", output))
        self.assertEqual((report["concerns"], report["entries"][-1]["signed"]), ([], True))

    def sign_epoch(self, product: str, epoch: int, *signers: str) -> tuple[tuple[object, ...], pathlib.Path]:
        """What the root's people tell the log of it, and the first one's signature."""
        folder = self.home / f"signed-{product.replace('/', '-')}-{epoch}"
        said = ("--product", product, "--epoch", epoch, "--reason", "one device is lost", "--folder", folder)
        for name in signers:
            self.run_program("epoch", "sign-entry", *said, *self.people.as_holder(name))
        return said, next((folder / "entries").glob(f"*-{signers[0]}-*.ekl"))

    def test_misses_an_epoch_that_was_not_entered(self) -> None:
        self.addCleanup(setattr, self.people, "repository", self.people.repository)
        published, told, untold = self.home / "repository", self.home / "told", self.home / "untold"
        shutil.copytree(self.people.repository, published)
        shutil.copytree(self.log, told)
        self.people.repository, publisher = published, self.home / "acme"
        self.run_program("publisher", "init", publisher, "--name", "acme", *self.passphrase, *CHEAP)
        kit, sealed, grant = ("--publisher", publisher, *self.passphrase), self.home / "m.eks", self.home / "m.ekg"
        self.run_program("seal", self.files / "model.bin", "--product", "acme/label-ocr", "--version-sequence", 7,
                         "--version", "7", "-o", sealed, *kit)
        self.run_program("grant", sealed, "-o", self.home / "first.ekg", *kit)
        begin = ("publisher", "new-epoch", "--product", "acme/label-ocr", *kit, "--root", self.people.root, "--entry")
        said, alone = self.sign_epoch("acme/label-ocr", 2, "alice", "bob")
        join = ("epoch", "entry", *said, "--root", self.people.root, "--entries", self.home / "entries")
        with self.assertRaisesRegex(AssertionError, "too few holders signed"):
            self.run_program(*join)
        for wrong, words in ((self.sign_epoch("acme/other", 2, "alice")[1], "another product"),
                            (self.sign_epoch("acme/label-ocr", 3, "alice")[1], "about epoch 3"),
                            (alone, "too few holders of the root")):
            with self.assertRaisesRegex(AssertionError, words):
                self.run_program(*begin, wrong)
        self.sign_epoch("acme/label-ocr", 2, "carol")
        self.run_program(*join)
        entry = self.home / "entries" / "epoch-change.ekl"
        server = self.start("log", "serve", told, "--listen", "127.0.0.1:0", "--accept", "--root", self.people.root,
                            "--repository", published, *self.passphrase)
        self.addCleanup(server.communicate)
        self.addCleanup(server.terminate)
        address = server.stdout.readline().split()[-1]
        self.run_program(*begin, entry, "--to", address)  # the first epoch still: what was refused began nothing
        self.run_program("grant", sealed, "-o", grant, *kit)
        folder = self.home / "next"
        self.people.propose(folder, "erin", 7, grant)
        for name in ("alice", "bob"):
            self.people.approve(folder, self.home, name)
        self.people.publish(folder, self.home)
        shutil.copytree(self.log, untold)
        for log in (told, untold):
            self.append(log, *sorted((folder / "entries").iterdir(), reverse=True))
        asked = (*self.belief(), "--repository", published)
        found = json.loads(self.run_program("audit", untold, *asked, "--json", code=1))["concerns"]
        self.assertEqual([concern["kind"] for concern in found], ["missing-epoch"])
        self.assertIn("no entry of epoch 2 of acme/label-ocr", found[0]["text"])
        self.assertEqual([one["kind"] for one in self.look(untold, "--repository", published, code=1)["concerns"]],
                         ["missing-epoch"])
        report = json.loads(self.run_program("audit", told, *asked, "--json"))  # control
        self.assertEqual((report["concerns"], report["entries"][5]["kind"]), ([], "epoch-change"))
        stored = next((published / "targets").rglob("*.m.ekg"))
        stored.write_bytes((self.home / "first.ekg").read_bytes())
        found = json.loads(self.run_program("audit", untold, *asked, "--json", code=1))["concerns"]
        self.assertEqual([concern["kind"] for concern in found], ["repository"], "a grant of an epoch that nobody released")

    def test_says_nothing_of_nothing(self) -> None:
        """Who is to look at what is not there says so."""
        (self.home / "empty" / "metadata").mkdir(parents=True)
        for place in (self.home / "empty", self.home / "missing"):
            verify = ("release", "verify", place, "--root", self.people.root)
            state = ("--state", self.home / "state")
            for command in (verify, ("audit", self.log, *self.belief(), "--repository", place),
                            ("monitor", self.log, *self.belief(), *state, "--repository", place),
                            ("audit", place, *self.belief()), ("monitor", place, *self.belief(), *state),
                            ("log", "show", place), ("log", "list", place), ("log", "export", place, self.home / "out"),
                            ("log", "prove", "inclusion", place, "--index", 0),
                            ("log", "prove", "consistency", place, "--from", 0),
                            ("log", "verify", "files", place, "--policy", self.log / "keys" / "key.policy")):
                self.run_program(*command, code=1)
        process = self.start("factory", "reconcile", *(word for option in ("order", "owner", "stations", "ca")
                                                       for word in (f"--{option}", self.people.root)))
        self.assertIn("nothing to compare the order with", process.communicate(timeout=120)[1])
        # A repository of roots alone: they hold, and nothing is released.
        process = self.start("release", "verify", self.people.repository, "--root", self.people.root)
        self.assertIn("nothing is released", process.communicate(timeout=120)[1])
        self.assertEqual(process.returncode, 1)
        self.run_program("log", "list", self.log)  # control
        self.run_program("audit", self.log, *self.belief(), "--repository", self.people.repository)

    def test_watches_a_log_over_http(self) -> None:
        server = self.start("log", "serve", self.log, "--listen", "127.0.0.1:0")
        self.addCleanup(server.communicate)
        self.addCleanup(server.terminate)
        address = server.stdout.readline().split()[-1]
        self.assertEqual(self.look(address)["new"], 5)
        self.assertEqual(self.look(self.log)["new"], 0)

    def test_reports_what_nobody_proposed(self) -> None:
        known = ("--proposals", pathlib.Path(self.directory.name))
        self.assertEqual(self.look(self.log, *known)["concerns"], [])
        log = self.home / "log"
        shutil.copytree(self.log, log)
        files = self.propose_another(7)
        self.append(log, *files)
        found = self.look(log, *known, code=1)
        self.assertEqual([(concern["kind"], concern["index"]) for concern in found["concerns"]], [("unproposed", 5)])
        digest = found["concerns"][0]["text"].split("content ")[1][:64]
        (self.home / "state").unlink()
        (self.home / "list").write_text(f"# looked into\n{digest}\n")
        self.assertEqual(self.look(log, *known, "--known", self.home / "list")["concerns"], [])

    def test_names_what_belongs_into_no_log_of_releases(self) -> None:
        log, voided = self.home / "log", self.home / "voided"
        shutil.copytree(self.log, log)
        kind = b"edgekeep/log/voided"
        voided.write_bytes(b"\xa1\x00" + bytes([0x60 + len(kind)]) + kind)
        self.append(log, voided)
        self.assertEqual(json.loads(self.run_program("log", "list", log, "--json"))["entries"][-1]["kind"], "voided")
        found = json.loads(self.run_program("audit", log, *self.belief(), "--json", code=1))["concerns"]
        self.assertEqual([(concern["kind"], concern["index"]) for concern in found], [("unknown-entry", 5)])

    def test_finds_a_fork_whose_every_signature_is_right(self) -> None:
        forks = [self.home / "one", self.home / "other"]
        for number, fork in enumerate(forks):
            shutil.copytree(self.log, fork)
            self.append(fork, *self.propose_another(number + 2))
        self.assertEqual(self.look(forks[0])["new"], 6)
        seen = (self.home / "state").read_text()
        self.assertEqual([concern["kind"] for concern in self.look(forks[1], code=1)["concerns"]], ["forked"])
        self.assertEqual([concern["kind"] for concern in self.look(self.log, code=1)["concerns"]], ["went-back"])
        self.assertEqual((self.home / "state").read_text(), seen)
        self.assertEqual(self.look(forks[0])["new"], 0)

    def test_goes_on_where_it_was_killed(self) -> None:
        state = self.home / "state"
        process = self.start("monitor", self.log, *self.belief(), "--state", state, "--every", "1")
        deadline = time.monotonic() + 120
        while not state.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.assertEqual(self.look(self.log)["new"], 0)
        state.write_text("{}")
        self.run_program("monitor", self.log, *self.belief(), "--state", state, code=1)

    def test_ends_when_it_is_told_to(self) -> None:
        state = self.home / "state"
        process = self.start("monitor", self.log, *self.belief(), "--state", state, "--every", "3600")
        self.assertIn("5 new", process.stdout.readline())
        process.terminate()
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
