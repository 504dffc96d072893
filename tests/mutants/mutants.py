#!/usr/bin/env python3
"""mutants.py [PATTERN...] - plants the faults of mutants.toml, one at a time, in a
copy of the tree, and runs the suites that have to fail. With patterns, only those
in sources that match one.

It fails if a fault survives its suites, does not compile, or is not in the source
any more; and if a suite fails without a fault, since then it shows nothing."""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
COPY = os.path.join(ROOT, "build", "mutants")
LOG = COPY + ".log"
# What of build/ the copy takes over: it takes long to make, and no fault is in it.
# The rest of build/ names paths, and is made anew.
LIBRARIES = ("bearssl-src", "musl-src")


def make_copy():
    """The files that git knows, as they are now, without what was committed to be
    deleted."""
    shutil.rmtree(COPY, ignore_errors=True)
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True,
        capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        source, copy = os.path.join(ROOT, name), os.path.join(COPY, name)
        if os.path.isfile(source):
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            shutil.copy2(source, copy)
    for name in LIBRARIES:
        shutil.copytree(os.path.join(ROOT, "build", name),
                        os.path.join(COPY, "build", name), symlinks=True)


def test(suites):
    """Returns the number of failed checks by suite, or None if it did not compile."""
    with open(LOG, "ab") as log:
        run = subprocess.run(["./build.sh", "test", *suites], cwd=COPY,
                             check=False, stdout=subprocess.PIPE, stderr=log,
                             env={**os.environ, "TEST_FLAGS": "-O0 -g0"})
        log.write(run.stdout)
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    if not lines or not re.match(r"\d+ passed, \d+ failed", lines[-1]):
        return None
    found = re.findall(r"^(\S+) +\d+ passed, (\d+) failed", run.stdout.decode(
        "utf-8", "replace"), re.M)
    return {name: int(failed) for name, failed in found if name in suites}


def fault(mutant):
    """What is wrong with a mutant, or None if its suites found it."""
    path = os.path.join(COPY, mutant["file"])
    old, new = mutant["old"], mutant["new"]
    with open(path, encoding="utf-8") as f:
        source = f.read()
    if source.count(old) != 1:
        return f"the edit applies at {source.count(old)} places"
    with open(path, "w", encoding="utf-8") as f:
        f.write(source.replace(old, new))
    failed = test(mutant["suites"])
    with open(path, "w", encoding="utf-8") as f:
        f.write(source)
    if failed is None:
        return f"it does not compile: see {LOG}"
    survived = [suite for suite in mutant["suites"] if not failed.get(suite)]
    return f"it survives {', '.join(survived)}" if survived else None


def chosen():
    with open(os.path.join(HERE, "mutants.toml"), "rb") as f:
        mutants = tomllib.load(f)["mutant"]
    patterns = sys.argv[1:] or ["*"]
    return [mutant for mutant in mutants
            if any(fnmatch.fnmatch(mutant["file"], p) for p in patterns)]


def main():
    mutants = chosen()
    make_copy()
    open(LOG, "w", encoding="utf-8").close()
    suites = sorted({suite for mutant in mutants for suite in mutant["suites"]})
    passed = test(suites)
    unsound = [suite for suite in suites if (passed or {}).get(suite, 1)]
    print(f"{'not ok' if unsound else 'ok'} 1 - without a fault the suites pass"
          f"{''.join(' ' + name for name in unsound)}", flush=True)
    survivors = 0
    for number, mutant in enumerate(mutants, 2):
        why = fault(mutant)
        survivors += why is not None
        print(f"{'not ok' if why else 'ok'} {number} - {mutant['file']}: "
              f"{mutant['promise']}", flush=True)
        if why:
            print(f"# {why}", flush=True)
    print(f"1..{len(mutants) + 1}")
    return 1 if unsound or survivors else 0


if __name__ == "__main__":
    sys.exit(main())
