#!/usr/bin/env python3
"""servers.py - other TLS servers: Debian's nginx and openssl s_server, with
each suite and each group that we offer, one at a time."""

import os
import subprocess

from harness import (Case, Run, dispatch, free_port, main, wait_for_listener)

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
    ("TLS 1.3 only", ["-tls1_3"]),
    ("a suite without forward secrecy",
     ["-cipher", "AES128-GCM-SHA256"]),
    ("a suite with CBC", ["-cipher", "ECDHE-ECDSA-AES128-SHA256"]),
    ("a group we do not know", ["-tls1_2", "-groups", "P-521"]),
    ("HTTP/2 only", ["-tls1_2", "-alpn", "h2"]),
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
  server {{
    listen 127.0.0.1:{port} ssl http2;
    location / {{
      add_header X-GitHub-Request-Id NGINX:1 always;
      return 204;
    }}
  }}
}}
"""


def start_nginx(place):
    port = free_port()
    place.write("nginx.conf", NGINX.format(dir=place.path, port=port))
    os.chmod(place.path, 0o755)
    place.start(["nginx", "-c", place.file("nginx.conf"), "-e",
                 place.file("nginx.log")])
    wait_for_listener(port)
    return port


def start_openssl(place, cert, *options):
    """A server that sends its standard input to its first client. Its line
    ACCEPT says that it listens: a connection to find out would be that
    client."""
    port = free_port()
    server = place.start(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert",
         place.file(cert + ".pem"), "-key", place.file(cert + ".key"),
         "-cert_chain", place.file("intermediate.pem"), *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL)
    while server.stdout.readline().strip() != b"ACCEPT":
        if server.poll() is not None:
            raise RuntimeError("openssl s_server did not start")
    server.stdin.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    server.stdin.flush()
    return server, port


def run_openssl(place, cert, options, more=()):
    server, port = start_openssl(place, cert, *options)
    run = Run(place, dispatch(place, "octo/app", port=port, more=more))
    server.kill()
    server.communicate()
    return run


def test_nginx(tap, place):
    port = start_nginx(place)
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


if __name__ == "__main__":
    main(test_nginx, test_suites, test_groups, test_refused)
