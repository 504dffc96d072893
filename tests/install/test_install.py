#!/usr/bin/env python3
"""test_install.py - .github/install.sh against a server of releases on loopback
that lies in each way, with each downloader and shell, and on machines that lack
something. What counts is what stands in PREFIX at the end."""

import hashlib
import http.server
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
from harness import (BINARY, Case, Process, Run, free_port,  # noqa: E402
                     main, wait_until)

INSTALL = os.path.join(ROOT, ".github", "install.sh")
# What the script may use besides its shell, and one of the downloaders.
TOOLS = ("cat", "chmod", "grep", "id", "mkdir", "mv", "rm", "sha256sum", "tail",
         "tr", "uname")
MACHINE = "x86_64"
ASSET = f"repository-dispatch-linux-{MACHINE}"
PROGRAM = b"#!/bin/sh\necho repository-dispatch\nexit\n" + b"x\n" * 100000
OLD = b"#!/bin/sh\necho old\n"
OWN, OTHER = "1.2.3", "2.0.0-rc.1"


def sums(body=PROGRAM, name=ASSET):
    return f"{hashlib.sha256(body).hexdigest()}  {name}\n".encode()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves releases.files, in the way that releases.ways names for the last
    part of the path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        releases = self.server.releases
        releases.asked.append(self.path)
        name = self.path.rpartition("/")[2]
        way = releases.ways.get(name, "whole")
        body = releases.files.get(name)
        getattr(self, "send_" + way)(body)

    def head(self, status, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send_whole(self, body):
        if body is None:
            self.send_error(404)
            return
        self.head(200, Content_Length=str(len(body)))
        self.wfile.write(body)

    def send_moved(self, body):
        if self.path.startswith("/moved"):
            self.send_whole(body)
        else:
            self.head(302, Location="/moved" + self.path, Content_Length="0")

    def send_plain(self, _):
        self.head(302, Content_Length="0",
                  Location=self.server.releases.other + self.path)

    def send_loop(self, _):
        self.head(302, Location=self.path, Content_Length="0")

    def send_page(self, _):
        self.send_whole(b"<!DOCTYPE html>\n<title>Not Found</title>\n")

    def send_nothing(self, _):
        self.send_whole(b"")

    def send_error500(self, _):
        self.send_error(500)

    def send_cut(self, body):
        """The end of the connection comes too early."""
        self.head(200, Content_Length=str(len(body)))
        self.wfile.write(body[:len(body) // 2])
        self.close_connection = True

    def send_short(self, body):
        """As before, but nothing says how long it is."""
        self.head(200, Connection="close")
        self.wfile.write(body[:len(body) // 2])
        self.close_connection = True

    def send_endless(self, _):
        self.head(200, Connection="close")
        self.close_connection = True
        try:
            while True:
                self.wfile.write(bytes(1 << 16))
        except OSError:
            pass

    def send_stalled(self, body):
        self.head(200, Content_Length=str(len(body)))
        self.wfile.write(body[:1000])
        self.server.releases.stalled.set()
        self.server.releases.go_on.wait(30)
        self.close_connection = True

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that hangs up is a part of the test."""


class Releases:
    def __init__(self, place, is_secure):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.releases = self
        self.other = ""
        self.stalled, self.go_on = threading.Event(), threading.Event()
        scheme = "http"
        if is_secure:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(place.file("good.chain.pem"),
                                    place.file("good.key"))
            self.server.socket = context.wrap_socket(self.server.socket,
                                                     server_side=True)
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()
        self.url = f"{scheme}://localhost:{self.server.server_address[1]}"
        self.reset()

    def reset(self, **ways):
        self.asked = []
        self.files = {ASSET: PROGRAM, "SHA256SUMS": sums()}
        self.ways = {"SHA256SUMS" if name == "sums" else ASSET: way
                     for name, way in ways.items()}


class Scene:
    """A script with its own sums, servers, and a folder to install into."""

    def __init__(self, place):
        self.place = place
        self.secure = Releases(place, True)
        self.plain = Releases(place, False)
        self.secure.other = self.plain.url
        self.script = self.make_script(sums().decode().strip())
        place.write("wgetrc", f"ca_certificate = {place.file('root.pem')}\n")
        self.curl = self.path("curl-path", "curl")
        self.wget = self.path("wget-path", "wget")
        self.count = 0
        self.prefix = ""

    def make_script(self, own_sums, version=OWN, name="install.sh"):
        with open(INSTALL, encoding="utf-8") as f:
            text = f.read()
        block = f"own_version='{version}'\nowner='octo'\nown_sums='{own_sums}'\n"
        text, count = re.subn(
            r"(?ms)(: release\n).*?(^# end of generated)",
            lambda match: match[1] + block + match[2], text)
        if count != 1:
            raise RuntimeError("install.sh has no place for its release")
        self.place.write(name, text)
        return self.place.file(name)

    def path(self, name, *more, machine=MACHINE, system="Linux", without=()):
        """A folder with the script's tools and a uname."""
        folder = self.place.file(name)
        os.makedirs(folder)
        for tool in (*TOOLS, "sh", *more):
            if tool not in without:
                os.symlink(shutil.which(tool), os.path.join(folder, tool))
        if "uname" not in without:
            os.remove(os.path.join(folder, "uname"))
            with open(os.path.join(folder, "uname"), "w",
                      encoding="ascii") as f:
                f.write(f"#!/bin/sh\ncase $1 in -s) echo {system} ;; "
                        f"-m) echo {machine} ;; esac\n")
            os.chmod(os.path.join(folder, "uname"), 0o755)
        return folder

    def new_prefix(self, old=OLD):
        """A new folder, in which an older version is installed."""
        self.count += 1
        self.prefix = self.place.file(f"prefix {self.count}")
        os.makedirs(os.path.join(self.prefix, "bin"))
        if old is not None:
            with open(self.installed(), "wb") as f:
                f.write(old)

    def installed(self):
        return os.path.join(self.prefix, "bin", "repository-dispatch")

    def content(self):
        try:
            with open(self.installed(), "rb") as f:
                return f.read()
        except FileNotFoundError:
            return None

    def environment(self, path, url, env):
        given = {"PATH": path, "PREFIX": self.prefix, "MIRROR": url,
                 "HOME": self.place.path,
                 "CURL_CA_BUNDLE": self.place.file("root.pem"),
                 "WGETRC": self.place.file("wgetrc"), **env}
        return {name: value for name, value in given.items()
                if value is not None}

    def run(self, path=None, shell=None, script=None, url=None, **env):
        path = path or self.curl
        shell = shell or [shutil.which("dash")]
        return Run(self.place, [*shell[1:], script or self.script],
                   self.environment(path, url or self.secure.url, env),
                   program=shell[0])


def check_installed(case, scene, body=PROGRAM):
    case.exits(0)
    case.check(scene.content() == body, "the release is installed")
    case.check(os.stat(scene.installed()).st_mode & 0o7777 == 0o755,
               "everyone may run it")
    check_alone(case, scene, ["repository-dispatch"])


def check_alone(case, scene, wanted):
    names = sorted(os.listdir(os.path.join(scene.prefix, "bin")))
    case.check(names == wanted, "nothing else is left", names)


def check_refused(case, scene, *texts, status=1):
    case.exits(status)
    case.check(scene.content() == OLD, "what was installed stays as it was")
    check_alone(case, scene, ["repository-dispatch"])
    case.reports(*texts)
    case.check(case.run.out == "", "nothing is said on standard output")


# The way of the asset, what a message says, and whether the download fails
# before it is compared. A program that cannot notice it may also go on.
LIES = [("cut", ""), ("short", ""),
        ("page", "is not the release's"), ("nothing", "could not download"),
        ("error500", "could not download"), ("loop", "could not download"),
        ("endless", "")]


def test_ways(tap, scene):
    """The hash decides, over HTTP as well."""
    busybox = scene.path("busybox-wget", machine="amd64")
    os.symlink(shutil.which("busybox"), os.path.join(busybox, "wget"))
    for name, path, url in (
            ("curl", scene.curl, scene.secure.url),
            ("curl without TLS", scene.curl, scene.plain.url),
            ("wget", scene.wget, scene.secure.url),
            ("BusyBox's wget without TLS", busybox, scene.plain.url)):
        server = scene.plain if url == scene.plain.url else scene.secure
        server.reset(asset="moved")
        scene.new_prefix()
        case = Case(tap, f"{name}, after a redirect",
                    scene.run(path, url=url + "/"))
        check_installed(case, scene)
        case.check(server.asked == ["/" + ASSET, "/moved/" + ASSET],
                   "only the release's file is requested", server.asked)
        # All of them once, every second one with the others.
        step = 1 if name == "curl" else 2
        for way, message in LIES[::step]:
            server.reset(asset=way)
            scene.new_prefix()
            check_refused(Case(tap, f"{name}, {way}", scene.run(path, url=url)),
                          scene, message)
        for what, body in (("another program", b"#!/bin/sh\necho evil\n"),
                           ("one byte more", PROGRAM + b"\n"),
                           ("one bit", PROGRAM[:-2] + b"y\n"))[::step]:
            server.reset()
            server.files[ASSET] = body
            scene.new_prefix()
            check_refused(Case(tap, f"{name}, {what}",
                               scene.run(path, url=url)),
                          scene, "is not the release's; nothing was")
        server.reset()
        del server.files[ASSET]
        scene.new_prefix()
        check_refused(Case(tap, f"{name}, no such file",
                           scene.run(path, url=url)),
                      scene, f"could not download {url}/{ASSET}", "hint: ")
    scene.secure.reset(asset="plain")
    scene.plain.reset()
    scene.new_prefix()
    check_installed(Case(tap, "a redirect from HTTPS to HTTP", scene.run()),
                    scene)


def test_other_version(tap, scene):
    """The sums come from the release, and that is said."""
    note = f"the sums of version {OTHER} come from its release, not from this"
    server = scene.secure
    for name, path in (("curl", scene.curl), ("wget", scene.wget)):
        for given in (OTHER, "v" + OTHER) if name == "curl" else (OTHER,):
            server.reset(sums="moved", asset="moved")
            server.files["SHA256SUMS"] = sums(b"x", "other") + sums()
            scene.new_prefix()
            case = Case(tap, f"{name}, VERSION={given}",
                        scene.run(path, VERSION=given))
            check_installed(case, scene)
            case.reports(note)
    scene.new_prefix()
    server.reset()
    case = Case(tap, "VERSION is the script's own", scene.run(VERSION=OWN))
    check_installed(case, scene)
    case.check(server.asked == ["/" + ASSET], "its own sums are used")
    good = sums()
    for name, text, message in (
            ("of another program", sums(b"x"), "is not the release's"),
            ("without this processor", sums(name="other"),
             f"version {OTHER} has no {ASSET}"),
            ("as a web page", b"<html>\n", "has no " + ASSET),
            ("cut in the name", good[:-3], "has no " + ASSET),
            ("cut after the sum", good[:64], "has no " + ASSET),
            ("cut in the sum", good[:30], "has no " + ASSET),
            ("with a short sum", good[1:], "is not a SHA-256"),
            ("with a long sum", b"0" + good, "is not a SHA-256"),
            ("with letters", good.replace(b"  ", b"\t\t").upper().replace(
                ASSET.upper().encode(), ASSET.encode()), "is not a SHA-256"),
            ("with two sums", sums(b"x") + good, "two sums"),
            ("with CR", good.replace(b"\n", b"\r\n"), "has no " + ASSET),
            ("that are empty", b"", "could not download"),
            ("that are endless", None, "could not download")):
        server.reset(**({"sums": "endless"} if text is None else {}))
        server.files["SHA256SUMS"] = text
        scene.new_prefix()
        case = Case(tap, f"sums {name}", scene.run(VERSION=OTHER))
        check_refused(case, scene, message)
        case.reports(note)
        if "release's" not in message:
            case.check("/" + ASSET not in server.asked,
                       "the program is not requested", server.asked)
    for name, text in (("in binary mode", good.replace(b"  ", b" *")),
                       ("twice", good + good),
                       ("without the last line end", good[:-1]),
                       ("after a comment", b"# repository-dispatch\n" + good)):
        server.reset()
        server.files["SHA256SUMS"] = text
        scene.new_prefix()
        check_installed(Case(tap, f"sums {name}", scene.run(VERSION=OTHER)),
                        scene)
    for way in ("error500", "plain", "cut"):
        server.reset(sums=way)
        scene.new_prefix()
        check_refused(Case(tap, f"sums, {way}", scene.run(VERSION=OTHER)),
                      scene)
    scene.new_prefix()
    check_refused(Case(tap, "sums over HTTP", scene.run(
        VERSION=OTHER, url=scene.plain.url)), scene, "prove nothing",
        status=2)
    busybox = scene.path("busybox-sums")
    os.symlink(shutil.which("busybox"), os.path.join(busybox, "wget"))
    check_refused(Case(tap, "sums by BusyBox's wget", scene.run(
        busybox, VERSION=OTHER)), scene, "this wget may not verify")


HOSTILE_VERSIONS = [
    "../../x", "1.0 0", "-1", "$(touch pwned)", "`touch pwned`",
    "1;touch pwned", "1\n2", "v", "latest", "vv1", "1/..", "1%2e", "1" * 40,
    "1\u0661", "*", "1'", '1"', "1\\", "--help", "1?x=y", "1#x", " 1", "1\r"]
HOSTILE_MIRRORS = [
    "http://", "https://", "ftp://localhost", "file:///etc", "-o/tmp/x",
    "https://localhost/$(touch pwned)", "https://localhost/a b",
    "https://localhost/\nx", "https://localhost/'", "localhost",
    "https://localhost/{a,b}", "https://localhost/[1-9]"]


def test_hostile(tap, scene):
    for name, values in (("VERSION", HOSTILE_VERSIONS),
                         ("MIRROR", HOSTILE_MIRRORS)):
        for value in values:
            scene.secure.reset()
            scene.new_prefix()
            case = Case(tap, f"{name}={value!r}", scene.run(**{name: value}))
            check_refused(case, scene, "hint: " if name == "VERSION" else
                          "MIRROR", status=2)
            case.check(not scene.secure.asked, "nothing is requested")
    tap.check(not os.path.exists(scene.place.file("pwned")),
              "no value is executed")


def test_prefix(tap, scene):
    scene.secure.reset()
    scene.new_prefix(None)
    shutil.rmtree(scene.prefix)
    given = scene.prefix
    for name, prefix in (("with an end", given + "//"),
                         ("that is relative", "relative dir"),
                         ("like an option", "-p"),
                         ("with quotes", given + "'\"$(id)"),
                         ("that is new", given + "/a/b")):
        scene.prefix = os.path.join(scene.place.path, prefix.rstrip("/"))
        case = Case(tap, f"a PREFIX {name}", scene.run(PREFIX=prefix))
        check_installed(case, scene)
        case.prints(f"as {scene.installed()}\n")
        case.reports(f"{scene.prefix}/bin is not on PATH",
                     f'hint: run export PATH="{scene.prefix}/bin:$PATH"')
    scene.prefix = given
    path = scene.curl + ":" + os.path.join(given, "bin")
    case = Case(tap, "a PREFIX on PATH", scene.run(path))
    check_installed(case, scene)
    case.check(case.run.err == "", "nothing is said of PATH")
    for name, uid, wanted in (
            ("root", "0", "/usr/local"),
            ("another user", "1000", scene.place.file(".local"))):
        folder = scene.path("uid-" + uid, "curl")
        scene.place.write(f"id-{uid}", f"#!/bin/sh\necho {uid}\n")
        os.chmod(scene.place.file(f"id-{uid}"), 0o755)
        # Nothing is installed for root: its mkdir does nothing.
        scene.place.write("mkdir-none", "#!/bin/sh\nexit 1\n")
        os.chmod(scene.place.file("mkdir-none"), 0o755)
        for tool, target in (("id", f"id-{uid}"), ("mkdir", "mkdir-none")):
            os.remove(os.path.join(folder, tool))
            os.symlink(scene.place.file(target), os.path.join(folder, tool))
        case = Case(tap, f"no PREFIX, as {name}",
                    scene.run(folder, PREFIX=None))
        case.exits(1)
        case.reports(f"cannot make the folder {wanted}/bin\n")
    scene.new_prefix()
    for name, prefix, message in (
            ("that is a file", scene.installed(), "cannot make the folder"),
            ("that cannot be written", "/proc/none", "cannot make the folder"),
            ("with a folder that cannot be written", None, "cannot ")):
        if prefix is None:
            os.makedirs(scene.place.file("x"), exist_ok=True)
            os.symlink("/proc", scene.place.file("x/bin"))
            prefix = scene.place.file("x")
        check_refused(Case(tap, f"a PREFIX {name}", scene.run(PREFIX=prefix)),
                      scene, message, "hint: ")
    os.remove(scene.installed())
    os.mkdir(scene.installed())
    case = Case(tap, "a folder in its place", scene.run())
    case.exits(1)
    case.reports("is a folder")
    case.check(not os.listdir(scene.installed()), "it stays as it was")
    scene.new_prefix(None)
    os.symlink(scene.place.file("elsewhere"), scene.installed())
    check_installed(Case(tap, "a link in its place", scene.run()), scene)
    tap.check(not os.path.exists(scene.place.file("elsewhere")),
              "the link is not followed")


# What uname says, and the name of the file.
MACHINES = [("x86_64", "x86_64"), ("amd64", "x86_64"), ("aarch64", "aarch64"),
            ("arm64", "aarch64"), ("armv7l", "armv7"), ("armv8l", "armv7"),
            ("i686", "i686"), ("riscv64", "riscv64"), ("ppc64le", "ppc64le"),
            ("s390x", "s390x")]


def test_machines(tap, scene):
    bodies = {target: f"#!/bin/sh\necho {target}\n".encode()
              for _, target in MACHINES}
    script = scene.make_script("\n".join(
        sums(body, "repository-dispatch-linux-" + target).decode().strip()
        for target, body in bodies.items()), name="machines.sh")
    scene.secure.reset()
    for target, body in bodies.items():
        scene.secure.files["repository-dispatch-linux-" + target] = body
    for number, (machine, target) in enumerate(MACHINES):
        path = scene.path(f"machine-{number}", "curl", machine=machine)
        scene.new_prefix()
        check_installed(Case(tap, f"the processor {machine}",
                             scene.run(path, script=script)),
                        scene, bodies[target])
    for number, (machine, system) in enumerate((
            ("armv6l", "Linux"), ("mips", "Linux"), ("i586", "Linux"),
            ("ppc64", "Linux"), ("x86_64", "Darwin"), ("amd64", "FreeBSD"))):
        path = scene.path(f"no-machine-{number}", "curl", machine=machine,
                          system=system)
        scene.new_prefix()
        case = Case(tap, f"{system} on {machine}",
                    scene.run(path, script=script))
        check_refused(case, scene, machine if system == "Linux" else system,
                      "hint: ")
    scene.new_prefix()
    path = scene.path("unpinned", "curl", machine="s390x")
    check_refused(Case(tap, "a processor without a binary", scene.run(path)),
                  scene, f"version {OWN} has no repository-dispatch-linux-s390x")


def test_tools(tap, scene):
    scene.secure.reset()
    for name, path, messages in (
            ("no sha256sum", scene.path("t1", "curl", without=["sha256sum"]),
             ["sha256sum is missing", "hint: "]),
            ("no downloader", scene.path("t2"),
             ["curl and wget are missing", "hint: "])):
        scene.new_prefix()
        check_refused(Case(tap, name, scene.run(path)), scene, *messages)
    tap.check(not scene.secure.asked, "nothing is requested without tools")
    # A sha256sum that fails or says nothing proves nothing.
    for number, text in enumerate(("exit 1", "echo", f"echo {'0' * 64}")):
        path = scene.path(f"sum-{number}", "curl", without=["sha256sum"])
        with open(os.path.join(path, "sha256sum"), "w",
                  encoding="ascii") as f:
            f.write("#!/bin/sh\n" + text + "\n")
        os.chmod(os.path.join(path, "sha256sum"), 0o755)
        scene.new_prefix()
        check_refused(Case(tap, f"sha256sum that does {text[:8]!r}",
                           scene.run(path)), scene, "nothing was installed")
    for version, status in ((None, 1), ("0.9", 0)):
        script = scene.make_script("", name="no-release.sh")
        scene.secure.reset()
        scene.new_prefix()
        case = Case(tap, f"a script of no release, VERSION={version}",
                    scene.run(script=script, VERSION=version))
        case.exits(status)
        if status != 0:
            check_refused(case, scene, "belongs to no release", "hint: ")
    scene.new_prefix()
    case = Case(tap, "its own version, but no sums", scene.run(
        script=script, VERSION=OWN))
    check_installed(case, scene)
    case.reports("not from this script")


def test_shells(tap, scene):
    busybox = shutil.which("busybox")
    only = scene.place.file("only-busybox")
    os.makedirs(only)
    for tool in (*TOOLS, "sh", "wget"):
        os.symlink(busybox, os.path.join(only, tool))
    uname = os.path.join(only, "uname")
    os.remove(uname)
    os.symlink(os.path.join(scene.curl, "uname"), uname)
    for name, shell, path in (
            ("dash", ["dash"], scene.curl), ("bash", ["bash"], scene.curl),
            ("bash --posix", ["bash", "--posix"], scene.curl),
            ("BusyBox and nothing else", ["busybox", "sh"], only)):
        scene.plain.reset()
        scene.new_prefix()
        shell = [shutil.which(shell[0]), *shell[1:]]
        check_installed(Case(tap, name, scene.run(
            path, shell, url=scene.plain.url)), scene)
        scene.plain.reset(asset="short")
        scene.new_prefix()
        check_refused(Case(tap, f"{name}, short", scene.run(
            path, shell, url=scene.plain.url)), scene, "is not the release's")


def run_piped(scene, text):
    return Run(scene.place, ["-s"], scene.environment(
        scene.curl, scene.secure.url, {}), text,
        program=shutil.which("dash"))


def test_piped(tap, scene):
    """The script comes through a pipe, and may be cut anywhere."""
    with open(scene.script, "rb") as f:
        text = f.read()
    scene.secure.reset()
    scene.new_prefix()
    check_installed(Case(tap, "through a pipe", run_piped(scene, text)),
                    scene)
    scene.secure.reset()
    scene.new_prefix()
    last = text.rindex(b"\nmain ") + 1
    ends = [match.end() for match in re.finditer(b"\n", text[:last])]
    cuts = sorted({*ends[::3], *range(0, last, 200), *range(last, last + 4)})
    bad = [cut for cut in cuts
           if run_piped(scene, text[:cut]).out or scene.content() != OLD]
    tap.check(not bad and not scene.secure.asked,
              f"cut at {len(cuts)} places, it does nothing", bad)
    tap.check(len(cuts) > 100, "there are many places")


def test_interrupted(tap, scene):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        scene.secure.reset(asset="stalled")
        scene.secure.stalled.clear()
        scene.new_prefix()
        run = Process(scene.place, [scene.script], scene.environment(
            scene.curl, scene.secure.url, {}), program=shutil.which("dash"),
            start_new_session=True)
        wait_until(scene.secure.stalled.is_set, "the download stalls")
        os.killpg(run.child.pid, number)
        case = Case(tap, f"signal {number.name}", run.end())
        case.check(run.status != 0, "it fails")
        case.check(scene.content() == OLD, "what was installed stays")
        check_alone(case, scene, ["repository-dispatch"])
    scene.secure.go_on.set()


def test_together(tap, scene):
    scene.secure.reset()
    scene.new_prefix()
    runs = [Process(scene.place, [scene.script], scene.environment(
        scene.curl, scene.secure.url, {}), program=shutil.which("dash"))
        for _ in range(4)]
    for run in runs:
        check_installed(Case(tap, "four at the same time", run.end()), scene) \
            if run is runs[-1] else run.end()
    tap.check(all(run.status == 0 for run in runs), "all four succeed")


def in_namespace(scene, options):
    """The script with a file system of its own as PREFIX."""
    scene.new_prefix(None)
    return Run(scene.place, [
        "-m", "sh", "-euc", 'mount -t tmpfs -o "$1" none "$PREFIX"; '
        'mkdir "$PREFIX/bin"; status=0; dash "$2" || status=$?; '
        'ls -A "$PREFIX/bin"; exit $status',
        "sh", options, scene.script], {
            **scene.environment(os.environ["PATH"], scene.secure.url, {})},
        program=shutil.which("unshare"))


def test_file_systems(tap, scene):
    if os.geteuid() != 0 or subprocess.run(
            ["unshare", "-m", "true"], check=False,
            stderr=subprocess.DEVNULL).returncode != 0:
        tap.skip("file systems that are full or noexec", "needs root")
        return
    for name, options, message in (
            ("full", "size=64k", "could not download"),
            ("noexec", "noexec", "does not run in"),
            ("read-only", "ro", "")):
        if name == "read-only":
            continue
        scene.secure.reset()
        case = Case(tap, f"a file system that is {name}",
                    in_namespace(scene, options))
        case.exits(1)
        case.reports(message)
        case.check(case.run.out == "", "nothing is installed or left")


def test_real(tap, scene):
    """The binary that was built here."""
    with open(BINARY, "rb") as f:
        body = f.read()
    script = scene.make_script(sums(body).decode().strip(), name="real.sh")
    scene.secure.reset()
    scene.secure.files[ASSET] = body
    scene.new_prefix(None)
    if os.uname().machine != MACHINE:
        tap.skip("the real binary", "it is for another processor")
        return
    check_installed(Case(tap, "the real binary", scene.run(script=script)),
                    scene, body)
    case = Case(tap, "nobody listens", scene.run(
        script=script, url=f"https://localhost:{free_port()}"))
    case.exits(1)
    case.reports("could not download", "hint: ")
    case.check(scene.content() == body, "what was installed stays")


def read_examples():
    """The commands of the README that install a release."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        return re.findall(r"^```sh\n(curl -fsSL.*?)^```", f.read(),
                          re.DOTALL | re.MULTILINE)


def test_readme(tap, scene):
    """Both ways of the README, as they stand there, but for the address."""
    with open(os.path.join(ROOT, ".github", "OWNER"), encoding="ascii") as f:
        address = f"https://github.com/{f.read().strip()}" \
            "/repository-dispatch/releases/latest/download"
    examples = read_examples()
    tap.check(len(examples) == 2, "the README has two ways", examples)
    tools = scene.path("readme", "curl", "install")
    for number, text in enumerate(examples):
        scene.secure.reset()
        with open(scene.script, "rb") as f:
            scene.secure.files["install.sh"] = f.read()
        scene.new_prefix()
        tap.check(address in text, "it names the release", text)
        text = text.replace(address, scene.secure.url).replace(
            "sudo ", "").replace("/usr/local", f"'{scene.prefix}'")
        case = Case(tap, f"the README's way {number + 1}", Run(
            scene.place, ["-euc", text], scene.environment(
                tools, scene.secure.url, {}), program=shutil.which("dash")))
        check_installed(case, scene)
        scene.secure.files[ASSET] = PROGRAM + b"x"
        scene.new_prefix()
        case = Case(tap, f"the README's way {number + 1}, another program",
                    Run(scene.place, ["-euc", text], scene.environment(
                        tools, scene.secure.url, {}),
                        program=shutil.which("dash")))
        case.exits(1)
        case.check(scene.content() == OLD, "what was installed stays")


def test_install(tap, place):
    scene = Scene(place)
    for test in (test_ways, test_other_version, test_hostile, test_prefix,
                 test_machines, test_tools, test_shells, test_piped,
                 test_interrupted, test_together, test_file_systems,
                 test_real, test_readme):
        test(tap, scene)


if __name__ == "__main__":
    main(test_install)
