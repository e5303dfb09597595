"""strongSwan's EST client, which is nobody's of this project, against the server that the device's courier is tested with: what that server
says and takes is EST as others have it, and not only as this project's two sides agree on."""
from __future__ import annotations

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from est_server import Authority, EstServer, Reply

DER = serialization.Encoding.DER


def why_not() -> str:
    if shutil.which("pki") is None:
        return "no strongSwan (packages strongswan-pki, libstrongswan-standard-plugins); run script/bootstrap test"
    said = subprocess.run(["pki", "--help"], capture_output=True, text=True, timeout=60, check=False)
    return "" if "--est" in said.stdout + said.stderr else "this strongSwan knows no EST (5.9.8 does)"


@unittest.skipIf(why_not(), f"SKIP strongswan: {why_not()}")
class StrongSwan(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="ek-swan-")
        self.addCleanup(directory.cleanup)
        self.home = pathlib.Path(directory.name)
        self.owner = Authority("Owner")
        (self.home / "ca.pem").write_bytes(self.owner.pem())
        self.server = EstServer(self.owner, self.home, believes=(self.owner.pem(),))
        self.addCleanup(self.server.end)

    def pki(self, *arguments: object, output: str = "", expect: int = 0) -> None:
        done = subprocess.run(["pki", *map(str, arguments)], capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, expect, done.stderr.decode(errors="replace"))
        if output:
            (self.home / output).write_bytes(done.stdout)

    def request(self, number: int) -> None:
        key = self.home / f"{number}.key"
        self.pki("--gen", "--type", "ecdsa", "--size", "256", output=key.name)
        self.pki("--req", "--type", "ecdsa", "--in", key, "--dn", "serialNumber=1234, CN=swan", output=f"{number}.csr")

    def enrol(self, number: int, *more: object, expect: int = 0) -> None:
        self.pki("--est", "--url", self.server.url, "--in", self.home / f"{number}.csr", "--cacert", self.home / "ca.pem", *more,
                 output=f"{number}.crt", expect=expect)

    def test_it_enrols_and_renews_by_its_certificate(self) -> None:
        self.pki("--estca", "--url", self.server.url, "--cacert", self.home / "ca.pem", "--caout", self.home / "got")
        self.assertEqual((self.home / "got.der").read_bytes(), self.owner.certificate.public_bytes(DER))
        self.request(1)
        self.enrol(1)
        first = x509.load_der_x509_certificate((self.home / "1.crt").read_bytes())
        self.assertEqual(first.issuer, self.owner.name)
        self.assertEqual(self.server.requests[-1], (self.home / "1.csr").read_bytes())
        self.server.sign = self.server.renew
        self.request(2)
        old = ("--cert", self.home / "1.crt", "--key", self.home / "1.key")
        self.enrol(2, *old)
        self.assertEqual(self.server.seen[-1], "/.well-known/est/simplereenroll")
        self.assertEqual(self.server.shown[-1], first.public_bytes(DER))
        self.assertEqual(x509.load_der_x509_certificate((self.home / "2.crt").read_bytes()).subject, first.subject)
        # Without the old certificate the same request gets nothing.
        self.request(3)
        self.enrol(3, expect=1)

    def test_it_asks_again_with_the_same_request(self) -> None:
        waits = iter([Reply(202, Retry_After="1")])

        def later(request: bytes) -> bytes:
            for reply in waits:
                raise reply
            return self.server.issue(request)

        self.server.sign = later
        self.request(1)
        self.enrol(1, "--interval", 1, "--maxpolltime", 30)
        self.assertEqual(len(self.server.requests), 2)
        self.assertEqual(*self.server.requests)


if __name__ == "__main__":
    unittest.main()
