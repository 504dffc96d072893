"""filters.py - a kernel without filters of system calls and without Landlock, made
of one that has them: prctl(PR_SET_SECCOMP) and landlock_create_ruleset() fail in
this process and in those that it starts. Nothing else changes, so that a program
does all that it does without a filter.

Valgrind needs that: its own system calls are those of the program it runs."""

import ctypes
import os
import struct
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
PR_GET_SECCOMP, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 21, 22, 2
PR_SET_NO_NEW_PRIVS = 38
EINVAL, ENOSYS = 22, 38
PRCTL = {"x86_64": 157, "i686": 172, "armv7l": 172, "aarch64": 167,
         "riscv64": 167, "ppc64le": 171, "s390x": 172}
LANDLOCK_CREATE_RULESET = 444

LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7fff0000, 0x00050000
NUMBER, FIRST_ARGUMENT = 0, 16


class Program(ctypes.Structure):
    """struct sock_fprog"""
    _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def install(steps):
    """Installs a filter of steps (code, if true, if false, value)."""
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = Program(len(steps), code)
    for call in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
                 (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program),
                  0, 0)):
        if LIBC.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def refuse_filters(landlock=False):
    """For preexec_fn of subprocess. landlock: it is not refused."""
    low = 0 if sys.byteorder == "little" else 4
    install([
        (LOAD, 0, 0, NUMBER),
        (JUMP_EQUAL, 0, 1, LANDLOCK_CREATE_RULESET),
        (RETURN, 0, 0, ALLOW if landlock else ERRNO | ENOSYS),
        (JUMP_EQUAL, 0, 5, PRCTL[os.uname().machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT + low),
        (JUMP_EQUAL, 0, 1, PR_SET_SECCOMP),
        (RETURN, 0, 0, ERRNO | EINVAL),
        (JUMP_EQUAL, 0, 1, PR_GET_SECCOMP),
        (RETURN, 0, 0, ERRNO),  # it returns 0: there is no filter
        (RETURN, 0, 0, ALLOW),
    ])


def has_landlock():
    """landlock(7): what version the kernel has."""
    LIBC.syscall.restype = ctypes.c_long
    return LIBC.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0),
                        1) > 0
