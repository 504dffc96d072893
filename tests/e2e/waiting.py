"""waiting.py - many runs of the binary at once, each with a repository of its
own: together they take as long as the longest of them. The clock of the
stand-in's runs is the real one, so no check may depend on when a run of the
binary happens to ask."""

import itertools
import json
import os
import re
import signal
import threading
import time

from harness import ENV, Case, Process, dispatch, wait_until

# A case that fails ends, too.
FAST = ["--wait-interval", "1", "--wait-timeout", "50"]
numbers = itertools.count(1)


class Wait(Process):
    """A run of the binary that follows the runs of a scenario of the stand-in
    (tests/stand_in/runs.py), or of several.

    interrupted_by: a request after which it gets SIGINT, a pattern of METHOD
    PATH."""

    def __init__(self, place, scenarios, more=("--wait",), env=None,
                 interrupted_by=None, repositories=(), **options):
        named = [f"octo/runs-{scenario}.{next(numbers)}-{10000 * index}"
                 for index, scenario in enumerate(scenarios.split())]
        # Those that the options name count, too.
        self.repositories = [*named, *repositories]
        super().__init__(place, dispatch(place, *named, more=[*FAST, *more]),
                         {**ENV, **(env or {})}, **options)
        self.sender = interrupted_by and threading.Thread(
            target=self.interrupt, args=(interrupted_by,))
        if self.sender:
            self.sender.start()

    def is_ours(self, request):
        return request["repository"] in self.repositories

    def interrupt(self, pattern):
        wait_until(lambda: self.child.poll() is not None or any(
            self.is_ours(request) and
            re.search(pattern, f"{request['method']} {request['target']}")
            for request in self.place.received(self.cert, self.before)),
            f"a request {pattern} arrives", 40)
        # The response arrives, too.
        time.sleep(0.3)
        self.child.send_signal(signal.SIGINT)

    def asked_for(self, pattern):
        """The requests METHOD PATH that a pattern finds."""
        return [asked for asked in self.asked if re.search(pattern, asked)]

    @property
    def ids(self):
        """The dispatch_id of each event it sent."""
        return [json.loads(body)["client_payload"].get("dispatch_id")
                for asked, body in zip(self.asked, self.bodies)
                if asked.endswith("/dispatches")]


class Play:
    """Cases that run at once: add() starts one, cases() waits for all."""

    def __init__(self, tap, place):
        self.tap, self.place = tap, place
        self.started = []
        self.place.port

    def add(self, name, scenarios, check, *more, **options):
        """check: a function of the Case, which is called when all have
        ended."""
        # All at once would overflow the stand-in's backlog.
        time.sleep(0.03)
        self.started.append((name, check, Wait(
            self.place, scenarios, more, **options)))

    def check(self):
        for _, _, wait in self.started:
            wait.take_output(timeout=120)
            if wait.sender:
                wait.sender.join()
        received = self.place.received()
        for name, check, wait in self.started:
            wait.take_requests([r for r in received if wait.is_ours(r)])
            check(Case(self.tap, name, wait))


def expects(status, *texts, absent=(), out=()):
    """A check of the exit status, and of patterns in the whole output, in
    none of it, and on standard output."""
    def check(case):
        case.exits(status)
        for text in texts:
            case.check(re.search(text, case.run.output),
                       f"the output contains {text!r}")
        for text in absent:
            case.check(not re.search(text, case.run.output),
                       f"no output contains {text!r}")
        for text in out:
            case.check(re.search(text, case.run.out),
                       f"standard output contains {text!r}")
    return check


def both(*checks):
    def check(case):
        for each in checks:
            each(case)
    return check


def read_outputs(place, name):
    """The outputs of a step: the last line of a name counts."""
    if not os.path.exists(place.file(name)):
        return {}
    return dict(line.split("=", 1)
                for line in place.read(name).strip().splitlines())
