#!/usr/bin/python3
"""Makes the wheel of the Python package: make_wheel.py LIBEDGEKEEP.so VERSION OUTPUT_DIRECTORY

The wheel holds the package and the library beside it. The same inputs give the same bytes: entries are sorted, their
times are SOURCE_DATE_EPOCH (1980 where it is not set) and their modes fixed. Needs Python's standard library only.
"""
import base64
import hashlib
import os
import pathlib
import sys
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/client/python/edgekeep"
LIBRARY_NAME = "libedgekeep.so.0"
FIRST_ZIP_TIME = 315532800  # 1980-01-01; zip files know nothing earlier
MACHINES = {62: "x86_64", 183: "aarch64"}  # ELF's e_machine

METADATA = """\
Metadata-Version: 2.1
Name: edgekeep
Version: {version}
Summary: Run protected models through the keep of this device, numpy arrays in and out
License: Apache-2.0
Requires-Python: >=3.9
Requires-Dist: numpy
Description-Content-Type: text/markdown

{description}"""

WHEEL = """\
Wheel-Version: 1.0
Generator: edgekeep packaging/python
Root-Is-Purelib: false
Tag: {tag}
"""


def platform_of(library):
    """The platform a library is for, by its ELF header. "linux", not "manylinux": that would promise every distribution,
    and only Debian's are tried."""
    machine = MACHINES.get(int.from_bytes(library[18:20], "little"))
    if library[:6] != b"\x7fELF\x02\x01" or machine is None:
        sys.exit("make_wheel: the library is not a 64-bit ELF file of a known machine")
    return f"linux_{machine}"


def contents(library, version, tag):
    """Names in the wheel and their bytes, all but RECORD."""
    about = f"edgekeep-{version}.dist-info"
    files = {f"edgekeep/{path.name}": path.read_bytes() for path in PACKAGE.iterdir() if path.suffix == ".py"}
    files["edgekeep/py.typed"] = b""
    files[f"edgekeep/{LIBRARY_NAME}"] = library
    description = (PACKAGE.parent / "README.md").read_text()
    files[f"{about}/METADATA"] = METADATA.format(version=version, description=description).encode()
    files[f"{about}/WHEEL"] = WHEEL.format(tag=tag).encode()
    files[f"{about}/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    return about, files


def record(about, files):
    """Each file's digest and size, as installers check and remove them by."""
    lines = []
    for name, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}\n")
    return "".join(lines + [f"{about}/RECORD,,\n"]).encode()


def write(path, files):
    epoch = max(FIRST_ZIP_TIME, int(os.environ.get("SOURCE_DATE_EPOCH", FIRST_ZIP_TIME)))
    with zipfile.ZipFile(path, "w") as wheel:
        # What describes the wheel comes last, as the format recommends.
        for name, data in sorted(files.items(), key=lambda file: (".dist-info/" in file[0], file[0])):
            entry = zipfile.ZipInfo(name, time.gmtime(epoch)[:6])
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = (0o100755 if name.endswith(LIBRARY_NAME) else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data)


def main(library_path, version, directory):
    library = pathlib.Path(library_path).read_bytes()
    tag = f"py3-none-{platform_of(library)}"
    about, files = contents(library, version, tag)
    files[f"{about}/RECORD"] = record(about, files)
    path = pathlib.Path(directory) / f"edgekeep-{version}-{tag}.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, files)
    print(path)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: make_wheel.py LIBEDGEKEEP.so VERSION OUTPUT_DIRECTORY")
    main(*sys.argv[1:])
