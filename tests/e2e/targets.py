#!/usr/bin/env python3
"""targets.py - many targets, retries, redirects, and a run that is stopped.
The stand-in counts which request came on which connection."""

import json
import os
import signal
import socket
import time

from harness import (ENV, Case, Process, Run, dispatch, main, relay,
                     test_description)


def run_case(tap, place, name, *repos, more=(), env=None, stdin=b""):
    return Case(tap, name, Run(place, dispatch(place, *repos, more=more),
                               {**ENV, **(env or {})}, stdin))


def check_targets(case, *names):
    """The targets of the requests, OWNER/NAME each."""
    case.check([target.removeprefix("/repos/").removesuffix("/dispatches")
                for target in case.run.targets] == list(names),
               f"the targets are {', '.join(names)}")


def test_many(tap, place):
    repos = [f"octo/r{i}" for i in range(8)]
    case = run_case(tap, place, "eight targets", *repos)
    case.exits(0)
    case.connects(1)
    check_targets(case, *repos)
    case.check(case.run.out.count(" sent, HTTP 204") == 8,
               "each is reported as sent")


def test_failed_target(tap, place):
    case = run_case(tap, place, "two of four targets fail", "octo/a",
                    "octo/answer-404", "octo/answer-401", "octo/b")
    # The status of the first failure.
    case.exits(5)
    case.sends(4)
    case.check(case.run.out.count("HTTP 204") == 2, "two are sent")
    case.check(case.run.err.count("repository-dispatch: ") == 2,
               "two are reported as failed")


def test_connections(tap, place):
    case = run_case(tap, place, "a response with Connection: close",
                    "octo/answer-204-close", "octo/c")
    case.exits(0)
    case.connects(2)
    case = run_case(tap, place, "a connection that is reset under the next "
                    "request", "octo/answer-204-reset", "octo/c")
    case.exits(10)
    case.sends(1)
    case.reports("octo/c: ")
    case = run_case(tap, place, "a connection that is closed between two "
                    "targets", "octo/answer-204-idle", "octo/b",
                    more=["--pace", "1"])
    case.exits(0)
    case.sends(2)
    case.connects(2)


def test_document(tap, place):
    case = run_case(tap, place, "--json with two targets", "octo/a",
                    "octo/answer-404", more=["--json"])
    document = json.loads(case.run.out)
    case.check([r["delivered"] for r in document["results"]] == [True, False],
               "the document says which one was delivered")
    case.check(document["exit_status"] == 5, "exit_status is 5")
    case = run_case(tap, place, "--json and --dry-run with two targets",
                    "octo/a", "octo/b", more=["--json", "-n"])
    case.exits(0)
    case.sends(0)
    case.check([r["repository"]
                for r in json.loads(case.run.out)["results"]] ==
               ["octo/a", "octo/b"], "the document has both")


def test_duplicate(tap, place):
    run_case(tap, place, "a target given twice", "octo/a", "OCTO/A").exits(2)


def test_list(tap, place):
    place.write("list", "# targets\n\nhttps://localhost/octo/one.git\n"
                "git@localhost:octo/two other_event # x\n"
                "  octo/three\t# y\r\nfour\n")
    case = run_case(tap, place, "--targets", more=["--targets", "list", "-o",
                                                   "octo"])
    case.exits(0)
    check_targets(case, "octo/one", "octo/two", "octo/three", "octo/four")
    case.check([json.loads(body)["event_type"] for body in case.run.bodies] ==
               ["deploy", "other_event", "deploy", "deploy"],
               "one of them has an event type of its own")
    case = run_case(tap, place, "--targets from standard input, and --repo",
                    "octo/zero", more=["--targets", "-"],
                    stdin=b"octo/one\n")
    case.exits(0)
    check_targets(case, "octo/zero", "octo/one")
    case = run_case(tap, place, "a list in --repo", "octo/a,octo/b",
                    "localhost/octo/c")
    case.exits(0)
    check_targets(case, "octo/a", "octo/b", "octo/c")
    case = run_case(tap, place, "a list in DISPATCH_REPO",
                    env={"DISPATCH_REPO": "octo/a, octo/b\nocto/c\n"})
    case.exits(0)
    check_targets(case, "octo/a", "octo/b", "octo/c")


WRONG_LISTS = [
    # What is wrong, the file, more options, the status, a part of the error.
    ("a line with three words", "octo/one\nocto/two a b\n", [], 2,
     "list:2: more than a target"),
    ("a name that is not valid", "octo/one\nocto/../x\n", [], 2, "list:2: "),
    ("an event type that is too long", f"octo/one {'x' * 101}\n", [], 3, ""),
    # It is checked before anything is sent, although line 1 has its own.
    ("a default event type that is too long",
     "octo/one own_event\nocto/two\n", ["-e", "x" * 101], 3, ""),
    ("an event type in quotes", 'octo/one\nocto/two "x"\n', [], 3,
     "octo/two: the event type has quotes around it"),
    ("a control character in an event type", "octo/one x\vy\n", [], 3,
     "octo/one: the event type has a control character at offset 1"),
    ("an event type that begins with an equals sign", "octo/one =x\n", [], 3,
     'octo/one: the event type begins with "="'),
    ("a no-break space after an event type", "octo/one x\u00a0\n", [], 3,
     "octo/one: the event type has white space around it"),
    ("no target", "# none\n", [], 2, ""),
    ("a byte order mark", "\ufeffocto/one\n", [], 2,
     "list begins with a byte order mark"),
    ("CR line ends", "octo/one\rocto/two\r", [], 2,
     "list:1: a carriage return"),
    ("a URL on another server", "https://github.com/octo/one\n", [], 2,
     "list:1: octo/one is on github.com, and the API is that of localhost"),
]


def test_wrong_list(tap, place):
    for name, text, more, status, message in WRONG_LISTS:
        place.write("list", text)
        case = run_case(tap, place, f"--targets with {name}",
                        more=["--targets", "list", *more])
        case.exits(status)
        case.sends(0)
        if message:
            case.reports(message)


RETRIED = [
    # The responses in turn, the number of requests, and the exit status.
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


def test_retries(tap, place):
    for responses, number, status in RETRIED:
        name = "octo/answers." + responses
        if "." not in responses:
            name = "octo/answer-" + responses
        case = run_case(tap, place, f"the responses {responses}", name,
                        more=["--timeout", "20"])
        case.exits(status)
        case.sends(number)
        case.check({r["method"] for r in case.run.requests} == {"POST"},
                   "each request is a POST")
        case.check(len(set(case.run.bodies)) == 1,
                   "each request has the same body")


def test_retry_options(tap, place):
    case = run_case(tap, place, "--retries 0",
                    "octo/answers.429-second.204.x", more=["--retries", "0"])
    case.exits(7)
    case.sends(1)
    case = run_case(tap, place, "a retry under Actions",
                    "octo/answers.429-second.204.y",
                    env={"GITHUB_ACTIONS": "true"})
    case.exits(0)
    case.check(case.run.err.startswith(
        "::notice::retrying in 1.0 seconds"), "the wait is a notice")


def test_notices(tap, place):
    run_case(tap, place, "a renamed repository", "octo/answer-moved").reports(
        "has moved to /repositories/1/dispatches")
    case = run_case(tap, place, "a failure under Actions", "octo/answer-404",
                    env={"GITHUB_ACTIONS": "true",
                         "GITHUB_STEP_SUMMARY": "summary"})
    case.reports("::error::octo/answer-404: ")
    summary = place.read("summary")
    case.check("| octo/answer-404 | deploy | no | " in summary,
               "the summary has a row", summary)


def run_timed(place, number, more=()):
    began = time.monotonic()
    run = Run(place, dispatch(place, *[f"octo/r{i}" for i in range(number)],
                              more=more))
    return run, time.monotonic() - began


def test_pace(tap, place):
    run, passed = run_timed(place, 3, ["--pace", "1"])
    case = Case(tap, "three targets with --pace 1", run)
    case.exits(0)
    case.check(passed >= 2, "two seconds pass", passed)
    run, passed = run_timed(place, 11, ["--pace", "0"])
    case = Case(tap, "eleven targets with --pace 0", run)
    case.exits(0)
    case.check(passed < 10, "they are not paced", passed)
    run, passed = run_timed(place, 11)
    case = Case(tap, "eleven targets", run)
    case.exits(0)
    case.check(passed >= 10, "they are paced", passed)


def test_signal(tap, place):
    process = Process(place, dispatch(place, "octo/a", "octo/b", "octo/c",
                                      more=["--pace", "30"]))
    line = process.child.stdout.readline()
    process.child.send_signal(signal.SIGINT)
    case = Case(tap, "SIGINT between two targets",
                process.end(printed=line, timeout=10))
    case.exits(1)
    check_targets(case, "octo/a")
    case.check(case.run.out.startswith("octo/a"), "the first is reported")
    case.check(case.run.out == line.decode(),
               "nothing is printed after the signal")
    case.check(case.run.err.count("not sent: stopped by a signal") == 2,
               "the others are reported as not sent")


def run_refused(place, refused, more=()):
    """With a server that breaks off this number of handshakes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay(listener, place.port, refused)
        return Run(place, dispatch(
            place, "octo/a", port=listener.getsockname()[1], more=more))


def test_broken_handshake(tap, place):
    case = Case(tap, "two broken handshakes", run_refused(place, 2))
    case.exits(0)
    case.sends(1)
    case.check(case.run.err.count("retrying in ") == 2,
               "there are two retries")
    case = Case(tap, "two broken handshakes with --retries 1",
                run_refused(place, 9, ["--retries", "1"]))
    case.sends(0)
    # The kernel's timing decides between a reset and an end.
    case.check(case.run.status in (8, 9), "the exit status is 8 or 9")
    case.check(case.run.err.count("retrying in ") == 1,
               "there is one retry")


def test_names(tap, place):
    """Whatever fails, the failure of a target begins with its name."""
    port = place.stand_in("expired")
    for what, more in (
            ("nobody listens", ["--api-url", "https://localhost:1"]),
            ("no such host", ["--api-url", "https://no.invalid"]),
            ("a proxy that is not there", ["--proxy", "127.0.0.1:1"]),
            ("a certificate that has expired",
             ["--api-url", f"https://localhost:{port}"]),
            ("a server without TLS",
             ["--api-url", f"https://localhost:{place.port}", "--proxy",
              f"localhost:{place.port}"])):
        case = run_case(tap, place, what, "octo/one", "hub/two",
                        more=["--retries", "0", "--json", *more])
        lines = [line for line in case.run.err.splitlines()
                 if not line.startswith("hint: ")]
        case.check([line.split(": ")[1] for line in lines] ==
                   ["octo/one", "hub/two"], "each line names its target")
        case.check([result["error"].split(": ")[0] for result in
                    json.loads(case.run.out)["results"]] ==
                   ["octo/one", "hub/two"], "each result names its target")


def on_terminal(tap, place, *more):
    parent, child = os.openpty()
    process = Process(place, dispatch(
        place, "octo/a", "octo/answer-404", "octo/c", more=more),
        stdout=child, stderr=child)
    process.child.wait(timeout=20)
    os.close(child)
    case = Case(tap, f"a terminal and {' '.join(more) or 'no option'}",
                process.end(printed=os.read(parent, 65536)))
    os.close(parent)
    return case


def test_terminal(tap, place):
    case = on_terminal(tap, place)
    case.prints("2 sent, 1 failed, 0 left", "HTTP 404")
    case.shows_no("HTTP 204")
    for level in ("-q", "-v"):
        # No line of progress.
        on_terminal(tap, place, level).shows_no("\033")


if __name__ == "__main__":
    main(test_many, test_failed_target, test_connections, test_document,
         test_duplicate, test_list, test_wrong_list, test_retries,
         test_retry_options, test_notices, test_pace, test_signal,
         test_broken_handshake, test_names, test_terminal,
         test_description)
