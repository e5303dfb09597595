#!/usr/bin/python3
"""Makes spec/vectors/attestation.json, and the fuzzers' seeds, from spec/attestation.md and the TPM's specification alone.

Usage: make.py REPOSITORY_ROOT. Needs nothing but Python; makes the same bytes each time.
"""
import hashlib
import hmac
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from cbor import Pairs, Tagged, encode, head
from p256 import Key

IDENTITY, CHIP, ENDORSEMENT = Key("attested identity"), Key("attesting chip"), Key("endorsement")
TYPE, COSE_P256 = "edgekeep/evidence", -9
PROFILE = "urn:edgekeep:evidence:1"
SHA256_ALG = (0x000b).to_bytes(2, "big")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def chosen(name, size=32):
    return hashlib.shake_256(f"edgekeep vector {name}".encode()).digest(size)


def sized(data):
    return len(data).to_bytes(2, "big") + data


def kid_of(key):
    return sha256((0x0102).to_bytes(2, "big"), key.public)


def kdf(secret, info):
    """HKDF-SHA256 without salt, to 32 bytes."""
    extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


# What is claimed, by the names of the fields.
DEVICE = kid_of(IDENTITY)
EVENTS = [{1: 1, 2: "0.1.0", 3: chosen("keep program")}, {1: 2, 2: "onnxruntime-1.30.0-0011223344556677/x86-64-v3"}]
POLICIES = [[1, 0, chosen("trust bundle")], [2, 5, chosen("trust policy")]]
RELEASES = [{1: "acme/label-direction", 2: [3, "1.0.2"], 3: chosen("file one"), 4: 0},
            {1: "acme/label-ocr", 2: [7, "1.4.0"], 3: chosen("file two"), 4: 2, 5: chosen("prepared")}]
COUNTER, FLOOR, ISSUED = 40, 1790000000, 1790000123
CHIP_CLASS = [0x49424D20, 0x0007000200000001]
CLOCK = [900000, 12, 3]
SECRET = chosen("activation secret")
NONCE, ACTIVATION_NONCE = chosen("nonce"), kdf(SECRET, b"edgekeep activation v1")


def replay(events):
    pcr = bytes(32)
    for event in events:
        pcr = sha256(pcr, sha256(encode(event)))
    return pcr


PCRS = [[7, chosen("secure boot")], [13, replay(EVENTS)]]
BOOT_STATE = sha256((1 << 7).to_bytes(4, "big"), PCRS[0][1])


def key_name(key, attributes):
    area = bytes.fromhex("0023000b") + attributes.to_bytes(4, "big") + bytes.fromhex("000000100018000b00030010")
    return SHA256_ALG + sha256(area, sized(key.public[1:33]), sized(key.public[33:]))


COUNTER_NAME = SHA256_ALG + sha256(bytes.fromhex("018e4b03000b2204001400000008"))


def statement(kind, binding, attested):
    attest = (0xff544347).to_bytes(4, "big") + kind.to_bytes(2, "big") + sized(SHA256_ALG + chosen("qualified")) + sized(binding)
    attest += CLOCK[0].to_bytes(8, "big") + CLOCK[1].to_bytes(4, "big") + CLOCK[2].to_bytes(4, "big") + b"\x01"
    attest += CHIP_CLASS[1].to_bytes(8, "big") + attested
    return [attest, CHIP.sign(attest)]


def claims_of(anchor, nonce=NONCE):
    claims = {6: ISSUED, 10: nonce, 256: b"\x01" + DEVICE, 265: PROFILE, -65537: anchor, -65538: 1, -65539: EVENTS,
              -65540: [COUNTER, FLOOR], -65541: POLICIES, -65542: RELEASES}
    if anchor == 2:
        claims.update({-65543: CHIP_CLASS, -65544: PCRS})
    return claims


def binding_of(claims):
    return sha256(b"edgekeep evidence v1", encode(claims))


def evidence_of(anchor, nonce=NONCE):
    claims = claims_of(anchor, nonce)
    if anchor != 2:
        return claims
    binding = binding_of(claims)
    quoted = sha256(*(value for _, value in PCRS))
    quote = bytes.fromhex("00000001000b03802000") + sized(quoted)
    certified = sized(key_name(IDENTITY, 0x40472)) + sized(SHA256_ALG + chosen("qualified identity"))
    counted = sized(COUNTER_NAME) + bytes.fromhex("00000008") + COUNTER.to_bytes(8, "big")
    return {**claims, -65545: [statement(0x8018, binding, quote), statement(0x8017, binding, certified),
                               statement(0x8014, binding, counted)]}


def signed(payload):
    protected = encode({1: COSE_P256, 4: kid_of(IDENTITY), 16: TYPE})
    signature = IDENTITY.sign(encode(["Signature1", protected, b"", payload]))
    return encode(Tagged(18, [protected, {}, payload, signature]))


CHALLENGE = {0: "edgekeep/challenge", 1: NONCE, 2: 1790000100}
KEYS = {0: "edgekeep/attestation-keys", 1: chosen("a signed device request", 40), 2: CHIP.public, 3: ENDORSEMENT.public,
        4: chosen("certificate", 60)}
ACTIVATION = {0: "edgekeep/activation", 2: chosen("credential", 68), 3: chosen("seed", 68)}
ENROLMENT = {0: "edgekeep/enrolment", 1: 2, 2: [0x0102, IDENTITY.public], 3: 1789000000, 4: 30,
             5: {1: CHIP.public, 2: ENDORSEMENT.public, 3: CHIP_CLASS, 4: [100000, 12, 1], 5: BOOT_STATE}}
POLICY = {0: "edgekeep/appraisal-policy", 1: 600, 2: False, 3: 1, 4: [{1: 1, 2: "0.1.0"}, {1: 2, 2: "onnxruntime-1.30.0-0011223344556677"}],
          5: [POLICIES[1]], 6: [["acme/label-ocr", RELEASES[1][3]]], 7: [[0x53544D20, 0, 0x0001000100000000]], 8: [BOOT_STATE]}


def said(item):
    """As the tests describe what they decoded: bytes in hexadecimal, maps by their keys."""
    if isinstance(item, bytes):
        return item.hex()
    if isinstance(item, list):
        return [said(one) for one in item]
    if isinstance(item, dict):
        return {str(key): said(value) for key, value in item.items()}
    return item


def objects():
    yield "evidence of a chip", "evidence", evidence_of(2)
    yield "evidence of software", "evidence", evidence_of(1)
    yield "measured event", "measured-event", EVENTS[0]
    yield "challenge", "challenge", CHALLENGE
    yield "challenge of an enrolment", "challenge", {**CHALLENGE, 3: sha256(encode(KEYS))}
    yield "keys of a chip", "attestation-keys", KEYS
    yield "keys without a certificate", "attestation-keys", {key: KEYS[key] for key in range(4)}
    yield "keys of software", "attestation-keys", {key: KEYS[key] for key in range(2)}
    yield "activation of a chip", "activation", ACTIVATION
    yield "activation of software", "activation", {0: "edgekeep/activation", 1: ACTIVATION_NONCE}
    yield "enrolment of a chip", "enrolment", ENROLMENT
    yield "enrolment of software", "enrolment", {**{key: ENROLMENT[key] for key in range(5)}, 1: 1}
    yield "policy", "appraisal-policy", POLICY
    yield "policy that demands nothing", "appraisal-policy", {**POLICY, 2: True, 4: [], 5: [], 6: [], 7: [], 8: []}


def common_refusals(made):
    data, pairs = encode(made), sorted(made.items(), key=lambda pair: encode(pair[0]))
    first = pairs[0][0]
    yield "cut by one byte", "malformed", data[:-1]
    yield "one byte more", "malformed", data + b"\0"
    yield "a longer head of the map", "malformed", head(5, len(pairs), 1) + data[1:]
    yield "first key doubled", "malformed", encode(Pairs([pairs[0], *pairs]))
    yield "first two keys exchanged", "malformed", encode(Pairs([pairs[1], pairs[0], *pairs[2:]]))
    yield "unknown key", "malformed", encode(Pairs([*pairs, (-70000, 0)]))
    yield "first key missing", "malformed", encode({key: value for key, value in made.items() if key != first})


FIELD_REFUSALS = {
    "evidence": (evidence_of(2), [
        ("another profile", "unsupported", 265, "urn:edgekeep:evidence:2"), ("a nonce of 31", "malformed", 10, chosen("n", 31)),
        ("a ueid of another type", "malformed", 256, b"\x02" + DEVICE), ("a ueid of 32", "malformed", 256, DEVICE),
        ("a fourth anchor", "unsupported", -65537, 4), ("level 0", "unsupported", -65538, 0),
        ("17 events", "too-large", -65539, EVENTS * 8 + EVENTS[:1]), ("an event of kind 0", "malformed", -65539, [{1: 0, 2: "x"}]),
        ("an event with a space", "malformed", -65539, [{1: 1, 2: "a b"}]), ("an event without text", "malformed", -65539, [{1: 1, 2: ""}]),
        ("policies out of order", "malformed", -65541, POLICIES[::-1]), ("releases out of order", "malformed", -65542, RELEASES[::-1]),
        ("a release without a product", "malformed", -65542, [{**RELEASES[0], 1: "acme"}]),
        ("a floor in the year 10000", "malformed", -65540, [COUNTER, 253402300800]), ("a manufacturer of 33 bits", "malformed", -65543, [1 << 32, 0]),
        ("PCRs out of order", "malformed", -65544, PCRS[::-1]), ("PCR 24", "malformed", -65544, [*PCRS, [24, PCRS[1][1]]]),
        ("events in PCR 23", "malformed", -65544, [PCRS[0], [23, PCRS[1][1]]]),
        ("a device that names its measured PCR", "malformed", -65544, [13, PCRS]), ("two statements", "malformed", -65545, [[b"x", bytes(64)]] * 2),
        ("a signature of 63", "malformed", -65545, [[b"x", bytes(63)]] * 3), ("a statement without words", "malformed", -65545, [[b"", bytes(64)]] * 3),
        ("a statement of 513", "too-large", -65545, [[bytes(513), bytes(64)]] * 3)]),
    "challenge": (CHALLENGE, [("another type", "unsupported", 0, "edgekeep/challenge-2"), ("a nonce of 33", "malformed", 1, chosen("n", 33)),
                              ("a time in the year 10000", "malformed", 2, 253402300800), ("keys of 31", "malformed", 3, chosen("k", 31))]),
    "attestation-keys": (KEYS, [("another type", "unsupported", 0, "edgekeep/attestation-key"), ("no request", "malformed", 1, b""),
                                ("a point of 64", "malformed", 2, chosen("p", 64)), ("an empty certificate", "malformed", 4, b""),
                                ("a certificate of 4097", "too-large", 4, bytes(4097))]),
    "activation": (ACTIVATION, [("another type", "unsupported", 0, "edgekeep/activation-2"), ("nonce and credential", "malformed", 1, NONCE),
                                ("an empty credential", "malformed", 2, b""), ("a seed of 257", "too-large", 3, bytes(257))]),
    "enrolment": (ENROLMENT, [("another type", "unsupported", 0, "edgekeep/enrolments"), ("a chip and no tpm2 anchor", "malformed", 1, 1),
                              ("a fourth anchor", "unsupported", 1, 4), ("no key", "malformed", 2, [0, b"x"]),
                              ("a clock of two numbers", "malformed", 5, {**ENROLMENT[5], 4: [1, 2]}),
                              ("resets of 33 bits", "malformed", 5, {**ENROLMENT[5], 4: [1, 1 << 32, 0]}),
                              ("a point of 64", "malformed", 5, {**ENROLMENT[5], 2: chosen("p", 64)})]),
    "appraisal-policy": (POLICY, [("another type", "unsupported", 0, "edgekeep/appraisal"), ("no age", "malformed", 1, 0),
                                  ("an age of eight days", "malformed", 1, 8 * 86400), ("level 4", "unsupported", 3, 4),
                                  ("releases out of order", "malformed", 6, [["b/b", bytes(32)], ["a/a", bytes(32)]]),
                                  ("a release twice", "malformed", 6, [["a/a", bytes(32)]] * 2),
                                  ("a range from its end", "malformed", 7, [[1, 2, 1]]), ("a boot state twice", "malformed", 8, [BOOT_STATE] * 2),
                                  ("17 boot states", "too-large", 8, [bytes([i]) + bytes(31) for i in range(17)])]),
}


def refused():
    for kind, (made, cases) in FIELD_REFUSALS.items():
        for name, error, data in common_refusals(made):
            yield {"name": name, "kind": kind, "error": error, "hex": data.hex()}
        for name, error, key, value in cases:
            yield {"name": name, "kind": kind, "error": error, "hex": encode({**made, key: value}).hex()}
    yield {"name": "an activation of nothing", "kind": "activation", "error": "malformed", "hex": encode({0: "edgekeep/activation"}).hex()}
    yield {"name": "software with a chip's claims", "kind": "evidence", "error": "malformed",
           "hex": encode({**evidence_of(2), -65537: 1}).hex()}


def content():
    evidence = signed(encode(evidence_of(2)))
    answer = signed(encode(evidence_of(2, ACTIVATION_NONCE)))
    return {
        "spec": "spec/attestation.md", "made_by": "tools/vectors/attest",
        "objects": [{"name": name, "kind": kind, "hex": encode(made).hex(), "fields": said(made)} for name, kind, made in objects()],
        "refused": list(refused()),
        "derivation": {"identity_public_key": IDENTITY.public.hex(), "attestation_public_key": CHIP.public.hex(), "device": DEVICE.hex(),
                       "binding": binding_of(claims_of(2)).hex(), "replayed": PCRS[1][1].hex(), "boot_state": BOOT_STATE.hex(),
                       "attestation_name": key_name(CHIP, 0x50472).hex(), "identity_name": key_name(IDENTITY, 0x40472).hex(),
                       "counter_name": COUNTER_NAME.hex(), "activation_secret": SECRET.hex(), "activation_nonce": ACTIVATION_NONCE.hex(),
                       "to_be_signed": encode(["Signature1", encode({1: COSE_P256, 4: kid_of(IDENTITY), 16: TYPE}), b"",
                                               encode(evidence_of(2))]).hex()},
        "evidence": evidence.hex(), "answer": answer.hex(), "now": 1790000130,
    }


def main():
    root = pathlib.Path(sys.argv[1])
    made = content()
    (root / "spec/vectors/attestation.json").write_text(json.dumps(made, indent=1) + "\n")
    seeds = {"attestation_fuzz": [bytes.fromhex(one["hex"]) for one in made["objects"]],
             "appraisal_fuzz": [bytes.fromhex(made["evidence"]), *(pair[0] for pair in evidence_of(2)[-65545])]}
    for target, all_seeds in seeds.items():
        directory = root / "tests/corpus" / target
        directory.mkdir(parents=True, exist_ok=True)
        for seed in all_seeds:
            (directory / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


if __name__ == "__main__":
    main()
