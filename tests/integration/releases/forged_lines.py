"""Text of others on a person's screen: whoever writes it makes no line of their own, and turns none around."""
from __future__ import annotations

import base64
import hashlib
import pathlib
import shutil
import subprocess

import submissions
from people import BINARIES

VERDICT = "Release in entry 0: nothing found against it"
TURNS = set("\u2028\u202e\u2066\u061c\x1b\x9b")
VERIFIED = "Root 1, targets 1, approved by alice, bob; every signature holds, in every class."


class ForgedLines(submissions.Submissions):
    """Of notary_test.py, which shares its people with them."""

    @staticmethod
    def say(*arguments: object) -> str:
        """What a person sees, on the terminal as a whole."""
        run = subprocess.run([str(BINARIES / "edgekeep-publisher"), *map(str, arguments)], capture_output=True, text=True,
                             timeout=120, check=False)
        return run.stdout + run.stderr

    def assert_shown(self, said: str, forged: str, line: str) -> None:
        """In one line, with '?' for each byte of what would end a line or turn it around. Control: the text as it was
        written has that line."""
        self.assertIn(line, forged.splitlines())
        shown = "".join(c if c.isprintable() else "?" * len(c.encode()) for c in forged)
        self.assertIn(shown, said)
        self.assertNotIn(line, said.splitlines())
        self.assertFalse(TURNS & set(said))

    def test_a_reason_makes_no_line_of_judge(self) -> None:
        self.begin("submitted")
        forged = f"late\u2028{VERDICT}\u2028\u202e\u061c\x9b2J"
        folder = self.home / "rejected"
        shutil.copytree(self.approved, folder)
        self.people.run("reject", folder, *self.people.means(self.files), "--reason", forged,
                        *self.people.as_holder("carol"))
        self.submit(folder)
        self.log, log = self.home / "copy", self.log
        shutil.copytree(log, self.log)
        self.assertIn(VERDICT, self.judge()[0]["findings"][0]["detail"].splitlines())  # control: machines get it as it is
        said = self.say("release", "judge", "--log", log, *self.root(), *self.people.as_holder("notary"), *self.no_rules(),
                        "--log-passphrase-file", self.people.passphrase)
        self.assert_shown(said, forged, VERDICT)

    def test_a_witness_turns_no_line_of_policy_show_around(self) -> None:
        """Names in log policies have no ends of lines."""
        folder, forged, key = self.home / "shown", "w\u202e1:sessentiw\u061c\u2066", b"\x04" + b"k" * 32
        number = hashlib.sha256(forged.encode() + b"\n" + key).hexdigest()[:8]
        vkey = f"{forged}+{number}+{base64.b64encode(key).decode()}"
        text = self.policy.read_text().replace("quorum none", f"witness w {vkey}\nquorum none")
        self.policy.write_text(text)
        self.people.policy("write", "--authority", "acme", "--profile", "development", "--witnesses", 0, "--log-policy",
                           self.policy, "-o", folder)
        said = self.say("policy", "show", folder, "--root", self.people.root)
        self.assertIn("log policy: witness w w???1:sessentiw?????+", said)
        self.assertFalse(TURNS & set(said))
        machine = self.people.policy("show", folder, "--root", self.people.root)["says"]
        self.assertTrue(any(forged in line for line in machine))  # control

    def test_a_files_name_makes_no_line_of_verify_monitor_or_inspect(self) -> None:
        forged = f"x\n{VERIFIED}\n\x1b[2J\u202e"
        place = self.home / forged
        self.begin("judged")
        self.publish(self.approved)
        shutil.copytree(self.people.repository, place)
        (place / "metadata" / "timestamp.json").write_text("{}")
        self.assert_shown(self.say("release", "verify", place, "--root", self.people.root), forged, VERIFIED)
        self.assert_shown(self.say("inspect", place), forged, VERIFIED)
        said = self.say("monitor", self.log, "--policy", self.policy, "--root", self.people.root, "--repository", place,
                        "--notary", self.people.public("notary"), "--state", self.home / "state")
        self.assert_shown(said, forged, VERIFIED)
