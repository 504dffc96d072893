#!/usr/bin/env python3
"""process.py - how the binary behaves as a process: closed and full outputs,
signals, what -v shows, and what is left behind."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time

from harness import BINARY, TOKEN, Place, Tap

ENV = {"GH_PAT": TOKEN}


def dispatch(place, port, *more, repo="octo/app"):
    return ["-r", repo, "-e", "deploy", "--api-url",
            f"https://localhost:{port}", "--ca-file", place.file("root.pem"),
            *more]


def shell(place, redirection, arguments):
    """Runs it behind a shell's redirection."""
    return subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirection}',
                           BINARY, *arguments], env=ENV, check=False,
                          capture_output=True, timeout=60, cwd=place.path)


def test_outputs(tap, place, port):
    for redirection in (">&-", ">/dev/full", "<&- >&-"):
        result = shell(place, redirection, dispatch(place, port))
        place.outputs.append(result.stderr)
        tap.check(result.returncode == 1 and
                  b"cannot write to standard output" in result.stderr and
                  b"; sent all the same: 1 of 1 events, perhaps 0 more\n" in
                  result.stderr,
                  f"standard output as {redirection} is a failure",
                  result.returncode, result.stderr)
    result = shell(place, "<&- >&- 2>&-", dispatch(place, port))
    tap.check(result.returncode == 1 and result.stderr == b"",
              "all three closed", result.returncode, result.stderr)
    requests = len(place.requests())
    tap.check(requests == 4, "each of them was sent, and nothing else was",
              requests)
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([BINARY, *dispatch(place, port)], env=ENV,
                            stdout=writer, stderr=subprocess.PIPE,
                            timeout=60, check=False)
    os.close(writer)
    tap.check(result.returncode == 1, "a pipe without a reader is a failure, "
              "not a death by SIGPIPE", result.returncode)


def test_unknown(tap, place, port):
    result = shell(place, ">/dev/full", dispatch(
        place, port, "--json", repo="octo/answer-500"))
    tap.check(b"0 of 1 events, perhaps 1 more\n" in result.stderr,
              "what is unknown is not told as unsent", result.stderr)


def test_nonblocking(tap, place, port):
    """A pipe whose parent left it non-blocking, full for a while."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    filler = os.write(writer, b"x" * (1 << 20))
    count = len(place.requests())
    process = subprocess.Popen(
        [BINARY, *dispatch(place, port, "-r", "octo/b", "--pace", "0")],
        env=ENV, stdout=writer, stderr=subprocess.PIPE)
    while len(place.requests()) == count and process.poll() is None:
        time.sleep(0.05)
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    os.close(writer)
    with open(reader, "rb") as f:
        out = f.read()
    _, err = process.communicate(timeout=20)
    tap.check(out[filler:].startswith(b"octo/app: event deploy sent") and
              b"octo/b: not sent: stopped by a signal" in err,
              "a full pipe that does not block is waited for, signal or not",
              process.returncode, out[filler:], err)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.write(writer, b"x" * (1 << 20))
    begin = time.monotonic()
    result = subprocess.run([BINARY, *dispatch(place, port, "-v")], env=ENV,
                            stdout=subprocess.PIPE, stderr=writer,
                            timeout=60, check=False)
    os.close(writer)
    os.close(reader)
    tap.check(result.returncode == 0 and time.monotonic() - begin < 9,
              "but for no line of the trace", result)


def test_step_files(tap, place, port):
    """What a runner reads along: where it cannot be written, the event is on
    its way all the same, and that is said."""
    os.mkfifo(place.file("fifo"))
    place.write("full", "x" * 100)
    small = {"preexec_fn": lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (100, 100))}
    for path, options in (("fifo", {}), ("/dev/full", {}), ("full", small),
                          ("none/file", {}), (".", {})):
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            result = place.run(dispatch(place, port), {
                **ENV, name: os.path.join(place.path, path)}, **options)
            tap.check(result.returncode == 0 and
                      result.stderr.count(b"\n") == 1 and
                      b"warning: cannot write this step's " in result.stderr
                      and os.path.basename(path).encode() in result.stderr,
                      f"{name} is {path}", result)
    place.write("outputs", "mine=1")
    place.write("summary", "mine")
    place.run(dispatch(place, port), {
        **ENV, "GITHUB_OUTPUT": "outputs", "GITHUB_STEP_SUMMARY": "summary"})
    for name, begins in (("outputs", "mine=1\ndispatch-url="),
                         ("summary", "mine\n| repository |")):
        with open(place.file(name), encoding="ascii") as f:
            text = f.read()
        tap.check(text.startswith(begins) and text.endswith("\n"),
                  f"a line of somebody else in {name} is ended", text)


def test_signals(tap, place, port):
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            [BINARY, *dispatch(place, port, repo="octo/answer-silence")],
            env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.5)
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        tap.check(process.returncode == -number and out + err == b"",
                  f"{number.name} ends it by the default action",
                  process.returncode, err)


def test_silent_listener(tap, place):
    """A port that accepts and then says nothing: nothing was sent yet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        begin = time.monotonic()
        result = place.run(dispatch(place, port, "--connect-timeout", "1"),
                           ENV)
        tap.check(result.returncode == 8 and time.monotonic() - begin < 30,
                  "a server that does not shake hands: exit 8 in time",
                  result.returncode, result.stderr)


def test_plain_http(tap, place):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = subprocess.Popen([BINARY, *dispatch(place, port)], env=ENV,
                                   stderr=subprocess.PIPE)
        peer = listener.accept()[0]
        peer.recv(1000)
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        _, err = process.communicate(timeout=30)
        peer.close()
        tap.check(process.returncode == 9, "a server without TLS: exit 9",
                  process.returncode, err)


def test_trace(tap, place, port):
    result = place.run(dispatch(place, port, "-v"), ENV)
    shown = result.stderr.decode("latin-1")
    for part in ("localhost has the address", "connecting to 127.0.0.1",
                 "the name look-up took ", "the TCP connection took ",
                 "the TLS handshake took ",
                 "TLS 1.2, ECDHE-ECDSA-", "X25519", "certificate 0: localhost",
                 "> POST /repos/", "> Authorization: [hidden]",
                 "< X-GitHub-Request-Id", "the answer took "):
        tap.check(part in shown, f"-v shows {part}", shown)
    result = place.run([*dispatch(place, port, "-v"), "--ca-file",
                        place.file("bundle.pem")], ENV)
    for part in (b"root at line 1 passed over", b"root at line 6 passed over"):
        tap.check(result.returncode == 0 and part in result.stderr,
                  f"-v names what it passes over: {part}", result.stderr)
    tap.check(all(" " <= c <= "~" or c == "\n" for c in shown),
              "-v shows plain characters only")


def test_large_payload(tap, place, port):
    text = '{"a": "' + "é" * 30000 + '"}'
    result = place.run(dispatch(place, port, "-p", "@-"), ENV, text.encode())
    tap.check(result.returncode == 0 and
              "é" * 30000 == json.loads(
                  json.loads(place.requests()[-1])["body"]
                  .encode("latin-1"))["client_payload"]["a"],
              "60,000 bytes arrive as they were", result.stderr)


def test_too_large_payload(tap, place, port):
    path = place.file("large.payload")
    place.write("large.payload", '{"a": "' + "x" * 2 ** 20 + '"}')
    result = place.run(dispatch(place, port, "-p", "@" + path), ENV)
    tap.check(result.returncode == 3 and
              b"is larger than 1048576 bytes" in result.stderr,
              "a payload of more than a MiB", result.stderr)


def test_check_of_large_file(tap, place):
    path = place.file("large.json")
    with open(path, "w", encoding="utf-8") as f:
        f.write("[\n")
        f.writelines('{"a": "é\\u00e9", "b": [1.5e3, null]},\n'
                     for _ in range(500000))
        f.write("{} x]\n")
    result = place.run(["--check-json", path])
    tap.check(result.returncode == 3 and b":500002:4:" in result.stderr,
              "a file of 18 MB, wrong at its end", result.stderr)


def main():
    tap = Tap()
    with Place() as place:
        port = place.stand_in()
        test_outputs(tap, place, port)
        test_signals(tap, place, port)
        test_nonblocking(tap, place, port)
        test_unknown(tap, place, port)
        test_step_files(tap, place, port)
        test_silent_listener(tap, place)
        test_plain_http(tap, place)
        test_trace(tap, place, port)
        test_large_payload(tap, place, port)
        test_too_large_payload(tap, place, port)
        test_check_of_large_file(tap, place)
        tap.check(TOKEN.encode() not in b"".join(place.outputs),
                  "the token is in no output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
