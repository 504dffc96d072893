"""account.py - what the stand-in knows about tokens and repositories: whose a
token is, its scopes, when it expires, what a repository is like, what is left
of the rate limit, and that a token of an App can be revoked.

Facts: GitHub's REST docs, "Get the authenticated user", "Get a repository",
"Get rate limit status for the authenticated user" and "Revoke an installation
access token"; "Scopes for OAuth apps" for X-OAuth-Scopes. The two forms of
GitHub-Authentication-Token-Expiration are those that google/go-github reads
(parseTokenExpiration() in github/github.go).
"""

import random
import string
import time
from typing import NamedTuple, Optional

import documents
from responses import NO_CONTENT, message
from runs import SENDER, json_response

DAY = 86400


class Account(NamedTuple):
    """A token, as random as a real one."""
    prefix: str
    scopes: Optional[str] = None  # None: the field is not sent
    expires: Optional[int] = None  # seconds from now
    form: str = "UTC"
    login: Optional[str] = SENDER  # None: 403 to GET /user
    remaining: int = 4990

    def token(self, name):
        length = 82 if self.prefix == "github_pat_" else 36
        return self.prefix + "".join(random.Random(name).choices(
            string.ascii_letters + string.digits, k=length))


ACCOUNTS = {
    "soon": Account("ghp_", "repo, workflow", 3 * DAY + 60),
    "hours": Account("ghp_", "repo", 5 * 3600 + 60),
    "minutes": Account("ghp_", "repo", 90),
    "offset": Account("ghp_", "repo", 2 * DAY + 60, "+0900"),
    "west": Account("ghp_", "repo", 2 * DAY + 60, "-0330"),
    "edge": Account("ghp_", "repo", 14 * DAY + 60),
    "later": Account("ghp_", "repo", 60 * DAY),
    "odd": Account("ghp_", "repo", 3 * DAY, "CET"),
    "past": Account("ghp_", "repo", -DAY),
    "public": Account("ghp_", "public_repo, gist"),
    "gist": Account("ghp_", "gist"),
    "empty": Account("ghp_", ""),
    "hostile": Account("ghp_", "repo", login="\x1b[31m\n::error::x"),
    "used-up": Account("ghp_", "repo", remaining=1),
    "fine": Account("github_pat_", None, 13 * DAY + 60),
    "fine-empty": Account("github_pat_", ""),
    "oauth": Account("gho_", "repo"),
    "user": Account("ghu_", "", 8 * 3600),
    "job": Account("ghs_", None, 3600, login=None),
}
TOKENS = {name: account.token(name) for name, account in ACCOUNTS.items()}
KNOWN = {f"Bearer {token}": name for name, token in TOKENS.items()}


def account_of(authorization):
    """Of a token of the table; of another, one with the scope repo."""
    return ACCOUNTS.get(KNOWN.get(authorization), Account("ghp_", "repo"))


def is_valid(authorization):
    return authorization in KNOWN and KNOWN[authorization] != "past"


def expiry(account, now):
    end = now + account.expires
    offset = 0
    if account.form[0] in "+-":
        offset = int(account.form[0] + "1") * (
            int(account.form[1:3]) * 3600 + int(account.form[3:]) * 60)
    return time.strftime("%Y-%m-%d %H:%M:%S ",
                         time.gmtime(end + offset)) + account.form


def fields(authorization, now):
    """What every response to such a token has in its head."""
    if authorization not in KNOWN:
        return []
    account = account_of(authorization)
    found = []
    if account.scopes is not None:
        found.append(("X-OAuth-Scopes", account.scopes))
    if account.expires is not None:
        found.append(("GitHub-Authentication-Token-Expiration",
                      expiry(account, now)))
    return found


REVOCATION = ("DELETE", "/installation/token")
# What becomes of every request to revoke a token, if not what GitHub does:
# scripts as in github.py.
REVOKE = {
    "refuses": b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n",
    "stalls": [20.0],
    "closes": [],
}

def without_scopes(answer, authorization):
    """The response to a token of the table says only what fields() has."""
    if authorization not in KNOWN:
        return answer
    return answer.replace(b"X-OAuth-Scopes: repo\r\n", b"")


NOT_FOUND = message("404 Not Found", "Not Found")
ARCHIVED = message("403 Forbidden", "Repository was archived so is read-only.")
FORBIDDEN = message("403 Forbidden", "Resource not accessible by integration")

# What a repository of such a name is like.
REPOSITORIES = {
    "private": {"private": True},
    "archived": {"archived": True},
    "disabled": {"disabled": True},
    # GitHub reports this even of fine-grained tokens that may write.
    "no-push": {"permissions": {"admin": False, "push": False, "pull": True}},
}
MISSING = ("missing", "not-selected", "not-installed")


def show_repository(name, number, account):
    short = name.split("/")[1]
    if short in MISSING:
        return NOT_FOUND
    found = {**documents.full_repository(name, number),
             **REPOSITORIES.get(short, {})}
    if found["private"] and account.scopes and \
            "repo" not in account.scopes.split(", "):
        return NOT_FOUND
    return json_response(found)


def respond(request, path, now, app_token):
    """The response, or None: not for us."""
    authorization = request.fields.get("authorization")
    is_app = authorization == f"Bearer {app_token}"
    account = account_of(authorization)
    if (request.method, path) == REVOCATION:
        return NO_CONTENT if is_app else FORBIDDEN
    if request.kind == "dispatch" and is_valid(authorization):
        name = request.repository.name.split("/")[1]
        return NOT_FOUND if name in MISSING else ARCHIVED \
            if name == "archived" else None
    if request.method != "GET":
        return None
    if path in ("/user", "/rate_limit") and \
            KNOWN.get(authorization) == "past":
        return message("401 Unauthorized", "Bad credentials")
    if path == "/user":
        if is_app or account.login is None:
            return FORBIDDEN
        return json_response(documents.full_user(account.login))
    if path == "/rate_limit":
        return json_response(documents.rate_limit(
            5000, 5000 - account.remaining, int(now) + 1800))
    if request.kind == "repository" and \
            KNOWN.get(authorization) != "past" and \
            path.split("/")[-1] in (*REPOSITORIES, *MISSING):
        return show_repository(request.repository.name,
                               request.repository.number, account)
    return None
