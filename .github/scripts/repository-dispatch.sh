#!/bin/sh
# repository-dispatch.sh - for workflows that call this script by its path. The
# binary takes the script's options and variables itself; this only finds it:
# $REPOSITORY_DISPATCH, PATH, this checkout's build/, or a build made now.
#
# One difference is meant: a payload that is not JSON is an error (exit 3),
# where older scripts sent {} in its place.
set -eu

binary=${REPOSITORY_DISPATCH:-}
# A link to this script may be called repository-dispatch, too.
[ -n "$binary" ] || binary=$(command -v repository-dispatch) || binary=''
if [ -z "$binary" ] || [ "$binary" = "$0" ]; then
	root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
	binary=$root/build/repository-dispatch
	# Standard output is for the results alone.
	[ -x "$binary" ] || (cd "$root" && ./build.sh) >&2
fi
exec "$binary" "$@"
