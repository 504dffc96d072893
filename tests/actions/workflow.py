"""workflow.py - plays a workflow as GitHub does: jobs in the order of their
needs, each on a machine of its own, conditions, matrices, outputs of steps and
jobs. GitHub's own engine evaluates the expressions. The actions of others that
are known here are imitated; any other is an error."""

import dataclasses
import glob
import itertools
import os
import shutil
import subprocess

import yaml
from runner import Action, Fault, Result, Runner
from validators import our_action


@dataclasses.dataclass
class JobResult:
    result: str = "success"
    outputs: dict = dataclasses.field(default_factory=dict)
    # For each combination of the matrix, the Result of each step.
    runs: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Setting:
    """The surroundings of a workflow. repository: the path that checkout
    clones. github: the context. variables: those of the machine."""

    path: str
    repository: str
    search_path: str
    engine: object
    github: dict
    secrets: dict
    variables: dict
    inputs: dict = dataclasses.field(default_factory=dict)
    # A file with a line for each call that would leave the machine.
    calls: str = os.devnull


def combinations(job):
    matrix = job.get("strategy", {}).get("matrix", {})
    return [dict(zip(matrix, values))
            for values in itertools.product(*matrix.values())]


class Machine:
    """One job of one combination. env: the variables of the job."""

    def __init__(self, setting, name, env):
        self.setting, self.env = setting, env
        path = os.path.join(setting.path, name)
        github = {"repository": setting.github["repository"],
                  "server_url": setting.github["server_url"]}
        self.runner = Runner(path, setting.search_path, setting.engine,
                             **github)
        self.workspace = self.runner.folder("workspace")

    def uses_checkout(self, inputs):
        """The commit may be any that GitHub has. With fetch-depth: 0 the
        branches come with it."""
        commit = inputs.get("ref") or self.setting.github["sha"]
        depth = [] if inputs.get("fetch-depth") == "0" else ["--depth=1"]
        branches = ["+refs/heads/*:refs/remotes/origin/*"] * (not depth)
        for arguments in (
                ["init", "-q"],
                ["remote", "add", "origin",
                 "file://" + self.setting.repository],
                ["fetch", "-q", *depth, "file://" + self.setting.repository,
                 *branches, commit],
                ["checkout", "-q", "--detach", commit]):
            subprocess.run(["git", "-C", self.workspace, *arguments],
                           check=True, stderr=subprocess.DEVNULL)

    def artifact(self, inputs):
        return os.path.join(self.setting.path, "artifact-" + inputs["name"])

    def uses_upload(self, inputs):
        path = os.path.join(self.workspace, inputs["path"])
        if os.path.isdir(path):
            shutil.copytree(path, self.artifact(inputs),
                            copy_function=shutil.copyfile)
            return
        os.makedirs(self.artifact(inputs))
        shutil.copyfile(path, os.path.join(self.artifact(inputs),
                                           os.path.basename(path)))

    def uses_attest(self, inputs):
        """Its subject must exist."""
        paths = glob.glob(os.path.join(self.workspace,
                                       inputs["subject-path"]))
        with open(self.setting.calls, "a", encoding="utf-8") as f:
            f.write("attest " + " ".join(sorted(
                map(os.path.basename, paths))) + "\n")

    def uses_download(self, inputs):
        shutil.copytree(self.artifact(inputs), os.path.join(
            self.workspace, inputs["path"]), copy_function=shutil.copyfile)

    def use(self, step, contexts):
        inputs = {name: self.setting.engine.fill(value, contexts)
                  for name, value in step.get("with", {}).items()}
        if our_action(step["uses"]) and step["uses"].startswith("./"):
            return self.runner.run(
                Action(os.path.join(self.workspace, step["uses"])), inputs,
                self.setting.variables)
        known = {"actions/attest-build-provenance": self.uses_attest,
                 # The tests bring a program of this name.
                 "sigstore/cosign-installer": lambda inputs: None,
                 "actions/checkout": self.uses_checkout,
                 "actions/upload-artifact": self.uses_upload,
                 "actions/download-artifact": self.uses_download}
        name = step["uses"].partition("@")[0]
        if name not in known:
            raise Fault(f"not played: {name}")
        known[name](inputs)
        return Result()

    def script(self, step, contexts):
        result = Result()
        self.runner.run_step(step, contexts, {
            **self.setting.variables, **self.env,
            "GITHUB_SHA": self.setting.github["sha"]}, result)
        return result

    def play(self, steps, contexts):
        """Returns a Result for each step that was not skipped."""
        results = []
        for step in steps:
            failed = any(result.status != 0 for result in results)
            if not self.setting.engine.holds(step.get("if", "success()"),
                                             contexts, failed):
                continue
            if "uses" not in step:
                result = self.script(step, contexts)
            else:
                result = self.use(step, contexts)
                if "id" in step:
                    contexts["steps"][step["id"]] = {
                        "outputs": result.outputs}
            results.append(result)
        return results


def play_job(setting, name, job, needs):
    contexts = {"github": setting.github, "secrets": setting.secrets,
                "inputs": setting.inputs, "matrix": {}, "needs": {
                    other: {"result": done.result, "outputs": done.outputs}
                    for other, done in needs.items()}}
    failed = any(done.result != "success" for done in needs.values())
    if not setting.engine.holds(job.get("if", "success()"), contexts, failed):
        return JobResult("skipped")
    played = JobResult()
    for number, matrix in enumerate(combinations(job)):
        contexts.update(matrix=matrix, steps={})
        env = {key: setting.engine.fill(value, contexts)
               for key, value in job.get("env", {}).items()}
        results = Machine(setting, f"{name}-{number}", env).play(
            job["steps"], contexts)
        played.runs.append(results)
        if any(result.status != 0 for result in results):
            played.result = "failure"
        played.outputs = {
            output: setting.engine.fill(value, contexts)
            for output, value in job.get("outputs", {}).items()}
    return played


def needs_of(job):
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


def play(setting, path):
    """Returns a JobResult for each job of the workflow's file."""
    with open(path, encoding="utf-8") as f:
        waiting = dict(yaml.safe_load(f)["jobs"])
    done = {}
    while waiting:
        name = next((name for name, job in waiting.items()
                     if set(needs_of(job)) <= set(done)), None)
        if name is None:
            raise Fault(f"these need each other: {sorted(waiting)}")
        job = waiting.pop(name)
        done[name] = play_job(setting, name, job, {
            other: done[other] for other in needs_of(job)})
    return done
