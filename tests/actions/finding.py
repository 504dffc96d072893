"""finding.py - the order in which a binary is looked for, with programs that
only say which one they are, a build.sh that writes one, and a server of
releases on loopback."""

import hashlib
import http.server
import os
import shutil
import ssl
import threading

from machine import BARE, FOLDER, SCRIPT, Job, search_path, told, write_program

REPOSITORY = "octo/repository-dispatch"
with open(os.path.join(FOLDER, "VERSION"), encoding="ascii") as version_file:
    VERSION = version_file.read().strip()
# A stand-in for build.sh: it counts, and notes secrets that it can see.
BUILD = """\
echo x >>count
printf '%s' "${DISPATCH_TOKEN:-}${ACTION_APP_KEY:-}" >secrets
mkdir -p build
printf '#!/bin/sh\\necho "ran built"\\n' >build/repository-dispatch
chmod 755 build/repository-dispatch
echo 'noise of a build'
"""
BROKEN_BUILD = """\
printf '%s\\n' 'a.c:1: error' '::error::x' ' ::set-output name=a::b' \\
    'y ##[error]z ###[debug]' >&2
printf 'a\\r::error::x\\n'
exit 3
"""


def program(name):
    return f'echo "ran {name}"\n'


def content(name):
    return ("#!/bin/sh\n" + program(name)).encode()


class Releases:
    """Files over TLS; each is a redirect first, as GitHub's are."""

    def __init__(self, place):
        self.files = {}
        self.asked = []
        releases = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                releases.asked.append(self.path)
                body = releases.files.get(self.path.removeprefix("/moved"))
                if body is None:
                    self.send_error(404)
                elif not self.path.startswith("/moved"):
                    self.send_response(302)
                    self.send_header("Location", "/moved" + self.path)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(place.file("good.chain.pem"),
                                place.file("good.key"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.server = server
        self.url = f"https://localhost:{server.server_address[1]}"

    def offer(self, machine, body):
        self.files = {f"/{REPOSITORY}/releases/download/v{VERSION}/"
                      f"repository-dispatch-linux-{machine}": body}


class Checkout:
    """A copy of the action, the script and what they lie in, and a job."""

    def __init__(self, place, name, path, releases=None):
        self.root = place.file(name + "-checkout")
        self.folder = os.path.join(self.root, ".github", "actions",
                                   "repository-dispatch")
        shutil.copytree(FOLDER, self.folder)
        scripts = os.path.join(self.root, ".github", "scripts")
        os.makedirs(scripts)
        self.script = shutil.copy(SCRIPT, scripts)
        self.write_build(BUILD)
        for source in ("src", "vendor"):
            os.makedirs(os.path.join(self.root, source))
        self.write_source("int a;\n")
        self.pin()
        self.place = place
        github = {"action_repository": REPOSITORY, "server_url": releases.url
                  } if releases else {}
        self.job = Job(place, name + "-job", path, self.folder, **github)
        self.job.inputs["binary"] = ""
        self.variables = self.job.runner.variables

    def write_build(self, text):
        write_program(os.path.join(self.root, "build.sh"), text)

    def write_source(self, text):
        with open(os.path.join(self.root, "src", "a.c"), "w",
                  encoding="ascii") as f:
            f.write(text)

    def pin(self, machine=None, body=b""):
        """SHA256SUMS with this line alone, or none."""
        with open(os.path.join(self.folder, "SHA256SUMS"), "w",
                  encoding="ascii") as f:
            f.write("# a comment\n")
            if machine is not None:
                f.write(f"{hashlib.sha256(body).hexdigest()}  "
                        f"repository-dispatch-linux-{machine}\n")

    def cached(self, machine="x86_64", version=VERSION):
        return os.path.join(self.job.runner.folder("tools"),
                            "repository-dispatch", version, machine,
                            "repository-dispatch")

    def play(self, **inputs):
        return self.job.play({"CURL_CA_BUNDLE": self.place.file("root.pem"),
                              "WGETRC": self.place.file("wgetrc")}, **inputs)

    def builds(self):
        try:
            with open(os.path.join(self.root, "count"),
                      encoding="ascii") as f:
                return len(f.readlines())
        except FileNotFoundError:
            return 0


def ran(result, name, why):
    """It was this one, and standard error says so, without a command."""
    return (result.status == 0 and result.stdout == f"ran {name}\n".encode()
            and f"using {why}, " in result.stderr.decode() and
            not result.annotations)


def refused(result, status, text):
    return (result.status == status and not result.stdout and
            len(result.annotations) == 1 and
            text in "".join(result.named("error")))


def test_there(tap, place):
    """Input, search path, tool cache: with the shell alone."""
    found = write_program(place.file("found"), program("found"))
    path = search_path(place, "path-found", ("sh",), repository_dispatch=found)
    checkout = Checkout(place, "there", path)
    workspace = checkout.job.runner.folder("workspace")
    given = write_program(os.path.join(workspace, "bin dir", "given"),
                          program("given"))
    plain = write_program(os.path.join(workspace, "sh"), program("plain"))
    write_program(checkout.cached(), program("cached"))
    for name in (given, "bin dir/given", "./bin dir/given"):
        result = checkout.play(binary=name)
        tap.check(ran(result, "given", "the input binary"),
                  f"the input binary first: {os.path.relpath(name, workspace)}"
                  if name == given else f"the input binary first: {name}",
                  *told(result))
    result = checkout.play(binary="sh")
    tap.check(ran(result, "plain", "the input binary"),
              "one in the workspace that is called like a command",
              *told(result))
    os.chmod(plain, 0o644)
    for name in ("sh", "none", "bin dir", "-", "none ::error::x", "$(id)"):
        result = checkout.play(binary=name)
        tap.check(refused(result, 2, "the input binary is not a program"),
                  f"an input binary that is none: {name}", *told(result))
    twisted = write_program(os.path.join(workspace, "a\nb=c"), program("x"))
    for name in (twisted, twisted + "\n"):
        result = checkout.play(binary=name)
        tap.check(result.status == 2 and len(result.annotations) == 1 and
                  not result.step_outputs["find"],
                  "a path of two lines", *told(result))
    odd = write_program(os.path.join(workspace, "##[error]::x"), program("x"))
    result = checkout.play(binary=odd)
    tap.check(ran(result, "x", "the input binary"),
              "a path that could be a command is not shown", *told(result))
    result = checkout.play()
    tap.check(ran(result, "found", "the one on PATH"), "then PATH",
              *told(result))
    os.remove(os.path.join(path, "repository-dispatch"))
    write_program(os.path.join(workspace, "bin", "repository-dispatch"),
                  program("workspace's"))
    shutil.copy(os.path.join(workspace, "bin", "repository-dispatch"),
                workspace)
    for entry in (path, "bin:" + path, ":" + path, path + ":."):
        checkout.job.runner.search_path = entry
        result = checkout.play()
        tap.check(ran(result, "cached", "the one in the tool cache"),
                  f"then the tool cache, PATH {entry.replace(path, '...')}",
                  *told(result))
    for system in ("Windows", "macOS"):
        checkout.variables["RUNNER_OS"] = system
        result = checkout.play(binary=given)
        tap.check(refused(result, 2, "Linux"), f"no runner with {system}",
                  *told(result))


def test_cache(tap, place, tools):
    checkout = Checkout(place, "cache", tools)
    write_program(checkout.cached(), program("cached"))
    write_program(checkout.cached("aarch64"), program("other"))
    checkout.pin("x86_64", content("cached"))
    result = checkout.play()
    tap.check(ran(result, "cached", "the one in the tool cache"),
              "the tool cache's is what is pinned", *told(result))
    checkout.variables["RUNNER_ARCH"] = "ARM64"
    result = checkout.play()
    tap.check(ran(result, "other", "the one in the tool cache"),
              "the other processor's, for which nothing is pinned",
              *told(result))
    checkout.variables["RUNNER_ARCH"] = ""
    machine = os.uname().machine
    names = {"x86_64": "cached", "aarch64": "other"}
    if machine in names:
        result = checkout.play()
        tap.check(ran(result, names[machine], "the one in the tool cache"),
                  "this machine's, where the runner does not say",
                  *told(result))
    checkout.variables["RUNNER_ARCH"] = "X64"
    checkout.pin("x86_64", content("pinned"))
    result = checkout.play()
    tap.check(result.status == 0 and result.stdout == b"ran built\n" and
              len(result.named("warning")) == len(result.annotations) == 1,
              "what is not pinned is passed over with a warning",
              *told(result))


def test_release(tap, place, tools):
    releases = Releases(place)
    place.write("wgetrc", f"ca_certificate = {place.file('root.pem')}\n")
    body = content("released")
    checkout = Checkout(place, "release", tools, releases)
    releases.offer("x86_64", body)
    result = checkout.play()
    tap.check(ran(result, "built", "the one built from source") and
              b"SHA256SUMS has no line" in result.stderr and not releases.asked,
              "no release is asked for where none is pinned", *told(result))
    checkout.pin("x86_64", body)
    result = checkout.play()
    with open(checkout.cached(), "rb") as f:
        tap.check(ran(result, "released", "the release") and
                  f.read() == body and not checkout.job.runner.left_over() and
                  os.listdir(os.path.dirname(checkout.cached())) ==
                  ["repository-dispatch"],
                  "a pinned release, into the tool cache", *told(result))
    asked = len(releases.asked)
    result = checkout.play()
    tap.check(ran(result, "released", "the one in the tool cache") and
              len(releases.asked) == asked, "and the next time from there",
              *told(result))
    test_wrong_release(tap, checkout, releases)
    test_no_release(tap, checkout, releases)
    without_curl = search_path(
        place, "wget-only", [name for name in os.listdir(tools)
                             if name != "curl"])
    for name, machine, runner in (("wget", "x86_64", "X64"),
                                  ("aarch64", "aarch64", "ARM64")):
        other = Checkout(place, "release-" + name,
                         without_curl if name == "wget" else tools, releases)
        releases.offer(machine, body)
        other.pin(machine, body)
        other.variables["RUNNER_ARCH"] = runner
        other.variables["RUNNER_TOOL_CACHE"] = place.file("wgetrc")
        result = other.play()
        tap.check(ran(result, "released", "the release"),
                  f"a release, {name}, no tool cache", *told(result))
    releases.server.shutdown()
    releases.server.server_close()


def test_wrong_release(tap, checkout, releases):
    os.remove(checkout.cached())
    before = checkout.builds()
    for body in (content("another"), b"", content("released") + b"\n"):
        releases.offer("x86_64", body)
        result = checkout.play()
        tap.check(refused(result, 1, "does not match SHA256SUMS") and
                  not os.path.exists(checkout.cached()) and
                  not checkout.job.runner.left_over() and
                  checkout.builds() == before,
                  f"a release with another sum ends it, {len(body)} bytes",
                  *told(result))


def test_no_release(tap, checkout, releases):
    """One that cannot be had is no error: there is another way."""
    releases.files = {}
    result = checkout.play()
    tap.check(result.status == 0 and result.stdout == b"ran built\n" and
              b"could not be downloaded" in result.stderr and
              not result.annotations, "a release that is not there",
              *told(result))
    github = checkout.job.runner.github
    asked = len(releases.asked)
    for name, value in (("action_repository", ""),
                        ("action_repository", "a b ::error::x"),
                        ("server_url", "http://localhost")):
        kept, github[name] = github[name], value
        result = checkout.play()
        github[name] = kept
        tap.check(result.status == 0 and result.stdout == b"ran built\n" and
                  b"not looking for a release" in result.stderr and
                  len(releases.asked) == asked and not result.annotations,
                  f"no release with {name} {value!r}", *told(result))


def test_build(tap, place, tools):
    checkout = Checkout(place, "build", tools)
    result = checkout.play(app_private_key="a key")
    with open(os.path.join(checkout.root, "secrets"), encoding="ascii") as f:
        secrets = f.read()
    tap.check(ran(result, "built", "the one built from source") and
              not secrets and not checkout.job.runner.left_over(),
              "a build, which no secret reaches", *told(result, secrets))
    shutil.rmtree(os.path.join(checkout.root, "build"))
    result = checkout.play()
    tap.check(ran(result, "built", "the one built before") and
              checkout.builds() == 1, "the next time it is there",
              *told(result))
    cached = checkout.cached(version=os.listdir(os.path.join(
        checkout.job.runner.folder("tools"), "repository-dispatch"))[0])
    os.remove(cached)
    os.mkdir(cached)
    result = checkout.play()
    tap.check(ran(result, "built", "the one built from source") and
              checkout.builds() == 2, "what cannot be kept is used as it is",
              *told(result))
    checkout.write_source("int b;\n")
    result = checkout.play()
    tap.check(ran(result, "built", "the one built from source") and
              checkout.builds() == 3, "other sources are built anew",
              *told(result))
    checkout.variables["RUNNER_TOOL_CACHE"] = ""
    result = checkout.play()
    tap.check(ran(result, "built", "the one built from source") and
              checkout.builds() == 4, "without a tool cache", *told(result))
    checkout.write_build(BROKEN_BUILD)
    result = checkout.play()
    tap.check(refused(result, 1, "the build failed; install what is missing "
                      "in an earlier step, or set the input") and
              b"  | a.c:1: error\n" in result.stderr and
              not checkout.job.runner.left_over(),
              "a build that fails is shown, without commands", *told(result))
    os.remove(os.path.join(checkout.root, "build.sh"))
    result = checkout.play()
    tap.check(refused(result, 1, "found no program"), "nothing at all",
              *told(result))


def test(tap, place, tools):
    test_there(tap, place)
    test_cache(tap, place, tools)
    test_release(tap, place, tools)
    test_build(tap, place, tools)


def test_script(tap, place, script, tools):
    """Where the drop-in script finds one."""
    checkout = Checkout(place, "script", tools)
    without = {"REPOSITORY_DISPATCH": None, "PATH": tools}
    result, _ = script.run([], without, checkout.script)
    tap.check(result.returncode == 0 and result.stdout == b"ran built\n" and
              b"noise of a build" in result.stderr and
              checkout.builds() == 1, "script: builds one", result)
    result, _ = script.run([], without, checkout.script, place.path)
    tap.check(result.stdout == b"ran built\n" and checkout.builds() == 1,
              "script: takes the one of its checkout", result)
    link = place.file("link")
    os.symlink(checkout.script, link)
    result, _ = script.run([], without, link)
    tap.check(result.stdout == b"ran built\n", "script: through a link",
              result)
    found = write_program(place.file("script-found"), program("found"))
    path = search_path(place, "script-path", BARE, repository_dispatch=found)
    result, _ = script.run([], {**without, "PATH": path}, checkout.script)
    tap.check(result.stdout == b"ran found\n", "script: PATH before it",
              result)
    given = write_program(place.file("script-given"), program("given"))
    result, _ = script.run([], {"REPOSITORY_DISPATCH": given, "PATH": path},
                           checkout.script)
    tap.check(result.stdout == b"ran given\n",
              "script: REPOSITORY_DISPATCH before PATH", result)
    path = search_path(place, "script-itself", os.listdir(tools),
                       repository_dispatch=checkout.script)
    result, _ = script.run([], {**without, "PATH": path},
                           os.path.join(path, "repository-dispatch"))
    tap.check(result.stdout == b"ran built\n",
              "script: it does not take itself", result)
    checkout.write_build("exit 3\n")
    shutil.rmtree(os.path.join(checkout.root, "build"))
    result, _ = script.run([], without, checkout.script)
    tap.check(result.returncode == 3 and not result.stdout,
              "script: a build that fails", result)
