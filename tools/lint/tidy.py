#!/usr/bin/python3
"""Runs clang-tidy-19 over the tree's own translation units: tidy.py BUILD_DIRECTORY...

A unit that was clean is not looked at again until it, a header of the tree that it includes, its compile command, the
checks or clang-tidy itself change. What was clean is remembered by content, so every clone on a machine shares it.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path.cwd()
CLANG_TIDY = "clang-tidy-19"
# GCC's warning options and precompiled headers, which clang cannot use, are no finding.
EXTRA = ["--quiet"] + [f"--extra-arg=-Wno-{name}" for name in (
    "unknown-warning-option", "ignored-gch", "unused-command-line-argument")]


def memory_directory():
    if "HOME" not in os.environ and "XDG_CACHE_HOME" not in os.environ:
        return ROOT / "build/lint/tidy"
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ["HOME"], ".cache")) / "edgekeep/tidy"


def options_for(path):
    """The path-sensitive analyzer doubles the time and has little to say about straight-line test cases; fixtures are
    classes of GoogleTest's making."""
    return EXTRA + ["--checks=-clang-analyzer-*,-cppcoreguidelines-virtual-class-destructor"] if {"tests", "fuzz"} & set(path.parts) else EXTRA


def digest(*parts):
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little") + data)
    return state.hexdigest()


def units(build_directories):
    """The tree's translation units, each once, with the build directory that compiles it first."""
    found = {}
    for directory in build_directories:
        for entry in json.loads((pathlib.Path(directory) / "compile_commands.json").read_text()):
            path = pathlib.Path(entry["directory"], entry["file"])
            inside = ROOT in path.parents and ROOT / "build" not in path.parents
            if inside and path not in found:
                found[path] = (directory, entry)
    return sorted((path, directory, entry) for path, (directory, entry) in found.items())


def dependencies(entry):
    """Paths below the root, relative to it, that the unit reads; None if it does not compile."""
    words = shlex.split(entry["command"])
    if "-o" in words:
        at = words.index("-o")
        del words[at:at + 2]
    words = [word for word in words if word not in ("-c", "-MD")] + ["-MM", "-MT", "unit"]
    listed = subprocess.run(words, cwd=entry["directory"], capture_output=True, text=True)
    if listed.returncode:
        return None
    names = listed.stdout.replace("\\\n", " ").split()[1:]
    paths = {pathlib.Path(os.path.normpath(os.path.join(entry["directory"], name))) for name in names}
    return sorted(str(path.relative_to(ROOT)) for path in paths if ROOT in path.parents)


def contents(paths):
    try:
        return {path: digest((ROOT / path).read_bytes()) for path in paths}
    except FileNotFoundError:
        return None


def look_at(unit, rules, memory):
    """Returns what clang-tidy found, '' if nothing, None if the unit was known to be clean."""
    path, directory, entry = unit
    options = options_for(path.relative_to(ROOT))
    command = entry["command"].replace(str(ROOT), "ROOT")
    note = memory / digest(rules, *options, command, str(path.relative_to(ROOT)), path.read_bytes())
    if note.exists():
        noted = json.loads(note.read_text())
        if contents(noted) == noted:
            return None
    before = contents(dependencies(entry) or [str(path.relative_to(ROOT))])
    run = subprocess.run([CLANG_TIDY, "-p", directory, *options, str(path)], capture_output=True, text=True)
    if run.returncode:
        return run.stdout + run.stderr
    fresh = note.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(before))
    fresh.rename(note)
    return ""


def main(build_directories):
    memory = memory_directory()
    memory.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([CLANG_TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    rules = digest(version, (ROOT / ".clang-tidy").read_bytes())
    known = clean = 0
    complaints = []
    listed = units(build_directories)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda unit: look_at(unit, rules, memory), listed)
        for unit, result in zip(listed, results):
            known += result is None
            clean += result == ""
            if result:
                complaints.append(unit[0])
                print(result, flush=True)
    print(f"clang-tidy: {len(listed)} units, {known} known to be clean, {clean} found clean, {len(complaints)} with findings")
    return 1 if complaints or not listed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
