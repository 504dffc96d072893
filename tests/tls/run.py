#!/usr/bin/env python3
"""run.py [--client binary|curl|openssl] [--every] [GROUP...] - runs a client
against the server of server.py, once for each row of rows.py, and prints TAP.

A row that misbehaves must end with its exit status and its alert, and without a
byte of the request. --every cuts the flight after each byte and changes each of
its bytes. With another client than the binary, whose exit statuses differ, it
shows that the server is right: the honest rows are accepted, and the others are
refused with an alert that the row has."""

import argparse
import concurrent.futures
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "e2e"))
from harness import TOKEN, Place, Run, Tap  # noqa: E402
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from identities import Identities  # noqa: E402
from rows import GROUPS  # noqa: E402
from row import ANY, NONE  # noqa: E402
from rows_limits import bits, truncated  # noqa: E402
from hello import check_first_hello  # noqa: E402
from server import RESPONSE, Server  # noqa: E402

WORKERS = 8
LIMIT = 30  # seconds for a client
# Without the field, a client may write before it sees the end.
CLOSING = RESPONSE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


class Scene(Place):
    """A folder with the CA's certificate, and one for TLS 1.2."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="dispatch-tls-")
        self.servers, self.outputs, self.leaks = [], [], []
        self.identities = Identities()
        self.other_key = ec.generate_private_key(ec.SECP256R1())
        self.write("root.pem", self.identities.root_pem().decode())
        leaf = self.identities.p256
        self.write("leaf.pem", ssl.DER_cert_to_PEM_cert(leaf.chain[0]) +
                   leaf.key.private_bytes(
                       serialization.Encoding.PEM,
                       serialization.PrivateFormat.PKCS8,
                       serialization.NoEncryption()).decode())


class TlsServer:
    """What a later connection gets: OpenSSL, with TLS 1.3 only, or with TLS 1.2,
    where it sets the sentinel (RFC 8446, 4.1.3) if it could have chosen 1.3."""

    def __init__(self, connection, scene, kind):
        self.connection = connection
        self.closes = "closes" in kind
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(scene.file("leaf.pem"))
        if kind == "TLS 1.3":
            self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        elif "sentinel" not in kind:
            self.context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.requests = 0
        self.version = None
        self.alert = None  # OpenSSL's name of the client's
        self.is_marked = "sentinel" in kind

    def serve(self):
        self.connection.settimeout(20)
        try:
            with self.context.wrap_socket(self.connection,
                                          server_side=True) as tls:
                self.version = tls.version()
                while self.receive(tls):
                    self.requests += 1
                    if self.closes:
                        tls.sendall(CLOSING)
                        break
                    tls.sendall(RESPONSE)
        except ssl.SSLError as error:
            self.alert = error.reason
        except OSError:
            pass

    def faults(self):
        if (self.is_marked and self.version == "TLSv1.2" and
                self.alert != "SSLV3_ALERT_ILLEGAL_PARAMETER"):
            yield f"the sentinel gets {self.alert}"

    @staticmethod
    def receive(tls):
        """Whether a request arrived, which is small."""
        text = b""
        while not text.endswith(b"}"):
            part = tls.recv(65536)
            if not part:
                return False
            text += part
        return True


class AlertServer:
    """What a later connection gets: the alert protocol_version, or nothing."""

    requests = 0

    def __init__(self, connection, kind):
        self.connection = connection
        self.is_silent = kind == "silence"

    def serve(self):
        with self.connection:
            self.connection.recv(65536)
            if self.is_silent:
                self.connection.recv(65536)
            else:
                self.connection.sendall(b"\x15\3\3\0\2\2\x46")


class Target:
    """A listener whose first connection gets the row's server, and later ones
    what the row says."""

    def __init__(self, scene, row):
        self.scene, self.row = scene, row
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.served = []
        self.threads = []
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = self.make(connection)
            self.served.append(server)
            thread = threading.Thread(target=server.serve, daemon=True)
            self.threads.append(thread)
            thread.start()

    def make(self, connection):
        if self.served and self.row.then in ("the alert again", "silence"):
            return AlertServer(connection, self.row.then)
        if self.served and self.row.then.startswith("TLS"):
            return TlsServer(connection, self.scene, self.row.then)
        server = Server(connection, getattr(self.scene.identities,
                                            self.row.identity))
        server.other_key = self.scene.other_key
        if not self.served or not self.row.then:
            for change in self.row.script:
                change(server)
        return server

    def end(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.acceptor.join(LIMIT)
        for thread in self.threads:
            thread.join(LIMIT)


class Outcome:
    """How a client ended: its exit status and what it printed."""

    def __init__(self, status, output):
        self.status, self.output = status, output


def run_binary(scene, target):
    row = target.row
    run = Run(scene, ["-e", "deploy", "-r", "octo/app", "--api-url",
                      f"https://{row.host}:{target.port}", "--ca-file",
                      scene.file("root.pem"), "--retries", "0", "--timeout",
                      "15", *row.arguments])
    return Outcome(run.status, run.output)


def run_curl(scene, target):
    host, port = target.row.host, target.port
    return run_other(["curl", "-sS", "--tlsv1.3", "--http1.1", "--cacert",
                      scene.file("root.pem"), "--max-time",
                      "1" if "--timeout" in target.row.arguments else "15",
                      "-d", TOKEN, *[f"https://{host}:{port}/"] * (
                          1 + target.row.arguments.count("-r"))])


def run_openssl(scene, target):
    host, port = target.row.host, target.port
    name = ["-servername", host] if host == "localhost" else ["-noservername"]
    return run_other(["openssl", "s_client", "-connect", f"{host}:{port}",
                      *name, "-CAfile", scene.file("root.pem"),
                      "-verify_return_error", "-alpn", "http/1.1", "-quiet",
                      "-ign_eof", "-verify_hostname" if name[1:] else
                      "-verify_ip", host],
                     b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")


def run_other(command, text=b""):
    try:
        done = subprocess.run(command, input=text, timeout=LIMIT,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
    except subprocess.TimeoutExpired as error:
        return Outcome(-1, (error.output or b"").decode("latin-1"))
    return Outcome(done.returncode, done.stdout.decode("latin-1"))


CLIENTS = {"binary": run_binary, "curl": run_curl, "openssl": run_openssl}


def one_of(value, allowed):
    return value in (allowed if isinstance(allowed, tuple) else (allowed,))


class Judge:
    """Compares what a client did with what its row demands."""

    def __init__(self, row, outcome, target, client):
        self.row, self.outcome, self.client = row, outcome, client
        self.servers = target.served
        self.first = next((server for server in self.servers
                           if isinstance(server, Server)), None)

    def requests(self):
        return sum(server.seen.requests if isinstance(server, Server)
                   else server.requests for server in self.servers)

    def faults(self):
        """What is wrong, in words."""
        if self.row.either and not list(self.compare(0, NONE, 1)):
            return []
        return list(self.compare(self.row.status, self.row.alerts,
                                 self.row.requests))

    def compare(self, status, alerts, requests):
        if self.first is None:
            yield "the client did not connect"
            return
        seen = self.first.seen
        if self.client == "binary":
            if not one_of(self.outcome.status, status):
                yield f"the exit status is {self.outcome.status}"
            if status and self.row.text not in self.outcome.output:
                yield f"it does not report {self.row.text!r}"
            if self.row.connections not in (None, len(self.servers)):
                yield f"there are {len(self.servers)} connections"
        elif self.client == "curl" and (self.outcome.status == 0) != (
                status == 0):
            yield f"the exit status is {self.outcome.status}"
        alert = NONE if seen.alert is None else seen.alert
        if alerts is not ANY and not one_of(alert, alerts):
            yield f"the alert is {alert}"
        # OpenSSL sends its alerts in clear until it has sent Finished, as
        # appendix A.1 allows.
        if self.client == "binary" and seen.alert is not None and (
                seen.protected == self.row.plain) and (
                alerts is not ANY):
            yield "the alert is " + ("encrypted" if seen.protected
                                     else "in clear")
        if self.requests() != requests:
            yield f"{self.requests()} requests arrived"
        if requests == 0 and any(isinstance(server, Server) and
                                 server.seen.request
                                 for server in self.servers):
            yield "a part of the request arrived"
        for server in self.servers:
            if isinstance(server, TlsServer) and self.client == "binary":
                yield from server.faults()
            if isinstance(server, Server):
                yield from (fault for fault in server.seen.faults
                            if self.client == "binary" or "0303" not in fault)


def run_row(scene, client, row):
    target = Target(scene, row)
    try:
        outcome = CLIENTS[client](scene, target)
    finally:
        target.end()
    judge = Judge(row, outcome, target, client)
    hello = next((server.hellos[0] for server in target.served
                  if isinstance(server, Server) and server.hellos), None)
    return row, outcome, judge.faults(), hello


def chosen_rows(names, every):
    groups = {**GROUPS, "truncation": truncated(1 if every else 31),
              "bits": bits(1 if every else 29)}
    return [(group, row) for group in names or groups
            for row in groups[group]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", choices=CLIENTS, default="binary")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("groups", nargs="*")
    arguments = parser.parse_args()
    chosen = [(group, row) for group, row in chosen_rows(
        arguments.groups, arguments.every) if arguments.only in row.name]
    tap = Tap()
    with Scene() as scene, concurrent.futures.ThreadPoolExecutor(
            WORKERS) as pool:
        results = pool.map(lambda pair: run_row(
            scene, arguments.client, pair[1]), chosen)
        hellos = {}
        for (group, _), (row, outcome, faults, hello) in zip(chosen, results):
            if hello:
                hellos[row.host] = hello
            tap.check(not faults, f"{group}: {row.name} ({row.section})",
                      *faults, f"exit status {outcome.status}",
                      outcome.output)
        if arguments.client == "binary":
            for host, hello in hellos.items():
                wrong = check_first_hello(hello, host)
                tap.check(not wrong, f"the ClientHello to {host}", *wrong)
            tap.check(not scene.leaks,
                      "no output contains a part of a secret", *scene.leaks)
    sys.exit(tap.done())


if __name__ == "__main__":
    main()
