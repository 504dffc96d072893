# suite.sh - every test, one after the other; sourced by build.sh.
# Each suite speaks TAP on standard output. A suite that stops before its
# plan, exits with an error without a failed line, or runs nothing counts as
# a failure, so that nothing passes by not running.
# shellcheck shell=sh
# shellcheck disable=SC2154  # out, warnings, same: build.sh's

passed=0 failed=0 skipped=0
results=$out/tests
rm -rf "$results"
mkdir -p "$results/unit" "$results/checks" "$results/e2e"

patterns=${*:-*}

# is_wanted NAME: whether a suite of this name is asked for.
is_wanted() {
	set -f
	for pattern in $patterns; do
		# shellcheck disable=SC2254  # it is a pattern
		case $1 in
		$pattern)
			set +f
			return 0
			;;
		esac
	done
	set +f
	return 1
}

# suite NAME COMMAND...
suite() {
	is_wanted "$1" || return 0
	name=$1
	mkdir -p "$results/${name%/*}"
	shift
	status=0
	"$@" >"$results/$name.tap" 2>"$results/$name.err" || status=$?
	counts=$(awk -v status="$status" '
		/^ok .*# SKIP/ { s++; next }
		/^ok / { p++ }
		/^not ok / { f++ }
		/^1\.\.[0-9]+/ { plan = 1; planned = substr($1, 4) + 0 }
		END {
			if (!plan || planned != p + f + s || planned == 0 ||
			    (status != 0 && f == 0))
				f++
			print p + 0, f + 0, s + 0
		}' "$results/$name.tap")
	# shellcheck disable=SC2086
	set -- $counts
	passed=$((passed + $1)) failed=$((failed + $2))
	skipped=$((skipped + $3))
	printf '%-28s %5d passed, %d failed, %d skipped\n' "$name" "$1" "$2" \
	    "$3"
	[ "$2" -eq 0 ] || {
		grep -A 30 '^not ok' "$results/$name.tap" | head -n 100
		tail -n 40 "$results/$name.err"
		echo "(exit status $status)"
	}
}

sanitize='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
	-fno-omit-frame-pointer'

# wanted_unit_tests: the sources of those that are asked for.
wanted_unit_tests() {
	for source in tests/unit/*/*_test.c; do
		name=${source#tests/}
		! is_wanted "${name%_test.c}" || echo "$source"
	done
}

# The unit tests use the host's C library, since the sanitizers need it. What is
# left of tests that were renamed goes.
# A test with the line "/* Fakes: os/clock ... */" is linked with
# tests/unit/fakes/clock.c in place of src/os/clock.c.
compile_unit_tests() {
	compile_bearssl gcc "-O1 -g" "$out/host/bearssl"
	compile_ours gcc "$sanitize" "$out/host/ours"
	rm -rf "$out/unit"
	mkdir -p "$out/unit"
	objects=$(objects "$out/host/ours" | grep -v '/main\.o$' | tr '\n' ' ')
	# shellcheck disable=SC2016
	wanted_unit_tests | BUILD="gcc $sanitize $warnings
	    -D_DEFAULT_SOURCE -Isrc -Itests/unit -isystem $out/bearssl-src/inc" \
	    OBJECTS="$objects $out/host/bearssl/libbearssl.a" \
	    OURS="$out/host/ours" OUT="$out/unit" xargs -r -n 1 -P "$(nproc)" \
	    sh -ec '
		name=${1#tests/unit/}
		mkdir -p "$OUT/${name%/*}"
		objects=$OBJECTS
		fakes=$(sed -n "s|^/\* Fakes: \(.*\)\. \*/$|\1|p" "$1")
		for fake in $fakes; do
			objects="$(echo "$objects" | sed "s|$OURS/$fake\.o||")
			    tests/unit/fakes/${fake##*/}.c"
		done
		$BUILD "$1" $objects -o "$OUT/${name%.c}"' sh
}

# The JSON tests once more for the code of other processors: that without SSE2
# and NEON, and that with NEON where there is an emulator.
compile_json_test() {
	program=$1
	shift
	# shellcheck disable=SC2086
	"$@" $warnings -D_DEFAULT_SOURCE -Isrc -Itests/unit \
	    tests/unit/json/reader_test.c src/json/*.c src/base/*.c \
	    -o "$program"
}

case $patterns in
*unit* | *limbo* | *'*'*) compile_unit_tests ;;
esac
# shellcheck disable=SC2086
! is_wanted unit/json_portable ||
    compile_json_test "$out/unit/json_portable_test" gcc $sanitize \
        -DSCAN_PORTABLE
for test in "$out"/unit/*_test "$out"/unit/*/*_test; do
	[ -e "$test" ] || continue
	name=${test#"$out/"}
	suite "${name%_test}" "$test"
done
if is_debian_x86 && is_wanted unit/json_neon; then
	compile_json_test "$out/unit/json_neon" aarch64-linux-gnu-gcc -O2 -static
	suite unit/json_neon qemu-aarch64-static "$out/unit/json_neon"
fi
! is_wanted checks/docs || compile_option_tool
for check in tests/checks/*.sh; do
	suite "checks/$(basename "$check" .sh)" sh "$check"
done
for check in tests/checks/*.py; do
	suite "checks/$(basename "$check" .py)" python3 "$check"
done
suite json-mutations python3 tests/vectors/json_mutations.py
suite limbo python3 tests/vectors/limbo.py
suite e2e/cases python3 tests/e2e/run.py
suite e2e/process python3 tests/e2e/process.py
suite e2e/delivery python3 tests/e2e/delivery.py
suite e2e/apps python3 tests/e2e/apps.py
suite e2e/runs python3 tests/e2e/runs.py
suite e2e/targets python3 tests/e2e/targets.py
suite e2e/proxies python3 tests/e2e/proxies.py
suite e2e/values python3 tests/e2e/values.py
suite e2e/servers python3 tests/e2e/servers.py
suite e2e/chains python3 tests/e2e/chains.py
suite e2e/names python3 tests/e2e/names.py
suite e2e/ca_files python3 tests/e2e/ca_files.py
suite e2e/name_servers python3 tests/e2e/name_servers.py
suite e2e/secrets python3 tests/e2e/secrets.py
suite e2e/scratch python3 tests/e2e/scratch.py
# The system's Python has the YAML of the system's package.
suite actions /usr/bin/python3 tests/actions/test_action.py
suite compatibility /usr/bin/python3 tests/actions/test_compatibility.py
suite workflows /usr/bin/python3 tests/actions/test_workflows.py
suite lint /usr/bin/python3 tests/lint/lint.py
suite guides /usr/bin/python3 tests/guides/test_guides.py

if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
