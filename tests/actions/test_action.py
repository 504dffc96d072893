#!/usr/bin/env python3
"""test_action.py - the action and the drop-in script, as a runner runs them,
with the real binary against the stand-in: what arrived there, and everything
that came back."""

import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import finding
from machine import (BARE, BINARY, FOLDER, HOSTILE, SCRIPT, TOKEN, TOOLS, Job,
                     Stage, harness, search_path, told, write_program)

EVENT = ("octo/app", "deploy", {})
# What the action hands on, besides the path that was found.
OUTPUTS = {"dispatch-url", "response-status", "results", "run-id", "run-url",
           "conclusion"}

# Name, inputs, and what arrives.
GOOD = [
    ("this repository", {}, [EVENT]),
    ("another repository", {"repo": "octo/other"},
     [("octo/other", "deploy", {})]),
    ("owner and repo", {"owner": "octo-org", "repo": "a.b_c"},
     [("octo-org/a.b_c", "deploy", {})]),
    ("target-owner and target-repo",
     {"owner": "a", "repo": "b", "target-owner": "c", "target-repo": "d"},
     [("c/d", "deploy", {})]),
    ("a list of repositories", {"repo": "octo/a, octo/b\nocto/c"},
     [(f"octo/{name}", "deploy", {}) for name in "abc"]),
    ("a payload", {"client-payload": '{"a": [1.0, null], "b": "\u00e9\\n"}'},
     [("octo/app", "deploy", {"a": [1.0, None], "b": "\u00e9\n"})]),
    ("an empty payload", {"client-payload": ""}, [EVENT]),
    ("fields",
     {"fields": "a=1\nb=say \"x\" = y\nc[d]=\n\ne<<END\n1\n2\nEND\n"},
     [("octo/app", "deploy", {"a": "1", "b": 'say "x" = y', "c": {"d": ""},
                              "e": "1\n2"})]),
    ("json-fields", {"json-fields": 'a=1\nb=true\nc:={"d": [1, "x"]}\ne=f'},
     [("octo/app", "deploy",
       {"a": 1, "b": True, "c": {"d": [1, "x"]}, "e": "f"})]),
    ("payload and both kinds of fields",
     {"client-payload": '{"a": 1}', "fields": "b=2", "json-fields": "c=3"},
     [("octo/app", "deploy", {"a": 1, "b": "2", "c": 3})]),
    ("targets", {"targets": "octo/a\n# none\n\nocto/b own_event\n"},
     [("octo/a", "deploy", {}), ("octo/b", "own_event", {})]),
    ("targets and repo", {"repo": "octo/c", "targets": "octo/a"},
     [("octo/c", "deploy", {}), ("octo/a", "deploy", {})]),
    ("a dry run", {"dry-run": "true"}, []),
    ("no dry run", {"dry-run": "false"}, [EVENT]),
    ("numbers", {"retries": "0", "timeout": "30"}, [EVENT]),
    # A name of its own each time: the stand-in counts by it.
    ("a tried limit", {"repo": "octo/answers.429-second.204.{where}"},
     [("octo/answers.429-second.204.{where}", "deploy", {})] * 2),
]

# Name, inputs, status, how many requests.
FAILING = [
    ("401", {"repo": "octo/answer-401"}, 4, 1),
    ("404", {"repo": "octo/answer-404"}, 5, 1),
    ("422", {"repo": "octo/answer-422"}, 6, 1),
    ("hostile words in the answer", {"repo": "octo/answer-422-hostile"}, 6, 1),
    ("500", {"repo": "octo/answer-500"}, 10, 1),
    ("a limit for longer than the time",
     {"repo": "octo/answer-429", "timeout": "2"}, 7, 1),
    ("another token", {"github-token": "ghp_another"}, 4, 1),
    ("one of several", {"repo": "octo/a,octo/answer-404,octo/b"}, 5, 3),
    ("no token", {"github-token": ""}, 2, 0),
    ("no token at all", {"github-token": None}, 2, 0),
    ("no event type", {"event-type": None}, 2, 0),
    ("an event type too long", {"event-type": "x" * 101}, 3, 0),
    ("no payload but text", {"client-payload": "hello"}, 3, 0),
    ("no payload but a list", {"client-payload": "[1]"}, 3, 0),
    ("a field without value", {"fields": "a"}, 2, 0),
    ("a field that is not JSON", {"json-fields": "a:={"}, 3, 0),
    ("a target that is none", {"targets": "octo/a\nocto/../b"}, 2, 0),
    ("plain HTTP", {"api-url": "http://localhost"}, 2, 0),
    ("nobody there", {"api-url": "https://localhost:1", "retries": "0"}, 8, 0),
    ("the built-in certificates", {"ca-file": ""}, 9, 0),
    ("neither true nor false", {"dry-run": "maybe"}, 2, 0),
]

# The statuses that a hostile text may lead to, where it is not 2.
MAY_END = {
    "repo": {0, 2}, "event-type": {0, 3}, "client-payload": {3},
    "fields": {0, 2}, "json-fields": {0, 2, 3}, "targets": {0, 2, 3},
    "ca-file": {1, 2, 9},
}
# Inputs whose text becomes a part of what is sent.
SHAPES_REQUEST = ("event-type", "repo", "targets", "fields", "json-fields")


def test_metadata(tap, job):
    """What a reader of the file could see, held for all who change it."""
    steps = job.action.steps
    env = {}
    for step in steps:
        env.update(step["env"])
    uses = [re.sub(r"\$\{\{ inputs\.(.*) \}\}", r"\1", value)
            for step in steps for value in step["env"].values()
            if value.startswith("${{ inputs.")]
    tap.check(sorted(uses) == sorted(job.action.document["inputs"]),
              "each input is passed on by one variable", uses)
    tap.check(all("${{" not in step["run"] and step["shell"] == "sh"
                  for step in steps),
              "no expression in a script, and sh runs them")
    tap.check(job.action.required() == {"github-token", "event-type"} and
              set(job.action.document["outputs"]) == OUTPUTS,
              "required inputs, and outputs")
    tap.check(not any("inputs." in value and "binary" not in value
                      for value in steps[0]["env"].values()),
              "the step that may build or download gets no other input")
    with open(os.path.join(FOLDER, "VERSION"), encoding="ascii") as f:
        version = f.read()
    with open(os.path.join(harness.ROOT, "src", "cli", "help.h"),
              encoding="ascii") as f:
        tap.check(f'#define HELP_VERSION "{version.strip()}"\n' in
                  f.read(), "VERSION is the program's", version)
    with open(os.path.join(FOLDER, "SHA256SUMS"), encoding="ascii") as f:
        tap.check(all(line.startswith("#") or re.fullmatch(
            r"[0-9a-f]{64} [ *]repository-dispatch-linux-(x86_64|aarch64)\n",
            line) for line in f), "SHA256SUMS is as sha256sum writes it")


HEAD = "\n| repository | event | delivered | result |\n| --- | --- | --- | --- |\n"
# What neither Markdown nor HTML reads, entities, and a link as we write it.
PLAIN = r"(?:[A-Za-z0-9 ,./-]|&#[0-9]+;)"
CELL = rf" {PLAIN}*(?:\[{PLAIN}+\]\({PLAIN}+\))? "


def rows_of(summary):
    """The cells of the table, as a browser shows them; None where something
    else than one table of such cells is in it."""
    if not summary:
        return []
    lines = summary.removeprefix(HEAD).splitlines()
    if not summary.startswith(HEAD) or not all(
            re.fullmatch(rf"(?:\|{CELL}){{4}}\|[ ]?", line) for line in lines):
        return None
    return [[html.unescape(cell.strip()) for cell in line.split("|")[1:5]]
            for line in lines]


def is_clean(job, result):
    """Nothing but what was asked for: no file, output or command."""
    return (rows_of(result.summary) is not None and
            not job.runner.left_over() and not result.leaks and
            set(result.step_outputs.get("dispatch", {})) <= OUTPUTS and
            set(result.step_outputs["find"]) <= {"binary"} and
            {name for name, _, _ in result.annotations} <= {"error"} and
            not any(properties for _, properties, _ in result.annotations) and
            (result.status != 0) == bool(result.named("error")))


def test_good(tap, job, where):
    for name, inputs, sent in GOOD:
        if name == "a tried limit":
            inputs = {"repo": inputs["repo"].format(where=where)}
            sent = [(inputs["repo"], *row[1:]) for row in sent]
        result = job.play(**inputs)
        if name == "a tried limit":
            # Its wait is told.
            result.annotations = [a for a in result.annotations
                                  if a[0] != "notice"]
        told_of = {tuple(row[:3]) for row in rows_of(result.summary)}
        tap.check(result.status == 0 and is_clean(job, result) and
                  job.sent() == sent and told_of == {
                      (name, event, "yes") for name, event, _ in sent},
                  f"{where}: {name}", *told(result, job.sent()))


def test_failing(tap, job):
    for name, inputs, status, requests in FAILING:
        result = job.play(**inputs)
        errors = result.named("error")
        lines = result.stderr.decode().replace("%", "_").splitlines()
        said = [line.removeprefix("repository-dispatch: ") for line in lines
                if line.startswith("repository-dispatch: ")]
        cells = [row[2:] for row in rows_of(result.summary)
                 if row[0] not in ("octo/a", "octo/b")]
        delivered = "unknown" if status == 10 else "no"
        summed = [[delivered, said[-1]]] if status > 3 else []
        said += ["; " + line for line in lines if line.startswith("hint: ")]
        tap.check(result.status == status and len(job.requests) == requests
                  and is_clean(job, result) and errors == ["".join(said)]
                  and cells == summed,
                  f"fails: {name}, status {status}",
                  *told(result, job.sent(), lines, cells, summed))


def test_hostile(tap, job):
    for name in job.action.document["inputs"]:
        for text in HOSTILE:
            result = job.play(**{name: text})
            sent = job.sent()
            tap.check(is_clean(job, result) and
                      result.status in MAY_END.get(name, {2}) and
                      (name != "event-type" or result.status != 0 or
                       sent == [("octo/app", text, {})]) and
                      (name in SHAPES_REQUEST or sent in ([], [EVENT])) and
                      all(row[0].startswith("octo/") for row in sent),
                      f"hostile {name}: {text!r}", *told(result, sent))


def test_hostile_values(tap, job):
    """Text of others where it belongs arrives as it is."""
    for text in HOSTILE:
        wanted = [("octo/app", "deploy", {"text": text})]
        as_json = json.dumps(text)
        for name, value in (
                ("fields", f"text<<END-7f9c2a\n{text}\nEND-7f9c2a"),
                ("json-fields", f"text:={as_json}"),
                ("client-payload", f'{{"text": {as_json}}}')):
            result = job.play(**{name: value})
            tap.check(result.status == 0 and is_clean(job, result) and
                      job.sent() == wanted, f"{name} keep {text!r}",
                      *told(result, job.sent()))


def test_job_variables(tap, place, job):
    """What a job has for other programs does not reach the binary."""
    place.write("evil", "evil/evil\n")
    evil = {name: "evil" for name in (
        "OWNER", "REPO", "GH_PAT", "GH_TOKEN", "GITHUB_TOKEN",
        "DISPATCH_OWNER", "DISPATCH_REPO", "DISPATCH_TARGET_OWNER",
        "DISPATCH_TARGET_REPO", "DISPATCH_EVENT_TYPE", "DISPATCH_TOKEN",
        "DISPATCH_APP_ID")}
    evil.update({"DISPATCH_PAYLOAD": '{"evil": 1}',
                 "DISPATCH_CLIENT_PAYLOAD": '{"evil": 2}',
                 "DISPATCH_FIELD": "evil=3", "DISPATCH_RAW_FIELD": "evil=4",
                 "DISPATCH_TARGETS": place.file("evil"),
                 "DISPATCH_TOKEN_FILE": place.file("evil"),
                 "DISPATCH_APP_KEY": place.file("evil"),
                 "DISPATCH_CHECK_JSON": place.file("evil"),
                 "DISPATCH_API_URL": "https://evil.test",
                 "ACTION_TARGETS": "evil/evil", "ACTION_APP_KEY": "evil",
                 "ACTION_BINARY": "/bin/false"})
    result = job.play(evil)
    tap.check(result.status == 0 and is_clean(job, result) and
              job.sent() == [EVENT], "variables of the job change nothing",
              *told(result, job.sent()))
    result = job.play(evil, github_token="")
    tap.check(result.status == 2 and "no token" in result.stderr.decode() and
              not job.requests, "nor do they stand in for an empty token",
              *told(result))


def test_hand_over(tap, place, job):
    """How the binary is run, told by one that only tells."""
    folder = place.file("told")
    tools = search_path(place, "teller-tools", ("cat", "env", "mkdir"))
    teller = write_program(place.file("teller"), f"""\
PATH={tools}
mkdir -p {folder}
printf '%s\\n' "$@" >{folder}/arguments
cat >{folder}/input
env >{folder}/variables
[ "$3" != --targets ] || cat "$4" >{folder}/targets
exit 7
""")

    def play(**inputs):
        shutil.rmtree(folder, ignore_errors=True)
        result = job.play(binary=teller, **inputs)
        found = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                found[name] = f.read()
        return result, found

    key = "-----BEGIN KEY-----\n-n \\n %s $(id) ä\n-----END KEY-----"
    result, found = play(app_private_key=key, app_id="12")
    tap.check(result.status == 7 and found["input"] == key + "\n" and
              found["arguments"] == "--app-key\n-\n" and
              "BEGIN KEY" not in found["variables"] and
              "DISPATCH_APP_ID=12\n" in found["variables"] and
              TOKEN not in found["variables"] and
              not job.runner.left_over(),
              "the key by standard input alone, and without the token",
              *told(result, found))
    result, found = play(targets="octo/a\nocto/b c \\n $x",
                         app_private_key=key)
    tap.check(result.status == 7 and found["input"] == key + "\n" and
              found["targets"] == "octo/a\nocto/b c \\n $x\n" and
              re.fullmatch(r"--app-key\n-\n--targets\n.*\n",
                           found["arguments"]) and
              not job.runner.left_over(), "a key and targets",
              *told(result, found))
    result, found = play(targets="octo/a")
    tap.check(result.status == 7 and found["input"] == "octo/a\n" and
              found["arguments"] == "--targets\n-\n" and
              not job.runner.left_over(),
              "targets by standard input", *told(result, found))
    result, found = play()
    tap.check(result.status == 7 and found["input"] == "" and
              found["arguments"] == "\n" and
              f"DISPATCH_TOKEN={TOKEN}\n" in found["variables"],
              "neither: no argument, no input", *told(result, found))


def test_shells(tap, place, app_key):
    """Every sh that runners and images have, with nothing beside."""
    for name in ("dash", "bash", "busybox"):
        path = shutil.which(name)
        if path is None:
            tap.skip(f"{name} as sh", "it is not here")
            continue
        job = Job(place, "job-" + name,
                  search_path(place, "path-" + name, BARE, sh=path))
        test_good(tap, job, name)
        result = job.play(repo="octo/answer-404", targets="octo/a")
        tap.check(result.status == 5 and is_clean(job, result) and
                  len(job.requests) == 2, f"{name}: the binary's status",
                  *told(result))
        # More than a pipe holds, nearly all that a variable does.
        listed = [f"octo/{i:020}" for i in range(4800)]
        for key in ("", app_key):
            result = job.play(targets="\n".join(listed), dry_run="true",
                              app_id="12" if key else "", app_private_key=key)
            tap.check(result.status == 0 and is_clean(job, result) and
                      result.stdout.count(b"POST /repos/octo/") == 4800,
                      f"{name}: {len(listed)} targets", result.status,
                      result.stderr)
    # Scripts for sh have to pass "shell: bash", with its pipefail, as well.
    job = Job(place, "job-shell-bash", search_path(
        place, "path-shell-bash", (*BARE, "bash")))
    for step in job.action.steps:
        step["shell"] = "bash"
    test_good(tap, job, "with-bash")
    test_failing(tap, job)
    test_hostile(tap, job)
    test_hostile_values(tap, job)
    test_app(tap, job, app_key)


def wait_for(condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.05)
    raise RuntimeError("it does not happen")


def test_cancelled(tap, place, key):
    """A runner that ends a job signals the step's own process alone."""
    listed = [f"octo/t{i}" for i in range(12)]
    often = {"DISPATCH_WAIT_INTERVAL": "1"}
    for shell, number in (
            ("dash", signal.SIGINT), ("bash", signal.SIGINT),
            ("busybox", signal.SIGINT), ("dash", signal.SIGTERM),
            ("bash", signal.SIGTERM)):
        path = shutil.which(shell)
        if path is None:
            tap.skip(f"{shell} is cancelled", "it is not here")
            continue
        where = f"cancelled-{shell}-{number.name}"
        job = Job(place, "job-" + where, search_path(
            place, "path-" + where, BARE, sh=path))
        for name, inputs in (
                ("targets", {"targets": "\n".join(listed)}),
                ("an App", {"app-id": harness.github.APP_ID,
                            "app-private-key": key, "wait": "true",
                            "repo": "octo/runs-waiting"}),
                ("an App's targets", {
                    "app-id": harness.github.APP_ID,
                    "targets": "\n".join(listed),
                    "app-private-key": key})):
            count = len(place.requests())

            def cancel(step, process):
                if step == "dispatch":
                    wait_for(lambda: any(
                        "/dispatches" in line
                        for line in place.requests()[count:]))
                    process.send_signal(number)

            job.runner.watch = cancel
            result = job.play(often, **inputs)
            sent = [request for request in job.requests
                    if request["target"].endswith("/dispatches")]
            results = json.loads(result.outputs["results"] or "[]")
            tap.check(result.status not in (0, 130, 143) and
                      len(sent) < len(listed) and len(sent) ==
                      sum(r["delivered"] is True for r in results) and
                      not job.runner.left_over(),
                      f"{shell} is cancelled by {number.name}: {name}",
                      *told(result, sent))


# Name, arguments, variables, and what arrives.
CALLS = [
    ("short options",
     ["-t", TOKEN, "-o", "octo", "-r", "a", "-e", "deploy", "-p",
      '{"x": 1}'], {}, ("octo/a", "deploy", {"x": 1})),
    ("long options",
     ["--token", TOKEN, "--owner", "octo", "--repo", "a", "--event-type",
      "deploy", "--payload", '{"x": 1}'], {},
     ("octo/a", "deploy", {"x": 1})),
    ("--target-owner and --target-repo",
     ["--owner=a", "--repo=b", "--target-owner=octo", "--target-repo=c",
      "-e", "deploy"], {"GH_PAT": TOKEN}, ("octo/c", "deploy", {})),
    ("GH_PAT and GITHUB_REPOSITORY",
     ["-e", "deploy"], {"GH_PAT": TOKEN, "GITHUB_REPOSITORY": "octo/app"},
     EVENT),
    ("OWNER and REPO",
     ["-e", "deploy"], {"GH_PAT": TOKEN, "OWNER": "octo", "REPO": "b",
                        "GITHUB_REPOSITORY": "octo/app"},
     ("octo/b", "deploy", {})),
    ("arguments as they are",
     ["-e", "two words", "-p", '{"q": "a \\" $(id) `id` *"}'],
     {"GH_PAT": TOKEN, "GITHUB_REPOSITORY": "octo/app"},
     ("octo/app", "two words", {"q": 'a " $(id) `id` *'})),
]


class Script:
    """Runs the script with little in its environment."""

    def __init__(self, place, path):
        self.place = place
        self.env = {"PATH": path, "REPOSITORY_DISPATCH": BINARY,
                    "GITHUB_API_URL": f"https://localhost:{place.port}",
                    "SSL_CERT_FILE": place.file("root.pem")}

    def run(self, arguments, env=None, script=SCRIPT, cwd="/"):
        before = len(self.place.requests())
        env = {**self.env, **(env or {})}
        result = subprocess.run(
            [script, *arguments], cwd=cwd, capture_output=True, check=False,
            timeout=60, env={name: value for name, value in env.items()
                             if value is not None})
        self.place.outputs += [result.stdout, result.stderr]
        sent = [json.loads(line) for line in self.place.requests()[before:]]
        return result, sent


def test_script(tap, place, script):
    for name, arguments, variables, (repository, event, payload) in CALLS:
        result, sent = script.run(arguments, variables)
        body = sent and json.loads(sent[0]["body"])
        tap.check(result.returncode == 0 and len(sent) == 1 and
                  sent[0]["target"] == f"/repos/{repository}/dispatches" and
                  body == {"event_type": event, "client_payload": payload},
                  f"script: {name}", result, sent)
    for arguments in (["-h"], ["--help"]):
        result, sent = script.run(arguments)
        tap.check(result.returncode == 0 and not sent and
                  b"--event-type" in result.stdout, f"script: {arguments[0]}",
                  result)
    there = {"GH_PAT": TOKEN, "GITHUB_REPOSITORY": "octo/app"}
    result, sent = script.run(["-e", "deploy"], {**there, "DEBUG": "1"})
    tap.check(result.returncode == 0 and len(sent) == 1 and
              b"\n* " in b"\n" + result.stderr, "script: DEBUG=1", result)
    for payload in ("", "{", "hello", "{'a': 1}"):
        result, sent = script.run(["-e", "deploy", "-p", payload], there)
        tap.check(result.returncode == 3 and not sent,
                  f"script: the payload {payload!r} is refused", result)
    result, sent = script.run(["-e", "deploy"], {**there, "GH_PAT": "other"})
    tap.check(result.returncode == 4 and len(sent) == 1,
              "script: the binary's status", result)
    link = place.file("linked script")
    os.symlink(os.path.relpath(SCRIPT, place.path), link)
    result, sent = script.run(["-e", "deploy"], there, link, place.path)
    tap.check(result.returncode == 0 and len(sent) == 1,
              "script: through a link", result)


def test_waiting(tap, job):
    """The run that decided is in the outputs, and every run in the results."""
    often = {"DISPATCH_WAIT_INTERVAL": "1"}
    result = job.play(often, wait="true", repo="octo/runs-slow")
    url = "https://github.com/octo/runs-slow/actions/runs/1000"
    tap.check(result.status == 0 and result.outputs["run-id"] == "1000" and
              result.outputs["run-url"] == url and
              result.outputs["conclusion"] == "success" and
              rows_of(result.summary)[0][2:] ==
              ["yes", f"[success]({url})"] and
              json.loads(result.outputs["results"])[0]["runs"] ==
              [{"id": 1000, "url": url, "conclusion": "success"}],
              "wait: a run that succeeds", *told(result))
    for name in ("failure", "hostile"):
        result = job.play(often, wait="true",
                          targets=f"octo/runs-success\nocto/runs-{name}")
        tap.check(result.status == 11 and is_clean(job, result) and
                  len(result.named("error")) == 1 and
                  result.outputs["conclusion"].startswith("failure") and
                  "runs-" + name in result.outputs["run-url"],
                  f"wait: {name} decides", *told(result))
    result = job.play(often, wait="true", wait_timeout="2",
                      repo="octo/runs-none")
    tap.check(result.status == 12 and not result.outputs["run-id"] and
              result.outputs["response-status"] == "204",
              "wait: none is found", *told(result))


def test_app(tap, job, key):
    """The key goes through a pipe; what the App gets sends the event."""
    result = job.play(app_id=harness.github.APP_ID, app_private_key=key,
                      github_token="unused")
    asked = [request["method"] + " " + request["target"]
             for request in job.requests]
    tap.check(result.status == 0 and asked[-1] ==
              "POST /repos/octo/app/dispatches" and len(asked) == 3 and
              ["Authorization", "Bearer " + harness.github.APP_TOKEN] in
              job.requests[-1]["fields"] and
              key.splitlines()[3] not in repr(told(result)),
              "an App sends it", asked, *told(result))


def test_debug(tap, job):
    """What ACTIONS_STEP_DEBUG makes of a run; a secret in it would raise."""
    for job_has, traced in (({"RUNNER_DEBUG": "1"}, True),
                            ({"DEBUG": "1"}, True), ({"DEBUG": "*"}, False)):
        result = job.play(job_has)
        tap.check(result.status == 0 and is_clean(job, result) and
                  (b"\n> Authorization: [hidden]\n" in result.stderr) ==
                  traced, f"a trace with {job_has}: {traced}", *told(result))


def test_outputs(tap, job):
    url = job.inputs["api-url"] + "/repos/octo/{}/dispatches"
    result = job.play()
    results = json.loads(result.outputs["results"] or "[]")
    tap.check(result.outputs["dispatch-url"] == url.format("app") and
              result.outputs["response-status"] == "204" and
              [(r["repository"], r["status"], r["delivered"])
               for r in results] == [("octo/app", 204, True)],
              "outputs: one target", *told(result))
    result = job.play(repo="octo/answer-404,octo/b")
    results = json.loads(result.outputs["results"] or "[]")
    tap.check(result.status == 5 and
              result.outputs["dispatch-url"] == url.format("answer-404") and
              result.outputs["response-status"] == "404" and
              [(r["repository"], r["status"]) for r in results] ==
              [("octo/answer-404", 404), ("octo/b", 204)],
              "outputs: the first of two, and both as results",
              *told(result))
    for text in HOSTILE:
        result = job.play(event_type=text)
        results = json.loads(result.outputs["results"] or "[]")
        tap.check([r["event_type"] for r in results] == [text] and
                  result.outputs["results"].isascii() and
                  is_clean(job, result), f"outputs: {text!r}", *told(result))
    for name, text, twin in (("wait", "maybe", "DISPATCH_WAIT"),
                             ("wait-timeout", "x", "DISPATCH_WAIT_TIMEOUT")):
        result = job.play(**{name: text})
        tap.check(result.status == 2 and not job.requests and
                  any(twin + " " in error for error in result.named("error")),
                  f"{name}: a value that is none", *told(result))
    result = job.play(wait="false", wait_timeout="5")
    tap.check(result.status == 0 and job.sent() == [EVENT] and
              not result.outputs["run-id"], "no wait", *told(result))
    for key in ("no key", *HOSTILE):
        result = job.play(app_id="12", app_private_key=key)
        tap.check(result.status in (1, 2) and not job.requests and
                  is_clean(job, result) and
                  not any("option" in error
                          for error in result.named("error")),
                  f"an App's key that is none: {key!r}", *told(result))


def main():
    tap = harness.Tap()
    with Stage() as place:
        job = Job(place, "job", search_path(place, "bare", BARE))
        tools = search_path(place, "tools", TOOLS)
        test_metadata(tap, job)
        with open(place.file("app.pem"), encoding="ascii") as f:
            app_key = f.read()
        test_shells(tap, place, app_key)
        test_failing(tap, job)
        test_job_variables(tap, place, job)
        test_hand_over(tap, place, job)
        test_hostile(tap, job)
        test_hostile_values(tap, job)
        finding.test(tap, place, tools)
        script = Script(place, search_path(
            place, "script", ("sh", "readlink", "dirname")))
        test_script(tap, place, script)
        finding.test_script(tap, place, script, tools)
        test_debug(tap, job)
        test_outputs(tap, job)
        test_waiting(tap, job)
        test_app(tap, job, app_key)
        test_cancelled(tap, place, app_key)
        tap.check(not harness.has_secret(b"".join(place.outputs)),
                  "the token is in no output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
