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
# The same sources, compiled by the same compiler and binutils, are the same
# bytes, wherever and by whoever that is done (vendor/toolchain.lock): all paths
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
usage: ./build.sh [--target TARGET] [VERB]

  build   (default) build/repository-dispatch, one static binary
  demo    build, then dispatch one event to a loopback stand-in for GitHub
  test    build, then every test; ends with "N passed, N failed"
          test PATTERN... runs only the suites with such names: 'unit/net/*'
  bench   build, then figures as ratios against other tools
  fuzz    run each fuzzer for FUZZ_SECONDS (default 60)
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

# Tools are written COMMAND:DEBIAN-PACKAGE:ALPINE-PACKAGE. A name that begins
# with / is a file that must exist. The package - stands for nothing to install.
build_tools='gcc:gcc:gcc make:make:make
	/usr/include/stdio.h:libc6-dev:musl-dev
	/usr/include/linux/random.h:linux-libc-dev:linux-headers
	patch:patch:patch xz:xz-utils:xz'
package_tools='dpkg-deb:dpkg:- gzip:gzip:gzip'
same_tools='faketime:faketime:libfaketime setpriv:util-linux:setpriv'
demo_tools='python3:python3:python3 openssl:openssl:openssl'
fuzz_tools='clang:clang:clang python3:python3:python3 openssl:openssl:openssl'
format_tools='clang-format:clang-format:clang-extra-tools'
test_tools="$demo_tools $format_tools $package_tools $same_tools
	lintian:lintian:- clang:clang:clang
	clang-tidy:clang-tidy:clang-extra-tools cppcheck:cppcheck:cppcheck
	shellcheck:shellcheck:shellcheck nginx:nginx-light:nginx
	named:bind9:bind nsd:nsd:nsd knotd:knot:knot unbound:unbound:unbound
	dnsmasq:dnsmasq-base:dnsmasq
	tinyproxy:tinyproxy:tinyproxy squid:squid:squid curl:curl:curl
	wget:wget:wget jq:jq:jq
	readelf:binutils:binutils git:git:git busybox:busybox:busybox
	node:nodejs:nodejs npm:npm:npm unshare:util-linux:util-linux
	mandoc:mandoc:mandoc bash:bash:bash zsh:zsh:zsh fish:fish:fish
	kubectl:kubernetes-client:kubectl rsync:rsync:rsync cpio:cpio:cpio
	systemd-analyze:systemd:- systemd-nspawn:systemd-container:-
	python3-yaml:python3-yaml:py3-yaml gnutls-serv:gnutls-bin:gnutls-utils"
bench_tools="$demo_tools nginx:nginx-light:nginx curl:curl:curl jq:jq:jq
	g++:g++:g++ gh:gh:github-cli node:nodejs:nodejs npm:npm:npm
	python3-yaml:python3-yaml:py3-yaml
	/usr/include/simdjson.h:libsimdjson-dev:simdjson-dev
	/usr/include/jansson.h:libjansson-dev:jansson-dev"
image_tools="$demo_tools buildah:buildah:buildah mmdebstrap:mmdebstrap:-
	qemu-aarch64-static:qemu-user-static:- unshare:util-linux:util-linux"
# To run the code of other processors, and to compile the test of NEON.
emulate_tools='qemu-s390x-static:qemu-user-static:-'
neon_tools='aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu:-
	/usr/aarch64-linux-gnu/include/stdio.h:libc6-dev-arm64-cross:-'

# Ubuntu's mirrors do not have our musl: vendor/apt.sh.inc finds one that does.
! grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null ||
    build_tools="$build_tools
	/usr/share/python-apt/templates/Debian.info:python-apt-common:-"

# Alpine has other names for packages, and no cross compilers.
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

targets='x86_64 aarch64 armv7 i686 riscv64 ppc64le s390x'

# triplet TARGET: the name of the target in those of Debian's cross compilers.
triplet() {
	case $1 in
	x86_64 | aarch64 | i686 | riscv64 | s390x) echo "$1-linux-gnu" ;;
	armv7) echo arm-linux-gnueabihf ;;
	ppc64le) echo powerpc64le-linux-gnu ;;
	esac
}

# musl_name TARGET: the name of the target's processor in musl's sources.
musl_name() {
	case $1 in
	armv7) echo arm ;;
	i686) echo i386 ;;
	ppc64le) echo powerpc64 ;;
	*) echo "$1" ;;
	esac
}

# target_of MACHINE: the target that a compiler for this machine, or uname,
# means.
target_of() {
	case $1 in
	x86_64* | amd64*) echo x86_64 ;;
	aarch64* | arm64*) echo aarch64 ;;
	armv[78]* | arm-*hf) echo armv7 ;;
	i[3-6]86*) echo i686 ;;
	riscv64*) echo riscv64 ;;
	powerpc64le* | ppc64le*) echo ppc64le ;;
	s390x*) echo s390x ;;
	*)
		say "--target does not support the processor of $1"
		return 1
		;;
	esac
}

# Which target the machine's own compiler makes.
native_target() {
	target_of "$(gcc -dumpmachine 2>/dev/null || uname -m)"
}

# target_tools TARGET: the compiler for it.
target_tools() {
	if [ -z "$1" ] || [ -n "${CC:-}" ] || [ "$1" = "$(native_target)" ]; then
		return 0
	fi
	name=$(triplet "$1")
	case $name in
	x86_64-*) echo "$name-gcc:gcc-x86-64-linux-gnu:-" ;;
	*) echo "$name-gcc:gcc-$name:-" ;;
	esac
}

all_target_tools() {
	for name in $targets; do
		target_tools "$name"
	done
}

# choose_compiler TARGET: sets target, driver, which links, cc, the command that
# compiles for musl, flags, and lto. gcc is given LTO. clang is not, for which it
# would need another linker.
choose_compiler() {
	target=$1
	if [ -n "${CC:-}" ]; then
		driver=$CC
	elif [ "$target" = "$(native_target)" ]; then
		driver=gcc
	else
		driver=$(triplet "$target")-gcc
	fi
	lto='-flto -ffat-lto-objects' link_lto='-Oz -flto -flto-partition=none'
	freestanding='-std=c99 -nostdinc -ffreestanding
		-fexcess-precision=standard -frounding-math'
	mem_flags='-fno-tree-loop-distribute-patterns'
	case $("$driver" --version) in
	*clang*)
		driver="$driver --target=$(triplet "$target")"
		lto='' link_lto='' mem_flags=''
		freestanding='-std=c99 -nostdinc -ffreestanding'
		;;
	esac
	case $target in
	# musl has no other long double there.
	ppc64le) driver="$driver -mlong-double-64" ;;
	esac
	made_for=$($driver -dumpmachine)
	[ "$(target_of "$made_for")" = "$target" ] || {
		say "$driver compiles for $made_for, not for $target"
		exit 2
	}
	musl=$out/$target/musl
	arch=$(musl_name "$target")
	cc="$driver -nostdinc"
	for headers in "$out/musl-src/arch/$arch" "$out/musl-src/arch/generic" \
	    "$musl/obj/include" "$out/musl-src/include" \
	    "$($driver -print-file-name=include)"; do
		cc="$cc -isystem $headers"
	done
	made_by="$($driver --version | head -n 1), $made_for"
}

# newer FILE THAN...: FILE exists and is no older than any of the others.
newer() {
	made=$1
	shift
	[ -e "$made" ] && [ -z "$(find "$@" -newer "$made")" ]
}

# The files of BearSSL that the binary is linked from, likewise.
bearssl_parts='aes_ct64 aes_ct64_ctr aes_ct64_enc ccopy chacha20_ct dec32be
	dec32le dec64be ec_all_m31 ec_c25519_m31 ec_p256_m31 ec_prime_i31
	ec_secp256r1 ec_secp384r1 ec_secp521r1 ecdsa_atr ecdsa_i31_bits
	ecdsa_i31_vrfy_asn1 ecdsa_i31_vrfy_raw enc32be enc32le enc64be
	ghash_ctmul64 hmac hmac_drbg i31_add i31_bitlen i31_decmod i31_decode
	i31_decred i31_encode i31_fmont i31_iszero i31_modpow i31_modpow2
	i31_montmul i31_mulacc i31_muladd i31_ninv31 i31_reduce i31_rshift
	i31_sub i31_tmont i32_div32 multihash poly1305_ctmul prf prf_sha256
	prf_sha384 rsa_i31_pkcs1_sign rsa_i31_pkcs1_vrfy rsa_i31_priv
	rsa_i31_pub rsa_pkcs1_sig_pad rsa_pkcs1_sig_unpad sha2big sha2small
	ssl_client ssl_engine ssl_hs_client ssl_rec_chapol ssl_rec_gcm sysrng'

# compile_bearssl COMPILER FLAGS DIR [PARTS]: all of it, or those parts, once for
# the same source, flags, compiler and machine.
compile_bearssl() {
	! newer "$3/libbearssl.a" "$out/bearssl-src/.stamp" ||
	    [ "$(cat "$3/flags" 2>/dev/null)" != "$* $fast $made_by" ] || return 0
	say "compiling BearSSL into $3"
	rm -rf "$3"
	mkdir -p "$3"
	echo "$* $fast $made_by" >"$3/flags"
	find "$out/bearssl-src/src" -name '*.c' | sort | while read -r source; do
		name=${source##*/}
		case " ${4:-${name%.c}} " in
		*[[:space:]]"${name%.c}"[[:space:]]*) echo "$source" ;;
		esac
	done >"$3/list"
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
	# shellcheck disable=SC2086  # a command with its flags
	$($1 -print-prog-name=ar) rcsD "$3/libbearssl.a" "$3"/*.o
}

# The files of musl that the binary is linked from; % stands for a whole folder.
# What is used for the first time is added here: the linker names it.
musl_parts='env/% errno/% exit/% fcntl/open internal/% ldso/dl_iterate_phdr
	linux/getrandom linux/prctl locale/__lctrans math/__fpclassifyl
	math/__signbitl math/frexp math/frexpl misc/getauxval misc/ioctl
	mman/mprotect multibyte/wcrtomb multibyte/wctomb network/connect
	network/getsockopt network/htons network/if_nametoindex network/ntohs
	network/recv network/recvfrom network/send network/sendto
	network/setsockopt network/socket select/poll signal/block
	signal/raise signal/restore signal/sigaction signal/sigemptyset
	signal/signal stat/fstatat stat/stat stdio/__lockfile
	stdio/__stdio_exit stdio/__towrite
	stdio/fwrite stdio/ofl stdio/snprintf stdio/vfprintf stdio/vsnprintf
	string/memchr string/memcmp string/memcpy string/memmove
	string/memrchr string/memset string/stpncpy string/strchr
	string/strchrnul string/strcmp string/strcpy string/stpcpy
	string/strcspn string/strlen string/strncmp string/strncpy
	string/strnlen string/strpbrk string/strrchr string/strspn
	string/strstr string/__aeabi_memcpy string/__aeabi_memset
	thread/__aeabi_read_tp thread/__lock thread/__set_thread_area
	thread/__syscall_cp thread/__tls_get_addr thread/atomics
	thread/default_attr thread/syscall_cp thread/tls
	time/clock_gettime unistd/_exit unistd/access unistd/close
	unistd/getpid unistd/isatty unistd/pipe unistd/pread unistd/read
	unistd/write'

# What musl's own configure would find out. echo makes one line of many.
# shellcheck disable=SC2086,SC2116
write_musl_config() {
	cat <<END
ARCH = $arch
srcdir = ../../musl-src
CC = $driver
CFLAGS = $(echo $tuned $same)
CFLAGS_C99FSE = $(echo $freestanding)
CFLAGS_MEMOPS = $mem_flags
CFLAGS_NOSSP = -fno-stack-protector
MALLOC_DIR = mallocng
AR = $($driver -print-prog-name=ar)
RANLIB = $($driver -print-prog-name=ranlib)
OPTIMIZE_GLOBS = string/*.c
# $made_by, $(echo $1)
END
}

# compile_musl DIR PARTS: the start files and those parts of musl, in DIR.
compile_musl() {
	mkdir -p "$1"
	write_musl_config "$2" >"$1/config.new"
	! newer "$1/lib/libc.a" "$out/musl-src/.stamp" ||
	    ! cmp -s "$1/config.new" "$1/config.mak" || return 0
	say "compiling musl into $1"
	rm -rf "$1/obj" "${1:?}/lib"
	mkdir -p "$1/lib"
	mv "$1/config.new" "$1/config.mak"
	pattern=
	for part in $2; do
		# The file of the processor takes the place of the general one.
		case $part in
		*%) pattern="$pattern obj/src/$part" ;;
		*) pattern="$pattern obj/src/$part.o obj/src/${part%/*}/$arch/${part##*/}.o" ;;
		esac
	done
	make -s -C "$1" -f ../../musl-src/Makefile -j "$(nproc)" \
	    AOBJS="\$(filter $pattern,\$(LIBC_OBJS))" \
	    lib/libc.a lib/crt1.o lib/rcrt1.o
}

# pinned_tools FILE: every compiler and linker in it is one that releases are
# built with. The first word or words of a line are the program's name.
pinned_tools() {
	sed 's/^[^(]*//' "$1" | while read -r tool; do
		grep -qx "[a-z]* $(echo "$tool" | sed 's/[.]/[.]/g')" \
		    vendor/toolchain.lock || exit 1
	done
}

# Writes down what compiles and links, for the SBOM.
record_toolchain() {
	mkdir -p "$out/$target"
	{
		$driver --version | head -n 1
		"$($driver -print-prog-name=ld)" --version | head -n 1
	} >"$out/$target/toolchain"
	pinned_tools "$out/$target/toolchain" ||
	    say "$(paste -s -d , "$out/$target/toolchain" | sed 's/,/, /') \
are not those of vendor/toolchain.lock: the bytes will differ from a release's"
}

# The tarballs are kept in vendor/cache, or in $OUT/cache if OUT is set: the source
# tree may be read-only then.
fetch_sources() {
	cache=vendor/cache
	[ -z "${OUT:-}" ] || cache=$out/cache
	sh vendor/fetch.sh bearssl "$out/bearssl-src" "$cache"
	sh vendor/fetch.sh musl "$out/musl-src" "$cache"
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
	of=$(pinned_version)
	read -r version <src/VERSION
	[ "$of" = "$version" ] || say "$pinned_sums has the sums of \
${of:-no version}, not of $version: until ./build.sh dist has made them, \
install.sh has none and the action builds from source"
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

# stale_objects DIR [SPEED]: a line for each object that is older than its source
# or than any header: SOURCE OBJECT, and SPEED for a source that needs it.
stale_objects() {
	for source in $(sources); do
		object=${source#"$out/"}
		object=$1/${object#src/}
		object=${object%.c}.o
		if [ -e "$object" ] && [ -z "$(find "$source" src \
		    -newer "$object" \( -path "$source" -o -name '*.h' \) \
		    | head -n 1)" ]; then
			continue
		fi
		case " $fast " in
		*" $(basename "$source" .c) "*) speed=${2:-} ;;
		*) speed= ;;
		esac
		echo "$source $object${speed:+ $speed}"
	done
}

# compile_ours COMPILER FLAGS DIR [SPEED]: compiles what is stale, as many at a
# time as there are processors.
compile_ours() {
	mkdir -p "$3"
	echo "$* $made_by" >"$3/flags.new"
	cmp -s "$3/flags.new" "$3/flags" || find "$3" -name '*.o' -delete
	mv "$3/flags.new" "$3/flags"
	# shellcheck disable=SC2016  # expanded by the inner shell
	stale_objects "$3" "${4:-}" | OURS_CC="$1 $2 $warnings $same
	    -isystem $out/bearssl-src/inc -Isrc" \
	    xargs -L 1 -P "$(nproc)" sh -ec '
		[ $# -gt 0 ] || exit 0
		source=$1 object=$2
		shift 2
		mkdir -p "${object%/*}"
		$OURS_CC "$@" -c "$source" -o "$object.new"
		mv "$object.new" "$object"' sh
}

# Static and position-independent. The start file and all libraries are named, since
# the compiler would bring those of another libc. Of its own only libgcc is used:
# arithmetic that the processor lacks, which needs no libc. crti.o and crtn.o would
# frame functions that begin and end a program, and nothing has any.
link_static() {
	# shellcheck disable=SC2046,SC2086  # no name has a space
	$driver $link_lto -nostdlib -nostartfiles $(hardening link) \
	    -Wl,-T,src/gen/layout.ld,--orphan-handling=error,--no-eh-frame-hdr \
	    -Wl,--gc-sections,--build-id=none,--strip-all \
	    -o "$1.new" "$musl/lib/rcrt1.o" \
	    $(objects "$out/$target/ours") "$out/$target/bearssl/libbearssl.a" \
	    -Wl,--start-group "$musl/lib/libc.a" \
	    "$($driver -print-libgcc-file-name)" -Wl,--end-group
	mv "$1.new" "$1"
}

# The program is not older than what it is linked from, and how. A source that
# is gone changes the hash of the sources, and with it an object.
is_linked() {
	# shellcheck disable=SC2046  # no name has a space
	newer "$out/$target/repository-dispatch" build.sh src/gen/hardening \
	    src/gen/layout.ld $(objects "$out/$target/ours") \
	    "$out/$target/bearssl/libbearssl.a" "$musl/lib/libc.a"
}

# build_libraries TARGET: what a build needs of build.sh, vendor and
# src/gen/hardening only.
build_libraries() {
	choose_compiler "$1"
	record_toolchain
	fetch_sources
	tuned="$small $(hardening compile)"
	compile_musl "$musl" "$musl_parts"
	compile_bearssl "$cc" "$tuned $lto" "$out/$target/bearssl" \
	    "$bearssl_parts"
}

# build_target TARGET: makes $out/TARGET/repository-dispatch.
build_target() {
	build_libraries "$1"
	generate_roots
	generate_about
	compile_ours "$cc" "$tuned $lto" "$out/$target/ours" -O2
	is_linked || link_static "$out/$target/repository-dispatch"
}

# The program for this machine.
build() {
	build_target "$(native_target)"
	cp "$out/$target/repository-dispatch" "$out/repository-dispatch.new"
	mv "$out/repository-dispatch.new" "$out/repository-dispatch"
	# For what reads the objects, in build/$TARGET.
	TARGET=$target
	export TARGET
}

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
[ $# -eq 0 ] || [ "$verb" = test ] || [ "$verb" = emulate ] || {
	help >&2
	exit 2
}
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
# shellcheck disable=SC2046,SC2086  # lists of tools
case $verb in
build)
	need $build_tools $(target_tools "$chosen")
	if [ -n "$chosen" ]; then
		build_target "$chosen"
		made=$out/$chosen/repository-dispatch
	else
		build
		made=$out/repository-dispatch
	fi
	say "$made: $(wc -c <"$made") bytes"
	;;
dist)
	need $build_tools $(all_target_tools)
	# shellcheck source=src/gen/dist.sh
	. src/gen/dist.sh
	dist
	say "$out/dist: $(find "$out/dist" -type f | wc -l) files"
	;;
package)
	need $build_tools $package_tools $(target_tools "$chosen")
	# shellcheck source=src/gen/dist.sh
	. src/gen/dist.sh
	package "${chosen:-$(native_target)}"
	say "$made: $(wc -c <"$made") bytes"
	;;
same)
	need $build_tools $package_tools $same_tools $(all_target_tools)
	exec sh tests/same.sh
	;;
tools)
	need $build_tools $(target_tools "$chosen")
	;;
libraries)
	need $build_tools $(target_tools "$chosen")
	build_libraries "${chosen:-$(native_target)}"
	;;
image)
	need $build_tools $image_tools
	build
	python3 tests/images/test_images.py
	;;
demo)
	need $build_tools $demo_tools
	build
	exec sh tests/stand_in/demo.sh "$out/repository-dispatch"
	;;
test)
	# In every test one processor of 32 bits, and a big-endian one, which
	# has the unit tests, too.
	# Elsewhere there are no cross compilers by these names.
	emulated='armv7 s390x'
	command -v apt-get >/dev/null || emulated='' emulate_tools=''
	[ -z "${CC:-}" ] || emulated=''
	is_debian_x86 || neon_tools=''
	need $build_tools $test_tools $neon_tools $emulate_tools \
	    $(for name in $emulated; do target_tools "$name"; done)
	build
	# shellcheck source=tests/suite.sh
	. tests/suite.sh
	;;
emulate)
	emulated=${*:-$targets}
	for name in $emulated; do
		[ -n "$(triplet "$name")" ] || {
			say "emulate takes some of $targets"
			exit 2
		}
	done
	need $build_tools $demo_tools $emulate_tools \
	    $(for name in $emulated; do target_tools "$name"; done)
	set -- $(for name in $emulated; do
		echo "emulate/$name emulate/$name/scratch emulate/$name/cases"
	done)
	# shellcheck source=tests/suite.sh
	. tests/suite.sh
	;;
bench)
	need $build_tools $bench_tools
	build
	python3 tests/bench/bench.py
	python3 tests/bench/json_bench.py
	/usr/bin/python3 tests/bench/action_bench.py
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
