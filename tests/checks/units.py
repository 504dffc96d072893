#!/usr/bin/env python3
"""units.py - each module has a unit test of its own name, or its header says
where it is tested: "Tested by PATH"."""

import glob
import os
import re
import sys

MODULES = "src/*/*.c"
HOST_TOOLS = "src/gen/"


def find_fault(source):
    """What a module lacks, or None."""
    module = source.removeprefix("src/").removesuffix(".c")
    if os.path.exists(f"tests/unit/{module}_test.c"):
        return None
    with open(f"src/{module}.h", encoding="ascii") as f:
        named = re.search(r"Tested by (\S+)", f.read())
    if named is None:
        return f"src/{module}.h does not say where the module is tested"
    path = named[1].rstrip(".,;")
    if not os.path.exists(path):
        return f"src/{module}.h names {path}, which does not exist"
    return None


def main():
    failed = 0
    sources = sorted(source for source in glob.glob(MODULES)
                     if not source.startswith(HOST_TOOLS))
    for number, source in enumerate(sources, 1):
        fault = find_fault(source)
        failed += fault is not None
        print(f"{'not ok' if fault else 'ok'} {number} - {source} is tested")
        if fault:
            print("# " + fault)
    # Without a module there is no check, and the suite fails.
    print(f"1..{len(sources)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
