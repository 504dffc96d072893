"""shapes.py - certificate chains like those that servers send."""

import os
import subprocess
from typing import NamedTuple

from network import FAR, NEAR

# How openssl makes each kind.
KEYS = {
    "P-256": ["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
    "P-384": ["ecparam", "-name", "secp384r1", "-genkey", "-noout"],
    "RSA-2048": ["genrsa", "2048"],
    "RSA-4096": ["genrsa", "4096"],
}
CA = ("basicConstraints=critical,CA:TRUE\n"
      "keyUsage=critical,keyCertSign,cRLSign\n")
LEAF = (f"subjectAltName=DNS:{NEAR},DNS:{FAR}\nbasicConstraints=CA:FALSE\n"
        "extendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\n")


class Shape(NamedTuple):
    """Keys from the server's to the root's. cross is the key of another root,
    which signed a certificate of the first root's key: the server sends that,
    too. is_needed: only the other root is in the file of CAs."""
    name: str
    title: str
    keys: tuple
    cross: str = ""
    is_needed: bool = False

    def describe(self):
        text = f"{self.title}: {' < '.join(self.keys)}"
        if self.is_needed:
            return f"{text} < {self.cross} by a cross-certificate"
        return text + (", a cross-certificate sent" if self.cross else "")


SHAPES = [
    Shape("github", "GitHub", ("P-256", "P-256", "P-384"), "P-384"),
    Shape("github_cross", "GitHub, older CAs", ("P-256", "P-256", "P-384"),
          "P-384", True),
    Shape("letsencrypt_e", "Let's Encrypt E", ("P-256", "P-384", "P-384"),
          "RSA-4096", True),
    Shape("letsencrypt_r", "Let's Encrypt R",
          ("RSA-2048", "RSA-2048", "RSA-4096")),
    Shape("rsa", "RSA only", ("RSA-2048", "RSA-4096", "RSA-4096")),
]


class Maker:
    """Makes certificates in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.kinds = {}

    def ssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                       capture_output=True)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as f:
            f.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="ascii") as f:
            return f.read()

    def make_key(self, name, kind):
        self.kinds[name] = kind
        command, *options = KEYS[kind]
        self.ssl(command, "-out", name + ".key", *options)

    def sign(self, name, subject, issuer, extensions):
        """NAME.pem: a certificate of SUBJECT.key, by ISSUER.key."""
        self.write("extensions", extensions)
        self.ssl("req", "-new", "-key", subject + ".key", "-subj",
                 f"/O=Benchmark/CN={subject}", "-out", "request")
        by = (["-signkey", subject + ".key"] if subject == issuer else
              ["-CA", issuer + ".pem", "-CAkey", issuer + ".key",
               "-CAcreateserial"])
        digest = "-sha384" if self.kinds[issuer] == "P-384" else "-sha256"
        self.ssl("x509", "-req", "-in", "request", "-days", "90", digest,
                 "-extfile", "extensions", "-out", name + ".pem", *by)

    def make(self, shape):
        """NAME.key and NAME.chain.pem are the server's, NAME.root.pem is the
        file of CAs."""
        names = [shape.name, *(f"{shape.name}.ca{i}"
                               for i in range(1, len(shape.keys)))]
        for name, key in zip(names, shape.keys):
            self.make_key(name, key)
        root = trusted = names[-1]
        self.sign(root, root, root, CA)
        for name, issuer in reversed(list(zip(names, names[1:]))):
            self.sign(name, name, issuer, LEAF if name == names[0] else CA)
        sent = names[:-1]
        if shape.cross:
            other = shape.name + ".other"
            self.make_key(other, shape.cross)
            self.sign(other, other, other, CA)
            self.sign(shape.name + ".cross", root, other, CA)
            sent.append(shape.name + ".cross")
            trusted = other if shape.is_needed else root
        self.write(shape.name + ".chain.pem",
                   "".join(self.read(name + ".pem") for name in sent))
        self.write(shape.name + ".root.pem", self.read(trusted + ".pem"))
