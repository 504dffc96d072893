"""rows_records.py - lies in records, and those after the handshake."""

from hello import UNREADABLE
from row import (ANY, CERT, EE, FIN, NONE, SCHEMES, SECRET_FLIGHT, TICKET, Row,
                 asked, flipped, in_the_middle, late, lie, ticket)
from scripts import (after, alert, before, ccs, close, data, drop, handshake,
                     instead, order, plain_record, record, reset, sealed,
                     settings, wire)
from wire import (ALERT, APPLICATION_DATA, BAD_CERTIFICATE, BAD_RECORD_MAC,
                  CERTIFICATE, CERTIFICATE_REQUEST, CERTIFICATE_REQUIRED,
                  CERTIFICATE_VERIFY, CLIENT_HELLO, CLOSE_NOTIFY, DECODE_ERROR,
                  EARLY_DATA, ENCRYPTED_EXTENSIONS, END_OF_EARLY_DATA,
                  FINISHED, HANDSHAKE, HANDSHAKE_FAILURE, ILLEGAL_PARAMETER,
                  INTERNAL_ERROR, KEY_UPDATE, NEW_SESSION_TICKET,
                  PROTOCOL_VERSION, RECORD_OVERFLOW, SERVER_HELLO,
                  SIGNATURE_ALGORITHMS, UNEXPECTED_MESSAGE, USER_CANCELED,
                  extensions, message, u16, u8, vector)

RECORD_LIES = [
    *[lie(f"{what} before {name}", "5", UNEXPECTED_MESSAGE,
          before(name, action))
      for name in (EE, FIN)
      for what, action in (
          ("ChangeCipherSpec of 0", ccs(b"\0")),
          ("ChangeCipherSpec of two bytes", ccs(b"\1\1")),
          ("ChangeCipherSpec without a byte", ccs(b"")),
          ("an encrypted ChangeCipherSpec", ccs(protected=True)),
          ("a record of type 0", plain_record(0, b"\0\0\0")),
          ("a record of type 24", plain_record(24, b"\1\0\0")),
          ("an encrypted record of type 24", record(24, b"\1\0\0")),
          ("an encrypted record of type 255", record(255, b"\1\0\0")),
          ("a record of zeros", sealed(bytes(40))),
          ("an encrypted empty handshake record", record(HANDSHAKE, b"")),
          ("an encrypted padded empty handshake record",
           sealed(u8(HANDSHAKE) + bytes(30))),
          ("a plain handshake record", plain_record(
              HANDSHAKE, message(ENCRYPTED_EXTENSIONS, b"\0\0"))))],
    lie("an empty encrypted record", "5.2", (UNEXPECTED_MESSAGE,
                                             BAD_RECORD_MAC),
        before(EE, sealed(b""))),
    lie("a record of 16 bytes that cannot be decrypted", "5.2",
        BAD_RECORD_MAC, before(EE, plain_record(APPLICATION_DATA,
                                                bytes(16)))),
    *[lie(f"an encrypted record of {size} bytes", "5.2",
          (BAD_RECORD_MAC, DECODE_ERROR, UNEXPECTED_MESSAGE),
          before(EE, plain_record(APPLICATION_DATA, bytes(size))))
      for size in (0, 1, 15)],
    lie("an encrypted record of 2^14 + 257 bytes", "5.2", RECORD_OVERFLOW,
        before(EE, plain_record(APPLICATION_DATA, bytes((1 << 14) + 257)))),
    lie("an encrypted record of 65535 bytes", "5.2", RECORD_OVERFLOW,
        before(EE, plain_record(APPLICATION_DATA, b"", size=65535))),
    lie("2^14 + 1 bytes of content", "5.2", RECORD_OVERFLOW,
        before(EE, sealed(bytes((1 << 14) + 1) + u8(HANDSHAKE)))),
    lie("2^14 + 2 bytes with padding", "5.4", RECORD_OVERFLOW,
        before(EE, settings(padding=(1 << 14) - 5))),
    lie("a bit of the tag is changed", "5.2", BAD_RECORD_MAC,
        wire(EE, flipped(-1))),
    lie("a bit of the cipher text is changed", "5.2", BAD_RECORD_MAC,
        wire(EE, flipped(5))),
    lie("a record is sent twice", "5.3", BAD_RECORD_MAC,
        wire(EE, lambda text: text * 2)),
    lie("a record is missing", "5.3", BAD_RECORD_MAC,
        before(EE, lambda server: server.writing.nonce())),
    lie("two records are exchanged", "5.3", BAD_RECORD_MAC,
        settings(fragment=40), wire(CERT, lambda text: (
            text[62:124] + text[:62] + text[124:]))),
    lie("a bit of the tag is changed, and retries", "5.2", BAD_RECORD_MAC,
        wire(EE, flipped(-1)), arguments=("--retries", "2")),
    lie("records with the client's keys", "5.2", BAD_RECORD_MAC,
        before(EE, lambda server: server.writing.set_secret(
            server.reading.secret))),
    lie("records with the keys of application data before Finished", "5.2",
        BAD_RECORD_MAC, before(FIN, lambda server: server.writing.update())),
    lie("keys from another shared secret", "7.1",
        (BAD_RECORD_MAC, UNREADABLE), settings(shared=bytes(range(32)))),
    *[lie(f"{what} in the middle of Certificate", "5.1", alerts,
          in_the_middle(CERT, action), **more)
      for what, alerts, action, more in (
          ("ChangeCipherSpec", UNEXPECTED_MESSAGE, ccs(),
           {"either": True}),
          ("application data", UNEXPECTED_MESSAGE, data(b"HTTP/1.1 204"),
           {}),
          ("empty application data", UNEXPECTED_MESSAGE, data(b""), {}),
          ("an alert", (NONE, UNEXPECTED_MESSAGE), alert(INTERNAL_ERROR),
           {}))],
    *[lie(f"{what} before {name}", "6", NONE,
          before(name, alert(code, level)), text="alert")
      for name in SECRET_FLIGHT
      for what, code, level in (
          ("alert internal_error", INTERNAL_ERROR, 2),
          ("warning internal_error", INTERNAL_ERROR, 1),
          ("alert 200", 200, 1))],
    *[lie(f"close_notify before {name}", "6.1", ANY,
          before(name, alert(CLOSE_NOTIFY, 1))) for name in SECRET_FLIGHT],
    lie("user_canceled and close_notify", "6.1", ANY,
        before(FIN, alert(USER_CANCELED, 1), alert(CLOSE_NOTIFY, 1))),
    lie("an alert in clear after ServerHello", "6",
        (NONE, UNEXPECTED_MESSAGE, BAD_RECORD_MAC),
        before(EE, alert(INTERNAL_ERROR, protected=False))),
    lie("an alert of three bytes", "5.1", (
        UNEXPECTED_MESSAGE, DECODE_ERROR, ILLEGAL_PARAMETER),
        before(EE, record(ALERT, b"\2\x28\0"))),
    lie("an empty encrypted alert", "5.4", UNEXPECTED_MESSAGE,
        before(EE, record(ALERT, b""))),
    lie("an alert in two records", "5.1", (
        UNEXPECTED_MESSAGE, DECODE_ERROR, ILLEGAL_PARAMETER),
        before(EE, record(ALERT, b"\2"), record(ALERT, b"\x28"))),
]


def late_message(what, kind, octets, alerts=UNEXPECTED_MESSAGE):
    return late(f"{what} before the response", "4.6", alerts,
                before("response", handshake(kind, octets, hashed=False)))


def with_old_keys(server):
    """KeyUpdate, and no new keys (section 4.6.3)."""
    server.record(HANDSHAKE, message(KEY_UPDATE, b"\0"))


def half_a_ticket(server):
    server.record(HANDSHAKE, TICKET[:8])


LATE_LIES = [
    *[late_message(*row) for row in (
        ("HelloRequest", 0, b""),
        ("ClientHello", CLIENT_HELLO, bytes(40)),
        ("ServerHello", SERVER_HELLO, bytes(40)),
        ("EndOfEarlyData", END_OF_EARLY_DATA, b""),
        ("EncryptedExtensions", ENCRYPTED_EXTENSIONS, b"\0\0"),
        ("Certificate", CERTIFICATE, bytes(4)),
        ("CertificateRequest", CERTIFICATE_REQUEST, vector(1, b"c") +
         extensions([(SIGNATURE_ALGORITHMS, SCHEMES)])),
        ("CertificateVerify", CERTIFICATE_VERIFY, bytes(4)),
        ("Finished", FINISHED, bytes(32)),
        ("message_hash", 254, bytes(32)),
        ("an unknown message", 99, b""),
        ("KeyUpdate 2", KEY_UPDATE, b"\2", ILLEGAL_PARAMETER),
        ("KeyUpdate 255", KEY_UPDATE, b"\xff", ILLEGAL_PARAMETER),
        ("KeyUpdate without a byte", KEY_UPDATE, b"", DECODE_ERROR),
        ("KeyUpdate of two bytes", KEY_UPDATE, b"\0\0", DECODE_ERROR),
        ("an empty ticket", NEW_SESSION_TICKET, b"", DECODE_ERROR),
        ("a ticket without a label", NEW_SESSION_TICKET,
         bytes(9) + u16(0) + u16(0), DECODE_ERROR),
        ("a ticket without extensions", NEW_SESSION_TICKET,
         bytes(9) + u16(1) + b"t", DECODE_ERROR),
        ("a ticket and a byte", NEW_SESSION_TICKET,
         bytes(9) + u16(1) + b"t" + bytes(3), DECODE_ERROR),
        ("a ticket shorter than its nonce", NEW_SESSION_TICKET,
         bytes(8) + b"\xff" + bytes(20), DECODE_ERROR),
        ("a ticket with half an extension", NEW_SESSION_TICKET,
         bytes(9) + u16(1) + b"t" + vector(2, b"\0\x2a\0"), DECODE_ERROR),
        ("a ticket with an extension twice", NEW_SESSION_TICKET,
         bytes(9) + u16(1) + b"t" + extensions(
             [(EARLY_DATA, bytes(4))] * 2),
         (ILLEGAL_PARAMETER, DECODE_ERROR)))],
    late("more follows KeyUpdate in its record", "5.1", UNEXPECTED_MESSAGE,
         before("response", lambda server: server.record(
             HANDSHAKE, message(KEY_UPDATE, b"\0") + TICKET))),
    late("two KeyUpdates in one record", "5.1", UNEXPECTED_MESSAGE,
         before("response", lambda server: server.record(
             HANDSHAKE, message(KEY_UPDATE, b"\0") * 2))),
    late("KeyUpdate, and no new keys", "4.6.3", BAD_RECORD_MAC,
         before("response", with_old_keys)),
    late("new keys, and no KeyUpdate", "4.6.3", BAD_RECORD_MAC,
         before("response", lambda server: server.writing.update())),
    late("a ticket of 2^24 - 1 bytes", "4.6.1", (
        DECODE_ERROR, ILLEGAL_PARAMETER, UNEXPECTED_MESSAGE,
        RECORD_OVERFLOW), before("response", lambda server: server.record(
            HANDSHAKE, u8(NEW_SESSION_TICKET) + b"\xff" * 3 + bytes(9)))),
    late("half a ticket, then the response", "5.1", UNEXPECTED_MESSAGE,
         before("response", half_a_ticket)),
    late("half a ticket, then an empty record", "5.1", UNEXPECTED_MESSAGE,
         before("response", half_a_ticket, data(b""))),
    *[late(f"{what} before the response", section, alerts,
           before("response", action))
      for what, section, alerts, action in (
          ("ChangeCipherSpec", "5", UNEXPECTED_MESSAGE, ccs()),
          ("an encrypted ChangeCipherSpec", "5", UNEXPECTED_MESSAGE,
           ccs(protected=True)),
          ("a plain handshake record", "5", UNEXPECTED_MESSAGE,
           plain_record(HANDSHAKE, TICKET)),
          ("a record of type 24", "5", UNEXPECTED_MESSAGE,
           plain_record(24, b"\1\0\0")),
          ("an encrypted record of type 24", "5", UNEXPECTED_MESSAGE,
           record(24, b"\1\0\0")),
          ("an encrypted record of type 255", "5", UNEXPECTED_MESSAGE,
           record(255, b"\1\0\0")),
          ("a record of zeros", "5.4", UNEXPECTED_MESSAGE,
           sealed(bytes(40))),
          ("an empty handshake record", "5.4", UNEXPECTED_MESSAGE,
           record(HANDSHAKE, b"")),
          ("an empty alert", "5.4", UNEXPECTED_MESSAGE, record(ALERT, b"")),
          ("an alert of three bytes", "5.1", (
              UNEXPECTED_MESSAGE, DECODE_ERROR, ILLEGAL_PARAMETER),
           record(ALERT, b"\2\x28\0")),
          ("two alerts in a record", "5.1", (
              UNEXPECTED_MESSAGE, DECODE_ERROR, ILLEGAL_PARAMETER),
           record(ALERT, b"\1\x5a\1\0")),
          ("a record of 2^14 + 257 bytes", "5.2", RECORD_OVERFLOW,
           plain_record(APPLICATION_DATA, bytes((1 << 14) + 257))),
          ("a record with 2^14 + 1 bytes of content", "5.2",
           RECORD_OVERFLOW,
           sealed(b"H" * ((1 << 14) + 1) + u8(APPLICATION_DATA))),
          ("a record that cannot be decrypted", "5.2", BAD_RECORD_MAC,
           plain_record(APPLICATION_DATA, bytes(60))),
          ("a record of a byte", "5.2", (
              BAD_RECORD_MAC, DECODE_ERROR, UNEXPECTED_MESSAGE),
           plain_record(APPLICATION_DATA, bytes(1))))],
    late("the response in clear", "5", BAD_RECORD_MAC,
         instead("response", lambda server: server.record(
             APPLICATION_DATA, server.answers, protected=False))),
    late("a bit of the response is changed", "5.2", BAD_RECORD_MAC,
         after("response", lambda server: server.unsent.__setitem__(
             9, server.unsent[9] ^ 1))),
    late("the response with the keys of the handshake", "7.3",
         BAD_RECORD_MAC, before("response", lambda server: (
             server.writing.set_secret(server.handshake_secret)))),
    *[late(f"alert {code} in place of the response", "6", NONE,
           instead("response", alert(code, level)), text="alert")
      for code, level in ((INTERNAL_ERROR, 2), (INTERNAL_ERROR, 1),
                          (HANDSHAKE_FAILURE, 2), (PROTOCOL_VERSION, 2),
                          (200, 1))],
    late("close_notify in place of the response", "6.1", ANY,
         drop("response")),
    late("the response after close_notify", "6.1", ANY,
         order("close_notify", "response")),
    late("an end in place of the response", "6.1", ANY,
         instead("response", close)),
    late("a reset in place of the response", "6.1", ANY,
         instead("response", reset)),
    late("half a response, and an end", "6.1", ANY,
         instead("response", data(b"HTTP/1.1 204 No Content\r\nA: "), close)),
    late("an alert in clear in place of the response", "6",
         (NONE, UNEXPECTED_MESSAGE, BAD_RECORD_MAC),
         instead("response", alert(INTERNAL_ERROR, protected=False))),
    late("an end in place of the response, and retries", "6.1", ANY,
         instead("response", close), arguments=("--retries", "2")),
    late("an alert in place of the response, and retries", "6", NONE,
         instead("response", alert(INTERNAL_ERROR)),
         arguments=("--retries", "2")),
    # A server that requested a certificate, and has sent nothing since, has
    # refused our Finished, and has read nothing of what came with it.
    *[Row(f"alert {code} after CertificateRequest", "4.4.2.4", NONE,
          (asked(), instead("response", alert(code))), requests=1,
          text="certificate")
      for code in (CERTIFICATE_REQUIRED, BAD_CERTIFICATE)],
    *[late(f"alert 116 after {what}", "4.4.2.4", NONE, *script, before(
        "response", *actions), instead("response", alert(
            CERTIFICATE_REQUIRED)), text="certificate")
      for what, script, actions in (
          ("no CertificateRequest", (), ()),
          ("CertificateRequest and a ticket", (asked(),), (ticket(),)),
          ("CertificateRequest and data", (asked(),), (
              data(b"HTTP/1.1 204"),)))],
    Row("a response with Finished", "2", ANY, (after(FIN, "response"),),
        status=8),
    Row("close_notify with Finished", "6.1", ANY,
        (after(FIN, "close_notify"),), status=(8, 9)),
]
