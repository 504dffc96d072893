#!/bin/sh
# make_chain.sh DIR - certificates like GitHub's (a P-384 root, a P-256
# intermediate, a P-256 leaf) and some that must be refused. They are made with
# openssl for each run, so that no key is ever committed.
set -eu
mkdir -p "$1"
cd "$1"

names='DNS:localhost,DNS:api.github.test,DNS:*.names.test,IP:127.0.0.1,IP:::1'
usage='extendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\n'

# ssl ARGUMENTS...: runs openssl, whose progress is of interest only after a
# failure.
ssl() {
	openssl "$@" 2>openssl.log || {
		cat openssl.log >&2
		echo "make_chain.sh: failed: openssl $*" >&2
		return 1
	}
}

# key NAME KIND
key() {
	case $2 in
	rsa:*) ssl genrsa -out "$1.key" "${2#rsa:}" ;;
	rsa-pss) ssl genpkey -algorithm rsa-pss -out "$1.key" ;;
	ed25519) ssl genpkey -algorithm ed25519 -out "$1.key" ;;
	*) ssl ecparam -name "$2" -genkey -noout -out "$1.key" ;;
	esac
}

# Nothing is taken from this machine's settings. The dates of the command ca are
# the only ones that every version takes: x509 has no first day in 3.0, and none
# in the past in 3.5.
cat >openssl.conf <<'END'
[req]
distinguished_name = given
[given]
[ca]
default_ca = chain
[chain]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
organizationName = optional
commonName = supplied
END
OPENSSL_CONF=openssl.conf
export OPENSSL_CONF
: >index.txt

# sign NAME ISSUER SUBJECT EXTENSIONS DATES...: DATES are options of ca
sign() {
	name=$1 issuer=$2 subject=$3
	printf '%b' "$4" >"$name.ext"
	shift 4
	ssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
	ssl ca -batch -notext -in "$name.csr" \
	    -cert "$issuer.pem" -keyfile "$issuer.key" -extfile "$name.ext" \
	    -out "$name.pem" "$@"
}

root() {
	key "$1" secp384r1
	ssl req -x509 -new -key "$1.key" -sha384 -days 3650 \
	    -subj "/O=Stand-in/CN=$1" -out "$1.pem" \
	    -addext 'basicConstraints=critical,CA:TRUE' \
	    -addext 'keyUsage=critical,keyCertSign,cRLSign'
}

# leaf NAME KEY EXTENSIONS [DATES...]: NAME.chain.pem has what a server sends
leaf() {
	leaf=$1
	key "$leaf" "$2"
	extensions=$3
	shift 3
	[ $# -gt 0 ] || set -- -days 90
	sign "$leaf" intermediate /CN=localhost "$extensions" "$@"
	cat "$leaf.pem" intermediate.pem >"$leaf.chain.pem"
}

# The same root as a certificate of version 1, which some private ones are.
# Versions of openssl since 3.2 make these only when asked to.
version_1_root() {
	kind=-x509v1
	openssl req -help 2>&1 | grep -q -e "$kind" || kind=-x509
	ssl req "$kind" -new -key root.key -sha384 -days 3650 \
	    -subj /O=Stand-in/CN=root -out v1_root.pem
}

root root
root other_root
version_1_root
# A bundle as they are found: one cut, one broken, then the good one.
{
	head -n 5 other_root.pem
	sed '3s/./*/' other_root.pem
	cat root.pem
} >bundle.pem
key intermediate prime256v1
sign intermediate root /O=Stand-in/CN=intermediate \
    'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=keyCertSign\n' \
    -days 1000
leaf good prime256v1 "subjectAltName=$names\n$usage"
leaf rsa rsa:2048 "subjectAltName=$names\n$usage"
leaf rsa_pss rsa-pss "subjectAltName=$names\n$usage"
leaf ed25519 ed25519 "subjectAltName=$names\n$usage"
leaf p521 secp521r1 "subjectAltName=$names\n$usage"
leaf weak rsa:1024 "subjectAltName=$names\n$usage"
leaf wrong_name prime256v1 "subjectAltName=DNS:elsewhere.test\n$usage"
leaf near_miss prime256v1 \
    "subjectAltName=DNS:127.0.0.1,DNS:my_host.localhost\n$usage"
leaf only_cn prime256v1 "$usage"
leaf for_clients prime256v1 \
    "subjectAltName=$names\nextendedKeyUsage=clientAuth\n"
leaf expired prime256v1 "subjectAltName=$names\n$usage" \
    -startdate 20200101000000Z -enddate 20200201000000Z
leaf future prime256v1 "subjectAltName=$names\n$usage" \
    -startdate 20990101000000Z -enddate 20990201000000Z

# An App's key, as GitHub hands it out.
ssl genrsa -traditional -out app.pem 2048
ssl rsa -in app.pem -pubout -out app.public.pem
rm -f ./*.csr ./*.ext ./*.conf ./*.log ./index.txt* ./[0-9A-F]*.pem
