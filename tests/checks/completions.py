#!/usr/bin/env python3
"""completions.py - the completions of bash, zsh and fish, each asked of the
shell itself.

bash and zsh run on a terminal of their own: a line is typed, TAB is pressed,
and the command, which is a function there, prints its arguments. fish prints
what it would offer for a line."""

import os
import pty
import re
import select
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
from harness import BINARY, Tap  # noqa: E402

GENERATED = os.path.join(ROOT, "build", "gen")
COMMAND = "repository-dispatch"
FILES = ["payload.json", "ca root.pem", "60 seconds", "deploy", "folder/inner"]
SECONDS = 20

# What is typed after the command, and the arguments that TAB makes of it.
CASES = [
    # Options.
    ("--event-t", ["--event-type"]),
    ("-q --dry-r", ["-q", "--dry-run"]),
    ("--wait-i", ["--wait-interval"]),
    ("--json --chec", ["--json", "--check-json"]),
    ("-e x --token-f", ["-e", "x", "--token-file"]),
    # Names of files.
    ("--token-file pay", ["--token-file", "payload.json"]),
    ("--token-file=pay", ["--token-file=payload.json"]),
    ("--ca-file ca", ["--ca-file", "ca root.pem"]),
    ("--ca-file=ca", ["--ca-file=ca root.pem"]),
    ("--ca-file folder/i", ["--ca-file", "folder/inner"]),
    ("-q --targets pay", ["-q", "--targets", "payload.json"]),
    # Files after @.
    ("--payload @pay", ["--payload", "@payload.json"]),
    ("--payload=@pay", ["--payload=@payload.json"]),
    ("-p @ca", ["-p", "@ca root.pem"]),
    ("-p @folder/i", ["-p", "@folder/inner"]),
    ("-qp @pay", ["-qp", "@payload.json"]),
    ("--field notes=@pay", ["--field", "notes=@payload.json"]),
    ("--field=notes=@pay", ["--field=notes=@payload.json"]),
    ("-F a=b=@pay", ["-F", "a=b=@pay"]),
    # Variables.
    ("--env-field sha=A_VARI", ["--env-field", "sha=A_VARIABLE"]),
    ("--env-field=sha=A_VARI", ["--env-field=sha=A_VARIABLE"]),
    ("--env-field A_VARI", ["--env-field", "A_VARI"]),
    # Numbers and free text: there is nothing to offer, least of all files.
    ("--timeout 6", ["--timeout", "6"]),
    ("--timeout=6", ["--timeout=6"]),
    ("--retries pay", ["--retries", "pay"]),
    ("--event-type dep", ["--event-type", "dep"]),
    ("-e dep", ["-e", "dep"]),
    ("-r dep", ["-r", "dep"]),
    ("--payload pay", ["--payload", "pay"]),
    ("-f notes=@pay", ["-f", "notes=@pay"]),
    ("--token dep", ["--token", "dep"]),
    ("--api-url dep", ["--api-url", "dep"]),
    # What is a value is not an option.
    ("-e --token-file --json --check-js",
     ["-e", "--token-file", "--json", "--check-json"]),
    ("-e '--ca-file x' --dry-r", ["-e", "--ca-file x", "--dry-run"]),
    # No other argument.
    ("pay", ["pay"]),
    ("--dry-run pay", ["--dry-run", "pay"]),
]


class Terminal:
    """A shell on a terminal. The command prints its arguments between marks
    that nobody types."""

    setup = "; ".join((
        COMMAND + "() { printf '%s1>' BEG; printf '%s\\0' \"$@\"; "
        "printf '<%s1' END; }", "PS1=", "A_VARIABLE=1", "export A_VARIABLE"))

    def __init__(self, arguments, folder, setup):
        child, self.terminal = pty.fork()
        if child == 0:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, {
                "PATH": os.environ["PATH"], "HOME": folder, "TERM": "dumb",
                "LC_ALL": "C.UTF-8"})
        self.child = child
        self.type(f"{self.setup}; {setup}; {COMMAND} ready\n")
        self.read()

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read(self):
        """The arguments of the next call."""
        end, output = time.monotonic() + SECONDS, b""
        while time.monotonic() < end:
            if not select.select([self.terminal], [], [], 0.1)[0]:
                continue
            output += os.read(self.terminal, 65536)
            found = re.search(rb"BEG1>(.*?)<END1", output, re.DOTALL)
            if found:
                return found[1].decode().split("\0")[:-1]
        raise RuntimeError(f"no end in {output!r}")

    def complete(self, line, keys="\t"):
        self.type(f"{COMMAND} {line}{keys}\n")
        return self.read()

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.child, 0)


class Bash(Terminal):
    def __init__(self, folder):
        script = shlex.quote(os.path.join(GENERATED, COMMAND + ".bash"))
        super().__init__(["bash", "--norc", "--noprofile", "-i"], folder,
                         f"bind 'set bell-style none'; . {script}")

    def offers(self, line):
        return self.complete(line, "\033*")  # insert-completions


class Zsh(Terminal):
    """compinit reads a thousand files of other commands unless it knows only
    the folders of the machinery itself."""

    def __init__(self, folder):
        super().__init__(["zsh", "-f", "-i"], folder, "; ".join((
            "all=($fpath)", f"fpath=({shlex.quote(GENERATED)} "
            "$^fpath/(compinit|_main_complete)(N:h))",
            "autoload -Uz compinit", "compinit -u -D", "fpath+=($all)",
            "autoload -Uz $^all/_*(N:t)", "LISTMAX=10000",
            "bindkey '^I' complete-word", "unsetopt beep list_ambiguous",
            "insert_all() { _main_complete; compstate[insert]=all; }",
            "zle -C insert-all complete-word insert_all",
            "bindkey '^Xa' insert-all")))

    def offers(self, line):
        return self.complete(line, "\030a")


class Fish:
    def __init__(self, folder):
        self.folder = folder

    def offers(self, line):
        """The words that fish would put in place of the last one."""
        done = subprocess.run(
            ["fish", "--no-config", "-c",
             f"source {shlex.quote(os.path.join(GENERATED, COMMAND))}.fish\n"
             'complete -C "$argv[1]"', f"{COMMAND} {line}"],
            cwd=self.folder, check=True, stdout=subprocess.PIPE,
            encoding="utf-8", env={
                "PATH": os.environ["PATH"], "HOME": self.folder,
                "A_VARIABLE": "1", "LC_ALL": "C.UTF-8"})
        return [offer.split("\t")[0] for offer in done.stdout.splitlines()]

    def complete(self, line):
        before, offers = shlex.split(line), self.offers(line)
        if len(offers) > 1:
            raise RuntimeError(f"fish offers {offers} for {line}")
        return before[:-1] + [*offers, before[-1]][:1]

    def close(self):
        pass


def option_names():
    """Every name in the help."""
    text = subprocess.run([BINARY, "--help"], check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout
    names = set()
    for letter, name in re.findall(r"^  (?:-(\w), |    )--([\w-]+) ", text,
                                   re.MULTILINE):
        names.add("--" + name)
        if letter:
            names.add("-" + letter)
    return names


def test(tap, shell, name):
    names = option_names()
    tap.check(len(names) > 30, f"{name}: the help has more than 30 names")
    long_names = {option for option in names if option.startswith("--")}
    offered = shell.offers("--")
    tap.check(set(offered) == long_names, f"{name}: -- offers each option",
              set(offered) ^ long_names)
    offered = set(shell.offers("-"))
    tap.check(offered <= names | {"-"}, f"{name}: - offers only options",
              offered - names)
    for line, wanted in CASES:
        got = shell.complete(line)
        tap.check(got == wanted, f"{name}: {line}", f"it makes {got}",
                  f"not {wanted}")


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        for file in FILES:
            path = os.path.join(folder, file)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="ascii"):
                pass
        for kind in (Bash, Zsh, Fish):
            shell = kind(folder)
            test(tap, shell, kind.__name__.lower())
            shell.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
