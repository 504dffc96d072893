#!/usr/bin/env python3
"""about.py - what the binary says about itself: --version and --license. What
it should say is put together from the sources a second time, here."""

import hashlib
import json
import os
import platform
import re

from harness import ROOT, Case, Run, main

# By what uname calls the machine, where that is another name.
TARGETS = {"armv7l": "armv7", "i386": "i686"}
VARIABLES = {"DISPATCH_DRYRUN": "1", "DISPATCH_COLOUR": "1"}
LICENCES = (("BearSSL", "bearssl-src/LICENSE.txt"),
            ("musl", "musl-src/COPYRIGHT"))


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def source_files():
    yield "build.sh"
    for top in ("src", "vendor"):
        for folder, folders, files in os.walk(os.path.join(ROOT, top)):
            if folder == os.path.join(ROOT, "vendor"):
                folders[:] = [name for name in folders if name != "cache"]
            for name in files:
                path = os.path.join(folder, name)
                if not os.path.islink(path):
                    yield os.path.relpath(path, ROOT)


def sources_hash():
    """As sha256sum, sort and sha256sum make it."""
    lines = []
    for path in source_files():
        with open(os.path.join(ROOT, path), "rb") as f:
            lines.append(f"{hashlib.sha256(f.read()).hexdigest()}  {path}\n")
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def locked(name):
    """The version that a lock pins, without Debian's revision."""
    if not os.path.exists(os.path.join(ROOT, "vendor", name + ".lock")):
        return "unpinned"
    version = re.search(r"^version (.*)$", read("vendor", name + ".lock"),
                        re.M).group(1)
    return version.rpartition("-")[0]


def facts():
    """The document of --version --json."""
    roots = read("vendor", "roots.pem")
    machine = platform.machine()
    names = re.findall(r"^([a-z-]+) (?:compile|link) ",
                       read("src", "gen", "hardening"), re.M)
    return {
        "version": read("src", "VERSION").strip(),
        "sources": sources_hash(),
        "target": TARGETS.get(machine, machine),
        "bearssl": locked("bearssl"),
        "musl": locked("musl"),
        "roots": {"date": re.search(r"\n# date (.*)\n", roots).group(1),
                  "count": roots.count("\n-----BEGIN CERTIFICATE-----\n")},
        "hardening": list(dict.fromkeys(names)),
    }


def lines(said):
    return (f"repository-dispatch {said['version']}\n"
            f"sources {said['sources']}\n"
            f"target {said['target']}\n"
            f"BearSSL {said['bearssl']}\n"
            f"musl {said['musl']}\n"
            f"roots {said['roots']['date']}, {said['roots']['count']} "
            f"certificates\n"
            f"hardening {' '.join(said['hardening'])}\n")


def test_version(tap, place):
    said = facts()
    for name, arguments in (("-V", ["-V"]), ("--version", ["--version"])):
        case = Case(tap, name, Run(place, arguments, VARIABLES))
        case.exits(0)
        case.check(case.run.out == lines(said), "the lines are as expected",
                   lines(said))
        case.check(case.run.err == "", "no other variable is read")
    for arguments in (["-V", "--json"], ["--json", "--version"]):
        case = Case(tap, " ".join(arguments), Run(place, arguments, {}))
        case.exits(0)
        case.check(case.run.out.count("\n") == 1, "the document is one line")
        case.check(json.loads(case.run.out) == said,
                   "the document is as expected", said)


def words(text):
    return " ".join(text.split())


def copyrights(text):
    return re.findall(r"Copyright (?:\(c\)|©) (.*)", text)


def test_license(tap, place):
    case = Case(tap, "--license", Run(place, ["--license"], VARIABLES))
    case.exits(0)
    case.check(case.run.err == "", "no other variable is read")
    for line in case.run.out.splitlines():
        case.check(len(line) <= 80, "a line fits 80 columns", line)
    ours = read("LICENSE")
    permission = ours[ours.index("Permission is"):]
    case.check(words(permission) in words(case.run.out),
               "the permission is that of LICENSE")
    case.check(copyrights(ours)[0] in copyrights(case.run.out),
               "the copyright is that of LICENSE")
    for name, path in LICENCES:
        if not os.path.exists(os.path.join(ROOT, "build", path)):
            continue
        text = read("build", path)
        case.check(copyrights(text)[0] in copyrights(case.run.out),
                   f"the copyright is that of {name}'s source")
        case.check(f"\n{name}: MIT License, https://" in case.run.out,
                   f"the licence of {name} is named, with an address")
        case.check(words(permission[:300]) in words(text),
                   f"the permission is that of {name}'s source")
    case.check("https://mozilla.org/MPL/2.0/" in case.run.out and
               "Source: https://" in case.run.out,
               "the roots' licence and source have addresses")


if __name__ == "__main__":
    main(test_version, test_license)
