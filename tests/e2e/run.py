#!/usr/bin/env python3
"""run.py - plays tests/e2e/cases/*.toml against the real binary.

A case is data: args, env, stdin and files go in; status, stdout and stderr
must come out, to the letter. {name} stands for a value made at run time.
Without env a case has a valid token; without args of its own it dispatches to
the stand-in, with "more" after that. "sent" is how many requests the stand-in
must receive.
"""

import datetime
import glob
import os
import re
import tomllib

from harness import ENV, ROOT, TOKEN, Case, Run, dispatch, main

CASES = os.path.join(ROOT, "tests", "e2e", "cases", "*.toml")
HINTS = os.path.join(ROOT, "src", "github", "response.c")


def fill(value, names):
    """Replaces {name} in strings, lists and tables."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("{" + name + "}", str(text))
        return value
    if isinstance(value, list):
        return [fill(v, names) for v in value]
    if isinstance(value, dict):
        return {k: fill(v, names) for k, v in value.items()}
    return value


def run_case(place, case):
    for name, text in case.get("files", {}).items():
        with open(place.file(name), "wb") as f:
            f.write(text.encode("latin-1" if case.get("latin") else "utf-8"))
    arguments = case["args"] if "args" in case else dispatch(
        place, case.get("repo", "octo/app"))
    return Run(place, arguments + case.get("more", []), case.get("env", ENV),
               case.get("stdin", "").encode())


def check_case(tap, name, case, run):
    checks = Case(tap, name, run)
    checks.exits(case.get("status", 0))
    for what, shown in (("stdout", run.out), ("stderr", run.err)):
        wanted = case.get(what, "")
        checks.check(shown == wanted, f"{what} is as written",
                     f"it is    {shown!r}", f"it wants {wanted!r}")
    checks.sends(case.get("sent", 0))


def make_names(place):
    """The values that cases may name."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    names = {"dir": place.path, "token": TOKEN, "today": today,
             "port": place.port, "root_pem": place.read("root.pem")}
    for cert in ("rsa", "weak", "wrong_name", "only_cn", "near_miss", "expired",
                 "future"):
        names[cert] = place.stand_in(cert)
    return names


def test_cases(tap, place):
    names = make_names(place)
    for path in sorted(glob.glob(CASES)):
        with open(path, "rb") as f:
            cases = tomllib.load(f)["case"]
        for case in cases:
            case = fill(case, names)
            name = os.path.basename(path)[:-5] + ": " + case["name"]
            check_case(tap, name, case, run_case(place, case))


def read_hints(*kinds):
    """The hints of the table of causes that are about an event, a workflow, or
    either."""
    with open(HINTS, encoding="ascii") as f:
        table = f.read().split("causes[] = {")[1].split("\n};")[0]
    # Adjacent literals are one string. A row's last string is its hint.
    table = re.sub(r'"\s*\n\s*"', "", table)
    return [hint.replace('\\"', '"') for kind, hint in re.findall(
        r'([A-Z]+),\s*"((?:[^"\\]|\\.)*)"\s*\}', table) if kind in kinds]


def test_hints(tap, place):
    """Each hint about an event is given in a case; for those about a workflow
    see workflow_dispatch.py."""
    hints = read_hints("EVENT", "EITHER")
    tap.check(len(hints) > 10, "the table of causes has more than 10 hints")
    for hint in hints:
        tap.check(place.shows(hint), f"a case shows the hint: {hint}")


if __name__ == "__main__":
    main(test_cases, test_hints)
