#!/bin/sh
# build.sh - the one entry to building, testing and measuring. POSIX sh.
#
# Each verb sources what it needs: src/gen/program.sh compiles and links, and has
# vendor/libraries.sh.inc for BearSSL and musl; src/gen/format.sh and dist.sh make
# documents and releases; tests/ has the rest.
set -eu

root=$(cd "$(dirname "$0")" && pwd)
case ${OUT:-} in
'') out=build ;;
/*) out=$OUT ;;
*) out=$PWD/$OUT ;;
esac
cd "$root"
LC_ALL=C
export LC_ALL

say() {
	printf '%s\n' "build.sh: $*" >&2
}

help() {
	cat <<'END'
usage: ./build.sh [--target TARGET] [VERB]

  build   (default) build/repository-dispatch, one static binary
  demo    build, then dispatch one event to a loopback stand-in for GitHub
  test    build, then every test; ends with "N passed, N failed"
          test PATTERN... runs only the suites with such names: 'unit/net/*'
  suites  build, then what others wrote, and takes long to install or to run:
          TLS servers, name servers, proxies, Prism, BoringSSL's tests of TLS
          clients, chains of certificates; and a handshake that is cut after
          each byte and changed in each. suites PATTERN... runs only those
          with such names: suites/prism
  faults  build, then every system call of the main uses fails with each error,
          the wire is cut after each byte, and signals come at every call;
          and the memory of each use is searched for secrets as it ends
  style   what test checks of the style, with the analyser's deep mode
  bench   build, then figures as ratios against other tools
  fuzz    run each fuzzer for FUZZ_SECONDS of CPU time
          (default 60), then find the faults that tests/fuzz/planted/ puts into
          a copy of the sources. fuzz NAME_fuzz... and fuzz planted run only
          these
  coverage the tests again, with a program that counts which lines and branches
          of src/ they run; what they leave out is listed in tests/coverage
  mutants the faults of tests/mutants, one at a time: the tests find each
          mutants PATTERN... only those in such sources: 'src/x509/*'
  emulate TARGET...  under qemu, the unit tests, the main end-to-end cases and
          a dispatch from an empty root, for these processors (default: all)
  format  let clang-format lay out the sources, and write what stands in one
          place into the documents: the table of options, .github/OWNER
  dist    build/dist/, the files of a release; pins the binaries' sums for the
          action and install.sh
  package build/*.deb, a Debian package for this machine or for --target
  same    make dist and package twice, in different circumstances, and compare
  image   build the Dockerfile's images with buildah, and run them
  tools, libraries
          the first two steps of build, for layers of an image
  clean   remove build/
  help    this text

--target TARGET makes build/TARGET/repository-dispatch for another processor:
x86_64, aarch64, armv7, i686, riscv64, ppc64le or s390x. build/repository-dispatch
is a copy of the one for this machine. The cross compilers are those of Debian and
Ubuntu; elsewhere, name yours in CC.

CC=COMPILER compiles with another gcc, or with clang; HOST_CC=COMPILER makes the
tools that run during the build. OUT=DIR builds in DIR instead of build/, and
writes nothing elsewhere.

Missing tools are installed by package name when run as root on Debian,
Ubuntu or Alpine, and on a runner of GitHub Actions whose sudo asks for no
password; elsewhere the command to run is printed.
END
}

. src/gen/target.sh
. src/gen/tools.sh

chosen=
if [ "${1:-}" = --target ]; then
	[ -n "$(triplet "${2:-}")" ] || {
		say "--target takes one of $targets"
		exit 2
	}
	chosen=$2
	shift 2
fi
verb=${1:-build}
[ $# -eq 0 ] || shift
case $#:$verb in
0:* | *:test | *:emulate | *:fuzz | *:mutants | *:suites) ;;
*)
	help >&2
	exit 2
	;;
esac
case $out:$verb in
*[[:space:]]*)
	say "OUT must not contain spaces"
	exit 2
	;;
build:* | *:build | *:tools | *:libraries | *:demo | *:clean | *:help) ;;
*)
	say "OUT is for build, demo and clean"
	exit 2
	;;
esac
case $chosen:$verb in
:* | *:build | *:package | *:tools | *:libraries) ;;
*)
	say "--target is for build, package, tools and libraries"
	exit 2
	;;
esac
# shellcheck disable=SC2046,SC2086  # lists of tools and of targets
case $verb in
build)
	need $build_tools $(target_tools "$chosen")
	. src/gen/program.sh
	if [ -n "$chosen" ]; then
		build_target "$chosen"
		made=$out/$chosen/repository-dispatch
	else
		build
		made=$out/repository-dispatch
	fi
	say "$made: $(wc -c <"$made") bytes"
	;;
tools)
	need $build_tools $(target_tools "$chosen")
	;;
libraries)
	need $build_tools $(target_tools "$chosen")
	. vendor/libraries.sh.inc
	build_libraries "${chosen:-$(native_target)}"
	;;
dist)
	need $build_tools $(all_target_tools)
	. src/gen/dist.sh
	dist
	say "$out/dist: $(find "$out/dist" -type f | wc -l) files"
	;;
package)
	need $build_tools $package_tools $(target_tools "$chosen")
	. src/gen/dist.sh
	package "${chosen:-$(native_target)}"
	say "$made: $(wc -c <"$made") bytes"
	;;
format)
	need $format_tools
	. src/gen/format.sh
	lay_out_sources
	generate_documents
	;;
demo)
	. tests/tools.sh
	need $build_tools $demo_tools
	. src/gen/program.sh
	build
	exec sh tests/stand_in/demo.sh "$out/repository-dispatch"
	;;
test)
	. tests/tools.sh
	emulated=$(tested_targets)
	need $build_tools $test_tools $neon_tools $(emulated_tools $emulated)
	. src/gen/program.sh
	case " $*" in
	' ' | *' '[!u]* | *' '?[!n]*) build ;;
	*) prepare "$(native_target)" ;; # unit tests need no program
	esac
	. tests/suite.sh
	;;
emulate)
	. tests/tools.sh
	emulated=${*:-$targets}
	for name in $emulated; do
		[ -n "$(triplet "$name")" ] || {
			say "emulate takes some of $targets"
			exit 2
		}
	done
	need $build_tools $demo_tools $(emulated_tools $emulated)
	. src/gen/program.sh
	set -- $(printf 'emulate/%s*\n' $emulated)
	. tests/suite.sh
	;;
same)
	. tests/tools.sh
	need $build_tools $package_tools $same_tools $(all_target_tools)
	exec sh tests/same.sh
	;;
image)
	. tests/tools.sh
	need $build_tools $image_tools
	. src/gen/program.sh
	build
	python3 tests/images/test_images.py
	;;
suites)
	. tests/tools.sh
	need $build_tools $demo_tools $suite_tools
	. src/gen/program.sh
	emulated=''
	neon_tools=''
	[ $# -gt 0 ] || set -- 'suites/*'
	build
	. tests/suite.sh
	/usr/bin/python3 tests/suites/scores.py
	;;
faults)
	. tests/tools.sh
	need $build_tools $demo_tools strace:strace:strace \
	    python3-cryptography:python3-cryptography:py3-cryptography
	. src/gen/program.sh
	build
	/usr/bin/python3 tests/faults/run.py --all
	/usr/bin/python3 tests/e2e/memory.py --all
	;;
style)
	. tests/tools.sh
	need $build_tools $test_tools
	. src/gen/program.sh
	build
	ANALYZER=deep sh tests/checks/style.sh
	;;
bench)
	. tests/tools.sh
	need $build_tools $bench_tools
	. src/gen/program.sh
	build
	python3 tests/bench/bench.py
	python3 tests/bench/json_bench.py
	/usr/bin/python3 tests/bench/action_bench.py
	# A figure of this test: the requests of 100 waits of an hour.
	(emulated='' neon_tools='' && set -- unit/event/follow && . tests/suite.sh)
	sed -n 's/^# //p' "$out/tests/unit/event/follow.tap"
	;;
fuzz)
	. tests/tools.sh
	need $build_tools $fuzz_tools
	. src/gen/program.sh
	build
	. tests/fuzz/fuzz.sh
	;;
coverage)
	. tests/tools.sh
	need $build_tools $test_tools
	. src/gen/program.sh
	build
	. tests/coverage/coverage.sh
	;;
mutants)
	. tests/tools.sh
	need $build_tools $test_tools
	. src/gen/program.sh
	build
	/usr/bin/python3 tests/mutants/mutants.py "$@"
	;;
clean)
	rm -rf "$out"
	;;
help | -h | --help)
	help
	;;
*)
	help >&2
	exit 2
	;;
esac
