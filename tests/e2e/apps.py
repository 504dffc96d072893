#!/usr/bin/env python3
"""apps.py - as a GitHub App: keys as openssl makes them, JWTs that openssl
verifies, tokens of an installation, and what goes wrong."""

import base64
import json
import os
import subprocess
import sys

from harness import TOKEN, Place, Tap, github, has_secret


class Run:
    def __init__(self, place, port, *repos, more=(), env=None, stdin=b"",
                 key="app.pem"):
        before = len(place.requests())
        arguments = [a for repo in repos for a in ("-r", repo)] + [
            "-e", "deploy", "--api-url", f"https://localhost:{port}",
            "--ca-file", place.file("root.pem"), "--app-id", github.APP_ID,
            "--app-key", key, *more]
        result = place.run(arguments, env, stdin)
        self.status = result.returncode
        self.output = result.stdout.decode() + result.stderr.decode()
        self.requests = [json.loads(line)
                         for line in place.requests()[before:]]
        self.asked = [f"{r['method']} {r['target']}" for r in self.requests]

    def fields(self, number, name):
        return [value for key, value in self.requests[number]["fields"]
                if key.lower() == name]


def openssl(place, *arguments):
    subprocess.run(["openssl", *arguments], cwd=place.path, check=True,
                   stderr=subprocess.DEVNULL)


def make_keys(place):
    openssl(place, "pkcs8", "-topk8", "-nocrypt", "-in", "app.pem", "-out",
            "pkcs8.pem")
    openssl(place, "rsa", "-traditional", "-aes128", "-passout", "pass:x",
            "-in", "app.pem", "-out", "encrypted.pem")
    openssl(place, "ecparam", "-genkey", "-name", "prime256v1", "-noout",
            "-out", "curve.pem")
    for bits in ("1024", "3072", "4096"):
        openssl(place, "genrsa", "-traditional", "-out", f"{bits}.pem", bits)
        openssl(place, "rsa", "-in", f"{bits}.pem", "-pubout", "-out",
                f"{bits}.public.pem")
    with open(place.file("app.pem"), encoding="ascii") as f:
        key = f.read()
    lines = key.splitlines()
    place.write("crlf.pem", key.replace("\n", "\r\n"))
    place.write("behind.pem", "a note\n" + key.rstrip("\n"))
    place.write("cut.pem", "\n".join(lines[:9]) + "\n")
    # One of the numbers in the middle is another one.
    middle = lines[13][:30] + ("A" if lines[13][30] != "A" else "B") + \
        lines[13][31:]
    place.write("wrong.pem", "\n".join(lines[:13] + [middle] + lines[14:]))
    place.write("empty.pem", "")


def test_token(tap, place, port):
    run = Run(place, port, "octo/one")
    tap.check(run.status == 0 and run.asked == [
        "GET /repos/octo/one/installation",
        "POST /app/installations/4242/access_tokens",
        "POST /repos/octo/one/dispatches"], "three requests", run.output)
    tap.check(len({r["connection"] for r in run.requests}) == 1,
              "on one connection")
    tap.check(run.fields(2, "authorization") ==
              [f"Bearer {github.APP_TOKEN}"], "with the token of the second")
    tap.check(json.loads(run.requests[1]["body"]) == {
        "permissions": {"contents": "write"}, "repositories": ["one"]},
        "a token for no more than is needed")
    run = Run(place, port, "octo/one", "octo/two", "Octo/ONE", "hub/three",
              "octo/four", more=["--pace", "1"])
    tap.check(run.status == 2 and not run.asked, "a target twice", run.output)
    run = Run(place, port, "octo/one", "octo/two", "hub/three",
              more=["--installation-id", "4242"])
    tap.check(run.asked == [
        "POST /app/installations/4242/access_tokens",
        "POST /repos/octo/one/dispatches", "POST /repos/octo/two/dispatches",
        "POST /app/installations/4242/access_tokens",
        "POST /repos/hub/three/dispatches"], "a token for each owner",
        run.asked)
    tap.check([json.loads(run.requests[i]["body"])["repositories"]
               for i in (0, 3)] == [["one", "two"], ["three"]],
              "each for its own repositories")
    run = Run(place, port, "octo/one", "hub/three", "OCTO/two", "hub/four",
              more=["--installation-id", "4242"])
    tap.check(run.status == 0 and
              sum("access_tokens" in line for line in run.asked) == 2,
              "and asked for once, whatever their order", run.asked)
    owners = [f"owner{i}" for i in range(20)]
    run = Run(place, port, *[f"{owner}/{name}" for name in ("one", "two")
                             for owner in owners],
              more=["--installation-id", "4242", "--pace", "0"])
    tap.check(run.status == 0 and [
        line.split("/")[2] for line in run.asked if "dispatches" in line] ==
        owners + owners, "more owners than tokens are kept", run.output)


def test_clock(tap, place):
    run = Run(place, place.stand_in("rsa", "--clock", "4000"), "octo/one")
    asked = len(place.requests("rsa"))
    tap.check(run.status == 0 and asked == 4,
              "a clock that is wrong is set by the server's", asked,
              run.output)


def test_keys(tap, place, port):
    for key in ("pkcs8.pem", "crlf.pem", "behind.pem"):
        run = Run(place, port, "octo/one", key=key)
        tap.check(run.status == 0, f"a key: {key}", run.output)
    with open(place.file("app.pem"), "rb") as f:
        run = Run(place, port, "octo/one", key="-", stdin=f.read())
    tap.check(run.status == 0, "a key on standard input", run.output)
    for bits in ("3072", "4096"):
        os.replace(place.file("app.public.pem"), place.file("kept.pem"))
        os.link(place.file(f"{bits}.public.pem"),
                place.file("app.public.pem"))
        run = Run(place, port, "octo/one", key=f"{bits}.pem")
        tap.check(run.status == 0, f"a key of {bits} bits", run.output)
        os.replace(place.file("kept.pem"), place.file("app.public.pem"))
    for key, why in (("encrypted.pem", "cut, broken, or encrypted"),
                     ("cut.pem", "holds no whole private key"),
                     ("curve.pem", "holds no whole private key"),
                     ("empty.pem", "holds no whole private key"),
                     ("root.pem", "holds no whole private key"),
                     ("1024.pem", "shorter than 2048"),
                     ("missing.pem", "No such file"),
                     ("wrong.pem", "App's key")):
        run = Run(place, port, "octo/one", key=key)
        tap.check(run.status == 2 and not run.asked and why in run.output,
                  f"no key: {key}", run.output)


def number(value):
    """INTEGER in DER (X.690, 8.3)."""
    octets = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\x02" + length_of(octets) + octets


def length_of(octets):
    size = len(octets)
    if size < 128:
        return bytes([size])
    head = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(head)]) + head


def write_key(place, name, numbers):
    """An RSAPrivateKey (RFC 8017, A.1.2) with these numbers."""
    body = number(0) + b"".join(map(number, numbers))
    der = b"\x30" + length_of(body) + body
    place.write(name, "-----BEGIN RSA PRIVATE KEY-----\n" +
                base64.encodebytes(der).decode() +
                "-----END RSA PRIVATE KEY-----\n")


def prime(bits):
    return int(subprocess.run(
        ["openssl", "prime", "-generate", "-bits", str(bits)], check=True,
        stdout=subprocess.PIPE).stdout)


def test_numbers(tap, place, port):
    """Keys whose numbers do not belong together sign nothing: of a signature
    made with them, the key could be computed."""
    p, q, n = prime(1024), prime(1024), 0
    while n.bit_length() != 2048:
        q = prime(1024)
        n = p * q
    d = pow(65537, -1, (p - 1) * (q - 1))
    good = [n, 65537, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
    write_key(place, "good.key", good)
    run = Run(place, port, "octo/one", key="good.key")
    tap.check(run.status == 4, "a good key, of nobody", run.output)
    for what, at, value in (
            ("even n", 0, n - 1), ("e of 1", 1, 1), ("even p", 3, p - 1),
            ("p of 1", 3, 1), ("long p", 3, (1 << 2048) - 1),
            ("even q", 4, q + 1), ("q of 1", 4, 1), ("another dp", 5, 7),
            ("long dp", 5, 1 << 60000), ("another iq", 7, 3),
            ("long iq", 7, 1 << 60000)):
        write_key(place, "bad.key", good[:at] + [value] + good[at + 1:])
        run = Run(place, port, "octo/one", key="bad.key")
        tap.check(run.status == 2 and not run.asked and
                  "do not belong together" in run.output, f"a key with {what}",
                  run.status, run.output)


def test_refusals(tap, place, port):
    run = Run(place, port, "octo/not-installed")
    tap.check(run.status == 5 and "install the App" in run.output,
              "not installed", run.output)
    run = Run(place, port, "octo/not-approved")
    tap.check(run.status == 6 and "approved for this" in run.output,
              "a permission it does not have", run.output)
    run = Run(place, port, "octo/one", key="3072.pem")
    tap.check(run.status == 4 and "a key of that App" in run.output,
              "another App's key", run.output)
    run = Run(place, port, "octo/answer-500", more=["--retries", "1"])
    tap.check(run.status == 8 and len(run.asked) == 2 and
              "may have been" not in run.output,
              "no event was sent, so that is no doubt", run.output)
    run = Run(place, port, "octo/answer-moved", "octo/one")
    tap.check(run.asked[-1].endswith("octo/one/dispatches"),
              "one that fails stops no other", run.output)
    run = Run(place, port, "octo/one", "octo/not-selected", "octo/two",
              more=["--installation-id", "4242"])
    tap.check(run.status == 5 and [
        json.loads(r["body"]).get("repositories") for r in run.requests[:2]] ==
        [["one", "not-selected", "two"], None] and run.asked[2:] == [
            f"POST /repos/octo/{name}/dispatches"
            for name in ("one", "not-selected", "two")],
              "nor does one that the App cannot reach", run.asked, run.output)
    run = Run(place, port, "octo/not-selected",
              more=["--installation-id", "4242"])
    tap.check(run.status == 6 and len(run.asked) == 1 and
              "not accessible to the parent" in run.output,
              "alone, it says so itself", run.asked, run.output)
    run = Run(place, port, "octo/answer-200-id")
    tap.check(run.status == 6 and "does not hold" in run.output,
              "an answer without an id", run.output)
    for name in github.ODD_TOKENS:
        run = Run(place, port, f"octo/{name}",
                  more=["--installation-id", "4242", "--json"])
        document, end = json.JSONDecoder().raw_decode(run.output)
        [result] = document["results"]
        tap.check(run.status == 6 and len(run.asked) == 1 and
                  result["delivered"] is False and result["status"] is None
                  and "does not hold" in run.output[end:] and
                  "odd" not in run.output.replace(name, ""),
                  f"no token but {name}", run.status, run.output)


def test_options(tap, place, port):
    run = Run(place, port, "octo/one", env={"GH_PAT": TOKEN})
    tap.check(run.status == 0 and run.asked[0].startswith("GET"),
              "it beats a token of the environment", run.output)
    run = Run(place, port, "octo/one", more=["--token", TOKEN])
    tap.check(run.status == 2 and "both given" in run.output,
              "not with --token", run.output)
    run = Run(place, port, "octo/one", more=["--installation-id", "x/y"])
    tap.check(run.status == 2 and "not a number" in run.output,
              "an installation that is no number", run.output)
    run = Run(place, port, "octo/one", more=["--app-id", '1","x":"'])
    tap.check(run.status == 2 and "not an App's id" in run.output,
              "an id that is none", run.output)
    for more in (["--app-key", "app.pem"], ["--installation-id", "1"]):
        result = place.run(["-r", "octo/one", "-e", "deploy", *more],
                           {"GH_PAT": TOKEN})
        tap.check(result.returncode == 2 and
                  b"needs --app-id" in result.stderr,
                  f"{more[0]} alone is not passed over", result.stderr)
    with open(place.file("app.pem"), encoding="ascii") as f:
        run = Run(place, port, "octo/one", key=f.read())
    tap.check(run.status == 2 and not run.asked and
              "a token or a key where none" in run.output,
              "the key itself, where its file is asked for", run.output)
    run = Run(place, port, "octo/one", more=["--dry-run"])
    tap.check(run.status == 0 and not run.asked and
              "[hidden]" in run.output, "a dry run asks nobody", run.output)


def main():
    tap = Tap()
    with Place() as place:
        port = place.stand_in()
        make_keys(place)
        with open(place.file("app.pem"), encoding="ascii") as f:
            key = "".join(f.read().splitlines()[1:-1])
        test_token(tap, place, port)
        test_clock(tap, place)
        test_keys(tap, place, port)
        test_numbers(tap, place, port)
        test_refusals(tap, place, port)
        test_options(tap, place, port)
        shown = b"".join(place.outputs)
        tap.check(not has_secret(shown) and key[40:80].encode() not in shown,
                  "neither token nor key is in any output")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
