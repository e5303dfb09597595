"""tools/test/summarise.py: nothing that failed, crashed or was left out may count as passed."""
import os
import pathlib
import subprocess
import tempfile
import unittest

TOOL = pathlib.Path(os.environ["EDGEKEEP_SOURCE"]) / "tools/test/summarise.py"

PASSED = '<testcase name="Opens" classname="Vault" status="run" result="completed"/>'
FAILED = '<testcase name="Opens" classname="Vault" status="run"><failure message="a.cpp:1&#x0A;Failure"/></testcase>'
SKIPPED = """<testcase name="Opens" classname="Vault" status="run" result="skipped">
    <skipped message="a.cpp:1&#x0A;SKIP vectors: not found"/></testcase>"""


def entry(status):
    return f'<testcase name="crypto/openssl" status="{status}"><system-out>an Error</system-out></testcase>'


class Summarise(unittest.TestCase):
    def summarise(self, entries, cases=None, broken=()):
        """Runs the tool over one part 'dev'; returns its exit status and its lines."""
        with tempfile.TemporaryDirectory() as results:
            part = pathlib.Path(results, "dev")
            (part / "cases").mkdir(parents=True)
            (part / "ctest.xml").write_text(f"<testsuite>{''.join(entries)}</testsuite>")
            if cases is not None:
                (part / "cases/crypto_openssl.xml").write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
            run = subprocess.run(["/usr/bin/python3", "-B", TOOL, results, "dev", "--", *broken], capture_output=True, text=True)
        return run.returncode, run.stdout.splitlines()

    def test_cases_are_counted_one_by_one(self):
        status, lines = self.summarise([entry("run")], [PASSED, PASSED])
        self.assertEqual((status, lines), (0, ["2 passed, 0 failed, 0 skipped"]))

    def test_an_entry_without_cases_counts_once(self):
        self.assertEqual(self.summarise([entry("run")]), (0, ["1 passed, 0 failed, 0 skipped"]))

    def test_a_failed_case_fails(self):
        status, lines = self.summarise([entry("fail")], [PASSED, FAILED])
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))
        self.assertEqual(lines[0], "FAIL dev Vault.Opens: Failure")

    def test_a_binary_that_dies_before_it_reports_fails(self):
        status, lines = self.summarise([entry("fail")])
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed, 0 skipped"))

    def test_a_binary_that_fails_after_its_cases_passed_fails(self):
        status, lines = self.summarise([entry("fail")], [PASSED])
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))

    def test_a_binary_that_was_not_built_fails(self):
        status, lines = self.summarise([entry("notrun")])
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed, 0 skipped"))

    def test_skips_are_named_with_their_reason(self):
        status, lines = self.summarise([entry("run")], [PASSED, SKIPPED])
        self.assertEqual((status, lines), (0, ["SKIP vectors: not found [1: dev Vault.Opens]", "1 passed, 0 failed, 1 skipped"]))

    def test_a_step_without_results_fails(self):
        status, lines = self.summarise([entry("run")], broken=["arm64: build"])
        self.assertEqual((status, lines), (1, ["FAIL arm64: build: see above", "1 passed, 1 failed, 0 skipped"]))

    def summarise_left(self, asan_entries, asan_cases=()):
        """As above, with 'crypto/openssl' left to a part 'asan'."""
        with tempfile.TemporaryDirectory() as results:
            for part, entries in (("dev", [entry("run").replace("crypto/openssl", "json")]), ("asan", asan_entries)):
                pathlib.Path(results, part, "cases").mkdir(parents=True)
                pathlib.Path(results, part, "ctest.xml").write_text(f"<testsuite>{''.join(entries)}</testsuite>")
            if asan_cases:
                pathlib.Path(results, "asan/cases/crypto_openssl.xml").write_text(f"<testsuite>{''.join(asan_cases)}</testsuite>")
            pathlib.Path(results, "left-to-asan").write_text("crypto/openssl\n")
            run = subprocess.run(["/usr/bin/python3", "-B", TOOL, results, "dev", "asan", "--"], capture_output=True, text=True)
        return run.returncode, run.stdout.splitlines()

    def test_what_was_left_to_asan_is_named(self):
        status, lines = self.summarise_left([entry("run")], [PASSED])
        self.assertEqual((status, lines), (0, ["RUN UNDER asan ALONE, in dev too with --long [1: crypto/openssl]",
                                               "2 passed, 0 failed, 0 skipped"]))

    def test_what_was_left_to_asan_and_is_not_there_fails(self):
        for entries in ([], [entry("notrun")]):
            status, lines = self.summarise_left(entries)
            self.assertEqual(status, 1)
            self.assertIn("FAIL crypto/openssl: was left to asan and did not run there", lines)

    def test_a_case_left_to_asan_that_sanitizers_leave_out_fails(self):
        skipped = SKIPPED.replace("vectors: not found", "huge constant: under the address sanitizer it ends the process")
        status, lines = self.summarise_left([entry("run")], [PASSED, skipped])
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed, 1 skipped"))
        self.assertTrue(self.summarise_left([entry("run")], [PASSED, SKIPPED])[0] == 0, "the control")

    def test_nothing_run_fails(self):
        self.assertEqual(self.summarise([]), (1, ["0 passed, 0 failed, 0 skipped"]))


if __name__ == "__main__":
    unittest.main()
