#!/bin/sh
# demo.sh BINARY - dispatches one event with a rich payload over a real
# connection to a loopback stand-in for GitHub, and shows what arrived. Ends the
# stand-in.
set -eu
here=$(dirname "$0")
work=$(mktemp -d)
server=''
finish() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

sh "$here/make_chain.sh" "$work"
mkfifo "$work/hold"
python3 "$here/github.py" --dir "$work" <>"$work/hold" &
server=$!
tries=0
while [ ! -e "$work/good.port" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || {
		echo 'demo.sh: the stand-in did not start' >&2
		exit 1
	}
	sleep 0.1
done

cat >"$work/payload.json" <<'END'
{
	"ref": "refs/heads/feature/\"quoted\"",
	"message": "fix: it's \\ tricky\n\n$(rm -rf /) `id` ${{ secrets }} \ud83d\ude80 é",
	"versions": {"app": 1.10, "build": 12345678901234567890},
	"services": ["backend", "frontend", "worker"],
	"dry": false,
	"previous": null
}
END

# The stand-in's token: it opens nothing.
GH_PAT=ghp_nQvWys81vp7hB1dx8PpD5KHXe3PYiGkPAuNa
export GH_PAT
set -- "$1" --repo octo-org/octo-app \
    --event-type deploy --payload "@$work/payload.json" \
    --api-url "https://localhost:$(cat "$work/good.port")" \
    --ca-file "$work/root.pem"
printf '$'
printf ' %s' "$@"
echo
"$@"

echo
echo 'What the stand-in received:'
python3 - "$work/good.requests" <<'END'
import json
import sys

for line in open(sys.argv[1], encoding="ascii"):
    entry = json.loads(line)
    print(f"  {entry['tls']}, {entry['suite']}, ALPN {entry['alpn']}, "
          f"SNI {entry['sni']}")
    print(f"  {entry['method']} {entry['target']}")
    for name, value in entry["fields"]:
        shown = "[hidden]" if name == "Authorization" else value
        print(f"  {name}: {shown}")
    body = entry["body"].encode("latin-1").decode("utf-8")
    print("\n  " + body)
    print("\nDecoded:")
    text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    print("  " + text.replace("\n", "\n  "))
END
