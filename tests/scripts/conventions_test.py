"""tools/lint/conventions.py: each breach planted in an otherwise clean tree is named, and the clean tree passes."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["EDGEKEEP_SOURCE"])


class Conventions(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.tree = pathlib.Path(directory.name)
        shutil.copytree(SOURCE / "tools/lint", self.tree / "tools/lint")
        self.write("tools/lint/reveal-allowed.txt", "src/core/vault.cpp\n")
        self.write("src/core/vault.cpp", "int Use() { return key.Reveal()[0]; }\n")
        programs = tempfile.TemporaryDirectory()
        self.addCleanup(programs.cleanup)
        pathlib.Path(programs.name, "git").symlink_to(shutil.which("git"))
        npm = pathlib.Path(programs.name, "npm")
        npm.write_text("#!/bin/sh\necho https://packages.example.org:8443/npm/\n")
        npm.chmod(0o755)
        self.environment = {**os.environ, "PATH": programs.name}
        subprocess.run(["git", "init", "-q"], cwd=self.tree, check=True)

    def write(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def lint(self):
        subprocess.run(["git", "add", "-A"], cwd=self.tree, check=True)
        command = ["/usr/bin/python3", "-B", "tools/lint/conventions.py"]
        run = subprocess.run(command, cwd=self.tree, env=self.environment, capture_output=True, text=True)
        return run.returncode, run.stdout

    def assert_breach(self, name, text, words):
        self.write(name, text)
        status, output = self.lint()
        self.assertEqual(status, 1)
        self.assertIn(words, output)
        self.assertIn("conventions: 1 breaches", output)

    def test_a_clean_tree_passes(self):
        self.assertEqual(self.lint(), (0, "conventions: 0 breaches\n"))

    def test_unfinished_work(self):
        self.assert_breach("src/a.cpp", "// TO" + "DO: later\n", "src/a.cpp:1: unfinished")

    def test_names_that_say_nothing(self):
        self.assert_breach("src/key_manager.cpp", "\n", "named for the one idea")

    def test_paths_of_this_machine(self):
        self.assert_breach("README.md", f"see {self.tree.resolve()}/README\n", "belongs to one machine")

    def test_hosts_of_package_registries(self):
        self.assert_breach("a.json", '{"resolved": "https://packages.example.org/x"}\n', "belongs to one machine")

    def test_reveal_outside_the_list(self):
        self.assert_breach("src/core/open.cpp", "key.RevealForWriting();\n", "src/core/open.cpp:1: reveals a secret")

    def test_reveal_in_tests_is_free(self):
        self.write("src/core/tests/open_test.cpp", "key.Reveal();\n")
        self.assertEqual(self.lint()[0], 0)

    def test_a_stale_entry_of_the_list(self):
        self.assert_breach("src/core/vault.cpp", "\n", "src/core/vault.cpp reveals nothing")

    def test_long_files(self):
        self.assert_breach("src/long.cpp", "\n" * 401, "401 lines, at most 400")


if __name__ == "__main__":
    unittest.main()
