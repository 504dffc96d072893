#!/usr/bin/env python3
"""terminators.py - through servers that end TLS and pass requests on, as they
stand before GitHub Enterprise Server: nginx, Apache, HAProxy, lighttpd with five
TLS libraries, stunnel, hitch with Varnish, h2o, nghttpx and Caddy. Each with odd but
legal settings of TLS and of HTTP.

Each setting gets a dispatch by an App to two targets: five requests, each of which
has to arrive once. Each server also gets one --wait."""

import os
import subprocess
import sys

from common import (FLOW, REFUSED, Case, Run, Server, check_flow, check_refusal,
                    check_wait, configure_apache, dispatch, free_port, run_app,
                    serve_plain, subject, write)
from harness import main
from servers import configure_nginx

V12, V13 = ("TLS 1.2, ",), ("TLS 1.3, ",)
# The suites of TLS 1.2 that this program offers, by the kind of key.
ECDSA = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
         "ECDHE-ECDSA-CHACHA20-POLY1305")
RSA = tuple(suite.replace("ECDSA", "RSA") for suite in ECDSA)
SUITES13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256")
GROUPS = (("X25519", "X25519"), ("prime256v1", "P-256"), ("secp384r1", "P-384"))


def each(name, template, values, *words):
    """A row for each value; -v names it."""
    return [(name.format(value), template.format(value), (*words, value))
            for value in values]


def each_group(template12, template13):
    return [row for word, group in GROUPS for row in (
        (f"TLS 1.2 with {group} only", template12.format(word), V12 + (group,)),
        (f"TLS 1.3 with {group} only", template13.format(word),
         V13 + (group,)))]


# A row has the setting's name, what it adds to the configuration, and what -v
# says of the connection. None in its place: the setting is refused.
BOTH_KEYS = ("ssl_certificate {dir}/good.chain.pem; "
             "ssl_certificate_key {dir}/good.key; "
             "ssl_certificate {dir}/rsa.chain.pem; "
             "ssl_certificate_key {dir}/rsa.key; ")
ONLY_RSA = ("ssl_certificate {dir}/rsa.chain.pem; "
            "ssl_certificate_key {dir}/rsa.key; ")
KEPT = "proxy_http_version 1.1; proxy_set_header Connection ''; "
# A row that gets a --wait, too, which looks each second.
IDLE = "connections that end after a second"
NGINX_ROWS = [
    ("its defaults", "", V12),
    ("TLS 1.2 and 1.3", "ssl_protocols TLSv1.2 TLSv1.3;", V13),
    ("TLS 1.3 only", "ssl_protocols TLSv1.3;", V13),
    *each("{} only", "ssl_protocols TLSv1.2; ssl_ciphers {};", ECDSA),
    *[(f"{suite} only", ONLY_RSA + "ssl_protocols TLSv1.2; "
       f"ssl_ciphers {suite};", (suite,)) for suite in RSA],
    *each("{} only", "ssl_protocols TLSv1.3; "
          "ssl_conf_command Ciphersuites {};", SUITES13),
    *each_group("ssl_protocols TLSv1.2; ssl_ecdh_curve {};",
                "ssl_protocols TLSv1.3; ssl_ecdh_curve {};"),
    ("keys of both kinds, TLS 1.2", BOTH_KEYS + "ssl_protocols TLSv1.2;", V12),
    ("keys of both kinds, TLS 1.3", BOTH_KEYS + "ssl_protocols TLSv1.3;", V13),
    ("no tickets and no cache", "ssl_session_tickets off; "
     "ssl_session_cache off;", V12),
    ("a cache it does not use", "ssl_session_cache none;", V12),
    ("a shared cache", "ssl_session_cache shared:all:1m;", V12),
    ("records of 512 bytes, TLS 1.2", "ssl_buffer_size 512; "
     "ssl_protocols TLSv1.2;", V12),
    ("records of 512 bytes, TLS 1.3", "ssl_buffer_size 512; "
     "ssl_protocols TLSv1.3;", V13),
    ("padded records", "ssl_protocols TLSv1.3; "
     "ssl_conf_command RecordPadding 4096;", V13),
    ("no middlebox mode", "ssl_protocols TLSv1.3; "
     "ssl_conf_command Options -MiddleboxCompat;", V13),
    ("no encrypt-then-MAC and no extended master secret",
     "ssl_protocols TLSv1.2; ssl_conf_command Options "
     "-EncryptThenMac,-ExtendedMasterSecret;", V12),
    ("a client certificate requested, TLS 1.2", "ssl_protocols TLSv1.2; "
     "ssl_verify_client optional_no_ca;", V12),
    ("a client certificate requested, TLS 1.3", "ssl_protocols TLSv1.3; "
     "ssl_client_certificate {dir}/root.pem; ssl_verify_client optional;",
     V13),
    ("early data", "ssl_protocols TLSv1.3; ssl_early_data on;", V13),
    ("its own order of suites", "ssl_prefer_server_ciphers on;", V12),
    ("RSA-PSS with SHA-512 only", ONLY_RSA + "ssl_protocols TLSv1.3; "
     "ssl_conf_command SignatureAlgorithms RSA-PSS+SHA512;", V13),
    ("P-521 only", "ssl_ecdh_curve secp521r1;", None),
    ("CBC only", "ssl_protocols TLSv1.2; "
     "ssl_ciphers ECDHE-ECDSA-AES128-SHA256;", None),
    ("TLS 1.1 only", "ssl_protocols TLSv1.1; "
     "ssl_ciphers ALL:@SECLEVEL=0;", None),
    ("keep-alive off", "keepalive_timeout 0;", V12),
    ("one request a connection", "keepalive_requests 1;", V12),
    ("HTTP/1.0 to GitHub", "", V12),
    ("kept connections to GitHub", KEPT, V12),
    ("no buffering", KEPT + "proxy_buffering off; "
     "proxy_request_buffering off;", V12),
    ("chunked responses", "sub_filter '\"' '\"'; sub_filter_once off; "
     "sub_filter_types *;", V12),
    ("chunks at its end only", "sub_filter '\"' '\"'; "
     "sub_filter_types *; chunked_transfer_encoding off;", V12),
    ("compression", "gzip on; gzip_proxied any; gzip_min_length 1; "
     "gzip_types *; gunzip on;", V12),
    ("400 bytes a second", "limit_rate 400;", V12),
    ("records of one byte, TLS 1.2", "ssl_buffer_size 1;", V12),
    ("records of one byte, TLS 1.3", "ssl_buffer_size 1; "
     "ssl_protocols TLSv1.3;", V13),
    ("a head of 50 KB", "".join(f"add_header X-{i} '{'v' * 800}' always; "
                                for i in range(60)), V12),
    ("fields about security", "add_header Strict-Transport-Security "
     "'max-age=63072000; includeSubDomains; preload' always; "
     "add_header Alt-Svc 'h3=\":443\"; ma=86400' always; "
     "add_header Content-Security-Policy \"default-src 'none'\" always;", V12),
    (IDLE, "keepalive_timeout 1s;", V12),
    ("60 more fields", "".join(f"add_header X-{i} 'value {i}' always; "
                               for i in range(60)), V12),
    ("a field of 4 KiB", f"add_header X-Long '{'x' * 4000}' always;", V12),
    ("an empty field and one of spaces", "add_header X-Empty ' \t ' always; "
     "add_header Set-Cookie 'a=b; Path=/' always;", V12),
    ("lingering and reset connections", "lingering_close always; "
     "reset_timedout_connection on;", V12),
]
APACHE_MODULES = (
    "headers", "setenvif", "env", "filter", "deflate", "substitute", "proxy",
    "proxy_http", "http2", "socache_shmcb", "ssl")
APACHE = """
SSLEngine on
SSLCertificateFile {dir}/good.chain.pem
SSLCertificateKeyFile {dir}/good.key
ProxyPass / http://127.0.0.1:{backend}/
ProxyPreserveHost on
{options}
"""
APACHE_ROWS = [
    ("its defaults", "", V13),
    ("TLS 1.2 only", "SSLProtocol TLSv1.2", V12),
    ("TLS 1.3 only", "SSLProtocol TLSv1.3", V13),
    *each("{} only", "SSLProtocol TLSv1.2\nSSLCipherSuite {}", ECDSA),
    *each("{} only", "SSLProtocol TLSv1.3\nSSLCipherSuite TLSv1.3 {}",
          SUITES13),
    *each_group("SSLProtocol TLSv1.2\nSSLOpenSSLConfCmd Groups {}",
                "SSLProtocol TLSv1.3\nSSLOpenSSLConfCmd Groups {}"),
    ("keys of both kinds", "SSLCertificateFile {dir}/rsa.chain.pem\n"
     "SSLCertificateKeyFile {dir}/rsa.key", V13),
    ("no tickets and no cache, TLS 1.2", "SSLProtocol TLSv1.2\n"
     "SSLSessionTickets off\nSSLSessionCache none", V12),
    ("no tickets and no cache, TLS 1.3", "SSLProtocol TLSv1.3\n"
     "SSLSessionTickets off\nSSLSessionCache none", V13),
    ("a shared cache", "SSLSessionCache shmcb:{dir}/cache(65536)", V13),
    ("a client certificate requested, TLS 1.2", "SSLProtocol TLSv1.2\n"
     "SSLVerifyClient optional_no_ca", V12),
    ("a client certificate requested, TLS 1.3", "SSLProtocol TLSv1.3\n"
     "SSLVerifyClient optional\nSSLCACertificateFile {dir}/root.pem", V13),
    ("its own order of suites", "SSLHonorCipherOrder on", V13),
    ("compression of TLS asked for", "SSLCompression off", V13),
    ("HTTP/2 first", "Protocols h2 http/1.1", V13),
    ("HTTP/1.1 only in ALPN", "Protocols http/1.1", V13),
    ("keep-alive off", "KeepAlive off", V13),
    ("one request a connection", "MaxKeepAliveRequests 1", V13),
    ("HTTP/1.0 responses", "SetEnv downgrade-1.0 1\n"
     "SetEnv force-response-1.0 1", V13),
    ("HTTP/1.0 responses and no keep-alive", "SetEnv nokeepalive 1\n"
     "SetEnv downgrade-1.0 1\nSetEnv force-response-1.0 1", V13),
    ("chunked responses", "AddOutputFilterByType SUBSTITUTE "
     "application/json\nSubstitute s/a/a/n", V13),
    ("compression", "SetOutputFilter DEFLATE", V13),
    ("chunked requests to GitHub", "SetEnv proxy-sendcl 1\n"
     "SetEnv proxy-initial-not-pooled 1", V13),
    ("an upgrade offered", "Header always set Upgrade h2c\n"
     "Header always append Connection Upgrade", V13),
    ("CBC only", "SSLProtocol TLSv1.2\n"
     "SSLCipherSuite ECDHE-ECDSA-AES128-SHA256", None),
]
HAPROXY = """
global
  {global}
defaults
  mode http
  timeout client 20s
  timeout connect 10s
  timeout server 20s
  {defaults}
frontend other
  bind 127.0.0.1:{port} ssl crt {dir}/both.pem {bind}
  {frontend}
  default_backend github
backend github
  server github 127.0.0.1:{backend}
"""
HAPROXY_ROWS = [
    ("its defaults", {}, V13),
    ("TLS 1.2 only", {"bind": "ssl-max-ver TLSv1.2"}, V12),
    ("TLS 1.3 only", {"bind": "ssl-min-ver TLSv1.3"}, V13),
    *[(f"{suite} only", {"bind": f"ssl-max-ver TLSv1.2 ciphers {suite}"},
       (suite,)) for suite in ECDSA],
    *[(f"{suite} only", {"bind": f"ssl-min-ver TLSv1.3 ciphersuites {suite}"},
       (suite,)) for suite in SUITES13],
    *[(f"TLS 1.{minor} with {group} only", {
        "bind": f"ssl-{limit}-ver TLSv1.{minor} curves {word}"},
        (f"TLS 1.{minor}, ", group))
      for word, group in GROUPS for minor, limit in ((2, "max"), (3, "min"))],
    ("no tickets", {"bind": "no-tls-tickets"}, V13),
    ("no cache", {"global": "tune.ssl.cachesize 0"}, V13),
    ("records of 512 bytes, TLS 1.2", {
        "global": "tune.ssl.maxrecord 512",
        "bind": "ssl-max-ver TLSv1.2"}, V12),
    ("records of 512 bytes, TLS 1.3", {
        "global": "tune.ssl.maxrecord 512"}, V13),
    ("a client certificate requested, TLS 1.2", {
        "bind": "ssl-max-ver TLSv1.2 verify optional ca-file {dir}/root.pem"},
     V12),
    ("a client certificate requested, TLS 1.3", {
        "bind": "verify optional ca-file {dir}/root.pem"}, V13),
    ("a strict server name", {"bind": "strict-sni"}, V13),
    ("early data", {"bind": "allow-0rtt"}, V13),
    ("HTTP/2 first", {"bind": "alpn h2,http/1.1"}, V13),
    ("no keep-alive", {"defaults": "option httpclose"}, V13),
    ("no keep-alive to GitHub", {"defaults": "option http-server-close"}, V13),
    ("whole requests only", {"defaults": "option http-buffer-request"}, V13),
    ("early hints", {
        "frontend": 'http-request early-hint Link "</a>; rel=preload"'}, V13),
    ("early hints twice", {
        "frontend": 'http-request early-hint Link "</a>; rel=preload"\n'
                    '  http-request early-hint X-A b if TRUE'}, V13),
    ("compression", {"frontend": "compression algo gzip\n"
                     "  compression type application/json"}, V13),
    ("names of fields in odd cases", {
        "global": "h1-case-adjust content-length CONTENT-length",
        "frontend": "option h1-case-adjust-bogus-client"}, V13),
    ("HTTP/2 only in ALPN", {"bind": "alpn h2"}, V13),
]
LIGHTTPD = """
server.document-root = "{dir}"
server.bind = "127.0.0.1"
server.port = {port}
server.modules = ("mod_proxy", "mod_setenv", "mod_{library}")
ssl.engine = "enable"
ssl.pemfile = "{dir}/good.chain.pem"
ssl.privkey = "{dir}/good.pkcs8"
proxy.server = ("" => (("host" => "127.0.0.1", "port" => {backend})))
{options}
"""
COMMAND = 'ssl.openssl.ssl-conf-cmd = ({})'
LIGHTTPD_ROWS = [
    ("its defaults", "", ()),
    ("TLS 1.2 only", COMMAND.format('"MaxProtocol" => "TLSv1.2"'), V12),
    ("keep-alive off", "server.max-keep-alive-requests = 0", ()),
    ("streams", "server.stream-response-body = 2\n"
     "server.stream-request-body = 2", ()),
    ("HTTP/1.1 only", 'server.feature-flags = ("server.h2proto" => "disable")',
     ()),
    ("more fields", 'setenv.add-response-header = ("X-A" => "b", '
     '"Set-Cookie" => "a=b")', ()),
]
ONLY_13 = ("TLS 1.3 only", COMMAND.format('"MinProtocol" => "TLSv1.3"'), V13)
ASKS = ("a client certificate requested",
        'ssl.verifyclient.activate = "enable"\n'
        'ssl.verifyclient.enforce = "disable"\n'
        'ssl.ca-file = "{dir}/root.pem"', ())
# The library, its name, and rows of its own: each takes other words for suites
# and groups.
LIGHTTPD_LIBRARIES = [
    ("openssl", "OpenSSL", [
        ONLY_13, ASKS,
        *each("{} only", COMMAND.format(
            '"MaxProtocol" => "TLSv1.2", "CipherString" => "{}"'), ECDSA),
        *each_group(
            COMMAND.format('"MaxProtocol" => "TLSv1.2", "Curves" => "{}"'),
            COMMAND.format('"MinProtocol" => "TLSv1.3", "Curves" => "{}"'))]),
    ("gnutls", "GnuTLS", [ONLY_13]),
    ("mbedtls", "Mbed TLS", [ASKS]),
    ("wolfssl", "wolfSSL", [ONLY_13]),
    ("nss", "NSS", [ONLY_13]),
]
STUNNEL = """
foreground = yes
pid =
[other]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{backend}
cert = {dir}/good.chain.pem
key = {dir}/good.key
{options}
"""
STUNNEL_ROWS = [
    ("its defaults", "", V13),
    ("TLS 1.2 only", "sslVersion = TLSv1.2", V12),
    ("TLS 1.3 only", "sslVersion = TLSv1.3", V13),
    *each("{} only", "sslVersion = TLSv1.2\nciphers = {}", ECDSA),
    *each("{} only", "sslVersion = TLSv1.3\nciphersuites = {}", SUITES13),
    *each_group("sslVersion = TLSv1.2\ncurves = {}",
                "sslVersion = TLSv1.3\ncurves = {}"),
    ("no tickets", "options = NO_TICKET", V13),
    ("no cache", "sessionCacheSize = 1\nsessionResume = no", V13),
    ("a client certificate requested", "verify = 1\nCAfile = {dir}/root.pem",
     V13),
    ("no renegotiation", "sslVersion = TLSv1.2\nrenegotiation = no", V12),
    ("no close_notify awaited", "TIMEOUTclose = 0", V13),
]
HITCH = """
frontend = {{ host = "127.0.0.1" port = "{port}" }}
backend = "[127.0.0.1]:{varnish}"
pem-file = "{dir}/both.pem"
workers = 1
daemon = off
user = "www-data"
{options}
"""
VCL = """vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{backend}"; }}
sub vcl_recv {{ {recv} }}
sub vcl_backend_response {{ set beresp.uncacheable = true; {response} }}
sub vcl_deliver {{ {deliver} }}
"""
HITCH_ROWS = [
    # The setting, what it adds to hitch, to each part of Varnish, and -v.
    ("its defaults", "", {}, ()),
    ("TLS 1.2 only", "tls-protos = TLSv1.2", {}, V12),
    ("TLS 1.3 only", "tls-protos = TLSv1.3", {}, V13),
    ("P-384 only", 'ecdh-curve = "secp384r1"', {}, ("P-384",)),
    ("HTTP/1.1 in ALPN", 'alpn-protos = "http/1.1"', {}, ()),
    ("its own order of suites", "prefer-server-ciphers = on", {}, ()),
    ("no streaming", "", {"response": "set beresp.do_stream = false;"}, ()),
    ("compression", "", {"response": "set beresp.do_gzip = true;"}, ()),
    ("edge-side includes", "", {"response": "set beresp.do_esi = true;"}, ()),
    ("pipes", "", {"recv": "return (pipe);"}, ()),
    ("no keep-alive", "", {
        "deliver": 'set resp.http.Connection = "close";'}, ()),
]
H2O = """
hosts:
  default:
    listen:
      host: 127.0.0.1
      port: {port}
      ssl:
        certificate-file: {dir}/good.chain.pem
        key-file: {dir}/good.key
        {options}
    paths:
      /:
        {path}
        proxy.reverse.url: http://127.0.0.1:{backend}/
        proxy.preserve-host: ON
user: root
pid-file: {dir}/h2o.pid
num-threads: 1
"""
H2O_ROWS = [
    # The setting, what it adds to TLS and to the host, and -v.
    ("its defaults", "", "", V13),
    ("its own order of suites", "cipher-preference: server", "", V13),
    ("OCSP off", "ocsp-update-interval: 0", "", V13),
    ("compression", "", "compress: ON", V13),
    ("more fields", "", 'header.add: "X-A: b"', V13),
    ("no keep-alive to GitHub", "", "proxy.timeout.keepalive: 0", V13),
]
# The setting, options, and -v.
NGHTTPX_ROWS = [
    ("its defaults", [], V13),
    ("TLS 1.2 only", ["--tls-max-proto-version=TLSv1.2"], V12),
    ("TLS 1.3 only", ["--tls-min-proto-version=TLSv1.3"], V13),
    *[(f"{suite} only", ["--tls-max-proto-version=TLSv1.2",
                         f"--ciphers={suite}"], (suite,)) for suite in ECDSA],
    *[(f"{suite} only", [f"--tls13-ciphers={suite}"], (suite,))
      for suite in SUITES13],
    *[(f"{group} only", [f"--ecdh-curves={word}"], V13 + (group,))
      for word, group in GROUPS],
    ("HTTP/1.1 in ALPN", ["--npn-list=http/1.1"], V13),
    ("records that never grow", ["--tls-dyn-rec-warmup-threshold=100M",
                                 "--tls-dyn-rec-idle-timeout=1ms"], V13),
    ("early data", ["--tls-max-early-data=16K",
                    "--tls-no-postpone-early-data"], V13),
    ("more fields", ["--add-response-header=X-A: b",
                     "--server-name=a \"b\" (c)"], V13),
    (IDLE, ["--frontend-keep-alive-timeout=1s"], V13),
    ("no keep-alive to GitHub", ["--backend-keep-alive-timeout=1ms"], V13),
]
CADDY = """
{{
  auto_https off
  admin off
}}
https://localhost:{port} {{
  bind 127.0.0.1
  tls {dir}/good.chain.pem {dir}/good.key {{
    protocols tls1.2 tls1.3
    {tls}
  }}
  {site}
  reverse_proxy 127.0.0.1:{backend} {{
    {proxy}
  }}
}}
"""
CADDY_SUITES = [suite.replace("ECDHE-ECDSA", "TLS_ECDHE_ECDSA_WITH").replace(
    "AES", "AES_").replace("-", "_") + (
        "_SHA256" if "CHACHA" in suite else "") for suite in ECDSA]
CADDY_ROWS = [
    ("its defaults", {}, V13),
    ("TLS 1.2 only", {"tls": "protocols tls1.2 tls1.2"}, V12),
    ("TLS 1.3 only", {"tls": "protocols tls1.3 tls1.3"}, V13),
    *[(f"{suite} only", {
        "tls": f"protocols tls1.2 tls1.2\n    ciphers {name}"}, (suite,))
      for name, suite in zip(CADDY_SUITES, ECDSA)],
    *[(f"TLS 1.{minor} with {group} only", {
        "tls": f"protocols tls1.{minor} tls1.{minor}\n    curves "
               f"{word.replace('prime', 'secp').replace('256v1', '256r1').lower()}"},
        (f"TLS 1.{minor}, ", group))
      for word, group in GROUPS for minor in (2, 3)],
    ("a client certificate requested", {
        "tls": "client_auth {\n      mode request\n    }"}, V13),
    ("compression", {"site": "encode gzip"}, V13),
    ("responses that are passed on at once", {"proxy": "flush_interval -1"},
     V13),
    ("more fields", {"site": 'header X-A "b"\n  header -Server'}, V13),
]


class Terminator:
    """How one server is started, and how its rows are checked."""
    serial = 0

    def __init__(self, tap, place, name):
        self.tap, self.place, self.name = tap, place, name
        os.chmod(place.path, 0o755)
        place.write("both.pem", place.read("good.chain.pem") +
                    place.read("good.key"))
        self.backend = serve_plain(place)
        self.is_waited_for = False

    def check(self, setting, words, command, port, **options):
        """One row. The first one gets the --wait, too."""
        name = f"{self.name}, {setting}"
        try:
            with Server(self.place, "server", command, port, **options):
                if words is None:
                    check_refusal(self.tap, self.place, name, port)
                    return
                check_flow(self.tap, self.place, name, port, words)
                if not self.is_waited_for or setting == IDLE:
                    title = name if self.is_waited_for else self.name
                    self.is_waited_for = True
                    Terminator.serial += 1
                    check_wait(self.tap, self.place, title, port,
                               f"t{Terminator.serial}")
        except RuntimeError as e:
            self.tap.check(False, f"{name}: the server starts", e)


def test_nginx(tap, place):
    subject("nginx", "nginx-light", "nginx")
    server = Terminator(tap, place, "nginx")
    for setting, options, words in NGINX_ROWS:
        port = free_port()
        kept = "keepalive 4;" if KEPT in options else ""
        server.check(setting, words, configure_nginx(
            place, port, "server_name localhost; "
            f"proxy_set_header Host $http_host; {options} "
            "location / { proxy_pass http://github; }",
            f"upstream github {{ server 127.0.0.1:{server.backend}; {kept} }}"),
            port)


def test_apache(tap, place):
    subject("Apache", "apache2")
    server = Terminator(tap, place, "Apache")
    for setting, options, words in APACHE_ROWS:
        port = free_port()
        server.check(setting, words, configure_apache(
            place, port, APACHE_MODULES, APACHE, options=options,
            backend=server.backend), port)
    check_compressed(tap, place, server.backend)


def check_compressed(tap, place, backend):
    """Compression whatever is asked for: an event is accepted, and the response
    to an App is not read."""
    port, name = free_port(), "Apache, compression that is forced"
    with Server(place, "server", configure_apache(
            place, port, APACHE_MODULES, APACHE, backend=backend,
            options="SetOutputFilter DEFLATE\nSetEnv force-gzip 1"), port):
        Case(tap, name, Run(place, dispatch(
            place, "octo/app", port=port))).exits(0)
        case = Case(tap, f"{name}, an App{REFUSED}",
                    run_app(place, port, "octo/app"))
        case.exits(6)
        case.asks(FLOW[0])
        case.reports("its body is compressed (Content-Encoding), which was not "
                     "requested", "hint: turn off compression")


def test_haproxy(tap, place):
    subject("HAProxy", "haproxy")
    server = Terminator(tap, place, "HAProxy")
    for setting, options, words in HAPROXY_ROWS:
        port = free_port()
        conf = write(place, "haproxy.cfg", HAPROXY, port=port,
                     backend=server.backend, **{
                         "global": "", "defaults": "", "bind": "",
                         "frontend": "", **options})
        server.check(setting, words, ["haproxy", "-f", conf], port)


def test_lighttpd(tap, place):
    # NSS reads no other form of key.
    subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-in",
                    place.file("good.key"), "-out", place.file("good.pkcs8")],
                   check=True)
    for library, title, rows in LIGHTTPD_LIBRARIES:
        subject(f"lighttpd with {title}", f"lighttpd-mod-{library}")
        server = Terminator(tap, place, f"lighttpd with {title}")
        for setting, options, words in LIGHTTPD_ROWS + rows:
            port = free_port()
            conf = write(place, "lighttpd.conf", LIGHTTPD, port=port,
                         backend=server.backend, library=library,
                         options=options)
            server.check(setting, words, ["lighttpd", "-D", "-f", conf], port)


def test_stunnel(tap, place):
    subject("stunnel", "stunnel4")
    server = Terminator(tap, place, "stunnel")
    for setting, options, words in STUNNEL_ROWS:
        port = free_port()
        conf = write(place, "stunnel.conf", STUNNEL, port=port,
                     backend=server.backend, options=options)
        server.check(setting, words, ["stunnel", conf], port)


def test_hitch(tap, place):
    subject("hitch and Varnish", "hitch")
    server = Terminator(tap, place, "hitch")
    for setting, options, parts, words in HITCH_ROWS:
        port, varnish = free_port(), free_port()
        vcl = write(place, "varnish.vcl", VCL, backend=server.backend,
                    **{"recv": "", "response": "", "deliver": "", **parts})
        conf = write(place, "hitch.conf", HITCH, port=port, varnish=varnish,
                     options=options)
        with Server(place, "varnish", [
                "varnishd", "-F", "-j", "none", "-n", place.file("varnish"), "-a",
                f"127.0.0.1:{varnish}", "-f", vcl], varnish):
            server.check(setting, words, ["hitch", f"--config={conf}"], port)


def test_h2o(tap, place):
    subject("h2o", "h2o")
    server = Terminator(tap, place, "h2o")
    for setting, options, path, words in H2O_ROWS:
        port = free_port()
        conf = write(place, "h2o.conf", H2O, port=port, backend=server.backend,
                     options=options, path=path)
        server.check(setting, words, ["h2o", "-c", conf], port)


def test_nghttpx(tap, place):
    subject("nghttpx", "nghttp2-proxy")
    server = Terminator(tap, place, "nghttpx")
    for setting, options, words in NGHTTPX_ROWS:
        port = free_port()
        server.check(setting, words, [
            "nghttpx", "--conf=/dev/null", "--single-process", "--no-ocsp",
            f"--frontend=127.0.0.1,{port}",
            f"--backend=127.0.0.1,{server.backend}", *options,
            place.file("good.key"), place.file("good.chain.pem")], port)


def test_caddy(tap, place):
    subject("Caddy", "caddy")
    server = Terminator(tap, place, "Caddy")
    for setting, options, words in CADDY_ROWS:
        port = free_port()
        conf = write(place, "Caddyfile", CADDY, port=port,
                     backend=server.backend,
                     **{"tls": "", "site": "", "proxy": "", **options})
        server.check(setting, words, [
            "caddy", "run", "--adapter", "caddyfile", "--config", conf], port,
            env={"HOME": place.path})


TESTS = (test_nginx, test_apache, test_haproxy, test_lighttpd, test_stunnel,
         test_hitch, test_h2o, test_nghttpx, test_caddy)

if __name__ == "__main__":
    wanted = sys.argv[1:]
    main(*(test for test in TESTS
           if not wanted or test.__name__.removeprefix("test_") in wanted))
