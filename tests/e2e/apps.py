#!/usr/bin/env python3
"""apps.py - authentication as a GitHub App: keys as openssl makes them, JWTs
that openssl verifies, tokens of an installation, and what goes wrong."""

import base64
import json
import os
import subprocess
import time

from harness import (ENV, SECRETS, TOKEN, Case, Run, dispatch, github, main,
                     test_description)

INSTALLATION = ["--installation-id", str(github.INSTALLATION)]
REVOKE = "DELETE /installation/token"
MINT = f"POST /app/installations/{github.INSTALLATION}/access_tokens"


def run_app(place, *repos, more=(), env=None, stdin=b"", key="app.pem",
            port=None, cert="good", keep=True):
    """A dispatch as the App. keep: the token is not revoked."""
    return Run(place, dispatch(
        place, *repos, port=port,
        more=["--app-id", github.APP_ID, "--app-key", key,
              *(["--no-revoke"] if keep else []), *more]),
        env or {}, stdin, cert=cert)


def openssl(place, *arguments):
    subprocess.run(["openssl", *arguments], cwd=place.path, check=True,
                   stderr=subprocess.DEVNULL)


def make_keys(place):
    openssl(place, "pkcs8", "-topk8", "-nocrypt", "-in", "app.pem", "-out",
            "pkcs8.pem")
    openssl(place, "rsa", "-traditional", "-aes128", "-passout", "pass:x",
            "-in", "app.pem", "-out", "encrypted.pem")
    openssl(place, "pkcs8", "-topk8", "-passout", "pass:x", "-in", "app.pem",
            "-out", "pkcs8-encrypted.pem")
    place.write("openssh.pem", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n"
                "-----END OPENSSH PRIVATE KEY-----\n")
    openssl(place, "ecparam", "-genkey", "-name", "prime256v1", "-noout",
            "-out", "curve.pem")
    for bits in ("1024", "3072", "4096"):
        openssl(place, "genrsa", "-traditional", "-out", f"{bits}.pem", bits)
        openssl(place, "rsa", "-in", f"{bits}.pem", "-pubout", "-out",
                f"{bits}.public.pem")
    key = place.read("app.pem")
    lines = key.splitlines()
    SECRETS.add("".join(lines[1:-1])[40:120])
    place.write("crlf.pem", key.replace("\n", "\r\n"))
    place.write("after_note.pem", "a note\n" + key.rstrip("\n"))
    place.write("cut.pem", "\n".join(lines[:9]) + "\n")
    # One character of a number in the middle is changed.
    middle = lines[13][:30] + ("A" if lines[13][30] != "A" else "B") + \
        lines[13][31:]
    place.write("wrong.pem", "\n".join(lines[:13] + [middle] + lines[14:]))
    place.write("empty.pem", "")


def body_of(run, number):
    return json.loads(run.bodies[number])


def test_one_token(tap, place):
    make_keys(place)
    run = run_app(place, "octo/one")
    case = Case(tap, "a dispatch as an App", run)
    case.exits(0)
    case.asks("GET /repos/octo/one/installation", MINT,
              "POST /repos/octo/one/dispatches")
    case.connects(1)
    case.check(["Authorization", f"Bearer {github.APP_TOKEN}"] in
               run.requests[2]["fields"],
               "the dispatch carries the installation's token")
    case.check(body_of(run, 1) == {"permissions": {"contents": "write"},
                                   "repositories": ["one"]},
               "the token is for one repository and one permission")


def test_token_for_each_owner(tap, place):
    case = Case(tap, "a target that is given twice", run_app(
        place, "octo/one", "octo/two", "Octo/ONE", "hub/three", "octo/four",
        more=["--pace", "1"]))
    case.exits(2)
    case.sends(0)
    run = run_app(place, "octo/one", "octo/two", "hub/three",
                  more=INSTALLATION)
    case = Case(tap, "targets of two owners", run)
    case.asks(MINT, "POST /repos/octo/one/dispatches",
              "POST /repos/octo/two/dispatches", MINT,
              "POST /repos/hub/three/dispatches")
    case.check(body_of(run, 0)["repositories"] == ["one", "two"],
               "the first token is for the first owner's repositories")
    case.check(body_of(run, 3)["repositories"] == ["three"],
               "the second token is for the second owner's repository")
    run = run_app(place, "octo/one", "hub/three", "OCTO/two", "hub/four",
                  more=INSTALLATION)
    case = Case(tap, "targets of two owners in turn", run)
    case.exits(0)
    case.check(run.asked.count(MINT) == 2, "one token is made for each owner")
    owners = [f"owner{i}" for i in range(20)]
    run = run_app(place, *[f"{owner}/{name}" for name in ("one", "two")
                           for owner in owners],
                  more=[*INSTALLATION, "--pace", "0"])
    case = Case(tap, "more owners than tokens are kept", run)
    case.exits(0)
    case.check([target.split("/")[2] for target in run.targets
                if "dispatches" in target] == owners + owners,
               "every target is sent to, in the order given")


def test_clock(tap, place):
    port = place.stand_in("rsa", "--clock", "4000")
    case = Case(tap, "a server whose clock differs by an hour",
                run_app(place, "octo/one", port=port, cert="rsa"))
    case.exits(0)
    # The first request is refused, and its Date sets the clock of the JWT.
    case.sends(4)


def test_good_keys(tap, place):
    for key in ("pkcs8.pem", "crlf.pem", "after_note.pem"):
        Case(tap, f"the key {key}",
             run_app(place, "octo/one", key=key)).exits(0)
    Case(tap, "a key on standard input", run_app(
        place, "octo/one", key="-",
        stdin=place.read("app.pem").encode())).exits(0)
    for bits in ("3072", "4096"):
        os.replace(place.file("app.public.pem"), place.file("kept.pem"))
        os.link(place.file(f"{bits}.public.pem"),
                place.file("app.public.pem"))
        Case(tap, f"a key of {bits} bits",
             run_app(place, "octo/one", key=f"{bits}.pem")).exits(0)
        os.replace(place.file("kept.pem"), place.file("app.public.pem"))


def forms_of_key(pem):
    """The forms in which people store it; more are in the unit test."""
    text = pem.encode()
    body = "".join(pem.splitlines()[1:-1])
    return {
        "PEM": text, "\\n": text.replace(b"\n", b"\\n"),
        "blanks": text.replace(b"\n", b" "), "CR": text.replace(b"\n", b"\r"),
        "CRLF": text.replace(b"\n", b"\r\n"),
        "no line ends": text.replace(b"\n", b""),
        "indentation": b"  " + text.replace(b"\n", b"\n  "),
        "a byte order mark": b"\xef\xbb\xbf" + text,
        "quotes": b'"' + text.replace(b"\n", b"\\n") + b'"',
        "Base64": base64.b64encode(text),
        "Base64 in lines": base64.encodebytes(text),
        "a body": body.encode(),
        "Base64 of quotes": base64.b64encode(b"'" + text + b"'"),
        "UTF-16": text.decode().encode("utf-16"),
    }


def test_key_forms(tap, place):
    """From a file, from standard input, and as the value of the variable."""
    arguments = dispatch(place, "octo/one", more=[
        "--app-id", github.APP_ID, "--no-revoke", *INSTALLATION])
    for name, text in forms_of_key(place.read("app.pem")).items():
        with open(place.file("stored.key"), "wb") as f:
            f.write(text)
        runs = {"file": run_app(place, "octo/one", key="stored.key",
                                more=INSTALLATION),
                "standard input": run_app(place, "octo/one", key="-",
                                          stdin=text, more=INSTALLATION)}
        # A variable cannot have the NULs of UTF-16.
        if b"\0" not in text:
            runs["variable"] = Run(place, arguments, {
                b"DISPATCH_APP_KEY": text})
        for where, run in runs.items():
            case = Case(tap, f"a key, {name}, {where}", run)
            case.exits(0)
            case.sends(2)


def test_broken_values(tap, place):
    """Nothing of a value that may be a part of a key is shown; run.place
    searches for the key."""
    for name, text in forms_of_key(place.read("app.pem")).items():
        for cut in (40, 300, len(text) // 2, len(text) - 60):
            value = text[:cut]
            if b"\0" in value:
                continue
            for run in (
                    Run(place, dispatch(place, "octo/one", more=[
                        "--app-id", github.APP_ID]),
                        {b"DISPATCH_APP_KEY": value}),
                    Run(place, dispatch(place, "octo/one", more=[
                        "--app-id", github.APP_ID, "--app-key", value]),
                        {"GITHUB_ACTIONS": "true"})):
                case = Case(tap, f"{cut} bytes of a key, {name}", run)
                case.exits(2)
                case.sends(0)
                shown = value[27:].decode("latin-1")
                case.check(len(shown) < 16 or not any(
                    shown[i:i + 8] in run.output
                    for i in range(len(shown) - 8)),
                    "no part of it is shown")


BAD_KEYS = [
    # The file, and a part of the error message.
    ("encrypted.pem", "it is encrypted with a passphrase\nhint: remove the "
     "passphrase: openssl pkey -in FILE -out app.pem"),
    ("cut.pem", "its END line is missing"),
    ("curve.pem", "it is an EC key, but GitHub's Apps have RSA keys"),
    ("empty.pem", "no private key found"),
    ("root.pem", "it is a certificate, not a private key"),
    ("pkcs8-encrypted.pem", "it is encrypted with a passphrase"),
    ("openssh.pem", "it is an OpenSSH key"),
    ("app.public.pem", "it is a public key"),
    ("1024.pem", "fewer than 2048 bits"),
    ("missing.pem", "No such file"),
    ("wrong.pem", "App's key"),
]


def test_bad_keys(tap, place):
    for key, message in BAD_KEYS:
        case = Case(tap, f"the key {key}",
                    run_app(place, "octo/one", key=key))
        case.exits(2)
        case.sends(0)
        case.reports(message)


def length_of(octets):
    size = len(octets)
    if size < 128:
        return bytes([size])
    head = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(head)]) + head


def integer(value):
    """INTEGER in DER (X.690, 8.3)."""
    octets = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\x02" + length_of(octets) + octets


def write_key(place, name, numbers):
    """An RSAPrivateKey (RFC 8017, A.1.2) with these numbers."""
    body = integer(0) + b"".join(map(integer, numbers))
    der = b"\x30" + length_of(body) + body
    place.write(name, "-----BEGIN RSA PRIVATE KEY-----\n" +
                base64.encodebytes(der).decode() +
                "-----END RSA PRIVATE KEY-----\n")


def prime(bits):
    return int(subprocess.run(
        ["openssl", "prime", "-generate", "-bits", str(bits)], check=True,
        stdout=subprocess.PIPE).stdout)


def make_numbers():
    """n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p."""
    p, q, n = prime(1024), prime(1024), 0
    while n.bit_length() != 2048:
        q = prime(1024)
        n = p * q
    d = pow(65537, -1, (p - 1) * (q - 1))
    return [n, 65537, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]


def test_inconsistent_keys(tap, place):
    """A key whose numbers do not match signs nothing: the private key could
    be computed from a signature made with them."""
    good = make_numbers()
    n, _, _, p, q = good[:5]
    write_key(place, "good.key", good)
    Case(tap, "a consistent key that GitHub does not know",
         run_app(place, "octo/one", key="good.key")).exits(4)
    for what, at, value in (
            ("even n", 0, n - 1), ("e of 1", 1, 1), ("even p", 3, p - 1),
            ("p of 1", 3, 1), ("long p", 3, (1 << 2048) - 1),
            ("even q", 4, q + 1), ("q of 1", 4, 1), ("another dp", 5, 7),
            ("long dp", 5, 1 << 60000), ("another iq", 7, 3),
            ("long iq", 7, 1 << 60000)):
        write_key(place, "bad.key", good[:at] + [value] + good[at + 1:])
        case = Case(tap, f"a key with {what}",
                    run_app(place, "octo/one", key="bad.key"))
        case.exits(2)
        case.sends(0)
        case.reports("the RSA key is inconsistent")


def test_refusals(tap, place):
    case = Case(tap, "an App that is not installed",
                run_app(place, "octo/not-installed"))
    case.exits(5)
    case.reports("install the App")
    case = Case(tap, "a permission that the App does not have",
                run_app(place, "octo/not-approved"))
    case.exits(6)
    case.reports("approved for this")
    case = Case(tap, "another App's key",
                run_app(place, "octo/one", key="3072.pem"))
    case.exits(4)
    case.reports("belongs to that App")
    case = Case(tap, "a 500 to the request for the installation",
                run_app(place, "octo/answer-500", more=["--retries", "1"]))
    case.exits(8)
    case.sends(2)
    case.shows_no("may have been")
    run = run_app(place, "octo/answer-moved", "octo/one")
    Case(tap, "a failed target before another", run).check(
        run.targets[-1] == "/repos/octo/one/dispatches",
        "the other target is sent to")
    case = Case(tap, "a response without an installation's id",
                run_app(place, "octo/answer-200-id"))
    case.exits(6)
    case.reports("GitHub's response has no installation id")


def test_fresh_token(tap, place):
    """GitHub may refuse a token for some seconds after it made it."""
    for names, waits in ((["401"], 1), (["403"], 1), (["401", "403"], 2)):
        repository = f"octo/answers.{'.'.join(names)}.204"
        post = f"POST /repos/{repository}/dispatches"
        case = Case(tap, f"a new token that gets {' and '.join(names)}",
                    run_app(place, repository,
                            more=[*INSTALLATION, "--retries", "0"]))
        case.exits(0)
        case.asks(MINT, *[post] * (waits + 1))
        case.check(case.run.err.count("retrying in") == waits,
                   f"the number of waits is {waits}")
        case.reports("retrying in 1.0 seconds: octo/answers.")
    post = "POST /repos/octo/answer-403/dispatches"
    case = Case(tap, "a new token that is refused until the time is up",
                run_app(place, "octo/answer-403",
                        more=[*INSTALLATION, "--timeout", "4"]))
    case.exits(4)
    case.asks(MINT, *[post] * 3)
    case.reports("permissions: contents: write")
    case = Case(tap, "a new token that is rate-limited", run_app(
        place, "octo/answer-403-second",
        more=[*INSTALLATION, "--retries", "0"]))
    case.exits(7)
    case.sends(2)
    case = Case(tap, "another token that gets 401 once", Run(
        place, dispatch(place, "octo/answers.401.204.pat")))
    case.exits(4)
    case.sends(1)


def test_repository_not_selected(tap, place):
    run = run_app(place, "octo/one", "octo/not-selected", "octo/two",
                  more=INSTALLATION)
    case = Case(tap, "one of three targets is not selected", run)
    case.exits(5)
    case.asks(MINT, MINT, *(f"POST /repos/octo/{name}/dispatches"
                            for name in ("one", "not-selected", "two")))
    case.check(body_of(run, 0)["repositories"] ==
               ["one", "not-selected", "two"],
               "the first token is asked for all three")
    case.check("repositories" not in body_of(run, 1),
               "the second token is asked for without names")
    notice = "octo: the App cannot access all of the targets"
    case.check(run.err.count(notice) == 1,
               "that the token covers more is reported once")
    case = Case(tap, "one of three targets is not selected, quietly", run_app(
        place, "octo/one", "octo/not-selected", "octo/two",
        more=[*INSTALLATION, "--quiet"]))
    case.shows_no(notice)
    case = Case(tap, "the same in a step of GitHub Actions", run_app(
        place, "octo/one", "octo/not-selected", "octo/two",
        more=INSTALLATION, env={"GITHUB_ACTIONS": "true"}))
    case.reports(f"::notice::{notice}")
    case = Case(tap, "the only target is not selected", run_app(
        place, "octo/not-selected", more=INSTALLATION))
    case.exits(6)
    case.sends(1)
    case.reports("not accessible to the parent", "hint: check "
                 "--installation-id, and that this installation includes")
    case = Case(tap, "the only target is not selected, without an id", run_app(
        place, "octo/not-selected"))
    case.exits(6)
    case.reports("hint: include the repository in the App's installation")


def test_wrong_installation(tap, place):
    case = Case(tap, "an installation that the App does not have", run_app(
        place, "octo/one", more=["--installation-id", "4243"]))
    case.exits(5)
    case.asks("POST /app/installations/4243/access_tokens")
    case.reports("HTTP 404", "hint: check --installation-id")
    case.shows_no("install the App")
    case = Case(tap, "the same by a variable", run_app(
        place, "octo/one", env={"DISPATCH_INSTALLATION_ID": "4243"}))
    case.exits(5)
    case.reports("hint: check --installation-id")


def test_revoke(tap, place):
    run = run_app(place, "octo/one", "hub/two", more=INSTALLATION, keep=False)
    case = Case(tap, "the end of a dispatch as an App", run)
    case.exits(0)
    case.asks(MINT, "POST /repos/octo/one/dispatches",
              MINT, "POST /repos/hub/two/dispatches", REVOKE, REVOKE)
    case.connects(1)
    case.check(["Authorization", f"Bearer {github.APP_TOKEN}"] in
               run.requests[4]["fields"], "a token revokes itself")
    case.check(not run.err, "nothing is reported of that")
    case = Case(tap, "the end of a failed dispatch", run_app(
        place, "octo/answer-404", more=INSTALLATION, keep=False))
    case.exits(5)
    case.asks(MINT, "POST /repos/octo/answer-404/dispatches", REVOKE)
    case = Case(tap, "the end after an event that is in doubt", run_app(
        place, "octo/answer-500", more=[*INSTALLATION, "-v"], keep=False))
    case.exits(10)
    case.asks(MINT, "POST /repos/octo/answer-500/dispatches", REVOKE)
    case.reports("* an App's token is revoked")
    case = Case(tap, "the end without a token", run_app(
        place, "octo/not-installed", keep=False))
    case.exits(5)
    case.sends(1)
    case = Case(tap, "the end of a wait", run_app(
        place, "octo/runs-success", more=[
            *INSTALLATION, "--wait", "--wait-interval", "1"], keep=False))
    case.exits(0)
    case.connects(1)
    case.check(case.run.asked[-1] == REVOKE and case.run.asked.count(REVOKE) == 1,
               "the token is revoked once, at the end")
    case = Case(tap, "the end with a token of somebody else", Run(
        place, dispatch(place, "octo/one"), ENV))
    case.sends(1)
    case = Case(tap, "DISPATCH_NO_REVOKE", run_app(
        place, "octo/one", more=INSTALLATION, keep=False,
        env={"DISPATCH_NO_REVOKE": "1"}))
    case.sends(2)


def test_failing_revoke(tap, place):
    """A server that never responds to the DELETE, or refuses it."""
    for how in ("refuses", "stalls", "closes"):
        os.remove(place.file("rsa.port"))
        port = place.stand_in("rsa", "--revoke", how)
        began = time.monotonic()
        run = run_app(place, "octo/one", more=[*INSTALLATION, "-v"],
                      port=port, cert="rsa", keep=False)
        took = time.monotonic() - began
        case = Case(tap, f"a server that {how} at the end", run)
        case.exits(0)
        case.prints("event deploy sent")
        case.reports("* an App's token is not revoked")
        case.check(took < 10, f"the end comes soon ({took:.1f} s)")
        case.check(not [line for line in run.err.splitlines()
                        if line[:2] not in ("* ", "< ", "> ")],
                   "it is nowhere but in the trace")


def test_odd_tokens(tap, place):
    for name in github.ODD_TOKENS:
        run = run_app(place, f"octo/{name}", more=[*INSTALLATION, "--json"])
        [result] = json.loads(run.out)["results"]
        case = Case(tap, f"a response with {name}", run)
        case.exits(6)
        case.sends(1)
        case.reports("GitHub's response has no token")
        case.check("odd" not in run.output.replace(name, ""),
                   "the text in the token's place is not shown")
        case.check(result["delivered"] is False, "delivered is false")
        case.check(result["status"] is None, "status is null")


def test_options(tap, place):
    run = run_app(place, "octo/one", env=ENV)
    case = Case(tap, "--app-id and a token in the environment", run)
    case.exits(0)
    case.check(run.asked[0].startswith("GET"), "the App is used")
    for more, message in (
            (["--token", TOKEN], "exclude each other"),
            (["--installation-id", "x/y"], "must be a number"),
            (["--app-id", '1","x":"'], "must be the id")):
        case = Case(tap, f"an App and a wrong {more[0]}", run_app(
            place, "octo/one", more=more))
        case.exits(2)
        case.reports(message)
    for more in (["--app-key", "app.pem"], ["--installation-id", "1"]):
        case = Case(tap, f"{more[0]} without --app-id", Run(
            place, ["-r", "octo/one", "-e", "deploy", *more]))
        case.exits(2)
        case.reports("needs --app-id")
    case = Case(tap, "--app-key with the key itself", run_app(
        place, "octo/one", key=place.read("app.pem")))
    case.exits(2)
    case.sends(0)
    case.reports("this looks like a token or a private key")
    case = Case(tap, "--dry-run", run_app(
        place, "octo/one", more=["--dry-run"]))
    case.exits(0)
    case.sends(0)
    case.prints("[hidden]")


if __name__ == "__main__":
    main(test_one_token, test_token_for_each_owner, test_clock,
         test_good_keys, test_key_forms, test_broken_values, test_bad_keys,
         test_inconsistent_keys, test_refusals, test_fresh_token,
         test_repository_not_selected, test_wrong_installation, test_revoke,
         test_failing_revoke, test_odd_tokens, test_options,
         test_description)
