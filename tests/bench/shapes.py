"""shapes.py - certificate chains like those that servers send."""

import os
import subprocess
from typing import NamedTuple

from network import FAR, FAR_ADDRESS, NEAR

# How openssl makes each kind.
KEYS = {
    "P-256": ["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
    "P-384": ["ecparam", "-name", "secp384r1", "-genkey", "-noout"],
    "RSA-2048": ["genrsa", "2048"],
    "RSA-4096": ["genrsa", "4096"],
}
CA = ("basicConstraints=critical,CA:TRUE\n"
      "keyUsage=critical,keyCertSign,cRLSign\n")
LEAF = (f"subjectAltName=DNS:{NEAR},DNS:{FAR},IP:{FAR_ADDRESS}\n"
        "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"
        "keyUsage=critical,digitalSignature\n")


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
    """Makes certificates in a folder. Keys take long: the first P-256 key of
    each shape is the same, and so on."""

    def __init__(self, folder):
        self.folder = folder

    def ssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                       capture_output=True)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as f:
            f.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="ascii") as f:
            return f.read()

    def key(self, kind, number):
        """The name of its file."""
        name = f"{kind}.{number}.key"
        if not os.path.exists(os.path.join(self.folder, name)):
            command, *options = KEYS[kind]
            self.ssl(command, "-out", name, *options)
        return name

    def sign(self, name, subject, issuer, extensions):
        """NAME.pem, for the subject. Both are a name and the file of its
        key."""
        self.write("extensions", extensions)
        self.ssl("req", "-new", "-key", subject[1], "-subj",
                 f"/O=Benchmark/CN={subject[0]}", "-out", "request")
        by = (["-signkey", subject[1]] if subject == issuer else
              ["-CA", issuer[0] + ".pem", "-CAkey", issuer[1],
               "-CAcreateserial"])
        digest = "-sha384" if issuer[1].startswith("P-384") else "-sha256"
        self.ssl("x509", "-req", "-in", "request", "-days", "90", digest,
                 "-extfile", "extensions", "-out", name + ".pem", *by)

    def make(self, shape):
        """NAME.chain.pem is what the server sends, NAME.root.pem the file of
        CAs. Returns the name of the server's key."""
        kinds = [*shape.keys, *filter(None, [shape.cross])]
        owners = [(f"{shape.name}.{i}", self.key(kind, kinds[:i].count(kind)))
                  for i, kind in enumerate(kinds)]
        other = owners.pop() if shape.cross else None
        root = trusted = owners[-1]
        self.sign(root[0], root, root, CA)
        for i in reversed(range(len(owners) - 1)):
            self.sign(owners[i][0], owners[i], owners[i + 1],
                      CA if i > 0 else LEAF)
        sent = [name for name, _ in owners[:-1]]
        if other:
            self.sign(other[0], other, other, CA)
            sent.append(shape.name + ".cross")
            self.sign(sent[-1], root, other, CA)
            trusted = other if shape.is_needed else root
        self.write(shape.name + ".chain.pem",
                   "".join(self.read(name + ".pem") for name in sent))
        self.write(shape.name + ".root.pem", self.read(trusted[0] + ".pem"))
        return owners[0][1]
