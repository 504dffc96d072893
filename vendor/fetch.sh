#!/bin/sh
# fetch.sh DIR [CACHE] - leaves BearSSL's source, checked and patched, in DIR.
#
# No network is needed if the tarball is in vendor/cache, or in CACHE, already.
# Otherwise apt fetches it into CACHE, which is vendor/cache by default. The
# lists and settings of apt are derived from those of this machine, in a folder
# that is removed again: nothing under /etc or /var changes, and no host is
# named here.
set -eu

destination=$1
vendor=$(cd "$(dirname "$0")" && pwd)

pinned() {
	sed -n "s/^$1 //p" "$vendor/bearssl.lock"
}

package=$(pinned package)
version=$(pinned version)
file=$(pinned file)
sha256=$(pinned sha256)
cache=${2:-$vendor/cache}
tarball=$vendor/cache/$file
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

# This machine's package sources, asked for source packages.
derive_sources() {
	mkdir -p "$1"
	for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -e "$list" ] || continue
		sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$list" \
		    >"$1/$(basename "$list" .list).list"
	done
	for list in /etc/apt/sources.list.d/*.sources; do
		[ -e "$list" ] || continue
		sed 's/^Types:.*/Types: deb-src/' "$list" \
		    >"$1/$(basename "$list")"
	done
}

# Runs apt-get on lists of our own.
own_apt() {
	apt-get -q -o Dir::Etc::sourcelist=/dev/null \
	    -o Dir::Etc::sourceparts="$work/parts" \
	    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
	    -o APT::Sandbox::User="$(id -un)" "$@"
}

fetch() {
	command -v apt-get >/dev/null 2>&1 || return 1
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	derive_sources "$work/parts"
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
	# Only the tarball and its hash decide. A list that fails to load, a
	# version that is gone, and the other files of the package do not matter.
	(
		cd "$work"
		own_apt update || true
		own_apt source --download-only "$package=$version" ||
		    own_apt source --download-only "$package" || true
	) >"$work/log" 2>&1
	[ -e "$work/$file" ] || {
		tail -n 5 "$work/log" >&2
		return 1
	}
	matches "$work/$file" || return 1
	mkdir -p "$cache"
	cp "$work/$file" "$cache/$file.new"
	mv "$cache/$file.new" "$tarball"
}

unpack() {
	rm -rf "$destination"
	mkdir -p "$destination"
	xz -dc "$tarball" | tar -xf - -C "$destination" --strip-components=1
	for patch in "$vendor"/patches/*.patch; do
		[ -e "$patch" ] || continue
		patch -s -p1 -d "$destination" <"$patch"
	done
	printf '%s\n' "$wanted" >"$destination/.stamp"
}

# The source is unpacked again only if the pin or a patch changes.
wanted=$(cat "$vendor/bearssl.lock" "$vendor"/patches/*.patch 2>/dev/null |
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
		say "$cache: vendor/README.md says how"
		exit 1
	}
fi
unpack
