#!/usr/bin/env python3
"""documents.py - what --json prints against its JSON Schema. The documents are
the real binary's; members that the schema does not know are refused here,
although a reader has to ignore them."""

import copy
import json
import os
import subprocess
import sys

from validators import INSTALLED, ROOT, install, read

sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
from harness import ENV, Case, Process, Run, dispatch, main  # noqa: E402

SCHEMA = os.path.join(ROOT, ".github", "repository-dispatch.schema.json")
WAIT = ("--wait", "--wait-interval", "1", "--only-workflow", "receiver.yml")

# The form, the repositories of the stand-in, and more options.
DISPATCHES = [
    ("dispatch", ["octo/app"], ()),
    ("dispatch", ["octo/answer-401", "octo/app", "octo/answer-500"], ()),
    ("dispatch", ["octo/runs-slow", "octo/runs-failure"], WAIT),
    ("dispatch", ["octo/runs-jobs"], WAIT),
    ("dispatch", ["octo/runs-none"], (*WAIT, "--wait-timeout", "1")),
    ("dispatch", ["octo/runs-waiting"], (*WAIT, "--wait-timeout", "3")),
    ("dispatch", ["octo/runs-hostile-names"], WAIT),
    ("dispatch", ["octo/app"], ("-p", "[")),
    ("dry_run", ["octo/app", "octo/b"], ("--dry-run", "-f", "a=b")),
    ("dry_run", ["octo/app"], ("--dry-run", "-p", "[")),
    ("preflight", ["octo/app", "octo/missing", "octo/archived"],
     ("--preflight",)),
    ("preflight", ["octo/app"], ("--preflight", "-p", "[")),
]
# Without an event.
OTHERS = [
    ("version", ["--version", "--json"], ""),
    ("valid", ["--check-json", "-", "--json"], "{}"),
    ("dispatch", ["--check-json", "-", "--json"], "{"),
    ("dispatch", ["--json", "--wrong"], ""),
]


def validate(schema, documents):
    done = subprocess.run(
        ["node", os.path.join(INSTALLED, "documents.mjs")], check=True,
        input=json.dumps({"schema": schema, "documents": documents}),
        stdout=subprocess.PIPE, encoding="utf-8")
    return json.loads(done.stdout)


def form_of(schema, name):
    """The part of the schema for documents of one form, without unknown
    members."""
    strict = copy.deepcopy(schema)
    strict["anyOf"] = [{"$ref": f"#/definitions/{name}"}]
    stack = list(strict["definitions"].values())
    while stack:
        part = stack.pop()
        if "properties" in part:
            part["additionalProperties"] = False
            stack += part["properties"].values()
    return strict


def note_members(schema, part, value, seen):
    """Notes, for each definition, the members that a value has."""
    name = part.get("$ref", "").rpartition("/")[2]
    part = schema["definitions"].get(name, part)
    if isinstance(value, dict) and "properties" in part:
        if name:
            seen.setdefault(name, set()).update(value)
        for key, member in value.items():
            note_members(schema, part["properties"][key], member, seen)
    if isinstance(value, list) and "items" in part:
        for item in value:
            note_members(schema, part["items"], item, seen)


def make_documents(tap, place):
    """Pairs of a form and a document."""
    workflow = ["--workflow", "receiver.yml", "--ref", "main"]
    lists = [(form, dispatch(place, *repos, more=["--json", *more]), "")
             for form, repos, more in DISPATCHES]
    start = dispatch(place, "octo/app", more=["--json", *workflow])
    at = start.index("-e")
    del start[at:at + 2]
    lists += [("dispatch", start, ""),
              ("dry_run", [*start, "--dry-run"], ""),
              ("preflight", [*start, "--preflight"], ""), *OTHERS]
    place.port  # starts the stand-in
    # At once: together they take as long as the longest of them.
    started = [(form, given, Process(place, arguments, ENV))
               for form, arguments, given in lists]
    for form, given, process in started:
        run = process.end(given.encode())
        try:
            yield form, json.loads(run.out)
        except ValueError:
            Case(tap, " ".join(run.what), run).check(
                False, "standard output is a JSON document")


def test_documents(tap, place):
    schema = json.loads(read(SCHEMA))
    install()
    seen = {}
    documents = list(make_documents(tap, place))
    for form in sorted({form for form, _ in documents}):
        group = [document for name, document in documents if name == form]
        for messages, document in zip(
                validate(form_of(schema, form), group), group):
            tap.check(not messages, f"a document is of the form {form}",
                      *messages, json.dumps(document))
        for messages, document in zip(validate(schema, group), group):
            tap.check(not messages, f"the schema accepts one of {form}",
                      *messages, json.dumps(document))
        for document in group:
            note_members(schema, {"$ref": f"#/definitions/{form}"}, document,
                         seen)
    tap.check({"result", "request", "run", "job"} <= set(seen),
              "there are documents with runs and failed jobs", *seen)
    for name, members in seen.items():
        known = set(schema["definitions"][name]["properties"])
        tap.check(known == members, f"each member of {name} occurs",
                  *sorted(known - members))


# What must be refused: a change of a document of an event that was sent.
CONTROLS = {
    "a member that is missing": lambda d: d["results"][0].pop("dispatch_id"),
    "a member that is renamed":
        lambda d: d.update(exit=d.pop("exit_status")),
    "another type": lambda d: d["results"][0].update(status="204"),
}


def test_controls(tap, place):
    schema = json.loads(read(SCHEMA))
    document = json.loads(Run(place, dispatch(
        place, "octo/app", more=["--json"]), ENV).out)
    changed = []
    for change in CONTROLS.values():
        changed.append(copy.deepcopy(document))
        change(changed[-1])
    for name, messages in zip(CONTROLS, validate(schema, changed)):
        tap.check(messages, f"the schema refuses {name}")
    document["later"] = document["results"][0]["later"] = {"a": 1}
    [messages] = validate(schema, [document])
    tap.check(not messages, "the schema accepts members of later versions",
              *messages)


if __name__ == "__main__":
    main(test_documents, test_controls)
