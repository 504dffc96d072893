"""results.py - what bench.py measured, as a table in Markdown."""

import os
import platform
import re
import statistics
import subprocess

import figures
import ways

# Milliseconds each way. The ratio to curl is that of one of them.
DELAYS = (0, 5, 20, 50)
COUNTED = 20
TARGETS = 100
COLUMNS = ["sent by", "TLS", "CAs", "wall", "CPU",
           *(f"{delay} ms" for delay in DELAYS), "flights", "calls", "peak",
           "disk", "wall / curl", "CPU / curl", f"{COUNTED} ms / curl",
           "peak / curl"]
# For our rows with one root, and for figures.txt.
AIMS = (("wall", 0.20), ("cpu", 0.17), ("peak", 0.04))
MANY_AIM = 0.015
GITHUB_AIM, WORST_AIM = 14, 20


class Row:
    """What was measured of one way: in turns, the wall and the CPU time on
    loopback, and the wall time with each delay, in microseconds."""

    def __init__(self, way):
        self.way = way
        self.turns = {key: [] for key in ("wall", "cpu", *DELAYS)}
        self.flights = self.calls = self.peak = self.disk = 0

    def median(self, key):
        """In milliseconds."""
        return statistics.median(self.turns[key]) / 1e3

    def ratio(self, other, key):
        """To another row, which took turns with this one."""
        if key == "peak":
            return self.peak / other.peak
        return statistics.median(a / b for a, b in zip(
            self.turns[key], other.turns[key]))

    def curl(self, rows):
        """The row of curl with the same version and CAs."""
        return next(row for row in rows if row.way.name == "curl" and
                    row.way.version == self.way.version and
                    row.way.roots == self.way.roots)

    def cells(self, rows):
        curl = self.curl(rows)
        return [self.way.name, self.way.version, self.way.roots,
                f"{self.median('wall'):.2f}", f"{self.median('cpu'):.2f}",
                *(f"{self.median(delay):.1f}" for delay in DELAYS),
                str(self.flights), str(self.calls), str(self.peak),
                str((self.disk + 1023) // 1024),
                *(f"{self.ratio(curl, key):.2f}"
                  for key in ("wall", "cpu", COUNTED)),
                f"{self.ratio(curl, 'peak'):.3f}"]


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


def machine(load):
    """What it was measured on, without any name of it. load is the load average
    before the first turn."""
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
        f"load average before {load:.1f}" + (
            ", all processes in real time" if os.sched_getscheduler(0) in
            (os.SCHED_RR, os.SCHED_FIFO) else ""),
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
        for key, aim in AIMS:
            yield (f"TLS {row.way.version}, {key} to that of curl",
                   row.ratio(row.curl(rows), key), aim)
    yield (f"{TARGETS} targets to {TARGETS} curls",
           many["repository-dispatch"] / many["curl, 100 times"], MANY_AIM)
    counts = {name: value / 1e6
              for name, value in figures.read_committed().items()
              if "instructions" in name and "all CAs" not in name}
    for name, count in counts.items():
        if name.endswith(", github"):
            yield name + ", millions", count, GITHUB_AIM
    yield "instructions, worst chain, millions", max(counts.values()), WORST_AIM


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
- *disk*: KiB of the programs, their libraries and, with all CAs, the bundle,
  except for Node, which has its CAs built in.
- *CAs*: only the root of the chain, or the bundle of the machine with this root
  at its end. repository-dispatch reads either as `--ca-file`; without it, it
  uses the CAs that are built in, and needs no bundle.
- */ curl*: ratio to curl with the same version of TLS and the same CAs.

Times are medians, ratios of times the medians of the ratios of each turn.
"""


def report(tables, many, load):
    lines = [COLUMNS]
    for shape, rows in tables:
        lines.append([f"**{shape.title}**"])
        lines += [row.cells(rows) for row in rows]
    yield from INTRODUCTION.splitlines()
    yield from ("", "Measured on:", "")
    yield from (f"- {text}" for text in machine(load))
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
