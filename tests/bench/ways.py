"""ways.py - the ways to send an event that the benchmark compares."""

import os
import re
import shutil
import subprocess
from typing import NamedTuple

from network import ROOT

BINARY = os.path.join(ROOT, "build", "repository-dispatch")
# Where Debian's programs look for CAs by themselves.
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
TOKEN = "ghp_nQvWys81vp7hB1dx8PpD5KHXe3PYiGkPAuNa"
PATH = "/repos/octo/app/dispatches"
BODY = '{"event_type":"deploy","client_payload":{"a":1}}'
ACCEPT = "Accept: application/vnd.github+json"
AUTHORIZATION = "Authorization: Bearer " + TOKEN
# As workflows had it before: jq makes the body, curl sends it, the shell reads
# the status.
SCRIPT = f"""
set -euo pipefail
body=$(jq -n --arg type deploy --argjson payload '{{"a":1}}' \
    '{{event_type: $type, client_payload: $payload}}')
status=$(curl -sS -o /dev/null -w '%{{http_code}}' -X POST -H '{ACCEPT}' \
    -H "Authorization: Bearer $GH_PAT" -d "$body" "$1")
[ "$status" = 204 ]
"""
FETCH = f"""
fetch(process.argv[1], {{
  method: "POST", body: '{BODY}',
  headers: {{ accept: "application/vnd.github+json",
    authorization: "Bearer " + process.env.GH_PAT }},
}}).then((r) => process.exit(r.status === 204 ? 0 : 1));
"""


class Way(NamedTuple):
    """A row of the table. CAs are "one", the root of the chain, or "all", the
    bundle of this machine. programs are those that have to be installed."""
    name: str
    version: str
    roots: str
    command: list
    programs: tuple


# The newest is what ours takes without an option.
VERSIONS = ("1.2", "1.3")


def make_ways(url, root):
    """For the API at url, whose chain ends at the certificate in root."""
    target = url + PATH
    ours = [BINARY, "-r", "octo/app", "-e", "deploy", "-p", '{"a":1}',
            "--api-url", url]
    curl = ["curl", "-sSf", "-X", "POST", "-H", AUTHORIZATION,
            "-H", ACCEPT, "-d", BODY, target]
    ways = []
    for version in VERSIONS:
        more = [] if version == VERSIONS[-1] else ["--tls", version]
        for roots, path in (("one", root), ("all", BUNDLE)):
            ways.append(Way("repository-dispatch", version, roots, [
                *ours, "--ca-file", path, *more], (BINARY,)))
    for version in VERSIONS:
        for roots, more in (("one", ["--cacert", root]), ("all", [])):
            ways.append(Way("curl", version, roots, [
                *curl, *more, "--tls-max", version], ("curl",)))
    return ways + [
        Way("bash, curl, jq", "1.3", "all",
            ["bash", "-c", SCRIPT, "bash", target], ("bash", "curl", "jq")),
        Way("gh api", "1.3", "all", [
            "gh", "api", "-X", "POST", target, "-H", AUTHORIZATION, "-f",
            "event_type=deploy", "-F", "client_payload[a]=1"], ("gh",)),
        Way("Node's fetch", "1.3", "all", ["node", "-e", FETCH, target],
            ("node",)),
    ]


def environment(root, home):
    """For all ways."""
    return {"PATH": os.environ["PATH"], "HOME": home, "GH_PAT": TOKEN,
            "GH_TOKEN": TOKEN, "NODE_EXTRA_CA_CERTS": root}


def words(way):
    """The command, with the path of its program."""
    return [shutil.which(way.command[0]), *way.command[1:]]


def files_of(program):
    """The program, what loads it, and its libraries."""
    path = os.path.realpath(shutil.which(program))
    listed = subprocess.run(["ldd", path], check=False, text=True,
                            capture_output=True).stdout
    return {path, *map(os.path.realpath, re.findall(r"(/\S+) \(0x", listed))}


def size_on_disk(way):
    """Bytes of all files that it needs. Node has CAs built in, as we have, but
    we are given the bundle to read, where it says all."""
    files = set().union(*map(files_of, way.programs))
    if way.roots == "all" and "node" not in way.programs:
        files.add(BUNDLE)
    return sum(map(os.path.getsize, files))
