#!/usr/bin/env python3
"""bogo.py - BoGo, the runner of BoringSSL's tests, against the client of src/tls, which
bogo/shim.c connects to it.

Each of the runner's tests is a case. Those that do not apply are left out: by
bogo/config.json, with a reason, or by the shim, since the runner passes it an option
that it does not know. README.md has the tests that fail on purpose: these have to
fail.

The runner has one connection for a test, while the client makes another one for TLS
1.2. So there are two rounds: the second one, in which the client begins with TLS 1.2,
is for the tests whose server chose that in the first one."""

import json
import os
import re
import subprocess
import sys

from common import HERE, REFUSED
from harness import ROOT, Tap
from scores import README, read

BUILD = os.path.join(ROOT, "build", "bogo")
SOURCE = os.path.join(ROOT, "build", "boringssl-src")
RUNNER = os.path.join(BUILD, "runner")
LOCK = os.path.join(ROOT, "vendor", "boringssl.lock")
# The runner's place in a GOPATH.
PACKAGE = "src/boringssl.googlesource.com/boringssl"
# The packages that Debian has of Go's modules.
GOCODE = "/usr/share/gocode"
OLDER = "TLS 1.2 is for the second round"
LIMIT = 900


def build():
    """Fetches the runner's sources and compiles them, without a network."""
    subprocess.run(["sh", "vendor/fetch.sh", "boringssl", SOURCE], cwd=ROOT,
                   check=True)
    stamp = os.path.join(SOURCE, ".stamp")
    if (os.path.exists(RUNNER) and
            os.path.getmtime(RUNNER) >= os.path.getmtime(stamp)):
        return
    link = os.path.join(BUILD, PACKAGE)
    os.makedirs(os.path.dirname(link), exist_ok=True)
    if not os.path.islink(link):
        os.symlink(os.path.join(SOURCE, "src"), link)
    subprocess.run(
        ["go", "test", "-c", "-o", RUNNER], check=True,
        cwd=os.path.join(link, "ssl", "test", "runner"),
        env={**os.environ, "GO111MODULE": "off", "GOFLAGS": "",
             "GOPATH": f"{BUILD}:{GOCODE}",
             "GOCACHE": os.path.join(BUILD, "cache")})


def run(name, *options):
    """Returns each test's result, and what the runner says of those that
    failed."""
    output = os.path.join(BUILD, name + ".json")
    with open(os.path.join(BUILD, name + ".log"), "w",
              encoding="utf-8") as log:
        subprocess.run(
            [RUNNER, "-shim-path", os.path.join(BUILD, "shim"),
             "-shim-config", os.path.join(HERE, "bogo", "config.json"),
             "-allow-unimplemented", "-pipe", "-json-output", output,
             *options],
            cwd=os.path.join(SOURCE, "src", "ssl", "test", "runner"),
            stdout=log, stderr=log, timeout=LIMIT, check=False)
        text = read(log.name)
    found = {test: result["actual"]
             for test, result in json.loads(read(output))["tests"].items()}
    said = dict(re.findall(r"^FAILED \((.*)\)\n((?:(?!PASSED|FAILED|UNIMPL).*\n)*)",
                           text, re.M))
    return found, said


def differences():
    """The tests that README.md gives a reason for."""
    part = read(README).split("### BoGo\n")[1].split("\n#")[0]
    return {name for row in re.findall(r"^\| (`.*`) \|", part, re.M)
            for name in re.findall(r"`([^`]+)`", row)}


def main():
    tap = Tap()
    version = re.search(r"^version (.*)-", read(LOCK), re.M)[1]
    print(f"# subject: BoGo, {version}", flush=True)
    build()
    found, said = run("newest")
    left = [test for test in said if OLDER in said[test]]
    older, more = run("older", "-shim-extra-flags", "-older", "-test",
                      ";".join(left))
    found.update(older)
    said.update(more)
    differ = differences()
    for test in sorted(found):
        if found[test] == "SKIP":
            continue
        passed, fails = found[test] == "PASS", test in differ
        tap.check(passed != fails,
                  f"BoGo, {test}{REFUSED if fails else ''}: "
                  f"{'it fails' if fails else 'it passes'}",
                  said.get(test, ""))
    for test in sorted(differ - {test for test, result in found.items()
                                 if result != "SKIP"}):
        tap.check(False, f"BoGo, {test}{REFUSED}: it runs")
    sys.exit(tap.done())


if __name__ == "__main__":
    main()
