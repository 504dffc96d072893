#!/usr/bin/env python3
"""process.py - the binary as a process: closed and full outputs, signals,
files of the step, and what -v shows."""

import json
import os
import re
import resource
import signal
import socket
import time

from harness import BINARY, ENV, Case, Process, Run, dispatch, main

SENT = "octo/app: event deploy sent"


def run_in_shell(place, redirection, arguments):
    """Runs it with a shell's redirection."""
    return Run(place, ["-c", f'exec "$0" "$@" {redirection}', BINARY,
                       *arguments], program="/bin/sh")


def test_closed_outputs(tap, place):
    for redirection in (">&-", ">/dev/full", "<&- >&-"):
        case = Case(tap, f"standard output is {redirection}", run_in_shell(
            place, redirection, dispatch(place, "octo/app")))
        case.exits(1)
        case.reports("cannot write to standard output",
                     "; 1 delivered, 0 unknown, of 1\n")
        case.sends(1)
    run = run_in_shell(place, "<&- >&- 2>&-", dispatch(place, "octo/app"))
    case = Case(tap, "all three standard files are closed", run)
    case.exits(1)
    case.check(run.err == "", "nothing is shown")
    case.sends(1)
    Case(tap, "an unknown outcome and a full standard output", run_in_shell(
        place, ">/dev/full", dispatch(place, "octo/answer-500",
                                      more=["--json"]))).reports(
        "; 0 delivered, 1 unknown, of 1\n")


def test_broken_pipe(tap, place):
    reader, writer = os.pipe()
    os.close(reader)
    run = Run(place, dispatch(place, "octo/app"), stdout=writer)
    os.close(writer)
    # SIGPIPE would end it with a negative status.
    Case(tap, "standard output is a pipe without a reader", run).exits(1)


def full_pipe():
    """A pipe whose writer does not block and which is full."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    return reader, writer, os.write(writer, b"x" * (1 << 20))


def test_full_output(tap, place):
    reader, writer, filler = full_pipe()
    process = Process(place, dispatch(place, "octo/app", "octo/b",
                                      more=["--pace", "0"]), stdout=writer)
    process.wait_for_request()
    time.sleep(0.2)
    process.child.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    os.close(writer)
    with open(reader, "rb") as f:
        printed = f.read()[filler:]
    case = Case(tap, "a full pipe, then a signal, then a reader",
                process.end(printed=printed))
    case.prints(SENT)
    case.reports("octo/b: not sent: stopped by a signal")


def test_lost_output(tap, place):
    """The first write to a FIFO fails, and then somebody reads it."""
    for more in ([], ["--json"]):
        name = place.file("lost" + "".join(more))
        os.mkfifo(name)
        holder = os.open(name, os.O_RDWR)
        writer = os.open(name, os.O_WRONLY)
        os.close(holder)
        process = Process(place, dispatch(
            place, "octo/one", "octo/two", "octo/three",
            more=["--pace", "1", *more]), stdout=writer)
        os.close(writer)
        process.wait_for_request("/octo/two/")
        reader = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
        process.end()
        read = os.read(reader, 65536)
        os.close(reader)
        case = Case(tap, f"standard output that fails once {more}", process)
        case.exits(1)
        case.sends(3)
        case.check(read == b"", "nothing is written after that", read)
        case.reports("cannot write to standard output",
                     "3 delivered, 0 unknown, of 3")


def test_full_trace(tap, place):
    reader, writer, _ = full_pipe()
    begin = time.monotonic()
    run = Run(place, dispatch(place, "octo/app", more=["-v"]), stderr=writer)
    passed = time.monotonic() - begin
    os.close(writer)
    os.close(reader)
    case = Case(tap, "-v with a full standard error", run)
    case.exits(0)
    case.check(passed < 9, "the trace does not delay the event", passed)


STEP_FILES = [
    # A path that cannot be written, why, and options for the process.
    ("fifo", "cannot open {}: No such device or address", {}),
    ("/dev/full", "cannot write to {}: No space left on device", {}),
    ("none/file", "cannot open {}: No such file or directory", {}),
    (".", "cannot open {}: Is a directory", {}),
    ("full", "cannot write to {}: File too large",
     {"preexec_fn": lambda: resource.setrlimit(
         resource.RLIMIT_FSIZE, (100, 100))}),
]


def test_step_files(tap, place):
    """The event has been sent when a runner's file cannot be written: that is
    a warning."""
    os.mkfifo(place.file("fifo"))
    place.write("full", "x" * 100)
    for path, why, options in STEP_FILES:
        path = os.path.join(place.path, path)
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            run = Run(place, dispatch(place, "octo/app"), {
                **ENV, name: path}, **options)
            case = Case(tap, f"{name} is {os.path.basename(path)}", run)
            case.exits(0)
            case.reports(f"warning: {name}: {why.format(path)}\n")
            case.check(run.err.count("\n") == 1, "one line is reported")


# What is in the files before, and what has to come between that and us.
BEFORE = [("", "", ""), ("mine=1", "\n", "\n\n"), ("mine=1\n", "", "\n")]


def test_begun_files(tap, place):
    """A line without an end is ended first. No line of the outputs is empty:
    act, Gitea and Forgejo refuse one (tests/actions/output_files.py)."""
    for before, outputs, summary in BEFORE:
        for name in ("outputs", "summary"):
            place.write(name, before)
        Run(place, dispatch(place, "octo/app"), {
            **ENV, "GITHUB_OUTPUT": "outputs",
            "GITHUB_STEP_SUMMARY": "summary"})
        for name, begin in (("outputs", outputs + "dispatch-url="),
                            ("summary", summary + "| repository |")):
            text = place.read(name)
            tap.check(text.startswith(before + begin),
                      f"{name} after {before!r}: it begins with {begin!r}",
                      text)
            tap.check(text.endswith("\n"), f"{name} after {before!r}: our "
                      "last line has an end", text)


def test_signals(tap, place):
    for number in (signal.SIGINT, signal.SIGTERM):
        process = Process(place, dispatch(place, "octo/answer-silence"))
        process.wait_for_request()
        process.child.send_signal(number)
        case = Case(tap, f"{number.name} during a request",
                    process.end(timeout=10))
        # The signal's default action.
        case.exits(-number)
        case.check(case.run.output == "", "nothing is shown")


def test_silent_listener(tap, place):
    """A port that accepts and does not continue: no request was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begin = time.monotonic()
        case = Case(tap, "a server that does not respond to the ClientHello",
                    Run(place, dispatch(
                        place, "octo/app", port=listener.getsockname()[1],
                        more=["--connect-timeout", "1"])))
        passed = time.monotonic() - begin
        case.exits(8)
        case.check(passed < 30, "it ends in time", passed)


def test_plain_http(tap, place):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = Process(place, dispatch(place, "octo/app",
                                          port=listener.getsockname()[1]))
        peer = listener.accept()[0]
        peer.recv(1000)
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        Case(tap, "a server without TLS", process.end()).exits(9)
        peer.close()


def test_trace(tap, place):
    run = Run(place, dispatch(place, "octo/app", more=["-v"]))
    case = Case(tap, "-v", run)
    case.reports(
        "localhost has the address", "connecting to 127.0.0.1",
        "the name look-up took ", "the TCP connection took ",
        "the TLS handshake took ",
        "TLS 1.3, TLS_", ", X25519, ecdsa_secp256r1_sha256", "certificate 0: localhost",
        "> POST /repos/", "> Authorization: [hidden]",
        "< X-GitHub-Request-Id", "the response took ")
    case.check(all(" " <= c <= "~" or c == "\n" for c in run.err),
               "only plain characters are shown")
    case = Case(tap, "-v with roots that cannot be used", Run(
        place, [*dispatch(place, "octo/app", more=["-v"]), "--ca-file",
                place.file("bundle.pem")]))
    case.exits(0)
    case.reports("root at line 1 skipped", "root at line 6 skipped")
    with open("vendor/roots.pem", encoding="utf-8") as roots:
        day = re.search("^# date (.*)$", roots.read(), re.M).group(1)
    case = Case(tap, "-v with the built-in CAs", Run(
        place, ["-v", "-r", "a/b", "-e", "x", "--api-url",
                "https://127.0.0.1:1", "--retries", "0"],
        {"GH_PAT": "ghp_" + "a" * 36}))
    case.exits(8)
    case.reports(f"trusting Mozilla's list of CAs of {day}\n")


def test_large_payload(tap, place):
    text = "é" * 30000
    run = Run(place, dispatch(place, "octo/app", more=["-p", "@-"]),
              stdin=f'{{"a": "{text}"}}'.encode())
    case = Case(tap, "a payload of 60,000 bytes", run)
    case.exits(0)
    case.check(json.loads(run.bodies[0])["client_payload"]["a"] == text,
               "it arrives unchanged")


UNFIT = [
    # Arguments, variables, what the message says, and the exit status.
    (["-p", "@large"], {}, "--payload: large is larger than 1048576 bytes", 3),
    ([], {"DISPATCH_CLIENT_PAYLOAD": "@large"},
     "DISPATCH_CLIENT_PAYLOAD: large is larger than 1048576 bytes", 3),
    (["-F", "a=@large"], {}, "--field 1 (a): large is larger than ", 1),
    (["-F", "a:=@large"], {}, "--field 1 (a): large is larger than ", 1),
    (["--targets", "large"], {}, "--targets: large is larger than ", 1),
    (["--targets", "-"], {}, "--targets: standard input is larger than ", 1),
    (["--targets", "utf16"], {}, "--targets: utf16 is UTF-16: ", 2),
    ([], {"DISPATCH_TARGETS": "nul"},
     "DISPATCH_TARGETS: nul contains a NUL byte", 2),
    (["--token-file", "large"], {}, "--token-file: large is larger than ", 2),
    (["--token-file", "empty"], {},
     "--token-file: the token from empty is empty", 2),
    ([], {"DISPATCH_TOKEN_FILE": "note", "GH_PAT": ""},
     "DISPATCH_TOKEN_FILE: the token from note has an invalid character at "
     "offset 1\n", 2),
    (["--app-id", "1", "--app-key", "large"], {},
     "--app-key: large is larger than ", 2),
    (["--app-id", "1"], {"DISPATCH_APP_KEY": "note"},
     "DISPATCH_APP_KEY: the App's key, note: no private key found", 2),
    (["--ca-file", "large"], {},
     "--ca-file: large is larger than 2097152 bytes", 2),
    ([], {"SSL_CERT_FILE": "note"},
     "SSL_CERT_FILE: note contains no usable certificate", 2),
]


def test_unfit_files(tap, place):
    """Who named the file comes first."""
    large = '{"a": "' + "x" * 2 ** 21 + '"}'
    place.write("large", large)
    place.write("empty", "")
    place.write("note", "a note\n")
    place.write("nul", "octo/app\0")
    with open(place.file("utf16"), "wb") as f:
        f.write("octo/app".encode("utf-16"))
    for arguments, variables, message, status in UNFIT:
        given = ["-r", "octo/app", "-e", "deploy", *arguments]
        case = Case(tap, f"{arguments} {variables}", Run(
            place, given, {**ENV, **variables}, stdin=large.encode()))
        case.exits(status)
        case.sends(0)
        case.check(case.run.err.startswith(
            "repository-dispatch: " + message), f'"{message}" is reported')


def test_check_of_large_file(tap, place):
    with open(place.file("large.json"), "w", encoding="utf-8") as f:
        f.write("[\n")
        f.writelines('{"a": "é\\u00e9", "b": [1.5e3, null]},\n'
                     for _ in range(500000))
        f.write("{} x]\n")
    case = Case(tap, "--check-json with 18 MB that are wrong at the end",
                Run(place, ["--check-json", "large.json"], {}))
    case.exits(3)
    case.reports(":500002:4:")


if __name__ == "__main__":
    main(test_closed_outputs, test_broken_pipe, test_full_output,
         test_lost_output, test_full_trace, test_step_files, test_begun_files, test_signals,
         test_silent_listener, test_plain_http, test_trace,
         test_large_payload, test_unfit_files,
         test_check_of_large_file)
