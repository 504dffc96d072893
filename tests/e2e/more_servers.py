#!/usr/bin/env python3
"""more_servers.py - TLS 1.3 with servers whose packages take long to install:
HAProxy, Apache, stunnel, Caddy (Go), Java, wolfSSL, NSS and Erlang. Each gets two
requests over one connection, once with its defaults and once where it takes a
HelloRetryRequest. It is for the verb servers; tls13.py is for every test."""

import http.server
import os
import subprocess
import threading

from harness import (Case, Run, dispatch, free_port, main, wait_for_listener)

# Each server sends this field, or a page of its own.
REQUEST_ID = "OTHER:1"
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "servers")

HAPROXY = """
defaults
  mode http
  timeout client 10s
  timeout connect 10s
  timeout server 10s
frontend other
  bind 127.0.0.1:{port} ssl crt {dir}/both.pem {options}
  http-request return status 204 hdr X-GitHub-Request-Id {id}
"""
APACHE = """
ServerRoot {dir}
ServerName localhost
PidFile {dir}/apache.pid
ErrorLog {dir}/apache.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule alias_module {modules}/mod_alias.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule ssl_module {modules}/mod_ssl.so
User www-data
Listen 127.0.0.1:{port}
SSLEngine on
SSLCertificateFile {dir}/good.chain.pem
SSLCertificateKeyFile {dir}/good.key
{options}
Redirect 204 /
Header always set X-GitHub-Request-Id {id}
"""
STUNNEL = """
foreground = yes
pid =
[other]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{plain}
cert = {dir}/good.chain.pem
key = {dir}/good.key
{options}
"""
CADDY = """
{{
  auto_https off
  admin off
}}
https://localhost:{port} {{
  bind 127.0.0.1
  tls {dir}/good.chain.pem {dir}/good.key {{
    {options}
  }}
  header X-GitHub-Request-Id {id}
  respond 204
}}
"""


class Plain(http.server.BaseHTTPRequestHandler):
    """What stunnel passes the requests to."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.send_header("X-GitHub-Request-Id", REQUEST_ID)
        self.end_headers()

    def log_message(self, *_):
        pass


def check(tap, place, name, command, port, sends_204=True):
    """Starts a server with a command, and checks a run against it. A server that
    does not send 204 only has to complete the handshake. If the name has a group,
    it must be the one of the key exchange."""
    with open(place.file("server.log"), "wb") as log:
        server = place.start(command, stdout=log, stderr=log,
                             stdin=subprocess.DEVNULL, cwd=place.path)
    try:
        wait_for_listener(port)
    except RuntimeError:
        tap.check(False, f"{name} starts", place.read("server.log"))
        return
    case = Case(tap, name, Run(place, dispatch(
        place, "octo/app", "octo/other", port=port,
        more=["-v", *([] if sends_204 else ["--timeout", "3"])])))
    if sends_204:
        case.exits(0)
        case.prints(REQUEST_ID)
    case.reports("TLS 1.3, ", *(
        group for group in ("P-256", "P-384") if group in name))
    server.terminate()
    server.wait()


def write(place, name, template, **values):
    place.write(name, template.format(dir=place.path, id=REQUEST_ID, **values))
    return place.file(name)


def make_store(place):
    """A PKCS #12 file with the key and the chain."""
    subprocess.run(
        ["openssl", "pkcs12", "-export", "-name", "good", "-passout",
         "pass:secret-enough", "-inkey", place.file("good.key"), "-in",
         place.file("good.chain.pem"), "-out", place.file("good.p12")],
        check=True)
    return place.file("good.p12")


def test_haproxy(tap, place):
    place.write("both.pem", place.read("good.chain.pem") +
                place.read("good.key"))
    for name, options in (("its defaults", ""),
                          ("TLS 1.3 only", "ssl-min-ver TLSv1.3"),
                          ("P-384", "curves P-384"),
                          ("HTTP/2", "alpn h2,http/1.1")):
        port = free_port()
        conf = write(place, "haproxy.cfg", HAPROXY, port=port,
                     options=options)
        check(tap, place, f"HAProxy with {name}", ["haproxy", "-f", conf], port)


def test_apache(tap, place):
    os.chmod(place.path, 0o755)
    for name, options in (("its defaults", ""),
                          ("TLS 1.3 only", "SSLProtocol TLSv1.3"),
                          ("P-256", "SSLOpenSSLConfCmd Groups P-256")):
        port = free_port()
        conf = write(place, "apache.conf", APACHE, port=port, options=options,
                     modules="/usr/lib/apache2/modules")
        check(tap, place, f"Apache with {name}",
              ["apache2", "-X", "-f", conf], port)


def test_stunnel(tap, place):
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    for name, options in (("its defaults", ""), ("P-384", "curves = P-384")):
        port = free_port()
        conf = write(place, "stunnel.conf", STUNNEL, port=port,
                     plain=backend.server_port, options=options)
        check(tap, place, f"stunnel with {name}", ["stunnel", conf], port)
    backend.shutdown()


def test_caddy(tap, place):
    for name, options in (("its defaults", "protocols tls1.2 tls1.3"),
                          ("P-384", "curves secp384r1")):
        port = free_port()
        conf = write(place, "Caddyfile", CADDY, port=port, options=options)
        check(tap, place, f"Caddy with {name}",
              ["env", f"HOME={place.path}", "caddy", "run", "--adapter",
               "caddyfile", "--config", conf], port)


def test_java(tap, place):
    store = make_store(place)
    for name, options in (
            ("its defaults", []),
            ("P-384", ["-Djdk.tls.namedGroups=secp384r1"]),
            ("TLS 1.3 only", ["-Djdk.tls.server.protocols=TLSv1.3"])):
        port = free_port()
        check(tap, place, f"Java with {name}",
              ["java", *options, os.path.join(FOLDER, "Server.java"),
               str(port), store, "secret-enough"], port)


def test_wolfssl(tap, place):
    program = place.file("wolfssl")
    subprocess.run(["gcc", "-O1", os.path.join(FOLDER, "wolfssl.c"),
                    "-lwolfssl", "-o", program], check=True)
    for name, option in (("its defaults", "any"), ("P-384", "P-384"),
                         ("a cookie in a HelloRetryRequest", "cookie"),
                         ("a change of its keys", "update")):
        port = free_port()
        check(tap, place, f"wolfSSL with {name}",
              [program, str(port), place.file("good.chain.pem"),
               place.file("good.key"), option], port)


def test_nss(tap, place):
    store = make_store(place)
    base = "sql:" + place.file("nss")
    os.mkdir(place.file("nss"))
    for command in (["certutil", "-N", "-d", base, "--empty-password"],
                    ["pk12util", "-i", store, "-d", base, "-W",
                     "secret-enough"]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for name, options in (("its defaults", []), ("P-384", ["-I", "P384"])):
        port = free_port()
        check(tap, place, f"NSS selfserv with {name}",
              ["selfserv", "-n", "good", "-p", str(port), "-d", base, "-V",
               "tls1.2:tls1.3", *options], port, sends_204=False)


def test_erlang(tap, place):
    for name, option in (("its defaults", "any"), ("P-384", "secp384r1"),
                         ("its defaults, and small records", "small")):
        port = free_port()
        check(tap, place, f"Erlang with {name}",
              ["escript", os.path.join(FOLDER, "server.escript"), str(port),
               place.file("good.chain.pem"), place.file("good.key"), option],
              port)


if __name__ == "__main__":
    main(test_haproxy, test_apache, test_stunnel, test_caddy, test_java,
         test_wolfssl, test_nss, test_erlang)
