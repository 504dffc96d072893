#!/bin/sh
# sbom.sh EPOCH TOOLCHAIN FILE... - prints an SBOM of these binaries as a JSON
# document of SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/). EPOCH, in
# seconds since 1970, is when it says it was made; TOOLCHAIN has a line for each
# compiler and linker, as they print it with --version. It runs in the root of
# the sources.
#
# Every input of the binaries is a package: what is linked in, with the hash of
# the file that is pinned, and what only builds. None has a place to download it
# from: apt finds Debian's source packages, which the purl names, on any mirror.
set -eu
LC_ALL=C
export LC_ALL

epoch=$1
toolchain=$2
shift 2

die() {
	echo "sbom.sh: $*" >&2
	exit 1
}

# pinned NAME KEY: a value of vendor/NAME.lock.
pinned() {
	sed -n "s/^$2 //p" "vendor/$1.lock"
}

# of_roots EXPRESSION: what it finds in the head of vendor/roots.pem.
of_roots() {
	sed -n "/^-/q; s/$1/\\1/p" vendor/roots.pem
}

sum_of() {
	"${1}sum" <"$2" | cut -d ' ' -f 1
}

# Texts are ours and of the pins: only quotes and backslashes are escaped.
text() {
	printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"
}

# member NAME TEXT
member() {
	printf '      "%s": ' "$1"
	text "$2"
	printf ',\n'
}

# reference NAME: the SPDX id of a package or file.
reference() {
	printf 'SPDXRef-%s' "$(printf %s "$1" | tr -c 'A-Za-z0-9.' -)"
}

checksum() {
	printf '{"algorithm": "%s", "checksumValue": "%s"}' "$1" "$2"
}

# begin_package NAME VERSION LICENCE COPYRIGHT PURPOSE
begin_package() {
	printf '    {\n'
	member name "$1"
	member SPDXID "$(reference "$1")"
	member versionInfo "$2"
	member licenseConcluded "$3"
	member licenseDeclared "$3"
	member copyrightText "$4"
	member primaryPackagePurpose "$5"
}

# end_package DOWNLOAD [LAST]: LAST is what follows the object, by default a
# comma.
end_package() {
	printf '      "downloadLocation": '
	text "$1"
	printf '\n    }%s\n' "${2-,}"
}

files_not_analyzed() {
	printf '      "filesAnalyzed": false,\n'
}

# from_debian SOURCE VERSION: the source package.
from_debian() {
	printf '      "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", '
	printf '"referenceType": "purl", "referenceLocator": '
	text "pkg:deb/debian/$1@$(printf %s "$2" | sed 's/+/%2B/g')?arch=source"
	printf '}],\n'
}

# pinned_package NAME TITLE COPYRIGHT HOMEPAGE: a library that a lock pins.
pinned_package() {
	debian=$(pinned "$1" version)
	begin_package "$2" "${debian%-*}" MIT "$3" LIBRARY
	member homepage "$4"
	member packageFileName "$(pinned "$1" file)"
	printf '      "checksums": [%s],\n' \
	    "$(checksum SHA256 "$(pinned "$1" sha256)")"
	member sourceInfo "the original tarball of Debian's source package $1"
	from_debian "$1" "$debian"
	files_not_analyzed
	end_package NOASSERTION
}

roots_package() {
	version=$(of_roots '^# package ca-certificates \([^,]*\),.*')
	tarball=$(of_roots '^# \([0-9a-f]\{64\}\)\.')
	date=$(of_roots '^# date \(.*\)')
	begin_package "Mozilla CA certificates" "$date" MPL-2.0 NOASSERTION \
	    SOURCE
	member homepage https://wiki.mozilla.org/CA/Included_Certificates
	member packageFileName roots.pem
	printf '      "checksums": [%s],\n' \
	    "$(checksum SHA256 "$(sum_of sha256 vendor/roots.pem)")"
	member sourceInfo "certdata.txt of Debian's source package \
ca-certificates $version, whose tarball has the SHA-256 $tarball"
	from_debian ca-certificates "$version"
	files_not_analyzed
	end_package NOASSERTION
}

# Each of these lines is one tool: its name, how it was packaged, its version.
tools() {
	sort -u "$toolchain"
}

tool_name() {
	printf %s "${1%% (*}"
}

tool_packages() {
	tools | while read -r line; do
		begin_package "$line" "${line##* }" GPL-3.0-or-later \
		    NOASSERTION APPLICATION
		member comment "$(tool_name "$line"), which builds and is not \
linked in"
		files_not_analyzed
		end_package NOASSERTION
	done
}

# What gcc adds to what it compiles. Its version is that of the compiler.
libgcc_package() {
	begin_package libgcc "$(tools | sed -n 's/.*gcc .* //p' | sort -u |
	    tr '\n' ' ' | sed 's/ $//; s/^$/NOASSERTION/')" \
	    'GPL-3.0-or-later WITH GCC-exception-3.1' NOASSERTION LIBRARY
	member homepage https://gcc.gnu.org/
	member sourceInfo 'of the compilers that this document names'
	files_not_analyzed
	end_package NOASSERTION ''
}

# SPDX 2.3, 7.9: the SHA-1 of the sorted SHA-1 of the files.
verification_code() {
	for file in "$@"; do
		sum_of sha1 "$file"
	done | sort | tr -d '\n' | sha1sum | cut -d ' ' -f 1
}

all_licences='MIT AND MPL-2.0 AND GPL-3.0-or-later WITH GCC-exception-3.1'
copyright=$(sed -n 's/^Copyright/Copyright/p' LICENSE)

# list TEXT...: the elements of an array.
list() {
	separator=''
	for element in "$@"; do
		printf %s "$separator"
		text "$element"
		separator=', '
	done
}

# file_reference FILE
file_reference() {
	reference "File-$(basename "$1")"
}

references() {
	for file in "$@"; do
		file_reference "$file"
		echo
	done
}

program_package() {
	begin_package repository-dispatch "$version" "$all_licences" \
	    "$copyright" APPLICATION
	member homepage "$home"
	member sourceInfo "sources with the hash $sources, as -V prints it"
	printf '      "filesAnalyzed": true,\n'
	printf '      "packageVerificationCode": '
	printf '{"packageVerificationCodeValue": "%s"},\n' \
	    "$(verification_code "$@")"
	printf '      "licenseInfoFromFiles": ["NOASSERTION"],\n'
	# shellcheck disable=SC2046  # names without spaces
	printf '      "hasFiles": [%s],\n' "$(list $(references "$@"))"
	end_package "git+$home@v$version"
}

# file_object FILE LAST
file_object() {
	name=$(basename "$1")
	printf '    {\n'
	member fileName "./$name"
	member SPDXID "$(file_reference "$1")"
	printf '      "fileTypes": ["BINARY"],\n'
	printf '      "checksums": [%s, %s],\n' \
	    "$(checksum SHA1 "$(sum_of sha1 "$1")")" \
	    "$(checksum SHA256 "$(sum_of sha256 "$1")")"
	member licenseConcluded "$all_licences"
	printf '      "licenseInfoInFiles": ["NOASSERTION"],\n'
	printf '      "copyrightText": '
	text "$copyright"
	printf '\n    }%s\n' "$2"
}

files() {
	while [ $# -gt 1 ]; do
		file_object "$1" ,
		shift
	done
	file_object "$1" ''
}

# relation FROM TYPE TO [LAST]
relation() {
	printf '    {"spdxElementId": "%s", "relationshipType": "%s", ' "$1" "$2"
	printf '"relatedSpdxElement": "%s"}%s\n' "$3" "${4-,}"
}

relations() {
	program=SPDXRef-repository-dispatch
	relation SPDXRef-DOCUMENT DESCRIBES $program
	for file in "$@"; do
		relation $program CONTAINS "$(file_reference "$file")"
	done
	for library in BearSSL musl libgcc; do
		relation $program STATIC_LINK "$(reference $library)"
	done
	tools | while read -r line; do
		relation "$(reference "$line")" BUILD_TOOL_OF $program
	done
	relation "$(reference 'Mozilla CA certificates')" DATA_FILE_OF \
	    $program ''
}

[ -s "$toolchain" ] || die "$toolchain names no compiler"
version=$(cat src/VERSION)
sources=$(sh src/gen/sources_hash.sh)
home=https://github.com/$(cat .github/OWNER)/repository-dispatch
# The name of the document is as unique as its content.
unique=$(sha256sum -- "$@" "$toolchain" | cut -d ' ' -f 1 | sha256sum |
    cut -c 1-32)
cat <<END_OF_HEAD
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "repository-dispatch-$version",
  "documentNamespace": "$home/sbom/$version-$unique",
  "creationInfo": {
    "created": "$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)",
    "creators": ["Tool: repository-dispatch-build.sh-$version"]
  },
  "packages": [
END_OF_HEAD
program_package "$@"
pinned_package bearssl BearSSL \
    "$(sed -n '/^BearSSL:/,/^$/s/^Copyright/Copyright/p' src/gen/licenses.txt)" \
    https://bearssl.org/
pinned_package musl musl \
    "$(sed -n '/^musl:/,/^$/s/^Copyright/Copyright/p' src/gen/licenses.txt)" \
    https://musl.libc.org/
roots_package
tool_packages
libgcc_package
printf '  ],\n  "files": [\n'
files "$@"
printf '  ],\n  "relationships": [\n'
relations "$@"
printf '  ]\n}\n'
