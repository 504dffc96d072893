"""calls.py - every system call of every main scenario fails in turn, once and
from then on, with each error that it may have, or transfers one byte."""

import errno
import os
import re

from scene import SCENARIOS, broken_promise, judge, leak

# Errors that any call may have under a filter of a runner: seccomp, gVisor.
FILTERED = ("EPERM", "ENOSYS")
EVER = 1 << 30

# Errors of each call: its manual page, and what kernels, file systems and
# firewalls add.
ERRORS = {
    "open": ("ENOENT", "EACCES", "EMFILE", "ENFILE", "ENOMEM", "EIO",
             "EINTR", "ELOOP", "ENOTDIR", "EROFS", "ENOSPC", "ENXIO"),
    "stat": ("ENOENT", "EACCES", "EIO", "ENOMEM"),
    "access": ("ENOENT", "EACCES", "EIO"),
    "fcntl": ("EINVAL", "EACCES", "EINTR"),
    "ioctl": ("ENOTTY", "EINVAL", "ENODEV"),
    "read": ("EINTR", "EAGAIN", "EIO", "EISDIR", "ENOMEM", "return=0",
             "limit=1"),
    "pread64": ("EINTR", "EAGAIN", "EIO", "ESPIPE", "return=0"),
    "write": ("EINTR", "EAGAIN", "EIO", "EPIPE", "ENOSPC", "EDQUOT", "EFBIG",
              "ENOMEM", "return=0", "limit=1"),
    "close": ("EINTR", "EIO", "ENOSPC"),
    "poll": ("EINTR", "ENOMEM", "EINVAL"),
    "socket": ("EMFILE", "ENFILE", "EACCES", "EAFNOSUPPORT", "ENOBUFS",
               "ENOMEM"),
    "connect": ("ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT",
                "EACCES", "EADDRNOTAVAIL", "EAGAIN", "ENOBUFS",
                "ECONNRESET"),
    "setsockopt": ("EINVAL", "ENOMEM", "ENOPROTOOPT"),
    "getsockopt": ("ENOBUFS", "ENOMEM", "ENOPROTOOPT"),
    "sendto": ("EINTR", "EAGAIN", "ECONNRESET", "EPIPE", "ENOBUFS", "ENOMEM",
               "ENETDOWN", "EHOSTUNREACH", "ETIMEDOUT", "return=0",
               "limit=1"),
    "recvfrom": ("EINTR", "EAGAIN", "ECONNRESET", "ECONNREFUSED", "ENOMEM",
                 "EHOSTUNREACH", "ETIMEDOUT", "return=0", "limit=1"),
    "getrandom": ("EINTR", "EAGAIN", "limit=1"),
    "rt_sigaction": ("EINVAL",),
    "rt_sigprocmask": ("EINVAL",),
    "prctl": ("EINVAL", "EACCES"),
    "seccomp": ("EINVAL", "EACCES", "ENOMEM"),
    "mprotect": ("EACCES", "ENOMEM"),
    "pipe": ("EMFILE", "ENFILE"),
    "landlock_create_ruleset": ("EOPNOTSUPP", "ENOMEM"),
    "landlock_restrict_self": ("E2BIG", "ENOMEM"),
}
# Calls of the same kind: the names are those of other processors, too.
for name, same in (("openat", "open"), ("ppoll", "poll"), ("pipe2", "pipe"),
                   ("fstat", "stat"), ("newfstatat", "stat"),
                   ("faccessat", "access"), ("send", "sendto"),
                   ("recv", "recvfrom"), ("mmap", "mprotect")):
    ERRORS[name] = ERRORS[same]
# They come before main(), have no errors, or do not return.
CANNOT_FAIL = ("execve", "arch_prctl", "set_tid_address", "getpid", "getppid",
               "exit_group", "restart_syscall")


def trace(scene, tag, scenario):
    """The calls of an undisturbed run, in order."""
    result = scene.run(SCENARIOS[scenario], tag,
                       ("strace", "-o", "{dir}/log"))
    if result.status != 0:
        raise RuntimeError(f"the scenario {scenario} fails: {result}")
    return re.findall(r"^([a-z0-9_]+)\(", result.log, re.M)


def places(calls):
    """Each call with its number among those of its name, from 1."""
    seen = {}
    for call in calls:
        seen[call] = seen.get(call, 0) + 1
        if call not in CANNOT_FAIL:
            yield call, seen[call]


def is_plausible(scenario, call, error, lasting):
    # A datagram arrives whole, or is cut and lost.
    if error.startswith("limit") and scenario in ("name", "verbose"):
        return call not in ("sendto", "recvfrom")
    # An interrupted call is tried again: only a second signal could
    # interrupt that one, and it ends the program. Where there is a deadline
    # such a call fails anyway.
    if lasting and error == "EINTR":
        return call not in ("getrandom", "write") and not (
            scenario == "check-json" and call in ("read", "poll"))
    # It waits for its input for as long as that takes.
    return not (lasting and error == "EAGAIN" and scenario == "check-json")


def faults(scenario, calls):
    """(scenario, call, number, error, last) for each."""
    for call, number in places(calls):
        for error in ERRORS.get(call, ()) + FILTERED:
            for last in (number, EVER):
                if is_plausible(scenario, call, error, last == EVER):
                    yield scenario, call, number, error, last


def inject(scene, tag, fault):
    """Runs one. Returns as judge() does."""
    scenario, call, first, error, last = fault
    how, _, number = error.partition("=")
    if not number:
        how, number = "error", getattr(errno, error)
    result = scene.inject(SCENARIOS[scenario], tag, call, first, last, how,
                          number)
    is_mute = call == "write" and last == EVER

    return judge(
        result, lambda r: broken_promise(SCENARIOS[scenario], r, is_mute),
        leak, lambda r: None if is_mute else silent(fault, r))


# What the libc of the program (musl) calls an error, where the libc of Python
# calls it something else.
MUSL = {"EIO": "I/O error", "ENOMEM": "Out of memory",
        "ETIMEDOUT": "Operation timed out", "EDQUOT": "Quota exceeded",
        "ENETUNREACH": "Network unreachable",
        "EHOSTUNREACH": "Host is unreachable",
        "EADDRNOTAVAIL": "Address not available",
        "EMFILE": "No file descriptors available",
        "ELOOP": "Symbolic link loop", "ESPIPE": "Invalid seek"}

# Of a call that is tried again, and of a datagram that is as good as lost, the
# time is what fails.
TRIED_AGAIN = ("EINTR", "EAGAIN", "ENOBUFS")
OUT_OF_TIME = re.compile(r"timed out|within the time limit|in time|time is up")


def silent(fault, result):
    """A failure without a line that says what failed and why."""
    _, call, _, error, _ = fault
    if result.status in (0, 11, 12):
        return None
    if error.startswith("limit"):
        return "a transfer in pieces is a failure"
    if not re.search(r"^repository-dispatch: .{10}", result.err, re.M):
        return "a failure without a message"
    why = MUSL.get(error) or os.strerror(getattr(errno, error, 0))
    if error.startswith("return") or why in result.err or \
            error in TRIED_AGAIN and OUT_OF_TIME.search(result.err):
        return None
    return f"a failure that does not say {why!r}"
