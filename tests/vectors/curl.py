#!/usr/bin/env python3
"""Compares http/message with h11, on the responses of curl's tests.

usage: curl.py [DRIVER]. The driver is the program made from responses.c. Without
one, it is built from the objects that the unit tests leave in build/host.

Both parse each response as one to GET, on a connection that ends after it. What
h11 made of it is in the file: "refuse", or the status, the length of the body and
the beginning of its SHA-256.
"""

import hashlib
import json
import lzma
import subprocess
import sys

from chains import report

VECTORS = "tests/vectors/curl.json.xz"


def driver():
    if len(sys.argv) > 1:
        return sys.argv[1]
    subprocess.run(
        ["gcc", "-std=c11", "-D_DEFAULT_SOURCE", "-O1", "-g",
         "-fsanitize=address,undefined", "-Isrc", "tests/vectors/responses.c",
         "build/host/ours/http/message.o", "build/host/ours/base/ascii.o",
         "build/host/ours/base/span.o", "-o", "build/responses"], check=True)
    return "build/responses"


def digest(verdict):
    if verdict.startswith("refuse"):
        return "refuse"
    status, _, text = verdict.partition(" ")
    body = bytes.fromhex(text)
    return f"{status} {len(body)} {hashlib.sha256(body).hexdigest()[:16]}"


def main():
    with lzma.open(VECTORS, "rt", encoding="utf-8") as file:
        cases = json.load(file)
    text = "".join(response.encode("latin-1").hex() + "\n"
                   for _, response, _ in cases)
    verdicts = subprocess.run(
        [driver()], input=text, check=True, capture_output=True,
        text=True).stdout.splitlines()
    if len(verdicts) != len(cases):
        sys.exit("%d verdicts on %d cases" % (len(verdicts), len(cases)))
    results = []
    for (name, _, theirs), verdict in zip(cases, verdicts):
        ours = digest(verdict)
        results.append((name, ours == theirs, "%s (h11: %s)" % (
            verdict if ours == "refuse" else ours, theirs)))
    return report("curl", results)


if __name__ == "__main__":
    sys.exit(main())
