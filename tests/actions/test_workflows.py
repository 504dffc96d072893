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
from machine import BINARY, HOSTILE, TOKEN, Stage, harness, write_program
from workflow import Setting, play, play_job

WORKFLOWS = os.path.join(harness.ROOT, ".github", "workflows")
SENDER = os.path.join(WORKFLOWS, "example-repository-dispatch.yml")
RECEIVER = os.path.join(WORKFLOWS, "example-receiver.yml")
MESSAGE = "Fix \"quotes\"\n\nend\n" + "\n".join(HOSTILE)
SERVICES = ("backend", "frontend", "worker")


class World:
    """A repository with a commit and a fork's, a machine's programs, and
    GitHub."""

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

    def setting(self, github, secrets, inputs):
        self.count += 1
        folder = self.place.file(f"world-{self.count}")
        os.makedirs(folder)
        return Setting(
            path=folder, repository=self.repository,
            search_path=self.search_path, engine=self.place.engine,
            github=github, secrets=secrets or {}, inputs=inputs or {},
            variables={
                "GITHUB_API_URL": f"https://localhost:{self.place.port}",
                "SSL_CERT_FILE": self.place.file("root.pem"),
                "DISPATCH_WAIT_INTERVAL": "1"})

    def play(self, path, github, secrets=None, inputs=None):
        """Returns the jobs, and what was sent: (repository, event type,
        payload) each."""
        if os.path.exists(self.calls):
            os.remove(self.calls)
        before = len(self.place.requests())
        jobs = play(self.setting(github, secrets, inputs), path)
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


def context_event(kind, github):
    """What the sender tells of its context."""
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
    jobs, sent = world.play(SENDER, github, {"DISPATCH_PAT": TOKEN})
    services = [("octo/" + name, "docker_build",
                 {"sha": sha, "service": name}) for name in SERVICES]
    wanted = [context_event("docker_build", github), *services,
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
              f"{world.place.port}/repos/octo/app/dispatches\n",
              "sender: what came back is used", *told(jobs, sent))


def test_other_events(tap, world):
    github = push(world, "develop", world.first, world.commit("README.md"))
    jobs, sent = world.play(SENDER, github, {"DISPATCH_PAT": TOKEN})
    tap.check(sent[:4] == [
        context_event("integration_test", github),
        *[("octo/" + name, "worker_test" if name == "worker"
           else "integration_test", {"sha": github["sha"]})
          for name in SERVICES]] and is_clean(jobs) and
        ran(jobs) == {"build", "decide", "same-repository",
                      "services-in-one-step", "infrastructure"},
              "sender: a push to develop", *told(jobs, sent))
    results = json.loads(jobs["services-in-one-step"].runs[0][-1].stdout)
    tap.check([r["status"] for r in results] == [204] * 3,
              "sender: what became of each is listed", *told(jobs, sent))
    github = push(world, "develop", github["sha"], world.commit("README.md"))
    jobs, sent = world.play(SENDER, github)
    tap.check(len(sent) == 1 and ran(jobs) ==
              {"build", "decide", "same-repository"},
              "sender: without a token for the services", *told(jobs, sent))
    github = by_hand(world)
    jobs, sent = world.play(SENDER, github,
                            inputs={"event-type": "docker_build"})
    tap.check(sent[0] == context_event("docker_build", github),
              "sender: by hand, where there is no commit's message",
              *told(jobs, sent))


# The event's name and branch, what was chosen by hand, the paths that the last
# commit changed; and what the job "decide" has to say.
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
            tap.check(played.result == "failure" if wanted is None else
                      wanted.items() <= played.outputs.items(),
                      f"decide: {event} on {branch}, {' '.join(names)}, "
                      f"before {known[:7] or 'none'}", played)


def test_deploy(tap, world):
    for name, job, words in (
            ("runs-slow", "success", "success https://"),
            ("runs-failure", "failure", "failure https://"),
            ("runs-many", "failure", "success https://")):
        jobs, sent = world.play(
            SENDER, by_hand(world, repository="octo/" + name),
            inputs={"event-type": "deploy"})
        [waited] = jobs["deploy-and-wait"].runs
        [payload] = [event[2] for event in sent if event[1] == "deploy"]
        tap.check(jobs["deploy-and-wait"].result == job and
                  payload["dispatch_id"] == "deploy-123-2" and
                  waited[-1].summary.startswith(words) and
                  jobs["same-repository"].result == "skipped",
                  f"sender: a deployment, {name}", *told(jobs, sent),
                  waited[-1].summary)


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


def test_receiver(tap, world):
    _, _, sent = context_event("docker_build", push(
        world, "main", world.first, world.git("rev-parse", "HEAD")))
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
        title = world.place.engine.fill(yaml.safe_load(f)["run-name"],
                                  {"github": github})
    tap.check(title == "docker_build 123-2",
              "receiver: its title shows the sender's dispatch_id", title)


def main():
    tap = harness.Tap()
    with Stage() as place:
        world = World(place)
        test_main(tap, world)
        test_other_events(tap, world)
        test_decisions(tap, world)
        test_deploy(tap, world)
        test_receiver(tap, world)
        tap.check(not harness.has_secret(b"".join(place.outputs)),
                  "the token is in no output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
