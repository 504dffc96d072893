#!/bin/sh
# send.sh - runs the binary with the action's inputs. The binary reads almost
# all of them itself, as variables. The list of targets is passed as a
# here-document. The App's key is passed by a pipe, since some shells keep
# here-documents in a file.
#
# A cancelled job sends SIGINT only to this process, and no event may be sent
# after that. So the binary replaces this process where possible; where it
# cannot, the signal is passed on to it.
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

# The child gets SIGTERM, since a background process ignores SIGINT (POSIX,
# Shell Command Language, 2.11). A signal may arrive before the child exists.
child='' signalled=''
pass_on() {
	signalled=yes
	[ -z "$child" ] || kill "$child" 2>/dev/null || true
}
trap pass_on INT TERM HUP
printf '%s\n' "$app_key" 2>/dev/null | "$ACTION_BINARY" "$@" 3<<END &
$targets
END
child=$!
[ -z "$signalled" ] || pass_on
# A signal interrupts the wait.
signalled=yes
while [ -n "$signalled" ]; do
	signalled='' status=0
	wait "$child" || status=$?
done
exit "$status"
