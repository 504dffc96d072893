#!/usr/bin/env python3
"""chains.py - chains that openssl made and openssl s_server sends, against the
certificates of a file."""

import os
import select
import signal
import socket
import subprocess
import threading
import time

from harness import (Case, Process, Run, dispatch, free_port, main, pump,
                     wait_until)
from servers import respond

CONFIG = """
[req]
distinguished_name = given
string_mask = {mask}
[given]
"""
CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
SERVER = "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n"

PSS = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]

# What is odd about the root, which signs the server's certificate: its
# extensions, the exit status, and a piece of the message.
ROOTS = [
    ("no restriction", CA, 0, ""),
    ("a constraint that allows the host",
     CA + "nameConstraints=critical,permitted;DNS:localhost\n", 0, ""),
    ("a constraint to other names",
     CA + "nameConstraints=critical,permitted;DNS:corp.example\n", 9,
     "its name constraints do not allow what it issued"),
    ("the host is excluded",
     CA + "nameConstraints=excluded;DNS:localhost\n", 9,
     "its name constraints do not allow what it issued"),
    ("a constraint to subdomains of the host",
     CA + "nameConstraints=critical,permitted;DNS:.localhost\n", 9,
     "its name constraints do not allow what it issued"),
    ("for clients", CA + "extendedKeyUsage=clientAuth\n", 9,
     "its extended key usage does not allow issuing for servers"),
    ("for servers", CA + "extendedKeyUsage=serverAuth\n", 0, ""),
    ("a key that may not sign certificates",
     "basicConstraints=critical,CA:TRUE\nkeyUsage=cRLSign\n", 9,
     "its key usage does not allow signing certificates"),
    ("not a CA", "subjectAltName=DNS:root\n", 9, "it is not a CA"),
    ("a CA by its key usage only", "keyUsage=critical,keyCertSign\n", 9,
     "it may sign certificates, but no basicConstraints say that it is a CA\n"
     "hint: replace this certificate in the file of CAs"),
    ("critical policies", CA + "certificatePolicies=critical,1.2.3.4\n", 0,
     ""),
    ("no policy mapping and no anyPolicy",
     CA + "policyConstraints=critical,inhibitPolicyMapping:0\n"
     "inhibitAnyPolicy=critical,0\n", 0, ""),
    ("a demand for policies",
     CA + "policyConstraints=critical,requireExplicitPolicy:0\n", 9,
     "a CA of the chain demands a certificate policy, and the chain has "
     "none\nhint: the server's administrator has to replace the certificate"),
    ("a demand for policies, later",
     CA + "policyConstraints=critical,requireExplicitPolicy:2\n", 0, ""),
    ("an unknown critical extension", CA + "1.2.3.4=critical,DER:0500\n", 9,
     "it has an unknown critical extension, 1.2.3.4"),
]
# The same of the server's certificate, and options for its signature.
LEAVES = [
    ("an explicit CA:FALSE",
     SERVER + "basicConstraints=critical,DER:30:03:01:01:00\n", [], 0, ""),
    ("CA:TRUE", SERVER + "basicConstraints=critical,CA:TRUE\n", [], 0, ""),
    ("critical policies", SERVER + "certificatePolicies=critical,1.2.3.4\n",
     [], 0, ""),
    ("an unknown critical extension", SERVER + "1.2.3.4=critical,DER:0500\n",
     [], 9, "it has an unknown critical extension, 1.2.3.4"),
    ("RSASSA-PSS with SHA-256", SERVER, ["-sha256", *PSS], 0, ""),
    ("RSASSA-PSS with SHA-384", SERVER, ["-sha384", *PSS], 0, ""),
    ("RSASSA-PSS with SHA-512", SERVER, ["-sha512", *PSS], 0, ""),
    ("RSASSA-PSS with SHA-1", SERVER, ["-sha1", *PSS], 9,
     "RSASSA-PSS with parameters that are not supported"),
    ("RSASSA-PSS with another hash for the mask", SERVER,
     ["-sha256", *PSS, "-sigopt", "rsa_mgf1_md:sha512"], 9,
     "RSASSA-PSS with parameters that are not supported"),
    ("RSASSA-PSS with the longest salt", SERVER,
     ["-sha256", *PSS[:2], "-sigopt", "rsa_pss_saltlen:max"], 9,
     "RSASSA-PSS with parameters that are not supported"),
    ("SHA-1", SERVER, ["-sha1"], 9,
     "its signature on the certificate is RSA with SHA-1"),
]
# How the root's name is written in the file, where the server's certificate
# says "Inspection CA" in UTF-8.
NAMES = [
    ("PrintableString", "nombstr", "/CN=Inspection CA", True),
    ("case", "utf8only", "/CN=INSPECTION ca", True),
    ("blanks", "utf8only", "/CN=  Inspection   CA ", True),
    ("all of that", "nombstr", "/CN= inspection   ca", True),
    ("another name", "utf8only", "/CN=InspectionCA", False),
]


def ssl(place, *arguments):
    subprocess.run(["openssl", *arguments], cwd=place.path, check=True,
                   capture_output=True,
                   env={**os.environ, "OPENSSL_CONF": place.file("conf")})


def make_key(place, name, kind="prime256v1"):
    if kind.startswith("rsa:"):
        ssl(place, "genrsa", "-out", name + ".key", kind[4:])
    else:
        ssl(place, "ecparam", "-name", kind, "-genkey", "-noout", "-out",
            name + ".key")


def make_root(place, name, extensions=CA, subject="/CN=Inspection CA",
              mask="utf8only"):
    """NAME.pem, a self-signed certificate of NAME.key."""
    place.write("conf", CONFIG.format(mask=mask) + "[more]\n" + extensions)
    ssl(place, "req", "-x509", "-new", "-key", name + ".key", "-subj", subject,
        "-days", "30", "-extensions", "more", "-out", name + ".pem")


def make_leaf(place, root, extensions=SERVER, options=()):
    """leaf.pem, signed by ROOT.key."""
    place.write("conf", CONFIG.format(mask="utf8only"))
    place.write("ext", extensions)
    ssl(place, "req", "-new", "-key", "leaf.key", "-subj", "/CN=localhost",
        "-out", "leaf.csr")
    ssl(place, "x509", "-req", "-in", "leaf.csr", "-CA", root + ".pem",
        "-CAkey", root + ".key", "-CAcreateserial", "-days", "30",
        "-extfile", "ext", "-out", "leaf.pem", *options)


def serve(place, cert="leaf", chain=None):
    port = free_port()
    more = ["-cert_chain", place.file(chain)] if chain else []
    server = place.start(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-tls1_2",
         "-cipher", "DEFAULT@SECLEVEL=0", "-cert", place.file(cert + ".pem"),
         "-key", place.file(cert + ".key"), *more],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL)
    while server.stdout.readline().strip() != b"ACCEPT":
        if server.poll() is not None:
            raise RuntimeError("openssl s_server did not start")
    threading.Thread(target=respond, args=(server,), daemon=True).start()
    return server, port


def check(tap, place, name, status, message="", ca_file="root.pem", **served):
    server, port = serve(place, **served)
    case = Case(tap, name, Run(place, [
        "-r", "octo/app", "-e", "deploy", "--retries", "0", "--api-url",
        f"https://localhost:{port}", "--ca-file", place.file(ca_file)]))
    server.kill()
    server.wait()
    case.exits(status)
    case.reports(message)


def test_roots(tap, place):
    make_key(place, "root")
    make_key(place, "leaf")
    for name, extensions, status, message in ROOTS:
        make_root(place, "root", extensions)
        make_leaf(place, "root")
        # Another one in the file is of use.
        place.write("both.pem",
                    place.read("root.pem") + place.read("other_root.pem"))
        check(tap, place, "a root: " + name, status, message, "both.pem")


def test_leaves(tap, place):
    make_key(place, "rsa_root", "rsa:2048")
    make_root(place, "rsa_root")
    for name, extensions, options, status, message in LEAVES:
        make_leaf(place, "rsa_root", extensions, options)
        check(tap, place, "a leaf: " + name, status, message, "rsa_root.pem")


def test_names(tap, place):
    for name, mask, subject, is_same in NAMES:
        make_root(place, "root")
        make_leaf(place, "root")
        make_root(place, "root", subject=subject, mask=mask)
        check(tap, place, "a root's name: " + name, 0 if is_same else 9)


def test_keys(tap, place):
    make_key(place, "p521", "secp521r1")
    make_root(place, "p521")
    make_leaf(place, "p521")
    check(tap, place, "a root on P-521", 0, ca_file="p521.pem")
    make_key(place, "weak_root", "rsa:1024")
    make_root(place, "weak_root")
    make_leaf(place, "weak_root")
    check(tap, place, "a file with a weak root only", 2,
          "contains no usable certificate: the last one, at line 1, is "
          "refused: its RSA key is shorter than 2048 bits",
          ca_file="weak_root.pem")
    place.write("both.pem",
                place.read("weak_root.pem") + place.read("other_root.pem"))
    check(tap, place, "a weak root among others", 9,
          'its issuer "Inspection CA", which is in the file of CAs, cannot be '
          "used: its RSA key is shorter than 2048 bits", ca_file="both.pem")


def test_many(tap, place):
    """Roots of one name, each with a key of its own; the last one is the
    issuer."""
    texts = []
    for _ in range(17):
        make_key(place, "root")
        make_root(place, "root")
        texts.append(place.read("root.pem"))
    make_leaf(place, "root")
    place.write("many.pem", "".join(texts[1:]))
    check(tap, place, "16 roots of one name", 0, ca_file="many.pem")
    place.write("many.pem", "".join(texts))
    check(tap, place, "17 roots of one name", 9,
          "is refused: the file of CAs has more certificates with the names "
          "of its issuers than are tried, 16\nhint: remove those that are "
          "not needed", ca_file="many.pem")


def test_anchors(tap, place):
    for name, extensions in (("a CA", "basicConstraints=CA:TRUE\n" + SERVER),
                             ("no CA", SERVER)):
        make_root(place, "leaf", extensions)
        check(tap, place, f"a self-signed leaf that is {name}", 0,
              ca_file="leaf.pem")
        make_root(place, "root", extensions)
        check(tap, place, f"a leaf that is {name}, and not in the file", 9,
              ca_file="root.pem", cert="leaf")
    check(tap, place, "an intermediate in the file", 0,
          ca_file="intermediate.pem", cert="good")
    check(tap, place, "and sent as well", 0, ca_file="intermediate.pem",
          cert="good", chain="intermediate.pem")


def run_replaced(place, first, second):
    """The file is overwritten when the connection begins."""
    ca_file = place.file("replaced.pem")
    place.write("replaced.pem", place.read(first))
    listener = socket.create_server(("127.0.0.1", 0))
    port = place.port

    def relay():
        near, _ = listener.accept()
        place.write("replaced.pem", place.read(second))
        far = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=pump, args=(far, near), daemon=True).start()
        pump(near, far)

    threading.Thread(target=relay, daemon=True).start()
    run = Run(place, [
        "-r", "octo/app", "-e", "deploy", "--retries", "0", "--api-url",
        f"https://localhost:{listener.getsockname()[1]}", "--ca-file", ca_file])
    listener.close()
    return run


def test_replaced(tap, place):
    Case(tap, "the right root is replaced",
         run_replaced(place, "root.pem", "other_root.pem")).exits(0)
    Case(tap, "the wrong root is replaced",
         run_replaced(place, "other_root.pem", "root.pem")).exits(9)


def test_fifo(tap, place):
    path = place.file("fifo")
    os.mkfifo(path)
    writer = threading.Thread(
        target=lambda: place.write("fifo", place.read("stand_in.pem")))
    place.write("stand_in.pem", place.read("root.pem"))
    writer.start()
    run = Run(place, dispatch(place, "octo/app", more=["--ca-file", path]))
    writer.join()
    Case(tap, "a FIFO that is written once", run).exits(0)


def make_long_chain(place, length):
    """chain.pem with this number of certificates below the root in long.pem,
    all on P-521: the most expensive signatures there are."""
    names = ["long"] + [f"long{i}" for i in range(1, length + 1)] + ["leaf"]
    for name in names[:-1]:
        make_key(place, name, "secp521r1")
    make_root(place, "long", subject="/CN=long")
    place.write("ext", CA)
    for issuer, name in zip(names, names[1:-1]):
        ssl(place, "req", "-new", "-key", name + ".key", "-subj",
            "/CN=" + name, "-out", name + ".csr")
        ssl(place, "x509", "-req", "-in", name + ".csr", "-CA",
            issuer + ".pem", "-CAkey", issuer + ".key", "-CAcreateserial",
            "-days", "30", "-extfile", "ext", "-out", name + ".pem")
    make_leaf(place, names[-2])
    place.write("chain.pem", "".join(place.read(name + ".pem")
                                     for name in reversed(names[1:-1])))


def whole_flight(data):
    """Whether these records of TLS 1.2 end with a ServerHelloDone (RFC 5246,
    7.4.5), whose message has four bytes."""
    return data.endswith(b"\x0e\0\0\0")


def cpu_of(process):
    """The time that it has computed, in seconds: Linux makes the clock's
    number of the process's."""
    return time.clock_gettime((~process.child.pid << 3) | 2)


def is_asleep(process):
    with open(f"/proc/{process.child.pid}/stat", encoding="ascii") as f:
        return f.read().rpartition(")")[2].split()[0] == "S"


class Held:
    """The binary, which has sent its ClientHello and waits, and the server's
    first flight, which is not passed on yet."""

    def __init__(self, place, repos):
        server, port = serve(place, chain="chain.pem")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.process = Process(place, dispatch(
                place, *repos, port=listener.getsockname()[1],
                more=["--tls", "1.2", "--ca-file", place.file("long.pem"),
                      "--timeout", "3600", "--connect-timeout", "3600"]))
            self.near = listener.accept()[0]
        self.server = server
        self.far = socket.create_connection(("127.0.0.1", port))
        self.far.sendall(self.near.recv(65536))
        self.flight = b""
        while not whole_flight(self.flight):
            self.flight += self.far.recv(65536)

    def is_computing(self, since, seconds=0.004):
        """Waits until it has computed for so long, which nothing but the chain
        takes. Returns whether it has sent nothing before that."""
        while self.process.child.poll() is None and \
                cpu_of(self.process) < since + seconds:
            if select.select([self.near], [], [], 0)[0]:
                return False
        return self.is_silent()

    def is_silent(self):
        return not select.select([self.near], [], [], 0)[0]

    def signal(self, count):
        """Passes the flight on, and sends SIGTERM while the chain is being
        verified. Returns whether that came in time."""
        wait_until(lambda: is_asleep(self.process), "it waits")
        since = cpu_of(self.process)
        self.near.sendall(self.flight)
        for _ in range(count):
            if not self.is_computing(since):
                return False
            self.process.child.send_signal(signal.SIGTERM)
            since = cpu_of(self.process)
        return True

    def pass_on(self):
        for a, b in ((self.near, self.far), (self.far, self.near)):
            threading.Thread(target=pump, args=(a, b), daemon=True).start()

    def close(self):
        self.process.child.kill()
        self.server.kill()
        self.server.wait()
        self.near.close()
        self.far.close()


def signalled(place, repos, count):
    """A process that got its signals in time: a busy machine may be late."""
    for _ in range(20):
        held = Held(place, repos)
        if held.signal(count):
            return held
        held.close()
        held.process.end()
    raise RuntimeError("no signal came while the chain was verified")


def test_signals(tap, place):
    """A chain that takes most of the budget, and SIGTERM during its
    verification. Nothing else could end the process: its time limits are an
    hour, and the server waits."""
    make_long_chain(place, 8)
    check(tap, place, "a chain just within the budget", 0, ca_file="long.pem",
          chain="chain.pem")
    # The first is only remembered if there are two targets.
    for name, repos, count, status in (
            ("one target", ["octo/a"], 1, -signal.SIGTERM),
            ("two targets, and a second SIGTERM", ["octo/a", "octo/b"], 2,
             128 + signal.SIGTERM)):
        held = signalled(place, repos, count)
        case = Case(tap, f"SIGTERM during verification, {name}",
                    held.process.end())
        case.exits(status)
        try:
            sent = held.near.recv(100)
        except ConnectionResetError:
            sent = b""
        case.check(sent == b"", "nothing was sent after the ClientHello", sent)
        held.close()
    held = signalled(place, ["octo/a", "octo/b"], 1)
    held.pass_on()
    case = Case(tap, "SIGTERM during verification, two targets",
                held.process.end())
    held.close()
    case.exits(1)
    case.prints("octo/a: event deploy sent, HTTP 204")
    case.reports("octo/b: not sent: stopped by a signal")


if __name__ == "__main__":
    # The first two need the root of the place, which the others overwrite.
    main(test_replaced, test_fifo, test_roots, test_leaves, test_names,
         test_keys, test_many, test_anchors, test_signals)
