#!/usr/bin/env python3
"""scores.py - compares what the suites have found with the table of README.md: how
many cases of each program passed, and how many of these are refused. A difference, a
case that failed, and a program without cases fail.

"scores.py write" writes the rows of the programs whose cases have all passed, with
versions and date. A case that is refused needs its reason in the README's other
table."""

import datetime
import glob
import os
import re
import sys
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
README = os.path.join(HERE, "README.md")
TAPS = os.path.join(ROOT, "build", "tests", "suites", "*.tap")
REFUSED = ", which is refused"
ROW = re.compile(r"^\| `(\S+)` \| ([^|]+) \| ([^|]+) \| (\d+) \| (\d+) \| "
                 r"([\d-]+) \|$")


class Score(NamedTuple):
    version: str
    passed: set
    failed: set

    def refused(self):
        return {name for name in self.passed if name.endswith(REFUSED)}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def cases_of(text):
    """For each (program, version), whether all checks of each case passed, by the
    case's name; from a suite's TAP."""
    found, cases = {}, {}
    for line in text.splitlines():
        subject = re.match(r"# subject: (.*), (\S+)$", line)
        if subject:
            cases = found.setdefault(subject.groups(), {})
        check = re.match(r"(not )?ok \d+ - (.*?): ", line)
        if check:
            cases[check[2]] = cases.get(check[2], True) and not check[1]
    return found


def scores_of(suite, text):
    """For each (suite, program), its score."""
    return {(suite, program): Score(
        version, {name for name, passed in cases.items() if passed},
        {name for name, passed in cases.items() if not passed})
        for (program, version), cases in cases_of(text).items()}


def find_scores():
    """The scores, and the suites that have run."""
    scores, suites = {}, set()
    for path in sorted(glob.glob(TAPS)):
        suite = os.path.splitext(os.path.basename(path))[0]
        suites.add(suite)
        scores.update(scores_of(suite, read(path)))
    return scores, suites


def row_of(key, score, date):
    return (f"| `{key[0]}` | {key[1]} | {score.version} | {len(score.passed)} | "
            f"{len(score.refused())} | {date} |")


def write(scores, lines):
    date = datetime.date.today().isoformat()
    rows = {ROW.match(line).groups()[:2]: line
            for line in lines if ROW.match(line)}
    rows.update((key, row_of(key, score, date))
                for key, score in scores.items() if not score.failed)
    start = next(i for i, line in enumerate(lines)
                 if line.startswith("| suite |")) + 2
    rest = [line for line in lines[start:] if not ROW.match(line)]
    with open(README, "w", encoding="utf-8") as f:
        f.write("\n".join([*lines[:start], *(rows[key] for key in sorted(rows)),
                           *rest]) + "\n")


def find_differences(scores, suites, lines):
    """What is not as the README's lines say."""
    known = {match.groups()[:2]: match.groups()[3:5]
             for match in map(ROW.match, lines) if match}
    reasons = set(re.findall(r"`([^`]+)`", "\n".join(
        line for line in lines if not ROW.match(line))))
    for key in sorted(key for key in known
                      if key[0] in suites and key not in scores):
        yield f"{' '.join(key)}: no case has run"
    for key, score in sorted(scores.items()):
        program, refused = " ".join(key), score.refused()
        found = (str(len(score.passed)), str(len(refused)))
        if known.get(key) != found:
            yield (f"{program}: {found[0]} cases passed, {found[1]} of them "
                   f"refused, but README.md has {known.get(key)}")
        for name in sorted(score.failed):
            yield f"{program}: this case failed: {name}"
        for name in sorted(refused):
            if name.removesuffix(REFUSED).split(", ", 1)[-1] not in reasons:
                yield f"{program}: README.md gives no reason for {name}"


def main():
    scores, suites = find_scores()
    if sys.argv[1:] == ["write"]:
        write(scores, read(README).splitlines())
    wrong = list(find_differences(scores, suites, read(README).splitlines()))
    for line in wrong:
        print(f"scores.py: {line}", file=sys.stderr)
    return 1 if wrong or not scores else 0


if __name__ == "__main__":
    sys.exit(main())
