#!/usr/bin/env python3
"""test_action.py - the action and the drop-in script, run as a runner runs
them, with the real binary against the stand-in. The checks cover the requests
that arrived there and all output."""

import html
import json
import os
import re
import shutil
import signal

import finding
from machine import (BARE, BINARY, FOLDER, HOSTILE, SCRIPT, TOKEN, TOOLS,
                     Case, Job, Run, Stage, events_of, harness, search_path,
                     write_program)

EVENT = ("octo/app", "deploy", {})
# The outputs of the action.
OUTPUTS = {"dispatch-url", "response-status", "results", "dispatch-id",
           "run-id", "run-url", "conclusion"}

# Name, inputs, and the events that arrive.
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
    ("raw-fields",
     {"raw-fields": "a=1\nb=say \"x\" = y\nc[d]=\n\ne<<END\n1\n2\nEND\n"},
     [("octo/app", "deploy", {"a": "1", "b": 'say "x" = y', "c": {"d": ""},
                              "e": "1\n2"})]),
    ("fields", {"fields": 'a=1\nb=true\nc:={"d": [1, "x"]}\ne=f'},
     [("octo/app", "deploy",
       {"a": 1, "b": True, "c": {"d": [1, "x"]}, "e": "f"})]),
    ("payload and both kinds of fields",
     {"client-payload": '{"a": 1}', "raw-fields": "b=2", "fields": "c=3"},
     [("octo/app", "deploy", {"a": 1, "b": "2", "c": 3})]),
    # Those who come from another action keep its names.
    ("the names of another action",
     {"github-token": None, "token": TOKEN, "repository": "octo/other"},
     [("octo/other", "deploy", {})]),
    ("both names of inputs, the same values",
     {"token": TOKEN, "repo": "octo/b", "repository": "octo/b"},
     [("octo/b", "deploy", {})]),
    ("empty names of another action", {"token": "", "repository": ""},
     [EVENT]),
    ("targets", {"targets": "octo/a\n# none\n\nocto/b own_event\n"},
     [("octo/a", "deploy", {}), ("octo/b", "own_event", {})]),
    ("targets and repo", {"repo": "octo/c", "targets": "octo/a"},
     [("octo/c", "deploy", {}), ("octo/a", "deploy", {})]),
    ("a dry run", {"dry-run": "true"}, []),
    ("no dry run", {"dry-run": "false"}, [EVENT]),
    ("numbers", {"retries": "0", "timeout": "30"}, [EVENT]),
]

# Name, inputs, exit status, number of requests.
FAILING = [
    ("401", {"repo": "octo/answer-401"}, 4, 1),
    ("404", {"repo": "octo/answer-404"}, 5, 1),
    ("422", {"repo": "octo/answer-422"}, 6, 1),
    ("a hostile message", {"repo": "octo/answer-422-hostile"}, 6, 1),
    ("500", {"repo": "octo/answer-500"}, 10, 1),
    ("a limit that lasts longer than --timeout",
     {"repo": "octo/answer-429", "timeout": "2"}, 7, 1),
    ("a wrong token", {"github-token": "ghp_another"}, 4, 1),
    ("one of several targets", {"repo": "octo/a,octo/answer-404,octo/b"},
     5, 3),
    ("no token", {"github-token": ""}, 2, 0),
    ("no token at all", {"github-token": None}, 2, 0),
    ("no event type", {"event-type": None}, 2, 0),
    ("an event type too long", {"event-type": "x" * 101}, 3, 0),
    ("a payload that is not JSON", {"client-payload": "hello"}, 3, 0),
    ("a payload that is not an object", {"client-payload": "[1]"}, 3, 0),
    ("a field without value", {"raw-fields": "a"}, 2, 0),
    ("a field that is not JSON", {"fields": "a:={"}, 3, 0),
    ("a target that is not valid", {"targets": "octo/a\nocto/../b"}, 2, 0),
    ("plain HTTP", {"api-url": "http://localhost"}, 2, 0),
    ("a port where nobody listens",
     {"api-url": "https://localhost:1", "retries": "0"}, 8, 0),
    ("the built-in roots", {"ca-file": ""}, 9, 0),
    ("neither true nor false", {"dry-run": "maybe"}, 2, 0),
]

# The exit statuses that a hostile input may lead to, if not 2.
MAY_END = {
    "repo": {0, 2}, "repository": {0, 2}, "event-type": {0, 3}, "client-payload": {3},
    "raw-fields": {0, 2}, "fields": {0, 2, 3}, "targets": {0, 2, 3},
    "ca-file": {1, 2, 9}, "only-workflow": {0, 2},
}
# Inputs whose text becomes a part of the request.
SHAPES_REQUEST = ("event-type", "repo", "repository", "targets", "raw-fields", "fields",
                  "workflow", "ref")


def test_metadata(tap, job):
    """Facts of action.yml that a change must keep."""
    steps = job.action.steps
    outputs = set(job.action.document["outputs"])
    inputs = [re.sub(r"\$\{\{ inputs\.(.*) \}\}", r"\1", value)
              for step in steps for value in step["env"].values()
              if value.startswith("${{ inputs.")]
    tap.check(sorted(inputs) == sorted(job.action.document["inputs"]),
              "one variable passes on each input", inputs)
    tap.check(outputs == OUTPUTS, "the action has these outputs", outputs)
    tap.check(not job.action.required(),
              "no input is always required: the binary says what is missing")
    tap.check(not any("${{" in step["run"] for step in steps),
              "no script contains an expression")
    tap.check({step["shell"] for step in steps} == {"sh"},
              "sh runs each script")
    tap.check(not any("inputs." in value and "binary" not in value
                      for value in steps[0]["env"].values()),
              "the step that may build or download gets no other input")


def test_sums(tap):
    line = r"[0-9a-f]{64} [ *]repository-dispatch-linux-(x86_64|aarch64|armv7|i686|riscv64|ppc64le|s390x)\n"
    with open(os.path.join(FOLDER, "SHA256SUMS"), encoding="ascii") as f:
        for text in f:
            tap.check(text.startswith("#") or re.fullmatch(line, text),
                      "a line of SHA256SUMS is as sha256sum writes it", text)


HEAD = ("| repository | event | delivered | result |\n"
        "| --- | --- | --- | --- |\n")
# Characters without a meaning in Markdown or HTML, entities, and our link.
PLAIN = r"(?:[A-Za-z0-9 ,./-]|&#[0-9]+;)"
CELL = (rf" (?:{PLAIN}|\[{PLAIN}+\]\({PLAIN}+\)|"
        r"<br>(?:failed: )?)* ")


def rows_of(summary):
    """The cells of the table, as a browser shows them. None if the summary
    contains anything but one table of such cells."""
    if not summary:
        return []
    lines = summary.removeprefix(HEAD).splitlines()
    if not summary.startswith(HEAD) or not all(
            re.fullmatch(rf"(?:\|{CELL}){{4}}\|[ ]?", line) for line in lines):
        return None
    return [[html.unescape(cell.strip()) for cell in line.split("|")[1:5]]
            for line in lines]


def find_faults(job, result, commands):
    """What a run wrote that it should not write."""
    outputs = set(result.step_outputs.get("dispatch", {}))
    found = set(result.step_outputs["find"])
    names = {name for name, _, _ in result.annotations}
    return [fault for is_fault, fault in (
        (rows_of(result.summary) is None, "the summary is not one table"),
        (job.runner.left_over(), "files are left over"),
        (result.leaks, "the environment of later steps is changed"),
        (outputs - OUTPUTS, "there are unknown outputs"),
        (found - {"binary"}, "there are unknown outputs of the step find"),
        (names - set(commands), "there are other commands"),
        (any(properties for _, properties, _ in result.annotations),
         "an annotation has properties"),
        (result.status != 0 and not result.named("error"),
         "the failure has no annotation"),
        (result.status == 0 and result.named("error"),
         "the success has an annotation")) if is_fault]


def check_clean(case, job, commands=("error",)):
    """commands: the workflow commands that its output may contain."""
    faults = find_faults(job, case.run, commands)
    case.check(not faults, "nothing unexpected is written", *faults)


def check_sent(case, job, events):
    case.check(job.sent() == events, "these events arrive, and no other",
               job.sent())


def check_good(tap, job, name, events, inputs, commands=()):
    case = Case(tap, name, job.play(**inputs))
    case.exits(0)
    check_clean(case, job, commands)
    check_sent(case, job, events)
    rows = {tuple(row[:3]) for row in rows_of(case.run.summary)}
    case.check(rows == {(repo, event, "yes") for repo, event, _ in events},
               "the summary has a row for each", rows)


def test_good(tap, job, where):
    for name, inputs, events in GOOD:
        check_good(tap, job, f"{where}, {name}", events, inputs)
    # The stand-in counts its responses by name: each place has its own.
    repo = f"octo/answers.429-second.204.{where}"
    check_good(tap, job, f"{where}, a limit that ends", [
        (repo, "deploy", {})] * 2, {"repo": repo}, ["notice"])


def messages_of(result):
    """The error messages of a run."""
    prefix = "repository-dispatch: "
    return [line.removeprefix(prefix)
            for line in result.err.replace("%", "_").splitlines()
            if line.startswith(prefix)]


def hints_of(result):
    return [line for line in result.err.replace("%", "_").splitlines()
            if line.startswith("hint: ")]


def test_failing(tap, job):
    for name, inputs, status, requests in FAILING:
        result = job.play(**inputs)
        case = Case(tap, f"failure, {name}", result)
        case.exits(status)
        case.sends(requests)
        check_clean(case, job)
        messages = messages_of(result)
        case.check(result.named("error") == ["".join(
            messages + ["; " + hint for hint in hints_of(result)])],
            "one annotation has the error message and its hint")
        cells = [row[2:] for row in rows_of(result.summary)
                 if row[0] not in ("octo/a", "octo/b")]
        delivered = "unknown" if status == 10 else "no"
        # The link to the documentation would be the same in every row.
        shown = [re.sub("see https://[^;)]*; ", "", message)
                 for message in messages[-1:]]
        case.check(cells == ([[delivered, *shown]] if status > 3 else []),
                   "the summary has the failure if a request was due", cells)


def test_hostile(tap, job):
    for name in job.action.document["inputs"]:
        for text in HOSTILE:
            result = job.play(**{name: text})
            events = job.sent()
            case = Case(tap, f"hostile {name} {text!r}", result)
            check_clean(case, job)
            case.check(result.status in MAY_END.get(name, {2}),
                       "the exit status is one of those documented")
            case.check(all(event[0].startswith("octo/") for event in events),
                       "no other owner's repository is sent to", events)
            if name == "event-type" and result.status == 0:
                # White space at the ends is removed.
                check_sent(case, job, [("octo/app", text.strip(), {})])
            elif name not in SHAPES_REQUEST:
                case.check(events in ([], [EVENT]),
                           "the event is the requested one", events)


def test_hostile_values(tap, job):
    """Untrusted text arrives unchanged where it is allowed."""
    for text in HOSTILE:
        as_json = json.dumps(text)
        for name, value in (
                ("raw-fields", f"text<<END-7f9c2a\n{text}\nEND-7f9c2a"),
                ("fields", f"text:={as_json}"),
                ("client-payload", f'{{"text": {as_json}}}')):
            case = Case(tap, f"{name} with the value {text!r}",
                        job.play(**{name: value}))
            case.exits(0)
            check_clean(case, job)
            check_sent(case, job, [("octo/app", "deploy", {"text": text})])


EVIL = {
    **dict.fromkeys(
        ("OWNER", "REPO", "GH_PAT", "GH_TOKEN", "GITHUB_TOKEN",
         "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_HOST",
         "DISPATCH_OWNER", "DISPATCH_REPO", "DISPATCH_TARGET_OWNER",
         "DISPATCH_TARGET_REPO", "DISPATCH_EVENT_TYPE", "DISPATCH_TOKEN",
         "DISPATCH_APP_ID"), "evil"),
    # The tests run in the folder that has this file.
    **dict.fromkeys(
        ("DISPATCH_TARGETS", "DISPATCH_TOKEN_FILE", "DISPATCH_APP_KEY",
         "DISPATCH_CHECK_JSON"), "evil-file"),
    "DISPATCH_PAYLOAD": '{"evil": 1}',
    "DISPATCH_CLIENT_PAYLOAD": '{"evil": 2}', "DISPATCH_FIELD": "evil=3",
    "DISPATCH_RAW_FIELD": "evil=4", "DISPATCH_API_URL": "https://evil.test",
    "ACTION_TARGETS": "evil/evil", "ACTION_APP_KEY": "evil",
    "ACTION_ALIAS_REPO": "evil/evil", "ACTION_ALIAS_TOKEN": "evil",
    "ACTION_JOB_TOKEN": "evil", "ACTION_JSON_FIELDS": "evil=5",
    "ACTION_BINARY": "/bin/false", "DISPATCH_WORKFLOW": "evil.yml",
    "DISPATCH_REF": "evil",
}


def test_job_variables(tap, place, job):
    """A job's variables for other programs do not reach the binary."""
    place.write("evil-file", "evil/evil\n")
    evil = {name: place.file(value) if value == "evil-file" else value
            for name, value in EVIL.items()}
    case = Case(tap, "evil variables of the job", job.play(evil))
    case.exits(0)
    check_clean(case, job)
    check_sent(case, job, [EVENT])
    case = Case(tap, "evil variables and an empty token",
                job.play(evil, github_token=""))
    case.exits(2)
    case.sends(0)
    case.reports("no token")


def test_job_token(tap, place):
    """The job's token is used if no input has one, but only for the server
    that the job runs on."""
    job = Job(place, "job-token", search_path(place, "path-token", BARE),
              token=TOKEN)
    here = {"GITHUB_API_URL": job.inputs["api-url"],
            "SSL_CERT_FILE": place.file("root.pem")}
    port = place.port
    for name, variables, inputs, events in (
            ("this server", here, {"api-url": ""}, [EVENT]),
            ("this server by name", here, {}, [EVENT]),
            ("this server with a slash", here,
             {"api-url": f"https://localhost:{port}/"}, [EVENT]),
            ("this server in upper case", here,
             {"api-url": f"HTTPS://LOCALHOST:{port}"}, [EVENT]),
            ("a name that begins like this server's", here,
             {"api-url": f"https://localhost.test:{port}"}, []),
            ("another server", {"GITHUB_API_URL": "https://localhost:1"}, {},
             []),
            ("a job without a server", {}, {}, [])):
        case = Case(tap, f"the job's token, {name}", job.play(
            variables, github_token=None, **{
                key.replace("-", "_"): value for key, value in inputs.items()
            }))
        case.exits(0 if events else 2)
        check_sent(case, job, events)
        check_clean(case, job)


NOTICE = ("notice: {} is empty: using the job's own token, which reaches only "
          "this repository\n")


def test_empty_token(tap, place):
    """An empty input is most often a secret that does not exist."""
    job = Job(place, "empty-token", search_path(place, "path-empty", BARE),
              token=TOKEN)
    here = {"GITHUB_API_URL": job.inputs["api-url"]}
    key = {"app_id": harness.github.APP_ID,
           "app_private_key": place.read("app.pem")}
    for inputs, empty in (
            ({"github_token": ""}, "github-token"),
            ({"github_token": None, "token": ""}, "token"),
            ({"github_token": "", "token": ""}, "github-token"),
            ({"github_token": None}, None),
            ({"github_token": "", "token": TOKEN}, None),
            ({"github_token": TOKEN, "token": ""}, None),
            ({"github_token": "", **key}, None)):
        case = Case(tap, f"empty tokens, {sorted(inputs)}",
                    job.play(here, **inputs))
        case.exits(0)
        check_clean(case, job)
        found = [line for line in case.run.err.splitlines(True)
                 if "is empty" in line]
        case.check(found == ([NOTICE.format(empty)] if empty else []),
                   f"the notice is about {empty}", found)


# Inputs, and what the annotation says.
REFUSED = [
    ({"json-fields": "a=1"}, "the input json-fields is now fields, and fields "
     "is now raw-fields: rename both"),
    ({"json-fields": "a=1", "fields": "b=@f"}, "rename both"),
    ({"app-id": "12", "app-private-key": ""}, "app-id needs app-private-key "
     "(is the secret of the input app-private-key empty?)"),
    ({"app-id": "", "app-private-key": "key"}, "app-private-key needs app-id "
     "(is the value of the input app-id empty?)"),
]


def test_refused(tap, job):
    for inputs, message in REFUSED:
        case = Case(tap, f"refused, {inputs}", job.play(**inputs))
        case.exits(2)
        case.sends(0)
        check_clean(case, job)
        case.check([message in text for text in case.run.named("error")] ==
                   [True], "one annotation says why", case.run)
    document = job.action.document["inputs"]["json-fields"]
    tap.check("rename both" in document["deprecationMessage"],
              "GitHub shows how to rename json-fields")


def test_aliases(tap, job):
    """Two names of an input must not say two things."""
    for name, inputs in (
            ("github-token", {"token": TOKEN + "x"}),
            ("repo", {"repo": "octo/a", "repository": "octo/b"})):
        case = Case(tap, f"another value for {name}", job.play(**inputs))
        case.exits(2)
        case.sends(0)
        check_clean(case, job)
        case.check(f"the inputs {name} and " in
                   "".join(case.run.named("error")),
                   "the annotation names both", case.run)


class Recorder:
    """A program in the place of the binary, which records its arguments, its
    input and its environment, and ends with the status 7."""

    def __init__(self, place, job):
        self.job = job
        self.folder = place.file("recorded")
        tools = search_path(place, "recorder-tools", ("cat", "env", "mkdir"))
        self.path = write_program(place.file("recorder"), f"""\
PATH={tools}
mkdir -p {self.folder}
printf '%s\\n' "$@" >{self.folder}/arguments
cat >{self.folder}/input
env >{self.folder}/variables
[ "$3" != --targets ] || cat "$4" >{self.folder}/targets
exit 7
""")

    def play(self, tap, name, arguments, given, **inputs):
        """Runs it, with checks for a pattern of its arguments, and its
        input."""
        shutil.rmtree(self.folder, ignore_errors=True)
        case = Case(tap, name, self.job.play(binary=self.path, **inputs))
        case.exits(7)
        case.check(not self.job.runner.left_over(), "no file is left over")
        case.check(re.fullmatch(arguments, self.read("arguments")),
                   f"the arguments match {arguments!r}",
                   self.read("arguments"))
        case.check(self.read("input") == given,
                   "standard input is as it should be", self.read("input"))
        return case

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as f:
            return f.read()


def test_hand_over(tap, place, job):
    """How the action starts the binary."""
    recorder = Recorder(place, job)
    key = "-----BEGIN KEY-----\n-n \\n %s $(id) ä\n-----END KEY-----"
    case = recorder.play(tap, "a key", "--app-key\n-\n", key + "\n",
                         app_private_key=key, app_id="12")
    variables = recorder.read("variables")
    case.check("BEGIN KEY" not in variables, "no variable has the key")
    case.check(not re.search("^ACTION_(?!BINARY=)", variables, re.M),
               "the binary inherits no variable of the action's own")
    case.check("DISPATCH_APP_ID=12\n" in variables, "a variable has the id")
    case.check(TOKEN not in variables, "no variable has the token")
    targets = "octo/a\nocto/b c \\n $x"
    case = recorder.play(tap, "a key and targets",
                         "--app-key\n-\n--targets\n.*\n", key + "\n",
                         targets=targets, app_private_key=key, app_id="12")
    case.check(recorder.read("targets") == targets + "\n",
               "the targets arrive unchanged", recorder.read("targets"))
    recorder.play(tap, "targets", "--targets\n-\n", "octo/a\n",
                  targets="octo/a")
    case = recorder.play(tap, "neither a key nor targets", "\n", "")
    case.check(f"DISPATCH_TOKEN={TOKEN}\n" in recorder.read("variables"),
               "a variable has the token")


def job_with_shell(place, name, shell):
    """A job on a machine whose only command is this shell, as sh."""
    return Job(place, "job-" + name,
               search_path(place, "path-" + name, BARE, sh=shell))


def test_shells(tap, place, app_key):
    """Each shell that is sh on a runner or in an image."""
    # More than a pipe holds, and almost as much as a variable can hold.
    targets = "\n".join(f"octo/{i:020}" for i in range(4800))
    for name in ("dash", "bash", "busybox"):
        path = shutil.which(name)
        if path is None:
            tap.skip(f"{name} as sh", "it is not installed")
            continue
        job = job_with_shell(place, name, path)
        test_good(tap, job, name)
        case = Case(tap, f"{name}, a failure among two targets", job.play(
            repo="octo/answer-404", targets="octo/a"))
        case.exits(5)
        case.sends(2)
        check_clean(case, job)
        for what, key in (("a token", ""), ("an App", app_key)):
            case = Case(tap, f"{name}, 4800 targets and {what}", job.play(
                targets=targets, dry_run="true", app_id="12" if key else "",
                app_private_key=key))
            case.exits(0)
            check_clean(case, job)
            case.check(case.run.out.count("POST /repos/octo/") == 4800,
                       "each is shown")


def test_shell_bash(tap, place, app_key):
    """The scripts for sh work with the runner's "shell: bash", too, which
    sets pipefail."""
    job = Job(place, "job-shell-bash", search_path(
        place, "path-shell-bash", (*BARE, "bash")))
    for step in job.action.steps:
        step["shell"] = "bash"
    test_good(tap, job, "with-bash")
    test_failing(tap, job)
    test_hostile(tap, job)
    test_hostile_values(tap, job)
    test_app(tap, job, app_key)


CANCELLED = [("dash", signal.SIGINT), ("bash", signal.SIGINT),
             ("busybox", signal.SIGINT), ("dash", signal.SIGTERM),
             ("bash", signal.SIGTERM)]


def test_cancelled(tap, place, key):
    """A runner that cancels a job signals only the step's own process."""
    listed = "\n".join(f"octo/t{i}" for i in range(12))
    app = {"app-id": harness.github.APP_ID, "app-private-key": key}
    for shell, number in CANCELLED:
        where = f"cancelled-{shell}-{number.name}"
        path = shutil.which(shell)
        if path is None:
            tap.skip(where, "it is not installed")
            continue
        job = job_with_shell(place, where, path)
        for name, inputs in (
                ("targets", {"targets": listed}),
                ("an App", {**app, "wait": "true",
                            "repo": "octo/runs-waiting"}),
                ("an App's targets", {**app, "targets": listed})):
            check_cancelled(Case(
                tap, f"{shell} and {number.name}, {name}",
                play_cancelled(place, job, number, inputs)), job)


def play_cancelled(place, job, number, inputs):
    """Signals the step once the first dispatch has arrived."""
    count = place.count()

    def cancel(step, process):
        if step == "dispatch":
            harness.wait_until(lambda: any(
                "/dispatches" in request["target"]
                for request in place.received(since=count)),
                "a dispatch arrives")
            process.send_signal(number)

    job.runner.watch = cancel
    return job.play({"DISPATCH_WAIT_INTERVAL": "1"}, **inputs)


def check_cancelled(case, job):
    result = case.run
    sent = [request for request in result.requests
            if request["target"].endswith("/dispatches")]
    results = json.loads(result.outputs["results"] or "[]")
    case.check(result.status not in (0, 130, 143),
               "the exit status is the binary's")
    case.check(len(sent) < 12, "not all targets are sent to")
    case.check(len(sent) == sum(r["delivered"] is True for r in results),
               "the results say what was delivered", sent)
    case.check(not job.runner.left_over(), "no file is left over")


# Name, arguments, variables, and the event that arrives.
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
    ("arguments with special characters",
     ["-e", "two words", "-p", '{"q": "a \\" $(id) `id` *"}'],
     {"GH_PAT": TOKEN, "GITHUB_REPOSITORY": "octo/app"},
     ("octo/app", "two words", {"q": 'a " $(id) `id` *'})),
]


class Script:
    """Runs the drop-in script with few variables."""

    def __init__(self, place, path):
        self.place = place
        self.env = {"PATH": path, "REPOSITORY_DISPATCH": BINARY,
                    "GITHUB_API_URL": f"https://localhost:{place.port}",
                    "SSL_CERT_FILE": place.file("root.pem")}

    def run(self, arguments, env=None, script=SCRIPT, cwd="/"):
        """A variable that is None is left out."""
        env = {**self.env, **(env or {})}
        return Run(self.place, arguments, {
            name: value for name, value in env.items() if value is not None},
            program=script, cwd=cwd)

    def case(self, tap, name, *arguments, **options):
        """The checks of a run with these arguments of run()."""
        return Case(tap, "script, " + name, self.run(*arguments, **options))


def test_script(tap, place, script):
    for name, arguments, variables, event in CALLS:
        case = script.case(tap, name, arguments, variables)
        case.exits(0)
        case.check(events_of(case.run.requests) == [event],
                   "this event arrives")
    for option in ("-h", "--help"):
        case = script.case(tap, option, [option])
        case.exits(0)
        case.sends(0)
        case.prints("--event-type")
    env = {"GH_PAT": TOKEN, "GITHUB_REPOSITORY": "octo/app"}
    case = script.case(tap, "DEBUG=1", ["-e", "deploy"], {**env, "DEBUG": "1"})
    case.exits(0)
    case.sends(1)
    case.check("\n* " in "\n" + case.run.err, "standard error has a trace")
    for payload in ("", "{", "hello", "{'a': 1}"):
        case = script.case(tap, f"the payload {payload!r}",
                           ["-e", "deploy", "-p", payload], env)
        case.exits(3)
        case.sends(0)
    case = script.case(tap, "a wrong token", ["-e", "deploy"],
                       {**env, "GH_PAT": "other"})
    case.exits(4)
    case.sends(1)
    link = place.file("linked script")
    os.symlink(os.path.relpath(SCRIPT, place.path), link)
    case = script.case(tap, "through a link", ["-e", "deploy"], env,
                       script=link, cwd=place.path)
    case.exits(0)
    case.sends(1)


def test_waiting(tap, job):
    """The deciding run is in the outputs, and every run in the results."""
    often = {"DISPATCH_WAIT_INTERVAL": "1"}
    result = job.play(often, wait="true", repo="octo/runs-slow")
    url = "https://github.com/octo/runs-slow/actions/runs/1000"
    case = Case(tap, "wait, a run that succeeds", result)
    case.exits(0)
    check_outputs(case, {"run-id": "1000", "run-url": url,
                         "conclusion": "success"})
    row = rows_of(result.summary)[0]
    case.check(row[2] == "yes" and row[3].startswith(f"[success]({url}) "),
               "the summary links to the run", row)
    runs = json.loads(result.outputs["results"])[0]["runs"]
    case.check([(run["id"], run["url"], run["conclusion"]) for run in runs] ==
               [(1000, url, "success")], "the results have the run", runs)
    for name in ("failure", "hostile"):
        result = job.play(often, wait="true",
                          targets=f"octo/runs-success\nocto/runs-{name}")
        case = Case(tap, f"wait, the conclusion {name}", result)
        case.exits(11)
        check_clean(case, job)
        case.check(len(result.named("error")) == 1, "one annotation is shown")
        case.check(result.outputs["conclusion"].startswith("failure"),
                   "the output conclusion is the failure")
        case.check("runs-" + name in result.outputs["run-url"],
                   "the output run-url is the failed run's")
    case = Case(tap, "wait, no run is found", job.play(
        often, wait="true", wait_timeout="2", repo="octo/runs-none"))
    case.exits(12)
    check_outputs(case, {"run-id": "", "response-status": "204"})


def check_outputs(case, outputs):
    for name, value in outputs.items():
        case.check(case.run.outputs[name] == value,
                   f"the output {name} is {value!r}")


def test_app(tap, job, key):
    """The key goes through a pipe; the installation's token sends the
    event."""
    result = job.play(app_id=harness.github.APP_ID, app_private_key=key,
                      github_token="unused")
    case = Case(tap, "an App", result)
    case.exits(0)
    case.sends(4)
    last = result.requests[-2]
    case.check((last["method"], last["target"]) ==
               ("POST", "/repos/octo/app/dispatches"),
               "the last request but that to revoke is the dispatch")
    case.check(["Authorization", "Bearer " + harness.github.APP_TOKEN] in
               last["fields"], "it carries the installation's token")


def test_debug(tap, job):
    """ACTIONS_STEP_DEBUG sets RUNNER_DEBUG."""
    for variables, traced in (({"RUNNER_DEBUG": "1"}, True),
                              ({"DEBUG": "1"}, True), ({"DEBUG": "*"}, False)):
        case = Case(tap, f"the variables {variables}", job.play(variables))
        case.exits(0)
        check_clean(case, job)
        case.check(("\n> Authorization: [hidden]\n" in case.run.err) ==
                   traced, f"whether there is a trace: {traced}")


def results_of(result):
    return json.loads(result.outputs["results"] or "[]")


def test_outputs(tap, job):
    url = job.inputs["api-url"] + "/repos/octo/{}/dispatches"
    case = Case(tap, "the outputs of one target", job.play())
    check_outputs(case, {"dispatch-url": url.format("app"),
                         "response-status": "204"})
    case.check([(r["repository"], r["status"], r["delivered"])
                for r in results_of(case.run)] == [("octo/app", 204, True)],
               "the results have it")
    case = Case(tap, "the outputs of two targets",
                job.play(repo="octo/answer-404,octo/b"))
    case.exits(5)
    check_outputs(case, {"dispatch-url": url.format("answer-404"),
                         "response-status": "404"})
    case.check([(r["repository"], r["status"])
                for r in results_of(case.run)] ==
               [("octo/answer-404", 404), ("octo/b", 204)],
               "the results have both")
    for text in HOSTILE:
        case = Case(tap, f"the outputs of the event type {text!r}",
                    job.play(event_type=text))
        check_clean(case, job)
        # With quotes around it or a control character it is refused.
        wanted = [] if case.run.status == 3 else [text.strip()]
        case.check([r["event_type"]
                    for r in results_of(case.run)] == wanted,
                   "the results have it unless it is refused")
        case.check(case.run.outputs["results"].isascii(),
                   "the results are ASCII")


def test_workflow(tap, job):
    """The inputs workflow and ref in the place of event-type."""
    start = {"event_type": None, "workflow": "deploy.yml", "ref": "main"}
    case = Case(tap, "a workflow", job.play(
        **start, raw_fields="version=1\n", fields="dry_run=true\n"))
    case.exits(0)
    check_clean(case, job)
    check_sent(case, job, [("octo/app", "deploy.yml@main",
                            {"version": "1", "dry_run": "true"})])
    check_outputs(case, {
        "dispatch-url": job.inputs["api-url"] + "/repos/octo/app/actions/"
                        "workflows/deploy.yml/dispatches",
        "response-status": "200", "run-id": "1000",
        "run-url": "https://github.com/octo/app/actions/runs/1000"})
    case.check([tuple(row[:3]) for row in rows_of(case.run.summary)] ==
               [("octo/app", "deploy.yml on main", "yes")],
               "the summary has a row for it")
    for name, inputs, text in (
            ("no event and no workflow", {"event_type": None},
             "--event-type TYPE is required, or --workflow FILE"),
            ("both", {**start, "event_type": "deploy"},
             "DISPATCH_WORKFLOW and DISPATCH_EVENT_TYPE exclude each other"),
            ("a workflow without a ref", {**start, "ref": None},
             "DISPATCH_WORKFLOW needs --ref REF"),
            ("a ref without a workflow", {"ref": "main"},
             "DISPATCH_REF needs --workflow FILE"),
            ("an event type in targets", {**start, "targets": "octo/a x"},
             "DISPATCH_WORKFLOW sends no event type")):
        case = Case(tap, name, job.play(**inputs))
        case.exits(2)
        case.sends(0)
        case.check(text in "".join(case.run.named("error")),
                   "the annotation says so")
    for text in HOSTILE:
        for name in ("workflow", "ref"):
            case = Case(tap, f"the input {name} is {text!r}",
                        job.play(**{**start, name: text}))
            case.check(case.run.status in (0, 2, 6),
                       "the exit status is 0, 2 or 6")
            check_clean(case, job)


def test_wrong_inputs(tap, job):
    for name, text, variable in (
            ("wait", "maybe", "DISPATCH_WAIT"),
            ("wait-timeout", "x", "DISPATCH_WAIT_TIMEOUT")):
        case = Case(tap, f"the input {name} is {text}",
                    job.play(**{name: text}))
        case.exits(2)
        case.sends(0)
        case.check(variable + " " in "".join(case.run.named("error")),
                   "the annotation names the variable")
    case = Case(tap, "wait is false", job.play(wait="false",
                                               wait_timeout="5"))
    case.exits(0)
    check_sent(case, job, [EVENT])
    check_outputs(case, {"run-id": ""})
    for key in ("no key", *HOSTILE):
        case = Case(tap, f"the App's key {key!r}",
                    job.play(app_id="12", app_private_key=key))
        case.check(case.run.status in (1, 2), "the exit status is 1 or 2")
        case.sends(0)
        check_clean(case, job)
        case.check("option" not in "".join(case.run.named("error")),
                   "the annotation names no option")


def test_action(tap, place):
    job = Job(place, "job", search_path(place, "bare", BARE))
    key = place.read("app.pem")
    # The 4th line of the key must not be shown; nor may a part of it.
    harness.SECRETS.add(key.splitlines()[3])
    test_metadata(tap, job)
    test_sums(tap)
    test_shells(tap, place, key)
    test_shell_bash(tap, place, key)
    test_failing(tap, job)
    test_job_variables(tap, place, job)
    test_aliases(tap, job)
    test_job_token(tap, place)
    test_empty_token(tap, place)
    test_refused(tap, job)
    test_hand_over(tap, place, job)
    test_hostile(tap, job)
    test_hostile_values(tap, job)
    test_debug(tap, job)
    test_outputs(tap, job)
    test_workflow(tap, job)
    test_wrong_inputs(tap, job)
    test_waiting(tap, job)
    test_app(tap, job, key)
    test_cancelled(tap, place, key)


def test_finding(tap, place):
    tools = search_path(place, "tools", TOOLS)
    finding.test(tap, place, tools)
    script = Script(place, search_path(
        place, "script", ("sh", "readlink", "dirname")))
    test_script(tap, place, script)
    finding.test_script(tap, place, script, tools)


if __name__ == "__main__":
    harness.main(test_action, test_finding, place=Stage)
