"""A holder whose classical key lies on a PKCS#11 token: SoftHSM's, which is one in software."""
from __future__ import annotations

import os
import pathlib
import shutil
import tempfile
import unittest

import soft_token
from people import CHEAP, People, Refused

URI = "pkcs11:token=desk;object="


class PeopleWithToken(People):
    """Alice has a token; everybody else has files."""

    def __init__(self, home: pathlib.Path) -> None:
        self.pin = home / "pin"
        self.pin.write_bytes(soft_token.PIN)
        self.pin.chmod(0o600)
        super().__init__(home)

    def token(self) -> tuple[object, ...]:
        return ("--pin-file", self.pin, "--pkcs11-module", soft_token.MODULE)

    def make_keys(self, name: str) -> None:
        if name != "alice":
            super().make_keys(name)
            return
        (self.home / "keys").mkdir(exist_ok=True)
        self.make_token_keys(name, name)

    def make_token_keys(self, name: str, key: str, *more: object) -> None:
        self.run("keys", name, "-o", self.keys(name), "--passphrase-file", self.passphrase, *CHEAP, "--token",
                 URI + key, *self.token(), *(more or ("--profile", "cnsa2")))

    def as_holder(self, name: str) -> tuple[object, ...]:
        return (*super().as_holder(name), *(self.token() if name == "alice" else ()))


@unittest.skipUnless(soft_token.MODULE.exists() and shutil.which("softhsm2-util"),
                     "SKIP releases with a token: softhsm2 is missing; run script/bootstrap test")
class ReleasesWithToken(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory(prefix="ek-token-")
        cls.addClassCleanup(cls.directory.cleanup)
        cls.home = pathlib.Path(cls.directory.name)
        configuration = soft_token.configure(cls.home / "softhsm")
        soft_token.make_token(configuration, "desk")
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        cls.people = PeopleWithToken(cls.home)
        cls.ceremony = cls.home / "ceremony"
        cls.people.init_root(cls.ceremony)

    def sign(self, ceremony: pathlib.Path, keys: pathlib.Path, *token: object) -> None:
        digest = self.people.run("review-root", ceremony)["digest"]
        self.people.run("sign-root", ceremony, "--digest", digest, "--keys", keys, "--passphrase-file",
                        self.people.passphrase, *(token or self.people.token()))

    def refusal(self, keys: pathlib.Path, *token: object, ceremony: pathlib.Path | None = None) -> str:
        """What signing the root with these keys is refused for; nothing was signed."""
        with self.assertRaises(Refused) as refused:
            self.sign(ceremony or self.ceremony, keys, *token)
        return str(refused.exception)

    def test_a_token_signs_a_root_and_approves_a_release(self) -> None:
        self.assertEqual(sorted(path.name for path in self.people.keys("alice").iterdir()),
                         ["alice-mldsa87.ekk", "alice-p256.p11", "alice.holder.json"])
        for name in ("alice", "bob", "carol"):
            self.people.sign_root(self.ceremony, name)
        self.people.finish_root(self.ceremony, self.people.root)
        files, folder = self.home / "files", self.home / "proposal"
        files.mkdir()
        (files / "model.bin").write_bytes(b"a model" * 1000)
        self.people.propose(folder, "erin", 1, files / "model.bin")
        self.people.approve(folder, files, "bob")
        with self.assertRaises(Refused):  # control: hers is the second that is needed
            self.people.publish(folder, files)
        self.people.approve(folder, files, "alice")
        self.people.publish(folder, files)
        self.assertEqual(self.people.verify()["targets"], 1)

    def test_what_is_wrong_with_a_token_is_said(self) -> None:
        keys = self.people.keys("alice")
        wrong = self.home / "wrong-pin"
        wrong.write_bytes(b"654321")
        wrong.chmod(0o600)
        self.assertIn("wrong PIN", self.refusal(keys, "--pin-file", wrong, "--pkcs11-module", soft_token.MODULE))
        self.assertIn("not there: PKCS#11 module", self.refusal(keys, "--pin-file", self.people.pin, "--pkcs11-module",
                                                                self.home / "no-module.so"))
        with_token = os.environ["SOFTHSM2_CONF"]
        os.environ["SOFTHSM2_CONF"] = str(soft_token.configure(self.home / "no-token"))
        try:
            self.assertIn("not there: token", self.refusal(keys))
        finally:
            os.environ["SOFTHSM2_CONF"] = with_token

    def test_another_key_or_none_at_the_address_is_refused(self) -> None:
        self.people.make_token_keys("second", "second")
        for address, words in (("second", "another key than the holder's public file names"),
                               ("nothing", "not there: key on the token"),
                               ("alice?pin-value=123456", "PKCS#11 URI with a query")):
            with self.subTest(address):
                keys = self.home / f"keys-at-{address[:7]}"
                shutil.copytree(self.people.keys("alice"), keys)
                (keys / "alice-p256.p11").write_text(URI + address + "\n")
                self.assertIn(words, self.refusal(keys))

    def test_a_key_never_comes_out_and_one_that_could_is_not_taken(self) -> None:
        login = soft_token.Login()
        self.addCleanup(login.close)
        self.assertEqual(login.read_value("alice"), (soft_token.REFUSED_AS_SENSITIVE, b""))
        login.make_extractable_key("loose")
        answer, private_key = login.read_value("loose")  # control: the attack reads a key that is not kept
        self.assertEqual((answer, len(private_key)), (0, 32))
        with self.assertRaisesRegex(Refused, "a key that the token hands out"):
            self.people.make_token_keys("mallory", "loose")

    def test_a_signature_that_the_shown_key_did_not_make_never_leaves(self) -> None:
        """The token shows the public key of the holder's file, and answers with something else."""
        self.people.make_token_keys("other", "other")
        keys, lying = self.people.keys("alice"), ("--pin-file", self.people.pin, "--pkcs11-module",
                                                  soft_token.LYING_MODULE)
        folder = self.home / "lied-to"
        self.people.init_root(folder)
        os.environ["EDGEKEEP_REAL_TOKEN"] = str(soft_token.MODULE)
        self.addCleanup(os.environ.pop, "EDGEKEEP_LYING_TOKEN", None)
        login = soft_token.Login()
        self.addCleanup(login.close)
        for how in ("junk", "key:other"):
            with self.subTest(how):
                os.environ["EDGEKEEP_LYING_TOKEN"] = how
                self.assertEqual(login.sign_by_lying("alice"), (0, 64))  # control: the token says that it signed
                self.assertIn("denied", self.refusal(keys, *lying, ceremony=folder))
                self.assertEqual(sorted(path.name for path in folder.iterdir()), ["content.json"])
        os.environ["EDGEKEEP_LYING_TOKEN"] = "honest"  # control: the same module, signing as it should
        self.sign(folder, keys, *lying)
        self.assertEqual(len(list((folder / "signed").iterdir())), 1)

    def test_a_token_with_ed25519_serves_the_other_profile(self) -> None:
        self.people.make_token_keys("edward", "edward", "--profile", "general")
        self.assertTrue((self.people.keys("edward") / "edward-ed25519.p11").exists())


if __name__ == "__main__":
    unittest.main()
