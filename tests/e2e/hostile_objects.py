"""What people make of signatures and log entries whom no tool stops:

hostile_objects.py policy FOLDER FILE: a trust policy with whatever signatures are in the folder, enough or not.
hostile_objects.py verdict PROOF LOG INDEX FILE PROVE...: a release proof with the verdict that is that entry of the log,
whatever it says. `PROVE... LOG --index N -o F --entry F` proves entries of a log.
"""
from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile

BYTES, TEXT, ARRAY, MAP = 2, 3, 4, 5


def head(major: int, length: int) -> bytes:
    size = 0 if length < 24 else 1 if length < 1 << 8 else 2 if length < 1 << 16 else 4
    if size == 0:
        return bytes([major << 5 | length])
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26}[size]]) + length.to_bytes(size, "big")


def item(content: bytes | str) -> bytes:
    data = content.encode() if isinstance(content, str) else content
    return head(TEXT if isinstance(content, str) else BYTES, len(data)) + data


def end_of_head(data: bytes, at: int) -> tuple[int, int]:
    """The argument of the item that begins there, and where its content does."""
    short = data[at] & 31
    size = {24: 1, 25: 2, 26: 4}.get(short, 0)
    return (int.from_bytes(data[at + 1:at + 1 + size], "big") if size else short), at + 1 + size


def end_of(data: bytes, at: int) -> int:
    major = data[at] >> 5
    length, at = end_of_head(data, at)
    if major in (BYTES, TEXT):
        return at + length
    for _ in range({ARRAY: length, MAP: 2 * length}.get(major, 0)):
        at = end_of(data, at)
    return at


def signatures_of(signed: bytes) -> tuple[bytes, list[bytes]]:
    """Tag 98 and an array of 4: what comes before the signatures, and they."""
    at = 3
    for _ in range(3):
        at = end_of(signed, at)
    before = signed[:at]
    count, at = end_of_head(signed, at)
    found = []
    for _ in range(count):
        end = end_of(signed, at)
        found.append(signed[at:end])
        at = end
    return before, found


def policy(folder: str, output: str) -> None:
    parts = [signatures_of(path.read_bytes()) for path in sorted(pathlib.Path(folder, "signed").glob("*.eko"))]
    signatures = [one for _, found in parts for one in found]
    pathlib.Path(output).write_bytes(parts[0][0] + head(ARRAY, len(signatures)) + b"".join(signatures))


def verdict(proof: str, log: str, index: str, output: str, *prove: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        inclusion, entry = pathlib.Path(directory, "inclusion"), pathlib.Path(directory, "entry")
        subprocess.run([*prove, log, "--index", index, "-o", inclusion, "--entry", entry], check=True)
        path = inclusion.read_text().split("\n\n")[0] + "\n\n"
        leaf = item(entry.read_bytes()) + item(path)
    statement = pathlib.Path(log, "public", "statement", f"{int(index):03}").read_bytes()
    made = pathlib.Path(proof).read_bytes()
    assert made[0] == head(MAP, 3)[0], "it has a verdict already"
    pathlib.Path(output).write_bytes(head(MAP, 4) + made[1:] + b"\x03" + head(ARRAY, 3) + leaf + item(statement))


{"policy": policy, "verdict": verdict}[sys.argv[1]](*sys.argv[2:])
