#!/bin/sh
# Two builds of one commit are the same bytes, also from different folders.
. tests/checks/tap.sh.inc
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

builds_again_elsewhere() {
	mkdir "$copy/another folder"
	cp -R build.sh src vendor "$copy/another folder"
	(cd "$copy/another folder" && ./build.sh)
}

is_the_same() {
	cmp build/repository-dispatch \
	    "$copy/another folder/build/repository-dispatch"
}

check 'builds in another folder, one with a space' builds_again_elsewhere
check 'the same bytes' is_the_same
plan
