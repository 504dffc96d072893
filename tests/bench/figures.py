#!/usr/bin/env python3
"""figures.py - what a dispatch costs, in figures that every run has alike:
instructions for each chain of shapes.py, system calls, page faults, flights,
bytes of the file. figures.txt has what they should be.

A figure that is more than 3 % away fails, in either direction. What moves it
writes the file anew, by "figures.py write", in the same commit, which says why.
Instructions and bytes are those of gcc 12 on x86_64."""

import os
import platform
import re
import subprocess
import sys
import tempfile

import network
import ways
from server import Server
from shapes import SHAPES

sys.path.insert(0, os.path.join(network.ROOT, "tests", "e2e"))
from filters import refuse_filters  # noqa: E402
from harness import Tap  # noqa: E402

COMMITTED = os.path.join(network.HERE, "figures.txt")
ROOM = 0.03
DELAY, RUNS = 5, 9
FEW, MANY = 4, 14
CAS = os.path.join(network.ROOT, "vendor", "roots.pem")


class Meter:
    def __init__(self, folder, server, line):
        self.folder, self.server, self.line = folder, server, line
        self.trace = network.compiled("trace", "-static")
        network.replace("/etc/hosts", network.HOSTS, folder)

    def way(self, shape, host, version, cas=None):
        """Ours, with these CAs in place of the root of the chain."""
        self.root = self.server.file(shape.name + ".root.pem")
        return next(way for way in ways.make_ways(
            self.server.url(shape, host), cas or self.root)
            if (way.version, way.roots) == (version, "one"))

    def run(self, *command, **more):
        return subprocess.run(
            command, check=True, text=True, capture_output=True,
            env=ways.environment(self.root, self.folder), **more)

    def instructions(self, way):
        done = self.run("valgrind", "--tool=callgrind",
                        "--callgrind-out-file=/dev/null", *ways.words(way),
                        preexec_fn=refuse_filters)
        return int(re.search(r"Collected : (\d+)", done.stderr)[1])

    def calls(self, way, more=()):
        """Over the line. On loopback it depends on the machine which response
        is there before it is waited for. The fewest: a flight of several
        segments takes two calls more if the line delivers it in two parts."""
        self.line.set_delay(DELAY)
        return min(
            int(self.run(self.trace, *ways.words(way), *more).stdout.split()[0])
            for _ in range(RUNS))

    def calls_each(self, way):
        """For a target more."""
        few, many = (self.calls(way, [
            "--pace", "0", *(word for i in range(count)
                             for word in ("-r", f"octo/r{i}"))])
            for count in (FEW, MANY))
        return (many - few) / (MANY - FEW)

    def page_faults(self, way):
        """The fewest of some runs: where the kernel places the stack makes up
        to three more."""
        return min(self.faults_of(ways.words(way)) for _ in range(RUNS))

    def faults_of(self, words):
        """Of one run. posix_spawn() copies no pages of ours."""
        child = os.posix_spawn(
            words[0], words, ways.environment(self.root, self.folder),
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY,
                           0)])
        _, status, usage = os.wait4(child, 0)
        if status != 0:
            raise RuntimeError(f"it ended with {status}")
        return usage.ru_minflt

    def flights(self, way):
        self.line.set_delay(DELAY)
        self.run(*ways.words(way))
        return self.line.set_delay(DELAY)[1]

    def cas(self, shape):
        """A file with Mozilla's CAs and the root of this chain."""
        path = os.path.join(self.folder, "cas.pem")
        with open(path, "w", encoding="utf-8") as f:
            for part in (CAS, self.server.file(shape.name + ".root.pem")):
                with open(part, encoding="utf-8") as source:
                    f.write(source.read())
        return path

    def figures(self):
        yield "bytes of the file", os.path.getsize(ways.BINARY)
        for version in ways.VERSIONS:
            yield from self.figures_of(version, version == ways.VERSIONS[-1])

    def figures_of(self, version, is_newest):
        """What a chain or a file of CAs costs does not depend on the version:
        only one has all of them."""
        first = SHAPES[0]
        for shape in SHAPES if is_newest else [first]:
            yield (f"TLS {version}, instructions, {shape.name}",
                   self.instructions(self.way(shape, network.NEAR, version)))
        if is_newest:
            yield (f"TLS {version}, instructions, {first.name}, all CAs",
                   self.instructions(self.way(first, network.NEAR, version,
                                              self.cas(first))))
        by_address = self.way(first, network.FAR_ADDRESS, version)
        yield f"TLS {version}, system calls", self.calls(by_address)
        yield (f"TLS {version}, system calls, each target more",
               self.calls_each(by_address))
        yield f"TLS {version}, page faults", self.page_faults(by_address)
        yield (f"TLS {version}, flights", self.flights(
            self.way(first, network.FAR, version)))


def measure():
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server, \
            network.Line() as line:
        os.chmod(folder, 0o755)
        return dict(Meter(folder, server, line).figures())


def read_committed():
    with open(COMMITTED, encoding="ascii") as f:
        rows = (line.split(None, 1) for line in f if not line.startswith("#"))
        return {name.strip(): float(value) for value, name in rows}


def write(figures):
    with open(COMMITTED, "w", encoding="ascii") as f:
        f.write("# Written by figures.py.\n")
        for name, value in figures.items():
            f.write(f"{value:10g} {name}\n" if value != int(value)
                    else f"{int(value):10} {name}\n")


def is_near(name, value, expected):
    """Whether a figure is what it should be. A kernel that maps more pages at a
    time makes fewer page faults."""
    if name.endswith("page faults") and value < expected:
        return True
    return abs(value - expected) <= ROOM * expected


def why_not():
    """What keeps the figures from being those of the file."""
    if platform.machine() != "x86_64":
        return "they are those of x86_64"
    compiler = subprocess.run(["gcc", "-dumpversion"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()
    if (os.environ.get("CC") or "gcc", compiler) != ("gcc", "12"):
        return "they are those of gcc 12"
    return "" if network.is_available() else "namespaces are not available here"


def main():
    tap = Tap()
    if why_not():
        tap.skip("figures", why_not())
        return tap.done()
    network.enter()
    figures = measure()
    if sys.argv[1:] == ["write"]:
        write(figures)
        return 0
    committed = read_committed()
    for name, value in figures.items():
        expected = committed.pop(name, 0)
        tap.check(is_near(name, value, expected),
                  f"{name}: within 3 % of {expected:g}", value)
    tap.check(not committed, "figures.txt has no other figure", committed)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
