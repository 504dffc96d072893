#!/usr/bin/env python3
"""notices.py - what goes along with a binary: the SBOM, and the full licences.

The rules are those of SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/) for the
fields that we use; any other field fails.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

BINARY = "build/repository-dispatch"
TOOLCHAIN = f"build/{os.environ.get('TARGET', 'x86_64')}/toolchain"
EPOCH = 1700000000
CREATED = "2023-11-14T22:13:20Z"
# The hosts that documents may name. None of them is a registry of packages.
HOSTS = {"github.com", "bearssl.org", "musl.libc.org", "wiki.mozilla.org",
         "gcc.gnu.org"}
LICENCES = {"MIT", "MPL-2.0", "GPL-3.0-or-later"}
DIGITS = {"SHA1": 40, "SHA256": 64}
# Field: whether each object must have it.
DOCUMENT = {"spdxVersion": True, "dataLicense": True, "SPDXID": True,
            "name": True, "documentNamespace": True, "creationInfo": True,
            "packages": True, "files": True, "relationships": True}
PACKAGE = {"name": True, "SPDXID": True, "versionInfo": True,
           "licenseConcluded": True, "licenseDeclared": True,
           "copyrightText": True, "primaryPackagePurpose": True,
           "filesAnalyzed": True, "downloadLocation": True,
           "homepage": False, "packageFileName": False, "checksums": False,
           "sourceInfo": False, "externalRefs": False, "comment": False,
           "packageVerificationCode": False, "hasFiles": False,
           "licenseInfoFromFiles": False}
FILE = {"fileName": True, "SPDXID": True, "fileTypes": True,
        "checksums": True, "licenseConcluded": True,
        "licenseInfoInFiles": True, "copyrightText": True}
RELATIONSHIP = {"spdxElementId": True, "relationshipType": True,
                "relatedSpdxElement": True}
PURPOSES = {"APPLICATION", "LIBRARY", "SOURCE"}
RELATIONS = {"DESCRIBES", "CONTAINS", "STATIC_LINK", "BUILD_TOOL_OF",
             "DATA_FILE_OF"}

count = 0
failed = False


def check(passed, name, *details):
    global count, failed
    count += 1
    failed = failed or not passed
    print(f"{'ok' if passed else 'not ok'} {count} - {name}")
    if not passed:
        for detail in details:
            print(f"# {detail}")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def run(*command):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def digest(kind, path):
    with open(path, "rb") as f:
        return hashlib.new(kind, f.read()).hexdigest()


def pinned(name, key):
    return re.search(rf"^{key} (.*)$", read(f"vendor/{name}.lock"),
                     re.M).group(1)


def check_fields(thing, fields, name):
    unknown = set(thing) - set(fields)
    missing = {key for key, must in fields.items() if must} - set(thing)
    check(not unknown and not missing, f"{name}: the fields are those of SPDX",
          f"unknown {unknown}, missing {missing}")


def is_licence(expression):
    """SPDX 2.3, annex D, with the licences that we have."""
    return expression == "NOASSERTION" or all(
        part.removesuffix(" WITH GCC-exception-3.1") in LICENCES
        for part in expression.split(" AND "))


def check_sums(thing, name):
    for item in thing.get("checksums", []):
        value, kind = item["checksumValue"], item["algorithm"]
        check(re.fullmatch(f"[0-9a-f]{{{DIGITS[kind]}}}", value) is not None,
              f"{name}: a {kind}", value)


def check_package(package):
    name = package["name"]
    check_fields(package, PACKAGE, name)
    check(is_licence(package["licenseConcluded"]) and
          is_licence(package["licenseDeclared"]), f"{name}: the licences")
    check(package["primaryPackagePurpose"] in PURPOSES, f"{name}: the purpose")
    check(package["versionInfo"].strip() != "", f"{name}: the version")
    has = {key for key in ("hasFiles", "packageVerificationCode",
                           "licenseInfoFromFiles") if key in package}
    check(len(has) == (3 if package["filesAnalyzed"] else 0),
          f"{name}: files are listed if they are analysed", has)
    check_sums(package, name)


def check_references(sbom):
    things = sbom["packages"] + sbom["files"]
    ids = [sbom["SPDXID"]] + [thing["SPDXID"] for thing in things]
    check(len(set(ids)) == len(ids), "each id is there once", ids)
    check(all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", i) for i in ids),
          "the ids are well-formed", ids)
    related = set()
    for relation in sbom["relationships"]:
        check_fields(relation, RELATIONSHIP, "a relationship")
        check(relation["relationshipType"] in RELATIONS, "it is of a known type")
        ends = {relation["spdxElementId"], relation["relatedSpdxElement"]}
        check(ends <= set(ids), "it relates what exists", ends)
        related |= ends
    check(related == set(ids), "everything is related", set(ids) - related)


def check_program(sbom, binary):
    program = sbom["packages"][0]
    file = sbom["files"][0]
    sums = {item["algorithm"]: item["checksumValue"]
            for item in file["checksums"]}
    check_fields(file, FILE, "the binary")
    check_sums(file, "the binary")
    check(sums == {"SHA1": digest("sha1", binary),
                   "SHA256": digest("sha256", binary)},
          "the sums are those of the binary", sums)
    check(program["packageVerificationCode"] == {
        "packageVerificationCodeValue":
        hashlib.sha1(sums["SHA1"].encode()).hexdigest()},
          "the verification code is that of the files")
    check(program["versionInfo"] == read("src/VERSION").strip(),
          "the version is that of the sources")
    sources = re.search(r"^sources (.*)$", run(binary, "-V"), re.M).group(1)
    check(sources in program["sourceInfo"], "the sources are those of -V")


def check_inputs(sbom):
    packages = {package["name"]: package for package in sbom["packages"]}
    for name, title in (("bearssl", "BearSSL"), ("musl", "musl")):
        package = packages[title]
        check(package["checksums"] == [
            {"algorithm": "SHA256", "checksumValue": pinned(name, "sha256")}],
              f"{title}: the hash is the pinned one")
        check(package["packageFileName"] == pinned(name, "file"),
              f"{title}: the file is the pinned one")
    roots = packages["Mozilla CA certificates"]
    check(roots["checksums"][0]["checksumValue"] ==
          digest("sha256", "vendor/roots.pem"), "the roots have their hash")
    check(roots["licenseDeclared"] == "MPL-2.0", "the roots have their licence")
    for tool in set(read(TOOLCHAIN).splitlines()):
        check(tool in packages, f"{tool} is named")


def check_sbom():
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "repository-dispatch-linux-x")
        with open(BINARY, "rb") as source, open(binary, "wb") as copy:
            copy.write(source.read())
        os.chmod(binary, 0o755)
        text = run("sh", "src/gen/sbom.sh", str(EPOCH), TOOLCHAIN, binary)
        sbom = json.loads(text)
        check_program(sbom, binary)
    check_fields(sbom, DOCUMENT, "the document")
    check((sbom["spdxVersion"], sbom["dataLicense"], sbom["SPDXID"]) ==
          ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"), "the form is named")
    check(sbom["creationInfo"]["created"] == CREATED, "the time is as given")
    check(re.fullmatch(r"https://[^#]+", sbom["documentNamespace"]) is not None,
          "the namespace is a URI without #")
    for package in sbom["packages"]:
        check_package(package)
    check_references(sbom)
    check_inputs(sbom)
    hosts = set(re.findall(r"https?://([^/\"]+)", text))
    check(hosts <= HOSTS, "no other host is named", hosts - HOSTS)


def words(text):
    return " ".join(text.split())


def check_notices():
    text = words(run("sh", "src/gen/notices.sh", "build/bearssl-src",
                     "build/musl-src"))
    for path in ("LICENSE", "build/bearssl-src/LICENSE.txt",
                 "build/musl-src/COPYRIGHT",
                 "/usr/share/common-licenses/MPL-2.0"):
        check(words(read(path)) in text, f"the notices have all of {path}")


check_sbom()
if os.path.exists("/usr/share/common-licenses/MPL-2.0"):
    check_notices()
print(f"1..{count}")
sys.exit(failed)
