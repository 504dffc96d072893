#!/usr/bin/env python3
"""servers.py - other TLS servers: Debian's nginx, openssl s_server and
gnutls-serv. Each suite and each group that we offer, one at a time; what we
refuse, and the alert that the server gets then; servers that want a client
certificate."""

import os
import socket
import subprocess
import threading

from harness import (Case, Process, Run, dispatch, free_port, main,
                     wait_for_listener, wait_until)

SUITES = [
    ("good", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("good", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("good", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ("rsa", "ECDHE-RSA-AES128-GCM-SHA256"),
    ("rsa", "ECDHE-RSA-AES256-GCM-SHA384"),
    ("rsa", "ECDHE-RSA-CHACHA20-POLY1305"),
]
GROUPS = ["X25519", "P-256", "P-384"]
# What we do not offer, as options of the server.
REFUSED = [
    ("a suite without forward secrecy",
     ["-tls1_2", "-cipher", "AES128-GCM-SHA256"]),
    ("a suite with CBC",
     ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"]),
    ("a group we do not know", ["-tls1_2", "-groups", "P-521"]),
    ("HTTP/2 only", ["-tls1_2", "-alpn", "h2"]),
]
# Servers as badssl.com has them, by what is in their name, whose cipher suites are not
# offered. OpenSSL: for an RSA key, without its own limits.
REFUSED_RSA = [
    ("static-rsa", ["-cipher", "AES128-GCM-SHA256:AES256-SHA"]),
    ("cbc", ["-cipher", "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA"]),
    ("null", ["-cipher", "NULL:eNULL:@SECLEVEL=0"]),
    ("dh", ["-cipher", "DHE:@SECLEVEL=0"]),
    ("tls-v1-0", ["-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1",
                  "-max_protocol", "TLSv1"]),
    ("tls-v1-1", ["-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1.1",
                  "-max_protocol", "TLSv1.1"]),
]
# GnuTLS still has these.
REFUSED_GNUTLS = [
    ("3des", "+3DES-CBC:+SHA1"),
    ("rc4", "+ARCFOUR-128:+SHA1"),
    ("rc4-md5", "+ARCFOUR-128:+MD5"),
]
# Mozilla's recommendations for servers, as nginx has them at badssl.com: versions,
# and the first, the last and the odd ones of the suites.
RECOMMENDED = [
    ("mozilla-modern", "TLSv1.2",
     "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
     "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256"),
    ("mozilla-intermediate", "TLSv1 TLSv1.1 TLSv1.2",
     "ECDHE-ECDSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:"
     "ECDHE-ECDSA-AES128-SHA:AES128-GCM-SHA256:AES256-SHA"),
    ("mozilla-old", "SSLv3 TLSv1 TLSv1.1 TLSv1.2",
     "ECDHE-ECDSA-CHACHA20-POLY1305:kEDH+AESGCM:ECDHE-ECDSA-AES128-SHA:"
     "AES:CAMELLIA:HIGH:!aNULL:!eNULL:@SECLEVEL=0"),
]
# What is refused here: a certificate, the roots, and the alert for it.
ALERTS = [
    ("an expired certificate", "expired", "root", 45),
    ("a certificate from the future", "future", "root", 45),
    ("another host's certificate", "wrong_name", "root", 42),
    ("a certificate without a subjectAltName", "only_cn", "root", 42),
    ("a certificate for clients", "for_clients", "root", 43),
    ("a chain to an unknown root", "good", "other_root", 48),
]
REQUESTED = "; before that, the server requested a client certificate"
NO_CERTIFICATES = "hint: client certificates are not supported"
# How nginx treats a client without a certificate: a directive, what it does
# with a request, then our exit status and whether the hint says why.
NGINX_CLIENTS = [
    ("ssl_verify_client on;", "return 204;", 6, True),
    ("ssl_verify_client optional;", "return 403;", 4, True),
    ("ssl_verify_client optional;",
     "add_header X-GitHub-Request-Id N:1 always; return 403;", 4, False),
    ("ssl_verify_client optional;", "return 500;", 10, False),
    ("ssl_verify_client optional;", "return 444;", 10, False),
]
NGINX = """
daemon off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  ssl_certificate {dir}/good.chain.pem;
  ssl_certificate_key {dir}/good.key;
  {http}
  server {{
    listen 127.0.0.1:{port} ssl http2;
    {server}
  }}
}}
"""


def configure_nginx(place, port, server, http=""):
    """server and http are what the blocks of these names contain; {dir} in them is
    the place's folder. Returns the command that starts nginx."""
    place.write("nginx.conf", NGINX.format(
        dir=place.path, port=port, **{
            name: text.replace("{dir}", place.path)
            for name, text in (("server", server), ("http", http))}))
    os.chmod(place.path, 0o755)
    return ["nginx", "-c", place.file("nginx.conf"), "-e",
            place.file("nginx.log")]


def start_nginx(place, action, extra=""):
    port = free_port()
    server = place.start(configure_nginx(
        place, port, f"{extra} location / {{ {action} }}"))
    wait_for_listener(port)
    return server, port


def respond(server):
    """Sends a response once the server has shown the last field of the
    request: s_server sends its standard input to its client."""
    for line in server.stdout:
        if line.startswith(b"Content-Length:"):
            server.stdin.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            server.stdin.flush()


def start_openssl(place, cert, *options):
    """A server that sends its standard input to its first client. Its line
    ACCEPT says that it listens: a connection to find out would be that
    client."""
    port = free_port()
    with open(place.file("s_server.err"), "wb") as log:
        server = place.start(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert",
             place.file(cert + ".pem"), "-key", place.file(cert + ".key"),
             "-cert_chain", place.file("intermediate.pem"), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
    while server.stdout.readline().strip() != b"ACCEPT":
        if server.poll() is not None:
            raise RuntimeError("openssl s_server did not start")
    return server, port


def run_openssl(place, cert, options, more=()):
    server, port = start_openssl(place, cert, *options)
    threading.Thread(target=respond, args=(server,), daemon=True).start()
    run = Run(place, dispatch(place, "octo/app", port=port, more=more))
    server.kill()
    server.wait()
    return run


def test_nginx(tap, place):
    _, port = start_nginx(
        place, "add_header X-GitHub-Request-Id NGINX:1 always; return 204;")
    case = Case(tap, "nginx, which prefers HTTP/2", Run(
        place, dispatch(place, "octo/app", port=port)))
    case.exits(0)
    case.prints("NGINX:1")


def test_suites(tap, place):
    for cert, suite in SUITES:
        case = Case(tap, f"openssl s_server with {suite}", run_openssl(
            place, cert, ["-tls1_2", "-cipher", suite], ["-v"]))
        case.exits(0)
        case.reports(suite)


def test_groups(tap, place):
    for group in GROUPS:
        case = Case(tap, f"openssl s_server with {group}", run_openssl(
            place, "good", ["-tls1_2", "-groups", group], ["-v"]))
        case.exits(0)
        case.reports(group)


def test_refused(tap, place):
    for name, options in REFUSED:
        Case(tap, f"openssl s_server with {name}",
             run_openssl(place, "good", options)).exits(9)


def test_badssl(tap, place):
    for name, options in REFUSED_RSA:
        version = [] if "-min_protocol" in options else ["-tls1_2"]
        case = Case(tap, f"openssl s_server like {name}",
                    run_openssl(place, "rsa", [*version, *options]))
        case.exits(9)
        case.reports("alert")
    for name, suites in REFUSED_GNUTLS:
        server, port = start_gnutls(
            place, "rsa", "NONE:+VERS-TLS1.2:+RSA:+ECDHE-RSA:+GROUP-ALL:"
            f"+SIGN-ALL:+COMP-NULL:+CTYPE-X509:{suites}")
        case = Case(tap, f"gnutls-serv like {name}", Run(
            place, dispatch(place, "octo/app", port=port)))
        case.exits(9)
        case.reports("alert")
        server.kill()
        server.wait()
    for name, versions, suites in RECOMMENDED:
        server, port = start_nginx(
            place, "return 204;", f"ssl_protocols {versions}; "
            f"ssl_ciphers '{suites}'; ssl_prefer_server_ciphers on;")
        Case(tap, f"nginx like {name}", Run(
            place, dispatch(place, "octo/app", port=port))).exits(0)
        server.terminate()
        server.wait()


def test_alerts(tap, place):
    for name, cert, root, alert in ALERTS:
        server, port = start_openssl(place, cert, "-tls1_2")
        case = Case(tap, name, Run(place, dispatch(
            place, "octo/app", port=port,
            more=["--ca-file", place.file(root + ".pem")])))
        case.exits(9)
        try:
            wait_until(lambda: "SSL alert number" in place.read(
                "s_server.err"), "the server reports an alert", 5)
        except RuntimeError:
            pass
        server.kill()
        server.communicate()
        case.check(f"SSL alert number {alert}\n" in
                   place.read("s_server.err"),
                   f"the server gets alert {alert}",
                   place.read("s_server.err"))


def test_client_certificate(tap, place):
    required = Case(tap, "openssl s_server that requires a client certificate",
                    run_openssl(place, "good", ["-tls1_2", "-Verify", "1"]))
    required.exits(9)
    required.reports("TLS alert 40", REQUESTED, NO_CERTIFICATES)
    requested = Case(tap, "openssl s_server that requests one",
                     run_openssl(place, "good", ["-tls1_2", "-verify", "1"]))
    requested.exits(0)
    requested.shows_no("certificate")


def start_gnutls(place, cert, priority, *options):
    port = free_port()
    server = place.start(
        ["gnutls-serv", "--port", str(port), "--x509certfile",
         place.file(cert + ".chain.pem"), "--x509keyfile",
         place.file(cert + ".key"), "--priority", priority, *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for_listener(port)
    return server, port


def test_gnutls(tap, place):
    server, port = start_gnutls(
        place, "good", "NORMAL:-VERS-TLS1.3", "--x509cafile",
        place.file("root.pem"), "--require-client-cert")
    # Its alert is decode_error.
    case = Case(tap, "gnutls-serv that requires a client certificate", Run(
        place, dispatch(place, "octo/app", port=port)))
    case.exits(9)
    case.reports(REQUESTED, NO_CERTIFICATES)
    server.kill()
    server.wait()


def test_nginx_clients(tap, place):
    for verify, action, status, is_hint in NGINX_CLIENTS:
        server, port = start_nginx(
            place, action,
            f"ssl_client_certificate {place.file('root.pem')}; {verify}")
        case = Case(tap, f"nginx with {verify} {action}", Run(
            place, dispatch(place, "octo/app", port=port)))
        case.exits(status)
        case.reports(REQUESTED)
        case.check((NO_CERTIFICATES in case.run.err) == is_hint,
                   f"the hint speaks of certificates: {is_hint}")
        server.terminate()
        server.wait()


def test_renegotiation(tap, place):
    """A line R makes s_server renegotiate, to request a certificate, once it
    has our request."""
    server, port = start_openssl(place, "good", "-tls1_2")
    process = Process(place, dispatch(place, "octo/app", port=port))
    while b"Content-Length" not in server.stdout.readline():
        pass
    server.stdin.write(b"R\n")
    server.stdin.flush()
    process.end()
    server.kill()
    server.communicate()
    case = Case(tap, "openssl s_server that renegotiates", process)
    case.exits(10)
    case.reports("; before that, the server asked to renegotiate, as servers "
                 "do to request a client certificate")


def test_absolute_name(tap, place):
    """A dot at the end of the host: kept for the look-up and in the Host field
    (RFC 9110, 7.2), but not in the server name (RFC 6066, 3). Its redirect
    leads to the host without the dot, which is the same."""
    run = Run(place, dispatch(place, "octo/answer-moved", host="localhost.",
                              more=["-v"]))
    case = Case(tap, "https://localhost.", run)
    case.exits(0)
    case.sends(2)
    case.reports("localhost. has the address")
    case.check([request["sni"] for request in run.requests] ==
               ["localhost"] * 2, "the server name has no dot")
    case.check([dict(request["fields"])["Host"] for request in run.requests]
               == [f"localhost.:{place.port}"] * 2,
               "the Host field has the dot")
    case = Case(tap, "the certificate of another host", Run(
        place, dispatch(place, "octo/app", host="localhost.",
                        port=place.stand_in("wrong_name"))))
    case.exits(9)
    case.reports("valid for elsewhere.test, not for localhost\n")


def test_extended_master_secret(tap, place):
    """A server that requires it refuses at once: with handshake_failure
    (RFC 7627, 5.2), or with insufficient_security, as GnuTLS does."""
    for alert in (40, 71):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                # With TLS 1.3, and once more with TLS 1.2.
                for _ in range(2 if alert == 40 else 1):
                    near, _ = listener.accept()
                    with near:
                        near.recv(4096)
                        near.sendall(bytes([21, 3, 3, 0, 2, 2, alert]))
                        near.recv(4096)
            thread = threading.Thread(target=serve)
            thread.start()
            run = Run(place, dispatch(place, "octo/app",
                                      port=listener.getsockname()[1]))
            thread.join()
        case = Case(tap, f"a server that sends alert {alert}", run)
        case.exits(9)
        case.reports("or may require the extended master secret (RFC 7627)")


def test_keys(tap, place):
    """A server that has only such a key does not get as far as sending its
    certificate."""
    for cert in ("rsa_pss", "ed25519", "p521"):
        case = Case(tap, f"openssl s_server with a key of the kind {cert}",
                    run_openssl(place, cert, ["-tls1_2"]))
        case.exits(9)
        case.reports("TLS alert 40 (handshake failure)",
                     "a key that is not supported (RSA-PSS, Ed25519, P-521)")


if __name__ == "__main__":
    main(test_nginx, test_suites, test_groups, test_refused, test_badssl,
         test_keys, test_alerts, test_client_certificate, test_gnutls,
         test_nginx_clients, test_renegotiation, test_absolute_name,
         test_extended_master_secret)
