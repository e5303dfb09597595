#!/usr/bin/python3
"""Adds up the results of script/test: summarise.py RESULTS PART... -- BROKEN...

RESULTS/PART/ctest.xml is ctest's JUnit file; RESULTS/PART/cases/NAME.xml holds the GoogleTest cases of the ctest entry
NAME ('/' written as '_'). An entry with such a file counts case by case, any other entry as one. BROKEN names steps
that failed without results. RESULTS/left-to-asan, where it is, names entries of dev that only the part asan runs; one of
those that did not run, or a case of them that left itself out because of a sanitizer, has failed. Prints what was left to
asan, what was skipped and what failed, then 'N passed, N failed, N skipped'; exits 1 if anything failed or nothing ran.
"""
import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

Outcome = collections.namedtuple("Outcome", "verdict name detail")


def first_line_about(text, mark):
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return next((line for line in lines if mark in line), lines[-1] if lines else "")


def case_outcome(part, case):
    name = f"{part} {case.get('classname')}.{case.get('name')}"
    failure, skipped = case.find("failure"), case.find("skipped")
    if failure is not None:
        return Outcome("failed", name, first_line_about(failure.get("message"), "ailure"))
    if case.get("result") == "skipped" or skipped is not None:
        message = skipped.get("message") if skipped is not None else ""
        return Outcome("skipped", name, first_line_about(message, "SKIP"))
    if case.get("status") == "notrun":
        return Outcome("skipped", name, "disabled")
    return Outcome("passed", name, "")


def entry_outcome(part, entry):
    name, status = f"{part} {entry.get('name')}", entry.get("status")
    output = entry.findtext("system-out")
    if status == "run":
        return Outcome("passed", name, "")
    if status == "notrun" and entry.find("skipped") is not None and "SKIP" in (output or ""):
        return Outcome("skipped", name, first_line_about(output, "SKIP"))
    return Outcome("failed", name, first_line_about(output, "rror"))


def cases_of(path, part):
    try:
        return [case_outcome(part, case) for case in ElementTree.parse(path).getroot().iter("testcase")]
    except (FileNotFoundError, ElementTree.ParseError):
        return []


def part_outcomes(directory):
    listing = directory / "ctest.xml"
    if not listing.exists():
        return
    for entry in ElementTree.parse(listing).getroot().iter("testcase"):
        whole = entry_outcome(directory.name, entry)
        cases = cases_of(directory / "cases" / (entry.get("name").replace("/", "_") + ".xml"), directory.name)
        yield from cases
        # A binary can fail although its cases passed: a leak, a crash at exit, a time limit.
        explained = any(case.verdict == "failed" for case in cases)
        if not cases or (whole.verdict == "failed" and not explained):
            yield whole


def left_to_asan(results):
    """The entries' names, and the failures of those for which asan does not answer."""
    listing = results / "left-to-asan"
    names = listing.read_text().splitlines() if listing.exists() else []
    ran = set()
    if (results / "asan/ctest.xml").exists():
        entries = ElementTree.parse(results / "asan/ctest.xml").getroot().iter("testcase")
        ran = {entry.get("name") for entry in entries if entry.get("status") != "notrun"}
    failures = [Outcome("failed", name, "was left to asan and did not run there") for name in names if name not in ran]
    for name in names:
        for case in cases_of(results / "asan/cases" / (name.replace("/", "_") + ".xml"), "asan"):
            if case.verdict == "skipped" and "sanitizer" in case.detail:
                failures.append(Outcome("failed", case.name, "is left out in the one part that has it: " + case.detail))
    return names, failures


def print_skipped(outcomes):
    """One line for each reason, with the cases it keeps from running."""
    cases_by_reason = collections.defaultdict(list)
    for outcome in outcomes:
        cases_by_reason[outcome.detail.removeprefix("SKIP ")].append(outcome.name)
    for reason, names in cases_by_reason.items():
        print(f"SKIP {reason} [{len(names)}: {', '.join(names)}]")


def main(arguments):
    split = arguments.index("--")
    results, parts, broken = pathlib.Path(arguments[0]), arguments[1:split], arguments[split + 1:]
    outcomes = [outcome for part in parts for outcome in part_outcomes(results / part)]
    outcomes += [Outcome("failed", name, "see above") for name in broken]
    left, unanswered = left_to_asan(results)
    outcomes += unanswered
    count = collections.Counter(outcome.verdict for outcome in outcomes)
    if left:
        print(f"RUN UNDER asan ALONE, in dev too with --long [{len(left)}: {', '.join(left)}]")
    print_skipped([outcome for outcome in outcomes if outcome.verdict == "skipped"])
    for outcome in outcomes:
        if outcome.verdict == "failed":
            print(f"FAIL {outcome.name}: {outcome.detail}")
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
