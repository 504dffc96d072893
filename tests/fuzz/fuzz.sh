# fuzz.sh - compiles the targets and runs each; sourced by build.sh with the names
# of those that are wanted, or "planted". A finding is left in build/fuzz and makes
# this fail.
# shellcheck shell=sh
# shellcheck disable=SC2154  # out, say and warnings are build.sh's

fuzz_flags='-O1 -g -D_DEFAULT_SOURCE
	-fsanitize=address,undefined -fno-sanitize-recover=all'
seconds=${FUZZ_SECONDS:-60}
llvm=$(clang -dumpversion | cut -d . -f 1)
need "/usr/lib/llvm-$llvm/lib/clang:libclang-rt-$llvm-dev:compiler-rt"
compile_bearssl gcc "-O1 -g" "$out/host/bearssl"
compile_ours clang "$fuzz_flags -fsanitize=fuzzer-no-link" "$out/fuzz/ours"
rm -f "$out/fuzz/ours.a"
# shellcheck disable=SC2046  # no name has a space
ar rcs "$out/fuzz/ours.a" $(objects "$out/fuzz/ours" | grep -v '/main\.o$')

# compile_target SOURCE PROGRAM [FILE...]: as unit tests are, a target with the line
# "/* Fakes: os/clock ... */" is linked with tests/unit/fakes/clock.c. These and the
# other files take the place of the objects with the same functions.
compile_target() {
	source=$1 program=$2
	shift 2
	fakes=$(sed -n 's|^/\* Fakes: \(.*\)\. \*/$|\1|p' "$source")
	for fake in $fakes; do
		set -- "$@" "tests/unit/fakes/${fake##*/}.c"
	done
	# shellcheck disable=SC2086
	clang $fuzz_flags -fsanitize=fuzzer $warnings -Isrc -Itests/unit \
	    -Itests/fuzz -isystem "$out/bearssl-src/inc" \
	    -Wl,--wrap=LLVMFuzzerTestOneInput tests/fuzz/limit.c "$source" "$@" \
	    "$out/fuzz/ours.a" "$out/host/bearssl/libbearssl.a" -o "$program"
}

# Keys are made, not kept: a private key in a repository looks wrong.
make_keys() {
	case $1 in
	jwt_fuzz) encoding=DER ;;
	key_text_fuzz) encoding=PEM ;;
	*) return 0 ;;
	esac
	for form in -traditional ''; do
		# shellcheck disable=SC2086
		[ -e "$2/key$form" ] || openssl genrsa 2048 |
		    openssl rsa $form -outform "$encoding" -out "$2/key$form"
	done 2>/dev/null
}

# Each patch plants a fault in a copy of the sources. Its first line names the
# target that has to find it.
fuzz_planted() {
	rm -rf "$out/fuzz/planted"
	for plant in tests/fuzz/planted/*.patch; do
		name=$(basename "$plant" .patch)
		folder=$out/fuzz/planted/$name
		mkdir -p "$folder"
		cp -R src "$folder/src"
		patch -f -s -d "$folder" -p1 <"$plant"
		target=$(sed -n '1s/^Target: //p' "$plant")
		# shellcheck disable=SC2046
		compile_target "tests/fuzz/$target.c" "$folder/$target" \
		    $(sed -n "s|^+++ b/|$folder/|p" "$plant")
		make_keys "$target" "$folder"
	done
	python3 tests/fuzz/run.py --planted "$seconds" "$out/fuzz/planted"
}

fuzz_targets() {
	wanted=''
	for target in tests/fuzz/*_fuzz.c; do
		name=$(basename "$target" .c)
		case " $* " in
		'  ' | *" $name "*) ;;
		*) continue ;;
		esac
		compile_target "$target" "$out/fuzz/$name"
		mkdir -p "$out/fuzz/$name.found"
		make_keys "$name" "$out/fuzz/$name.found"
		wanted="$wanted $name"
	done
	[ -n "$wanted" ] || {
		say "no such target: $*"
		exit 2
	}
	say "fuzzing, $seconds s of CPU each:$wanted"
	# shellcheck disable=SC2086
	python3 tests/fuzz/run.py "$seconds" "$out/fuzz" $wanted
}

need python3:python3:python3
mkdir -p "$out/fuzz"
if [ "${1:-}" = planted ]; then
	fuzz_planted
else
	fuzz_targets "$@"
	[ $# -gt 0 ] || {
		say "fuzzing: JSON against Python"
		python3 tests/vectors/json_mutations.py "$seconds"
		say "fuzzing: planted faults"
		fuzz_planted
	}
fi
