#!/usr/bin/env python3
"""sandbox.py - what a process may do after its start: the filter that the kernel
has of the binary, each call that it must not make, and the calls that it makes
against the tables of src/os/sandbox.c, whose text after the preprocessor is
build/TARGET/sandbox.i. With EMULATOR, only the last: an emulator has no filters,
and writes down the calls."""

import functools
import os
import re
import shutil
import signal
import subprocess
import time

from filters import has_landlock, refuse_filters
from harness import (BINARY, EMULATOR, ENV, ROOT, Case, Process, Run, dispatch,
                     github, main, wait_until)
from proxies import PASSWORD, ProxyPlace

TARGET = os.environ.get("TARGET", os.uname().machine)
TABLES = os.path.join(os.path.dirname(BINARY) if EMULATOR else
                      os.path.join(ROOT, "build", TARGET), "sandbox.i")
ALLOW = 0x7fff0000

# What becomes of a call: SIGSYS ends the process.
END, UNKNOWN, DONE = "SIGSYS", "ENOSYS", "done"
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
    "ioctl": UNKNOWN, "fcntl": UNKNOWN, "getrandom": DONE, "write": DONE,
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
    done = subprocess.run([program, call], stdout=subprocess.PIPE, text=True,
                          timeout=20, **options)
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
    return {names[int(number)] for number in numbers}


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
    main(test_calls, test_landlock, test_status, test_refused, test_tables,
         place=ProxyPlace)
