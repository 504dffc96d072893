#!/usr/bin/env python3
"""prism.py - every kind of request that this program makes, through nginx, which
ends TLS, and Prism, which checks each request and each response against GitHub's
OpenAPI description, to the stand-in. Once with the description of api.github.com,
and once with that of GitHub Enterprise Server.

Prism comes from the npm registry, as package-lock.json pins it; the descriptions
come as tests/lint/openapi.py says."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

from common import (HERE, Case, Run, Server, dispatch, free_port, github,
                    serve_plain)
from harness import ENV, ROOT, main
from servers import configure_nginx

sys.path.insert(0, os.path.join(ROOT, "tests", "lint"))
import openapi  # noqa: E402

INSTALLED = os.path.join(ROOT, "build", "prism")
# The description, the part of the path that it leaves to the server, and a
# repository: GHES does not know return_run_details.
SERVERS = [("api.github.com", "", "runs-success"),
           ("ghes-3.19", "/api/v3", "runs-no-details")]
# What Prism reports and is right: the descriptions have no 304, which GitHub's
# documentation of conditional requests has, and that of GHES no 422 to
# return_run_details.
KNOWN = re.compile("has returned (304|422)")
FAST = ["--wait-interval", "1"]
APP = ["--app-id", github.APP_ID, "--app-key", "app.pem"]
# What is done, the repository, options, and the exit status. A repository of runs
# plays a scenario of tests/stand_in/runs.py.
CASES = [
    ("a dispatch", "app", ["-p", '{"a":{"b":[1,null,"c"]},"d":"\\u00e9"}'], 0),
    ("a dispatch without a payload", "app", [], 0),
    ("a dispatch with a large payload", "app", ["-f", "x=" + "y" * 60000], 0),
    ("an App", "app", APP, 0),
    ("an App for another repository", "other",
     [*APP, "--installation-id", str(github.INSTALLATION)], 0),
    ("--preflight", "app", ["--preflight"], 0),
    ("--preflight of an App", "app", ["--preflight", *APP], 0),
    ("--preflight with --workflow", "app",
     ["--preflight", "--workflow", "deploy.yml", "--ref", "main"], 0),
    ("--workflow", "{workflow}.{n}", ["--workflow", "deploy.yml", "--ref", "main",
                                      "-f", "a=b"], 0),
    ("--workflow --wait", "{workflow}.w{n}",
     ["--workflow", "deploy.yml", "--ref", "main", "--wait"], 0),
    ("--find-run", "runs-success.f{n}", ["--find-run"], 0),
    ("--wait", "runs-slow.{n}", ["--wait"], 0),
    ("--wait of an App", "runs-slow.a{n}", ["--wait", *APP], 0),
    ("--wait of an App for an installation", "runs-slow.i{n}",
     ["--wait", *APP, "--installation-id", str(github.INSTALLATION)], 0),
    ("--wait, and a run that fails", "runs-failure.{n}", ["--wait"], 11),
    ("--wait among other runs", "runs-paged.{n}", ["--wait"], 0),
    ("--wait, and no run", "runs-none.{n}",
     ["--wait", "--find-timeout", "2"], 12),
    ("--wait for an approval", "runs-waiting.{n}",
     ["--wait", "--wait-timeout", "4"], 12),
    ("--wait-cancel", "runs-open.{n}",
     ["--wait", "--wait-cancel", "--wait-timeout", "3"], 12),
]


def install():
    """Installs what package-lock.json has, once for each of its versions."""
    os.makedirs(INSTALLED, exist_ok=True)
    lock = os.path.join(HERE, "package-lock.json")
    mark = os.path.join(INSTALLED, "installed")
    with open(os.path.join(INSTALLED, "lock"), "w", encoding="ascii") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(os.path.join(HERE, name), INSTALLED)
        if os.path.exists(mark):
            with open(mark, encoding="utf-8") as f, \
                    open(lock, encoding="utf-8") as g:
                if f.read() == g.read():
                    return
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit",
                        "--no-fund"], cwd=INSTALLED, check=True,
                       stdout=sys.stderr)
        shutil.copy(lock, mark)


def without_examples(part, is_names=False):
    """They are the larger half, and Prism does not need them to check."""
    if isinstance(part, list):
        return [without_examples(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {name: without_examples(item, name == "properties")
            for name, item in part.items()
            if is_names or name not in ("example", "examples")}


def for_prism(kept):
    """The parameter created has ranges of dates, as its own text says, though its
    format is that of one."""
    created = kept["components"]["parameters"]["created"]["schema"]
    created.pop("format")
    return {"openapi": "3.0.3", "info": {"title": "GitHub", "version": "1"},
            **without_examples(kept)}


def is_refused(port, path, body):
    """Whether Prism itself refuses a request."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", body.encode(),
        {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return not response
    except urllib.error.HTTPError as e:
        return "prism/errors" in e.read().decode()


def operation_of(request):
    """The operation of the table that a request belongs to."""
    path = request["target"].partition("?")[0]
    for template, methods in openapi.OPERATIONS.items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and request["method"].lower() in methods:
            return f"{request['method']} {template}"
    return f"{request['method']} {path}"


def run_cases(tap, place, facts, port, serial):
    server, base, workflow = facts
    requests = []
    for name, repository, more, status in CASES:
        arguments = dispatch(place, "octo/" + repository.format(
            n=serial, workflow=workflow), port=port, more=[*FAST, *more])
        at = arguments.index("--api-url") + 1
        arguments[at] += base
        if "--workflow" in more:
            event = arguments.index("-e")
            del arguments[event:event + 2]
        run = Run(place, arguments, {} if "--app-id" in more else ENV)
        Case(tap, f"{server}, {name}", run).exits(status)
        requests += run.requests
    return {operation_of(request) for request in requests}


def find_faults(lines):
    """What Prism reports, each with the line before it."""
    return ["\n".join(lines[max(0, i - 2):i + 1])
            for i, line in enumerate(lines)
            if re.search("[\u2716\u26a0]", line) and not KNOWN.search(
                "\n".join(lines[max(0, i - 2):i + 1]))]


def test_prism(tap, place):
    install()
    with open(os.path.join(HERE, "package.json"), encoding="utf-8") as f:
        version = json.load(f)["dependencies"]["@stoplight/prism-cli"]
    backend = serve_plain(place)
    for serial, facts in enumerate(SERVERS):
        server, base, _ = facts
        if sys.argv[1:] and server not in sys.argv[1:]:
            continue
        print(f"# subject: Prism with {server}, {version}", flush=True)
        place.write("description.json", json.dumps(
            openapi.read_description(server, for_prism)))
        prism, port = free_port(), free_port()
        nginx = configure_nginx(
            place, port, f"location {base}/ {{ proxy_pass "
            f"http://127.0.0.1:{prism}/; }}")
        program = os.path.join(INSTALLED, "node_modules", ".bin", "prism")
        with Server(place, "prism", [
                "node", program, "proxy", "--errors", "--port", str(prism),
                place.file("description.json"),
                f"http://127.0.0.1:{backend}"], prism, seconds=300) as child, \
                Server(place, "server", nginx, port):
            done = run_cases(tap, place, facts, port, f"p{serial}")
            log = child.output()
            with open(place.file("prism.log"), encoding="utf-8") as f:
                lines = f.read().splitlines()
            wrong = find_faults(lines)
            tap.check("Request received" in log and not wrong,
                      f"{server}: Prism finds no fault", *wrong[:40])
            wanted = {f"{method.upper()} {path}"
                      for path, methods in openapi.OPERATIONS.items()
                      for method in methods}
            tap.check(done == wanted,
                      f"{server}: each kind of request is made",
                      f"not made: {sorted(wanted - done)}",
                      f"not known: {sorted(done - wanted)}")
            for path, body in (("/repos/octo/app/dispatches", "{}"),
                               ("/repos/octo/app/dispatch", "{}")):
                tap.check(is_refused(prism, path, body),
                          f"{server}: Prism refuses {path} with {body}")


if __name__ == "__main__":
    main(test_prism)
