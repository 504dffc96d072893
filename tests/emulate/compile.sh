# compile.sh - the unit tests for another processor; sourced by suite.sh.
# shellcheck shell=sh
# shellcheck disable=SC2154  # out, cc, driver, musl, warnings: build.sh's

# The files of musl that only the tests use.
musl_test_parts="$musl_parts conf/sysconf fcntl/% linux/sysinfo malloc/%
	math/copysign math/copysignl math/fabs math/fabsl math/fmod math/fmodl math/scalbn math/scalbnl
	misc/getrlimit mman/madvise mman/mmap mman/mremap mman/munmap
	multibyte/% network/accept network/bind network/getsockname
	network/htonl network/inet_pton network/listen network/ntohl
	network/shutdown prng/rand process/% signal/% stat/mkdir stat/mkfifo
	stat/mknod stdio/% stdlib/strtol string/strcat string/strtok
	string/strtok_r temp/% thread/__timedwait thread/clone
	thread/lock_ptc thread/pthread_rwlock_rdlock
	thread/pthread_rwlock_timedrdlock thread/pthread_rwlock_timedwrlock
	thread/pthread_rwlock_tryrdlock thread/pthread_rwlock_trywrlock
	thread/pthread_rwlock_unlock thread/pthread_rwlock_wrlock
	thread/pthread_setcancelstate thread/pthread_sigmask
	thread/pthread_testcancel time/clock_nanosleep time/nanosleep
	unistd/%"
bearssl_test_parts="$bearssl_parts ec_default ec_pubkey ecdsa_i31_sign_asn1
	ecdsa_i31_sign_raw ecdsa_rta pemdec x509_decoder"

# emulator TARGET: the program that runs the target's programs.
emulator() {
	case $1 in
	armv7) echo qemu-arm-static ;;
	i686) echo qemu-i386-static ;;
	*) echo "qemu-$1-static" ;;
	esac
}

# tests_to_emulate: the unit tests. That of TLS needs BearSSL's server, and the
# end-to-end cases show as much.
tests_to_emulate() {
	find tests/unit -name '*_test.c' ! -path '*/tls/tls_test.c'
}

# has_target_tests: whether unit tests run. To compile and run them takes minutes.
has_target_tests() {
	[ "$verb" = emulate ]
}

# preprocess_sandbox: the tables of the filter with the target's numbers, for
# tests/e2e/sandbox.py.
preprocess_sandbox() {
	# shellcheck disable=SC2086
	$cc $warnings -Isrc -E -P -dD src/os/sandbox.c >"$out/$target/sandbox.i"
}

# compile_for_target TARGET: the binary, and the unit tests.
compile_for_target() (
	build_target "$1"
	preprocess_sandbox
	! has_target_tests || compile_target_tests "$1"
)

# compile_target_tests TARGET: they are linked with the objects of the binary, but
# not as one (no LTO), since most take only some.
compile_target_tests() {
	compile_musl "$out/$1/test-musl" "$musl_test_parts"
	compile_bearssl "$cc" "$tuned $lto" "$out/$1/test-bearssl" \
	    "$bearssl_test_parts"
	tests_to_emulate | link_unit_tests "$out/$1/unit" "$out/$1/ours" \
	    "$cc -fno-lto -fno-use-linker-plugin -static -no-pie -nostdlib
	    -Wl,-z,noexecstack $out/$1/test-musl/lib/crt1.o" \
	    "$out/$1/test-bearssl/libbearssl.a -Wl,--start-group
	    $out/$1/test-musl/lib/libc.a
	    $($driver -print-libgcc-file-name) -Wl,--end-group"
}
