# suite.sh - every test; sourced by build.sh.
# It first compiles what the suites need, then runs them, twice as many at a time as
# there are processors: half of them mostly wait for a server or a clock.
# shellcheck shell=sh
# shellcheck disable=SC2154  # out, emulated, verb: build.sh's

. src/gen/format.sh

results=$out/tests
rm -rf "$results"
mkdir -p "$results"

# The system's Python has what the system's packages give it. One found first in
# PATH may be a version manager's script, which takes ten times as long to start.
python=/usr/bin/python3
[ -x "$python" ] || python=python3

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

# suite NAME COMMAND...: adds it to the list, if it is asked for. No word of the
# command has a space.
suite() {
	! is_wanted "$1" || echo "$*" >>"$results/list"
}

sanitize='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
	-fno-omit-frame-pointer'
# The verb mutants needs no sanitizers, which take most of a compilation.
[ -z "${TEST_FLAGS:-}" ] || sanitize=$TEST_FLAGS
# How a test is compiled and linked with the objects of src/, and where they are.
# The verb coverage has its own.
TEST_CC=${TEST_CC:-gcc $sanitize}
TEST_OBJECTS=${TEST_OBJECTS:-$out/host/ours}
export TEST_CC TEST_OBJECTS

# wanted_unit_tests: the sources of those that are asked for.
wanted_unit_tests() {
	for source in tests/unit/*/*_test.c; do
		name=${source#tests/}
		! is_wanted "${name%_test.c}" || echo "$source"
	done
}

# link_unit_tests DIR OURS COMMAND LIBRARIES: compiles the tests that standard
# input names, and links each with the objects in OURS and the libraries.
# A test with the line "/* Fakes: os/clock ... */" is linked with
# tests/unit/fakes/clock.c in place of src/os/clock.c.
link_unit_tests() {
	objects=$(objects "$2" | grep -v '/main\.o$' | tr '\n' ' ')
	# What is left of tests that were renamed goes.
	rm -rf "$1"
	mkdir -p "$1"
	# To link only what a test uses takes half the time. A test with fakes has to
	# name every object but those in whose place they are.
	# shellcheck disable=SC2086
	ar rcs "$1/ours.a" $objects
	# shellcheck disable=SC2016
	OUT=$1 OURS=$2 BUILD="$3 $warnings -D_DEFAULT_SOURCE -Isrc -Itests/unit
	    -isystem $out/bearssl-src/inc" OBJECTS=$objects LIBRARIES=$4 \
	    xargs -r -n 1 -P "$(nproc)" sh -ec '
		name=${1#tests/unit/}
		mkdir -p "$OUT/${name%/*}"
		objects=$OUT/ours.a
		fakes=$(sed -n "s|^/\* Fakes: \(.*\)\. \*/$|\1|p" "$1")
		[ -z "$fakes" ] || objects=$OBJECTS
		for fake in $fakes; do
			objects="$(echo "$objects" | sed "s|$OURS/$fake\.o||")
			    tests/unit/fakes/${fake##*/}.c"
		done
		$BUILD "$1" $objects $LIBRARIES -o "$OUT/${name%.c}"' sh
}

# The unit tests use the host's C library, since the sanitizers need it.
compile_unit_tests() {
	compile_bearssl gcc "-O1 -g" "$out/host/bearssl"
	[ "$TEST_OBJECTS" != "$out/host/ours" ] ||
	    compile_ours gcc "$sanitize" "$TEST_OBJECTS"
	wanted_unit_tests | link_unit_tests "$out/unit" "$TEST_OBJECTS" \
	    "$TEST_CC" "$out/host/bearssl/libbearssl.a"
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

# The client that the runner of BoGo drives. Its own stand-ins take the place of two
# modules.
compile_bogo_shim() {
	compile_bearssl gcc "-O1 -g" "$out/host/bearssl"
	compile_ours gcc "-O1 -g" "$out/bogo/ours"
	mkdir -p "$out/bogo"
	# shellcheck disable=SC2046,SC2086  # no name has a space
	gcc -static -O1 -g $warnings -D_DEFAULT_SOURCE -Isrc \
	    -isystem "$out/bearssl-src/inc" tests/suites/bogo/shim.c \
	    $(objects "$out/bogo/ours" |
	        grep -v -e '/main\.o$' -e '/x509/chain\.o$' -e '/os/log\.o$') \
	    "$out/host/bearssl/libbearssl.a" -o "$out/bogo/shim"
}

# needs_unit_tests: whether a suite is asked for that is one of them, or is linked
# with their objects.
needs_unit_tests() {
	[ -z "$(wanted_unit_tests)" ] || return 0
	for name in limbo pkits constraints imported suites/chains suites/gnutls \
	    curl wycheproof openssl; do
		! is_wanted "$name" || return 0
	done
	return 1
}

! needs_unit_tests || compile_unit_tests
[ "$verb" != suites ] || ! is_wanted suites/bogo || compile_bogo_shim
# shellcheck disable=SC2086
! is_wanted unit/json_portable ||
    compile_json_test "$out/unit/json_portable_test" gcc $sanitize \
        -DSCAN_PORTABLE
for name in checks/docs checks/manual checks/completions guides; do
	! is_wanted "$name" || {
		generate_manual
		break
	}
done

# shellcheck source=tests/emulate/compile.sh
. tests/emulate/compile.sh
! is_wanted e2e/sandbox || preprocess_sandbox
for name in $emulated; do
	is_wanted "emulate/$name" || continue
	compile_for_target "$name"
	! has_target_tests ||
	    suite "emulate/$name" "$python" tests/emulate/units.py "$name" \
	        "$(emulator "$name")"
	on_target="env EMULATOR=$(emulator "$name")
	    BINARY=$out/$name/repository-dispatch $python"
	suite "emulate/$name/scratch" $on_target tests/e2e/scratch.py
	# These take long: they are for the verb.
	[ "$verb" = test ] || {
		suite "emulate/$name/cases" $on_target tests/e2e/run.py
		suite "emulate/$name/sandbox" $on_target tests/e2e/sandbox.py
	}
done

# Those that take long stand first, so that the last to end is a short one.
suite checks/style sh tests/checks/style.sh
suite actions "$python" tests/actions/test_action.py
suite e2e/secrets "$python" tests/e2e/secrets.py
suite e2e/runs "$python" tests/e2e/runs.py
suite faults "$python" tests/faults/run.py
suite e2e/targets "$python" tests/e2e/targets.py
suite e2e/workflow_dispatch "$python" tests/e2e/workflow_dispatch.py
suite e2e/follow "$python" tests/e2e/follow.py
suite install "$python" tests/install/test_install.py
suite guides "$python" tests/guides/test_guides.py
suite recipes "$python" tests/guides/test_recipes.py
for check in tests/checks/*.sh; do
	name=$(basename "$check" .sh)
	[ "$name" = style ] || suite "checks/$name" sh "$check"
done
for check in tests/checks/*.py; do
	suite "checks/$(basename "$check" .py)" "$python" "$check"
done
suite json-mutations "$python" tests/vectors/json_mutations.py
suite limbo "$python" tests/vectors/limbo.py
suite pkits "$python" tests/vectors/pkits.py
suite constraints "$python" tests/vectors/constraints.py
suite imported "$python" tests/vectors/imported.py
suite curl "$python" tests/vectors/curl.py
suite figures "$python" tests/bench/figures.py
suite bench "$python" tests/bench/test_parts.py
suite scores "$python" tests/suites/test_scores.py
suite openssl sh tests/vectors/openssl.sh
suite wycheproof "$python" tests/vectors/wycheproof.py
suite compatibility "$python" tests/actions/test_compatibility.py
suite workflows "$python" tests/actions/test_workflows.py
suite release "$python" tests/actions/test_release.py
suite documents "$python" tests/lint/documents.py
suite lint "$python" tests/lint/lint.py
suite e2e/cases "$python" tests/e2e/run.py
for name in memory apps preflight name_servers about process first_packet sandbox \
    delivery proxies values servers tls13 chains names ca_files scratch \
    locked_down; do
	suite "e2e/$name" "$python" "tests/e2e/$name.py"
done
# These take long: they are for the verb.
if [ "$verb" = suites ]; then
	for name in prism name_servers libraries terminators bogo proxies; do
		suite "suites/$name" "$python" "tests/suites/$name.py"
	done
	suite suites/chains "$python" tests/vectors/imported.py --all
	suite suites/gnutls "$python" tests/vectors/gnutls.py
	suite suites/flights "$python" tests/tls/run.py --every truncation bits
fi
if [ -n "$neon_tools" ] && is_wanted unit/json_neon; then
	compile_json_test "$out/unit/json_neon" aarch64-linux-gnu-gcc -O2 -static
	suite unit/json_neon qemu-aarch64-static "$out/unit/json_neon"
fi
# The server of tests/tls is right: others accept it.
suite tls/rules "$python" tests/tls/run.py
suite tls/curl "$python" tests/tls/run.py --client curl honest
for test in "$out"/unit/*_test "$out"/unit/*/*_test; do
	[ -e "$test" ] || continue
	name=${test#"$out/"}
	suite "${name%_test}" "$test"
done

[ -e "$results/list" ] || {
	say "no suite has such a name"
	exit 2
}
xargs -L 1 -P "$(($(nproc) * 2))" sh tests/run_suite.sh "$results" <"$results/list" || :

# A suite that left no counts, whatever became of it, has failed.
find "$results" -name '*.counts' -exec cat {} + |
    awk -v suites="$(wc -l <"$results/list")" '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		failed += suites - NR
		printf "%d passed, %d failed", passed, failed
		if (skipped > 0)
			printf ", %d skipped", skipped
		print ""
		exit failed > 0
	}'
