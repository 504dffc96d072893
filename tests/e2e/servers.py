#!/usr/bin/env python3
"""servers.py - other people's TLS: nginx and openssl s_server from Debian,
each suite and each group we offer, one at a time."""

import os
import socket
import subprocess
import sys
import time

from harness import TOKEN, Place, Tap

ENV = {"GH_PAT": TOKEN}
SUITES = [
    ("good", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("good", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("good", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ("rsa", "ECDHE-RSA-AES128-GCM-SHA256"),
    ("rsa", "ECDHE-RSA-AES256-GCM-SHA384"),
    ("rsa", "ECDHE-RSA-CHACHA20-POLY1305"),
]
GROUPS = ["X25519", "P-256", "P-384"]
# What a server can ask for that we do not do, and our exit status.
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


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("a server did not start")


def start_nginx(place):
    port = free_port()
    config = place.file("nginx.conf")
    with open(config, "w", encoding="ascii") as f:
        f.write(NGINX.format(dir=place.path, port=port))
    os.chmod(place.path, 0o755)
    place.start(["nginx", "-c", config, "-e", place.file("nginx.log")])
    wait_for(port)
    return port


def dispatch(place, port, *more):
    return place.run(["-r", "octo/app", "-e", "deploy", "--api-url",
                      f"https://localhost:{port}", "--ca-file",
                      place.file("root.pem"), *more], ENV)


def openssl(place, cert, *options):
    """A server whose standard input is what it answers. Its first line says
    that it listens: a probing connection would use the answer up."""
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


def stop(server):
    server.kill()
    server.communicate()


def test_openssl(tap, place, cert, name, *options):
    server, port = openssl(place, cert, "-tls1_2", *options)
    result = dispatch(place, port, "-v")
    stop(server)
    tap.check(result.returncode == 0, f"openssl s_server, {name}",
              result.returncode, result.stderr.decode("latin-1"))


def test_refused(tap, place):
    for name, options in REFUSED:
        server, port = openssl(place, "good", *options)
        result = dispatch(place, port)
        stop(server)
        tap.check(result.returncode == 9, f"refused: {name}",
                  result.returncode, result.stderr.decode("latin-1"))


def main():
    tap = Tap()
    with Place() as place:
        port = start_nginx(place)
        result = dispatch(place, port)
        tap.check(result.returncode == 0 and b"NGINX:1" in result.stdout,
                  "nginx, which would rather speak HTTP/2", result.stderr)
        for cert, suite in SUITES:
            test_openssl(tap, place, cert, suite, "-cipher", suite)
        for group in GROUPS:
            test_openssl(tap, place, "good", group, "-groups", group)
        test_refused(tap, place)
        tap.check(TOKEN.encode() not in b"".join(place.outputs),
                  "the token is in no output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
