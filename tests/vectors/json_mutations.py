#!/usr/bin/env python3
"""json_mutations.py - our validator against Python's json with strict
settings. Without arguments: every single-byte mutation of some seeds, as TAP.
With a number of seconds: random mutations of seeds and fuzzing corpora for
that long, and a line that says how many; a difference ends it with status 1.
Many texts go through one process, so a helper program reads them from a list.

One difference is meant: deeper than 512 levels is refused here.
"""

import glob
import json
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
OUT = os.path.join(ROOT, "build", "unit")
SEEDS = [
    b'{"a":[1.5e-3,-0,true,null],"\\u00e9\\n":"\xc3\xa9\xf0\x9f\x9a\x80"}',
    b' [ "\\ud83d\\ude80" , {} , [ ] , 10 ]\n',
    b'"\xe2\x80\xa8\xef\xbf\xbf\xed\x9f\xbf"',
    b"-12.5E+10",
    # Long enough for the lane that takes sixteen bytes at once.
    b'[{"key" : "' + "бббббббббб漢字ภาษา한국🚀 plain".encode() + b'"},\n'
    b'-10.25e+7,0.5,[],{},{"a":false,"b":[[null]]},"\\u00e9\\\\\\"",'
    b'12345678901234567890123,"the end of the line is here"]\n',
]
SEPARATE = [[], ["-DSCAN_PORTABLE"]]
PIECES = [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"0",
          b"-", b"1e5", b".5", b"true", b"null", b"\\u12aB", b"\\ud800",
          b"\xc3\xa9", b"\xe0\xa0\x80", b"\xed\x9f\xbf", b"\xed\xa0\x80",
          b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xff",
          b"\x00", b"\x1f", b"\x7f", b"0123456789abcdef", b"a" * 15,
          "漢字漢字漢".encode(), b"\xef\xbb\xbf", b"1" * 17]
DRIVER = r"""
#include <stdint.h>
#include <stdio.h>
#include "json/reader.h"
int
main(void)
{
	static unsigned char text[65536];
	struct json_reader r;
	uint32_t length;

	while (fread(&length, sizeof(length), 1, stdin) == 1 &&
	    length <= sizeof(text) &&
	    fread(text, 1, length, stdin) == length) {
		json_open(&r, span_of(text, length));
		putchar(json_validate(&r) == 0 ? '1' : '0');
	}
	return 0;
}
"""


def refuse(word):
    raise ValueError(word)


def python_says(text):
    """Strict where Python's default is not: NaN and Infinity, and a byte
    order mark, which decode() leaves in place."""
    try:
        json.loads(text.decode("utf-8"), parse_constant=refuse,
                   parse_int=len, parse_float=len)
        return True
    except (ValueError, RecursionError):
        return False


def compile_driver(name, options):
    program = os.path.join(OUT, name)
    os.makedirs(OUT, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".c") as f:
        f.write(DRIVER)
        f.flush()
        sources = [source for layer in ("json", "base") for source in
                   glob.glob(os.path.join(ROOT, "src", layer, "*.c"))]
        subprocess.run(["gcc", "-O1", "-fsanitize=address,undefined",
                        "-D_POSIX_C_SOURCE=200809L", "-std=c11", *options,
                        "-I", os.path.join(ROOT, "src"), f.name, *sources,
                        "-o", program], check=True)
    return program


def differences(program, texts):
    data = b"".join(len(t).to_bytes(4, sys.byteorder) + t for t in texts)
    said = subprocess.run([program], input=data, check=True,
                          stdout=subprocess.PIPE).stdout
    if len(said) != len(texts):
        return texts
    return [t for t, s in zip(texts, said)
            if (s == ord("1")) != python_says(t)]


def show(wrong):
    for text in wrong[:10]:
        print(f"# Python says {python_says(text)} to {text!r}")


def single_mutations(seed):
    for i in range(len(seed)):
        for byte in range(256):
            yield seed[:i] + bytes([byte]) + seed[i + 1:]
        yield seed[:i] + seed[i + 1:]
        yield seed[:i] + seed[i:i + 1] + seed[i:]
        yield seed[:i]


def all_single_mutations():
    count = 0
    for options in SEPARATE:
        program = compile_driver("json_driver" + "".join(options), options)
        for number, seed in enumerate(SEEDS, 1):
            texts = sorted(set(single_mutations(seed)))
            wrong = differences(program, texts)
            count += 1
            print(f"{'not ok' if wrong else 'ok'} {count} - {len(texts)} "
                  f"mutations of seed {number} {' '.join(options)}")
            show(wrong)
    print(f"1..{count}")
    return 0


def mutate(text, generator):
    """One to four changes: a piece put in, bytes changed, cut, or repeated."""
    for _ in range(generator.randint(1, 4)):
        at = generator.randint(0, len(text))
        to = min(len(text), at + generator.randint(0, 12))
        what = generator.random()
        if what < 0.4:
            text = text[:at] + generator.choice(PIECES) + text[at:]
        elif what < 0.6:
            text = text[:at] + text[to:]
        elif what < 0.8:
            text = text[:to] + text[at:]
        elif at < len(text):
            text = (text[:at] + bytes([generator.randrange(256)]) +
                    text[at + 1:])
    return text[:4000]


def corpus():
    folders = [os.path.join(ROOT, "tests", "fuzz", "json_corpus"),
               os.path.join(ROOT, "build", "fuzz", "json_fuzz.found")]
    for folder in folders:
        for name in glob.glob(os.path.join(folder, "*")):
            with open(name, "rb") as f:
                text = f.read(4000)
                yield text
                # Within an array both lanes meet it.
                yield b"[" + text + b"," + b" " * 20 + b"0]"


def random_mutations(seconds):
    generator = random.Random()
    seeds = SEEDS + list(corpus())
    programs = [compile_driver("json_driver" + "".join(o), o)
                for o in SEPARATE]
    count = valid = 0
    while time.process_time() < seconds:
        texts = [mutate(generator.choice(seeds), generator)
                 for _ in range(20000)]
        for program in programs:
            wrong = differences(program, texts)
            if wrong:
                show(wrong)
                return 1
        accepted = [t for t in texts if len(t) < 1000 and python_says(t)]
        seeds = (seeds + accepted)[-20000:] + SEEDS
        count += len(texts)
        valid += len(accepted)
    print(f"{count} texts, {valid} of them valid JSON, each on both code "
          f"paths: no difference in {seconds} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(random_mutations(int(sys.argv[1])) if len(sys.argv) > 1
             else all_single_mutations())
