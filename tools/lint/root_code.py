#!/usr/bin/python3
"""Bounds what root runs: the spawner's program, and the layers it puts up (tools/lint/root-code.txt).

A line of code is one that is neither empty nor a comment alone, includes apart. Each file of apps/spawner counts; of
src/isolation/process those that the list names, and no other one may be included by the spawner.
"""
import pathlib
import re
import sys

LIST = pathlib.Path("tools/lint/root-code.txt")
PROGRAM = pathlib.Path("apps/spawner")
LAYERS = pathlib.Path("src/isolation/process")
HEADERS = LAYERS / "include/edgekeep/isolation/process"


def code_lines(path):
    lines = (line.strip() for line in path.read_text().splitlines())
    return sum(1 for line in lines if line and not line.startswith(("//", "#include", "#pragma")))


def entries():
    lines = (line.split("#")[0].strip() for line in LIST.read_text().splitlines())
    return [line for line in lines if line]


def included_layers(files):
    pattern = re.compile(r'#include "edgekeep/isolation/process/(\w+)\.h"')
    return {name for file in files for name in pattern.findall(file.read_text())}


def main():
    bounds = {name: int(number) for name, number in (line.split("=") for line in entries() if "=" in line)}
    named = [line for line in entries() if "=" not in line]
    program = sorted([*PROGRAM.glob("*.cpp"), *PROGRAM.glob("*.h")])
    layers = [LAYERS / name for name in named]
    complaints = [f"{LIST}: there is no {path}" for path in layers if not path.is_file()]
    headers = {path.stem for path in layers}
    for name in sorted(included_layers([*program, *filter(pathlib.Path.is_file, layers)])):
        if name not in headers and (LAYERS / f"{name}.cpp").is_file():
            complaints.append(f"{LIST}: root runs {name}.cpp, which is not listed")
    counted = {
        "program": sum(map(code_lines, program)),
        "layers": sum(code_lines(path) for path in layers if path.is_file()),
    }
    for part, lines in counted.items():
        if lines > bounds[part]:
            complaints.append(f"root runs {lines} lines of the {part}, at most {bounds[part]}")
    for complaint in complaints:
        print(complaint)
    print(f"root code: {counted['program']} lines of the spawner, {counted['layers']} of the layers")
    return 1 if complaints else 0


sys.exit(main())
