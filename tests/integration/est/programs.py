"""Edgekeep's programs as a person runs them, answering in JSON."""
from __future__ import annotations

import json
import os
import pathlib
import subprocess

BINARIES = pathlib.Path(os.environ["EDGEKEEP_BINARIES"])


def run(program: str, *arguments: object, expect: int = 0) -> dict[str, object]:
    command = [str(BINARIES / program), *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == expect, (command, done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout)
