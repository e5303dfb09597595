#!/usr/bin/python3
"""Makes spec/vectors/release: metadata signed by keys of every type, with pyca/cryptography (47 or later, for ML-DSA).

Usage: make.py [--corpus] REPOSITORY_ROOT. Signatures are randomised: each run makes other files. With --corpus it makes
the fuzzers' seeds in tests/corpus instead. Not needed to run the tests.
"""
import hashlib
import json
import pathlib
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa


def canonical(value):
    """OLPC canonical JSON, written from its description alone."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"


def pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def pss(salt_length):
    return padding.PSS(padding.MGF1(hashes.SHA256()), salt_length)


class Signer:
    def __init__(self, name, keytype, scheme, public, sign):
        self.name = name
        self.key = {"keytype": keytype, "scheme": scheme, "keyval": {"public": public}}
        self.sign = sign
        self.keyid = hashlib.sha256(canonical(self.key).encode()).hexdigest()


def tap21(key):
    return lambda message: key.sign(b"tuf\x01" + hashlib.sha512(message).digest())


def signers():
    edwards = ed25519.Ed25519PrivateKey.generate()
    yield Signer("ed25519", "ed25519", "ed25519", edwards.public_key().public_bytes_raw().hex(), edwards.sign)
    for name, keytype, as_hex in (("ecdsa", "ecdsa", False), ("ecdsa-old", "ecdsa-sha2-nistp256", False),
                                  ("ecdsa-hex", "ecdsa-sha2-nistp256", True)):
        curve = ec.generate_private_key(ec.SECP256R1())
        point = curve.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        yield Signer(name, keytype, "ecdsa-sha2-nistp256", point.hex() if as_hex else pem(curve),
                     lambda message, curve=curve: curve.sign(message, ec.ECDSA(hashes.SHA256())))
    for name, bits, salt in (("rsa-2048", 2048, 32), ("rsa-3072-longest-salt", 3072, padding.PSS.MAX_LENGTH),
                             ("rsa-4096-no-salt", 4096, 0)):
        key = rsa.generate_private_key(65537, bits)
        yield Signer(name, "rsa", "rsassa-pss-sha256", pem(key),
                     lambda message, key=key, salt=salt: key.sign(message, pss(salt), hashes.SHA256()))
    for name, kind in (("44", mldsa.MLDSA44PrivateKey), ("65", mldsa.MLDSA65PrivateKey), ("87", mldsa.MLDSA87PrivateKey)):
        key = kind.generate()
        yield Signer(f"ml-dsa-{name}", "ml-dsa", f"ml-dsa-{name}/1", pem(key), tap21(key))


def vectors(root):
    all_signers = list(signers())
    role = {"keyids": [signer.keyid for signer in all_signers], "threshold": len(all_signers)}
    signed = {
        "_type": "root", "spec_version": "1.0.34", "version": 1, "expires": "2099-12-31T23:59:59Z",
        "consistent_snapshot": True, "keys": {signer.keyid: signer.key for signer in all_signers},
        "roles": {name: role for name in ("root", "snapshot", "targets", "timestamp")},
        "x-unknown": {"text": "tab\tquote\"backslash\\slash/ümläut😀", "list": [None, True, -1, {}]},
    }
    text = json.dumps(sign(signed, all_signers), indent=1) + "\n"
    (root / "spec/vectors/release/every-key-type.root.json").write_text(text)
    print(f"{len(all_signers)} signatures: {', '.join(signer.name for signer in all_signers)}")


def sign(signed, by):
    message = canonical(signed).encode()
    return {"signatures": [{"keyid": signer.keyid, "sig": signer.sign(message).hex()} for signer in by], "signed": signed}


def put(root, target, data):
    directory = root / "tests/corpus" / target
    directory.mkdir(parents=True, exist_ok=True)
    (directory / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def corpus(root):
    """A file of each type, behind the byte that chooses it; servers good and bad; small JSON."""
    by = [next(signers())]
    keys, role = {by[0].keyid: by[0].key}, {"keyids": [by[0].keyid], "threshold": 1}
    described = {"version": 1, "length": 100, "hashes": {"sha256": "0" * 64}}
    target = {"length": 1, "hashes": {"sha256": "0" * 64, "sha512": "1" * 128}, "custom": {"x": 1}}
    delegated = {"name": "role", "terminating": True, "paths": ["some/*", "[a-z]?"], **role}
    prefixed = {"name": "other", "terminating": False, "path_hash_prefixes": ["0", "ff"], **role}
    bins = {"bit_length": 10, "name_prefix": "bin", **role}
    files = [
        (0, "root", {"consistent_snapshot": True, "keys": keys,
                     "roles": {name: role for name in ("root", "snapshot", "targets", "timestamp")}}),
        (1, "timestamp", {"meta": {"snapshot.json": described}}),
        (2, "snapshot", {"meta": {"targets.json": described, "role.json": {"version": 2}}}),
        (3, "targets", {"targets": {"some/target": target}, "delegations": {"keys": keys, "roles": [delegated, prefixed]}}),
        (3, "targets", {"targets": {}, "delegations": {"keys": keys, "succinct_roles": bins}}),
    ]
    for number, name, fields in files:
        common = {"_type": name, "spec_version": "1.0.34", "version": 1, "expires": "2099-12-31T23:59:59Z"}
        put(root, "metadata_fuzz", bytes([number]) + json.dumps(sign({**common, **fields}, by)).encode())
    for at in range(8):
        for how in range(5):
            put(root, "release_client_fuzz", bytes(3 * at) + bytes([how, 7, 1]) + bytes(24 - 3 * at))
    for text in ('{"b":[1,-2,"x"],"a":{"c":null,"A":true}}', '["\\u0041\\"\\\\"]', '[18446744073709551615]', "[1.5]", '{"a":1,"a":2}'):
        put(root, "json_canonical_fuzz", text.encode())


if __name__ == "__main__":
    (corpus if sys.argv[1] == "--corpus" else vectors)(pathlib.Path(sys.argv[-1]))
