#!/usr/bin/env python3
"""coverage.py EXPORT [write] - reads what `llvm-cov export` wrote, prints the
shares of lines and branches that ran, and compares what did not run with left.txt.

It fails if a share is below its minimum, or if something did not run that the list
does not have. With "write" it writes the list anew: entries keep their reasons, and
those without one stand last."""

import collections
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
LIST = os.path.join(ROOT, "tests", "coverage", "left.txt")
MINIMUM = {"lines": 95, "branches": 90}
NO_REASON = "Without a reason"


def read_source(path):
    with open(path, encoding="utf-8") as f:
        return f.read().splitlines()


def name_of(path):
    """The name of a source of ours, or None."""
    name = os.path.relpath(path, ROOT)
    return None if not name.startswith("src/") or \
        name.startswith("src/gen/") else name


def run_lines(segments):
    """{line: how often it ran} of a file, as LLVM's LineCoverageStats has it.
    A segment is line, column, count, whether it has one, whether a region begins
    there, and whether it is the gap before a statement."""
    by_line = collections.defaultdict(list)
    for segment in segments:
        by_line[segment[0]].append(segment)
    counts, wrapped = {}, None
    for line in range(1, max(by_line, default=0) + 1):
        here = by_line.get(line, [])
        starts = [s[2] for s in here if s[3] and s[4] and not s[5]]
        is_skipped = here and here[0][4] and not here[0][3]
        if not is_skipped and (starts or (wrapped and wrapped[3])):
            counts[line] = max([*starts, wrapped[2] if wrapped else 0])
        if here:
            wrapped = here[-1]
    return counts


def functions_of(data):
    """(file, first line, last line, name, count) of every function."""
    for function in data["functions"]:
        name = name_of(function["filenames"][0])
        if name:
            first = function["regions"][0]
            yield (name, first[0], first[2],
                   function["name"].split(":")[-1], function["count"])


def text_at(source, branch):
    """The condition, in one line, without white space that it does not need."""
    first, start, last, end = branch[:4]
    lines = source[first - 1:last]
    lines[-1] = lines[-1][:end - 1]
    lines[0] = lines[0][start - 1:]
    return " ".join(" ".join(lines).split())


def function_at(functions, line):
    for first, last, name, count in functions:
        if first <= line <= last:
            return name, count
    return "?", 1


def measure(data):
    """({folder: [lines, that ran, branches, that ran]}, what did not run)."""
    functions = collections.defaultdict(list)
    for name, first, last, function, count in functions_of(data):
        functions[name].append((first, last, function, count))
    shares, left = collections.defaultdict(lambda: [0] * 4), set()
    for file in data["files"]:
        name = name_of(file["filename"])
        if name is None:
            continue
        share = shares[os.path.dirname(name)]
        source = read_source(file["filename"])
        never = {f[2] for f in functions[name] if f[3] == 0}
        left |= {f"{name}: {function}: never called" for function in never}
        has_branch = set()
        for branch in file["branches"]:
            function = function_at(functions[name], branch[0])[0]
            for count, side in zip(branch[4:6], ("true", "false")):
                share[2] += 1
                share[3] += count > 0
                if count == 0 and function not in never:
                    has_branch.add(function)
                    left.add(f"{name}: {function}: "
                             f"{text_at(source, branch)}: never {side}")
        for line, count in run_lines(file["segments"]).items():
            function = function_at(functions[name], line)[0]
            share[0] += 1
            share[1] += count > 0
            # "?" is the text of a macro, outside of a function.
            if count == 0 and function not in never | has_branch | {"?"}:
                left.add(f"{name}: {function}: {source[line - 1].strip()}: "
                         "never run")
    return shares, left


def read_list():
    """{entry: reason}. A reason stands before its entries, after "# "."""
    reasons, reason, previous = {}, "", ""
    if not os.path.exists(LIST):
        return reasons
    for line in read_source(LIST):
        if line.startswith("# "):
            reason = reason + "\n" + line[2:] if previous.startswith("# ") \
                else line[2:]
        elif line:
            reasons[line] = reason
        previous = line
    return reasons


def write_list(reasons):
    by_reason = collections.defaultdict(list)
    for entry, reason in reasons.items():
        by_reason[reason].append(entry)
    with open(LIST, "w", encoding="utf-8") as f:
        for reason in sorted(by_reason, key=lambda r: (r == NO_REASON, r)):
            lines = "".join(f"# {line}\n" for line in reason.splitlines())
            f.write(lines + "".join(
                entry + "\n" for entry in sorted(by_reason[reason])) + "\n")


def print_shares(shares):
    """Returns those that are below the minimum."""
    total = [sum(column) for column in zip(*shares.values())]
    print(f"{'':16} {'lines':>14} {'branches':>17}")
    for name, share in [*sorted(shares.items()), ("all", total)]:
        cells = [f"{run:5} of {of:5} {100 * run / of if of else 100:5.1f} %"
                 for of, run in (share[:2], share[2:])]
        print(f"{name:16} {'  '.join(cells)}")
    found = {"lines": total[1] / total[0], "branches": total[3] / total[2]}
    return [f"{name}: less than {MINIMUM[name]} %"
            for name, share in found.items() if 100 * share < MINIMUM[name]]


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        data = json.load(f)["data"][0]
    shares, left = measure(data)
    faults = print_shares(shares)
    reasons = read_list()
    if sys.argv[2:] == ["write"]:
        write_list({entry: reasons.get(entry, NO_REASON) for entry in left})
        return 0
    faults += [f"not in left.txt: {entry}" for entry in sorted(left)
               if reasons.get(entry, NO_REASON) == NO_REASON]
    # What depends on time may run by chance.
    for entry in sorted(set(reasons) - left):
        print(f"runs by now: {entry}")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
