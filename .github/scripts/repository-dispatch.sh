#!/bin/sh
# repository-dispatch.sh - for workflows that call a script of this name. It
# finds the binary (in $REPOSITORY_DISPATCH, on PATH, in this checkout's build/,
# or by a build), which takes the script's options and variables itself.
#
# It builds only in a checkout of repository-dispatch itself: in another
# repository, build.sh is another program. The build gets none of the variables
# of this process but those named below, so no token, key or password.
#
# Differences to older scripts are intended: a payload that is not JSON and an
# empty --target-repo are errors, and the exit status says what failed. They sent
# {} instead, or to the current repository, and ended with 1.
set -eu

refuse() {
	printf '%s\n' "repository-dispatch.sh: repository-dispatch is not on \
PATH, and this is not a checkout of its sources" "hint: put the binary on PATH, \
set REPOSITORY_DISPATCH to its path, or use the action" >&2
	exit 2
}

# Only this project has all of them. In another repository even a binary in
# build/ is somebody else's.
check_sources() {
	for file in build.sh src/main.c vendor/bearssl.lock; do
		[ -f "$file" ] || refuse
	done
}

# A value with an @, such as a proxy's URL with a password, is left out as well:
# a network that asks for one needs a binary that was built elsewhere.
build() {
	value=''
	set --
	for name in PATH HOME TMPDIR CC HOST_CC GITHUB_ACTIONS http_proxy \
	    HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy \
	    NO_PROXY; do
		eval "value=\${$name:-}"
		case $value in
		'' | *@*) ;;
		*) set -- "$@" "$name=$value" ;;
		esac
	done
	# Standard output is only for the results.
	env -i "$@" sh ./build.sh >&2
}

# search NAME: prints where it is on PATH. A relative entry is ignored: it leads
# to wherever the caller is.
search() {
	found=$(command -v "$1") || found=''
	case $found in
	/*) printf '%s\n' "$found" ;;
	esac
}

binary=${REPOSITORY_DISPATCH:-}
if [ -n "$binary" ]; then
	# A name without a slash is searched for on PATH.
	program=$binary
	case $binary in
	*/*) ;;
	*) program=$(search "$binary") ;;
	esac
	if ! [ -f "$program" ] || ! [ -x "$program" ]; then
		printf '%s\n' "repository-dispatch.sh: REPOSITORY_DISPATCH is \
not a program: $binary" >&2
		exit 2
	fi
else
	binary=$(search repository-dispatch)
fi
# A link to this script may itself be called repository-dispatch.
if [ -z "$binary" ] || [ "$binary" = "$0" ]; then
	root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
	binary=$root/build/repository-dispatch
	(cd "$root" && check_sources)
	[ -x "$binary" ] || (cd "$root" && build)
fi
exec "$binary" "$@"
