#!/usr/bin/env python3
"""Compares the verdicts of x509/chain with those of the suites whose chains are
files in one form: of Go, of webpki, of BetterTLS and of badssl.com.

usage: imported.py [--all] [DRIVER], as limbo.py has it. Without --all, one in
SAMPLE cases of BetterTLS's name constraints runs.

A file has the certificates in hexadecimal, and the cases: the name, the host as
chains.c has it, the time in seconds since 1970, the trust anchors and the chain as
numbers of certificates (no anchor: the built-in ones), and whether the suite accepts it.
"""

import json
import lzma
import sys

from chains import compare, run, write

SUITES = {"Go": "go", "webpki": "webpki", "badssl": "badssl",
          "BetterTLS paths": "bettertls-paths",
          "BetterTLS constraints": "bettertls-constraints"}
SAMPLED = "BetterTLS constraints"
SAMPLE = 12


def main():
    is_sample = "--all" not in sys.argv[1:]
    if not is_sample:
        sys.argv.remove("--all")
    vectors = []
    for suite, name in SUITES.items():
        path = "tests/vectors/%s.json.xz" % name
        with lzma.open(path, "rt", encoding="utf-8") as file:
            vectors.append(json.load(file))
        if is_sample and suite == SAMPLED:
            vectors[-1]["cases"] = vectors[-1]["cases"][::SAMPLE]
    return write([line for suite, results in zip(SUITES, run(vectors))
                  for line in compare(suite, results,
                                      is_sample and suite == SAMPLED)])


if __name__ == "__main__":
    sys.exit(main())
