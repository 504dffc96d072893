#!/bin/sh
# same.sh - builds a release and the Debian package twice, the second time with
# everything different that must not matter, and compares all files.
. tests/checks/tap.sh.inc
. tests/checks/elsewhere.sh.inc
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"

builds() {
	copy_sources "$place/one" &&
	    (cd "$place/one" && ./build.sh dist && ./build.sh package)
}

builds_elsewhere() {
	copy_sources "$place/another folder" &&
	    build_elsewhere "$place/another folder" dist &&
	    build_elsewhere "$place/another folder" package
}

# made FOLDER: the files to compare, and their modes.
made() {
	(cd "$1" && find build/dist build/*.deb .github -type f \
	    -exec sha256sum {} + | sort -k 2)
	(cd "$1" && find build/dist build/*.deb -exec ls -ld {} + |
	    cut -d ' ' -f 1)
}

are_the_same() {
	made "$place/one" >"$place/made"
	made "$place/another folder" >"$place/made again"
	grep repository-dispatch.spdx.json "$place/made" &&
	    diff "$place/made" "$place/made again"
}

targets='aarch64 armv7 i686 ppc64le riscv64 s390x x86_64'
files='LICENSES.txt SHA256SUMS _repository-dispatch install.sh
	repository-dispatch.1 repository-dispatch.bash repository-dispatch.fish
	repository-dispatch.schema.json repository-dispatch.spdx.json'
dist=$place/one/build/dist
pinned=.github/actions/repository-dispatch/SHA256SUMS

is_complete() {
	# shellcheck disable=SC2086  # lists
	{
		printf 'repository-dispatch-linux-%s\n' $targets
		printf '%s\n' $files
	} | LC_ALL=C sort >"$place/wanted"
	(cd "$dist" && LC_ALL=C ls) | diff "$place/wanted" -
}

has_right_sums() {
	(cd "$dist" && sha256sum --check --quiet --strict SHA256SUMS) &&
	    [ "$(wc -l <"$dist/SHA256SUMS")" -eq \
	        "$(($(wc -l <"$place/wanted") - 1))" ]
}

# What is committed before the tag.
pins_sums() {
	grep repository-dispatch-linux- "$dist/SHA256SUMS" >"$place/sums" &&
	    grep -v '^#' "$place/one/$pinned" | diff "$place/sums" - &&
	    sed -n "/^own_sums='/,/'$/p" "$dist/install.sh" |
	    sed "s/^own_sums='//; s/'$//" | diff "$place/sums" -
}

# Each says which processor it is for, and the SBOM has its sum.
are_what_they_say() {
	for target in $targets; do
		binary=$dist/repository-dispatch-linux-$target
		grep -aqx "target $target" "$binary" || {
			echo "$target does not name itself"
			return 1
		}
		sum=$(sha256sum <"$binary")
		grep -q "\"${sum%% *}\"" \
		    "$dist/repository-dispatch.spdx.json" || {
			echo "$target is not in the SBOM"
			return 1
		}
	done
}

check 'builds' builds
check 'build/dist is complete' is_complete
check 'the sums are right' has_right_sums
check 'the sums are pinned for the action and for install.sh' pins_sums
check 'the binaries are what they say' are_what_they_say
check 'builds elsewhere' builds_elsewhere
check 'all files are the same' are_the_same
# What differs says more than that it does.
check 'the documents are the same' diff -r -x 'repository-dispatch-linux-*' \
    "$place/one/build/dist" "$place/another folder/build/dist"
plan
