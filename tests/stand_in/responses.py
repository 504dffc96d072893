"""responses.py - responses of the stand-in, byte for byte: GitHub's, and what
servers, proxies and networks send in their place."""

import json

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
    "200-no-runs": response("200 OK", b'{"total_count": 1}'),
    "400": message("400 Bad Request", "Problems parsing JSON"),
    "401": message("401 Unauthorized", "Bad credentials"),
    "401-expired": message(
        "401 Unauthorized", "Bad credentials",
        [("GitHub-Authentication-Token-Expiration",
          "2024-02-01 10:00:00 UTC")]),
    "403": message("403 Forbidden",
                   "Resource not accessible by integration"),
    "403-html": response("403 Forbidden", b"<html>denied</html>", HTML,
                       "HTTP/1.0", common=False),
    "403-limit": message("403 Forbidden", "API rate limit exceeded",
                         [("X-RateLimit-Remaining", "0")]),
    "404": message("404 Not Found", "Not Found"),
    "408": message("408 Request Timeout", "Server Error"),
    "409": message("409 Conflict", "Cannot cancel a workflow run that is "
                   "completed."),
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
    "reset": ["reset"],
    "half": [NO_CONTENT[:40]],
    "short-body": [response("404 Not Found", b"x" * 100)[:-50]],
    "abrupt": [response("404 Not Found", b"x", length=False), "abrupt"],
    "silence": [20.0],
    "long-body": response("404 Not Found", b"x" * (1024 * 1024 + 1)),
    "long-head": response("204 No Content",
                        fields=[("X-Fill", "x" * 70000)]),
    "bare-lf": NO_CONTENT.replace(b"\r\n", b"\n"),
    # Odd, but clear (RFC 9112, 4, 5.2 and 7.1.1).
    "fold": response("204 No Content", fields=[("X-A", "b\r\n c")]),
    "fold-id": response("200", b"{}", [("X-GitHub-Request-Id", "\r\n\tFO:LD")],
                        common=False),
    "no-reason": response("204"),
    "padded": response("200 OK", b"2 \r\n{}\r\n0  \r\n\r\n", CHUNKED,
                       length=False),
    "fold-first": response("204 No Content\r\n X-A: b"),
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
