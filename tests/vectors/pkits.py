#!/usr/bin/env python3
"""Compares the verdicts of x509/path with those of NIST's PKITS.

usage: pkits.py [DRIVER], as limbo.py has it.

Each test runs once, with the inputs of RFC 5280, 6.1.1, of somebody who asks for
nothing about policies. PKITS runs some of them again with others, which this
program has not. Its certificates are not for servers, so only the path is
checked.
"""

import calendar
import json
import lzma
import sys

from chains import report, verdicts, written

VECTORS = "tests/vectors/pkits.json.xz"
# In the validity of all certificates that are to be valid.
NOW = calendar.timegm((2021, 6, 1, 0, 0, 0))

# The name of a test says whether its path is valid, except for those that depend
# on policies: these are not valid, because a CA demands a policy that the path has
# not.
INVALID = {"DifferentPoliciesTest%d" % n for n in (4, 5, 7, 8, 9, 12)}


def main():
    with lzma.open(VECTORS, "rt", encoding="utf-8") as file:
        vectors = json.load(file)
    certificates = {name: bytes.fromhex(text) for name, text
                    in vectors["certificates"].items()}
    root = certificates["TrustAnchorRootCertificate"]
    texts = verdicts([
        written("-", NOW, [root], [certificates[name] for name in path])
        for path in vectors["paths"].values()])
    results = []
    for name, verdict in zip(vectors["paths"], texts):
        valid = not name.startswith("Invalid") and name not in INVALID
        results.append((name, (verdict == "accept") == valid, verdict))
    return report("PKITS", results)


if __name__ == "__main__":
    sys.exit(main())
