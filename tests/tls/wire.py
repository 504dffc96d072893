"""wire.py - the numbers of TLS 1.3 (RFC 8446), its key schedule (section 7) and
its protected records (section 5). It shares nothing with the binary: what both
agree on is what the RFC says."""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import (AESGCM,
                                                         ChaCha20Poly1305)

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23

# Handshake messages (section 4).
(CLIENT_HELLO, SERVER_HELLO, NEW_SESSION_TICKET, END_OF_EARLY_DATA,
 ENCRYPTED_EXTENSIONS, CERTIFICATE, CERTIFICATE_REQUEST, CERTIFICATE_VERIFY,
 FINISHED, KEY_UPDATE, MESSAGE_HASH) = (1, 2, 4, 5, 8, 11, 13, 15, 20, 24, 254)

# Alerts (section 6).
CLOSE_NOTIFY = 0
UNEXPECTED_MESSAGE = 10
BAD_RECORD_MAC = 20
RECORD_OVERFLOW = 22
HANDSHAKE_FAILURE = 40
BAD_CERTIFICATE = 42
UNSUPPORTED_CERTIFICATE = 43
CERTIFICATE_EXPIRED = 45
CERTIFICATE_UNKNOWN = 46
ILLEGAL_PARAMETER = 47
UNKNOWN_CA = 48
DECODE_ERROR = 50
DECRYPT_ERROR = 51
PROTOCOL_VERSION = 70
INTERNAL_ERROR = 80
USER_CANCELED = 90
MISSING_EXTENSION = 109
UNSUPPORTED_EXTENSION = 110
CERTIFICATE_REQUIRED = 116
NO_APPLICATION_PROTOCOL = 120

# Extensions (section 4.2).
SERVER_NAME = 0
STATUS_REQUEST = 5
SUPPORTED_GROUPS = 10
EC_POINT_FORMATS = 11
SIGNATURE_ALGORITHMS = 13
ALPN = 16
SCT = 18
PADDING = 21
EXTENDED_MASTER_SECRET = 23
PRE_SHARED_KEY = 41
EARLY_DATA = 42
SUPPORTED_VERSIONS = 43
COOKIE = 44
CERTIFICATE_AUTHORITIES = 47
POST_HANDSHAKE_AUTH = 49
KEY_SHARE = 51
RENEGOTIATION_INFO = 65281

SECP256R1, SECP384R1, SECP521R1, X25519, X448 = 23, 24, 25, 29, 30

AES_128_GCM, AES_256_GCM, CHACHA20 = 0x1301, 0x1302, 0x1303
SUITES = {
    AES_128_GCM: (hashlib.sha256, 16, AESGCM),
    AES_256_GCM: (hashlib.sha384, 32, AESGCM),
    CHACHA20: (hashlib.sha256, 32, ChaCha20Poly1305),
}

# Section 4.1.3.
RETRY_RANDOM = hashlib.sha256(b"HelloRetryRequest").digest()
DOWNGRADE_12, DOWNGRADE_11 = b"DOWNGRD\1", b"DOWNGRD\0"


def u8(n):
    return n.to_bytes(1, "big")


def u16(n):
    return n.to_bytes(2, "big")


def u24(n):
    return n.to_bytes(3, "big")


def vector(size, data):
    """A vector with a length of that many bytes (section 3.4)."""
    return len(data).to_bytes(size, "big") + data


def extensions(pairs):
    return vector(2, b"".join(u16(kind) + vector(2, data)
                              for kind, data in pairs))


def message(kind, body):
    return u8(kind) + vector(3, body)


class Reader:
    """Reads numbers and vectors from bytes; too few are a ValueError."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        if size > len(self.data):
            raise ValueError("a field goes past its end")
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def vector(self, size):
        return self.take(self.number(size))

    def numbers(self, size):
        """All that is left, as numbers of that size."""
        found = []
        while self.data:
            found.append(self.number(size))
        return found


def expand_label(new_hash, secret, label, context, length):
    """HKDF-Expand-Label of section 7.1, over HKDF-Expand of RFC 5869."""
    info = (u16(length) + vector(1, b"tls13 " + label) + vector(1, context))
    output = block = b""
    while len(output) < length:
        block = hmac.digest(secret, block + info + u8(
            len(output) // new_hash().digest_size + 1), new_hash)
        output += block
    return output[:length]


class Schedule:
    """The secrets of one handshake without a pre-shared key (section 7.1)."""

    def __init__(self, suite):
        self.new_hash = SUITES[suite][0]
        self.size = self.new_hash().digest_size
        self.secret = hmac.digest(bytes(self.size), bytes(self.size),
                                  self.new_hash)

    def hash(self, data):
        return self.new_hash(data).digest()

    def advance(self, shared):
        """From the early secret to the handshake's, and on to the master
        secret."""
        salt = self.derive(b"derived", b"")
        self.secret = hmac.digest(salt, shared or bytes(self.size),
                                  self.new_hash)

    def derive(self, label, transcript):
        return expand_label(self.new_hash, self.secret, label,
                            self.hash(transcript), self.size)

    def finished(self, secret, transcript):
        """Section 4.4.4."""
        key = expand_label(self.new_hash, secret, b"finished", b"", self.size)
        return hmac.digest(key, self.hash(transcript), self.new_hash)


class Protection:
    """One direction of protected records (sections 5.2, 5.3 and 7.3)."""

    def __init__(self, suite, secret):
        self.suite = suite
        self.set_secret(secret)

    def set_secret(self, secret):
        new_hash, key_size, aead = SUITES[self.suite]
        self.secret = secret
        self.aead = aead(expand_label(new_hash, secret, b"key", b"",
                                      key_size))
        self.iv = expand_label(new_hash, secret, b"iv", b"", 12)
        self.sequence = 0

    def update(self):
        """The next generation of keys (section 7.2)."""
        new_hash = SUITES[self.suite][0]
        self.set_secret(expand_label(new_hash, self.secret, b"traffic upd",
                                     b"", new_hash().digest_size))

    def nonce(self):
        number = int.from_bytes(self.iv, "big") ^ self.sequence
        self.sequence += 1
        return number.to_bytes(12, "big")

    def seal(self, inner, version=0x0303):
        """A whole record. inner is TLSInnerPlaintext: content, type, zeros."""
        header = u8(APPLICATION_DATA) + u16(version) + u16(len(inner) + 16)
        return header + self.aead.encrypt(self.nonce(), inner, header)

    def open(self, header, data):
        """The type and the content, or None if it cannot be decrypted."""
        try:
            inner = self.aead.decrypt(self.nonce(), data, header)
        except InvalidTag:
            return None
        content = inner.rstrip(b"\0")
        return content[-1], content[:-1]
