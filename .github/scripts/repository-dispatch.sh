#!/bin/sh
# repository-dispatch.sh - for workflows that call a script of this name. It
# finds the binary (in $REPOSITORY_DISPATCH, on PATH, in this checkout's build/,
# or by a build), which takes the script's options and variables itself.
#
# One difference to older scripts is intended: a payload that is not JSON is an
# error (exit 3). They sent {} instead.
set -eu

binary=${REPOSITORY_DISPATCH:-}
# A link to this script may itself be called repository-dispatch.
[ -n "$binary" ] || binary=$(command -v repository-dispatch) || binary=''
if [ -z "$binary" ] || [ "$binary" = "$0" ]; then
	root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
	binary=$root/build/repository-dispatch
	# Standard output is only for the results.
	[ -x "$binary" ] || (cd "$root" && ./build.sh) >&2
fi
exec "$binary" "$@"
