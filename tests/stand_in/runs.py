"""runs.py - the part of the stand-in that plays GitHub's runs in time: what
an event starts, and what the API shows of it, at each moment since the event.

The name of the repository selects a scenario:

    runs-X          the scenario X of the table SCENARIOS
    runs-X_Y        the same, but the runs after the first are changed as in
                    the table CHANGES
    runs-X.Z        the same as runs-X, for a case of its own
    runs-X.Z-N      the same, with ids of runs that are N higher: GitHub gives
                    no id twice

A repository of any other name has one run that has succeeded at once. Each
event begins its scenario anew, except where the scenario says otherwise.

Facts: GitHub's REST docs, "Workflow runs", "Workflow jobs", "Rate limits for
the REST API" and "Best practices for using the REST API" (conditional
requests)."""

import calendar
import dataclasses
import hashlib
import json
import re
import threading
import time
import urllib.parse
import zlib

import documents
import workflows
from responses import NO_CONTENT, RESPONSES, message, response

SENDER = "monalisa"  # whom the token belongs to
APP_SLUG = "octo-sender"
LATER = 1e9  # never, within a test
STATUSES = ("requested", "queued", "pending", "waiting", "in_progress")


@dataclasses.dataclass(frozen=True)
class Run:
    """What a run is, and what becomes of it.

    stages: (seconds since the event, word, attempt) each. The word is a
    status, or a conclusion, which ends the run. The attempt may be left out.
    The title may contain {id}, the id that the event carries."""
    number: int
    stages: tuple
    file: str = "receiver.yml"
    name: str = "Receiver"
    title: str = "deploy {id}"
    event: str = "repository_dispatch"
    actor: str = None      # None: who sent the event
    created: float = None  # None: the time of the first stage
    listed: float = None   # when lists show it; None: from the first stage on
    indexed: float = None  # when filtered lists do; None: as other lists
    gone: float = LATER    # when it is deleted
    odd_id: bool = False   # its id is a string
    # Of its jobs: the name, and the steps' names. The last step decides.
    jobs: tuple = (("build", ("Set up job", "Compile")),)
    environment: str = "production"  # what "waiting" waits for
    reviewers: tuple = ("hubot",)


@dataclasses.dataclass(frozen=True)
class Scenario:
    runs: tuple
    # For each kind of request, the responses in turn: names of RESPONSES, or
    # None for GitHub's. More requests get GitHub's. Kinds: the table KINDS.
    faults: dict = dataclasses.field(default_factory=dict)
    # From this second to that one, the response to all requests.
    outage: tuple = (LATER, LATER, None)
    blinks: bool = False   # every second filtered list is empty
    clock: int = 0         # by how many seconds GitHub's clock is fast
    limit: int = 5000      # requests an hour
    renamed: float = LATER  # from then on, requests are redirected
    keeps: bool = False    # an event leaves the runs of earlier ones
    key: tuple = ("dispatch_id",)  # where the receiver takes the id from
    cancel: str = "ends"   # or "ignored", which leaves the run as it is
    details: bool = True   # whether it knows return_run_details


def succeeded(number, at=0, **facts):
    return Run(number, ((at, "success"),), **facts)


def ended(number, conclusion, at=0, **facts):
    return Run(number, ((at, conclusion),), **facts)


def second(run, index=2):
    """The same run of another workflow."""
    return dataclasses.replace(run, file=f"receiver-{index}.yml",
                               name=f"Receiver {index}")


def crowd(count, **facts):
    """Foreign runs, each newer than the one before."""
    return tuple(Run(5000 - i, ((0, "in_progress"),), file="ci.yml", name="CI",
                     title=f"Push {i}", **{"event": "push", "created": 1,
                                           "actor": "hubot", **facts})
                 for i in range(count))


SLOW = Run(1000, ((0.7, "queued"), (1.7, "in_progress"), (2.7, "success")))
OPEN = Run(1000, ((0, "queued"), (0.5, "in_progress")))
MATRIX = (("build (arm)", ("Set up job", "Compile")),
          ("build (x86)", ("Set up job", "Compile")), ("lint", ("Check",)))

SCENARIOS = {
    "success": Scenario((succeeded(1000),)),
    "slow": Scenario((SLOW,)),
    "failure": Scenario((ended(1000, "failure"),)),
    "pending": Scenario((Run(1000, ((0, "pending"), (0.7, "success"))),)),
    "none": Scenario(()),
    # The second run starts after the first one has ended.
    "two": Scenario((ended(1000, "failure", 0.8),
                     second(succeeded(1001)))),
    "last": Scenario((ended(1000, "failure", 0.5), second(succeeded(1001)))),
    "skipped": Scenario((ended(1000, "skipped"),
                         second(ended(1001, "neutral")))),
    "cancelled": Scenario((succeeded(1000),
                           second(ended(1001, "cancelled")))),
    "many": Scenario(tuple(second(succeeded(1000 + i), i)
                           for i in range(45))),
    "crowd": Scenario(tuple(second(succeeded(1000 + i), i)
                            for i in range(520))),
    "hostile": Scenario((ended(1000, "failure\n::error::x ##[group]"),)),
    "hostile-names": Scenario((ended(
        1000, "failure", name="x\n::error::y ##[group]\x1b[31m",
        title="{id}\n::warning::z", jobs=(
            ("job\n::error::a ##[x]", ("step\x1b[2J\r::notice::b",)),)),)),
    "lost": Scenario((succeeded(1000),), {
        "list": [None, "200-no-runs"], "filtered": [None, "200-no-runs"]}),

    # Late, and out of order.
    "late": Scenario((ended(1000, "success", 4),)),
    "disordered": Scenario((
        Run(1000, ((0, "in_progress"), (4, "success")), listed=2.5),
        second(ended(1001, "failure", 0.5)))),
    # The filtered list lags, comes back empty, or never has the run; or only
    # it has, because too many other runs came meanwhile.
    "lags": Scenario((succeeded(1000, indexed=6),)),
    "blinks": Scenario((SLOW,), blinks=True),
    "unindexed": Scenario((succeeded(1000, indexed=LATER),)),
    "deep": Scenario((*crowd(150), SLOW)),
    "paged": Scenario((*crowd(45), SLOW)),
    # Foreign runs in the second of the event.
    "foreign-actor": Scenario((succeeded(1000), second(ended(
        1001, "failure", title="deploy", actor="hubot")))),
    "foreign-type": Scenario((succeeded(1000, title="deploy"), second(ended(
        1001, "failure", title="cleanup")))),
    "foreign-id": Scenario((succeeded(1000), ended(
        1001, "failure", title="deploy 0123456789abcdef"))),
    "foreign-event": Scenario((succeeded(1000), ended(
        1001, "failure", event="push"))),
    # Receivers that show no id: no run-name, or one of their own.
    "untitled": Scenario((succeeded(1000, title="deploy"),)),
    "untitled-failure": Scenario((ended(1000, "failure", title="deploy"),)),
    "named": Scenario((succeeded(1000, title="Deploy by Mona"),)),
    "ambiguous": Scenario((
        Run(1000, ((0, "in_progress"), (4, "success")), title="deploy"),
        Run(1001, ((0, "in_progress"), (3, "failure")), title="deploy"))),
    "distinct": Scenario((succeeded(1000),), key=("distinct_id",)),
    "nested": Scenario((succeeded(1000),), key=("meta", "id")),
    "pair": Scenario((ended(1000, "success", 1),), keeps=True),

    # What becomes of a run that is known.
    "waiting": Scenario((Run(1000, ((0, "waiting"),)),)),
    "approved": Scenario((Run(1000, ((0, "queued"), (3, "waiting"),
                                     (6, "in_progress"), (8, "success"))),)),
    "open": Scenario((OPEN,)),
    "open-pair": Scenario((OPEN, second(dataclasses.replace(
        OPEN, number=1001)))),
    "rerun": Scenario((Run(1000, (
        (0, "in_progress"), (0.1, "failure"), (0.4, "queued", 2),
        (2, "in_progress", 2), (3, "success", 2))),)),
    "deleted": Scenario((dataclasses.replace(OPEN, gone=2.5),)),
    "jobs": Scenario((ended(1000, "failure", jobs=MATRIX),)),
    "matrix": Scenario((ended(1000, "failure", jobs=tuple(
        (f"test {i}", ("Run",)) for i in range(40))),)),
    "timed-out": Scenario((ended(1000, "timed_out"),)),
    "startup": Scenario((ended(1000, "startup_failure", jobs=()),)),
    "stubborn": Scenario((OPEN,), cancel="ignored"),
    "uncancelled": Scenario((OPEN,), {"cancel": ["403"] * 9}),
    "ended-meanwhile": Scenario((OPEN,), {"cancel": ["409"] * 9}),

    # Single failures between good polls, and longer ones.
    "flaky": Scenario((Run(1000, ((0, "queued"), (9, "success"))),), {
        "list": ["404", None, "422", None, "408", None, "401"],
        "filtered": ["422", None, "404", None, "401"],
        "run": [None, "404", None, "408", "401", None, "422", "500"]}),
    "cut": Scenario((Run(1000, ((0, "queued"), (5, "success"))),), {
        "list": ["nothing", "half"], "filtered": [None, "short-body"],
        "run": [None, "nothing", "half", "reset"]}),
    "outage": Scenario((Run(1000, ((0, "queued"), (3, "success"))),),
                       outage=(2, 5, "503")),
    "expired": Scenario((OPEN,), outage=(2, LATER, "401-expired")),
    "expires": Scenario((Run(1000, ((0, "queued"), (3, "success"))),),
                        {"run": ["401"], "list": [None, "401"]}),
    "limited": Scenario((Run(1000, ((0, "queued"), (2, "success"))),), {
        "list": [None, "403-second"], "filtered": [None, "429-second"],
        "run": ["429-second", None, "403-reset"]}),
    "scarce": Scenario((OPEN,), limit=12),
    "forbidden": Scenario((succeeded(1000),), {
        "list": ["403"] * 99, "filtered": ["403"] * 99}),
    "hidden": Scenario((succeeded(1000),), {
        "list": ["404"] * 99, "filtered": ["404"] * 99}),
    "renamed": Scenario((SLOW,), renamed=-1),
    "renames": Scenario((Run(1000, ((0, "queued"), (4, "success"))),),
                        renamed=2),
    # GitHub's clock, or ours, is an hour wrong.
    "fast": Scenario((SLOW, ended(1001, "failure", title="deploy",
                                  created=-300)), clock=3600),
    "late-clock": Scenario((SLOW, ended(1001, "failure", title="deploy",
                                        created=-300)), clock=-3600),
    # Unknown delivery: the event was recorded in spite of the response.
    "unknown": Scenario((SLOW,), {"dispatch": ["500"]}),
    "unknown-cut": Scenario((SLOW,), {"dispatch": ["nothing"]}),
    "unknown-untitled": Scenario((succeeded(1000, title="deploy"),),
                                 {"dispatch": ["500"]}),
    "unknown-none": Scenario((), {"dispatch": ["500"]}),
    "no-details": Scenario((SLOW,), details=False),
}

# Changes to the runs after the first, given the id that the event carries.
CHANGES = {
    "later": lambda shown: {"created": 301},
    "before": lambda shown: {"created": -90, "title": "deploy"},
    "others": lambda shown: {"title": f"deploy 1{shown}0"},
    "longer": lambda shown: {"title": f"deploy {shown}cd"},
    "odd": lambda shown: {"odd_id": True},
}

# The kinds of requests about a repository: the method, the rest of the path.
KINDS = (
    ("dispatch", "POST", r"/dispatches"),
    ("workflow", "POST", r"/actions/workflows/(?P<file>[^/]+)/dispatches"),
    ("file", "GET", r"/actions/workflows/(?P<file>[^/]+)"),
    ("filtered", "GET", r"/actions/runs\?.*\bevent=.*"),
    ("list", "GET", r"/actions/runs(\?.*)?"),
    ("run", "GET", r"/actions/runs/(?P<run>\d+)(\?.*)?"),
    ("jobs", "GET", r"/actions/runs/(?P<run>\d+)/jobs(\?.*)?"),
    ("pending", "GET", r"/actions/runs/(?P<run>\d+)/pending_deployments"),
    ("cancel", "POST", r"/actions/runs/(?P<run>\d+)/cancel"),
    ("repository", "GET", r""),
)
NOT_FOUND = message("404 Not Found", "Not Found")


def json_response(document, status="200 OK", fields=()):
    return response(status, json.dumps(document).encode(), [
        ("Content-Type", "application/json; charset=utf-8"), *fields])


def refusal(text):
    return message("422 Unprocessable Entity", text)


@dataclasses.dataclass
class Request:
    """A request, taken apart. kind: None, or one of KINDS."""
    method: str
    target: str
    fields: dict
    body: bytes
    repository: "Repository" = None
    kind: str = None
    parts: dict = dataclasses.field(default_factory=dict)

    @property
    def query(self):
        return dict(urllib.parse.parse_qsl(
            self.target.partition("?")[2], keep_blank_values=True))

    @property
    def login(self):
        return SENDER if "ghp_" in self.fields.get("authorization", "") else \
            APP_SLUG + "[bot]"


class Event:
    """An event, and its runs as they are now."""

    def __init__(self, repository, login, payload, more=None):
        self.repository = repository
        self.began = time.monotonic()
        self.time = repository.now()
        self.login = login
        shown = payload
        for key in repository.scenario.key:
            shown = shown.get(key, "") if isinstance(shown, dict) else ""
        self.runs = []
        for index, run in enumerate(repository.scenario.runs):
            change = CHANGES[repository.change](shown) \
                if repository.change and index > 0 else {}
            run = dataclasses.replace(run, **change, **(more or {}))
            run = dataclasses.replace(
                run, number=run.number + 100 * len(repository.events) +
                repository.offset,
                title=run.title.replace("{id}", str(shown)).strip())
            self.runs.append(run)

    @property
    def age(self):
        return time.monotonic() - self.began

    def cancel(self, index):
        """Ends a run half a second from now."""
        run = self.runs[index]
        kept = tuple(s for s in run.stages if s[0] <= self.age)
        self.runs[index] = dataclasses.replace(
            run, stages=(*kept, (self.age + 0.5, "cancelled")))

    def stage(self, run):
        """The stage of a run now, and when it began: (seconds, word,
        attempt)."""
        past = [s for s in run.stages if s[0] <= self.age] or [run.stages[0]]
        return (*past[-1], 1)[:3]

    def document(self, run):
        at, word, attempt = self.stage(run)
        started = min(s[0] for s in run.stages if (*s, 1)[2] == attempt)
        created = started if run.created is None else run.created
        facts = {
            "name": run.name, "display_title": run.title, "event": run.event,
            "status": word if word in STATUSES else "completed",
            "conclusion": None if word in STATUSES else word,
            "run_attempt": attempt, "path": f".github/workflows/{run.file}",
            "workflow_id": zlib.crc32(run.file.encode()) % 90000 + 10000,
            "actor": documents.user(run.actor or self.login),
            "created_at": documents.iso(self.time + created),
            "updated_at": documents.iso(self.time + at),
            "run_started_at": documents.iso(self.time + started)}
        if run.odd_id:
            facts["id"] = str(run.number)
        return documents.run(run.number, self.repository.name,
                             self.repository.number, facts)

    def visible(self, is_filtered):
        """The runs that a list has now."""
        for run in self.runs:
            listed = run.stages[0][0] if run.listed is None else run.listed
            if is_filtered and run.indexed is not None:
                listed = max(listed, run.indexed)
            if listed <= self.age < run.gone:
                yield run


class Repository:
    def __init__(self, name, number, clock):
        self.name = name
        self.number = number
        scenario, _, self.change = name.split("/")[-1].partition(".")[
            0].removeprefix("runs-").partition("_")
        if not name.split("/")[-1].startswith("runs-"):
            scenario, self.change = "success", ""
        self.scenario = SCENARIOS[scenario]
        self.offset = int((re.findall(r"\.\w*-(\d+)$", name) or [0])[0])
        self.clock = clock + self.scenario.clock
        self.forget()

    def forget(self):
        self.events = []
        self.turns = {}
        self.used = 0

    def now(self):
        return time.time() + self.clock

    def start(self, login, payload, more=None):
        if not self.scenario.keeps:
            self.forget()
        self.events.append(Event(self, login, payload, more))
        return self.events[-1]

    @property
    def age(self):
        return self.events[-1].age if self.events else 0

    def find_run(self, number):
        """The event of a run and its index there, or None."""
        for event in self.events:
            for index, run in enumerate(event.runs):
                if run.number == number and \
                        run.stages[0][0] <= event.age < run.gone:
                    return event, index
        return None

    def fault(self, kind):
        """The response that takes the place of GitHub's, or None."""
        turn = self.turns[kind] = self.turns.get(kind, -1) + 1
        faults = self.scenario.faults.get(kind, [])
        begin, end, name = self.scenario.outage
        if turn < len(faults):
            name = faults[turn]
        elif not begin <= self.age < end:
            name = None
        return None if name is None else RESPONSES[name]

    def limits(self, costs):
        """The fields about the rate limit."""
        self.used += costs
        values = {"Limit": self.scenario.limit, "Used": self.used,
                  "Remaining": max(0, self.scenario.limit - self.used),
                  "Reset": int(self.now() + 3600 - self.age),
                  "Resource": "core"}
        return [(f"X-RateLimit-{name}", str(value))
                for name, value in values.items()]


class Runs:
    """All repositories, and the requests about them. clock: by how many
    seconds GitHub's is fast."""

    def __init__(self, clock):
        self.clock = clock
        self.lock = threading.RLock()
        self.repositories = {}
        self.respond_to = {
            "file": self.show_file, "filtered": self.list_runs,
            "list": self.list_runs, "run": self.show_run,
            "jobs": self.list_jobs, "pending": self.list_pending,
            "cancel": self.cancel, "repository": self.show_repository}

    def find_repository(self, path):
        """The repository of a path, and the rest of the path."""
        match = re.match(r"/repositories/(\d+)(.*)", path)
        if match:
            for repository in self.repositories.values():
                if repository.number == int(match[1]):
                    return repository, match[2]
        match = match or re.match(r"/repos/([^/]+/[^/?]+)(.*)", path)
        if not match:
            return None, path
        name = match[1] if "/" in match[1] else "repositories/" + match[1]
        if name not in self.repositories:
            self.repositories[name] = Repository(
                name, 7000 + len(self.repositories), self.clock)
        return self.repositories[name], match[2]

    def read(self, method, target, fields, body):
        """Takes a request apart."""
        request = Request(method, target, fields, body)
        with self.lock:
            request.repository, rest = self.find_repository(
                target.removeprefix("/api/v3"))
        for kind, known, pattern in KINDS:
            match = re.fullmatch(pattern, rest)
            if request.repository and method == known and match:
                request.kind = kind
                request.parts = match.groupdict()
                break
        return request

    def respond(self, request):
        """The response to a request that has the right to what it asks for.
        One to a dispatch is a fault, or None."""
        with self.lock:
            repository = request.repository
            moved = self.redirect(request)
            if moved:
                return moved
            fault = repository.fault(request.kind)
            if fault is not None:
                return fault
            act = self.respond_to.get(request.kind)
            return act and self.revalidate(request, act(repository, request))

    @staticmethod
    def is_fault(request, answer):
        """Whether a response is not what GitHub would send."""
        return answer is not NO_CONTENT and (
            answer in RESPONSES.values() or
            (request.repository is not None and
             request.repository.change == "odd"))

    @staticmethod
    def redirect(request):
        repository = request.repository
        path = request.target.removeprefix("/api/v3")
        if not path.startswith("/repos/") or \
                repository.age < repository.scenario.renamed:
            return None
        rest = path.split("/", 4)[4]
        return message(
            "301 Moved Permanently" if request.method == "GET" else
            "307 Temporary Redirect", "Moved Permanently",
            [("Location", "https://localhost:{port}/repositories/"
              f"{repository.number}/{rest}")])

    @staticmethod
    def revalidate(request, answer):
        """A conditional request for what has not changed is free."""
        if request.method != "GET" or not answer.startswith(b"HTTP/1.1 200"):
            return answer
        head, body = answer.split(b"\r\n\r\n", 1)
        tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if request.fields.get("if-none-match") == tag:
            return response("304 Not Modified", fields=[("ETag", tag)],
                            length=False)
        return head + f"\r\nETag: {tag}\r\n\r\n".encode() + body

    @staticmethod
    def list_runs(repository, request):
        query = request.query
        known = {"event", "created", "per_page", "page", "actor", "status",
                 "branch", "exclude_pull_requests", "check_suite_id",
                 "head_sha"}
        since = None
        if "created" in query:
            if not re.fullmatch(r">=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
                                query["created"]):
                return refusal("Bad query")
            since = calendar.timegm(time.strptime(
                query["created"], ">=%Y-%m-%dT%H:%M:%SZ"))
        if set(query) - known:
            return refusal("Bad query")
        event, size = query.get("event"), int(query.get("per_page", "30"))
        page, found = int(query.get("page", "1")), []
        if event and repository.events and not \
                since <= repository.events[-1].time <= since + 150:
            return refusal("Not the time of the event")
        turn = repository.turns["filtered"] if event else 0
        blank = repository.scenario.blinks and event and turn % 2 == 0
        for sent in repository.events if not blank else []:
            for run in sent.visible(event is not None):
                shown = sent.document(run)
                time_ = calendar.timegm(time.strptime(
                    shown["created_at"], "%Y-%m-%dT%H:%M:%SZ"))
                if event in (None, run.event) and \
                        (since is None or time_ >= since):
                    found.append((time_, shown))
        found.sort(key=lambda pair: -pair[0])
        return json_response({
            "total_count": len(found), "workflow_runs": [
                shown for _, shown in found[(page - 1) * size:page * size]]})

    @staticmethod
    def show_run(repository, request):
        found = repository.find_run(int(request.parts["run"]))
        if not found:
            return NOT_FOUND
        event, index = found
        return json_response(event.document(event.runs[index]))

    @staticmethod
    def list_jobs(repository, request):
        found = repository.find_run(int(request.parts["run"]))
        if not found:
            return NOT_FOUND
        event, index = found
        run = event.runs[index]
        shown = event.document(run)
        bad = shown["conclusion"] if shown["conclusion"] in (
            "failure", "cancelled", "timed_out") else "success"
        jobs = []
        for number, (name, steps) in enumerate(run.jobs):
            # The last job of several is the one that succeeded.
            verdict = bad if number == 0 or number < len(run.jobs) - 1 \
                else "success"
            jobs.append(documents.job(shown, number + 1, {
                "name": name, "status": "completed", "conclusion": verdict,
                "steps": [documents.step(
                    i + 1, step, verdict if step == steps[-1] else "success")
                    for i, step in enumerate(steps)]}))
        size = int(request.query.get("per_page", "30"))
        page = int(request.query.get("page", "1"))
        return json_response({"total_count": len(jobs),
                              "jobs": jobs[(page - 1) * size:page * size]})

    @staticmethod
    def list_pending(repository, request):
        found = repository.find_run(int(request.parts["run"]))
        if not found:
            return NOT_FOUND
        event, index = found
        run = event.runs[index]
        return json_response([documents.pending_deployment(
            run.environment, run.reviewers)]
            if event.stage(run)[1] == "waiting" else [])

    @staticmethod
    def cancel(repository, request):
        found = repository.find_run(int(request.parts["run"]))
        if not found:
            return NOT_FOUND
        event, index = found
        if event.stage(event.runs[index])[1] not in STATUSES:
            return message("409 Conflict", "Cannot cancel a workflow run that "
                           "is completed.")
        if repository.scenario.cancel == "ends":
            event.cancel(index)
        return json_response({}, "202 Accepted")

    @staticmethod
    def show_file(repository, request):
        file = request.parts["file"]
        if file.startswith("missing"):
            return NOT_FOUND
        return json_response(documents.workflow(
            file, zlib.crc32(file.encode()) % 90000 + 10000, repository.name))

    @staticmethod
    def show_repository(repository, request):
        return json_response(documents.full_repository(
            repository.name, repository.number))

    def dispatch(self, request):
        """An event (REST docs: "Create a repository dispatch event")."""
        try:
            document = json.loads(request.body.decode("utf-8"))
        except ValueError:
            return message("400 Bad Request", "Problems parsing JSON")
        extra = set(document) - {"event_type", "client_payload"}
        if extra or not isinstance(document.get("client_payload"), dict):
            return refusal("Invalid request.\n\nInvalid input.")
        with self.lock:
            moved = self.redirect(request)
            if moved:
                return moved
            request.repository.start(request.login, document["client_payload"])
            return request.repository.fault("dispatch") or NO_CONTENT

    def dispatch_workflow(self, request):
        """REST docs: "Create a workflow dispatch event"."""
        file, repository = request.parts["file"], request.repository
        document = json.loads(request.body.decode("utf-8"))
        if file.startswith("missing"):
            return NOT_FOUND
        if set(document) - {"ref", "inputs", "return_run_details"} or \
                "ref" not in document:
            return refusal("Invalid request.\n\nInvalid input.")
        if "return_run_details" in document and \
                not repository.scenario.details:
            return refusal('Invalid request.\n\n"return_run_details" is not a '
                           "permitted key.")
        if document["ref"].startswith("missing"):
            return refusal(f"No ref found for: {document['ref']}")
        why = workflows.refusal(file, document)
        if why:
            return refusal(why)
        with self.lock:
            moved = self.redirect(request)
            if moved:
                return moved
            event = repository.start(request.login, {}, {
                "event": "workflow_dispatch", "file": file,
                "title": "Receiver"})
            fault = repository.fault("workflow")
            if fault or not event.runs or \
                    not document.get("return_run_details"):
                return fault or NO_CONTENT
            shown = event.document(event.runs[0])
            return json_response({"workflow_run_id": shown["id"],
                                  "run_url": shown["url"],
                                  "html_url": shown["html_url"]})
