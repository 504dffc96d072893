#!/usr/bin/env python3
"""memory.py - nothing secret is left in a process that ends.

Each run of the shipped binary is traced. At its end, all writable memory and
all registers are searched for any eight bytes in a row of a secret, as it is
and encoded: of tokens, an App's key as text and as numbers, its JWTs and its
tokens, a proxy's password, a payload, and the secrets of TLS (canaries.py).
What functions left on the stack must be overwritten, whatever it is. Needs
root, for ptrace(2).

memory.py --all has each scenario with both versions of TLS and every form of
output."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from canaries import Canaries, add_app, add_tls, add_tls12, add_tls13
from harness import (ENV, TOKEN, Case, Place, Process, dispatch, free_port,
                     github, main, pump)
from locked_down import use_long_key
from tracer import Traced

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, "tls"))
from cryptography.hazmat.primitives import serialization  # noqa: E402
from identities import ECDSA_P256, Identity  # noqa: E402
from server import Server  # noqa: E402

OTHER = "ghp_WkTz27xRbQd9LmYc4HnVs6PjFg1uEa8XoK3i"
USER, PASSWORD = "proxyuser", "kV7rTq2zXw9pLm4b"
IN_PAYLOAD = "pZ3vLq8Xn5Tc1Rb7Wy4Jd9Kf2Hg6Ms0A"
TEXTS = {"the token": TOKEN, "another token": OTHER,
         "the password": PASSWORD, "the payload": IN_PAYLOAD,
         "user and password": base64.b64encode(
             f"{USER}:{PASSWORD}".encode()).decode()}
APP = ["--app-id", github.APP_ID, "--app-key"]
# The frames of what comes after main().
AFTER_MAIN = 1024


class Relay:
    """Passes connections on to a stand-in, and is a proxy if it is asked to
    be. It keeps the first bytes of the server, with its hello."""

    def __init__(self, port):
        self.port = port
        self.hellos = []
        listener = socket.create_server(("", 0), backlog=64)
        self.own = listener.getsockname()[1]
        threading.Thread(target=self.run, args=[listener],
                         daemon=True).start()

    def run(self, listener):
        while True:
            near, _ = listener.accept()
            threading.Thread(target=self.serve, args=[near],
                             daemon=True).start()

    def serve(self, near):
        try:
            if near.recv(7, socket.MSG_PEEK) == b"CONNECT":
                near.recv(8192)
                near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            far = socket.create_connection(("127.0.0.1", self.port))
            threading.Thread(target=pump, args=(near, far),
                             daemon=True).start()
            self.hellos.append(far.recv(65536))
            near.sendall(self.hellos[-1])
            pump(far, near)
        except OSError:
            pass


def serve_once(respond):
    """A server for one connection. Returns its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        peer, _ = listener.accept()
        respond(peer)
        listener.close()
    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


class MemoryPlace(Place):
    def __init__(self):
        super().__init__()
        if os.geteuid() != 0:
            raise PermissionError("this needs root")
        use_long_key(self)
        os.environ["SSLKEYLOGFILE"] = self.file("keylog")
        self.write("keylog", "")
        self.relay = Relay(self.port)
        self.logged = 0
        self.write("token", TOKEN + "\n")
        self.write("payload", json.dumps({"password": IN_PAYLOAD}))
        self.write("targets", f"octo/a\nhttps://x:{TOKEN}@localhost/octo/b\n")
        self.write("bad-payload", '{"password":"' + IN_PAYLOAD + '"')
        self.write("with-key.pem", self.read("root.pem") +
                   self.read("app.pem"))
        self.write("cut.pem", self.read("app.pem")[:-60])

    def new_log(self):
        """The lines that the stand-in has added to its key log."""
        lines = self.read("keylog").splitlines()
        new, self.logged = lines[self.logged:], len(lines)
        return [line.split() for line in new if not line.startswith("#")]


class TracedRun(Process):
    """A run of the binary that is traced. signals are sent one after the other
    once there was a request for the path after."""

    def __init__(self, place, arguments, env=None, stdin=b"", signals=(),
                 after="", calls=False):
        del place.relay.hellos[:]
        place.new_log()
        super().__init__(place, arguments, env, popen=Traced)
        self.child.stdin.write(stdin)
        self.child.stdin.close()
        self.child.stdin = None
        if signals:
            threading.Thread(target=self.send, args=(signals, after),
                             daemon=True).start()
        self.child.trace(calls)
        self.end()

    def send(self, signals, after):
        self.wait_for_request(after)
        for number in signals:
            time.sleep(0.1)
            if self.child.returncode is None:
                os.kill(self.child.pid, number)

    def find(self, canaries):
        found = canaries.find("registers", 0, self.child.registers)
        for name, address, data in self.child.memory:
            found += canaries.find(name, address, data)
        return found

    def left_on_stack(self):
        """How many bytes below the last frame are not zero. Wiping itself
        leaves an address."""
        end = self.child.stack_pointer - AFTER_MAIN
        return sum(8 for name, address, data in self.child.memory
                   if name == "[stack]" and address < end
                   for at in range(0, min(len(data), end - address), 8)
                   if any(data[at:at + 8])) - 8


def canaries_of(place, run):
    canaries = Canaries()
    canaries.add_texts(TEXTS)
    jwts = [value for request in run.requests
            for name, value in request["fields"]
            if name == "Authorization" and value.startswith("Bearer eyJ")]
    if "--app-id" in run.what:
        canaries.add("the App's token", github.APP_TOKEN.encode())
        add_app(canaries, place.file("app.pem"), jwts)
    add_tls(canaries, place.new_log(), place.relay.hellos)
    return canaries


def check(tap, name, run, canaries):
    found = run.find(canaries)
    tap.check(not found, f"{name}: nothing secret is left", *found[:30])
    tap.check(run.left_on_stack() <= 0, f"{name}: the stack is overwritten",
              run.left_on_stack())


def test_search(tap, place):
    """The search finds what is there."""
    name = "Zx8Qw2Lr7Tn4"
    run = TracedRun(place, dispatch(place, "octo/" + name,
                                    port=place.relay.own))
    canaries = Canaries()
    canaries.add("a repository's name", name.encode())
    tap.check(run.find(canaries), "the search finds a repository's name")
    canaries = Canaries()
    canaries.add_bytes("the stack pointer",
                       run.child.stack_pointer.to_bytes(8, sys.byteorder))
    tap.check(run.find(canaries), "the search finds what is in a register")


def scenarios(place):
    """name: the exit status, and what is different: the repositories, further
    arguments, the environment, other options of a run."""
    proxy = f"http://{USER}:{PASSWORD}@127.0.0.1:{place.relay.own}"
    pem = place.read("app.pem")
    coded = base64.b64encode(pem.encode()).decode()
    payload = json.dumps({"password": IN_PAYLOAD})
    run = dict
    return {
        "a token in a variable": (0, run()),
        "a token in arguments": (0, run(more=["-t", TOKEN], env={})),
        "two tokens": (0, run(more=["-t", OTHER, "--token=" + TOKEN],
                              env={"GH_TOKEN": OTHER,
                                   "GITHUB_TOKEN": OTHER})),
        "a token in a file": (0, run(more=["--token-file", "token"], env={})),
        "a token in standard input": (
            0, run(more=["--token-file", "-"], env={},
                   stdin=TOKEN.encode())),
        "a proxy": (0, run(env={**ENV, "HTTPS_PROXY": proxy})),
        "proxies": (0, run(more=["--proxy", proxy],
                           env={**ENV, "http_proxy": proxy,
                                "ALL_PROXY": proxy})),
        "an App": (0, run(more=[*APP, "app.pem"], env={})),
        "an App's key in a variable": (
            0, run(more=APP[:2], env={"DISPATCH_APP_KEY": pem})),
        "an App's key in Base64": (
            0, run(more=APP[:2], env={"DISPATCH_APP_KEY": coded})),
        "an App's key in standard input": (
            0, run(more=[*APP, "-"], env={}, stdin=pem.encode())),
        "an App that waits": (
            0, run(repositories=["octo/runs-success.90001-1"],
                   more=[*APP, "app.pem", "--wait", "--wait-interval", "1",
                         "--only-workflow", "receiver.yml"], env={})),
        "an App of two owners": (
            0, run(repositories=["octo/a", "other/b"],
                   more=[*APP, "app.pem", "--pace", "0"], env={})),
        "an App that is not installed": (
            5, run(repositories=["octo/not-installed"],
                   more=[*APP, "app.pem"], env={})),
        "preflight": (0, run(more=["--preflight"])),
        "an App's preflight": (0, run(more=["--preflight", *APP, "app.pem"],
                                      env={})),
        "waiting": (0, run(repositories=["octo/runs-success.90002-1"],
                           more=["--wait", "--wait-interval", "1",
                                 "--only-workflow", "receiver.yml"])),
        "dry run": (0, run(more=["--dry-run", "-p", payload])),
        "a payload": (0, run(more=["-p", payload])),
        "a payload from a file": (0, run(more=["-p", "@payload"])),
        "a payload in a variable": (
            0, run(env={**ENV, "DISPATCH_PAYLOAD": payload})),
        "a payload in standard input": (
            0, run(more=["-p", "@-"], stdin=payload.encode())),
        "fields": (0, run(more=["-f", "a=" + IN_PAYLOAD, "-F",
                                f'b:="{IN_PAYLOAD}"', "-F", "c=@payload",
                                "--env-field", "d=OF_MINE"],
                          env={**ENV, "OF_MINE": IN_PAYLOAD})),
        "--check-json": (0, run(more=["--check-json", "payload"])),
        "--check-json of a payload that is cut": (
            3, run(more=["--check-json", "bad-payload"])),
        "targets with a token": (
            0, run(repositories=[], more=["--targets", "targets", "--pace",
                                          "0"])),
        "a secret in a variable that is not ours": (
            0, run(env={**ENV, "OF_OTHERS": OTHER, "Z": IN_PAYLOAD})),
        # What fails before anything is sent.
        "the token in the payload": (
            3, run(more=["-p", json.dumps({"t": TOKEN})])),
        "a payload that is cut": (3, run(more=["-p", payload[:-1]])),
        "a payload from a file that is cut": (
            3, run(more=["-p", "@bad-payload"])),
        "an unknown option": (2, run(more=["-t", TOKEN, "--none"], env={})),
        "a stray token": (2, run(more=["-t", OTHER, TOKEN], env={})),
        "a token in a repository's URL": (
            0, run(repositories=[f"https://x:{OTHER}@localhost/octo/app"])),
        "a token with a space": (2, run(env={"GH_PAT": TOKEN + " x"})),
        "a token that is too long": (
            2, run(env={"GH_PAT": TOKEN + "x" * 5000})),
        "a key that is cut": (2, run(more=[*APP, "cut.pem"], env={})),
        "a key as the file of a token": (
            2, run(more=["--token-file", "app.pem"], env={})),
        "a key among the CAs": (
            0, run(more=["--ca-file", "with-key.pem"])),
        "a proxy that is malformed": (
            2, run(more=["--proxy", proxy + "/" + PASSWORD])),
        # What the server refuses, or does not do.
        "another token": (4, run(env={"GH_PAT": OTHER})),
        "401": (4, run(repositories=["octo/answer-401"])),
        "500": (10, run(repositories=["octo/answer-500"])),
        "a reset": (10, run(repositories=["octo/answer-reset"])),
        "silence": (10, run(repositories=["octo/answer-silence"],
                            more=["--timeout", "1"])),
        "a server that is not trusted": (
            9, run(more=["--ca-file", place.file("other_root.pem")])),
        "an App, and a server that is not trusted": (
            9, run(more=["--ca-file", place.file("other_root.pem"), *APP,
                         "app.pem"], env={})),
        "another name": (9, run(host="127.0.0.2")),
        "no server": (8, run(port=free_port(), more=["--retries", "0"])),
        "a proxy that refuses": (
            8, run(env={**ENV, "HTTPS_PROXY": f"http://{USER}:{PASSWORD}"
                        "@127.0.0.1:" + str(serve_once(lambda peer: (
                            peer.sendall(b"HTTP/1.1 407 No\r\n\r\n"),
                            peer.close())))})),
        "a handshake that is silent": (
            8, run(port=serve_once(lambda peer: time.sleep(20)),
                   more=["--connect-timeout", "1", "--retries", "0"])),
        "a handshake that ends": (
            9, run(port=serve_once(lambda peer: (peer.recv(4096),
                                              peer.close())),
                   more=["--retries", "0"])),
        # Signals that are remembered.
        "a signal between two targets": (
            1, run(repositories=["octo/a", "octo/b"], more=["--pace", "20"],
                   signals=[signal.SIGTERM], after="/octo/a/")),
        "a signal to an App": (
            1, run(repositories=["octo/a", "octo/b"],
                   more=["--pace", "20", *APP, "app.pem"], env={},
                   signals=[signal.SIGINT], after="/octo/a/disp")),
        "a signal while waiting": (
            12, run(repositories=["octo/runs-slow.90003-1"],
                    more=["--wait", "--only-workflow", "receiver.yml"],
                    signals=[signal.SIGTERM], after="/actions/")),
    }


# In --all, each scenario is run with these. Without it they take turns, since
# most scenarios differ in none of them.
MODES = [[], ["-v"], ["--json"], ["--tls", "1.2"], ["-v", "--json"],
         ["--tls", "1.2", "-v"], ["-q"], ["--tls", "1.2", "--json"]]


def run_scenario(place, more=(), repositories=("octo/app",), port=None,
                 host="localhost", **options):
    return TracedRun(place, dispatch(
        place, *repositories, port=port or place.relay.own, host=host,
        more=more), **options)


def test_scenarios(tap, place):
    number = 0
    for name in scenarios(place):
        for mode in MODES if "--all" in sys.argv else [
                MODES[number % len(MODES)]]:
            # A server for one connection is another one each time.
            status, options = scenarios(place)[name]
            options["more"] = [*options.get("more", []), *mode]
            run = run_scenario(place, **options)
            what = f"{name} {' '.join(mode)}"
            Case(tap, what, run).exits(status)
            check(tap, what, run, canaries_of(place, run))
        number += 1


class Honest(Server):
    """A server of TLS 1.3 that keeps its secrets, and repeats the token."""

    def __init__(self, place, connection):
        super().__init__(connection, place.identity)
        self.secrets = {}
        self.steps.insert(self.steps.index("server_hello") + 1,
                          Honest.keep_secret)
        self.answers = (b"HTTP/1.1 401 No\r\nSet-Cookie: a=" +
                        TOKEN.encode() + b"\r\nContent-Length: 40\r\n\r\n" +
                        TOKEN.encode())

    def agree(self):
        public, self.secrets["the shared secret"] = super().agree()
        return public, self.secrets["the shared secret"]

    def keep_secret(self):
        self.secrets["the handshake secret"] = self.schedule.secret


def read_identity(place):
    pem = place.read("good.chain.pem").encode()
    with open(place.file("good.key"), "rb") as f:
        key = serialization.load_pem_private_key(f.read(), None)
    return Identity(key, [base64.b64decode(part.split(b"-----END")[0])
                          for part in pem.split(b"CERTIFICATE-----\n")[1::2]],
                    ECDSA_P256)


def test_tls13(tap, place):
    """What only a client and a server know."""
    place.identity = read_identity(place)
    for suite in (0x1301, 0x1302, 0x1303):
        servers = []

        def respond(peer, suite=suite, servers=servers):
            servers.append(Honest(place, peer))
            servers[0].suite = suite
            servers[0].serve()
        port = serve_once(respond)
        run = run_scenario(place, port=port, calls=True)
        server, canaries = servers[0], canaries_of(place, run)
        name = f"suite {suite:#x}"
        Case(tap, name, run).exits(4)
        server.secrets["the master secret"] = server.schedule.secret
        public = add_tls13(canaries, run.child.entropy[-1], server.secrets)
        tap.check(public in dict(server.hellos[0].shares).values(),
                  f"{name}: the client's key is known")
        check(tap, name, run, canaries)


def test_tls12(tap, place):
    run = run_scenario(place, more=["--tls", "1.2"], calls=True)
    lines = place.new_log()
    canaries = canaries_of(place, run)
    master, expected = add_tls12(canaries, run.child.entropy[-1],
                                 place.relay.hellos[0], lines)
    tap.check(master in expected, "TLS 1.2: the client's key is known",
              master, expected)
    add_tls(canaries, lines, place.relay.hellos)
    check(tap, "TLS 1.2", run, canaries)


if __name__ == "__main__":
    main(test_search, test_tls12, test_tls13, test_scenarios, place=MemoryPlace)
