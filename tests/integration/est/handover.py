"""A device that is handed over and comes back: owners sign with tools of their own, which Edgekeep has none of."""
from __future__ import annotations

import pathlib
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from programs import run
from est_server import Authority, Key, new_key

SIGNS_TRANSFERS = x509.ObjectIdentifier("1.3.6.1.4.1.99999.2.2")
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Who signs")])


class Desk:
    """Of both owners."""

    def __init__(self, home: pathlib.Path, device: object, server: str) -> None:
        self.home, self.device, self.server = home, device, server

    @staticmethod
    def transfer(*arguments: object) -> dict[str, object]:
        return run("edgekeep-publisher", "transfer", *arguments)

    def ca(self, name: str, authority: Authority) -> pathlib.Path:
        path = self.home / name
        path.write_bytes(authority.pem())
        return path

    def signer(self, authority: Authority) -> tuple[pathlib.Path, Key]:
        """Whom an authority that lies in a safe has sign in its place."""
        key, path = new_key(), self.home / "signer.pem"
        certificate = authority.issue(NAME, key.public_key(), use=SIGNS_TRANSFERS)
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path, key

    def sign(self, transfer: pathlib.Path, side: str, authority: Authority, out: pathlib.Path,
             signer: tuple[pathlib.Path, Key] | None = None) -> None:
        to_sign, signature = (self.home / f"{out.name}.{side}{end}" for end in ("", ".sig"))
        self.transfer("to-sign", transfer, "--as", side, "-o", to_sign)
        key = signer[1] if signer else authority.key
        signature.write_bytes(key.sign(to_sign.read_bytes(), ec.ECDSA(hashes.SHA256())))
        more = ("sign", transfer, "--from", self.ca(f"{out.name}.pem", authority)) if side == "giver" else ("countersign", transfer)
        self.transfer(*more, *(("--signer", signer[0]) if signer else ()), "--signature", signature, "-o", out)

    def make(self, name: str, number: int, giver: Authority, taker: Authority,
             signer: tuple[pathlib.Path, Key] | None = None) -> tuple[pathlib.Path, pathlib.Path]:
        """What the giver alone signed, and what both did."""
        proposed, signed, both = (self.home / f"{name}{end}" for end in (".p", ".s", ".ekw"))
        giver_ca, taker_ca = self.ca(f"{name}.from", giver), self.ca(f"{name}.to", taker)
        self.transfer("propose", "--device", self.device, "--number", number, "--from", giver_ca, "--to", taker_ca,
                      "--est", self.server, "-o", proposed)
        self.sign(proposed, "giver", giver, signed, signer)
        self.sign(signed, "taker", taker, both)
        shown = self.transfer("show", both, "--from", giver_ca)
        assert shown["signature_verified"] and shown["countersigned"], shown
        return signed, both


class HandOver:
    """For a test of a device that has an owner, and of another one of the same name."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def test_the_device_changes_hands_and_comes_back(self) -> None:
        desk = Desk(self.home, self.ask("device", "show")["device"], self.server.url)
        self.assertTrue(self.enrol()["held"])
        before = self.held()
        number = self.ask("device", "credential")["changes"]
        signed, over = desk.make("over", number + 1, self.owner, self.other)
        self.assertIn("'bad-signature'", str(self.ask("device", "transfer", signed, expect=1)))
        self.assertEqual(self.held(), before, "one signature changes nothing")
        self.assertEqual(self.ask("device", "transfer", over)["changes"], number + 1)
        self.assertEqual(self.held(), b"")
        self.kill_keep()
        self.assertIn("'already-exists'", str(self.enrol(expect=1)))
        self.server.sign = lambda request: self.server.issue(request, by=self.other)
        taken = self.enrol("--tls-ca", self.home / "ca.pem", ca="other.pem")
        self.assertEqual((taken["held"], taken["changes"]), (True, number + 1))
        _, back = desk.make("back", number + 2, self.other, self.owner, desk.signer(self.other))
        self.ask("device", "transfer", back)
        self.assertIn("'wrong-version'", str(self.ask("device", "transfer", over, expect=1)), "it held once")
        self.server.sign = self.server.issue
        self.assertTrue(self.enrol()["held"])
