#!/usr/bin/env python3
"""layers.py - a folder of src/ is a layer, and depends on folders below it only.

The order is that of the README's table of folders. Two sources say what
depends on what: the #include lines, and the symbols of the objects, since a
declaration can be repeated and a libc function replaced. Run it with the word
"draw" to see the folders and their arrows.
"""

import glob
import os
import re
import subprocess
import sys

# Of this machine's target: build.sh names it.
OBJECTS = f"build/{os.environ.get('TARGET', os.uname().machine)}/ours"
HEAP = {"malloc", "calloc", "realloc", "free", "strdup", "strndup", "asprintf",
        "vasprintf", "getline", "mmap", "posix_memalign", "aligned_alloc"}
# What writes bytes that nobody has searched for secrets, and who may use it.
UNSEARCHED = {name: () for name in (
    "printf", "fprintf", "dprintf", "vprintf", "vfprintf", "vdprintf", "puts",
    "fputs", "putchar", "fputc", "putc", "fwrite", "perror", "syslog",
    "writev", "pwrite", "pwritev", "sendfile")}
UNSEARCHED.update({"write": ("os/file",), "file_write_hidden": ("cli/output",)})
GENERATED = "gen"


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def folders_in_order():
    """The README's rows, from the top layer to the bottom one."""
    section = read("README.md").split("\n## Layout\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `src/(\w+)/` \|", section, re.M)


def module_of(path):
    """src/net/tcp.c and build/TARGET/ours/net/tcp.o are net/tcp; src/main.c is
    main."""
    return os.path.splitext(path.replace(OBJECTS, "src")[len("src/"):])[0]


def folder_of(module):
    return module.split("/")[0] if "/" in module else ""


def includes():
    """{module: the modules whose headers its .c and .h include}"""
    result = {}
    for path in glob.glob("src/**/*.[ch]", recursive=True):
        module = module_of(path)
        if folder_of(module) == GENERATED:
            continue
        named = re.findall(r'^\s*#\s*include\s+"([^"]+)\.h"', read(path), re.M)
        result.setdefault(module, set()).update(set(named) - {module})
    return result


def symbols():
    """(the symbols that each module lacks, the modules that define each)"""
    # The object of a module that was moved away stays in build/.
    objects = [path for path in
               sorted(glob.glob(OBJECTS + "/**/*.o", recursive=True))
               if os.path.exists(f"src/{module_of(path)}.c")]
    lacks = {module_of(path): set() for path in objects}
    defines = {}
    # Each line begins with "OBJECT: ".
    lines = subprocess.run(["nm", "-P", "-A", *objects], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    for path, name, kind in (line.split()[:3] for line in lines):
        module = module_of(path.removesuffix(":"))
        if kind == "U":
            lacks[module].add(name)
        elif kind.isupper() and not name.startswith("__"):
            defines.setdefault(name, set()).add(module)
    return lacks, defines


def is_generated(module):
    return folder_of(module) == GENERATED


def wrong_arrows(arrows, order):
    """Arrows that do not lead to the same folder or to one below it."""
    rank = {"": -1, **{folder: i for i, folder in enumerate(order)}}
    for module, wanted in sorted(arrows.items()):
        for other in sorted(wanted):
            if is_generated(other):
                continue
            if folder_of(module) not in rank or folder_of(other) not in rank:
                yield f"{module} or {other} is in no folder of the README"
            elif rank[folder_of(other)] < rank[folder_of(module)]:
                yield f"{module} depends on {other}, which is above it"


def cycles(arrows):
    """Modules from which an arrow leads back to themselves."""
    def reaches(start):
        seen, todo = set(), list(arrows.get(start, ()))
        while todo:
            module = todo.pop()
            if module not in seen:
                seen.add(module)
                todo += arrows.get(module, ())
        return seen
    return [f"{module} depends on itself" for module in sorted(arrows)
            if module in reaches(module)]


def symbol_arrows():
    lacks, defines = symbols()
    return {module: {other for name in names
                     for other in defines.get(name, ())} - {module}
            for module, names in lacks.items()}


def undeclared(by_symbol, by_include):
    """A module that takes a symbol must include the header that promises
    it."""
    for module, others in sorted(by_symbol.items()):
        for other in sorted(others):
            if other not in by_include.get(module, ()) and \
                    not is_generated(other):
                yield f"{module} takes a symbol of {other}, unseen"


def draw(arrows, order):
    for folder in ["", *order]:
        modules = sorted(m for m in arrows if folder_of(m) == folder)
        below = {folder_of(o) for m in modules for o in arrows[m]}
        below = [f for f in order if f in below - {folder}]
        names = " ".join(os.path.basename(m) for m in modules)
        yield f"{folder or 'main':8}{names}"
        if below:
            yield " " * 8 + "-> " + " ".join(below)


class Tap:
    count = failed = 0

    def check(self, problems, name):
        problems = list(problems)
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            print("# " + problem)


def main():
    order, by_include = folders_in_order(), includes()
    if sys.argv[1:] == ["draw"]:
        print("\n".join(draw(by_include, order)))
        return 0
    tap, by_symbol = Tap(), symbol_arrows()
    modules = {m for m in by_include if not is_generated(m)} - {"base/array"}
    tap.check([] if len(order) > 1 else ["no folders"],
              "the README has a table of folders")
    tap.check((f"src/{f} is empty" for f in order
               if not any(folder_of(m) == f for m in modules)),
              "every folder has modules")
    tap.check((f"there is no object of {m}" for m in sorted(modules)
               if m not in by_symbol), "every module has an object")
    tap.check((f"{m} lacks its .c or .h" for m in sorted(modules - {"main"})
               if not (os.path.exists(f"src/{m}.c") and
                       os.path.exists(f"src/{m}.h"))), "a module is one .c and one .h")
    tap.check(wrong_arrows(by_include, order), "#include lines lead down")
    tap.check(cycles(by_include), "no cycle of #include lines")
    tap.check(wrong_arrows(by_symbol, order), "symbols lead down")
    tap.check(undeclared(by_symbol, by_include),
              "no symbol is taken without its header")
    lacks, _ = symbols()
    tap.check((f"{m} uses {name}" for m in sorted(lacks)
               for name in sorted(lacks[m] & HEAP)) if lacks else
              ["no objects"], "no object uses the heap")
    tap.check((f"{m} uses {name}" for m in sorted(lacks)
               for name in sorted(lacks[m] & set(UNSEARCHED))
               if m not in UNSEARCHED[name]),
              "no text leaves unsearched for secrets")
    for line in draw(by_include, order):
        print("# " + line)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
