#!/usr/bin/env python3
"""units.py - each module has a unit test of its own name, or its header says
where it is tested: "Tested by PATH". And a check of a unit test asserts one
thing: a tap_ok() does not join conditions with &&, or the comment on the line
before it gives the reason: "Joined: REASON"."""

import glob
import os
import re
import sys

MODULES = "src/*/*.c"
HOST_TOOLS = "src/gen/"
TESTS = "tests/unit/*/*_test.c"
# What can hide a comma, a bracket or && from a reader of C.
LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/',
                     re.DOTALL)


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


def is_joined(text):
    """Whether && stands outside of brackets in the first argument, at which
    the text begins."""
    depth = 0
    for token in re.finditer(r"[([{]|[)\]}]|,|&&", text):
        if token[0] in "([{":
            depth += 1
        elif token[0] in ")]}":
            depth -= 1
            if depth < 0:
                return False
        elif depth == 0:
            return token[0] == "&&"
    return False


def find_joined(test):
    """The first check of a test that asserts more than one thing, or None."""
    with open(test, encoding="utf-8") as f:
        source = f.read()
    # Of the same length, so that a place is a place in the source.
    code = LITERAL.sub(lambda literal: " " * len(literal[0]), source)
    for call in re.finditer(r"\btap_ok\(", code):
        before = source[:call.start()].splitlines()
        if is_joined(code[call.end():]) and "Joined: " not in before[-2]:
            return (f"{test}:{len(before)}: the check joins conditions with "
                    "&&; write one check for each, with a name of its own")
    return None


def main():
    faults = [(f"{source} is tested", find_fault(source))
              for source in sorted(glob.glob(MODULES))
              if not source.startswith(HOST_TOOLS)]
    # Without a module there is no check, and the suite fails.
    if faults:
        faults += [(f"{test} asserts one thing a check", find_joined(test))
                   for test in sorted(glob.glob(TESTS))]
    for number, (name, fault) in enumerate(faults, 1):
        print(f"{'not ok' if fault else 'ok'} {number} - {name}")
        if fault:
            print("# " + fault)
    print(f"1..{len(faults)}")
    return 1 if any(fault for _, fault in faults) else 0


if __name__ == "__main__":
    sys.exit(main())
