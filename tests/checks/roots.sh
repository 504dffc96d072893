#!/bin/sh
# roots.sh - vendor/update-roots.sh on a package of our own, and what
# src/gen/roots.c refuses.
. tests/checks/tap.sh.inc
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir -p "$place/vendor" "$place/ca-certificates/mozilla" \
    "$place/ca-certificates/debian"
cp vendor/update-roots.sh vendor/apt.sh.inc vendor/roots.excluded \
    "$place/vendor"
data=$place/ca-certificates/mozilla/certdata.txt

# octal: the bytes of standard input as certdata.txt has them.
octal() {
	od -An -v -to1 | sed 's/ /\\/g'
}

# object ATTRIBUTE... : each is a line.
object() {
	printf '%s\n' "$@" '' >>"$data"
}

# root LABEL TRUST [DISTRUST]: a certificate of that label.
root() {
	serial=$((${serial:-0} + 1))
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout /dev/null -subj "/CN=$1" -outform DER \
	    -out "$place/$serial.der" 2>/dev/null
	after='CKA_NSS_SERVER_DISTRUST_AFTER CK_BBOOL CK_FALSE'
	[ -z "${3:-}" ] || after="CKA_NSS_SERVER_DISTRUST_AFTER MULTILINE_OCTAL
$(printf %s "$3" | octal)
END"
	object 'CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE' \
	    "CKA_LABEL UTF8 \"$1\"" 'CKA_SERIAL_NUMBER MULTILINE_OCTAL' \
	    "\\002\\001\\00$serial" END \
	    'CKA_VALUE MULTILINE_OCTAL' \
	    "$(octal <"$place/$serial.der")" END "$after"
	object 'CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST' \
	    "CKA_LABEL UTF8 \"$1\"" 'CKA_SERIAL_NUMBER MULTILINE_OCTAL' \
	    "\\002\\001\\00$serial" END \
	    "CKA_TRUST_SERVER_AUTH CK_TRUST $2" \
	    'CKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_TRUSTED_DELEGATOR'
}

printf '# a comment\nBEGINDATA\n' >"$data"
root 'Zulu' CKT_NSS_TRUSTED_DELEGATOR
root 'Mail' CKT_NSS_MUST_VERIFY_TRUST
root 'Late' CKT_NSS_TRUSTED_DELEGATOR 241130235959Z
root 'Bad One' CKT_NSS_NOT_TRUSTED
root 'Listed' CKT_NSS_TRUSTED_DELEGATOR
root 'Comodo AAA Services root' CKT_NSS_TRUSTED_DELEGATOR
printf '# labels\n"Listed"\n' >"$place/ca-certificates/mozilla/blacklist.txt"
printf '%s\n' 'ca-certificates (20990102) unstable; urgency=low' '' '  * New.' \
    '' ' -- A <a@b.example>  Sat, 03 Jan 2099 01:00:00 +0200' \
    >"$place/ca-certificates/debian/changelog"
tar -cf - -C "$place" ca-certificates | xz >"$place/package.tar.xz"
printf '# Gone\n-----BEGIN CERTIFICATE-----\n# Zulu\n-----BEGIN ' \
    >"$place/vendor/roots.pem"

updates() {
	sh "$place/vendor/update-roots.sh" "$place/package.tar.xz" \
	    >"$place/shown"
}

# fits FILE PATTERN...: FILE has a line of each pattern.
fits() {
	file=$place/$1
	shift
	for pattern; do
		grep -qx -- "$pattern" "$file" || {
			echo "no line $pattern"
			cat "$file"
			return 1
		}
	done
}

has_only_trusted_ones() {
	[ "$(grep -E '^# [A-Z][a-z]+$' "$place/vendor/roots.pem" |
	    tr '\n' ' ')" = '# Late # Zulu ' ]
}

has_the_certificates() {
	openssl x509 -in "$place/vendor/roots.pem" -outform DER |
	    cmp - "$place/3.der"
}

# generates TEXT: src/gen/roots.c accepts roots.pem with this text before it.
generates() {
	{
		printf '%s\n' "$1"
		openssl x509 -inform DER -in "$place/1.der"
	} >"$place/one.pem"
	build/gen/roots "$place/one.pem" >"$place/one.c"
}

refuses() {
	! generates "$1"
}

keeps_the_time() {
	generates "
# date 2025-04-19
# distrust after 2024-11-30T23:59:59Z" && grep -q '^{0, 1733011199},$' \
	    "$place/one.c"
}

check 'roots.pem is written' updates
check 'with the date and the version of the package' \
    fits vendor/roots.pem '# date 2099-01-02' '# .* 20990102, .*'
check 'without roots for other uses, and those of both lists' \
    has_only_trusted_ones
check 'with the certificates themselves' has_the_certificates
check 'and the time of distrust' \
    fits vendor/roots.pem '# distrust after 2024-11-30T23:59:59Z'
check 'what changes is shown' fits shown '< Gone' \
    '> Late, distrusted after 2024-11-30T23:59:59Z'
# leaves_alone COMMAND...: once the package is changed like this, roots.pem stays.
leaves_alone() {
	cp "$place/vendor/roots.pem" "$place/before.pem"
	"$@"
	tar -cf - -C "$place" ca-certificates | xz >"$place/package.tar.xz"
	! updates && cmp "$place/vendor/roots.pem" "$place/before.pem"
}

check 'a list in a form that is not known changes nothing' \
    leaves_alone sed -i s/CKO_NSS_TRUST/CKO_TRUST/ "$data"
check 'nor does a package without a list' leaves_alone rm "$data"
check 'the generator keeps the time of distrust' keeps_the_time
check 'and refuses a list without a date' refuses ''
check 'and a date that is not one' refuses '
# date yesterday'
plan
