"""tools/lint/architecture.py: the tree's own table passes; a row that says more or less than the build enforces does not."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["EDGEKEEP_SOURCE"])
FILES = ["ARCHITECTURE.md", "cmake/EdgekeepModule.cmake"]


class Architecture(unittest.TestCase):
    def lint(self, change=lambda text: text):
        with tempfile.TemporaryDirectory() as directory:
            for name in FILES:
                path = pathlib.Path(directory, name)
                path.parent.mkdir(exist_ok=True)
                text = (SOURCE / name).read_text()
                path.write_text(change(text) if name == FILES[0] else text)
            return subprocess.run([SOURCE / "tools/lint/architecture.py", directory], capture_output=True, text=True)

    def test_the_tree_passes(self):
        self.assertEqual(self.lint().returncode, 0, self.lint().stdout)

    def test_a_forbidden_arrow_is_named(self):
        result = self.lint(lambda text: text.replace("bounded ONNX reader | base |", "bounded ONNX reader | base gate |"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("model is", result.stdout)

    def test_a_missing_row_is_named(self):
        result = self.lint(lambda text: "".join(line for line in text.splitlines(True) if not line.startswith("| model |")))
        self.assertEqual(result.returncode, 1)
        self.assertIn("model is missing", result.stdout)


if __name__ == "__main__":
    unittest.main()
