"""A release's way through the transparency log: the notary's verdict, an independent witness, and what devices are not
to believe. Each refusal stands beside the same release with what was missing."""
from __future__ import annotations

import json
import pathlib
import shutil
import unittest

import forged_lines
from people import Refused


class Notary(forged_lines.ForgedLines):
    def test_a_quorum_without_a_verdict(self) -> None:
        self.begin("submitted")
        self.assertEqual(self.added, 3)
        self.assertEqual(self.submit(self.approved)["added"], 0)
        self.assert_refused("no verdict", self.publish, self.approved)
        self.assertEqual([one["favourable"] for one in self.verdicts], [True])
        self.publish(self.approved, log=self.logs["judged"])
        self.assertEqual(self.people.verify(*self.demands())["proof"]["approvals"], 2)

    def test_an_unfavourable_verdict(self) -> None:
        self.begin("submitted")
        self.assertFalse(self.judge(*self.settings(rules={"min_seconds_between_approvals": 3600}))[0]["favourable"])
        self.assert_refused("the notary refused it: two approvals within", self.publish, self.approved)
        self.submit(self.approved, "--again")
        self.assertTrue(self.judge()[0]["favourable"])
        self.publish(self.approved)

    def test_no_independent_witness_where_one_is_demanded(self) -> None:
        self.begin("judged")
        self.witness()
        self.assert_refused("too few independent witnesses", self.publish, self.approved, "--witnesses", 1)
        self.cosign()
        own = ("--not-independent", "witness.example/w1")
        self.assert_refused("too few independent witnesses", self.publish, self.approved, "--witnesses", 1, *own)
        asked = ("--trust-policy", self.trust_policy())
        self.people.publish(self.approved, self.files, "--log", self.log, *asked)
        self.assertEqual(self.people.verify(*self.demands("--witnesses", 1))["proof"]["witnesses"], 1)
        self.assertEqual(self.people.verify(*asked)["proof"]["witnesses"], 1)
        next((self.people.repository / "proofs").rglob("*.ekp")).unlink()
        self.assert_refused("has no proof that it is in the log", self.people.verify, *asked)

    def test_proofs_are_made_anew_for_another_policy(self) -> None:
        self.begin("judged")
        self.publish(self.approved)
        self.witness()
        self.cosign()
        demands = self.demands("--witnesses", 1)
        self.assert_refused("too few independent witnesses", self.people.verify, *demands)
        renew = ("renew-proofs", self.people.repository, "--root", self.people.root, "--log")
        # A log without the verdict makes nothing better, and takes nothing away.
        self.assert_refused("no verdict", self.people.run, *renew, self.logs["submitted"], *self.demands())
        self.assertEqual(self.people.verify(*self.demands())["proof"]["approvals"], 2)
        renewed = self.people.run(*renew, self.log, *demands)["renewed"]
        self.assertEqual(renewed, ["proofs/acme/label-ocr/stable/1.ekp"])
        self.assertEqual(self.people.verify(*demands)["proof"]["witnesses"], 1)

    def renew(self, *asked: object) -> dict[str, object]:
        return self.people.run("renew-proofs", self.people.repository, "--root", self.people.root, "--log", self.log,
                               *asked)

    def kept(self, *asked: object) -> dict[str, str]:
        """Which proofs could not be made anew, and why. The others were."""
        with self.assertRaises(Refused) as refused:
            self.renew(*asked)
        said = json.loads(str(refused.exception))
        self.assertEqual(said["renewed"], ["proofs/acme/label-ocr/stable/1.ekp"])
        return {one["proof"]: one["why"] for one in said["kept"]}

    def test_a_proof_that_is_missing_or_damaged_holds_up_no_other(self) -> None:
        self.begin("judged")
        self.assert_refused("nothing is released", self.renew, *self.demands())
        self.publish(self.approved)
        self.assertEqual(self.renew(*self.demands())["kept"], [])  # control
        notes = self.files / "notes.txt"
        notes.write_bytes(b"what is new")
        self.people.propose(self.home / "second", "erin", 2, notes)
        for name in ("alice", "bob"):
            self.people.approve(self.home / "second", self.files, name)
        self.people.publish(self.home / "second", self.files)  # without a log
        first, second = (f"proofs/acme/label-ocr/stable/{number}.ekp" for number in (1, 2))
        self.assertIn("published without a log", self.kept(*self.demands())[second])
        (self.people.repository / second).write_bytes(b"junk")
        self.assertIn("damaged", self.kept(*self.demands())[second])
        shutil.copy(self.people.repository / first, self.people.repository / second)
        self.assertIn("proof of another release", self.kept(*self.demands())[second])
        shutil.rmtree(self.people.repository / "proofs")
        self.assert_refused(second, self.renew, *self.demands())

    def asked(self, name: str, signers: tuple[str, ...], *notaries: str) -> tuple[object, ...]:
        """A trust policy of these notaries, signed under self.people.root."""
        folder, output = self.home / name, self.home / f"{name}.ektp"
        shown = [part for notary in notaries for part in ("--notary", self.people.public(notary))]
        self.people.policy("write", "--authority", "acme", "--profile", "development", "--witnesses", 0,
                           "--log-policy", self.policy, "-o", folder, *shown)
        for signer in signers:
            self.people.sign_policy(folder, signer)
        self.people.policy("finish", folder, "--root", self.people.root, "-o", output)
        return ("--trust-policy", output)

    def test_a_policy_of_a_root_between_ones_own_and_the_newest(self) -> None:
        self.begin("judged")
        own = self.people.root
        self.addCleanup(setattr, self.people, "root", own)
        self.replace(2, "carol", "alice", "bob", "dave")
        asked = self.asked("of-root-2", ("alice", "carol-new", "dave"), "notary")
        self.replace(3, "dave", "alice", "bob", "carol-new")
        publish = (self.people.publish, self.approved, self.files, "--log", self.log, *asked)
        # Control: nobody who begins with root 3 has heard of the people who signed it.
        self.assert_refused("a required signature is missing", *publish)
        self.people.root = own
        publish[0](*publish[1:])
        self.assertEqual(self.people.verify(*asked)["proof"]["approvals"], 2)
        self.assertEqual(len(self.renew(*asked)["renewed"]), 1)
        self.people.root = self.home / "3.root.json"
        self.assert_refused("a required signature is missing", self.people.verify, *asked)

    def test_a_notary_that_was_replaced(self) -> None:
        """Its verdicts count as long as a policy names it, and where it must not be named any more, the next one judges
        everything anew. "online" is the next one here."""
        self.begin("judged")
        self.publish(self.approved)
        both = self.asked("both", ("alice", "bob", "carol"), "notary", "online")
        alone = ("--log-policy", self.policy, "--notary", self.people.public("online"))
        self.assertEqual(len(self.renew(*both)["renewed"]), 1)
        self.assertEqual(self.people.verify(*both)["proof"]["approvals"], 2)
        judge = ("judge", "--log", self.log, *self.root(), *self.people.as_holder("online"), "--log-passphrase-file",
                 self.people.passphrase, *self.no_rules())
        self.people.run(*judge, "--former", f"{self.people.public('notary')}@4")
        self.assert_refused("no verdict", self.renew, *alone)  # control: it follows, and has judged nothing
        self.assertEqual([one["favourable"] for one in self.people.run(*judge)["verdicts"]], [True])
        self.assertEqual(len(self.renew(*alone)["renewed"]), 1)
        self.assertEqual(self.people.verify(*alone)["proof"]["approvals"], 2)

    def test_all_of_a_log_entered_into_another_one(self) -> None:
        self.begin("judged")
        first, self.log = self.log, self.home / "second"
        self.people.run("init", self.log, "--origin", "log.example/second", *self.passphrase, group="log")
        shutil.copy(self.log / "keys" / "key.policy", self.policy)
        statements = sorted(path for path in (first / "public" / "statement").rglob("*") if path.is_file())
        verdict = statements[-1]
        address = self.accept()
        self.assertEqual(self.send(address, *statements[:-1])["added"], len(statements) - 1)
        self.assert_refused("forbidden", self.send, address, verdict)
        self.people.run("append", self.log, verdict, *self.passphrase, group="log")  # by the log's own keeper
        self.assert_refused("no verdict", self.publish, self.approved)
        apart = ("-o", first, "--log-policy", self.policy)
        shutil.copy(verdict, first / "verdict-0.ekl")
        self.assertEqual([one["favourable"] for one in self.judge(*apart)], [True])  # beside the other log's verdict
        self.assertEqual(self.judge(*apart), [])
        (own,) = first.glob("verdict-0-*.ekl")
        self.people.run("append", self.log, own, *self.passphrase, group="log")
        self.publish(self.approved)  # control: with a verdict of its own

    def test_a_proof_from_a_forked_log(self) -> None:
        self.begin("submitted")
        self.judge(*self.settings(rules={"min_seconds_between_approvals": 3600}))
        self.witness()
        self.cosign()
        fork, real = self.home / "fork", self.log
        shutil.copytree(self.logs["judged"], fork)  # of the same log, which said otherwise to the witness
        self.log = fork
        self.cosign()  # without a demand; the witness refuses
        self.assert_refused("too few independent witnesses", self.publish, self.approved, "--witnesses", 1)
        self.assert_refused("the notary refused it", self.publish, self.approved, "--witnesses", 1, log=real)
        self.publish(self.approved)  # control: whoever demands no witness believes the fork

    def test_a_jammed_entry_blocks_nobody(self) -> None:
        self.begin("empty")
        content = self.home / "jammed"
        # A release's content that ends behind its type: {0: "edgekeep/log/release"}
        content.write_bytes(b"\xa1\x00\x74edgekeep/log/release")
        signed = next((self.approved / "entries").glob("approval-alice-*.ekl")).read_bytes()
        begin = signed.index(b"edgekeep/log/approval") - 3
        unsigned = self.home / "unsigned"
        unsigned.write_bytes(signed[begin:begin + 3 + 21 + 3 + 32 + 2 + 5])  # up to the holder's name
        self.people.run("append", self.log, content, unsigned, *self.passphrase, group="log")
        self.assertEqual(self.submit(self.approved)["added"], 3)
        self.assertEqual([one["favourable"] for one in self.judge()], [False, True])
        self.publish(self.approved)

    def enter_unsigned_rejection(self, name: str) -> pathlib.Path:
        """The signed one of the same content."""
        folder, reason = self.home / "rejected", "scores fell on night images"
        shutil.copytree(self.approved, folder)
        self.people.run("reject", folder, *self.people.means(self.files), "--reason", reason,
                        *self.people.as_holder(name))
        signed = next((folder / "entries").glob(f"rejection-{name}-*.ekl"))
        text = signed.read_bytes()
        content = self.home / "content"
        content.write_bytes(text[text.index(b"edgekeep/log/rejection") - 3:text.index(reason.encode()) + len(reason)])
        self.people.run("append", self.log, content, *self.passphrase, group="log")
        return signed

    def test_a_rejection_without_its_statement_holds_a_release(self) -> None:
        self.begin("submitted")
        signed = self.enter_unsigned_rejection("carol")
        verdicts, held = self.sit()
        self.assertEqual(verdicts, [])
        self.assertIn("entry 3 says that carol rejects it, and has no statement", held[0]["why"])
        self.people.run("append", self.log, signed, *self.passphrase, group="log")
        verdicts, held = self.sit()
        self.assertEqual(([one["favourable"] for one in verdicts], held), ([False], []))

    def test_an_approval_that_is_entered_again_lifts_what_holds_its_release(self) -> None:
        self.begin("submitted")
        self.enter_unsigned_rejection("bob")
        self.assertEqual(self.submit(self.approved)["added"], 0)  # control: they are there, from before
        self.assertEqual(len(self.sit()[1]), 1)
        self.assertEqual(self.submit(self.approved, "--again")["added"], 3)
        verdicts, held = self.sit()
        self.assertEqual(([one["favourable"] for one in verdicts], held), ([True, True], []))

    def test_a_notary_apart_from_the_log(self) -> None:
        self.begin("submitted")
        verdicts = self.home / "verdicts"
        address = self.serve("log", self.log)
        apart = ("-o", verdicts, "--log-policy", self.policy)
        self.assertEqual(len(self.judge_in(address, *apart)), 1)
        self.assertEqual(self.judge_in(address, *apart), [])  # given, though the log does not have it yet
        self.people.run("append", self.log, verdicts / "verdict-0.ekl", *self.passphrase, group="log")
        self.publish(self.approved)

    def test_a_notary_that_follows_another_judges_nothing_again(self) -> None:
        self.begin("judged")
        judge = ("judge", "--log", self.log, *self.root(), *self.people.as_holder("online"), "--log-passphrase-file",
                 self.people.passphrase, *self.no_rules())
        former = self.people.public("notary")
        self.assertEqual(self.people.run(*judge, "--former", f"{former}@4")["verdicts"], [])
        for end in ("", "@", "@4x", "@-1"):
            self.assert_refused("a former notary without its end", self.people.run, *judge, "--former", f"{former}{end}")
        shutil.copytree(self.log, self.home / "copy")
        ended = [self.home / "copy" if one == self.log else one for one in judge]
        self.assertEqual(len(self.people.run(*ended, "--former", f"{former}@3")["verdicts"]), 1)  # judged after its end
        self.assertEqual(len(self.people.run(*judge)["verdicts"]), 1)  # control

    def test_a_notary_judges_no_fork_of_what_it_saw(self) -> None:
        self.begin("submitted")
        self.witness()
        text = self.policy.read_text()
        name = next(line.split()[1] for line in text.splitlines() if line.startswith("witness"))
        self.policy.write_text(text.replace("quorum none", f"quorum {name}"))
        self.cosign()
        rule = self.settings(rules={"max_seconds_behind_cosigners": 60})
        self.assert_refused("nothing that was seen", self.judge, *rule)
        seen = ("--log-policy", self.policy, "--seen", self.home / "seen")
        self.assertEqual(len(self.judge(*rule, *seen)), 1)
        self.assertEqual([path.name for path in (self.home / "seen").iterdir()], ["3.checkpoint"])
        self.assertEqual(self.judge(*rule, *seen), [])
        self.log = self.home / "fork"
        shutil.copytree(self.logs["empty"], self.log)
        self.submit(self.approved)
        # The witness was restored from an older copy, and cosigns the fork, which grew longer.
        self.submit(self.approved, "--again")
        shutil.copy(self.logs["empty"] / "keys" / "key.policy", self.policy)
        self.witness("restored")
        self.policy.write_text(self.policy.read_text().replace("quorum none", f"quorum {name}"))
        self.cosign()
        self.assert_refused("another one than was seen before", self.judge, *seen)
        self.assertEqual([path.name for path in (self.home / "seen").iterdir()], ["3.checkpoint"])
        self.log = self.home / "log"
        self.assertEqual(self.judge(*rule, *seen), [])  # what is no fork is believed as before
        self.log = self.home / "fork"
        self.assertEqual(len(self.judge("--log-policy", self.policy, "--seen", self.home / "fresh")), 2)  # control
        self.assertEqual([path.name for path in (self.home / "fresh").iterdir()], ["6.checkpoint"])

    def test_a_notary_judges_nothing_of_its_own(self) -> None:
        judge = ("judge", "--log", self.logs["submitted"], *self.root(), *self.people.as_holder("alice"),
                 "--log-passphrase-file", self.people.passphrase)
        self.assert_refused("the notary is one of the people it judges", self.people.run, *judge, *self.no_rules())

    def test_a_notary_for_production_has_every_rule(self) -> None:
        self.begin("submitted")
        judge = ("judge", "--log", self.log, *self.root(), *self.people.as_holder("notary"), "--log-passphrase-file",
                 self.people.passphrase)
        self.assert_refused("a notary without settings", self.people.run, *judge)
        path = self.home / "production.json"
        path.write_text("{}")
        self.assert_refused("production.json: hours", self.people.run, *judge, "--settings", path)
        hours = {"first": 8, "last": 24, "weekends": False}
        settings = {"waiting_seconds": 3600, "rules": {"hours": hours, "min_seconds_to_expiry": 604800}}
        path.write_text(json.dumps({**settings, "waiting_seconds": 1}))
        self.assert_refused("production.json: waiting_seconds", self.people.run, *judge, "--settings", path)
        path.write_text(json.dumps(settings))
        self.assertEqual(self.people.run(*judge, "--settings", path)["verdicts"], [])  # it waits
        rejected = self.home / "rejected"
        shutil.copytree(self.approved, rejected)
        self.people.run("reject", rejected, *self.people.means(self.files), "--reason", "scores fell",
                        *self.people.as_holder("carol"))
        self.submit(rejected)
        judged = self.people.run(*judge, "--settings", path)["verdicts"]  # and for what is rejected it need not
        said = " / ".join(one["detail"] for one in judged[0]["findings"])
        self.assertIn("carol: scores fell", said)
        self.assertIn("two approvals within", said)

    def test_who_asks_no_notary_is_told_so(self) -> None:
        self.people.publish(self.approved, self.files)
        self.assertIsNone(self.people.verify()["proof"])
        self.assert_refused("has no proof that it is in the log", self.people.verify, *self.demands())


if __name__ == "__main__":
    unittest.main()
