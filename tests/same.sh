#!/bin/sh
# same.sh - builds a release and the Debian package twice, the second time with
# everything different that must not matter, and compares all files.
. tests/checks/tap.sh.inc
. tests/checks/elsewhere.sh.inc
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"

builds() {
	copy_sources "$place/one" &&
	    (cd "$place/one" && ./build.sh dist && ./build.sh package)
}

builds_elsewhere() {
	copy_sources "$place/another folder" &&
	    build_elsewhere "$place/another folder" dist &&
	    build_elsewhere "$place/another folder" package
}

# made FOLDER: the files to compare, and their modes.
made() {
	(cd "$1" && find build/dist build/*.deb .github -type f \
	    -exec sha256sum {} + | sort -k 2)
	(cd "$1" && find build/dist build/*.deb -exec ls -ld {} + |
	    cut -d ' ' -f 1)
}

are_the_same() {
	made "$place/one" >"$place/made"
	made "$place/another folder" >"$place/made again"
	grep repository-dispatch.spdx.json "$place/made" &&
	    diff "$place/made" "$place/made again"
}

check 'builds' builds
check 'builds elsewhere' builds_elsewhere
check 'all files are the same' are_the_same
# What differs says more than that it does.
check 'the documents are the same' diff -r -x 'repository-dispatch-linux-*' \
    "$place/one/build/dist" "$place/another folder/build/dist"
plan
