#!/usr/bin/env python3
"""test_parts.py - the parts of the benchmark: what the delay line delays and
counts, what trace counts, and how figures become a table."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from types import SimpleNamespace

import network

sys.path.insert(0, os.path.join(network.ROOT, "tests", "e2e"))
from harness import Tap  # noqa: E402

import results  # noqa: E402

PORT = 8440
# What client and server send in turn, in bytes, and the flights.
EXCHANGES = [
    ("a request and a response", [("c", 10), ("s", 10)], 2),
    ("a handshake, a request and a response",
     [("c", 300), ("s", 4000), ("c", 90), ("s", 50), ("c", 600), ("s", 300)],
     6),
    ("a flight in three writes", [("c", 10), ("c", 20), ("c", 30), ("s", 9)],
     2),
    ("a flight of many packets", [("c", 10), ("s", 100000)], 2),
    ("more after the last response", [("c", 10), ("s", 10), ("c", 10)], 2),
    ("a server that begins", [("s", 10), ("c", 10), ("s", 10)], 3),
    ("nothing", [], 0),
]
DELAY = 0.01
# Does its number of calls, then the same in a child, with so many MiB.
CALLER = r"""
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int i, count = atoi(argv[1]), size = atoi(argv[2]) << 20;
	char *memory = malloc(size + 1);
	if (fork() == 0)
		memset(memory, argc, size);
	for (i = 0; i < count; i++)
		getppid();
	while (wait(NULL) > 0)
		continue;
	return 0;
}
"""
CALLS, SIZE = 100, 8


def play(connection, side, steps):
    """One side of an exchange. A flight begins when the one before it is
    there as a whole."""
    for who, size in steps:
        if who == side:
            connection.sendall(bytes(size))
            time.sleep(0.002)
        else:
            while size > 0:
                size -= len(connection.recv(size))


def exchange(steps):
    """How long it took from the first SYN."""
    def serve():
        connection, _ = listener.accept()
        with connection:
            play(connection, "s", steps)
            connection.recv(1)

    with socket.create_server(("", PORT)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        begin = time.monotonic()
        with socket.create_connection((network.FAR_ADDRESS, PORT)) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            play(client, "c", steps)
            took = time.monotonic() - begin
        thread.join()
    return took


def test_line(tap):
    with network.Line() as line:
        for name, steps, flights in EXCHANGES:
            line.set_delay(int(DELAY * 1000))
            took = exchange(steps)
            counted = line.set_delay(0)
            tap.check(counted == (1, flights),
                      f"{name}: one connection, {flights} flights", counted)
            if steps and steps[-1][0] == "s":
                least = (2 + flights // 2 * 2) * DELAY
                tap.check(took >= least,
                          f"{name}: it takes at least {least:.2f} s", took)


def test_trace(tap):
    trace = network.compiled("trace", "-static")
    with tempfile.TemporaryDirectory() as folder:
        caller = os.path.join(folder, "caller")
        subprocess.run(["gcc", "-x", "c", "-o", caller, "-"], check=True,
                       input=CALLER, text=True)
        calls, peak = network.run(trace, [caller, "0", "0"], {})
        more_calls, more_peak = network.run(
            trace, [caller, str(CALLS), str(SIZE)], {})
    tap.check(abs(more_calls - calls - 2 * CALLS) <= 4,
              f"{CALLS} more calls in each of two processes", calls,
              more_calls)
    tap.check(abs(more_peak - peak - SIZE * 1024) < 1024,
              f"the peak of a child with {SIZE} MiB", peak, more_peak)


def test_table(tap):
    lines = list(results.layout([["name", "a", "b"], ["**heading**"],
                               ["x", "1.00", "20"]]))
    for line, expected in zip(lines, [
            "| name        |    a |  b |", "|-------------|-----:|---:|",
            "| **heading** |      |    |", "| x           | 1.00 | 20 |"]):
        tap.check(line == expected, f"the line {expected}", line)
    a, b = (results.Row(SimpleNamespace()) for _ in range(2))
    # A machine that was ten times slower for one turn.
    a.turns["wall"], b.turns["wall"] = [1, 10, 2], [4, 40, 4]
    tap.check(a.ratio(b, "wall") == 0.25, "a ratio is that of each turn",
              a.ratio(b, "wall"))


def main():
    tap = Tap()
    if network.is_available():
        network.enter()
        test_line(tap)
    else:
        tap.skip("the delay line", "namespaces are not available here")
    test_trace(tap)
    test_table(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
