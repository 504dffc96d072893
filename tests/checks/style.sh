#!/bin/sh
# Compilers' warnings, layout and the static analysers.
. tests/checks/tap.sh.inc
flags='-std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wconversion
	-Wshadow -Werror -Isrc -Itests/unit -isystem build/bearssl-src/inc'

compiles_with() {
	for source in src/*.c src/[!g]*/*.c src/github/*.c; do
		# shellcheck disable=SC2086
		"$1" $flags -O2 -fsyntax-only "$source" || return 1
	done
}

is_laid_out() {
	clang-format --dry-run -Werror src/*.c src/*/*.c src/[!g]*/*.h \
	    src/github/*.h tests/unit/*.h tests/unit/*/*.c tests/fuzz/*.c
}

is_tidy() {
	# shellcheck disable=SC2016
	printf '%s\n' src/*.c src/[!g]*/*.c src/github/*.c | xargs -n 4 -P "$(nproc)" sh -ec '
		clang-tidy --quiet --warnings-as-errors="*" --checks="$0" \
		    "$@" -- -std=c11 -D_POSIX_C_SOURCE=200809L -Isrc \
		    -isystem build/bearssl-src/inc 2>/dev/null' "$tidy_checks"
}

# Left out, each because it asks for what this code does on purpose:
# memcpy_s and kin, which no libc here has; adjacent parameters of one type;
# assignments in conditions, which the compilers catch; va_list, where
# clang-tidy 14 takes va_start for nothing from the second file of a run on;
# and casts that take a const away, which BearSSL's types ask for.
tidy_checks='-*,clang-analyzer-*,bugprone-*,cert-err33-c,cert-flp30-c
misc-redundant-expression,performance-*
-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling
-clang-analyzer-valist.Uninitialized,-performance-no-int-to-ptr,-bugprone-easily-swappable-parameters,-bugprone-assignment-in-if-condition'
tidy_checks=$(printf %s "$tidy_checks" | tr '\n' ',')

passes_cppcheck() {
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
	    --enable=warning,performance,portability \
	    --suppress=missingIncludeSystem -Isrc src
}

passes_shellcheck() {
	find build.sh vendor tests .ci .github -type f 2>/dev/null |
	    while read -r file; do
		head -n 1 "$file" | grep -qE '^#!.*(sh|bash)$' || continue
		printf '%s\n' "$file"
	done | xargs shellcheck -x -P .
}

check 'gcc has no warning' compiles_with gcc
check 'clang has no warning' compiles_with clang
check 'clang-format' is_laid_out
check 'clang-tidy' is_tidy
check 'cppcheck' passes_cppcheck
check 'shellcheck' passes_shellcheck
plan
