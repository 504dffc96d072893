#!/bin/sh
# fetch.sh NAME DIR [CACHE] - leaves the source that NAME.lock pins (bearssl, musl or
# boringssl), checked and patched, in DIR: all of it, or the parts that it names.
#
# No network is needed if the tarball is in vendor/cache, or in CACHE, already.
# Otherwise apt fetches it into CACHE, which is vendor/cache by default.
# DEBIAN_MIRROR=URL names a mirror of Debian, for a machine whose own mirrors do not
# have the version.
set -eu

name=$1
destination=$2
vendor=$(cd "$(dirname "$0")" && pwd)

pinned() {
	sed -n "s/^$1 //p" "$vendor/$name.lock"
}

package=$(pinned package)
suite=$(pinned suite)
version=$(pinned version)
file=$(pinned file)
sha256=$(pinned sha256)
cache=${3:-$vendor/cache}
tarball=$vendor/cache/$file
# shellcheck source=vendor/apt.sh.inc
. "$vendor/apt.sh.inc"
[ -e "$tarball" ] || tarball=$cache/$file

say() {
	printf '%s\n' "vendor/fetch.sh: $*" >&2
}

# matches FILE: whether it has the pinned hash. Reports it if not.
matches() {
	found=$(sha256sum "$1" | cut -d ' ' -f 1)
	[ "$found" != "$sha256" ] || return 0
	say "$1 is not what is pinned, so it is not used:"
	say "  SHA-256 $found"
	say "  pinned  $sha256"
	return 1
}

fetch() {
	command -v apt-get >/dev/null 2>&1 || return 1
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	download_source "$package=$version" "$package"
	[ -e "$work/$file" ] || {
		tail -n 5 "$work/log" >&2
		return 1
	}
	matches "$work/$file" || return 1
	mkdir -p "$cache"
	cp "$work/$file" "$cache/$file.new"
	mv "$cache/$file.new" "$tarball"
}

# members: the parts as patterns for GNU tar. Without parts, none: then any tar does.
members() {
	pinned part | sed '1s|^|--wildcards */|; 2,$s|^|*/|'
}

unpack() {
	rm -rf "$destination"
	mkdir -p "$destination"
	case $file in
	*.xz) unpack=xz ;;
	*) unpack=gzip ;;
	esac
	# shellcheck disable=SC2046  # no part has a space
	$unpack -dc "$tarball" |
	    tar -xf - -C "$destination" --strip-components=1 $(members)
	for patch in "$vendor/patches/$name"/*.patch; do
		[ -e "$patch" ] || continue
		patch -s -p1 -d "$destination" <"$patch"
	done
	printf '%s\n' "$wanted" >"$destination/.stamp"
}

# The source is unpacked again only if the pin or a patch changes.
wanted=$(cat "$vendor/$name.lock" "$vendor/patches/$name"/*.patch 2>/dev/null |
    sha256sum)
if [ "$(cat "$destination/.stamp" 2>/dev/null)" = "$wanted" ]; then
	exit 0
fi
if [ -e "$tarball" ]; then
	matches "$tarball" || exit 1
else
	say "fetching $package $version"
	fetch || {
		say "cannot fetch $file here. Copy it to"
		say "$cache, or set DEBIAN_MIRROR:"
		say "vendor/README.md says how"
		exit 1
	}
fi
unpack
