"""rows_honest.py - what a server may do: the request arrives once; and LATER,
where clients differ, or which takes a later connection."""

from identities import PSS_256, PSS_384, PSS_512, name
from row import (ANY, CERT, EE, FIN, NONE, SCHEMES, SH, TICKET, VERIFY, asked,
                 honest, key_update, ticket)
from scripts import (added, after, alert, before, ccs, close, data, drop,
                     fields, flush, handshake, instead, plain_record, raw,
                     record, reset, retry, sealed, settings, twice, wire)
from wire import (AES_128_GCM, AES_256_GCM, ALPN, APPLICATION_DATA,
                  BAD_RECORD_MAC, CERTIFICATE_AUTHORITIES, CHACHA20,
                  CLOSE_NOTIFY, EARLY_DATA, FINISHED, HANDSHAKE,
                  INTERNAL_ERROR, SECP256R1, SECP384R1, SERVER_NAME,
                  SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS, UNEXPECTED_MESSAGE,
                  X25519, X448, u16, u8, vector)

TWO = {"requests": 2, "arguments": ("-r", "octo/other")}

LARGE = ("-f", "a=" + "x" * 40000)
NAME_OF_CA = name("Liar root").public_bytes()

HONEST = [
    honest("nothing special", "2"),
    *[honest(f"suite {suite:#06x}", "B.4", settings(suite=suite))
      for suite in (AES_128_GCM, AES_256_GCM, CHACHA20)],
    honest("P-256 by HelloRetryRequest", "4.1.4", retry(group=SECP256R1)),
    honest("P-384 by HelloRetryRequest", "4.1.4", retry(group=SECP384R1)),
    honest("SHA-384 and HelloRetryRequest", "4.4.1", retry(group=SECP384R1),
           settings(suite=AES_256_GCM)),
    honest("a cookie", "4.2.2", retry(cookie=b"c")),
    honest("a cookie and a group", "4.2.2",
           retry(cookie=b"c" * 500, group=SECP256R1)),
    honest("ChangeCipherSpec after HelloRetryRequest", "D.4",
           retry(group=SECP256R1),
           after("hello_retry_request", "change_cipher_spec")),
    honest("a signature with P-384", "4.2.3", identity="p384"),
    *[honest(f"a signature with {scheme:#06x}", "4.2.3",
             fields(VERIFY, scheme=scheme), identity="rsa")
      for scheme in (PSS_256, PSS_384, PSS_512)],
    honest("no ChangeCipherSpec", "D.4", drop("change_cipher_spec")),
    honest("ChangeCipherSpec before Finished", "5", before(FIN, ccs())),
    honest("ChangeCipherSpec three times", "5",
           twice("change_cipher_spec"), twice("change_cipher_spec")),
    honest("the flight in one record", "5.1",
           settings(one_record=bytearray())),
    honest("records of one byte", "5.1", settings(fragment=1)),
    honest("records of 100 bytes", "5.1", settings(fragment=100)),
    honest("segments of one byte", "5.1", settings(per_byte=0.0)),
    honest("a byte of padding", "5.4", settings(padding=1)),
    honest("records padded to 2^14 + 1 bytes", "5.4",
           settings(fragment=20, padding=(1 << 14) - 20)),
    honest("plain records of version 0301", "5.1",
           wire(SH, lambda text: text[:1] + b"\3\1" + text[3:])),
    honest("legacy_version 0304 beside supported_versions", "4.2.1",
           fields(SH, version=0x0304)),
    honest("extensions of ServerHello in another order", "4.2",
           fields(SH, extensions=lambda _, pairs: pairs[::-1])),
    honest("ALPN http/1.1", "4.2", added(EE, ALPN, vector(
        2, vector(1, b"http/1.1")))),
    honest("supported_groups", "4.2.7", added(
        EE, SUPPORTED_GROUPS, vector(2, u16(X448) + u16(X25519)))),
    honest("server_name acknowledged", "4.2", added(EE, SERVER_NAME)),
    honest("an empty record before the response", "5.4",
           before("response", data(b""))),
    honest("a padded empty record before the response", "5.4",
           before("response", sealed(u8(APPLICATION_DATA) + bytes(200)))),
    honest("a response in records of one byte", "5.1",
           before("response", settings(fragment=1))),
    honest("a ticket after Finished", "4.6.1", after(FIN, ticket())),
    honest("ten tickets with the response", "4.6.1",
           before("response", *[ticket(nonce=u8(n)) for n in range(10)])),
    honest("a ticket in three records", "4.6.1", before(
        "response", settings(fragment=60), ticket())),
    honest("a ticket of lifetime 0 with early_data and an unknown extension",
           "4.6.1", before("response", ticket(lifetime=0, pairs=(
               (EARLY_DATA, bytes(4)), (0xfafa, b"?"))))),
    # The server must not; the client has only to forget it. OpenSSL 1.1.1
    # sends what the server's settings say.
    honest("a ticket of a lifetime of 30 days", "4.6.1",
           before("response", ticket(lifetime=30 * 86400))),
    honest("a ticket of 60000 bytes", "4.6.1", before(
        "response", ticket(label=bytes(60000)))),
    honest("KeyUpdate after Finished", "4.6.3", after(FIN, key_update())),
    honest("KeyUpdate before the response", "4.6.3",
           before("response", key_update())),
    honest("KeyUpdate that asks for one", "4.6.3",
           before("response", key_update(1))),
    honest("KeyUpdate after Finished that asks for one", "4.6.3",
           after(FIN, key_update(1))),
    honest("three KeyUpdates between tickets", "4.6.3", before(
        "response", ticket(), key_update(1), ticket(), key_update(),
        key_update(1))),
    *[honest(f"a second request after {what}", "4.6.3",
             after("response", *actions, "request", "response"), **TWO)
      for what, actions in (
          ("nothing", ()), ("a ticket", (ticket(),)),
          ("KeyUpdate", (key_update(),)))],
    honest("a second request after KeyUpdate with the first response",
           "4.6.3", before("response", key_update(1), key_update(1)),
           after("response", "request", "response"), **TWO),
    honest("a second request after half a ticket", "5.1", after(
        "response", record(HANDSHAKE, TICKET[:9]), "request",
        record(HANDSHAKE, TICKET[9:]), "response"), **TWO),
    honest("a second request after twenty tickets", "4.6.1", after(
        "response", *[ticket()] * 20, "request", "response"), **TWO),
    honest("certificates that are not needed", "4.4.2", fields(
        CERT, entries=lambda server, old: old * 3)),
    honest("a cookie of 8000 bytes", "4.2.2", retry(cookie=b"c" * 8000)),
    honest("CertificateRequest with many CAs", "4.2.4", asked(pairs=[
        (SIGNATURE_ALGORITHMS, SCHEMES), (CERTIFICATE_AUTHORITIES, vector(
            2, vector(2, NAME_OF_CA) * 2000))])),
    honest("CertificateRequest", "4.3.2", asked()),
    honest("CertificateRequest with an unknown extension", "4.3.2", asked(
        pairs=[(SIGNATURE_ALGORITHMS, SCHEMES), (0xfafa, b"?")])),
    honest("no close_notify after a complete response", "6.1",
           instead("close_notify", close)),
    honest("a reset after a complete response", "6.1",
           instead("close_notify", flush, reset)),
]

LATER = [
    # curl writes the second request before it reads on.
    honest("a second request after KeyUpdate that asks for one", "4.6.3",
           after("response", key_update(1), "request", "response"), **TWO),
    # What comes with the first response ends the connection, and the second
    # request has another one.
    *[honest(f"{what}, then a second request", section, after(
        "response", *actions), connections=2, then="honest", alerts=alerts,
        **TWO)
      for what, section, alerts, actions in (
          ("close_notify", "6.1", NONE, (alert(CLOSE_NOTIFY, 1),)),
          ("an alert", "6", NONE, (alert(INTERNAL_ERROR),)),
          ("application data", "5", NONE, (data(b"H"),)),
          ("a record that cannot be decrypted", "5.2", BAD_RECORD_MAC,
           (plain_record(APPLICATION_DATA, bytes(40)),)),
          ("a plain record", "5", UNEXPECTED_MESSAGE,
           (plain_record(HANDSHAKE, TICKET),)),
          ("Finished", "4", UNEXPECTED_MESSAGE,
           (handshake(FINISHED, bytes(32), hashed=False),)),
          ("half a record", "5", NONE, (raw(b"\x17\3\3\1\0"),)),
          ("a hundred tickets", "4.6.1", ANY, (ticket(),) * 100))],
    honest("a request of three records", "5.1", arguments=LARGE),
    honest("a request of three records, and KeyUpdate within it", "4.6.3",
           before("request", "first_record", key_update(1)),
           arguments=LARGE),
    honest("an end of the handshake, then a second try", "6.1",
           settings(cut=200), arguments=("--retries", "1"), connections=2,
           then="honest"),
]
