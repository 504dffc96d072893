#!/usr/bin/env python3
"""Compares the verdicts of x509/chain with those of C2SP/x509-limbo.

usage: limbo.py [DRIVER]. The driver is the program made from chains.c. Without
one, it is built from the objects that the unit tests leave in build/host.

Each case runs twice. As given, its roots are the certificates of a file.
Crossed, the roots are signed once more by a root of ours. That makes them
intermediates.
"""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

from chains import (CERTIFICATES_MAX, der, report, take, tlv, verdicts,
                    written)

VECTORS = "tests/vectors/x509-limbo.json"


class Root:
    """A P-256 root of ours, which signs other roots."""

    def __init__(self, folder):
        self.key = os.path.join(folder, "key")
        pem = os.path.join(folder, "pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", self.key,
             "-out", pem, "-subj", "/CN=limbo crossing", "-days", "30"],
            check=True, capture_output=True)
        with open(pem, encoding="ascii") as file:
            self.der = der(file.read())
        rest = take(take(self.der)[1])[1]
        for _ in range(5):
            _, _, rest = take(rest)
        self.name, _, rest = take(rest)
        self.algorithm = tlv(0x30, tlv(6, bytes.fromhex("2a8648ce3d040302")))
        self.known = {}
        # Cases have their own dates, so this certificate is always valid.
        validity = tlv(0x30, tlv(0x17, b"500101000000Z") +
                       tlv(0x17, b"491231235959Z"))
        self.der = self.sign(
            tlv(0xa0, tlv(2, b"\2")) + tlv(2, b"\1") + self.algorithm +
            self.name + validity + self.name + rest)

    def sign(self, contents):
        """The certificate with these contents of its signed part."""
        tbs = tlv(0x30, contents)
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self.key], input=tbs,
            check=True, capture_output=True).stdout
        return tlv(0x30, tbs + self.algorithm + tlv(3, b"\0" + signature))

    def cross(self, certificate):
        """The same certificate, but issued by this root."""
        digest = hashlib.sha256(certificate).digest()
        if digest not in self.known:
            rest = take(take(certificate)[1])[1]
            kept = b""
            while rest[0] != 0x30:  # version and serial number
                whole, _, rest = take(rest)
                kept += whole
            rest = take(take(rest)[2])[2]  # without algorithm and issuer
            self.known[digest] = self.sign(
                kept + self.algorithm + self.name + rest)
        return self.known[digest]


def cases():
    with open(VECTORS, encoding="utf-8") as file:
        return json.load(file)


def seconds(case):
    if not case["validation_time"]:
        return int(datetime.datetime.now().timestamp())
    # Older Pythons read a fraction of a second only with 3 or 6 digits.
    text = re.sub(r"\.\d+", "", case["validation_time"])
    return int(datetime.datetime.fromisoformat(text).timestamp())


def main():
    tests, texts = [], []

    def add(case, mode, anchors, chain):
        host = case["expected_peer_name"].encode("idna").decode()
        texts.append(written(host, seconds(case), anchors, chain))
        tests.append((case, mode))

    with tempfile.TemporaryDirectory() as folder:
        ours = Root(folder)
        for case in cases():
            roots = [der(c) for c in case["trusted_certs"]]
            chain = [der(case["peer_certificate"])]
            chain += [der(c) for c in case["untrusted_intermediates"]]
            add(case, "given", roots, chain)
            if len(chain) + len(roots) <= CERTIFICATES_MAX:
                add(case, "crossed", [ours.der],
                    chain + [ours.cross(c) for c in roots])
    results = []
    for (case, mode), verdict in zip(tests, verdicts(texts)):
        same = (verdict == "accept") == (case["expected_result"] == "SUCCESS")
        results.append((case["id"], same, "%s, %s" % (mode, verdict)))
    return report("limbo", results)


if __name__ == "__main__":
    sys.exit(main())
