"""documents.py - users, repositories, runs and jobs as GitHub's API shows
them. Each has what GitHub's OpenAPI description requires: the end-to-end tests
check them against it."""

import time
import urllib.parse

API = "https://api.github.com"
SITE = "https://github.com"
COMMIT = "8f7a2c61d04c1f6f21d4a8b1d05a8c1de2f5a7b9"


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# Links of a user and of a repository: members NAME_url of the object's own
# URL, with the part that follows it.
USER_LINKS = ("followers", "following{/other_user}", "gists{/gist_id}",
              "starred{/owner}{/repo}", "subscriptions", "events{/privacy}",
              "received_events")
REPOSITORY_LINKS = (
    "archive{/ref}", "assignees{/user}", "blobs{/sha}", "branches{/branch}",
    "collaborators{/user}", "comments{/number}", "commits{/sha}",
    "compare{/base}", "contents{/path}", "contributors", "deployments",
    "downloads", "events", "forks", "git_commits{/sha}", "git_refs{/sha}",
    "git_tags{/sha}", "hooks", "issue_comment{/number}",
    "issue_events{/number}", "issues{/number}", "keys{/key_id}",
    "labels{/name}", "languages", "merges", "milestones{/number}",
    "notifications{?since}", "pulls{/number}", "releases{/id}", "stargazers",
    "statuses{/sha}", "subscribers", "subscription", "tags", "teams",
    "trees{/sha}")


def links(url, parts):
    return {part.partition("{")[0] + "_url": f"{url}/{part}" for part in parts}


def user(login, number=583231):
    name = urllib.parse.quote(login)
    url = f"{API}/users/{name}"
    return {"login": login, "id": number, "node_id": "MDQ6VXNlcjE=",
            "avatar_url": f"{SITE}/images/error/octocat_happy.gif",
            "gravatar_id": "", "url": url, "html_url": f"{SITE}/{name}",
            **links(url, USER_LINKS), "organizations_url": url + "/orgs",
            "repos_url": url + "/repos", "site_admin": False,
            "type": "Bot" if login.endswith("[bot]") else "User"}


def full_user(login):
    """Whom GET /user shows."""
    return {**user(login), "user_view_type": "public", "name": None,
            "company": None, "blog": "", "location": None, "email": None,
            "hireable": None, "bio": None, "public_repos": 2,
            "public_gists": 1, "followers": 20, "following": 0,
            "created_at": iso(1200000000), "updated_at": iso(1700000000)}


def repository(full_name, number):
    url = f"{API}/repos/{full_name}"
    owner, name = full_name.split("/")
    return {"id": number, "node_id": "MDEwOlJlcG9zaXRvcnkx", "name": name,
            "full_name": full_name, "owner": user(owner), "private": False,
            "html_url": f"{SITE}/{full_name}", "description": None,
            "fork": False, "url": url, **links(url, REPOSITORY_LINKS)}


def full_repository(full_name, number):
    """What GET /repos/OWNER/NAME shows."""
    zeros = ("forks", "forks_count", "open_issues", "open_issues_count",
             "size", "stargazers_count", "watchers", "watchers_count",
             "network_count", "subscribers_count")
    return {**repository(full_name, number), **dict.fromkeys(zeros, 0),
            "clone_url": f"{SITE}/{full_name}.git",
            "git_url": f"git://github.com/{full_name}.git",
            "ssh_url": f"git@github.com:{full_name}.git",
            "svn_url": f"{SITE}/{full_name}", "default_branch": "main",
            "has_issues": True, "has_projects": True, "has_wiki": True,
            "has_pages": False, "has_discussions": False, "homepage": None,
            "language": None, "archived": False, "disabled": False,
            "mirror_url": None, "license": None,
            "permissions": {"admin": False, "push": True, "pull": True},
            "pushed_at": iso(1700000000), "created_at": iso(1500000000),
            "updated_at": iso(1700000000)}


def commit():
    """The head commit of a run. Its message has what must not be taken for a
    member of the run."""
    person = {"name": "Mona", "email": "mona@example.com"}
    return {"id": COMMIT, "tree_id": COMMIT, "timestamp": iso(1700000000),
            "message": 'name "status": \u00e4' * 100, "author": person,
            "committer": person}


def run(run_id, full_name, number, facts):
    """A workflow run. The facts are the members that differ from run to run,
    and may replace others."""
    url = f"{API}/repos/{full_name}/actions/runs/{run_id}"
    short = repository(full_name, number)
    attempt = facts["run_attempt"]
    return {
        "id": run_id, "node_id": "MDEyOldvcmtmbG93IFJ1bjI=",
        "check_suite_id": 42, "check_suite_node_id": "MDEwOkNoZWNrU3VpdGU0Mg==",
        "head_branch": "main", "head_sha": COMMIT, "run_number": 562,
        "referenced_workflows": [], "url": url,
        "html_url": f"{SITE}/{full_name}/actions/runs/{run_id}",
        "pull_requests": [], "triggering_actor": facts["actor"],
        "jobs_url": url + "/jobs", "logs_url": url + "/logs",
        "check_suite_url": f"{API}/repos/{full_name}/check-suites/42",
        "artifacts_url": url + "/artifacts", "cancel_url": url + "/cancel",
        "rerun_url": url + "/rerun",
        "previous_attempt_url":
            f"{url}/attempts/{attempt - 1}" if attempt > 1 else None,
        "workflow_url": f"{API}/repos/{full_name}/actions/workflows/"
                        f"{facts['workflow_id']}",
        "head_commit": commit(), "repository": short,
        "head_repository": short, "head_repository_id": number, **facts}


def job(run_document, number, facts):
    """A job of a run. The facts: its name, status, conclusion and steps."""
    url = run_document["url"]
    job_id = run_document["id"] * 100 + number
    started = run_document["run_started_at"]
    return {
        "id": job_id, "node_id": "MDg6Q2hlY2tSdW4z",
        "run_id": run_document["id"], "run_url": url,
        "run_attempt": run_document["run_attempt"], "head_sha": COMMIT,
        "workflow_name": run_document["name"], "head_branch": "main",
        "url": url.replace(f"runs/{run_document['id']}", f"jobs/{job_id}"),
        "html_url": f"{run_document['html_url']}/job/{job_id}",
        "created_at": started, "started_at": started,
        "completed_at": run_document["updated_at"],
        "check_run_url": f"{API}/check-runs/{job_id}",
        "labels": ["ubuntu-latest"], "runner_id": 1, "runner_name": "runner",
        "runner_group_id": 2, "runner_group_name": "group", **facts}


def step(number, name, conclusion):
    return {"number": number, "name": name, "status": "completed",
            "conclusion": conclusion, "started_at": iso(1700000000),
            "completed_at": iso(1700000001)}


def pending_deployment(environment, reviewers):
    return {
        "environment": {
            "id": 161088068, "node_id": "MDExOkVudmlyb25tZW50MTYxMDg4MDY4",
            "name": environment, "url": f"{API}/environments/{environment}",
            "html_url": f"{SITE}/deployments/{environment}"},
        "wait_timer": 0, "wait_timer_started_at": None,
        "current_user_can_approve": False,
        "reviewers": [{"type": "User", "reviewer": user(login)}
                      for login in reviewers]}


def workflow(file, number, full_name):
    return {"id": number, "node_id": "MDg6V29ya2Zsb3cxNjEzMzU=",
            "name": "Receiver", "path": f".github/workflows/{file}",
            "state": "active", "created_at": iso(1700000000),
            "updated_at": iso(1700000000),
            "url": f"{API}/repos/{full_name}/actions/workflows/{number}",
            "html_url": f"{SITE}/{full_name}/blob/main/.github/workflows/"
                        f"{file}",
            "badge_url": f"{SITE}/{full_name}/workflows/Receiver/badge.svg"}


def app(slug, number):
    return {"id": number, "slug": slug, "node_id": "MDExOkludGVncmF0aW9uMQ==",
            "owner": user("octo"), "name": slug, "description": None,
            "external_url": "https://example.com/",
            "html_url": f"{SITE}/apps/{slug}", "created_at": iso(1700000000),
            "updated_at": iso(1700000000), "events": [],
            "permissions": {"contents": "write", "actions": "write"}}


def installation(number, app_id, slug, permissions):
    url = f"{API}/app/installations/{number}"
    return {"id": number, "account": user("octo"), "app_id": app_id,
            "app_slug": slug, "target_id": 1, "target_type": "Organization",
            "single_file_name": None, "repository_selection": "all",
            "access_tokens_url": url + "/access_tokens",
            "html_url": f"{SITE}/organizations/octo/settings/installations/"
                        f"{number}",
            "repositories_url": f"{API}/installation/repositories",
            "events": [], "permissions": permissions,
            "created_at": iso(1700000000), "updated_at": iso(1700000000),
            "suspended_by": None, "suspended_at": None}


def rate_limit(limit, used, reset):
    rate = {"limit": limit, "used": used, "remaining": limit - used,
            "reset": reset}
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": reset}
    return {"resources": {"core": rate, "search": search}, "rate": rate}
