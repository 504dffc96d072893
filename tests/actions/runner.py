"""runner.py - plays a composite action as GitHub's runner does.

It does what a runner does: inputs with defaults, each step's script in a file
with the runner's way to start the shell, the files of GITHUB_OUTPUT,
GITHUB_STEP_SUMMARY and GITHUB_ENV, and workflow commands in a step's output
(docs.github.com: Metadata syntax, Workflow commands). GitHub's own engine
evaluates the expressions. The outputs are read by the rules of every runner
(output_files.py), which must all find the same."""

import dataclasses
import itertools
import os
import re
import signal
import subprocess
import time

import output_files
import yaml

SHELLS = {
    "sh": ["sh", "-e"],
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
    None: ["bash", "-e"],  # the default in a workflow
}
STEP_KEYS = {"id", "name", "shell", "env", "run"}
FILES = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH",
         "GITHUB_STATE")
NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
LINE_END = re.compile(r"\r\n|\r|\n")


class Fault(Exception):
    """A runner refuses this, or an action must not do it."""


@dataclasses.dataclass
class Result:
    status: int = 0
    outputs: dict = dataclasses.field(default_factory=dict)
    # Of each step, with those that the action does not pass on.
    step_outputs: dict = dataclasses.field(default_factory=dict)
    summary: str = ""
    # (command, properties, text), in the order printed.
    annotations: list = dataclasses.field(default_factory=list)
    stdout: bytes = b""
    stderr: bytes = b""
    # Lines of GITHUB_ENV, GITHUB_PATH and GITHUB_STATE.
    leaks: str = ""
    # Seconds that each step's shell ran.
    took: dict = dataclasses.field(default_factory=dict)
    # Those that the stand-in received.
    requests: list = dataclasses.field(default_factory=list)

    @property
    def out(self):
        return self.stdout.decode("latin-1")

    @property
    def err(self):
        return self.stderr.decode("latin-1")

    def __str__(self):
        """All its output."""
        return (f"exit status {self.status}\nstandard output: {self.out}\n"
                f"standard error: {self.err}\n"
                f"annotations: {self.annotations}\n"
                f"outputs of steps: {self.step_outputs}\n"
                f"summary: {self.summary}\nvariables: {self.leaks}")

    def named(self, command):
        return [text for name, _, text in self.annotations if name == command]


# Written as soon as a run is known, and again if another one decides: the last
# value counts.
UPDATED = {"run-id", "run-url"}


def parse_file(text):
    """Lines NAME=VALUE, or NAME<<DELIMITER, lines, DELIMITER."""
    found = {}
    if text and not text.endswith("\n"):
        raise Fault("the last line has no end")
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        match = re.match(rf"({NAME})(=|<<)", line)
        if not match:
            raise Fault(f"neither NAME=VALUE nor NAME<<DELIMITER: {line!r}")
        name, value = match.group(1), line[match.end():]
        if match.group(2) == "<<":
            if not value:
                raise Fault(f"no delimiter after {name}<<")
            rest = list(itertools.takewhile(lambda other: other != value,
                                            lines_and_end(lines, name)))
            value = "\n".join(rest)
        if name in found and name not in UPDATED:
            raise Fault(f"{name} is written twice")
        found[name] = value
    return found


def read_outputs(text):
    """The outputs, if all runners find the same. The oldest one may miss
    those that a long line comes before."""
    found = parse_file(text)
    for rules in output_files.RUNNERS:
        try:
            other = output_files.parse(text, rules)
        except output_files.Refused as why:
            raise Fault(str(why)) from why
        if rules == output_files.ACT_OLD:
            other = {**found, **other}
        if other != found:
            raise Fault(f"{rules.name} finds other outputs: {other}")
    return found


def lines_and_end(lines, name):
    yield from lines
    raise Fault(f"the value of {name} does not end")


def unescape(text):
    for code, byte in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"),
                       ("%2C", ","), ("%25", "%")):
        text = text.replace(code, byte)
    return text


def find_commands(output):
    """Finds "::name key=value::text" at the start of a line, and "##[name
    key=value]text" anywhere. Unknown names count: a newer runner may know
    them."""
    for line in LINE_END.split(output.decode("utf-8", "replace")):
        match = (re.match(r"::([^: ]+)((?: [^:]*)?)::(.*)", line.lstrip())
                 or re.search(r"##\[([^\] ]+)((?: [^\]]*)?)\](.*)", line))
        if match:
            yield (match.group(1), match.group(2).strip(),
                   unescape(match.group(3)))
        elif "##[" in line or line.lstrip().startswith("::"):
            yield ("", "", line)


class Action:
    """A folder with an action.yml."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "action.yml"), encoding="utf-8") as f:
            self.document = yaml.safe_load(f)
        self.steps = self.document["runs"]["steps"]
        if self.document["runs"]["using"] != "composite":
            raise Fault("this is not a composite action")
        for step in self.steps:
            if set(step) - STEP_KEYS:
                raise Fault(f"not played: {set(step) - STEP_KEYS}")

    def values(self, given):
        """A runner does not check that required inputs are given: the binary
        has to."""
        declared = self.document["inputs"]
        unknown = set(given) - set(declared)
        if unknown:
            raise Fault(f"no such input: {unknown}")
        return {name: str(given.get(name, about.get("default", "")))
                for name, about in declared.items()}

    def required(self):
        return {name for name, about in self.document["inputs"].items()
                if about.get("required")}


class Runner:
    """One job on one machine: a workspace, a temporary folder and a tool
    cache below one folder, and a search path."""

    def __init__(self, path, search_path, engine, **github):
        self.path = path
        self.search_path = search_path
        self.engine = engine
        # Called with a step's id and process while it runs.
        self.watch = lambda step, process: None
        self.github = {"action_repository": "", "action_ref": "", "token": "",
                       "repository": "octo/app",
                       "server_url": "https://localhost:1", **github}
        self.variables = {"RUNNER_OS": "Linux", "RUNNER_ARCH": "X64"}
        for name in ("workspace", "temporary", "tools", "files"):
            os.makedirs(os.path.join(path, name), exist_ok=True)

    def folder(self, name):
        return os.path.join(self.path, name)

    def left_over(self):
        """The files in the workspace and the temporary folder."""
        return sorted(
            os.path.join(folder, name)
            for top in ("workspace", "temporary")
            for folder, folders, names in os.walk(self.folder(top))
            for name in names + folders)

    def environment(self, job):
        return {
            "PATH": self.search_path, "HOME": self.folder("workspace"),
            **job, "CI": "true", "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": self.github["repository"],
            "GITHUB_SERVER_URL": self.github["server_url"],
            "GITHUB_WORKSPACE": self.folder("workspace"),
            "RUNNER_TEMP": self.folder("temporary"),
            "RUNNER_TOOL_CACHE": self.folder("tools"),
            **{name: self.folder(os.path.join("files", name))
               for name in FILES},
            **self.variables}

    def run(self, action, inputs, job=None):
        """Returns the Result. job: the job's environment variables."""
        result = Result()
        contexts = {"inputs": action.values(inputs), "github": self.github,
                    "runner": {"os": "Linux"},
                    "steps": {}}
        job = {**(job or {}), "GITHUB_ACTION_PATH": action.folder}
        for step in action.steps:
            self.run_step(step, contexts, job, result)
            if result.status != 0:
                break
        for name, about in action.document.get("outputs", {}).items():
            result.outputs[name] = self.engine.fill(about["value"], contexts)
        return result

    def run_step(self, step, contexts, job, result):
        env = self.environment(job)
        for name, value in step.get("env", {}).items():
            env[name] = self.engine.fill(value, contexts)
        for name in FILES:
            open(env[name], "wb").close()
        script = os.path.join(self.folder("files"), "step.sh")
        with open(script, "w", encoding="utf-8") as f:
            f.write(self.engine.fill(step["run"], contexts))
        began = time.monotonic()
        process = subprocess.Popen(
            [*self.shell(step.get("shell")), script], env=env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd=self.folder("workspace"),
            start_new_session=True)
        self.watch(step.get("id"), process)
        try:
            printed = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            # The step and its children are a process group.
            os.killpg(process.pid, signal.SIGKILL)
            raise
        result.took[step.get("id")] = time.monotonic() - began
        result.status = process.returncode
        result.stdout += printed[0]
        result.stderr += printed[1]
        for text in printed:
            result.annotations += find_commands(text)
        outputs = read_outputs(read(env["GITHUB_OUTPUT"]))
        if "id" in step:
            contexts["steps"][step["id"]] = {"outputs": outputs}
            result.step_outputs[step["id"]] = outputs
        result.summary += read(env["GITHUB_STEP_SUMMARY"])
        result.leaks += "".join(read(env[name]) for name in FILES[2:])

    def shell(self, name):
        """From PATH, as a runner does."""
        command, *options = SHELLS[name]
        for folder in self.search_path.split(":"):
            path = os.path.join(folder, command)
            if os.access(path, os.X_OK):
                return [path, *options]
        raise Fault(f"no {command} on PATH")


def read(path):
    # newline="": a smuggled line end must not be translated.
    with open(path, encoding="utf-8", newline="") as f:
        return f.read()
