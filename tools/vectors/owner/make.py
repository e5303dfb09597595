#!/usr/bin/env python3
"""Writes spec/vectors/owner-credential.json, transfer.json and the fuzzer's seeds, with nothing but the standard library. Everything follows from names: a
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
HANDED_OVER, FREED = [2, chosen("transfer", 32), 1], [1790000007, chosen("order", 32), 2]


def described_change(change):
    return {"change": {"number": change[0], "by": change[1].hex(), "how": change[2]}}


OBJECTS = [{"name": "freed", "kind": "owner", "hex": encode({0: "edgekeep/owner", 4: FREED}).hex(),
            "fields": described_change(FREED)}]
for name, parts, fields in (
        ("named", {}, {}), ("asked", {3: REQUEST}, {"request": described_request}),
        ("held", {2: CREDENTIAL}, {"credential": described_credential}),
        ("being renewed", {2: CREDENTIAL, 3: REQUEST}, {"credential": described_credential, "request": described_request}),
        ("handed over", {4: HANDED_OVER}, described_change(HANDED_OVER)),
        ("handed over, held", {2: CREDENTIAL, 4: HANDED_OVER}, {"credential": described_credential, **described_change(HANDED_OVER)}),
        ("freed, named", {3: REQUEST, 4: FREED}, {"request": described_request, **described_change(FREED)})):
    OBJECTS.append({"name": name, "kind": "owner", "hex": encode({**TYPE, **parts}).hex(),
                    "fields": {"authority": AUTHORITY.hex(), **fields}})


def refused(name, error, value):
    return {"name": name, "kind": "owner", "error": error, "hex": encode(value).hex()}


REFUSED = [
    refused("another type", "unsupported", {0: "edgekeep/owners", 1: AUTHORITY}),
    refused("no authority", "malformed", {0: "edgekeep/owner", 1: b""}),
    refused("nothing", "malformed", {0: "edgekeep/owner"}),
    refused("handed over to nobody", "malformed", {0: "edgekeep/owner", 4: HANDED_OVER}),
    refused("freed with a request", "malformed", {0: "edgekeep/owner", 3: REQUEST, 4: FREED}),
    refused("freed with a certificate", "malformed", {0: "edgekeep/owner", 2: CREDENTIAL, 4: FREED}),
    refused("change 0", "malformed", {**TYPE, 4: [0, *HANDED_OVER[1:]]}),
    refused("a change of two", "malformed", {**TYPE, 4: HANDED_OVER[:2]}),
    refused("an unknown change", "unsupported", {**TYPE, 4: [*HANDED_OVER[:2], 3]}),
    refused("a change far from known", "unsupported", {**TYPE, 4: [*HANDED_OVER[:2], 257]}),
    refused("a change by 31 bytes", "malformed", {**TYPE, 4: [2, b"x" * 31, 1]}),
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

# A device that changes hands (spec/transfer.md).
TO = chosen("new owner's authority", 100)
SERVER = "https://est.example"
TRANSFER = {1: chosen("device", 32), 2: hashlib.sha256(AUTHORITY).digest(), 3: TO, 4: 1, 5: 1790000000, 6: 1790604800, 7: 1, 8: 2}
PAYLOAD = encode(TRANSFER)
GIVER = {1: [chosen("signer", 50), chosen("above it", 40)], 2: chosen("giver's signature", 71)}
TAKER = {1: [], 2: chosen("taker's signature", 70)}


def described_transfer(one):
    names = ("device", "from", "to", "number", "issued_at", "not_after", "licences", "values", "server")
    return {name: one[key].hex() if isinstance(one[key], bytes) else one[key] for key, name in enumerate(names, 1) if key in one}


def described_signature(signature):
    return {"certificates": [one.hex() for one in signature[1]], "signature": signature[2].hex()}


def valid(name, kind, value, fields):
    return {"name": name, "kind": kind, "hex": encode(value).hex(), "fields": fields}


TO_SIGN = {"payload": PAYLOAD.hex(), "giver_signs": encode(["edgekeep transfer v1", 1, PAYLOAD]).hex(),
           "taker_signs": encode(["edgekeep transfer v1", 2, PAYLOAD]).hex()}
SIGNED = {0: "edgekeep/transfer", 1: PAYLOAD}
WITH_SERVER = {**TRANSFER, 7: 2, 8: 1, 9: SERVER}
OTHERS = [
    valid("transfer", "transfer", TRANSFER, described_transfer(TRANSFER)),
    valid("all ends, values stay, with a server", "transfer", WITH_SERVER, described_transfer(WITH_SERVER)),
    valid("signed by nobody", "signed-transfer", SIGNED, TO_SIGN),
    valid("signed by its giver", "signed-transfer", {**SIGNED, 2: GIVER}, {**TO_SIGN, "giver": described_signature(GIVER)}),
    valid("signed by both", "signed-transfer", {**SIGNED, 2: GIVER, 3: TAKER},
          {**TO_SIGN, "giver": described_signature(GIVER), "taker": described_signature(TAKER)}),
    valid("nothing ended", "transfer-answer", {1: 1, 2: []}, {"number": 1, "ended": []}),
    valid("two ended", "transfer-answer", {1: 9, 2: ["acme/a", "acme/b"]}, {"number": 9, "ended": ["acme/a", "acme/b"]}),
]


def no_transfer(name, error, **changed):
    return {"name": name, "kind": "transfer", "error": error,
            "hex": encode({**WITH_SERVER, **{int(key[1:]): value for key, value in changed.items()}}).hex()}


def no_signed(name, error, value):
    return {"name": name, "kind": "signed-transfer", "error": error, "hex": encode(value).hex()}


NONE_OF_THEM = [
    no_transfer("a device of 31 bytes", "malformed", _1=b"x" * 31),
    no_transfer("a giver of 20 bytes", "malformed", _2=b"x" * 20),
    no_transfer("an empty authority", "malformed", _3=b""),
    no_transfer("an authority of 4097", "too-large", _3=chosen("long", 4097)),
    no_transfer("number 0", "malformed", _4=0),
    no_transfer("over at once", "malformed", _6=1790000000),
    no_transfer("for more than a year", "malformed", _6=1790000000 + 31622401),
    no_transfer("after the year 9999", "malformed", _5=253402300790, _6=253402300800),
    no_transfer("licences 0", "unsupported", _7=0),
    no_transfer("licences 3", "unsupported", _7=3),
    no_transfer("values 3", "unsupported", _8=3),
    no_transfer("an empty server", "malformed", _9=""),
    no_transfer("a server with a space", "malformed", _9="https://a b"),
    no_transfer("a server of 256", "too-large", _9="h" * 256),
    no_transfer("an unknown key", "malformed", _10=1),
    no_signed("another type", "unsupported", {**SIGNED, 0: "edgekeep/transfers"}),
    no_signed("without a payload", "malformed", {**SIGNED, 1: b""}),
    no_signed("a payload of 5121", "too-large", {**SIGNED, 1: b"x" * 5121}),
    no_signed("four certificates", "too-large", {**SIGNED, 2: {**GIVER, 1: [b"x"] * 4}}),
    no_signed("an empty certificate", "malformed", {**SIGNED, 2: {**GIVER, 1: [b""]}}),
    no_signed("a certificate of 4097", "too-large", {**SIGNED, 3: {**GIVER, 1: [b"x" * 4097]}}),
    no_signed("an empty signature", "malformed", {**SIGNED, 3: {**GIVER, 2: b""}}),
    no_signed("a signature of 5121", "too-large", {**SIGNED, 2: {**GIVER, 2: b"x" * 5121}}),
    {"name": "65 ended", "kind": "transfer-answer", "error": "too-large", "hex": encode({1: 1, 2: ["a/b"] * 65}).hex()},
    {"name": "no product", "kind": "transfer-answer", "error": "malformed", "hex": encode({1: 1, 2: ["a"]}).hex()},
]
content = {"spec": "spec/transfer.md", "made_by": "tools/vectors/owner", "objects": OTHERS, "refused": NONE_OF_THEM}
(ROOT / "spec/vectors/transfer.json").write_text(json.dumps(content, indent=1) + "\n")

CORPUS = ROOT / "tests/corpus/production_order_fuzz"
for item in OBJECTS + OTHERS:
    seed = bytes.fromhex(item["hex"])
    (CORPUS / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
