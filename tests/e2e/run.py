#!/usr/bin/env python3
"""run.py - plays tests/e2e/cases/*.toml against the real binary.

A case is data: args, env, stdin and files go in; status, stdout and stderr
must come out, to the letter. {name} stands for a value made at run time.
Without env a case has a valid token; without args of its own it dispatches to
the stand-in. "sent" is how many requests the stand-in must have got.
"""

import datetime
import glob
import os
import re
import sys
import tomllib

from harness import ROOT, TOKEN, Place, Tap


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


def play(place, case, names):
    """Returns what differs, as lines."""
    case = fill(case, names)
    for name, text in case.get("files", {}).items():
        with open(place.file(name), "wb") as f:
            f.write(text.encode("latin-1" if case.get("latin") else "utf-8"))
    before = len(place.requests())
    args = case.get("args", []) + case.get("more", [])
    if "args" not in case:
        args = fill(["-r", case.get("repo", "octo/app"), "-e", "deploy", "--api-url",
                     "https://localhost:{port}", "--ca-file",
                     "{dir}/root.pem"], names) + args
    env = case.get("env", {"GH_PAT": TOKEN})
    result = place.run(args, env, case.get("stdin", "").encode())
    got = {"status": result.returncode,
           "stdout": result.stdout.decode("latin-1"),
           "stderr": result.stderr.decode("latin-1"),
           "sent": len(place.requests()) - before}
    problems = []
    for key in ("status", "stdout", "stderr", "sent"):
        want = case.get(key, 0 if key in ("status", "sent") else "")
        if got[key] != want:
            problems.append(f"{key} is    {got[key]!r}")
            problems.append(f"{key} wants {want!r}")
    return problems


def hints_of_causes():
    """The hints in the table of causes, literals put together."""
    with open(os.path.join(ROOT, "src", "github", "api.c"), encoding="ascii") as f:
        table = f.read().split("causes[] = {")[1].split("\n};")[0]
    table = re.sub(r'"\s*\n\s*"', "", table)
    rows = re.findall(r'\{\d+, \d+, "[^"]*", \w+,\s*'
                      r'"((?:[^"\\]|\\.)*)"\}', table)
    return [row.replace('\\"', '"') for row in rows]


def main():
    tap = Tap()
    with Place() as place:
        today = datetime.datetime.now(datetime.timezone.utc).date()
        names = {"dir": place.path, "token": TOKEN, "today": today,
                 "yesterday": today - datetime.timedelta(days=1)}
        names["port"] = place.stand_in()
        with open(place.file("root.pem"), encoding="ascii") as f:
            names["root_pem"] = f.read()
        for cert in ("rsa", "weak", "wrong_name", "only_cn", "expired",
                     "future"):
            names[cert] = place.stand_in(cert)
        pattern = os.path.join(ROOT, "tests", "e2e", "cases", "*.toml")
        for path in sorted(glob.glob(pattern)):
            with open(path, "rb") as f:
                cases = tomllib.load(f)["case"]
            for case in cases:
                problems = play(place, case, names)
                name = os.path.basename(path)[:-5] + ": " + case["name"]
                tap.check(not problems, name, *problems)
        everything = b"".join(place.outputs)
        hints = hints_of_causes()
        missing = [h for h in hints if h.encode() not in everything]
        tap.check(len(hints) > 10 and not missing,
                  "every cause's hint was given by a played answer", *missing)
        tap.check(TOKEN.encode() not in everything,
                  "the token is in no output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
