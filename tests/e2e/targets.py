#!/usr/bin/env python3
"""targets.py - many targets, tries that are repeated and ones that are not,
redirects, and being stopped. The stand-in counts what it got over which
connection."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

from harness import BINARY, TOKEN, Place, Tap, has_secret, relay

ENV = {"GH_PAT": TOKEN}


def arguments(place, port, *repos, more=()):
    return [a for repo in repos for a in ("-r", repo)] + [
        "-e", "deploy", "--api-url", f"https://localhost:{port}", "--ca-file",
        place.file("root.pem"), *more]


class Run:
    """One run: its result, and the requests the stand-in got meanwhile."""

    def __init__(self, place, port, *repos, more=(), env=None, stdin=b""):
        before = len(place.requests())
        self.result = place.run(arguments(place, port, *repos, more=more),
                                env or ENV, stdin)
        self.requests = [json.loads(line)
                         for line in place.requests()[before:]]
        self.status = self.result.returncode
        self.stdout = self.result.stdout.decode()
        self.stderr = self.result.stderr.decode()
        self.paths = [r["target"] for r in self.requests]
        self.connections = {r["connection"] for r in self.requests}

    def told(self):
        return self.status, self.stdout, self.stderr, self.paths


def test_many(tap, place, port):
    repos = [f"octo/r{i}" for i in range(8)]
    run = Run(place, port, *repos)
    tap.check(run.status == 0 and len(run.connections) == 1 and
              run.paths == [f"/repos/{r}/dispatches" for r in repos] and
              run.stdout.count(" sent, answer 204") == 8,
              "eight targets over one connection", *run.told())
    run = Run(place, port, "octo/a", "octo/answer-404", "octo/answer-401",
              "octo/b")
    tap.check(run.status == 5 and len(run.requests) == 4 and
              run.stdout.count("answer 204") == 2 and
              run.stderr.count("repository-dispatch: ") == 2,
              "one that fails stops none; the first one's status",
              *run.told())
    run = Run(place, port, "octo/answer-204-close", "octo/c")
    tap.check(run.status == 0 and len(run.connections) == 2,
              "a new connection where one was closed", *run.told())
    run = Run(place, port, "octo/answer-204-reset", "octo/c")
    tap.check(run.status == 10 and len(run.requests) == 1 and
              "octo/c: " in run.stderr,
              "one that breaks under the next request: exit 10, not again",
              *run.told())
    run = Run(place, port, "octo/a", "octo/answer-404", more=["--json"])
    results = json.loads(run.stdout)
    tap.check([r["delivered"] for r in results["results"]] == [True, False]
              and results["exit_status"] == 5, "all of them in one document",
              *run.told())
    run = Run(place, port, "octo/a", "octo/b", more=["--json", "-n"])
    tap.check(run.status == 0 and not run.requests and
              [r["repository"] for r in json.loads(run.stdout)["results"]]
              == ["octo/a", "octo/b"], "a dry run of two in one document",
              *run.told())
    tap.check(Run(place, port, "octo/a", "OCTO/A").status == 2,
              "a target given twice")


def test_lists(tap, place, port):
    place.write("list", "# targets\n\nocto/one\nocto/two other_event # x\n"
                "  octo/three\t# y\r\nfour\n")
    run = Run(place, port, more=["--targets", "list", "-o", "octo"])
    events = [json.loads(r["body"])["event_type"] for r in run.requests]
    tap.check(run.status == 0 and
              [p.split("/")[3] for p in run.paths] ==
              ["one", "two", "three", "four"] and
              events == ["deploy", "other_event", "deploy", "deploy"],
              "a file of targets, one with an event of its own", *run.told())
    run = Run(place, port, "octo/zero", more=["--targets", "-"],
              stdin=b"octo/one\n")
    tap.check(run.status == 0 and len(run.paths) == 2,
              "standard input, and --repo before it", *run.told())
    run = Run(place, port, env={**ENV, "DISPATCH_REPO":
                                "octo/a, octo/b\nocto/c\n"})
    tap.check(run.status == 0 and len(run.paths) == 3,
              "a list in the variable", *run.told())
    place.write("list", "octo/one\nocto/two a b\n")
    run = Run(place, port, more=["--targets", "list"])
    tap.check(run.status == 2 and "list:2: more than a target" in run.stderr
              and not run.paths, "a line with too much", *run.told())
    place.write("list", "octo/one\nocto/../x\n")
    run = Run(place, port, more=["--targets", "list"])
    tap.check(run.status == 2 and "list:2: " in run.stderr and not run.paths,
              "a name that is none", *run.told())
    place.write("list", f"octo/one {'x' * 101}\n")
    run = Run(place, port, more=["--targets", "list"])
    tap.check(run.status == 3 and not run.paths,
              "an event type that is too long", *run.told())
    place.write("list", "octo/one own_event\nocto/two\n")
    run = Run(place, port, more=["--targets", "list", "-e", "x" * 101])
    tap.check(run.status == 3 and not run.paths,
              "the run's event type is looked at before the first is sent",
              *run.told())
    place.write("list", "# none\n")
    tap.check(Run(place, port, more=["--targets", "list"]).status == 2,
              "a file without targets")


RETRIED = [
    # The answers in turn, how many requests there are, and the status.
    ("429-second.204", 2, 0), ("403-second.204", 2, 0),
    ("403-reset.204", 2, 0), ("429-date.204", 2, 0),
    ("429-second.429-second.204", 3, 0),
    ("500.204", 1, 10), ("503.204", 1, 10), ("403.204", 1, 4),
    ("401.204", 1, 4), ("404.204", 1, 5), ("422.204", 1, 6),
    ("nothing.204", 1, 10), ("half.204", 1, 10), ("200-strange.204", 1, 10),
    ("429-silent.204", 1, 7), ("429.204", 1, 7),
    ("moved.204", 2, 0), ("moved-path.204", 2, 0), ("moved-308.204", 2, 0),
    ("loop", 6, 6), ("moved-port", 1, 6), ("moved-http", 1, 6),
    ("moved-host", 1, 6), ("moved-nowhere", 1, 6), ("303", 1, 6),
    ("moved-space", 1, 6), ("moved-bytes", 1, 6), ("moved-top", 1, 6),
]


def test_retries(tap, place, port):
    for answers, requests, status in RETRIED:
        name = "octo/answers." + answers
        if "." not in answers:
            name = "octo/answer-" + answers
        run = Run(place, port, name, more=["--timeout", "20"])
        tap.check(run.status == status and len(run.requests) == requests and
                  all(r["body"] == run.requests[0]["body"] and
                      r["method"] == "POST" for r in run.requests),
                  f"{answers}: {requests} requests, status {status}",
                  *run.told())
    run = Run(place, port, "octo/answers.429-second.204.x",
              more=["--retries", "0"])
    tap.check(run.status == 7 and len(run.requests) == 1,
              "no retries where none are wanted", *run.told())
    run = Run(place, port, "octo/answers.429-second.204.y",
              env={**ENV, "GITHUB_ACTIONS": "true"})
    tap.check(run.status == 0 and
              run.stderr.startswith("::notice::trying again in 1.0 seconds"),
              "the wait is a notice under Actions", *run.told())
    run = Run(place, port, "octo/answer-moved")
    tap.check("has moved to /repositories/1/dispatches" in run.stderr,
              "a notice of the new place", *run.told())
    run = Run(place, port, "octo/answer-404",
              env={**ENV, "GITHUB_ACTIONS": "true",
                   "GITHUB_STEP_SUMMARY": place.file("summary")})
    with open(place.file("summary"), encoding="utf-8") as f:
        summary = f.read()
    tap.check("::error::octo/answer-404: " in run.stderr and
              "| octo/answer-404 | deploy | no | " in summary,
              "an annotation and a row of the summary", *run.told(), summary)


def test_pace(tap, place, port):
    began = time.monotonic()
    run = Run(place, port, "octo/a", "octo/b", "octo/c", more=["--pace", "1"])
    tap.check(run.status == 0 and time.monotonic() - began >= 2,
              "three targets, a second apart", *run.told())
    began = time.monotonic()
    Run(place, port, *[f"octo/r{i}" for i in range(11)], more=["--pace", "0"])
    unpaced = time.monotonic() - began
    began = time.monotonic()
    run = Run(place, port, *[f"octo/r{i}" for i in range(11)])
    tap.check(run.status == 0 and time.monotonic() - began >= 10 > unpaced,
              "eleven targets are paced unless told otherwise", *run.told())


def test_signal(tap, place, port):
    before = len(place.requests())
    process = subprocess.Popen(
        [BINARY, *arguments(place, port, "octo/a", "octo/b", "octo/c",
                            more=["--pace", "30"])],
        env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    place.outputs += [line, out, err]
    tap.check(process.returncode == 1 and b"octo/a" in line and not out and
              err.count(b"not sent: stopped by a signal") == 2 and
              len(place.requests()) == before + 1,
              "Ctrl-C between targets: what was sent, what was not",
              process.returncode, line, out, err)


def test_kept_connection(tap, place, port):
    """The stand-in closes it while we wait; nothing is written twice."""
    run = Run(place, port, "octo/answer-204-idle", "octo/b",
              more=["--pace", "1"])
    tap.check(run.status == 0 and len(run.requests) == 2 and
              len(run.connections) == 2,
              "a kept connection that was closed meanwhile", *run.told())


def relay_after(port, refused):
    listener = socket.create_server(("127.0.0.1", 0))
    relay(listener, port, refused)
    return listener.getsockname()[1]


def test_broken_handshake(tap, place, port):
    before = len(place.requests())
    result = place.run(arguments(place, relay_after(port, 2), "octo/a"), ENV)
    tap.check(result.returncode == 0 and
              result.stderr.count(b"trying again in ") == 2 and
              len(place.requests()) == before + 1,
              "a server that breaks off TLS twice gets the event once",
              result.stderr)
    result = place.run(arguments(place, relay_after(port, 9), "octo/a",
                                 more=["--retries", "1"]), ENV)
    # With a reset or in order, as the kernel's timing has it.
    tap.check(result.returncode in (8, 9) and
              result.stderr.count(b"trying again in ") == 1,
              "and with fewer tries none", result.stderr)


def on_terminal(place, port, *more):
    """What a terminal is sent."""
    parent, child = os.openpty()
    process = subprocess.Popen(
        [BINARY, *arguments(place, port, "octo/a", "octo/answer-404",
                            "octo/c", more=list(more))],
        env=ENV, stdout=child, stderr=child)
    process.wait(timeout=20)
    os.close(child)
    shown = os.read(parent, 65536)
    place.outputs.append(shown)
    return shown


def test_terminal(tap, place, port):
    shown = on_terminal(place, port)
    tap.check(b"2 sent, 1 failed, 0 left" in shown and
              b"answer 204" not in shown and b"answered 404" in shown,
              "a line of progress on a terminal", shown)
    for level in ("-q", "-v"):
        tap.check(b"\033" not in on_terminal(place, port, level),
                  f"no line of progress with {level}", level)


def main():
    tap = Tap()
    with Place() as place:
        port = place.stand_in()
        test_many(tap, place, port)
        test_lists(tap, place, port)
        test_retries(tap, place, port)
        test_kept_connection(tap, place, port)
        test_pace(tap, place, port)
        test_signal(tap, place, port)
        test_broken_handshake(tap, place, port)
        test_terminal(tap, place, port)
        tap.check(not has_secret(b"".join(place.outputs)),
                  "the token is in no output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
