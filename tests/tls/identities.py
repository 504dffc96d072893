"""identities.py - a CA and what a server may send as its certificate: leaves
with keys of each kind, good ones and bad ones, and signatures with their keys
(RFC 8446, 4.2.3)."""

import datetime
import functools
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import (ec, ed25519, padding,
                                                       rsa)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ECDSA_P256, ECDSA_P384, ECDSA_P521 = 0x0403, 0x0503, 0x0603
PSS_256, PSS_384, PSS_512 = 0x0804, 0x0805, 0x0806
ED25519 = 0x0807
PSS_PSS_256 = 0x0809
PKCS1_256, PKCS1_SHA1, ECDSA_SHA1 = 0x0401, 0x0201, 0x0203

HASHES = {ECDSA_P256: hashes.SHA256, ECDSA_P384: hashes.SHA384,
          ECDSA_P521: hashes.SHA512, ECDSA_SHA1: hashes.SHA1,
          PSS_256: hashes.SHA256, PSS_384: hashes.SHA384,
          PSS_512: hashes.SHA512, PSS_PSS_256: hashes.SHA256,
          PKCS1_256: hashes.SHA256, PKCS1_SHA1: hashes.SHA1}


def sign(key, scheme, data, salt=None):
    """salt is the length of the salt of PSS, by default that of the hash."""
    if scheme == ED25519:
        return key.sign(data)
    digest = HASHES[scheme]()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(digest))
    if scheme in (PKCS1_256, PKCS1_SHA1):
        return key.sign(data, padding.PKCS1v15(), digest)
    return key.sign(data, padding.PSS(
        padding.MGF1(digest), digest.digest_size if salt is None else salt),
        digest)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Identity:
    """A private key and the chain of its certificate, in DER."""

    def __init__(self, key, chain, scheme):
        self.key, self.chain, self.scheme = key, chain, scheme


class Identities:
    def __init__(self):
        self.now = datetime.datetime.utcnow()
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = self.issue(self.root_key.public_key(), "Liar root",
                               is_ca=True)

    def root_pem(self):
        return self.root.public_bytes(serialization.Encoding.PEM)

    def issue(self, public_key, subject, is_ca=False, days=(-1, 30),
              names=("localhost", "127.0.0.1"), usage=True, by=None):
        """A certificate. by is a key in place of the root's."""
        day = datetime.timedelta(days=1)
        builder = (x509.CertificateBuilder()
                   .subject_name(name(subject)).issuer_name(name("Liar root"))
                   .public_key(public_key)
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(self.now + days[0] * day)
                   .not_valid_after(self.now + days[1] * day)
                   .add_extension(x509.BasicConstraints(is_ca, None), True)
                   .add_extension(x509.KeyUsage(
                       usage and not is_ca, False, not usage, False, False,
                       is_ca, is_ca, False, False), True))
        if not is_ca:
            builder = builder.add_extension(x509.SubjectAlternativeName([
                x509.IPAddress(ipaddress.ip_address(each))
                if each[0].isdigit() else x509.DNSName(each)
                for each in names]), False).add_extension(
                    x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
                    False)
        return builder.sign(by or self.root_key, hashes.SHA256())

    def leaf(self, key, scheme, **options):
        certificate = self.issue(key.public_key(), "localhost", **options)
        return Identity(key, [certificate.public_bytes(
            serialization.Encoding.DER)], scheme)

    @functools.cached_property
    def p256(self):
        return self.leaf(ec.generate_private_key(ec.SECP256R1()), ECDSA_P256)

    @functools.cached_property
    def p384(self):
        return self.leaf(ec.generate_private_key(ec.SECP384R1()), ECDSA_P384)

    @functools.cached_property
    def p521(self):
        return self.leaf(ec.generate_private_key(ec.SECP521R1()), ECDSA_P521)

    @functools.cached_property
    def rsa(self):
        return self.leaf(rsa.generate_private_key(65537, 2048), PSS_256)

    @functools.cached_property
    def ed25519(self):
        return self.leaf(ed25519.Ed25519PrivateKey.generate(), ED25519)

    @functools.cached_property
    def expired(self):
        return self.leaf(self.p256.key, ECDSA_P256, days=(-30, -2))

    @functools.cached_property
    def wrong_name(self):
        return self.leaf(self.p256.key, ECDSA_P256, names=["elsewhere.test"])

    @functools.cached_property
    def not_for_signing(self):
        return self.leaf(self.p256.key, ECDSA_P256, usage=False)

    @functools.cached_property
    def unknown_ca(self):
        return self.leaf(self.p256.key, ECDSA_P256, by=self.p256.key)
