#!/usr/bin/python3
"""Checks that ARCHITECTURE.md's module table says what cmake/EdgekeepModule.cmake enforces: architecture.py [ROOT]"""
import pathlib
import re
import sys


def enforced(text):
    rows = {}
    for arguments in re.findall(r"^ek_row\(([^)]*)\)", text, re.MULTILINE):
        name, traits, *uses = arguments.split()
        rows[name] = (traits.strip('"'), set(uses))
    return rows


def told(text):
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and re.fullmatch(r"[TP]*", cells[1]) and cells[0] != "module":
            rows[cells[0]] = (cells[1], set() if cells[3] == "–" else set(cells[3].split()))
    return rows


def main(root):
    must = enforced((root / "cmake/EdgekeepModule.cmake").read_text())
    says = told((root / "ARCHITECTURE.md").read_text())
    wrong = [f"ARCHITECTURE.md: {name} is {says.get(name, 'missing')}, enforced is {must.get(name, 'nothing')}"
             for name in sorted(must.keys() | says.keys()) if must.get(name) != says.get(name)]
    print("\n".join(wrong + [f"architecture: {len(must)} modules, {len(wrong)} told wrongly"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
