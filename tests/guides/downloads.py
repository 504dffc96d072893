#!/usr/bin/env python3
"""downloads.py - curl and wget for the recipes' examples: a release of this
repository comes from the folder RELEASE, and everything else is refused."""

import os
import re
import shutil
import sys

ADDRESS = re.compile(
    r"https://github\.com/[\w-]+/repository-dispatch/releases/download/"
    r"v[0-9.]+/([\w.-]+)")


def main():
    arguments = sys.argv[1:]
    if "--version" in arguments:
        print("curl 1 of the tests")
        return 0
    url = ADDRESS.fullmatch(arguments[-1])
    if not url:
        print(f"not a release: {arguments[-1]}", file=sys.stderr)
        return 22
    to = None
    for option in ("-O", "--output"):
        if option in arguments:
            to = arguments[arguments.index(option) + 1]
    with open(os.path.join(os.environ["RELEASE"], url[1]), "rb") as source:
        if to is None:
            shutil.copyfileobj(source, sys.stdout.buffer)
        else:
            with open(to, "wb") as target:
                shutil.copyfileobj(source, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
