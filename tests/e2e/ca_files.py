#!/usr/bin/env python3
"""ca_files.py - files of CA certificates as Windows, OpenSSL and others write
them: read, or called by their name with the command that converts them."""

import subprocess

from harness import Case, Run, dispatch, main

# The commands that make a file from root.pem, in a shell.
READ = {
    "with a byte order mark": "printf '\\357\\273\\277'; cat root.pem",
    "with CRLF": "sed 's/$/\\r/' root.pem",
    "with CR": "tr '\\n' '\\r' <root.pem",
    "with a byte order mark and CRLF":
        "printf '\\357\\273\\277'; sed 's/$/\\r/' root.pem",
    "TRUSTED without settings": "openssl x509 -in root.pem -trustout",
    "TRUSTED for servers":
        "openssl x509 -in root.pem -addtrust serverAuth -trustout",
    "TRUSTED, rejected for mail":
        "openssl x509 -in root.pem -addreject emailProtection -trustout",
}
# The same, and parts of the message.
NAMED = {
    "DER": ("openssl x509 -in root.pem -outform DER",
            ("it is DER, not PEM", "hint: convert it: openssl x509 -inform "
             "DER -in FILE -out ca.pem")),
    "UTF-16": ("iconv -f UTF-8 -t UTF-16 root.pem",
               ("it is UTF-16", "hint: convert it: iconv -f UTF-16 -t UTF-8")),
    "UTF-16 without a mark": ("iconv -f UTF-8 -t UTF-16LE root.pem",
                              ("it is UTF-16",)),
    "PKCS #7": ("openssl crl2pkcs7 -nocrl -certfile root.pem",
                ("it is PKCS #7", "hint: convert it: openssl pkcs7 -in FILE "
                 "-print_certs -out ca.pem")),
    "PKCS #7 in DER": (
        "openssl crl2pkcs7 -nocrl -certfile root.pem -outform DER",
        ("it is PKCS #7 in DER", "openssl pkcs7 -inform DER -in FILE")),
    "PKCS #12": (
        "openssl pkcs12 -export -nokeys -in root.pem -passout pass:x",
        ("it is PKCS #12", "openssl pkcs12 -in FILE -nokeys")),
    "a key": ("cat good.key", ("it is a private key, not a certificate",)),
    "indented": ("sed 's/^/  /' root.pem", ("its boundary lines",)),
    "empty": ("true", ("it is empty",)),
    "TRUSTED for mail only":
        ("openssl x509 -in root.pem -addtrust emailProtection -trustout",
         ("its trust settings reject it for servers",)),
    "TRUSTED, rejected for servers":
        ("openssl x509 -in root.pem -addreject serverAuth -trustout",
         ("its trust settings reject it for servers",)),
}


def run_with(place, command):
    with open(place.file("ca"), "wb") as f:
        subprocess.run(["sh", "-ec", command], cwd=place.path, stdout=f,
                       stderr=subprocess.DEVNULL, check=True)
    return Run(place, [*dispatch(place, "octo/app"), "--ca-file", "ca"])


def test_read(tap, place):
    for name, command in READ.items():
        case = Case(tap, f"a file {name}", run_with(place, command))
        case.exits(0)
        case.sends(1)


def test_named(tap, place):
    for name, (command, messages) in NAMED.items():
        case = Case(tap, f"a file, {name}", run_with(place, command))
        case.exits(2)
        case.sends(0)
        case.reports("ca contains no usable certificate: ", *messages)


if __name__ == "__main__":
    main(test_read, test_named)
