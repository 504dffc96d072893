#!/usr/bin/env python3
"""Compares src/crypto with the vectors of Project Wycheproof.

usage: wycheproof.py [COMMAND...]. The command runs the program made from
wycheproof.c, maybe under an emulator. Without one, it is built from the objects
that the unit tests leave in build/host.

A check is a file, and each of its cases must have the verdict, or the secret,
that the file has for it. The last check is that README.md has the score.
"""

import glob
import json
import lzma
import os
import subprocess
import sys

from chains import table

FOLDER = "tests/vectors/wycheproof"

# SubjectPublicKeyInfo of a point in P-256, up to the point (RFC 5480, 2). x509/key
# takes no other form of it: no compressed point, no parameters by value.
P256_KEY = bytes.fromhex(
    "3059301306072a8648ce3d020106082a8648ce3d030107034200")

# Those of RSASSA-PSS, and their lengths.
HASHES = {"SHA-256": 32, "SHA-384": 48, "SHA-512": 64}

# What is left to the implementation ("acceptable"), and refused by ours.
REFUSED = {
    "MissingNull",       # RFC 8017, 9.2 with A.2.4: NULL must be there
    "ZeroSharedSecret",  # RFC 8422, 5.11
    "InvalidAsn", "UnnamedCurve", "CompressedPublic", "CompressedPoint"}


def hexadecimal(data):
    return data.hex() or "-"


def number(text):
    """The bytes of a number that may be written with a leading zero byte."""
    return bytes.fromhex(text).lstrip(b"\0")


def ecdsa(group, case):
    key = group["publicKey"]
    curve = {"secp256r1": "P-256", "secp384r1": "P-384"}[key["curve"]]
    return (f"ecdsa {curve} {group['sha']} {key['uncompressed']} "
            f"{case['msg'] or '-'} {case['sig'] or '-'}")


def rsa(group, case):
    key = group["publicKey"]
    return (f"rsa - {group['sha']} {number(key['modulus']).hex()} "
            f"{number(key['publicExponent']).hex()} {case['msg'] or '-'} "
            f"{case['sig'] or '-'}")


def pss(group, case):
    if group["sha"] not in HASHES:
        return None  # no certificate may have it
    return "pss" + rsa(group, case).removeprefix("rsa")


def exchange(group, case):
    public, private = bytes.fromhex(case["public"]), case["private"]
    if group["curve"] == "curve25519":
        return f"exchange X25519 - {hexadecimal(public)} {private}"
    if group["encoding"] == "asn":
        public = public[len(P256_KEY):] if public.startswith(P256_KEY) else b""
    curve = {"secp256r1": "P-256", "secp384r1": "P-384"}[group["curve"]]
    return (f"exchange {curve} - {hexadecimal(public)} "
            f"{number(private).hex()}")


def aead(group, case):
    if group["ivSize"] != 96 or group["keySize"] not in (128, 256):
        return None  # of which crypto/aead has none
    return (f"aead {group['algorithm']} - {case['key']} {case['iv']} "
            f"{case['aad'] or '-'} {case['msg'] or '-'} "
            f"{case['ct']}{case['tag']}")


def hkdf(group, case):
    return (f"hkdf {case['size']} {group['algorithm'].removeprefix('HKDF-')} "
            f"{case['ikm'] or '-'} {case['salt'] or '-'} "
            f"{case['info'] or '-'}")


KINDS = {"EcdsaVerify": ecdsa, "RsassaPkcs1Verify": rsa,
         "RsassaPssVerify": pss, "XdhComp": exchange, "EcdhTest": exchange,
         "EcdhEcpointTest": exchange, "AeadTest": aead, "HkdfTest": hkdf}


def is_of_tls(group):
    """Whether the parameters of RSASSA-PSS are those of RFC 8446, 4.2.3."""
    return (group["mgf"] == "MGF1" and group["mgfSha"] == group["sha"] and
            group["sLen"] == HASHES[group["sha"]])


def expected(group, case):
    refused = case["result"] == "invalid" or (
        case["result"] == "acceptable" and REFUSED & set(case["flags"]))
    if group["type"] == "RsassaPssVerify" and not is_of_tls(group):
        refused = True
    if refused:
        return "refuse"
    return case.get("shared", case.get("okm", "accept"))


def build():
    program, objects = "build/wycheproof", os.environ["TEST_OBJECTS"]
    subprocess.run(
        [*os.environ["TEST_CC"].split(), "-std=c11", "-D_DEFAULT_SOURCE", "-Isrc",
         "-Ibuild/bearssl-src/inc", "tests/vectors/wycheproof.c",
         *glob.glob(objects + "/crypto/*.o"),
         objects + "/base/span.o", objects + "/base/buffer.o",
         "build/host/bearssl/libbearssl.a", "-o", program], check=True)
    return [program]


def read_cases(path):
    """(group, case, the line that wycheproof.c reads) for each that is run."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        vectors = json.load(file)
    cases = [(group, case, KINDS[group["type"]](
        group | {"algorithm": vectors["algorithm"]}, case))
        for group in vectors["testGroups"] for case in group["tests"]]
    return [(*case, line) for *case, line in cases if line is not None]


def wrong_cases(command, cases):
    got = subprocess.run(command, text=True, check=True,
                         input="".join(line + "\n" for *_, line in cases),
                         stdout=subprocess.PIPE).stdout.splitlines()
    if len(got) != len(cases) or not cases:
        yield f"{len(got)} of {len(cases)} cases ran"
    for (group, case, _), verdict in zip(cases, got):
        if verdict != expected(group, case):
            yield (f"{case['tcId']} ({case['comment']}): {verdict}, "
                   f"not {expected(group, case)}")


def is_as_suite_has_it(group, case):
    """What is "acceptable" may be refused."""
    return not (case["result"] == "valid" and
                expected(group, case) == "refuse")


def main():
    command = sys.argv[1:] or build()
    paths = sorted(glob.glob(f"{FOLDER}/*.json.xz"))
    failed = total = same = 0
    for count, path in enumerate(paths, 1):
        cases = read_cases(path)
        total += len(cases)
        same += sum(is_as_suite_has_it(*case) for *case, _ in cases)
        problems = list(wrong_cases(command, cases))
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {count} - "
              f"{os.path.basename(path)}")
        for problem in problems[:20]:
            print("# " + problem)
    right = ["Wycheproof", str(total), str(same)] in table("Scores")
    failed += not right
    print(f"{'' if right else 'not '}ok {len(paths) + 1} - the score is that of "
          f"the table, {same} of {total}")
    print(f"1..{len(paths) + 1}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
