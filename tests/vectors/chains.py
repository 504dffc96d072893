"""What the suites of certificate chains share: DER, the program made from
chains.c, and the comparison of its verdicts with README.md.

That has two tables. The one under "Scores" says of each suite how many cases it
has and in how many of them our verdict is the suite's. The one under
"Differences" names the others, with the reason.
"""

import base64
import glob
import os
import re
import subprocess
import sys

README = "tests/vectors/README.md"
CERTIFICATES_MAX = 40  # src/x509/chain.h


def tlv(tag, contents):
    n = len(contents)
    if n < 128:
        return bytes([tag, n]) + contents
    size = (n.bit_length() + 7) // 8
    return bytes([tag, 128 + size]) + n.to_bytes(size, "big") + contents


def take(data):
    """Splits the first element off: (whole, contents, rest)."""
    n, head = data[1], 2
    if n >= 128:
        head += n - 128
        n = int.from_bytes(data[2:head], "big")
    return data[:head + n], data[head:head + n], data[head + n:]


def der(pem):
    return base64.b64decode("".join(
        line for line in pem.strip().split("\n") if "-----" not in line))


def written(host, seconds, anchors, chain):
    """A case for the program. Anchors and chain are DER, the leaf first."""
    head = "case %s %d %d %d\n" % (host, seconds, len(anchors), len(chain))
    return head + "".join(c.hex() + "\n" for c in anchors + chain)


def driver():
    if len(sys.argv) > 1:
        return sys.argv[1]
    objects = glob.glob(os.environ["TEST_OBJECTS"] + "/*/*.o")
    program = "build/chains-%s" % re.sub(r".*/|[.]py", "", sys.argv[0])
    subprocess.run(
        [*os.environ["TEST_CC"].split(), "-std=c11", "-D_DEFAULT_SOURCE",
         "-Isrc", "-Ibuild/bearssl-src/inc", "tests/vectors/chains.c", *objects,
         "build/host/bearssl/libbearssl.a", "-o", program], check=True)
    return program


def run(suites):
    """The results for compare() of each of these suites, whose vectors are in
    the form that imported.py describes."""
    cases = []
    for vectors in suites:
        certificates = [bytes.fromhex(c) for c in vectors["certificates"]]
        cases += [written(host, when, [certificates[i] for i in anchors],
                          [certificates[i] for i in chain])
                  for _, host, when, anchors, chain, _ in vectors["cases"]]
    texts = iter(verdicts(cases))
    return [[(case[0], (text == "accept") == case[-1], text)
             for case, text in zip(vectors["cases"], texts)]
            for vectors in suites]


def verdicts(cases):
    """Of cases as written() has them: "accept" or "refuse REASON" for each."""
    lines = subprocess.run(
        [driver()], input="".join(cases), check=True, capture_output=True,
        text=True).stdout.splitlines()
    if len(lines) != len(cases):
        sys.exit("%d verdicts on %d cases" % (len(lines), len(cases)))
    return lines


def table(heading):
    """The rows of the table under this heading of README.md."""
    with open(README, encoding="utf-8") as file:
        section = file.read().split("\n## %s\n" % heading)[1]
    section = section.split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines()
            if line.startswith("|")]
    return rows[2:]


def differences(suite):
    """Of each case that differs from the suite, the reason."""
    return {name: why for row_suite, why, names in table("Differences")
            if row_suite == suite for name in re.findall("`([^`]+)`", names)}


def compare(suite, results, is_sample=False):
    """The lines of TAP for one suite, without numbers and plan. The results are
    of each case its name, whether the verdict is the suite's, and a text that
    says more. A case may be there twice. A sample has no score."""
    expected = differences(suite)
    differing = {name for name, same, _ in results if not same}
    lines = []
    for name, same, text in results:
        why = expected.get(name, "")
        if name in differing:
            right, note = bool(why), " (%s)" % why if not same else ""
        else:
            right, note = not why, " (no longer different)" if why else ""
        lines.append((right, "%s %s: %s%s" % (
            suite, name, re.sub(r"[^ -~]|#", "?", text), note)))
    if is_sample:
        return lines
    names = {name for name, _, _ in results}
    score = [str(len(names)), str(len(names - differing))]
    committed = [row[1:3] for row in table("Scores") if row[0] == suite]
    lines.append((committed == [score] and expected.keys() <= names,
                  "%s: the score is that of the table, %s of %s" % (
                      suite, score[1], score[0])))
    return lines


def write(lines):
    """Writes TAP. Returns the status to exit with."""
    for number, (right, text) in enumerate(lines, 1):
        print("%sok %d - %s" % ("" if right else "not ", number, text))
    print("1..%d" % len(lines))
    return int(not all(right for right, _ in lines))


def report(suite, results):
    """Writes TAP for one suite. Returns the status to exit with."""
    return write(compare(suite, results))
