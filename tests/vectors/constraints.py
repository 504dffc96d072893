#!/usr/bin/env python3
"""Checks every combination of a few names and a few name constraints, as Netflix's
BetterTLS does it.

usage: constraints.py [DRIVER], as limbo.py has it.

The chains are made here: a root, a CA with the constraints, a server's certificate
with the names. What is right is RFC 5280, 4.2.1.10, computed from the names that
went into them.
"""

import datetime
import ipaddress
import itertools
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chains import report, verdicts, written

NOW = datetime.datetime(2026, 11, 1)
DAY = datetime.timedelta(1)

HOST, ADDRESS = "a.corp.example", "10.1.2.3"
NAMES = [HOST, "a.other.example", ADDRESS, "192.0.2.1"]
BASES = ["corp.example", "other.example", "10.1.0.0/16", "192.0.2.0/24"]


def is_address(text):
    return text[0].isdigit()


def subsets(items):
    for count in range(len(items) + 1):
        yield from itertools.combinations(items, count)


def within(name, base):
    if is_address(name):
        return ipaddress.ip_address(name) in ipaddress.ip_network(base)
    return name == base or name.endswith("." + base)


def is_permitted(name, permitted, excluded):
    def of_kind(bases):
        return [b for b in bases if is_address(b) == is_address(name)]

    allowed = of_kind(permitted)
    return (not any(within(name, base) for base in of_kind(excluded)) and
            (not allowed or any(within(name, base) for base in allowed)))


def general(texts):
    for text in texts:
        if not is_address(text):
            yield x509.DNSName(text)
        elif "/" in text:
            yield x509.IPAddress(ipaddress.ip_network(text))
        else:
            yield x509.IPAddress(ipaddress.ip_address(text))


def named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def issue(subject, key, issuer, issuer_key, extension):
    builder = (x509.CertificateBuilder().subject_name(named(subject))
               .issuer_name(named(issuer)).public_key(key.public_key())
               .serial_number(1).not_valid_before(NOW - DAY)
               .not_valid_after(NOW + DAY))
    is_ca = subject in ("Root", "CA")
    builder = builder.add_extension(
        x509.BasicConstraints(is_ca, None), critical=True)
    if extension is not None:
        builder = builder.add_extension(extension, critical=is_ca)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(
        serialization.Encoding.DER)


def main():
    root_key, ca_key, key = (ec.generate_private_key(ec.SECP256R1())
                             for _ in range(3))
    root = issue("Root", root_key, "Root", root_key, None)
    leaves = [(names, issue("Leaf", key, "CA", ca_key,
                            x509.SubjectAlternativeName(general(names))))
              for names in subsets(NAMES)
              if HOST in names or ADDRESS in names]
    texts, expected = [], []
    seconds = int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp())
    for permitted, excluded in itertools.product(subsets(BASES), repeat=2):
        constraints = None
        if permitted or excluded:
            constraints = x509.NameConstraints(
                list(general(permitted)) or None,
                list(general(excluded)) or None)
        ca = issue("CA", ca_key, "Root", root_key, constraints)
        for names, leaf in leaves:
            host = HOST if HOST in names else ADDRESS
            texts.append(written(host, seconds, [root], [leaf, ca]))
            expected.append(("%s; permitted: %s; excluded: %s" % tuple(
                " ".join(texts) for texts in (names, permitted, excluded)),
                all(is_permitted(name, permitted, excluded)
                    for name in names)))
    return report("constraints", [
        (name, (verdict == "accept") == right, verdict)
        for (name, right), verdict in zip(expected, verdicts(texts))])


if __name__ == "__main__":
    sys.exit(main())
