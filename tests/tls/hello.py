"""hello.py - what a client did: its ClientHello, taken to pieces and compared
with what the RFC demands, and the rest."""

from wire import (ALPN, EARLY_DATA, KEY_SHARE, POST_HANDSHAKE_AUTH,
                  PRE_SHARED_KEY, SERVER_NAME, SIGNATURE_ALGORITHMS,
                  SUPPORTED_GROUPS, SUPPORTED_VERSIONS, Reader, vector)


UNREADABLE = -2  # an alert encrypted with keys that the server does not have


class Seen:
    """What the client did on one connection."""

    def __init__(self):
        self.alert = None       # its code
        self.protected = False  # whether the alert was encrypted
        self.request = b""
        self.requests = 0       # whole ones
        self.faults = []
        self.closed = False     # it sent close_notify
        self.reset = False
        self.unread = False     # it ended before it had read all


class Hello:
    """A ClientHello (section 4.1.2)."""

    def __init__(self, body):
        reader = Reader(body)
        self.version = reader.number(2)
        self.random = reader.take(32)
        self.session_id = reader.vector(1)
        self.suites = Reader(reader.vector(2)).numbers(2)
        self.compressions = reader.vector(1)
        self.pairs = []
        block = Reader(reader.vector(2))
        while block.data:
            self.pairs.append((block.number(2), block.vector(2)))
        self.rest = reader.data
        self.extensions = dict(self.pairs)
        self.shares = []
        shares = Reader(Reader(self.extensions.get(KEY_SHARE,
                                                   b"\0\0")).vector(2))
        while shares.data:
            self.shares.append((shares.number(2), shares.vector(2)))

    def numbers(self, extension, size=2):
        """A list of numbers of two bytes, after a length of this size."""
        data = self.extensions.get(extension, bytes(size))
        return Reader(Reader(data).vector(size)).numbers(2)


def check_first_hello(hello, host):
    """What section 4.1.2 and others demand of a ClientHello to this host.
    Returns what is wrong with it."""
    groups = hello.numbers(SUPPORTED_GROUPS)
    shares = [group for group, _ in hello.shares]
    kinds = [kind for kind, _ in hello.pairs]
    versions = hello.numbers(SUPPORTED_VERSIONS, 1) or [0]
    name = host.encode()
    rules = {
        "4.1.2: legacy_version is 0303": hello.version == 0x0303,
        "4.1.2: no compression": hello.compressions == b"\0",
        "D.4: a session ID of 32 bytes": len(hello.session_id) == 32,
        "4.2: no extension twice": len(kinds) == len(set(kinds)),
        "4.2.1: TLS 1.3 comes first": versions[0] == 0x0304,
        "4.2.1: no version below TLS 1.2": min(versions) >= 0x0303,
        "4.2.8: shares are in the order of the groups":
            [each for each in groups if each in shares] == shares != [],
        "9.2: signature_algorithms is there":
            SIGNATURE_ALGORITHMS in kinds,
        "4.2.11: no pre-shared key is offered": PRE_SHARED_KEY not in kinds,
        "4.2.10: no early data is offered": EARLY_DATA not in kinds,
        "4.2.6: no authentication after the handshake is offered":
            POST_HANDSHAKE_AUTH not in kinds,
        "3.4: nothing follows the extensions": not hello.rest,
        "RFC 6066, 3: the name of the host, but no address":
            hello.extensions.get(SERVER_NAME) == (
                None if host[0].isdigit() else
                vector(2, b"\0" + vector(2, name))),
        "RFC 7301: http/1.1 is offered":
            hello.extensions.get(ALPN) == vector(2, vector(1, b"http/1.1")),
    }
    return [rule for rule, holds in rules.items() if not holds]
