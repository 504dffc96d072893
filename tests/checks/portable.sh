#!/bin/sh
# portable.sh - the sources compile for processors of 32 bits, with the headers
# of their musl. Nothing is run there.
#
# Debian's packages of these headers are unpacked in build/portable. The lists
# that apt needs for other architectures are kept in a folder of their own.
# shellcheck disable=SC2086  # flags
. tests/checks/tap.sh.inc

place=$(pwd)/build/portable
flags='-std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wconversion
	-Wshadow -Werror -Isrc -isystem build/bearssl-src/inc'

own_apt() {
	apt-get -q -o Dir::State::lists="$place/lists" \
	    -o Dir::Cache="$place/cache" -o APT::Architectures=amd64,i386,armhf \
	    -o APT::Sandbox::User="$(id -un)" "$@"
}

# A list that fails to load may not be needed.
fetch_headers() {
	mkdir -p "$place/lists/partial" "$place/cache/archives/partial"
	(
		cd "$place" &&
		    { own_apt update || true; } &&
		    own_apt download musl-dev:i386 musl-dev:armhf &&
		    for package in musl-dev_*.deb; do
			dpkg-deb -x "$package" .
		    done &&
		    rm -rf lists cache
	) >"$place/log" 2>&1
}

# compiles_for COMPILER TRIPLET
compiles_for() {
	headers=$place/usr/include/$2
	[ -e "$headers/stdio.h" ] || {
		echo "no $headers"
		return 1
	}
	failed=0
	for source in src/*.c src/[!g]*/*.c src/github/*.c; do
		"$1" $flags -nostdinc -isystem "$headers" \
		    -isystem "$("$1" -print-file-name=include)" -O2 \
		    -S -o /dev/null "$source" || failed=1
	done
	return $failed
}

# check_for COMPILER TRIPLET
check_for() {
	if command -v "$1" >/dev/null; then
		check "compiles for $2" compiles_for "$1" "$2"
	else
		skip "compiles for $2" "no $1"
	fi
}

if ! command -v dpkg-deb >/dev/null; then
	skip 'compiles for 32 bits' "the headers are Debian's"
else
	[ -d "$place/usr" ] || fetch_headers || cat "$place/log" >&2
	check_for i686-linux-gnu-gcc i386-linux-musl
	check_for arm-linux-gnueabihf-gcc arm-linux-musleabihf
fi
plan
