#!/usr/bin/env python3
"""bench.py - one event, sent by this binary and by others, measured where users
are: on loopback and over a delay line, for each chain of shapes.py.

All of it comes from one run, in which the ways take turns. A ratio to curl is
the median of the ratios of each turn, to curl with the same version of TLS and
the same CAs. Prints the table, with nothing asserted on time, and writes it to
RESULTS.md. On a busy machine, "chrt -r 1 ./build.sh bench" keeps the work of others
out of the times."""

import os
import statistics
import sys
import tempfile

import network
import ways
from results import COUNTED, DELAYS, TARGETS, Row, report
from server import Server
from shapes import SHAPES

RESULTS = os.path.join(network.HERE, "RESULTS.md")
# Of the first chain, and of each other one. With a delay the turns differ less.
FIRST_TURNS, TURNS, FAR_TURNS = 15, 7, 3
WARM_UP = 1
TARGET_TURNS = 3


class Bench:
    def __init__(self, folder, server, line):
        self.folder, self.server, self.line = folder, server, line
        self.measure = network.compiled("measure", "-static")
        self.trace = network.compiled("trace", "-static")
        with open(ways.BUNDLE, encoding="utf-8") as f:
            self.cas = f.read()
        self.bundle = network.replace(ways.BUNDLE, self.cas, folder)
        network.replace("/etc/hosts", network.HOSTS, folder)

    def use(self, shape):
        """Its root becomes the last one of the machine's bundle."""
        root = self.server.file(shape.name + ".root.pem")
        with open(root, encoding="ascii") as f:
            text = self.cas + f.read()
        with open(self.bundle, "w", encoding="utf-8") as f:
            f.write(text)
        self.environment = ways.environment(root, self.folder)
        return root

    def run(self, way, program):
        return network.run(program, ways.words(way), self.environment)

    def run_traced(self, row, way):
        """Its flights, system calls and memory, once, over the line: on
        loopback it depends on the machine what is waited for. The server must
        have received what the row says."""
        count = len(self.server.seen())
        self.line.set_delay(COUNTED)
        row.calls, row.peak = self.run(way, self.trace)
        row.flights = self.line.set_delay(COUNTED)[1]
        method, path, token, length, version = self.server.next_seen(count)
        if (method, path, token, version) != (
                "POST", ways.PATH, "Bearer " + ways.TOKEN,
                "TLSv" + way.version) or int(length) < 40:
            sys.exit(f"bench.py: not what {way.name} should send: "
                     f"{method} {path}, {length} bytes, TLS {version}")

    def rows(self, shape):
        """Of all ways, for one chain."""
        root = self.use(shape)
        near, far = (ways.make_ways(self.server.url(shape, host), root)
                     for host in (network.NEAR, network.FAR))
        rows = [Row(way) for way in near]
        for row, way in zip(rows, far):
            self.run_traced(row, way)
            row.disk = ways.size_on_disk(way)
        turns = FIRST_TURNS if shape == SHAPES[0] else TURNS
        for turn in range(WARM_UP + turns):
            for row in rows:
                took = self.run(row.way, self.measure)
                if turn >= WARM_UP:
                    row.turns["wall"].append(took[0])
                    row.turns["cpu"].append(took[1])
        for delay in DELAYS:
            for _ in range(FAR_TURNS):
                for row, way in zip(rows, far):
                    self.run_far(row, way, delay)
        return rows

    def run_far(self, row, way, delay):
        self.line.set_delay(delay)
        row.turns[delay].append(self.run(way, self.measure)[0])
        connections, _ = self.line.set_delay(delay)
        if connections != 1:
            sys.exit(f"bench.py: {way.name} made {connections} connections")

    def many(self, shape):
        """Wall times in ms of 100 targets, by each way to do it."""
        root = self.use(shape)
        url = self.server.url(shape, network.NEAR)
        repos = [f"octo/r{i}" for i in range(TARGETS)]
        urls = [f"{url}/repos/{repo}/dispatches" for repo in repos]
        curl = ["curl", "-sSf", "--cacert", root, "-X", "POST",
                "-H", ways.AUTHORIZATION, "-d", ways.BODY]
        loop = 'for url; do {} "$url" || exit 1; done'
        commands = {
            "repository-dispatch": [
                ways.BINARY, "-e", "deploy", "--api-url", url, "--ca-file",
                root, "--pace", "0", "--quiet",
                *(word for repo in repos for word in ("-r", repo))],
            "curl, once": [*curl, *urls],
            "curl, 100 times": ["sh", "-c", loop.format(
                " ".join(f"'{word}'" for word in curl)), "sh", *urls],
            "gh api, 100 times": ["sh", "-c", loop.format(
                "gh api -X POST -f event_type=deploy"), "sh", *urls],
        }
        times = {name: [] for name in commands}
        for _ in range(TARGET_TURNS):
            for name, command in commands.items():
                times[name].append(network.run(
                    self.measure, command, self.environment)[0] / 1e3)
        return {name: statistics.median(took) for name, took in times.items()}


def main():
    network.enter()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server, \
            network.Line() as line:
        os.chmod(folder, 0o755)
        bench = Bench(folder, server, line)
        tables = [(shape, bench.rows(shape)) for shape in SHAPES]
        many = bench.many(SHAPES[0])
    text = "\n".join(report(tables, many, load)) + "\n"
    print(text)
    with open(RESULTS, "w", encoding="utf-8") as f:
        f.write(text)


if __name__ == "__main__":
    main()
