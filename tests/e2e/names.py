#!/usr/bin/env python3
"""names.py - names are looked up while name servers misbehave.

In network and mount namespaces of our own: /etc/hosts and /etc/resolv.conf
are ours, and so is port 53. What each name does is the table below. Needs
root to set up.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import threading

from harness import TOKEN, Place, Tap, relay

CLONE_NEWNS, CLONE_NEWNET = 0x20000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
LIBC = ctypes.CDLL(None, use_errno=True)
A, CNAME, AAAA = 1, 5, 28
LOOPBACK, LOOPBACK6 = b"\x7f\0\0\1", b"\0" * 15 + b"\1"
DEAD, DEAD6 = b"\x7f\0\0\2", b"\xfd" + b"\0" * 14 + b"\2"

# Of each question the answer: a response code and records, or None for
# silence.
FINE, FAILURE, NO_NAME, REFUSED = 0, 2, 3, 5
TABLE = {
    ("both.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("both.names.test", AAAA): (FINE, [(AAAA, LOOPBACK6)]),
    ("v4.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("v4.names.test", AAAA): (FINE, []),
    ("v6.names.test", A): (FINE, []),
    ("v6.names.test", AAAA): (FINE, [(AAAA, LOOPBACK6)]),
    ("v6fails.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("v6fails.names.test", AAAA): (FAILURE, []),
    ("v6isnot.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("v6isnot.names.test", AAAA): (NO_NAME, []),
    ("v6silent.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("v4silent.names.test", AAAA): (FINE, [(AAAA, LOOPBACK6)]),
    ("v6dead.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("v6dead.names.test", AAAA): (FINE, [(AAAA, DEAD6)]),
    ("v4dead.names.test", A): (FINE, [(A, DEAD)]),
    ("v4dead.names.test", AAAA): (FINE, [(AAAA, LOOPBACK6)]),
    ("alias.names.test", A): (FINE, [(CNAME, b"\1x\0"), (A, LOOPBACK)]),
    ("alias.names.test", AAAA): (FINE, [(CNAME, b"\1x\0")]),
    ("many.names.test", A): (FINE, [(A, LOOPBACK)] * 25),
    ("many.names.test", AAAA): (FINE, []),
    ("empty.names.test", A): (FINE, []),
    ("empty.names.test", AAAA): (FINE, []),
    ("none.names.test", A): (NO_NAME, []),
    ("none.names.test", AAAA): (NO_NAME, []),
    ("fails.names.test", A): (FAILURE, []),
    ("fails.names.test", AAAA): (FAILURE, []),
    ("refuses.names.test", A): (REFUSED, []),
    ("refuses.names.test", AAAA): (REFUSED, []),
    ("lost.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("lost.names.test", AAAA): (FINE, []),
    ("forged.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("forged.names.test", AAAA): (FINE, []),
    # Found only within a search domain.
    ("inside.cluster.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("inside.cluster.names.test", AAAA): (FINE, []),
    ("single.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("single.names.test", AAAA): (FINE, []),
}
OPTIONS = "search broken.test names.test\noptions ndots:5 timeout:1 attempts:"


def answer(query, code, records):
    head = struct.pack(">HHHHHH", int.from_bytes(query[:2], "big"),
                       0x8180 | code, 1, len(records), 0, 0)
    body = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data))
                    + data for kind, data in records)
    return (head + query[12:] + body)[:512]


class NameServer:
    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.asked = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += query[at] + 1
            kind = int.from_bytes(query[at + 1:at + 3], "big")
            name = ".".join(labels)
            self.asked.append(name)
            code, records = (TABLE.get((name, kind)) or
                             (None if "silent" in name else
                              FAILURE if "broken" in name else NO_NAME, []))
            if name.startswith("lost") and self.asked.count(name) <= 2:
                continue
            if name.startswith("forged"):
                # Another id, and another question.
                wrong = [(A, DEAD)]
                forged = bytes([query[0] ^ 1]) + query[1:]
                self.socket.sendto(answer(forged, FINE, wrong), peer)
                other = query[:12] + query[12:].replace(b"forged", b"f0rged")
                self.socket.sendto(answer(other, FINE, wrong), peer)
            if code is not None:
                self.socket.sendto(answer(query, code, records), peer)


def enter_namespaces(place):
    if LIBC.unshare(CLONE_NEWNS | CLONE_NEWNET) != 0:
        return False
    if LIBC.mount(None, b"/", None, MS_REC | MS_PRIVATE, None) != 0:
        return False
    for name in ("hosts", "resolv.conf"):
        place.write(name, "")
        if LIBC.mount(place.file(name).encode(), b"/etc/" + name.encode(),
                      None, MS_BIND, None) != 0:
            return False
    with socket.socket() as s:
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    return True


CASES = [
    # Name, configuration, status, and a piece of standard error.
    ("both.names.test", "127.0.0.1", 0, ""),
    ("v4.names.test", "127.0.0.1", 0, ""),
    ("v6.names.test", "127.0.0.1", 0, ""),
    ("v6fails.names.test", "127.0.0.1", 0, ""),
    ("v6isnot.names.test", "127.0.0.1", 0, ""),
    ("v6silent.names.test", "127.0.0.1", 0, ""),
    ("v4silent.names.test", "127.0.0.1", 0, ""),
    ("v6dead.names.test", "127.0.0.1", 0, ""),
    ("v4dead.names.test", "127.0.0.1", 0, ""),
    ("alias.names.test", "127.0.0.1", 0, ""),
    ("many.names.test", "127.0.0.1", 0, ""),
    ("lost.names.test", "127.0.0.1", 0, ""),
    ("forged.names.test", "127.0.0.1", 0, ""),
    ("hosts.names.test", "127.0.0.1", 0, ""),
    ("HOSTS2.names.test", "127.0.0.1", 0, ""),
    ("empty.names.test", "127.0.0.1", 8, "the name has no address"),
    ("none.names.test", "127.0.0.1", 8, "the name does not exist"),
    ("fails.names.test", "127.0.0.1", 8, "the name server failed"),
    ("refuses.names.test", "127.0.0.1", 8, "the name server failed"),
    ("silent.names.test", "127.0.0.1", 8, "no name server answered in time"),
    # One where nobody listens, and one that is no address.
    ("both.names.test", "127.0.0.9\nnameserver 127.0.0.1", 0, ""),
    ("both.names.test", "nonsense\nnameserver ::1\nnameserver 127.0.0.1", 0,
     ""),
    ("both.names.test", "127.0.0.9", 8, "the name server failed or cannot"),
]


def dispatch(place, name, port):
    return place.run(["-r", "octo/app", "-e", "deploy", "--ca-file",
                      place.file("root.pem"), "--api-url",
                      f"https://{name}:{port}", "--connect-timeout", "5"],
                     {"GH_PAT": TOKEN})


def main():
    tap = Tap()
    with Place() as place:
        if not enter_namespaces(place):
            tap.skip("names", "no namespaces to be had here")
            return tap.done()
        server = NameServer("127.0.0.1")
        port = place.stand_in()
        place.write("hosts", "# none\n127.0.0.1 a b hosts.names.test # c\n"
                    "::1\thosts2.names.test\n127.0.0.1 hosts2.names.test\n")
        # On ::1 somebody passes it on.
        relay(socket.create_server(("::1", port), family=socket.AF_INET6),
              port)
        for name, servers, status, error in CASES:
            place.write("resolv.conf",
                        f"nameserver {servers}\n{OPTIONS}2\n")
            result = dispatch(place, name, port)
            tap.check(result.returncode == status and
                      error in result.stderr.decode(),
                      f"{name} with {servers.split()}", result.stderr)
        place.write("resolv.conf", "nameserver 127.0.0.1\n")
        result = dispatch(place, "v4silent.names.test", port)
        tap.check(result.returncode == 0,
                  "silence about IPv4 does not use up the time",
                  result.stderr)
        tap.check("none.names.test.broken.test" in server.asked and
                  server.asked.index("none.names.test") <
                  server.asked.index("none.names.test.broken.test"),
                  "the search domains come behind the name itself")
        place.write("resolv.conf", f"nameserver 127.0.0.1\n{OPTIONS}1\n")
        for name in ("inside.cluster", "single"):
            # No certificate has these names: that far it must come.
            result = dispatch(place, name, port)
            tap.check(result.returncode == 9,
                      f"{name} is found in a search domain", result.stderr)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
