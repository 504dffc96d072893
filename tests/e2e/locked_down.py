#!/usr/bin/env python3
"""locked_down.py - runners that leave a process little: no files, no rights,
few system calls, little memory, odd standard streams.

The test runs in network and mount namespaces of its own, with the name server
of names.py. Needs root."""

import ctypes
import json
import os
import resource
import subprocess
import shutil

from filters import ALLOW, ERRNO, JUMP_EQUAL, LOAD, NUMBER, RETURN, install
from first_packet import APP, HOST, HOSTS, SERVERS, WAIT
from harness import BINARY, ENV, ROOT, Case, Run, dispatch, main
from names import LIBC, MS_BIND, NameServer, enter_namespaces
from proxies import start_tinyproxy
from scratch import CLONE_NEWNS, MS_REMOUNT, call, run_in_scratch

ASKED = "both.names.test"
ENOSYS, MS_NOEXEC = 38, 8
# What the program has to do with.
ADDRESS_SPACE = 16 * 1024 * 1024
STACK = 64 * 1024
DESCRIPTORS = 64
# The limit of a run, so that there is room left: 10 % of the address
# space, 4 KiB of the stack. That of the stack comes last, since Python sets the
# limits in the process itself, and its own stack is larger.
LIMITS = [
    ("16 MiB of address space", resource.RLIMIT_AS, ADDRESS_SPACE * 9 // 10),
    ("64 descriptors", resource.RLIMIT_NOFILE, DESCRIPTORS),
    ("a stack of 64 KiB", resource.RLIMIT_STACK, STACK - 4096),
]
# The name of a scenario, the API's host, a repository, the exit status, and
# more arguments.
SCENARIOS = [
    ("a dispatch", HOST, "app", 0, ()),
    ("a name server", ASKED, "app", 0, ()),
    ("TLS 1.2", HOST, "app", 0, ("--tls", "1.2")),
    ("all CAs", HOST, "app", 0, ("--ca-file", "all.pem")),
    ("an App", ASKED, "app", 0, APP),
    ("a failure as an App", ASKED, "answer-404", 5, (*WAIT, *APP)),
    ("a file as payload", HOST, "app", 0, ("-p", "@payload.json")),
    ("--preflight", HOST, "app", 0, ("--preflight",)),
    ("-v", HOST, "app", 0, ("-v", "--json")),
    ("a proxy", HOST, "app", 0, ("--proxy", "http://127.0.0.1:{proxy}")),
]
STEP = {**ENV, "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "outputs",
        "GITHUB_STEP_SUMMARY": "summary"}


def limit(kind, value):
    return lambda: resource.setrlimit(kind, (value, value))


def test_limits(tap, place):
    """In each scenario."""
    with open(os.path.join(ROOT, "vendor", "roots.pem"),
              encoding="utf-8") as f:
        place.write("all.pem", f.read() + place.read("root.pem"))
    place.write("payload.json", '{"a": "' + "x" * 60000 + '"}')
    proxy = start_tinyproxy(place, "proxy").split(":")[1]
    for what, kind, value in LIMITS:
        for name, host, repo, status, more in SCENARIOS:
            run = Run(place, dispatch(
                place, f"octo/{repo}", host=host,
                more=[word.format(proxy=proxy) for word in more]), STEP,
                preexec_fn=limit(kind, value))
            Case(tap, f"{what}: {name}", run).exits(status)


def test_too_little(tap, place):
    """The limits are in force: less of each is not enough."""
    for what, kind, value in LIMITS:
        less = 3 if kind == resource.RLIMIT_NOFILE else value // 4
        run = None
        try:
            run = Run(place, dispatch(place, "octo/app", host=HOST),
                      preexec_fn=limit(kind, less))
        except OSError:
            pass  # it did not even start
        tap.check(run is None or run.status != 0,
                  f"{what}: less than a third is too little", run)


def test_small_stacks(tap, place):
    """A stack that is too small ends the run before the event is sent, or not
    at all: arguments and environment take a part of it."""
    for name, more in (("a dispatch", ()), ("an App", APP)):
        ends = {}
        for size in range(36, 84, 4):
            for kilobytes in (0, 4, 8, 16):
                env = {**ENV, **{f"X{i}": "x" * 1020
                                 for i in range(kilobytes)}}
                run = Run(place, dispatch(place, "octo/app", host=HOST,
                                          more=more), env,
                          preexec_fn=limit(resource.RLIMIT_STACK, size * 1024))
                sent = "event deploy sent" in run.out
                ends.setdefault((run.status, sent), []).append(
                    f"{size} KiB, {kilobytes} KiB of environment")
        wrong = {end: runs for end, runs in ends.items()
                 if end[1] != (end[0] == 0)}
        tap.check(not wrong, f"small stacks: {name}: sent and exit 0, or "
                  "neither", wrong)
        tap.check(len(ends) > 1, f"small stacks: {name}: some are too small")


# A call that is missing, the exit status, and a part of standard error.
MISSING = [
    ("getrandom", 1, "the kernel provides no random bytes"),
    ("statx", 0, ""),
    ("clock_gettime", 0, ""),
    ("clock_gettime64", 0, ""),
    ("newfstatat", 0, ""),
    ("fstat", 0, ""),
    ("prctl", 0, ""),
    ("mprotect", 0, ""),
    ("ioctl", 0, ""),
    ("rt_sigaction", 0, ""),
    ("getpid", 0, ""),
    ("pipe", 0, ""),
    ("setsockopt", 8, "Function not implemented"),
    ("connect", 8, "Function not implemented"),
    ("socket", 8, "Function not implemented"),
]


class Numbers:
    """The numbers of system calls, by libseccomp."""

    def __init__(self):
        self.library = ctypes.CDLL("libseccomp.so.2")

    def of(self, name):
        """Negative: this processor has no such call."""
        return self.library.seccomp_syscall_resolve_name(name.encode())


def refuse(number):
    install([(LOAD, 0, 0, NUMBER), (JUMP_EQUAL, 0, 1, number),
             (RETURN, 0, 0, ERRNO | ENOSYS), (RETURN, 0, 0, ALLOW)])


def test_missing_calls(tap, place, numbers):
    """As on gVisor and old kernels: a clear error, or none, and no hang."""
    for name, status, message in MISSING:
        number = numbers.of(name)
        if number < 0:
            continue
        run = Run(place, dispatch(place, "octo/app", host=HOST,
                                  more=["--retries", "0"]), STEP,
                  preexec_fn=lambda number=number: refuse(number))
        case = Case(tap, f"without {name}()", run)
        case.exits(status)
        if message:
            case.reports(message)
        case.sends(status == 0)


def default_profile(numbers):
    """The calls that Kubernetes' RuntimeDefault permits a container without
    capabilities, by the profile of containers-common, as a filter."""
    with open("/usr/share/containers/seccomp.json", encoding="ascii") as f:
        profile = json.load(f)
    names = {name for rule in profile["syscalls"]
             if rule["action"] == "SCMP_ACT_ALLOW" and
             not rule.get("includes", {}).get("caps")
             for name in rule["names"]}
    permitted = sorted(n for n in map(numbers.of, names) if n >= 0)
    steps = [(LOAD, 0, 0, NUMBER)]
    for number in permitted:
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    return [*steps, (RETURN, 0, 0, ERRNO | 1)]


def run_in_root(place, more=(), env=None, prepare=()):
    """A run in an empty, read-only root, as user 65534 without rights, after
    these preparations in the process."""
    return run_in_scratch(place, [*more], {
        **ENV, "DISPATCH_EVENT_TYPE": "deploy", "DISPATCH_REPO": "octo/app",
        "DISPATCH_CA_FILE": "-",
        "DISPATCH_API_URL": f"https://localhost:{place.port}", **(env or {})},
        prepare)


def test_root(tap, place, numbers):
    """No passwd, /proc, /dev or /etc; and all of it at once."""
    rows = [("an empty, read-only root", ())]
    if os.path.exists("/usr/share/containers/seccomp.json"):
        steps = default_profile(numbers)
        rows.append(("RuntimeDefault", (lambda: install(steps),)))
    else:
        tap.skip("RuntimeDefault", "there is no profile here")
    everything = [prepare for _, row in rows for prepare in row]
    everything += [limit(kind, value) for _, kind, value in LIMITS]
    for name, prepare in (*rows, ("everything at once", everything)):
        case = Case(tap, name, run_in_root(place, prepare=prepare))
        case.exits(0)
        case.sends(1)
        case.check(case.run.err == "", "standard error is empty")


def allow_programs_in(folder):
    """Nothing can be executed but what is in this folder."""
    call("unshare", CLONE_NEWNS)
    with open("/proc/self/mounts", encoding="utf-8") as f:
        points = {line.split()[1] for line in f}
    call("mount", folder.encode(), folder.encode(), None, MS_BIND, None)
    for point in points:
        LIBC.mount(None, point.encode(), None,
                   MS_REMOUNT | MS_BIND | MS_NOEXEC, None)


def test_noexec(tap, place):
    """A runner on which only the program can be executed, with a step's
    files."""
    path = place.file("programs")
    program = os.path.join(path, os.path.basename(BINARY))
    os.makedirs(path, exist_ok=True)
    shutil.copy(BINARY, program)
    options = {"preexec_fn": lambda: allow_programs_in(path), "cwd": path}
    arguments = dispatch(place, "octo/app", host=HOST)
    run = Run(place, arguments, {
        **STEP, "GITHUB_OUTPUT": place.file("outputs"),
        "GITHUB_STEP_SUMMARY": place.file("summary")},
        program=program, **options)
    case = Case(tap, "noexec everywhere else", run)
    case.exits(0)
    case.sends(1)
    case.check("results=" in place.read("outputs"), "it gets the outputs")
    try:
        Run(place, arguments, **options)
        refused = False
    except PermissionError:
        refused = True
    tap.check(refused, "noexec everywhere else: it is in force")


def without_reader(place):
    """The writing end of a FIFO whose reader is gone."""
    path = place.file("no-reader")
    if not os.path.exists(path):
        os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(path, os.O_WRONLY)
    os.close(reader)
    return writer


def close_streams(*numbers):
    def close():
        for number in numbers:
            os.close(number)
    return close


def test_streams(tap, place):
    full = os.open("/dev/full", os.O_WRONLY)
    broken = without_reader(place)
    rows = [
        ("standard input closed", 0, {"preexec_fn": close_streams(0)}),
        ("standard output closed", 1, {"preexec_fn": close_streams(1)}),
        ("standard error closed", 0, {"preexec_fn": close_streams(2)}),
        ("all of them closed", 1, {"preexec_fn": close_streams(0, 1, 2)}),
        ("standard output full", 1, {"stdout": full}),
        ("standard error full", 0, {"stderr": full}),
        ("both full", 1, {"stdout": full, "stderr": full}),
        ("standard output without a reader", 1, {"stdout": broken}),
        ("standard error without a reader", 0, {"stderr": broken}),
        ("both without a reader", 1, {"stdout": broken, "stderr": broken}),
    ]
    for name, status, options in rows:
        case = Case(tap, name, Run(
            place, dispatch(place, "octo/app", host=HOST, more=["-v"]),
            **options))
        case.exits(status)
        case.sends(1)
    os.close(full)
    os.close(broken)


def test_environment(tap, place):
    """A megabyte of it, in few variables and in many."""
    for count in (10, 20000):
        size = 1024 * 1024 // count
        env = {**ENV, **{f"V{i}": "x" * (size - 8) for i in range(count)}}
        run = Run(place, dispatch(place, "octo/app", host=HOST), env)
        case = Case(tap, f"a megabyte of environment in {count} variables",
                    run)
        case.exits(0)
        case.sends(1)


def test_first_process(tap, place):
    """As process 1 of a pid namespace."""
    run = Run(place, ["--pid", "--fork", "--kill-child", BINARY,
                      *dispatch(place, "octo/app", host=HOST)],
              program="/usr/bin/unshare")
    case = Case(tap, "process 1", run)
    case.exits(0)
    case.sends(1)


def use_long_key(place):
    """An App's key of 4096 bits, the longest that is taken, in place of the
    one of 2048 bits."""
    key, public = place.file("app.pem"), place.file("app.public.pem")
    for command in (["genrsa", "-out", key, "4096"],
                    ["rsa", "-in", key, "-pubout", "-out", public]):
        subprocess.run(["openssl", *command], check=True,
                       stderr=subprocess.DEVNULL)


def test_all(tap, place):
    if not enter_namespaces(place):
        tap.skip("locked-down runners", "namespaces are not available here")
        return
    place.write("hosts", HOSTS)
    place.write("resolv.conf", SERVERS)
    NameServer("127.0.0.1")
    use_long_key(place)
    for test in (test_limits, test_too_little, test_small_stacks, test_noexec,
                 test_streams, test_environment, test_first_process):
        test(tap, place)
    try:
        numbers = Numbers()
    except OSError:
        tap.skip("system calls that are missing", "there is no libseccomp")
        return
    test_missing_calls(tap, place, numbers)
    test_root(tap, place, numbers)


if __name__ == "__main__":
    main(test_all)
