#!/usr/bin/env python3
"""Writes spec/vectors/production-order.json and the fuzzer's seeds: orders, tickets, journal entries, identities, lists and the messages of
provisioning, with nothing but the standard library. Everything follows from names: a second run writes the same bytes.

  python3 tools/vectors/factory/make.py
"""
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from cbor import encode

TARGET = pathlib.Path(__file__).resolve().parents[3] / "spec/vectors/production-order.json"


def chosen(name, size):
    return hashlib.shake_256(f"edgekeep vector {name}".encode()).digest(size)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def tree(leaves):
    """RFC 6962, §2.1: the root, split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1", tree(leaves[:split]), tree(leaves[split:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return path(index, leaves[:split]) + [tree(leaves[split:])]
    return path(index - split, leaves[split:]) + [tree(leaves[:split])]


UNITS = 5
ORDER = chosen("order id", 16)
SECRETS = [chosen(f"ticket {number}", 16) for number in range(UNITS)]
LEAVES = [sha256(b"\0", encode({1: ORDER, 2: number, 3: secret})) for number, secret in enumerate(SECRETS)]
POINT = b"\4" + chosen("point", 64)

OBJECTS, REFUSED = [], []


def put(name, kind, fields, names, refusals):
    """`names`: the fields' names by their keys; a key of text stands for what is no field. `refusals`: (name, error, key, value)."""
    data = encode(fields)
    shown = {names[key]: value.hex() if isinstance(value, bytes) else value for key, value in fields.items() if key in names}
    for key, value in shown.items():
        if isinstance(value, list):
            shown[key] = [item.hex() if isinstance(item, bytes) else item for item in value]
    OBJECTS.append({"name": name, "kind": kind, "hex": data.hex(), "fields": shown})
    cases = [("cut by one byte", "malformed", data[:-1]), ("one byte more", "malformed", data + b"\0"),
             ("unknown key at the end", "malformed", encode({**fields, 99: 0})),
             ("last key missing", "malformed", encode(dict(list(fields.items())[:-1])))]
    cases += [(what, error, encode({**fields, key: value})) for what, error, key, value in refusals]
    REFUSED.extend({"name": what, "kind": kind, "error": error, "hex": bad.hex()} for what, error, bad in cases)


ORDER_NAMES = {1: "id", 2: "product", 3: "units", 4: "not_before", 5: "expires", 6: "tickets", 7: "hardware", 8: "shares"}
SHARES = [["factory.example/line-1", 0], ["factory.example/line-2", 3]]
put("order", "production-order",
    {1: ORDER, 2: "acme/camera", 3: UNITS, 4: 1790000000, 5: 1792592000, 6: tree(LEAVES), 7: "1.3.6.1.4.1.99999.1",
     8: SHARES},
    ORDER_NAMES,
    [("no unit", "malformed", 3, 0), ("65537 units", "malformed", 3, 65537), ("ends as it begins", "malformed", 5, 1790000000),
     ("an id of 15", "malformed", 1, chosen("short", 15)), ("hardware in words", "malformed", 7, "camera"),
     ("a product without a publisher", "malformed", 2, "camera"), ("no station", "malformed", 8, []),
     ("a station without units", "malformed", 8, [["a", 0], ["b", 5]]), ("a station twice", "malformed", 8, [["a", 0], ["b", 1], ["a", 2]]),
     ("65 stations", "too-large", 8, [["a", 0]] * 65)])

put("the second station's tickets", "ticket-book",
    {0: "edgekeep/ticket-book", 1: ORDER, 2: 3, 3: b"".join(SECRETS[3:]), 4: b"".join(LEAVES)},
    {1: "order", 2: "first", 3: "secrets", 4: "leaves"},
    [("another type", "unsupported", 0, "edgekeep/tickets"), ("more than the order has", "malformed", 2, 4),
     ("half a secret", "malformed", 3, chosen("half", 8)), ("no leaf", "malformed", 4, b"")])

provisioned = {0: "edgekeep/log/provisioned", 1: ORDER, 2: 3, 3: SECRETS[3], 4: path(3, LEAVES), 5: sha256(POINT),
               6: chosen("device", 32), 7: chosen("certificate", 120)}
put("unit of ticket 3", "log-provisioned", provisioned,
    {1: "order", 2: "number", 3: "secret", 4: "path", 5: "chip", 6: "device", 7: "certificate"},
    [("another type", "unsupported", 0, "edgekeep/log/provision"), ("ticket 65536", "malformed", 2, 65536),
     ("a path of 17", "too-large", 4, [LEAVES[0]] * 17), ("a digest of 31", "malformed", 4, [chosen("short", 31)]),
     ("no certificate", "malformed", 7, b"")])

put("its identity voided", "log-voided", {0: "edgekeep/log/voided", 1: ORDER, 2: 1}, {1: "order", 2: "index"},
    [("another type", "unsupported", 0, "edgekeep/log/void"), ("an order of 15", "malformed", 1, chosen("short", 15))])

entry = encode({0: "edgekeep/log-entry", 1: 1790000200, 2: encode(provisioned)})
others = [sha256(b"\0", chosen(f"other entry {i}", 20)) for i in range(2)]
journal = [others[0], sha256(b"\0", entry), others[1]]
put("identity", "identity",
    {0: "edgekeep/identity", 1: entry, 2: 1, 3: path(1, journal), 4: "factory.example/line-1\n3\n(signatures)\n"},
    {1: "entry", 2: "index", 3: "path", 4: "checkpoint"},
    [("another type", "unsupported", 0, "edgekeep/identities"), ("no entry", "malformed", 1, b""),
     ("a path of 49", "too-large", 3, [LEAVES[0]] * 49), ("no checkpoint", "malformed", 4, "")])

digests = sorted(chosen(f"certificate {i}", 32) for i in range(4))
put("list", "identity-list",
    {1: ORDER, 2: "acme/camera", 3: UNITS, 4: 1790000300, 5: digests[0] + digests[2], 6: digests[1], 7: digests[3],
     8: b"".join(sorted(chosen(f"chip {i}", 32) for i in range(2)))},
    {1: "order", 2: "product", 3: "units", 4: "issued_at", 5: "accepted", 6: "refused", 7: "retired", 8: "retired_chips"},
    [("out of order", "malformed", 5, digests[2] + digests[0]), ("one twice", "malformed", 6, digests[1] * 2),
     ("accepted and refused", "malformed", 6, digests[0]), ("accepted and retired", "malformed", 7, digests[2]),
     ("refused and retired", "malformed", 7, digests[1]), ("more than were ordered, with those retired", "malformed", 3, 2), ("more than were ordered", "malformed", 3, 1),
     ("half a digest", "malformed", 5, digests[0][:16]), ("one chip twice", "malformed", 8, digests[1] * 2)])

put("hello", "provisioning-hello",
    {0: "edgekeep/provisioning/hello", 1: chosen("endorsement certificate", 90), 2: POINT, 3: b"\4" + chosen("identity", 64)},
    {1: "endorsement_certificate", 2: "attestation_key", 3: "identity_key"},
    [("another type", "unsupported", 0, "edgekeep/provisioning/proof"), ("no certificate", "malformed", 1, b""),
     ("a compressed point", "malformed", 2, b"\2" + chosen("x", 32)), ("a point that begins with 6", "malformed", 3, b"\6" + chosen("y", 64))])
put("challenge", "provisioning-challenge",
    {0: "edgekeep/provisioning/challenge", 1: chosen("credential", 68), 2: chosen("seed", 68), 3: chosen("nonce", 32)},
    {1: "credential", 2: "encrypted_seed", 3: "nonce"},
    [("no credential", "malformed", 1, b""), ("a seed of 257", "too-large", 2, chosen("long", 257)), ("a nonce of 31", "malformed", 3, chosen("short", 31))])
put("proof", "provisioning-proof",
    {0: "edgekeep/provisioning/proof", 1: chosen("answer", 32), 2: chosen("statement", 120), 3: chosen("signature", 64)},
    {1: "answer", 2: "statement", 3: "signature"},
    [("an answer of 16", "malformed", 1, chosen("short", 16)), ("no statement", "malformed", 2, b""), ("a signature of 63", "malformed", 3, chosen("short", 63))])
put("refusal", "provisioning-refusal",
    {0: "edgekeep/provisioning/refusal", 1: "untrusted", 2: "the chip's maker is unknown"}, {1: "error", 2: "reason"},
    [("two lines", "malformed", 1, "a\nb"), ("no reason", "malformed", 2, ""), ("201 characters", "too-large", 2, "a" * 201)])

derivation = {"secrets": [secret.hex() for secret in SECRETS], "leaves": [leaf.hex() for leaf in LEAVES], "root": tree(LEAVES).hex(),
              "paths": [[item.hex() for item in path(number, LEAVES)] for number in range(UNITS)]}
content = {"spec": "spec/production-order.md", "made_by": "tools/vectors/factory", "objects": OBJECTS, "refused": REFUSED,
           "derivation": derivation}
TARGET.write_text(json.dumps(content, indent=1) + "\n")

CORPUS = TARGET.parents[2] / "tests/corpus/production_order_fuzz"
CORPUS.mkdir(parents=True, exist_ok=True)
for item in OBJECTS:
    seed = bytes.fromhex(item["hex"])
    (CORPUS / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
