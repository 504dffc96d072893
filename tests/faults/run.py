#!/usr/bin/env python3
"""run.py [--all] [PART...] - faults of system calls, of the wire, and signals,
against the promise on delivery. Without --all, a sample.

Each check is a group of runs; the runs that broke a rule are its details."""

import collections
import functools
import sys
import time

import calls
import scene
import signals
import wire
from harness import Tap
from pool import Pool

THREADS = 12
CHUNK = 1000
SHOWN = 5  # runs that broke a rule, of each check
SAMPLES = 7


def traces(pool):
    """The calls of each scenario."""
    found = pool.run([functools.partial(calls.trace, scenario=name)
                      for name in scene.SCENARIOS])
    return zip(scene.SCENARIOS, found)


def spread(faults, key):
    """One fault of each key, at another place for each."""
    groups = collections.defaultdict(list)
    for fault in faults:
        groups[key(fault)].append(fault)
    return [group[index * 31 % len(group)]
            for index, group in enumerate(groups.values())]


def of_calls(pool, is_whole):
    faults = [fault for name, trace in traces(pool)
              for fault in calls.faults(name, trace)]
    if not is_whole:
        faults = spread(faults, lambda f: (f[1], f[3]))
        return faults, calls.inject, lambda f: f"the call {f[1]} fails"
    return faults, calls.inject, lambda f: f"{f[0]}: the call {f[1]} fails"


def of_signals(pool, is_whole):
    faults = [fault for name, trace in traces(pool)
              for fault in signals.faults(name, trace)]
    if not is_whole:
        faults = spread(faults, lambda f: (f[0], f[3]))
        return faults, signals.send, lambda f: f"a {f[3]} comes"
    return faults, signals.send, lambda f: f"{f[0]}: a {f[3]} comes"


def of_wire(pool, is_whole):
    most = pool.run([functools.partial(wire.measure, version=version)
                     for version in wire.VERSIONS])
    faults = [fault for version, sizes in zip(wire.VERSIONS, most)
              for fault in wire.faults(
                  version, sizes, 1 if is_whole else max(sizes) // SAMPLES)]
    return faults, wire.cut, lambda f: f"TLS {f[0]}, {f[1]}: {f[3]}"


PARTS = {"calls": of_calls, "wire": of_wire, "signals": of_signals}


def run_all(pool, part, run, faults):
    """The results, in order. Says on standard error how far it has come."""
    results = []
    for begin in range(0, len(faults), CHUNK):
        results += run_again(pool, run, faults[begin:begin + CHUNK])
        for fault, (result, wrong) in zip(faults[begin:], results[begin:]):
            if wrong:
                print(f"{part}: {wrong}: {fault}\n{result}", file=sys.stderr)
        print(f"{part}: {len(results)} of {len(faults)} runs", file=sys.stderr,
              flush=True)
    return results


def run_again(pool, run, faults):
    """Runs all, and once more what a busy machine may have made too late."""
    jobs = [functools.partial(run, fault=fault) for fault in faults]
    results = pool.run(jobs, THREADS)
    late = [index for index, (_, wrong) in enumerate(results)
            if wrong and not scene.is_promise(wrong)]
    again = pool.run([jobs[index] for index in late], 2) if late else []
    for index, result in zip(late, again):
        results[index] = result
    return results


def test(tap, pool, part, is_whole):
    began = time.monotonic()
    faults, run, name_of = PARTS[part](pool, is_whole)
    groups = collections.defaultdict(list)
    statuses = collections.Counter()
    results = run_all(pool, part, run, faults)
    for fault, (result, wrong) in zip(faults, results):
        group = groups[name_of(fault)]
        if wrong:
            group.append(f"{wrong}: {fault}\n{result}")
        statuses[result.status, sum(result.delivered)] += 1
    for name, broken in groups.items():
        tap.check(not broken, f"{part}: {name}", f"{len(broken)} runs",
                  *broken[:SHOWN])
    print(f"# {part}: {len(faults)} runs in "
          f"{time.monotonic() - began:.0f} s; exit status, events delivered, "
          "runs:", ", ".join(
              f"{status} {count} {number}" for (status, count), number
              in sorted(statuses.items(), key=lambda pair: -pair[1])),
          flush=True)


def main():
    parts = sys.argv[1:]
    is_whole = "--all" in parts
    tap = Tap()
    with Pool() as pool:
        for part in [part for part in PARTS if part in parts] or PARTS:
            test(tap, pool, part, is_whole)
    sys.exit(tap.done())


if __name__ == "__main__":
    main()
