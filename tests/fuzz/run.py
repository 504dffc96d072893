"""run.py - runs fuzz targets, each for so many seconds of CPU time.

    run.py SECONDS FOLDER TARGET...
    run.py --planted SECONDS FOLDER

The first form prints what each target did, and fails if one found something.
The second runs each program in FOLDER/*/, which has a fault in it, and prints
how long it takes to find it; it fails if one does not.

An input may take a second of CPU time (limit.c), a minute by the clock, and a
target 1 GiB of memory.
"""

import concurrent.futures
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MEMORY = 1024  # MiB
# Where each byte decides something, long inputs are of use from the start.
OPTIONS = {
    "flow_fuzz": ["-len_control=0", "-max_len=256"],
    "handshake_fuzz": ["-len_control=0", "-max_len=256"],
    "resolve_fuzz": ["-len_control=0", "-max_len=1024"],
    "tls12_fuzz": ["-len_control=0", "-max_len=256"],
}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid):
    """Returns the CPU time of a process until now."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def run(command, log, seconds):
    """Runs a command for this much CPU time. Returns its exit status, or None
    if the time was up, and the CPU time."""
    with open(log, "ab") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=output, stderr=output)
        stopped = False
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid != 0:
                break
            if not stopped and cpu_of(child.pid) >= seconds:
                child.send_signal(signal.SIGINT)
                stopped = True
            time.sleep(0.02 if seconds < 20 else 0.2)
    child.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return (None if stopped else child.returncode), cpu


def words_of(name):
    """Returns the lines of the dictionary that names a target."""
    for path in glob.glob(f"{HERE}/*.dict"):
        with open(path, encoding="ascii") as file:
            first, *lines = file.read().splitlines()
        if name in first.split():
            break
    else:
        return []
    if name == "options_fuzz":
        with open(f"{HERE}/../../src/cli/option_table.c",
                  encoding="utf-8") as file:
            for option in re.findall(r'\.name = "([a-z-]+)"', file.read()):
                variable = option.upper().replace("-", "_")
                lines += [f'"--{option}="', f'"DISPATCH_{variable}="']
    return lines


class Target:
    """A program, its corpus, and its figures."""

    def __init__(self, program, folder, name):
        self.program = program
        self.folder = folder
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        self.runs = self.cpu = self.wall = 0
        self.features = ""

    def command(self, seed):
        stem = os.path.join(HERE, self.name[:-len("_fuzz")])
        found = os.path.join(self.folder, f"{self.name}.found")
        os.makedirs(found, exist_ok=True)
        command = [self.program, "-timeout=60", f"-rss_limit_mb={MEMORY}",
                   f"-artifact_prefix={self.folder}/{self.name}-",
                   "-detect_leaks=0",  # there is no heap
                   "-print_final_stats=1", found]
        if seed:
            command.append(f"-seed={seed}")
        if os.path.isdir(f"{stem}_corpus"):
            command.append(f"{stem}_corpus")
        words = words_of(self.name)
        if words:
            path = os.path.join(self.folder, f"{self.name}.dict")
            with open(path, "w", encoding="ascii") as file:
                file.write("\n".join(words) + "\n")
            command.append(f"-dict={path}")
        return command + OPTIONS.get(self.name, [])

    def artifacts(self):
        return set(glob.glob(f"{self.folder}/{self.name}-*"))

    def read_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            text = file.read()
        counts = re.findall(r"stat::number_of_executed_units: *([0-9]+)", text)
        self.runs = sum(map(int, counts))
        covered = re.findall(r" cov: ([0-9]+) ft: ([0-9]+)", text)
        self.features = covered[-1][1] if covered else "?"

    def hunt(self, seconds, seed=0):
        """Runs until something is found or the time is up. Returns the paths of
        findings."""
        began = time.monotonic()
        if os.path.exists(self.log):
            os.remove(self.log)
        before = self.artifacts()
        status, self.cpu = run(self.command(seed), self.log, seconds)
        found = self.artifacts() - before
        if status is not None and not found:
            found = {f"{self.log}: exit status {status}"}
        self.wall = time.monotonic() - began
        self.read_log()
        return sorted(found)


def fuzz(seconds, folder, names):
    """Runs targets, as many at a time as there are processors."""
    targets = [Target(os.path.join(folder, n), folder, n) for n in names]
    failed = False
    jobs = int(os.environ.get("FUZZ_JOBS", os.cpu_count()))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        tries = {pool.submit(t.hunt, seconds): t for t in targets}
        for one in concurrent.futures.as_completed(tries):
            target = tries[one]
            print(f"{target.name}: {target.runs:,} runs, {target.cpu:.0f} s of "
                  f"CPU in {target.wall:.0f} s, {target.features} features",
                  flush=True)
            for path in one.result():
                failed = True
                print(f"{target.name}: FOUND {path}", flush=True)
    return failed


def planted(seconds, folder):
    """Looks for each planted fault, one after the other."""
    failed = False
    for plant in sorted(os.listdir(folder)):
        place = os.path.join(folder, plant)
        name = next(n for n in os.listdir(place) if n.endswith("_fuzz"))
        for key in glob.glob(f"{place}/key*"):
            os.makedirs(f"{place}/{name}.found", exist_ok=True)
            shutil.copy(key, f"{place}/{name}.found")
        target = Target(os.path.join(place, name), place, name)
        found = target.hunt(seconds, seed=1)
        what = os.path.basename(found[0]) if found else "NOT FOUND"
        print(f"{plant}: {name}, {target.cpu:.1f} s of CPU: {what}", flush=True)
        failed = failed or not found
    return failed


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "--planted":
        return planted(float(arguments[1]), arguments[2])
    return fuzz(float(arguments[0]), arguments[1], arguments[2:])


if __name__ == "__main__":
    sys.exit(main())
