"""openapi.py - GitHub's OpenAPI description, and the check of requests and
responses against it.

The package that has the description takes 385 MB when it is installed. So it
is a development dependency, which install() leaves out: here it is packed, its
sum is compared with the lock file's, and what the tests need of it is kept."""

import base64
import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.parse

from validators import HERE, INSTALLED, install

PACKAGE = "@octokit/openapi"
GITHUB = "api.github.com"
# What the program may request: the paths and their methods.
OPERATIONS = {
    "/repos/{owner}/{repo}/dispatches": ["post"],
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches":
        ["post"],
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}": ["get"],
    "/repos/{owner}/{repo}/actions/runs": ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}": ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs": ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments":
        ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel": ["post"],
    "/repos/{owner}/{repo}": ["get"],
    "/repos/{owner}/{repo}/installation": ["get"],
    "/app/installations/{installation_id}/access_tokens": ["post"],
    "/installation/token": ["delete"],
    "/rate_limit": ["get"],
    "/user": ["get"],
}


def pack(folder, version, integrity, server):
    """Returns the text of a server's description from the package, whose sum must
    be that of the lock file."""
    name = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", folder,
         f"{PACKAGE}@{version}"], cwd=folder, check=True,
        stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()
    path = os.path.join(folder, name)
    with open(path, "rb") as f:
        digest = hashlib.sha512(f.read()).digest()
    if integrity != "sha512-" + base64.b64encode(digest).decode():
        raise ValueError(f"{PACKAGE} {version} is not what is pinned")
    text = subprocess.run(
        ["tar", "-xzOf", path, f"package/generated/{server}.json"], check=True,
        stdout=subprocess.PIPE).stdout
    os.unlink(path)
    return text


def nullable(value):
    """OpenAPI 3.0's "nullable" as JSON Schema says it."""
    if isinstance(value, list):
        return [nullable(item) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: nullable(item) for name, item in value.items()
             if name not in ("example", "examples", "description")
             or not isinstance(item, (str, int, float))}
    if value.pop("nullable", False) is True:
        return {"anyOf": [value, {"type": "null"}]}
    return value


def select(description):
    """The operations of the table that the server has, and the components that they
    need."""
    kept = {"paths": {
        path: {method: description["paths"][path][method]
               for method in methods}
        for path, methods in OPERATIONS.items()
        if path in description["paths"]}, "components": {}}
    todo = re.findall(r'"#/components/([\w-]+)/([\w-]+)"', json.dumps(kept))
    while todo:
        kind, name = todo.pop()
        if kind == "examples" or name in kept["components"].get(kind, {}):
            continue
        part = description["components"][kind][name]
        kept["components"].setdefault(kind, {})[name] = part
        todo += re.findall(r'"#/components/([\w-]+)/([\w-]+)"',
                           json.dumps(part))
    return kept


def read_description(server=GITHUB, form=nullable):
    """The part of a server's description that is needed, from build/lint, where it
    is kept once for each version. form is what becomes of it."""
    install()
    with open(os.path.join(HERE, "package-lock.json"), encoding="utf-8") as f:
        locked = json.load(f)["packages"]["node_modules/" + PACKAGE]
    kept = os.path.join(
        INSTALLED, f"{form.__name__}-{server}-{locked['version']}.json")
    with open(os.path.join(INSTALLED, "lock"), "w", encoding="ascii") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not os.path.exists(kept):
            text = pack(INSTALLED, locked["version"], locked["integrity"],
                        server)
            with open(kept + ".new", "w", encoding="utf-8") as f:
                json.dump(form(select(json.loads(text))), f)
            os.rename(kept + ".new", kept)
    with open(kept, encoding="utf-8") as f:
        return json.load(f)


def body_of(text):
    """A body as JSON, or None without one."""
    return json.loads(text.encode("latin-1")) if text else None


def as_exchange(request, response):
    """What openapi.mjs checks: a request, and its response or None, both as
    the stand-in recorded them."""
    path, _, query = request["target"].removeprefix("/api/v3").partition("?")
    path = re.sub(r"^/repositories/\d+", "/repos/octo/app", path)
    has_body = response and response["status"] < 300
    return {"method": request["method"], "path": path,
            "query": dict(urllib.parse.parse_qsl(
                query, keep_blank_values=True, strict_parsing=bool(query))),
            "body": body_of(request["body"]),
            "status": response and response["status"],
            "response": body_of(response["body"]) if has_body else None}


def validate_exchanges(exchanges):
    """For each, the messages."""
    done = subprocess.run(
        ["node", os.path.join(INSTALLED, "openapi.mjs")], check=True,
        input=json.dumps({"description": read_description(),
                          "exchanges": exchanges}),
        stdout=subprocess.PIPE, encoding="utf-8")
    return json.loads(done.stdout)


# Where redirects of the stand-in lead that are not GitHub's.
ASTRAY = ("GET /repositories/1/dispatches",)


def check_place(tap, place, least=10):
    """Checks what a place's stand-in received, and what it responded."""
    requests = place.received()
    with open(place.file("good.responses"), encoding="ascii") as f:
        responses = {entry["request"]: entry
                     for entry in map(json.loads, f)}
    exchanges = {}
    for number, request in enumerate(requests):
        if f"{request['method']} {request['target']}" in ASTRAY:
            continue
        exchange = as_exchange(request, responses.get(number))
        exchanges.setdefault(json.dumps(exchange, sort_keys=True), exchange)
    found = validate_exchanges(list(exchanges.values()))
    wrong = {f"{e['method']} {e['path']} {e['query']}: {messages}"
             for e, messages in zip(exchanges.values(), found) if messages}
    tap.check(len(responses) >= least and not wrong,
              "requests and responses are as GitHub's OpenAPI description "
              "says", len(responses), *sorted(wrong)[:20])


if __name__ == "__main__":
    sys.exit(0 if read_description() else 1)
