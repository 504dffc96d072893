#!/bin/sh
# build.sh - the one entry to building, testing and measuring. POSIX sh.
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

warnings='-std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wconversion
	-Wshadow -Werror'
# Two builds of a commit are the same bytes wherever they are made: all paths
# are relative to the root, and files are compiled and linked in C order.
same=-fno-ident
# For size, except the multiplication, where a handshake spends its time, the
# copy in constant time, and the JSON scanner.
small='-Oz -fno-asynchronous-unwind-tables -fno-unwind-tables
	-ffunction-sections -fdata-sections -fomit-frame-pointer'
fast='ccopy i31_montmul i31_muladd scan'
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
  format  let clang-format lay out the sources, and write what stands in one
          place into the documents: the table of options, .github/OWNER
  clean   remove build/
  help    this text

CC=COMPILER compiles with another gcc, or with clang; HOST_CC=COMPILER makes the
tools that run during the build. OUT=DIR builds in DIR instead of build/, and
writes nothing elsewhere.

Missing tools are installed by package name when run as root on Debian,
Ubuntu or Alpine, and on a runner of GitHub Actions whose sudo asks for no
password; elsewhere the command to run is printed.
END
}

# Tools are written COMMAND:DEBIAN-PACKAGE:ALPINE-PACKAGE. A name that begins
# with / is a file that must exist. The package - stands for nothing to install.
build_tools='gcc:gcc:gcc musl-gcc:musl-tools:-
	/usr/include/stdio.h:libc6-dev:musl-dev
	/usr/include/linux/random.h:linux-libc-dev:linux-headers
	patch:patch:patch xz:xz-utils:xz'
demo_tools='python3:python3:python3 openssl:openssl:openssl'
fuzz_tools='clang:clang:clang python3:python3:python3 openssl:openssl:openssl'
format_tools='clang-format:clang-format:clang-extra-tools'
test_tools="$demo_tools $format_tools clang:clang:clang
	clang-tidy:clang-tidy:clang-extra-tools cppcheck:cppcheck:cppcheck
	shellcheck:shellcheck:shellcheck nginx:nginx-light:nginx
	named:bind9:bind nsd:nsd:nsd knotd:knot:knot unbound:unbound:unbound
	dnsmasq:dnsmasq-base:dnsmasq
	tinyproxy:tinyproxy:tinyproxy squid:squid:squid curl:curl:curl
	wget:wget:wget jq:jq:jq
	readelf:binutils:binutils git:git:git busybox:busybox:busybox
	node:nodejs:nodejs npm:npm:npm unshare:util-linux:util-linux
	mandoc:mandoc:mandoc bash:bash:bash zsh:zsh:zsh fish:fish:fish
	python3-yaml:python3-yaml:py3-yaml gnutls-serv:gnutls-bin:gnutls-utils"
bench_tools="$demo_tools nginx:nginx-light:nginx curl:curl:curl jq:jq:jq
	g++:g++:g++ gh:gh:github-cli
	/usr/include/simdjson.h:libsimdjson-dev:simdjson-dev
	/usr/include/jansson.h:libjansson-dev:jansson-dev"
# To compile for other processors, and to run the code for one of them.
cross_tools='qemu-aarch64-static:qemu-user-static:-
	aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu:-
	/usr/aarch64-linux-gnu/include/stdio.h:libc6-dev-arm64-cross:-
	i686-linux-gnu-gcc:gcc-i686-linux-gnu:-
	arm-linux-gnueabihf-gcc:gcc-arm-linux-gnueabihf:-'

# Alpine's own compiler already makes musl binaries.
is_alpine() {
	[ -e /etc/alpine-release ]
}

is_debian_x86() {
	[ "$(uname -m)" = x86_64 ] && command -v apt-get >/dev/null 2>&1
}

# has NAME: whether the tool is installed.
has() {
	case $1 in
	/*) [ -e "$1" ] ;;
	python3-yaml) /usr/bin/python3 -c 'import yaml' 2>/dev/null ;;
	*) command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# missing TOOL...: the packages to install.
missing() {
	for tool in "$@"; do
		packages=${tool#*:}
		if is_alpine; then
			package=${packages#*:}
		else
			package=${packages%:*}
		fi
		[ "$package" = - ] || has "${tool%%:*}" || printf ' %s' "$package"
	done
}

# need TOOL...: installs what is missing, or prints the command and ends.
need() {
	packages=$(missing "$@")
	[ -n "$packages" ] || return 0
	if is_alpine; then
		install="apk add$packages"
	elif command -v apt-get >/dev/null 2>&1; then
		install="apt-get update && apt-get install -y \
--no-install-recommends$packages"
	else
		say "install these, then run me again:$packages"
		exit 1
	fi
	# env, since sudo passes on no variables.
	run='env DEBIAN_FRONTEND=noninteractive sh -c'
	if [ "$(id -u)" -ne 0 ] && [ "${GITHUB_ACTIONS:-}" = true ] &&
	    sudo -n true >/dev/null 2>&1; then
		run="sudo -n $run"
	elif [ "$(id -u)" -ne 0 ]; then
		say "missing tools; run this as root, then me again:"
		say "  $install"
		exit 1
	fi
	say "installing:$packages"
	mkdir -p "$out"
	$run "$install" >"$out/install.log" 2>&1 || {
		tail -n 20 "$out/install.log" >&2
		say "could not install; see $out/install.log"
		exit 1
	}
}

# musl_gcc_names PATTERN: the first argument of that form which musl-gcc passes
# on. It knows where musl is, also where there are several for other processors.
musl_gcc_names() {
	musl-gcc -### -x c none.c 2>&1 | tr -d '"' | tr ' ' '\n' |
	    grep -m 1 "$1"
}

# Sets cc, the command that compiles for musl, driver, which links, libc, where
# musl's start files are, and lto. A gcc works by musl-gcc's specs; clang is
# given musl's headers, and no LTO, for which it needs another linker.
choose_compiler() {
	driver=${CC:-gcc}
	lto='-flto -ffat-lto-objects' link_lto='-Oz -flto -flto-partition=none'
	if is_alpine; then
		cc=$driver libc=/usr/lib
	else
		libc=$(musl_gcc_names '/S\{0,1\}crt1\.o$')
		libc=${libc%/*}
		cc=musl-gcc REALGCC=$driver
		export REALGCC
	fi
	case $("$driver" --version) in
	*clang*)
		unset REALGCC
		lto='' link_lto=''
		is_alpine || cc="$driver -nostdlibinc -isystem \
$(musl_gcc_names '/include/.*musl\|/musl/include')"
		;;
	esac
	made_by="$("$driver" --version | head -n 1), $(uname -m)"
}

# newer FILE THAN...: FILE exists and is no older than any of the others.
newer() {
	made=$1
	shift
	[ -e "$made" ] && [ -z "$(find "$@" -newer "$made")" ]
}

# compile_bearssl COMPILER FLAGS DIR: once for the same source, flags, compiler
# and machine.
compile_bearssl() {
	! newer "$3/libbearssl.a" "$out/bearssl-src/.stamp" ||
	    [ "$(cat "$3/flags" 2>/dev/null)" != "$* $fast $made_by" ] || return 0
	say "compiling BearSSL into $3"
	rm -rf "$3"
	mkdir -p "$3"
	echo "$* $fast $made_by" >"$3/flags"
	find "$out/bearssl-src/src" -name '*.c' | sort >"$3/list"
	flags="$2 $same $bearssl_flags -I$out/bearssl-src/inc"
	flags="$flags -I$out/bearssl-src/src"
	# shellcheck disable=SC2016  # expanded by the inner shell
	BEARSSL_CC="$1 $flags" BEARSSL_FAST=$fast BEARSSL_OUT=$3 \
	    xargs -n 8 -P "$(nproc)" sh -ec '
		for f; do
			name=$(basename "$f" .c)
			speed=
			case " $BEARSSL_FAST " in
			*" $name "*) speed=-O3 ;;
			esac
			$BEARSSL_CC $speed -c "$f" -o "$BEARSSL_OUT/$name.o"
		done' sh <"$3/list"
	rm -f "$3/libbearssl.a"
	ar rcsD "$3/libbearssl.a" "$3"/*.o
}

# The tarball is kept in vendor/cache, or in $OUT/cache if OUT is set: the source
# tree may be read-only then.
fetch_bearssl() {
	cache=vendor/cache
	[ -z "${OUT:-}" ] || cache=$out/cache
	sh vendor/fetch.sh "$out/bearssl-src" "$cache"
}

# What the host tool of src/gen uses of BearSSL.
gen_uses='codec/pemdec.c codec/dec32be.c codec/enc32be.c hash/sha2small.c
	x509/x509_decoder.c'

# What makes the tools that run during the build.
host_cc=${HOST_CC:-gcc}

# The table of Mozilla's roots is generated by a host tool, which the host's own
# compiler makes.
generate_roots() {
	mkdir -p "$out/gen"
	ours='src/x509/name.c src/x509/der.c src/base/ascii.c src/base/buffer.c
		src/base/date.c
		src/base/span.c src/base/utf8.c'
	# shellcheck disable=SC2086
	! newer "$out/gen/roots_packed.c" vendor/roots.pem src/gen/roots.c \
	    src/gen/roots_packed.h $ours || return 0
	library=''
	for source in $gen_uses; do
		library="$library $out/bearssl-src/src/$source"
	done
	# shellcheck disable=SC2086
	"$host_cc" -O1 -D_POSIX_C_SOURCE=200809L -isystem "$out/bearssl-src/inc" \
	    -I"$out/bearssl-src/src" -Isrc src/gen/roots.c $ours $library \
	    -o "$out/gen/roots"
	"$out/gen/roots" vendor/roots.pem >"$out/gen/roots_packed.c.new"
	mv "$out/gen/roots_packed.c.new" "$out/gen/roots_packed.c"
}

# hardening STEP: the flags of the step compile or link against attacks.
hardening() {
	sed -n "s/^[a-z-]* $1 //p" src/gen/hardening | tr '\n' ' '
}

# What -V and --license print. The file changes only if they do.
generate_about() {
	mkdir -p "$out/gen"
	sh src/gen/about.sh >"$out/gen/about.c.new"
	if cmp -s "$out/gen/about.c.new" "$out/gen/about.c"; then
		rm "$out/gen/about.c.new"
	else
		mv "$out/gen/about.c.new" "$out/gen/about.c"
	fi
}

# The tool that writes the table of options, and others, into documents.
compile_option_tool() {
	mkdir -p "$out/gen"
	# shellcheck disable=SC2086
	"$host_cc" -O1 $warnings -Isrc src/gen/options.c src/gen/manual.c \
	    src/gen/completion.c src/gen/describe.c src/gen/status.c \
	    src/cli/option_table.c src/cli/option_name.c src/base/*.c \
	    -o "$out/gen/options"
}

# rewrite DOCUMENT FILTER: replaces it by what the filter makes of it.
rewrite() {
	mkdir -p "$out/gen"
	"$2" <"$1" >"$out/gen/document"
	cmp -s "$out/gen/document" "$1" || cp "$out/gen/document" "$1"
}

# Writes the tables and the owner of the repository into every document
# that has a place for them, and the action into the root.
generate_documents() {
	# shellcheck source=src/gen/documents.sh
	. src/gen/documents.sh
	grep -rl 'generated from src/' README.md .github |
	    while read -r document; do
		rewrite "$document" "$out/gen/options"
	done
	for document in $(owned_documents); do
		rewrite "$document" with_owner
	done
	generate_install
	action=.github/actions/repository-dispatch/action.yml
	at_root <$action >"$out/gen/action.yml"
	cp "$out/gen/action.yml" action.yml
}

# Writes version, owner and the pinned sums into install.sh.
generate_install() {
	# shellcheck source=src/gen/documents.sh
	. src/gen/documents.sh
	rewrite .github/install.sh with_release
}

# What is installed beside the binary. The templates stand in src/gen.
manual=repository-dispatch.1
completions='repository-dispatch.bash _repository-dispatch
	repository-dispatch.fish'

# Fills the templates of the manual and of the completions.
generate_manual() {
	compile_option_tool
	for file in $manual $completions; do
		"$out/gen/options" <"src/gen/$file" >"$out/gen/$file"
	done
}

# Our sources, without the host tools of src/gen.
sources() {
	find src -name '*.c' ! -path 'src/gen/*' | sort
	echo "$out/gen/about.c"
	echo "$out/gen/roots_packed.c"
}

# objects DIR: where compile_ours puts them.
objects() {
	sources | sed "s|^$out/gen/|gen/|; s|^src/||; s|^|$1/|; s|c\$|o|"
}

# compile_ours COMPILER FLAGS DIR [SPEED]: compiles each object that is older
# than its source or than any header.
compile_ours() {
	mkdir -p "$3"
	echo "$* $made_by" >"$3/flags.new"
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
		*) speed= ;;
		esac
		mkdir -p "${object%/*}"
		# shellcheck disable=SC2086
		$1 $2 $speed $warnings $same -isystem "$out/bearssl-src/inc" -Isrc \
		    -c "$source" -o "$object.new"
		mv "$object.new" "$object"
	done
}

# Static and position-independent. The start files are named, since a gcc that
# is made for another libc would bring its own, and Debian's "musl-gcc
# -static-pie" makes a program that asks for an interpreter.
link_static() {
	# shellcheck disable=SC2046,SC2086  # no name has a space
	"$driver" $link_lto -nostdlib -nostartfiles $(hardening link) \
	    -Wl,--gc-sections,--build-id=none,--strip-all \
	    -o "$1" "$libc/rcrt1.o" "$libc/crti.o" $(objects "$out/ours") \
	    "$out/bearssl/libbearssl.a" -Wl,--start-group "$libc/libc.a" \
	    "$("$driver" -print-libgcc-file-name)" -Wl,--end-group \
	    "$libc/crtn.o"
}

build() {
	choose_compiler
	fetch_bearssl
	tuned="$small $(hardening compile) $lto"
	compile_bearssl "$cc" "$tuned" "$out/bearssl"
	generate_roots
	generate_about
	compile_ours "$cc" "$tuned" "$out/ours" -O2
	link_static "$out/repository-dispatch.new"
	# The names of the compilers of libc.
	objcopy -R .comment "$out/repository-dispatch.new"
	mv "$out/repository-dispatch.new" "$out/repository-dispatch"
}

verb=${1:-build}
[ $# -eq 0 ] || shift
[ $# -eq 0 ] || [ "$verb" = test ] || {
	help >&2
	exit 2
}
case $out:$verb in
*[[:space:]]*)
	say "OUT must not contain spaces"
	exit 2
	;;
build:* | *:build | *:demo | *:clean | *:help) ;;
*)
	say "OUT is for build, demo and clean"
	exit 2
	;;
esac
# shellcheck disable=SC2086  # lists of tools
case $verb in
build)
	need $build_tools
	build
	say "$out/repository-dispatch: $(wc -c <"$out/repository-dispatch") bytes"
	;;
demo)
	need $build_tools $demo_tools
	build
	exec sh tests/stand_in/demo.sh "$out/repository-dispatch"
	;;
test)
	is_debian_x86 || cross_tools=''
	need $build_tools $test_tools $cross_tools
	build
	# shellcheck source=tests/suite.sh
	. tests/suite.sh
	;;
bench)
	need $build_tools $bench_tools
	build
	python3 tests/bench/bench.py
	python3 tests/bench/json_bench.py
	;;
fuzz)
	need $build_tools $fuzz_tools
	build
	# shellcheck source=tests/fuzz/fuzz.sh
	. tests/fuzz/fuzz.sh
	;;
format)
	need $format_tools
	clang-format -i src/*.c src/*/*.c src/[!g]*/*.h src/github/*.h \
	    tests/unit/*.h tests/unit/*/*.c tests/fuzz/*.c
	compile_option_tool
	generate_documents
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
