# coverage.sh - measures which lines and branches of src/ the tests run; sourced by
# build.sh. README.md in this folder says how.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # out, same and others: build.sh's; suite.sh's

measured=$root/$out/coverage
instrument='-O1 -g -fPIE -fprofile-instr-generate -fcoverage-mapping
	-mllvm -runtime-counter-relocation'
# What of the tests runs the code of src/. e2e/about compares the program with what
# its sources say of the compiler, and e2e/memory reads the registers and the stack
# that the shipped program's compiler leaves.
covering='unit/*/* e2e/[!alm]* e2e/apps limbo pkits constraints wycheproof openssl
	tls/rules actions compatibility guides recipes'

llvm=$(clang -dumpversion | cut -d . -f 1)
need "/usr/lib/llvm-$llvm/lib/clang:libclang-rt-$llvm-dev:compiler-rt" \
    "/usr/lib/llvm-$llvm/bin/llvm-cov:llvm-$llvm:llvm"
runtime=$(clang -print-libgcc-file-name --rtlib=compiler-rt |
    sed 's/builtins/profile/')

# The program as the end-to-end tests run it: static, since some put it into an
# empty root.
link_program() {
	gcc -O1 -D_GNU_SOURCE "-DCOUNTERS=\"$measured/program.counters\"" \
	    -c tests/coverage/counters.c -o "$measured/counters.o"
	# shellcheck disable=SC2046  # no name has a space
	gcc -static -o "$measured/repository-dispatch" "$measured/counters.o" \
	    $(objects "$measured/ours") "$runtime" \
	    "$out/host/bearssl/libbearssl.a"
}

# write_profile PROGRAM COUNTERS NAME: what was counted, in the form that
# llvm-profdata reads, if the program has run.
write_profile() {
	[ ! -e "$2" ] || COVERAGE_PROFILE=$measured/profiles/$3 "$1"
}

rm -rf "$measured/counters" "$measured/profiles" "$measured"/*.counters \
    "$measured"/*.log
mkdir -p "$measured/counters" "$measured/profiles"
chmod 777 "$measured/counters"
compile_bearssl gcc "-O1 -g" "$out/host/bearssl"
compile_ours clang "$instrument" "$measured/ours"
link_program
# The file that all its runs count in, for runs under another user as well.
"$measured/repository-dispatch" -V >/dev/null
chmod 666 "$measured/program.counters"
gcc -O1 -D_GNU_SOURCE "-DCOUNTERS_DIR=\"$measured/counters\"" \
    -c tests/coverage/counters.c -o "$measured/test_counters.o"

BINARY=$measured/repository-dispatch
TEST_OBJECTS=build/coverage/ours
TEST_CC="gcc -O1 -g $measured/test_counters.o $runtime"
export BINARY TEST_CC TEST_OBJECTS
# What a suite ran before it failed counts as well: so the figures come anyway, and
# the verb fails at its end.
set +e
(
	set -e
	emulated='' neon_tools=''
	# shellcheck disable=SC2086
	set -f && set -- $covering && set +f
	. tests/suite.sh
)
tests=$?
set -e
# These reach what nothing else does. Their verdict is for the shipped program: the
# faults have musl's words, and glibc does not bear each fault at its start, nor a
# kernel without mprotect().
for test in faults/run e2e/locked_down; do
	/usr/bin/python3 "tests/$test.py" >>"$measured/unjudged.log" 2>&1 || :
done

write_profile "$measured/repository-dispatch" "$measured/program.counters" program
for test in "$out"/unit/*/*_test "$out"/chains-* "$out/wycheproof" "$out/openssl"; do
	name=$(echo "$test" | tr / -)
	write_profile "$test" "$measured/counters/$name" "$name"
done
PATH=$PATH:/usr/lib/llvm-$llvm/bin
llvm-profdata merge -o "$measured/profile" "$measured/profiles"
llvm-cov export -instr-profile "$measured/profile" \
    "$measured/repository-dispatch" >"$measured/coverage.json"
/usr/bin/python3 tests/coverage/coverage.py "$measured/coverage.json"
[ "$tests" -eq 0 ] || {
	say "suites have failed: see above"
	exit 1
}
