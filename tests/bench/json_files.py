#!/usr/bin/env python3
"""json_files.py [FOLDER] - the five files the JSON benchmark reads. The seed is
fixed, so they are the same bytes everywhere; a file that exists is kept.
Parts come from pools and are put together anew each time: made afresh
throughout they would take minutes."""

import json
import os
import random
import sys

SIZE = 100_000_000
EVENT_SIZE = 65536
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
LINKS = """archive{/format}{/ref} assignees{/user} blobs{/sha} branches{/branch}
collaborators{/name} comments{/number} commits{/sha} compare/{base}...{head}
contents/{+path} contributors deployments downloads events forks
git/commits{/sha} git/refs{/sha} git/tags{/sha} hooks issues{/number}
issues/comments{/number} issues/events{/number} keys{/id} labels{/name}
languages merges milestones{/number} notifications{?since} pulls{/number}
releases{/id} stargazers statuses/{sha} subscribers subscription tags teams
trees{/sha}""".split()
# First and last letter; everything between them in Unicode is a letter, too.
SCRIPTS = ("\u0430\u044f", "\u03b1\u03c9", "\u4e00\u9fa5", "\u3042\u3093",
           "\uac00\ud7a3", "\u0e01\u0e2e", "\U0001f300\U0001f5ff")
ESCAPES = ('\\n', '\\"', '\\\\', '\\t', '\\/', '\\u00e9', '\\u4e2d',
           '\\ud83d\\ude80')


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def word(g, low=2, high=9):
    return "".join(g.choices(LETTERS, k=g.randint(low, high)))


def digest(g):
    return f"{g.getrandbits(160):040x}"


def person(g):
    login, number = word(g, 4, 12), g.randrange(10**8)
    api = f"https://api.github.com/users/{login}"
    made = {"login": login, "id": number, "avatar_url":
            f"https://avatars.githubusercontent.com/u/{number}?v=4",
            "gravatar_id": "", "url": api, "type": "User",
            "html_url": f"https://github.com/{login}", "site_admin": False}
    made.update({f"{k}_url": f"{api}/{k}" for k in (
        "followers", "gists", "orgs", "repos", "starred", "events")})
    return made


def repository(g):
    owner, name = person(g), word(g, 4, 16)
    full = f"{owner['login']}/{name}"
    api = f"https://api.github.com/repos/{full}"
    made = {"id": g.randrange(10**9), "name": name, "full_name": full,
            "private": g.random() < 0.5, "owner": owner,
            "html_url": f"https://github.com/{full}", "url": api,
            "description": g.choice((None, " ".join(
                word(g) for _ in range(8)))), "fork": False}
    for link in LINKS:
        key = link.split("{")[0].strip("/").replace("/", "_")
        made[key + "_url"] = f"{api}/{link}"
    made.update({k: g.randrange(9999) for k in (
        "size", "stargazers_count", "watchers_count", "forks_count")})
    made.update(language=g.choice(("C", "Go", "Zig", None)), license=None,
                topics=[word(g) for _ in range(3)], has_issues=True,
                archived=False, visibility="public", default_branch="main",
                pushed_at=g.randrange(1_600_000_000, 1_800_000_000))
    return compact(made)


def commit(g, words=40):
    """The text of one commit, without its id, which follows."""
    name = word(g, 4, 12)
    text = " ".join(word(g) for _ in range(g.randint(4, words)))
    who = {"name": name.title(), "email": name + "@example.org",
           "username": name}
    return compact(
        {"message": text + g.choice(("", '\n\n"Fixes" caf\u00e9 \\ \u2192 x')),
         "distinct": True, "author": who, "committer": who,
         "timestamp": f"2024-{g.randint(1, 12):02}-{g.randint(1, 28):02}"
                      f"T{g.randrange(24):02}:{g.randrange(60):02}:07+02:00",
         "added": [f"src/{word(g)}.c" for _ in range(g.randrange(4))],
         "removed": [], "modified": ["README.md"]})[:-1]


def event(g, pools, commits):
    """A push as a webhook tells of it."""
    repositories, people, texts = pools
    made = ",".join(f'{text},"id":"{digest(g)}","tree_id":"{digest(g)}"}}'
                    for text in g.choices(texts, k=commits))
    return (f'{{"ref":"refs/heads/{word(g)}","before":"{digest(g)}",'
            f'"after":"{digest(g)}","repository":{g.choice(repositories)},'
            f'"pusher":{g.choice(people)},"sender":{g.choice(people)},'
            f'"created":false,"deleted":false,"forced":true,"base_ref":null,'
            f'"push_id":{g.getrandbits(34)},"commits":[{made}]}}')


def one_event(g):
    pools = [[repository(g)], [compact(person(g))],
             [commit(g) for _ in range(200)]]
    commits, text, longer = 1, "", event(g, pools, 1)
    while len(longer.encode()) <= EVENT_SIZE:
        text, commits = longer, commits + 1
        longer = event(g, pools, commits)
    return text


def events(g):
    pools = [[repository(g) for _ in range(300)],
             [compact(person(g)) for _ in range(300)],
             [commit(g) for _ in range(3000)]]
    while True:
        yield event(g, pools, g.randint(1, 12))


def non_ascii(g):
    """Strings of some KB, each of a few scripts; Thai has few spaces."""
    pools = [["".join(chr(g.randint(*map(ord, script)))
                      for _ in range(g.randint(1, 8))) for _ in range(2000)]
             for script in SCRIPTS]
    while True:
        words = []
        for pool in g.sample(pools, 3):
            words += g.choices(pool, k=g.randint(50, 150))
        words += g.choices(ESCAPES, k=5)
        g.shuffle(words)
        yield '"' + " ".join(words) + '"'


def towers(g):
    """Up to 499 levels, and the array they are in."""
    pairs = [("[", "]")] * 40 + [("[1,", "]"), ("[", ",null]")]
    for _ in range(40):
        pairs += [(f'{{"{word(g)}":', "}"), (f'{{"{word(g)}":[', "]}")]
    pairs += [(f'{{"{word(g)}":true,"{word(g)}":', f',"n":{i}}}')
              for i in range(20)]
    while True:
        depth, made = g.randint(50, 499), g.choices(pairs, k=499)
        opened, closed = [], []
        for before, after in made:
            depth -= 1 + ("[" in before[1:])
            if depth < 0:
                break
            opened.append(before)
            closed.append(after)
        yield "".join(opened) + "0" + "".join(reversed(closed))


def numbers(g):
    """Lines on a map, counters, measurements."""
    line = ",".join(["[%.6f,%.6f]"] * 100)
    while True:
        yield ('{"type":"LineString","coordinates":[' + line % tuple(
            g.uniform(-180, 180) for _ in range(200)) + "]}")
        yield "[" + ",".join(map(str, (
            g.getrandbits(g.choice((4, 10, 20, 31, 50)))
            for _ in range(100)))) + "]"
        yield "[" + ",".join(["%.3e"] * 50) % tuple(
            g.uniform(-1e9, 1e9) for _ in range(50)) + "]"
        yield str([g.random() - 0.5 for _ in range(50)]).replace(" ", "")


def write_array(f, pieces):
    left, before = SIZE, "["
    while left > 0:
        left -= f.write((before + next(pieces)).encode())
        before = ","
    f.write(b"]\n")


def make(folder):
    """Makes the files that are missing. Returns the paths."""
    os.makedirs(folder, exist_ok=True)
    paths = []
    for name, pieces in (("event", None), ("events", events),
                         ("non-ascii", non_ascii), ("nested", towers),
                         ("numbers", numbers)):
        paths.append(os.path.join(folder, name + ".json"))
        if os.path.exists(paths[-1]):
            continue
        g = random.Random("repository-dispatch " + name)
        with open(paths[-1] + ".new", "wb") as f:
            if pieces:
                write_array(f, pieces(g))
            else:
                f.write(one_event(g).encode())
        os.rename(paths[-1] + ".new", paths[-1])
    return paths


if __name__ == "__main__":
    make(*sys.argv[1:] or ["build/bench"])
