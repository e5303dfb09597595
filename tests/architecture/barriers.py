#!/usr/bin/python3
"""Breaks one barrier of the build on purpose and demands that it holds; the control next to it must pass.

Usage: barriers.py NAME --source DIR --build DIR --compiler CXX --cmake CMAKE
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

TRUSTED_FLAGS = ["-std=c++23", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-Wall", "-Wextra", "-Werror"]


def run(*command, **options):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, **options)


def expect(condition, message, result=None):
    if condition:
        return
    print(f"barrier does not hold: {message}")
    if result is not None:
        print(result.stdout[-2000:], result.stderr[-2000:])
    sys.exit(1)


class Barriers:
    def __init__(self, arguments, work):
        self.source, self.build = pathlib.Path(arguments.source), pathlib.Path(arguments.build)
        self.compiler, self.cmake, self.work = arguments.compiler, arguments.cmake, pathlib.Path(work)

    def configure(self, low, high):
        directory = self.work / f"{low}-{high}".replace("/", "_")
        return run(self.cmake, "-S", self.source / "tests/architecture/layering", "-B", directory, f"-DLOW={low}",
                   f"-DHIGH={high}", f"-DEDGEKEEP_SOURCE={self.source}", f"-DCMAKE_CXX_COMPILER={self.compiler}")

    def compile(self, text, *flags, compiler=None, include=("base",), output="/dev/null"):
        file = self.work / "probe.cpp"
        file.write_text(text)
        includes = [f"-I{self.source}/src/{module}/include" for module in include]
        return run(compiler or self.compiler, *TRUSTED_FLAGS, *includes, *flags, "-c", file, "-o", output)

    def refuses(self, bad, good, needle):
        control = self.compile(good)
        expect(control.returncode == 0, "the control does not compile", control)
        broken = self.compile(bad)
        expect(broken.returncode != 0 and needle in broken.stderr, f"compiles, or fails without '{needle}'", broken)

    def forbidden_link(self):
        control = self.configure("base", "ports")
        expect(control.returncode == 0, "the control does not configure", control)
        broken = self.configure("ports", "gate")
        expect(broken.returncode != 0 and "layering: 'gate' may not use 'ports'" in broken.stderr, "gate uses ports", broken)

    def unknown_module(self):
        broken = self.configure("base", "sidedoor")
        expect(broken.returncode != 0 and "has no row" in broken.stderr, "a module without a row exists", broken)

    def forbidden_include(self):
        lint = self.source / "cmake/check-includes.py"
        tree = self.work / "src/gate"
        tree.mkdir(parents=True)
        (tree / "CMakeLists.txt").write_text("ek_module(gate SRCS a.cpp USES base)\n")
        (tree / "a.cpp").write_text('#include "edgekeep/base/result.h"\n')
        control = run(lint, self.work)
        expect(control.returncode == 0, "the control is refused", control)
        (tree / "a.cpp").write_text('#include "edgekeep/core/open.h"\n')
        broken = run(lint, self.work)
        expect(broken.returncode != 0 and "includes 'core'" in broken.stdout, "gate includes core", broken)
        real = run(lint, self.source)
        expect(real.returncode == 0, "the tree itself includes what it may not", real)

    def unlinked_header(self):
        text = '#include "edgekeep/crypto/algorithm.h"\n'
        control = self.compile(text, include=("base", "crypto"))
        expect(control.returncode == 0, "the control does not compile", control)
        broken = self.compile(text, include=("base",))
        expect(broken.returncode != 0 and "No such file" in broken.stderr, "an unlinked module's header is found", broken)

    def forbidden_symbol(self, prefix):
        compiler, tool = shutil.which(prefix + "g++"), prefix + "nm"
        if compiler is None:
            print(f"SKIP forbidden_symbol: no {prefix}g++ here")
            sys.exit(0)
        gate = self.source / "cmake/check-undefined.sh"
        symbols = self.source / "cmake/trusted-symbols.txt"
        for name, text, allowed in (
                ("control", "#include <cstring>\nvoid F(char* p) { std::memset(p, 0, 9999); }\n", True),
                ("file", "#include <cstdio>\nbool F() { return std::fopen(\"/etc/passwd\", \"r\") != nullptr; }\n", False),
                ("socket", "#include <sys/socket.h>\nint F() { return socket(1, 1, 0); }\n", False),
                ("throwing new", "int* F() { return new int; }\n", False)):
            unit, archive = self.work / "unit.o", self.work / "unit.a"
            built = self.compile(text, "-O1", compiler=compiler, output=unit)
            expect(built.returncode == 0, f"{name} does not compile", built)
            archive.unlink(missing_ok=True)
            run("ar", "qc", archive, unit)
            checked = run(gate, tool, archive, symbols)
            expect((checked.returncode == 0) == allowed, f"{name}: allowed is not {allowed}", checked)

    def forbidden_symbol_x86_64(self):
        self.forbidden_symbol("")

    def forbidden_symbol_aarch64(self):
        self.forbidden_symbol("aarch64-linux-gnu-")

    def exceptions(self):
        self.refuses("void F() { throw 1; }\n", "void F() {}\n", "exception handling disabled")

    def rtti(self):
        types = "struct A { virtual ~A() = default; }; struct B : A {};\n"
        self.refuses(types + "B* F(A* a) { return dynamic_cast<B*>(a); }\n", types + "B* F(A* a) { return static_cast<B*>(a); }\n",
                     "-fno-rtti")

    def dropped_result(self):
        start = '#include "edgekeep/base/result.h"\nedgekeep::Status Check();\n'
        self.refuses(start + "void F() { Check(); }\n", start + "bool F() { return Check().has_value(); }\n", "nodiscard")

    def secret(self, bad, needle):
        start = ('#include <ostream>\n#include "edgekeep/base/secret.h"\nusing edgekeep::SecretArray;\n'
                 "void Use(const SecretArray<32>& secret);\n")
        self.refuses(start + bad, start + "void F(const SecretArray<32>& a) { Use(a); }\n", needle)

    def copied_secret(self):
        self.secret("SecretArray<32> F(const SecretArray<32>& a) { return a; }\n", "use of deleted function")

    def printed_secret(self):
        self.secret("void F(std::ostream& o, const SecretArray<32>& a) { o << a; }\n", "use of deleted function")

    def compared_secret(self):
        self.secret("bool F(const SecretArray<32>& a) { return a == a; }\n", "use of deleted function")

    def revealed_temporary(self):
        self.secret("SecretArray<32> Make();\nvoid F() { (void)Make().Reveal(); }\n", "use of deleted function")

    def header_alone(self):
        """A header that leans on what was included before it; script/test --long runs the same target on the real ones."""
        project = self.work / "header"
        headers = project / "include/edgekeep/base"
        headers.mkdir(parents=True)
        (project / "a.cpp").write_text('#include <cstdint>\n#include "edgekeep/base/a.h"\n')
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(header CXX)\nset(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)\n"
            "set(EK_INSTRUMENTED ON)\nadd_library(ek_options INTERFACE)\n"
            f"include({self.source}/cmake/EdgekeepModule.cmake)\nek_module(base SRCS a.cpp)\n")
        for name, text, works in (("control", "#pragma once\n#include <cstdint>\ninline std::uint8_t x;\n", True),
                                  ("leaning", "#pragma once\ninline std::uint8_t x;\n", False)):
            (headers / "a.h").write_text(text)
            run(self.cmake, "-S", project, "-B", project / "build", f"-DCMAKE_CXX_COMPILER={self.compiler}")
            built = run(self.cmake, "--build", project / "build", "--target", "ek_base")
            expect(built.returncode == 0, f"{name}: the library itself does not build", built)
            verified = run(self.cmake, "--build", project / "build", "--target", "all_verify_interface_header_sets")
            expect((verified.returncode == 0) == works, f"{name}: alone it should{'' if works else ' not'} compile", verified)

    def device_binaries_without_authoring(self):
        """Device binaries hold no authoring, the client no key code: checked on the symbols of what was linked."""
        checks = (("bin/edgekeep", ("author", "signer", "crypto", "sealing", "core")),
                  ("bin/edgekeep-keep", ("author", "signer")),
                  ("bin/edgekeep-cell", ("author", "signer", "core")),
                  ("bin/edgekeep-spawner", ("author", "signer", "crypto", "sealing", "core", "formats")))
        for binary, forbidden in checks:
            path = self.build / binary
            expect(path.exists(), f"{binary} is not built")
            symbols = run("nm", "-C", path).stdout
            expect("main" in symbols, f"{binary} has no symbols to look at")
            for module in forbidden:
                expect(f"edgekeep::{module}::" not in symbols, f"{binary} contains edgekeep::{module}")
        publisher = run("nm", "-C", self.build / "bin/edgekeep-publisher").stdout
        expect("edgekeep::author::" in publisher, "the control: the publisher's binary has no authoring code")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    for option in ("source", "build", "compiler", "cmake"):
        parser.add_argument(f"--{option}", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        getattr(Barriers(arguments, work), arguments.name)()
    print(f"barrier {arguments.name} holds")


if __name__ == "__main__":
    main()
