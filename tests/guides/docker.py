#!/usr/bin/env python3
"""docker.py - a docker for the guides' examples, on machines that have none.

"build" reads the Dockerfile's last stage, of a folder, of this repository, or
from standard input. "run" plays that image: the binary is the only file of an
empty, read-only root, and gets the variables of the image and those that --env
passes and no others, except those that lead it to the stand-in.
"""

import argparse
import json
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
    r"(?:ARG .*\n|LABEL (?:.*\\\n)*.*\n)*"
    r"COPY --from=build (?:/\S+) (/\S+)\n"
    r"USER 65534:65534\n"
    r'ENTRYPOINT \["(/\S+)"\]\n\Z')


# A Dockerfile that copies the binary from another image.
COPIES = re.compile(
    r"FROM scratch\n"
    r"COPY --from=(?P<image>\S+) (?P<file>/\S+) (?P<folder>/\S*)\n"
    r"(?:ENV (?P<env>.*)\n)?"
    r"USER 65534:65534\n"
    r'ENTRYPOINT \["(?P<entry>/\S+)"\]\n')


def image_path(name):
    if ":" not in name:
        name += ":latest"
    return os.path.join(os.environ["HOME"], "image-" + name.replace("/", "+"))


def read_image(name):
    with open(image_path(name), encoding="utf-8") as f:
        return json.load(f)


def read_stage(context):
    """The image that the Dockerfile of a folder makes."""
    if context.startswith("https://"):
        context = os.environ["HOME"]
    with open(os.path.join(context, "Dockerfile"), encoding="utf-8") as f:
        stage = LAST_STAGE.search(f.read())
    if not stage or stage[1] != stage[2]:
        sys.exit("docker: the last stage has more than the binary")
    return {"entry": stage[2], "env": []}


def read_copies(text):
    """The image that a Dockerfile without a context makes."""
    copies = COPIES.fullmatch(text)
    if not copies or copies["file"] != read_image(copies["image"])["entry"]:
        sys.exit("docker: the Dockerfile does not copy the binary")
    if os.path.join(copies["folder"], os.path.basename(copies["file"])) != \
            copies["entry"]:
        sys.exit("docker: the entry point is not in the image")
    return {"entry": copies["entry"], "env": (copies["env"] or "").split()}


def build(options):
    image = read_copies(sys.stdin.read()) if options.context == "-" else \
        read_stage(options.context)
    for tag in options.tag:
        with open(image_path(tag), "w", encoding="utf-8") as f:
            json.dump(image, f)
    return 0


def variables(given):
    """NAME=VALUE, or only NAME for the caller's value."""
    pairs = [item.partition("=") for item in given]
    return {name: value if equals else os.environ[name]
            for name, equals, value in pairs}


def run(options):
    image = read_image(options.image)
    entry = image["entry"]
    env = {**variables(image["env"] + options.env), "DISPATCH_CA_FILE": "-",
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
    verb.add_argument("--tag", action="append", required=True)
    verb.add_argument("context")
    verb.set_defaults(verb=build)
    verb = verbs.add_parser("run")
    verb.add_argument("--rm", action="store_true", required=True)
    verb.add_argument("--read-only", action="store_true")
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
