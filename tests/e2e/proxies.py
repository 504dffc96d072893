#!/usr/bin/env python3
"""proxies.py - through a real tinyproxy, with and without a password, past
one that is exempt, and against ones that misbehave."""

import json
import os
import pwd
import socket
import sys
import threading

from harness import SECRETS, TOKEN, Place, Tap
from servers import free_port, wait_for

PASSWORD = "pa55-w0rd.x"
ESCAPED = "pa55%2Dw0rd.x"
CONFIG = """User {user}
Port {port}
Listen 127.0.0.1
Timeout 20
LogLevel Info
LogFile "{dir}/{name}.log"
{more}
"""


def start_tinyproxy(place, name, more=""):
    port = free_port()
    user = pwd.getpwuid(os.getuid()).pw_name
    place.write(name, CONFIG.format(user=user, port=port, dir=place.path,
                                    name=name, more=more))
    place.start(["tinyproxy", "-d", "-c", place.file(name)], stdout=-3,
                stderr=-3)
    wait_for(port)
    return port


def misbehave(answer):
    """A listener that says this to the first request and closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            near, _ = listener.accept()
            near.recv(4096)
            near.sendall(answer)
            near.close()
    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


class Proxies:
    def __init__(self, tap, place):
        self.tap, self.place = tap, place
        self.port = place.stand_in()
        self.plain = start_tinyproxy(place, "plain")
        self.closed = start_tinyproxy(
            place, "closed", f"BasicAuth user {PASSWORD}")

    def log(self, name):
        with open(self.place.file(name + ".log"), encoding="utf-8") as f:
            return f.read()

    def check(self, name, status, more=(), env=None, error="", through=None):
        before = self.log(through) if through else ""
        sent = len(self.place.requests())
        result = self.place.run(
            ["-r", "octo/app", "-e", "deploy", "--api-url",
             f"https://localhost:{self.port}", "--ca-file",
             self.place.file("root.pem"), "--retries", "0", *more],
            {"GH_PAT": TOKEN, **(env or {})})
        passed = (result.returncode == status and
                  error in result.stderr.decode() and
                  len(self.place.requests()) - sent == (status == 0))
        if through:
            passed = passed and "CONNECT localhost" in \
                self.log(through)[len(before):]
        self.tap.check(passed, name, result.returncode, result.stdout,
                       result.stderr)
        return result.stderr.decode()

    def run(self):
        plain = f"http://127.0.0.1:{self.plain}"
        secret = f"http://user:{ESCAPED}@127.0.0.1:{self.closed}"
        self.check("by option", 0, ["--proxy", plain], through="plain")
        for name in ("DISPATCH_PROXY", "HTTPS_PROXY", "https_proxy",
                     "ALL_PROXY", "all_proxy"):
            self.check("by " + name, 0, env={name: plain}, through="plain")
        self.check("with a password", 0, ["--proxy", secret],
                   through="closed")
        self.check("without the password", 8,
                   ["--proxy", f"http://127.0.0.1:{self.closed}"],
                   error="the proxy 127.0.0.1: it answered 407")
        self.check("with a wrong one", 8,
                   ["--proxy", f"http://user:no@127.0.0.1:{self.closed}"],
                   error="does not take this user and password")
        shown = self.check("with the trace on", 0, ["-v", "--proxy", secret])
        self.tap.check("using the proxy 127.0.0.1" in shown,
                       "the trace names the proxy", shown)
        nobody = f"http://127.0.0.1:{free_port()}"
        self.check("nobody listens", 8, ["--proxy", nobody],
                   error="the proxy 127.0.0.1: cannot connect")
        for exempt in ("localhost", "*", f"localhost:{self.port}",
                       "a,.localhost"):
            self.check(f"NO_PROXY={exempt}", 0,
                       env={"HTTPS_PROXY": nobody, "NO_PROXY": exempt})
        self.check("NO_PROXY for another port", 8,
                   env={"HTTPS_PROXY": nobody, "no_proxy": "localhost:1"})
        self.check("none, said by the option", 0, ["--proxy", ""],
                   env={"HTTPS_PROXY": nobody})
        self.check("an https proxy", 2, ["--proxy", "https://u:pw@p"],
                   error="a proxy is asked over http:// alone (in --proxy)")
        for answer, error in (
                (b"", "it closed the connection before it answered"),
                (b"HTTP/1.1 403 Forbidden\r\n\r\nno", "it answered 403"),
                (b"SSH-2.0\r\n", "its answer is not valid HTTP"),
                (b"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03",
                 "there are bytes behind its answer"),
                (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 9000,
                 "its answer is not valid HTTP: its head is over 8 KiB")):
            self.check(f"a proxy that says {answer[:20]!r}", 8,
                       ["--proxy", f"127.0.0.1:{misbehave(answer)}"],
                       error=error)
        # TLS is with the server and not with whoever answers CONNECT.
        self.check("a tunnel that ends", 9, ["--proxy", "127.0.0.1:%d" %
                   misbehave(b"HTTP/1.1 200 OK\r\n\r\n")],
                   error="during the TLS handshake")
        seen = json.loads(self.place.requests()[-1])
        self.tap.check(not any("proxy" in name.lower()
                               for name, _ in seen["fields"]),
                       "the server sees no proxy credentials", seen)


def main():
    tap = Tap()
    SECRETS.update((PASSWORD, ESCAPED))
    with Place() as place:
        Proxies(tap, place).run()
        everything = b"".join(place.outputs)
        tap.check(not any(secret.encode() in everything for secret in (
            TOKEN, PASSWORD, ESCAPED, "dXNlcjpwYTU1")),
            "token and password are in no output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
