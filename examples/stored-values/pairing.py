#!/usr/bin/env python3
"""Keeps a pairing key with the device's keep: made once, found again ever after, by this program's user alone."""
from __future__ import annotations

import argparse
import hashlib
import secrets
import sys

import edgekeep


def pairing_key(values: edgekeep.StoredValues) -> bytes:
    """A value that cannot be read (denied) is no reason to begin anew: somebody changed it, and people have to know."""
    try:
        return values["pairing-key"]
    except KeyError:
        values["pairing-key"] = secrets.token_bytes(32)
        return values["pairing-key"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="the device's root directory")
    arguments = parser.parse_args()
    try:
        key = pairing_key(edgekeep.StoredValues(root=arguments.root))
    except edgekeep.Error as error:
        print(f"pairing: {error}", file=sys.stderr)
        return 1
    # Never the key itself: what people compare is a short word of it.
    print(f"paired as {hashlib.sha256(key).hexdigest()[:8]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
