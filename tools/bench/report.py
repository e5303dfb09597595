#!/usr/bin/python3
"""Merges DIRECTORY/*.jsonl into DIRECTORY/results.json and prints the table: report.py DIRECTORY

A line is one measurement: {"name": "seal throughput", "value": 1.91, "unit": "GiB/s", "baseline": "AES-256-GCM of the
same bytes, one thread: 3.2 GiB/s", "target": "measured only", "met": null, "spread": [1.8, 1.95]}. "met" is true, false,
or null where there is no target yet; "spread" is where the value would lie were there very many rounds, with 95 %
confidence, in the unit, or null where there was one only. A miss is reported and is no error; a line of another form is one.
"""
import json
import pathlib
import sys

FIELDS = {
    "name": str,
    "value": (int, float),
    "unit": str,
    "baseline": str,
    "target": str,
    "met": (bool, type(None)),
    "spread": (list, type(None)),
}


def is_spread(found):
    return found is None or (len(found) == 2 and all(type(end) in (int, float) for end in found) and found[0] <= found[1])


def parse(line, where):
    try:
        found = json.loads(line)
    except json.JSONDecodeError as problem:
        raise SystemExit(f"{where}: not JSON: {problem}") from None
    if not isinstance(found, dict) or found.keys() != FIELDS.keys():
        raise SystemExit(f"{where}: a measurement has exactly the fields {', '.join(FIELDS)}")
    for field, kind in FIELDS.items():
        if not isinstance(found[field], kind) or (field == "value" and isinstance(found[field], bool)):
            raise SystemExit(f"{where}: {field} has the wrong type")
    if not is_spread(found["spread"]):
        raise SystemExit(f"{where}: spread is [least, most] or null")
    return found


def read(directory):
    for path in sorted(directory.glob("*.jsonl")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.strip():
                yield parse(line, f"{path}:{number}")


def row(measurement):
    met = {True: "yes", False: "NO", None: "-"}[measurement["met"]]
    value = f"{measurement['value']:.4g} {measurement['unit']}".strip()
    spread = "–".join(f"{end:.3g}" for end in measurement["spread"] or [])
    return [measurement["name"], value, spread, measurement["target"], met, measurement["baseline"]]


def print_table(rows):
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    for cells in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())


def main(directory):
    measurements = list(read(directory))
    if not measurements:
        raise SystemExit(f"{directory}: no measurements")
    (directory / "results.json").write_text(json.dumps(measurements, indent=2) + "\n")
    print_table([["what", "value", "95 %", "target", "met", "baseline"]] + [row(m) for m in measurements])
    missed = sum(m["met"] is False for m in measurements)
    print(f"{len(measurements)} measurements, {missed} below target; {directory / 'results.json'}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
