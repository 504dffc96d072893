"""row.py - what a row of the tables has: what the server does, the section of
RFC 8446 that allows or forbids it, and what the client must do then; and what
several tables use.

Where the RFC leaves the alert open, a row has each that it allows."""

from dataclasses import dataclass

from identities import ECDSA_P256, PSS_256
from scripts import after, fields, handshake, settings
from wire import (CERTIFICATE_REQUEST, HANDSHAKE, NEW_SESSION_TICKET,
                  SIGNATURE_ALGORITHMS, extensions, message, u16, vector)

NONE = -1  # no alert
ANY = None  # whatever the client sends

SH, HRR, EE = "server_hello", "hello_retry_request", "encrypted_extensions"
CERT, VERIFY, FIN = "certificate", "certificate_verify", "finished"
SECRET_FLIGHT = (EE, CERT, VERIFY, FIN)
SCHEMES = vector(2, u16(ECDSA_P256) + u16(PSS_256))


@dataclass
class Row:
    name: str
    section: str
    alerts: object = NONE  # one, several, NONE or ANY
    script: tuple = ()
    status: object = 9
    requests: int = 0
    identity: str = "p256"
    plain: bool = False    # the client has no keys for its alert yet
    arguments: tuple = ()
    then: str = ""         # what later connections get: see run.py
    connections: int = 1
    text: str = ""         # a part of standard error
    either: bool = False   # or it goes on as if nothing had happened
    host: str = "localhost"


def honest(name, section, *script, **more):
    return Row(name, section, script=script, status=0,
               **{"requests": 1, **more})


def hello(name, section, alerts, *script, **more):
    return Row(name, section, alerts, script, plain=True, **more)


def lie(name, section, alerts, *script, **more):
    return Row(name, section, alerts, script, **more)


def late(name, section, alerts, *script, **more):
    """Something that is wrong once the request has arrived."""
    return Row(name, section, alerts, script, status=10, requests=1, **more)


def request_certificate(context=b"", pairs=None, doubled=False):
    """CertificateRequest (section 4.3.2)."""
    pairs = [(SIGNATURE_ALGORITHMS, SCHEMES)] if pairs is None else pairs
    return handshake(CERTIFICATE_REQUEST,
                     vector(1, context) + extensions(pairs * (1 + doubled)))


def asked(context=b"", **more):
    def change(server):
        after(EE, request_certificate(context, **more))(server)
        server.wants_certificate = context
    return change


def ticket(**more):
    return lambda server: server.ticket(**more)


def key_update(request=0):
    return lambda server: server.key_update(request)


def forged_share(size):
    """So many bytes of the honest share; padded if it is shorter."""
    return fields(SH, public=lambda _, public: (public + bytes(size))[:size])


def zero_shared(public):
    return [fields(SH, public=public), settings(shared=bytes(32))]


def flipped(at, bit=1):
    def edit(octets):
        place = at if at >= 0 else len(octets) + at
        return (octets[:place] + bytes([octets[place] ^ bit]) +
                octets[place + 1:])
    return edit


def sent(name, edit):
    """What is sent of a message, but not what is in the transcript."""
    def change(server):
        server.edit_sent[name] = lambda _, text: edit(text)
    return change


def in_the_middle(name, action):
    """An action between two records of a message."""
    def send(server, text):
        server.record(HANDSHAKE, text[:20])
        action(server)
        return text[20:]
    return lambda server: server.edit_sent.update({name: send})


TICKET = message(NEW_SESSION_TICKET, bytes(9) + u16(1) + b"t" + bytes(2))
