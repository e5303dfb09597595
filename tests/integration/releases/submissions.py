"""Entries that are sent to a log over HTTP: what counts is taken from whoever brings it, and nothing else."""
from __future__ import annotations

import concurrent.futures
import contextlib
import fcntl
import http.client
import http.server
import os
import pathlib
import shutil
import subprocess
import socketserver
import threading
import urllib.parse
from collections.abc import Iterator

from notary_case import NotaryCase
from people import BINARIES, Refused, serve


def has_open(process: subprocess.Popen[bytes], path: pathlib.Path) -> bool:
    links = pathlib.Path(f"/proc/{process.pid}/fd")
    with contextlib.suppress(OSError):
        return any(os.readlink(link) == str(path) for link in links.iterdir())
    return False


class Submissions(NotaryCase):
    """Of notary_test.py, which shares its people with them."""

    def accept(self, notary: pathlib.Path | None = None) -> str:
        return self.serve("log", self.log, "--accept", *self.root(), "--notary",
                          notary or self.people.public("notary"), *self.passphrase)

    def send(self, address: str, *files: pathlib.Path) -> dict[str, object]:
        return self.people.run("submit", address, *files, group="log")

    @staticmethod
    def post(address: str, body: bytes, claimed: int) -> tuple[int, bytes]:
        """The answer to so much of a body that claims that size."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)
        connection.putrequest("POST", "/add-entries")
        connection.putheader("Content-Length", str(claimed))
        connection.endheaders(body)
        with contextlib.closing(connection):
            answer = connection.getresponse()
            return answer.status, answer.read()

    @staticmethod
    @contextlib.contextmanager
    def silent_log() -> Iterator[tuple[str, list[object]]]:
        """Where it is, and who came: each is let in and told nothing."""
        asked: list[object] = []

        class Silent(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                asked.append(self.client_address)

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}", asked
            finally:
                server.shutdown()
                thread.join()

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
        self.people.run(*submit[:2], "--log", self.log, "--again", *self.root(), *self.passphrase)
        unsent = self.home / "verdicts/verdict-3.ekl"
        unsent.write_bytes(next((self.home / "verdicts").glob("*.ekl")).read_bytes())
        with self.silent_log() as (silent, asked):
            self.assert_refused(f"{silent}/add-entries", self.people.run, *apart, "--to", silent)
        self.assertEqual(len(asked), 1, "a log that says nothing is asked nothing more")
        nowhere = ["judge", "--log", self.home / "no-log", *apart[3:]]
        nowhere[nowhere.index("-o") + 1] = self.home / "made-for-nothing"
        self.assert_refused("no such file", self.people.run, *nowhere)
        self.assertFalse((self.home / "made-for-nothing").exists())
        unsent.unlink()
        said = self.people.run(*apart, "--to", address)
        self.assertEqual((len(said["verdicts"]), said["sent"]), (0, 1))
        # The release that was entered again has its turn then.
        self.assertEqual([self.people.run(*apart, "--to", address)["sent"] for _ in range(2)], [1, 0])
        # Whoever keeps the log goes on with it meanwhile.
        self.witness()
        self.cosign()
        approval = next((self.approved / "entries").glob("approval-alice-*.ekl"))
        self.people.run("append", self.log, approval, *self.passphrase, group="log")
        self.assertEqual(self.send(address, approval), {"added": 0, "size": 9})
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
        for body, claimed, status, words in (
                (b"junk", 4, 400, b"malformed"), (b"\0\0\0\1a", 5, 400, b"statement 0: malformed"),
                (b"\0" * (1 << 19), 1 << 19, 400, b"malformed"), (b"", (1 << 19) + 1, 413, b"")):
            said = self.post(address, body, claimed)
            self.assertEqual((said[0], said[1][:len(words)]), (status, words), body[:8])
        self.assertEqual(self.entries(), 0)
        self.assert_refused("takes nothing", self.send, self.serve("log", self.log), approval)
        self.assert_refused("the log says", self.people.run, "submit", self.approved, "--to", f"{address}nowhere",
                            *self.root())
        self.assertEqual(self.send(address, approval), {"added": 1, "size": 1})  # control
        # Control: whoever has the log's passphrase enters anything.
        self.people.run("append", self.log, forged, *self.passphrase, group="log")
        self.assertEqual(self.entries(), 2)
        # The log's own damage is nobody's else.
        for tile in (self.log / "public" / "tile").rglob("*"):
            if tile.is_file():
                tile.write_bytes(b"junk")
        self.assert_refused("500 malformed", self.send, address,
                            next((self.approved / "entries").glob("approval-bob-*.ekl")))

    def test_a_new_root_is_followed_while_the_log_is_served(self) -> None:
        self.begin("empty")
        own = self.people.root
        self.addCleanup(setattr, self.people, "root", own)
        notary = self.home / "notary.holder.json"
        shutil.copy(self.people.public("notary"), notary)
        address = self.accept(notary)
        carols = self.home / "carols"
        shutil.copytree(self.approved, carols)
        self.people.approve(carols, self.files, "carol")
        approval = next((carols / "entries").glob("approval-carol-*.ekl"))
        self.replace(2, "carol", "alice", "bob", "dave")
        root, folder, entries = ("--root", own), self.home / "root-2", self.home / "root-2-entries"
        self.people.run("finish-root", folder, *root, "-o", self.home / "again.json", "--entries", entries)
        ceremonies = sorted(entries.glob("*.ekl"))
        notary.rename(self.home / "away")
        self.assert_refused("403 statement 0: untrusted", self.send, address, *ceremonies)
        (self.home / "away").rename(notary)
        self.assertEqual(self.send(address, *ceremonies)["added"], 2, "what fails once is tried again")
        self.assert_refused("403 statement 0: untrusted", self.send, address, approval)
        # A repository that loses a root, and has junk after it, brings nobody back.
        metadata = self.people.repository / "metadata"
        (metadata / "2.root.json").rename(self.home / "lost.json")
        (metadata / "3.root.json").write_text("{}")
        self.assert_refused("403 statement 0: untrusted", self.send, address, approval)
        others = next((carols / "entries").glob("approval-bob-*.ekl"))
        self.assertEqual(self.send(address, others)["added"], 1)  # control
        # Control: a server that begins with that repository knows the first root alone.
        (metadata / "3.root.json").unlink()
        self.people.root = own
        self.assertEqual(self.send(self.accept(), approval)["added"], 1)

    def test_whoever_has_the_logs_lock_is_waited_for(self) -> None:
        self.begin("empty")
        address = self.accept()
        files = sorted((self.approved / "entries").glob("*.ekl"))
        lock = os.open(self.log, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.assert_refused("503 busy", self.send, address, files[0])
        self.assertEqual(self.entries(), 0)
        append = [BINARIES / "edgekeep-publisher", "log", "append", self.log, files[0], *self.passphrase]
        with subprocess.Popen(append, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None and not has_open(process, self.log):
                pass
            os.close(lock)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.send(address, *files), {"added": len(files) - 1, "size": len(files)})

    def test_witnesses_are_asked_without_the_logs_lock(self) -> None:
        self.begin("submitted")
        self.witness()
        address = next(line.split()[-1] for line in self.policy.read_text().splitlines() if line.startswith("witness"))
        approval = next((self.approved / "entries").glob("approval-alice-*.ekl"))
        size, held = self.entries(), []
        case = self

        def is_held() -> bool:
            lock = os.open(case.log, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            finally:
                os.close(lock)
            return False

        class Between(http.server.BaseHTTPRequestHandler):
            """Asks the witness, when somebody has appended meanwhile, as long as anybody can."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                held.append(is_held())
                if not held[-1]:
                    case.people.run("append", case.log, approval, *case.passphrase, group="log")
                connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)
                with contextlib.closing(connection):
                    connection.request("POST", self.path, body)
                    answer = connection.getresponse()
                    self.send_response(answer.status)
                    self.end_headers()
                    self.wfile.write(answer.read())

            def log_message(self, *_: object) -> None:
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Between) as server:
            threading.Thread(target=server.serve_forever).start()
            try:
                self.policy.write_text(self.policy.read_text().replace(address, f"http://127.0.0.1:{server.server_port}/"))
                said = self.people.run("cosign", self.log, "--policy", self.policy, group="log")
            finally:
                server.shutdown()
        # Asked again three times, the second time on by two questions each; in the end nobody can append any more.
        self.assertEqual(held, [False] * 5 + [True] * 2)
        self.assertEqual(said["size"], size + 5, "what was appended meanwhile is cosigned, too")
        self.assertIn("witness.example/w1", (self.log / "public" / "checkpoint").read_text())

    def test_a_server_that_is_killed_while_it_appends_loses_and_doubles_nothing(self) -> None:
        self.begin("empty")
        files = sorted((self.approved / "entries").glob("*.ekl"))
        for number, file in enumerate(files):
            # In the middle of the append, between what it commits and what it publishes, and when it answers.
            seen = (self.log / "public" / "statement" / f"{number:03}", self.log / "state" / "checkpoint",
                    self.log / "public" / "checkpoint")[number % 3]
            process, address = serve("log", self.log, "--accept", *self.root(), *self.passphrase)
            before = seen.read_bytes() if seen.exists() else None
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                answer = pool.submit(self.send, address, file)
                while not answer.done() and (seen.read_bytes() if seen.exists() else None) == before:
                    pass
                process.kill()
                process.wait()
                process.stdout.close()
            if answer.exception() is None:
                self.assertEqual(self.entries(), answer.result()["size"], "what was acknowledged stays")
        address = self.accept()
        self.send(address, *files)
        self.assertEqual(self.send(address, *files), {"added": 0, "size": len(files)})

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
