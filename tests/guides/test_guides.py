#!/usr/bin/env python3
"""test_guides.py - runs or validates every example of the guides, and checks
their tables and links. The examples of the manual and of --help run as well.

A shell example runs as it is, against the stand-in. A workflow, or a part of
one, goes through the checks of tests/lint, and each step in it that uses our
action is played, with hostile text. A comment above an example changes that:

    <!-- before -->           another way: only its syntax is checked
    <!-- before: the same request as the next -->     run, and compared
    <!-- before: one changed line -->   only its uses: differs from the next
    <!-- yaml: GitLab -->    YAML that is not GitHub's

A page without examples is a failure, and so is an example that no check here
is for. test_recipes.py is for the page of recipes.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
for folder in ("e2e", "lint", "actions"):
    sys.path.insert(0, os.path.join(ROOT, "tests", folder))
from harness import BINARY, TOKEN, Case, Run, github, main  # noqa: E402
from machine import Stage, events_of  # noqa: E402
from runner import Action, Runner  # noqa: E402
from validators import (ACTION, RULES, our_action, read,  # noqa: E402
                        read_owner, validate)
from workflow import combinations  # noqa: E402

README = "README.md"
GUIDE = ".github/REPOSITORY_DISPATCH.md"
RECEIVER = ".github/workflows/example-receiver.yml"
ACTION_GUIDE = ".github/actions/repository-dispatch/README.md"

# The image of a release, which is that of the Dockerfile.
IMAGE = f"ghcr.io/{read_owner().lower()}/repository-dispatch:1"

# The check of a block without a comment, by its first line, and why the block
# is not run.
BY_FIRST_LINE = {
    "curl -fsSL": "syntax",    # tests/install runs them
    "git clone": "syntax",     # needs the network, and builds again
    "sudo install": "syntax",  # changes the machine
    "./build.sh": "syntax",    # builds again and runs all tests
    "env:": "env",             # variables of a container
    "octo-org/octo-app: event": "output",
    "octo-org/octo-app: workflow": "output",
    "octo-org/octo-app: reachable": "output",
    "run-name:": "title",
    "repository-dispatch: event.json": "output",
}

HARM = "\"', \"x\": 1}\n$(id)\nEND\nx<<END\n::error::x ##[error]"
# The context of the examples, hostile where an attacker chooses the text.
GITHUB = {
    "token": TOKEN, "sha": "1" * 40, "run_id": "123", "run_attempt": "1",
    "run_number": "7", "ref": "refs/heads/a\"b", "head_ref": HARM,
    "event": {"number": 5, "head_commit": {"message": HARM},
              "pull_request": {"title": HARM, "head": {"sha": "2" * 40}},
              "release": {"tag_name": HARM, "body": HARM,
                          "prerelease": False}}}


class Block:
    def __init__(self, page, line, language, marker, text):
        self.page, self.line, self.language = page, line, language
        self.marker, self.text = marker, text
        self.name = f"{page}:{line}"
        if not marker:
            for start, marker in BY_FIRST_LINE.items():
                if text.startswith(start):
                    self.marker = marker


def extract(page):
    """The fenced blocks of a page, with the comment above each."""
    blocks, above, start = [], "", None
    for number, line in enumerate(read(os.path.join(ROOT, page)).split("\n"),
                                  1):
        fence = re.fullmatch(r"```(\w*)", line)
        if start is None and fence:
            start, language, inside = number, fence[1], []
        elif start is not None and fence:
            comment = re.fullmatch(r"<!-- (.*) -->", above)
            blocks.append(Block(page, start, language,
                                comment[1] if comment else "",
                                "\n".join(inside) + "\n"))
            start, above = None, ""
        elif start is not None:
            inside.append(line)
        elif line.strip():
            above = line.strip()
    if start is not None:
        raise RuntimeError(f"{page}:{start}: the block has no end")
    return blocks


class Workshop:
    """The surroundings of the examples: a folder with the files that they
    name, and the binary on PATH."""

    def __init__(self, place):
        self.place = place
        port = place.port
        self.path = place.file("shop")
        os.makedirs(os.path.join(self.path, "bin"))
        os.symlink(BINARY, os.path.join(self.path, "bin",
                                        "repository-dispatch"))
        os.symlink(os.path.join(ROOT, "tests", "guides", "docker.py"),
                   os.path.join(self.path, "bin", "docker"))
        for name in (".github", "Dockerfile"):
            os.symlink(os.path.join(ROOT, name),
                       os.path.join(self.path, name))
        for name, text in {
                "NOTES.md": "Two\n\"lines\"\n",
                "payload.json": '{"ref": "main"}\n',
                "services.txt": "octo-org/api\nocto-org/worker work # b\n",
                "token.txt": TOKEN + "\n",
                "company.pem": read(place.file("root.pem")),
                ".curlrc": f"insecure\nconnect-to = \"api.github.com:443:"
                           f"localhost:{port}\"\n"}.items():
            place.write(os.path.join("shop", name), text)
        shutil.copy(place.file("app.pem"), self.path)
        self.system("git", "init", "-q", "-b", "main")
        self.system("git", "-c", "user.name=a", "-c", "user.email=a@b",
                    "commit", "-q", "--allow-empty", "-m", 'Say "hello"')
        self.env = {
            "PATH": os.path.join(self.path, "bin") + ":" +
                    os.environ["PATH"],
            "HOME": self.path, "CURL_HOME": self.path, "GH_PAT": TOKEN,
            "DISPATCH_API_URL": f"https://localhost:{port}",
            "DISPATCH_CA_FILE": place.file("root.pem"),
            "CI_COMMIT_SHA": "0" * 40, "CI_COMMIT_TITLE": 'a "title"',
            "BUILD_URL": "https://jenkins.example.com/job/1/"}
        subprocess.run([os.path.join(self.path, "bin", "docker"), "build",
                        "--tag", IMAGE, "--tag", IMAGE.partition(":")[0],
                        self.path], env=self.env, check=True)

    def system(self, *command):
        subprocess.run(command, cwd=self.path, check=True,
                       stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def run(self, tap, name, command, env, sends):
        """Runs it; it must succeed, and send an event if sends is true.
        Returns the dispatches."""
        case = Case(tap, name, Run(self.place, command[1:], env,
                                   program=command[0], cwd=self.path))
        case.exits(0)
        return check_dispatches(case, sends)

    def shell(self, tap, name, text):
        text = re.sub("GH_PAT=(…|\\.\\.\\.)", "GH_PAT=" + TOKEN, text)
        sends = not re.search(
            "--(dry-run|preflight|check-json|help|version)", text)
        sends &= not re.fullmatch("docker build .*\n", text)
        return self.run(tap, name, ["sh", "-euc", text], self.env, sends)

    def step(self, tap, name, step, matrix):
        """Plays a step that uses our action, on a runner that has the binary
        on its PATH."""
        contexts = {"github": GITHUB, "matrix": matrix, "secrets": {
            "DISPATCH_PAT": TOKEN, "DISPATCH_APP_ID": github.APP_ID,
            "DISPATCH_APP_KEY": read(self.place.file("app.pem"))}}
        inputs = {key: self.place.engine.fill(value, contexts)
                  for key, value in step["with"].items()}
        runner = Runner(self.place.file("runner"), self.env["PATH"],
                        self.place.engine)
        before = self.place.count()
        result = runner.run(Action(our_action(step["uses"])), inputs, {
                "GITHUB_API_URL": self.env["DISPATCH_API_URL"],
                "SSL_CERT_FILE": self.env["DISPATCH_CA_FILE"],
                "DISPATCH_WAIT_INTERVAL": "1"})
        result.requests = self.place.received(since=before)
        self.place.keep(str(result).encode(), name)
        case = Case(tap, name, result)
        case.exits(0)
        case.check(not result.annotations, "no workflow command is written")
        events = events_of(check_dispatches(case, "dry-run" not in inputs))
        case.check(not any("x" in payload for _, _, payload in events),
                   "hostile text is a value, never a member", events)

    def container(self, tap, name, variables):
        """The binary with only a container's variables."""
        env = {key: self.env[key]
               for key in ("GH_PAT", "DISPATCH_API_URL", "DISPATCH_CA_FILE")}
        env |= {"DISPATCH_REPO": "octo-org/octo-app",
                "DISPATCH_EVENT_TYPE": "deploy"}
        env |= {v["name"]: v["value"] for v in variables if "value" in v}
        return self.run(tap, name, [BINARY], env, True)


class Site(Stage):
    """A place with a workshop, which opens when it is first needed."""

    @functools.cached_property
    def shop(self):
        return Workshop(self)


def check_dispatches(case, expected):
    """Returns the requests that are dispatches."""
    dispatches = [request for request in case.run.requests
                  if request["target"].endswith("/dispatches")]
    case.check(bool(dispatches) == expected,
               "an event is sent" if expected else "no event is sent")
    return dispatches


def check_syntax(tap, block):
    text = block.text.encode()
    done = subprocess.run(["sh", "-n"], input=text, capture_output=True,
                          check=False)
    tap.check(done.returncode == 0, f"{block.name}: syntax", done.stderr)
    # SC2102: unquoted brackets of a key like a[b], which match no file here.
    done = subprocess.run(["shellcheck", "-s", "sh", "-e", "SC2102", "-"],
                          input=text, capture_output=True, check=False)
    tap.check(done.returncode == 0, f"{block.name}: shellcheck",
              done.stdout.decode())


def check_shell(tap, shop, block, following):
    check_syntax(tap, block)
    if block.marker == "before: the same request as the next":
        [before] = shop.shell(tap, f"{block.name}: runs", block.text)
        [after] = shop.shell(tap, f"{following.name}: runs as its successor",
                             following.text)
        for key in ("method", "target"):
            tap.check(before[key] == after[key],
                      f"{block.name}: the same {key} before and after",
                      before[key], after[key])
        tap.check(json.loads(before["body"]) == json.loads(after["body"]),
                  f"{block.name}: the same body before and after",
                  before["body"], after["body"])
    elif block.marker not in ("before", "syntax"):
        shop.shell(tap, f"{block.name}: runs", block.text)


def make_workflow(document, text):
    """The whole workflow around an example that is a part of one, or None if
    the example is something else."""
    if isinstance(document, dict) and "jobs" in document:
        if True in document:  # the key "on" in YAML 1.1
            return text
        jobs = document["jobs"]
    elif isinstance(document, list) and all(
            isinstance(step, dict) and ("uses" in step or "run" in step)
            for step in document):
        jobs = {"example": {"runs-on": "ubuntu-latest", "permissions": {},
                            "steps": document}}
    else:
        return None
    return yaml.safe_dump({"name": "example", "on": "push",
                           "permissions": {}, "jobs": jobs}, width=1 << 20)


def check_one_line(tap, block, following):
    """A step of another action becomes one of ours by its line with uses:."""
    before, after = (text.splitlines()
                     for text in (block.text, following.text))
    changed = [lines for lines in zip(before, after)
               if lines[0] != lines[1]]
    tap.check(len(before) == len(after) and len(changed) == 1 and all(
        line.startswith("- uses: ") for line in changed[0]),
        f"{block.name}: only its line with uses: changes", changed)


def check_installs(tap, block, line):
    """It runs the script that the README's first command runs, which
    tests/install plays."""
    [address] = re.findall(r"^curl -fsSL (\S+) \| sh$", read(os.path.join(
        ROOT, README)), re.MULTILINE)
    tap.check(line == f"wget -qO- {address} | sh",
              f"{block.name}: it installs as the README does", line)


def check_yaml(tap, shop, block, following):
    if block.marker == "before: one changed line":
        check_one_line(tap, block, following)
    document = yaml.safe_load(block.text)
    workflow = make_workflow(document, block.text)
    if block.marker == "yaml: GitLab":
        for job in document.values():
            for line in job.get("before_script", []):
                check_installs(tap, block, line)
            for number, line in enumerate(job["script"], 1):
                shop.shell(tap, f"{block.name}: line {number} runs", line)
    elif block.marker == "title":
        check_title(tap, shop, block.name, document)
    elif block.marker == "env":
        shop.container(tap, f"{block.name}: as a container's variables",
                       document["env"])
    elif workflow is None:
        tap.check(False, block.name, "neither a workflow nor marked")
    else:
        [messages] = validate([(block.name, "workflow", workflow)])
        tap.check(not messages, f"{block.name}: the validators", *messages)
        for rule, find in RULES:
            if not block.marker.startswith("before"):
                faults = find(yaml.safe_load(workflow))
                tap.check(not faults, f"{block.name}: {rule}", *faults)
        check_our_steps(tap, shop, block, yaml.safe_load(workflow))
        check_title(tap, shop, block.name, yaml.safe_load(workflow))


def check_title(tap, shop, name, workflow):
    """A run-name with the id: it shows one that is there, and a run without
    one keeps its usual title, since the run-name is empty."""
    title = workflow.get("run-name", "")
    if "dispatch_id" not in title:
        return
    for payload, ends in (({"dispatch_id": "5f0c"}, " 5f0c"), ({}, "")):
        event = {"event": {"action": "deploy", "client_payload": payload}}
        shown = shop.place.engine.fill(title, {"github": event})
        tap.check(shown == "deploy" + ends if ends else not shown,
                  f"{name}: the title of a run with {payload}", shown)
    shown = shop.place.engine.fill(title, {"github": {"event": {}}})
    tap.check(not shown, f"{name}: the title of another event's run", shown)


def check_our_steps(tap, shop, block, document):
    for job in document["jobs"].values():
        steps = [step for step in job["steps"]
                 if our_action(step.get("uses", "")) is not None]
        for step in steps:
            for matrix in combinations(job):
                where = "".join(f", {value}" for value in matrix.values())
                shop.step(tap, f"{block.name}: its step is played{where}",
                          step, matrix)


def check_dockerfile(tap, block):
    """The image that it copies from is ours, and has the file."""
    [(image, source)] = re.findall(r"^COPY --from=(\S+) (\S+) \S+$",
                                   block.text, re.MULTILINE)
    dockerfile = read(os.path.join(ROOT, "Dockerfile"))
    tap.check(image in (IMAGE, IMAGE.partition(":")[0]),
              f"{block.name}: it copies from our image", image)
    tap.check(f'ENTRYPOINT ["{source}"]' in dockerfile,
              f"{block.name}: the image has the file", source)


def check_block(tap, shop, block, following):
    if block.language == "sh":
        check_shell(tap, shop, block, following)
    elif block.language == "yaml":
        check_yaml(tap, shop, block, following)
    elif block.language == "json":
        document = json.loads(block.text)
        tap.check(isinstance(document, dict), f"{block.name}: is JSON")
    elif block.language == "dockerfile":
        check_dockerfile(tap, block)
    else:
        tap.check(block.marker == "output",
                  f"{block.name}: what a command prints",
                  "unknown language, and not marked")


def examples_of_manual():
    """The displays of the section EXAMPLES, without roff's escapes."""
    text = read(os.path.join(ROOT, "build", "gen", "repository-dispatch.1"))
    section = re.search(r"^\.Sh EXAMPLES$(.*?)^\.Sh", text,
                        re.DOTALL | re.MULTILINE)[1]
    return [display.replace("\\e", "\\") for display in re.findall(
        r"^\.Bd -literal.*?\n(.*?)^\.Ed$", section, re.DOTALL | re.MULTILINE)]


def examples_of_help():
    text = subprocess.run([BINARY, "--help"], check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout
    return re.findall(r"^  repository-dispatch .*$", text, re.MULTILINE)


def test_texts(tap, place):
    for page, examples in (("the manual", examples_of_manual()),
                           ("--help", examples_of_help())):
        tap.check(len(examples) > 1, f"{page} has {len(examples)} examples")
        for number, example in enumerate(examples, 1):
            check_shell(tap, place.shop, Block(
                f"{page}, example", number, "sh", "", example + "\n"), None)


def prose_of(page):
    """A page without its blocks."""
    return re.sub(r"^```.*?^```$", "", read(os.path.join(ROOT, page)),
                  flags=re.DOTALL | re.MULTILINE)


def anchors_of(page):
    """The anchors that GitHub makes of the headings."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall("^#+ (.*)$", prose_of(page),
                                      re.MULTILINE)}


def find_dead_links(page):
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        target = urllib.parse.urlsplit(link)
        if target.scheme:
            continue
        path = os.path.normpath(os.path.join(
            os.path.dirname(page), target.path)) if target.path else page
        if not os.path.exists(os.path.join(ROOT, path)) or (
                target.fragment and
                target.fragment not in anchors_of(path)):
            found.append(link)
    # Paths of this repository that are named in the text.
    for path in re.findall(r"`(\.github/[^`\s]+)`", prose_of(page)):
        if path != ".github/workflows/receive.yml" and not os.path.exists(
                os.path.join(ROOT, path)):
            found.append(path)
    return found


def rows_of(page, heading):
    """The cells of the table below a heading."""
    text = re.search(rf"^#+ {heading}$(.*?)^#", read(os.path.join(
        ROOT, page)), re.DOTALL | re.MULTILINE)[1]
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")]
            for row in rows[2:]]


def test_tables(tap, _):
    action = yaml.safe_load(read(ACTION)) if os.path.exists(ACTION) else {
        "inputs": {}, "outputs": {}}
    described = {}
    for names, default, _ in rows_of(ACTION_GUIDE, "Inputs"):
        for name in re.findall("`([^`]+)`", names):
            described[name] = default
    given = set(action["inputs"])
    tap.check(set(described) == given,
              "the guide has the inputs of the action",
              set(described) ^ given)
    wrong = {name: default for name, default in described.items()
             if default.startswith("`") and default.strip("`") !=
             str(action["inputs"].get(name, {}).get("default")) and
             f"Default: {default}." not in " ".join(
                 action["inputs"].get(name, {}).get("description", "").split())}
    tap.check(not wrong, "the guide has the defaults of the inputs", wrong)
    described = {row[0].strip("`") for row in rows_of(ACTION_GUIDE,
                                                      "Outputs")}
    given = set(action["outputs"])
    tap.check(described == given, "the guide has the outputs of the action",
              described ^ given)
    codes = [row[0] for row in rows_of(GUIDE, "Exit status")]
    tap.check(codes == [str(number) for number in range(13)],
              "the guide has every exit status", codes)


def check_uses(tap, blocks):
    """The README shows each use with an example, which runs, or leads to the
    recipes."""
    uses, recipes = {}, set()
    lines = read(os.path.join(ROOT, README)).split("\n")
    number = lines.index("## Use it") + 1
    while not lines[number].startswith("## "):
        number += 1
        if lines[number - 1].startswith("### "):
            name = lines[number - 1][4:]
            uses[name] = []
        if ".github/RECIPES.md#" in lines[number - 1]:
            recipes.add(name)
        for block in blocks:
            if block.line == number:
                uses[name].append(block.marker)
    tap.check(len(uses) == 5, "the README has five uses", uses)
    for use, markers in uses.items():
        tap.check(markers or use in recipes,
                  f"{use}: there is an example, or a recipe", markers)
        tap.check(not {"before", "syntax", "output"} & set(markers),
                  f"{use}: the example runs", markers)


def test_controls(tap, _):
    """The checks find faults."""
    block = Block("x.md", 1, "yaml", "", "- run: echo ${{ github.actor }}\n")
    workflow = make_workflow(yaml.safe_load(block.text), block.text)
    tap.check(workflow, "control: a list of steps is made a workflow")
    tap.check(any(find(yaml.safe_load(workflow)) for _, find in RULES),
              "control: a step that pastes an expression is found")
    [messages] = validate([("x.md", "workflow", make_workflow(
        [{"run": "echo", "with": 1}], ""))])
    tap.check(messages, "control: a step with an unknown key is found")
    tap.check(make_workflow({"kind": "Job"}, "") is None,
              "control: other YAML is not a workflow")


def test_pages(tap, place):
    for page in (README, GUIDE, ACTION_GUIDE):
        blocks = extract(page)
        languages = {block.language for block in blocks}
        tap.check({"sh", "yaml"} & languages,
                  f"{page}: has an example in sh or YAML")
        tap.check(len(blocks) >= 5, f"{page}: has {len(blocks)} examples")
        for block, following in zip(blocks, [*blocks[1:], None]):
            check_block(tap, place.shop, block, following)
        if page == README:
            check_uses(tap, blocks)
            check_title(tap, place.shop, RECEIVER, yaml.safe_load(read(
                os.path.join(ROOT, RECEIVER))))
        links = find_dead_links(page)
        tap.check(not links, f"{page}: each link leads somewhere", *links)


if __name__ == "__main__":
    main(test_controls, test_pages, test_texts, test_tables, place=Site)
