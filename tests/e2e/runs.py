#!/usr/bin/env python3
"""runs.py - --wait and --find-run: the event gets an id, and its runs are found
by it, or by rules that say so. The scenarios are the stand-in's
(tests/stand_in/runs.py)."""

import json
import re

from harness import Case, Run, dispatch, github, main, test_description
from waiting import Play, both, expects

ONE = ("--only-workflow", "receiver.yml")
WAIT = ("--wait", *ONE)
ID = re.compile(r"[0-9a-f]{16}")
APP = ("--app-id", github.APP_ID, "--app-key", "app.pem")
GOOD = r"run 1000 success"
UNCERTAIN = r"uncertain|by its type and time only"
AMBIGUOUS = r"more than one run|ambiguous"


def payloads(case):
    return [json.loads(body)["client_payload"] for asked, body in zip(
        case.run.asked, case.run.bodies) if asked.endswith("/dispatches")]


def adds_id(*path):
    """A check that each event has an id of its own at such a place of its
    payload, and that it is printed."""
    def check(case):
        ids = []
        for payload in payloads(case):
            for key in path:
                payload = payload.get(key, {})
            ids.append(payload)
        case.check(ids and all(isinstance(text, str) and ID.fullmatch(text)
                               for text in ids),
                   f"{'.'.join(path)} is an id of 16 digits", ids)
        case.check(len(set(ids)) == len(ids), "each is another one", ids)
        case.check(all(text in case.run.output for text in ids),
                   "the ids are printed", ids)
        SEEN.extend(ids)
    return check


SEEN = []


def keeps_payload(payload):
    def check(case):
        case.check(payloads(case) == [payload],
                   "the payload is the user's own", payloads(case))
    return check


def lists(pattern, count):
    def check(case):
        case.check(len(case.run.asked_for(pattern)) == count,
                   f"{count} requests are {pattern}")
    return check


def asks(pattern):
    def check(case):
        case.check(case.run.asked_for(pattern), f"a request is {pattern}")
    return check


TEN = {f"p{i}": i for i in range(10)}

# What is tested, the scenarios, the check, the options.
CASES = [
    # The event carries an id.
    ("no id in the payload", "slow",
     both(expects(0, GOOD), adds_id("dispatch_id")), *WAIT),
    ("--find-run without an id", "open",
     both(expects(0, "1000"), adds_id("dispatch_id")), "--find-run"),
    ("no --wait", "slow", both(expects(0), keeps_payload({}))),
    ("two targets", "success success",
     both(expects(0, GOOD, "run 11000 success"), adds_id("dispatch_id")), *WAIT),
    ("ten properties", "success", both(expects(0, GOOD), keeps_payload(TEN)),
     "-p", json.dumps(TEN), *WAIT),
    ("nine properties", "success",
     both(expects(0, GOOD), adds_id("dispatch_id")),
     "-p", json.dumps({f"p{i}": i for i in range(9)}), *WAIT),
    ("--dispatch-id-key", "distinct",
     both(expects(0, GOOD), adds_id("distinct_id")),
     "--dispatch-id-key", "distinct_id", *WAIT),
    ("a nested --dispatch-id-key", "nested",
     both(expects(0, GOOD), adds_id("meta", "id")),
     "--dispatch-id-key", "meta[id]", *WAIT),
    ("an object for a nested --dispatch-id-key", "nested",
     both(expects(0, GOOD), adds_id("meta", "id")), "-p",
     '{"meta": {"a": 1}, "b": 2}', "--dispatch-id-key", "meta[id]", *WAIT),
    ("an id of the user's", "success",
     both(expects(0, GOOD), keeps_payload({"dispatch_id": "7-q"})),
     "-f", "dispatch_id=7-q", *WAIT),
    ("an id of the user's at another key", "distinct",
     both(expects(0, GOOD), keeps_payload({"distinct_id": "7"})),
     "-f", "distinct_id=7", "--dispatch-id-key", "distinct_id", *WAIT),
    ("two events to one repository", "pair",
     expects(0, "run 1000 success", "run 1100 success"), *WAIT),

    # Two sources.
    ("a filtered list that lags", "lags", expects(0, GOOD), *WAIT),
    ("a filtered list that is empty every second time", "blinks",
     expects(0, GOOD), *WAIT),
    ("a run that no filtered list has", "unindexed", expects(0, GOOD), *WAIT),
    ("150 newer runs", "deep",
     both(expects(0, GOOD), lists(r"/runs\?.*page=(6|7|8)\b", 0)), *WAIT),
    ("45 newer runs", "paged",
     both(expects(0, GOOD), asks(r"/runs\?(?!.*event=).*\bpage=3\b")), *WAIT),
    ("a late run", "late", expects(0, GOOD), *WAIT),
    ("runs out of order", "disordered",
     expects(11, "1001.*failure"), "--wait"),
    ("lists without runs", "lost", expects(0, GOOD), *WAIT),

    # An id decides.
    ("a foreign id in the same second", "foreign-id",
     expects(0, GOOD, absent=["1001", UNCERTAIN]), *WAIT),
    ("a user's id that no run shows", "untitled",
     expects(12, "no title shows its id 7", "hint: .*must show the id"),
     "-f", "dispatch_id=7", "--find-timeout", "1",
     "--wait-timeout", "4", *WAIT),
    ("our id that no run shows", "untitled",
     expects(0, GOOD, UNCERTAIN), "--find-timeout", "2", *WAIT),
    ("a title of the receiver's own", "named",
     expects(0, "1000", UNCERTAIN), "--find-timeout", "2", *WAIT),

    ("a user's id, and its run fails", "two_others",
     expects(11, "1000.*failure", absent=["1001"]),
     "-f", 'dispatch_id=7-"q"', *WAIT),
    ("an id that is a number", "cancelled_others",
     expects(0, GOOD, absent=["1001"]), "-F", "dispatch_id=7", "--wait"),
    ("an id that begins a longer word", "cancelled_longer",
     expects(0, GOOD, absent=["1001"]), "-f", "dispatch_id=ab", "--wait"),
    ("the longest id", "slow", expects(0, GOOD),
     "-f", "dispatch_id=" + "x" * 255, *WAIT),
    ("a late run with a user's id", "cancelled_later",
     expects(11, "1001.*cancelled"), "-f", "dispatch_id=7", "--wait"),
    ("a late run without an id", "cancelled_later",
     expects(0, GOOD, absent=["1001"]), "-p", json.dumps(TEN),
     "--find-timeout", "2", "--wait"),
    ("runs whose ids are not numbers", "cancelled_odd",
     expects(12, absent=["run 10"]), "--wait", "--wait-timeout", "4"),

    # Without an id.
    ("a run of another actor", "foreign-actor",
     expects(0, GOOD, absent=["1001"]), "--find-timeout", "2", "--wait",
     "-p", json.dumps(TEN)),
    ("a run of another actor, as an App", "foreign-actor",
     expects(0, GOOD, absent=["1001"]), "--find-timeout", "2", "--wait",
     "-p", json.dumps(TEN), *APP),
    ("a run of another event type", "foreign-type",
     expects(0, GOOD, absent=["1001"]), "--find-timeout", "2", "--wait",
     "-p", json.dumps(TEN)),
    ("a push in the same second", "foreign-event",
     expects(0, GOOD, absent=["1001"]), "--find-timeout", "2", *WAIT,
     "-p", json.dumps(TEN)),
    ("a run from 90 s before the event", "success_before",
     expects(0, GOOD, absent=["1001"]), "--find-timeout", "2", "--wait",
     "-p", json.dumps(TEN)),
    ("two runs of one workflow", "ambiguous",
     expects(12, AMBIGUOUS, "1000", "1001"), "--find-timeout", "2", *WAIT,
     "-p", json.dumps(TEN)),
    ("--wait-ambiguous", "ambiguous",
     expects(11, AMBIGUOUS, "1000", "1001.*failure"), "--wait-ambiguous",
     "--find-timeout", "2", *WAIT, "-p", json.dumps(TEN)),
    ("two workflows of one event", "cancelled",
     expects(11, "1001.*cancelled", absent=[AMBIGUOUS]), "--wait"),
    ("--only-workflow", "cancelled",
     expects(0, GOOD, absent=["1001"]), *WAIT),
    ("two of --only-workflow", "cancelled",
     expects(11, "1001.*cancelled"), *WAIT,
     "--only-workflow", "receiver-2.yml"),
    ("a second workflow that starts late", "two",
     expects(11, "1000.*failure"), "--wait"),
    ("no run", "none", expects(12, "no run", "hint: .*listens",
                               absent=["must show the id"]),
     "--find-timeout", "2", "--wait"),
    ("an uncertain run that fails", "untitled-failure",
     expects(11, r"ended with failure: .*\(uncertain\)"),
     "--find-timeout", "2", *WAIT),
    ("GitHub's clock is fast", "fast", expects(0, GOOD, absent=["1001"]),
     *WAIT),
    ("GitHub's clock is slow", "late-clock",
     expects(0, GOOD, absent=["1001"]), *WAIT),
    ("fast, without an id", "fast",
     expects(0, GOOD, absent=["1001"]), "-p", json.dumps(TEN), *WAIT),
    ("slow, without an id", "late-clock",
     expects(0, GOOD, absent=["1001"]), "-p", json.dumps(TEN), *WAIT),

    # Without waiting for the end.
    ("--find-run", "waiting",
     expects(0, out=["1000", "https://github.com/octo/runs-waiting"]),
     "--find-run"),
    ("--find-run without a run", "none", expects(12, "no run"), "--find-run",
     "--find-timeout", "2"),
    # An unknown delivery is looked into.
    ("500, and a run shows the id", "unknown", expects(0, GOOD), *WAIT),
    ("no response, and a run shows the id", "unknown-cut", expects(0, GOOD),
     *WAIT),
    ("500, and --find-run", "unknown", expects(0, "1000"), "--find-run"),
    ("500, and a run without the id", "unknown-untitled",
     expects(10, absent=["run 1000 success"]), "--find-timeout", "2", *WAIT),
    ("500, and no run", "unknown-none", expects(10), "--find-timeout", "2",
     *WAIT),
    # It could not look.
    ("403 to every list", "forbidden",
     expects(12, "Actions: read", absent=["no run of the event was found"]),
     *WAIT),
    ("404 to every list", "hidden",
     expects(12, absent=["no run of the event was found"]),
     "--wait-timeout", "6", *WAIT),
]


def test_cases(tap, place):
    play = Play(tap, place)
    for name, scenarios, check, *more in CASES:
        if scenarios == "pair":
            place.write("pair", "octo/runs-pair.0 deploy\n"
                        "octo/runs-pair.0 cleanup\n")
            play.add(name, "", check, *more, "--targets", "pair",
                     repositories=["octo/runs-pair.0"])
            continue
        play.add(name, scenarios, check, *more)
    play.check()
    tap.check(len(set(SEEN)) == len(SEEN) >= 8,
              "no two events have the same id", SEEN)


# Options that are refused: what, the exit status, the options.
REFUSED = [
    *((f"the dispatch_id {value[:9]}", 3,
       ["--wait", "-F", f"dispatch_id:={value}"])
      for value in ('""', '"\\u0000ab"', "{}", "null", f'"{"x" * 256}"')),
    ("--wait-timeout 0", 2, ["--wait", "--wait-timeout", "0"]),
    ("--wait-interval x", 2, ["--wait", "--wait-interval", "x"]),
    ("--find-timeout 0", 2, ["--wait", "--find-timeout", "0"]),
    ("an empty --dispatch-id-key", 2, ["--wait", "--dispatch-id-key", ""]),
    ("a wrong --dispatch-id-key", 2, ["--wait", "--dispatch-id-key", "a[b"]),
    ("more targets than --wait can follow", 2,
     ["--wait", *(word for i in range(101) for word in ("-r", f"octo/r{i}"))]),
]


def test_refusals(tap, place):
    for name, status, more in REFUSED:
        case = Case(tap, name, Run(place, dispatch(place, "octo/one",
                                                   more=more)))
        case.exits(status)
        case.sends(0)


if __name__ == "__main__":
    main(test_cases, test_refusals, test_description)
