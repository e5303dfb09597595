"""Cosignatures, proofs and the witness protocol between Edgekeep and sigsum-go's witness, litetlog's spicy and tlogx; and
cosignatures by ML-DSA-44 between Edgekeep and @noble/post-quantum."""
from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from people import BINARIES, CHEAP, serve

PEERS = pathlib.Path(os.environ["EDGEKEEP_LOG_PEERS"])
GO_PEER = pathlib.Path(os.environ["EDGEKEEP_GO_PEER"])
VECTORS = pathlib.Path(__file__).parents[2] / "spec/vectors/log-entries.json"
# Debian builds these programs such that Go's HTTP server does not know its own patterns with a method otherwise.
GO_HTTP = {**os.environ, "GODEBUG": "httpmuxgo121=0"}


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


class NoteKey:
    """A key that signs notes, under the name that sigsum-go gives it."""

    def __init__(self, prefix: str, type_of_key: int) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.public = self.private.public_key().public_bytes(serialization.Encoding.Raw,
                                                             serialization.PublicFormat.Raw)
        self.name = f"sigsum.org/v1/{prefix}/{sha256(self.public).hex()}"
        self.id = sha256(self.name.encode() + bytes([10, type_of_key]) + self.public)[:4]
        self.vkey = f"{self.name}+{self.id.hex()}+{base64_of(bytes([type_of_key]) + self.public)}"

    def sign(self, text: str) -> str:
        return f"{text}\n\u2014 {self.name} {base64_of(self.id + self.private.sign(text.encode()))}\n"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)


def publisher(*arguments: object) -> str:
    """Returns "" when it succeeds, else what it said."""
    done = run(BINARIES / "edgekeep-publisher", *arguments)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def sockets_of(pid: int) -> set[str]:
    found = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            found.add(os.readlink(entry))
    return found


def address_of(process: subprocess.Popen[bytes]) -> str:
    """Where a process that chose its own port listens."""
    for _ in range(1200):
        assert process.poll() is None, "the program ended"
        sockets = sockets_of(process.pid)
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                return f"http://127.0.0.1:{int(fields[1].split(':')[1], 16)}/"
        time.sleep(0.05)
    raise AssertionError("the program does not listen")


def post(url: str, old: int, path: list[bytes], note: str) -> tuple[int, str]:
    body = f"old {old}\n" + "".join(f"{base64_of(hash_)}\n" for hash_ in path) + "\n" + note
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{url}add-checkpoint", body.encode()), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


class C2sp(unittest.TestCase):
    """A log of two entries that Edgekeep made, once under its own keys and once under the name that sigsum-go's
    witness takes logs by: the same tiles, and a checkpoint that the test signs."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="ek-c2sp-")
        self.addCleanup(directory.cleanup)
        self.home = pathlib.Path(directory.name)
        passphrase = self.home / "passphrase"
        passphrase.write_text("correct horse battery staple\n")
        passphrase.chmod(0o600)
        self.secret = ("--passphrase-file", passphrase)
        contents = [one["hex"] for one in json.loads(VECTORS.read_text())["objects"] if one["kind"] != "log-entry"]
        for number, content in enumerate(contents[:3]):
            (self.home / f"content{number}").write_bytes(bytes.fromhex(content))
        self.log = self.make_log("log", 0, 1)
        self.leaves = [sha256(b"\0" + self.entry(self.log, index).read_bytes()) for index in range(2)]
        self.root = sha256(b"\1" + self.leaves[0] + self.leaves[1])
        self.key = NoteKey("tree", 1)
        self.policy = self.home / "policy"

    def make_log(self, name: str, *contents: int) -> pathlib.Path:
        log = self.home / name
        self.assertEqual(publisher("log", "init", log, "--origin", "log.example/acme", *CHEAP, *self.secret), "")
        self.assertEqual(publisher("log", "append", log, *(self.home / f"content{number}" for number in contents),
                                   *self.secret), "")
        return log

    def entry(self, log: pathlib.Path, index: int) -> pathlib.Path:
        """The entry, with its proof beside it."""
        entry = log.with_name(f"{log.name}.entry{index}")
        for path in (entry, entry.with_suffix(".proof")):
            path.unlink(missing_ok=True)
        self.assertEqual(publisher("log", "prove", "inclusion", log, "--index", index, "--entry", entry, "-o",
                                   entry.with_suffix(".proof")), "")
        return entry

    def checkpoint(self, size: int, root: bytes) -> str:
        return self.key.sign(f"{self.key.name}\n{size}\n{base64_of(root)}\n")

    def under_other_name(self, log: pathlib.Path) -> pathlib.Path:
        copy = log.with_name(f"{log.name}-renamed")
        shutil.copytree(log, copy)
        size, root = (log / "public/checkpoint").read_text().splitlines()[1:3]
        for place in ("public", "state"):
            (copy / place / "checkpoint").write_text(self.checkpoint(int(size), base64.b64decode(root)))
        (copy / "keys/key.policy").write_text(f"log {self.key.vkey}\nquorum none\n")
        return copy

    def sigsum_witness(self) -> tuple[NoteKey, str]:
        key = NoteKey("witness", 4)
        private, log = self.home / "witness-key", self.home / "log-key.pub"
        private.write_bytes(key.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH,
                                                      serialization.NoEncryption()))
        private.chmod(0o600)
        log.write_bytes(self.key.private.public_key().public_bytes(serialization.Encoding.OpenSSH,
                                                                   serialization.PublicFormat.OpenSSH))
        process = subprocess.Popen([PEERS / "sigsum-witness", "--signing-key", private, "--log-key", log, "--state-file",
                                    self.home / "witness-state", "127.0.0.1:0"], env=GO_HTTP, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        address = address_of(process)
        self.policy.write_text(f"log {self.key.vkey}\nwitness w {key.vkey} {address}\nquorum w\n")
        return key, address

    def verify(self, entry: pathlib.Path) -> str:
        return publisher("log", "verify", "inclusion", entry.with_suffix(".proof"), "--policy", self.policy, "--entry",
                         entry)

    def test_sigsums_witness_cosigns_a_log_and_notices_another(self) -> None:
        witness, address = self.sigsum_witness()
        log, forked = self.under_other_name(self.log), self.under_other_name(self.make_log("forked", 0, 2))
        self.assertEqual(post(address, 0, [], self.checkpoint(1, self.leaves[0]))[0], 200)
        self.assertIn("no quorum of cosigners", self.verify(self.entry(log, 1)))
        # It knows one entry: the client learns that from the refusal, and proves that the log grew from there.
        self.assertEqual(publisher("log", "cosign", log, "--policy", self.policy), "")
        self.assertEqual(self.verify(self.entry(log, 1)), "")
        self.assertIn("the witness saw another log", publisher("log", "cosign", forked, "--policy", self.policy))
        # The cosignature is of this witness's key, and of nobody else's.
        self.policy.write_text(self.policy.read_text().replace(witness.vkey, NoteKey("witness", 4).vkey))
        self.assertIn("no quorum of cosigners", self.verify(self.entry(log, 1)))

    def test_both_witnesses_answer_alike(self) -> None:
        _, theirs = self.sigsum_witness()
        ours_home = self.home / "witness"
        self.assertEqual(publisher("witness", "init", ours_home, "--name", "witness.example", *CHEAP, *self.secret), "")
        logs = self.home / "logs"
        logs.write_text(f"log {self.key.vkey}\nquorum none\n")
        process, ours = serve("witness", ours_home, "--logs", logs, *self.secret)
        for act in (process.stdout.close, process.wait, process.terminate):
            self.addCleanup(act)
        one, two = self.checkpoint(1, self.leaves[0]), self.checkpoint(2, self.root)
        changed = two.replace("\n2\n", "\n3\n", 1)
        requests = ((0, [], changed, 403), (0, [], one, 200), (0, [], two, 409), (1, [self.leaves[0]], two, 422),
                    (2, [], one, 400), (1, [self.leaves[1]], two, 200), (2, [], two, 200), (1, [self.leaves[1]], two, 409))
        for old, path, note, status in requests:
            answers = [post(address, old, path, note) for address in (ours, theirs)]
            self.assertEqual([answer[0] for answer in answers], [status, status], (old, status, answers))
            if status == 409:
                self.assertEqual(answers[0], answers[1])
        self.another_implementation_verifies(ours_home, two + post(ours, 2, [], two)[1])

    @staticmethod
    def noble(*arguments: object) -> subprocess.CompletedProcess[str]:
        return run("node", pathlib.Path(__file__).with_name("ml_dsa_peer.cjs"), *arguments)

    def test_ml_dsa_cosignatures_verify_there(self) -> None:
        home = self.home / "witness"
        self.assertEqual(publisher("witness", "init", home, "--name", "witness.example/w1", *CHEAP, *self.secret), "")
        process, address = serve("witness", home, "--logs", self.log / "keys/key.policy", *self.secret)
        for act in (process.stdout.close, process.wait, process.terminate):
            self.addCleanup(act)
        of_log, of_witness = ([line for line in (place / "keys/key.policy").read_text().splitlines()
                               if line.startswith(word)] for place, word in ((self.log, "log"), (home, "witness")))
        self.policy.write_text("\n".join([*of_log, *(f"{line} {address}" for line in of_witness), "quorum none", ""]))
        self.assertEqual(publisher("log", "cosign", self.log, "--policy", self.policy), "")
        note, bent = self.log / "public/checkpoint", self.home / "bent"
        vkeys = [key for line in (*of_log, *of_witness) for key in line.split()[1:]
                 if "+" in key and base64.b64decode(key.split("+", 2)[2])[0] == 6]
        self.assertEqual(len(vkeys), 2, "the log's own, and the witness's")
        text = note.read_text()
        for vkey in vkeys:
            self.assertEqual(self.noble("verify", vkey, note).returncode, 0, vkey[:40])
            line = next(one for one in text.splitlines() if vkey.split("+")[0] in one and len(one) > 3000)
            signature = bytearray(base64.b64decode(line.split()[2]))
            signature[1000] ^= 1
            for wrong in (text.replace(line.split()[2], base64_of(bytes(signature))), text.replace("\n2\n", "\n3\n", 1)):
                self.assertNotEqual(wrong, text)
                bent.write_text(wrong)
                self.assertEqual(self.noble("verify", vkey, bent).returncode, 1)
                self.policy_of("".join(f"{one}\n" for one in of_log), *of_witness)
                self.assertIn("missing or wrong", self.verify_note(bent))
        self.assertEqual(self.verify_note(note), "")  # control

    def policy_of(self, logs: str, *witnesses: str) -> None:
        self.policy.write_text("\n".join([logs, *witnesses, "quorum none", ""]))

    def verify_note(self, note: pathlib.Path) -> str:
        """What is said of a checkpoint: that of an inclusion proof, in place of the log's own."""
        entry = self.entry(self.log, 1)
        proof = entry.with_suffix(".proof")
        proof.write_text(proof.read_text().split("\n\n")[0] + "\n\n" + note.read_text())
        return self.verify(entry)

    def test_ml_dsa_cosignatures_from_there_count(self) -> None:
        note, cosigned = self.log / "public/checkpoint", self.home / "cosigned"
        made = self.noble("cosign", "07" * 32, "noble.example", int(time.time()), note)
        self.assertEqual(made.returncode, 0, made.stderr)
        vkey, line = made.stdout.splitlines()
        logs = (self.log / "keys/key.policy").read_text().replace("quorum none\n", "")
        self.policy.write_text(f"{logs}\nwitness w {vkey}\nquorum w\n")
        self.assertIn("no quorum of cosigners", self.verify_note(note))
        cosigned.write_text(f"{note.read_text()}{line}\n")
        self.assertEqual(self.verify_note(cosigned), "")
        self.assertEqual(self.noble("verify", vkey, cosigned).returncode, 0)
        for at in (11, 12, 2431):  # the time's last byte, the signature's first and last
            signed = bytearray(base64.b64decode(line.split()[2]))
            signed[at] ^= 1
            cosigned.write_text(f"{note.read_text()}{line.rsplit(' ', 1)[0]} {base64_of(bytes(signed))}\n")
            self.assertIn("missing or wrong", self.verify_note(cosigned), at)
            self.assertEqual(self.noble("verify", vkey, cosigned).returncode, 1)

    def another_implementation_verifies(self, witness: pathlib.Path, note: str) -> None:
        if not GO_PEER.exists():
            self.skipTest("SKIP cosignatures by litetlog: no Go compiler here (golang-go, golang-golang-x-mod-dev)")
        vkey = next(line.split()[2] for line in (witness / "keys/key.policy").read_text().splitlines()
                    if line.startswith("witness"))
        path = self.home / "note"
        path.write_text(note)
        verified = run(GO_PEER, "cosigned", self.key.vkey, vkey, path)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        changed = re.sub("(\u2014 witness.example )(.{8})", r"\1\2AAAA", note)
        self.assertNotEqual(changed, note)
        path.write_text(changed)
        self.assertEqual(run(GO_PEER, "cosigned", self.key.vkey, vkey, path).returncode, 1)

    def test_spicy_verifies_our_proof(self) -> None:
        entry = self.entry(self.log, 1)
        vkey = (self.log / "keys/key.policy").read_text().split()[1]
        proof = entry.with_suffix(".proof").read_text()
        # Spicy's own file is a proof without the line that says which version it is.
        self.assertTrue(proof.startswith("c2sp.org/tlog-proof@v1\n"))
        pathlib.Path(f"{entry}.spicy").write_text(proof.split("\n", 1)[1])
        verified = run(PEERS / "spicy-litetlog", "-verify", vkey, entry)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        entry.write_bytes(entry.read_bytes() + b"x")
        self.assertEqual(run(PEERS / "spicy-litetlog", "-verify", vkey, entry).returncode, 1)

    def test_spicys_proofs_are_verified(self) -> None:
        spicy, key, assets = PEERS / "spicy-litetlog", self.home / "spicy-key", self.home / "assets"
        assets.mkdir()
        said = run(spicy, "-init", "spicy.example/log", "-key", key, "-assets", assets).stderr
        vkey = re.search(r"Public key: (\S+)", said).group(1)
        entries = [self.home / f"content{number}" for number in range(3)]
        self.assertEqual(run(spicy, "-key", key, "-assets", assets, *entries).returncode, 0)
        self.policy.write_text(f"log {vkey}\nquorum none\n")
        for entry in entries:
            entry.with_suffix(".proof").write_text("c2sp.org/tlog-proof@v1\n" + pathlib.Path(f"{entry}.spicy").read_text())
            self.assertEqual(self.verify(entry), "")
        entries[0].write_bytes(entries[1].read_bytes())
        self.assertIn("does not lead to the root", self.verify(entries[0]))


if __name__ == "__main__":
    unittest.main()
