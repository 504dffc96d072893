#!/usr/bin/env python3
"""values.py - thousands of generated values, put into the payload with every
option for it. The test compares the values that the receiver decodes with
those that were meant. It prints its seed; an argument sets the seed."""

import json
import random
import sys

from harness import ENV, Case, Run, dispatch, main

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
        # JSON joins two surrogates that happen to stand together.
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
    """Strictly. Numbers keep their text, and lone surrogates stay."""
    return json.loads(body.decode("utf-8"),
                      parse_int=lambda n: ("number", n),
                      parse_float=lambda n: ("number", n))


def make_round(generator, place):
    """The members that are meant, the arguments, and DISPATCH_RAW_FIELD."""
    raw = [text(generator) for _ in range(EACH)]
    lines = [text(generator) for _ in range(EACH)]
    files = [text(generator, "\0") for _ in range(EACH)]
    given = [value(generator) for _ in range(EACH)]
    typed = [value(generator) for _ in range(EACH)]
    meant = {"given": {f"g{i}": v for i, (v, _) in enumerate(given)},
             "raw": {f"r{i}": v for i, v in enumerate(raw)},
             "typed": [v for v, _ in typed], "files": files, "lines": lines}
    arguments = ["--no-limits", "-p", '{"given": {' + ",".join(
        f'"g{i}":{t}' for i, (_, t) in enumerate(given)) + "}}"]
    for i, v in enumerate(raw):
        arguments += ["-f", f"raw[r{i}]={v}"]
    for _, t in typed:
        arguments += ["-F", f"typed[]:={t}"]
    for i, v in enumerate(files):
        with open(place.file(f"value{i}"), "wb") as f:
            f.write(v.encode())
        arguments += ["-F", f"files[]=@value{i}"]
    variable = "".join(f"lines[]<<==\n{line}\n==\n" for line in lines)
    return meant, arguments, variable


def test_round(tap, place, generator, number):
    meant, arguments, variable = make_round(generator, place)
    variables = {f"VALUE_{i}": v.encode() for i, v in
                 enumerate(meant["raw"].values())}
    # An option beats the variable, so the variable has a run of its own.
    runs = [Run(place, [argument.encode() for argument in dispatch(
                place, "octo/app", more=arguments)]),
            Run(place, dispatch(place, "octo/app"),
                {**ENV, "DISPATCH_RAW_FIELD": variable}),
            Run(place, dispatch(place, "octo/app", more=["--no-limits"]),
                {**ENV, **variables, "DISPATCH_ENV_FIELD": "\n".join(
                    f"env[r{i}]={name}"
                    for i, name in enumerate(variables))})]
    found = {}
    meant["env"] = meant["raw"]
    for run, what in zip(runs, ("options", "the variable",
                                "--env-field")):
        Case(tap, f"round {number}, {what}", run).exits(0)
        for body in run.bodies:
            found.update(decode(body)["client_payload"])
    for key, values in meant.items():
        tap.check(found.get(key) == values,
                  f"round {number}: the {EACH} values in {key} arrive",
                  f"meant {values!r}", f"found {found.get(key)!r}")


def test_bytes(tap, place):
    case = Case(tap, "a variable that is not UTF-8", Run(
        place, dispatch(place, "octo/app", more=["--env-field", "a=TEXT"]),
        {**ENV, "TEXT": b"ok\xff"}))
    case.exits(3)
    case.sends(0)
    case.reports("--env-field 1 (a): the value is not UTF-8 at offset 2")


def test_values(tap, place):
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(2**32)
    print(f"# seed {seed}")
    generator = random.Random(seed)
    for number in range(ROUNDS):
        test_round(tap, place, generator, number)


if __name__ == "__main__":
    main(test_bytes, test_values)
