#!/usr/bin/python3
"""Checks conventions over the tracked files; prints one line for each breach.

Words that mark unfinished work and file names that say nothing (tools/lint/forbidden-words.txt), hosts of the package
registries this machine uses, the path of this clone, calls of Reveal outside tools/lint/reveal-allowed.txt, files over
400 lines.
"""
import os
import pathlib
import re
import subprocess
import sys

LISTS = pathlib.Path("tools/lint")
CODE = {".h", ".hpp", ".cpp", ".c", ".py", ".sh", ".cmake", ".js", ".mjs", ".ts", ".tsx", ".jsx"}
MAX_LINES = 400


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""


def tracked_texts():
    for name in output_of("git", "ls-files", "-z").split("\0"):
        path = pathlib.Path(name)
        if name and path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if b"\0" not in data:
                yield path, data.decode("utf-8", "replace").splitlines()


def entries(name):
    lines = (LISTS / name).read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def registry_hosts():
    """Hosts as this machine's apt and npm are set up: they differ from machine to machine and belong in no file."""
    addresses = output_of("apt-get", "indextargets", "--format", "$(REPO_URI)") + output_of("npm", "config", "get", "registry")
    return sorted(set(re.findall(r"https?://(?:[^/@\s]*@)?([^/:\s]+)", addresses)))


def lines_matching(path, lines, pattern, complaint):
    for number, line in enumerate(lines, 1):
        found = pattern.search(line)
        if found:
            yield f"{path}:{number}: {complaint}: {found[0]}"


def reveal_breaches(path, lines, allowed, used):
    if path.suffix not in (".h", ".cpp") or {"tests", "testing", "fuzz"} & set(path.parts):
        return
    at = [number for number, line in enumerate(lines, 1) if re.search(r"\bReveal(ForWriting)?\(", line)]
    if at:
        used.add(str(path))
        if str(path) not in allowed:
            yield f"{path}:{at[0]}: reveals a secret but is not in {LISTS}/reveal-allowed.txt"


def breaches():
    words = re.compile(r"\b(" + "|".join(entries("forbidden-words.txt")) + r")\b")
    names = re.compile("|".join(entries("forbidden-names.txt")))
    places = [re.escape(host) for host in registry_hosts()] + [re.escape(os.getcwd()) + r"\b"]
    machine = re.compile("|".join(places))
    allowed, used = set(entries("reveal-allowed.txt")), set()
    for path, lines in tracked_texts():
        if path.parent != LISTS:
            yield from lines_matching(path, lines, words, "unfinished")
        if path.suffix in CODE and names.search(path.stem.lower()):
            yield f"{path}: a file is named for the one idea in it"
        yield from lines_matching(path, lines, machine, "belongs to one machine")
        yield from reveal_breaches(path, lines, allowed, used)
        if path.suffix in CODE and len(lines) > MAX_LINES:
            yield f"{path}: {len(lines)} lines, at most {MAX_LINES}"
    for name in sorted(allowed - used):
        yield f"{LISTS}/reveal-allowed.txt: {name} reveals nothing (any more)"


def main():
    found = list(breaches())
    print("\n".join(found + [f"conventions: {len(found)} breaches"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
