"""Where the build's programs are, running them, and installing the wheel."""
from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BINARIES = pathlib.Path(os.environ["EDGEKEEP_BINARIES"])
SOURCE = pathlib.Path(os.environ["EDGEKEEP_SOURCE"])
LIBRARY = pathlib.Path(os.environ["EDGEKEEP_LIBRARY"])
VERSION = os.environ["EDGEKEEP_VERSION"]
PYTHON = "/usr/bin/python3"


def run(*command: object, **options: object) -> str:
    """Returns what the program printed; RuntimeError with all it said where it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return str(done.stdout)


def make_wheel(directory: pathlib.Path, **environment: str) -> pathlib.Path:
    made = run(PYTHON, "-B", SOURCE / "packaging/python/make_wheel.py", LIBRARY, VERSION, directory,
               env={**os.environ, **environment})
    return pathlib.Path(made.strip())


def temporary_directory(test: type[unittest.TestCase]) -> pathlib.Path:
    """One that other users may pass through: the keep's state lies in it."""
    directory = tempfile.TemporaryDirectory(prefix="edgekeep-test-")
    test.addClassCleanup(directory.cleanup)
    os.chmod(directory.name, 0o755)
    return pathlib.Path(directory.name)


def install_wheel(wheel: pathlib.Path, directory: pathlib.Path) -> None:
    """As a device would, from the file alone."""
    run(PYTHON, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile", "--root-user-action=ignore",
        "--target", directory, wheel)


def use_installed_package(test: type[unittest.TestCase]) -> pathlib.Path:
    """Installs the wheel and has this process import it. Returns where it is."""
    directory = temporary_directory(test)
    install_wheel(make_wheel(directory / "wheel"), directory / "site")
    sys.path.insert(0, str(directory / "site"))
    return directory / "site"
