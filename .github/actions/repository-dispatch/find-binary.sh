#!/bin/sh
# find-binary.sh - prints the path of a repository-dispatch to run: an existing
# one, the release that is pinned here, or one built from the sources that this
# folder came with. If one exists already, only the shell is needed.
#
# The runner obeys workflow commands in the output, so only fixed text and the
# output of shown() is printed.
set -eu
LC_ALL=C
export LC_ALL

# The action at the root of the repository runs this script as well.
action=${0%/*}
sources=$action/../../..
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

# Prints a path, unless it could start a workflow command.
shown() {
	case $1 in
	*[!A-Za-z0-9._/+@~\ -]*) echo '(a path with unusual characters)' ;;
	*) printf '%s\n' "$1" ;;
	esac
}

is_program() {
	[ -f "$1" ] && [ -x "$1" ]
}

# take PATH WHAT: prints the path and ends the search.
take() {
	case $1 in
	*[[:cntrl:]]*) fail 2 "the path of $2 has a control character" ;;
	esac
	say "using $2, $(shown "$1")"
	printf '%s\n' "$1"
	exit 0
}

# A relative path starts at the workspace. Without a slash, PATH would be
# searched.
from_input() {
	path=${ACTION_BINARY:-}
	case $path in
	'') return 0 ;;
	/*) ;;
	*) path=$PWD/$path ;;
	esac
	is_program "$path" ||
	    fail 2 "the input binary is not a program: $(shown "$path")"
	take "$path" 'the input binary'
}

# A relative entry of PATH is ignored: a pull request controls the workspace.
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
	amd64) machine=x86_64 ;;
	arm64) machine=aarch64 ;;
	armv7* | armv8l) machine=armv7 ;;
	esac
}

# Sets version. It is empty if the folder of the action was copied without the rest
# of the repository: then neither a release nor a build can be used. Only this
# project has all of these files; build.sh and src/VERSION of another repository
# are something else.
set_version() {
	version=''
	for file in build.sh src/main.c vendor/bearssl.lock; do
		[ -f "$sources/$file" ] || return 0
	done
	{ read -r version <"$sources/src/VERSION"; } 2>/dev/null || true
	case $version in
	*[!A-Za-z0-9.+-]*) version='' ;;
	esac
}

# pinned NAME: the pinned SHA-256 of that file of the release, or nothing. The sums
# count only after a line with their version, if that is this one.
pinned() {
	is_current=no
	while read -r sum name; do
		[ "$sum $name" != "# version $version" ] || is_current=yes
		[ $is_current = no ] || [ "${name#\*}" != "$1" ] ||
		    printf '%s\n' "$sum"
	done <"$action/SHA256SUMS"
}

# is_pinned FILE: whether it has the pinned hash. Without sha256sum, it has not.
is_pinned() {
	sum=$(sha256sum <"$1" 2>/dev/null) || return 1
	[ "${sum%% *}" = "$wanted" ]
}

from_cache() {
	path=$cache/$version/$machine/repository-dispatch
	[ -n "$cache" ] && [ -n "$version" ] && is_program "$path" || return 0
	[ -z "$wanted" ] || is_pinned "$path" || {
		printf '%s\n' "::warning::repository-dispatch action: the binary \
in the tool cache does not match SHA256SUMS, so it is not used" >&2
		return 0
	}
	take "$path" 'the one in the tool cache'
}

# put FILE FOLDER: copies it so that others see either the whole file or none.
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

# keep FILE KEY: copies it to the tool cache if that is possible. Sets path to
# where it is then.
keep() {
	path=$1
	[ -n "$cache" ] || return 0
	folder=$cache/$2/$machine
	if put "$1" "$folder" 2>/dev/null &&
	    is_program "$folder/repository-dispatch"; then
		path=$folder/repository-dispatch
	else
		say 'cannot write to the tool cache'
	fi
}

# A download is compared with the pinned hash, so it does no harm that wget may
# follow a redirect to http.
download() {
	if has curl; then
		curl --fail --silent --location --proto =https \
		    --connect-timeout 20 --max-time 300 --output "$2" "$1"
	elif wget --version 2>/dev/null | grep -q '^GNU Wget'; then
		# By itself, it tries 20 times.
		wget -q -T 60 -t 2 --waitretry=1 -O "$2" "$1"
	else
		# BusyBox 1.35 crashes with -T.
		wget -q -O "$2" "$1"
	fi >/dev/null 2>&1
}

why_no_release() {
	if [ -z "$wanted" ] || [ -z "$version" ]; then
		echo "SHA256SUMS has no line for this version and processor"
		return 0
	fi
	case ${ACTION_REPOSITORY:-} in
	'' | *[!A-Za-z0-9._/-]*)
		echo 'the repository of this action is unknown'
		return 0
		;;
	esac
	case ${GITHUB_SERVER_URL:-} in
	https://*) ;;
	*) echo 'GITHUB_SERVER_URL does not start with https://' ;;
	esac
	has sha256sum || echo 'sha256sum is missing'
	has curl || has wget || echo 'curl and wget are missing'
}

from_release() {
	why=$(why_no_release)
	[ -z "$why" ] || {
		say "not looking for a release: $why"
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
	    'the downloaded release does not match SHA256SUMS; nothing was run'
	chmod 755 "$work/repository-dispatch"
	keep "$work/repository-dispatch" "$version"
	[ "$path" != "$work/repository-dispatch" ] || trap - EXIT
	take "$path" 'the release'
}

# Twelve digits of the hash that -V prints, or nothing.
sources_key() {
	has find && has sort && has sha256sum || return 0
	sum=$(sh src/gen/sources_hash.sh) || return 0
	printf '%s\n' "${sum%"${sum#????????????}"}"
} 2>/dev/null

# The build gets none of the job's variables but these, and none with an @, such
# as a proxy's URL with a password: a job may have secrets in its environment.
run_build() {
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
	env -i "$@" sh ./build.sh
}

# The output of a build is untrusted text: paths, and a compiler's messages.
build() {
	log=$(mktemp "$temporary/build.XXXXXX")
	say 'building it from source, which takes a minute'
	if run_build >"$log" 2>&1 &&
	    is_program build/repository-dispatch; then
		rm -f "$log"
		return 0
	fi
	tail -n 30 "$log" | tr -cd '\n -~' | sed 's/##*/#/g; s/^/  | /' >&2
	rm -f "$log"
	fail 1 "the build failed; install what is missing in an earlier step, or \
set the input binary"
}

from_sources() {
	[ -n "$version" ] ||
	    fail 1 'found no program; set the input binary, or put one on PATH'
	cd "$sources"
	key=$(sources_key)
	path=$cache/$version-$key/$machine/repository-dispatch
	[ -z "$cache" ] || [ -z "$key" ] || ! is_program "$path" ||
	    take "$path" 'the one built before'
	build
	path=$PWD/build/repository-dispatch
	[ -z "$key" ] || keep "$path" "$version-$key"
	take "$path" 'the one built from source'
}

# Runners that descend from act write linux where they run without a container.
case ${RUNNER_OS:-Linux} in
[Ll][Ii][Nn][Uu][Xx]) ;;
*) fail 2 'this action needs a Linux runner; on others, use a container' ;;
esac
from_input
from_search_path
set_machine
set_version
asset=repository-dispatch-linux-$machine
wanted=$(pinned "$asset")
from_cache
from_release
from_sources
