"""A device and its owner's EST server, through the programs: what a courier brings back, good and hostile, and certificates that are given to
whom attestation speaks for, alone."""
from __future__ import annotations

import base64
import http.client
import os
import pathlib
import ssl
import subprocess
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from est_device import OwnedDevice, why_not
from est_server import EVIDENCE_OID, Authority, EstServer, Listener, Reply, bag, bundle, evidence_in, key_digest, new_key, pem_of, tlv
from handover import HandOver
from programs import BINARIES, run

MIME = "application/pkcs7-mime"


@unittest.skipIf(why_not(), f"SKIP est: {why_not()}")
class Est(HandOver, OwnedDevice):
    """One device for all: each test goes on from whatever certificate it has, or none."""

    def attested(self) -> None:
        """From now on the server signs for those alone whom the verifier's commands believe, by a challenge that is used once."""
        keys, secret, activation, answer = (self.home / name for name in ("d.ekk", "d.secret", "d.eka", "d.answer"))
        self.enrolment = self.home / "d.eke"
        self.ask("device", "show", "--attestation-keys", "-o", keys)
        run("edgekeep-publisher", "attest", "enrol", "begin", keys, "--challenge", secret, "-o", activation)
        self.ask("device", "attest", "--activation", activation, "-o", answer)
        # A device with a software anchor is believed where development is allowed, and enrolled all the same.
        run("edgekeep-publisher", "attest", "enrol", "finish", answer, "--keys", keys, "--challenge", secret, "-o", self.enrolment)
        self.challenges = 0
        self.server.attributes = self.new_challenge
        self.server.sign = lambda request: self.server.issue(request) if self.believes(request) else self.refuse()

    @staticmethod
    def refuse() -> bytes:
        raise Reply(403)

    def new_challenge(self) -> bytes:
        self.challenges += 1
        self.challenge = self.home / f"{self.challenges}.ekc"
        run("edgekeep-publisher", "attest", "challenge", "-o", self.challenge)
        return tlv(0x30, tlv(0x30, EVIDENCE_OID + tlv(0x31, bundle(self.challenge.read_bytes()))))

    def believes(self, request: bytes, evidence: bytes | None = None) -> bool:
        """For the challenge that was made last; it is used once."""
        number = len(self.judged)
        policy, path = self.home / f"{number}.ekq", self.home / f"{number}.ekv"
        run("edgekeep-publisher", "attest", "policy", "-o", policy, "--allow-development", "--owner-key", key_digest(request))
        path.write_bytes(evidence_in(request) if evidence is None else evidence)
        done = subprocess.run([BINARIES / "edgekeep-publisher", "attest", "verify", path, "--challenge", self.challenge,
                               "--enrolment", self.enrolment, "--policy", policy], capture_output=True, text=True, timeout=120,
                              check=False)
        self.judged.append(done.stdout + done.stderr)
        self.challenge.unlink(missing_ok=True)
        return done.returncode == 0

    def test_hostile_servers_give_a_device_nothing(self) -> None:
        self.hold_until_soon()
        self.server.requests = []
        stranger, server, before = new_key(), self.server, self.held()
        serial = x509.Name([])

        def answer(*reply: object, **headers: str) -> None:
            def sign(_: bytes) -> bytes:
                raise Reply(*reply, **headers)  # type: ignore[arg-type]
            server.sign = sign

        self.refused("untrusted", "--tls-ca", self.home / "other.pem")  # TLS: another authority's server
        self.assertEqual(server.requests, [], "nothing was asked of a stranger")
        for days, error in (((-3, -2), "expired"), ((2, 3), "not-yet-valid")):
            server.sign = lambda request, days=days: server.issue(request, days)
            self.refused(error)
        server.sign = lambda request: server.issue(request, by=self.other)
        self.refused("untrusted")
        server.sign = lambda request: bag(self.owner.issue(x509.load_der_x509_csr(request).subject, stranger.public_key()))
        self.refused("wrong-device")
        server.sign = lambda request: bag(self.owner.issue(serial, x509.load_der_x509_csr(request).public_key()))  # type: ignore[arg-type]
        self.refused("wrong-device")
        server.sign = lambda _: bytes(300)
        self.refused("malformed")
        answer(200, b"<html>welcome</html>", "text/html")
        self.refused("malformed")
        answer(200, b"no base64 \xff", MIME)
        self.refused("malformed")
        answer(200, b"A" * 100_000, MIME)
        self.refused("too-large")
        answer(200, b"endless", MIME)
        self.refused("too-large")
        answer(302, Location="https://127.0.0.2:1/.well-known/est/simpleenroll")
        self.refused("forbidden")
        answer(307, Location=server.url.replace("https", "http") + "/.well-known/est/simpleenroll")
        self.refused("forbidden")
        for later in ("0", "3600", "99999999999999999999", "-1", "soon", "Fri, 31 Dec 2199 23:59:59 GMT"):
            answer(202, Retry_After=later)
            self.refused("busy", "--wait", 5)
        answer(401, WWW_Authenticate='Basic realm="owner"')
        self.refused("forbidden")
        junk = [self.other.issue(serial, stranger.public_key()) for _ in range(8)]
        server.sign = lambda request: bag(self.owner.issue(x509.load_der_x509_csr(request).subject, stranger.public_key()), *junk)
        self.refused("too-large")
        server.sign = lambda request: bag(*junk[:6], self.other.issue(x509.load_der_x509_csr(request).subject,
                                          x509.load_der_x509_csr(request).public_key()))  # type: ignore[arg-type]
        self.refused("untrusted")
        answer(500)
        self.refused("forbidden")

        def slow(_: bytes) -> bytes:
            time.sleep(1.1)  # of the two seconds that the next asking would begin within
            raise Reply(202, Retry_After="1")

        server.sign, server.requests = slow, []
        self.refused("busy", "--wait", 2)
        self.assertEqual(len(server.requests), 1, "its own time counts")
        plain = self.ask("device", "enrol", "--est", server.url.replace("https", "http"), "--ca", self.home / "ca.pem", expect=1)
        self.assertIn("bad-argument", str(plain))
        self.refused("not-found", "--by-factory")  # of a factory this device has nothing
        self.assertEqual(self.held(), before)
        # By now it is over, and not shown: a server that wants valid ones or none would not hear the evidence either.
        self.await_its_end()
        careful = EstServer(self.owner, self.home, believes=(self.owner.pem(),))
        self.addCleanup(careful.end)
        self.ask("device", "enrol", "--est", careful.url, "--ca", self.home / "ca.pem")
        self.assertEqual(careful.shown, [None])
        keys = {key_digest(request) for request in (*server.requests, *careful.requests)}
        self.assertEqual(len(keys), 1, "one key until it is answered")
        # Control: the same device, courier and server; what lies beside its certificate is passed over.
        server.sign = lambda request: bag(*junk[:6], self.owner.issue(x509.load_der_x509_csr(request).subject,
                                          x509.load_der_x509_csr(request).public_key()))  # type: ignore[arg-type]
        self.assertTrue(self.enrol()["held"])

    def test_whatever_a_server_says_of_csrattrs(self) -> None:
        """RFC 7030 §4.5, RFC 8951 §3: none in four ways, in any base64 whatever its headers say, and what no device gives by its name."""
        server = self.server
        kind, encoded = "application/csrattrs", base64.b64encode(tlv(0x30, tlv(6, b"\x2a\x03\x04")))
        spaced = b" \r\n\t".join(bytes([letter]) for letter in encoded)
        password, rsa = tlv(6, bytes.fromhex("2a864886f70d010907")), tlv(6, bytes.fromhex("2a864886f70d010101"))
        good = (Reply(204), Reply(404), Reply(501), Reply(200, b"", kind), Reply(200, base64.b64encode(tlv(0x30, b"")), kind),
                Reply(200, spaced, kind + "; charset=x", Content_Transfer_Encoding="binary"))
        bad = ((Reply(200, base64.b64encode(tlv(0x30, rsa)), kind), "unsupported"),
               (Reply(200, base64.b64encode(tlv(0x30, password)), kind), "bad-argument"),
               (Reply(200, base64.b64encode(tlv(0x30, tlv(0x30, EVIDENCE_OID + tlv(0x31, tlv(4, b"x"))))), kind), "malformed"),
               (Reply(200, base64.b64encode(tlv(0x30, b"\x06\x05\x2a")), kind), "malformed"),
               (Reply(200, b"<html>", "text/html"), "malformed"), (Reply(200, encoded, MIME), "malformed"),
               (Reply(200, b"A" * 70_000, kind), "too-large"), (Reply(401, WWW_Authenticate='Basic realm="x"'), "forbidden"),
               (Reply(301, Location=server.url + "/elsewhere"), "forbidden"), (Reply(503, Retry_After="1"), "forbidden"))
        says: list[Reply] = []

        def attributes() -> bytes:
            raise says[-1]

        server.attributes, server.sign = attributes, lambda _: self.refuse()
        for reply, error in (*((reply, "forbidden") for reply in good), *bad):  # the good ones come as far as the answer
            says.append(reply)
            asked = len(server.requests)
            self.refused(error)
            self.assertEqual(len(server.requests) - asked, 1 if reply in good else 0, (reply.status, reply.body[:60]))
        server.sign = server.issue
        says.append(good[-1])
        self.assertTrue(self.enrol()["held"])

    def test_the_machines_authorities_and_old_tls_count_for_nothing(self) -> None:
        elsewhere = EstServer(self.other, self.home)
        self.addCleanup(elsewhere.end)
        (self.home / "machine").mkdir()
        (self.home / "elsewhere.pem").write_bytes(self.other.pem())
        hashed = subprocess.run(["openssl", "x509", "-subject_hash", "-noout", "-in", self.home / "elsewhere.pem"], capture_output=True,
                                text=True, timeout=60, check=True).stdout.strip()
        for name in ("ca-certificates.crt", f"{hashed}.0"):
            (self.home / "machine" / name).write_bytes(self.other.pem())
        asking = ["device", "enrol", "--est", elsewhere.url, "--ca", str(self.home / "ca.pem")]
        command = [str(BINARIES / "edgekeep"), "--root", str(self.root), *asking, "--json"]
        believing = 'mount --bind "$0" /etc/ssl/certs && exec "$@"'
        done = subprocess.run(["unshare", "-m", "sh", "-c", believing, self.home / "machine", *command], capture_output=True,
                              text=True, timeout=120, check=False)
        self.assertIn("untrusted", done.stdout, done.stderr)
        self.assertEqual(elsewhere.seen, [])
        old = EstServer(self.owner, self.home, ssl.TLSVersion.TLSv1_1)
        self.addCleanup(old.end)
        # Whatever the machine's OpenSSL is told to allow.
        (self.home / "legacy.cnf").write_text("openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = old\n[old]\n"
                                              "MinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n")
        command[command.index(elsewhere.url)] = old.url
        done = subprocess.run(command, env={**os.environ, "OPENSSL_CONF": str(self.home / "legacy.cnf")}, capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertIn("it has to speak TLS 1.2", done.stderr)
        self.assertEqual(old.seen, [])
        new = EstServer(self.owner, self.home, ssl.TLSVersion.TLSv1_2)
        self.addCleanup(new.end)
        self.ask("device", "enrol", "--est", new.url, "--ca", self.home / "ca.pem")  # control

    def test_a_certificate_is_asked_for_renewed_and_never_an_older_one_again(self) -> None:
        server, answers = self.server, []
        waits = iter([1])

        def later(request: bytes) -> bytes:
            for pause in waits:
                raise Reply(202, Retry_After=str(pause))
            answers.append(server.issue(request, (-20, 9)))
            return answers[-1]

        server.sign = later
        # The keep is killed between making a key and taking its certificate.
        self.ask("device", "enrol", "--ca", self.home / "ca.pem", "--request", self.home / "r.csr")
        self.assertEqual((self.home / "r.csr").stat().st_mode & 0o777, 0o600, "a password may be in it")
        self.kill_keep()
        self.assertTrue(self.enrol("--wait", 30)["held"])
        asked = x509.load_pem_x509_csr((self.home / "r.csr").read_bytes())
        self.assertEqual(key_digest(asked.public_bytes(serialization.Encoding.DER)), key_digest(server.requests[0]))
        self.assertEqual(server.requests[0], server.requests[1], "asked again with the same request")
        first = self.held()
        self.kill_keep()
        self.assertEqual(self.held(), first)
        # A third of 29 days is more than 9: due.
        self.assertTrue(self.ask("device", "credential")["renewal_due"])
        renew = ("device", "renew-credentials", "--est", server.url, "--ca", self.home / "ca.pem")
        server.sign = lambda _: answers[0]
        self.assertIn("'wrong-device'", str(self.ask(*renew, expect=1)))
        self.assertEqual(self.held(), first, "an answer to an earlier request is none")
        server.sign = server.issue
        self.ask(*renew)
        self.assertEqual(server.seen[-1], "/.well-known/est/simplereenroll")
        second = self.held()
        self.assertNotEqual(second, first)
        shown = self.ask("device", "credential")
        self.assertEqual((shown["life_days"], shown["long_lived"]), (31, False))
        self.assertNotEqual(key_digest(server.requests[-1]), key_digest(server.requests[0]), "keys rotate")
        asked_before = len(server.requests)
        self.ask(*renew)
        self.assertEqual(len(server.requests), asked_before, "nothing is due")
        server.sign = lambda request: server.issue(request, (-1, 90))
        self.assertTrue(self.ask(*renew, "--force")["long_lived"])
        self.assertNotEqual(self.held(), second)
        # Whose device it is, is said before another party's server hears of it.
        others = EstServer(self.other, self.home)
        self.addCleanup(others.end)
        for command in (("enrol",), ("renew-credentials", "--force")):
            said = self.ask("device", *command, "--est", others.url, "--ca", self.home / "other.pem", expect=1)
            self.assertIn("'already-exists'", str(said))
        self.assertEqual((others.seen, others.requests), ([], []))

    def test_a_renewal_is_authenticated_by_the_certificate_that_is_renewed(self) -> None:
        server = EstServer(self.owner, self.home, believes=(self.owner.pem(),))
        self.addCleanup(server.end)
        renew = ("device", "renew-credentials", "--force", "--est", server.url, "--ca", self.home / "ca.pem")
        truck = x509.NameAttribute(x509.NameOID.COMMON_NAME, "truck 7")  # by the authority; a renewal has it, too
        self.server.sign = lambda request: bag(self.owner.issue(x509.Name([truck, *x509.load_der_x509_csr(request).subject]),
                                               x509.load_der_x509_csr(request).public_key()))  # type: ignore[arg-type]
        self.enrol()
        server.sign = server.renew
        before = x509.load_pem_x509_certificate(self.held())
        self.ask(*renew)
        self.assertEqual(server.shown[-1], before.public_bytes(serialization.Encoding.DER))
        renewed = x509.load_pem_x509_certificate(self.held())
        self.assertEqual((renewed.subject, list(renewed.subject)[0]), (before.subject, truck))
        self.assertNotEqual(renewed.public_key().public_numbers(), before.public_key().public_numbers())  # type: ignore[union-attr]
        # The same request over a session that shows nothing, and over another device's of the same owner.
        self.ask("device", "enrol", "--ca", self.home / "ca.pem", "--request", self.home / "again.csr")
        request = x509.load_pem_x509_csr((self.home / "again.csr").read_bytes()).public_bytes(serialization.Encoding.DER)
        self.assertEqual(self.post(server, request), 401)
        key, own, name = new_key(), self.home / "own.pem", x509.Name([x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, "another device")])
        own.write_bytes(pem_of(key, self.owner.issue(name, key.public_key())))
        self.assertEqual(self.post(server, request, own), 401)
        self.ask(*renew)  # control: the device itself, with that very request
        self.assertEqual(key_digest(server.requests[-1]), key_digest(request))
        # One that speaks no TLS 1.3 gets no signature, and so refuses.
        old = EstServer(self.owner, self.home, ssl.TLSVersion.TLSv1_2, believes=(self.owner.pem(),))
        self.addCleanup(old.end)
        old.sign = old.renew
        said = self.ask("device", "renew-credentials", "--force", "--est", old.url, "--ca", self.home / "ca.pem", expect=1)
        self.assertIn("status 401", str(said))
        self.assertEqual(old.shown, [None])

    def test_nobody_else_is_shown_the_certificate(self) -> None:
        """Neither another party of the same owner, in the server's place, nor the proxy of the environment."""
        if not self.held():
            self.enrol()
        der = x509.load_pem_x509_certificate(self.held()).public_bytes(serialization.Encoding.DER)
        (self.home / "roots").mkdir()
        (self.home / "roots/ca-certificates.crt").write_bytes(self.other.pem())
        for host, shows, shown in (("localhost", self.owner.issue_server(), None),
                                   ("127.0.0.1", self.owner.issue_server(), der),  # control
                                   ("127.0.0.2", self.other.issue_server("127.0.0.1", "127.0.0.2"), None)):
            there = Listener(self.home, shows, self.owner)
            is_proxied = host == "127.0.0.2"  # which is in the proxy's certificate, too
            url = f"https://{host}:{1 if is_proxied else there.port}"
            command = [str(BINARIES / "edgekeep"), "--root", str(self.root), "device", "renew-credentials", "--force", "--est", url,
                       "--ca", str(self.home / "ca.pem"), "--json"]
            proxy = {"https_proxy": f"https://127.0.0.1:{there.port}"} if is_proxied else {}
            believing = 'mount --bind "$0" /etc/ssl/certs && exec "$@"'
            done = subprocess.run(["unshare", "-m", "sh", "-c", believing, self.home / "roots", *command], capture_output=True, text=True,
                                  timeout=120, check=False, env={**os.environ, **proxy})
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertEqual(there.after_one(), [shown], (host, done.stdout))

    def post(self, server: EstServer, request: bytes, certificate: pathlib.Path | None = None) -> int:
        """Somebody else, with a request of the device's."""
        context = ssl.create_default_context(cadata=self.owner.pem().decode())
        if certificate is not None:
            context.load_cert_chain(certificate)
        asking = http.client.HTTPSConnection(server.url.removeprefix("https://"), context=context, timeout=60)
        self.addCleanup(asking.close)
        asking.request("POST", "/.well-known/est/simplereenroll", base64.b64encode(request), {"Content-Type": "application/pkcs10"})
        return asking.getresponse().status

    def test_short_lived_certificates_are_for_whom_attestation_speaks(self) -> None:
        server = self.server
        self.attested()
        self.assertTrue(self.enrol()["held"])
        good = server.requests[-1]
        # The same request again: its evidence answers a challenge of before.
        self.new_challenge()
        self.assertFalse(self.believes(good))
        self.assertIn("another challenge", self.judged[-1])
        # The courier has the device answer the server's challenge, and asks for a key of its own.
        self.new_challenge()
        evidence = self.home / "courier.ekv"
        self.ask("device", "attest", "--challenge", self.challenge, "-o", evidence)
        own, asked = new_key(), x509.load_der_x509_csr(good)
        plain = x509.CertificateSigningRequestBuilder().subject_name(asked.subject).sign(own, hashes.SHA256())
        self.assertTrue(plain.is_signature_valid)
        self.assertFalse(self.believes(plain.public_bytes(serialization.Encoding.DER), evidence.read_bytes()))
        self.assertIn("another policy than is demanded", self.judged[-1])
        # Control: a renewal, with fresh evidence.
        self.ask("device", "renew-credentials", "--force", "--est", server.url, "--ca", self.home / "ca.pem")
        self.assertEqual(server.seen[-1], "/.well-known/est/simplereenroll")
        self.assertNotEqual(key_digest(good), key_digest(server.requests[-1]))
        # Without evidence there is none.
        self.new_challenge()
        server.attributes = lambda: b""
        said = self.ask("device", "renew-credentials", "--force", "--est", server.url, "--ca", self.home / "ca.pem", expect=1)
        self.assertIn("status 403", str(said))
        self.assertIn("(truncated)", self.judged[-1])
        # Control: it is what that request lacked.
        self.new_challenge()
        evidence.unlink()
        self.ask("device", "attest", "--challenge", self.challenge, "-o", evidence)
        self.assertTrue(self.believes(server.requests[-1], evidence.read_bytes()), self.judged[-1])


if __name__ == "__main__":
    unittest.main()
