"""The wheel: the same bytes from the same inputs, installable offline, complete."""
from __future__ import annotations

import base64
import hashlib
import os
import pathlib
import subprocess
import unittest
import zipfile

from programs import LIBRARY, PYTHON, SOURCE, VERSION, install_wheel, make_wheel, run, temporary_directory


class Wheel(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = temporary_directory(cls)
        cls.wheel = make_wheel(cls.directory / "first", SOURCE_DATE_EPOCH="1700000000")
        install_wheel(cls.wheel, cls.directory / "site")

    def python(self, program: str) -> str:
        """Runs a program that sees the installed package and, beside the system's numpy, nothing of ours."""
        environment = {**os.environ, "PYTHONPATH": str(self.directory / "site")}
        environment.pop("LD_LIBRARY_PATH", None)
        return run(PYTHON, "-c", program, env=environment, cwd="/").strip()

    def test_is_named_for_its_platform(self) -> None:
        self.assertEqual(self.wheel.name, f"edgekeep-{VERSION}-py3-none-linux_{os.uname().machine}.whl")

    def test_is_the_same_when_it_is_made_again(self) -> None:
        previous = os.umask(0o077)
        try:
            again = make_wheel(self.directory / "again", SOURCE_DATE_EPOCH="1700000000", TZ="Asia/Tokyo")
        finally:
            os.umask(previous)
        self.assertEqual(again.read_bytes(), self.wheel.read_bytes())

    def test_control_another_time_makes_another(self) -> None:
        other = make_wheel(self.directory / "other", SOURCE_DATE_EPOCH="1700000002")
        self.assertNotEqual(other.read_bytes(), self.wheel.read_bytes())

    def test_holds_the_whole_package_and_nothing_else(self) -> None:
        package = {path.name for path in (SOURCE / "src/client/python/edgekeep").iterdir() if path.is_file()}
        about = {f"edgekeep-{VERSION}.dist-info/{name}" for name in ("METADATA", "WHEEL", "LICENSE", "RECORD")}
        expected = {f"edgekeep/{name}" for name in package | {"libedgekeep.so.0"}} | about
        with zipfile.ZipFile(self.wheel) as wheel:
            self.assertEqual(set(wheel.namelist()), expected)
            self.assertEqual(wheel.read("edgekeep/libedgekeep.so.0"), LIBRARY.read_bytes())

    def test_runs_where_it_is_installed_with_the_library_it_brought(self) -> None:
        self.assertEqual(self.python("import edgekeep; print(edgekeep.__version__)"), VERSION)
        maps = self.python("import edgekeep; print(open('/proc/self/maps').read())")
        libraries = {line.split()[-1] for line in maps.splitlines() if "libedgekeep" in line}
        self.assertEqual(libraries, {str(self.directory / "site/edgekeep/libedgekeep.so.0")})

    def test_is_known_to_the_installation(self) -> None:
        self.assertEqual(self.python("import importlib.metadata as m; print(m.version('edgekeep'))"), VERSION)
        paths = self.python("import importlib.metadata as m\nfor f in m.files('edgekeep'): print(f.hash.value if f.hash else '', f.locate())")
        recorded = [line.split(" ", 1) for line in paths.splitlines()]
        for digest, path in recorded:
            data = pathlib.Path(path).read_bytes()
            own = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            # What the installer writes itself (RECORD, INSTALLER …) is recorded anew by it.
            self.assertIn(digest, ("", own), path)
        self.assertGreater(sum(digest != "" for digest, _ in recorded), 8)

    def test_refuses_what_is_no_library(self) -> None:
        library = self.directory / "text.so"
        library.write_text("no library at all, but long enough to have a header")
        command = [PYTHON, "-B", SOURCE / "packaging/python/make_wheel.py", library, VERSION, self.directory / "none"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual((done.returncode, pathlib.Path(self.directory / "none").exists()), (1, False))
        self.assertIn("not a 64-bit ELF file", done.stderr)

    def test_without_a_library_importing_says_what_to_install(self) -> None:
        program = "import sys; sys.path.insert(0, sys.argv[1]); import edgekeep"
        source = SOURCE / "src/client/python"
        environment = {name: value for name, value in os.environ.items() if name not in ("LD_LIBRARY_PATH", "PYTHONPATH")}
        done = subprocess.run([PYTHON, "-B", "-c", program, source], capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, 1)
        self.assertIn("ImportError: edgekeep: libedgekeep.so.0", done.stderr)


if __name__ == "__main__":
    unittest.main()
