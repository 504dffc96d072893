#!/usr/bin/env python3
"""test_workflows.py - the example workflows, played from the push to the
event and from the event to the receiver's end, with the real action, script
and binary against the stand-in, and with hostile text."""

import json
import os
import shutil
import subprocess

import yaml
from machine import (BINARY, HOSTILE, TOKEN, Case, Stage, events_of, harness,
                     write_program)
from workflow import Setting, play, play_job

WORKFLOWS = os.path.join(harness.ROOT, ".github", "workflows")
SENDER = os.path.join(WORKFLOWS, "example-repository-dispatch.yml")
RECEIVER = os.path.join(WORKFLOWS, "example-receiver.yml")
MESSAGE = "Fix \"quotes\"\n\nend\n" + "\n".join(HOSTILE)
SERVICES = ("backend", "frontend", "worker")


class World:
    """A repository with a commit, a fork's commit, a machine's programs, and
    GitHub's context."""

    def __init__(self, place):
        self.place = place
        self.count = 0
        self.repository = place.file("repository")
        programs = place.file("programs")
        self.calls = place.file("calls")
        write_program(os.path.join(programs, "docker"),
                      f'echo "docker $*" >>{self.calls}\n')
        self.search_path = programs + ":" + os.environ["PATH"]
        shutil.copytree(os.path.join(harness.ROOT, ".github"),
                        os.path.join(self.repository, ".github"))
        write_program(os.path.join(self.repository, "build.sh"), f"""\
if [ $# -gt 0 ]; then
    echo "build.sh $*" >>{self.calls}
else
    mkdir -p build && cp {BINARY} build/repository-dispatch
fi
""")
        self.git("init", "-q", "-b", "main")
        self.first = self.commit("README.md", "infra/a", "terraform/a")
        # A fork's pull request, which is on no branch.
        self.git("checkout", "-q", "--detach")
        self.fork = self.commit("build.sh")
        self.git("update-ref", "refs/pull/1/head", self.fork)
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.git("checkout", "-q", "main")

    def git(self, *arguments):
        return subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@localhost",
             "-C", self.repository, *arguments], check=True,
            stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()

    def commit(self, *names):
        for name in names:
            path = os.path.join(self.repository, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "a", encoding="ascii") as f:
                f.write("x\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a")
        return self.git("rev-parse", "HEAD")

    def github(self, **more):
        return {
            "repository": "octo/app", "repository_owner": "octo",
            "server_url": "https://localhost:1", "token": TOKEN,
            "actor": "o'neil", "workflow": "Example \"dispatch\"",
            "run_id": "123", "run_number": "7", "run_attempt": "2",
            "event": {}, **more}

    def setting(self, github, secrets, inputs):
        self.count += 1
        folder = self.place.file(f"world-{self.count}")
        os.makedirs(folder)
        return Setting(
            path=folder, repository=self.repository,
            search_path=self.search_path, engine=self.place.engine,
            github=github, secrets=secrets or {}, inputs=inputs or {},
            calls=self.calls, variables={
                "GITHUB_API_URL": f"https://localhost:{self.place.port}",
                "SSL_CERT_FILE": self.place.file("root.pem"),
                "DISPATCH_WAIT_INTERVAL": "1"})

    def play(self, path, github, secrets=None, inputs=None):
        """Returns a Played."""
        if os.path.exists(self.calls):
            os.remove(self.calls)
        setting = self.setting(github, secrets, inputs)
        before = self.place.count()
        jobs = play(setting, path)
        sent = events_of(request
                         for request in self.place.received(since=before)
                         if request["method"] == "POST")
        played = Played(jobs, sent)
        for result in played.results():
            self.place.keep(str(result).encode(), os.path.basename(path))
        return played

    def called(self):
        if not os.path.exists(self.calls):
            return []
        with open(self.calls, encoding="ascii") as f:
            return f.read().splitlines()


class Played:
    """The jobs of a workflow that was played, by name, and the events that
    arrived: (repository, event type, payload) each."""

    def __init__(self, jobs, sent):
        self.jobs, self.sent = jobs, sent

    def results(self):
        return [result for job in self.jobs.values() for run in job.runs
                for result in run]

    def __str__(self):
        return "\n".join(
            [f"job {name}: {job.result}\n" + "\n".join(
                str(result) for run in job.runs for result in run)
             for name, job in self.jobs.items()] + [f"sent: {self.sent}"])


class WorkflowCase(Case):
    """The checks of one workflow; its run is a Played."""

    def clean(self):
        results = self.run.results()
        self.check(not any(result.annotations for result in results),
                   "no step writes a workflow command")
        self.check(not any(result.leaks for result in results),
                   "no step changes the environment of later steps")

    def runs(self, *names):
        self.check({name for name, job in self.run.jobs.items()
                    if job.result != "skipped"} == set(names),
                   f"the jobs that run are {', '.join(names)}")

    def ends(self, name, result):
        self.check(self.run.jobs[name].result == result,
                   f"the job {name} ends with {result}")


def context_event(kind, github):
    """The event with the sender's context."""
    event = github["event"]
    return ("octo/app", kind, {
        "sha": github["sha"], "dispatch_id": "123-2", "ref": github["ref"],
        "actor": "o'neil", "forced": event.get("forced"),
        "message": event.get("head_commit", {}).get("message"),
        "run": {"url": "https://localhost:1/octo/app/actions/runs/123",
                "number": 7, "attempt": 2,
                "workflow": "Example \"dispatch\""}})


def push(world, branch, before, sha):
    return world.github(
        event_name="push", ref_name=branch, ref="refs/heads/" + branch,
        sha=sha, event={"before": before, "forced": False,
                        "head_commit": {"message": MESSAGE}})


def by_hand(world, **more):
    return world.github(**{
        "event_name": "workflow_dispatch", "ref_name": "topic",
        "ref": "refs/heads/topic", "sha": world.first, **more})


def test_main(tap, world):
    """A push to main that touches both infrastructures, with a token."""
    github = push(world, "main", world.first,
                  world.commit("infra/a", "terraform/a"))
    sha = github["sha"]
    played = world.play(SENDER, github, {"DISPATCH_PAT": TOKEN})
    case = WorkflowCase(tap, "the sender after a push to main", played)
    services = [("octo/" + name, "docker_build",
                 {"sha": sha, "service": name}) for name in SERVICES]
    wanted = [context_event("docker_build", github), *services,
              ("octo/app", "terraform_plan", {"sha": sha}),
              ("octo/app", "infrastructure", {"sha": sha})]
    case.check(played.sent == wanted, "these events arrive, and no other",
               wanted)
    case.clean()
    case.runs("build", "decide", "same-repository", "services-by-matrix",
              "infrastructure")
    case.check("failure" not in {job.result for job in played.jobs.values()},
               "no job fails")
    last = played.jobs["same-repository"].runs[0][-1]
    case.check(last.out == "HTTP 204 from https://localhost:"
               f"{world.place.port}/repos/octo/app/dispatches\n",
               "the last step prints the action's outputs")


def test_develop(tap, world):
    github = push(world, "develop", world.first, world.commit("README.md"))
    played = world.play(SENDER, github, {"DISPATCH_PAT": TOKEN})
    case = WorkflowCase(tap, "the sender after a push to develop", played)
    wanted = [
        context_event("integration_test", github),
        *[("octo/" + name, "worker_test" if name == "worker"
           else "integration_test", {"sha": github["sha"]})
          for name in SERVICES]]
    case.check(played.sent[:4] == wanted, "these events arrive first", wanted)
    case.clean()
    case.runs("build", "decide", "same-repository", "services-in-one-step",
              "infrastructure")
    results = json.loads(
        played.jobs["services-in-one-step"].runs[0][-1].stdout)
    case.check([r["status"] for r in results] == [204] * 3,
               "the last step prints the result of each")
    github = push(world, "develop", github["sha"], world.commit("README.md"))
    case = WorkflowCase(tap, "the sender without a token for the services",
                        world.play(SENDER, github))
    case.check(len(case.run.sent) == 1, "one event arrives")
    case.runs("build", "decide", "same-repository")


def test_by_hand(tap, world):
    """The context has no commit message."""
    github = by_hand(world)
    case = WorkflowCase(tap, "the sender when started by hand", world.play(
        SENDER, github, inputs={"event-type": "docker_build"}))
    case.check(case.run.sent[0] == context_event("docker_build", github),
               "the event with the context arrives first")


# The event's name and branch, the choice made by hand, the paths that the last
# commit changed; and the outputs of the job "decide".
DECISIONS = [
    ("push", "main", "", ["README.md"],
     {"event-type": "docker_build", "terraform": "false", "infra": "false"}),
    ("push", "develop", "", ["infra/a b.yml"],
     {"event-type": "integration_test", "terraform": "false",
      "infra": "true"}),
    ("workflow_dispatch", "topic", "deploy", ["terraform/main.tf"],
     {"event-type": "deploy", "terraform": "true", "infra": "false"}),
    ("push", "main", "", ["infra/a", "terraform/b", "infrastructure"],
     {"event-type": "docker_build", "terraform": "true", "infra": "true"}),
    ("push", "topic", "", ["README.md"], None),
]


def test_decisions(tap, world):
    with open(SENDER, encoding="utf-8") as f:
        job = yaml.safe_load(f)["jobs"]["decide"]
    for event, branch, choice, names, wanted in DECISIONS:
        before = world.git("rev-parse", "HEAD")
        sha = world.commit(*names)
        for known in (before, "0" * 40, ""):
            github = world.github(
                event_name=event, ref_name=branch, sha=sha,
                event={"before": known})
            played = play_job(
                world.setting(github, {}, {"event-type": choice}), "decide",
                job, {})
            where = f"decide, {event} on {branch}, {' '.join(names)}, " \
                f"before {known[:7] or 'none'}"
            result = "failure" if wanted is None else "success"
            tap.check(played.result == result, f"{where}: {result}", played)
            for name, value in (wanted or {}).items():
                tap.check(played.outputs.get(name) == value,
                          f"{where}: the output {name} is {value}", played)


def test_deploy(tap, world):
    for name, result, summary in (
            ("runs-slow", "success", "success https://"),
            ("runs-failure", "failure", "failure https://"),
            ("runs-many", "failure", "success https://")):
        played = world.play(
            SENDER, by_hand(world, repository="octo/" + name),
            inputs={"event-type": "deploy"})
        case = WorkflowCase(tap, f"the sender with a deployment, {name}",
                            played)
        case.ends("deploy-and-wait", result)
        case.ends("same-repository", "skipped")
        [payload] = [event[2] for event in played.sent if event[1] == "deploy"]
        case.check(payload["dispatch_id"] == "deploy-123-2",
                   "the event has a dispatch_id")
        [waited] = played.jobs["deploy-and-wait"].runs
        case.check(waited[-1].summary.startswith(summary),
                   f"the summary starts with {summary}")


# The event type, changed members of the payload, the results of the jobs
# "check" and "work", and the command that is called.
RECEIVED = [
    ("docker_build", {}, "success", "success",
     "docker build --tag repository-dispatch:{sha} ."),
    ("integration_test", {}, "success", "success", "build.sh demo"),
    ("infrastructure", {"sha": None}, "success", "success", None),
    ("terraform_plan", {}, "success", "success", None),
    ("deploy", {"environment": "staging"}, "success", "success", None),
    ("deploy", {}, "success", "failure", None),
    ("deploy", {"environment": "staging\nproduction"}, "success", "failure",
     None),
    ("docker_build", {"sha": "fork"}, "success", "failure", None),
    ("docker_build", {"sha": "main"}, "failure", "skipped", None),
    ("docker_build", {"sha": "0" * 40 + "\nsha=x"}, "failure", "skipped",
     None),
    ("docker_build", {"sha": "\n" + "0" * 40}, "failure", "skipped", None),
    ("docker_build", {"sha": {"a": "0" * 40}}, "failure", "skipped", None),
    ("docker_build", {"sha": "x; touch pwned"}, "failure", "skipped", None),
]


def obeyed(result):
    """The commands that a runner obeys: none between stop-commands and its
    token."""
    stop, found = None, []
    for name, _, text in result.annotations:
        if stop is None and name == "stop-commands":
            stop = text
        elif name == stop:
            stop = None
        elif stop is None:
            found.append(name)
    return found


def play_receiver(world, kind, payload, sha):
    github = world.github(
        event_name="repository_dispatch", ref_name="main",
        ref="refs/heads/main", sha=sha,
        event={"action": kind, "client_payload": payload})
    return world.play(RECEIVER, github), github


def test_receiver(tap, world):
    _, _, sent = context_event("docker_build", push(
        world, "main", world.first, world.git("rev-parse", "HEAD")))
    for kind, changes, check, work, call in RECEIVED:
        payload = {**sent, **changes}
        if payload["sha"] == "fork":
            payload["sha"] = world.fork
        played, _ = play_receiver(world, kind, payload, sent["sha"])
        case = WorkflowCase(tap, f"the receiver of {kind} with {changes}",
                            played)
        case.ends("check", check)
        case.ends("work", work)
        wanted = [call.format(sha=sent["sha"])] if call else []
        case.check(world.called() == wanted, f"the calls are {wanted}",
                   world.called())
        commands = [name for result in played.results()
                    for name in obeyed(result)]
        case.check(commands == ["error"] * [check, work].count("failure"),
                   "each failure has one annotation", commands)
        case.check(not any(result.leaks for result in played.results()),
                   "no step changes the environment of later steps")


def test_title(tap, world):
    _, github = play_receiver(world, "docker_build", {
        "sha": world.first, "dispatch_id": "123-2"}, world.first)
    with open(RECEIVER, encoding="utf-8") as f:
        title = world.place.engine.fill(yaml.safe_load(f)["run-name"],
                                        {"github": github})
    tap.check(title == "docker_build 123-2",
              "the receiver's title shows the sender's dispatch_id", title)


def test_workflows(tap, place):
    world = World(place)
    for test in (test_main, test_develop, test_by_hand, test_decisions,
                 test_deploy, test_receiver, test_title):
        test(tap, world)


if __name__ == "__main__":
    harness.main(test_workflows, place=Stage)
