#!/usr/bin/env python3
"""values.py - thousands of generated values on their way to a receiver, by
every way there is into a payload. What the receiver decoded is compared with
what was meant; the seed is printed, and an argument sets it."""

import json
import random
import sys

from harness import TOKEN, Place, Tap

ROUNDS, EACH = 40, 25
ALPHABETS = [
    "abc XYZ 0123", "\"\\/'`$(){}[]:=,<>#%&|;*?~!", "\t\r\n\b\f\x01\x1f\x7f",
    "éßñ ÅØ \u00a0\u0080\u009f", "\u2028\u2029\ufeff\ufffd\ufffe\uffff",
    "漢字かな한국어ไทย עברית العربية", "🚀👩‍👩‍👧😀\U0010ffff\U00010000",
    "::error::x ##[group]y ::set-output name=a::b\n",
]
SURROGATES = "\ud800\udbff\udc00\udfff"
NUMBERS = ["0", "-0", "1.10", "1e400", "-1E-7", "12345678901234567890",
           "0.1e+1", "3.141592653589793238462643383279", "100"]


def text(generator, more=""):
    letters = "".join(generator.sample(ALPHABETS, 3)) + more
    return "".join(generator.choice(letters)
                   for _ in range(generator.choice((0, 1, 5, 20, 80))))


def value(generator, depth=0):
    """A value, and the JSON text that means it."""
    kind = generator.randrange(6 if depth < 3 else 4)
    if kind == 0:
        number = generator.choice(NUMBERS)
        return ("number", number), number
    if kind == 1:
        word = generator.choice(("true", "false", "null"))
        return json.loads(word), word
    if kind in (2, 3):
        written = json.dumps(text(generator, SURROGATES + "\0"))
        # Two halves that happen to meet are one character in JSON.
        return json.loads(written), written
    items = [value(generator, depth + 1)
             for _ in range(generator.randrange(4))]
    space = generator.choice(("", " ", "\n\t"))
    if kind == 4:
        return ([v for v, _ in items],
                f"[{space}" + f",{space}".join(t for _, t in items) + "]")
    return ({f"k{i}": v for i, (v, _) in enumerate(items)},
            "{" + ",".join(f'{space}"k{i}"{space}:{t}'
                           for i, (_, t) in enumerate(items)) + "}")


def decode(body):
    """Strictly; numbers keep their text, and so do lone surrogates."""
    return json.loads(body.decode("utf-8"),
                      parse_int=lambda n: ("number", n),
                      parse_float=lambda n: ("number", n))


def one_round(generator, place, port):
    """What was meant, and how it is asked for."""
    raw = [text(generator) for _ in range(EACH)]
    lines = [text(generator) for _ in range(EACH)]
    files = [text(generator, "\0") for _ in range(EACH)]
    given = [value(generator) for _ in range(EACH)]
    typed = [value(generator) for _ in range(EACH)]
    meant = {"given": {f"g{i}": v for i, (v, _) in enumerate(given)},
             "raw": {f"r{i}": v for i, v in enumerate(raw)},
             "typed": [v for v, _ in typed], "files": files, "lines": lines}
    arguments = ["-r", "octo/app", "-e", "deploy", "--no-limits", "--ca-file",
                 place.file("root.pem"), "--api-url",
                 f"https://localhost:{port}", "-p", '{"given": {' +
                 ",".join(f'"g{i}":{t}' for i, (_, t) in enumerate(given)) +
                 "}}"]
    for i, v in enumerate(raw):
        arguments += ["-f", f"raw[r{i}]={v}"]
    for _, t in typed:
        arguments += ["-F", f"typed[]:={t}"]
    for i, v in enumerate(files):
        with open(place.file(f"value{i}"), "wb") as f:
            f.write(v.encode())
        arguments += ["-F", f"files[]=@{place.file(f'value{i}')}"]
    return meant, arguments, lines


def send(place, port, arguments, lines):
    """Flags beat the variable, so raw fields go in two dispatches."""
    first = place.run([a.encode() for a in arguments], {"GH_PAT": TOKEN})
    sent = [json.loads(place.requests()[-1])["body"].encode("latin-1")]
    listed = "".join(f"lines[]<<==\n{line}\n==\n" for line in lines)
    second = place.run(["-r", "octo/app", "-e", "deploy", "--ca-file",
                        place.file("root.pem"), "--api-url",
                        f"https://localhost:{port}"],
                       {"GH_PAT": TOKEN, "DISPATCH_RAW_FIELD": listed})
    sent.append(json.loads(place.requests()[-1])["body"].encode("latin-1"))
    return (first.returncode == second.returncode == 0,
            first.stderr + second.stderr, sent)


def main():
    tap = Tap()
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(2**32)
    print(f"# seed {seed}")
    generator = random.Random(seed)
    with Place() as place:
        port = place.stand_in()
        for number in range(ROUNDS):
            meant, arguments, lines = one_round(generator, place, port)
            passed, errors, sent = send(place, port, arguments, lines)
            got = {}
            for body in sent:
                got.update(decode(body)["client_payload"])
            wrong = [f"{key}: meant {meant[key]!r}, got {got.get(key)!r}"
                     for key in meant if got.get(key) != meant[key]]
            tap.check(passed and not wrong,
                      f"round {number}: {5 * EACH} values", errors, *wrong)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
