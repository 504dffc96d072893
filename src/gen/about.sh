#!/bin/sh
# about.sh - prints the C of about.h. It runs in the root of the sources.
set -eu

# is_plain VALUE WHAT: stops the build at a value that C or JSON would need to
# escape, and at one that was not found.
is_plain() {
	case $1 in
	'' | *[!A-Za-z0-9.+~_-]*)
		echo "about.sh: $2 is missing or has other characters: $1" >&2
		exit 1
		;;
	esac
}

# release FILE: the version that a lock pins, without Debian's revision.
release() {
	sed -n 's/^version \(.*\)-[^-]*$/\1/p' "$1"
}

# strings: the lines of standard input, each as a string of C. @target@ becomes
# the macro.
strings() {
	sed 's/[\\"]/\\&/g; s/^/    "/; s/$/\\n"/; s/@target@/" TARGET "/'
}

version=$(cat src/VERSION)
sources=$(sh src/gen/sources_hash.sh)
bearssl=$(release vendor/bearssl.lock)
musl=unpinned
[ ! -e vendor/musl.lock ] || musl=$(release vendor/musl.lock)
date=$(sed -n 's/^# date //p' vendor/roots.pem)
count=$(grep -c '^-----BEGIN ' vendor/roots.pem)
hardening=$(sed -n 's/^\([a-z-]*\) .*/\1/p' src/gen/hardening | uniq |
    tr '\n' ' ')
hardening=${hardening% }

is_plain "$version" src/VERSION
is_plain "$bearssl" 'the version in vendor/bearssl.lock'
is_plain "$musl" 'the version in vendor/musl.lock'
is_plain "$date" 'the date in vendor/roots.pem'

echo '/* Made by src/gen/about.sh; do not edit. */'
echo '#include "gen/about.h"'
cat <<'END_OF_TARGETS'
#if defined(__x86_64__)
#define TARGET "x86_64"
#elif defined(__aarch64__)
#define TARGET "aarch64"
#elif defined(__arm__)
#define TARGET "armv7"
#elif defined(__i386__)
#define TARGET "i686"
#elif defined(__riscv) && __riscv_xlen == 64
#define TARGET "riscv64"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define TARGET "ppc64le"
#elif defined(__s390x__)
#define TARGET "s390x"
#else
#define TARGET "unknown"
#endif
END_OF_TARGETS
echo 'const char about_text[] ='
strings <<END_OF_TEXT
repository-dispatch $version
sources $sources
target @target@
BearSSL $bearssl
musl $musl
roots $date, $count certificates
hardening $hardening
END_OF_TEXT
echo ';'
echo 'const char about_json[] ='
strings <<END_OF_JSON
{"version":"$version","sources":"$sources","target":"@target@",\
"bearssl":"$bearssl","musl":"$musl",\
"roots":{"date":"$date","count":$count},\
"hardening":["$(echo "$hardening" | sed 's/ /","/g')"]}
END_OF_JSON
echo ';'
echo 'const char about_licenses[] ='
strings <src/gen/licenses.txt
echo ';'
