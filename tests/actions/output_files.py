"""output_files.py - how runners read the file of GITHUB_OUTPUT.

GitHub's own runner: actions/runner, src/Runner.Worker/FileCommandManager.cs,
EnvFileKeyValuePairs. It ignores empty lines.

act and its descendants: parseEnvFile() in pkg/container/parse_env_file.go of
nektos/act, in act/container/ of gitea.com/gitea/runner and of
code.forgejo.org/forgejo/runner. They read lines with Go's bufio.Scanner, which
has a limit for a line, and refuse one without "=" and "<<". These differ:

- nektos/act until mid-2025: at most 64 KiB - 1 bytes a line. A longer one ends
  the reading without an error. Since nektos/act#5028 the limit is 1 GiB.
- Forgejo's runner: at most 1 MiB for a value, and 255 bytes for a name; more is
  an error.
- Gitea's runner: at most 16 MiB a line; newer releases ignore blank lines,
  older ones are like act. The server ignores values of more than 1 MiB."""

import dataclasses


class Refused(Exception):
    """The runner fails the step, after it has done its work."""


@dataclasses.dataclass(frozen=True)
class Rules:
    name: str
    longest: int = 0  # of a line; 0: no limit
    is_cut_silently: bool = False
    skips_blank: bool = False
    has_bom: bool = False


ACT_OLD = Rules("act before mid-2025", 64 << 10, True, has_bom=True)
RUNNERS = [
    Rules("GitHub's runner", skips_blank=True),
    ACT_OLD,
    Rules("act", 1 << 30, has_bom=True),
    Rules("Forgejo's runner", 2 + 255 + (1 << 20)),
    Rules("Gitea's runner", 16 << 20, skips_blank=True, has_bom=True),
]


def scan(text, rules):
    """The lines, as bufio.ScanLines splits them: a CR before LF goes, and an
    empty last line is none."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines):
        if rules.longest and len(line.encode()) >= rules.longest:
            if rules.is_cut_silently:
                return
            raise Refused(f"{rules.name}: a line is too long")
        if number == 0 and rules.has_bom:
            line = line.removeprefix("\ufeff")
        yield line.removesuffix("\r")


def read_value(lines, delimiter, rules):
    value = []
    for line in lines:
        if line == delimiter:
            return "\n".join(value)
        value.append(line)
    raise Refused(f"{rules.name}: no line {delimiter!r}")


def parse(text, rules):
    """The outputs that this runner finds, or Refused. The last one wins."""
    found = {}
    lines = scan(text, rules)
    for line in lines:
        if rules.skips_blank and not line.strip():
            continue
        equals, shifts = line.find("="), line.find("<<")
        if equals >= 0 and (shifts < 0 or equals < shifts):
            found[line[:equals]] = line[equals + 1:]
        elif shifts >= 0:
            found[line[:shifts]] = read_value(lines, line[shifts + 2:], rules)
        else:
            raise Refused(f"{rules.name}: neither = nor << in {line!r}")
    return found
