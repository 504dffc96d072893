#!/usr/bin/env python3
"""action_bench.py - the action with a binary in the runner's tool cache, as on
every job after the first one of a runner: the time from the start of its first
step until the event is sent, and what of it each step takes. The shells and the
binary are timed, without the runner's own work. Prints medians, asserts nothing."""

import hashlib
import os
import platform
import shutil
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "actions"))
from machine import BINARY, FOLDER, ROOT, TOOLS, Job, Stage, search_path  # noqa: E402

TURNS = 30


def make_checkout(place, machine, version):
    """A copy of the action that pins the binary that was built here."""
    root = place.file("checkout")
    folder = os.path.join(root, os.path.relpath(FOLDER, ROOT))
    shutil.copytree(FOLDER, folder)
    # The action looks for these, to know the repository that it stands in.
    for name in ("action.yml", "build.sh", "src/VERSION", "src/main.c",
                 "vendor/bearssl.lock"):
        os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
        shutil.copy(os.path.join(ROOT, name), os.path.join(root, name))
    with open(BINARY, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    with open(os.path.join(folder, "SHA256SUMS"), "w",
              encoding="ascii") as f:
        f.write(f"# version {version}\n{digest}  repository-dispatch-linux-{machine}\n")
    return root


def main():
    machine = platform.machine()
    with open(os.path.join(ROOT, "src", "VERSION"), encoding="ascii") as f:
        version = f.read().strip()
    with Stage() as place:
        job = Job(place, "job", search_path(place, "tools", TOOLS),
                  make_checkout(place, machine, version))
        job.inputs["binary"] = ""
        job.runner.variables["RUNNER_ARCH"] = ""
        cached = os.path.join(job.runner.folder("tools"),
                              "repository-dispatch", version, machine)
        os.makedirs(cached)
        shutil.copy(BINARY, cached)
        took = []
        for _ in range(TURNS):
            result = job.play()
            if result.status != 0 or len(job.sent()) != 1 or \
                    "using the one in the tool cache" not in result.err:
                sys.exit(f"the action did not send: {result}")
            took.append(result.took)
    print(f"\nthe action with a cached binary, medians of {TURNS}, ms")
    for name, times in (
            ("step start to event sent", [sum(t.values()) for t in took]),
            ("  step find (verifies it)", [t["find"] for t in took]),
            ("  step dispatch", [t["dispatch"] for t in took])):
        print(f"{name:26}{statistics.median(times) * 1e3:10.1f}")


if __name__ == "__main__":
    main()
