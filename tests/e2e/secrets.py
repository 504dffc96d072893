#!/usr/bin/env python3
"""secrets.py - canaries in every input, and in everything that a peer sends,
under every form of output.

The secrets are a token, those in variables that are not used, a proxy's user
and password, an App's key, its JWTs and its token. The server repeats them in
each place of a response, as they are and encoded. All output, the files of the
step and the questions to the name server are searched for any eight characters
in a row of them (harness.py). Needs root, for namespaces of its own."""

import base64
import html
import itertools
import json
import os
import socket
import ssl
import threading
import time
import urllib.parse

from harness import (BINARY, ENV, SECRETS, TOKEN, Case, Process, Run, Place,
                     base64_parts, dispatch, find_secret, main, wait_until)
from names import NO_NAME, enter_namespaces, make_response, question_of

OTHERS = {"GH_TOKEN": "ghp_WkTz27xRbQd9LmYc4HnVs6PjFg1uEa8XoK3i",
          "GITHUB_TOKEN": "ghs_D5vJq8Zt2NwXy7BhRf4KcMp9LsGe6UaTo1Ib",
          "GH_ENTERPRISE_TOKEN": "Zq8nT4vKx2Wm7Rb9Yd3Lc6Hf1Jg5Ps0Ue"}
USER, PASSWORD = "m4rv", "xK7-pQ/9zW@2vT"
ESCAPED = "xK7-pQ%2F9zW%402vT"
PAIR = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
GROUPED = "ghp_Vb6Tn3Xq8Zd5Rk2Lw9Hc4Mf7Jp1Gs0YeUa"
MINTED = "ghs_Rm3Tq9Vx5Zb7Wd1Kf8Hj2Lp6Nc4Gs0Ya"


def percent(text):
    return "".join(f"%{ord(c):02x}" for c in text)


def in_json(text):
    return "".join(f"\\u{ord(c):04X}" for c in text)


def echoes(secret):
    """The forms in which a peer repeats a secret."""
    middle = len(secret) // 2
    return [secret, secret[middle:middle + 8], secret[:12].swapcase(),
            percent(secret[:20]), in_json(secret[:10]),
            f"%{secret[4:13]}", secret.replace("_", "%5F", 1),
            "\\/".join(secret.split("/")), *base64_parts(secret.encode()),
            f"3{secret[3:].encode().hex()}", secret[:8].encode().hex().upper(),
            base64.b64encode(f"x:{secret}".encode()).decode()]


def head(status, *fields, body=b""):
    lines = [f"HTTP/1.1 {status}", *fields]
    if not status.startswith("204"):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def refusal(text, status="422 Unprocessable Entity", **more):
    return head(status, "X-GitHub-Request-Id: T:1",
                body=json.dumps({"message": text, **more}).encode())


ID = "X-GitHub-Request-Id: "
# Where a response can repeat a text, and what it then is.
PLACES = {
    "message": refusal,
    "documentation": lambda text: refusal("x", documentation_url=text),
    "an error": lambda text: refusal("x", errors=[text]),
    "an error's message": lambda text: refusal("x", errors=[
        {"message": text}]),
    "an error's field": lambda text: refusal("x", errors=[
        {"field": text, "code": text}]),
    "request id": lambda text: head("204 No Content", ID + text[:63]),
    "reason": lambda text: head("500 " + text, ID + "T:1"),
    "Server": lambda text: head("204 No Content", ID + "T:1",
                                "Server: " + text, "Set-Cookie: a=" + text),
    "another login": lambda text: head(
        "302 Found", ID + "T:1", "Location: https://h.test/?t=" + text),
    "SSO": lambda text: head(
        "403 Forbidden", ID + "T:1",
        "X-GitHub-SSO: required; url=https://x/?" + text),
    "scopes": lambda text: head(
        "404 Not Found", ID + "T:1", "X-OAuth-Scopes: " + text,
        "X-Accepted-OAuth-Scopes: " + text,
        "X-Accepted-GitHub-Permissions: " + text),
    "expiry": lambda text: head(
        "401 Unauthorized", ID + "T:1",
        "GitHub-Authentication-Token-Expiration: " + text),
    "HTML": lambda text: head("502 Bad", "Content-Type: text/html",
                              body=f"<html>{text}</html>".encode()),
    "no HTTP": lambda text: text.encode() + b"\r\n\r\n",
}
MODES = [[], ["--json"], ["-v"], ["-q"], ["-v", "--json"]]


class Echo:
    """A server with the good certificate, and a proxy. respond() makes a
    response from the bytes of a request."""

    def __init__(self, place):
        self.respond = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(place.file("good.chain.pem"),
                                     place.file("good.key"))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=[peer],
                             daemon=True).start()

    def serve(self, peer):
        try:
            if peer.recv(7, socket.MSG_PEEK) == b"CONNECT":
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            stream = self.context.wrap_socket(peer, server_side=True)
            while request := stream.recv(65536):
                while b"\r\n\r\n" not in request or (
                        request[:4] == b"POST" and
                        request.endswith(b"\r\n\r\n")):
                    request += stream.recv(65536)
                stream.sendall(self.respond(request))
        except (OSError, ssl.SSLError):
            pass


class SecretsPlace(Place):
    """In namespaces of its own, with a name server that denies every name and
    keeps the questions."""

    def __init__(self):
        super().__init__()
        if not enter_namespaces(self):
            raise PermissionError("this needs root")
        self.write("hosts", "127.0.0.1 localhost\n")
        self.write("resolv.conf",
                   "search corp.test\nnameserver 127.0.0.1\n")
        self.questions = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self.deny, daemon=True).start()
        self.echo = Echo(self)

    def deny(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            self.questions.append(question_of(query)[0])
            self.socket.sendto(make_response(query, NO_NAME, []), peer)


def run(place, more=(), env=None, **options):
    """A dispatch to the echo, in a step. Its output includes the files."""
    for name in ("outputs", "summary"):
        place.write(name, "")
    ended = Run(place, dispatch(place, "octo/app", port=place.echo.port,
                                more=["--retries", "0", *more]),
                {**ENV, **OTHERS, "GITHUB_ACTIONS": "true",
                 "GITHUB_OUTPUT": "outputs", "GITHUB_STEP_SUMMARY": "summary",
                 **(env or {})}, **options)
    files = place.read("outputs") + place.read("summary")
    place.keep(files.encode(), ["the files of", *more])
    ended.output += files
    return ended


def check(tap, name, ended):
    tap.check(find_secret(ended.output.encode("latin-1")) is None,
              f"{name}: nothing is shown", ended)


def check_document(tap, name, ended):
    """What is hidden leaves the JSON document one."""
    try:
        results = json.loads(ended.out)["results"]
    except ValueError:
        results = []
    tap.check(len(results) == 1, f"{name}: a document is printed", ended)


def test_echoes(tap, place):
    secrets = {"the token": TOKEN, "GH_TOKEN": OTHERS["GH_TOKEN"]}
    for (what, secret), (where, make) in itertools.product(
            secrets.items(), PLACES.items()):
        hidden = 0
        for number, text in enumerate(echoes(secret)):
            place.echo.respond = lambda _, text=text, make=make: make(text)
            mode = MODES[number % len(MODES)]
            name = f"{what}, form {number}, in {where}, {' '.join(mode)}"
            ended = run(place, mode)
            check(tap, name, ended)
            if "--json" in mode:
                check_document(tap, name, ended)
            hidden += "[hidden]" in ended.output.replace(
                "Authorization: [hidden]", "").replace("&#91;", "[")
        # The echo arrives, or the test is void.
        tap.check(where in ("HTML", "no HTTP") or hidden > 3,
                  f"{what} in {where}: it is hidden", hidden)


def test_proxy(tap, place):
    url = f"http://{USER}:{ESCAPED}@127.0.0.1:{place.echo.port}"
    for where, make in PLACES.items():
        for secret in (USER, PASSWORD, PAIR, *echoes(PASSWORD)[2:],
                       percent(USER), base64.b64encode(USER.encode())
                       .decode(), f"a {USER}:{PASSWORD} b"):
            place.echo.respond = lambda _, text=secret, make=make: make(text)
            ended = run(place, ["-v"], {"HTTPS_PROXY": url})
            name = f"a proxy's {secret} in {where}"
            check(tap, name, ended)
            # The user has fewer than eight characters.
            tap.check(USER not in ended.output and
                      PASSWORD not in ended.output,
                      f"{name}: user and password are not there", ended)


# Passwords that are pieces of what we write around a text.
FRAMES = ['","error":"', '":null,"hint":', '{"results":[{"', '"repository":"',
          '"event_type":"', ',"delivered":', '":422,"request_id', '"}],"exit_',
          '"status":422', 'results":[{"repository":"octo/', '"error":"octo',
          '"\\u0022error', 'null}\nmore', '"client_payload":{', 'body":{"',
          'true,"results', 'results=[{"', 'response-status=', 'status=422\n',
          'octo/app | depl', 'deploy | no | ', ' | unknown | ', '| --- | ---',
          '::error::octo', '::notice::', 'repository-dispatch: octo',
          '\nhint: check', 'sent, HTTP ', ': event deploy', 'octo/app: run',
          'repository | event', '* connect', '< HTTP/1.1 4', 'abcdefg\n']
RESULT_KEYS = ["repository", "event_type", "url", "delivered", "status",
               "request_id", "dispatch_id", "error", "hint"]
END_KEYS = ["exit_status", "error", "hint", "token_expires"]


def strings_of(value):
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return [text for item in value for text in strings_of(item)]
    return [value] if isinstance(value, str) else []


def hides(value, password):
    return not any(password in text for text in strings_of(value))


def check_results(case, where, results, password, keys):
    case.check([list(result) for result in results] == [keys],
               f"{where} has its keys", results)
    case.check(hides(results, password), f"{where} hides it", results)


def check_frame(case, mode, password, place, status):
    """Each output keeps its form, and hides the password."""
    run_ = case.run
    if "--json" in mode:
        document = read_json(run_.out)
        case.check(list(document) == ["results", *END_KEYS],
                   "the document has its keys")
        check_results(case, "the document", document.get("results", []),
                      password, RESULT_KEYS)
        case.check(document.get("exit_status") == run_.status,
                   "the document has the exit status")
    outputs = place.read("outputs").splitlines()
    case.check([line.partition("=")[0] for line in outputs] ==
               ["dispatch-url", "response-status", "results"],
               "the outputs have their names", outputs)
    case.check(outputs[1:2] == [f"response-status={status}"],
               "the output response-status is whole")
    check_results(case, "results", read_json(outputs[-1][len("results="):]),
                  password, RESULT_KEYS)
    summary = place.read("summary").splitlines()
    case.check(len(summary) == 3 and
               [line.count("|") for line in summary] == [5, 5, 5],
               "the summary is a table of one row", summary)
    lines = run_.err.splitlines()
    case.check(("-v" in mode) or all(
        line.startswith(("repository-dispatch: ", "hint: ", "::error::"))
        for line in lines), "each line of standard error begins as ours")
    case.check(len([line for line in lines if line.startswith("::error::")])
               == (run_.status != 0), "a failure is annotated")


def read_json(text):
    try:
        return json.loads(text)
    except ValueError:
        return {}


def test_frames(tap, place):
    """A password that is a piece of our own form leaves the form whole."""
    for number, password in enumerate(FRAMES):
        url = (f"http://u:{percent(password)}@127.0.0.1:"
               f"{place.echo.port}")
        for mode in MODES:
            place.echo.respond = lambda _, text=password: refusal(
                f"a {text} b \n{text}")
            if number % 2:
                place.echo.respond = lambda _, text=password: head(
                    "204 No Content", ID + text.replace("\n", " "))
            ended = run(place, mode, {"HTTPS_PROXY": url})
            case = Case(tap, f"the password {password!r}, {' '.join(mode)}",
                        ended)
            case.exits(0 if number % 2 else 6)
            check_frame(case, mode, password, place, 204 if number % 2
                        else 422)
            if not number % 2:
                tap.check("[hidden]" in ended.output.replace("&#91;", "["),
                          f"{case.name}: it is hidden", ended)
        for mode in ([], ["--json"]):
            ended = run(place, ["--dry-run", "-p", '{"a":[1,"b"]}', *mode],
                        {"HTTPS_PROXY": url})
            case = Case(tap, f"the password {password!r}, a dry run, "
                        f"{' '.join(mode)}", ended)
            case.exits(0)
            if not mode:
                document = read_json(ended.out.splitlines()[-1])
            else:
                document = read_json(ended.out)
                case.check(list(document) == ["dry_run", "results",
                                              *END_KEYS],
                           "the document has its keys")
                document = (document.get("results") or [{}])[0].get("body")
            case.check(document == {"event_type": "deploy",
                                    "client_payload": {"a": [1, "b"]}},
                       "the body is whole")


# What has a meaning in JSON, in a URL or in HTML.
SPECIAL = ["Kp\\nq3Zt8Wv", 'R\\"x\\\\y\\t5', "<w&\"%41'\\x41>z",
           "a\\u0041b%2541c",
           "k\U0001f600y\U0001f600z", "p&amp;q&#65;rs", "two words, 6+7",
           "tab\tline\nend\\"]


def in_web_json(text):
    """As Go's encoder, and others that write JSON into HTML."""
    return "".join(f"\\u{ord(c):04x}" if c in "<>&'" else c
                   for c in json.dumps(text, ensure_ascii=False)[1:-1])


ENCODERS = {
    "as it is": str, "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON for HTML": in_web_json, "HTML": html.escape,
    "HTML in numbers": lambda text: "".join(f"&#x{ord(c):X};" for c in text),
    "a URL": urllib.parse.quote, "a form": urllib.parse.quote_plus,
    "all of a URL": lambda text: "".join(f"%{b:02X}" for b in text.encode()),
}
BODIES = {
    "a message": lambda text: refusal(text),
    "a plain error": lambda text: head(
        "500 Error", ID + "T:1", body=text.encode()),
    "the reason": lambda text: head("500 " + text.replace("\n", " ")
                                    .encode().decode("latin-1"), ID + "T:1"),
}


def test_special(tap, place):
    """Each character that an encoding escapes, encoded once and twice."""
    pairs = [(one, "as it is") for one in ENCODERS]
    pairs += [("JSON", "JSON"), ("JSON", "HTML"), ("JSON", "a URL"),
              ("HTML", "JSON for HTML"), ("a URL", "a URL")]
    number = 0
    for secret in SPECIAL:
        SECRETS.add(secret)
        url = (f"http://u:{urllib.parse.quote(secret, safe='')}@127.0.0.1:"
               f"{place.echo.port}")
        for one, other in pairs:
            text = ENCODERS[other](ENCODERS[one](secret))
            where, make = list(BODIES.items())[number % len(BODIES)]
            mode = MODES[number // len(BODIES) % len(MODES)]
            number += 1
            place.echo.respond = lambda _, text=text, make=make: make(text)
            ended = run(place, mode, {"HTTPS_PROXY": url})
            check(tap, f"{secret!r}, {one}, then {other}, in {where}, "
                  f"{' '.join(mode)}", ended)


def test_runs(tap, place):
    for text in echoes(TOKEN):
        def respond(request, text=text):
            if request.startswith(b"POST"):
                return head("204 No Content", ID + "T:1")
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            return head("200 OK", ID + "T:1", body=json.dumps(
                {"workflow_runs": [{
                    "id": 1, "name": text, "display_title": f"7 {text}",
                    "path": ".github/workflows/x.yml",
                    "html_url": "https://x/" + text, "status": "completed",
                    "created_at": now, "conclusion": text[:23]}]}).encode())
        place.echo.respond = respond
        for mode in ([], ["-v"], ["--json"]):
            ended = run(place, [
                "--wait", "--wait-interval", "1", "--wait-timeout", "1",
                "-f", "dispatch_id=7", "--only-workflow", "x.yml", *mode])
            check(tap, f"{text} in a run, {' '.join(mode)}", ended)


def test_app(tap, place):
    """The App's token, its JWT and its key come back in responses."""
    key = place.read("app.pem")
    SECRETS.update((MINTED, *key.splitlines()[1:-1]))
    for number, make in enumerate(PLACES.values()):
        seen = []

        def respond(request, seen=seen, make=make, number=number):
            sent = request.split(b"Bearer ")[1].split(b"\r\n")[0].decode()
            seen.append(sent)
            if b"/dispatches " in request:
                return make(seen[number % len(seen)][:200])
            SECRETS.add(sent)
            return head("201 Created", ID + sent[-60:],
                        "X-Echo: " + percent(sent[-90:]),
                        body=json.dumps({"id": 7, "token": MINTED}).encode())
        place.echo.respond = respond
        form = (["--app-key", "app.pem"], ["--app-key", "-"])[number % 2]
        # A fresh token that is refused is sent again for some time.
        ended = run(place, [*form, "--app-id", "1", "-v", "--timeout", "2"],
                    stdin=key.encode())
        name = f"an App, place {number}"
        check(tap, name, ended)
        tap.check(len(seen) >= 3, f"{name}: an event is sent", ended)


def misplaced(place):
    """Values in which people put secrets where none belong."""
    pem = place.read("app.pem")
    lines = pem.splitlines()
    coded = base64.b64encode(pem.encode()).decode()
    return {
        "a token": TOKEN, "a token after a word": "Bearer " + TOKEN,
        "a token in quotes": f'"{TOKEN}"', "a path with it": "./x/" + TOKEN,
        "a token and a line end": TOKEN + "\n", "half of it": TOKEN[20:],
        "another token": "x " + OTHERS["GH_TOKEN"],
        "a key": pem, "a key in quotes": f'"{pem}"',
        "a key after a mark": "\ufeff" + pem, "a key in one line":
        pem.replace("\n", "\\n"), "a key without line ends":
        pem.replace("\n", " "), "its body": "".join(lines[1:-1]),
        "its Base64": coded, "its Base64 in lines": "\n".join(
            coded[i:i + 76] for i in range(0, len(coded), 76)),
    }


OPTIONS = ["--token-file", "--ca-file", "--targets", "-p", "-p=@", "-r", "-o",
           "--target-repo", "--api-url", "--api-url=https://", "--proxy",
           "--proxy=http://", "--timeout", "--retries", "--app-id",
           "--app-key", "--installation-id", "-F=a=@", "-F=a:=", "-F", "-f",
           "--check-json", "--", "--x", "DISPATCH_TOKEN_FILE",
           "DISPATCH_CA_FILE", "DISPATCH_TARGETS", "DISPATCH_APP_KEY",
           "DISPATCH_REPO", "GH_HOST", "GITHUB_REPOSITORY", "HTTPS_PROXY",
           "DISPATCH_RAW_FIELD", "DISPATCH_RETRIES", "DISPATCH_DRY_RUN",
           "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "SSL_CERT_FILE"]


# A dry run shows what would be sent. A key has "=" in it.
FIELDS = ("-F", "-f", "DISPATCH_RAW_FIELD")


def test_misplaced(tap, place):
    place.echo.respond = lambda _: head("204 No Content", ID + "T:1")
    SECRETS.update(place.read("app.pem").splitlines()[1:-1])
    for (what, value), option in itertools.product(
            misplaced(place).items(), OPTIONS):
        if option in FIELDS and ("key" in what or "its" in what):
            continue
        name, _, before = option.partition("=")
        env, more = {}, []
        if name.isupper():
            env[name] = before + value
        elif name == "--x":
            more = ["--" + value]
        else:
            more = [name, before + value]
        if option in ("--app-key", "DISPATCH_APP_KEY"):
            more += ["--app-id", "1"]
        ended = run(place, ["--dry-run", *more] if option != "GH_HOST"
                    else more, env)
        check(tap, f"{what} as {option}", ended)
    for cut in range(8, 40, 5):
        for text in (f'{{"token":"{TOKEN}",}}', f'{{"a":"{TOKEN[:cut]}"x',
                     f'[1,"{TOKEN[-cut:]}"]', f'{{"a" "{TOKEN[2:cut + 2]}"'):
            check(tap, f"a payload of {text}", run(place, ["-p", text]))


PROXIES = ["http://me:first@Second7x/third@127.0.0.1:3128",
           "http://me:fi/Second7x@127.0.0.1", "http://me:fi?Second7x@h.test",
           "http://me:fi#Second7x@h.test", "me:fi/Second7x@h.test:1",
           "http://h.test/Second7x", "http://h.test:1/?Second7x",
           "http://me:pw@Second7x.test:99999",
           f"http://{TOKEN}:3128", "https://me:Second7x@h.test"]


def test_proxy_urls(tap, place):
    SECRETS.add("Second7x")
    for url in PROXIES:
        for more, env in ((["--proxy", url, "-v"], {}),
                          (["--json"], {"HTTPS_PROXY": url}),
                          (["--dry-run"], {"https_proxy": url})):
            place.questions.clear()
            ended = run(place, more, env)
            case = Case(tap, f"the proxy {url}, {' '.join(more[-1:])}", ended)
            case.exits(2)
            check(tap, case.name, ended)
            case.check(not place.questions, "no name is looked up",
                       place.questions)
            if "@" in url and "/" in url.split("://")[-1]:
                case.reports("as %2F %40 %3F %23 %25\n",
                             "as %252F %2540 %253F %2523 %2525\n")
    ended = run(place, ["--proxy", f"http://{USER}:{ESCAPED}@none.test:1"])
    Case(tap, "a proxy that does not exist", ended).exits(8)
    tap.check("none.test" in place.questions, "its name is looked up",
              place.questions)
    check(tap, "a proxy that does not exist", ended)


def test_repository_url(tap, place):
    """The token in a repository's URL is hidden, and nothing else of it."""
    place.echo.respond = lambda _: head("204 No Content", ID + "T:1")
    url = (f"https://x-access-token:{GROUPED}@localhost:{place.echo.port}"
           "/octo-organization/octo-app.git")
    ended = Run(place, dispatch(place, url, port=place.echo.port,
                                more=["--json"]))
    case = Case(tap, "a token in a repository's URL", ended)
    check(tap, case.name, ended)
    case.reports("a token in arguments can be seen")
    tap.check("octo-organization/octo-app" in ended.out,
              f"{case.name}: the repository is shown", ended)


def test_hosts(tap, place):
    """A secret as a host is no question to a name server."""
    place.write("token", TOKEN + "\n")
    other = OTHERS["GH_ENTERPRISE_TOKEN"]
    for name, more, env in (
            ("--api-url", ["--api-url", "https://" + other], {}),
            ("a label of --api-url",
             ["--api-url", f"https://{other}.test"], {}),
            ("GH_HOST", [], {"GH_HOST": other}),
            ("--proxy", ["--proxy", f"http://{other}:80"], {}),
            ("--token-file", ["--token-file", "token", "--api-url",
                              "https://" + TOKEN[4:]], {}),
            ("a proxy's password", ["--api-url", "https://pw9x"],
             {"HTTPS_PROXY": "http://u:pw9x@127.0.0.1:1"}),
            ("a proxy's password that is not used",
             ["--api-url", "https://pw8y"],
             {"HTTP_PROXY": "http://u:pw8y@127.0.0.1:1"})):
        place.questions.clear()
        arguments = dispatch(place, "octo/app", more=["--retries", "0"])
        if "--api-url" in more or "GH_HOST" in env:
            at = arguments.index("--api-url")
            del arguments[at:at + 2]
        for last in ([], ["--dry-run"], ["--dry-run", "--json"]):
            ended = Run(place, arguments + more + last,
                        {**ENV, **OTHERS, **env})
            case = Case(tap, f"a secret as the host of {name}, "
                        f"{' '.join(last)}", ended)
            case.exits(2)
            whose = "proxy" if "--proxy" in more else "API"
            case.reports(f"the host of the {whose} (not shown) contains a "
                         "secret", "HTTPS_PROXY and HTTP_PROXY")
            check(tap, case.name, ended)
            case.check(not place.questions, "no name is looked up",
                       place.questions)


def test_groups(tap, place):
    """A token after short options is known before what is malformed."""
    SECRETS.add(GROUPED)
    for group in (["-nt", GROUPED], ["-qt" + GROUPED], ["-t", GROUPED]):
        ended = run(place, [*group, "-z", "--" + GROUPED[6:30]])
        case = Case(tap, f"{' '.join(group)}, and what is unknown", ended)
        case.exits(2)
        check(tap, case.name, ended)
        ended = run(place, ["--" + GROUPED[6:30], *group])
        case = Case(tap, f"what is unknown, and {' '.join(group)}", ended)
        case.exits(2)
        check(tap, case.name, ended)


def read_process(number, name):
    with open(f"/proc/{number}/{name}", encoding="latin-1") as f:
        return f.read()


def test_exposure(tap, place):
    """What other processes see while a server is silent."""
    arguments = dispatch(place, "octo/app", port=place.echo.port)
    url = f"http://{USER}:{ESCAPED}@127.0.0.1:{place.echo.port}"
    env = {**ENV, **OTHERS, "ALL_PROXY": url, "http_proxy": url,
           "DISPATCH_TOKEN": TOKEN}
    for name, more in (
            ("a token", ["-t", TOKEN]),
            ("two tokens", ["-vt", OTHERS["GH_TOKEN"], "--token=" + TOKEN]),
            ("a proxy", ["--proxy", url]), ("both", ["-t" + TOKEN,
                                                     "--proxy=" + url]),
            ("variables", [])):
        reached, go_on = threading.Event(), threading.Event()

        def respond(_, reached=reached, go_on=go_on):
            reached.set()
            go_on.wait(20)
            return head("204 No Content", ID + "T:1")
        place.echo.respond = respond
        process = Process(place, [*arguments, *more], env)
        reached.wait(20)
        seen = {what: read_process(process.child.pid, what)
                for what in ("cmdline", "environ")}
        go_on.set()
        ended = process.end()
        for what, text in seen.items():
            tap.check(find_secret(text.encode("latin-1")) is None and
                      ESCAPED not in text,
                      f"{name}: no secret is in {what}", repr(text))
        case = Case(tap, name, ended)
        case.exits(0)
        if "-t" in " ".join(more):
            case.reports("a token in arguments can be seen")
        if "--proxy" in " ".join(more):
            case.reports("a proxy's password in arguments can be seen")
    test_awaiting(tap, place, env, url)


def test_awaiting(tap, place, env, url):
    """What they see while standard input is awaited."""
    job = ["-e", "deploy", "--dry-run"]
    target = [*job, "-r", "octo/app"]
    repository = f"https://x:{TOKEN}@github.com/octo/app"
    for name, more in (
            ("--check-json", ["--check-json", "-", "-t", TOKEN, "--proxy",
                              url]),
            ("--token-file", [*target, "--token-file", "-", "--proxy", url]),
            ("--app-key", [*target, "--app-id", "1", "--app-key", "-",
                           "--proxy", url]),
            ("--payload", [*target, "-p", "@-", "--proxy", url, "-t",
                           TOKEN]),
            ("--field", [*target, "-F", "a=@-", "--proxy", url]),
            ("--ca-file", [*target, "--ca-file", "-", "--proxy", url]),
            ("--targets", [*target, "--targets", "-", "--proxy", url, "-t",
                           TOKEN]),
            ("a repository", [*job, "-p", "@-", "-r", repository]),
            ("repositories", [*job, "-p", "@-", "-r", "octo/b," + repository,
                              f"--repo={repository}2"]),
            ("--target-repo", [*job, "-p", "@-", "--target-repo",
                               repository])):
        process = Process(place, more, env)
        wait_until(lambda process=process: "S (sleeping)" in read_process(
            process.child.pid, "status"), f"{name} awaits its input")
        time.sleep(0.2)
        for what in ("cmdline", "environ"):
            text = read_process(process.child.pid, what)
            tap.check(find_secret(text.encode("latin-1")) is None,
                      f"{name} awaits input: no secret is in {what}",
                      repr(text))
        process.end(b"{}")


if __name__ == "__main__":
    SECRETS.update((*OTHERS.values(), PASSWORD, ESCAPED, PAIR))
    assert os.path.exists(BINARY)
    main(test_echoes, test_proxy, test_frames, test_special, test_runs, test_app,
         test_misplaced, test_groups, test_repository_url,
         test_hosts, test_proxy_urls, test_exposure, place=SecretsPlace)
