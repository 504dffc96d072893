#!/usr/bin/env python3
"""test_images.py - builds the Dockerfile with buildah and runs the images.

No registry is asked: mmdebstrap makes the base image from Debian's packages, once,
and the packages of the build stage come from this machine's mirrors. The root file
system of the image is then all that a dispatch to the stand-in has. Needs root.
"""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
from harness import BINARY, ENV, Case, Place, Run, main  # noqa: E402
from scratch import enter_scratch  # noqa: E402

WORK = os.path.join(ROOT, "build", "images")
BASE = os.path.join(WORK, "base.tar")
BASE_NAME = "docker.io/library/debian:bookworm-slim"
# What a pull may cost, in bytes, and the version and the commit of the labels.
LIMIT = 300 * 1024
VERSION, REVISION = "1.2.3", "0" * 40
# Of each platform: what the ELF header says (class, machine), and what runs it.
PLATFORMS = {"linux/amd64": (2, 62, []),
             "linux/arm64": (2, 183, ["qemu-aarch64-static"]),
             "linux/arm/v7": (1, 40, ["qemu-arm-static"])}
RECIPES = os.path.join(ROOT, ".github", "RECIPES.md")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


class Builder:
    """buildah with a storage of its own, in build/, which keeps the layers of
    the last run."""

    def __init__(self, place):
        self.storage = os.path.join(WORK, "storage")
        self.common = ["buildah", "--root", self.storage, "--runroot",
                       os.path.join(WORK, "run"), "--storage-driver",
                       "overlay", "--registries-conf",
                       place.file("registries.conf")]
        place.write("registries.conf", "unqualified-search-registries = []\n")

    def __call__(self, *arguments, check=True):
        done = subprocess.run([*self.common, *arguments], check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8")
        if check and done.returncode != 0:
            raise RuntimeError(f"buildah {arguments}: {done.stdout[-4000:]}")
        return done.stdout.strip()

    def container(self, image):
        """A container of the image and the folder of its root."""
        name = self("from", "--pull-never", image)
        return name, self("mount", name)

    def make_base(self):
        if not os.path.exists(BASE):
            os.makedirs(WORK, exist_ok=True)
            subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase",
                            "--dpkgopt=force-unsafe-io", "bookworm",
                            BASE + ".new.tar"], check=True,
                           stdout=sys.stderr)
            os.rename(BASE + ".new.tar", BASE)
        names = self("images", "--noheading", "--format", "{{.Name}}:{{.Tag}}")
        if BASE_NAME not in names.split():
            name = self("from", "scratch")
            self("add", name, BASE)
            self("commit", "--quiet", "--rm", name, BASE_NAME)

    def build(self, tag, folder, *arguments, check=True):
        """The packages come from this machine's mirrors, as it sees them."""
        return self(
            "build", "--pull-never", "--isolation", "chroot", "--network",
            "host", "--volume", "/etc/apt:/etc/apt:ro", "--layers", "--tag",
            tag, *arguments, folder, check=check)

    def build_ours(self, tag, folder, platform, check=True):
        """BuildKit sets TARGETARCH and TARGETVARIANT. buildah of Debian 12
        does, too, but then wants a base for that platform in spite of FROM
        --platform."""
        _, arch, variant = (platform + "/").split("/")[:3]
        arguments = []
        for name, value in (("TARGETARCH", arch), ("TARGETVARIANT", variant),
                            ("VERSION", VERSION), ("REVISION", REVISION)):
            arguments += ["--build-arg", f"{name}={value}"]
        return self.build(tag, folder, *arguments, check=check)


def cached_steps(log):
    """Of the build stage's steps, in their order, whether each was cached."""
    steps = re.findall(
        r"^(?:\[\d/\d\] )?STEP \d+/\d+: (RUN|COPY) (.*)\n(.*)$", log,
        re.MULTILINE)
    return [(f"{verb} {what.split()[0]}", "Using cache" in following)
            for verb, what, following in steps]


def files_in(root):
    return sorted(os.path.relpath(os.path.join(folder, name), root)
                  for folder, folders, names in os.walk(root)
                  for name in [*names, *(name for name in folders
                                         if not os.listdir(os.path.join(
                                             folder, name)))])


def pulled_size(builder, tag, place):
    """The bytes of the blobs that a pull of the image would fetch."""
    folder = place.file("pulled")
    builder("push", "--quiet", tag, f"oci:{folder}:image")
    blobs = os.path.join(folder, "blobs", "sha256")
    size = sum(os.path.getsize(os.path.join(blobs, name))
               for name in os.listdir(blobs))
    shutil.rmtree(folder)
    return size


def settings():
    return {**ENV, "DISPATCH_EVENT_TYPE": "deploy",
            "DISPATCH_REPO": "octo/app", "DISPATCH_CA_FILE": "-"}


def check_dispatch(tap, name, run):
    case = Case(tap, name, run)
    case.exits(0)
    case.sends(1)
    case.check(run.out.startswith("octo/app: event deploy sent"),
               "it reports that the event was sent")


def check_config(tap, name, builder, tag):
    image = json.loads(builder("inspect", "--type", "image", tag))
    config = image["OCIv1"]["config"]
    tap.check(config.get("User") == "65534:65534",
              f"{name}: its user is a number", config)
    tap.check(config.get("Entrypoint") == ["/repository-dispatch"] and
              not config.get("Cmd"), f"{name}: it runs the binary", config)
    labels = {key.removeprefix("org.opencontainers.image."): value
              for key, value in config["Labels"].items()}
    owner = read(os.path.join(ROOT, ".github", "OWNER")).strip()
    for label, value in {
            "source": f"https://github.com/{owner}/repository-dispatch",
            "version": VERSION, "revision": REVISION,
            "licenses": "MIT AND MPL-2.0"}.items():
        tap.check(labels.get(label) == value, f"{name}: its label {label}",
                  labels)


def check_image(tap, place, builder, platform):
    bits, machine, emulator = PLATFORMS[platform]
    tag = "localhost/" + re.sub(r"\W", "-", platform)
    start = time.monotonic()
    log = builder.build_ours(tag, ROOT, platform)
    print(f"# {platform}: {time.monotonic() - start:.0f} s", flush=True)
    name, root = builder.container(tag)
    binary = os.path.join(root, "repository-dispatch")
    tap.check(files_in(root) == ["repository-dispatch"],
              f"{platform}: it has one file", files_in(root), log[-2000:])
    with open(binary, "rb") as f:
        header = f.read(20)
    tap.check((header[4], struct.unpack_from("<H", header, 18)[0]) ==
              (bits, machine), f"{platform}: the file is for its processor")
    check_config(tap, platform, builder, tag)
    size = pulled_size(builder, tag, place)
    tap.check(size < LIMIT, f"{platform}: a pull has less than {LIMIT} bytes",
              size)
    print(f"# {platform}: {os.path.getsize(binary)} bytes, {size} to pull")
    url = f"https://localhost:{place.port}"
    if emulator:
        check_dispatch(tap, f"{platform}: it dispatches, emulated", Run(
            place, [binary], {**settings(), "DISPATCH_API_URL": url},
            place.read("root.pem").encode(),
            program=shutil.which(emulator[0])))
    else:
        empty = place.file("empty")
        os.makedirs(empty)
        check_dispatch(tap, f"{platform}: its root dispatches", Run(
            place, [], {**settings(), "DISPATCH_API_URL": url},
            place.read("root.pem").encode(), program="/repository-dispatch",
            cwd=None, preexec_fn=lambda: enter_scratch(empty, binary)))
    builder("rm", name)
    return log


def compiler_of(program):
    """What -V prints of the sources and the compiler, which decide the
    bytes."""
    return subprocess.run([program, "--version"], stdout=subprocess.PIPE,
                          encoding="utf-8", check=True).stdout


def check_bytes(tap, builder):
    name, root = builder.container("localhost/linux-amd64")
    binary = os.path.join(root, "repository-dispatch")
    with open(binary, "rb") as image, open(BINARY, "rb") as built:
        same = image.read() == built.read()
    if read("/etc/debian_version").startswith("12."):
        tap.check(same, "the image has the bytes of ./build.sh",
                  compiler_of(binary), compiler_of(BINARY))
    else:
        tap.skip("the image has the bytes of ./build.sh",
                 "the base has another compiler")
    builder("rm", name)


def check_cache(tap, builder, place):
    """A change of a source repeats no step before the one that copies it."""
    folder = place.file("tree")
    shutil.copytree(ROOT, folder, ignore=lambda directory, names: [
        name for name in names if name in ("build", ".git")])
    with open(os.path.join(folder, "src", "main.c"), "a",
              encoding="ascii") as f:
        f.write("/* changed */\n")
    steps = cached_steps(builder.build_ours("localhost/changed", folder,
                                            "linux/amd64"))
    tap.check([cached for _, cached in steps[:8]] == [True] * 7 + [False],
              "a changed source repeats only the last steps", steps)


def check_copy(tap, place, builder):
    """The recipe's Dockerfile takes the binary into another image. What stands
    for Alpine here is Debian."""
    text = re.search(r"```dockerfile\n(.*?)```", read(RECIPES), re.DOTALL)[1]
    [base] = re.findall(r"^FROM (\S+)$", text, re.MULTILINE)
    [ours] = re.findall(r"--from=(\S+)", text)

    builder("tag", BASE_NAME, f"docker.io/library/{base}")
    builder("tag", "localhost/linux-amd64", ours)
    os.makedirs(place.file("recipe"))
    place.write("recipe/Dockerfile", text)
    builder.build("localhost/recipe", place.file("recipe"))
    name, root = builder.container("localhost/recipe")
    check_dispatch(tap, "COPY --from: a script in that image dispatches", Run(
        place, ["--root", root, "/bin/sh", "-c", "repository-dispatch"],
        {**settings(), "PATH": "/usr/local/bin:/bin",
         "DISPATCH_API_URL": f"https://localhost:{place.port}"},
        place.read("root.pem").encode(), program=shutil.which("unshare")))
    builder("rm", name)


def test_images(tap, place):
    if os.geteuid() != 0:
        tap.skip("images", "needs root")
        return
    builder = Builder(place)
    builder.make_base()
    for platform in PLATFORMS:
        check_image(tap, place, builder, platform)
    check_bytes(tap, builder)
    check_cache(tap, builder, place)
    check_copy(tap, place, builder)
    unknown = builder.build_ours("localhost/unknown", ROOT, "linux/arm/v6",
                                 check=False)
    tap.check("no target for arm/v6" in unknown,
              "an unknown platform is refused by its name", unknown[-1000:])


if __name__ == "__main__":
    main(test_images, place=Place)
