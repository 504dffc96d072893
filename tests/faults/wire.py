"""wire.py - the first connection of a run is cut after a number of bytes, up
(to the server) or down (to the client): by a reset, an end in both directions,
the end of one direction, or silence. The second connection is whole, so that a
retry can deliver what was delivered already."""

import json
import re
import socket
import ssl
import struct
import threading
import time

from scene import SCENARIOS, broken_promise, judge, leak

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
CUTS = ("reset", "end", "half-close", "silence")
RESPONSE = (b"HTTP/1.1 204 No Content\r\nServer: github.com\r\n"
            b"X-GitHub-Request-Id: CUT:1\r\n"
            b"Date: Sat, 28 Nov 2026 10:00:00 GMT\r\n\r\n")
NEVER = 1 << 30
PAUSE = 0.3  # seconds between an end and the reset that follows


class Cut(Exception):
    """The connection has got as far as it may."""


class Wire:
    """A server for one run. up, down: bytes that its first connection may
    carry in each direction. It counts the complete requests it received as
    scene.Server does, and the bytes of the first connection."""

    def __init__(self, scene, version, up, down, how):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(scene.file("good.chain.pem"),
                                     scene.file("good.key"))
        self.context.minimum_version = VERSIONS[version]
        self.context.maximum_version = VERSIONS[version]
        self.limits, self.how = (up, down), how
        self.delivered, self.lock = {}, threading.Lock()
        self.connections = 0
        self.first = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            end = End(self, stream, *(self.limits if self.connections == 1
                                      else (NEVER, NEVER)))
            self.first = self.first or end
            threading.Thread(target=end.serve, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def count(self, head, body):
        name = re.match(rb"POST /repos/([^ ]*)/dispatches ", head)
        json.loads(body)
        if name:
            name = name[1].decode()
            with self.lock:
                self.delivered[name] = self.delivered.get(name, 0) + 1


class End:
    """The server's end of a connection."""

    def __init__(self, wire, stream, up, down):
        self.wire, self.stream = wire, stream
        self.limit = {"up": up, "down": down}
        self.carried = {"up": 0, "down": 0}
        self.is_mute = self.is_over = False
        self.read, self.unsent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = wire.context.wrap_bio(self.read, self.unsent,
                                         server_side=True)

    def take(self, direction, data):
        """The part of data that is carried."""
        data = data[:self.limit[direction] - self.carried[direction]]
        self.carried[direction] += len(data)
        return data

    def is_cut(self, direction):
        return self.carried[direction] >= self.limit[direction]

    def flush(self):
        data = self.unsent.read()
        if not self.is_mute and data:
            self.stream.sendall(self.take("down", data))
        if not self.is_mute and self.is_cut("down"):
            self.cut("down")

    def receive(self):
        data = self.stream.recv(65536)
        if not data:
            raise Cut
        self.read.write(self.take("up", data))

    def call(self, function, *arguments):
        while True:
            try:
                return function(*arguments)
            except ssl.SSLWantReadError:
                # What has arrived up to the cut was read; now it happens.
                if self.is_cut("up") and not self.is_over:
                    self.is_over = True
                    self.cut("up")
                self.flush()
                if self.is_over:
                    self.wait()
                self.receive()

    def cut(self, direction):
        how = self.wire.how
        if how == "reset":
            self.reset()
        if how == "end":
            self.stream.shutdown(socket.SHUT_WR)
            time.sleep(PAUSE)
            self.reset()
        if how == "half-close":
            self.stream.shutdown(socket.SHUT_WR)
        # Half a connection, or a silent one, still carries what the other
        # direction sends.
        self.is_mute = how == "half-close" or direction == "down"

    def wait(self):
        """Until the client closes; what it sends does not arrive."""
        while self.stream.recv(65536):
            pass
        raise Cut

    def reset(self):
        self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        self.stream.close()
        raise Cut

    def serve(self):
        try:
            if self.is_cut("down"):
                self.cut("down")
            self.call(self.tls.do_handshake)
            self.flush()
            data = b""
            while True:
                read = self.call(self.tls.read, 16384)
                if not read:
                    raise Cut
                data += read
                head, ended, body = data.partition(b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", head)
                if not ended or len(body) < int(length[1]):
                    continue
                self.wire.count(head, body)
                if self.is_cut("up") and not self.is_over:
                    self.is_over = True
                    self.cut("up")
                self.tls.write(RESPONSE)
                self.flush()
                data = b""
        except (OSError, Cut, ValueError):
            pass
        finally:
            self.stream.close()


def run(scene, tag, version, up, down, how):
    wire = Wire(scene, version, up, down, how)
    more = ["--tls", version]
    if how == "silence":
        more += ["--connect-timeout", "1", "--timeout", "3"]
    result = scene.run(SCENARIOS["address"], tag, port=wire.port, more=more,
                       server=wire)
    wire.close()
    return wire, result


def measure(scene, tag, version):
    """The most bytes that a whole connection carries: up and down. Signatures
    differ in length."""
    most = [0, 0]
    for i in range(5):
        wire, result = run(scene, f"{tag}-{i}", version, NEVER, NEVER, "reset")
        if result.status != 0:
            raise RuntimeError(f"a whole connection fails: {result}")
        time.sleep(0.2)
        carried = wire.first.carried
        most = [max(pair) for pair in zip(most, (carried["up"],
                                                 carried["down"]))]
    return most


def faults(version, most, step=1):
    """(version, direction, position, cut) for each."""
    for direction, last in zip(("up", "down"), most):
        for position in range(0, last + 1, step):
            for how in CUTS:
                yield version, direction, position, how


def cut(scene, tag, fault):
    """Runs one. Returns as judge() does."""
    version, direction, position, how = fault
    limits = (position, NEVER) if direction == "up" else (NEVER, position)
    _, result = run(scene, tag, version, *limits, how)
    return judge(result, lambda r: broken_promise(SCENARIOS["address"], r),
                 leak, unexpected)


def unexpected(result):
    """A cut may end in success, in a failure to connect, of TLS, or in not
    knowing."""
    if result.status not in (0, 8, 9, 10):
        return "another exit status"
    if result.status != 0 and "repository-dispatch: " not in result.err:
        return "a failure without a message"
    return None
