#!/usr/bin/env python3
"""Compares the verdicts of x509/chain with those of GnuTLS's tests of chains.

usage: gnutls.py [DRIVER], as limbo.py has it.

Their source is under the GPL, so vendor/fetch.sh fetches what gnutls.lock pins, and
the arrays of certificates and the tables of cases are read from its test-chains.h
and test-chains-issuer.h. Cases that depend on a flag that this program has no option
for are left out, as LEFT_OUT says.
"""

import base64
import calendar
import re
import subprocess
import sys
import time

from chains import report, take, verdicts, written

SOURCE = "build/gnutls-source"
DEFAULT_TIME = 1256803113  # of chainverify.c
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|\d+|[][{},;=*&|()]')
# Of each reason to leave a case out: the flag, whether GnuTLS accepts it then, and a
# word that is in what it reports.
LEFT_OUT = [
    ("algorithms are broken, and a flag allows them",
     "GNUTLS_VERIFY_ALLOW_BROKEN|GNUTLS_VERIFY_ALLOW_SIGN_", True, ""),
    ("a flag forbids roots of version 1",
     "GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT", False, ""),
    ("a flag allows unknown critical extensions",
     "GNUTLS_VERIFY_IGNORE_UNKNOWN_CRIT_EXTENSIONS", True, ""),
    ("a flag demands that the chain is in order",
     "GNUTLS_VERIFY_DO_NOT_ALLOW_UNSORTED_CHAIN", False, ""),
    ("a profile forbids algorithms that are strong enough here",
     "GNUTLS_PROFILE_(?:HIGH|ULTRA|SUITEB192)", False,
     "GNUTLS_CERT_INSECURE_ALGORITHM"),
]


def fetch():
    subprocess.run(["sh", "vendor/fetch.sh", "../tests/vectors/gnutls", SOURCE,
                    "build/gnutls-cache"], check=True, stdout=sys.stderr)


def tokens(name):
    with open("%s/tests/%s" % (SOURCE, name), encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    text = text.replace("\\\n", "\n")
    macros = {}
    for macro, value in re.findall(
            r'^#define (\w+) ((?:"[^"\n]*"\s*)+)', text, re.M):
        macros[macro] = TOKEN.findall(value)
    text = re.sub(r"^#.*$", "", text, flags=re.M)
    return [part for token in TOKEN.findall(text)
            for part in macros.get(token, [token])]


def arrays_and_rows(name):
    """The arrays of certificates by their names, None where NULL stands, and the
    rows of the table, each a list of its fields."""
    words, arrays, rows = tokens(name), {}, []
    starts = [i for i, word in enumerate(words) if word == "static"]
    for start, end in zip(starts, starts[1:] + [len(words)]):
        part = words[start:end]
        if part[1:4] == ["const", "char", "*"]:
            fields = split(part[part.index("{") + 1:part.index(";")])
            arrays[part[4]] = [unquote(field) for field in fields]
        else:
            part = part[part.index("=") + 2:]
            for i in [i for i, word in enumerate(part) if word == "{"]:
                rows.append(split(part[i + 1:part.index("}", i)]))
    return arrays, [row for row in rows if row[0] != ["NULL"]]


def split(words):
    fields = [[]]
    for word in words:
        if word == ",":
            fields.append([])
        elif word == "}":
            break
        else:
            fields[-1].append(word)
    return [field for field in fields if field]


def unquote(field):
    """The certificates of an element, or None for NULL."""
    text = "".join(word[1:-1] for word in field if word[0] == '"')
    return [base64.b64decode(body.replace("\\n", "")) for body in re.findall(
        "-----BEGIN CERTIFICATE-----(.*?)-----END", text)] or None


def chain_of(arrays, field):
    """The certificates from `name` or `&name[number]` on."""
    name = next(word for word in field if word[0].isalpha())
    first = int(field[field.index("[") + 1]) if "[" in field else 0
    return arrays[name][first:]


def until_null(elements):
    ends = [i for i, element in enumerate(elements) if element is None]
    return [c for element in elements[:ends[0] if ends else None]
            for c in element]


def first_valid(certificates):
    """The first second at which all are valid, if they ever are together."""
    starts = []
    for certificate in certificates:
        rest = take(take(certificate)[1])[1]
        for _ in range(4 if rest[0] == 0xa0 else 3):
            rest = take(rest)[2]
        whole, text, _ = take(take(rest)[1])
        text = text.decode()
        if whole[0] == 0x17:
            text = ("19" if text >= "5" else "20") + text
        starts.append(calendar.timegm(time.strptime(text, "%Y%m%d%H%M%SZ")))
    return max(starts)


def left_out(flags, expected):
    for why, flag, accepted, word in LEFT_OUT:
        if (re.search(flag, flags) and (expected == "0") == accepted and
                word in expected):
            return why
    return None


def cases():
    """Yields of each case its name, host, time, anchor, chain, the flags and what
    is expected."""
    arrays, rows = arrays_and_rows("test-chains.h")
    for row in rows:
        name, chain, anchor, flags, expected = row[:5]
        purpose = "".join(row[5]) if len(row) > 5 else "0"
        when = int(row[6][0]) if len(row) > 6 else DEFAULT_TIME
        chain = until_null(chain_of(arrays, chain))
        anchor = chain_of(arrays, anchor)[0]
        flags = "".join(flags)
        if "DISABLE_TIME_CHECKS" in flags:
            when = first_valid(chain + anchor)
        yield (name[0][1:-1], purpose, when, anchor, chain, flags,
               "".join(expected))
    arrays, rows = arrays_and_rows("test-chains-issuer.h")
    for name, chain, inserted, anchors, flags, expected in rows:
        # What GnuTLS asks its user for is sent here.
        yield (name[0][1:-1], "0", 1588291200,
               until_null(chain_of(arrays, anchors)),
               until_null(chain_of(arrays, chain)) +
               until_null(chain_of(arrays, inserted)),
               "".join(flags), "".join(expected))


def main():
    fetch()
    kept, texts, reasons = [], [], {}
    hosts = {"0": "-", "NULL": "-", "GNUTLS_KP_TLS_WWW_SERVER": "*"}
    for name, purpose, when, anchor, chain, flags, expected in cases():
        why = left_out(flags, expected)
        if purpose not in hosts:
            why = "another purpose than a server's"
        if why:
            reasons.setdefault(why, []).append(name)
            continue
        texts.append(written(hosts[purpose], when, anchor, chain))
        kept.append((name, expected == "0"))
    for why, names in reasons.items():
        print("# %d left out: %s: %s" % (len(names), why, ", ".join(names)))
    seen, results = {}, []
    for (name, accepted), verdict in zip(kept, verdicts(texts)):
        seen[name] = seen.get(name, 0) + 1
        number = ", %d" % seen[name] if seen[name] > 1 else ""
        results.append((name + number, (verdict == "accept") == accepted,
                        verdict))
    return report("GnuTLS", results)


if __name__ == "__main__":
    sys.exit(main())
