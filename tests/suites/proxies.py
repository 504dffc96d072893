#!/usr/bin/env python3
"""proxies.py - through HTTP proxies with odd but legal settings: squid, Privoxy,
tinyproxy, Apache and mitmproxy. Each setting gets a dispatch by an App to two
targets.
tests/e2e/proxies.py has what a proxy may do wrong."""

import os
import shutil
import sys

from common import (FLOW, REFUSED, Case, Server, configure_apache, free_port,
                    run_app, subject, write)
from harness import SECRETS, main, write_users

USER, PASSWORD = "user", "pa55-w0rd.x"
SECRETS.update((PASSWORD, f"{USER}:{PASSWORD}"))
AS_USER = f"{USER}:{PASSWORD}@"

SQUID = """
http_port 127.0.0.1:{port}
pid_filename none
cache deny all
cache_log {dir}/squid.log
access_log none
shutdown_lifetime 0 seconds
{options}
"""
OPEN = "http_access allow all\n"
# A row has the setting's name, what it adds, the user, and a part of what is said if
# the proxy refuses.
SQUID_ROWS = [
    ("its defaults", OPEN, "", None),
    ("a password", "auth_param basic program /usr/lib/squid/basic_ncsa_auth "
     "{dir}/users\nacl known proxy_auth REQUIRED\nhttp_access allow known",
     AS_USER, None),
    ("a password that is not given", "auth_param basic program "
     "/usr/lib/squid/basic_ncsa_auth {dir}/users\n"
     "acl known proxy_auth REQUIRED\nhttp_access allow known", "",
     "wants a user and a password"),
    ("no keep-alive", OPEN + "client_persistent_connections off\n"
     "server_persistent_connections off", "", None),
    ("anonymous", OPEN + "via off\nforwarded_for delete\n"
     "request_header_access User-Agent deny all", "", None),
    ("half-closed clients", OPEN + "half_closed_clients on", "", None),
    ("slow tunnels", OPEN + "delay_pools 1\ndelay_class 1 1\n"
     "delay_parameters 1 4000/4000\ndelay_access 1 allow all", "", None),
    ("no tunnel to this port", "acl safe port 443\n"
     "http_access deny CONNECT !safe\nhttp_access allow all", "",
     "it responded with status 403"),
    ("no access", "http_access deny all", "", "it responded with status 403"),
]
TINYPROXY = """
User {user}
Port {port}
Listen 127.0.0.1
Timeout 20
LogLevel Info
LogFile "{dir}/tinyproxy.log"
{options}
"""
TINYPROXY_ROWS = [
    ("its defaults", "", "", None),
    ("a password", f"BasicAuth {USER} {PASSWORD}", AS_USER, None),
    ("a password that is not given", f"BasicAuth {USER} {PASSWORD}", "",
     "it responded with status 407"),
    ("no Via", "DisableViaHeader Yes", "", None),
    ("a name of its own in Via", 'ViaProxyName "proxy.test"', "", None),
    ("fields that it adds", 'AddHeader "X-My-Header" "Powered by"', "", None),
    ("one client", "MaxClients 1", "", None),
    ("no tunnel to this port", "ConnectPort 443", "",
     "it responded with status 403"),
]
PRIVOXY = """
listen-address 127.0.0.1:{port}
confdir {dir}
templdir /etc/privoxy/templates
logdir {dir}
{options}
"""
PRIVOXY_ROWS = [
    ("its defaults", "", "", None),
    ("kept connections", "keep-alive-timeout 5\n"
     "tolerate-pipelining 1\ndefault-server-timeout 60", "", None),
    ("one buffer of 4 KiB", "buffer-limit 4\nreceive-buffer-size 512", "",
     None),
    ("a proxy of its own", "forward / 127.0.0.1:{next}", "", None),
    ("no tunnel to this host", "actionsfile block.action", "",
     "it responded with status 403"),
]
APACHE_MODULES = ("authn_core", "authn_file", "auth_basic", "authz_user", "proxy",
                  "proxy_connect", "proxy_http")
KNOWN = """AllowCONNECT {target}
<Proxy "*">
AuthType Basic
AuthName proxy
AuthUserFile {dir}/users
Require valid-user
</Proxy>"""
APACHE_ROWS = [
    ("its defaults", "AllowCONNECT {target}", "", None),
    ("a password", KNOWN, AS_USER, None),
    ("a password that is not given", KNOWN, "", "wants a user and a password"),
    ("a field Via", "AllowCONNECT {target}\nProxyVia full", "", None),
    ("another proxy", "AllowCONNECT {target}\n"
     "ProxyRemote * http://127.0.0.1:{next}", "", None),
    ("no keep-alive", "AllowCONNECT {target}\nKeepAlive off", "", None),
    ("no tunnel to this port", "", "", "it responded with status 403"),
]


# mitmproxy, which opens TLS as the proxies of companies do: the setting, options,
# the user, and whether its CA is known.
MITMPROXY_ROWS = [
    ("its defaults", [], "", True),
    ("TLS 1.2 only", ["tls_version_client_max=TLS1_2"], "", True),
    ("a key of 4096 bits", ["key_size=4096"], "", True),
    ("the certificates of the server, too",
     ["add_upstream_certs_to_client_chain=true"], "", True),
    ("bodies that it passes on at once", ["stream_large_bodies=1"], "", True),
    ("a password", [f"proxyauth={USER}:{PASSWORD}"], AS_USER, True),
    ("a CA that is not known", [], "", False),
]


def check(tap, place, name, port, row):
    _, _, user, why = row
    run = run_app(place, place.port, "octo/app", "octo/other", more=[
        "--retries", "0", "--proxy", f"http://{user}127.0.0.1:{port}"])
    case = Case(tap, name + (REFUSED if why else ""), run)
    case.reports("using the proxy 127.0.0.1")
    if why:
        case.exits(8)
        case.sends(0)
        case.reports(why)
    else:
        case.exits(0)
        case.asks(*FLOW)


def start_next(place):
    """The proxy that another one asks."""
    port = free_port()
    conf = write(place, "next.conf", TINYPROXY, port=port, user="root",
                 options="")
    return Server(place, "next", ["tinyproxy", "-d", "-c", conf], port), port


def check_rows(tap, place, program, rows, make_command):
    """make_command makes a port and a row's options the command of a proxy."""
    os.chmod(place.path, 0o755)
    write_users(place, USER, PASSWORD)
    place.write("block.action", "{+block{a test}}\nlocalhost\n")
    following, next_port = start_next(place)
    with following:
        for row in rows:
            port = free_port()
            options = row[1].replace("{next}", str(next_port)).replace(
                "{target}", str(place.port))
            name = f"{program}, {row[0]}"
            try:
                with Server(place, "proxy", make_command(port, options), port):
                    check(tap, place, name, port, row)
            except RuntimeError as e:
                tap.check(False, f"{name}: the proxy starts", e)


def test_squid(tap, place):
    subject("squid", "squid")
    check_rows(tap, place, "squid", SQUID_ROWS, lambda port, options: [
        "squid", "-N", "-f", write(place, "squid.conf", SQUID, port=port,
                                   options=options)])


def test_tinyproxy(tap, place):
    subject("tinyproxy", "tinyproxy")
    check_rows(tap, place, "tinyproxy", TINYPROXY_ROWS, lambda port, options: [
        "tinyproxy", "-d", "-c", write(place, "tinyproxy.conf", TINYPROXY,
                                       port=port, options=options,
                                       user="root")])


def test_privoxy(tap, place):
    subject("Privoxy", "privoxy")
    check_rows(tap, place, "Privoxy", PRIVOXY_ROWS, lambda port, options: [
        "privoxy", "--no-daemon", write(place, "privoxy.conf", PRIVOXY,
                                        port=port, options=options)])


def test_apache(tap, place):
    subject("Apache", "apache2")
    check_rows(tap, place, "Apache", APACHE_ROWS, lambda port, options:
               configure_apache(place, port, APACHE_MODULES,
                                "ProxyRequests on\n{options}", options=options))


def check_opened(tap, place, port, row):
    setting, _, user, is_known = row
    ca = place.file("mitmproxy/mitmproxy-ca-cert.pem" if is_known
                    else "root.pem")
    run = run_app(place, place.port, "octo/app", "octo/other", more=[
        "--retries", "0", "--ca-file", ca, "--proxy",
        f"http://{user}127.0.0.1:{port}"])
    case = Case(tap, f"mitmproxy, {setting}{'' if is_known else REFUSED}", run)
    case.reports("using the proxy 127.0.0.1")
    if is_known:
        case.exits(0)
        case.asks(*FLOW)
        case.reports("issued by mitmproxy")
    else:
        case.exits(9)
        case.sends(0)


def test_mitmproxy(tap, place):
    subject("mitmproxy", "mitmproxy")
    for row in MITMPROXY_ROWS:
        port = free_port()
        settings = [f"confdir={place.file('mitmproxy')}",
                    f"ssl_verify_upstream_trusted_ca={place.file('root.pem')}",
                    *row[1]]
        command = ["mitmdump", "--listen-host", "127.0.0.1", "--listen-port",
                   str(port), *(word for setting in settings
                                for word in ("--set", setting))]
        # Each row gets a CA of its own.
        shutil.rmtree(place.file("mitmproxy"), ignore_errors=True)
        try:
            with Server(place, "proxy", command, port):
                check_opened(tap, place, port, row)
        except RuntimeError as e:
            tap.check(False, f"mitmproxy, {row[0]}: the proxy starts", e)


TESTS = (test_squid, test_tinyproxy, test_privoxy, test_apache, test_mitmproxy)

if __name__ == "__main__":
    wanted = sys.argv[1:]
    main(*(test for test in TESTS
           if not wanted or test.__name__.removeprefix("test_") in wanted))
