#!/usr/bin/env python3
"""bench.py - one event, sent by this binary and by others, measured where users
are: on loopback and over a delay line, for each chain of shapes.py.

All of it comes from one run, in which the ways take turns. A ratio to curl is
the median of the ratios of each turn, to curl with the same version of TLS and
the same CAs. Prints the table, with nothing asserted on time, and writes it to
RESULTS.md."""

import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile

import figures
import network
import ways
from server import Server
from shapes import SHAPES

RESULTS = os.path.join(network.HERE, "RESULTS.md")
WARM_UP, TURNS = 1, 15
# Milliseconds each way, and how many turns.
DELAYS = {0: 5, 5: 5, 20: 3, 50: 3}
COUNTED = 20
TARGETS, TARGET_TURNS = 100, 3
COLUMNS = ["sent by", "TLS", "CAs", "wall", "CPU",
           *(f"{delay} ms" for delay in DELAYS), "flights", "calls", "peak",
           "disk", "wall / curl", "CPU / curl", f"{COUNTED} ms / curl",
           "peak / curl"]
# For our rows with one root, and for figures.txt.
AIMS = (("wall", 0.20), ("cpu", 0.17), ("peak", 0.04))
MANY_AIM = 0.015
GITHUB_AIM, WORST_AIM = 14, 20


class Figures:
    """What was measured of one way: a list of turns each."""

    def __init__(self, way):
        self.way = way
        self.turns = {key: [] for key in ("wall", "cpu", *DELAYS)}
        self.flights = self.calls = self.peak = self.disk = 0

    def median(self, key):
        return statistics.median(self.turns[key]) / 1e3

    def ratio(self, other, key):
        """To the other one, which took turns with it."""
        return statistics.median(a / b for a, b in zip(
            self.turns[key], other.turns[key]))


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

    def figures(self, shape):
        """Of all ways, for one chain."""
        root = self.use(shape)
        near, far = (ways.make_ways(self.server.url(shape, host), root)
                     for host in (network.NEAR, network.FAR))
        rows = [Figures(way) for way in near]
        for row, way in zip(rows, far):
            self.run_traced(row, way)
            row.disk = ways.size_on_disk(way)
        for turn in range(WARM_UP + TURNS):
            for row in rows:
                took = self.run(row.way, self.measure)
                if turn >= WARM_UP:
                    row.turns["wall"].append(took[0])
                    row.turns["cpu"].append(took[1])
        for delay, turns in DELAYS.items():
            for _ in range(turns):
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


def curl_for(row, rows):
    return next(other for other in rows if other.way.name == "curl" and
                (other.way.version, other.way.roots) ==
                (row.way.version, row.way.roots))


def cells(row, rows):
    curl = curl_for(row, rows)
    return [row.way.name, row.way.version, row.way.roots,
            f"{row.median('wall'):.2f}", f"{row.median('cpu'):.2f}",
            *(f"{row.median(delay):.1f}" for delay in DELAYS),
            str(row.flights), str(row.calls), str(row.peak),
            str((row.disk + 1023) // 1024),
            *(f"{row.ratio(curl, key):.2f}"
              for key in ("wall", "cpu", COUNTED)),
            f"{row.peak / curl.peak:.3f}"]


def layout(lines):
    """Of a table in Markdown. A line with one cell is a heading."""
    lines = [line + [""] * (len(lines[0]) - len(line)) for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for number, line in enumerate(lines):
        yield "| " + " | ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths))) + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 1) + (":" if i else "-")
                                 for i, width in enumerate(widths)) + "|"


def first_line(*command):
    return subprocess.run(command, check=True, text=True,
                          capture_output=True).stdout.splitlines()[0].strip()


def machine():
    """What it was measured on, without any name of it."""
    with open("/proc/cpuinfo", encoding="ascii") as f:
        model = re.search(r"^(?:model name|Processor)\s*: (.*)$", f.read(),
                          re.MULTILINE)
    with open("/etc/os-release", encoding="utf-8") as f:
        system = re.search(r'^PRETTY_NAME="?([^"\n]*)', f.read(), re.MULTILINE)
    nginx = subprocess.run(["nginx", "-v"], check=True, text=True,
                           capture_output=True).stderr.strip()
    return [
        f"{os.cpu_count()} processors, "
        f"{model[1] if model else platform.machine()}",
        f"Linux {platform.release().split('-')[0]}, {system[1]}",
        first_line(ways.BINARY, "--version"),
        " ".join(first_line("curl", "--version").split()[:4]),
        first_line("bash", "--version").split(" (")[0],
        first_line("jq", "--version"), first_line("gh", "--version"),
        "node " + first_line("node", "--version"), nginx.split(": ")[1]]


def aims(rows, many):
    """Whether they are reached, a line each."""
    for row in rows:
        if row.way.name != "repository-dispatch" or row.way.roots != "one":
            continue
        curl = curl_for(row, rows)
        for key, aim in AIMS:
            got = (row.peak / curl.peak if key == "peak"
                   else row.ratio(curl, key))
            yield f"TLS {row.way.version}, {key} to that of curl", got, aim
    yield (f"{TARGETS} targets to {TARGETS} curls",
           many["repository-dispatch"] / many["curl, 100 times"], MANY_AIM)
    counts = {name: value / 1e6
              for name, value in figures.read_committed().items()
              if "instructions" in name and "all CAs" not in name}
    yield ("million instructions, github",
           max(value for name, value in counts.items()
               if name.endswith(", github")), GITHUB_AIM)
    yield ("million instructions, worst chain", max(counts.values()),
           WORST_AIM)


INTRODUCTION = """# Results of `./build.sh bench`

Written by `bench.py`. One event is sent by each way in turn, over HTTP/1.1, to
nginx on the same machine, which responds as GitHub does.

- *wall*, *CPU*: milliseconds on loopback. CPU is user and system time, with all
  children.
- *0 ms* and so on: wall time with this delay each way, from the first SYN on.
  Names come from `/etc/hosts`.
- *flights*: changes of direction of the payload, up to the response. TCP's own
  handshake takes one more round trip.
- *calls*: system calls of all processes, over the line.
- *peak*: VmHWM of the largest process, KiB.
- *disk*: KiB of the programs, their libraries and, with all CAs, the bundle.
- *CAs*: only the root of the chain, or the bundle of the machine with this root
  at its end.
- */ curl*: ratio to curl with the same version of TLS and the same CAs.

Times are medians, ratios of times the medians of the ratios of each turn.
"""


def report(tables, many):
    lines = [COLUMNS]
    for shape, rows in tables:
        lines.append([f"**{shape.title}**"])
        lines += [cells(row, rows) for row in rows]
    yield from INTRODUCTION.splitlines()
    yield from ("", "Measured on:", "")
    yield from (f"- {text}" for text in machine())
    yield from ("", "Chains, from the server's key to the root's:", "")
    yield from (f"- {shape.describe()}" for shape, _ in tables)
    yield ""
    yield from layout(lines)
    yield from ("", f"{TARGETS} targets in milliseconds, " + ", ".join(
        f"{name}: {took:.0f}" for name, took in many.items()) + ".")
    yield from ("", "Aims, with the first chain and one root:", "")
    for name, got, aim in aims(tables[0][1], many):
        verdict = "reached" if got <= aim else "missed"
        yield f"- {name}: {got:.3f}, at most {aim}: {verdict}"


def main():
    network.enter()
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server, \
            network.Line() as line:
        os.chmod(folder, 0o755)
        bench = Bench(folder, server, line)
        tables = [(shape, bench.figures(shape)) for shape in SHAPES]
        many = bench.many(SHAPES[0])
    text = "\n".join(report(tables, many)) + "\n"
    print(text)
    with open(RESULTS, "w", encoding="utf-8") as f:
        f.write(text)


if __name__ == "__main__":
    main()
