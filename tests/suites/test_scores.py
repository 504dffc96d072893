#!/usr/bin/env python3
"""test_scores.py - scores.py finds each difference between a suite's TAP and the
table."""

import os
import sys

import scores

sys.path.insert(0, os.path.join(scores.ROOT, "tests", "e2e"))
from harness import Tap  # noqa: E402

README = """
| `proxies` | squid | 5.7 | 2 | 1 | 2026-11-28 |
| `prism` | Prism | 5.14 | 3 | 0 | - |
| `no access` | the proxy refuses |
"""
PASSED = """
# subject: squid, 5.7
ok 1 - squid, its defaults: the exit status is 0
ok 2 - squid, its defaults: the requests are these
ok 3 - squid, no access, which is refused: the exit status is 8
1..3
"""
# What is done, to which line, and what is found then.
ROWS = [
    ("all pass", "", "", []),
    ("a check fails", "ok 2", "not ok 2", [
        "proxies squid: 1 cases passed, 1 of them refused, but README.md has "
        "('2', '1')", "proxies squid: this case failed: squid, its defaults"]),
    ("an earlier check fails", "ok 1", "not ok 1", [
        "proxies squid: 1 cases passed, 1 of them refused, but README.md has "
        "('2', '1')", "proxies squid: this case failed: squid, its defaults"]),
    ("a case is new", "1..3", "ok 4 - squid, fast: it is", [
        "proxies squid: 3 cases passed, 1 of them refused, but README.md has "
        "('2', '1')"]),
    ("a case that fails is new", "1..3", "not ok 4 - squid, fast: it is", [
        "proxies squid: this case failed: squid, fast"]),
    ("a reason is missing", "no access", "no tunnel", [
        "proxies squid: README.md gives no reason for squid, no tunnel, which is "
        "refused"]),
    ("a program is new", "squid, 5.7", "Squid, 6", [
        "proxies squid: no case has run",
        "proxies Squid: 2 cases passed, 1 of them refused, but README.md has "
        "None"]),
]


def main():
    tap = Tap()
    for name, old, new, wanted in ROWS:
        found = list(scores.find_differences(
            scores.scores_of("proxies", PASSED.replace(old, new, 1)), {"proxies"},
            README.splitlines()))
        tap.check(found == wanted, f"{name}: what is found", *found)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
