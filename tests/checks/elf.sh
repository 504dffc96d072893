#!/bin/sh
# What kind of file the binary is.
. tests/checks/tap.sh.inc
binary=build/repository-dispatch

has_no_interpreter() {
	! readelf -lW $binary | grep INTERP
}

is_position_independent() {
	readelf -hW $binary | grep 'Type: *DYN '
}

needs_no_library() {
	! readelf -dW $binary | grep NEEDED
}

relocates_no_code() {
	! readelf -dW $binary | grep TEXTREL
}

stack_is_not_executable() {
	readelf -lW $binary | grep 'GNU_STACK .* RW '
}

no_segment_is_writable_and_executable() {
	! readelf -lW $binary | grep -E 'LOAD .* RWE '
}

# The section headers name the segment that holds .rodata.
read_only_data_is_not_executable() {
	segment=$(readelf -lW $binary |
	    sed -n 's/^ *\([0-9]*\) .*\.rodata.*/\1/p')
	flags=$(readelf -lW $binary | grep -E '^  [A-Z_]+ +0x' |
	    sed -n "$((segment + 1))p")
	echo "$flags"
	[ "${flags#*" R   "}" != "$flags" ]
}

# src/os/process.c protects whole pages.
relro_ends_on_a_page() {
	# shellcheck disable=SC2046  # numbers
	set -- $(readelf -lW $binary | grep GNU_RELRO)
	[ $((($3 + $6) % 4096)) -eq 0 ]
}

has_relro() {
	readelf -lW $binary | grep GNU_RELRO && readelf -dW $binary | grep 'NOW'
}

is_stripped() {
	! readelf -SW $binary | grep -E ' \.symtab | \.debug'
}

has_stack_protector() {
	readelf -sW build/ours/*/*.o | grep "UND __stack_chk_fail"
}

size=$(wc -c <$binary)

fits_limit() {
	echo "$size bytes"
	[ "$size" -le 327680 ]
}

names_no_folder_of_this_machine() {
	! grep -aF "$(pwd)" $binary
}

# check_hardening NAME: what this name of -V stands for.
check_hardening() {
	case $1 in
	static-pie)
		check "$1: no interpreter" has_no_interpreter
		check "$1: position-independent" is_position_independent
		check "$1: no library" needs_no_library
		check "$1: no relocation in code" relocates_no_code
		;;
	full-relro)
		check "$1: nothing is bound later" has_relro
		check "$1: it ends on a page" relro_ends_on_a_page
		;;
	no-execstack)
		check "$1: the stack is not executable" stack_is_not_executable
		;;
	separate-code)
		check "$1: nothing is writable and executable" \
		    no_segment_is_writable_and_executable
		check "$1: read-only data is not executable" \
		    read_only_data_is_not_executable
		;;
	stack-protector)
		check "$1: functions call it" has_stack_protector
		;;
	*)
		check "$1 has a check" false
		;;
	esac
}

hardening=$($binary -V | sed -n 's/^hardening //p')
check 'the hardening that -V names is that of the build' \
    [ "$hardening" = "$(sed -n 's/^\([a-z-]*\) .*/\1/p' src/gen/hardening |
    uniq | tr '\n' ' ' | sed 's/ $//')" ]
for name in $hardening; do
	check_hardening "$name"
done
check 'stripped' is_stripped
# Other compilers make other sizes.
case ${CC:-gcc}-$(gcc -dumpversion) in
gcc-12) check 'at most 320 KiB' fits_limit ;;
*) skip 'at most 320 KiB' "$size bytes, but not by gcc 12" ;;
esac
check 'no path of the build machine' names_no_folder_of_this_machine
plan
