"""canaries.py - secrets in the forms that a copy of them can have in memory,
and the search for any eight bytes in a row of them.

Random bytes are not there by chance: of 2^64 values a megabyte has 2^20."""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys

from harness import WINDOW, base64_parts

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, "tls"))
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import x25519  # noqa: E402
from wire import expand_label  # noqa: E402

# Beginnings that anybody knows.
PUBLIC = [b"-----BEGIN RSA PRIVATE KEY-----", b"-----END RSA PRIVATE KEY-----",
          b"ghs_eyJhbGciOi"]


BLOCK = 256  # bytes, of which many are zero


def windows(data, step=1):
    return {data[i:i + WINDOW]
            for i in range(0, len(data) - WINDOW + 1, step)}


def forms(secret):
    """Of a text. The reversed ones are those of a part (base/parts.h) in the
    memory of a little-endian processor."""
    texts = [secret, *(part.encode() for part in base64_parts(secret))]
    texts += [text.translate(bytes.maketrans(b"+/", b"-_")) for text in texts]
    texts += [text.lower().translate(bytes.maketrans(b"-_ ", b"+/+"))
              for text in texts]
    texts += [secret.hex().encode(), secret.hex().upper().encode(),
              json.dumps(secret.decode("latin-1"))[1:-1].encode()]
    return {form for text in texts for form in (text, text[::-1])}


PUBLIC_WINDOWS = set().union(*(windows(form) for text in PUBLIC
                               for form in forms(text)))


class Canaries:
    """What must not be found: each window, and whose it is."""

    def __init__(self):
        self.names = {}

    def add(self, name, text):
        for form in forms(text):
            self.add_bytes(name, form)

    def add_texts(self, texts):
        for name, text in texts.items():
            self.add(name, text.encode())

    def add_bytes(self, name, data, step=1):
        for window in windows(data, step) - PUBLIC_WINDOWS:
            self.names.setdefault(window, name)

    def add_key(self, name, data):
        """Random bytes, in words of either order as well: SHA-2 and ChaCha20
        work on such."""
        self.add_bytes(name, data)
        for size in (4, 8):
            self.add_bytes(name + " in words", b"".join(
                data[i:i + size][::-1] for i in range(0, len(data), size)))

    def add_number(self, name, number):
        """A big number, in words of 31 bits as well, as BearSSL has it while
        it computes."""
        size = (number.bit_length() + 7) // 8
        self.add_bytes(name, number.to_bytes(size, "big"))
        self.add_bytes(name, number.to_bytes(size, "little"))
        for bits in (30, 31):
            self.add_bytes(f"{name} in words", b"".join(
                (number >> bits * i & (1 << bits) - 1).to_bytes(
                    4, sys.byteorder)
                for i in range((number.bit_length() + bits - 1) // bits)), 4)

    def find(self, where, address, data):
        """Describes the first place of each secret in data."""
        found = {}
        there = set()
        for begin in range(0, len(data), BLOCK):
            # What windows that begin in the block have.
            block = data[begin:begin + BLOCK + WINDOW - 1]
            if block.strip(b"\0"):
                there |= windows(block)
        for window in self.names.keys() & there:
            at = data.index(window)
            name = self.names[window]
            if name not in found or at < found[name][0]:
                found[name] = at, window
        return [f"{name} in {where} at {address + at:#x}: {window!r}"
                for name, (at, window) in found.items()]


def key_numbers(path):
    """The secret numbers of an RSA key, by their names."""
    text = subprocess.run(
        ["openssl", "rsa", "-in", path, "-noout", "-text"], check=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        encoding="ascii").stdout
    return {name: int(re.sub(r"[:\s]", "", digits), 16) for name, digits in
            re.findall(r"^(\w+):((?:\n {4}[0-9a-f:]+)+)", text, re.M)
            if name != "modulus"}


def add_app(canaries, path, authorizations):
    """An App's key, the JWTs in these fields, and the halves of their
    signatures, of which each reveals the key."""
    with open(path, encoding="ascii") as f:
        lines = f.read().splitlines()
    canaries.add("the App's key", "".join(lines[1:-1]).encode())
    for line in lines[1:-1]:
        canaries.add("the App's key", line.encode())
    numbers = key_numbers(path)
    for name, number in numbers.items():
        canaries.add_number("the key's " + name, number)
    for authorization in authorizations:
        head, claims, signature = authorization.split(" ")[1].split(".")
        canaries.add("a JWT's signature", signature.encode())
        number = int.from_bytes(base64.urlsafe_b64decode(
            signature + "=" * (-len(signature) % 4)), "big")
        for name in ("prime1", "prime2"):
            canaries.add_number(f"a JWT's signature modulo {name}",
                                number % numbers[name])


def expand_master(new_hash, secret, label, seed, length):
    """The PRF of TLS 1.2 (RFC 5246, 5)."""
    data, block = b"", label + seed
    while len(data) < length:
        block = hmac.digest(secret, block, new_hash)
        data += hmac.digest(secret, block + label + seed, new_hash)
    return data[:length]


def add_traffic_secret(canaries, label, secret):
    """A secret of TLS 1.3, and what is made of it (RFC 8446, 7.3 and 4.4.4).
    """
    new_hash = hashlib.sha384 if len(secret) == 48 else hashlib.sha256
    canaries.add_key(label, secret)
    for part, size in (("key", 16), ("key", 32), ("iv", 12),
                       ("finished", len(secret)),
                       ("traffic upd", len(secret))):
        canaries.add_key(f"{part} of {label}", expand_label(
            new_hash, secret, part.encode(), b"", size))


def add_tls(canaries, lines, hellos):
    """The secrets of a key log (its lines, split), and the keys that are made
    of them. Which suite was used is not in it: each is tried."""
    for label, client_random, secret in lines:
        secret = bytes.fromhex(secret)
        if label == "CLIENT_RANDOM":
            canaries.add_key("the master secret of TLS 1.2", secret)
            for new_hash, hello in ((new_hash, hello) for hello in hellos
                                    for new_hash in (hashlib.sha256,
                                                     hashlib.sha384)):
                canaries.add_key("the keys of TLS 1.2", expand_master(
                    new_hash, secret, b"key expansion",
                    hello[11:43] + bytes.fromhex(client_random), 88))
        elif label != "EXPORTER_SECRET":
            add_traffic_secret(canaries, label, secret)


class Drbg:
    """HMAC_DRBG of SP 800-90A, 10.1.2, with SHA-256, as BearSSL has it. Its
    states are kept, for they give its output away."""

    def __init__(self, seed):
        self.key, self.value, self.states = bytes(32), b"\1" * 32, []
        self.update(seed)

    def mac(self, data):
        return hmac.digest(self.key, data, hashlib.sha256)

    def update(self, data=b""):
        for byte in b"\0\1"[:2 if data else 1]:
            self.key = self.mac(self.value + bytes([byte]) + data)
            self.value = self.mac(self.value)
            self.states += [self.key, self.value]

    def generate(self, size):
        output = b""
        while len(output) < size:
            self.value = self.mac(self.value)
            output += self.value
        self.update()
        return output[:size]


def add_start(canaries, seed, drbg):
    canaries.add_key("the seed", seed)
    for state in drbg.states:
        canaries.add_key("a state of the generator", state)


def add_tls13(canaries, seed, secrets):
    """What a client makes of its seed, as tls/handshake.c does, and the secrets
    of the server: the shared one, the handshake's and the master secret.

    Returns the client's public key of X25519."""
    drbg = Drbg(seed)
    drbg.generate(32)  # the random
    drbg.generate(32)  # the session
    private = drbg.generate(32)
    add_start(canaries, seed, drbg)
    for name, secret in {**secrets, "the private key": private}.items():
        canaries.add_key(name, secret)
        canaries.add_number(name, int.from_bytes(secret, "little"))
        canaries.add_number(name, int.from_bytes(secret, "big"))
    return x25519.X25519PrivateKey.from_private_bytes(
        private).public_key().public_bytes(serialization.Encoding.Raw,
                                           serialization.PublicFormat.Raw)


def add_tls12(canaries, seed, hello, log):
    """What BearSSL makes of its seed. hello is the first flight of the server;
    log has the lines of a key log.

    Returns the master secret, and what it should be."""
    drbg = Drbg(b"")
    drbg.update(seed)
    random = bytes(4) + drbg.generate(28)
    number = bytearray(drbg.generate(32))
    number[0] &= 0x3f
    number[-1] |= 1
    add_start(canaries, seed, drbg)
    # ServerKeyExchange (RFC 8422, 5.4): a named curve, 29, of 32 bytes.
    point = hello[hello.index(b"\3\0\x1d\x20") + 4:][:32]
    private = bytes(number)
    shared = x25519.X25519PrivateKey.from_private_bytes(private).exchange(
        x25519.X25519PublicKey.from_public_bytes(point))
    for name, secret in (("the private key", private),
                         ("the premaster secret", shared)):
        canaries.add_key(name, secret)
        canaries.add_number(name, int.from_bytes(secret, "little"))
    logged = next(secret for label, client, secret in log
                  if label == "CLIENT_RANDOM" and
                  bytes.fromhex(client) == random)
    return logged, [expand_master(
        new_hash, shared, b"master secret", random + hello[11:43], 48).hex()
        for new_hash in (hashlib.sha256, hashlib.sha384)]
