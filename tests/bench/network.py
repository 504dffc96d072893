"""network.py - a network of the benchmark's own, in namespaces that end with
it: loopback, a delay line (delay_line.c), and names for both in /etc/hosts.

It needs root, or a kernel that lets users make namespaces, and /dev/net/tun."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(ROOT, "build", "bench")
INSIDE = "BENCH_IS_INSIDE"
# Addresses for benchmarks (RFC 2544, C.2.2), as delay_line.c has them.
NEAR, FAR = "near.test", "far.test"
FAR_ADDRESS = "198.18.0.2"
HOSTS = f"127.0.0.1 localhost {NEAR}\n{FAR_ADDRESS} {FAR}\n"


def is_available():
    """Whether namespaces and TUN devices are."""
    if INSIDE in os.environ:
        return True
    return os.access("/dev/net/tun", os.W_OK) and subprocess.run(
        [*namespaces(), "true"], check=False,
        stderr=subprocess.DEVNULL).returncode == 0


def namespaces():
    """The words that run a command in new ones."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--net", "--mount", *user]


def enter():
    """Runs this program anew in namespaces of its own, if it is not there."""
    if INSIDE not in os.environ:
        command = [*namespaces(), sys.executable, *sys.argv]
        os.execvpe(command[0], command, {**os.environ, INSIDE: "1"})
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def replace(path, text, folder):
    """Lays a file with this text over the one at path, and returns its own
    path, where it can be written again."""
    own = os.path.join(folder, os.path.basename(path))
    with open(own, "w", encoding="utf-8") as f:
        f.write(text)
    subprocess.run(["mount", "--bind", own, path], check=True)
    return own


def compiled(name, *options):
    """The program that NAME.c is the source of. Another process may run it, or
    compile it at the same time."""
    os.makedirs(OUT, exist_ok=True)
    program = os.path.join(OUT, name)
    new = f"{program}.{os.getpid()}"
    subprocess.run(["gcc", "-Os", "-D_GNU_SOURCE", "-o", new,
                    os.path.join(HERE, name + ".c"), *options], check=True)
    os.replace(new, program)
    return program


def run(program, command, environment):
    """The numbers that measure or trace prints of a command."""
    done = subprocess.run([program, *command], env=environment, check=True,
                          stdout=subprocess.PIPE)
    return list(map(int, done.stdout.split()))


class Line:
    """The way to FAR."""

    def __init__(self):
        self.process = subprocess.Popen(
            [compiled("delay_line")], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.set_delay(0)
        for command in ("address add 198.18.0.1/24 dev line0",
                        "link set line0 up"):
            subprocess.run(["ip", *command.split()], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def set_delay(self, ms):
        """Each way, from now on. Returns the connections and the flights since
        the last time."""
        self.process.stdin.write(f"{ms * 1000}\n")
        self.process.stdin.flush()
        connections, flights, _ = self.process.stdout.readline().split()
        return int(connections), int(flights)
