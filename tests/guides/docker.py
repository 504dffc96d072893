#!/usr/bin/env python3
"""docker.py - a docker for the guides' examples, on machines that have none.

"build" reads the Dockerfile's last stage. "run" plays that image: the binary is
the only file of an empty, read-only root, and gets the variables that --env
passes and no others, except those that lead it to the stand-in.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "e2e"))
from scratch import BINARY, enter_scratch  # noqa: E402

LAST_STAGE = re.compile(
    r"FROM scratch\n"
    r"COPY --from=build /source/build/repository-dispatch (/\S+)\n"
    r"USER 65534:65534\n"
    r'ENTRYPOINT \["(/\S+)"\]\n\Z')


def image_path(tag):
    return os.path.join(os.environ["HOME"], "image-" + tag.replace("/", "+"))


def build(options):
    with open(os.path.join(options.context, "Dockerfile"),
              encoding="utf-8") as f:
        stage = LAST_STAGE.search(f.read())
    if not stage or stage[1] != stage[2]:
        sys.exit("docker: the last stage has more than the binary")
    with open(image_path(options.tag), "w", encoding="utf-8") as f:
        f.write(stage[2])
    return 0


def variables(given):
    """NAME=VALUE, or only NAME for the caller's value."""
    pairs = [item.partition("=") for item in given]
    return {name: value if equals else os.environ[name]
            for name, equals, value in pairs}


def run(options):
    with open(image_path(options.image), encoding="utf-8") as f:
        entry = f.read()
    env = {**variables(options.env), "DISPATCH_CA_FILE": "-",
           "DISPATCH_API_URL": os.environ["DISPATCH_API_URL"]}
    with tempfile.TemporaryDirectory() as root, \
            open(os.environ["DISPATCH_CA_FILE"], "rb") as roots:
        isolate = os.geteuid() == 0
        return subprocess.run(
            [entry if isolate else BINARY, *options.arguments], env=env,
            stdin=roots, check=False,
            preexec_fn=(lambda: enter_scratch(root)) if isolate else None
            ).returncode


def main():
    parser = argparse.ArgumentParser(prog="docker")
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("build")
    verb.add_argument("--tag", required=True)
    verb.add_argument("context")
    verb.set_defaults(verb=build)
    verb = verbs.add_parser("run")
    for switch in ("--rm", "--read-only"):
        verb.add_argument(switch, action="store_true", required=True)
    verb.add_argument("--cap-drop", choices=["ALL"])
    verb.add_argument("--security-opt", choices=["no-new-privileges"])
    verb.add_argument("--env", action="append", default=[])
    verb.add_argument("image")
    verb.add_argument("arguments", nargs=argparse.REMAINDER)
    verb.set_defaults(verb=run)
    options = parser.parse_args()
    return options.verb(options)


if __name__ == "__main__":
    sys.exit(main())
