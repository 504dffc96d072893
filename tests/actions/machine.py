"""machine.py - what the tests of the action and the script share: search paths
with little on them, a job, and small programs."""

import json
import os
import shutil
import sys

for folder in ("e2e", "lint"):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))), folder))
import harness  # noqa: E402
from expressions import Engine  # noqa: E402
from harness import Case, Run  # noqa: E402, F401
from runner import Action, Runner  # noqa: E402
from validators import install  # noqa: E402

BINARY = os.environ.get("BINARY", harness.BINARY)
ROOT = harness.ROOT
FOLDER = os.path.join(ROOT, ".github", "actions",
                      "repository-dispatch")
SCRIPT = os.path.join(harness.ROOT, ".github", "scripts",
                      "repository-dispatch.sh")
TOKEN = harness.TOKEN
# The commands that the action needs if it is given a binary.
BARE = ("sh",)
# The commands that it needs to find one.
TOOLS = (*BARE, "cat", "chmod", "cp", "curl", "dirname", "env", "find",
         "grep", "mkdir", "mktemp", "mv", "readlink", "rm", "sed", "sha256sum",
         "sort", "tail", "tr", "uname", "wget")

# Untrusted text that would harm shells, runners, JSON or terminals.
HOSTILE = [
    "\"", "'", "\"; touch pwned; \"", "'; touch pwned; '", "$(touch pwned)",
    "`touch pwned`", "x\ntouch pwned", "x\r\n::error::y", "*", "~ \\ \\n",
    "-e x --dry-run", "; touch pwned #", "x\n\nEOF\ntouch pwned",
    "::set-output name=x::y", "::error::y", " ::warning::y", "x\r::debug::y",
    "x\n::add-mask::y", "##[command]y", "x##[error]y", "%0A::error::y",
    "x%0D%0A##[debug]y", "${{ github.token }}", "x=y\nz<<END\n1\nEND",
    "{\"a\": \"b", "\x1b[31m\x07", "\u2028::error::y", "\u00e9\u4e2d",
]


def search_path(place, name, commands, **others):
    """A folder with links to these commands, and others={name: path}."""
    folder = place.file(name)
    os.makedirs(folder)
    for command in commands:
        os.symlink(shutil.which(command), os.path.join(folder, command))
    for command, path in others.items():
        link = os.path.join(folder, command.replace("_", "-"))
        if os.path.lexists(link):
            os.remove(link)
        os.symlink(path, link)
    return folder


def write_program(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)
    return path


class Stage(harness.Place):
    """A place with GitHub's engine of expressions."""

    def __enter__(self):
        install()
        self.engine = Engine()
        return self

    def __exit__(self, *error):
        self.engine.close()
        super().__exit__(*error)


class Job:
    """A job that runs the action against the stand-in."""

    def __init__(self, place, name, path, folder=FOLDER, **github):
        self.place = place
        self.action = Action(folder)
        self.runner = Runner(place.file(name), path, place.engine, **github)
        self.inputs = {
            "github-token": TOKEN, "event-type": "deploy",
            "api-url": f"https://localhost:{place.port}",
            "ca-file": place.file("root.pem"), "binary": BINARY}
        self.requests = []

    def play(self, job=None, **inputs):
        """Input names with "_" for "-"; None leaves one out."""
        given = {**self.inputs, **{name.replace("_", "-"): value
                                   for name, value in inputs.items()}}
        before = self.place.count()
        result = self.runner.run(
            self.action, {name: value for name, value in given.items()
                          if value is not None}, job)
        result.requests = self.requests = self.place.received(since=before)
        self.place.keep(str(result).encode(), f"the action with {inputs}")
        return result

    def sent(self):
        """The events that the last play sent."""
        return events_of(self.requests)


def events_of(requests):
    """(repository, event type, payload) of each request, which must be a
    dispatch. Of a workflow_dispatch it is (repository, file@ref, inputs)."""
    events = []
    for request in requests:
        body = json.loads(request["body"].encode("latin-1"))
        repository, _, file = request["target"].removeprefix("/repos/") \
            .removesuffix("/dispatches").partition("/actions/workflows/")
        if request["method"] == "POST" and \
                set(body) == {"event_type", "client_payload"}:
            events.append((repository, body["event_type"],
                           body["client_payload"]))
        elif request["method"] == "POST" and file and \
                set(body) == {"ref", "inputs", "return_run_details"}:
            events.append((repository, f"{file}@{body['ref']}",
                           body["inputs"]))
        else:
            raise RuntimeError(f"not a dispatch: {request}")
    return events
