#!/usr/bin/env python3
"""preflight.py - what is known about a token before it is used, and when it
expires: in a dispatch as well as with --preflight."""

import datetime
import json

from harness import ENV, SECRETS, Case, Run, dispatch, main

import account

SECRETS.update(account.TOKENS.values())


def token_of(name):
    return {"GH_PAT": account.TOKENS[name]}


def seconds_until(text):
    """From now until a date in ISO 8601."""
    end = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    return (end - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


# The token, and what is said of it in a line.
EXPIRING = [("soon", "in 3 days ("), ("hours", "in 5 hours ("),
            ("minutes", "in less than two minutes ("),
            ("offset", "in 2 days ("), ("west", "in 2 days ("),
            ("fine", "in 13 days ("), ("edge", None), ("later", None),
            ("odd", None), ("gist", None), ("user", None), ("job", None)]


def test_expiry(tap, place):
    for name, said in EXPIRING:
        run = Run(place, dispatch(place, "octo/one", "octo/two",
                                  more=["--json"]), token_of(name))
        case = Case(tap, f"the token {name!r}", run)
        case.exits(0)
        lines = [line for line in run.err.splitlines()
                 if "the token expires" in line]
        case.check(len(lines) == (said is not None),
                   "as many lines say when it expires as should", lines)
        case.check(said is None or f"the token expires {said}" in run.err,
                   f"it expires {said}")
        shown = json.loads(run.out)["token_expires"]
        wanted = account.ACCOUNTS[name].expires
        if wanted is None or name == "odd":
            case.check(shown is None, "token_expires is null", shown)
        else:
            case.check(abs(seconds_until(shown) - wanted) < 30,
                       "token_expires is that time", shown)


def test_expired(tap, place):
    run = Run(place, dispatch(place, "octo/one", more=["--json"]),
              token_of("past"))
    case = Case(tap, "a token that has expired", run)
    case.exits(4)
    case.check(run.err.count("expire") == 2 and
               "(the token expired 20" in run.err and
               "hint: the token is wrong, expired or revoked" in run.err,
               "the error says so, and no other line")
    case.check(seconds_until(json.loads(run.out)["token_expires"]) < 0,
               "token_expires is in the past")


def test_expiry_of_others(tap, place):
    """A failure that is not about the token, --quiet, an App, and a clock that
    is wrong."""
    case = Case(tap, "a failed dispatch", Run(
        place, dispatch(place, "octo/missing"), token_of("soon")))
    case.exits(5)
    case.reports("the token expires in 3 days")
    case = Case(tap, "--quiet", Run(
        place, dispatch(place, "octo/one", more=["--quiet"]),
        token_of("soon")))
    case.check(not case.run.err, "nothing is said")
    case = Case(tap, "a step of GitHub Actions", Run(
        place, dispatch(place, "octo/one"),
        {**token_of("soon"), "GITHUB_ACTIONS": "true"}))
    case.reports("::notice::the token expires in 3 days")
    case = Case(tap, "--wait", Run(
        place, dispatch(place, "octo/runs-success", more=[
            "--wait", "--wait-interval", "1"]), token_of("soon")))
    case.exits(0)
    case.check(case.run.err.count("the token expires in 3 days") == 1,
               "it is said once")
    port = place.stand_in("rsa", "--clock", str(-300 * 86400))
    case = Case(tap, "a server whose clock is 300 days slow", Run(
        place, dispatch(place, "octo/one", port=port), token_of("soon"),
        cert="rsa"))
    case.exits(0)
    case.reports("the token expires in 3 days")
    case = Case(tap, "a dry run", Run(
        place, dispatch(place, "octo/one", more=["--dry-run", "--json"]),
        ENV))
    case.check(json.loads(case.run.out)["token_expires"] is None,
               "token_expires is null")


if __name__ == "__main__":
    main(test_expiry, test_expired, test_expiry_of_others)
