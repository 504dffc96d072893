"""server.py - one connection of a TLS 1.3 server (RFC 8446) that is honest
until a script changes it.

The server takes the steps in Server.steps one after the other. A step is the
name of a method, or a function of the server. A script is a list of functions
of the server that change its steps and what they send; scripts.py has them. All
that the server sends is in its own transcript, so that a client which does not
notice a lie goes on: its Finished fits, and its request arrives.

What the client did is in Server.seen. Each byte of it is accounted for: what is
no ClientHello, ChangeCipherSpec, alert, Certificate, Finished, KeyUpdate or
request is one of its faults."""

import os
import re
import socket
import struct
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from hello import UNREADABLE, Hello, Seen
from identities import sign
from wire import (ALERT, APPLICATION_DATA, CERTIFICATE, CERTIFICATE_VERIFY,
                  CHANGE_CIPHER_SPEC, CLIENT_HELLO, CLOSE_NOTIFY, COOKIE,
                  ENCRYPTED_EXTENSIONS, FINISHED, HANDSHAKE, KEY_SHARE,
                  KEY_UPDATE, MESSAGE_HASH, NEW_SESSION_TICKET, PADDING,
                  RETRY_RANDOM, SECP256R1, SECP384R1, SERVER_HELLO, SUITES,
                  SUPPORTED_VERSIONS, USER_CANCELED, X25519, Protection, Schedule, extensions,
                  message, u8, u16, vector)

CONTEXT = b" " * 64 + b"TLS 1.3, server CertificateVerify\0"
RESPONSE = (b"HTTP/1.1 204 No Content\r\nX-GitHub-Request-Id: LIAR:1\r\n"
            b"\r\n")
CURVES = {SECP256R1: ec.SECP256R1(), SECP384R1: ec.SECP384R1()}
POINT = (serialization.Encoding.X962,
         serialization.PublicFormat.UncompressedPoint)
STEPS = ("client_hello", "server_hello", "change_cipher_spec",
         "encrypted_extensions", "certificate", "certificate_verify",
         "finished", "client_finished", "request", "response", "close_notify")
PATIENCE = 20  # seconds without a byte of the client


class Ended(Exception):
    """The client has sent an alert or its end."""


class Server:
    def __init__(self, connection, identity):
        self.connection = connection
        self.identity = identity
        self.steps = list(STEPS)
        # What a script sets: the values of fields by message and name, and
        # functions that are applied to a message's body, to the message, to
        # what goes into the records, and to the records.
        self.fields = {}
        self.edit_body, self.edit_message = {}, {}
        self.edit_sent, self.edit_wire = {}, {}
        self.suite = None      # the client's first, if not set
        self.group = X25519
        self.shared = None     # in place of the shared secret
        self.padding = 0
        self.fragment = 1 << 14
        self.one_record = None  # collects handshake messages if a bytearray
        self.per_byte = None   # seconds between the bytes
        self.cut = None        # only so many bytes of the flight are sent:
        self.at_cut = "close"
        self.flip = None       # a byte of the flight, and its bit, to change
        self.answers = RESPONSE
        self.wants_certificate = None  # the context of CertificateRequest

        self.hellos = []
        self.transcript = b""
        self.other_key = None  # one that fits no certificate
        self.reading = self.writing = None
        self.unsent = bytearray()
        self.received = bytearray()
        self.handshake = bytearray()
        self.has_changed = False  # the client has sent ChangeCipherSpec
        self.updates = 0       # KeyUpdates that were asked for
        self.owes_update = False  # before it may send more data
        self.is_open = False   # the client's Finished has arrived
        self.unparsed = b""    # of a request
        self.wanted = 0        # requests
        self.seen = Seen()

    # The run.

    def serve(self):
        try:
            for step in self.steps:
                if callable(step):
                    step(self)
                else:
                    getattr(self, step)()
            self.flush()
            self.drain()
        except Ended:
            pass
        except TimeoutError:
            self.seen.faults.append("silence")
        except OSError:
            self.after_reset()
        finally:
            self.connection.close()

    def after_reset(self):
        """What the client sent before it went may still be there."""
        self.seen.reset = True
        try:
            self.drain()
        except (Ended, OSError):
            pass

    def drain(self):
        """Reads until the client's end."""
        while True:
            if self.is_open:
                self.read_post_handshake()
            else:
                self.read_record()

    # What goes out.

    def flush(self):
        self.end_record()
        data, self.unsent = bytes(self.unsent), bytearray()
        if self.per_byte is None:
            self.connection.sendall(data)
            return
        for byte in data:
            self.connection.sendall(u8(byte))
            self.wait(self.per_byte)

    def flush_flight(self):
        """What ends with Finished, cut or changed if the script says so."""
        self.end_record()
        if self.cut is not None:
            del self.unsent[min(self.cut, len(self.unsent) - 1):]
            self.flush()
            getattr(self, self.at_cut)()
            self.drain()
        if self.flip is not None:
            at, bit = self.flip
            self.unsent[self.meant(at % len(self.unsent))] ^= 1 << bit
            self.flush()
            self.close()
        self.flush()

    def meant(self, at):
        """The place, or one after it: the version of a plain record means
        nothing (section 5.1)."""
        begin = 0
        while begin + 5 <= at:
            size = int.from_bytes(self.unsent[begin + 3:begin + 5], "big")
            if at < begin + 5 + size:
                break
            begin += 5 + size
        plain = self.unsent[begin] != APPLICATION_DATA
        return begin + 3 if plain and begin < at < begin + 3 else at

    @staticmethod
    def wait(seconds):
        time.sleep(seconds)

    def close(self):
        """TCP's end of what this side sends."""
        self.connection.shutdown(socket.SHUT_WR)

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        self.connection.close()
        raise Ended

    def silence(self):
        """Until the client gives up."""
        self.drain()

    def end_record(self):
        if self.one_record:
            data, self.one_record = bytes(self.one_record), bytearray()
            self.record(HANDSHAKE, data)

    def record(self, kind, data, protected=None):
        """Adds records with this content, encrypted if there are keys."""
        if protected is None:
            protected = self.writing is not None
        size = (self.fragment if kind in (HANDSHAKE, APPLICATION_DATA)
                else len(data) or 1)
        for begin in range(0, len(data) or 1, size):
            part = data[begin:begin + size]
            if protected:
                self.unsent += self.writing.seal(
                    part + u8(kind) + bytes(self.padding))
            else:
                self.unsent += (u8(kind) + u16(0x0303) + vector(2, part))

    def send_message(self, name, kind, body, hashed=True):
        """Adds a handshake message, after the script's changes of it."""
        body = self.edit_body.get(name, lambda _, same: same)(self, body)
        whole = self.edit_message.get(name, lambda _, same: same)(
            self, message(kind, body))
        if hashed:
            self.transcript += whole
        if self.one_record is not None and name != "server_hello":
            self.one_record += whole
            return
        begin = len(self.unsent)
        self.record(HANDSHAKE, self.edit_sent.get(
            name, lambda _, same: same)(self, whole))
        if name in self.edit_wire:
            self.unsent[begin:] = self.edit_wire[name](
                self, bytes(self.unsent[begin:]))

    def field(self, name, field, default):
        value = self.fields.get(name, {}).get(field, default)
        return value(self, default) if callable(value) else value

    # What comes in.

    def receive(self, size):
        self.connection.settimeout(PATIENCE)
        while len(self.received) < size:
            data = self.connection.recv(65536)
            if not data:
                if self.received:
                    self.seen.faults.append("half a record")
                raise Ended
            self.received += data
        data = bytes(self.received[:size])
        del self.received[:size]
        return data

    def read_record(self):
        """The type and the content of the next record that is neither an
        alert nor ChangeCipherSpec."""
        while True:
            header = self.receive(5)
            size = int.from_bytes(header[3:], "big")
            if header[0] not in (20, 21, 22, 23) or size > (1 << 14) + 256:
                self.seen.faults.append(f"record header {header.hex()}")
                raise Ended
            kind, data = header[0], self.receive(size)
            if header[1:3] != b"\3\3" and self.hellos:
                self.seen.faults.append("a record without version 0303")
            protected = kind == APPLICATION_DATA
            if protected:
                opened = self.reading and self.reading.open(header, data)
                if not opened and size == 2 + 1 + 16:
                    self.seen.alert, self.seen.protected = UNREADABLE, True
                    continue
                if not opened:
                    self.seen.faults.append(
                        "a record that cannot be decrypted")
                    raise Ended
                kind, data = opened
            elif kind == CHANGE_CIPHER_SPEC:
                if data != b"\1" or self.is_open or self.has_changed:
                    self.seen.faults.append("a wrong ChangeCipherSpec")
                self.has_changed = True
                continue
            elif kind == HANDSHAKE and self.reading and len(self.hellos) and (
                    self.writing):
                self.seen.faults.append("a handshake message in plain text")
            if kind == ALERT:
                self.take_alert(data, protected)
                continue
            if kind == APPLICATION_DATA:
                self.take_request(data)
            return kind, data

    def take_alert(self, data, protected):
        if len(data) != 2:
            self.seen.faults.append("an alert that is not one")
            raise Ended
        if data[1] == CLOSE_NOTIFY and self.is_open:
            self.seen.closed = True
            return
        if data[0] != 2 and data[1] != USER_CANCELED:
            self.seen.faults.append("an alert that is not fatal")
        if self.seen.alert is not None:
            self.seen.faults.append("a second alert")
        if protected and not self.has_changed:
            self.seen.faults.append("an encrypted alert before "
                                    "ChangeCipherSpec")
        self.seen.alert, self.seen.protected = data[1], protected

    def take_request(self, data):
        if self.seen.alert is not None or self.seen.closed:
            self.seen.faults.append("data after an alert")
        if self.owes_update:
            self.seen.faults.append("data before the KeyUpdate")
        self.seen.request += data
        self.unparsed += data
        head, end, body = self.unparsed.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        if end and length and len(body) == int(length[1]):
            self.seen.requests += 1
            self.unparsed = b""

    def read_message(self):
        """The type, the body, and the whole of the next handshake message."""
        def fill(size):
            while len(self.handshake) < size:
                kind, data = self.read_record()
                if kind != HANDSHAKE or not data:
                    self.seen.faults.append(f"a record of type {kind}")
                    raise Ended
                self.handshake += data
        fill(4)
        size = 4 + int.from_bytes(self.handshake[1:4], "big")
        fill(size)
        whole = bytes(self.handshake[:size])
        del self.handshake[:size]
        return whole[0], whole[4:], whole

    def read_post_handshake(self):
        """One record of data, or a KeyUpdate."""
        kind, data = self.read_record()
        if kind != HANDSHAKE:
            return
        if data != message(KEY_UPDATE, b"\0"):
            self.seen.faults.append(f"the message {data.hex()}")
        elif self.updates == 0:
            self.seen.faults.append("a KeyUpdate that was not requested")
        self.owes_update = False
        self.updates -= 1
        self.reading.update()

    # The steps.

    def client_hello(self):
        self.flush()
        kind, body, whole = self.read_message()
        if kind != CLIENT_HELLO:
            self.seen.faults.append("no ClientHello")
            raise Ended
        self.transcript += whole
        self.hellos.append(Hello(body))
        if len(self.hellos) == 1:
            known = [each for each in self.hello.suites if each in SUITES]
            self.suite = self.suite or known[0] if known else None
            if self.suite is None:
                self.seen.faults.append("no suite of TLS 1.3 is offered")
                raise Ended
        elif len(self.hellos) == 2:
            self.check_second_hello()

    @property
    def hello(self):
        return self.hellos[-1]

    def check_second_hello(self):
        """Section 4.1.2: what may change, and what has to."""
        first, second = self.hellos
        may = (KEY_SHARE, COOKIE, PADDING)
        same = all(getattr(first, each) == getattr(second, each) for each in (
            "version", "random", "session_id", "suites", "compressions"))
        kept = [[pair for pair in hello.pairs if pair[0] not in may]
                for hello in self.hellos]
        if not same or kept[0] != kept[1]:
            self.seen.faults.append("another second ClientHello")
        wanted = self.fields["hello_retry_request"]
        cookie = wanted.get("cookie")
        if second.extensions.get(COOKIE) != (
                vector(2, cookie) if cookie is not None else None):
            self.seen.faults.append("another cookie")
        shares = [group for group, _ in second.shares]
        if shares != ([wanted["group"]] if "group" in wanted else
                      [group for group, _ in first.shares]):
            self.seen.faults.append(f"the key shares are {shares}")

    def hello_body(self, name, random, pairs):
        return (u16(self.field(name, "version", 0x0303)) +
                self.field(name, "random", random) +
                vector(1, self.field(name, "session_id",
                                     self.hello.session_id)) +
                u16(self.field(name, "suite", self.suite)) +
                u8(self.field(name, "compression", 0)) +
                extensions(self.field(name, "extensions", pairs)))

    def hello_retry_request(self):
        """Section 4.1.4; with the synthetic message of 4.4.1."""
        name = "hello_retry_request"
        wanted = self.fields[name]
        digest = SUITES[self.suite][0](self.transcript).digest()
        if len(self.hellos) == 1:
            self.transcript = message(MESSAGE_HASH, digest)
        pairs = [(SUPPORTED_VERSIONS, u16(0x0304))]
        if "group" in wanted:
            pairs.append((KEY_SHARE, u16(wanted["group"])))
            self.group = wanted["group"]
        if "cookie" in wanted:
            pairs.append((COOKIE, vector(2, wanted["cookie"])))
        self.send_message(name, SERVER_HELLO,
                          self.hello_body(name, RETRY_RANDOM, pairs))

    def agree(self):
        """A key pair. Returns the public key and the shared secret."""
        theirs = dict(self.hello.shares).get(self.group)
        if theirs is None or self.group not in (X25519, *CURVES):
            self.seen.faults.append("no share of the group")
            raise Ended
        if self.group == X25519:
            private = x25519.X25519PrivateKey.generate()
            return (private.public_key().public_bytes(
                serialization.Encoding.Raw, serialization.PublicFormat.Raw),
                private.exchange(
                    x25519.X25519PublicKey.from_public_bytes(theirs)))
        curve = CURVES[self.group]
        private = ec.generate_private_key(curve)
        return (private.public_key().public_bytes(*POINT), private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(
                curve, theirs)))

    def server_hello(self):
        """Section 4.1.3; and the keys of the handshake."""
        public, shared = self.agree()
        public = self.field("server_hello", "public", public)
        group = self.field("server_hello", "group", self.group)
        self.send_message("server_hello", SERVER_HELLO, self.hello_body(
            "server_hello", os.urandom(32), [
                (SUPPORTED_VERSIONS, u16(0x0304)),
                (KEY_SHARE, u16(group) + vector(2, public))]))
        self.schedule = Schedule(self.suite)
        self.schedule.advance(shared if self.shared is None else self.shared)
        self.reading = Protection(self.suite, self.schedule.derive(
            b"c hs traffic", self.transcript))
        self.writing = Protection(self.suite, self.schedule.derive(
            b"s hs traffic", self.transcript))

    def change_cipher_spec(self):
        self.record(CHANGE_CIPHER_SPEC, b"\1", protected=False)

    def encrypted_extensions(self):
        pairs = self.field("encrypted_extensions", "extensions", [])
        self.send_message("encrypted_extensions", ENCRYPTED_EXTENSIONS,
                          extensions(pairs))

    def certificate(self):
        name = "certificate"
        context = self.field(name, "context", b"")
        entries = self.field(name, "entries", [
            (der, []) for der in self.identity.chain])
        self.send_message(name, CERTIFICATE, vector(1, context) + vector(
            3, b"".join(vector(3, der) + extensions(pairs)
                        for der, pairs in entries)))

    def certificate_verify(self):
        name = "certificate_verify"
        if self.writing is None:
            self.send_message(name, CERTIFICATE_VERIFY, bytes(76))
            return
        scheme = self.field(name, "scheme", self.identity.scheme)
        content = (self.field(name, "context", CONTEXT) + self.field(
            name, "hash", self.schedule.hash(self.transcript)))
        signature = self.field(name, "signature", sign(
            self.field(name, "key", self.identity.key),
            self.field(name, "signed_with", scheme), content,
            self.field(name, "salt", None)))
        self.send_message(name, CERTIFICATE_VERIFY,
                          u16(scheme) + vector(2, signature))

    def finished(self):
        """Section 4.4.4; and the keys for writing application data."""
        if self.writing is None:
            self.send_message("finished", FINISHED, bytes(32))
            return
        data = self.field("finished", "data", self.schedule.finished(
            self.writing.secret, self.transcript))
        self.send_message("finished", FINISHED, data)
        self.end_record()
        self.client_finished_from = self.transcript
        self.handshake_secret = self.writing.secret
        self.schedule.advance(b"")
        self.client_secret = self.schedule.derive(b"c ap traffic",
                                                  self.transcript)
        self.writing = Protection(self.suite, self.schedule.derive(
            b"s ap traffic", self.transcript))

    def client_finished(self):
        """The client's flight: an empty Certificate if one was requested
        (4.4.2), and Finished."""
        self.flush_flight()
        if self.wants_certificate is not None:
            kind, body, whole = self.read_message()
            if kind != CERTIFICATE or body != vector(
                    1, self.wants_certificate) + vector(3, b""):
                self.seen.faults.append("no empty Certificate")
            self.client_finished_from += whole
        kind, body, _ = self.read_message()
        if kind != FINISHED or body != self.schedule.finished(
                self.reading.secret, self.client_finished_from):
            self.seen.faults.append("a wrong Finished")
        if self.handshake:
            self.seen.faults.append("Finished does not end its record")
        self.reading = Protection(self.suite, self.client_secret)
        self.is_open = True

    def first_record(self):
        self.flush()
        self.read_post_handshake()

    def request(self):
        """The client has read what came with the response before. At the
        first request it may not have read all that came with Finished."""
        self.flush()
        self.owes_update = self.wanted > 0 and self.updates > 0
        self.wanted += 1
        while self.seen.requests < self.wanted:
            self.read_post_handshake()

    def response(self):
        self.owes_update = self.updates > 0
        self.record(APPLICATION_DATA, self.answers)

    def close_notify(self):
        self.record(ALERT, u8(1) + u8(CLOSE_NOTIFY))

    def ticket(self, lifetime=7200, nonce=b"\0", label=b"ticket" * 20,
               pairs=()):
        self.send_message("ticket", NEW_SESSION_TICKET,
                          lifetime.to_bytes(4, "big") + bytes(4) +
                          vector(1, nonce) + vector(2, label) +
                          extensions(pairs), hashed=False)

    def key_update(self, request=0):
        """Section 4.6.3. The next records have new keys."""
        self.send_message("key_update", KEY_UPDATE, u8(request), hashed=False)
        self.end_record()
        self.updates += request
        self.writing.update()
