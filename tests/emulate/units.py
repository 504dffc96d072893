#!/usr/bin/env python3
"""units.py TARGET EMULATOR - the unit tests of another processor.

build.sh has linked each with the objects of the binary for the target and with
its musl, in build/TARGET/unit. A test is one check here: that it ends with 0, and
prints no failed check and as many checks as it has planned.
"""

import concurrent.futures
import glob
import os
import re
import subprocess
import sys


def run(emulator, program):
    """(whether it passed, what it printed)"""
    try:
        result = subprocess.run([emulator, program], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, text=True, timeout=120,
                                stderr=subprocess.STDOUT, errors="replace")
    except subprocess.TimeoutExpired:
        return False, "it does not end"
    checks = re.findall(r"^(not )?ok ", result.stdout, re.M)
    plan = re.findall(r"^1\.\.(\d+)$", result.stdout, re.M)
    return (result.returncode == 0 and plan == [str(len(checks))] and
            "not " not in checks), f"{result.stdout}status {result.returncode}"


def main():
    target, emulator = sys.argv[1:]
    folder = os.path.join("build", target, "unit")
    programs = sorted(glob.glob(os.path.join(folder, "*", "*_test")))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda p: run(emulator, p), programs))
    for number, (program, (passed, text)) in enumerate(
            zip(programs, results), 1):
        name = os.path.relpath(program, folder).removesuffix("_test")
        print(f"{'ok' if passed else 'not ok'} {number} - {target}: {name}")
        if not passed:
            lines = [line for line in text.splitlines()
                     if not line.startswith("ok ")]
            print("\n".join("# " + line for line in lines[:20]))
    print(f"1..{len(programs)}")


if __name__ == "__main__":
    main()
