#!/bin/sh
# What kind of file the binary is.
. tests/checks/tap.sh.inc
binary=build/repository-dispatch

has_no_interpreter() {
	! readelf -lW $binary | grep INTERP
}

has_no_dynamic_section() {
	! readelf -SW $binary | grep -F .dynamic
}

stack_is_not_executable() {
	readelf -lW $binary | grep 'GNU_STACK .* RW '
}

# RELRO would cover these; without pointers to relocate or run there is none.
has_no_writable_pointers() {
	! readelf -SW $binary |
	    grep -E '\.(init_array|fini_array|data\.rel\.ro|got)' ||
	    readelf -lW $binary | grep GNU_RELRO
}

no_segment_is_writable_and_executable() {
	! readelf -lW $binary | grep -E 'LOAD .* RWE '
}

is_stripped() {
	! readelf -SW $binary | grep -E ' \.symtab | \.debug'
}

has_stack_protector() {
	readelf -sW build/ours/*/*.o | grep "UND __stack_chk_fail"
}

fits_256_kib() {
	size=$(wc -c <$binary)
	echo "$size bytes"
	[ "$size" -le 262144 ]
}

names_no_folder_of_this_machine() {
	! grep -aF "$(pwd)" $binary
}

check 'no interpreter' has_no_interpreter
check 'no dynamic section' has_no_dynamic_section
check 'the stack is not executable' stack_is_not_executable
check 'RELRO, or nothing it would cover' has_no_writable_pointers
check 'nothing is writable and executable' no_segment_is_writable_and_executable
check 'stripped' is_stripped
check 'stack protector' has_stack_protector
check 'at most 256 KiB' fits_256_kib
check 'no path of the build machine' names_no_folder_of_this_machine
plan
