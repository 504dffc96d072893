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
alias_repo=$ACTION_ALIAS_REPO
alias_token=$ACTION_ALIAS_TOKEN
job_token=$ACTION_JOB_TOKEN
json_fields=$ACTION_JSON_FIELDS
unset ACTION_APP_KEY ACTION_TARGETS ACTION_ALIAS_REPO ACTION_ALIAS_TOKEN \
    ACTION_JOB_TOKEN ACTION_JSON_FIELDS

refuse() {
	printf '%s\n' "::error::repository-dispatch action: $1" >&2
	exit 2
}

# GitHub only warns of an input that an action does not have. The fields would be
# missing, and those under the other old name would be typed.
[ -z "$json_fields" ] || refuse "the input json-fields is now fields, and \
fields is now raw-fields: rename both"

# check NAME VALUE ALIAS VALUE: two names of an input must not say two things.
# GitHub does not report an input that an action does not know, so an alias that
# was ignored would send to the wrong repository.
check() {
	[ -n "$2" ] && [ -n "$4" ] && [ "$2" != "$4" ] || return 0
	refuse "the inputs $1 and $3 are two names for the same thing, and \
their values differ: set one of them"
}
check repo "$DISPATCH_REPO" repository "$alias_repo"
[ -n "$DISPATCH_REPO" ] || DISPATCH_REPO=$alias_repo

# An input that a step does not have is "job" (its default in action.yml); an
# empty one is most often a secret that does not exist.
empty_input=''
[ -n "$alias_token" ] || empty_input=token
[ -n "$DISPATCH_TOKEN" ] || empty_input=github-token
[ "$alias_token" != job ] || alias_token=''
[ "$DISPATCH_TOKEN" != job ] || DISPATCH_TOKEN=''
check github-token "$DISPATCH_TOKEN" token "$alias_token"
[ -n "$DISPATCH_TOKEN" ] || DISPATCH_TOKEN=$alias_token

if [ -n "$app_key" ]; then
	[ -n "$DISPATCH_APP_ID" ] || refuse "app-private-key needs app-id (is \
the value of the input app-id empty?)"
elif [ -n "$DISPATCH_APP_ID" ]; then
	refuse "app-id needs app-private-key (is the secret of the input \
app-private-key empty?)"
elif [ -z "$DISPATCH_TOKEN" ] && [ -n "$job_token" ]; then
	# The binary uses this one only for the server that the job runs on.
	export GITHUB_TOKEN="$job_token"
	case $empty_input:${DISPATCH_API_URL%/} in
	?*: | ?*:"${GITHUB_API_URL:-}")
		printf '%s\n' "notice: $empty_input is empty: using the job's \
own token, which reaches only this repository" >&2
		;;
	esac
fi

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
