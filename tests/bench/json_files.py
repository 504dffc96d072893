#!/usr/bin/env python3
"""json_files.py - the five files the JSON benchmark reads, made once into a
folder: the same bytes every time, since the seed is fixed."""

import json
import os
import random

SIZE = 100_000_000
NESTED_SIZE = 10_000_000  # jq takes minutes for ten times as much
URLS = ("forks keys collaborators teams hooks issue_events events assignees "
        "branches tags blobs git_tags git_refs trees statuses languages "
        "stargazers contributors subscribers subscription commits git_commits "
        "comments issue_comment contents compare merges archive downloads "
        "issues pulls milestones notifications labels releases "
        "deployments").split()
SCRIPTS = ["абвгдежзиклмнопрстуфхцчшщыэюя ", "αβγδεζηθικλμνξοπρστυφχψω ",
           "漢字仮名交文日本語中国雨風", "한국어문장입니다가나다라 ",
           "ภาษาไทยกขคงจ", "🚀😀🎉 done, "]


def word(g, low, high):
    return "".join(g.choices("abcdefghijklmnopqrstuvwxyz",
                             k=g.randint(low, high)))


def digest(g):
    return f"{g.getrandbits(160):040x}"


def person(g):
    login = word(g, 4, 12)
    return {"login": login, "id": g.randrange(10**8), "site_admin": False,
            "type": "User", "url": f"https://api.github.com/users/{login}",
            "avatar_url": "https://avatars.githubusercontent.com/u/1?v=4"}


def commit(g, url):
    text = " ".join(word(g, 2, 9) for _ in range(g.randint(5, 40)))
    return {"id": digest(g), "tree_id": digest(g), "distinct": True,
            "message": text + g.choice(("", '\n\n"quoted" \\ and é')),
            "timestamp": f"2026-11-{g.randint(1, 30):02}T10:00:00Z",
            "url": f"{url}/commit/{digest(g)}", "author": person(g),
            "added": [f"src/{word(g, 3, 9)}.c" for _ in range(g.randrange(4))],
            "removed": [], "modified": ["README.md"]}


def event(g, commits):
    """A push as GitHub tells a webhook of it, with made-up contents."""
    owner, name = person(g), word(g, 4, 16)
    url = f"https://api.github.com/repos/{owner['login']}/{name}"
    repository = {"id": g.randrange(10**9), "name": name, "owner": owner,
                  "private": g.random() < 0.5, "license": None,
                  "default_branch": "main", "fork": False}
    repository.update({f"{k}_url": f"{url}/{k}{{/{k[:3]}}}" for k in URLS})
    repository.update({k: g.randrange(9999) for k in (
        "size", "stargazers_count", "forks_count", "open_issues_count")})
    return json.dumps(
        {"ref": f"refs/heads/{word(g, 3, 9)}", "before": digest(g),
         "after": digest(g), "repository": repository, "pusher": owner,
         "sender": person(g), "created": False, "forced": g.random() < 0.1,
         "commits": [commit(g, url) for _ in range(commits)]},
        separators=(",", ":"), ensure_ascii=False)


def sentence(g):
    letters = g.choice(SCRIPTS)
    return json.dumps("".join(g.choices(letters, k=g.randint(500, 3000))),
                      ensure_ascii=False)


def tower(g):
    opened, closed = [], []
    # jq takes 256 levels, and counts an object twice.
    for _ in range(g.randint(60, 120)):
        pair = g.choice((("[", "]"), ('{"a":', "}")))
        opened.append(pair[0])
        closed.append(pair[1])
    return "".join(opened) + "1" + "".join(reversed(closed))


def numbers(g):
    """A line of coordinates, counters or measurements."""
    make = g.choice((lambda: f"{g.uniform(-180, 180):.6f}",
                     lambda: str(g.randrange(10**g.randint(1, 10))),
                     lambda: f"{g.uniform(-1e9, 1e9):.3e}",
                     lambda: repr(g.uniform(-90, 90))))
    return "[" + ",".join(make() for _ in range(40)) + "]"


def write(path, pieces, left):
    """An array of pieces in random order until it is large enough."""
    g = random.Random(7)
    with open(path + ".new", "wb") as f:
        before = b"["
        while left > 0:
            piece = before + g.choice(pieces)
            left -= f.write(piece)
            before = b","
        f.write(b"]\n")
    os.rename(path + ".new", path)


def make(folder):
    """Returns the paths."""
    os.makedirs(folder, exist_ok=True)
    g = random.Random(6)
    kinds = {"events": (lambda: event(g, g.randint(1, 12)), 3000),
             "non-ascii": (lambda: sentence(g), 3000),
             "nested": (lambda: tower(g), 1000),
             "numbers": (lambda: numbers(g), 20000)}
    paths = [os.path.join(folder, "event.json")]
    text = event(g, 60)
    while len(text.encode()) < 65000:
        text = text[:-2] + "," + json.dumps(commit(g, "x")) + "]}"
    with open(paths[0], "w", encoding="utf-8") as f:
        f.write(text)
    for name, (piece, count) in kinds.items():
        paths.append(os.path.join(folder, name + ".json"))
        if not os.path.exists(paths[-1]):
            write(paths[-1], [piece().encode() for _ in range(count)],
                  NESTED_SIZE if name == "nested" else SIZE)
    return paths
