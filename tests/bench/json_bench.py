#!/usr/bin/env python3
"""json_bench.py - --check-json compared with jq, Python, jansson and simdjson.

How to read it: all are given the same five files, and each but ours builds a
tree or tape of what it reads, where --check-json only says whether it is JSON.
The first table is of whole processes, start and reading the file included:
MB/s by the median of runs in turn with ours, in brackets how many times as
fast ours was, the median of the pairs. "<" is a tool stopped after LIMIT
seconds, "too deep" a tool that refuses this nesting, as it may. The second table
is of parsing only, in memory: the best of many. Nothing is asserted on time;
a tool that takes a file for invalid is an error."""

import glob
import os
import signal
import statistics
import subprocess
import sys

import json_files

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(ROOT, "build", "bench")
BINARY = os.path.join(ROOT, "build", "repository-dispatch")
TARGET = os.environ["TARGET"]
LIMIT = 8
# Pairs of runs, and no more of them after so many seconds.
FAST, SLOW, ENOUGH = 15, 3, 10
TOO_DEEP = ("depth limit", "RecursionError", "maximum recursion")


def built(name):
    return os.path.join(OUT, name)


def compile_all():
    """Ours is made of the objects the binary is made of, linked as it is, but
    with the system's libc, of which they use next to nothing."""
    objects = [name for folder in ("json", "base") for name in glob.glob(
        os.path.join(ROOT, "build", TARGET, "ours", folder, "*.o"))]
    static = ["gcc", "-static", "-no-pie", "-D_GNU_SOURCE"]
    for source, compiler, rest in (
            ("measure.c", static, ["-Os"]),
            ("json_ours.c", static, [
                "-Oz", "-flto", "-flto-partition=none", "-Wl,--gc-sections",
                "-I", os.path.join(ROOT, "src"), *sorted(objects)]),
            ("json_jansson.c", ["gcc", "-O3"], ["-ljansson"]),
            ("json_simdjson.cpp", ["g++", "-O3"], ["-lsimdjson"])):
        subprocess.run([*compiler, os.path.join(HERE, source), *rest, "-o",
                        built(source.split(".")[0])], check=True)


# No tool is asked to do more than it must: jq prints nothing, Python neither
# looks for packages nor lays out what it writes.
TOOLS = {
    "jq": lambda path: ["jq", "empty", path],
    "python": lambda path: [sys.executable, "-ISm", "json.tool", "--compact",
                            "--no-ensure-ascii", path, os.devnull],
    "jansson": lambda path: [built("json_jansson"), path, "0"],
    "simdjson": lambda path: [built("json_simdjson"), path, "0"],
}


class Refused(Exception):
    """With what the tool said."""


def measure(command):
    """Wall time in seconds, None if that is more than LIMIT."""
    process = subprocess.Popen(
        [built("measure"), *command], start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace")
    try:
        out, err = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None
    if process.returncode != 0:
        raise Refused(err.strip()[-300:])
    return int(out.split()[0]) / 1e6


def compare(path, command):
    """Seconds of ours and of theirs, how many times as fast ours is, and
    whether theirs was stopped, so that the last two are at least that."""
    pairs, ours, b = [], [BINARY, "--check-json", path], 0
    measure(ours)  # for the page cache
    while (b is not None and sum(b for _, b in pairs) < ENOUGH
           and len(pairs) < (FAST if b < 0.5 else SLOW)):
        a, b = measure(ours) or LIMIT, measure(command)
        pairs.append((a, b or LIMIT))
    return (statistics.median(a for a, _ in pairs),
            statistics.median(b for _, b in pairs),
            statistics.median(b / a for a, b in pairs), b is None)


def in_memory(path):
    """GB/s by tool."""
    size = os.path.getsize(path)
    repeat, best = ("2000" if size < 10**6 else "3"), {}
    for _ in range(5):
        for name in ("ours", "simdjson", "jansson"):
            if best.get(name, 0) > 10**9:
                continue  # once is enough where it takes seconds
            took = int(subprocess.run(
                [built("json_" + name), path,
                 "1" if name == "jansson" and repeat == "3" else repeat],
                check=True, stdout=subprocess.PIPE).stdout)
            best[name] = min(best.get(name, took), took)
    return {name: size / took for name, took in best.items()}


def verdict(what, reached, aim, mark=""):
    short = f"short by {100 * (1 - reached / aim):.0f} %"
    return (f"{what} {mark}{reached:.2f} "
            f"{'reached' if reached >= aim else short}")


def main():
    os.makedirs(OUT, exist_ok=True)
    compile_all()
    paths, errors = json_files.make(OUT), []
    speed, jq, peer = [], [], []
    print("whole processes, MB/s (times as fast ours is)")
    print(f"{'':11}{'ours':>8}" + "".join(f"{n:>18}" for n in TOOLS))
    for path in paths:
        name, size = os.path.basename(path)[:-5], os.path.getsize(path)
        ours, line = [], ""
        for tool, command in TOOLS.items():
            try:
                a, b, ratio, stopped = compare(path, command(path))
            except Refused as e:
                deep = any(text in str(e) for text in TOO_DEEP)
                line += f"{'too deep' if deep else 'REFUSED':>18}"
                if tool == "jq":
                    jq.append(f"{name} no comparison")
                errors += [] if deep else [f"{tool}, {name}: {e}"]
                continue
            ours.append(a)
            less, more = ("<", ">") if stopped else ("", "")
            line += (f"{less}{size / b / 1e6:.1f} "
                     f"({more}{ratio:.1f})").rjust(18)
            if tool == "jq":
                jq.append(verdict(name, ratio, 20, more))
        rate = size / statistics.median(ours) / 1e6 if ours else 0
        print(f"{name:11}{rate:8.1f}{line}", flush=True)
        if name == "events":
            speed.append(verdict("events as a process", rate / 1e3, 1))
    print("\nin memory, GB/s (times as fast ours is)")
    print(f"{'':11}{'ours':>8}{'simdjson':>18}{'jansson':>18}")
    for path in paths if not errors else ():
        name, gbs = os.path.basename(path)[:-5], in_memory(path)
        print(f"{name:11}{gbs['ours']:8.2f}" + "".join(
            f"{gbs[n]:.2f} ({gbs['ours'] / gbs[n]:.2f})".rjust(18)
            for n in ("simdjson", "jansson")), flush=True)
        if name.startswith("event"):
            speed.append(verdict(name + " in memory", gbs["ours"], 1))
        peer.append(verdict(name, gbs["ours"] / gbs["simdjson"], 1))
    for aim, reached in (("at least 1 GB/s on the event files", speed),
                         ("at least 20 times jq", jq),
                         ("no slower than simdjson's parse", peer)):
        print(f"\n{aim}: " + "; ".join(reached), end="")
    print()
    for error in errors:
        print("json_bench.py: not taken as JSON by", error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
