#!/usr/bin/python3
"""Makes spec/vectors/holders.json: public files of holders with their fingerprints, and files of signing folders.

Usage: holders.py REPOSITORY_ROOT. Needs nothing but Python; makes the same bytes each time. The keys are no keys: whoever
reads these files looks at their form alone. Seeds of the fuzzers that read such files are made with it (tests/corpus).
"""
import base64
import hashlib
import json
import pathlib
import sys

# Of spec/algorithms.md; what stands in front of the raw key in a SubjectPublicKeyInfo (RFC 5480, RFC 9881).
KINDS = {
    "ed25519": (0x0101, "ed25519", 32, ""),
    "ecdsa-sha2-nistp256": (0x0102, "ecdsa", 65, "3059301306072a8648ce3d020106082a8648ce3d030107034200"),
    "ml-dsa-65/1": (0x0112, "ml-dsa", 1952, "308207b2300b0609608648016503040312038207a100"),
    "ml-dsa-87/1": (0x0113, "ml-dsa", 2592, "30820a32300b060960864801650304031303820a2100"),
}
# The generator of P-256: any point will do, if it is one.
POINT = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")


def raw_key(scheme, seed):
    size = KINDS[scheme][2]
    return POINT if size == len(POINT) else hashlib.shake_256(f"{seed} {scheme}".encode()).digest(size)


def key_object(scheme, seed, owner):
    _, keytype, _, prefix = KINDS[scheme]
    raw = raw_key(scheme, seed)
    text = raw.hex()
    if prefix:
        lines = base64.b64encode(bytes.fromhex(prefix) + raw).decode()
        parts = [lines[at:at + 64] for at in range(0, len(lines), 64)]
        text = "\n".join(["-----BEGIN PUBLIC KEY-----", *parts, "-----END PUBLIC KEY-----", ""])
    return {"keytype": keytype, "keyval": {"public": text}, "scheme": scheme, "x-edgekeep-holder": owner}


def holder(name, schemes, seed):
    return {"holder": name, "keys": [key_object(scheme, seed, name) for scheme in schemes]}


def fingerprint(name, schemes, seed):
    kids = sorted(hashlib.sha256(KINDS[one][0].to_bytes(2, "big") + raw_key(one, seed)).hexdigest() for one in schemes)
    lines = ["edgekeep holder", name, *kids]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


GENERAL, CNSA2 = ("ed25519", "ml-dsa-65/1"), ("ecdsa-sha2-nistp256", "ml-dsa-87/1")


def valid():
    for label, name, schemes, seed in (("general", "alice", GENERAL, 1), ("cnsa2", "bob", CNSA2, 2),
                                       ("keys the other way round", "alice", GENERAL[::-1], 1),
                                       ("the same keys, another name", "zoe", GENERAL, 1),
                                       ("another key of one class", "alice", GENERAL, 3)):
        digest = fingerprint(name, schemes, seed)
        yield {"name": label, "file": json.dumps(holder(name, schemes, seed)), "holder": name, "fingerprint": digest,
               "short": " ".join(digest[at:at + 4] for at in range(0, 20, 4))}


def changed(change):
    made = holder("alice", GENERAL, 1)
    change(made)
    return json.dumps(made)


def refused():
    def use(**values):
        return lambda made: made.update(values)

    def with_key(**values):
        return lambda made: made["keys"][0].update(values)

    other = key_object("ed25519", 4, "alice")
    for label, change in (
            ("no name", lambda made: made.pop("holder")), ("a name that is none", use(holder="Alice")),
            ("a key of somebody else", with_key(**{"x-edgekeep-holder": "bob"})),
            ("a key of nobody", lambda made: made["keys"][0].pop("x-edgekeep-holder")),
            ("one class", lambda made: made["keys"].pop()), ("no keys", use(keys=[])), ("keys that are none", use(keys=[1])),
            ("keys by name", use(keys={})), ("two keys of one class", lambda made: made["keys"].append(other)),
            ("two classical keys alone", lambda made: made["keys"].__setitem__(1, other)),
            ("a type that nobody knows", with_key(keytype="ed448", scheme="ed448")),
            ("a scheme of another type", with_key(scheme="ml-dsa-65/1")),
            ("no public key", with_key(keyval={})), ("a public key that is no text", with_key(keyval={"public": 7})),
            ("half a digit", with_key(keyval={"public": "abc"})), ("no hexadecimal", with_key(keyval={"public": "zz" * 32})),
            ("no PEM", lambda made: made["keys"][1]["keyval"].update(public="-----BEGIN PUBLIC KEY-----"))):
        yield {"name": label, "file": changed(change)}
    yield {"name": "a name twice", "file": '{"holder": "alice", ' + changed(lambda made: None)[1:]}
    yield {"name": "something behind it", "file": changed(lambda made: None) + "{}"}
    yield {"name": "nothing", "file": ""}


def signed_files():
    one, two = {"keyid": "a", "sig": "00"}, {"keyid": "b", "sig": "01"}
    for label, content, taken in (
            ("two signatures", {"holder": "alice", "signatures": [one, two]}, [["a", "00"], ["b", "01"]]),
            ("a stranger's fields", {"signatures": [{**one, "x": 1}], "y": {}}, [["a", "00"]]),
            ("what is no signature is passed over", {"signatures": [7, {"keyid": 1, "sig": "00"}, {"sig": "00"}, one]},
             [["a", "00"]]),
            ("no list", {"signatures": one}, []), ("none", {"holder": "alice"}, []), ("a list", [one], [])):
        yield {"name": label, "file": json.dumps(content), "signatures": taken}
    yield {"name": "a name twice", "file": '{"signatures": [], "signatures": []}', "signatures": []}
    yield {"name": "no JSON", "file": "{", "signatures": []}


def content():
    """A root's content as a ceremony has it, for a fuzzer to begin with."""
    people = ("alice", "bob", "recovery-1", "online")
    keys = {f"{name}-{scheme}": key_object(scheme, number, name)
            for number, name in enumerate(people) for scheme in GENERAL}

    def role(threshold, *names):
        return {"keyids": [f"{name}-{scheme}" for name in names for scheme in GENERAL], "threshold": threshold}

    signed = {"_type": "root", "consistent_snapshot": True, "expires": "2099-01-01T00:00:00Z", "keys": keys,
              "roles": {"root": role(2, *people[:3]), "targets": role(2, *people[:2]), "snapshot": role(1, "online"),
                        "timestamp": role(1, "online")}, "spec_version": "1.0.34", "version": 1}
    return json.dumps({"signatures": [], "signed": signed})


def write_seeds(directory, seeds):
    directory.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (directory / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def main():
    root = pathlib.Path(sys.argv[1])
    made = {"spec": "spec/release-metadata.md", "made_by": "tools/vectors/release/holders.py", "holders": list(valid()),
            "refused": list(refused()), "signed": list(signed_files())}
    (root / "spec/vectors/holders.json").write_text(json.dumps(made, indent=1) + "\n")
    corpus = root / "tests/corpus"
    write_seeds(corpus / "holder_file_fuzz", [one["file"].encode() for one in made["holders"][:2]])
    write_seeds(corpus / "signing_folder_fuzz",
                [b"c" + content().encode(), *(b"s" + one["file"].encode() for one in made["signed"][:3])])


if __name__ == "__main__":
    main()
