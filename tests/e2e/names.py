#!/usr/bin/env python3
"""names.py - name look-ups while name servers misbehave.

The test runs in network and mount namespaces of its own, so that /etc/hosts,
/etc/resolv.conf and port 53 are its own. RECORDS says how the name server
responds to each question. Needs root.
"""

import ctypes
import fcntl
import socket
import struct
import threading
import time

from harness import Case, Run, dispatch, main, relay

CLONE_NEWNS, CLONE_NEWNET = 0x20000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
LIBC = ctypes.CDLL(None, use_errno=True)
A, CNAME, AAAA = 1, 5, 28
LOOPBACK, LOOPBACK6 = b"\x7f\0\0\1", b"\0" * 15 + b"\1"
DEAD, DEAD6 = b"\x7f\0\0\2", b"\xfd" + b"\0" * 14 + b"\2"

FINE, FAILURE, NO_NAME, REFUSED = 0, 2, 3, 5
# For each question a response code and records: a type, data, and the owner's
# name if it is not the question's.
RECORDS = {
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
    ("alias.names.test", A): (FINE, [
        (CNAME, b"\1x\0"), (A, LOOPBACK, b"\1X\0"), (A, DEAD, b"\1y\0")]),
    ("alias.names.test", AAAA): (FINE, [(CNAME, b"\1x\0")]),
    ("stray.names.test", A): (FINE, [(A, LOOPBACK, b"\1y\0")]),
    ("stray.names.test", AAAA): (FINE, []),
    ("loop.names.test", A): (FINE, [
        (CNAME, b"\1x\0"), (CNAME, b"\xc0\x0c", b"\1x\0")]),
    ("loop.names.test", AAAA): (FINE, []),
    # Two name servers, of which the first is slow.
    ("split.names.test", A): (FINE, [(A, LOOPBACK)]),
    ("split.names.test", AAAA): (FINE, []),
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
# Names of servers that do not understand EDNS, with their response code.
OLD = {"formerr.names.test": 1, "notimp.names.test": 4}
# Names whose response is truncated over UDP, and the records over TCP.
CUT = {"cut.names.test": "huge.names.test",
       "cutends.names.test": "v4.names.test",
       "cutpartends.names.test": "v4.names.test",
       "cutsilent.names.test": "v4.names.test"}
for fine in (*OLD, "dropped.names.test"):
    RECORDS[fine, A] = (FINE, [(A, LOOPBACK)])
    RECORDS[fine, AAAA] = (FINE, [])
# More than is read.
RECORDS["huge.names.test", A] = (FINE, [(A, LOOPBACK)] * 4000)
RECORDS["huge.names.test", AAAA] = (FINE, [])
SEARCH = "search broken.test names.test\noptions ndots:5 timeout:1 attempts:"


def make_response(query, code, records):
    head = struct.pack(">HHHHHH", int.from_bytes(query[:2], "big"),
                       0x8180 | code, 1, len(records), 0, 0)
    body = b"".join((owner[0] if owner else b"\xc0\x0c") +
                    struct.pack(">HHIH", kind, 1, 60, len(data)) + data
                    for kind, data, *owner in records)
    return head + query[12:question_end(query)] + body


def cut(response, query, length=0):
    """Truncated after the question, or this much later."""
    return response[:2] + bytes([response[2] | 2]) + \
        response[3:question_end(query) + length]


def has_edns(query):
    return query[11] == 1


def question_end(query):
    """Where the additional records begin."""
    at = 12
    while query[at]:
        at += query[at] + 1
    return at + 5


def question_of(query):
    """The name and the type."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    return ".".join(labels), int.from_bytes(query[at + 1:at + 3], "big")


class NameServer:
    """A name server, which keeps the names that it was asked for."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.listener = socket.create_server((address, 53))
        self.asked = []
        self.seen = []  # the name, the id and the port of each UDP query
        for serve in (self.serve, self.serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def serve(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            name, kind = question_of(query)
            self.asked.append(name)
            self.seen.append((name, query[:2], peer[1]))
            if name.startswith("split"):
                time.sleep(0.1)
            for response in self.responses_to(query, name, kind):
                self.socket.sendto(response, peer)

    def serve_tcp(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.talk, args=(peer,),
                             daemon=True).start()

    def talk(self, peer):
        """Responds in pieces, so that the length is cut, too."""
        with peer:
            length = int.from_bytes(peer.recv(2, socket.MSG_WAITALL), "big")
            query = peer.recv(length, socket.MSG_WAITALL)
            name, kind = question_of(query)
            response = make_response(query, *RECORDS[CUT[name], kind])
            frame = len(response).to_bytes(2, "big") + response
            if name.startswith("cutends"):
                frame = frame[:-1]
            if name.startswith("cutsilent"):
                peer.recv(1)
                return
            for start in (0, 1, 2, 20):
                peer.sendall(frame[start:{0: 1, 1: 2, 2: 20}.get(start)])
                time.sleep(0.02)

    def responses_to(self, query, name, kind):
        if name.startswith("lost") and self.asked.count(name) <= 2:
            return
        if name.startswith("dropped") and has_edns(query):
            return
        if name in OLD and has_edns(query):
            # Only the header, as some do, or with the question.
            yield query[:2] + bytes([0x81, 0x80 | OLD[name]]) + b"\0" * 8
            return
        if name in CUT:
            response = make_response(query, *RECORDS[CUT[name], kind])
            yield cut(response, query, 16 if "part" in name else 0)
            return
        if name.startswith("forged"):
            # Another id, and another question.
            wrong = [(A, DEAD)]
            yield make_response(bytes([query[0] ^ 1]) + query[1:], FINE, wrong)
            yield make_response(query[:12] + query[12:].replace(
                b"forged", b"f0rged"), FINE, wrong)
        if (name, kind) in RECORDS:
            yield make_response(query, *RECORDS[name, kind])
        elif "silent" not in name:
            yield make_response(
                query, FAILURE if "broken" in name else NO_NAME, [])


class Denier:
    """A name server that denies every name at once."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            self.socket.sendto(make_response(query, NO_NAME, []), peer)


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


FAILING = "fails.names.test"
CASES = [
    # The name, the name servers, the exit status, a part of standard error.
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
    ("stray.names.test", "127.0.0.1", 8, "the name has no address"),
    ("loop.names.test", "127.0.0.1", 8, "the name server failed"),
    ("lost.names.test", "127.0.0.1", 0, ""),
    ("formerr.names.test", "127.0.0.1", 0, ""),
    ("notimp.names.test", "127.0.0.1", 0, ""),
    ("dropped.names.test", "127.0.0.1", 0, ""),
    ("cut.names.test", "127.0.0.1", 0, ""),
    ("cutends.names.test", "127.0.0.1", 8, "truncated, and TCP failed"),
    ("cutpartends.names.test", "127.0.0.1", 0, ""),
    ("cutsilent.names.test", "127.0.0.1", 8, "truncated, and TCP failed"),
    # The first is slower than the one that denies every name, or is down.
    ("split.names.test", "127.0.0.1\nnameserver 127.0.0.2", 0, ""),
    ("none.names.test", "127.0.0.9\nnameserver 127.0.0.2", 8,
     "the name does not exist"),
    ("silent.names.test", "127.0.0.1\nnameserver 127.0.0.2", 8,
     "the name does not exist"),
    ("forged.names.test", "127.0.0.1", 0, ""),
    ("hosts.names.test", "127.0.0.1", 0, ""),
    ("HOSTS2.names.test", "127.0.0.1", 0, ""),
    ("empty.names.test", "127.0.0.1", 8, "the name has no address"),
    ("none.names.test", "127.0.0.1", 8, "the name does not exist"),
    ("fails.names.test", "127.0.0.1", 8, "the name server failed"),
    ("refuses.names.test", "127.0.0.1", 8, "the name server failed"),
    ("silent.names.test", "127.0.0.1", 8, "no name server responded in time"),
    # Addresses where nobody listens, and text that is not an address.
    ("both.names.test", "127.0.0.9\nnameserver 127.0.0.1", 0, ""),
    ("both.names.test", "nonsense\nnameserver ::1\nnameserver 127.0.0.1", 0,
     ""),
    ("both.names.test", "127.0.0.9", 8, "the name server failed or cannot"),
]


def dispatch_to(place, name):
    return Run(place, dispatch(place, "octo/app", host=name,
                               more=["--connect-timeout", "5",
                                     "--retries", "0"]))


def test_names(tap, place):
    if not enter_namespaces(place):
        tap.skip("names", "namespaces are not available here")
        return
    server = NameServer("127.0.0.1")
    Denier("127.0.0.2")
    place.write("hosts", "# none\n127.0.0.1 a b hosts.names.test # c\n"
                "::1\thosts2.names.test\n127.0.0.1 hosts2.names.test\n")
    relay(socket.create_server(("::1", place.port), family=socket.AF_INET6),
          place.port)
    for name, servers, status, message in CASES:
        place.write("resolv.conf", f"nameserver {servers}\n{SEARCH}2\n")
        case = Case(tap, f"{name} with {servers.split()}",
                    dispatch_to(place, name))
        case.exits(status)
        if message:
            case.reports(message)
    place.write("resolv.conf", "nameserver 127.0.0.1\n")
    Case(tap, "no response about IPv4 does not use up the time",
         dispatch_to(place, "v4silent.names.test")).exits(0)
    failing = [query for query in server.seen if query[0] == FAILING]
    tap.check(len(failing) == 4, "a server that fails is asked twice",
              failing)
    tap.check(len({port for _, _, port in failing}) == 2,
              "each time from another port", failing)
    tap.check(len({number for _, number, _ in failing}) > 2,
              "with other ids", failing)
    searched = [name for name in server.asked
                if name.startswith("none.names.test")]
    tap.check("none.names.test.broken.test" in searched,
              "the search domains are used", searched)
    tap.check(searched[0] == "none.names.test",
              "the name itself comes before the search domains", searched)
    place.write("resolv.conf", f"nameserver 127.0.0.1\n{SEARCH}1\n")
    for name in ("inside.cluster", "single"):
        # No certificate is for these names: TLS fails, the look-up did not.
        Case(tap, f"{name}, which is in a search domain",
             dispatch_to(place, name)).exits(9)


if __name__ == "__main__":
    main(test_names)
