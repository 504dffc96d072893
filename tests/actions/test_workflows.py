#!/usr/bin/env python3
"""test_workflows.py - the example workflows, played from the push to the
event and from the event to the receiver's end, with the real action, script
and binary against the stand-in, and with text of others that means harm."""

import json
import os
import shutil
import subprocess
import sys

import yaml
from machine import BINARY, TOKEN, harness, write_program
from test_action import HOSTILE
from workflow import Setting, play

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "lint"))
from expressions import Engine  # noqa: E402
from validators import install  # noqa: E402

WORKFLOWS = os.path.join(harness.ROOT, ".github", "workflows")
SENDER = os.path.join(WORKFLOWS, "example-repository-dispatch.yml")
RECEIVER = os.path.join(WORKFLOWS, "example-receiver.yml")
MESSAGE = "Fix \"quotes\"\n\nend\n" + "\n".join(HOSTILE)
SERVICES = ("backend", "frontend", "worker")


class World:
    """A repository with two commits, a machine's programs, and GitHub."""

    def __init__(self, place, engine):
        self.place, self.engine = place, engine
        self.port = place.stand_in()
        self.count = 0
        self.repository = place.file("repository")
        programs = place.file("programs")
        self.calls = place.file("calls")
        write_program(os.path.join(programs, "sudo"), 'exec "$@"\n')
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
        self.before = self.commit("README.md", "infra/a", "terraform/a")
        # As a fork's pull request, which no branch has.
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

    def play(self, path, github, secrets=None, inputs=None):
        """Returns the jobs, and what was sent: (repository, event type,
        payload) each."""
        self.count += 1
        folder = self.place.file(f"world-{self.count}")
        os.makedirs(folder)
        if os.path.exists(self.calls):
            os.remove(self.calls)
        before = len(self.place.requests())
        jobs = play(Setting(
            path=folder, repository=self.repository,
            search_path=self.search_path, engine=self.engine, github=github,
            secrets=secrets or {}, inputs=inputs or {},
            variables={"GITHUB_API_URL": f"https://localhost:{self.port}",
                       "SSL_CERT_FILE": self.place.file("root.pem"),
                       "DISPATCH_WAIT_INTERVAL": "1"}), path)
        sent = []
        for line in self.place.requests()[before:]:
            request = json.loads(line)
            if request["method"] == "POST":
                body = json.loads(request["body"].encode("latin-1"))
                sent.append((request["target"].split("/dispatches")[0]
                             .removeprefix("/repos/"), body["event_type"],
                             body["client_payload"]))
        self.place.outputs += [
            text for job in jobs.values() for run in job.runs
            for result in run for text in (result.stdout, result.stderr)]
        return jobs, sent

    def called(self):
        if not os.path.exists(self.calls):
            return []
        with open(self.calls, encoding="ascii") as f:
            return f.read().splitlines()


def told(jobs, sent):
    return [(name, job.result, [(r.status, r.stdout, r.stderr) for run in
                                job.runs for r in run])
            for name, job in jobs.items()] + [sent]


def is_clean(jobs):
    """No step wrote a command, or more than its outputs."""
    return not any(result.leaks or result.annotations for job in jobs.values()
                   for run in job.runs for result in run)


def ran(jobs):
    return {name for name, job in jobs.items() if job.result != "skipped"}


def context_event(kind, sha, message, forced):
    return ("octo/app", kind, {
        "sha": sha, "dispatch_id": "123-2", "ref": "refs/heads/main",
        "actor": "o'neil", "message": message, "forced": forced,
        "run": {"url": "https://localhost:1/octo/app/actions/runs/123",
                "number": 7, "attempt": 2,
                "workflow": "Example \"dispatch\""}})


def push(world, branch, sha, **more):
    return world.github(
        event_name="push", ref_name=branch, ref="refs/heads/main", sha=sha,
        event={"before": world.before, "forced": False,
               "head_commit": {"message": MESSAGE}}, **more)


def test_main(tap, world):
    """A push to main that touches both infrastructures, with a token."""
    sha = world.commit("infra/a", "terraform/a")
    jobs, sent = world.play(SENDER, push(world, "main", sha),
                            {"DISPATCH_PAT": TOKEN})
    services = [("octo/" + name, "docker_build",
                 {"sha": sha, "service": name}) for name in SERVICES]
    wanted = [context_event("docker_build", sha, MESSAGE, False), *services,
              ("octo/app", "terraform_plan", {"sha": sha}),
              ("octo/app", "infrastructure", {"sha": sha})]
    tap.check(sent == wanted and is_clean(jobs) and
              all(job.result in ("success", "skipped")
                  for job in jobs.values()) and
              ran(jobs) == {"build", "decide", "same-repository",
                            "services-by-matrix", "infrastructure"},
              "sender: a push to main", *told(jobs, sent))
    last = jobs["same-repository"].runs[0][-1]
    tap.check(last.stdout.decode() == "answer 204 from https://localhost:"
              f"{world.port}/repos/octo/app/dispatches\n",
              "sender: what came back is used", *told(jobs, sent))
    world.before = sha
    return sent[0]


def test_other_events(tap, world):
    sha = world.commit("README.md")
    jobs, sent = world.play(SENDER, push(world, "develop", sha),
                            {"DISPATCH_PAT": TOKEN})
    tap.check(sent == [context_event("integration_test", sha, MESSAGE, False),
                       *[("octo/" + name, "worker_test" if name == "worker"
                          else "integration_test", {"sha": sha})
                         for name in SERVICES]] and is_clean(jobs) and
              ran(jobs) == {"build", "decide", "same-repository",
                            "services-in-one-step"},
              "sender: a push to develop", *told(jobs, sent))
    results = json.loads(jobs["services-in-one-step"].runs[0][-1].stdout)
    tap.check([r["status"] for r in results] == [204] * 3,
              "sender: what became of each is listed", *told(jobs, sent))
    jobs, sent = world.play(SENDER, push(world, "develop", sha))
    tap.check(len(sent) == 1 and ran(jobs) ==
              {"build", "decide", "same-repository"},
              "sender: without a token for the services", *told(jobs, sent))
    by_hand = {"event_name": "workflow_dispatch", "ref_name": "topic",
               "ref": "refs/heads/main", "sha": sha}
    jobs, sent = world.play(SENDER, world.github(**by_hand),
                            inputs={"event-type": "docker_build"})
    tap.check(sent == [context_event("docker_build", sha, None, None)],
              "sender: by hand, where there is no commit's message",
              *told(jobs, sent))
    return by_hand


def test_deploy(tap, world, by_hand):
    for name, job, words in (
            ("runs-slow", "success", "success https://"),
            ("runs-failure", "failure", "failure https://"),
            ("runs-many", "failure", "success https://")):
        jobs, sent = world.play(
            SENDER, world.github(**{**by_hand, "repository": "octo/" + name}),
            inputs={"event-type": "deploy"})
        tap.check(len(sent) == 1 and jobs["deploy-and-wait"].result == job and
                  sent[0][2]["dispatch_id"] == "deploy-123-2" and
                  jobs["deploy-and-wait"].runs[0][-1].summary
                  .startswith(words) and
                  ran(jobs) == {"build", "decide", "deploy-and-wait"},
                  f"sender: a deployment, {name}", *told(jobs, sent),
                  jobs["deploy-and-wait"].runs[0][-1].summary)


# The event type, what replaces members of the payload, how the jobs end, and
# what is called.
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
    """The commands that a runner obeys: none while they are stopped."""
    stop, found = None, []
    for name, _, text in result.annotations:
        if stop is None and name == "stop-commands":
            stop = text
        elif name == stop:
            stop = None
        elif stop is None:
            found.append(name)
    return found


def test_receiver(tap, world, event):
    _, _, sent = event
    for kind, changes, check, work, call in RECEIVED:
        payload = {**sent, **changes}
        if payload["sha"] == "fork":
            payload["sha"] = world.fork
        github = world.github(
            event_name="repository_dispatch", ref_name="main",
            ref="refs/heads/main", sha=sent["sha"],
            event={"action": kind, "client_payload": payload})
        jobs, _ = world.play(RECEIVER, github)
        results = [r for job in jobs.values() for run in job.runs
                   for r in run]
        wanted = [call.format(sha=sent["sha"])] if call else []
        errors = [name for r in results for name in obeyed(r)]
        tap.check(jobs["check"].result == check and
                  jobs["work"].result == work and
                  world.called() == wanted and
                  not any(r.leaks for r in results) and errors ==
                  ["error"] * [check, work].count("failure"),
                  f"receiver: {kind} with {changes}", *told(jobs, errors))
    with open(RECEIVER, encoding="utf-8") as f:
        title = world.engine.fill(yaml.safe_load(f)["run-name"],
                                  {"github": github})
    tap.check(title == "docker_build 123-2",
              "receiver: its title shows the sender's dispatch_id", title)


def main():
    tap = harness.Tap()
    install()
    with harness.Place() as place, Engine() as engine:
        world = World(place, engine)
        event = test_main(tap, world)
        by_hand = test_other_events(tap, world)
        test_deploy(tap, world, by_hand)
        test_receiver(tap, world, event)
        tap.check(not harness.has_secret(b"".join(place.outputs)),
                  "the token is in no output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
