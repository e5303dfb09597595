#!/usr/bin/python3
"""in_another_kernel.py PROGRAM FILTER: runs tests of PROGRAM in a kernel of their own, whose control groups are version 2.

The kernel is User-mode Linux: one process of this machine's, with this machine's files to read and nothing else of it.
Prints what the tests print; without such a kernel, or where it does not boot, "SKIP control groups: …".
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

KERNEL = "linux.uml"
BOOTED = "booted with control groups"
LIMIT_SECONDS = 570

INIT = """#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo "+memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
echo "{booted} $(cat /sys/fs/cgroup/cgroup.controllers)"
{program} --gtest_color=no --gtest_filter='{filter}'
echo "status $?"
echo o >/proc/sysrq-trigger
sleep 60
"""


def boot(directory, program, test_filter):
    init = directory / "init"
    init.write_text(INIT.format(booted=BOOTED, program=program, filter=test_filter))
    init.chmod(0o755)
    command = [KERNEL, "mem=512M", "root=/dev/root", "rootfstype=hostfs", "ro", f"init={init}", "con=null",
               "con0=null,fd:1", f"uml_dir={directory}", "umid=kernel", "quiet"]
    environment = {**os.environ, "TMPDIR": str(directory)}
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         env=environment, timeout=LIMIT_SECONDS, check=False)
    return run.stdout.decode("utf-8", "replace").replace("\r", "")


def main(program, test_filter):
    if not shutil.which(KERNEL):
        print(f"SKIP control groups: there is no {KERNEL} (Debian's user-mode-linux)")
        return 0
    with tempfile.TemporaryDirectory(dir=pathlib.Path(program).parent) as directory:
        said = boot(pathlib.Path(directory), program, test_filter)
    print(said)
    if BOOTED not in said:
        print(f"SKIP control groups: {KERNEL} does not boot here")
        return 0
    passed = re.search(r"^\[  PASSED  \] [1-9][0-9]* tests?\.$", said, re.MULTILINE)
    return 0 if "status 0" in said and passed and "SKIPPED" not in said else 1


sys.exit(main(*sys.argv[1:]))
