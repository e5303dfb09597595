#!/usr/bin/python3
"""Every test that docs/REQUIREMENTS.md and THREAT_MODEL.md name must exist. Argument: the repository root.

A name in backticks in a column headed "test" is a GoogleTest case (Suite.Name, or Suite.Name… for all that begin so), a
ctest entry (barrier.x) or a path (with * as a wildcard).
"""
import pathlib
import re
import subprocess
import sys

CASE = re.compile(r"\b(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)")
WORKS_BY_NAME = {"demo": "tests/e2e/demo.sh"}


def known_cases(root):
    files = subprocess.run(["git", "ls-files", "*.cpp"], cwd=root, capture_output=True, text=True, check=True).stdout
    return {f"{a}.{b}" for name in files.split() for a, b in CASE.findall((root / name).read_text())}


def exists(name, cases, barriers, root):
    name = WORKS_BY_NAME.get(name, name)
    if name.startswith("barrier."):
        return name[len("barrier."):] in barriers
    if name.endswith("…"):
        return any(case.startswith(name[:-1]) for case in cases)
    return name in cases or any(root.glob(name.rstrip("/")))


def last_cells(text):
    """Last cells of the tables whose last column is headed 'test'."""
    names_tests = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            names_tests = False
            continue
        cell = line.rstrip().rstrip("|").rsplit("|", 1)[1].strip()
        names_tests = names_tests or cell == "test"
        if names_tests:
            yield number, cell


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    cases = known_cases(root)
    barriers = set((root / "tests/architecture/CMakeLists.txt").read_text().split())
    barriers = {b.rstrip(")") for b in barriers}
    missing = checked = 0
    for document in ("docs/REQUIREMENTS.md", "THREAT_MODEL.md"):
        for number, cell in last_cells((root / document).read_text()):
            for name in re.findall(r"`([^`]+)`", cell):
                checked += 1
                if not exists(name, cases, barriers, root):
                    print(f"{document}:{number}: no test is called '{name}'")
                    missing += 1
    print(f"requirements: {checked} tests named, {missing} missing")
    return 1 if missing or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
