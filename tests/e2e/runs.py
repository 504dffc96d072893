#!/usr/bin/env python3
"""runs.py - --wait: runs are found by the server's clock or by their id, and
followed to their end, whatever way they go."""

import html
import json
import os
import signal
import subprocess
import sys
import time

from harness import BINARY, TOKEN, Place, Tap, github, has_secret

ENV = {"GH_PAT": TOKEN}


def arguments(place, port, *repos, more=()):
    return [a for repo in repos for a in ("-r", repo)] + [
        "-e", "deploy", "--api-url", f"https://localhost:{port}", "--ca-file",
        place.file("root.pem"), "--wait", "--wait-interval", "1", *more]


class Run:
    def __init__(self, place, port, *repos, more=(), env=None):
        before = len(place.requests())
        result = place.run(arguments(place, port, *repos, more=more),
                           {**ENV, **(env or {})})
        self.status = result.returncode
        self.out = result.stdout.decode()
        self.err = result.stderr.decode()
        self.asked = [json.loads(line)["target"]
                      for line in place.requests()[before:]]


def test_ends(tap, place, port):
    for name, status, said in (
            ("slow", 0, "run 1000 success, https://github.com/octo/runs-slow"
             "/actions/runs/1000"),
            ("failure", 11, "run 1000 ended with failure: https://"),
            ("pending", 0, "run 1000 success"),
            ("two", 11, "run 1000 ended with failure"),
            ("skipped", 0, "run 1001 neutral"),
            ("cancelled", 11, "run 1001 ended with cancelled"),
            ("many", 12, "too many runs to follow")):
        run = Run(place, port, f"octo/runs-{name}")
        tap.check(run.status == status and said in run.out + run.err,
                  f"runs that are {name}", run.status, run.out, run.err)
    run = Run(place, port, "octo/runs-many")
    tap.check([t.rsplit("=", 1)[1] for t in run.asked[1:4]] ==
              ["1", "2", "3"], "all pages are looked at", run.asked)
    for name, said in (("waiting", "its runs have not ended"),
                       ("none", "no run of the event was found")):
        run = Run(place, port, f"octo/runs-{name}",
                  more=["--wait-timeout", "3"])
        tap.check(run.status == 12 and said in run.err, f"runs: {name}",
                  run.err)
    run = Run(place, port, "octo/runs-last", more=["--wait-timeout", "1"])
    tap.check(run.status == 11 and "ended with failure" in run.err,
              "what the last look finds at its end counts", run.err)
    run = Run(place, port, "octo/runs-hostile")
    tap.check(run.status == 11 and "::error" not in run.err and
              "##[" not in run.err + run.out, "a hostile end", run.err)
    run = Run(place, port, "octo/answer-401")
    tap.check(run.status == 4 and len(run.asked) == 1,
              "what was not sent is not waited for", run.err)
    run = Run(place, port, "octo/answers.204.403")
    tap.check(run.status == 12 and "Actions: read" in run.err,
              "a token that may not look", run.err)
    run = Run(place, port, "octo/answers.204.500.nothing.503",
              more=["--wait-timeout", "4"])
    tap.check(run.status == 12 and "no run of the event" in run.err and
              len(run.asked) > 4,
              "a server in trouble is asked again", run.asked, run.err)
    run = Run(place, port, "octo/answers.moved-path.204")
    tap.check(run.asked[1] == "/repositories/1/dispatches" and
              run.asked[2].startswith("/repositories/1/actions/runs?"),
              "a renamed repository", run.asked, run.err)


def test_id(tap, place, port):
    run = Run(place, port, "octo/runs-two_others",
              more=["-f", "dispatch_id=7-\"q\""])
    tap.check(run.status == 11, "the id's own run failed", run.err)
    run = Run(place, port, "octo/runs-cancelled_others",
              more=["-f", "dispatch_id=7"])
    tap.check(run.status == 0 and "1001" not in run.out,
              "another one's end does not matter", run.out, run.err)
    run = Run(place, port, "octo/runs-cancelled_others",
              more=["-F", "dispatch_id=7"])
    tap.check(run.status == 0 and "1001" not in run.out,
              "an id that is a number", run.out, run.err)
    run = Run(place, port, "octo/runs-cancelled_longer",
              more=["-f", "dispatch_id=ab"])
    tap.check(run.status == 0 and "1001" not in run.out,
              "an id is no part of a word", run.out, run.err)
    run = Run(place, port, "octo/runs-crowd_others",
              more=["-f", "dispatch_id=7"])
    tap.check(run.status == 12 and "too many" in run.err,
              "more runs than are looked at", run.out, run.err)
    run = Run(place, port, "octo/runs-slow",
              more=["-f", "dispatch_id=" + "x" * 255])
    tap.check(run.status == 0, "an id as long as can be", run.err)
    for value in ('""', '"\\u0000ab"', "{}", "null", f'"{"x" * 256}"'):
        run = Run(place, port, "octo/one", more=["-F", f"dispatch_id:={value}"])
        tap.check(run.status == 3 and not run.asked and
                  "dispatch_id" in run.err,
                  f"a dispatch_id that is none: {value[:9]}", run.err)


def test_odd(tap, place, port):
    """Answers that are not as GitHub's are."""
    run = Run(place, port, "octo/runs-cancelled_before")
    tap.check(run.status == 0 and "1001" not in run.out,
              "a run from before the event, though it was not asked for",
              run.out, run.err)
    run = Run(place, port, "octo/runs-cancelled_odd",
              more=["--wait-timeout", "3"])
    tap.check(run.status == 12 and "run 10" not in run.out + run.err,
              "runs whose ids cannot be read are none that succeeded",
              run.out, run.err)
    run = Run(place, port, "octo/runs-lost")
    tap.check(run.status == 0 and len(run.asked) == 5,
              "an answer without runs is no look", run.asked, run.err)


def test_later(tap, place, port):
    run = Run(place, port, "octo/runs-cancelled_later")
    tap.check(run.status == 0 and "1001" not in run.out,
              "a run of five minutes later is another event's", run.out,
              run.err)
    run = Run(place, port, "octo/runs-cancelled_later",
              more=["-f", "dispatch_id=7"])
    tap.check(run.status == 11, "unless it shows the id", run.out, run.err)


def test_outputs(tap, place, port):
    place.write("outputs", "")
    place.write("summary", "")
    env = {"GITHUB_OUTPUT": "outputs", "GITHUB_STEP_SUMMARY": "summary",
           "GITHUB_ACTIONS": "true"}
    run = Run(place, port, "octo/runs-slow", "octo/runs-failure",
              more=["--json"], env=env)
    with open(place.file("outputs"), encoding="ascii") as f:
        told = dict(line.split("=", 1)
                    for line in f.read().strip().splitlines())
    document = json.loads(run.out)
    tap.check(run.status == document["exit_status"] == 11,
              "the first failure decides", run.out, run.err)
    tap.check(json.loads(told["results"]) == document["results"] and
              [r["conclusion"] for t in document["results"]
               for r in t["runs"]] == ["success", "failure"],
              "results of both", told, document)
    tap.check(told["run-id"] == "1000" and told["conclusion"] == "failure" and
              told["run-url"].endswith("runs-failure/actions/runs/1000") and
              told["response-status"] == "204" and
              told["dispatch-url"].endswith("/octo/runs-slow/dispatches"),
              "the step's outputs", told)
    with open(place.file("summary"), encoding="ascii") as f:
        rows = html.unescape(f.read()).strip().splitlines()
    page = "https://github.com/octo/runs-{}/actions/runs/1000"
    tap.check(len(rows) == 4 and
              f"| [success]({page.format('slow')}) |" in rows[2] and
              f"| [failure]({page.format('failure')}) |" in rows[3],
              "the step's summary has links to the runs", rows)
    tap.check(run.err.count("::error::") == 1, "one annotation", run.err)


def test_app(tap, place, port):
    run = Run(place, port, "octo/runs-slow", more=[
        "--app-id", github.APP_ID, "--app-key", "app.pem"])
    body = [json.loads(json.loads(line)["body"]) for line in place.requests()
            if "access_tokens" in line][-1]
    tap.check(run.status == 0 and body["permissions"] == {
        "contents": "write", "actions": "read"}, "an App asks for both",
        run.err, body)


def test_signal(tap, place, port):
    place.write("outputs", "")
    process = subprocess.Popen(
        [BINARY, *arguments(place, port, "octo/runs-waiting",
                            more=["--json", "--wait-interval", "60"])],
        env={**ENV, "GITHUB_OUTPUT": place.file("outputs")},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    before = time.monotonic()
    while "actions/runs" not in place.requests()[-1] and \
            time.monotonic() < before + 20:
        time.sleep(0.05)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    place.outputs += [out, err]
    tap.check(process.returncode == 12 and
              b"a signal ended the wait" in err and
              json.loads(out)["results"][0]["delivered"] is True and
              os.path.getsize(place.file("outputs")) > 0,
              "Ctrl-C tells what was sent", out, err)


def test_options(tap, place, port):
    for more in (["--wait-timeout", "0"], ["--wait-interval", "x"]):
        run = Run(place, port, "octo/one", more=more)
        tap.check(run.status == 2 and not run.asked, " ".join(more), run.err)
    run = Run(place, port, *[f"octo/r{i}" for i in range(101)])
    tap.check(run.status == 2 and not run.asked, "too many to follow",
              run.err)


def main():
    tap = Tap()
    with Place() as place:
        port = place.stand_in()
        test_ends(tap, place, port)
        test_id(tap, place, port)
        test_odd(tap, place, port)
        test_later(tap, place, port)
        test_outputs(tap, place, port)
        test_app(tap, place, port)
        test_signal(tap, place, port)
        test_options(tap, place, port)
        tap.check(not has_secret(b"".join(place.outputs)),
                  "no token is in any output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
