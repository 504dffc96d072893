"""common.py - what the suites share: the harness of tests/e2e, which program the
next cases are about, and a stand-in that is reached without TLS.

scores.py counts the cases of each program. A case whose name ends in REFUSED is
one that this program refuses on purpose; tests/suites/README.md has the reason."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
from harness import (Case, Run, dispatch, free_port, github,  # noqa: E402
                     wait_until)

REFUSED = ", which is refused"


def subject(name, *packages):
    """What the cases from here on are about. The first package that is
    installed says the version."""
    for package in packages:
        done = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", package],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
            encoding="utf-8")
        if done.returncode == 0 and done.stdout:
            print(f"# subject: {name}, {done.stdout}", flush=True)
            return
    print(f"# subject: {name}, unknown", flush=True)


def serve_plain(place):
    """Passes connections without TLS on to the stand-in, by stunnel. Returns the
    port."""
    port = free_port()
    place.write("plain.conf", f"""
foreground = yes
pid =
[plain]
client = yes
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{place.port}
TIMEOUTclose = 0
""")
    with open(place.file("plain.log"), "wb") as log:
        place.start(["stunnel", place.file("plain.conf")], stdout=log,
                    stderr=log, stdin=subprocess.DEVNULL)
    wait_until(lambda: is_listening(port), "stunnel listens")
    return port


def is_listening(port):
    """By the kernel's table: a connection to find out would be the first one of
    servers that take a single one, or log a failed handshake."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as f:
            if any(line.split()[1].endswith(f":{port:04X}") and
                   line.split()[3] == "0A" for line in f.readlines()[1:]):
                return True
    return False


def write(place, name, template, **values):
    """Writes a configuration, whose parts may name the folder."""
    values = {key: value.replace("{dir}", place.path)
              if isinstance(value, str) else value
              for key, value in values.items()}
    place.write(name, template.format(dir=place.path, **values))
    return place.file(name)


APACHE = """
ServerRoot {dir}
ServerName localhost
PidFile {dir}/apache.pid
ErrorLog {dir}/apache.error
{modules}
User www-data
Listen 127.0.0.1:{port}
"""


def configure_apache(place, port, modules, template, **values):
    """modules: what it loads beside those that it cannot do without. Returns the
    command that starts Apache."""
    folder = "/usr/lib/apache2/modules"
    conf = write(place, "apache.conf", APACHE + template, port=port,
                 modules="\n".join(
                     f"LoadModule {name}_module {folder}/mod_{name}.so"
                     for name in ("mpm_event", "authz_core", *modules)),
                 **values)
    return ["apache2", "-X", "-f", conf]


class Server:
    """A server while it runs, in the place's folder. Its output goes to
    NAME.log."""

    def __init__(self, place, name, command, port, env=None, seconds=120):
        self.place, self.log = place, name + ".log"
        with open(place.file(self.log), "wb") as log:
            self.child = place.start(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                cwd=place.path, env={**os.environ, **(env or {})})
        try:
            wait_until(lambda: is_listening(port) or
                       self.child.poll() is not None, f"{name} listens",
                       seconds)
        except RuntimeError:
            self.end()
        if not is_listening(port):
            raise RuntimeError(f"{name} did not start: {self.output()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def output(self):
        with open(self.place.file(self.log), encoding="latin-1") as f:
            return f.read()[-4000:]


MINT = f"POST /app/installations/{github.INSTALLATION}/access_tokens"
# What an App asks for two targets of an owner, and the last of it.
FLOW = ("GET /repos/octo/app/installation", MINT,
        "POST /repos/octo/app/dispatches",
        "POST /repos/octo/other/dispatches", "DELETE /installation/token")


def run_app(place, port, *repos, more=()):
    return Run(place, dispatch(
        place, *repos, port=port,
        more=["--app-id", github.APP_ID, "--app-key", place.file("app.pem"),
              "-v", *more]), {})


def check_flow(tap, place, name, port, words=()):
    """An App's token, two events, and the end of the token, through a server that
    passes requests on to the stand-in. words: what -v says."""
    case = Case(tap, name, run_app(place, port, "octo/app", "octo/other"))
    case.exits(0)
    case.asks(*FLOW)
    case.reports(*words)


def check_refusal(tap, place, name, port, status=9):
    """Nothing is sent."""
    case = Case(tap, name + REFUSED, Run(place, dispatch(
        place, "octo/app", port=port, more=["--retries", "0"])))
    case.exits(status)
    case.sends(0)


def check_wait(tap, place, name, port, serial):
    """--wait through such a server: a run among 45 others, whose list has pages, and
    an event near GitHub's limit. serial makes the repository one of its own."""
    repository = f"octo/runs-paged.{serial}"
    case = Case(tap, f"{name}, --wait", Run(place, dispatch(
        place, repository, port=port,
        more=["-v", "--wait", "--wait-interval", "1", "--wait-timeout", "50",
              "-f", "text=" + "x" * 60000])))
    case.exits(0)
    case.check(sum(asked == f"POST /repos/{repository}/dispatches"
                   for asked in case.run.asked) == 1,
               "one event is delivered")


__all__ = ["Case", "HERE", "REFUSED", "Run", "Server", "check_flow",
           "check_refusal", "check_wait", "configure_apache", "dispatch",
           "free_port", "run_app", "serve_plain", "subject", "write"]
