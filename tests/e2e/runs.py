#!/usr/bin/env python3
"""runs.py - --wait: runs are found by the server's clock or by their id, and
followed to their end."""

import html
import json
import os
import signal
import sys
import time

from harness import ENV, ROOT, Case, Process, Run, dispatch, github, main

sys.path.insert(0, os.path.join(ROOT, "tests", "lint"))
from openapi import check_place  # noqa: E402

FAST = ["--wait", "--wait-interval", "1"]


def run_wait(place, *repos, more=(), env=None):
    return Run(place, dispatch(place, *repos, more=[*FAST, *more]),
               {**ENV, **(env or {})})


ENDS = [
    # The runs of the stand-in's table POLLS, more options, the exit status,
    # and a part of the output.
    ("slow", [], 0, "run 1000 success, https://github.com/octo/runs-slow"
     "/actions/runs/1000"),
    ("failure", [], 11, "run 1000 ended with failure: https://"),
    ("pending", [], 0, "run 1000 success"),
    ("two", [], 11, "run 1000 ended with failure"),
    ("skipped", [], 0, "run 1001 neutral"),
    ("cancelled", [], 11, "run 1001 ended with cancelled"),
    ("many", [], 12, "too many runs to follow"),
    ("waiting", ["--wait-timeout", "3"], 12, "its runs have not ended"),
    ("none", ["--wait-timeout", "3"], 12, "no run of the event was found"),
    # The last poll is at the end of the time, and it counts.
    ("last", ["--wait-timeout", "1"], 11, "ended with failure"),
]


def test_ends(tap, place):
    for name, more, status, text in ENDS:
        run = run_wait(place, f"octo/runs-{name}", more=more)
        case = Case(tap, f"runs-{name}", run)
        case.exits(status)
        case.check(text in run.output, f"the output contains {text!r}")


def test_pages(tap, place):
    run = run_wait(place, "octo/runs-many")
    pages = [target.rsplit("=", 1)[1] for target in run.targets[1:4]]
    Case(tap, "45 runs", run).check(pages == ["1", "2", "3"],
                                    "all pages are requested")


def test_hostile_conclusion(tap, place):
    case = Case(tap, "a hostile conclusion",
                run_wait(place, "octo/runs-hostile"))
    case.exits(11)
    case.shows_no("::error", "##[")


def test_failing_requests(tap, place):
    case = Case(tap, "an event that was not delivered",
                run_wait(place, "octo/answer-401"))
    case.exits(4)
    case.sends(1)
    case = Case(tap, "a token without the right to read runs",
                run_wait(place, "octo/answers.204.403"))
    case.exits(12)
    case.reports("Actions: read")
    run = run_wait(place, "octo/answers.204.500.nothing.503",
                   more=["--wait-timeout", "4"])
    case = Case(tap, "a server in trouble", run)
    case.exits(12)
    case.reports("no run of the event")
    case.check(len(run.requests) > 4, "it is asked again")


def test_renamed(tap, place):
    run = run_wait(place, "octo/answers.moved-path.204")
    case = Case(tap, "a renamed repository", run)
    case.check(run.targets[1] == "/repositories/1/dispatches",
               "the event is sent to the new path")
    case.check(run.targets[2].startswith("/repositories/1/actions/runs?"),
               "the runs are requested from the new path")


IDS = [
    # What is tested, the runs, the option with the id, the exit status, and
    # a text that no output contains.
    ("the run with the id fails", "two_others", ["-f", 'dispatch_id=7-"q"'],
     11, None),
    ("a run with another id is cancelled", "cancelled_others",
     ["-f", "dispatch_id=7"], 0, "1001"),
    ("an id that is a number", "cancelled_others", ["-F", "dispatch_id=7"],
     0, "1001"),
    ("an id that begins a longer word", "cancelled_longer",
     ["-f", "dispatch_id=ab"], 0, "1001"),
    ("the longest id", "slow", ["-f", "dispatch_id=" + "x" * 255], 0, None),
    # A run of five minutes after the event belongs to another event, unless
    # it shows the id.
    ("a late run without the id", "cancelled_later", [], 0, "1001"),
    ("a late run with the id", "cancelled_later", ["-f", "dispatch_id=7"],
     11, None),
    ("a run from before the event", "cancelled_before", [], 0, "1001"),
]


def test_ids(tap, place):
    for name, runs, more, status, absent in IDS:
        case = Case(tap, name, run_wait(place, f"octo/runs-{runs}",
                                        more=more))
        case.exits(status)
        if absent:
            case.check(absent not in case.run.out,
                       f"standard output does not contain {absent!r}")
    case = Case(tap, "more runs than can be checked", run_wait(
        place, "octo/runs-crowd_others", more=["-f", "dispatch_id=7"]))
    case.exits(12)
    case.reports("too many")


def test_wrong_ids(tap, place):
    for value in ('""', '"\\u0000ab"', "{}", "null", f'"{"x" * 256}"'):
        case = Case(tap, f"the dispatch_id {value[:9]}", run_wait(
            place, "octo/one", more=["-F", f"dispatch_id:={value}"]))
        case.exits(3)
        case.sends(0)
        case.reports("dispatch_id")


def test_odd_responses(tap, place):
    """Responses that GitHub does not send."""
    case = Case(tap, "runs whose ids are not numbers", run_wait(
        place, "octo/runs-cancelled_odd", more=["--wait-timeout", "3"]))
    case.exits(12)
    case.shows_no("run 10")
    case = Case(tap, "a response without runs",
                run_wait(place, "octo/runs-lost"))
    case.exits(0)
    case.sends(5)


def test_outputs(tap, place):
    place.write("outputs", "")
    place.write("summary", "")
    run = run_wait(place, "octo/runs-slow", "octo/runs-failure",
                   more=["--json"], env={
                       "GITHUB_OUTPUT": "outputs", "GITHUB_ACTIONS": "true",
                       "GITHUB_STEP_SUMMARY": "summary"})
    document = json.loads(run.out)
    case = Case(tap, "two targets, of which the second's run fails", run)
    case.exits(11)
    case.check(document["exit_status"] == 11, "exit_status is 11")
    case.check([r["conclusion"] for t in document["results"]
                for r in t["runs"]] == ["success", "failure"],
               "the document has the conclusions of both")
    case.check(run.err.count("::error::") == 1, "there is one annotation")
    check_outputs(case, place, document)
    check_summary(case, place)


def check_outputs(case, place, document):
    outputs = dict(line.split("=", 1)
                   for line in place.read("outputs").strip().splitlines())
    case.check(json.loads(outputs["results"]) == document["results"],
               "the output results is the document's", outputs)
    for name, value in (("run-id", "1000"), ("conclusion", "failure"),
                        ("response-status", "204")):
        case.check(outputs[name] == value, f"the output {name} is {value}",
                   outputs)
    case.check(outputs["run-url"].endswith("runs-failure/actions/runs/1000"),
               "the output run-url is the failed run's", outputs)
    case.check(outputs["dispatch-url"].endswith("/octo/runs-slow/dispatches"),
               "the output dispatch-url is the first target's", outputs)


def check_summary(case, place):
    rows = html.unescape(place.read("summary")).strip().splitlines()
    page = "https://github.com/octo/runs-{}/actions/runs/1000"
    case.check(len(rows) == 4, "the summary has a row for each target", rows)
    case.check(f"| [success]({page.format('slow')}) " in rows[2],
               "the summary links to the first run", rows)
    case.check(f"| [failure]({page.format('failure')}) " in rows[3],
               "the summary links to the second run", rows)


def test_app(tap, place):
    run = run_wait(place, "octo/runs-slow", more=[
        "--app-id", github.APP_ID, "--app-key", "app.pem"])
    [body] = [json.loads(body) for target, body in zip(
        run.targets, run.bodies) if "access_tokens" in target]
    case = Case(tap, "--wait as an App", run)
    case.exits(0)
    case.check(body["permissions"] == {"contents": "write",
                                       "actions": "read"},
               "the token is for the dispatch and for the runs", body)
    case.check(run.asked[-1] == "DELETE /installation/token",
               "and it is revoked at the end")


def test_signal(tap, place):
    place.write("outputs", "")
    process = Process(place, dispatch(
        place, "octo/runs-waiting",
        more=["--wait", "--json", "--wait-interval", "60"]),
        {**ENV, "GITHUB_OUTPUT": "outputs"})
    process.wait_for_request("actions/runs")
    time.sleep(0.2)
    process.child.send_signal(signal.SIGINT)
    run = process.end()
    case = Case(tap, "SIGINT during the wait", run)
    case.exits(12)
    case.reports("a signal ended the wait")
    case.check(json.loads(run.out)["results"][0]["delivered"] is True,
               "the document says that the event was delivered")
    case.check(place.read("outputs"), "the outputs are written")


def test_options(tap, place):
    for more in (["--wait-timeout", "0"], ["--wait-interval", "x"]):
        case = Case(tap, " ".join(more), run_wait(place, "octo/one",
                                                  more=more))
        case.exits(2)
        case.sends(0)
    case = Case(tap, "more targets than --wait can follow", run_wait(
        place, *[f"octo/r{i}" for i in range(101)]))
    case.exits(2)
    case.sends(0)


def test_description(tap, place):
    check_place(tap, place, least=100)


if __name__ == "__main__":
    main(test_ends, test_pages, test_hostile_conclusion,
         test_failing_requests, test_renamed, test_ids, test_wrong_ids,
         test_odd_responses, test_outputs, test_app, test_signal,
         test_options,
         test_description)
