#!/usr/bin/env python3
"""scratch.py - the binary as the only file of an otherwise empty root.

A mount namespace of its own, a tmpfs that is made read-only, chroot, no
capabilities, no new privileges, user 65534: like a FROM scratch image on a
locked-down cluster. The root certificate comes on standard input, since there
may be no second file. Needs root.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import time

from harness import BINARY, EMULATOR, ENV, Case, Process, Run, main, wait_until

CLONE_NEWNS, MS_RDONLY, MS_REMOUNT = 0x20000, 1, 32
MS_REC, MS_PRIVATE = 16384, 1 << 18
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24
LIBC = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def enter_scratch(root, binary=BINARY):
    """In the child process: puts it where the binary is in its container."""
    call("unshare", CLONE_NEWNS)
    call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    call("mount", b"none", root.encode(), b"tmpfs", 0, b"size=16m,mode=755")
    shutil.copy(binary, os.path.join(root, "repository-dispatch"))
    if EMULATOR:
        shutil.copy(EMULATOR, os.path.join(root, "emulator"))
    call("mount", None, root.encode(), None, MS_REMOUNT | MS_RDONLY, None)
    os.chroot(root)
    os.chdir("/")
    capability = 0
    while LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def run_in_scratch(place, arguments, env, prepare=()):
    """After these further preparations in the process."""
    def enter():
        enter_scratch(root)
        for step in prepare:
            step()
    root = place.file("scratch")
    os.makedirs(root, exist_ok=True)
    command = ["/repository-dispatch", *arguments]
    if EMULATOR:
        command.insert(0, "/emulator")
    return Run(place, command[1:], env, place.read("root.pem").encode(),
               program=command[0], cwd=None,
               preexec_fn=enter)


def test_scratch(tap, place):
    if os.geteuid() != 0:
        tap.skip("the only file of an empty root", "needs root")
        return
    env = {**ENV, "DISPATCH_EVENT_TYPE": "deploy",
           "DISPATCH_REPO": "octo/app", "DISPATCH_CA_FILE": "-",
           "DISPATCH_API_URL": f"https://localhost:{place.port}"}
    try:
        run = run_in_scratch(place, [], env)
    except subprocess.SubprocessError:
        tap.skip("the only file of an empty root",
                 "mount namespaces are not available here")
        return
    case = Case(tap, "the only file of an empty, read-only root", run)
    case.exits(0)
    case.sends(1)
    case.check(run.out.startswith("octo/app: event deploy sent"),
               "it reports that the event was sent")
    case = Case(tap, "without /etc/resolv.conf", run_in_scratch(
        place, ["--timeout", "2"],
        {**env, "DISPATCH_API_URL": "https://name.test"}))
    case.exits(8)
    case.reports("/etc/resolv.conf")


def children_of(process):
    path = f"/proc/{process.pid}/task/{process.pid}/children"
    with open(path, encoding="ascii") as f:
        return f.read().split()


def test_first_process(tap, place):
    """Signals have no default action in process 1 of a pid namespace."""
    if os.geteuid() != 0:
        tap.skip("process 1", "needs root")
        return
    if EMULATOR:
        return
    process = Process(place, ["--pid", "--fork", "--kill-child", BINARY, "-e",
                              "x", "-r", "o/n", "-p", "@-"],
                      program="/usr/bin/unshare")
    wait_until(lambda: children_of(process.child), "the process starts")
    [child] = children_of(process.child)
    time.sleep(0.3)  # until unshare has become the binary
    os.kill(int(child), signal.SIGTERM)
    process.child.wait(10)
    Case(tap, "SIGTERM to process 1", process.end()).exits(143)


if __name__ == "__main__":
    main(test_scratch, test_first_process)
