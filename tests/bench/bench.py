#!/usr/bin/env python3
"""bench.py - the binary against curl, pair by pair, on one loopback nginx:
the same chain, the same request. Prints medians and ratios; asserts nothing,
since a machine's speed is nobody's promise."""

import os
import shutil
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, "e2e"))
from harness import BINARY, TOKEN, Place  # noqa: E402
from servers import start_nginx  # noqa: E402

PAIRS = 40
BODY = '{"event_type":"deploy","client_payload":{"ref":"main"}}'
FIGURES = [("wall ms", 0.40), ("CPU ms", 0.35), ("peak KiB", 0.10)]


def measure(command):
    """Runs it once. Returns wall and CPU in milliseconds, and peak KiB."""
    begin = time.perf_counter()
    child = os.posix_spawn(command[0], command, {"GH_PAT": TOKEN},
                           file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null",
                                          os.O_WRONLY, 0)])
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    if status != 0:
        raise RuntimeError(f"{command[0]} ended with {status}")
    return (wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000,
            usage.ru_maxrss)


def main():
    with Place() as place:
        port = start_nginx(place)
        url = f"https://localhost:{port}"
        root = place.file("root.pem")
        ours = [BINARY, "-q", "-r", "octo/app", "-e", "deploy", "-p",
                '{"ref":"main"}', "--api-url", url, "--ca-file", root]
        curl = [shutil.which("curl"), "--silent", "--fail", "--cacert", root,
                "--http1.1", "-H", "Accept: application/vnd.github+json",
                "-H", f"Authorization: Bearer {TOKEN}", "-H",
                "Content-Type: application/json", "--data-binary", BODY,
                url + "/repos/octo/app/dispatches"]
        for _ in range(3):
            measure(ours)
            measure(curl)
        pairs = [(measure(ours), measure(curl)) for _ in range(PAIRS)]
    print(f"{PAIRS} pairs, medians; the ratio is the median of the pairs'")
    print(f"{'':10} {'ours':>9} {'curl':>9} {'ratio':>7} {'aim':>6}")
    for i, (name, aim) in enumerate(FIGURES):
        a = statistics.median(p[0][i] for p in pairs)
        b = statistics.median(p[1][i] for p in pairs)
        ratio = statistics.median(p[0][i] / p[1][i] for p in pairs
                                  if p[1][i] > 0)
        print(f"{name:10} {a:9.2f} {b:9.2f} {ratio:7.2f} {aim:6.2f}")
    size = os.path.getsize(BINARY)
    print(f"{'size':10} {size:9} {'':9} {size / 204800:7.2f} {1:6.2f}"
          "  (of 200 KiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
