#!/usr/bin/env python3
"""json_bench.py - --check-json beside jq, Python, jansson and simdjson.

First whole processes that read the same file, in turn: medians of wall time
as MB/s, and ours as so many times theirs. Then validating in memory against
simdjson's DOM parse, the best of some turns. Nothing is asserted on time; a
tool that does not take a file as JSON ends this with an error."""

import os
import statistics
import subprocess
import sys

import json_files

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(ROOT, "build", "bench")
BINARY = os.path.join(ROOT, "build", "repository-dispatch")


def built(name):
    return os.path.join(OUT, name)


def run(command, **options):
    subprocess.run(command, check=True, **options)


def compile_all():
    """Ours is linked with the very objects of the binary."""
    run(["gcc", "-O2", os.path.join(HERE, "measure.c"), "-D_GNU_SOURCE",
         "-static", "-o", built("measure")])
    run(["gcc", "-O2", os.path.join(HERE, "json_jansson.c"), "-ljansson",
         "-o", built("jansson")])
    run(["g++", "-O3", os.path.join(HERE, "json_simdjson.cpp"), "-lsimdjson",
         "-o", built("simdjson")])
    objects = [os.path.join(ROOT, "build", "ours", name + ".o")
               for name in ("json", "skim", "text", "buffer", "error",
                            "format")]
    compiler = "gcc" if os.path.exists("/etc/alpine-release") else "musl-gcc"
    run([compiler, "-O2", "-static", "-no-pie", "-D_GNU_SOURCE", "-I",
         os.path.join(ROOT, "src"), os.path.join(HERE, "json_ours.c"),
         *objects, "-o", built("ours")])


TOOLS = {
    "jq": lambda path: ["jq", "empty", path],
    "python": lambda path: [sys.executable, "-m", "json.tool", "--compact",
                            "--no-ensure-ascii", path, os.devnull],
    "jansson": lambda path: [built("jansson"), path],
    "simdjson": lambda path: [built("simdjson"), path, "1"],
}


def measure(command):
    """Wall time in seconds."""
    result = subprocess.run([built("measure"), *command], check=True,
                            stdout=subprocess.PIPE)
    return int(result.stdout.split()[0]) / 1e6


def whole_processes(path, turns):
    """Medians by tool, each turn with all of them."""
    times = {name: [] for name in ("ours", *TOOLS)}
    for turn in range(turns):
        # Whoever takes seconds needs no more than three turns.
        for name, command in TOOLS.items():
            if turn < 3 or times[name][0] < 1:
                times["ours"].append(measure([BINARY, "--check-json", path]))
                times[name].append(measure(command(path)))
    return {name: statistics.median(t) for name, t in times.items()}


def in_memory(path):
    """GB/s of validating and of simdjson's parse, in turn."""
    size = os.path.getsize(path)
    times = "2000" if size < 10**6 else "3"
    best = {}
    for _ in range(3):
        for name in ("ours", "simdjson"):
            result = subprocess.run([built(name), path, times], check=True,
                                    stdout=subprocess.PIPE)
            took = int(result.stdout)
            best[name] = min(best.get(name, took), took)
    return {name: size / took for name, took in best.items()}


def report(aims, name, what, reached, aim, unit):
    """An aim is told as reached, or by how much it is not."""
    verdict = ("reached" if reached >= aim
               else f"short by {100 * (1 - reached / aim):.0f} %")
    aims.append(f"  {name}: {what} {reached:.2f}{unit}, aim {aim:g}{unit}: "
                f"{verdict}")


def main():
    os.makedirs(OUT, exist_ok=True)
    compile_all()
    aims = []
    print("whole processes, MB/s, and how many times as fast ours is")
    print(f"{'':16}{'ours':>8}" + "".join(f"{n:>18}" for n in TOOLS))
    paths = json_files.make(OUT)
    for path in paths:
        name, size = os.path.basename(path), os.path.getsize(path)
        medians = whole_processes(path, 9)
        print(f"{name:16}{size / medians['ours'] / 1e6:8.0f}" + "".join(
            f"{size / medians[n] / 1e6:10.1f} ({medians[n] / medians['ours']:.1f})"
            .rjust(18) for n in TOOLS))
        report(aims, name, "times as fast as jq",
               medians["jq"] / medians["ours"], 20, "")
    print("\nin memory, GB/s")
    print(f"{'':16}{'ours':>8}{'simdjson':>10}{'ratio':>8}")
    for path in paths:
        name, speed = os.path.basename(path), in_memory(path)
        ratio = speed["ours"] / speed["simdjson"]
        print(f"{name:16}{speed['ours']:8.2f}{speed['simdjson']:10.2f}"
              f"{ratio:8.2f}")
        if name.startswith("event"):
            report(aims, name, "validates", speed["ours"], 1, " GB/s")
        report(aims, name, "times as fast as simdjson", ratio, 1, "")
    print("\n" + "\n".join(aims))


if __name__ == "__main__":
    main()
