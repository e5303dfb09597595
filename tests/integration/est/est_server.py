"""An EST server (RFC 7030) for tests: cacerts, csrattrs, simpleenroll, simplereenroll, over TLS. It signs what it is asked to, or does what a
hostile one would; it can want evidence first, and has it judged by the verifier's own commands."""
from __future__ import annotations

import base64
import datetime
import hashlib
import http.server
import ipaddress
import pathlib
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey
NO_REV_AVAIL = x509.ObjectIdentifier("2.5.29.56")  # RFC 9608: nobody will be told that it was revoked


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def begin(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: tuple[float, float]) -> x509.CertificateBuilder:
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
            .serial_number(x509.random_serial_number()).not_valid_before(now() + datetime.timedelta(days[0]))
            .not_valid_after(now() + datetime.timedelta(days[1])))


def pem_of(key: Key, certificate: x509.Certificate) -> bytes:
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return plain + certificate.public_bytes(serialization.Encoding.PEM)


class Authority:
    def __init__(self, name: str) -> None:
        self.key = new_key()
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        uses = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.certificate = (begin(self.name, self.name, self.key.public_key(), (-1, 3650))
                            .add_extension(x509.BasicConstraints(True, None), True).add_extension(uses, True)
                            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
                            .sign(self.key, hashes.SHA256()))

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, days: tuple[float, float] = (-1, 30),
              use: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH) -> x509.Certificate:
        uses = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        return (begin(subject, self.name, key, days).add_extension(x509.BasicConstraints(False, None), True)
                .add_extension(uses, True).add_extension(x509.UnrecognizedExtension(NO_REV_AVAIL, b"\5\0"), False)
                .add_extension(x509.ExtendedKeyUsage([use]), False).sign(self.key, hashes.SHA256()))

    def issue_server(self, *addresses: str) -> tuple[x509.Certificate, Key]:
        key = new_key()
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(one)) for one in addresses or ("127.0.0.1",)])
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "EST server")])
        certificate = begin(name, self.name, key.public_key(), (-1, 30)).add_extension(here, False)
        return certificate.sign(self.key, hashes.SHA256()), key


def tlv(tag: int, contents: bytes) -> bytes:
    size = len(contents)
    if size < 128:
        return bytes([tag, size]) + contents
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + contents


def oid(*arcs: int) -> bytes:
    out = b""
    for arc in (40 * arcs[0] + arcs[1], *arcs[2:]):
        part = [arc & 127]
        while arc := arc >> 7:
            part.insert(0, 128 | arc & 127)
        out += bytes(part)
    return tlv(6, out)


EVIDENCE_OID = oid(1, 2, 840, 113549, 1, 9, 16, 2, 59)  # id-aa-attestation
MESSAGE_OID = oid(1, 3, 6, 1, 5, 5, 7, 1, 35)  # id-pe-cmw


def bundle(message: bytes) -> bytes:
    """AttestationBundle of one conceptual message in CBOR, of at most 255 bytes, without an indicator."""
    kind = b"application/cbor"
    encoded = bytes([0x82, 0x60 + len(kind)]) + kind + bytes([0x58, len(message)]) + message
    return tlv(0x30, tlv(0x30, tlv(0x30, MESSAGE_OID + tlv(4, encoded))))


def message_in(bundle: bytes) -> bytes:
    """[application/eat+cwt, message, evidence], where the message is a long one."""
    statement = list(elements(next(elements(next(elements(bundle))[1]))[1]))
    begin = b"\x83\x73application/eat+cwt\x59"
    encoded = statement[1][1]
    assert tlv(6, statement[0][1]) == MESSAGE_OID and encoded.startswith(begin) and encoded[-1] == 4
    return encoded[len(begin) + 2:-1]


def elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    while der:
        tag, size, start = der[0], der[1], 2
        if size & 128:
            start += size & 127
            size = int.from_bytes(der[2:start], "big")
        yield tag, der[start:start + size]
        der = der[start + size:]


def evidence_in(request: bytes) -> bytes:
    """What the attribute of evidence holds; nothing where there is none."""
    information = next(elements(next(elements(request))[1]))[1]
    for tag, contents in elements(information):
        for _, attribute in elements(contents) if tag == 0xa0 else ():
            parts = list(elements(attribute))
            if tlv(6, parts[0][1]) == EVIDENCE_OID:
                return message_in(next(elements(parts[1][1]))[1])
    return b""


def bag(*certificates: x509.Certificate) -> bytes:
    return pkcs7.serialize_certificates(list(certificates), serialization.Encoding.DER)


def serial_in(name: x509.Name) -> str:
    [serial] = name.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return str(serial.value)


class Reply(Exception):
    """What is answered instead of a certificate."""

    def __init__(self, status: int, body: bytes = b"", kind: str = "text/plain", **headers: str) -> None:
        super().__init__(status)
        self.status, self.body, self.kind, self.headers = status, body, kind, headers


class EstServer:
    """`sign` makes the answer to a request, DER in and out; `attributes` the csrattrs, or none."""

    def __init__(self, authority: Authority, home: pathlib.Path, newest: ssl.TLSVersion | None = None,
                 believes: tuple[bytes, ...] = ()) -> None:
        self.authority = authority
        self.sign: Callable[[bytes], bytes] = self.issue
        self.attributes: Callable[[], bytes] = lambda: b""
        self.seen: list[str] = []
        self.requests: list[bytes] = []
        self.shown: list[bytes | None] = []  # by TLS, with each request
        self.names: list[str] = []  # for whom it was renewed
        certificate, key = authority.issue_server()
        pem = home / "server.pem"
        pem.write_bytes(pem_of(key, certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        for known in believes:  # whoever shows another one, or none of them, is not let in
            context.load_verify_locations(cadata=known.decode())
            context.verify_mode = ssl.CERT_OPTIONAL
        if newest is not None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
        est = self

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = 20
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                self.reply(lambda: est.get(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert isinstance(self.connection, ssl.SSLSocket)
                est.shown.append(self.connection.getpeercert(binary_form=True))
                self.reply(lambda: est.post(self.path, body))

            def reply(self, answer: Callable[[], Reply]) -> None:
                try:
                    said = answer()
                except Reply as other:
                    said = other
                self.send_response(said.status)
                self.send_header("Content-Type", said.kind)
                for name, value in said.headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.close_connection = said.body == b"endless"
                if not self.close_connection:
                    self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                try:
                    self.wfile.write(said.body)
                    while said.body == b"endless":
                        self.wfile.write(b"A" * 4096)
                except OSError:
                    pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        setattr(self.http, "handle_error", lambda *_: None)  # whoever goes away in a handshake
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def end(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def get(self, path: str) -> Reply:
        self.seen.append(path)
        if path == "/.well-known/est/cacerts":
            return Reply(200, base64.b64encode(bag(self.authority.certificate)), "application/pkcs7-mime")
        attributes = self.attributes()
        if path != "/.well-known/est/csrattrs" or not attributes:
            return Reply(404)
        return Reply(200, base64.b64encode(attributes), "application/csrattrs")

    def post(self, path: str, body: bytes) -> Reply:
        self.seen.append(path)
        if path not in ("/.well-known/est/simpleenroll", "/.well-known/est/simplereenroll"):
            return Reply(404)
        request = base64.b64decode(body)
        self.requests.append(request)
        return Reply(200, base64.b64encode(self.sign(request)), "application/pkcs7-mime; smime-type=certs-only")

    def renew(self, request: bytes) -> bytes:
        """RFC 7030 §3.3.2, §4.2.2: for whoever shows by TLS another certificate of the same device."""
        asked, shown = x509.load_der_x509_csr(request), self.shown[-1]
        if shown is None:
            raise Reply(401)
        before = x509.load_der_x509_certificate(shown)
        is_first = self.seen[-1].endswith("simpleenroll")  # by another authority's certificate
        if not (serial_in(before.subject) == serial_in(asked.subject) if is_first else before.subject == asked.subject):
            raise Reply(401)
        self.names.append(serial_in(asked.subject))
        return self.issue(request)

    def issue(self, request: bytes, days: tuple[float, float] = (-1, 30), by: Authority | None = None) -> bytes:
        asked = x509.load_der_x509_csr(request)
        if not asked.is_signature_valid:
            raise Reply(400)
        key = asked.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        return bag((by or self.authority).issue(asked.subject, key, days))


def key_digest(request: bytes) -> str:
    key = x509.load_der_x509_csr(request).public_key()
    return hashlib.sha256(key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)).hexdigest()


class Listener:
    """Whoever is connected to, a server or a proxy: asks for a certificate, and says nothing to whoever was there."""

    def __init__(self, home: pathlib.Path, shows: tuple[x509.Certificate, Key], believes: Authority) -> None:
        pem = home / "listener.pem"
        pem.write_bytes(pem_of(shows[1], shows[0]))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pem)
        self.context.load_verify_locations(cadata=believes.pem().decode())
        self.context.verify_mode, self.context.num_tickets = ssl.CERT_OPTIONAL, 0
        self.shown: list[bytes | None] = []  # of each session
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(60)
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        with self.socket, self.socket.accept()[0] as connection, self.context.wrap_socket(connection, server_side=True) as session:
            self.shown.append(session.getpeercert(binary_form=True))

    def after_one(self) -> list[bytes | None]:
        self.thread.join(60)
        return self.shown
