"""harness.py - what the tests with the real binary share: a folder with
certificates and servers, one way to run the binary, the search for secrets in
its output, and TAP.

A test file defines functions that take a Tap and a Place, and hands them to
main(). Place.keep() receives the output of every run; main() fails if eight
characters in a row of a secret are in it, as they are or encoded."""

import base64
import functools
import html
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BINARY = os.path.join(ROOT, os.environ.get("BINARY",
                                           "build/repository-dispatch"))
# The program that runs it, if it is one for another processor: a static one.
EMULATOR = shutil.which(os.environ.get("EMULATOR", ""))
STAND_IN = os.path.join(ROOT, "tests", "stand_in")
sys.path.insert(0, STAND_IN)
import github  # noqa: E402

# A shell ignores SIGINT in its background jobs, and their children inherit
# that. The binary under test must not.
signal.signal(signal.SIGINT, signal.default_int_handler)

TOKEN = github.TOKEN
ENV = {"GH_PAT": TOKEN}
# No output may contain these. A test adds what it makes.
SECRETS = {TOKEN, github.APP_TOKEN}


WINDOW = 8
# Parts of secrets that say nothing.
PUBLIC = ("-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----",
          "github_pat_", "ghs_eyJhbGciOi",
          "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.")


def base64_parts(data):
    """The base64 of data at each of the three places within a group where it
    may start, without the characters that depend on its neighbours."""
    for shift in range(3):
        code = base64.b64encode(b"x" * shift + data).decode()
        yield code[(shift * 8 + 5) // 6:(shift + len(data)) * 8 // 6]


def windows(text):
    return {text[i:i + WINDOW] for i in range(len(text) - WINDOW + 1)}


@functools.lru_cache
def parts_of(secrets):
    """Every eight characters of the secrets and of their base64, and their
    hexadecimal form, which is twice as long."""
    parts = set()
    for secret in secrets:
        data = secret.encode()
        for text in (as_bytes(secret), *base64_parts(data)):
            parts |= windows(text)
            parts |= windows(text.translate(str.maketrans("+/", "-_")))
        for digits in (data.hex(), data.hex().upper()):
            parts |= {digits[i:i + 2 * WINDOW]
                      for i in range(0, len(digits) - 2 * WINDOW + 1, 2)}
    return {part for part in parts
            if not any(part in public for public in PUBLIC)}


def as_bytes(text):
    """UTF-8 as harness texts have it: a character for each byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def from_json(text):
    """Each escape of JSON decoded, and nothing else."""
    letters = dict(zip("bfnrt", "\b\f\n\r\t"))

    def character(match):
        if match[1]:
            pair = match[0].encode().decode("unicode_escape")
            return as_bytes(pair.encode("utf-16", "surrogatepass")
                            .decode("utf-16", "replace"))
        return letters.get(match[2], match[2])
    return re.sub(r'\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]'
                  r'[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})|(["\\/bfnrt]))',
                  character, text)


def from_html(text):
    return re.sub(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|amp|lt|gt|quot|apos|"
                  r"nbsp);", lambda match: as_bytes(html.unescape(match[0])),
                  text)


def from_hex_escapes(text):
    """%41, and \x41 as the binary writes it."""
    return re.sub(r"(?:%|\\+x)([0-9a-fA-F]{2})",
                  lambda match: chr(int(match[1], 16)), text)


DECODERS = (from_json, from_html, from_hex_escapes,
            lambda text: from_hex_escapes(text.replace("+", " ")))


def decoded(output):
    """The output as it is, with each kind of escape decoded, and with each
    after each."""
    once = {decode(output) for decode in DECODERS}
    return {output} | once | {decode(text) for text in once
                              for decode in DECODERS}


def is_in_number(text, begin, size):
    """Whether this is in a number that stands by itself."""
    number = re.compile(r"[0-9.eE+-]+")
    if not number.fullmatch(text, begin, begin + size):
        return False
    while begin > 0 and number.match(text[begin - 1]):
        begin -= 1
    end = number.match(text, begin).end()
    around = text[begin - 1:begin] + text[end:end + 1]
    return not re.search(r"""[A-Za-z0-9"'_%\\\\]""", around)


def find_secret(output):
    """A part of a secret that is in the output, in any form, or None."""
    parts = parts_of(frozenset(SECRETS))
    for text in decoded(output.decode("latin-1")):
        for size in (WINDOW, 2 * WINDOW):
            found = parts.intersection(
                text[i:i + size] for i in range(len(text) - size + 1))
            for part in found:
                for match in re.finditer(f"(?={re.escape(part)})", text):
                    if not is_in_number(text, match.start(), size):
                        return part
    return None


class Tap:
    """Writes a line for each check, and the plan at the end."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, passed, name, *details):
        """The details are shown if it failed."""
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
        """Returns the exit status."""
        print(f"1..{self.count}")
        return 1 if self.failed else 0


class Place:
    """A temporary folder with the certificates that make_chain.sh makes, and
    the servers that end with it."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="dispatch-e2e-")
        self.servers = []
        self.outputs = []
        self.leaks = []
        subprocess.run(["sh", os.path.join(STAND_IN, "make_chain.sh"),
                        self.path], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            # nginx stops its workers on SIGTERM, but not on SIGKILL.
            server.terminate()
            server.wait()
        shutil.rmtree(self.path)

    def file(self, name):
        return os.path.join(self.path, name)

    def read(self, name):
        with open(self.file(name), encoding="utf-8") as f:
            return f.read()

    def write(self, name, text):
        with open(self.file(name), "w", encoding="utf-8") as f:
            f.write(text)

    def keep(self, output, what):
        """Searches the output of a run for secrets. what names the run."""
        self.outputs.append(output)
        part = find_secret(output)
        if part is not None:
            self.leaks.append(f"{part!r} in the output of {what}")

    def shows(self, text):
        """Whether any output so far contains this."""
        return any(text.encode() in output for output in self.outputs)

    def start(self, command, **options):
        server = subprocess.Popen(command, **options)
        self.servers.append(server)
        return server

    def stand_in(self, cert="good", *arguments):
        """Starts a stand-in with this certificate. Returns its port."""
        self.start([sys.executable, os.path.join(STAND_IN, "github.py"),
                    "--dir", self.path, "--cert", cert, *arguments],
                   stdin=subprocess.PIPE)
        wait_until(lambda: os.path.exists(self.file(cert + ".port")),
                   f"the stand-in {cert} listens")
        return int(self.read(cert + ".port"))

    @functools.cached_property
    def port(self):
        """The port of the stand-in with a good certificate, which starts
        when it is first needed."""
        return self.stand_in()

    def received(self, cert="good", since=0):
        """The requests that a stand-in received, without the first ones."""
        with open(self.file(cert + ".requests"), encoding="ascii") as f:
            return [json.loads(line)
                    for line in itertools.islice(f, since, None)]

    def count(self, cert="good"):
        """How many requests a stand-in received."""
        with open(self.file(cert + ".requests"), encoding="ascii") as f:
            return sum(1 for _ in f)


def dispatch(place, *repos, more=(), port=None, host="localhost"):
    """The arguments of a dispatch to a stand-in, by default to the one with
    the good certificate."""
    return [*itertools.chain.from_iterable(("-r", repo) for repo in repos),
            "-e", "deploy", "--api-url",
            f"https://{host}:{port or place.port}", "--ca-file",
            place.file("root.pem"), *more]


class Process:
    """The binary while it runs. When it has ended: its status, its output
    (out, err), and the requests that the stand-in received meanwhile.

    env is its whole environment. cert names the stand-in. Its standard files
    are pipes, except where the options for Popen say otherwise. popen is that,
    or a class that is derived from it."""

    def __init__(self, place, arguments, env=None, cert="good",
                 program=BINARY, popen=subprocess.Popen, **options):
        self.place, self.cert = place, cert
        self.what = [os.path.basename(program), *arguments]
        self.before = self.count_requests()
        self.requests = []
        pipe = subprocess.PIPE
        self.child = popen(
            [*self.emulator(program), program, *arguments],
            env=ENV if env is None else env,
            **{"cwd": place.path, "stdin": pipe, "stdout": pipe,
               "stderr": pipe, **options})

    @staticmethod
    def emulator(program):
        return [EMULATOR] if EMULATOR and program == BINARY else []

    def count_requests(self):
        known = os.path.exists(self.place.file(self.cert + ".requests"))
        return self.place.count(self.cert) if known else 0

    def wait_for_request(self, path=""):
        """Until the stand-in has received a request for such a path."""
        wait_until(lambda: self.child.poll() is not None or any(
            path in request["target"] for request in
            self.place.received(self.cert, self.before)),
            f"a request for {path} arrives")

    def end(self, stdin=b"", printed=b"", timeout=60):
        """Waits for its end. printed: output that did not go to a pipe, or
        that was read before. Returns itself."""
        self.take_output(stdin, printed, timeout)
        self.take_requests(self.place.received(self.cert, self.before)
                           if self.count_requests() > self.before else [])
        return self

    def take_output(self, stdin=b"", printed=b"", timeout=60):
        try:
            out, err = self.child.communicate(stdin, timeout)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.communicate()
            raise
        self.status = self.child.returncode
        self.out = (printed + (out or b"")).decode("latin-1")
        self.err = (err or b"").decode("latin-1")
        self.output = self.out + self.err
        self.place.keep(self.output.encode("latin-1"), self.what)

    def take_requests(self, requests):
        self.requests = requests
        self.targets = [request["target"] for request in self.requests]
        self.asked = [f"{request['method']} {request['target']}"
                      for request in self.requests]
        self.bodies = [request["body"].encode("latin-1")
                       for request in self.requests]
        self.connections = {request["connection"]
                            for request in self.requests}

    def __str__(self):
        return (f"exit status {self.status}\nstandard output: {self.out}\n"
                f"standard error: {self.err}\nrequests: {self.asked}")


class Run(Process):
    """A run of the binary from its start to its end."""

    def __init__(self, place, arguments, env=None, stdin=b"", **options):
        super().__init__(place, arguments, env, **options)
        self.end(stdin)


class Case:
    """The checks of one run. The name of each begins with the name of the
    case, and a check that fails shows the run."""

    def __init__(self, tap, name, run):
        self.tap, self.name, self.run = tap, name, run

    def check(self, passed, name, *details):
        self.tap.check(passed, f"{self.name}: {name}", self.run, *details)

    def exits(self, status):
        self.check(self.run.status == status, f"the exit status is {status}")

    def prints(self, *texts):
        for text in texts:
            self.check(text in self.run.out,
                       f"standard output contains {text!r}")

    def reports(self, *texts):
        for text in texts:
            self.check(text in self.run.err,
                       f"standard error contains {text!r}")

    def shows_no(self, *texts):
        for text in texts:
            self.check(text not in self.run.output,
                       f"no output contains {text!r}")

    def sends(self, number):
        self.check(len(self.run.requests) == number,
                   f"the number of requests is {number}")

    def asks(self, *requests):
        """The requests, METHOD PATH each."""
        self.check(self.run.asked == list(requests),
                   f"the requests are {', '.join(requests)}")

    def connects(self, number):
        self.check(len(self.run.connections) == number,
                   f"the number of connections is {number}")


def wait_until(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"this did not happen in time: {what}")
        time.sleep(0.05)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def wait_for_listener(port):
    def connects():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True
    wait_until(connects, f"a server listens on port {port}")


def write_users(place, user, password):
    """The file "users", as Apache and squid read it."""
    place.write("users", f"{user}:" + subprocess.run(
        ["openssl", "passwd", "-apr1", password], check=True, text=True,
        stdout=subprocess.PIPE).stdout)


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def relay(listener, port, refused=0):
    """Passes connections on to a port until the listener is closed. The first
    ones it closes after their first bytes: as many as refused says."""
    def serve():
        for number in itertools.count():
            try:
                near, _ = listener.accept()
            except OSError:
                return
            near.recv(4096, socket.MSG_PEEK)
            if number < refused:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", port))
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=pump, args=(a, b),
                                 daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()


def test_description(tap, place):
    """The last test of a suite that is run by the system's Python: what its
    stand-in received and sent is as GitHub's OpenAPI description says."""
    sys.path.insert(0, os.path.join(ROOT, "tests", "lint"))
    import openapi
    openapi.check_place(tap, place)


def main(*tests, place=Place):
    """Runs the tests in one place and ends the process."""
    tap = Tap()
    with place() as scene:
        for test in tests:
            test(tap, scene)
        tap.check(not scene.leaks, "no output contains a part of a secret",
                  *scene.leaks)
    sys.exit(tap.done())
