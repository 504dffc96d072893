"""harness.py - what the end-to-end tests share: a place with certificates, a
stand-in for GitHub, one way to run the binary, and TAP."""

import base64
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import quote

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BINARY = os.path.join(ROOT, "build", "repository-dispatch")
STAND_IN = os.path.join(ROOT, "tests", "stand_in")
sys.path.insert(0, STAND_IN)
import github  # noqa: E402

# Started in the background, a shell's children have it ignored, and so would
# the binary under test.
signal.signal(signal.SIGINT, signal.default_int_handler)

TOKEN = github.TOKEN
# What no output of any test may hold, as it is or encoded.
SECRETS = {TOKEN, github.APP_TOKEN}


def has_secret(output):
    """The token in part counts, too: its last half alone would do."""
    forms = set()
    for secret in SECRETS:
        half = secret[len(secret) // 2:]
        forms |= {secret, half, half.encode().hex(), quote(half, safe="")}
        for shift in range(3):
            code = base64.b64encode(b"x" * shift + secret.encode()).decode()
            forms.add(code[4:20])
    return any(form.encode() in output for form in forms)


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def check(self, passed, name, *details):
        self.count += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {name}")
        if not passed:
            for detail in details:
                for line in str(detail).splitlines():
                    print("# " + line)
        sys.stdout.flush()

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")

    def done(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


class Place:
    """A temporary directory with the chain, and servers that end with it."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="dispatch-e2e-")
        self.servers = []
        self.outputs = []
        subprocess.run(["sh", os.path.join(STAND_IN, "make_chain.sh"),
                        self.path], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            # nginx ends its workers on SIGTERM, and leaves them on SIGKILL.
            server.terminate()
            server.wait()
        shutil.rmtree(self.path)

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        with open(self.file(name), "w", encoding="utf-8") as f:
            f.write(text)

    def start(self, command, **options):
        server = subprocess.Popen(command, **options)
        self.servers.append(server)
        return server

    def stand_in(self, cert="good", *arguments):
        """Starts one with this certificate. Returns its port."""
        self.start([sys.executable, os.path.join(STAND_IN, "github.py"),
                    "--dir", self.path, "--cert", cert, *arguments],
                   stdin=subprocess.PIPE)
        port = self.file(cert + ".port")
        for _ in range(200):
            if os.path.exists(port):
                with open(port, encoding="ascii") as f:
                    return int(f.read())
            time.sleep(0.05)
        raise RuntimeError(f"the stand-in {cert} did not start")

    def requests(self, cert="good"):
        with open(self.file(cert + ".requests"), encoding="ascii") as f:
            return f.read().splitlines()

    def run(self, arguments, env=None, stdin=b"", **options):
        """Runs the binary with only this environment."""
        result = subprocess.run([BINARY, *arguments], env=env or {},
                                input=stdin, capture_output=True,
                                cwd=self.path, timeout=60, check=False,
                                **options)
        if has_secret(result.stdout + result.stderr):
            raise RuntimeError(f"a secret is shown by {arguments}")
        self.outputs += [result.stdout, result.stderr]
        return result


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def relay(listener, port, refused=0):
    """Passes connections on to a port, but for the first ones, which it
    closes."""
    def serve():
        for number in itertools.count():
            near, _ = listener.accept()
            near.recv(4096, socket.MSG_PEEK)
            if number < refused:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", port))
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=pump, args=(a, b),
                                 daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
