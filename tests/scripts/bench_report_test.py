"""tools/bench/report.py: one table of measurements, and no line of another form."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

TOOL = pathlib.Path(os.environ["EDGEKEEP_SOURCE"]) / "tools/bench/report.py"
GOOD = {"name": "seal", "value": 1.5, "unit": "GiB/s", "baseline": "plain copy", "target": "≥ 1", "met": True,
        "spread": [1.25, 1.75]}


class Report(unittest.TestCase):
    def report(self, *measurements):
        """Returns exit status, output and what results.json holds (None if it was not written)."""
        with tempfile.TemporaryDirectory() as directory:
            lines = [m if isinstance(m, str) else json.dumps(m) for m in measurements]
            pathlib.Path(directory, "a.jsonl").write_text("\n".join(lines))
            run = subprocess.run(["/usr/bin/python3", "-B", TOOL, directory], capture_output=True, text=True)
            results = pathlib.Path(directory, "results.json")
            return run.returncode, run.stdout, json.loads(results.read_text()) if results.exists() else None

    def test_measurements_are_merged_and_misses_are_no_error(self):
        miss = {**GOOD, "name": "open", "met": False}
        status, output, results = self.report(GOOD, miss)
        self.assertEqual((status, results), (0, [GOOD, miss]))
        self.assertIn("2 measurements, 1 below target", output)
        self.assertIn("1.25–1.75", output)

    def test_what_was_measured_once_has_no_spread(self):
        once = {**GOOD, "spread": None}
        self.assertEqual(self.report(once)[::2], (0, [once]))

    def test_other_lines_are_refused(self):
        without = {key: value for key, value in GOOD.items() if key != "baseline"}
        for wrong in ("not JSON", "[]", without, {**GOOD, "value": True}, {**GOOD, "met": "yes"}, {**GOOD, "extra": 1},
                      {**GOOD, "spread": [1]}, {**GOOD, "spread": [2, 1]}, {**GOOD, "spread": [True, 2]},
                      {**GOOD, "spread": "1-2"}):
            status, _, results = self.report(GOOD, wrong)
            self.assertEqual((status, results), (1, None), wrong)

    def test_no_measurements_are_refused(self):
        self.assertEqual(self.report()[0], 1)


if __name__ == "__main__":
    unittest.main()
