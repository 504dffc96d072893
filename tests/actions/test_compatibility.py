#!/usr/bin/env python3
"""test_compatibility.py - the commands that workflows and scripts call already,
word for word: of the README and the guide, of older scripts of the name
repository-dispatch.sh (-t -o -r -e -p --target-owner --target-repo -h, GH_PAT,
OWNER, REPO, DEBUG), and steps of the action. A command here may be called
anywhere: it keeps its meaning.

Each one is a line for sh. older_commands.toml has those of older documents. The
stand-in takes the place of api.github.com."""

import os
import re
import tomllib

import yaml
from machine import (BARE, BINARY, SCRIPT, TOKEN, TOOLS, Case, Job, Run,
                     Stage, events_of, harness, search_path, write_program)

HERE = {"GITHUB_REPOSITORY": "octo-org/octo-app"}
APP = {"DISPATCH_APP_ID": harness.github.APP_ID}
INSTALLATION = harness.github.INSTALLATION
EVENT = ("octo-org/octo-app", "deploy", {})
REF = ("octo-org/octo-app", "deploy", {"ref": "main"})

# Commands for the binary and for the script: NAME stands for either. Their
# variables beside GH_PAT, and the events.
COMMANDS = [
    ("NAME -o octo-org -r octo-app -e deploy -p '{\"ref\": \"main\"}'", {},
     [REF]),
    ("NAME -t \"$GH_PAT\" -o octo-org -r octo-app -e deploy", {}, [EVENT]),
    ("NAME -e deploy", HERE, [EVENT]),
    ("NAME -e deploy", {"OWNER": "octo-org", "REPO": "octo-app"}, [EVENT]),
    ("NAME -e deploy", {**HERE, "REPO": "other"},
     [("octo-org/other", "deploy", {})]),
    ("NAME -e deploy -p '{\"ref\": \"main\"}' --target-owner octo-org "
     "--target-repo octo-app", {"OWNER": "a", "REPO": "b"}, [REF]),
    ("DEBUG=1 NAME --repo octo-org/octo-app --event-type deploy", {},
     [EVENT]),
    ("DEBUG=0 NAME --repo octo-org/octo-app --event-type deploy", {},
     [EVENT]),
    ("NAME --repo octo-org/octo-app --event-type deploy \\\n"
     "    --payload '{\"ref\": \"main\", \"retries\": 3}'", {},
     [("octo-org/octo-app", "deploy", {"ref": "main", "retries": 3})]),
    ("NAME --owner octo-org --repo octo-app --event-type=deploy", {},
     [EVENT]),
    ("NAME --token \"$GH_PAT\" --repo octo-org/octo-app --event-type deploy",
     {}, [EVENT]),
    ("NAME --repo octo-org/octo-app --event-type deploy "
     "--client-payload '{\"ref\": \"main\"}'", {}, [REF]),
    ("NAME --repo octo-org/octo-app --event-type deploy --raw-field ref=main",
     {}, [REF]),
    ("NAME --repo octo-org/octo-app --event-type deploy -f ref=main", {},
     [REF]),
    ("NAME --repo octo-org/octo-app --event-type deploy \\\n"
     "    --raw-field ref=main \\\n    --field build=7", {},
     [("octo-org/octo-app", "deploy", {"ref": "main", "build": 7})]),
    ("NAME -r octo-org/octo-app -e deploy -F build=7 -F 'a[b]:=[1, null]'",
     {}, [("octo-org/octo-app", "deploy",
           {"build": 7, "a": {"b": [1, None]}})]),
    ("NAME -r octo-org/octo-app -e deploy --payload @payload.json", {},
     [REF]),
    ("NAME -r octo-org/octo-app -e deploy --payload @- <payload.json", {},
     [REF]),
    ("NAME --token-file token.txt --repo octo-org/octo-app "
     "--event-type deploy", {"GH_PAT": None}, [EVENT]),
    ("NAME --token-file - --repo octo-org/octo-app --event-type deploy "
     "<token.txt", {"GH_PAT": None}, [EVENT]),
    ("NAME --event-type deploy --targets services.txt --repo octo-org/web "
     "--pace 0", {},
     [("octo-org/web", "deploy", {}), ("octo-org/one", "deploy", {}),
      ("octo-org/two", "other", {})]),
    ("NAME --repo octo-org/one --repo octo-org/two -e deploy", {},
     [("octo-org/one", "deploy", {}), ("octo-org/two", "deploy", {})]),
    ("NAME --app-id \"$DISPATCH_APP_ID\" --app-key app.pem \\\n"
     "    --repo octo-org/octo-app --event-type deploy "
     f"--installation-id {INSTALLATION}", APP, [EVENT]),
    ("NAME -r octo-org/octo-app -e deploy --timeout 30 --connect-timeout 5 "
     "--retries 0 --no-limits", {}, [EVENT]),
    ("NAME -r octo-org/octo-app -e deploy --api-url \"$GITHUB_API_URL\" "
     "--ca-file root.pem", {"SSL_CERT_FILE": None}, [EVENT]),
    ("NAME -r octo-org/octo-app -e deploy -q", {}, [EVENT]),
    ("NAME -r octo-org/octo-app -e deploy --quiet --json", {}, [EVENT]),
    ("NAME -r octo-org/octo-app -e deploy -v", {}, [EVENT]),
    ("NAME -r octo-org/octo-app -e deploy --verbose", {}, [EVENT]),
    ("NAME -r octo-org/octo-app -e deploy --dry-run", {}, []),
    ("NAME -nr octo-org/octo-app -e deploy", {}, []),
    ("NAME --check-json payload.json", {}, []),
    ("NAME -h", {}, []), ("NAME --help", {}, []), ("NAME -V", {}, []),
    ("NAME --version", {}, []),
    # Each option by its variable, for images without a shell.
    ("NAME", {"DISPATCH_REPO": "octo-org/octo-app",
              "DISPATCH_EVENT_TYPE": "deploy"}, [EVENT]),
    ("NAME", {"DISPATCH_OWNER": "octo-org", "DISPATCH_REPO": "octo-app",
              "DISPATCH_EVENT_TYPE": "deploy",
              "DISPATCH_PAYLOAD": '{"ref": "main"}'}, [REF]),
    ("NAME", {"DISPATCH_TARGET_OWNER": "octo-org",
              "DISPATCH_TARGET_REPO": "octo-app",
              "DISPATCH_EVENT_TYPE": "deploy",
              "DISPATCH_CLIENT_PAYLOAD": '{"ref": "main"}'}, [REF]),
    ("NAME", {**HERE, "DISPATCH_EVENT_TYPE": "deploy",
              "DISPATCH_RAW_FIELD": "ref=main"}, [REF]),
    ("NAME", {**HERE, "DISPATCH_EVENT_TYPE": "deploy",
              "DISPATCH_FIELD": "ref=main"}, [REF]),
    ("NAME", {"DISPATCH_EVENT_TYPE": "deploy", "DISPATCH_PACE": "0",
              "DISPATCH_TARGETS": "services.txt"},
     [("octo-org/one", "deploy", {}), ("octo-org/two", "other", {})]),
    ("NAME", {**HERE, "DISPATCH_EVENT_TYPE": "deploy", "GH_PAT": None,
              "DISPATCH_TOKEN": TOKEN}, [EVENT]),
    ("NAME", {**HERE, "DISPATCH_EVENT_TYPE": "deploy", "GH_PAT": None,
              "DISPATCH_TOKEN_FILE": "token.txt"}, [EVENT]),
    ("NAME", {**HERE, **APP, "DISPATCH_EVENT_TYPE": "deploy",
              "DISPATCH_INSTALLATION_ID": str(INSTALLATION),
              "DISPATCH_APP_KEY": "app.pem"}, [EVENT]),
    ("NAME", {**HERE, "DISPATCH_EVENT_TYPE": "deploy",
              "DISPATCH_TIMEOUT": "30", "DISPATCH_CONNECT_TIMEOUT": "5",
              "DISPATCH_RETRIES": "0", "DISPATCH_QUIET": "1",
              "DISPATCH_NO_LIMITS": "1", "DISPATCH_JSON": "true"}, [EVENT]),
    ("NAME", {**HERE, "DISPATCH_EVENT_TYPE": "deploy",
              "DISPATCH_DRY_RUN": "1"}, []),
    ("NAME", {**HERE, "DISPATCH_EVENT_TYPE": "deploy",
              "DISPATCH_VERBOSE": "yes"}, [EVENT]),
    ("NAME", {"DISPATCH_CHECK_JSON": "payload.json"}, []),
]

# Steps of workflows, and the events.
STEPS = [
    ("""\
github-token: ${{ secrets.DISPATCH_PAT }}
event-type: deploy
repo: octo-org/octo-app
""", [EVENT]),
    ("""\
github-token: ${{ secrets.DISPATCH_PAT }}
event-type: deploy
repo: octo-org/octo-app
client-payload: '{"ref": "main"}'
""", [REF]),
    ("""\
github-token: ${{ secrets.DISPATCH_PAT }}
event-type: deploy
repo: octo-org/octo-app
raw-fields: |
  ref=main
fields: |
  build=7
""", [("octo-org/octo-app", "deploy", {"ref": "main", "build": 7})]),
    ("""\
github-token: ${{ secrets.DISPATCH_PAT }}
event-type: deploy
targets: |
  octo-org/one
  octo-org/two other
""", [("octo-org/one", "deploy", {}), ("octo-org/two", "other", {})]),
    # As for peter-evans/repository-dispatch, with another uses:.
    ("""\
token: ${{ secrets.DISPATCH_PAT }}
repository: octo-org/octo-app
event-type: deploy
client-payload: '{"ref": "main"}'
""", [REF]),
    ("""\
token: ${{ secrets.DISPATCH_PAT }}
event-type: deploy
""", [("octo/app", "deploy", {})]),
    ("""\
owner: octo-org
repo: octo-app
target-owner: ''
target-repo: ''
github-token: ${{ secrets.DISPATCH_PAT }}
event-type: deploy
timeout: 30
retries: 0
""", [EVENT]),
    ("""\
github-token: ${{ secrets.DISPATCH_PAT }}
event-type: deploy
dry-run: true
""", []),
]


OLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "older_commands.toml")
# How they call the binary or the script.
CALL = re.compile(r"(?<![\w./-])(?:repository-dispatch|(?:\./)?\.github/scripts/"
                  r"repository-dispatch\.sh)(?=\s)")
# What the expressions of their steps find.
CONTEXTS = {
    "secrets": {"DISPATCH_PAT": TOKEN, "GH_PAT": TOKEN,
                "DISPATCH_APP_ID": harness.github.APP_ID},
    "matrix": {"service": "backend"},
    "github": {
        "token": TOKEN, "repository": "octo/app", "sha": "1a1a",
        "ref": "refs/heads/main", "run_id": "123", "run_attempt": "1",
        "run_number": "7",
        "event": {"number": 5, "head_commit": {"message": 'Say "hello"'},
                  "pull_request": {"title": 'a "title"'}}}}


def dispatches(requests):
    return events_of(request for request in requests
                     if request["target"].endswith("/dispatches"))


def test_commands(tap, place):
    """By the binary, and by the script, which finds it on PATH."""
    path = search_path(place, "commands", TOOLS, repository_dispatch=BINARY)
    place.write("payload.json", '{"ref": "main"}')
    place.write("token.txt", TOKEN + "\n")
    place.write("services.txt", "octo-org/one\nocto-org/two other # a note\n")
    given = {"PATH": path, "GH_PAT": TOKEN,
             "GITHUB_API_URL": f"https://localhost:{place.port}",
             "SSL_CERT_FILE": place.file("root.pem")}
    for name in ("repository-dispatch", f"sh {SCRIPT}"):
        for command, variables, events in COMMANDS:
            env = {key: value for key, value in {
                **given, **variables}.items() if value is not None}
            line = re.sub(r"\bNAME\b", name, command)
            run = Run(place, ["-ec", line], env,
                      program=os.path.join(path, "sh"))
            case = Case(tap, line.replace(harness.ROOT + "/", ""), run)
            case.exits(0)
            case.check(dispatches(run.requests) == events,
                       "these events arrive, and no other", events)


def test_wait(tap, place):
    """--wait follows the run that the event's id names."""
    for arguments, variables in (
            (["--wait", "--wait-timeout", "60", "--wait-interval", "1"], {}),
            ([], {"DISPATCH_WAIT": "true", "DISPATCH_WAIT_TIMEOUT": "60",
                  "DISPATCH_WAIT_INTERVAL": "1"})):
        run = Run(place, harness.dispatch(
            place, "octo/runs-slow", more=arguments),
            {**harness.ENV, **variables})
        case = Case(tap, f"wait, {arguments or variables}", run)
        case.exits(0)
        case.prints("run 1000 success")


def test_steps(tap, place):
    job = Job(place, "compatible", search_path(place, "steps", BARE))
    for text, events in STEPS:
        step = yaml.safe_load(text.replace("${{ secrets.DISPATCH_PAT }}",
                                           TOKEN))
        inputs = {name: str(value).lower() if isinstance(value, bool)
                  else str(value) for name, value in step.items()}
        inputs.setdefault("github-token", None)
        case = Case(tap, "the step " + text.replace("\n", "; "), job.play(**{
            name.replace("-", "_"): value
            for name, value in inputs.items()}))
        case.exits(0)
        case.check(job.sent() == events, "these events arrive, and no other",
                   job.sent())


def is_like(found, expected):
    """Whether values are equal, where "…" stands for any text."""
    if expected == "…":
        return isinstance(found, str) and found != ""
    if isinstance(expected, (list, tuple)):
        return isinstance(found, (list, tuple)) and \
            len(found) == len(expected) and all(map(is_like, found, expected))
    if isinstance(expected, dict):
        return isinstance(found, dict) and found.keys() == expected.keys() \
            and all(is_like(found[key], expected[key]) for key in expected)
    return found == expected and type(found) is type(expected)


def documents():
    with open(OLDER, "rb") as f:
        return tomllib.load(f)["document"]


def check_older(case, row, events):
    case.exits(row.get("status", 0))
    case.check(is_like(events, row["events"]),
               "these events arrive, and no other", events)
    case.check(row.get("message", "") in case.run.output,
               "the message")


def test_older_commands(tap, place):
    """As they stand, and with the script in place of the binary."""
    path = search_path(place, "older", (*TOOLS, "date", "hostname"),
                       repository_dispatch=BINARY)
    write_program(os.path.join(path, "git"),
                  "case $1 in log) echo 'Say \"hello\"' ;; *) echo main ;; esac")
    place.write("NOTES.md", "two\nlines\n")
    place.write("company.pem", place.read("root.pem"))
    given = {"PATH": path, "GH_PAT": TOKEN, "DISPATCH_WAIT_INTERVAL": "1",
             "GITHUB_API_URL": f"https://localhost:{place.port}",
             "SSL_CERT_FILE": place.file("root.pem")}
    for document in documents():
        for number, row in enumerate(document.get("command", []), 1):
            text = row["text"].replace("…", TOKEN)
            calls_script = ".github/scripts" in text
            script = CALL.sub(f"sh {SCRIPT}", text)
            for command in [script] if calls_script else [text, script]:
                run = Run(place, ["-ec", command],
                          {**given, **row.get("env", {})},
                          program=os.path.join(path, "sh"))
                case = Case(tap, f"{document['name']}: {number}"
                            f"{' by the script' * (command == script)}", run)
                check_older(case, row, dispatches(run.requests))


def play_older(job, place, text, names):
    """Plays a step whose inputs have other names now: {old: new}."""
    contexts = {**CONTEXTS, "secrets": {
        **CONTEXTS["secrets"], "DISPATCH_APP_KEY": place.read("app.pem")}}
    inputs = {names.get(name, name): place.engine.fill(value, contexts)
              for name, value in yaml.safe_load(text).items()}
    return job.play({"DISPATCH_WAIT_INTERVAL": "1"}, **{
        name.replace("-", "_"): value for name, value in inputs.items()})


def test_older_steps(tap, place):
    """As they stand, and with the inputs renamed."""
    job = Job(place, "older steps", search_path(place, "older steps path",
                                                BARE))
    for document in documents():
        for number, row in enumerate(document.get("step", []), 1):
            name = f"{document['name']}: step {number}"
            for names in ({}, row.get("renamed")):
                if names is None:
                    continue
                case = Case(tap, f"{name}, renamed {names}",
                            play_older(job, place, row["text"], names))
                case.run.output = str(case.run)
                if names or "status" not in row:
                    case.exits(0)
                    case.check(is_like(dispatches(job.requests),
                                       row["events"]),
                               "these events arrive, and no other")
                else:
                    check_older(case, {**row, "events": []},
                                dispatches(job.requests))


if __name__ == "__main__":
    harness.main(test_commands, test_wait, test_steps, test_older_commands,
                 test_older_steps, place=Stage)
