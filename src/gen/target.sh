# target.sh - the processors that a build can be for, and the compiler and the flags
# for each; sourced by build.sh.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # out is build.sh's, and others use the rest

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

warnings='-std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wconversion
	-Wshadow -Werror'
# The same sources, compiled by the same compiler and binutils, are the same
# bytes, wherever and by whoever that is done (vendor/toolchain.lock): all paths
# are relative to the root, and files are compiled and linked in C order.
same=-fno-ident
# For size, except the multiplications, where a handshake spends its time, the
# copy in constant time, the JSON scanner, and what bundles of CAs are decoded and
# hashed with.
small='-Oz -fno-asynchronous-unwind-tables -fno-unwind-tables
	-ffunction-sections -fdata-sections -fomit-frame-pointer'
fast='base64 ccopy i31_montmul modulus name pem scan'

# hardening STEP: the flags of the step compile or link against attacks.
hardening() {
	sed -n "s/^[a-z-]* $1 //p" src/gen/hardening | tr '\n' ' '
}

# What makes the tools that run during the build.
host_cc=${HOST_CC:-gcc}

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
	# Of the linkers that releases are built with, only those for x86 know the
	# short form of relocations, of 2 bits each in place of 24 bytes.
	packs_relocations=
	case $target in
	x86_64 | i686) packs_relocations=-Wl,-z,pack-relative-relocs ;;
	esac
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
