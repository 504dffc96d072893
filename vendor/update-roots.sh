#!/bin/sh
# update-roots.sh [TARBALL] - writes roots.pem anew from Mozilla's certdata.txt
# and shows what changes. TARBALL is Debian's source package ca-certificates;
# without it, apt fetches the newest one that this machine's sources have.
#
# certdata.txt is NSS's text form of PKCS #11 objects: a CKO_CERTIFICATE, and a
# CKO_NSS_TRUST with the same issuer and serial number that says what it is
# trusted for. Binary values are octal escapes, which printf(1) understands.
# CKA_NSS_SERVER_DISTRUST_AFTER is a time (YYMMDDHHMMSSZ): certificates of
# servers that begin after it are not to be trusted. A flat file of PEM does not
# have it, so it stands in a comment of ours, which src/gen/roots.c reads.
set -eu
LC_ALL=C
export LC_ALL

vendor=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# shellcheck source=vendor/apt.sh.inc
. "$vendor/apt.sh.inc"

say() {
	printf '%s\n' "vendor/update-roots.sh: $*" >&2
}

# Prints the certificates that are trusted for servers: label, distrust time or
# "-", and the octal escapes of the certificate, separated by tabs.
list_trusted() {
	awk '
	function finish() {
		if (class == "CKO_CERTIFICATE") {
			key = value["CKA_ISSUER"] value["CKA_SERIAL_NUMBER"]
			label[++count] = value["CKA_LABEL"]
			keys[count] = key
			der[count] = value["CKA_VALUE"]
			after[count] = value["CKA_NSS_SERVER_DISTRUST_AFTER"]
		} else if (class == "CKO_NSS_TRUST") {
			key = value["CKA_ISSUER"] value["CKA_SERIAL_NUMBER"]
			trust[key] = value["CKA_TRUST_SERVER_AUTH"]
		}
		split("", value)
	}
	/^#/ || /^BEGINDATA/ { next }
	name != "" {
		if ($0 == "END")
			name = ""
		else
			value[name] = value[name] $0
		next
	}
	$1 == "CKA_CLASS" { finish(); class = $3; next }
	$2 == "MULTILINE_OCTAL" { name = $1; value[name] = ""; next }
	$1 == "CKA_LABEL" {
		sub(/^CKA_LABEL UTF8 "/, "")
		sub(/"$/, "")
		value["CKA_LABEL"] = $0
		next
	}
	$1 ~ /^CKA_/ { value[$1] = $3 }
	END {
		finish()
		for (i = 1; i <= count; i++) {
			if (trust[keys[i]] != "CKT_NSS_TRUSTED_DELEGATOR")
				continue
			if (after[i] !~ /^\\/)
				after[i] = "-"
			printf "%s\t%s\t%s\n", label[i], after[i], der[i]
		}
	}' "$1"
}

# time_of ESCAPES: YYYY-MM-DDTHH:MM:SSZ, from UTCTime (RFC 5280, 4.1.2.5.1).
time_of() {
	# shellcheck disable=SC2059  # the escapes are the text
	printf "$1" | sed -n 's/^\([0-4][0-9]\)\([0-9][0-9]\)\([0-9][0-9]\)\([0-9][0-9]\)\([0-9][0-9]\)\([0-9][0-9]\)Z$/20\1-\2-\3T\4:\5:\6Z/p'
}

# Writes the certificates as PEM, sorted by their labels.
write_roots() {
	sort | while IFS='	' read -r label after der; do
		printf '\n# %s\n' "$label"
		[ "$after" = - ] || {
			time=$(time_of "$after")
			[ -n "$time" ] || {
				say "$label: cannot read its distrust time"
				return 1
			}
			printf '# distrust after %s\n' "$time"
		}
		echo '-----BEGIN CERTIFICATE-----'
		# shellcheck disable=SC2059  # the escapes are the text
		printf "$der" | base64 -w 64
		echo '-----END CERTIFICATE-----'
	done
}

# Labels that are left out: Debian's list, and ours.
list_excluded() {
	cat "$source/mozilla/blacklist.txt" "$vendor/roots.excluded" |
	    sed -n 's/^"\(.*\)"$/\1/p'
}

# changelog PATTERN: from the newest entry of Debian's changelog.
changelog() {
	sed -n "$1" "$source/debian/changelog" | head -n 1
}

write_file() {
	echo "# Mozilla's root certificates for TLS servers: certdata.txt of \
Debian's source"
	echo "# package ca-certificates $version, whose tarball has the SHA-256"
	echo "# $(sha256sum "$tarball" | cut -d ' ' -f 1)."
	echo "# Written by vendor/update-roots.sh; vendor/README.md says more."
	echo "# date $(date -u -d "$date" +%Y-%m-%d)"
	list_excluded >"$work/excluded"
	list_trusted "$source/mozilla/certdata.txt" |
	    awk -F '\t' 'NR == FNR { excluded[$0] = 1; next }
		!($1 in excluded)' "$work/excluded" - | write_roots
}

# count FILE: how many certificates it has.
count() {
	grep -c '^-----BEGIN' "$1" || true
}

# A list that is half as long as before is one that was not understood.
check_file() {
	before=$(count "$vendor/roots.pem") after=$(count "$work/roots.pem")
	[ $((after * 2)) -gt "$before" ] || {
		say "$after certificates, and $before before: is the format of \
$tarball another one?"
		exit 1
	}
}

# contents FILE: a line for each certificate.
contents() {
	awk '/^# distrust after / { after = ", distrusted " substr($0, 12) }
	/^# / { if (after == "") label = substr($0, 3) }
	/^-----BEGIN/ { print label after; after = "" }' "$1" | sort
}

if [ $# -gt 0 ]; then
	tarball=$1
else
	download_source ca-certificates
	tarball=$(find "$work" -maxdepth 1 -name 'ca-certificates_*.tar.xz')
	[ -n "$tarball" ] || {
		tail -n 5 "$work/log" >&2
		say 'cannot fetch the source package; give its tarball as argument'
		exit 1
	}
fi
mkdir "$work/package"
xz -dc "$tarball" | tar -xf - -C "$work/package"
data=$(find "$work/package" -path '*/mozilla/certdata.txt' | head -n 1)
[ -n "$data" ] || {
	say "$tarball has no mozilla/certdata.txt"
	exit 1
}
source=${data%/mozilla/certdata.txt}
version=$(changelog 's/^ca-certificates (\(.*\)) .*/\1/p')
date=$(changelog 's/^ -- .*>  //p')
if [ -z "$version" ] || [ -z "$date" ]; then
	say "$tarball has no version or no date"
	exit 1
fi
write_file >"$work/roots.pem"
check_file
contents "$vendor/roots.pem" >"$work/before"
contents "$work/roots.pem" >"$work/after"
diff "$work/before" "$work/after" | grep '^[<>]' || say 'the same roots'
cp "$work/roots.pem" "$vendor/roots.pem"
