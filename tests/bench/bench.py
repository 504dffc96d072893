#!/usr/bin/env python3
"""bench.py - curl and this binary, in turn, sending the same request to one
loopback nginx. Prints medians beside the aims and asserts nothing on time."""

import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
from harness import BINARY, TOKEN, Place  # noqa: E402
from servers import start_nginx  # noqa: E402

WARM_UP, PAIRS = 5, 40
SIZE_AIM = 204800
AIMS = (("wall time, ms", 0.40), ("CPU time, ms", 0.35),
        ("peak memory, KiB", 0.10))

def measure(tool, command, environment):
    """Wall and CPU time in ms, peak memory in KiB of one run."""
    result = subprocess.run([tool, *command], env=environment, check=True,
                            stdout=subprocess.PIPE)
    wall, cpu, peak = map(int, result.stdout.split())
    return wall / 1e3, cpu / 1e3, peak


TARGETS = 100


def measure_many(tool, place, url, environment):
    """Wall time in ms of 100 targets by each tool, medians of three turns."""
    roots = place.file("root.pem")
    repos = [f"octo/r{i}" for i in range(TARGETS)]
    body = '{"event_type":"deploy","client_payload":{}}'
    curl = ["curl", "-sSf", "--http1.1", "--cacert", roots, "-X", "POST",
            "-H", "Authorization: Bearer " + TOKEN, "-d", body]
    urls = [f"{url}/repos/{r}/dispatches" for r in repos]
    loop = 'for u; do gh api -X POST "$u" -f event_type=deploy || exit 1; done'
    each = 'for u; do curl -sSf --http1.1 --cacert "$ROOTS" -X POST -H ' \
        '"Authorization: Bearer $GH_PAT" -d "$BODY" "$u" || exit 1; done'
    environment = {**environment, "ROOTS": roots, "BODY": body,
                   "SSL_CERT_FILE": roots, "GH_TOKEN": TOKEN,
                   "HOME": place.path}
    ways = {
        "ours, one connection": [
            BINARY, "-e", "deploy", "--api-url", url, "--pace", "0", "--quiet",
            *[a for r in repos for a in ("-r", r)]],
        "curl, one with 100 URLs": [*curl, *urls],
        "100 curl": ["sh", "-c", each, "sh", *urls],
        "100 gh api": ["sh", "-c", loop, "sh", *urls],
    }
    times = {name: [] for name in ways}
    for _ in range(3):
        for name, command in ways.items():
            times[name].append(measure(tool, command, environment)[0])
    return {name: statistics.median(t) for name, t in times.items()}


def main():
    with Place() as place:
        _, port = start_nginx(
            place, "add_header X-GitHub-Request-Id NGINX:1 always; return 204;")
        url = f"https://localhost:{port}"
        roots = place.file("root.pem")
        environment = {"GH_PAT": TOKEN, "PATH": os.environ["PATH"]}
        ours = ([BINARY, "-r", "octo/app", "-e", "deploy", "-p", '{"a":1}',
                 "--api-url", url, "--ca-file", roots], {"GH_PAT": TOKEN})
        curl = (["curl", "-sSf", "--http1.1", "--cacert", roots, "-X", "POST",
                 "-H", "Authorization: Bearer " + TOKEN,
                 "-H", "Accept: application/vnd.github+json",
                 "-d", '{"event_type":"deploy","client_payload":{"a":1}}',
                 url + "/repos/octo/app/dispatches"],
                {"PATH": os.environ["PATH"]})
        tool = place.file("measure")
        subprocess.run(["gcc", "-static", "-Os", "-D_GNU_SOURCE", "-o",
                        tool, os.path.join(HERE, "measure.c")], check=True)
        pairs = [(measure(tool, *curl), measure(tool, *ours))
                 for _ in range(WARM_UP + PAIRS)][WARM_UP:]
        many = measure_many(tool, place, url, environment)
    print(f"medians of {PAIRS} pairs after {WARM_UP} to warm up")
    print(f"{'':18}{'curl':>10}{'ours':>10}{'ratio':>8}{'aim':>8}")
    for i, (name, aim) in enumerate(AIMS):
        a, b = (statistics.median(pair[who][i] for pair in pairs)
                for who in (0, 1))
        ratio = statistics.median(pair[1][i] / max(pair[0][i], 1e-9)
                                  for pair in pairs)
        print(f"{name:18}{a:10.2f}{b:10.2f}{ratio:8.2f}{aim:8.2f}")
    print(f"binary size, bytes: {os.path.getsize(BINARY)}, "
          f"aim {SIZE_AIM}")
    print(f"\n{TARGETS} targets, ms")
    for name, took in many.items():
        print(f"{name:26}{took:10.0f}"
              f"{took / many['ours, one connection']:8.1f} times ours")


if __name__ == "__main__":
    main()
