#!/usr/bin/env python3
"""test_recipes.py - plays or validates every example of the recipes.

Containers are played by docker.py, Kubernetes' with the variables that
Kubernetes would give them. kubectl, gitlab-ci-local and systemd are the real
ones, as far as they go without a cluster, a server or a machine of their own.
"""

import base64
import copy
import functools
import glob
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import yaml
from test_guides import (HARM, Stage, Workshop, check_dispatches,
                         check_dockerfile, check_syntax, extract,
                         find_dead_links)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
for folder in ("e2e", "lint", "actions"):
    sys.path.insert(0, os.path.join(ROOT, "tests", folder))
from harness import BINARY, TOKEN, Case, Run, main  # noqa: E402
from machine import events_of  # noqa: E402
from pod_security import find_violations  # noqa: E402
from validators import INSTALLED, read  # noqa: E402

PAGE = ".github/RECIPES.md"
DOWNLOADS = os.path.join(ROOT, "tests", "guides", "downloads.py")
# The version that the page downloads.
RELEASE = "1.0.0"
# The exposure that the page states, in tenths.
EXPOSURE = 11

TITLE = 'Say "hello" `id` $(id) \\'
# What each of the other systems gives a job.
CI = {"BUILD_URL": "https://jenkins.example.com/job/1/",
      "CIRCLE_SHA1": "1" * 40,
      "CIRCLE_BUILD_URL": "https://circleci.example.com/1",
      "BUILDKITE_COMMIT": "1" * 40, "BUILDKITE_MESSAGE": HARM}
# The attributes of a command step (buildkite.com/docs, Command step).
BUILDKITE_STEP = {
    "agents", "allow_dependency_failure", "artifact_paths", "branches",
    "cache", "cancel_on_build_failing", "command", "commands", "concurrency",
    "concurrency_group", "concurrency_method", "depends_on", "env", "if",
    "if_changed", "image", "key", "label", "matrix", "notify", "parallelism",
    "plugins", "priority", "retry", "secrets", "signature", "skip",
    "soft_fail", "timeout_in_minutes"}
# The members of Tekton's Task that the page uses (tekton.dev, Tasks).
TEKTON_TASK = {"apiVersion", "kind", "metadata", "spec"}
TEKTON_SPEC = {"description", "params", "steps", "volumes", "workspaces"}
TEKTON_STEP = {"args", "command", "computeResources", "env", "image", "name",
               "securityContext", "volumeMounts", "workingDir"}


def validate(documents):
    """For each (kind, document), the messages of its schema."""
    done = subprocess.run(
        ["node", os.path.join(INSTALLED, "objects.mjs")], check=True,
        input=json.dumps([dict(zip(("kind", "document"), document))
                          for document in documents]),
        stdout=subprocess.PIPE, encoding="utf-8")
    return json.loads(done.stdout)


class Shop(Workshop):
    """The workshop with what the recipes need besides."""

    def __init__(self, place):
        super().__init__(place)
        self.env |= CI
        self.secrets = {}
        self.make_release()
        place.write("shop/bin/kubectl",
                    f'#!/bin/sh\nexec {shutil.which("kubectl")} "$@" '
                    "--dry-run=client --output=yaml\n")
        os.chmod(place.file("shop/bin/kubectl"), 0o755)

    def make_release(self):
        """The files of a release that a download needs."""
        folder = self.place.file("release")
        os.makedirs(folder)
        self.env["RELEASE"] = folder
        asset = "repository-dispatch-linux-" + os.uname().machine
        shutil.copy(BINARY, os.path.join(folder, asset))
        with open(BINARY, "rb") as f:
            digest = hashlib.sha256(f.read()).hexdigest()
        script = read(os.path.join(ROOT, ".github", "install.sh"))
        for name, value in (("version", RELEASE),
                            ("sums", f"{digest}  {asset}")):
            script = re.sub(rf"(?ms)^own_{name}='.*?'$",
                            f"own_{name}='{value}'", script)
        self.place.write("release/install.sh", script)

    def bare_path(self, prefix):
        """A search path without the binary, and with a curl and a wget that
        have the release."""
        folder = self.place.file("bare")
        os.makedirs(folder)
        for name in ("curl", "wget"):
            os.symlink(DOWNLOADS, os.path.join(folder, name))
        return f"{prefix}/bin:{folder}:{os.environ['PATH']}"

    def docker(self, tap, name, image, variables, arguments):
        """A container with only these variables."""
        env = [item for pair in variables
               for item in ("--env", "=".join(pair))]
        return self.run(tap, name, [
            self.place.file("shop/bin/docker"), "run", "--rm", "--read-only",
            "--cap-drop", "ALL", "--security-opt", "no-new-privileges", *env,
            image, *arguments], self.env, True)

    def keep_secret(self, tap, name, text):
        """Runs a "kubectl create secret" and keeps what it would create."""
        done = subprocess.run(["sh", "-euc", text], env=self.env, check=False,
                              cwd=self.path, capture_output=True)
        tap.check(done.returncode == 0, f"{name}: runs", done.stderr)
        secret = yaml.safe_load(done.stdout)
        [messages] = validate([("Secret", secret)])
        tap.check(not messages, f"{name}: its schema", *messages)
        for key, value in secret["data"].items():
            value = base64.b64decode(value).decode()
            self.secrets[secret["metadata"]["name"], key] = value
        tap.check(TOKEN in self.secrets.values(),
                  f"{name}: the secret is the token, without a line end")


def variables_of(shop, container):
    """What Kubernetes makes of a container's env: it replaces $(NAME) by an
    earlier variable, and leaves it if there is none (kubernetes.io, Define
    Dependent Environment Variables)."""
    found = {}
    for variable in container["env"]:
        if "value" in variable:
            value = re.sub(r"\$\((\w+)\)",
                           lambda match: found.get(match[1], match[0]),
                           variable["value"])
        else:
            key = variable["valueFrom"]["secretKeyRef"]
            value = shop.secrets[key["name"], key["key"]]
        found[variable["name"]] = value
    return list(found.items())


def play_container(tap, shop, name, container):
    arguments = [*container.get("command", [])[1:],
                 *container.get("args", [])]
    tap.check(container.get("command", [""])[0] in ("",
              "/repository-dispatch"), f"{name}: the image has its command")
    variables = variables_of(shop, container)
    tap.check(variables[-1][0] == "GH_PAT",
              f"{name}: no value can refer to the token", variables)
    return events_of(shop.docker(tap, f"{name}: its container runs",
                                 container["image"], variables, arguments))


def check_pod(tap, name, pod):
    violations = find_violations(pod)
    tap.check(not violations, f'{name}: meets the profile "restricted"',
              *violations)


def check_job(tap, shop, name, document):
    [messages] = validate([(document["kind"], document)])
    tap.check(not messages, f"{name}: its schema", *messages)
    spec = document["spec"]
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    pod = spec["template"]["spec"]
    check_pod(tap, name, pod)
    tap.check(spec["backoffLimit"] == 0 and pod["restartPolicy"] == "Never",
              f"{name}: nothing starts it again")
    [container] = pod["containers"]
    play_container(tap, shop, name, container)


def fill(value, parameters, form):
    """Replaces parameters in all strings, as Argo and Tekton do."""
    if isinstance(value, dict):
        return {key: fill(item, parameters, form)
                for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, parameters, form) for item in value]
    if isinstance(value, str):
        for key, text in parameters.items():
            value = value.replace(form % key, text)
    return value


def play_step(tap, shop, name, container, parameters, form):
    """With a parameter that is hostile, also to Kubernetes."""
    given = {item["name"]: item.get("value", item.get("default"))
             for item in parameters}
    given["sha"] = HARM + "$(GH_PAT)"
    events = play_container(tap, shop, name, fill(container, given, form))
    tap.check([payload for _, _, payload in events] == [
        {"sha": given["sha"]}], f"{name}: a parameter is one value", events)


def check_argo(tap, shop, name, document):
    [messages] = validate([(document["kind"], document)])
    tap.check(not messages, f"{name}: its schema", *messages)
    spec = document["spec"]
    [template] = spec["templates"]
    container = template["container"]
    check_pod(tap, name, {"securityContext": spec["securityContext"],
                          "containers": [container]})
    tap.check(spec["entrypoint"] == template["name"] and
              spec["arguments"]["parameters"][0]["name"] ==
              template["inputs"]["parameters"][0]["name"],
              f"{name}: its names agree")
    play_step(tap, shop, name, container, spec["arguments"]["parameters"],
              "{{inputs.parameters.%s}}")


def check_tekton(tap, shop, name, document):
    spec = document["spec"]
    [step] = spec["steps"]
    container = {key: value for key, value in step.items()
                 if key != "computeResources"}
    [messages] = validate([("Container", container)])
    unknown = [*(set(document) - TEKTON_TASK), *(set(spec) - TEKTON_SPEC),
               *(set(step) - TEKTON_STEP)]
    tap.check(not messages + unknown, f"{name}: its members", *messages,
              *unknown)
    tap.check(document["apiVersion"] == "tekton.dev/v1",
              f"{name}: its version")
    check_pod(tap, name, {"containers": [step]})
    play_step(tap, shop, name, container, spec["params"], "$(params.%s)")


def node_version():
    """The major version; that of Debian 12 is 18."""
    version = subprocess.check_output(["node", "--version"], encoding="ascii")
    return int(re.match(r"v(\d+)\.", version)[1])


def check_gitlab(tap, shop, block):
    """gitlab-ci-local checks the file by GitLab's schema and runs the job."""
    case_name = f"{block.name}: gitlab-ci-local runs it"
    if node_version() < 20:
        tap.skip(case_name, "gitlab-ci-local needs Node.js 20")
        return
    folder = shop.place.file(f"gitlab-{block.line}")
    subprocess.run(["git", "clone", "-q", shop.path, folder], check=True)
    shop.place.write(f"gitlab-{block.line}/.gitlab-ci.yml", block.text)
    subprocess.run(["git", "-C", folder, "add", ".gitlab-ci.yml"], check=True)
    subprocess.run(["git", "-C", folder, "remote", "set-url", "origin",
                    "https://gitlab.example.com/a/b.git"], check=True)
    given = {"CI_COMMIT_TITLE": TITLE, "PREFIX": f"{folder}/prefix",
             **{key: shop.env[key] for key in (
                 "PATH", "DISPATCH_API_URL", "DISPATCH_CA_FILE", "GH_PAT",
                 "RELEASE")}}
    if "install.sh" in block.text:
        given["PATH"] = shop.bare_path(given["PREFIX"])
    shims = os.path.join(INSTALLED, "shims.mjs")
    arguments = ["--import", shims, os.path.join(
        INSTALLED, "node_modules", "gitlab-ci-local", "dist", "index.js"),
        "dispatch", "--force-shell-executor"]
    for key, value in given.items():
        arguments += ["--variable", f"{key}={value}"]
    case = Case(tap, case_name, Run(
        shop.place, arguments, {**shop.env, "PATH": os.environ["PATH"]},
        program=shutil.which("node"), cwd=folder))
    case.exits(0)
    events = events_of(check_dispatches(case, True))
    tap.check(len(events) == 1 and events[0][2].get("title") == TITLE,
              f"{block.name}: it sends the title as it is", events)


def check_circleci(tap, shop, block):
    document = yaml.safe_load(block.text)
    [messages] = validate([("CircleCI", document)])
    tap.check(not messages, f"{block.name}: CircleCI's parser", *messages)
    for job in document["jobs"].values():
        for step in job["steps"]:
            shop.shell(tap, f"{block.name}: {step['run']['name']}",
                       step["run"]["command"])


def check_buildkite(tap, shop, block):
    document = yaml.safe_load(block.text)
    tap.check("$" not in block.text,
              f"{block.name}: Buildkite has nothing to replace")
    for step in document["steps"]:
        tap.check(not set(step) - BUILDKITE_STEP,
                  f"{block.name}: its members", set(step) - BUILDKITE_STEP)
        shop.shell(tap, f"{block.name}: {step['label']}", step["command"])


BY_MARKER = {"yaml: GitLab": check_gitlab, "yaml: CircleCI": check_circleci,
             "yaml: Buildkite": check_buildkite}
BY_KIND = {"Job": check_job, "CronJob": check_job,
           "WorkflowTemplate": check_argo, "Task": check_tekton}


def check_yaml(tap, shop, block):
    if block.marker:
        BY_MARKER[block.marker](tap, shop, block)
        return
    document = yaml.safe_load(block.text)
    name = document["kind"].lower() + ".yaml"
    with open(os.path.join(shop.path, name), "w", encoding="utf-8") as f:
        f.write(block.text)
    BY_KIND[document["kind"]](tap, shop, block.name, document)


def check_kubectl(tap, shop, block):
    """The real kubectl takes each command, up to the cluster that is not
    there."""
    for line in re.findall(r"kubectl [^)\n]*", block.text):
        command = [word.replace("$job", "job/dispatch-1")
                   for word in shlex.split(line)]
        done = subprocess.run(
            [shutil.which("kubectl"), "--server=https://127.0.0.1:1",
             "--token=x", *command[1:]], cwd=shop.path, env=shop.env, check=False,
            capture_output=True, encoding="utf-8")
        tap.check("refused" in done.stderr,
                  f"{block.name}: {line}", done.stderr)


def check_shell(tap, shop, block):
    check_syntax(tap, block)
    if "kubectl create secret" in block.text:
        shop.keep_secret(tap, block.name, block.text)
    elif "kubectl" in block.text:
        check_kubectl(tap, shop, block)
    elif "cpio" in block.text:
        shop.run(tap, f"{block.name}: makes the archive",
                 ["sh", "-euc", block.text], shop.env, False)
    elif block.marker != "systemd":
        shop.shell(tap, f"{block.name}: runs", block.text)


def check_jenkins(tap, shop, block):
    [script] = re.findall("sh '''(.*?)'''", block.text, re.DOTALL)
    shop.shell(tap, f"{block.name}: its shell part runs",
               script.replace("\\\\", "\\"))
    depth = [block.text[:i].count("{") - block.text[:i].count("}")
             for i in range(len(block.text) + 1)]
    tap.check(min(depth) == 0 and depth[-1] == 0,
              f"{block.name}: its braces are balanced")


def check_systemd(tap, shop, block):
    """Keeps the unit. test_systemd starts it."""
    name = block.marker.removeprefix("systemd: ")
    os.makedirs(shop.place.file("units"), exist_ok=True)
    shop.place.write(f"units/{name}", block.text)
    tap.check(name.endswith((".service", ".timer")),
              f"{block.name}: it is a unit")


def boot(tap, shop, block):
    """Runs the /init that the example before this one made as process 1 of an
    otherwise empty root, with a kernel's command line."""
    root = shop.place.file("boot")
    os.makedirs(root)
    archive = subprocess.run(["gzip", "-dc", os.path.join(
        shop.path, "dispatch.img")], stdout=subprocess.PIPE, check=True)
    subprocess.run(["cpio", "--quiet", "--extract", "--make-directories"],
                   cwd=root, input=archive.stdout, check=True)
    tap.check(sorted(os.listdir(root)) == ["etc", "init", "token"],
              f"{block.name}: the archive has the binary and its files")
    # The kernel keeps parameters with a dot in their name for modules.
    env = dict(word.split("=", 1) for word in block.text.split()
               if re.match(r"[A-Z_]+=", word))
    if os.geteuid() != 0:
        tap.skip(f"{block.name}: it runs as process 1", "needs root")
        return
    case = Case(tap, f"{block.name}: it runs as process 1", Run(
        shop.place, ["--pid", "--fork", "--kill-child", "--root", root,
                     "/init"],
        {**env, "DISPATCH_API_URL": shop.env["DISPATCH_API_URL"],
         "DISPATCH_CA_FILE": "-"},
        read(shop.env["DISPATCH_CA_FILE"]).encode(),
        program=shutil.which("unshare")))
    case.exits(0)
    check_dispatches(case, True)


def check_crontab(tap, shop, block):
    """One line: five times, and a command for cron's sh, in which % would end
    it (crontab(5)) and PATH has little."""
    line = re.fullmatch(r"(?:[\d*/,-]+ ){5}(/usr/local/bin/[^%\n]*)\n",
                        block.text)
    tap.check(line, f"{block.name}: a line for crontab")
    os.makedirs(shop.place.file("cron"))
    shop.place.write("cron/.dispatch-token", TOKEN + "\n")
    command = line[1].replace("/usr/local/bin/repository-dispatch", BINARY)
    shop.run(tap, f"{block.name}: runs", ["/bin/sh", "-c", command],
             {**{name: shop.env[name] for name in
                 ("DISPATCH_API_URL", "DISPATCH_CA_FILE")},
              "HOME": shop.place.file("cron")}, True)


BY_LANGUAGE = {"sh": check_shell, "yaml": check_yaml,
               "crontab": check_crontab,
               "groovy": check_jenkins, "ini": check_systemd, "": boot,
               "dockerfile": lambda tap, _, block: check_dockerfile(
                   tap, block)}


def test_page(tap, place):
    shop = place.shop = Shop(place)
    blocks = extract(PAGE)
    for block in blocks:
        BY_LANGUAGE[block.language](tap, shop, block)
    sections = re.findall(r"(?m)^## (.*)$", read(os.path.join(ROOT, PAGE)))
    tap.check(len(blocks) >= len(sections),
              "each recipe has an example", sections)
    links = find_dead_links(PAGE)
    tap.check(not links, f"{PAGE}: each link leads somewhere", *links)


def exposure_of(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true",
                           "--no-pager", unit], stdout=subprocess.PIPE,
                          encoding="utf-8", check=False)
    found = re.search(r"exposure level for \S+: (\d+)\.(\d)", done.stdout)
    return int(found[1]) * 10 + int(found[2]), done.stdout


def test_exposure(tap, place):
    """What systemd says about the unit, without running it."""
    if not shutil.which("systemd-analyze"):
        tap.skip("systemd-analyze", "this machine has no systemd")
        return
    units = [place.file("units/repository-dispatch." + suffix)
             for suffix in ("service", "timer")]
    exposure, table = exposure_of(units[0])
    tap.check(exposure == EXPOSURE, "systemd-analyze security: the exposure",
              table)
    text = read(os.path.join(ROOT, PAGE))
    tap.check(f"{EXPOSURE // 10}.{EXPOSURE % 10} of 10" in text,
              "the page states the exposure")
    place.write("units/worse.service",
                read(units[0]).replace("CapabilityBoundingSet=\n", ""))
    tap.check(exposure_of(place.file("units/worse.service"))[0] > EXPOSURE,
              "control: it is higher without one of the switches")
    done = subprocess.run(["systemd-analyze", "verify", *units],
                          stderr=subprocess.PIPE, encoding="utf-8",
                          check=False)
    # The program is not installed on this machine.
    messages = [line for line in done.stderr.splitlines()
                if "repository-dispatch" in line and
                "/repository-dispatch is not executable" not in line]
    tap.check(not messages, "systemd-analyze verify: no messages", *messages)


# The timer starts the service as soon as the machine is up, and the service
# ends the machine. It prints into a file, and asks the stand-in.
DROP_INS = {
    "repository-dispatch.timer": "[Timer]\nOnBootSec=0\n"
                                 "RandomizedDelaySec=0\nAccuracySec=1ms\n",
    "repository-dispatch.service": """\
[Unit]
SuccessAction=exit
FailureAction=exit
[Service]
Environment=DISPATCH_API_URL={url}
Environment=DISPATCH_CA_FILE=%d/root
LoadCredential=root:/recipes/root.pem
StandardOutput=file:/recipes/out
StandardError=file:/recipes/err
"""}


def boot_systemd(place):
    """A container of this machine's systemd and programs with the units, and
    nothing of this machine's configuration."""
    folder = place.file("recipes")
    os.makedirs(folder)
    shutil.copy(place.file("root.pem"), folder)
    place.write("recipes/token", TOKEN + "\n")
    arguments = ["--quiet", "--directory=/", "--volatile=yes",
                 "--register=no", "--keep-unit", "--console=pipe",
                 f"--bind={folder}:/recipes",
                 f"--bind-ro={folder}/token:/etc/repository-dispatch/token",
                 "--tmpfs=/usr/local/bin",
                 f"--bind-ro={BINARY}:/usr/local/bin/repository-dispatch"]
    for name, text in DROP_INS.items():
        place.write(f"recipes/{name}", text.format(
            url=place.shop.env["DISPATCH_API_URL"]))
        unit = f"/etc/systemd/system/{name}"
        arguments += [f"--bind-ro={place.file('units/' + name)}:{unit}",
                      f"--bind-ro={folder}/{name}:{unit}.d/test.conf"]
    return Run(place, [
        *arguments, "--boot", "systemd.unit=repository-dispatch.timer",
        "systemd.firstboot=no", "systemd.condition-first-boot=no",
        "systemd.machine_id=" + "1" * 32],
        {"PATH": os.environ["PATH"], "TERM": "dumb"},
        program=shutil.which("systemd-nspawn"), cwd="/")


def test_systemd(tap, place):
    """The real systemd starts the service, with all its switches."""
    if (os.geteuid() != 0 or not shutil.which("systemd-nspawn") or
            not glob.glob("/sys/fs/cgroup/*")):
        tap.skip("systemd starts the service",
                 "needs root, systemd-nspawn and control groups")
        return
    case = Case(tap, "systemd starts the service", boot_systemd(place))
    for name in ("out", "err"):
        path = place.file("recipes/" + name)
        text = read(path) if os.path.exists(path) else "not written"
        place.keep(text.encode(), f"the service's {name}")
        case.check(text.startswith("octo-org/octo-app: event nightly sent")
                   if name == "out" else text == "",
                   f"its standard {name} is as it should be", text)
    case.exits(0)
    check_dispatches(case, True)


def broken(pod, change):
    pod = copy.deepcopy(pod)
    change(pod, pod["containers"][0]["securityContext"])
    return pod


def test_controls(tap, place):
    """The checks find faults."""
    blocks = [yaml.safe_load(block.text) for block in extract(PAGE)
              if block.language == "yaml"]
    job = next(block for block in blocks if block.get("kind") == "Job")
    for path, faults in {
            ("spec",): {"backofLimit": 0},
            ("spec", "template", "spec"): {"restartPolicy": 1},
            ("metadata",): {"nam": "x"}}.items():
        bad = copy.deepcopy(job)
        functools.reduce(dict.get, path, bad).update(faults)
        [messages] = validate([("Job", bad)])
        tap.check(messages, f"control: a wrong member of {path} is found")
    pod = job["spec"]["template"]["spec"]
    for name, change in {
            "hostNetwork": lambda p, c: p.update(hostNetwork=True),
            "a host's folder": lambda p, c: p.update(
                volumes=[{"name": "a", "hostPath": {"path": "/"}}]),
            "root": lambda p, c: c.update(runAsUser=0),
            "maybe root": lambda p, c: c.update(runAsNonRoot=False),
            "escalation": lambda p, c: c.pop("allowPrivilegeEscalation"),
            "capabilities": lambda p, c: c.pop("capabilities"),
            "no seccomp": lambda p, c: p["securityContext"].pop(
                "seccompProfile")}.items():
        tap.check(find_violations(broken(pod, change)),
                  f"control: the profile refuses {name}")
    [messages] = validate([("CircleCI", {
        "version": 2.1, "jobs": {"a": {"steps": []}}})])
    tap.check(messages, "control: a job without an executor is found")
    shop = place.shop
    container = {"env": [{"name": "A", "value": "x"},
                         {"name": "B", "value": "$(A) $(C)"}]}
    tap.check(variables_of(shop, container)[1] == ("B", "x $(C)"),
              "control: earlier variables are replaced, as Kubernetes does")


if __name__ == "__main__":
    main(test_page, test_exposure, test_systemd, test_controls, place=Stage)
