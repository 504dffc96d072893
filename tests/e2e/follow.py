#!/usr/bin/env python3
"""follow.py - --wait and --wait-cancel: a run that is known is followed
cheaply and through troubles, what becomes of it is shown, and a signal or the
end of the time leaves nothing unsaid."""

import html
import json
import os
import re
import signal
import subprocess

from harness import (BINARY, TOKEN, Case, dispatch, github, main,
                     test_description)
from waiting import FAST, Play, both, expects, read_outputs

ONE = ("--only-workflow", "receiver.yml")
WAIT = ("--wait", *ONE)
GOOD = r"run 1000 success"
SINGLE = r"GET .*/actions/runs/1000$"
APP = ("--app-id", github.APP_ID, "--app-key", "app.pem")


def revalidates(case):
    """Requests for a run carry the tag of the response before."""
    tags = [dict(request["fields"]).get("If-None-Match")
            for request, asked in zip(case.run.requests, case.run.asked)
            if re.search(SINGLE, asked)]
    case.check(tags and any(tags[1:]),
               "a request for the run has If-None-Match", tags)


def moves(case):
    """The redirect is not asked for again and again."""
    asked = case.run.asked_for(r"/repositories/\d+/actions/runs")
    case.check(asked, "runs are requested from the new path")


def follows_by_id(case):
    case.check(case.run.asked_for(SINGLE), "the run is requested by its id")


def cancels(*runs):
    def check(case):
        found = [re.search(r"runs/(\d+)/cancel", asked)[1]
                 for asked in case.run.asked_for("^POST .*/cancel$")]
        case.check(sorted(set(found)) == sorted(runs),
                   f"cancelled are {runs}", found)
    return check


def asks_no(pattern):
    def check(case):
        case.check(not case.run.asked_for(pattern), f"no request {pattern}")
    return check


# What is tested, the scenarios, the check, the options, and the request after
# which SIGINT comes.
CASES = [
    # What runs end with.
    ("a run that fails", "failure",
     expects(11, r"run 1000 ended with failure.*https://github.com/octo/"),
     WAIT),
    ("a pending run", "pending", expects(0, GOOD), WAIT),
    ("skipped and neutral", "skipped", expects(0, "1000.*skipped",
                                               "1001.*neutral"), ("--wait",)),
    ("a run that times out", "timed-out", expects(11, "timed_out"), WAIT),
    ("a run without jobs", "startup", expects(11, "startup_failure"), WAIT),
    ("45 runs of 45 workflows", "many", expects(12, "too many"), ("--wait",)),
    ("a hostile conclusion", "hostile",
     expects(11, absent=["::error", "##\\["]), WAIT),
    ("hostile names", "hostile-names",
     expects(11, absent=["\n::", "::error", "::notice", "##\\[", "\x1b"]),
     WAIT),
    ("a run that does not end", "open", expects(12, "not ended"),
     (*WAIT, "--wait-timeout", "4")),

    # Followed by its id, cheaply.
    ("a run that goes on", "flaky",
     both(expects(0, GOOD), revalidates, follows_by_id), WAIT),
    ("connections that are cut", "cut", expects(0, GOOD), WAIT),
    ("an outage", "outage", expects(0, GOOD), WAIT),
    ("rate limits", "limited", expects(0, GOOD), WAIT),
    ("a token that expires", "expired",
     expects(12, "expired"), (*WAIT, "--wait-timeout", "8")),
    ("an App's token that expires", "expires",
     expects(0, GOOD), (*WAIT, *APP)),
    ("a renamed repository", "renamed", both(expects(0, GOOD), moves), WAIT),
    ("a repository that is renamed meanwhile", "renames",
     both(expects(0, GOOD), moves), WAIT),
    ("a run that is deleted", "deleted", expects(12, "1000"),
     (*WAIT, "--wait-timeout", "12")),
    ("a run that is run again", "rerun", expects(0, GOOD), WAIT),

    # What is shown.
    ("each change", "slow",
     expects(0, r"octo/runs-slow\S*: run 1000 queued.*https://github.com/octo/"
             r"runs-slow\S*/actions/runs/1000", "run 1000.*in_progress",
             out=[GOOD]), WAIT),
    ("failed jobs and steps", "jobs",
     expects(11, r"build \(arm\)", "Compile", r"/actions/runs/1000/job/\d+",
             absent=["lint"]), WAIT),
    ("40 failed jobs", "matrix", expects(11, "test 0", r"and \d+ more"), WAIT),
    ("what it waits for", "waiting", expects(12, "production", "approval"),
     (*WAIT, "--wait-timeout", "4")),
    ("a run that is approved", "approved",
     expects(0, GOOD, "waiting", "production"), WAIT),

    # A signal, and --wait-cancel.
    ("SIGINT before a run is known", "none",
     expects(12, "no run of the event is known yet", "signal"),
     ("--wait", "--wait-interval", "60"), r"GET .*/actions/runs\?"),
    ("SIGINT while a run is followed", "open",
     both(expects(12, "1000", "signal"), asks_no("/cancel")), WAIT, SINGLE),
    ("SIGINT while an unknown delivery is looked into", "unknown-none",
     expects(10, "no run shows its id", "hint: the event may have been"),
     WAIT, r"GET .*/actions/runs\?"),
    ("--wait-cancel and SIGINT", "open-pair",
     both(expects(12, "cancel", absent=["continue on GitHub"]),
          cancels("1000", "1001")),
     ("--wait", "--wait-cancel"), r"GET .*/actions/runs/1001$"),
    ("--wait-cancel and --wait-timeout", "open",
     both(expects(12, "cancel"), cancels("1000")),
     (*WAIT, "--wait-cancel", "--wait-timeout", "4")),
    ("--wait-cancel and a run that goes on", "stubborn",
     both(expects(12, "1000"), cancels("1000")),
     (*WAIT, "--wait-cancel", "--wait-timeout", "4")),
    ("--wait-cancel without the right to", "uncancelled",
     both(expects(12, "not cancelled", "1000"), cancels("1000")),
     (*WAIT, "--wait-cancel", "--wait-timeout", "4")),
    ("--wait-cancel and a run that has ended", "success",
     both(expects(0, GOOD), asks_no("/cancel")), (*WAIT, "--wait-cancel")),
]


def test_cases(tap, place):
    play = Play(tap, place)
    for name, scenarios, check, more, *after in CASES:
        play.add(name, scenarios, check, *more,
                 interrupted_by=after[0] if after else None)
    add_outputs(play, place)
    play.check()


def add_outputs(play, place):
    """Files of a step under Actions."""
    for name in ("outputs", "summary", "outputs-app", "outputs-signal"):
        place.write(name, "")
    files = {"GITHUB_OUTPUT": "outputs", "GITHUB_ACTIONS": "true",
             "GITHUB_STEP_SUMMARY": "summary"}
    play.add("two targets, of which the second's run fails", "slow failure",
             lambda case: check_files(case, place), *WAIT, "--json",
             env=files)
    play.add("an App", "slow", check_rights, *WAIT, *APP)
    play.add("SIGINT and the outputs", "open", lambda case:
             check_interrupted(case, place), *WAIT, "--json",
             env={"GITHUB_OUTPUT": "outputs-signal"}, interrupted_by=SINGLE)


def check_files(case, place):
    case.exits(11)
    document = json.loads(case.run.out)
    case.check(document["exit_status"] == 11, "exit_status is 11")
    runs = [r for t in document["results"] for r in t["runs"]]
    case.check([r["conclusion"] for r in runs] == ["success", "failure"],
               "the document has the conclusions of both")
    case.check(case.run.err.count("::error::") == 1,
               "there is one annotation")
    case.check("::group::" not in case.run.output, "there is no group")
    lines = place.read("outputs").splitlines()
    first = [line for line in lines if line.startswith("run-id=")]
    case.check(len(first) > 1, "run-id is written when it is known", lines)
    outputs = read_outputs(place, "outputs")
    case.check(json.loads(outputs["results"]) == document["results"],
               "the output results is the document's", outputs)
    for name, value in (("run-id", "11000"), ("conclusion", "failure"),
                        ("response-status", "204")):
        case.check(outputs[name] == value, f"the output {name} is {value}",
                   outputs)
    good, bad = case.run.repositories
    case.check(outputs["run-url"].endswith(f"{bad}/actions/runs/11000"),
               "the output run-url is the failed run's", outputs)
    case.check(outputs["dispatch-url"].endswith(f"{good}/dispatches"),
               "the output dispatch-url is the first target's", outputs)
    rows = html.unescape(place.read("summary")).strip().splitlines()
    page = "https://github.com/{}/actions/runs/{}"
    case.check(sum(line.startswith("| ") for line in rows) == 4,
               "the summary is written once, a row for each target", rows)
    for word, *run in (("success", good, 1000), ("failure", bad, 11000)):
        case.check(any(f"| [{word}]({page.format(*run)})" in row
                       for row in rows),
                   f"the summary links to the run of {run}", rows)


def check_rights(case):
    case.exits(0)
    received = case.run.place.received()
    bodies = [json.loads(entry["body"]) for entry in received
              if "access_tokens" in entry["target"]]
    case.check("/installation/token" in [r["target"] for r in received],
               "a token is revoked at the end")
    case.check(any(body["permissions"] == {"contents": "write",
                                           "actions": "read"}
                   for body in bodies),
               "the token is for the dispatch and for the runs", bodies)


def check_interrupted(case, place):
    case.exits(12)
    result = json.loads(case.run.out)["results"][0]
    case.check(result["delivered"] is True,
               "the document says that the event was delivered")
    case.check([run["id"] for run in result["runs"]] == [1000],
               "the document has the run that was known")
    outputs = read_outputs(place, "outputs-signal")
    case.check(outputs.get("run-id") == "1000", "the outputs are written",
               outputs)


def test_terminal(tap, place):
    """What a person sees: script(1) gives the program a terminal, and sends
    what is typed to it."""
    command = [BINARY, *dispatch(place, "octo/runs-approved.terminal",
                                 more=[*FAST, *WAIT])]
    session = Session(place, command, None)
    lines = session.lines()
    tap.check(session.status == 0 and "success" in lines[-1],
              "a session ends with the result", *lines)
    words = [word for word in ("queued", "waiting", "success")
             for line in lines if f"run 1000 {word}" in line]
    tap.check(words[:1] == ["queued"] and words[-1:] == ["success"],
              "a session shows the run from its beginning to its end", *lines)
    tap.check("\x1b" not in session.text and "\r\n" in session.text and
              not re.search(r"[^\r\n]\r[^\n]", session.text),
              "a session has plain lines", *lines)
    command = [BINARY, *dispatch(place, "octo/runs-open.terminal",
                                 more=[*FAST, *WAIT])]
    session = Session(place, command, "in_progress")
    lines = session.lines()
    tap.check(session.status == 12, "Ctrl-C ends a session", session.status,
              *lines)
    tap.check(any("1000" in line and "signal" in line for line in lines) or
              any("signal" in line for line in lines[-3:]),
              "after Ctrl-C a session says what was known", *lines)


class Session:
    """A command in a terminal. typed_after: what is shown before Ctrl-C is
    typed, or None."""

    def __init__(self, place, command, typed_after):
        with subprocess.Popen(
                ["script", "-qec", "exec " + " ".join(command), "/dev/null"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                cwd=place.path, env={"GH_PAT": TOKEN, "TERM": "xterm",
                                     "PATH": os.environ["PATH"]}) as child:
            shown = b""
            while more := child.stdout.read1():
                shown += more
                if typed_after and typed_after.encode() in shown:
                    child.stdin.write(b"\x03")
                    child.stdin.flush()
                    typed_after = None
        self.status = child.returncode
        self.text = shown.decode("latin-1")
        place.keep(shown, "a session")

    def lines(self):
        return self.text.replace("\r\n", "\n").strip("\n").split("\n")


if __name__ == "__main__":
    main(test_cases, test_terminal, test_description)
