"""tracer.py - a program under ptrace(2), and what is in its memory and its
registers as it ends.

PTRACE_O_TRACEEXIT stops a process at the beginning of its end, whatever ends
it: exit_group(2), a signal, or a filter of system calls. Its memory is still
there then. Needs CAP_SYS_PTRACE: the program under test is not dumpable."""

import ctypes
import os
import platform
import re
import signal
import struct
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p,
                        ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long

# <linux/ptrace.h>, <linux/elf.h>
TRACEME, CONT, SYSCALL, SETOPTIONS, GETREGSET, SETREGSET, GET_SYSCALL_INFO = (
    0, 7, 24, 0x4200, 0x4204, 0x4205, 0x420e)
SYSGOOD, TRACEEXIT, EXITKILL = 1, 0x40, 0x100000
SYSCALL_STOP, EVENT_EXIT = signal.SIGTRAP | 0x80, 6
ENTRY = 1
GENERAL, FLOATING, EXTENDED = 1, 2, 0x202
WALL = 0x40000000
GETRANDOM = {"x86_64": 318}.get(platform.machine(), 278)
PAGE = os.sysconf("SC_PAGE_SIZE")
IN_MEMORY = 3 << 62  # or in swap: Documentation/admin-guide/mm/pagemap.rst


def ptrace(request, pid, address=0, data=0):
    if libc.ptrace(request, pid, address, data) < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"ptrace request {request:#x}: "
                      f"{os.strerror(error)}")


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def registers(pid):
    """The bytes of all registers. A processor may lack some sets."""
    found = b""
    for kind in (GENERAL, FLOATING, EXTENDED):
        space = ctypes.create_string_buffer(16384)
        vector = Iovec(ctypes.addressof(space), len(space))
        try:
            ptrace(GETREGSET, pid, kind, ctypes.addressof(vector))
        except OSError:
            if kind == GENERAL:
                raise
            continue
        found += space.raw[:vector.length]
    return found


def syscall_info(pid):
    """struct ptrace_syscall_info, which is the same for all processors."""
    space = ctypes.create_string_buffer(88)
    ptrace(GET_SYSCALL_INFO, pid, len(space), ctypes.addressof(space))
    return space.raw


def stack_pointer(pid):
    return struct.unpack_from("=Q", syscall_info(pid), 16)[0]


def writable(pid):
    """The name, the first address and the end of each writable mapping."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as f:
        for line in f:
            match = re.match(r"(\w+)-(\w+) .w.. \S+ \S+ \S+\s*(.*)", line)
            if match:
                yield match[3] or "data", int(match[1], 16), int(match[2], 16)


def read(pid, address, length):
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as f:
        f.seek(address)
        data = f.read(length)
    if len(data) < length:
        raise OSError(f"memory at {address:#x} cannot be read")
    return data


def touched(pid, begin, end):
    """The runs of pages that were ever touched."""
    with open(f"/proc/{pid}/pagemap", "rb", buffering=0) as f:
        f.seek(begin // PAGE * 8)
        data = f.read((end - begin) // PAGE * 8)
    first = None
    for index, (page,) in enumerate([*struct.iter_unpack("=Q", data), (0,)]):
        if page & IN_MEMORY and first is None:
            first = index
        elif not page & IN_MEMORY and first is not None:
            yield begin + first * PAGE, begin + index * PAGE
            first = None


def read_memory(pid):
    """The writable memory: a list of name, address and bytes."""
    return [(name, first, read(pid, first, last - first))
            for name, begin, end in writable(pid)
            for first, last in touched(pid, begin, end)]


class Traced(subprocess.Popen):
    """A program that is traced from its start. Only the thread that started it
    may call trace(). It has the process's memory and registers afterwards, and
    what getrandom(2) filled if it was asked to."""

    def __init__(self, arguments, **options):
        super().__init__(arguments, **options, preexec_fn=lambda: libc.ptrace(
            TRACEME, 0, 0, 0))
        self.memory = self.registers = self.stack_pointer = None
        self.entropy = []
        self.call = None
        _, status = os.waitpid(self.pid, WALL)
        if not os.WIFSTOPPED(status):
            raise OSError(f"{arguments[0]} did not stop at its start")
        ptrace(SETOPTIONS, self.pid, 0, SYSGOOD | TRACEEXIT | EXITKILL)

    def trace(self, calls=False):
        """Lets it run to its end. calls: stops at each system call as well, of
        which getrandom(2) counts."""
        passed = 0
        while True:
            ptrace(SYSCALL if calls else CONT, self.pid, 0, passed)
            _, status = os.waitpid(self.pid, WALL)
            if not os.WIFSTOPPED(status):
                self.returncode = os.waitstatus_to_exitcode(status)
                return
            passed = self.note(status)

    def note(self, status):
        """Returns the signal to pass on."""
        if status >> 8 == signal.SIGTRAP | EVENT_EXIT << 8:
            self.memory = read_memory(self.pid)
            self.registers = registers(self.pid)
            self.stack_pointer = stack_pointer(self.pid)
            return 0
        if os.WSTOPSIG(status) == SYSCALL_STOP:
            self.note_call()
            return 0
        return os.WSTOPSIG(status)

    def note_call(self):
        info = syscall_info(self.pid)
        number, address, length = struct.unpack_from("=QQQ", info, 24)
        if info[0] == ENTRY:
            self.call = (address, length) if number == GETRANDOM else None
        elif self.call:
            self.entropy.append(read(self.pid, *self.call))
            self.call = None
