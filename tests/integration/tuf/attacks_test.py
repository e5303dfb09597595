"""A hostile server and a hostile repository against tuf-client, over HTTP. Each attack has its control."""
from __future__ import annotations

import json
import resource
import subprocess
import time
import unittest
from typing import Callable

from client import OnARepository
from repository import LATER, PAST, Repository
from server import fail, give, hang, pour, trickle

METADATA = ("metadata/2.root.json", "metadata/timestamp.json", "metadata/2.snapshot.json", "metadata/2.targets.json")
MEMORY = 512 << 20
CONTENT = b"content of a target" * 100


class HostileServer(OnARepository):
    def setUp(self) -> None:
        super().setUp()
        self.repository.add_target("file", CONTENT)
        self.repository.publish_all()
        self.name = next(name for name in self.repository.files if name.startswith("targets/"))

    def refuse(self, path: str, answer: Callable, reason: str, *more: object) -> None:
        """With this answer the client fails for this reason; without it, it succeeds."""
        self.server.answers[path] = answer
        said = self.download("file", more=more)
        self.assertRegex(said, reason, path)
        self.assertEqual(self.downloaded(), [])
        self.server.answers.clear()

    def works(self) -> None:
        self.assertEqual(self.download("file"), "")
        self.assertEqual(self.downloaded(), [CONTENT])

    def test_errors_of_http_end_the_refresh(self) -> None:
        for status in (400, 401, 403, 410, 429, 500, 502, 503):
            self.refuse("metadata/2.root.json", fail(status), "neither 200 nor 404")
        for path in METADATA[1:] + (self.name,):
            self.refuse(path, fail(500), "neither 200 nor 404")
        self.works()

    def test_what_is_missing_ends_it_unless_it_is_the_next_root(self) -> None:
        for path in METADATA[1:] + (self.name,):
            self.refuse(path, fail(404), "not-found")
        self.works()

    def test_endless_files_are_cut_off(self) -> None:
        def bounded() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        for path in METADATA + (self.name,):
            self.server.answers[path] = pour()
            run = subprocess.run(self.command_for("file"), capture_output=True, text=True, timeout=120, check=False,
                                 preexec_fn=bounded)
            self.assertEqual(run.returncode, 1)
            self.assertRegex(run.stderr, "too-large", path)
            self.server.answers.clear()
        self.works()

    def test_endless_files_that_begin_well_are_cut_off(self) -> None:
        for path in METADATA[1:] + (self.name,):
            self.refuse(path, pour(self.repository.files[path]), "too-large")
        self.works()

    def test_slow_servers_are_given_up(self) -> None:
        for answer in (trickle(self.server), hang(self.server)):
            for path in ("metadata/2.root.json", "metadata/timestamp.json"):
                self.refuse(path, answer, "timed-out", "--max-time", 1)
            self.refuse(self.name, answer, "timed-out", "--max-slowness", 1)
        self.works()

    def test_cut_answers_are_refused(self) -> None:
        def cut(data: bytes) -> Callable:
            def answer(handler) -> None:  # type: ignore[no-untyped-def]
                handler.send_response(200)
                handler.send_header("Content-Length", str(len(data)))
                handler.end_headers()
                handler.wfile.write(data[:len(data) // 2])
            return answer
        for path in METADATA[1:] + (self.name,):
            self.refuse(path, cut(self.repository.files[path]), r"io|malformed")
        self.works()

    def test_other_bytes_are_refused(self) -> None:
        for path in METADATA[1:] + (self.name,):
            changed = bytearray(self.repository.files[path])
            changed[len(changed) // 2] ^= 1
            self.refuse(path, give(bytes(changed)), r"malformed|bad-signature")
        self.works()

    def test_redirects_end(self) -> None:
        def turn(handler) -> None:  # type: ignore[no-untyped-def]
            handler.send_response(302)
            handler.send_header("Location", self.server.url("metadata") + "timestamp.json")
            handler.end_headers()
        self.refuse("metadata/timestamp.json", turn, r"io")
        def away(handler) -> None:  # type: ignore[no-untyped-def]
            handler.send_response(302)
            handler.send_header("Location", "file:///etc/passwd")
            handler.end_headers()
        self.refuse("metadata/timestamp.json", away, r"io")
        self.works()

    def test_killed_at_any_request_it_goes_on_in_the_next_run(self) -> None:
        for path in METADATA + (self.name,):
            self.server.answers[path] = hang(self.server)
            self.server.take_requests()
            running = subprocess.Popen(self.command_for("file"), stderr=subprocess.DEVNULL)
            end = time.monotonic() + 60
            while path not in self.server.requests:
                self.assertLess(time.monotonic(), end, path)
                time.sleep(0.01)
            running.kill()
            running.wait()
            self.server.answers.clear()
            self.versions()
            self.assertEqual(self.downloaded(), [])
        self.works()

    def test_no_server_at_all(self) -> None:
        self.works()
        self.server.stop()
        self.assertRegex(self.refresh(), "io")


class HostileRepository(OnARepository):
    """Whoever can write the repository's files, with and without keys."""

    def setUp(self) -> None:
        super().setUp()
        self.assertEqual(self.refresh(), "")

    def refused(self, reason: str) -> None:
        before = {path.name: path.read_bytes() for path in self.metadata.iterdir()}
        self.assertRegex(self.refresh(), reason)
        self.assertEqual({path.name: path.read_bytes() for path in self.metadata.iterdir()}, before)

    def edit(self, name: str, change: Callable[[dict], None]) -> bytes:
        """A file that was changed after it was signed."""
        data = json.loads(self.repository.files[name])
        change(data)
        return json.dumps(data).encode()

    def test_rollback(self) -> None:
        old = dict(self.repository.files)
        self.repository.publish_all()
        self.assertEqual(self.refresh(), "")
        self.repository.files["metadata/timestamp.json"] = old["metadata/timestamp.json"]
        self.refused("wrong-version")

    def test_freeze(self) -> None:
        self.repository.signed["timestamp"].expires = PAST
        self.repository.publish("timestamp")
        self.refused("expired: |expired")
        self.repository.signed["timestamp"].expires = LATER
        self.repository.publish("timestamp")
        self.assertEqual(self.refresh(), "")

    def test_mix_and_match(self) -> None:
        self.repository.describes_hashes = False
        self.repository.publish_all()
        good = self.repository.files["metadata/2.snapshot.json"]
        self.repository.files["metadata/2.snapshot.json"] = self.repository.files["metadata/1.snapshot.json"]
        self.assertRegex(self.refresh(), "wrong-version")
        self.assertEqual(self.versions(), {"root": 1, "snapshot": 1, "targets": 1, "timestamp": 2})
        self.repository.files["metadata/2.snapshot.json"] = good
        self.assertEqual(self.refresh(), "")

    def test_a_key_id_that_signs_twice(self) -> None:
        self.repository.publish("timestamp")
        good = self.repository.files["metadata/timestamp.json"]
        self.repository.files["metadata/timestamp.json"] = self.edit(
            "metadata/timestamp.json", lambda data: data["signatures"].append(data["signatures"][0]))
        self.refused("malformed")
        self.repository.files["metadata/timestamp.json"] = good
        self.assertEqual(self.refresh(), "")

    def test_json_that_is_read_in_two_ways(self) -> None:
        self.repository.publish("timestamp")
        good = self.repository.files["metadata/timestamp.json"]
        for text in (good.replace(b'"signed": {', b'"signed": {"version": 1,', 1), good + b"{}", b"\xef\xbb\xbf" + good,
                     good.replace(b'"timestamp"', b'"time\xffstamp"', 1), good[:-2], b"[" * 100000):
            self.repository.files["metadata/timestamp.json"] = text
            self.refused("malformed|too-large")
        self.repository.files["metadata/timestamp.json"] = good
        self.assertEqual(self.refresh(), "")

    def test_thousands_of_roots(self) -> None:
        for _ in range(300):
            self.repository.publish("root")
        begin = time.monotonic()
        self.assertRegex(self.refresh(), "too-large")
        self.assertLess(time.monotonic() - begin, 60)
        self.assertEqual(self.versions()["root"], 257)
        self.assertEqual(self.refresh(), "")
        self.assertEqual(self.versions()["root"], 301)

    def test_targets_that_lead_out(self) -> None:
        for path in ("../outside", "/outside", "a/../../outside", "..", ""):
            self.repository.add_target(path, b"x")
        self.repository.add_target("a/inside", b"x")
        self.repository.publish_all()
        for path in ("../outside", "/outside", "a/../../outside", "..", ""):
            self.assertRegex(self.download(path), "bad-argument")
        self.assertEqual([path for path in self.home.rglob("*outside*")], [])
        self.assertEqual(self.download("a/inside"), "")
        self.assertEqual(self.downloaded(), [b"x"])

    def test_delegations_without_end(self) -> None:
        before = "targets"
        for i in range(40):
            self.repository.delegate(before, f"r{i}", ["*"])
            before = f"r{i}"
        self.repository.add_target("near", b"x", "r31")
        self.repository.add_target("far", b"x", "r32")
        self.repository.publish_all()
        self.assertRegex(self.download("far"), "too-large")
        self.assertEqual(self.download("near"), "")


class WrongCalls(OnARepository):
    def test_end_with_one(self) -> None:
        for arguments in ([], ["refresh"], ["--metadata-dir", self.metadata, "refresh"], ["--what", "x", "refresh"],
                          ["--metadata-dir"], ["--metadata-dir", self.metadata, "dance"],
                          ["--metadata-dir", self.metadata, "init"], ["--metadata-dir", self.metadata, "init", "/absent"],
                          ["--metadata-dir", "/absent/dir", "init", self.home / "initial-root.json"],
                          ["--metadata-dir", self.metadata, "init", self.home / "initial-root.json"],
                          ["--metadata-url", "file:///etc/", "--metadata-dir", self.metadata, "refresh"],
                          ["--metadata-url", self.server.url("metadata"), "--metadata-dir", self.metadata, "download"]):
            run = self.run_client(*arguments)
            self.assertEqual(run.returncode, 1, arguments)
            self.assertNotEqual(run.stderr, "", arguments)
        self.assertEqual(self.server.take_requests(), [])

    def test_a_first_root_that_is_not_signed_is_refused(self) -> None:
        root = json.loads(self.repository.root)
        root["signatures"][0]["sig"] = root["signatures"][0]["sig"][:-2] + "00"
        bad, other = self.home / "bad.json", self.home / "other"
        bad.write_text(json.dumps(root))
        other.mkdir()
        self.assertEqual(self.run_client("--metadata-dir", other, "init", bad).returncode, 1)
        self.assertEqual(list(other.iterdir()), [])

    def test_options_may_stand_anywhere(self) -> None:
        run = self.run_client("refresh", "--metadata-dir", self.metadata, "--metadata-url",
                              self.server.url("metadata").rstrip("/"))
        self.assertEqual(run.returncode, 0, run.stderr)


if __name__ == "__main__":
    unittest.main()
