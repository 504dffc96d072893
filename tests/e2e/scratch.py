#!/usr/bin/env python3
"""scratch.py - the binary as the only file of an otherwise empty root.

A mount namespace of our own, a tmpfs that is made read-only, chroot, no
capabilities, no new privileges, user 65534: what a FROM scratch image on a
locked-down cluster gives it. The stand-in's root comes on standard input,
since there may be no second file. Needs root to set up.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time

from harness import BINARY, TOKEN, Place, Tap, has_secret

CLONE_NEWNS, MS_RDONLY, MS_REMOUNT = 0x20000, 1, 32
MS_REC, MS_PRIVATE = 16384, 1 << 18
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24
LIBC = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def enter_scratch(root):
    """In the child: leaves it where the binary would be in its container."""
    call("unshare", CLONE_NEWNS)
    call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    call("mount", b"none", root.encode(), b"tmpfs", 0, b"size=1m,mode=755")
    shutil.copy(BINARY, os.path.join(root, "repository-dispatch"))
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


def run_in_scratch(place, arguments, env, stdin=b""):
    root = place.file("scratch")
    os.makedirs(root, exist_ok=True)
    result = subprocess.run(["/repository-dispatch", *arguments], env=env,
                          input=stdin, capture_output=True, timeout=60,
                          check=False, close_fds=True,
                          preexec_fn=lambda: enter_scratch(root))
    if has_secret(result.stdout + result.stderr):
        raise RuntimeError(f"a secret is shown by {arguments}")
    return result


def test_first_process(tap):
    """The first process of a pid namespace has no default actions."""
    process = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--kill-child", BINARY, "-e", "x",
         "-r", "o/n", "-p", "@-"], env={"GH_PAT": TOKEN},
        stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    child = b""
    for _ in range(100):
        time.sleep(0.05)
        with open(f"/proc/{process.pid}/task/{process.pid}/children",
                  "rb") as f:
            child = f.read()
        if child:
            break
    time.sleep(0.3)
    os.kill(int(child), signal.SIGTERM)
    try:
        process.wait(10)
        tap.check(process.returncode == 143,
                  "as process 1 it ends with SIGTERM", process.returncode)
    except subprocess.TimeoutExpired:
        process.kill()
        tap.check(False, "as process 1 it ends with SIGTERM", "it did not")


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip("the only file of an empty root", "needs root to set up")
        return tap.done()
    with Place() as place:
        port = place.stand_in()
        with open(place.file("root.pem"), "rb") as f:
            root = f.read()
        env = {"GH_PAT": TOKEN, "DISPATCH_EVENT_TYPE": "deploy",
               "DISPATCH_REPO": "octo/app",
               "DISPATCH_API_URL": f"https://localhost:{port}",
               "DISPATCH_CA_FILE": "-"}
        try:
            result = run_in_scratch(place, [], env, root)
        except subprocess.SubprocessError:
            tap.skip("the only file of an empty root",
                     "no mount namespace to be had here")
            return tap.done()
        tap.check(result.returncode == 0 and len(place.requests()) == 1 and
                  result.stdout.startswith(b"octo/app: event deploy sent"),
                  "dispatches from an empty, read-only root",
                  result.returncode, result.stdout, result.stderr)
        result = run_in_scratch(place, ["--timeout", "2"], {
            **env, "DISPATCH_API_URL": "https://name.test"}, root)
        tap.check(result.returncode == 8 and
                  b"/etc/resolv.conf" in result.stderr,
                  "says that there is no /etc/resolv.conf",
                  result.returncode, result.stderr)
        test_first_process(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
