#!/bin/sh
# build.sh - the one entry to building, testing and measuring. POSIX sh.
set -eu

root=$(cd "$(dirname "$0")" && pwd)
cd "$root"
out=build
LC_ALL=C
export LC_ALL

warnings='-std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wconversion
	-Wshadow -Werror'
# Two builds of a commit are the same bytes wherever they are made: all paths
# are relative to the root, and files are compiled and linked in C order.
same=-fno-ident
# For size, over the border of files too. BearSSL's multiplication, where a
# hand-shake spends its time, is made for speed.
small='-Oz -flto -fno-pie -fno-asynchronous-unwind-tables -fno-unwind-tables
	-ffunction-sections -fdata-sections -fomit-frame-pointer -fno-tree-ch'
# What gcc 12 does in spite of -Oz; it makes this program larger by 1 KB.
smaller='-fno-tree-loop-im -fno-move-loop-invariants -fno-jump-tables
	-fno-shrink-wrap -fno-tree-pre -fno-tree-tail-merge
	-fno-schedule-insns2 -fira-region=one'
fast='i31_montmul i31_muladd scan'
# A copy in constant time, byte by byte, which is a tenth of a hand-shake unless
# it is made sixteen bytes at a time; without a loop for what is left over.
vector='-O2 -ftree-ch -ftree-loop-vectorize -fvect-cost-model=unlimited
	--param=vect-epilogues-nomask=0'
# Arrays of bytes are what can be overrun; -fstack-protector-strong guards each
# local whose address is taken, for 4 KB more.
harden='-fstack-protector --param=ssp-buffer-size=4 -ffat-lto-objects
	-fno-inline-functions-called-once'
# Entropy is injected from getrandom(2): BearSSL must not look for its own.
bearssl_flags='-DBR_USE_URANDOM=0 -DBR_USE_GETENTROPY=0 -DBR_RDRAND=0
	-DBR_USE_UNIX_TIME=0'

say() {
	printf '%s\n' "build.sh: $*" >&2
}

help() {
	cat <<'END'
usage: ./build.sh [VERB]

  build   (default) build/repository-dispatch, one static binary
  demo    build, then dispatch one event to a loopback stand-in for GitHub
  test    build, then every test; ends with "N passed, N failed"
          test PATTERN... runs only the suites with such names: 'unit/net/*'
  bench   build, then figures as ratios against other tools
  fuzz    run each fuzzer for FUZZ_SECONDS (default 60)
  format  let clang-format lay out the sources
  clean   remove build/
  help    this text

Missing tools are installed by package name when run as root on Debian,
Ubuntu or Alpine, and on a runner of GitHub Actions whose sudo asks for no
password; elsewhere the command to run is printed.
END
}

# need COMMAND:DEBIAN-PACKAGE:ALPINE-PACKAGE...
# A name that begins with / is a file that must exist.
need() {
	debian='' alpine=''
	for item in "$@"; do
		name=${item%%:*}
		packages=${item#*:}
		case $name in
		/*) [ ! -e "$name" ] || continue ;;
		*) ! command -v "$name" >/dev/null 2>&1 || continue ;;
		esac
		debian="$debian ${packages%%:*}"
		alpine="$alpine ${packages#*:}"
	done
	[ -n "$debian" ] || return 0
	if command -v apt-get >/dev/null 2>&1; then
		install="apt-get install -y --no-install-recommends$debian"
		update='apt-get update'
	elif command -v apk >/dev/null 2>&1; then
		install="apk add$alpine"
		update=true
	else
		say "install these, then run me again:$debian"
		exit 1
	fi
	as=''
	if [ "$(id -u)" -ne 0 ] && [ "${GITHUB_ACTIONS:-}" = true ] &&
	    sudo -n true >/dev/null 2>&1; then
		as='sudo -n'
	elif [ "$(id -u)" -ne 0 ]; then
		say "missing tools; run this as root, then me again:"
		say "  $install"
		exit 1
	fi
	say "installing:$debian"
	mkdir -p "$out"
	# env, since sudo passes on no variables. Each is split into words.
	as="$as env DEBIAN_FRONTEND=noninteractive"
	# shellcheck disable=SC2086
	{ $as $update && $as $install; } >"$out/install.log" 2>&1 || {
		tail -n 20 "$out/install.log" >&2
		say "could not install; see $out/install.log"
		exit 1
	}
}

# Alpine's own compiler already makes musl binaries.
is_alpine() {
	[ -e /etc/alpine-release ]
}

is_debian_x86() {
	[ "$(uname -m)" = x86_64 ] && command -v apt-get >/dev/null 2>&1
}

need_compiler() {
	if is_alpine; then
		need gcc:gcc:gcc /usr/include/stdio.h:libc6-dev:musl-dev \
		    patch:patch:patch xz:xz-utils:xz \
		    /usr/include/linux/random.h:linux-libc-dev:linux-headers
		cc=gcc
	else
		need gcc:gcc:gcc musl-gcc:musl-tools:musl-dev \
		    /usr/include/stdio.h:libc6-dev:musl-dev \
		    patch:patch:patch xz:xz-utils:xz
		cc=musl-gcc
	fi
}

# newer FILE THAN...: FILE exists and is no older than any of the others.
newer() {
	made=$1
	shift
	[ -e "$made" ] && [ -z "$(find "$@" -newer "$made")" ]
}

# compile_bearssl COMPILER FLAGS DIR [SMALLER]: once for the same source and
# flags.
compile_bearssl() {
	! newer "$3/libbearssl.a" "$out/bearssl-src/.stamp" ||
	    [ "$(cat "$3/flags" 2>/dev/null)" != "$*" ] || return 0
	say "compiling BearSSL into $3"
	rm -rf "$3"
	mkdir -p "$3"
	echo "$*" >"$3/flags"
	find "$out/bearssl-src/src" -name '*.c' | sort >"$3/list"
	flags="$2 $same $bearssl_flags -I$out/bearssl-src/inc"
	flags="$flags -I$out/bearssl-src/src"
	# shellcheck disable=SC2016  # expanded by the inner shell
	BEARSSL_CC="$1 $flags" BEARSSL_FAST=$fast BEARSSL_VECTOR=$vector \
	    BEARSSL_SMALLER=${4:-} BEARSSL_OUT=$3 xargs -n 8 -P "$(nproc)" sh -ec '
		for f; do
			name=$(basename "$f" .c)
			speed=$BEARSSL_SMALLER
			case " $BEARSSL_FAST " in
			*" $name "*) speed=-O3 ;;
			esac
			[ "$name" != ccopy ] || speed=$BEARSSL_VECTOR
			$BEARSSL_CC $speed -c "$f" -o "$BEARSSL_OUT/$name.o"
		done' sh <"$3/list"
	rm -f "$3/libbearssl.a"
	gcc-ar rcsD "$3/libbearssl.a" "$3"/*.o
}

fetch_bearssl() {
	sh vendor/fetch.sh "$out/bearssl-src"
}

# The trust anchors are generated by a host tool, itself built here.
generate_roots() {
	mkdir -p "$out/gen"
	! newer "$out/gen/roots_packed.c" vendor/roots.pem src/gen/roots.c \
	    src/gen/roots_packed.h ||
	    return 0
	# shellcheck disable=SC2086
	$cc -O1 -static $warnings $same -isystem "$out/bearssl-src/inc" \
	    src/gen/roots.c "$out/bearssl/libbearssl.a" -o "$out/gen/roots"
	"$out/gen/roots" vendor/roots.pem >"$out/gen/roots_packed.c.new"
	mv "$out/gen/roots_packed.c.new" "$out/gen/roots_packed.c"
}

# Our sources, without the host tools of src/gen.
sources() {
	find src -name '*.c' ! -path 'src/gen/*' | sort
	echo "$out/gen/roots_packed.c"
}

# objects DIR: where compile_ours puts them.
objects() {
	sources | sed "s|^$out/gen/|gen/|; s|^src/||; s|^|$1/|; s|c\$|o|"
}

# compile_ours COMPILER FLAGS DIR [SPEED SMALLER]: what is older than its source
# or than any header is compiled anew.
compile_ours() {
	mkdir -p "$3"
	echo "$*" >"$3/flags.new"
	cmp -s "$3/flags.new" "$3/flags" || find "$3" -name '*.o' -delete
	mv "$3/flags.new" "$3/flags"
	for source in $(sources); do
		object=${source#"$out/"}
		object=$3/${object#src/}
		object=${object%.c}.o
		if [ -e "$object" ] && [ -z "$(find "$source" src \
		    -newer "$object" \( -path "$source" -o -name '*.h' \) \
		    | head -n 1)" ]; then
			continue
		fi
		case " $fast " in
		*" $(basename "$source" .c) "*) speed=${4:-} ;;
		*) speed=${5:-} ;;
		esac
		mkdir -p "${object%/*}"
		# shellcheck disable=SC2086
		$1 $2 $speed $warnings $same -isystem "$out/bearssl-src/inc" -Isrc \
		    -c "$source" -o "$object.new"
		mv "$object.new" "$object"
	done
}

# Static, and not position-independent: that costs 4.5 KB (relocations, and the
# code that does them at the start), which is more than it is worth to a
# process that lives for milliseconds and parses with checked lengths. Without
# it, constant tables with pointers need no relocation and are read-only from
# the start. The start files are named, because a compiler for another libc
# would bring its own.
link_static() {
	if is_alpine; then
		libc=/usr/lib
	else
		libc=$(find /usr/lib -path '*-linux-musl/crt1.o' | head -n 1)
		libc=${libc%/crt1.o}
	fi
	# shellcheck disable=SC2046  # no name has a space
	gcc -Oz -flto -fipa-pta -flto-partition=none -no-pie -static -nostdlib \
	    -nostartfiles \
	    -Wl,-z,relro,-z,now,-z,noexecstack,-z,noseparate-code \
	    -Wl,-z,common-page-size=64 \
	    -Wl,--gc-sections,--build-id=none,--strip-all \
	    -o "$1" "$libc/crt1.o" "$libc/crti.o" $(objects "$out/ours") \
	    "$out/bearssl/libbearssl.a" -Wl,--start-group "$libc/libc.a" \
	    "$(gcc -print-file-name=libgcc.a)" -Wl,--end-group "$libc/crtn.o"
}

build() {
	need_compiler
	fetch_bearssl
	compile_bearssl "$cc" "$small" "$out/bearssl" "$smaller"
	generate_roots
	compile_ours "$cc" "$small $harden" "$out/ours" -O2 "$smaller"
	link_static "$out/repository-dispatch.new"
	# The names of the compilers of libc.
	objcopy -R .comment "$out/repository-dispatch.new"
	mv "$out/repository-dispatch.new" "$out/repository-dispatch"
}

need_demo() {
	need python3:python3:python3 openssl:openssl:openssl
}

need_tests() {
	need_demo
	need clang:clang:clang clang-tidy:clang-tidy:clang-extra-tools \
	    clang-format:clang-format:clang-extra-tools \
	    cppcheck:cppcheck:cppcheck shellcheck:shellcheck:shellcheck \
	    nginx:nginx-light:nginx curl:curl:curl jq:jq:jq \
	    tinyproxy:tinyproxy:tinyproxy \
	    readelf:binutils:binutils git:git:git wget:wget:wget \
	    busybox:busybox:busybox node:nodejs:nodejs npm:npm:npm \
	    unshare:util-linux:util-linux
	/usr/bin/python3 -c 'import yaml' 2>/dev/null ||
	    need /absent:python3-yaml:py3-yaml
	# The other processor's code is tested by emulation.
	! is_debian_x86 || need qemu-aarch64-static:qemu-user-static:- \
	    aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu:- \
	    /usr/aarch64-linux-gnu/include/stdio.h:libc6-dev-arm64-cross:-
}

verb=${1:-build}
[ $# -eq 0 ] || shift
[ $# -eq 0 ] || [ "$verb" = test ] || {
	help >&2
	exit 2
}
case $verb in
build)
	build
	say "$out/repository-dispatch: $(wc -c <"$out/repository-dispatch") bytes"
	;;
demo)
	build
	need_demo
	exec sh tests/stand_in/demo.sh
	;;
test)
	build
	need_tests
	# shellcheck source=tests/suite.sh
	. tests/suite.sh
	;;
bench)
	build
	need_demo
	need nginx:nginx-light:nginx curl:curl:curl jq:jq:jq g++:g++:g++ \
	    gh:gh:github-cli \
	    /usr/include/simdjson.h:libsimdjson-dev:simdjson-dev \
	    /usr/include/jansson.h:libjansson-dev:jansson-dev
	python3 tests/bench/bench.py
	exec python3 tests/bench/json_bench.py
	;;
fuzz)
	build
	need clang:clang:clang
	# shellcheck source=tests/fuzz/fuzz.sh
	. tests/fuzz/fuzz.sh
	;;
format)
	need clang-format:clang-format:clang-extra-tools
	clang-format -i src/*.c src/*/*.c src/[!g]*/*.h src/github/*.h \
	    tests/unit/*.h tests/unit/*/*.c tests/fuzz/*.c
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
