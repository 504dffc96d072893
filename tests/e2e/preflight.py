#!/usr/bin/env python3
"""preflight.py - what is known about a token before it is used, and when it
expires: in a dispatch as well as with --preflight."""

import datetime
import json

from harness import ENV, SECRETS, Case, Run, dispatch, github, main

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


def check(place, *repos, more=(), env=None, **options):
    return Run(place, dispatch(place, *repos, more=["--preflight", *more]),
               ENV if env is None else env, **options)


def check_app(place, *repos, more=(), **options):
    return check(place, *repos, env={}, more=[
        "--app-id", github.APP_ID, "--app-key", "app.pem", *more], **options)


def test_lines(tap, place):
    run = check(place, "octo/app", "octo/other", env=token_of("soon"))
    case = Case(tap, "two targets", run)
    case.exits(0)
    case.asks("GET /repos/octo/app", "GET /repos/octo/other", "GET /user",
              "GET /rate_limit")
    case.connects(1)
    lines = run.out.splitlines()
    why = "can be written: yes (classic token with scope repo)"
    case.check(lines[:2] == [f"octo/app: reachable, {why}",
                             f"octo/other: reachable, {why}"],
               "there is a line for each target")
    case.check(lines[2].startswith(
        "token: classic token of monalisa, scopes repo, workflow; expires 20")
        and lines[2].endswith("Z (in 3 days)"), "a line is about the token")
    case.check(lines[3].startswith(
        "rate limit: 4990 of 5000 requests left until 20") and
        len(lines) == 4, "a line is about the rate limit")
    case.check(run.err.count("the token expires in 3 days") == 1,
               "standard error says once that the token expires")


# The token, the repository, the exit status, and a part of the output.
VERDICTS = [
    ("soon", "private", 0, "yes (classic token with scope repo)"),
    ("soon", "archived", 4, "no (the repository is archived)"),
    ("soon", "disabled", 4, "no (the repository is disabled)"),
    ("soon", "no-push", 0, "not known (the token's scope is enough, but"),
    ("soon", "missing", 5,
     "octo/missing: not reachable with this token, HTTP 404"),
    ("public", "one", 0, "yes (classic token with scope public_repo)"),
    ("public", "private", 5,
     "octo/private: not reachable with this token, HTTP 404"),
    ("gist", "one", 4, "no (the token lacks the scope repo)"),
    ("empty", "one", 4, "no (the token lacks the scope repo)"),
    ("oauth", "one", 0, "yes (token with scope repo)"),
    ("user", "one", 0, "not known (GitHub does not report"),
    ("fine", "one", 0, "not known (GitHub does not report the permissions of "
     "a fine-grained token)"),
    # It may write, whatever this says.
    ("fine", "no-push", 0, "not known (GitHub does not report"),
    ("fine-empty", "one", 0, "not known (GitHub does not report"),
    ("job", "one", 0, "not known (GitHub does not report"),
    ("past", "one", 4, "octo/one: not reachable with this token, HTTP 401"),
    ("hostile", "one", 0, "of \\x1b[31m"),
]


def test_verdicts(tap, place):
    for token, name, status, said in VERDICTS:
        case = Case(tap, f"the token {token!r} and {name}",
                    check(place, f"octo/{name}", env=token_of(token)))
        case.exits(status)
        case.prints(said)
        case.check(not [asked for asked in case.run.asked
                        if not asked.startswith("GET ")],
                   "nothing but GET is sent")
        case.check(bool(case.run.err) == (status != 0) or
                   "expires in" in case.run.err,
                   "a failure is on standard error")
        # The dispatch ends in the same way, as far as that is known.
        if token not in ("gist", "empty", "public") and name not in (
                "disabled",):
            Case(tap, f"the dispatch, {token!r} and {name}", Run(
                place, dispatch(place, f"octo/{name}"),
                token_of(token))).exits(status)


def test_whose(tap, place):
    case = Case(tap, "a job's token", check(
        place, "octo/one", env=token_of("job")))
    case.asks("GET /repos/octo/one", "GET /rate_limit")
    case.prints("token: installation token, owner not known; expires 20")
    case = Case(tap, "a classic token that does not expire",
                check(place, "octo/one"))
    case.prints("token: classic token of monalisa, scopes repo; no expiry "
                "reported")
    case = Case(tap, "an expired token", check(
        place, "octo/one", "octo/two", env=token_of("past")))
    case.asks("GET /repos/octo/one", "GET /repos/octo/two")
    case.prints("expires 20", "(in the past)", "rate limit: not known")


def test_app(tap, place):
    mint = f"POST /app/installations/{github.INSTALLATION}/access_tokens"
    run = check_app(place, "octo/one", "octo/two")
    case = Case(tap, "an App", run)
    case.exits(0)
    case.asks("GET /repos/octo/one/installation", mint, "GET /repos/octo/one",
              "GET /repos/octo/two", "GET /rate_limit",
              "DELETE /installation/token")
    case.prints("octo/one: reachable, can be written: yes (App with Contents: "
                "write)", f"token: made for the App {github.APP_ID}")
    case = Case(tap, "an App that cannot access one of them", check_app(
        place, "octo/one", "octo/not-selected", "octo/private"))
    case.exits(5)
    case.prints("octo/one: reachable, can be written: not known (the App's "
                "installation may not include it)",
                "octo/not-selected: not reachable with this token, HTTP 404",
                "octo/private: reachable, can be written: yes (App with")
    case.reports("the App cannot access all of the targets")
    case = Case(tap, "an App that is not installed",
                check_app(place, "octo/not-installed"))
    case.exits(5)
    case.reports("install the App")
    case = Case(tap, "an App and --workflow", Run(place, [
        "-r", "octo/one", "--workflow", "a.yml", "--ref", "main",
        "--preflight", "--api-url", f"https://localhost:{place.port}",
        "--ca-file", place.file("root.pem"), "--app-id", github.APP_ID,
        "--app-key", "app.pem"], {}))
    case.prints("yes (App with Actions: write)")


def test_failures(tap, place):
    for name, status, more in (("answer-404", 5, ()), ("answer-403", 4, ()),
                               ("answer-403-sso", 4, ()),
                               ("answer-401", 4, ()), ("answer-410", 6, ()),
                               ("answer-429", 7, ["--timeout", "5"]),
                               ("answer-303", 6, ()), ("answer-loop", 6, ()),
                               ("answer-200-strange", 8, ["--retries", "0"]),
                               ("answer-nothing", 8, ["--retries", "0"])):
        run = check(place, f"octo/{name}", more=[*more, "--json"])
        case = Case(tap, name, run)
        case.exits(status)
        [result] = json.loads(run.out)["results"]
        case.check(result["reachable"] is (
            False if name in ("answer-404", "answer-403", "answer-403-sso",
                              "answer-401", "answer-410") else None) or
            status == 6, "the document says whether it is reachable", result)
        case.check(result["error"].startswith(f"octo/{name}: "),
                   "the error names the target")
    case = Case(tap, "a hint", check(place, "octo/answer-403-pat"))
    case.reports('hint: give the token "Contents: Read and write"')
    case = Case(tap, "a step of GitHub Actions", check(
        place, "octo/missing", env={
            **ENV, "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "outputs-p",
            "GITHUB_STEP_SUMMARY": "summary-p"}))
    case.reports("::error::")
    port = place.port
    place.port = 1
    case = Case(tap, "no connection", check(
        place, "octo/one", more=["--retries", "0"]))
    place.port = port
    case.exits(8)
    case.prints("octo/one: not reachable\n", "rate limit: not known")
    case = Case(tap, "a renamed repository", check(place, "octo/answer-moved"))
    case.reports("the repository has moved to")
    case = Case(tap, "a server that responds 429 once", check(
        place, "octo/answers.429-second.404"))
    case.exits(5)
    case.reports("retrying in 1.0 seconds")


def test_limit(tap, place):
    run = check(place, "octo/one", "octo/two", env=token_of("used-up"))
    case = Case(tap, "one request is left for two targets", run)
    case.exits(7)
    case.reports("1 requests are left of the rate limit until")
    case = Case(tap, "one request is left for one target",
                check(place, "octo/one", env=token_of("used-up")))
    case.exits(0)
    case = Case(tap, "a limit that ends within --timeout", check(
        place, "octo/one", "octo/two", env=token_of("used-up"),
        more=["--timeout", "3600"]))
    case.exits(0)


def test_json(tap, place):
    run = check(place, "octo/one", "octo/missing", more=["--json"],
                env=token_of("soon"))
    document = json.loads(run.out)
    case = Case(tap, "--json", run)
    case.exits(5)
    case.check(list(document) == [
        "preflight", "results", "token", "rate_limit", "exit_status", "error",
        "hint", "token_expires"], "its members", list(document))
    one, missing = document["results"]
    case.check((one["reachable"], one["writable"], one["status"]) ==
               (True, True, 200), "the first result", one)
    case.check((missing["reachable"], missing["writable"],
                missing["reason"]) == (False, None, None),
               "the second result", missing)
    case.check(document["token"] == {
        "kind": "classic token", "app_id": None, "login": "monalisa",
        "scopes": "repo, workflow"}, "the token", document["token"])
    case.check(document["rate_limit"]["remaining"] == 4990, "the limit")
    case.check(document["exit_status"] == 5, "the exit status")
    case = Case(tap, "--json, and an error before anything was checked",
                check(place, "octo/one", more=["--json", "-p", "["]))
    case.exits(3)
    case.sends(0)
    case.check(json.loads(case.run.out)["preflight"] is True,
               "the document is that of a preflight")


def test_options(tap, place):
    case = Case(tap, "--preflight and --dry-run", check(
        place, "octo/one", more=["--dry-run"]))
    case.exits(2)
    case.sends(0)
    case.reports("--dry-run and --preflight exclude each other")
    case = Case(tap, "DISPATCH_PREFLIGHT", Run(
        place, dispatch(place, "octo/one"),
        {**ENV, "DISPATCH_PREFLIGHT": "true"}))
    case.exits(0)
    case.prints("reachable, can be written")
    case = Case(tap, "--quiet", check(place, "octo/one", more=["--quiet"]))
    case.check(not case.run.output, "nothing is printed")
    case = Case(tap, "--wait", check(place, "octo/one", more=["--wait"]))
    case.exits(0)
    case.sends(3)
    case = Case(tap, "many targets", check(
        place, *[f"octo/r{i}" for i in range(12)]))
    case.exits(0)
    case.sends(14)


def test_workflow(tap, place):
    for file, status, said in (("ci.yml", 0, ""),
                               ("missing.yml", 5,
                                "the default branch has no such workflow")):
        case = Case(tap, f"--workflow {file}", Run(place, [
            "-r", "octo/one", "--workflow", file, "--ref", "main",
            "--preflight", "--api-url", f"https://localhost:{place.port}",
            "--ca-file", place.file("root.pem")], ENV))
        case.exits(status)
        case.asks("GET /repos/octo/one",
                  f"GET /repos/octo/one/actions/workflows/{file}",
                  "GET /user", "GET /rate_limit")
        case.reports(said)


if __name__ == "__main__":
    main(test_expiry, test_expired, test_expiry_of_others, test_lines,
         test_verdicts, test_whose, test_app, test_failures, test_limit,
         test_json, test_options, test_workflow)
