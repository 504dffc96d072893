#!/usr/bin/env python3
"""lint.py - checks the workflows and the action with two validators and with
rules of our own. Each of these is tested with an input that it must refuse."""

import glob
import os
import sys

import yaml
from validators import (ACTION, ROOT, ROOT_ACTION, RULES, as_workflow, install,
                        read, validate)

sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
from harness import Tap  # noqa: E402

USES = "./.github/actions/repository-dispatch"
GOOD = f"""\
name: good
on: push
permissions: {{}}
jobs:
  send:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd
        with:
          persist-credentials: false
      - id: send
        uses: {USES}
        with:
          github-token: ${{{{ github.token }}}}
          event-type: deploy
      - env:
          URL: ${{{{ steps.send.outputs.dispatch-url }}}}
        run: echo "$URL"
      - uses: actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f
        with:
          name: url
          path: .
          overwrite: true
"""

# Names of other actions in the Marketplace, where a name is given once.
TAKEN = ("repository dispatch", "workflow dispatch", "dispatch workflow",
         "trigger workflow and wait", "workflow dispatch and wait")
# docs.github.com, Metadata syntax, branding.color.
COLORS = ("white", "black", "yellow", "blue", "green", "orange", "red",
          "purple", "gray-dark")

# For each check, the change to the workflow above that it must refuse.
BROKEN = {
    "schema:": ("runs-on: ubuntu-latest", "runs-on-a: ubuntu-latest"),
    "actionlint:": ("steps.send.outputs", "steps.sent.outputs"),
    "third parties are pinned by commit":
        ("@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "@v4"),
    "no expression in a run":
        ('echo "$URL"', "echo ${{ github.event.client_payload.text }}"),
    "checkout does not keep its token": ("credentials: false",
                                         "credentials: true"),
    "an upload may be repeated": ("overwrite: true", "overwrite: false"),
    "rights are asked for by each job": ("permissions: {}",
                                         "permissions: write-all"),
    "our action has these inputs and outputs": ("event-type:", "event:"),
    "shellcheck of each run": ('echo "$URL"', "echo $URL"),
}


def check_file(tap, path):
    name = os.path.relpath(path, ROOT)
    if not os.path.exists(path):
        tap.check(False, name, "it does not exist")
        return
    kind = "action" if path.endswith("action.yml") else "workflow"
    text = read(path)
    [messages] = validate([(name, kind, text)])
    tap.check(not messages, f"{name}: the validators accept it", *messages)
    document = yaml.safe_load(text)
    for rule, find in RULES:
        faults = find(document)
        tap.check(not faults, f"{name}: {rule}", *faults)


def check_action(tap):
    text = read(ACTION)
    for name, (old, new) in {
            "unchanged": ("", ""),
            "a wrong input": ("inputs.repo", "inputs.rpo"),
            "a wrong step": ("steps.find.", "steps.found."),
            "a wrong output": ("steps.dispatch.outputs", "steps.sent.outputs")
    }.items():
        workflow = as_workflow(yaml.safe_load(text.replace(old, new)))
        [messages] = validate([("action", "workflow", workflow)])
        messages = [m for m in messages if m.startswith("actionlint:")]
        tap.check(bool(messages) == bool(old), f"actionlint of the action, "
                  f"{name}", *messages)


FORMS = os.path.join(ROOT, ".github", "ISSUE_TEMPLATE")
# docs.github.com, Syntax for GitHub's form schema.
FORM_TYPES = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def check_forms(tap):
    """The forms of issues, which GitHub ignores if they have a fault."""
    paths = sorted(glob.glob(os.path.join(FORMS, "*.yml")))
    forms = {os.path.basename(path): yaml.safe_load(read(path))
             for path in paths}
    tap.check(forms.pop("config.yml") == {"blank_issues_enabled": False},
              "issues begin with a form")
    for name, form in forms.items():
        fields = [field for field in form["body"]
                  if field["type"] != "markdown"]
        names = [field["id"] for field in fields]
        tap.check(set(form) == {"name", "description", "labels", "body"} and
                  {field["type"] for field in form["body"]} <= FORM_TYPES and
                  len(names) == len(set(names)) and
                  all(field["attributes"]["label"] and
                      field["validations"] == {"required": True}
                      for field in fields) and
                  all(field["attributes"]["options"] for field in fields
                      if field["type"] == "dropdown"),
                  f"{name}: the form has what GitHub demands", form)
        tap.check("-v" in " ".join(str(field["attributes"])
                                   for field in fields),
                  f"{name}: it asks for the output with -v")
    updates = yaml.safe_load(read(os.path.join(
        ROOT, ".github", "dependabot.yml")))["updates"]
    tap.check([(update["package-ecosystem"], update["directory"])
               for update in updates] == [("github-actions", "/")],
              "dependabot renews the actions", updates)


def check_marketplace(tap):
    """What GitHub's Marketplace demands of the action at the root."""
    action = yaml.safe_load(read(ROOT_ACTION))
    tap.check(action["name"].lower() not in TAKEN,
              "no other action there has this name", action["name"])
    tap.check(len(action["description"]) < 125,
              "the description has less than 125 characters",
              len(action["description"]))
    tap.check(action["branding"]["icon"] and
              action["branding"]["color"] in COLORS, "it has an icon in colour")


def check_controls(tap):
    [messages] = validate([("good.yml", "workflow", GOOD)])
    faults = [fault for _, find in RULES for fault in find(
        yaml.safe_load(GOOD))]
    tap.check(not messages + faults, "control: a good workflow passes",
              *messages, *faults)
    rules = dict(RULES)
    for name, (old, new) in BROKEN.items():
        text = GOOD.replace(old, new)
        [messages] = validate([("broken.yml", "workflow", text)])
        faults = rules[name](yaml.safe_load(text)) if name in rules else [
            message for message in messages if message.startswith(name)]
        tap.check(text != GOOD, f"control: {name} has a workflow to refuse")
        tap.check(faults, f"control: {name} refuses {new}")
    text = "name: a\nruns:\n  using: composite\n  steps: []\n"
    [messages] = validate([("action.yml", "action", text)])
    tap.check(messages, "control: an action without description is refused")


def main():
    tap = Tap()
    install()
    check_controls(tap)
    files = sorted(glob.glob(os.path.join(
        ROOT, ".github", "workflows", "*.y*ml")))
    tap.check(len(files) >= 3, "there are at least three workflows")
    for path in [*files, ACTION, ROOT_ACTION]:
        check_file(tap, path)
    check_marketplace(tap)
    check_forms(tap)
    check_action(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
