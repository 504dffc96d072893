#!/usr/bin/env python3
"""tls13.py - TLS 1.3 with other servers: Debian's openssl s_server, gnutls-serv,
nginx and Node. Each suite, group and signature that we offer, one at a time; what a
server may do within the protocol, before, during and after the handshake; the way
back to TLS 1.2; and what is refused."""

import fcntl
import socket
import struct
import subprocess
import termios
import threading
import time

from chains import make_key, make_leaf
from harness import (Case, Run, dispatch, free_port, main,
                     wait_for_listener)
from servers import (NO_CERTIFICATES, REQUESTED, respond, start_nginx,
                     start_openssl)

SUITES = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256"]
# The server knows this group only: the second and third take a HelloRetryRequest.
GROUPS = ["X25519", "P-256", "P-384"]
# A certificate, and what the server may sign with.
SIGNATURES = [
    ("good", "ecdsa_secp256r1_sha256"),
    ("leaf", "ecdsa_secp384r1_sha384"),  # test_signatures() makes it
    ("rsa", "rsa_pss_rsae_sha256"),
    ("rsa", "rsa_pss_rsae_sha384"),
    ("rsa", "rsa_pss_rsae_sha512"),
]
# What a server may do.
HABITS = [
    ("no tickets", ["-num_tickets", "0"]),
    ("one ticket", ["-num_tickets", "1"]),
    ("ten tickets", ["-num_tickets", "10"]),
    ("tickets of sessions that it keeps", ["-no_ticket"]),
    ("tickets for early data", ["-early_data"]),
    ("no ChangeCipherSpec", ["-no_middlebox"]),
    ("records padded to 512 bytes", ["-record_padding", "512"]),
    ("records padded to 16384 bytes", ["-record_padding", "16384"]),
    ("records of 512 bytes", ["-max_send_frag", "512"]),
    ("split records", ["-split_send_frag", "512", "-max_send_frag", "512"]),
    ("a request for a client certificate", ["-verify", "1"]),
    ("ALPN", ["-alpn", "h2,http/1.1"]),
    ("TLS 1.3 only", ["-tls1_3"]),
    ("all groups", ["-groups", "P-521:X448:P-384:P-256:X25519"]),
    ("its own order of suites", ["-serverpref"]),
]
# What we do not offer, as options of the server.
REFUSED = [
    ("a group we do not know", ["-tls1_3", "-groups", "P-521"]),
    ("HTTP/2 only", ["-tls1_3", "-alpn", "h2"]),
    ("a suite we do not know",
     ["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"]),
]
GNUTLS = [
    ("X25519", "NORMAL:-VERS-ALL:+VERS-TLS1.3"),
    ("P-256", "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP256R1"),
    ("P-384", "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP384R1"),
    ("TLS_CHACHA20_POLY1305_SHA256",
     "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305"),
]
NODE = """
const https = require('https'), fs = require('fs');
https.createServer({
    key: fs.readFileSync(process.argv[2] + '.key'),
    cert: fs.readFileSync(process.argv[2] + '.chain.pem'),
    minVersion: 'TLSv1.3',
}, (request, response) => {
    request.resume();
    request.on('end', () => {
        response.writeHead(204, { 'X-GitHub-Request-Id': 'NODE:1' });
        response.end();
    });
}).listen(Number(process.argv[3]), '127.0.0.1');
"""


def run_openssl(place, cert, options, more=(), repositories=("octo/app",)):
    server, port = start_openssl(place, cert, *options)
    threading.Thread(target=respond, args=(server,), daemon=True).start()
    run = Run(place, dispatch(place, *repositories, port=port, more=more))
    server.kill()
    server.wait()
    return run


def test_suites(tap, place):
    for suite in SUITES:
        case = Case(tap, f"openssl s_server with {suite}", run_openssl(
            place, "good", ["-ciphersuites", suite], ["-v"]))
        case.exits(0)
        case.reports(f"TLS 1.3, {suite}, ")


def test_groups(tap, place):
    for group in GROUPS:
        case = Case(tap, f"openssl s_server with {group}", run_openssl(
            place, "good", ["-groups", group], ["-v"]))
        case.exits(0)
        case.reports(f", {group}, ")


def test_signatures(tap, place):
    make_key(place, "leaf", "secp384r1")
    make_leaf(place, "intermediate")
    for cert, scheme in SIGNATURES:
        case = Case(tap, f"openssl s_server that signs with {scheme}",
                    run_openssl(place, cert, ["-sigalgs", scheme], ["-v"]))
        case.exits(0)
        case.reports("TLS 1.3, ", f", {scheme}")


def test_habits(tap, place):
    """Each with two requests on one connection."""
    for name, options in HABITS:
        case = Case(tap, f"openssl s_server: {name}", run_openssl(
            place, "good", options, ["-v"], ("octo/app", "octo/other")))
        case.exits(0)
        case.reports("TLS 1.3, ")


def test_refused(tap, place):
    for name, options in REFUSED:
        Case(tap, f"openssl s_server with {name}",
             run_openssl(place, "good", options)).exits(9)
    for cert in ("rsa_pss", "ed25519", "p521"):
        Case(tap, f"openssl s_server with a key of the kind {cert}",
             run_openssl(place, cert, ["-tls1_3"])).exits(9)


def test_way_back(tap, place):
    """A server that speaks TLS 1.2 only; and one version pinned."""
    for options, more, status, version in (
            (["-no_tls1_3"], [], 0, "TLS 1.2, "),
            ([], ["--tls", "1.3"], 0, "TLS 1.3, "),
            (["-tls1_3"], ["--tls", "1.3"], 0, "TLS 1.3, "),
            (["-tls1_2"], ["--tls", "1.2"], 0, "TLS 1.2, "),
            # s_server has tickets of both versions; its sentinel is no reason
            # to refuse what the user pinned.
            ([], ["--tls", "1.2"], 0, "TLS 1.2, "),
            (["-tls1_2"], ["--tls", "1.3"], 9, ""),
            (["-tls1_3"], ["--tls", "1.2"], 9, "")):
        case = Case(tap, f"openssl s_server {' '.join(options)}, we "
                    f"{' '.join(more)}",
                    run_openssl(place, "good", options, ["-v", *more]))
        case.exits(status)
        case.reports(version)


def test_server_name(tap, place):
    """-cert2 is for the name, -cert for others. Only -cert comes with a chain."""
    case = Case(tap, "openssl s_server that chooses by the name", run_openssl(
        place, "wrong_name",
        ["-servername", "localhost", "-cert2", place.file("good.pem"), "-key2",
         place.file("good.key")], ["--ca-file", place.file("good.pem")]))
    case.exits(0)


def command(server, text):
    """Writes to s_server's standard input what it takes for a command only if it
    reads it by itself, and waits until it has."""
    server.stdin.write(text)
    server.stdin.flush()
    while struct.unpack("i", fcntl.ioctl(server.stdin, termios.FIONREAD,
                                         bytes(4)))[0] > 0:
        time.sleep(0.001)


def update_keys(server, keys):
    """Gives the commands before each response."""
    for line in server.stdout:
        if line.startswith(b"Content-Length:"):
            for key in keys:
                command(server, key.encode() + b"\n")
            command(server, b"HTTP/1.1 204 No Content\r\n\r\n")


def test_key_updates(tap, place):
    """A line K makes s_server change its keys and request that we change ours; k
    only the first. The connection is used for another request."""
    for keys in ("k", "K", "KkK", "K" * 20):
        server, port = start_openssl(place, "good", "-tls1_3")
        threading.Thread(target=update_keys, args=(server, keys),
                         daemon=True).start()
        case = Case(tap, f"openssl s_server changes its keys: {keys}", Run(
            place, dispatch(place, "octo/app", "octo/other", port=port)))
        case.exits(0)
        server.kill()
        server.wait()


def test_client_certificate(tap, place):
    """The server refuses once it has our empty list, by when the request is on
    its way: it has not read that."""
    case = Case(tap, "openssl s_server that requires a client certificate",
                run_openssl(place, "good", ["-tls1_3", "-Verify", "1"], ["-v"]))
    case.exits(9)
    case.reports(REQUESTED, NO_CERTIFICATES, "and gets none")


def pass_records(source, target):
    """What a middlebox does that knows the records of TLS 1.2 and no others: what
    is encrypted comes after a ChangeCipherSpec (RFC 8446, D.4)."""
    is_changed = False
    try:
        with source.makefile("rb") as records:
            while len(header := records.read(5)) == 5:
                kind, version, length = struct.unpack(">BHH", header)
                if (kind not in range(20, 24) or version >> 8 != 3 or
                        length > 2 ** 14 + 2048 or
                        (kind == 23 and not is_changed)):
                    break
                is_changed = is_changed or kind == 20
                target.sendall(header + records.read(length))
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def middlebox(port):
    """Passes on the records of one connection. Returns its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        near, _ = listener.accept()
        far = socket.create_connection(("127.0.0.1", port))
        for ends in ((near, far), (far, near)):
            threading.Thread(target=pass_records, args=ends,
                             daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def test_middlebox(tap, place):
    for name, options, status in (
            ("any server", [], 0),
            ("a server with P-384", ["-groups", "P-384"], 0),
            ("a server without ChangeCipherSpec", ["-no_middlebox"], 9)):
        server, port = start_openssl(place, "good", *options)
        threading.Thread(target=respond, args=(server,), daemon=True).start()
        case = Case(tap, f"a strict middlebox, {name}", Run(
            place, dispatch(place, "octo/app", port=middlebox(port),
                            more=["--retries", "0"])))
        case.exits(status)
        server.kill()
        server.wait()


def test_terminating_proxy(tap, place):
    """One that knows TLS 1.2 only, and closes the connection after each response:
    the way back is taken once."""
    _, port = start_nginx(
        place, f"proxy_pass https://127.0.0.1:{place.port};",
        "ssl_protocols TLSv1.2; keepalive_timeout 0;")
    case = Case(tap, "a proxy that ends TLS 1.2", Run(place, dispatch(
        place, "octo/app", "octo/other", port=port, more=["-v"])))
    case.exits(0)
    case.sends(2)
    case.check(case.run.err.count("TLS 1.2, ") == 2,
               "both connections are of TLS 1.2")
    case.check(case.run.err.count("connecting once more") == 1,
               "the second one begins with it")


def test_gnutls(tap, place):
    """gnutls-serv responds to any request with a page of its own."""
    for name, priority in GNUTLS:
        port = free_port()
        server = place.start(
            ["gnutls-serv", "--port", str(port), "--x509certfile",
             place.file("good.chain.pem"), "--x509keyfile",
             place.file("good.key"), "--priority", priority],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_listener(port)
        case = Case(tap, f"gnutls-serv with {name}", Run(
            place, dispatch(place, "octo/app", port=port, more=["-v"])))
        case.reports("TLS 1.3, ", name)
        server.kill()
        server.wait()


def test_nginx(tap, place):
    response = "add_header X-GitHub-Request-Id NGINX:1 always; return 204;"
    for name, extra in (
            ("both versions", ""),
            ("P-384", "ssl_ecdh_curve secp384r1;"),
            ("small records", "ssl_buffer_size 512;"),
            ("early data", "ssl_early_data on;"),
            ("a client certificate if there is one",
             f"ssl_client_certificate {place.file('root.pem')}; "
             "ssl_verify_client optional;")):
        server, port = start_nginx(
            place, response, "ssl_protocols TLSv1.2 TLSv1.3; " + extra)
        case = Case(tap, f"nginx with {name}", Run(place, dispatch(
            place, "octo/app", "octo/other", port=port, more=["-v"])))
        case.exits(0)
        case.prints("NGINX:1")
        case.reports("TLS 1.3, ")
        server.terminate()
        server.wait()


def test_node(tap, place):
    port = free_port()
    place.write("server.js", NODE)
    place.start(["node", place.file("server.js"), place.file("good"),
                 str(port)])
    wait_for_listener(port)
    case = Case(tap, "Node", Run(place, dispatch(
        place, "octo/app", "octo/other", port=port, more=["-v"])))
    case.exits(0)
    case.prints("NODE:1")
    case.reports("TLS 1.3, ")


if __name__ == "__main__":
    main(test_suites, test_groups, test_signatures, test_habits, test_refused,
         test_way_back, test_server_name, test_key_updates,
         test_client_certificate, test_middlebox, test_terminating_proxy,
         test_gnutls, test_nginx, test_node)
