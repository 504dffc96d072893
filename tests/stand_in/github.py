#!/usr/bin/env python3
"""github.py - a loopback stand-in for GitHub's API, over real TLS.

It checks a repository_dispatch as GitHub's REST docs say, and records every
request. The name of the repository selects another response:

    answer-X        the response X of the table RESPONSES, each time
    answers.X.Y     X to the first request, then Y to all others; or more
    runs-X          204, and then runs, as runs.py says
    not-installed, not-approved, not-selected, token-X
                    what an App's requests for a token can end in

Tokens, and what else can be asked about them and about repositories, are in
account.py.

    github.py --dir DIR [--cert NAME] [--tls1.1] [--clock SECONDS]
              [--revoke refuses|stalls|closes]

DIR contains the certificates that make_chain.sh makes, and the App's key. When
it listens, it writes its port to NAME.port; each request becomes a line of
JSON in NAME.requests. It ends with SIGTERM, or when its standard input ends.
"""

import argparse
import base64
import email.utils
import json
import os
import random
import socket
import ssl
import string
import struct
import subprocess
import sys
import tempfile
import threading
import time

import account
import documents
from responses import HTML, RESPONSES, message, response
from runs import APP_SLUG, Runs, json_response

# As random as real ones: the tests search for any eight characters of them.
TOKEN = "ghp_nQvWys81vp7hB1dx8PpD5KHXe3PYiGkPAuNa"
# An installation's token: some 520 characters, with a JWT inside.
APP_TOKEN = "ghs_eyJhbGciOi" + "".join(random.Random(9).choices(
    string.ascii_letters + string.digits + "-._", k=506))
APP_ID = "123456"
INSTALLATION = 4242


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
        if (method, path) == ("GET", "/app"):
            return json_response(documents.app(APP_SLUG, int(APP_ID)))
        if method == "GET" and parts[-1] == "installation":
            if parts[-2] == "not-installed":
                return message("404 Not Found", "Not Found")
            return json_response(documents.installation(
                INSTALLATION, int(APP_ID), APP_SLUG,
                {"contents": "write", "actions": "write"}))
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
             "permissions": asked["permissions"]}).encode(),
            [("Content-Type", "application/json; charset=utf-8")])


# Wrong tokens, for an App's repositories of these names.
ODD_TOKENS = {"token-space": "ghs_odd token", "token-nul": "ghs_odd\0token",
              "token-empty": "", "token-long": "ghs_" + "x" * 5000,
              "token-number": 7}


def judge(request, app, runs):
    """GitHub's own checks. Returns the bytes of the response."""
    method, fields = request.method, request.fields
    path = request.target.removeprefix("/api/v3")
    if "user-agent" not in fields:
        return response("403 Forbidden", b"<html>no User-Agent</html>", HTML,
                      "HTTP/1.0", common=False)
    known = account.respond(request, path, app.now(), APP_TOKEN)
    if known is not None:
        return known
    if path.endswith("/installation") or path.split("/")[1] == "app":
        return app.respond((method, path, fields), request.body)
    if request.kind is None:
        return message("404 Not Found", "Not Found")
    if fields.get("authorization") not in (
            f"Bearer {TOKEN}", f"Bearer {APP_TOKEN}") and not account.is_valid(
                fields.get("authorization")):
        return message("401 Unauthorized", "Bad credentials")
    if request.repository.name.endswith("/not-selected"):
        return message("404 Not Found", "Not Found")
    if request.kind == "dispatch":
        return runs.dispatch(request)
    if request.kind == "workflow":
        return runs.dispatch_workflow(request)
    return runs.respond(request)


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
        more = stream.recv(65536)
        if not more:
            return None
        body += more
    return (method, target, fields), pairs, body


def asks_to_close(request):
    return request.fields.get("connection", "").lower() == "close"


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
    def __init__(self, directory, name, tls_1_1, clock, revoke):
        self.revoke = account.REVOKE.get(revoke)
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
        if "SSLKEYLOGFILE" in os.environ:
            self.context.keylog_filename = os.environ["SSLKEYLOGFILE"]
        self.records = open(base + ".requests", "w", encoding="ascii")
        self.answers = open(base + ".responses", "w", encoding="ascii")
        self.recorded = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        with open(base + ".port.new", "w", encoding="ascii") as f:
            f.write(str(self.listener.getsockname()[1]))
        os.rename(base + ".port.new", base + ".port")
        self.port = self.listener.getsockname()[1]
        self.app = App(directory, clock)
        self.runs = Runs(clock)
        self.turns = {}
        self.lock = threading.Lock()
        self.count = 0

    @staticmethod
    def note_name(stream, name, _context):
        stream.context.asked_for = name

    def record(self, number, stream, pairs, request):
        """Returns the number of the record."""
        entry = {"connection": number, "method": request.method,
                 "target": request.target, "fields": pairs,
                 "body": request.body.decode("latin-1"),
                 "repository": request.repository and request.repository.name,
                 "tls": stream.version(), "suite": stream.cipher()[0],
                 "alpn": stream.selected_alpn_protocol(),
                 "sni": getattr(self.context, "asked_for", None)}
        with self.lock:
            self.records.write(json.dumps(entry) + "\n")
            self.records.flush()
            self.recorded += 1
            return self.recorded - 1

    def record_response(self, number, answer):
        """number: of the request's record."""
        head, _, body = answer.partition(b"\r\n\r\n")
        entry = {"request": number, "status": int(head.split()[1]),
                 "body": body.decode("latin-1")}
        with self.lock:
            self.answers.write(json.dumps(entry) + "\n")
            self.answers.flush()

    def complete(self, request, answer):
        """The response with our time, the rate limit and our port. The end of the
        connection is announced (RFC 9112, 9.6): Node keeps connections that it
        has asked to close, and Varnish pipes further requests."""
        repository, now = request.repository, self.app.now()
        answer = account.without_scopes(
            answer, request.fields.get("authorization"))
        fields = []
        if repository:
            now = repository.now()
            fields = repository.limits(b" 304 " not in answer[:20])
        fields = [*fields, ("Date", email.utils.formatdate(now, usegmt=True)),
                  *account.fields(request.fields.get("authorization"), now),
                  *([("Connection", "close")] if asks_to_close(request) else [])]
        text = "".join(f"\r\n{name}: {value}" for name, value in fields)
        return answer.replace(b"\r\n", text.encode() + b"\r\n", 1).replace(
            b"{port}", str(self.port).encode())

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
                request = self.runs.read(*head, body)
                record = self.record(number, stream, pairs, request)
                script = self.find_script(repository_of(request.target))
                if (request.method, request.target) == account.REVOCATION:
                    script = self.revoke
                if script is None:
                    script = judge(request, self.app, self.runs)
                    if isinstance(script, bytes):
                        is_fault = self.runs.is_fault(request, script) or \
                            b"token-number" in request.body
                        script = self.complete(request, script)
                        if not is_fault:
                            self.record_response(record, script)
                if not play(stream, script) or asks_to_close(request):
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
    parser.add_argument("--revoke", choices=account.REVOKE)
    options = parser.parse_args()
    server = Server(options.dir, options.cert, options.tls_1_1, options.clock,
                    options.revoke)
    threading.Thread(target=end_with_input, daemon=True).start()
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
