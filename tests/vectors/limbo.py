#!/usr/bin/env python3
"""Compares the verdicts of x509/chain with those of C2SP/x509-limbo.

usage: limbo.py [DRIVER]. The driver is the program made from limbo.c. Without
one, it is built from the objects that the unit tests leave in build/host.

Each case runs twice. As given, its roots are the certificates of a file.
Crossed, the roots are signed once more by a root of ours. That makes them
intermediates.
"""

import base64
import datetime
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

VECTORS = "tests/vectors/x509-limbo.json"
CERTIFICATES_MAX = 10  # src/x509/chain.h

# Verdicts that differ on purpose: in which of the two runs, why, which cases.
DIFFERENT = [
    ("both", "a leading period means subdomains, as OpenSSL, GnuTLS and Go "
     "have it", """
        rfc5280::nc::invalid-dnsname-leading-period"""),
    ("both", "the case sets its own limit on depth, which we do not have", """
        pathlen::max-chain-depth-0-exhausted
        pathlen::max-chain-depth-1-exhausted"""),
    ("both", "a rule for CAs when they issue, which private ones often break; "
     "breaking it does not weaken the path", """
        rfc5280::aki::leaf-missing-aki
        rfc5280::aki::intermediate-missing-aki
        rfc5280::ski::root-missing-ski
        rfc5280::ski::intermediate-missing-ski
        rfc5280::san::noncritical-with-empty-subject
        rfc5280::root-non-critical-basic-constraints
        webpki::aki::root-with-aki-missing-keyidentifier
        webpki::aki::root-with-aki-authoritycertissuer
        webpki::aki::root-with-aki-authoritycertserialnumber
        webpki::aki::root-with-aki-all-fields
        webpki::aki::root-with-aki-ski-mismatch
        webpki::san::san-critical-with-nonempty-subject
        webpki::malformed-aia"""),
    ("both", "the common name is never used, so it cannot mislead", """
        webpki::cn::ipv4-hex-mismatch
        webpki::cn::ipv4-leading-zeros-mismatch
        webpki::cn::ipv6-uppercase-mismatch
        webpki::cn::ipv6-uncompressed-mismatch
        webpki::cn::ipv6-non-rfc5952-mismatch
        webpki::cn::punycode-not-in-san
        webpki::cn::utf8-vs-punycode-mismatch
        webpki::cn::not-in-san
        webpki::cn::case-mismatch"""),
    ("both", "contradicts a webpki case, which we follow", """
        pathlen::validation-ignores-pathlen-in-leaf
        rfc5280::ca-as-leaf
        rfc5280::nc::permitted-dns-match-noncritical"""),
]
DIFFERENT_BY_ID = {
    name: (where, why) for where, why, names in DIFFERENT
    for name in names.split()}


def tlv(tag, contents):
    n = len(contents)
    if n < 128:
        return bytes([tag, n]) + contents
    size = (n.bit_length() + 7) // 8
    return bytes([tag, 128 + size]) + n.to_bytes(size, "big") + contents


def take(data):
    """Splits the first element off: (whole, contents, rest)."""
    n, head = data[1], 2
    if n >= 128:
        head += n - 128
        n = int.from_bytes(data[2:head], "big")
    return data[:head + n], data[head:head + n], data[head + n:]


def der(pem):
    return base64.b64decode("".join(
        line for line in pem.strip().split("\n") if "-----" not in line))


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


def written(case, anchors, chain):
    head = "case %s %d %d %d\n" % (
        case["expected_peer_name"].encode("idna").decode(),
        seconds(case), len(anchors), len(chain))
    return head + "".join(c.hex() + "\n" for c in anchors + chain)


def driver():
    if len(sys.argv) > 1:
        return sys.argv[1]
    objects = glob.glob("build/host/ours/*/*.o")
    subprocess.run(
        ["gcc", "-std=c11", "-D_DEFAULT_SOURCE", "-O1", "-g", "-fsanitize=address,undefined",
         "-Isrc", "-Ibuild/bearssl-src/inc", "tests/vectors/limbo.c", *objects,
         "build/host/bearssl/libbearssl.a", "-o", "build/limbo"], check=True)
    return "build/limbo"


def main():
    tests, text = [], ""
    with tempfile.TemporaryDirectory() as folder:
        ours = Root(folder)
        for case in cases():
            roots = [der(c) for c in case["trusted_certs"]]
            chain = [der(case["peer_certificate"])]
            chain += [der(c) for c in case["untrusted_intermediates"]]
            text += written(case, roots, chain)
            tests.append((case, "given"))
            if len(chain) + len(roots) > CERTIFICATES_MAX:
                continue
            text += written(
                case, [ours.der], chain + [ours.cross(c) for c in roots])
            tests.append((case, "crossed"))
    verdicts = subprocess.run(
        [driver()], input=text, check=True, capture_output=True,
        text=True).stdout.splitlines()
    failed = len(verdicts) != len(tests)
    for number, ((case, mode), verdict) in enumerate(zip(tests, verdicts), 1):
        accepted = verdict == "accept"
        right = accepted == (case["expected_result"] == "SUCCESS")
        where, why = DIFFERENT_BY_ID.get(case["id"], ("", ""))
        if any(f.startswith("pedantic-") for f in case["features"]):
            where, why = "both", "a matter of taste"
        different = where in ("both", mode)
        # A difference that is gone must leave the list.
        if right and different and case["id"] in DIFFERENT_BY_ID:
            right = different = False
            verdict += " (no longer different from the vectors)"
        failed |= not right and not different
        print("%sok %d - limbo %s, %s: %s%s" % (
            "" if right or different else "not ", number, case["id"], mode,
            re.sub(r"[^ -~]|#", "?", verdict),
            "" if right or not different else " (%s)" % why))
    print("1..%d" % len(tests))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
