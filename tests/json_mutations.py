#!/usr/bin/env python3
"""json_mutations.py - every single-byte mutation of some seeds, judged by the
binary's --check-json and by Python's json with strict settings. Many texts go
through one process each way, so a helper program reads them from a list."""

import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "build", "unit")
SEEDS = [
    b'{"a":[1.5e-3,-0,true,null],"\\u00e9\\n":"\xc3\xa9\xf0\x9f\x9a\x80"}',
    b' [ "\\ud83d\\ude80" , {} , [ ] , 10 ]\n',
    b'"\xe2\x80\xa8\xef\xbf\xbf\xed\x9f\xbf"',
    b"-12.5E+10",
]
DRIVER = r"""
#include <stdint.h>
#include <stdio.h>
#include "json.h"
int
main(void)
{
	static unsigned char text[65536];
	struct json_reader r;
	uint32_t length;

	while (fread(&length, sizeof(length), 1, stdin) == 1 &&
	    length <= sizeof(text) &&
	    fread(text, 1, length, stdin) == length) {
		json_open(&r, text, length);
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
        json.loads(text.decode("utf-8"), parse_constant=refuse)
        return True
    except (ValueError, RecursionError):
        return False


def mutations(seed):
    for i in range(len(seed)):
        for byte in range(256):
            yield seed[:i] + bytes([byte]) + seed[i + 1:]
        yield seed[:i] + seed[i + 1:]
        yield seed[:i] + seed[i:i + 1] + seed[i:]
        yield seed[:i]


def main():
    os.makedirs(OUT, exist_ok=True)
    program = os.path.join(OUT, "json_driver")
    with tempfile.NamedTemporaryFile("w", suffix=".c") as f:
        f.write(DRIVER)
        f.flush()
        subprocess.run(["gcc", "-O1", "-fsanitize=address,undefined",
                        "-D_POSIX_C_SOURCE=200809L", "-std=c11",
                        "-I", os.path.join(ROOT, "src"), f.name,
                        os.path.join(ROOT, "src", "json.c"),
                        os.path.join(ROOT, "src", "text.c"),
                        "-o", program], check=True)
    count = 0
    for seed in SEEDS:
        texts = sorted(set(mutations(seed)))
        data = b"".join(len(t).to_bytes(4, sys.byteorder) + t for t in texts)
        said = subprocess.run([program], input=data, check=True,
                              stdout=subprocess.PIPE).stdout
        wrong = [t for t, s in zip(texts, said)
                 if (s == ord("1")) != python_says(t)]
        count += 1
        passed = not wrong and len(said) == len(texts)
        print(f"{'ok' if passed else 'not ok'} {count} - "
              f"{len(texts)} mutations of seed {count}")
        for text in wrong[:10]:
            print(f"# Python says {python_says(text)} to {text!r}")
    print(f"1..{count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
