#!/usr/bin/env python3
"""test_release.py - the workflows that release, try the real GitHub, refresh the
roots and prove weekly what takes long, played up to the calls that leave the
machine: docker, gh, cosign and what attests are programs here that write down how
they were called. What counts is that nothing is signed or published unless
everything before has succeeded."""

import hashlib
import os

from machine import BINARY, TOKEN, Stage, harness, write_program
from test_workflows import WORKFLOWS, World, WorkflowCase

RELEASE = os.path.join(WORKFLOWS, "release.yml")
LIVE = os.path.join(WORKFLOWS, "live.yml")
WEEKLY = os.path.join(WORKFLOWS, "weekly.yml")
ROOTS = os.path.join(WORKFLOWS, "roots.yml")
TARGETS = {"x86_64": "linux_amd64", "aarch64": "linux_arm64",
           "armv7": "linux_arm_v7", "i686": "linux_386",
           "riscv64": "linux_riscv64", "ppc64le": "linux_ppc64le",
           "s390x": "linux_s390x"}
DIGEST = "sha256:" + "d" * 64
SUMS = ".github/actions/repository-dispatch/SHA256SUMS"


def binary(target):
    return f"the binary for {target}\n"


def sums(names=tuple(TARGETS)):
    return "".join(
        f"{hashlib.sha256(binary(name).encode()).hexdigest()}  "
        f"repository-dispatch-linux-{name}\n" for name in names)


# In the place of build.sh. The files "dist-1" and "dist-2" beside the calls are
# what a machine makes differently.
BUILD = """\
[ $# -gt 0 ] || {{ mkdir -p build && cp {binary} build/repository-dispatch; exit; }}
echo "build.sh $*" >>{calls}
number=$(grep -c '^build.sh dist' {calls})
mkdir -p build/dist
for target in {targets}; do
    echo "the binary for $target" >"build/dist/repository-dispatch-linux-$target"
done
cp .github/install.sh build/dist/
echo '{{}}' >build/dist/repository-dispatch.spdx.json
[ ! -e {calls}-dist-$number ] || . {calls}-dist-$number
(cd build/dist && sha256sum repository-dispatch* install.sh >SHA256SUMS)
grep linux- build/dist/SHA256SUMS >{sums}
"""

PROGRAMS = {
    "sudo": 'exec "$@"\n',
    "cosign": """\
echo "cosign $*" >>{calls}
[ "$1" != sign-blob ] || echo bundle >"$4"
""",
    "docker": """\
echo "docker $*" >>{calls}
case "$*" in
*type=local,dest=roots*) cp -R {roots} roots ;;
*--metadata-file*) echo '{{"containerimage.digest": "{digest}"}}' >metadata.json ;;
*login*) cat >{calls}-password ;;
esac
""",
    # The files beside the calls: new-tag, there is nothing to move; draft, the
    # release exists, as a draft or not; other-sums, with other files; pull, there
    # is a pull request. Of two runs, one begins after the first poll.
    "gh": """\
echo "gh $*" >>{calls}
case "$*" in
*PATCH*) [ ! -e {calls}-new-tag ] ;;
'release view '*) cat {calls}-draft ;;
'release download '*)
    mkdir published
    cat dist/SHA256SUMS >published/SHA256SUMS
    [ ! -e {calls}-other-sums ] || echo x >>published/SHA256SUMS
    ;;
'pr list '*) [ ! -e {calls}-pull ] || cat {calls}-pull ;;
*actions/runs*)
    number=$(grep -c actions/runs {calls})
    state=queued
    [ "$number" -eq 1 ] || state=in_progress
    printf '%s\\t7\\tlive 1\\tLive\\t%s\\n' "$number" "$state"
    printf '%s\\t8\\tlive 2\\tLive\\tqueued\\n' "$number"
    ;;
esac
""",
}


class Shop(World):
    """A repository that is ready for a release, and machines whose programs
    only write down their calls."""

    def __init__(self, place):
        super().__init__(place)
        self.roots = place.file("roots")
        for target, folder in TARGETS.items():
            os.makedirs(os.path.join(self.roots, folder))
            self.put(os.path.join(self.roots, folder, "repository-dispatch"),
                     binary(target))
        facts = {"calls": self.calls, "roots": self.roots, "digest": DIGEST,
                 "binary": BINARY, "targets": " ".join(TARGETS),
                 "sums": SUMS}
        for name, text in PROGRAMS.items():
            write_program(place.file("programs/" + name),
                          text.format(**facts))
        write_program(self.path("build.sh"), BUILD.format(**facts))
        write_program(self.path(".ci/run"), f"echo tests >>{self.calls}\n"
                      f"[ ! -e {self.calls}-tests ]\n")
        self.put(self.path(".github/CHANGELOG.md"),
                 "# Changes\n\n## [Unreleased]\n\n- no\n\n## [1.2.3] - 2026-01-02"
                 "\n\n- yes\n\n## [1.2.3-rc.1]\n\n- early\n")
        self.prepare("1.2.3")

    def path(self, name):
        return os.path.join(self.repository, name)

    @staticmethod
    def put(path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def prepare(self, version, pinned=None, of=None):
        """Commits this version and these sums, which are of another one if
        so named. Returns the commit."""
        self.put(self.path("src/VERSION"), version + "\n")
        self.put(self.path(SUMS), f"# a comment\n# version {of or version}\n" + (
            sums() if pinned is None else pinned))
        return self.commit("README.md")

    def release(self, tag, sha=None, **flags):
        """Plays the release of a tag. flags: files beside the calls, whose
        names tell a program to fail, and their texts."""
        for name, text in flags.items():
            self.put(f"{self.calls}-{name.replace('_', '-')}", text)
        played = self.play(RELEASE, self.github(
            event_name="push", ref_name=tag, ref="refs/tags/" + tag,
            sha=sha or self.git("rev-parse", "HEAD"),
            repository="Octo/repository-dispatch"))
        for name in flags:
            os.remove(f"{self.calls}-{name.replace('_', '-')}")
        return played


def leaves(calls):
    """The calls that sign, push, publish or move."""
    return [call for call in calls
            if not call.startswith(("tests", "build.sh", "docker buildx create"))
            and "type=local" not in call]


def test_good(tap, shop):
    sha = shop.git("rev-parse", "HEAD")
    for name, flags, moves in (
            ("the tag v1 exists", {}, ["PATCH"]),
            ("the tag v1 is new", {"new_tag": ""}, ["PATCH", "POST"])):
        played = shop.release("v1.2.3", **flags)
        case = WorkflowCase(tap, f"a release, {name}", played)
        case.clean()
        for job in ("check", "test", "build", "compare", "attest", "image",
                    "publish", "move"):
            case.ends(job, "success")
        calls = shop.called()
        image = "ghcr.io/octo/repository-dispatch"
        begins = [call.split(" dist/")[0] for call in leaves(calls)]
        wanted = [
            "attest SHA256SUMS install.sh repository-dispatch-linux-aarch64",
            "cosign sign-blob --yes --bundle signature/SHA256SUMS.sigstore.json",
            "docker login ghcr.io --username o'neil --password-stdin",
            "docker buildx build --platform linux/amd64,",
            f"cosign sign --yes {image}@{DIGEST}",
            "docker login ghcr.io",
            f"docker buildx imagetools create --tag {image}:1.2.3 --tag "
            f"{image}:1 --tag {image}:latest {image}@{DIGEST}",
            "gh release view v1.2.3 --repo Octo/repository-dispatch",
            "gh release create v1.2.3 --repo Octo/repository-dispatch "
            "--verify-tag --title 1.2.3 --notes-file notes.md",
            *[f"gh api --silent --method {move} repos/Octo/repository-dispatch"
              for move in moves]]
        case.check(len(begins) == len(wanted) and all(
            call.startswith(begin) for call, begin in zip(begins, wanted)),
            "these calls leave the machine, in this order", *leaves(calls))
        case.check(f"-f sha={sha}" in calls[-1],
                   "the last one moves the tag v1 to this commit", calls[-1])
        case.check(calls.count("build.sh dist") == 2 and
                   calls.count("tests") == 1, "it is built twice", calls)
        [files] = [call for call in calls
                   if call.startswith("gh release create")]
        case.check(all(f"dist/repository-dispatch-linux-{target}" in files
                       for target in TARGETS) and
                   "signature/SHA256SUMS.sigstore.json" in files,
                   "the release has the binaries and the signature", files)
        case.check(not any(TOKEN in call for call in calls),
                   "no argument has the token")
        notes = os.path.join(os.path.dirname(shop.calls),
                             f"world-{shop.count}", "publish-0", "workspace",
                             "notes.md")
        with open(notes, encoding="utf-8") as f:
            text = f.read()
        case.check(text.strip() == "- yes", "its notes are its section", text)


def test_again(tap, shop):
    """An attempt after one that was cut off while it published."""
    for name, flags, result, moved, wanted in (
            ("a release that is published", {"draft": "false\n"}, "success",
             "success", ["view", "download"]),
            ("a release that was left a draft", {"draft": "true\n"},
             "success", "success", ["view", "delete", "create"]),
            ("another release that is published",
             {"draft": "false\n", "other_sums": ""}, "failure", "skipped",
             ["view", "download"])):
        played = shop.release("v1.2.3", **flags)
        case = WorkflowCase(tap, f"a release after {name}", played)
        case.ends("publish", result)
        case.ends("move", moved)
        calls = [call.split()[2] for call in shop.called()
                 if call.startswith("gh release")]
        case.check(calls == wanted, f"gh is asked to {', '.join(wanted)}",
                   calls)


def test_early(tap, shop):
    """A version with a hyphen moves nothing that others use."""
    shop.prepare("1.2.3-rc.1")
    case = WorkflowCase(tap, "an early release",
                        shop.release("v1.2.3-rc.1"))
    case.ends("publish", "success")
    case.ends("move", "skipped")
    calls = shop.called()
    case.check(not any("latest" in call or "api" in call for call in calls),
               "neither latest nor v1 moves", *calls)
    case.check(any("--prerelease" in call for call in calls),
               "it is marked as early", *calls)
    shop.prepare("1.2.3")


DIFFERENT = "echo x >>build/dist/repository-dispatch-linux-i686"
OTHER_DOCUMENT = "echo x >>build/dist/repository-dispatch.spdx.json"
# What is wrong, the programs that fail, the jobs that fail, and those that are
# skipped.
STOPPED = [
    ("a binary that is not the committed one", {"dist_1": DIFFERENT,
                                                "dist_2": DIFFERENT},
     {"build"}, {"compare", "attest", "image", "publish", "move"}),
    ("one machine's binary", {"dist_2": DIFFERENT}, {"build"},
     {"compare", "attest", "image", "publish", "move"}),
    ("another document of the second machine", {"dist_2": OTHER_DOCUMENT},
     {"compare"}, {"attest", "image", "publish", "move"}),
    ("another install.sh", {"dist_1": "echo x >>build/dist/install.sh",
                            "dist_2": "echo x >>build/dist/install.sh"},
     {"build"}, {"compare", "attest", "image", "publish", "move"}),
    ("a test that fails", {"tests": ""}, {"test"},
     {"attest", "image", "publish", "move"}),
]


def test_stopped(tap, shop):
    for name, flags, failing, skipped in STOPPED:
        played = shop.release("v1.2.3", **flags)
        case = WorkflowCase(tap, f"a release with {name}", played)
        check_stopped(case, shop, failing, skipped)
    other = os.path.join(shop.roots, "linux_s390x", "repository-dispatch")
    shop.put(other, "another\n")
    case = WorkflowCase(tap, "an image with another binary",
                        shop.release("v1.2.3"))
    case.ends("image", "failure")
    case.ends("publish", "skipped")
    case.check(not any("push" in call or "gh " in call
                       for call in shop.called()), "nothing is pushed",
               *shop.called())
    shop.put(other, binary("s390x"))


def check_stopped(case, shop, failing, skipped):
    for job in failing:
        case.ends(job, "failure")
    for job in skipped:
        case.ends(job, "skipped")
    case.check(not leaves(shop.called()), "no call leaves the machine",
               *leaves(shop.called()))


def test_not_ready(tap, shop):
    rest = {"test", "build", "compare", "attest", "image", "publish", "move"}
    for name, tag, prepare in (
            ("another version", "v1.2.4", {}),
            ("a version without a section", "v1.2.5", {"version": "1.2.5"}),
            ("no sums", "v1.2.3", {"pinned": ""}),
            ("sums of another version", "v1.2.3", {"of": "1.2.2"}),
            ("six sums", "v1.2.3", {"pinned": sums(list(TARGETS)[1:])})):
        sha = shop.prepare(**{"version": "1.2.3", **prepare})
        case = WorkflowCase(tap, f"a commit with {name}",
                            shop.release(tag, sha))
        check_stopped(case, shop, {"check"}, rest)
        case.check(len(case.run.results()) == 2 and
                   case.run.results()[-1].named("error"),
                   "an annotation says why")
    shop.prepare("1.2.3")
    shop.git("checkout", "-q", "--detach")
    sha = shop.commit("README.md")
    shop.git("update-ref", "refs/tags/v1.2.3", sha)
    shop.git("checkout", "-q", "main")
    case = WorkflowCase(tap, "a commit that is not on main",
                        shop.release("v1.2.3", sha))
    check_stopped(case, shop, {"check"}, rest)


def test_live(tap, shop):
    """The stand-in in the place of GitHub."""
    github = shop.github(event_name="workflow_dispatch", ref_name="main",
                         ref="refs/heads/main",
                         sha=shop.git("rev-parse", "HEAD"),
                         repository="octo/runs-slow")
    played = shop.play(LIVE, github)
    case = WorkflowCase(tap, "live", played)
    case.runs("send")
    case.ends("send", "success")
    case.check(played.sent[0][:2] == ("octo/runs-slow", "live") and
               played.sent[0][2] == {"dispatch_id": "123-2"},
               "the event has a dispatch_id", played.sent)
    record = os.path.join(os.path.dirname(shop.calls),
                          f"world-{shop.count}", "artifact-record")
    names = set(os.listdir(record)) if os.path.isdir(record) else set()
    for name in ("version.txt", "dispatch.json", "trace.txt", "runs.tsv",
                 "exit-status.txt", "all.head", "all.json", "unchanged.head",
                 "not-found.json", "unauthorised.txt", "refused.txt"):
        case.check(name in names, f"the record has {name}", names)
    with open(os.path.join(record, "runs.tsv"), encoding="utf-8") as f:
        states = [line.split("\t")[1:] for line in f.read().splitlines()]
    wanted = [["7", "live 1", "Live", "queued"],
              ["8", "live 2", "Live", "queued"],
              ["7", "live 1", "Live", "in_progress"]]
    case.check(states == wanted, "a state of a run is recorded once", states)
    for name in names:
        with open(os.path.join(record, name), "rb") as f:
            shop.place.keep(f.read(), "the record's " + name)
    case = WorkflowCase(tap, "live, at its other end", shop.play(
        LIVE, {**github, "event_name": "repository_dispatch",
               "event": {"action": "live", "client_payload": {}}}))
    case.runs("receive")


def test_roots(tap, shop):
    """A list that has changed, and one that has not; then again, while the
    pull request of the first time is open."""
    for name in ("apt-get", "sleep"):
        write_program(shop.place.file("programs/" + name), "exit 0\n")
    shop.put(shop.path("vendor/roots.pem"), "old\n")
    for text, pull, creates in (
            ("old", None, []), ("new", None, ["gh pr list", "gh pr create"]),
            ("newer", "7\n", ["gh pr list", "gh pr edit 7"])):
        if pull:
            shop.put(f"{shop.calls}-pull", pull)
        write_program(shop.path("vendor/update-roots.sh"),
                      f"echo '> {text} root'\necho {text} >vendor/roots.pem\n")
        sha = shop.commit("README.md")
        played = shop.play(ROOTS, shop.github(
            event_name="schedule", ref_name="main", ref="refs/heads/main",
            sha=sha))
        case = WorkflowCase(tap, f"{text} roots", played)
        case.ends("update", "success")
        case.ends("propose", "success")
        calls = [call.split(" --")[0] for call in shop.called()]
        wanted = creates and ["gh auth setup-git", *creates]
        case.check(calls == wanted, f"the calls are {wanted}", calls)
        if not creates:
            continue
        changed = shop.git("diff", "--name-only", "main", "update-roots")
        case.check(changed == "vendor/roots.pem",
                   "only the roots are changed on the branch", changed)
        listed = shop.git("show", "update-roots:vendor/roots.pem")
        case.check(listed == text, "it has the new list", listed)


def test_weekly(tap, shop):
    """All commands run, also after one that fails, whose findings are kept."""
    write_program(shop.path("build.sh"), f"""\
echo "${{CC:+$CC }}$1" >>{shop.calls}
mkdir -p build/tests build/fuzz
echo x >build/fuzz/crash-1
echo x >build/fuzz/json_fuzz
[ "$1" != fuzz ]
""")
    played = shop.play(WEEKLY, shop.github(
        event_name="schedule", ref_name="main", ref="refs/heads/main",
        sha=shop.commit("README.md")))
    case = WorkflowCase(tap, "weekly, a fuzzer with a finding", played)
    case.ends("prove", "failure")
    calls = ["emulate", "same", "image", "fuzz", "suites", "faults", "style",
             "coverage", "mutants", *["demo"] * 3, "clang demo"]
    case.check(shop.called() == calls, "these commands run", shop.called())
    for job in ("elsewhere", "clang"):
        case.ends(job, "success")
    folder = os.path.join(os.path.dirname(shop.calls), f"world-{shop.count}")
    kept = [name for name in os.listdir(folder)
            if name.startswith("artifact-")]
    case.check(kept == ["artifact-fuzz"], "what failed has an artifact", kept)
    names = sorted(os.listdir(os.path.join(folder, "artifact-fuzz")))
    case.check(names == ["crash-1", "tests"], "it has the finding", names)


def test_releases(tap, place):
    shop = Shop(place)
    for test in (test_good, test_again, test_early, test_stopped, test_not_ready,
                 test_live, test_roots, test_weekly):
        test(tap, shop)


if __name__ == "__main__":
    harness.main(test_releases, place=Stage)
