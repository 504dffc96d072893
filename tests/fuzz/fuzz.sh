# fuzz.sh - runs each target for FUZZ_SECONDS; sourced by build.sh. An input that
# takes longer than five seconds is a finding as well. A finding is
# left in build/fuzz and makes this fail.
# shellcheck shell=sh
# shellcheck disable=SC2154  # out: build.sh's

llvm=$(clang -dumpversion | cut -d . -f 1)
need "/usr/lib/llvm-$llvm/lib/clang:libclang-rt-$llvm-dev:compiler-rt"
compile_bearssl gcc "-O1 -g" "$out/host/bearssl"
mkdir -p "$out/fuzz"
for target in tests/fuzz/*_fuzz.c; do
	name=$(basename "$target" .c)
	sources=''
	for source in src/[!g]*/*.c src/github/*.c; do
		sources="$sources $source"
	done
	say "fuzzing: $name"
	# shellcheck disable=SC2086
	clang -std=c11 -D_POSIX_C_SOURCE=200809L -O1 -g \
	    -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -Isrc -Itests/unit -isystem "$out/bearssl-src/inc" \
	    "$target" $sources "$out/gen/roots_packed.c" "$out/gen/about.c" \
	    "$out/host/bearssl/libbearssl.a" -o "$out/fuzz/$name"
	mkdir -p "$out/fuzz/$name.found"
	# Keys are made, not kept: a private key in a repository looks wrong.
	case $name in
	jwt_fuzz) encoding=DER ;;
	key_text_fuzz) encoding=PEM ;;
	*) encoding='' ;;
	esac
	[ -z "$encoding" ] || for form in -traditional ''; do
		# shellcheck disable=SC2086
		openssl genrsa 2048 | openssl rsa $form \
		    -outform "$encoding" -out "$out/fuzz/$name.found/key$form"
	done
	corpus=${target%_fuzz.c}_corpus
	[ -d "$corpus" ] || corpus=''
	# shellcheck disable=SC2086
	"$out/fuzz/$name" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=5 \
	    -artifact_prefix="$out/fuzz/" -print_final_stats=1 \
	    "$out/fuzz/$name.found" $corpus
done
need python3:python3:python3
say "fuzzing: JSON against Python"
python3 tests/vectors/json_mutations.py "${FUZZ_SECONDS:-60}"
