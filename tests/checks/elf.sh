#!/bin/sh
# What kind of file the binary is, for each processor that it was built for.
. tests/checks/tap.sh.inc

has_no_interpreter() {
	! readelf -lW "$binary" | grep INTERP
}

is_position_independent() {
	readelf -hW "$binary" | grep 'Type: *DYN '
}

needs_no_library() {
	! readelf -dW "$binary" | grep NEEDED
}

relocates_no_code() {
	! readelf -dW "$binary" | grep TEXTREL
}

stack_is_not_executable() {
	readelf -lW "$binary" | grep 'GNU_STACK .* RW '
}

no_segment_is_writable_and_executable() {
	! readelf -lW "$binary" | grep -E 'LOAD .* RWE '
}

# The section headers name the segment that holds .rodata.
read_only_data_is_not_executable() {
	segment=$(readelf -lW "$binary" |
	    sed -n 's/^ *\([0-9]*\) .*\.rodata.*/\1/p')
	flags=$(readelf -lW "$binary" | grep -E '^  [A-Z_]+ +0x' |
	    sed -n "$((segment + 1))p")
	echo "$flags"
	[ "${flags#*" R   "}" != "$flags" ]
}

# src/os/process.c protects whole pages, of whatever size the kernel has: the
# linker aligns segments to the largest one.
relro_ends_on_a_page() {
	page=$(readelf -lW "$binary" | sed -n 's/^ *LOAD .* //p' | head -n 1)
	# shellcheck disable=SC2046  # numbers
	set -- $(readelf -lW "$binary" | grep GNU_RELRO)
	[ $((($3 + $6) % page)) -eq 0 ]
}

# Each begins in a page after the last one of the segment before it.
segments_share_no_page() {
	readelf -lW "$binary" | grep ' LOAD ' | {
		free=0
		while read -r _ _ start _ _ length rest; do
			page=${rest##* }
			echo "$start $length $page"
			[ $((start / page)) -ge "$free" ] || return 1
			free=$(((start + length + page - 1) / page))
		done
	}
}

has_relro() {
	readelf -lW "$binary" | grep GNU_RELRO && readelf -dW "$binary" | grep 'NOW'
}

is_stripped() {
	! readelf -SW "$binary" | grep -E ' \.symtab | \.debug'
}

has_stack_protector() {
	readelf -sW "$folder"/ours/*/*.o | grep "UND __stack_chk_fail"
}

fits_limit() {
	echo "$size bytes"
	[ "$size" -le $((limit * 1024)) ]
}

names_no_folder_of_this_machine() {
	! grep -aF "$(pwd)" "$binary"
}

# The stack has 64 KiB (tests/e2e/locked_down.py), and no function takes more than
# a quarter of it: 16 KiB is what a request or a file is put together in. The
# functions have no names here; `gcc -fstack-usage` has them.
frame_limit=16448

# frames: the instructions that make room on the stack. The one that takes as much
# as it is asked for is wipe_stack()'s.
frames() {
	objdump -d --no-show-raw-insn "$binary" |
	    grep -oE 'sub +[^ ]*,%rsp$'
}

frames_are_small() {
	frames | sed -n "s/^sub *[$]0x\([0-9a-f]*\),.*/\1/p" | {
		count=0
		while read -r size; do
			count=$((count + 1))
			# Small frames may be made by adding a negative number.
			[ ${#size} -lt 16 ] || continue
			[ $((0x$size)) -le "$frame_limit" ] || {
				echo "a frame of $((0x$size)) bytes"
				return 1
			}
		done
		[ "$count" -gt 100 ]
	}
}

only_one_frame_is_variable() {
	[ "$(frames | grep -c '^sub *%')" -eq 1 ]
}

# check_hardening NAME: what this name of -V stands for.
check_hardening() {
	case $1 in
	static-pie)
		check "$target: $1: no interpreter" has_no_interpreter
		check "$target: $1: position-independent" is_position_independent
		check "$target: $1: no library" needs_no_library
		check "$target: $1: no relocation in code" relocates_no_code
		;;
	full-relro)
		check "$target: $1: nothing is bound later" has_relro
		check "$target: $1: it ends on a page" relro_ends_on_a_page
		;;
	no-execstack)
		check "$target: $1: the stack is not executable" stack_is_not_executable
		;;
	separate-code)
		check "$target: $1: nothing is writable and executable" \
		    no_segment_is_writable_and_executable
		check "$target: $1: read-only data is not executable" \
		    read_only_data_is_not_executable
		check "$target: $1: segments share no page" \
		    segments_share_no_page
		;;
	stack-protector)
		check "$target: $1: functions call it" has_stack_protector
		;;
	*)
		check "$target: $1 has a check" false
		;;
	esac
}

# Other compilers make other sizes.
check_size() {
	size=$(wc -c <"$binary")
	# Of the same source, these processors need more code.
	case $target in
	aarch64 | ppc64le | s390x) limit=480 ;;
	*) limit=384 ;;
	esac
	case ${CC:-gcc}-$(gcc -dumpversion) in
	gcc-12) check "$target: at most $limit KiB" fits_limit ;;
	*) skip "$target: at most $limit KiB" "$size bytes, but not by gcc 12" ;;
	esac
}

# shellcheck disable=SC2153  # TARGET is build.sh's
check 'the binary is that of its target' \
    cmp build/repository-dispatch "build/$TARGET/repository-dispatch"
hardening=$(build/repository-dispatch -V | sed -n 's/^hardening //p')
check 'the hardening that -V names is that of the build' \
    [ "$hardening" = "$(sed -n 's/^\([a-z-]*\) .*/\1/p' src/gen/hardening |
    uniq | tr '\n' ' ' | sed 's/ $//')" ]
for binary in build/*/repository-dispatch; do
	folder=${binary%/*}
	target=${folder#build/}
	for name in $hardening; do
		check_hardening "$name"
	done
	check "$target: stripped" is_stripped
	[ "$target" != x86_64 ] || {
		check "$target: no frame has more than $frame_limit bytes" \
		    frames_are_small
		check "$target: only one frame is of variable size" \
		    only_one_frame_is_variable
	}
	check_size
	check "$target: no path of the build machine" \
	    names_no_folder_of_this_machine
done
plan
