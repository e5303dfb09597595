#!/usr/bin/env python3
"""Writes spec/vectors/owner-credential.json and the fuzzer's seeds, with nothing but the standard library. Everything follows from names: a
second run writes the same bytes.

  python3 tools/vectors/owner/make.py
"""
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from cbor import encode

ROOT = pathlib.Path(__file__).resolve().parents[3]


def chosen(name, size):
    return hashlib.shake_256(f"edgekeep vector {name}".encode()).digest(size)


AUTHORITY = chosen("owner's authority", 90)
SALT, NEXT_SALT = chosen("sealed salt", 60), chosen("next sealed salt", 60)
CHAIN = [chosen("owner's certificate", 120), chosen("between", 60)]
POINT = b"\4" + chosen("owner key", 64)
CREDENTIAL = {1: SALT, 2: CHAIN, 3: 1790000000, 4: 1792592000}
REQUEST = {1: NEXT_SALT, 2: POINT}
TYPE = {0: "edgekeep/owner", 1: AUTHORITY}

described_credential = {"salt": SALT.hex(), "certificates": [one.hex() for one in CHAIN], "not_before": 1790000000,
                        "not_after": 1792592000}
described_request = {"salt": NEXT_SALT.hex(), "key": POINT.hex()}
OBJECTS = []
for name, parts, fields in (
        ("named", {}, {}), ("asked", {3: REQUEST}, {"request": described_request}),
        ("held", {2: CREDENTIAL}, {"credential": described_credential}),
        ("being renewed", {2: CREDENTIAL, 3: REQUEST}, {"credential": described_credential, "request": described_request})):
    OBJECTS.append({"name": name, "kind": "owner", "hex": encode({**TYPE, **parts}).hex(),
                    "fields": {"authority": AUTHORITY.hex(), **fields}})


def refused(name, error, value):
    return {"name": name, "kind": "owner", "error": error, "hex": encode(value).hex()}


REFUSED = [
    refused("another type", "unsupported", {0: "edgekeep/owners", 1: AUTHORITY}),
    refused("no authority", "malformed", {0: "edgekeep/owner", 1: b""}),
    refused("an authority of 4097", "too-large", {0: "edgekeep/owner", 1: chosen("long", 4097)}),
    refused("a salt of 59", "malformed", {**TYPE, 2: {**CREDENTIAL, 1: SALT[1:]}}),
    refused("no certificate", "malformed", {**TYPE, 2: {**CREDENTIAL, 2: []}}),
    refused("an empty certificate", "malformed", {**TYPE, 2: {**CREDENTIAL, 2: [b""]}}),
    refused("five certificates", "too-large", {**TYPE, 2: {**CREDENTIAL, 2: CHAIN[1:] * 5}}),
    refused("ends before it begins", "malformed", {**TYPE, 2: {**CREDENTIAL, 4: 1790000000}}),
    refused("a compressed point", "malformed", {**TYPE, 3: {1: SALT, 2: b"\2" + POINT[1:33]}}),
    refused("a point that begins with 6", "malformed", {**TYPE, 3: {1: SALT, 2: b"\6" + POINT[1:]}}),
]

content = {"spec": "spec/owner-credential.md", "made_by": "tools/vectors/owner", "objects": OBJECTS, "refused": REFUSED}
(ROOT / "spec/vectors/owner-credential.json").write_text(json.dumps(content, indent=1) + "\n")

CORPUS = ROOT / "tests/corpus/production_order_fuzz"
for item in OBJECTS:
    seed = bytes.fromhex(item["hex"])
    (CORPUS / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
