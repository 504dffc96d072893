"""signals.py - every signal at every phase: it arrives as the program enters
each of its calls, in each main scenario."""

import signal

from calls import places
from scene import SCENARIOS, broken_promise, judge, leak

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
# The program ignores two of them, and the third is followed by a SIGCONT.
HARMLESS = ("SIGPIPE", "SIGXFSZ", "SIGSTOP")
# They remember a signal: another one follows at each later call of that name.
REMEMBER = ("targets", "run", "wait")
EVER = 1 << 30


def faults(scenario, calls):
    """(scenario, call, number, signal, last) for each."""
    ready = False
    for call, number in places(calls):
        # Before that nothing is ignored.
        ready = ready or call == "prctl"
        for name in ENDING + (HARMLESS if ready else HARMLESS[2:]):
            yield scenario, call, number, name, number
        if scenario in REMEMBER:
            for name in ENDING[:2]:
                yield scenario, call, number, name, EVER


def send(scene, tag, fault):
    """Runs one. Returns as judge() does."""
    scenario, call, first, name, last = fault
    result = scene.inject(SCENARIOS[scenario], tag, call, first, last,
                          "signal", int(getattr(signal, name)))
    return judge(result, lambda r: broken_promise(SCENARIOS[scenario], r),
                 leak, lambda r: unexpected(name, r))


def unexpected(name, result):
    """A signal ends the program, is remembered, or does nothing."""
    number = int(getattr(signal, name))
    text = result.out + result.err
    if name in HARMLESS:
        return None if result.status == 0 else "it did not go on"
    if result.status in (0, -number, 128 + number) or \
            result.status in (1, 12) and "signal" in text:
        return None
    return "another exit status"
