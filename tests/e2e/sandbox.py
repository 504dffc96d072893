#!/usr/bin/env python3
"""sandbox.py - what a process may do after its start: the filter that the kernel
has of the binary, each call that it must not make, and the calls that it makes
against the tables of src/os/sandbox.c, whose text after the preprocessor is
build/TARGET/sandbox.i. With EMULATOR, only the last: an emulator has no filters,
and writes down the calls."""

import ctypes
import errno
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from filters import has_landlock, refuse_filters
from harness import (BINARY, EMULATOR, ENV, ROOT, Case, Process, Run, dispatch,
                     github, main, wait_until)
from proxies import PASSWORD, ProxyPlace
from tracer import (GENERAL, GETREGSET, SETREGSET, SYSCALL, WALL, Iovec, Traced,
                    ptrace)

TARGET = os.environ.get("TARGET", os.uname().machine)
TABLES = os.path.join(os.path.dirname(BINARY) if EMULATOR else
                      os.path.join(ROOT, "build", TARGET), "sandbox.i")
ALLOW = 0x7fff0000

# What becomes of a call: SIGSYS ends the process.
END, UNKNOWN, CLOSED, DONE = "SIGSYS", "ENOSYS", "EBADF", "done"
CALLS = {
    "execve": END, "execveat": END, "fork": END, "vfork": END, "clone": END,
    "clone3": END, "ptrace": END, "mmap, executable": END,
    "mprotect, executable": END, "pkey_mprotect, executable": END,
    "mmap": UNKNOWN, "mprotect": UNKNOWN, "process_vm_readv": UNKNOWN,
    "kill": UNKNOWN, "tgkill": UNKNOWN, "prctl": UNKNOWN, "unlinkat": UNKNOWN,
    "openat": UNKNOWN, "read": UNKNOWN, "memfd_create": UNKNOWN, "io_uring_setup": UNKNOWN, "dup": UNKNOWN,
    "bind": UNKNOWN, "listen": UNKNOWN, "sendmsg": UNKNOWN,
    "socket, local": UNKNOWN, "socket, netlink": UNKNOWN,
    "socket, raw": UNKNOWN, "socket, a protocol": UNKNOWN,
    "socket, TCP": DONE, "socket, UDP": DONE, "getpeername": UNKNOWN,
    "ioctl": UNKNOWN, "fcntl": UNKNOWN, "getrandom": DONE,
    "write, standard error": DONE, "write, a file": DONE,
    "write, a parent's": CLOSED, "write, standard input": CLOSED,
    "sendto, a parent's": CLOSED, "sendto, standard error": CLOSED,
    "recvfrom, a parent's": CLOSED, "connect, a parent's": CLOSED,
    "getsockopt, a parent's": CLOSED, "close, a parent's": CLOSED,
    "close, standard error": CLOSED, "close, a file": DONE,
}
OF_X86_64 = {"x32": UNKNOWN, "i386": END}


@functools.lru_cache
def build_forbidden(place):
    program = place.file("forbidden")
    sources = [os.path.join("src", "os", name + ".c")
               for name in ("sandbox", "log", "clock", "file", "stop")]
    base = [os.path.join("src", "base", name)
            for name in os.listdir(os.path.join(ROOT, "src", "base"))
            if name.endswith(".c")]
    subprocess.run(["gcc", "-Os", "-D_DEFAULT_SOURCE", "-Isrc", "-o", program,
                    "tests/e2e/forbidden.c", *sources, *base],
                   check=True, cwd=ROOT)
    return program


def outcome(program, call, **options):
    # Standard input can be written to.
    done = subprocess.run([program, call], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, timeout=20,
                          **options)
    if done.returncode < 0:
        return signal.Signals(-done.returncode).name
    return done.stdout


def test_calls(tap, place):
    if EMULATOR:
        return
    program = build_forbidden(place)
    of_machine = OF_X86_64 if os.uname().machine == "x86_64" else {}
    for call, expected in {**CALLS, **of_machine}.items():
        result = outcome(program, call)
        # A kernel may have been built without the calls of i386.
        if call == "i386" and result == "SIGSEGV":
            result = END
        tap.check(result == expected, f"{call}: {expected}", result)
        if expected == END and call != "i386":
            result = outcome(program, call, preexec_fn=refuse_filters)
            tap.check(result != END, f"{call}: not without the filter", result)
        elif expected == CLOSED:
            result = outcome(program, call, preexec_fn=refuse_filters)
            tap.check(result != CLOSED, f"{call}: not without the filter",
                      result)


def test_landlock(tap, place):
    """Without the filter, a file is denied."""
    if EMULATOR:
        return
    if not has_landlock():
        tap.skip("Landlock", "this kernel does not have it")
        return
    result = outcome(build_forbidden(place), "openat",
                     preexec_fn=lambda: refuse_filters(landlock=True))
    tap.check(result == "EACCES", "openat: EACCES where only Landlock is in "
              "force", result)
    result = outcome(build_forbidden(place), "openat",
                     preexec_fn=refuse_filters)
    tap.check(result == DONE, "openat: done where neither is", result)


def status_of(process):
    with open(f"/proc/{process.child.pid}/status", encoding="ascii") as f:
        return dict(re.findall(r"^(\w+):\s*(.*)$", f.read(), re.M))


def test_status(tap, place):
    """What the kernel says of a process that waits for a response."""
    if EMULATOR:
        return
    for name, arguments, path in (
            ("a dispatch", dispatch(place, "octo/answer-silence"), ""),
            ("--preflight", dispatch(place, "octo/app", more=[
                "--preflight", "-r", "octo/answer-silence"]), "silence")):
        process = Process(place, arguments)
        process.wait_for_request(path)
        status = status_of(process)
        tap.check(status["Seccomp"] == "2", f"{name}: it has a filter", status)
        tap.check(status["NoNewPrivs"] == "1",
                  f"{name}: it takes no new privileges", status)
        process.child.send_signal(signal.SIGSTOP)
        time.sleep(0.1)
        process.child.send_signal(signal.SIGCONT)
        time.sleep(0.1)
        tap.check(process.child.poll() is None,
                  f"{name}: it waits on after it was stopped")
        process.child.send_signal(signal.SIGTERM)
        process.end()


def test_refused(tap, place):
    """A kernel that has no filters."""
    if EMULATOR:
        return
    run = Run(place, dispatch(place, "octo/app", more=["-v"]))
    Case(tap, "-v", run).reports(
        "* Landlock: files are " + ("denied\n" if has_landlock() else "not "),
        "* seccomp: system calls are filtered\n")
    case = Case(tap, "-v where both are refused", Run(
        place, dispatch(place, "octo/app", more=["-v"]),
        preexec_fn=refuse_filters))
    case.exits(0)
    case.sends(1)
    case.reports(
        "* Landlock: files are not denied: Function not implemented\n",
        "* seccomp: system calls are not filtered: Invalid argument\n")


def leave_open(count):
    """For preexec_fn: the parent leaves so many more descriptors open."""
    def leave():
        for number in range(3, 3 + count):
            os.dup2(1, number)
    return leave


def test_descriptors(tap, place):
    """Whatever the parent left open, and whatever number a file of a step
    has, the program writes what it has to."""
    if EMULATOR:
        return
    step = {**ENV, "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "outputs",
            "GITHUB_STEP_SUMMARY": "summary"}
    for count in (0, 1, 30, 61, 200):
        for name in ("outputs", "summary"):
            place.write(name, "")
        run = Run(place, dispatch(
            place, "octo/answer-204-close", "octo/app", more=[
                "-v", "--pace", "0"]), step, close_fds=False,
            preexec_fn=leave_open(count))
        case = Case(tap, f"{count} more open descriptors", run)
        case.exits(0)
        case.connects(2)
        case.reports("* seccomp: system calls are filtered" + (
            "\n" if count <= 30 else ", but not for sockets of the parent"))
        case.check("results=[" in place.read("outputs"), "the outputs are set")
        case.check(place.read("summary").count("\n| octo/") == 2,
                   "the summary is written")
    case = Case(tap, "outputs that cannot be written", Run(place, dispatch(
        place, "octo/answer-204-close", "octo/app", more=["--pace", "0"]),
        {**step, "GITHUB_OUTPUT": "/dev/full"}))
    case.exits(0)
    case.connects(2)
    case.reports("GITHUB_OUTPUT: cannot write to /dev/full")


# <asm/unistd_64.h>
WRITE, CLOSE, DUP, GETPID, SENDTO, RECVFROM, EXIT_GROUP = (
    1, 3, 32, 39, 44, 45, 231)
# The places of registers in struct user_regs_struct, <asm/user_64.h>.
RESULT, ARGUMENTS, NUMBER, NEXT = 10, (14, 13, 12), 15, 16
SIZE = 27
SYSCALL_LENGTH = 2


class Puppet(Traced):
    """A program that is stopped in its first recvfrom(2), in place of which
    and after which it makes the calls that it is told to."""

    def resume(self):
        ptrace(SYSCALL, self.pid)
        _, status = os.waitpid(self.pid, WALL)
        if not os.WIFSTOPPED(status):
            raise OSError(f"the program has ended: {status}")

    def exchange(self, change=None):
        """Returns them, with some changed: a map of places to values."""
        values = (ctypes.c_uint64 * SIZE)()
        vector = Iovec(ctypes.addressof(values), ctypes.sizeof(values))
        ptrace(GETREGSET, self.pid, GENERAL, ctypes.addressof(vector))
        for place, value in (change or {}).items():
            values[place] = value
        if change:
            ptrace(SETREGSET, self.pid, GENERAL, ctypes.addressof(vector))
        return values

    def begin(self):
        while self.exchange()[NUMBER] != RECVFROM:
            self.resume()
        self.exchange({NUMBER: GETPID})
        self.resume()

    def prepare(self, number, *arguments):
        place = self.exchange()[NEXT]
        self.exchange({RESULT: number, NEXT: place - SYSCALL_LENGTH,
                       **dict(zip(ARGUMENTS, arguments))})

    def leave(self):
        self.prepare(EXIT_GROUP, 0)
        self.trace()

    def make(self, number, *arguments):
        """Returns the name of errno, or "done"."""
        self.prepare(number, *arguments)
        self.resume()
        self.resume()
        result = ctypes.c_int64(self.exchange()[RESULT]).value
        return DONE if result >= 0 else errno.errorcode[-result]


def test_writes(tap, place):
    """The binary itself, that is made to call what it should not."""
    if EMULATOR or os.uname().machine != "x86_64" or os.geteuid() != 0:
        tap.skip("calls of the binary", "this needs x86-64 and root")
        return
    parents, near = socket.socketpair()
    with parents, near:
        # Python's own descriptors are closed in the process.
        number = near.fileno()
        process = Process(place, dispatch(place, "octo/app"), {
            **ENV, "GITHUB_OUTPUT": "outputs",
            "GITHUB_STEP_SUMMARY": "summary"}, popen=Puppet,
            pass_fds=[number])
        child = process.child
        child.begin()
        files = {}
        for name in os.listdir(f"/proc/{child.pid}/fd"):
            path = os.readlink(f"/proc/{child.pid}/fd/{name}")
            files[os.path.basename(path)] = int(name)
        # A byte of the program itself.
        byte = child.exchange()[NEXT]
        own = next(fd for path, fd in files.items()
                   if path.startswith("socket:") and fd != number)
        for what, expected, call in (
                ("write, standard error", DONE, (WRITE, 2, byte, 1)),
                ("write, the outputs", DONE,
                 (WRITE, files["outputs"], byte, 1)),
                ("write, the summary", DONE,
                 (WRITE, files["summary"], byte, 1)),
                ("write, the parent's socket", CLOSED,
                 (WRITE, number, byte, 1)),
                ("write, its own socket", CLOSED, (WRITE, own, byte, 1)),
                ("sendto, the parent's socket", CLOSED,
                 (SENDTO, number, byte, 1)),
                ("recvfrom, the parent's socket", CLOSED,
                 (RECVFROM, number, byte, 0)),
                ("close, the parent's socket", CLOSED, (CLOSE, number)),
                ("dup, the parent's socket", UNKNOWN, (DUP, number)),
                ("close, its own socket", DONE, (CLOSE, own))):
            result = child.make(*call)
            tap.check(result == expected, f"the binary: {what}: {expected}",
                      result)
        child.leave()
        process.end()


def tables():
    """(the names of the calls that the filter allows, of this target)"""
    with open(TABLES, encoding="utf-8") as f:
        text = f.read()
    names = {int(number): name for name, number in
             re.findall(r"^#define (?:SYS|__NR)_(\w+)\s+(\d+)$", text, re.M)}
    allowed = re.search(r"uint16_t allowed\[\] = \{(.*?)\};", text, re.S)[1]
    rules = re.search(r"struct rule rules\[\] = \{(.*?)\n\};", text, re.S)[1]
    numbers = re.findall(r"(\d+),", allowed)
    numbers += re.findall(rf"\{{(\d+),\s*{ALLOW:#x}", rules)
    # The descriptor decides about it, in add_write().
    return {names[int(number)] for number in numbers} | {"write"}


# What strace and qemu call otherwise.
RENAMED = {"send": "sendto", "recv": "recvfrom", "clock_gettime":
           "clock_gettime32"}
# What only some kernels, processors or moments need.
RARE = {"clock_gettime", "clock_gettime32", "clock_gettime64", "sigreturn",
        "rt_sigreturn", "restart_syscall", "exit"}


def traced(place, arguments, env=None, during=None):
    """Runs it where nothing is filtered, and writes down the calls. during is
    called with the process. Returns (the run, the calls after the filter)."""
    log = place.file("calls")
    if EMULATOR:
        process = Process(place, ["-strace", "-D", log, BINARY, *arguments],
                          env, program=EMULATOR)
    else:
        process = Process(place, ["-q", "-o", log, BINARY, *arguments], env,
                          program=shutil.which("strace"),
                          preexec_fn=refuse_filters)
    if during is not None:
        during(process)
    process.end()
    with open(log, encoding="utf-8", errors="replace") as f:
        text = f.read()
    after = re.split(r"prctl\((?:PR_SET_SECCOMP|22),.*", text)[1:]
    return process, set(re.findall(r"^(?:\d+ )?(\w+)\(", "".join(after), re.M))


def child_of(process):
    """The binary itself, which strace is the parent of."""
    path = f"/proc/{process.child.pid}/task/{process.child.pid}/children"
    with open(path, encoding="ascii") as f:
        children = f.read().split()
    return int(children[0]) if children else process.child.pid


def interrupt(process):
    """A signal that is remembered, while it waits for a run."""
    process.wait_for_request("/actions/runs")
    time.sleep(0.5)
    os.kill(child_of(process), signal.SIGTERM)


def scenarios(place):
    """(name, arguments, environment, what to do meanwhile)"""
    step = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": place.file("outputs"),
            "GITHUB_STEP_SUMMARY": place.file("summary")}
    fast = ["--wait", "--wait-interval", "1", "--wait-timeout", "50"]
    yield "two targets in a step", dispatch(
        place, "octo/app", "octo/b", more=["--pace", "0", "--json"]), \
        {**ENV, **step}, None
    yield "an App that waits", dispatch(
        place, "octo/runs-success.1-0", more=[
            "--app-id", github.APP_ID, "--app-key", "app.pem",
            "--installation-id", str(github.INSTALLATION), *fast]), step, None
    yield "a proxy", dispatch(place, "octo/app", more=[
        "--proxy", f"http://user:{PASSWORD}@{place.closed}"]), ENV, None
    yield "--preflight", dispatch(place, "octo/app", "octo/b", more=[
        "--preflight"]), {**ENV, **step}, None
    yield "a signal during a wait", dispatch(
        place, "octo/runs-slow.2-0", more=fast), {**ENV, **step}, interrupt


def test_tables(tap, place):
    allowed = tables()
    used = set()
    for name, arguments, env, during in scenarios(place):
        run, calls = traced(place, arguments, env, during)
        print("#", name, run.status, sorted(calls))
        calls = {call if call in allowed else RENAMED.get(call, call)
                 for call in calls}
        tap.check("exit_group" in calls and "sendto" in calls,
                  f"{name}: its calls are written down", run, calls)
        tap.check(calls <= allowed, f"{name}: it makes no call that the filter "
                  "refuses", sorted(calls - allowed), run)
        used |= calls
    tap.check(allowed <= used | RARE, "the filter allows no call that is not "
              "needed", sorted(allowed - used - RARE))


if __name__ == "__main__":
    main(test_calls, test_landlock, test_status, test_refused, test_descriptors,
         test_writes, test_tables, place=ProxyPlace)
