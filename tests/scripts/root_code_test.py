"""tools/lint/root_code.py: a tree within its bounds passes; more lines, or a layer that is not listed, are named."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["EDGEKEEP_SOURCE"])
LAYERS = "src/isolation/process"


class RootCode(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.tree = pathlib.Path(directory.name)
        self.write("tools/lint/root-code.txt", "# what root runs\nprogram=3\nlayers=1\nlimits.cpp\n")
        shutil.copy(SOURCE / "tools/lint/root_code.py", self.tree / "tools/lint")
        self.write(f"{LAYERS}/limits.cpp", "// A comment.\n\nint Limit();\n")
        self.write("apps/spawner/main.cpp", '#include "edgekeep/isolation/process/limits.h"\nint main() {\n  return 0;\n}\n')

    def write(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def lint(self):
        command = ["/usr/bin/python3", "-B", "tools/lint/root_code.py"]
        run = subprocess.run(command, cwd=self.tree, capture_output=True, text=True)
        return run.returncode, run.stdout

    def test_within_bounds(self):
        self.assertEqual(self.lint(), (0, "root code: 3 lines of the spawner, 1 of the layers\n"))

    def test_a_longer_program(self):
        self.write("apps/spawner/more.h", "int more;\n")
        status, output = self.lint()
        self.assertEqual(status, 1)
        self.assertIn("4 lines of the program, at most 3", output)

    def test_a_longer_layer(self):
        self.write(f"{LAYERS}/limits.cpp", "int a;\nint b;\n")
        status, output = self.lint()
        self.assertEqual(status, 1)
        self.assertIn("2 lines of the layers, at most 1", output)

    def test_a_layer_that_is_not_listed(self):
        self.write(f"{LAYERS}/swap.cpp", "int swap;\n")
        self.write("apps/spawner/main.cpp", '#include "edgekeep/isolation/process/swap.h"\n')
        status, output = self.lint()
        self.assertEqual(status, 1)
        self.assertIn("root runs swap.cpp, which is not listed", output)

    def test_a_listed_layer_that_is_gone(self):
        (self.tree / LAYERS / "limits.cpp").unlink()
        status, output = self.lint()
        self.assertEqual(status, 1)
        self.assertIn("there is no src/isolation/process/limits.cpp", output)


if __name__ == "__main__":
    unittest.main()
