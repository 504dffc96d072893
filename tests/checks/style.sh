#!/bin/sh
# style.sh - compilers' warnings, layout and the static analysers.
. tests/checks/tap.sh.inc

# Another version of these two lays out and warns differently.
llvm=14
clang_format=clang-format clang_tidy=clang-tidy
command -v clang-format-$llvm >/dev/null && clang_format=clang-format-$llvm
command -v clang-tidy-$llvm >/dev/null && clang_tidy=clang-tidy-$llvm

# check_pinned NAME TOOL COMMAND: a check that holds for version $llvm of TOOL.
check_pinned() {
	if "$2" --version | grep -q "version $llvm\."; then
		check "$1" "$3"
	else
		skip "$1" "$2 is not version $llvm"
	fi
}

flags='-std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wconversion
	-Wshadow -Werror -Isrc -Itests/unit -Itests/fuzz
	-isystem build/bearssl-src/inc'

# gcc compiles all of it with these warnings before any test runs, except for
# what is only fuzzed.
compiles_with_clang() {
	for source in src/*.c src/[!g]*/*.c src/github/*.c tests/fuzz/*.c; do
		# shellcheck disable=SC2086
		clang $flags -O2 -fsyntax-only "$source" || return 1
	done
}

# A patch that no longer fits is one fault less that fuzzers have to find.
has_plants() {
	for plant in tests/fuzz/planted/*.patch; do
		patch -f -s --dry-run -p1 <"$plant" || return 1
	done
}

is_laid_out() {
	$clang_format --dry-run -Werror src/*.c src/*/*.c src/[!g]*/*.h \
	    src/github/*.h tests/unit/*.h tests/unit/*/*.c tests/fuzz/*.[ch]
}

# The analyser looks into each call in its deep mode, which takes five times as
# long: the verb style has it.
is_tidy() {
	# shellcheck disable=SC2016
	printf '%s\n' src/*.c src/[!g]*/*.c src/github/*.c |
	    TIDY=$clang_tidy MODE=${ANALYZER:-shallow} \
	    BRACES=readability-braces-around-statements.ShortStatementLines \
	    xargs -n 4 -P "$(nproc)" sh -ec '
		$TIDY --quiet --warnings-as-errors="*" --checks="$0" \
		    --config="{CheckOptions: [{key: $BRACES, value: 2}]}" \
		    "$@" -- -std=c11 -D_POSIX_C_SOURCE=200809L -Isrc \
		    -isystem build/bearssl-src/inc \
		    -Xclang -analyzer-config -Xclang "mode=$MODE"' "$tidy_checks"
}

# A body of more than one line has braces. Left out, each because it warns of
# something done here on purpose: functions without the _s of Annex K, which
# no libc here has; adjacent parameters of one type; assignments in conditions,
# which the compilers catch; casts from integers to pointers. And va_list:
# clang-tidy 14 overlooks va_start() from the second file of a run on.
tidy_checks='-*,clang-analyzer-*,bugprone-*,cert-err33-c,cert-flp30-c
misc-redundant-expression,performance-*,readability-braces-around-statements
-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling
-clang-analyzer-valist.Uninitialized,-performance-no-int-to-ptr,-bugprone-easily-swappable-parameters,-bugprone-assignment-in-if-condition'
tidy_checks=$(printf %s "$tidy_checks" | tr '\n' ',')

# From 2.13 on cppcheck notes, as a finding, each file in which it did not follow
# every branch. Older ones do not know that note.
passes_cppcheck() {
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
	    --enable=warning,performance,portability \
	    --suppress=missingIncludeSystem --suppress=unmatchedSuppression \
	    --suppress=normalCheckLevelMaxBranches -Isrc src
}

passes_shellcheck() {
	find build.sh src vendor tests .ci .github -type f |
	    while read -r file; do
		head -n 1 "$file" | grep -qE '^#!.*(sh|bash)$' || continue
		printf '%s\n' "$file"
	done | xargs shellcheck -x -a -P .
}

check 'clang has no warning' compiles_with_clang
check 'the faults for fuzzers can be planted' has_plants
check_pinned clang-format "$clang_format" is_laid_out
check_pinned clang-tidy "$clang_tidy" is_tidy
check 'cppcheck' passes_cppcheck
check 'shellcheck' passes_shellcheck
plan
