#!/bin/sh
# send.sh - runs the binary that was found with what the inputs say. Nearly all
# of them are variables that the binary reads itself. The list of targets reaches
# it as a here-document; the App's key by a pipe, since some shells keep those in
# a file.
#
# A job that is cancelled sends SIGINT to this process alone, and no event must go
# out after that: the binary takes its place where that can be, and is told where
# it cannot.
set -eu

# The shell keeps these for itself: the binary does not inherit them.
app_key=$ACTION_APP_KEY
targets=$ACTION_TARGETS
unset ACTION_APP_KEY ACTION_TARGETS

if [ -z "$app_key" ]; then
	[ -n "$targets" ] || exec "$ACTION_BINARY" </dev/null
	exec "$ACTION_BINARY" --targets - <<END
$targets
END
fi

# One credential: the App's beats the token.
unset DISPATCH_TOKEN
set -- --app-key -
[ -z "$targets" ] || set -- "$@" --targets /dev/fd/3

# The child is told by SIGTERM: what runs in the background is deaf to SIGINT
# (POSIX, Shell Command Language, 2.11). A signal may come before it is there.
child='' signalled=''
tell() {
	signalled=yes
	[ -z "$child" ] || kill "$child" 2>/dev/null || true
}
trap tell INT TERM HUP
printf '%s\n' "$app_key" 2>/dev/null | "$ACTION_BINARY" "$@" 3<<END &
$targets
END
child=$!
[ -z "$signalled" ] || tell
# A signal ends the wait before its time.
signalled=yes
while [ -n "$signalled" ]; do
	signalled='' status=0
	wait "$child" || status=$?
done
exit "$status"
