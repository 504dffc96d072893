#!/usr/bin/env python3
"""libraries.py - servers of many TLS libraries, with odd but legal settings: OpenSSL,
GnuTLS, Node, Java, wolfSSL, Mbed TLS, NSS, Erlang and Go. What passes requests on is
in terminators.py.

Each setting gets two requests over one connection, if the server keeps it."""

import os
import subprocess
import sys
import threading

from common import (HERE, REFUSED, Case, Run, Server, dispatch, free_port,
                    subject)
from harness import main
from servers import GROUPS, respond, start_openssl
from servers import REFUSED as REFUSED_12
from servers import SUITES as SUITES_12
from tls13 import HABITS, NODE, SIGNATURES
from tls13 import REFUSED as REFUSED_13
from tls13 import SUITES as SUITES_13
from chains import make_key, make_leaf

FOLDER = os.path.join(HERE, "programs")
# Each server but two sends this field.
REQUEST_ID = "OTHER:1"
V12, V13 = "TLS 1.2, ", "TLS 1.3, "
PASSWORD = "secret-enough"
# Java compiles its handshake while it makes the first one.
PATIENCE = ["--connect-timeout", "40"]
# As OpenSSL names the suites of TLS 1.2 for a key of ECDSA, and their numbers.
ECDSA_SUITES = [("ECDHE-ECDSA-AES128-GCM-SHA256", 0xc02b),
                ("ECDHE-ECDSA-AES256-GCM-SHA384", 0xc02c),
                ("ECDHE-ECDSA-CHACHA20-POLY1305", 0xcca9)]
RSA_SUITES = [("ECDHE-RSA-AES128-GCM-SHA256", 0xc02f),
              ("ECDHE-RSA-AES256-GCM-SHA384", 0xc030),
              ("ECDHE-RSA-CHACHA20-POLY1305", 0xcca8)]
GROUP_NUMBERS = [("P-256", 23), ("P-384", 24), ("X25519", 29)]


def check(tap, place, name, command, port, words=(), **options):
    """Starts a server and dispatches to it. words: what -v says; None if the
    setting is refused. sends_204: otherwise the server only has to complete the
    handshake."""
    sends_204 = options.pop("sends_204", True)
    try:
        server = Server(place, "server", command, port, **options)
    except RuntimeError as e:
        tap.check(False, f"{name}: the server starts", e)
        return
    with server:
        judge(tap, name, Run(place, dispatch(
            place, "octo/app", "octo/other", port=port,
            more=["-v", "--retries", "0",
                  *(PATIENCE if sends_204 else ["--timeout", "3"])])),
            words, sends_204)


def judge(tap, name, run, words, sends_204=True):
    case = Case(tap, name + (REFUSED if words is None else ""), run)
    if words is None:
        case.exits(9)
        return
    if sends_204:
        case.exits(0)
    case.reports(*words)


def make_store(place):
    """A PKCS #12 file with the key and the chain."""
    subprocess.run(
        ["openssl", "pkcs12", "-export", "-name", "good", "-passout",
         f"pass:{PASSWORD}", "-inkey", place.file("good.key"), "-in",
         place.file("good.chain.pem"), "-out", place.file("good.p12")],
        check=True)
    return place.file("good.p12")


# The setting, the certificate, options, and what -v says.
OPENSSL_ROWS = [
    *[(f"{suite} only", cert, ["-tls1_2", "-cipher", suite], (suite,))
      for cert, suite in SUITES_12],
    *[(f"{suite} only", "good", ["-ciphersuites", suite], (V13, suite))
      for suite in SUITES_13],
    *[(f"TLS 1.{minor} with {group} only", "good",
       [f"-tls1_{minor}", "-groups", group], (f"TLS 1.{minor}, ", group))
      for group in GROUPS for minor in (2, 3)],
    *[(f"signatures of {scheme} only", cert, ["-sigalgs", scheme],
       (V13, scheme)) for cert, scheme in SIGNATURES],
    *[(name, "good", options, (V13,)) for name, options in HABITS],
    *[(f"{name}, TLS 1.2", "good", ["-tls1_2", *options], (V12,))
      for name, options in HABITS
      if name not in ("TLS 1.3 only", "no tickets", "one ticket",
                      "ten tickets", "tickets for early data",
                      "no ChangeCipherSpec")
      and "padded" not in name],
    ("no tickets, TLS 1.2", "good", ["-tls1_2", "-no_ticket"], (V12,)),
    ("no cache, TLS 1.2", "good", ["-tls1_2", "-no_cache"], (V12,)),
    ("no cache", "good", ["-no_cache"], (V13,)),
    ("a stapled status that is not asked for", "good", ["-status"], (V13,)),
    ("a CA named", "good", ["-verify", "1", "-CAfile", "{dir}/root.pem"],
     (V13,)),
    ("an anti-replay cache", "good", ["-early_data", "-anti_replay"], (V13,)),
    *[(f"{name}, TLS 1.2", "good", options, None)
      for name, options in REFUSED_12],
    *[(name, "good", options, None) for name, options in REFUSED_13],
    *[(f"a key of {cert} only", cert, [], None)
      for cert in ("rsa_pss", "ed25519", "p521")],
]


def test_openssl(tap, place):
    subject("OpenSSL s_server", "openssl")
    make_key(place, "leaf", "secp384r1")
    make_leaf(place, "intermediate")
    for setting, cert, options, words in OPENSSL_ROWS:
        options = [option.format(dir=place.path) for option in options]
        server, port = start_openssl(place, cert, *options)
        threading.Thread(target=respond, args=(server,), daemon=True).start()
        judge(tap, f"OpenSSL s_server, {setting}", Run(place, dispatch(
            place, "octo/app", "octo/other", port=port,
            more=["-v", "--retries", "0"])), words)
        server.kill()
        server.wait()


def only(version, *more):
    return ["--priority", ":".join((f"NORMAL:-VERS-ALL:+VERS-TLS{version}",
                                    *more))]


GNUTLS_ROWS = [
    ("its defaults", [], (V13,)),
    ("TLS 1.2 only", only("1.2"), (V12,)),
    *[(f"TLS {version} with {group} only",
       only(version, "-GROUP-ALL", f"+GROUP-{word}"),
       (f"TLS {version}, ", group)) for version in ("1.2", "1.3")
      for word, group in (("X25519", "X25519"), ("SECP256R1", "P-256"),
                          ("SECP384R1", "P-384"))],
    *[(f"{cipher} only, TLS {version}",
       only(version, "-CIPHER-ALL", f"+{cipher}"), (f"TLS {version}, ",))
      for version in ("1.2", "1.3")
      for cipher in ("AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305")],
    ("no tickets", ["--noticket"], (V13,)),
    ("no tickets, TLS 1.2", ["--noticket", *only("1.2")], (V12,)),
    ("no cache, TLS 1.2", ["--nodb", *only("1.2")], (V12,)),
    ("early data", ["--earlydata"], (V13,)),
    ("records of 512 bytes", ["--recordsize", "512"], (V13,)),
    ("records of 512 bytes, TLS 1.2", ["--recordsize", "512", *only("1.2")],
     (V12,)),
    ("a client certificate requested", ["--x509cafile", "{dir}/root.pem"],
     (V13,)),
    ("a client certificate requested, TLS 1.2",
     ["--x509cafile", "{dir}/root.pem", *only("1.2")], (V12,)),
    ("no client certificate requested", ["--disable-client-cert"], (V13,)),
    ("HTTP/1.1 in ALPN", ["--alpn", "http/1.1"], (V13,)),
    ("safe renegotiation only", ["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2:"
                                 "%SAFE_RENEGOTIATION"], (V12,)),
    ("SECURE192", ["--priority", "SECURE192:+SIGN-ECDSA-SHA256"], (V13,)),
    ("CBC only", only("1.2", "-CIPHER-ALL", "+AES-128-CBC"), None),
    ("AES-CCM only", only("1.3", "-CIPHER-ALL", "+AES-128-CCM"), None),
    ("P-521 only", only("1.3", "-GROUP-ALL", "+GROUP-SECP521R1"), None),
    ("finite fields only", only("1.3", "-GROUP-ALL", "+GROUP-FFDHE2048"),
     None),
]


def test_gnutls(tap, place):
    """gnutls-serv responds to any request with a page of its own."""
    subject("GnuTLS gnutls-serv", "gnutls-bin")
    for setting, options, words in GNUTLS_ROWS:
        port = free_port()
        check(tap, place, f"GnuTLS gnutls-serv, {setting}", [
            "gnutls-serv", "--port", str(port), "--x509certfile",
            place.file("good.chain.pem"), "--x509keyfile",
            place.file("good.key"),
            *(option.format(dir=place.path) for option in options)],
            port, words, sends_204=False)


def test_node(tap, place):
    subject("Node", "nodejs")
    for setting, options, words in (
            ("its defaults", "", (V13,)),
            ("TLS 1.2 only", "maxVersion: 'TLSv1.2',", (V12,)),
            ("P-384 only", "ecdhCurve: 'P-384',", (V13, "P-384")),
            ("a client certificate requested", "requestCert: true, "
             "rejectUnauthorized: false,", (V13,)),
            ("HTTP/1.1 in ALPN", "ALPNProtocols: ['http/1.1'],", (V13,)),
            ("small timeouts", "sessionTimeout: 1, handshakeTimeout: 5000,",
             (V13,))):
        port = free_port()
        place.write("server.js", NODE.replace("minVersion: 'TLSv1.3',",
                                              options))
        check(tap, place, f"Node, {setting}", [
            "node", place.file("server.js"), place.file("good"), str(port)],
            port, words)


# The setting, properties that begin with jdk.tls, a version and a suite, and what
# -v says.
JAVA_ROWS = [
    ("its defaults", [], [], (V13,)),
    ("TLS 1.2 only", [], ["TLSv1.2"], (V12,)),
    ("TLS 1.3 only", [], ["TLSv1.3"], (V13,)),
    *[(f"TLS 1.{minor} with {group} only", [f"namedGroups={word}"],
       [f"TLSv1.{minor}"], (f"TLS 1.{minor}, ", group))
      for word, group in (("x25519", "X25519"), ("secp256r1", "P-256"),
                          ("secp384r1", "P-384")) for minor in (2, 3)
      # Its own key is of P-256.
      if minor == 3 or word == "secp256r1"],
    ("AES-256 only, TLS 1.2", [],
     ["TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"],
     ("ECDHE-ECDSA-AES256-GCM-SHA384",)),
    ("ChaCha20 only", [], ["TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256"],
     (V13, "TLS_CHACHA20_POLY1305_SHA256")),
    ("no tickets", ["server.enableSessionTicketExtension=false",
                    "server.newSessionTicketCount=0"], [], (V13,)),
    ("ten tickets", ["server.newSessionTicketCount=10"], [], (V13,)),
    ("no extended master secret", ["useExtendedMasterSecret=false"],
     ["TLSv1.2"], (V12,)),
    ("no middlebox mode", ["server.useCompatibilityMode=false"], [], (V13,)),
    ("CBC only", [], ["TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"],
     None),
]


def test_java(tap, place):
    subject("Java", "openjdk-17-jdk-headless", "openjdk-21-jdk-headless")
    store = make_store(place)
    subprocess.run(["javac", "-d", place.path,
                    os.path.join(FOLDER, "Server.java")], check=True)
    for setting, properties, chosen, words in JAVA_ROWS:
        port = free_port()
        check(tap, place, f"Java, {setting}", [
            "java", "-cp", place.path,
            *(f"-Djdk.tls.{name}" for name in properties),
            "Server", str(port), store, PASSWORD, *chosen], port, words)


def compile_server(place, name, *libraries):
    program = place.file(name)
    subprocess.run(["gcc", "-O1", os.path.join(FOLDER, name + ".c"),
                    *libraries, "-o", program], check=True)
    return program


def test_wolfssl(tap, place):
    subject("wolfSSL", "libwolfssl-dev")
    program = compile_server(place, "wolfssl", "-lwolfssl")
    for setting, option, words in (
            ("its defaults", "any", (V13,)),
            ("P-384 only", "P-384", (V13, "P-384")),
            ("a cookie in a HelloRetryRequest", "cookie", (V13,)),
            ("a change of its keys", "update", (V13,)),
            ("TLS 1.2", "1.2", (V12,))):
        port = free_port()
        check(tap, place, f"wolfSSL, {setting}", [
            program, str(port), place.file("good.chain.pem"),
            place.file("good.key"), option], port, words)


MBEDTLS_ROWS = [
    # The setting, the certificate, options, and what -v says.
    ("its defaults", "good", {}, (V12,)),
    *[(f"{suite} only", "good", {"suite": number}, (suite,))
      for suite, number in ECDSA_SUITES],
    *[(f"{suite} only", "rsa", {"suite": number}, (suite,))
      for suite, number in RSA_SUITES],
    *[(f"{group} only", "rsa", {"group": number}, (V12, group))
      for group, number in GROUP_NUMBERS],
    ("records of 512 bytes", "good", {"record": 1}, (V12,)),
    ("tickets", "good", {"tickets": 1}, (V12,)),
    ("a client certificate requested", "good", {"verify": 1}, (V12,)),
    ("no extended master secret", "good", {"extended": 0}, (V12,)),
    ("a record for each byte", "good", {"pieces": 1}, (V12,)),
    ("AES-CCM only", "good", {"suite": 0xc0ac}, None),
    ("CBC only", "good", {"suite": 0xc023}, None),
    ("brainpoolP256r1 only", "rsa", {"group": 26}, None),
]


def test_mbedtls(tap, place):
    subject("Mbed TLS", "libmbedtls-dev")
    program = compile_server(place, "mbedtls", "-lmbedtls", "-lmbedx509",
                             "-lmbedcrypto")
    for setting, cert, options, words in MBEDTLS_ROWS:
        port = free_port()
        check(tap, place, f"Mbed TLS, {setting}", [
            program, str(port), place.file(cert + ".chain.pem"),
            place.file(cert + ".key"),
            *(str(part) for pair in options.items() for part in pair)],
            port, words)


def test_nss(tap, place):
    subject("NSS selfserv", "libnss3-tools")
    store = make_store(place)
    base = "sql:" + place.file("nss")
    os.mkdir(place.file("nss"))
    for command in (["certutil", "-N", "-d", base, "--empty-password"],
                    ["pk12util", "-i", store, "-d", base, "-W", PASSWORD]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for setting, options, words in (
            ("its defaults", ["-V", "tls1.2:tls1.3"], (V13,)),
            ("TLS 1.2 only", ["-V", "tls1.2:tls1.2"], (V12,)),
            ("P-384", ["-V", "tls1.2:tls1.3", "-I", "P384"],
             (V13, "P-384")),
            ("tickets", ["-V", "tls1.2:tls1.3", "-u"], (V13,)),
            ("a client certificate requested", ["-V", "tls1.2:tls1.3", "-r"],
             (V13,)),
            ("early data", ["-V", "tls1.2:tls1.3", "-u", "-Z"], (V13,)),
            ("an extended master secret", ["-V", "tls1.2:tls1.2", "-G"],
             (V12,)),
            ("no cache", ["-V", "tls1.2:tls1.2", "-N"], (V12,))):
        port = free_port()
        check(tap, place, f"NSS selfserv, {setting}", [
            "selfserv", "-n", "good", "-p", str(port), "-d", base, *options],
            port, words, sends_204=False)


def test_erlang(tap, place):
    subject("Erlang", "erlang-ssl")
    for setting, option, words in (
            ("its defaults", "any", (V13,)),
            ("P-384 only", "secp384r1", (V13, "P-384")),
            ("P-256 only", "secp256r1", (V13, "P-256")),
            ("its defaults, and small records", "small", (V13,))):
        port = free_port()
        check(tap, place, f"Erlang, {setting}", [
            "escript", os.path.join(FOLDER, "server.escript"), str(port),
            place.file("good.chain.pem"), place.file("good.key"), option],
            port, words)


V12_ONLY, V13_ONLY = "version=0x0303", "version=0x0304"
H1 = "protocols=http/1.1"  # HTTP/2 would forbid some suites
GO_ROWS = [
    ("its defaults", "good", [], (V13,)),
    ("TLS 1.2 only", "good", [V12_ONLY], (V12,)),
    ("TLS 1.3 only", "good", [V13_ONLY], (V13,)),
    *[(f"{suite} only", "good", [V12_ONLY, H1, f"suite={number}"], (suite,))
      for suite, number in ECDSA_SUITES],
    *[(f"{suite} only", "rsa", [V12_ONLY, H1, f"suite={number}"], (suite,))
      for suite, number in RSA_SUITES],
    *[(f"TLS 1.{minor} with {group} only", "good",
       [f"version={0x301 + minor}", f"group={number}"],
       (f"TLS 1.{minor}, ", group))
      for group, number in GROUP_NUMBERS for minor in (2, 3)],
    ("no tickets", "good", ["tickets=off"], (V13,)),
    ("no tickets, TLS 1.2", "good", [V12_ONLY, "tickets=off"], (V12,)),
    ("large records", "good", ["records=large"], (V13,)),
    ("a client certificate requested", "good", ["client=requested"], (V13,)),
    ("a client certificate requested, TLS 1.2", "good",
     [V12_ONLY, "client=requested"], (V12,)),
    ("HTTP/1.1 in ALPN", "good", [H1], (V13,)),
    ("keep-alive off", "good", ["keepalive=off"], (V13,)),
    *[(setting, "good", [f"response={mode}"], (V13,)) for setting, mode in (
        ("a 200 with a body", "200"), ("a 202", "202"),
        ("early hints, 8 times", "hints"), ("processing", "processing"),
        ("chunks", "chunked"), ("trailers", "trailers"),
        ("the transfer coding identity", "identity"),
        ("Connection: close", "close"),
        ("HTTP/1.0", "http10"), ("HTTP/1.0 with a body", "http10-body"),
        ("an empty reason", "no-reason"), ("fields in small letters",
                                           "lower-case"),
        ("extensions of chunks", "extensions"))],
    ("P-521 only", "good", [V13_ONLY, "group=25"], None),
    ("CBC only", "good", [V12_ONLY, H1, "suite=0xc023"], None),
    ("a client certificate required", "good", ["client=required"], None),
]


def test_go(tap, place):
    subject("Go", "golang-1.19-go", "golang-go")
    program = place.file("server")
    subprocess.run(
        ["go", "build", "-o", program, os.path.join(FOLDER, "server.go")],
        check=True, cwd=place.path, env={
            **os.environ, "GOCACHE": place.file("cache"), "GOFLAGS": "",
            "GO111MODULE": "off", "GOPATH": place.file("go")})
    for setting, cert, options, words in GO_ROWS:
        port = free_port()
        check(tap, place, f"Go, {setting}", [
            program, str(port), place.file(cert + ".chain.pem"),
            place.file(cert + ".key"), *options], port, words)


TESTS = (test_openssl, test_gnutls, test_node, test_java, test_wolfssl,
         test_mbedtls, test_nss, test_erlang, test_go)

if __name__ == "__main__":
    wanted = sys.argv[1:]
    main(*(test for test in TESTS
           if not wanted or test.__name__.removeprefix("test_") in wanted))
