#!/bin/sh
# find-binary.sh - prints the path of a repository-dispatch to run: one that is
# there already, the release that is pinned here, or one built from the sources
# that this folder came with. Where one is there, it needs the shell alone.
#
# The runner obeys commands in what is printed: besides fixed text that is only
# what has been through shown().
set -eu
LC_ALL=C
export LC_ALL

action=${GITHUB_ACTION_PATH:-$(dirname "$0")}
cache=${RUNNER_TOOL_CACHE:+$RUNNER_TOOL_CACHE/repository-dispatch}
temporary=${RUNNER_TEMP:-/tmp}

say() {
	printf '%s\n' "repository-dispatch action: $*" >&2
}

# fail STATUS TEXT
fail() {
	printf '%s\n' "::error::repository-dispatch action: $2" >&2
	exit "$1"
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# A path, unless it could begin a command.
shown() {
	case $1 in
	*[!A-Za-z0-9._/+@~\ -]*) echo '(a path with unusual characters)' ;;
	*) printf '%s\n' "$1" ;;
	esac
}

is_program() {
	[ -f "$1" ] && [ -x "$1" ]
}

# take PATH WHAT: the end of the search.
take() {
	case $1 in
	*[[:cntrl:]]*) fail 2 "the path of $2 has a control character" ;;
	esac
	say "using $2, $(shown "$1")"
	printf '%s\n' "$1"
	exit 0
}

# Relative paths are the workspace's; without a slash PATH would be searched.
from_input() {
	path=${ACTION_BINARY:-}
	case $path in
	'') return 0 ;;
	/*) ;;
	*) path=$PWD/$path ;;
	esac
	is_program "$path" ||
	    fail 2 "the input binary is no program: $(shown "$path")"
	take "$path" 'the input binary'
}

# Not by a relative entry of PATH: the workspace is a pull request's.
from_search_path() {
	path=$(command -v repository-dispatch) || return 0
	case $path in
	/*) ! is_program "$path" || take "$path" 'the one on PATH' ;;
	esac
}

set_machine() {
	case ${RUNNER_ARCH:-} in
	X64) machine=x86_64 ;;
	ARM64) machine=aarch64 ;;
	*) machine=$(uname -m 2>/dev/null) || machine=unknown ;;
	esac
	case $machine in
	*[!A-Za-z0-9_]*) machine=unknown ;;
	esac
}

# The pinned SHA-256 of the release's file NAME, or nothing.
pinned() {
	while read -r sum name; do
		[ "${name#\*}" != "$1" ] || printf '%s\n' "$sum"
	done <"$action/SHA256SUMS"
}

# Without the tool that tells, nothing is what is pinned.
is_pinned() {
	sum=$(sha256sum <"$1" 2>/dev/null) || return 1
	[ "${sum%% *}" = "$wanted" ]
}

from_cache() {
	path=$cache/$version/$machine/repository-dispatch
	[ -n "$cache" ] && is_program "$path" || return 0
	[ -z "$wanted" ] || is_pinned "$path" || {
		printf '%s\n' "::warning::repository-dispatch action: the one \
in the tool cache is not what SHA256SUMS pins, so it is not used" >&2
		return 0
	}
	take "$path" 'the one in the tool cache'
}

# put FILE FOLDER: others see the whole file there, or none.
put() {
	mkdir -p "$2" || return 1
	new=$(mktemp "$2/new.XXXXXX") || return 1
	if cp "$1" "$new" && chmod 755 "$new" &&
	    mv -f "$new" "$2/repository-dispatch"; then
		return 0
	fi
	rm -f "$new"
	return 1
}

# keep FILE KEY: into the tool cache if that can be. Sets path to where it is
# then.
keep() {
	path=$1
	[ -n "$cache" ] || return 0
	folder=$cache/$2/$machine
	if put "$1" "$folder" 2>/dev/null &&
	    is_program "$folder/repository-dispatch"; then
		path=$folder/repository-dispatch
	else
		say 'the tool cache cannot be written'
	fi
}

# Whatever comes is compared with the pinned sum, so a wget that would follow
# to http gets nothing past it.
download() {
	if has curl; then
		curl --fail --silent --location --proto =https \
		    --connect-timeout 20 --max-time 300 --output "$2" "$1"
	else
		wget -q -T 60 -O "$2" "$1"
	fi >/dev/null 2>&1
}

why_no_release() {
	if [ -z "$wanted" ]; then
		echo "SHA256SUMS pins none for this version and processor"
		return 0
	fi
	case ${ACTION_REPOSITORY:-} in
	'' | *[!A-Za-z0-9._/-]*)
		echo 'the repository of this action is not known'
		return 0
		;;
	esac
	case ${GITHUB_SERVER_URL:-} in
	https://*) ;;
	*) echo 'there is no https:// in GITHUB_SERVER_URL' ;;
	esac
	has sha256sum || echo 'there is no sha256sum'
	has curl || has wget || echo 'there is neither curl nor wget'
}

from_release() {
	why=$(why_no_release)
	[ -z "$why" ] || {
		say "no release is looked for: $why"
		return 0
	}
	work=$(mktemp -d "$temporary/repository-dispatch.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	url=$GITHUB_SERVER_URL/$ACTION_REPOSITORY/releases/download/v$version
	download "$url/$asset" "$work/repository-dispatch" || {
		say 'the release could not be downloaded'
		return 0
	}
	is_pinned "$work/repository-dispatch" || fail 1 \
	    'the downloaded release is not what SHA256SUMS pins; nothing was run'
	chmod 755 "$work/repository-dispatch"
	keep "$work/repository-dispatch" "$version"
	[ "$path" != "$work/repository-dispatch" ] || trap - EXIT
	take "$path" 'the release'
}

# Twelve digits of a sum over all that goes into a build, or nothing.
sources_key() {
	has find && has sort && has sha256sum || return 0
	sum=$(find build.sh src vendor -type f ! -path 'vendor/cache/*' \
	    -exec sha256sum {} + | sort | sha256sum)
	printf '%s\n' "${sum%"${sum#????????????}"}"
} 2>/dev/null

# What a build prints is foreign text: paths, and a compiler's words.
build() {
	log=$(mktemp "$temporary/build.XXXXXX")
	say 'building it from source, which takes a minute'
	if sh ./build.sh >"$log" 2>&1 &&
	    is_program build/repository-dispatch; then
		rm -f "$log"
		return 0
	fi
	tail -n 30 "$log" | tr -cd '\n -~' | sed 's/##*/#/g; s/^/  | /' >&2
	rm -f "$log"
	fail 1 "building it failed; install what is missing in a step before, or \
give a program by the input binary"
}

from_sources() {
	cd "$action/../../.."
	[ -f build.sh ] || fail 1 \
	    'found no program; give one by the input binary or on PATH'
	key=$(sources_key)
	path=$cache/$version-$key/$machine/repository-dispatch
	[ -z "$cache" ] || [ -z "$key" ] || ! is_program "$path" ||
	    take "$path" 'the one built before'
	build
	path=$PWD/build/repository-dispatch
	[ -z "$key" ] || keep "$path" "$version-$key"
	take "$path" 'the one built from source'
}

[ "${RUNNER_OS:-Linux}" = Linux ] ||
    fail 2 'this action needs a runner with Linux; others can use a container'
from_input
from_search_path
set_machine
read -r version <"$action/VERSION"
asset=repository-dispatch-linux-$machine
wanted=$(pinned "$asset")
from_cache
from_release
from_sources
