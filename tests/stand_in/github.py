#!/usr/bin/env python3
"""github.py - a loopback stand-in for GitHub's API, over real TLS.

It checks a repository_dispatch as GitHub's REST docs say, and records every
request. The name of the repository selects another response:

    answer-X        the response X of the table RESPONSES, each time
    answers.X.Y     X to the first request, then Y to all others; or more
    runs-X          204, and then the runs X of the table POLLS
    runs-X_Y        the same, changed as in the table CHANGES
    not-installed, not-approved, not-selected, token-X
                    what an App's requests for a token can end in

    github.py --dir DIR [--cert NAME] [--tls1.1] [--clock SECONDS]

DIR contains the certificates that make_chain.sh makes, and the App's key. When
it listens, it writes its port to NAME.port; each request becomes a line of
JSON in NAME.requests. It ends with SIGTERM, or when its standard input ends.
"""

import argparse
import base64
import calendar
import email.utils
import json
import os
import random
import re
import socket
import ssl
import string
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

# As random as real ones: the tests search for any eight characters of them.
TOKEN = "ghp_nQvWys81vp7hB1dx8PpD5KHXe3PYiGkPAuNa"
# An installation's token: some 520 characters, with a JWT inside.
APP_TOKEN = "ghs_eyJhbGciOi" + "".join(random.Random(9).choices(
    string.ascii_letters + string.digits + "-._", k=506))
APP_ID = "123456"
INSTALLATION = 4242
DOCS = ("https://docs.github.com/rest/repos/repos"
        "#create-a-repository-dispatch-event")
HEAD_FIELDS = [
    ("Server", "github.com"),
    ("X-GitHub-Media-Type", "github.v3; format=json"),
    ("X-OAuth-Scopes", "repo"),
    ("X-Accepted-GitHub-Permissions", "contents=write"),
    ("X-GitHub-Request-Id", "STAND:IN:1"),
]


def response(status, body=b"", fields=(), version="HTTP/1.1", common=True,
           length=True):
    """The bytes of one response."""
    lines = [f"{version} {status}"]
    for name, value in (HEAD_FIELDS if common else []) + list(fields):
        lines.append(f"{name}: {value}")
    if length and not status.startswith(("204", "1")):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def message(status, text, fields=()):
    """An error as GitHub words it."""
    body = json.dumps({"message": text, "documentation_url": DOCS,
                       "status": status.split()[0]}).encode()
    kind = ("Content-Type", "application/json; charset=utf-8")
    return response(status, body, [kind, *fields])


NO_CONTENT = response("204 No Content")
HTML = [("Content-Type", "text/html")]
CHUNKED = [("Transfer-Encoding", "chunked")]


def chunked(*chunks):
    body = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks)
    return body + b"0\r\n\r\n"


def redirect(status, location, text="Moved Permanently"):
    """GitHub words the redirect of a renamed repository so."""
    return message(status, text, [("Location", location)])


# Each is bytes, or a list of bytes, of waits in seconds, of "reset" (to end
# with RST) and of "abrupt" (to end without close_notify). {port} is ours.
RESPONSES = {
    "204": NO_CONTENT,
    "204-close": response("204 No Content", fields=[("Connection", "close")]),
    "204-reset": [NO_CONTENT, "reset"],
    "204-idle": [NO_CONTENT, 0.2],
    "200-id": response("200 OK", b"{}"),
    # Web pages have a request id as well.
    "200-page": response("200 OK", b"<html>Sign in</html>", HTML),
    "404-page": response("404 Not Found", b"<html>Not here</html>", HTML),
    "200-untyped": response("200 OK", b"\n<!DOCTYPE html>Sign in"),
    "404-untyped": response("404 Not Found", b" <html>Not here</html>"),
    "200-strange": response("200 OK", b"<html>log in</html>", HTML,
                          common=False),
    "301": redirect("301 Moved Permanently", "https://localhost/elsewhere"),
    "307": redirect("307 Temporary Redirect", "https://localhost/elsewhere"),
    "400": message("400 Bad Request", "Problems parsing JSON"),
    "401": message("401 Unauthorized", "Bad credentials"),
    "403": message("403 Forbidden",
                   "Resource not accessible by integration"),
    "403-html": response("403 Forbidden", b"<html>denied</html>", HTML,
                       "HTTP/1.0", common=False),
    "403-limit": message("403 Forbidden", "API rate limit exceeded",
                         [("X-RateLimit-Remaining", "0")]),
    "404": message("404 Not Found", "Not Found"),
    "422": message("422 Unprocessable Entity",
                   "Invalid request.\n\nNo more than 10 properties are "
                   "allowed; 14 were supplied."),
    "422-unknown": message("422 Unprocessable Entity", "Invalid request."),
    "422-hostile": message("422 Unprocessable Entity",
                           "\x1b[31m\r\n::error::x ##[group]"),
    "429": message("429 Too Many Requests", "slow down",
                   [("Retry-After", "60")]),
    "500": response("500 Internal Server Error", b"<html>oops</html>", HTML),
    "503": response("503 Service Unavailable", b"", common=False),
    "chunked": response("404 Not Found", chunked(b'{"message": "in ',
                                               b'chunks"}'),
                      CHUNKED, length=False),
    "interim": response("100 Continue", common=False)
    + response("103 Early Hints", common=False) + NO_CONTENT,
    "dribble": [b for i in range(len(NO_CONTENT))
                for b in (NO_CONTENT[i:i + 1], 0.002)],
    "nothing": [],
    "half": [NO_CONTENT[:40]],
    "short-body": [response("404 Not Found", b"x" * 100)[:-50]],
    "abrupt": [response("404 Not Found", b"x", length=False), "abrupt"],
    "silence": [20.0],
    "long-body": response("404 Not Found", b"x" * (1024 * 1024 + 1)),
    "long-head": response("204 No Content",
                        fields=[("X-Fill", "x" * 70000)]),
    "bare-lf": NO_CONTENT.replace(b"\r\n", b"\n"),
    "fold": response("204 No Content", fields=[("X-A", "b\r\n c")]),
    "two-lengths": response("404 Not Found", b"xx",
                          [("Content-Length", "1")]),
    "both": response("404 Not Found", chunked(b"x"), CHUNKED),
    "not-http": b"SSH-2.0-OpenSSH_9.2\r\n",
    # A renamed repository, and redirects that must not be followed.
    "moved": redirect("307 Temporary Redirect",
                      "https://localhost:{port}/repositories/1/dispatches"),
    "moved-path": redirect("301 Moved Permanently",
                           "/repositories/1/dispatches"),
    "moved-308": redirect("308 Permanent Redirect",
                          "/repositories/1/dispatches"),
    "loop": redirect("302 Found", "/repos/octo/answer-loop/dispatches",
                     "Found"),
    "moved-port": redirect("307 Temporary Redirect", "https://localhost:1/x"),
    "moved-http": redirect("307 Temporary Redirect",
                           "http://localhost:{port}/x"),
    "moved-host": redirect("307 Temporary Redirect", "//evil.test/x"),
    "moved-space": redirect("307 Temporary Redirect", "/a b"),
    "moved-bytes": redirect("307 Temporary Redirect", "/\u00e4"),
    "moved-top": redirect("307 Temporary Redirect",
                          "https://localhost:{port}"),
    "moved-nowhere": message("307 Temporary Redirect", "Moved Permanently"),
    "303": redirect("303 See Other", "/repositories/1/dispatches",
                    "See Other"),
    # Limits that end after a second.
    "429-second": message("429 Too Many Requests", "slow down",
                          [("Retry-After", "1")]),
    "403-second": message("403 Forbidden", "You have exceeded a secondary "
                          "rate limit", [("Retry-After", "1")]),
    "403-reset": message("403 Forbidden", "API rate limit exceeded",
                         [("X-RateLimit-Remaining", "0"),
                          ("Date", "Sun, 06 Nov 1994 08:49:36 GMT"),
                          ("X-RateLimit-Reset", "784111777")]),
    "429-date": message("429 Too Many Requests", "slow down",
                        [("Date", "Sun, 06 Nov 1994 08:49:36 GMT"),
                         ("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")]),
    "429-silent": message("429 Too Many Requests", "slow down"),
    "403-sso": message("403 Forbidden", "Resource protected by organization "
                       "SAML enforcement.",
                       [("X-GitHub-SSO", "required; url=https://github.com/"
                         "orgs/octo/sso?authorization_request=A")]),
    "403-pat": message("403 Forbidden",
                       "Resource not accessible by personal access token"),
    "403-archived": message("403 Forbidden",
                            "Repository was archived so is read-only."),
    "403-disabled": message("403 Forbidden", "Actions is disabled"),
    "403-blocked": message("403 Forbidden", "Repository access blocked"),
    "403-plain": message("403 Forbidden", "Forbidden"),
    "410": message("410 Gone", "API version not supported"),
    "422-errors": response("422 Unprocessable Entity", json.dumps(
        {"message": "Validation Failed", "errors": [
            {"resource": "Event", "field": "event_type",
             "code": "missing_field"}]}).encode()),
    "404-html": response("404 Not Found", b"<html>portal</html>", HTML,
                       common=False),
    "upgrade": response("101 Switching Protocols", common=False),
}


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class App:
    """GitHub's checks of an App (its docs: "Generating a JSON Web Token (JWT)
    for a GitHub App", "Create an installation access token for an app")."""

    def __init__(self, directory, clock):
        self.key = os.path.join(directory, "app.public.pem")
        self.clock = clock

    def now(self):
        return time.time() + self.clock

    def refuse(self, authorization):
        """Why a JWT is refused, or None."""
        token = authorization.removeprefix("Bearer ")
        if token.count(".") != 2:
            return "A JSON web token could not be decoded"
        head, claims, signature = token.split(".")
        claimed = json.loads(decode(claims))
        with tempfile.NamedTemporaryFile() as file:
            file.write(decode(signature))
            file.flush()
            verified = subprocess.run(
                ["openssl", "dgst", "-sha256", "-verify", self.key,
                 "-signature", file.name], input=f"{head}.{claims}".encode(),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                check=False).returncode == 0
        if not verified or claimed["iss"] != APP_ID or json.loads(
                decode(head)) != {"alg": "RS256", "typ": "JWT"}:
            return "A JSON web token could not be decoded"
        if claimed["iat"] > self.now():
            return "'Issued at' claim ('iat') must be an Integer " \
                "representing the time that the assertion was issued"
        if not self.now() < claimed["exp"] <= self.now() + 600:
            return "'Expiration time' claim ('exp') is too far in the future"
        return None

    def respond(self, head, body):
        method, path, fields = head
        why = self.refuse(fields.get("authorization", ""))
        if why is not None:
            return message("401 Unauthorized", why)
        parts = path.split("/")
        if method == "GET" and parts[-1] == "installation":
            if parts[-2] == "not-installed":
                return message("404 Not Found", "Not Found")
            return response("200 OK", json.dumps(
                {"account": {"id": 1}, "id": INSTALLATION}).encode())
        if (method, path) != (
                "POST", f"/app/installations/{INSTALLATION}/access_tokens"):
            return message("404 Not Found", "Not Found")
        asked = json.loads(body)
        if "not-approved" in asked.get("repositories", []):
            return message("422 Unprocessable Entity", "The permissions "
                           "requested are not granted to this installation.")
        if "not-selected" in asked.get("repositories", []):
            return message("422 Unprocessable Entity", "There is at least one "
                           "repository that does not exist or is not "
                           "accessible to the parent installation.")
        token = ODD_TOKENS.get(asked.get("repositories", [""])[0], APP_TOKEN)
        return response("201 Created", json.dumps(
            {"token": token, "expires_at": "2026-11-23T22:00:00Z",
             "permissions": asked["permissions"]}).encode())


# Wrong tokens, for an App's repositories of these names.
ODD_TOKENS = {"token-space": "ghs_odd token", "token-nul": "ghs_odd\0token",
              "token-empty": "", "token-long": "ghs_" + "x" * 5000,
              "token-number": 7}

# The runs at each poll, (status, conclusion) each. Those of the last poll stay.
# None is a response without runs.
POLLS = {
    "slow": [[], [("queued", None)], [("in_progress", None)],
             [("completed", "success")]],
    "failure": [[("completed", "failure")]],
    "waiting": [[("waiting", None)]],
    "pending": [[("pending", None)], [("completed", "success")]],
    "none": [[]],
    "two": [[("completed", "success")],
            [("completed", "failure"), ("completed", "success")]],
    "skipped": [[("completed", "skipped"), ("completed", "neutral")]],
    "cancelled": [[("completed", "success"), ("completed", "cancelled")]],
    "many": [[("completed", "success")] * 45],
    "hostile": [[("completed", "failure\n::error::x ##[group]")]],
    "success": [[("completed", "success")]],
    "last": [[("completed", "success")],
             [("completed", "failure"), ("completed", "success")]],
    "lost": [[("completed", "success")], None, [("completed", "success")]],
    "crowd": [[("completed", "success")] * 520],
}

# Changes to the runs after the first: functions of the run, and of the id that
# the first one shows.
CHANGES = {
    "later": lambda run, _: run.update(began=run["began"] + 301),
    "before": lambda run, _: run.update(began=run["began"] - 60),
    "others": lambda run, shown: run.update(shown=f"1{shown}0"),
    "longer": lambda run, shown: run.update(shown=f"{shown}cd"),
    "odd": lambda run, _: run.update(number=str(run["number"])),
}


class Runs:
    """The runs that events started (GitHub's REST docs: "List workflow runs
    for a repository")."""

    def __init__(self, app):
        self.app = app
        self.sent = {}
        self.polls = {}

    def start(self, repository, document):
        self.sent[repository] = (self.app.now(), document)
        self.polls[repository] = -1

    def respond(self, repository, query):
        asked = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
        page = int(asked.get("page", "1"))
        if asked.get("event") != "repository_dispatch" or not re.fullmatch(
                r">=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
                asked.get("created", "")):
            return message("422 Unprocessable Entity", "Bad query")
        began, document = self.sent.get(repository, (0, {}))
        since = calendar.timegm(time.strptime(
            asked["created"], ">=%Y-%m-%dT%H:%M:%SZ"))
        if began < since or began > since + 120:
            return message("422 Unprocessable Entity", "Not our time")
        if page == 1:
            self.polls[repository] += 1
        name, _, change = repository.split("/")[1].removeprefix(
            "runs-").partition("_")
        polls = POLLS.get(name, POLLS["success"])
        states = polls[min(self.polls[repository], len(polls) - 1)]
        if states is None:
            return response("200 OK", b'{"total_count": 1}')
        size = int(asked["per_page"])
        shown = document.get("client_payload", {}).get("dispatch_id", "")
        runs = [{"number": 1000 + i, "began": began, "shown": shown}
                for i in range(len(states))]
        for run in runs[1:] if change else []:
            CHANGES[change](run, shown)
        return response("200 OK", json.dumps({
            "total_count": len(states), "workflow_runs": [
                self.document(repository, run, *state)
                for run, state in zip(runs, states)
            ][(page - 1) * size:page * size]}).encode())

    @staticmethod
    def document(repository, run, status, conclusion):
        """A run as GitHub shows it."""
        return {"id": run["number"], "name": "Receiver", "head_commit": {
            "id": 7, "message": "name \"status\": \u00e4" * 100},
            "display_title": f"deploy {run['shown']}", "status": status,
            "created_at": time.strftime(
                "%Y-%m-%dT%H:%M:%SZ", time.gmtime(run["began"])),
            "conclusion": conclusion, "repository": {"name": "x", "id": 1},
            "html_url": f"https://github.com/{repository}/actions/runs/"
                        f"{run['number']}"}


def judge(head, body, app, runs):
    """GitHub's own checks. Returns the bytes of the response."""
    method, target, fields = head
    path = target.removeprefix("/api/v3")
    parts = path.split("/")
    if "user-agent" not in fields:
        return response("403 Forbidden", b"<html>no User-Agent</html>", HTML,
                      "HTTP/1.0", common=False)
    if parts[-1] == "installation" or parts[1] == "app":
        return app.respond((method, path, fields), body)
    if method == "GET" and parts[-2:-1] == ["actions"] and \
            parts[-1].startswith("runs?"):
        return runs.respond("/".join(parts[2:4]), path.split("?")[1])
    moved = parts[1:2] == ["repositories"] and len(parts) == 4
    if method != "POST" or not (moved or (
            len(parts) == 5 and parts[1] == "repos")) \
            or parts[-1] != "dispatches":
        return message("404 Not Found", "Not Found")
    if fields.get("authorization") not in (f"Bearer {TOKEN}",
                                           f"Bearer {APP_TOKEN}"):
        return message("401 Unauthorized", "Bad credentials")
    if parts[3] == "not-selected":
        return message("404 Not Found", "Not Found")
    try:
        document = json.loads(body.decode("utf-8"))
    except ValueError:
        return message("400 Bad Request", "Problems parsing JSON")
    extra = set(document) - {"event_type", "client_payload"}
    if extra or not isinstance(document.get("client_payload"), dict):
        return message("422 Unprocessable Entity",
                       "Invalid request.\n\nInvalid input.")
    runs.start("/".join(parts[2:4]), document)
    return NO_CONTENT


def repository_of(target):
    """The name, or the part of the path in its place."""
    parts = target.split("/")
    return parts[parts.index("repos") + 2 if "repos" in parts else -2]


def read_request(stream):
    """One request's head and body, or None at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65536)
        if not more:
            return None
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = [line.split(": ", 1) for line in lines[1:]]
    fields = {name.lower(): value for name, value in pairs}
    while len(body) < int(fields.get("content-length", 0)):
        body += stream.recv(65536)
    return (method, target, fields), pairs, body


def reset(stream):
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                      struct.pack("ii", 1, 0))
    os.close(stream.detach())


def play(stream, script):
    """Sends the parts of a response. Returns whether the connection stays."""
    if isinstance(script, bytes):
        stream.sendall(script)
        return b"Connection: close" not in script
    for part in script:
        if isinstance(part, bytes):
            stream.sendall(part)
        elif isinstance(part, float):
            time.sleep(part)
        elif part == "reset":
            time.sleep(0.05)
            reset(stream)
            return False
        elif part == "abrupt":
            os.close(stream.detach())
            return False
    return False


class Server:
    def __init__(self, directory, name, tls_1_1, clock):
        base = os.path.join(directory, name)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if tls_1_1:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.minimum_version = ssl.TLSVersion.TLSv1_1
            self.context.maximum_version = ssl.TLSVersion.TLSv1_1
        elif name == "weak":
            self.context.set_ciphers("DEFAULT:@SECLEVEL=0")
        self.context.load_cert_chain(base + ".chain.pem", base + ".key")
        self.context.set_alpn_protocols(["http/1.1"])
        self.context.sni_callback = self.note_name
        self.records = open(base + ".requests", "w", encoding="ascii")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        with open(base + ".port.new", "w", encoding="ascii") as f:
            f.write(str(self.listener.getsockname()[1]))
        os.rename(base + ".port.new", base + ".port")
        self.port = self.listener.getsockname()[1]
        self.app = App(directory, clock)
        self.runs = Runs(self.app)
        self.turns = {}
        self.lock = threading.Lock()
        self.count = 0

    @staticmethod
    def note_name(stream, name, _context):
        stream.context.asked_for = name

    def record(self, number, stream, pairs, head, body):
        entry = {"connection": number, "method": head[0], "target": head[1],
                 "fields": pairs, "body": body.decode("latin-1"),
                 "tls": stream.version(), "suite": stream.cipher()[0],
                 "alpn": stream.selected_alpn_protocol(),
                 "sni": getattr(self.context, "asked_for", None)}
        with self.lock:
            self.records.write(json.dumps(entry) + "\n")
            self.records.flush()

    def dated(self, responded):
        """The response with our time."""
        date = email.utils.formatdate(self.app.now(), usegmt=True).encode()
        return responded.replace(b"\r\n", b"\r\nDate: " + date + b"\r\n", 1)

    def find_script(self, name):
        """The response for answer-X or answers.X.Y, or None."""
        with self.lock:
            turn = self.turns[name] = self.turns.get(name, -1) + 1
        names = name.split(".")[1:] if name.startswith("answers.") else [
            name.removeprefix("answer-")]
        script = RESPONSES.get(names[min(turn, len(names) - 1)])
        if isinstance(script, bytes):
            script = script.replace(b"{port}", str(self.port).encode())
        return script

    def serve(self, connection, number):
        try:
            stream = self.context.wrap_socket(connection, server_side=True)
            while request := read_request(stream):
                head, pairs, body = request
                self.record(number, stream, pairs, head, body)
                script = self.find_script(repository_of(head[1]))
                if script is None:
                    script = self.dated(judge(
                        head, body, self.app, self.runs))
                if not play(stream, script):
                    break
            if stream.fileno() >= 0:
                stream.unwrap()
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            self.count += 1
            threading.Thread(target=self.serve, daemon=True,
                             args=(connection, self.count)).start()


def end_with_input():
    while os.read(0, 4096):
        pass
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--cert", default="good")
    parser.add_argument("--tls1.1", dest="tls_1_1", action="store_true")
    parser.add_argument("--clock", type=int, default=0)
    options = parser.parse_args()
    server = Server(options.dir, options.cert, options.tls_1_1, options.clock)
    threading.Thread(target=end_with_input, daemon=True).start()
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
