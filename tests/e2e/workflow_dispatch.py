#!/usr/bin/env python3
"""workflow_dispatch.py - --workflow: what is sent in place of an event, what
GitHub refuses of it, servers without return_run_details, and what people and
scripts read of it."""

import json
import os
import sys

from harness import (ENV, ROOT, TOKEN, Case, Run, dispatch, github, main)

from run import read_hints

sys.path.insert(0, os.path.join(ROOT, "tests", "lint"))
from openapi import check_place  # noqa: E402

MINT = f"POST /app/installations/{github.INSTALLATION}/access_tokens"


def run_workflow(place, *repos, file="deploy.yml", ref="main", more=(),
                 env=None):
    """A dispatch with --workflow in the place of an event type."""
    arguments = [*dispatch(place, *repos), *more]
    at = arguments.index("-e")
    arguments[at:at + 2] = ["--workflow", file, "--ref", ref]
    return Run(place, arguments, ENV if env is None else env)


def sent(run, number=0):
    return json.loads(run.bodies[number])


BODIES = [
    # What is tested, more options, and the inputs.
    ("no inputs", [], {}),
    ("fields", ["-f", 'a=x "y"', "-F", "b=true", "-F", "c=7", "-F", "d=1.5",
                "-F", "e:=1.50", "-F", 'f:="\\u0041"'],
     {"a": 'x "y"', "b": "true", "c": "7", "d": "1.5", "e": "1.50",
      "f": "A"}),
    ("a payload", ["-p", '{"a": 1, "b": "two", "c": false}', "-f", "d=4"],
     {"a": "1", "b": "two", "c": "false", "d": "4"}),
    ("a variable", ["--env-field", "token=VALUE"], {"token": "of the job"}),
    ("25 inputs", [w for i in range(25) for w in ("-f", f"i{i}={i}")],
     {f"i{i}": str(i) for i in range(25)}),
]


def test_bodies(tap, place):
    for name, more, inputs in BODIES:
        run = run_workflow(place, "octo/app", more=more,
                           env={**ENV, "VALUE": "of the job"})
        case = Case(tap, name, run)
        case.exits(0)
        case.asks("POST /repos/octo/app/actions/workflows/deploy.yml/"
                  "dispatches")
        case.check(sent(run) == {"ref": "main", "return_run_details": True,
                                 "inputs": inputs}, "the body")


NAMES = [
    # The workflow, the ref, the part of the path.
    ("161335", "v1", "161335"),
    (".github/workflows/x.yaml", "refs/heads/main", "x.yaml"),
    ("my deploy.yml", 'a"b', "my%20deploy.yml"),
    ("a?b#c%2f.yml", "refs/tags/v1", "a%3Fb%23c%252f.yml"),
]


def test_names(tap, place):
    for file, ref, part in NAMES:
        run = run_workflow(place, "octo/app", file=file, ref=ref)
        case = Case(tap, file, run)
        case.exits(0)
        case.asks(f"POST /repos/octo/app/actions/workflows/{part}/dispatches")
        case.check(sent(run)["ref"] == ref, "the ref")


REFUSED = [
    # What is tested, the workflow, the ref, more options, the exit status and
    # parts of standard error. Nothing is sent.
    ("no name of a file", "Deploy", "main", [], 2, "--workflow: ", "hint: "),
    ("a path", "../../x.yml", "main", [], 2, "--workflow: "),
    ("a line end", "a\n.yml", "main", [], 2, "--workflow: "),
    ("no ref", "deploy.yml", "", [], 2, "--ref: the ref is empty"),
    ("not a ref", "deploy.yml", "HEAD~1", [], 2, '--ref: "HEAD~1" is not'),
    ("a nested field", "deploy.yml", "main", ["-f", "a[b]=1"], 3,
     '--raw-field 1: the input "a" is an object', "hint: send the JSON"),
    ("a list", "deploy.yml", "main", ["-F", "a:=[1]"], 3,
     'the input "a" is an array'),
    ("null", "deploy.yml", "main", ["-F", "a=null"], 3,
     '--field 1: the input "a" is null', "hint: leave the input out"),
    ("a nested payload", "deploy.yml", "main", ["-p", '{"a": {"b": 1}}'], 3,
     'payload:1:2: the input "a" is an object'),
    ("a whole body", "deploy.yml", "main",
     ["-p", '{"ref": "main", "inputs": {"a": "b"}}'], 3,
     "hint: the payload must be only what inputs contains"),
    ("26 inputs", "deploy.yml", "main",
     [w for i in range(26) for w in ("-f", f"i{i}=")], 3,
     "there are 26 inputs; GitHub accepts at most 25", "--no-limits"),
    ("a token in an input", "deploy.yml", "main", ["-f", f"a={TOKEN}"], 3,
     "contains the token"),
]


def test_refused(tap, place):
    for name, file, ref, more, status, *texts in REFUSED:
        case = Case(tap, name, run_workflow(place, "octo/app", file=file,
                                            ref=ref, more=more))
        case.exits(status)
        case.reports(*texts)
        case.sends(0)


def test_limits(tap, place):
    more = ["-p", json.dumps({"a": "\u00e9" * (65535 - 8)},
                             ensure_ascii=False)]
    case = Case(tap, "65,535 characters", run_workflow(
        place, "octo/app", more=more))
    case.exits(0)
    more[1] = more[1].replace('"a"', '"ab"')
    case = Case(tap, "65,536 characters", run_workflow(
        place, "octo/app", more=more))
    case.exits(3)
    case.reports("the inputs have 65536 characters")
    case = Case(tap, "65,536 characters without limits", run_workflow(
        place, "octo/app", more=[*more, "--no-limits"]))
    case.exits(6)
    case.reports("inputs are too large")


COMBINATIONS = [
    # What is tested, arguments, more variables, a part of standard error.
    ("an event type", ["--workflow", "d.yml", "--ref", "m", "-e", "x"], {},
     "--workflow and --event-type exclude each other"),
    ("the variable of an event type", ["--workflow", "d.yml", "--ref", "m"],
     {"DISPATCH_EVENT_TYPE": "x"},
     "--workflow and DISPATCH_EVENT_TYPE exclude each other"),
    ("the key of an id", ["--workflow", "d.yml", "--ref", "m",
                          "--dispatch-id-key", "x"], {},
     "--workflow and --dispatch-id-key exclude each other"),
    ("a workflow without a ref", ["--workflow", "d.yml"], {},
     "--workflow needs --ref REF"),
    ("a ref without a workflow", ["-e", "x", "--ref", "m"], {},
     "--ref needs --workflow FILE"),
    ("nothing to send", [], {},
     "--event-type TYPE is required, or --workflow FILE"),
]


def test_combinations(tap, place):
    for name, arguments, env, text in COMBINATIONS:
        case = Case(tap, name, Run(
            place, ["-r", "octo/app", *arguments], {**ENV, **env}))
        case.exits(2)
        case.reports(text)
    place.write("targets", "octo/one\nocto/two own_type\n")
    case = Case(tap, "an event type in --targets", run_workflow(
        place, "octo/app", more=["--targets", "targets"]))
    case.exits(2)
    case.reports('--targets: octo/two has the event type "own_type", but '
                 '--workflow sends no event type')
    case.sends(0)


ANSWERS = [
    # What GitHub refuses: the repository, the workflow, more options, the
    # exit status and parts of standard error.
    ("octo/app", "missing.yml", [], 5, "HTTP 404", "default branch"),
    ("octo/app", "untriggered.yml", [], 6, "'workflow_dispatch' trigger",
     'hint: the workflow\'s file needs "on: workflow_dispatch"'),
    ("octo/app", "disabled.yml", [], 6, "hint: enable the workflow"),
    ("octo/app", "strict.yml", ["-f", "other=1"], 6,
     'Unexpected inputs provided: [\\x22other\\x22]'.replace("\\x22", '"'),
     "hint: the workflow's file on this ref does not define"),
    ("octo/app", "requires.yml", [], 6,
     "Required input 'version' not provided", "hint: the workflow's file"),
    ("octo/answer-403", "a.yml", [], 4, "permissions: actions: write"),
    ("octo/answer-403-pat", "a.yml", [], 4, "Actions: Read and write"),
    ("octo/answer-403-plain", "a.yml", [], 4, "scope repo"),
    ("octo/answer-422-unknown", "a.yml", [], 6, "the ref and the inputs"),
    ("octo/answer-500", "a.yml", [], 10, "may have been recorded"),
    ("octo/answer-nothing", "a.yml", [], 10, "may have been recorded"),
]


def test_answers(tap, place):
    for repository, file, more, status, *texts in ANSWERS:
        case = Case(tap, f"{repository}, {file}", run_workflow(
            place, repository, file=file, more=more))
        case.exits(status)
        case.reports(*texts)
        case.sends(1)
    case = Case(tap, "no such ref", run_workflow(place, "octo/app",
                                                 ref="missing"))
    case.exits(6)
    case.reports("No ref found for: missing", "a branch or a tag")
    case = Case(tap, "a rate limit", run_workflow(
        place, "octo/answers.429-second.204"))
    case.exits(0)
    case.sends(2)


def test_hints(tap, place):
    """Each hint about a workflow was given."""
    for repository in ("octo/answer-403-plain", "octo/answer-404"):
        run_workflow(place, repository,
                     env={"GH_PAT": "github_pat_" + "x" * 40})
    run_workflow(place, "octo/answer-422")
    hints = read_hints("WORKFLOW")
    tap.check(len(hints) > 10, "there are more than 10 hints about workflows")
    for hint in hints:
        tap.check(place.shows(hint), f"a case shows the hint: {hint}")


OLDER = [
    # Servers without return_run_details.
    ("a server that names it", "octo/runs-no-details"),
    ("a server that responds with 400", "octo/answers.400.204"),
]


def test_older_servers(tap, place):
    for name, repository in OLDER:
        run = run_workflow(place, repository, more=["-f", "a=1"])
        case = Case(tap, name, run)
        case.exits(0)
        case.sends(2)
        case.check("return_run_details" in sent(run) and
                   sent(run, 1) == {"ref": "main", "inputs": {"a": "1"}},
                   "the second request is the first without it")
        case.prints("workflow deploy.yml dispatched on main, HTTP 204")
    run = run_workflow(place, "octo/runs-no-details", "octo/runs-no-details.2")
    case = Case(tap, "two targets of such a server", run)
    case.exits(0)
    case.check(["return_run_details" in sent(run, i) for i in range(3)] ==
               [True, False, False], "only the first request asks for it")
    case = Case(tap, "a server that refuses both", run_workflow(
        place, "octo/answer-400"))
    case.exits(6)
    case.sends(2)


def test_reports(tap, place):
    run = run_workflow(place, "octo/app", "octo/missing", more=["--json"])
    case = Case(tap, "--json", run)
    case.exits(0)
    first = json.loads(run.out)["results"][0]
    url = (f"https://localhost:{place.port}/repos/octo/app/actions/workflows/"
           "deploy.yml/dispatches")
    case.check({key: first[key] for key in
                ("event_type", "workflow", "ref", "url", "delivered",
                 "status")} ==
               {"event_type": None, "workflow": "deploy.yml", "ref": "main",
                "url": url, "delivered": True, "status": 200},
               "the result")
    case.check(first["runs"][0]["id"] == 1000 and
               first["runs"][0]["url"].endswith("/actions/runs/1000"),
               "its run")
    place.write("outputs", "")
    place.write("summary", "")
    case = Case(tap, "a step", run_workflow(
        place, "octo/app", file="my deploy.yml", env={
            **ENV, "GITHUB_OUTPUT": place.file("outputs"),
            "GITHUB_STEP_SUMMARY": place.file("summary")}))
    case.exits(0)
    case.prints("octo/app: workflow my deploy.yml dispatched on main, HTTP "
                "200, request ", ", run 1000, https://")
    outputs = dict(line.split("=", 1)
                   for line in place.read("outputs").splitlines())
    case.check(outputs["dispatch-url"] == url.replace(
        "deploy.yml", "my%20deploy.yml"), "the output dispatch-url")
    case.check(outputs["run-id"] == "1000", "the output run-id")
    case.check(outputs["run-url"].endswith("/actions/runs/1000"),
               "the output run-url")
    case.check("| octo/app | my deploy.yml on main | yes |"
               in place.read("summary"), "the summary's row")


def test_dry_run(tap, place):
    run = run_workflow(place, "octo/app", more=["-n", "-F", "a=true"])
    case = Case(tap, "--dry-run", run)
    case.exits(0)
    case.sends(0)
    case.prints("POST /repos/octo/app/actions/workflows/deploy.yml/dispatches",
                '{"ref":"main","return_run_details":true,'
                '"inputs":{"a":"true"}}')
    run = run_workflow(place, "octo/app", more=["-n", "--json"])
    result = json.loads(run.out)["results"][0]
    Case(tap, "--dry-run --json", run).check(
        result["event_type"] is None and result["workflow"] == "deploy.yml"
        and result["body"]["ref"] == "main", "the result")


def test_renamed(tap, place):
    run = run_workflow(place, "octo/runs-renamed")
    case = Case(tap, "a renamed repository", run)
    case.exits(0)
    case.check(len(run.targets) == 2 and
               run.targets[1].startswith("/repositories/") and
               run.targets[1].endswith("/actions/workflows/deploy.yml/"
                                       "dispatches"),
               "the workflow is started at the new path")


def test_app(tap, place):
    run = run_workflow(place, "octo/app", more=[
        "--app-id", github.APP_ID, "--app-key", "app.pem",
        "--installation-id", str(github.INSTALLATION)], env={})
    case = Case(tap, "an App", run)
    case.exits(0)
    case.check(run.asked[:2] == [
        MINT, "POST /repos/octo/app/actions/workflows/deploy.yml/dispatches"],
        "the requests")
    case.check(sent(run)["permissions"] == {"actions": "write"},
               "the token's permissions")


WAITS = [
    # The runs, more options, the workflow, the exit status, and how often the
    # lists of runs may be read: not at all if GitHub named the run.
    ("runs-slow", ["--wait"], "receiver.yml", 0, 0),
    ("runs-failure", ["--wait"], "receiver.yml", 11, 0),
    ("runs-slow.find", ["--find-run"], "receiver.yml", 0, 0),
    # The list of an older server: of this workflow on this ref.
    # For 15 seconds, since the run is only likely.
    ("runs-no-details.wait", ["--wait"], "receiver.yml", 0, 45),
    ("runs-no-details.find", ["--find-run"], "receiver.yml", 0, 9),
]


def test_waits(tap, place):
    for name, more, file, status, lists in WAITS:
        run = run_workflow(place, f"octo/{name}", file=file, more=[
            *more, "--wait-interval", "1", "--find-timeout", "10"])
        case = Case(tap, f"{name} {more[0]}", run)
        case.exits(status)
        case.prints("run 1000 ")
        case.check(sum("runs?" in target for target in run.targets) <= lists,
                   f"the lists are read {lists} times at most")
        case.check(not any(b"dispatch_id" in body for body in run.bodies),
                   "no id is added to the inputs")
    run = run_workflow(place, "octo/runs-no-details.ref", ref="other", more=[
        "--find-run", "--find-timeout", "2"])
    case = Case(tap, "a run on another ref", run)
    case.exits(12)
    case.reports("no run of the workflow was found")


def test_description(tap, place):
    check_place(tap, place, least=30)


if __name__ == "__main__":
    main(test_bodies, test_names, test_refused, test_limits,
         test_combinations, test_answers, test_hints, test_older_servers,
         test_reports, test_dry_run, test_renamed, test_app, test_waits,
         test_description)
