"""scene.py - what the faults share: a loopback GitHub that counts complete
deliveries, the main scenarios, a run with a time limit, and the promise on
delivery as a function.

A worker enters network and mount namespaces of its own, so that port 53,
/etc/hosts and /etc/resolv.conf are its own. Needs root."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
import harness  # noqa: E402
import names  # noqa: E402
from harness import BINARY, TOKEN, github  # noqa: E402

def call_numbers():
    """The number of each system call of this machine, by its name."""
    text = subprocess.run(["gcc", "-dM", "-E", "-"], text=True, check=True,
                          input="#include <sys/syscall.h>",
                          capture_output=True).stdout
    return {name: int(number) for name, number in
            re.findall(r"#define __NR_(\w+) (\d+)", text)}


NUMBERS = call_numbers()
LIMIT = 45  # seconds that any run may take
PASSWORD = "hR7vQ2kXw9LbZs4T"
harness.SECRETS.add(PASSWORD)
NAME = "v4.names.test"


class Server(github.Server):
    """The stand-in, which counts the complete requests for a dispatch that
    each repository got, whatever it responds to them."""

    def __init__(self, directory):
        super().__init__(directory, "good", False, 0, None)
        self.delivered = {}
        # Other tests verify the signatures of JWTs.
        self.app.refuse = lambda authorization: None
        threading.Thread(target=self.run, daemon=True).start()

    def record(self, number, stream, pairs, request):
        if request.method == "POST" and request.kind == "dispatch":
            self.count_delivery(request.repository.name, request.body)
        return 0

    def record_response(self, number, answer):
        pass

    def count_delivery(self, name, body):
        """A body that is not whole raises an error, which ends the
        connection: what it leaves is no delivery."""
        json.loads(body)
        with self.lock:
            self.delivered[name] = self.delivered.get(name, 0) + 1


class Proxy:
    """An HTTP proxy that knows CONNECT and wants the password."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            near, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(near,),
                             daemon=True).start()

    @staticmethod
    def serve(near):
        head = b""
        try:
            while b"\r\n\r\n" not in head:
                data = near.recv(4096)
                if not data:
                    near.close()
                    return
                head += data
            if b"Proxy-Authorization: Basic " not in head:
                near.sendall(b"HTTP/1.1 407 Who are you?\r\n\r\n")
                near.close()
                return
            port = int(head.split()[1].rsplit(b":", 1)[1])
            far = socket.create_connection(("127.0.0.1", port))
            near.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        except OSError:
            near.close()
            return

        def pass_on(source, target):
            harness.pump(source, target)
            try:
                target.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        threading.Thread(target=pass_on, args=(far, near),
                         daemon=True).start()
        pass_on(near, far)


@dataclass(frozen=True)
class Scenario:
    """A way to call the program, which succeeds if nothing fails.

    Words have {port}, {proxy} and {dir}: the server's port, the proxy's, and a
    folder of the run's own. `delivers` is false if no event may ever be
    sent."""
    arguments: tuple = ()
    env: dict = field(default_factory=lambda: {"GH_PAT": TOKEN})
    stdin: bytes = b""
    host: str = "127.0.0.1"
    targets: int = 1
    delivers: bool = True
    sends: bool = True  # whether it takes the options of a dispatch


SCENARIOS = {
    "address": Scenario(),
    "name": Scenario(host=NAME),
    "proxy": Scenario(("--proxy",
                       f"http://octo:{PASSWORD}@127.0.0.1:{{proxy}}"),
                      host="localhost"),
    "targets": Scenario(("--json", "--pace", "0"), targets=2),
    "tls12": Scenario(("--tls", "1.2")),
    "run": Scenario(("--find-run", "--find-timeout", "8", "--wait-timeout",
                     "9")),
    "wait": Scenario(("--wait", "--wait-interval", "1", "--wait-timeout",
                      "20", "--find-timeout", "12")),
    "app": Scenario(("--app-id", github.APP_ID, "--app-key", "app.pem"), {}),
    "token-file": Scenario(("--token-file", "token", "--payload",
                            "@payload.json"), {}),
    "outputs": Scenario(env={
        "GH_PAT": TOKEN, "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": "{dir}/output",
        "GITHUB_STEP_SUMMARY": "{dir}/summary"}),
    "verbose": Scenario(("--verbose",), host=NAME),
    "stdin": Scenario(("--payload", "@-"), stdin=b'{"from": "stdin"}'),
    "preflight": Scenario(("--preflight",), delivers=False),
    "dry-run": Scenario(("--dry-run",), delivers=False),
    "check-json": Scenario(("--check-json", "payload.json"), {}, sends=False,
                           delivers=False),
}


@dataclass
class Result:
    """A run that has ended. status: None if it had to be ended."""
    status: int
    out: str
    err: str
    repositories: list
    server: Server
    log: str = ""
    delivered: list = ()

    def settle(self):
        """Takes how often each target got its event. Later than the end of the
        run, because the server may still be reading what that has sent."""
        self.delivered = [self.server.delivered.get(name, 0)
                          for name in self.repositories]
        self.server = None

    def __str__(self):
        return (f"exit status {self.status}, delivered {self.delivered}\n"
                f"standard output: {self.out}\nstandard error: {self.err}")


class Scene:
    """The servers of one worker, in a copy of the folder of a place."""

    def __init__(self, template, number):
        self.path = f"{template}.{number}"
        shutil.copytree(template, self.path)
        if not names.enter_namespaces(self):
            sys.exit("the faults need root, to make namespaces")
        self.write("token", TOKEN + "\n")
        self.write("payload.json", '{"from": "a file"}')
        self.server = Server(self.path)
        self.proxy = Proxy()
        self.name_server = names.NameServer("127.0.0.1")

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        with open(self.file(name), "w", encoding="utf-8") as f:
            f.write(text)

    def command(self, scenario, repositories, folder, port=None, more=()):
        """The arguments and the environment of a run."""
        words = {"port": port or self.server.port, "proxy": self.proxy.port,
                 "dir": folder}
        arguments = [word.format(**words) for word in scenario.arguments]
        if scenario.sends:
            arguments += [
                "-e", "deploy", "--ca-file", "intermediate.pem", "--api-url",
                f"https://{scenario.host}:{words['port']}", "--timeout", "8",
                "--connect-timeout", "4", "--retries", "1",
                *(f"--repo={name}" for name in repositories), *more]
        env = {name: value.format(**words)
               for name, value in scenario.env.items()}
        return arguments, env

    def inject(self, scenario, tag, call, first, last, how, number):
        """A run of which these calls get a fault (inject.c)."""
        return self.run(scenario, tag, (
            self.file("inject"), str(NUMBERS[call]), str(first), str(last),
            how, str(number)))

    def run(self, scenario, tag, wrapper=(), port=None, more=(), server=None):
        """Runs the program, by a wrapper that gets its path and arguments.

        {dir} in the wrapper is the run's folder, and a file "log" there ends
        up in the result."""
        folder = self.file(tag)
        os.mkdir(folder)
        repositories = [f"octo/{tag}-{i}" for i in range(scenario.targets)]
        arguments, env = self.command(scenario, repositories, folder, port,
                                      more)
        child = subprocess.Popen(
            [*(word.format(dir=folder) for word in wrapper), BINARY,
             *arguments], env=env, cwd=self.path, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)
        try:
            out, err = child.communicate(scenario.stdin, LIMIT)
            status = child.returncode
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            out, err = child.communicate()
            status = None
        result = Result(status, out.decode("latin-1"), err.decode("latin-1"),
                        repositories, server or self.server)
        for name in ("output", "summary"):
            path = os.path.join(folder, name)
            if os.path.exists(path):
                with open(path, encoding="latin-1") as f:
                    result.out += f.read()
        path = os.path.join(folder, "log")
        if os.path.exists(path):
            with open(path, encoding="latin-1") as f:
                result.log = f.read()
        shutil.rmtree(folder)
        return result


def judge(result, *rules):
    """Returns a function that returns the result and the first rule's word on
    what is wrong, or None."""
    def settle():
        result.settle()
        words = (rule(result) for rule in rules)
        return result, next((word for word in words if word), None)
    return settle


SENT = {0, 11, 12}
NOT_SENT = range(2, 10)


def broken_promise(scenario, result, is_mute=False):
    """What a run did that the contract forbids, or None: README, "Exit
    status". is_mute: it could not write a message."""
    counts, status = result.delivered, result.status
    if status is None:
        return "it hangs"
    if status in (-4, -6, -7, -8, -11, -31):
        return "it crashes"
    if max(counts) > 1:
        return "an event was delivered twice"
    if not scenario.delivers:
        return "an event was delivered" if max(counts) else None
    if status in SENT:
        return None if min(counts) == 1 else "success, but not delivered"
    if status in NOT_SENT and scenario.targets == 1 and max(counts):
        return "delivered, but the exit status says no"
    if is_mute:
        return None
    if scenario.targets > 1:
        return broken_document(result)
    return broken_message(result) if status == 1 else None


def broken_message(result):
    """The exit status 1 leaves to the message whether an event was sent."""
    counted = re.search(r"; (\d+) delivered, (\d+) unknown, of (\d+)",
                        result.err)
    total = sum(result.delivered)
    if counted is None:
        return "delivered, but the message does not say so" if total else None
    sure, unknown = int(counted[1]), int(counted[2])
    if not sure <= total <= sure + unknown:
        return "the message counts other deliveries"
    return None


def broken_document(result):
    """What the document of --json says of each target."""
    try:
        results = json.loads(result.out)["results"]
    except (ValueError, KeyError):
        return None if result.status < 0 or result.status > 128 else \
            broken_message(result)
    for count, entry in zip(result.delivered, results):
        said = entry["delivered"]
        if said is True and count != 1 or said is False and count != 0:
            return "the document says otherwise of a delivery"
    return None


def is_promise(word):
    """Whether this says that the promise was broken, or a secret shown, which
    is never for want of time."""
    return "deliver" in word or "secret" in word or word == "it crashes"


def leak(result):
    part = harness.find_secret((result.out + result.err).encode("latin-1"))
    return part and f"a part of a secret in the output: {part!r}"
