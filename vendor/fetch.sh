#!/bin/sh
# fetch.sh DIR - leaves BearSSL's source, checked and patched, in DIR.
#
# The tarball comes from vendor/cache where it is there already, and then no
# network is needed. Otherwise apt brings it, with lists and settings derived
# from this machine's own in a folder that is removed again: nothing under
# /etc or /var changes, and no host is named here.
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
tarball=$vendor/cache/$file

say() {
	printf '%s\n' "vendor/fetch.sh: $*" >&2
}

# matches FILE: whether it has the pinned hash. Says so where it has not.
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
	# A list of somebody else's that fails does not matter; the tarball
	# and its hash decide.
	own_apt update >"$work/log" 2>&1 || true
	(
		cd "$work"
		own_apt source --download-only "$package=$version" >>log 2>&1 ||
		    own_apt source --download-only "$package" >>log 2>&1
	) || {
		tail -n 5 "$work/log" >&2
		return 1
	}
	[ -e "$work/$file" ] && matches "$work/$file" || return 1
	mkdir -p "$vendor/cache"
	cp "$work/$file" "$tarball.new"
	mv "$tarball.new" "$tarball"
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

# What the unpacked folder is made of; unpacked again only when it changes.
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
		say "cannot fetch it here. Bring $file,"
		say "SHA-256 $sha256,"
		say "to $vendor/cache: see vendor/README.md"
		exit 1
	}
fi
unpack
