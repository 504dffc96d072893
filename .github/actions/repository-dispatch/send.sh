#!/bin/sh
# send.sh - runs the binary that was found with what the inputs say. Nearly all
# of them are variables that the binary reads itself; the App's key reaches it
# by a pipe and never a file, the list of targets by one that is gone at once.
#
# A job that is cancelled sends SIGINT to this process alone, and the next event
# must not go out after that: so the binary takes its place where that can be,
# and is told where it cannot.
set -eu

# The shell keeps these for itself: the binary does not inherit them.
app_key=$ACTION_APP_KEY
targets=$ACTION_TARGETS
unset ACTION_APP_KEY ACTION_TARGETS

list=''
if [ -n "$targets" ]; then
	list=$(mktemp "$RUNNER_TEMP/targets.XXXXXX")
	trap 'rm -f "$list"' EXIT
	printf '%s\n' "$targets" >"$list"
fi

if [ -z "$app_key" ]; then
	[ -n "$list" ] || exec "$ACTION_BINARY" </dev/null
	exec <"$list"
	rm -f "$list"
	exec "$ACTION_BINARY" --targets -
fi

# One credential: the App's beats the token.
unset DISPATCH_TOKEN
set -- --app-key -
[ -z "$list" ] || set -- "$@" --targets "$list"
printf '%s\n' "$app_key" 2>/dev/null | "$ACTION_BINARY" "$@" &
child=$!
# Not SIGINT: what runs in the background is deaf to it (POSIX, Shell Command
# Language, 2.11).
trap 'told=yes; kill "$child" 2>/dev/null || true' INT TERM
told=yes
# A signal ends the wait before its time.
while [ -n "$told" ]; do
	told='' status=0
	wait "$child" || status=$?
done
exit "$status"
