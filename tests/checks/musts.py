#!/usr/bin/env python3
"""musts.py - what tests/tls/musts.md and bogo.md, tests/vectors/README.md and
.github/SECURITY.md name is there.

`FILE:NAME` names a function, type or table of src/, or a text in quotation marks or a
function, a table of tests/. FILE is the end of a path: of the only one, or of the
only one in a folder tls. `./build.sh VERB` is a verb that build.sh has."""

import glob
import os
import re
import sys

DOCUMENTS = ("tests/tls/musts.md", "tests/tls/bogo.md", "tests/vectors/README.md",
             ".github/SECURITY.md")
REFERENCE = re.compile(r"`([\w./]+\.(?:c|h|py|toml)):([^`]+)`")
VERB = re.compile(r"`\./build\.sh (\w+)`")
# The columns of a row with references.
COLUMNS = {"where": "src", "shown by": "tests"}


def find(root, name):
    paths = [path for path in glob.glob(f"{root}/**/*", recursive=True)
             if path.endswith("/" + name)]
    nearest = [path for path in paths if "/tls/" in path]
    return nearest if len(paths) > 1 and len(nearest) == 1 else paths


def is_defined(source, name):
    """Whether a C source defines the name, at the left edge: a function, a type,
    a variable."""
    word = re.escape(name)
    return re.search(rf"^(?:{word}\(|[^\s*#/].*\b{word}(?:\[| =| \{{))", source,
                     re.M) is not None


def is_named(source, name):
    """Whether a test has the text in quotation marks, or a function of this
    name."""
    return any(form in source
               for form in (f'"{name}"', f"def {name}(", f"\n{name}(",
                            f"\n{name} = "))


def has_verb(verb):
    with open("build.sh", encoding="utf-8") as f:
        return f"\n{verb})\n" in f.read()


def fault(root, name, thing):
    paths = find(root, name)
    if len(paths) != 1:
        return f"{len(paths)} files of {root} are called {name}"
    with open(paths[0], encoding="utf-8") as f:
        source = f.read()
    if (is_defined if root == "src" else is_named)(source, thing):
        return None
    return f"{paths[0]} has no {thing}"


def rows(document):
    """(line number, {column: cell}) of the rows of tables."""
    header = []
    with open(document, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if not line.startswith("|"):
                header = []
                continue
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            if not header:
                header = cells
            elif not set(line.strip()) <= set("|- "):
                yield number, dict(zip(header, cells))


def faults(document):
    for number, row in rows(document):
        for column, root in COLUMNS.items():
            if column not in row:
                continue
            references = REFERENCE.findall(row[column])
            verbs = VERB.findall(row[column])
            if not references and not verbs:
                yield f"{document}:{number}: nothing is named in \"{column}\""
            for name, thing in references:
                found = fault(root, name, thing)
                if found:
                    yield f"{document}:{number}: {found}"
            for verb in verbs:
                if not has_verb(verb):
                    yield f"{document}:{number}: build.sh has no verb {verb}"


def main():
    documents = [d for d in DOCUMENTS if os.path.exists(d)]
    for number, document in enumerate(documents, 1):
        found = list(faults(document))
        if not list(rows(document)):
            found.append("it has no table")
        print(f"{'not ok' if found else 'ok'} {number} - "
              f"what {document} names is there")
        for line in found:
            print("# " + line)
    print(f"1..{len(documents)}")


if __name__ == "__main__":
    sys.exit(main())
