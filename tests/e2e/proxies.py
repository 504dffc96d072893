#!/usr/bin/env python3
"""proxies.py - through a real tinyproxy, with and without a password, past a
proxy that is exempt, and against proxies that misbehave."""

import os
import pwd
import socket
import threading

from harness import (ENV, SECRETS, Case, Place, Run, dispatch, free_port,
                     main, wait_for_listener, write_users)

PASSWORD = "pa55-w0rd.x"
ESCAPED = "pa55%2Dw0rd.x"
SECRETS.update((PASSWORD, ESCAPED, "user:" + PASSWORD))
CONFIG = """User {user}
Port {port}
Listen 127.0.0.1
Timeout 20
LogLevel Info
LogFile "{dir}/{name}.log"
{more}
"""


def start_tinyproxy(place, name, more=""):
    port = free_port()
    user = pwd.getpwuid(os.getuid()).pw_name
    place.write(name, CONFIG.format(user=user, port=port, dir=place.path,
                                    name=name, more=more))
    place.start(["tinyproxy", "-d", "-c", place.file(name)], stdout=-3,
                stderr=-3)
    wait_for_listener(port)
    return f"127.0.0.1:{port}"


class ProxyPlace(Place):
    """With an open proxy, a proxy that wants a password, and an address
    where nobody listens."""

    def __init__(self):
        super().__init__()
        self.open = start_tinyproxy(self, "open")
        self.closed = start_tinyproxy(self, "closed",
                                      f"BasicAuth user {PASSWORD}")
        self.nobody = f"127.0.0.1:{free_port()}"
        self.log_read = {}

    def passed_through(self, name):
        """Whether this proxy made a tunnel since the last call."""
        log = self.read(name + ".log")
        new = log[self.log_read.get(name, 0):]
        self.log_read[name] = len(log)
        return "CONNECT localhost" in new


def run_case(tap, place, name, more=(), **env):
    run = Run(place, dispatch(place, "octo/app",
                              more=["--retries", "0", *more]), {**ENV, **env})
    return Case(tap, name, run)


def succeeds(case):
    case.exits(0)
    case.sends(1)


def fails(case, status, message):
    case.exits(status)
    case.sends(0)
    case.reports(message)


def test_open_proxy(tap, place):
    case = run_case(tap, place, "--proxy", ["--proxy", "http://" + place.open])
    succeeds(case)
    case.check(place.passed_through("open"), "the proxy makes a tunnel")
    for name in ("DISPATCH_PROXY", "HTTPS_PROXY", "https_proxy", "ALL_PROXY",
                 "all_proxy"):
        case = run_case(tap, place, name, **{name: "http://" + place.open})
        succeeds(case)
        case.check(place.passed_through("open"), "the proxy makes a tunnel")


def test_password(tap, place):
    url = f"http://user:{ESCAPED}@{place.closed}"
    case = run_case(tap, place, "a proxy and its password", ["--proxy", url])
    succeeds(case)
    case.check(place.passed_through("closed"), "the proxy makes a tunnel")
    case.check(not any("proxy" in name.lower()
                       for name, _ in case.run.requests[0]["fields"]),
               "the server does not see the proxy's credentials")
    fails(run_case(tap, place, "a proxy without its password",
                   ["--proxy", "http://" + place.closed]), 8,
          "the proxy 127.0.0.1: it responded with status 407")
    fails(run_case(tap, place, "a proxy and a wrong password",
                   ["--proxy", f"http://user:no@{place.closed}"]), 8,
          "does not accept this user and password")
    case = run_case(tap, place, "-v with a proxy", ["-v", "--proxy", url])
    succeeds(case)
    case.reports("using the proxy 127.0.0.1")


def test_exempt(tap, place):
    proxy = "http://" + place.nobody
    fails(run_case(tap, place, "nobody listens", ["--proxy", proxy]), 8,
          "the proxy 127.0.0.1: cannot connect")
    for exempt in ("localhost", "*", f"localhost:{place.port}",
                   "a,.localhost"):
        succeeds(run_case(tap, place, f"NO_PROXY={exempt}", HTTPS_PROXY=proxy,
                          NO_PROXY=exempt))
    for end in ("\r", " \n"):
        succeeds(run_case(tap, place, f"NO_PROXY with {end!r} at its end",
                          HTTPS_PROXY=proxy, NO_PROXY="localhost" + end))
    fails(run_case(tap, place, "NO_PROXY in quotes", HTTPS_PROXY=proxy,
                   NO_PROXY="'localhost'"), 2,
          "NO_PROXY has quotes around its value")
    fails(run_case(tap, place, "no_proxy for another port", HTTPS_PROXY=proxy,
                   no_proxy="localhost:1"), 8, "cannot connect")
    succeeds(run_case(tap, place, "an empty --proxy", ["--proxy", ""],
                      HTTPS_PROXY=proxy))


def test_https_proxy(tap, place):
    fails(run_case(tap, place, "an https proxy",
                   ["--proxy", "https://u:pw@p"]), 2,
          "--proxy: only http:// proxies are supported")


MISBEHAVING = [
    # What the proxy sends, the exit status, and a part of standard error.
    (b"", 8, "it closed the connection before it responded"),
    (b"HTTP/1.1 403 Forbidden\r\n\r\nno", 8, "it responded with status 403"),
    (b"SSH-2.0\r\n", 8, "its response is not valid HTTP"),
    (b"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03", 8,
     "it sent bytes after its response"),
    (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 9000, 8,
     "its response is not valid HTTP: its head is over 8 KiB"),
    (b"HTTP/1.1 302 Found\r\n\r\n", 8, "NO_PROXY lists hosts"),
    (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", 8, "check its name servers"),
    (b"HTTP/1.1 501 Not Implemented\r\n\r\n", 8, "supports CONNECT"),
    (b"HTTP/1.1 407 A\r\nProxy-Authenticate: Negotiate\r\n\r\n", 8,
     "it offers the authentication Negotiate, and only Basic is supported"),
    (b"HTTP/1.1 407 A\r\nProxy-Authenticate: Digest realm=\"Basic, x\", "
     b"nonce=\"y\"\r\nProxy-Authenticate: NTLM, ##[error]\r\n\r\n", 8,
     "the authentication Digest, NTLM, #\\x23, and only"),
    (b"HTTP/1.1 407 A\r\nProxy-Authenticate: Bearer, Basic\r\n\r\n", 8,
     "wants a user and a password"),
    (b"HTTP/1.1 407 A\r\n\r\n", 8, "wants a user and a password"),
    (b"HTTP/1.1 100 Continue\r\n\r\n" * 9, 8, "more than 8 interim"),
    # The TLS handshake is with the server, not with the proxy.
    (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"
     b"HTTP/1.1 200 OK\r\n\r\n", 9, "during the TLS handshake"),
    (b"HTTP/1.1 200 OK\r\n\r\n", 9, "during the TLS handshake"),
]


def serve_once(listener, response):
    """Sends this after the first request, and nothing more.

    It reads until the client has closed: to close with bytes unread would
    reset the connection, which is another failure."""
    near, _ = listener.accept()
    near.recv(4096)
    near.sendall(response)
    near.shutdown(socket.SHUT_WR)
    try:
        while near.recv(4096):
            pass
    except ConnectionResetError:
        pass  # the client had bytes unread
    near.close()


def test_misbehaving(tap, place):
    for response, status, message in MISBEHAVING:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=serve_once, daemon=True,
                             args=(listener, response)).start()
            port = listener.getsockname()[1]
            fails(run_case(tap, place,
                           f"a proxy that sends {response[:20]!r}",
                           ["--proxy", f"127.0.0.1:{port}"]), status, message)


def serve_all(listener, response, heads):
    """Sends this after every request, whose heads are kept."""
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        heads.append(near.recv(4096))
        near.sendall(response)
        near.close()


def run_many(place, response, *more):
    """Two targets, and a proxy that sends this to every request. Returns the
    run and the requests of the proxy."""
    heads = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve_all, daemon=True,
                         args=(listener, response, heads)).start()
        port = listener.getsockname()[1]
        run = Run(place, dispatch(
            place, "octo/one", "octo/two",
            more=[*more, "--proxy", f"user:{ESCAPED}@127.0.0.1:{port}"]))
    return run, heads


def test_policy(tap, place):
    refusal = b"HTTP/1.1 407 A\r\nProxy-Authenticate: NTLM\r\n\r\n"
    run, heads = run_many(place, refusal)
    case = Case(tap, "a proxy that does not take Basic", run)
    case.exits(8)
    case.check([b"Proxy-Authorization" in head for head in heads] ==
               [True, False], "no credentials are sent after its refusal")
    run, heads = run_many(place, b"HTTP/1.1 503 Unavailable\r\n\r\n",
                          "--retries", "1")
    case = Case(tap, "a proxy that cannot reach the host", run)
    case.exits(8)
    case.check(len(heads) == 4, "each target is tried again")
    case.reports("retrying in", "octo/one: the proxy 127.0.0.1: it responded "
                 "with status 503", "octo/two: the proxy")


SQUID = """http_port 127.0.0.1:{port}
pid_filename none
cache deny all
cache_log /dev/null
access_log none
shutdown_lifetime 0 seconds
dns_nameservers 127.0.0.1
dns_timeout 1 second
{more}
"""
SQUID_HELPERS = "/usr/lib/squid/"
SQUID_BASIC = """auth_param basic program {helpers}basic_ncsa_auth {dir}/users
acl known proxy_auth REQUIRED
http_access allow known
"""
SQUID_OTHERS = """auth_param negotiate program {helpers}negotiate_kerberos_auth
auth_param ntlm program {helpers}ntlm_fake_auth
acl known proxy_auth REQUIRED
http_access allow known
"""


def start_squid(place, name, more):
    port = free_port()
    place.write(name, SQUID.format(port=port, more=more.format(
        dir=place.path, helpers=SQUID_HELPERS)))
    place.start(["squid", "-N", "-f", place.file(name)], stdout=-3, stderr=-3)
    wait_for_listener(port)
    return f"127.0.0.1:{port}"


def test_squid(tap, place):
    """Debian's squid, which runs as another user."""
    os.chmod(place.path, 0o755)
    write_users(place, "user", PASSWORD)
    basic = start_squid(place, "squid.basic", SQUID_BASIC)
    url = f"http://user:{ESCAPED}@{basic}"
    succeeds(run_case(tap, place, "squid and its password", ["--proxy", url]))
    fails(run_case(tap, place, "squid without a password",
                   ["--proxy", "http://" + basic]), 8,
          "wants a user and a password")
    fails(run_case(tap, place, "squid and a wrong password",
                   ["--proxy", f"http://user:no@{basic}"]), 8,
          "does not accept this user and password")
    nobody = f"https://{place.nobody}"
    fails(run_case(tap, place, "squid to a host that is not there",
                   ["--proxy", url, "--api-url", nobody]), 8,
          "it responded with status 503")
    fails(run_case(tap, place, "squid to a host without an address",
                   ["--proxy", url, "--api-url", "https://no.invalid"]), 8,
          "check its name servers")
    others = start_squid(place, "squid.others", SQUID_OTHERS)
    for user in ("", f"user:{ESCAPED}@"):
        fails(run_case(tap, place, "squid with Negotiate and NTLM",
                       ["--proxy", f"http://{user}{others}"]), 8,
              "it offers the authentication Negotiate, NTLM, and only Basic")


if __name__ == "__main__":
    main(test_open_proxy, test_password, test_exempt, test_https_proxy,
         test_misbehaving, test_policy, test_squid, place=ProxyPlace)
