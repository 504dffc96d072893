#!/bin/sh
# Two builds of the same sources by the same compilers are the same bytes. Here
# it is the program for this machine; `./build.sh same` compares all of a
# release.
. tests/checks/tap.sh.inc
. tests/checks/elsewhere.sh.inc
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
chmod 755 "$copy"
elsewhere="$copy/another folder"

builds_again_elsewhere() {
	copy_sources "$elsewhere" && build_elsewhere "$elsewhere"
}

is_the_same() {
	cmp build/repository-dispatch "$elsewhere/build/repository-dispatch"
}

# other_compiler: a gcc of another version, which compiles nothing.
other_compiler() {
	cat >"$copy/gcc" <<-'END_OF_SCRIPT'
		#!/bin/sh
		case $* in
		--version) echo 'gcc (Other 12.2.0-99) 12.2.0' ;;
		-dumpmachine | -print-*) exec gcc "$@" ;;
		*) exit 1 ;;
		esac
	END_OF_SCRIPT
	chmod 755 "$copy/gcc"
}

other_compiler_is_reported() {
	other_compiler
	mkdir "$copy/other"
	copy_sources "$copy/other"
	(cd "$copy/other" && ! CC=$copy/gcc ./build.sh) >"$copy/log" 2>&1
	grep 'gcc (Other 12.2.0-99) 12.2.0.*: the bytes will differ' \
	    "$copy/log" || {
		cat "$copy/log"
		return 1
	}
}

check 'builds elsewhere' builds_again_elsewhere
check 'the same bytes' is_the_same
check 'another compiler is reported' other_compiler_is_reported
plan
