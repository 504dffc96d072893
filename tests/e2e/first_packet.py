#!/usr/bin/env python3
"""first_packet.py - every file is read or opened before the first packet: no
call names one afterwards, and what takes the place of a file does not count.

The test runs in network and mount namespaces of its own, with the name server
of names.py. Needs root."""

import os
import re
import shutil
import threading

from harness import BINARY, ENV, Case, Process, Run, dispatch, github, main
from names import NameServer, enter_namespaces
from proxies import start_tinyproxy

HOST, ASKED = "hosts.names.test", "v4.names.test"
HOSTS = f"127.0.0.1 {HOST}\n"
SERVERS = "nameserver fe80::53%lo\nnameserver 127.0.0.1\n"
STEP = {**ENV, "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "outputs",
        "GITHUB_STEP_SUMMARY": "summary"}
APP = ("--app-id", github.APP_ID, "--app-key", "app.pem", "--installation-id",
       str(github.INSTALLATION))
WAIT = ("--wait", "--wait-interval", "1")
# The name of a scenario, the API's host, a repository, and more arguments.
SCENARIOS = [
    ("a host of /etc/hosts", HOST, "app", ()),
    ("a host that a name server knows", ASKED, "app", ()),
    ("a host that nobody knows", "none.names.test", "app", ("--retries", "0")),
    ("TLS 1.2", HOST, "app", ("--tls", "1.2")),
    ("an App", HOST, "app", APP),
    ("--wait as an App", ASKED, "runs-success", (*WAIT, *APP)),
    ("a second connection", ASKED, "answer-204-close",
     ("-r", "octo/app", "--pace", "0")),
    ("a redirect", ASKED, "answer-moved", ()),
    ("a retry", ASKED, "answers.429-second.204", ()),
    ("a failure", ASKED, "answer-404", ()),
    ("--preflight", ASKED, "app", ("--preflight",)),
    ("a proxy", HOST, "app", ("--proxy", "http://hosts.names.test:{proxy}")),
]


def strace(place, arguments, **options):
    """A run whose calls with the name of a file, socket() and connect() are
    in the file calls."""
    program = shutil.which("strace")
    return Run(place, ["-f", "-o", place.file("calls"), "-e",
                       "trace=%file,socket,connect", "-e", "signal=none", "--",
                       *arguments], program=program, **options)


def late_calls(place):
    """The calls after the first connect() that are not for the network."""
    lines = [re.sub(r"^\d+ +", "", line)
             for line in place.read("calls").splitlines()]
    first = next((i for i, line in enumerate(lines)
                  if re.match(r"connect\(.*AF_INET", line)), None)
    if first is None:
        return ["there is no connect()"]
    return [line for line in lines[first:]
            if not re.match(r"connect\(|socket\(AF_INET|\+\+\+ exited", line)]


def test_calls(tap, place):
    proxy = start_tinyproxy(place, "proxy").split(":")[1]
    for name, host, repo, more in SCENARIOS:
        words = dispatch(place, f"octo/{repo}", host=host,
                         more=[word.format(proxy=proxy) for word in more])
        run = strace(place, [BINARY, *words], env=STEP)
        late = late_calls(place)
        tap.check(not late, f"{name}: no file is opened after the first "
                  "packet", run, *late)


class TwoTargets:
    """A run between its two targets: the first was sent, and the connection
    ended with it."""

    def __init__(self, place, **options):
        self.process = Process(place, dispatch(
            place, "octo/answer-204-close", "octo/app", host=HOST,
            more=["--pace", "2"]), STEP, **options)
        self.process.wait_for_request()

    def end(self, tap, name):
        case = Case(tap, name, self.process.end())
        case.exits(0)
        case.connects(2)
        return case


def test_names(tap, place):
    """Another address, or none, for a host that has been connected to."""
    for name, text in (("another address", f"192.0.2.1 {HOST}\n"),
                       ("no such host", "")):
        run = TwoTargets(place)
        place.write("hosts", text)
        run.end(tap, f"/etc/hosts with {name} for the second connection")
        place.write("hosts", HOSTS)


def make_step_files(place, folder):
    os.mkdir(place.file(folder))
    for name in ("outputs", "summary"):
        place.write(f"{folder}/{name}", "")
    return {"GITHUB_OUTPUT": f"{folder}/outputs",
            "GITHUB_STEP_SUMMARY": f"{folder}/summary"}


def check_step_files(case, place, folder):
    case.check("results=[" in place.read(f"{folder}/outputs"),
               "the outputs are in the file that was opened")
    case.check(place.read(f"{folder}/summary").count("\n| octo/") == 2,
               "the summary is in the file that was opened")
    case.check("warning" not in case.run.err, "there is no warning")


def test_step_folder(tap, place):
    """The folder of a step's files goes away."""
    STEP.update(make_step_files(place, "step"))
    run = TwoTargets(place)
    os.rename(place.file("step"), place.file("moved"))
    check_step_files(run.end(tap, "a folder that is gone"), place, "moved")


def test_step_files(tap, place):
    """Others take the place of a step's files."""
    STEP.update(make_step_files(place, "first"))
    run = TwoTargets(place)
    os.rename(place.file("first"), place.file("kept"))
    make_step_files(place, "first")
    case = run.end(tap, "files that are replaced")
    check_step_files(case, place, "kept")
    for name in ("outputs", "summary"):
        case.check(place.read(f"first/{name}") == "",
                   f"the other {name} get nothing")


def test_step_pipe(tap, place):
    """A FIFO whose reader is there from the start gets all of it."""
    os.mkfifo(place.file("pipe"))
    read = []
    STEP["GITHUB_OUTPUT"] = "pipe"
    reader = os.open(place.file("pipe"), os.O_RDONLY | os.O_NONBLOCK)
    run = TwoTargets(place)
    os.set_blocking(reader, True)

    def read_all():
        while data := os.read(reader, 65536):
            read.append(data)
    thread = threading.Thread(target=read_all)
    thread.start()
    case = run.end(tap, "outputs that are a FIFO")
    thread.join()
    os.close(reader)
    names = [line.split("=")[0]
             for line in b"".join(read).decode().splitlines()]
    case.check(names == ["dispatch-url", "response-status", "results"],
               "its reader gets every line", names)


def test_all(tap, place):
    if not enter_namespaces(place):
        tap.skip("the first packet", "namespaces are not available here")
        return
    place.write("hosts", HOSTS)
    place.write("resolv.conf", SERVERS)
    NameServer("127.0.0.1")
    test_calls(tap, place)
    test_names(tap, place)
    for test in (test_step_folder, test_step_files, test_step_pipe):
        test(tap, place)


if __name__ == "__main__":
    main(test_all)
