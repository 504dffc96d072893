#!/usr/bin/env python3
"""delivery.py - servers that respond too early: before the request, or before
all of it. Which response counts, and what the exit status says about it."""

import socket
import ssl
import struct
import threading
import time

from harness import Case, Run, dispatch, main

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
LARGE = 1000000  # bytes of a payload, more than a small window takes


class Server:
    """TLS on loopback, with windows so small that a large request does not
    fit. behave(stream) is called for each connection, in a thread."""

    def __init__(self, place, behave, version=TLS12):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(place.file("good.chain.pem"),
                                     place.file("good.key"))
        self.context.minimum_version = version
        self.context.maximum_version = version
        self.version = "1.3" if version == TLS13 else "1.2"
        self.behave = behave
        self.connections = 0
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,),
                             daemon=True).start()

    def serve(self, connection):
        try:
            self.behave(Stream(connection, self.context))
        except OSError:
            pass
        finally:
            connection.close()


class Stream:
    """TLS whose records are sent when flush() says so."""

    def __init__(self, connection, context):
        self.connection = connection
        self.received, self.unsent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.received, self.unsent,
                                    server_side=True)

    def flush(self):
        self.connection.sendall(self.unsent.read())

    def call(self, function, *arguments):
        """Calls it until it has got what it wants to read."""
        while True:
            try:
                return function(*arguments)
            except ssl.SSLWantReadError:
                self.flush()
                data = self.connection.recv(4096)
                if not data:
                    raise OSError("the client has gone") from None
                self.received.write(data)

    def handshake(self):
        """All but the sending of the last flight."""
        self.call(self.tls.do_handshake)

    def read(self):
        return self.call(self.tls.read, 16384)

    def send(self, data):
        self.tls.write(data)
        self.flush()

    def notify_close(self):
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        self.connection.close()

    def end(self, how):
        if how == "reset":
            time.sleep(0.2)
            self.reset()
        elif how == "close":
            self.connection.shutdown(socket.SHUT_WR)
            time.sleep(0.2)
            self.reset()
        else:
            # The client closes once its time is up.
            threading.Event().wait(30)


def status(line, *fields):
    return "".join(f"{text}\r\n" for text in (
        "HTTP/1.1 " + line, "X-GitHub-Request-Id: EARLY:1", *fields,
        "")).encode()


NO_BODY = "Content-Length: 0"
EARLY = [
    # A response to the first part of a request, the exit status, how many
    # tries there are with one retry, and a part of standard error.
    (status("204 No Content"), 10, 1, "responded with status 204 before"),
    (status("100 Continue") + status("200 OK", NO_BODY), 10, 1,
     "responded with status 200 before"),
    (status("503 Service Unavailable", NO_BODY), 10, 1, "HTTP 503"),
    (status("413 Content Too Large", NO_BODY), 6, 1, "HTTP 413"),
    (status("404 Not Found", NO_BODY), 5, 1, "HTTP 404"),
    (status("307 Temporary Redirect", "Location: https://x.test/", NO_BODY),
     6, 1, "HTTP 307"),
    (status("200 OK", "Content-Length: 10"), 10, 1,
     "responded with status 200 before"),
    (b"HTTP/1.1 204 No", 10, 1, "responded with status 204 before"),
    (b"HTTP/1.1 204 No Content\r\nX: ", 10, 1,
     "responded with status 204 before"),
    (b"HTTP/1.1 2", 8, 2, "retrying in"),
    (status("100 Continue"), 8, 2, "retrying in"),
    (b"", 8, 2, "retrying in"),
]


def respond_early(response, how):
    def behave(stream):
        stream.handshake()
        stream.flush()
        stream.read()
        if response:
            stream.send(response)
        stream.end(how)
    return behave


def run(place, server, *more):
    return Run(place, dispatch(place, "octo/app", port=server.port,
                               more=["--tls", server.version, *more]))


def test_early(tap, place):
    """The server never has the whole request."""
    place.write("large.json", '{"a":"' + "x" * LARGE + '"}')
    large = ["--no-limits", "--payload", "@large.json"]
    for row, (response, code, tries, message) in enumerate(EARLY):
        for how, version in (
                ("reset", TLS12), ("reset", TLS13), ("close", TLS12),
                ("close", TLS13), ("silent", TLS13),
                ("silent", TLS12))[:6 if row % 3 == 0 else 2]:
            server = Server(place, respond_early(response, how), version)
            limits = ["--retries", "1", "--timeout", "5"]
            if how == "silent":
                limits = ["--retries", "0", "--timeout", "2"]
            name = f"TLS {server.version}, {response[:28]!r}, then {how}"
            case = Case(tap, name, run(place, server, *large, *limits))
            case.exits(code)
            if how == "silent":
                case.check(server.connections == 1, "there is one try")
                message = "" if code == 8 else message
            else:
                case.check(server.connections == tries,
                           f"the number of tries is {tries}")
            case.reports(message)


def speak_first(data):
    """Sends this with the end of the handshake, and then responds to what it
    gets. With TLS 1.2, where the server's Finished is the last message; tests/tls
    has servers of TLS 1.3 that do so."""
    def behave(stream):
        stream.handshake()
        if data:
            stream.tls.write(data)
        else:
            stream.notify_close()
        stream.flush()
        stream.read()
        stream.send(status("204 No Content"))
        stream.read()
    return behave


def test_speaks_first(tap, place):
    for name, data in (("a 204", status("204 No Content")),
                       ("a 404", status("404 Not Found", NO_BODY)),
                       ("an interim response", status("100 Continue")),
                       ("a single byte", b"H"), ("its end", b"")):
        server = Server(place, speak_first(data))
        case = Case(tap, f"a server that sends {name} first",
                    run(place, server, "--retries", "1"))
        case.exits(8)
        case.reports("before it had the request", "retrying in")
        case.check(server.connections == 2, "there are two tries")

    def once(stream, turns=iter([status("204 No Content")])):
        stream.handshake()
        stream.tls.write(next(turns, b""))
        stream.flush()
        stream.read()
        stream.send(status("204 No Content"))
        stream.read()
    server = Server(place, once)
    case = Case(tap, "a server that sends a 204 first, once",
                run(place, server))
    case.exits(0)
    case.check(server.connections == 2, "there are two tries")


if __name__ == "__main__":
    main(test_early, test_speaks_first)
