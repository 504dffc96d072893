"""finding.py - the order in which a binary is searched for. The binaries are
programs that print which one they are; there is a build.sh that writes one,
and a server of releases on loopback."""

import hashlib
import http.server
import os
import shutil
import ssl
import threading

from machine import (BARE, FOLDER, ROOT, SCRIPT, Action, Case, Job,
                     search_path, write_program)

REPOSITORY = "octo/repository-dispatch"
with open(os.path.join(ROOT, "src", "VERSION"),
          encoding="ascii") as version_file:
    VERSION = version_file.read().strip()
# In the place of build.sh: it counts its runs, and writes down its environment.
BUILD = """\
echo x >>count
env >variables
mkdir -p build
printf '#!/bin/sh\\necho "ran built"\\n' >build/repository-dispatch
chmod 755 build/repository-dispatch
echo 'noise of a build'
"""
# What a job may have in its environment. None of it is for a build.
SECRETS = {
    name: f"secret-of-{name}" for name in (
        "GH_PAT", "GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN",
        "GITHUB_ENTERPRISE_TOKEN", "DISPATCH_TOKEN", "DISPATCH_TOKEN_FILE",
        "DISPATCH_APP_KEY", "DISPATCH_PAYLOAD", "NPM_TOKEN", "ACTION_APP_KEY",
        "ACTION_ALIAS_TOKEN", "ACTION_JOB_TOKEN", "PASSWORD",
        "ACTIONS_RUNTIME_TOKEN")}
SECRETS["HTTPS_PROXY"] = "http://user:secret-of-proxy@proxy.example:3128"
SECRETS["https_proxy"] = "http://secret-of-user@proxy.example:3128"
# What it needs, the last two to reach packages.
PASSED_ON = {"CC": "gcc", "http_proxy": "http://proxy.example:3128",
             "NO_PROXY": "localhost,.example"}
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
    """Files over TLS, each after a redirect, as at GitHub."""

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
    """A copy of the action, the script and their folders, and a job."""

    def __init__(self, place, name, path, releases=None):
        self.root = place.file(name + "-checkout")
        self.folder = os.path.join(self.root, ".github", "actions",
                                   "repository-dispatch")
        shutil.copytree(FOLDER, self.folder)
        scripts = os.path.join(self.root, ".github", "scripts")
        os.makedirs(scripts)
        self.script = shutil.copy(SCRIPT, scripts)
        self.write_build(BUILD)
        shutil.copy(os.path.join(ROOT, "action.yml"), self.root)
        for source in ("src/main.c", "src/VERSION", "src/gen/sources_hash.sh",
                       "vendor/bearssl.lock"):
            copy = os.path.join(self.root, source)
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            shutil.copy(os.path.join(ROOT, source), copy)
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

    def pin(self, machine=None, body=b"", version=VERSION):
        """SHA256SUMS of this version with only this line, or with none."""
        with open(os.path.join(self.folder, "SHA256SUMS"), "w",
                  encoding="ascii") as f:
            f.write("# a comment\n")
            if version is not None:
                f.write(f"# version {version}\n")
            if machine is not None:
                f.write(f"{hashlib.sha256(body).hexdigest()}  "
                        f"repository-dispatch-linux-{machine}\n")

    def cached(self, machine="x86_64", version=VERSION):
        return os.path.join(self.job.runner.folder("tools"),
                            "repository-dispatch", version, machine,
                            "repository-dispatch")

    def check_environment(self, case):
        """Of the last build."""
        with open(os.path.join(self.root, "variables"),
                  encoding="utf-8") as f:
            variables = f.read()
        case.check("secret" not in variables, "build.sh sees no secret",
                   variables)
        case.check(all(f"{name}={value}\n" in variables
                       for name, value in PASSED_ON.items()),
                   "build.sh gets what it needs", variables)

    def play(self, job=None, **inputs):
        return self.job.play({**(job or {}), "CURL_CA_BUNDLE": self.place.file("root.pem"),
                              "WGETRC": self.place.file("wgetrc")},
                             **inputs)

    def builds(self):
        try:
            with open(os.path.join(self.root, "count"),
                      encoding="ascii") as f:
                return len(f.readlines())
        except FileNotFoundError:
            return 0


def check_ran(case, name, why):
    """This program ran, and standard error says why."""
    case.exits(0)
    case.check(case.run.out == f"ran {name}\n", f"the program {name} runs")
    case.reports(f"using {why}, ")
    check_no_commands(case)


def check_no_commands(case):
    case.check(not case.run.annotations, "no workflow command is written")


def check_refused(case, status, message):
    case.exits(status)
    case.check(case.run.out == "", "no program runs")
    case.check(len(case.run.annotations) == 1,
               "one workflow command is written")
    case.check(message in "".join(case.run.named("error")),
               f"it is an error with {message!r}")


def check_built(case, checkout, number):
    """The program was built; it is the NUMBERth build."""
    check_ran(case, "built", "the one built from source")
    case.check(checkout.builds() == number,
               f"build.sh has run {number} times")


def check_nothing_left(case, checkout):
    left = checkout.job.runner.left_over()
    case.check(not left, "no file is left over", left)


def test_input(tap, checkout):
    workspace = checkout.job.runner.folder("workspace")
    given = write_program(os.path.join(workspace, "bin dir", "given"),
                          program("given"))
    plain = write_program(os.path.join(workspace, "sh"), program("plain"))
    write_program(checkout.cached(), program("cached"))
    for what, name in (("an absolute path", given),
                       ("a path", "bin dir/given"),
                       ("a path with a dot", "./bin dir/given")):
        check_ran(Case(tap, f"the input binary is {what}",
                       checkout.play(binary=name)),
                  "given", "the input binary")
    check_ran(Case(tap, "the input binary has a command's name",
                   checkout.play(binary="sh")), "plain", "the input binary")
    os.chmod(plain, 0o644)
    for name in ("sh", "none", "bin dir", "-", "none ::error::x", "$(id)"):
        check_refused(Case(tap, f"the input binary is {name!r}",
                           checkout.play(binary=name)),
                      2, "the input binary is not a program")
    twisted = write_program(os.path.join(workspace, "a\nb=c"), program("x"))
    for name in (twisted, twisted + "\n"):
        case = Case(tap, "the input binary has a line end",
                    checkout.play(binary=name))
        case.exits(2)
        case.check(len(case.run.annotations) == 1,
                   "one workflow command is written")
        case.check(not case.run.step_outputs["find"], "no output is written")
    odd = write_program(os.path.join(workspace, "##[error]::x"), program("x"))
    # The path is not shown.
    check_ran(Case(tap, "the input binary looks like a command",
                   checkout.play(binary=odd)), "x", "the input binary")
    return given


def test_there(tap, place):
    """The input, PATH and the tool cache need no other command than sh."""
    found = write_program(place.file("found"), program("found"))
    path = search_path(place, "path-found", ("sh",), repository_dispatch=found)
    checkout = Checkout(place, "there", path)
    given = test_input(tap, checkout)
    check_ran(Case(tap, "a program on PATH", checkout.play()),
              "found", "the one on PATH")
    os.remove(os.path.join(path, "repository-dispatch"))
    # Programs in the workspace are not used, even if PATH leads there.
    workspace = checkout.job.runner.folder("workspace")
    for folder in ("bin", "."):
        write_program(os.path.join(workspace, folder, "repository-dispatch"),
                      program("workspace's"))
    for entry in (path, "bin:" + path, ":" + path, path + ":."):
        checkout.job.runner.search_path = entry
        name = entry.replace(path, "...")
        check_ran(Case(tap, f"a program in the tool cache, PATH {name}",
                       checkout.play()),
                  "cached", "the one in the tool cache")
    for system in ("linux", ""):
        checkout.variables["RUNNER_OS"] = system
        check_ran(Case(tap, f"a runner whose system is {system!r}",
                       checkout.play(binary=given)),
                  "given", "the input binary")
    for system in ("Windows", "macOS", "windows", "Linux2"):
        checkout.variables["RUNNER_OS"] = system
        check_refused(Case(tap, f"a runner with {system}",
                           checkout.play(binary=given)), 2, "Linux")


def test_cache(tap, place, tools):
    checkout = Checkout(place, "cache", tools)
    write_program(checkout.cached(), program("cached"))
    write_program(checkout.cached("aarch64"), program("other"))
    checkout.pin("x86_64", content("cached"))
    check_ran(Case(tap, "the tool cache has the pinned program",
                   checkout.play()), "cached", "the one in the tool cache")
    checkout.variables["RUNNER_ARCH"] = "ARM64"
    check_ran(Case(tap, "nothing is pinned for this processor",
                   checkout.play()), "other", "the one in the tool cache")
    checkout.variables["RUNNER_ARCH"] = ""
    names = {"x86_64": "cached", "aarch64": "other"}
    if os.uname().machine in names:
        check_ran(Case(tap, "the runner does not name its processor",
                       checkout.play()), names[os.uname().machine],
                  "the one in the tool cache")
    checkout.variables["RUNNER_ARCH"] = "X64"
    checkout.pin("x86_64", content("pinned"))
    case = Case(tap, "the tool cache does not have the pinned program",
                checkout.play())
    case.exits(0)
    case.check(case.run.out == "ran built\n", "the program built runs")
    case.check(len(case.run.named("warning")) == 1, "a warning is written")
    case.check(len(case.run.annotations) == 1,
               "one workflow command is written")


def test_release(tap, place, tools):
    releases = Releases(place)
    place.write("wgetrc", f"ca_certificate = {place.file('root.pem')}\n")
    body = content("released")
    checkout = Checkout(place, "release", tools, releases)
    releases.offer("x86_64", body)
    case = Case(tap, "no release is pinned", checkout.play())
    check_ran(case, "built", "the one built from source")
    case.reports("SHA256SUMS has no line")
    case.check(not releases.asked, "no release is requested")
    for version in ("0.9.0", None):
        checkout.pin("x86_64", body, version)
        case = Case(tap, f"the sums are of the version {version}",
                    checkout.play())
        case.reports("SHA256SUMS has no line")
        case.check(not releases.asked, "no release is requested")
    checkout.pin("x86_64", body)
    case = Case(tap, "a pinned release", checkout.play())
    check_ran(case, "released", "the release")
    check_nothing_left(case, checkout)
    with open(checkout.cached(), "rb") as f:
        case.check(f.read() == body, "the tool cache has it")
    case.check(os.listdir(os.path.dirname(checkout.cached())) ==
               ["repository-dispatch"], "the tool cache has only it")
    asked = len(releases.asked)
    case = Case(tap, "a pinned release, the next time", checkout.play())
    check_ran(case, "released", "the one in the tool cache")
    case.check(len(releases.asked) == asked, "no release is requested")
    test_root(tap, checkout, releases)
    test_wrong_release(tap, checkout, releases)
    test_no_release(tap, checkout, releases)
    test_other_ways(tap, place, tools, releases)
    releases.server.shutdown()
    releases.server.server_close()


def test_root(tap, checkout, releases):
    """The action at the root of the repository finds the same binary, with
    one download and nothing else. A folder that was copied without the rest
    of the repository has no release."""
    body = content("released")
    checkout.pin("x86_64", body)
    folder = checkout.job.action
    checkout.job.action = Action(checkout.root)
    os.remove(checkout.cached())
    asked = len(releases.asked)
    before = checkout.builds()
    case = Case(tap, "the root's action", checkout.play())
    check_ran(case, "released", "the release")
    case.check(len(releases.asked) == asked + 2,
               "one file is requested, and its redirect is followed")
    case.check(checkout.builds() == before, "nothing is built")
    checkout.job.action = folder
    version = os.path.join(checkout.root, "src", "VERSION")
    for text in (None, "", "1 ::error::x\n"):
        os.remove(version)
        if text is not None:
            with open(version, "w", encoding="ascii") as f:
                f.write(text)
        case = Case(tap, f"a version {text!r}", checkout.play())
        check_refused(case, 1, "found no program")
        with open(version, "w", encoding="ascii") as f:
            f.write(VERSION + "\n")


# What uname says of processors that GitHub's runners do not name.
MACHINES = [("armv7l", "armv7"), ("i686", "i686"), ("riscv64", "riscv64"),
            ("ppc64le", "ppc64le"), ("s390x", "s390x")]


def uname(place, tools, machine):
    """A search path whose uname says this."""
    return search_path(
        place, "uname-" + machine, [name for name in os.listdir(tools)],
        uname=write_program(place.file("bin-" + machine),
                            f"echo {machine}\n"))


def test_other_ways(tap, place, tools, releases):
    """wget in place of curl, another processor, and no tool cache."""
    body = content("released")
    without_curl = search_path(
        place, "wget-only", [name for name in os.listdir(tools)
                             if name != "curl"])
    for name, path, machine, runner in (
            ("wget", without_curl, "x86_64", "X64"),
            ("aarch64", tools, "aarch64", "ARM64"),
            *[(name, uname(place, tools, name), machine, "ARM")
              for name, machine in MACHINES]):
        checkout = Checkout(place, "release-" + name, path, releases)
        releases.offer(machine, body)
        checkout.pin(machine, body)
        checkout.variables["RUNNER_ARCH"] = runner
        # A file, so that no folder can be made in it.
        checkout.variables["RUNNER_TOOL_CACHE"] = place.file("wgetrc")
        check_ran(Case(tap, f"a release with {name}", checkout.play()),
                  "released", "the release")


def test_wrong_release(tap, checkout, releases):
    os.remove(checkout.cached())
    before = checkout.builds()
    for body in (content("another"), b"", content("released") + b"\n"):
        releases.offer("x86_64", body)
        case = Case(tap, f"a release of {len(body)} bytes with another sum",
                    checkout.play())
        check_refused(case, 1, "does not match SHA256SUMS")
        case.check(not os.path.exists(checkout.cached()),
                   "it does not get into the tool cache")
        check_nothing_left(case, checkout)
        case.check(checkout.builds() == before, "nothing is built")


NO_RELEASE = [("action_repository", ""),
              ("action_repository", "a b ::error::x"),
              ("server_url", "http://localhost")]


def test_no_release(tap, checkout, releases):
    """A release that is not available is not an error: one is built."""
    releases.files = {}
    case = Case(tap, "a release that does not exist", checkout.play())
    case.exits(0)
    case.check(case.run.out == "ran built\n", "the program built runs")
    case.reports("could not be downloaded")
    check_no_commands(case)
    github = checkout.job.runner.github
    asked = len(releases.asked)
    for name, value in NO_RELEASE:
        kept, github[name] = github[name], value
        case = Case(tap, f"a release and {name} {value!r}", checkout.play())
        github[name] = kept
        case.exits(0)
        case.check(case.run.out == "ran built\n", "the program built runs")
        case.reports("not looking for a release")
        check_no_commands(case)
        case.check(len(releases.asked) == asked, "no release is requested")


def test_build(tap, place, tools):
    checkout = Checkout(place, "build", tools)
    case = Case(tap, "a build", checkout.play(
        {**SECRETS, **PASSED_ON}, app_id="12",
        app_private_key="secret-of-app",
        token="secret-of-input", github_token=None))
    check_built(case, checkout, 1)
    check_nothing_left(case, checkout)
    checkout.check_environment(case)
    shutil.rmtree(os.path.join(checkout.root, "build"))
    case = Case(tap, "the next time", checkout.play())
    check_ran(case, "built", "the one built before")
    case.check(checkout.builds() == 1, "nothing is built")
    cached = checkout.cached(version=os.listdir(os.path.join(
        checkout.job.runner.folder("tools"), "repository-dispatch"))[0])
    os.remove(cached)
    os.mkdir(cached)
    check_built(Case(tap, "a program that the tool cache cannot hold",
                     checkout.play()), checkout, 2)
    checkout.write_source("int b;\n")
    check_built(Case(tap, "changed sources", checkout.play()), checkout, 3)
    checkout.variables["RUNNER_TOOL_CACHE"] = ""
    check_built(Case(tap, "no tool cache", checkout.play()), checkout, 4)
    checkout.write_build(BROKEN_BUILD)
    case = Case(tap, "a build that fails", checkout.play())
    check_refused(case, 1, "the build failed; install what is missing "
                  "in an earlier step, or set the input")
    case.reports("  | a.c:1: error\n")
    check_nothing_left(case, checkout)
    os.remove(os.path.join(checkout.root, "build.sh"))
    check_refused(Case(tap, "no program anywhere", checkout.play()),
                  1, "found no program")


def test(tap, place, tools):
    test_there(tap, place)
    test_cache(tap, place, tools)
    test_release(tap, place, tools)
    test_build(tap, place, tools)


def test_foreign(tap, place, script, tools):
    """Copied into another repository, neither the script nor the action runs
    the build.sh or the build/repository-dispatch of that one."""
    for number, missing in enumerate(("src/main.c", "vendor/bearssl.lock",
                                      "build.sh")):
        checkout = Checkout(place, f"foreign-{number}", tools)
        os.remove(os.path.join(checkout.root, missing))
        write_program(os.path.join(checkout.root, "build",
                                   "repository-dispatch"), "echo foreign")
        case = script.case(
            tap, f"a checkout without {missing}", ["-e", "deploy"],
            {"REPOSITORY_DISPATCH": None, "PATH": tools, **SECRETS},
            checkout.script)
        case.exits(2)
        case.check(case.run.out == "", "no program runs")
        case.check(checkout.builds() == 0, "nothing is built")
        case.reports("not a checkout of its sources",
                     "hint: put the binary on PATH, set REPOSITORY_DISPATCH")
        case.shows_no("secret")
        check_refused(Case(tap, f"the action without {missing}",
                           checkout.play(SECRETS)), 1, "found no program")
        tap.check(checkout.builds() == 0,
                  f"the action without {missing}: nothing is built")


def test_script(tap, place, script, tools):
    """The order in which the drop-in script searches for a binary."""
    checkout = Checkout(place, "script", tools)
    without = {"REPOSITORY_DISPATCH": None, "PATH": tools}
    test_foreign(tap, place, script, tools)

    def play(name, wanted, env, path=checkout.script, cwd="/"):
        case = script.case(tap, name, [], env, path, cwd)
        case.check(case.run.out == f"ran {wanted}\n",
                   f"the program {wanted} runs")
        return case

    case = play("no program", "built", {**without, **SECRETS, **PASSED_ON})
    checkout.check_environment(case)
    case.exits(0)
    case.reports("noise of a build")
    case.check(checkout.builds() == 1, "build.sh has run")
    case = play("a program in its checkout", "built", without, cwd=place.path)
    case.check(checkout.builds() == 1, "nothing is built")
    link = place.file("link")
    os.symlink(checkout.script, link)
    play("a link to it", "built", without, link)
    found = write_program(place.file("script-found"), program("found"))
    path = search_path(place, "script-path", BARE, repository_dispatch=found)
    play("a program on PATH", "found", {**without, "PATH": path})
    folder = os.path.dirname(write_program(
        place.file("here/bin/repository-dispatch"), program("here")))
    for entry in ("bin:" + tools, folder[1:] + ":" + tools, ":" + tools):
        play(f"a program on a relative entry of PATH, {entry[:4]}", "built",
             {**without, "PATH": entry},
             cwd={"b": os.path.dirname(folder), ":": folder}.get(
                 entry[0], "/"))
    given = write_program(place.file("script-given"), program("given"))
    play("REPOSITORY_DISPATCH", "given",
         {"REPOSITORY_DISPATCH": given, "PATH": path})
    play("REPOSITORY_DISPATCH without a slash", "given", {
        "REPOSITORY_DISPATCH": "tool",
        "PATH": search_path(place, "script-tool", BARE, tool=given)})
    plain = place.file("script-plain")
    with open(plain, "w", encoding="utf-8") as f:
        f.write(program("plain"))
    for wrong in ("/nonexistent", place.path, plain, "nonexistent"):
        case = script.case(tap, f"REPOSITORY_DISPATCH={wrong}", [], {
            "REPOSITORY_DISPATCH": wrong, "PATH": path})
        case.exits(2)
        case.check(case.run.out == "", "no program runs")
        case.reports(f"REPOSITORY_DISPATCH is not a program: {wrong}")
    path = search_path(place, "script-itself", os.listdir(tools),
                       repository_dispatch=checkout.script)
    play("PATH leads to itself", "built", {**without, "PATH": path},
         os.path.join(path, "repository-dispatch"))
    checkout.write_build("exit 3\n")
    shutil.rmtree(os.path.join(checkout.root, "build"))
    case = script.case(tap, "a build that fails", [], without,
                       checkout.script)
    case.exits(3)
    case.check(case.run.out == "", "no program runs")
