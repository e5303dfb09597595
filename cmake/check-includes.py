#!/usr/bin/python3
"""Every '#include "edgekeep/M/..."' in a module must name that module or one that its ek_module() call USES.

Link propagation makes other headers reachable; this lint is what forbids reaching them. Argument: the repository root.
Tests and fuzzers may also include what TEST_USES names.
"""
import pathlib
import re
import sys

CALL = re.compile(r"ek_module\(\s*([\w/]+)(.*?)\)", re.S)
INCLUDE = re.compile(r'\s*#\s*include\s+"edgekeep/([^"]+)"')
KEYWORDS = "SRCS|USES|LINKS|SYMBOLS|UNSANITIZED|TESTS|TEST_USES|TEST_LINKS|FUZZ"


def words_after(keyword, text):
    found = re.search(rf"\b{keyword}\b(.*?)(?=\b(?:{KEYWORDS})\b|$)", text, re.S)
    return set(found[1].split()) if found else set()


def read_modules(root):
    modules = {}
    for listing in sorted(root.glob("src/**/CMakeLists.txt")):
        found = CALL.search(listing.read_text())
        if found:
            text = re.sub(r"#.*", "", found[2])
            modules[found[1]] = (listing.parent, words_after("USES", text), words_after("TEST_USES", text))
    return modules


# Headers that applications include stand above the modules' own directories.
PUBLIC = {"edgekeep.h": "client", "edgekeep.hpp": "client", "stored_values.hpp": "client"}


def owner(include, modules):
    if include in PUBLIC:
        return PUBLIC[include]
    candidates = [m for m in modules if include.startswith(m + "/")]
    if "/" not in include:  # a module's one public header without a directory of its own, as libedgekeep's
        candidates = [m for m, (directory, _, _) in modules.items() if (directory / "include/edgekeep" / include).exists()]
    return max(candidates, key=len) if candidates else include.split("/")[0]


def files_of(directory, modules):
    nested = [d for d, _, _ in modules.values() if d != directory and directory in d.parents]
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".h", ".hpp", ".cpp") and not any(n in path.parents for n in nested):
            yield path


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    modules = read_modules(root)
    bad = 0
    for name, (directory, uses, test_uses) in modules.items():
        for path in files_of(directory, modules):
            relative = path.relative_to(directory).parts
            allowed = uses | {name} | (test_uses if relative[0] in ("tests", "fuzz") else set())
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = INCLUDE.match(line)
                if found and owner(found[1], modules) not in allowed:
                    print(f"{path.relative_to(root)}:{number}: '{name}' includes '{owner(found[1], modules)}' but does not USE it")
                    bad += 1
    print(f"include lint: {len(modules)} modules, {bad} forbidden includes")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
