"""rows_limits.py - what goes on for ever, what stops, what is cut or changed
on its way, and servers that do not speak TLS 1.3."""

from row import (ANY, CERT, EE, FIN, NONE, SH, VERIFY, Row, flipped,
                 in_the_middle, key_update, late, lie, sent, ticket)
from scripts import (after, alert, before, ccs, close, data, drop, fields,
                     many, raw, retry, sealed, settings, silence)
from wire import (APPLICATION_DATA, HANDSHAKE, HANDSHAKE_FAILURE,
                  NEW_SESSION_TICKET, PROTOCOL_VERSION, SECP256R1,
                  USER_CANCELED, message, u8)

FLOOD = 20000
FLOODS = [
    *[lie(f"{what} without end before {name}", "10", ANY,
          before(name, many(FLOOD, action)))
      for name in (SH, EE, CERT)
      for what, action in (("ChangeCipherSpec", ccs()),)],
    lie("user_canceled without end", "6.1", ANY,
        before(FIN, many(FLOOD, alert(USER_CANCELED, 1)))),
    *[late(f"{what} without end", "10", ANY, before("response", many(
        FLOOD, action)))
      for what, action in (
          ("empty records", data(b"")),
          ("padded empty records", sealed(u8(APPLICATION_DATA) +
                                          bytes(20))),
          ("KeyUpdate", key_update()),
          ("KeyUpdate that asks for one", key_update(1)),
          ("user_canceled", alert(USER_CANCELED, 1)),
          ("tickets", ticket()),
          ("tickets and empty records", lambda server: (
              server.ticket(), server.record(APPLICATION_DATA, b""))))],
    late("interim responses without end", "10", ANY, before(
        "response", many(FLOOD, data(b"HTTP/1.1 103 Early Hints\r\n\r\n")))),
]

TIMES = ("--timeout", "1")


def dribble(server):
    """A ticket in records of one byte. What is sent at a time ends with the
    first byte of a record, so that there is always more to read."""
    server.end_record()
    rest = bytes(server.unsent)
    server.unsent = bytearray()
    for byte in message(NEW_SESSION_TICKET, bytes(60000)):
        record = server.writing.seal(bytes((byte, HANDSHAKE)))
        server.connection.sendall(rest + record[:1])
        rest = record[1:]
        server.wait(0.05)


SILENCES = [
    *[Row(f"silence before {name}", "C.3", ANY, (before(name, silence),),
          status=8, arguments=TIMES) for name in (SH, EE, CERT, VERIFY, FIN)],
    Row("silence after HelloRetryRequest", "C.3", ANY, (
        retry(group=SECP256R1), before(SH, silence)), status=8,
        arguments=TIMES),
    Row("silence in the header of a record", "C.3", ANY,
        (before(SH, raw(b"\x16\3"), silence),), status=8, arguments=TIMES),
    Row("silence in the middle of Certificate", "C.3", ANY,
        (in_the_middle(CERT, silence),), status=8, arguments=TIMES),
    Row("a byte now and then", "C.3", ANY, (settings(per_byte=0.1),),
        status=8, arguments=TIMES),
    Row("a ticket that never ends, before the request", "C.3", ANY,
        (after(FIN, dribble),), status=8, arguments=TIMES),
    late("silence before the response", "C.3", ANY,
         before("response", silence), arguments=TIMES),
    late("empty records now and then", "C.3", ANY,
         before("response", many(1000, lambda server: (
             server.record(APPLICATION_DATA, b""), server.flush(),
             server.wait(0.2)))), arguments=TIMES),
]

PINNED = ("--tls", "1.3")
TLS_12 = (fields(SH, suite=0xc02b, extensions=[]),
          drop("change_cipher_spec", EE, CERT, VERIFY, FIN), after(SH, close))
WAY_BACK = [
    *[Row(f"{what}, then {then}", "D.1", ANY, script,
          status=0 if then == "TLS 1.2" else 9,
          requests=int(then == "TLS 1.2"), connections=2, then=then)
      for what, script in (
          ("alert protocol_version", (before(SH, alert(PROTOCOL_VERSION)),)),
          ("alert handshake_failure", (
              before(SH, alert(HANDSHAKE_FAILURE)),)),
          ("a ServerHello of TLS 1.2", TLS_12))
      for then in ("TLS 1.2", "TLS 1.2 with the sentinel",
                   "the alert again")],
    *[Row(f"{what}, then TLS 1.2 for two requests, each on a connection",
          "D.1", ANY, script, status=0, requests=2, connections=3,
          then="TLS 1.2 that closes", arguments=("-r", "octo/other"))
      for what, script in (
          ("alert protocol_version", (before(SH, alert(PROTOCOL_VERSION)),)),
          ("a ServerHello of TLS 1.2", TLS_12))],
    Row("alert protocol_version from somebody in between, and a retry", "D.1",
        ANY, (before(SH, alert(PROTOCOL_VERSION)),), status=0, requests=1,
        connections=3, then="TLS 1.2 with the sentinel",
        arguments=("--retries", "1")),
    Row("alert handshake_failure once, then TLS 1.3 only", "D.1", ANY,
        (before(SH, alert(HANDSHAKE_FAILURE)),), status=9, requests=2,
        connections=3, then="TLS 1.3",
        arguments=("-r", "octo/other", "-r", "octo/third")),
    Row("alert protocol_version, then silence", "D.1", ANY,
        (before(SH, alert(PROTOCOL_VERSION)),), status=8, connections=2,
        then="silence", arguments=TIMES),
    *[Row(f"{what}, and TLS 1.3 is demanded", "D.1", ANY, script,
          arguments=PINNED)
      for what, script in (
          ("alert protocol_version", (before(SH, alert(PROTOCOL_VERSION)),)),
          ("alert handshake_failure", (
              before(SH, alert(HANDSHAKE_FAILURE)),)),
          ("a ServerHello of TLS 1.2", TLS_12))],
    *[lie(f"encrypted alert {code} before {name}", "D.1", NONE,
          before(name, alert(code)))
      for name in (EE, FIN) for code in (PROTOCOL_VERSION,
                                         HANDSHAKE_FAILURE)],
    lie("alert protocol_version after HelloRetryRequest", "D.1", NONE,
        retry(group=SECP256R1), before(SH, alert(PROTOCOL_VERSION))),
]


def truncated(stride):
    """The flight, cut after so many bytes, in each of three ways."""
    ends = ("close", "reset", "close")
    return [Row(f"the flight ends after {size} bytes ({ends[size % 3]})",
                "6.1", ANY, (settings(cut=size, at_cut=ends[size % 3]),),
                status=(8, 9))
            for size in range(0, FLIGHT, stride)]


def bits(stride):
    """A bit of the flight is changed on its way. A client that takes it for
    TLS 1.2 finds the sentinel on its next connection."""
    rows = [Row(f"bit {at % 8} of byte {at} of the flight is changed", "5.2",
                ANY, (settings(flip=(at, at % 8)),), status=(8, 9),
                then="TLS 1.2 with the sentinel", connections=None)
            for at in range(0, FLIGHT, stride)]
    return rows + [
        lie(f"bit {at % 8} of byte {at} of {name} is changed", "4.4", ANY,
            sent(name, lambda text, at=at: flipped(at % len(text), 1 << at %
                                                   8)(text)),
            after(FIN, close))
        for name, size in ((EE, 6), (CERT, 450), (VERIFY, 78), (FIN, 36))
        for at in range(0, size, min(stride, 1 + size // 6))]


FLIGHT = 780  # bytes: fewer than any flight has
