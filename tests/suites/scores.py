#!/usr/bin/env python3
"""scores.py - compares what the suites have found with the table of README.md: how
many cases each program has, and how many of them are refused. A difference fails.

"scores.py write" writes the rows of what has run, with versions and date. A case
that is refused needs its reason in the README's other table."""

import datetime
import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
README = os.path.join(HERE, "README.md")
TAPS = os.path.join(ROOT, "build", "tests", "suites", "*.tap")
REFUSED = ", which is refused"
ROW = re.compile(r"^\| `(\S+)` \| ([^|]+) \| ([^|]+) \| (\d+) \| (\d+) \| "
                 r"([\d-]+) \|$")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def cases_of(text):
    """(program, version) and the names of its cases, from a suite's TAP."""
    found, names = {}, set()
    for line in text.splitlines():
        subject = re.match(r"# subject: (.*), (\S+)$", line)
        if subject:
            names = found.setdefault(subject.groups(), set())
        check = re.match(r"(?:not )?ok \d+ - (.*?): ", line)
        if check and found:
            names.add(check[1])
    return found


def find_scores():
    """For each (suite, program), its version, cases and refused ones."""
    scores = {}
    for path in sorted(glob.glob(TAPS)):
        suite = os.path.splitext(os.path.basename(path))[0]
        for (program, version), names in cases_of(read(path)).items():
            refused = {name for name in names if name.endswith(REFUSED)}
            scores[suite, program] = (version, names, refused)
    return scores


def row_of(key, score, date):
    version, names, refused = score
    return (f"| `{key[0]}` | {key[1]} | {version} | {len(names)} | "
            f"{len(refused)} | {date} |")


def write(scores, lines):
    date = datetime.date.today().isoformat()
    rows = {ROW.match(line).groups()[:2]: line
            for line in lines if ROW.match(line)}
    rows.update((key, row_of(key, score, date))
                for key, score in scores.items())
    start = next(i for i, line in enumerate(lines)
                 if line.startswith("| suite |")) + 2
    rest = [line for line in lines[start:] if not ROW.match(line)]
    with open(README, "w", encoding="utf-8") as f:
        f.write("\n".join([*lines[:start], *(rows[key] for key in sorted(rows)),
                           *rest]) + "\n")


def main():
    scores, lines = find_scores(), read(README).splitlines()
    if sys.argv[1:] == ["write"]:
        write(scores, lines)
        lines = read(README).splitlines()
    known = {match.groups()[:2]: match.groups()[3:5]
             for match in map(ROW.match, lines) if match}
    reasons = set(re.findall(r"`([^`]+)`", "\n".join(
        line for line in lines if not ROW.match(line))))
    wrong = []
    for key, (_, names, refused) in scores.items():
        found = (str(len(names)), str(len(refused)))
        if known.get(key) != found:
            wrong.append(f"{' '.join(key)}: {found[0]} cases, {found[1]} of them "
                         f"refused, but README.md has {known.get(key)}")
        wrong += [f"{name}: README.md gives no reason" for name in refused
                  if name.removesuffix(REFUSED).split(", ", 1)[-1]
                  not in reasons]
    for line in sorted(wrong):
        print(f"scores.py: {line}", file=sys.stderr)
    return 1 if wrong or not scores else 0


if __name__ == "__main__":
    sys.exit(main())
