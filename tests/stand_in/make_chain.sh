#!/bin/sh
# make_chain.sh DIR - certificates like GitHub's (a P-384 root, a P-256
# intermediate, a P-256 leaf) and some that must be refused, made afresh with
# openssl, so that no key is ever committed.
set -eu
mkdir -p "$1"
cd "$1"

names='DNS:localhost,DNS:api.github.test,DNS:*.names.test,IP:127.0.0.1,IP:::1'

key() {
	case $2 in
	rsa:*) openssl genrsa -out "$1.key" "${2#rsa:}" 2>/dev/null ;;
	*) openssl ecparam -name "$2" -genkey -noout -out "$1.key" ;;
	esac
}

# extensions NAME LINES
extensions() {
	printf '%b' "$2" >"$1.ext"
}

root() {
	key "$1" secp384r1
	openssl req -x509 -new -key "$1.key" -sha384 -days 3650 \
	    -subj "/O=Stand-in/CN=$1" -out "$1.pem" \
	    -addext 'basicConstraints=critical,CA:TRUE' \
	    -addext 'keyUsage=critical,keyCertSign,cRLSign'
}

# sign NAME ISSUER SUBJECT [OPTION...]
sign() {
	name=$1 issuer=$2 subject=$3
	shift 3
	openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
	openssl x509 -req -in "$name.csr" -CA "$issuer.pem" \
	    -CAkey "$issuer.key" -CAcreateserial -sha256 \
	    -extfile "$name.ext" -out "$name.pem" "$@" 2>/dev/null
}

# leaf NAME KEY EXTENSIONS [OPTION...]: NAME.chain.pem has what a server sends
leaf() {
	name=$1
	key "$name" "$2"
	extensions "$name" "$3"
	shift 3
	sign "$name" intermediate "/CN=localhost" "$@"
	cat "$name.pem" intermediate.pem >"$name.chain.pem"
}

usage='extendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\n'

root root
root other_root
# The same root as a certificate of version 1, which some private ones are.
openssl req -new -key root.key -subj '/O=Stand-in/CN=root' -out v1.csr
openssl x509 -req -in v1.csr -signkey root.key -days 3650 -out v1_root.pem \
    2>/dev/null
# A bundle as they are found: one cut, one broken, then the good one.
{
	head -n 5 other_root.pem
	sed '3s/./*/' other_root.pem
	cat root.pem
} >bundle.pem
key intermediate prime256v1
extensions intermediate \
    'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=keyCertSign\n'
sign intermediate root '/O=Stand-in/CN=intermediate' -days 1000
leaf good prime256v1 "subjectAltName=$names\n$usage" -days 90
leaf rsa rsa:2048 "subjectAltName=$names\n$usage" -days 90
leaf weak rsa:1024 "subjectAltName=$names\n$usage" -days 90
leaf wrong_name prime256v1 "subjectAltName=DNS:elsewhere.test\n$usage" -days 90
leaf only_cn prime256v1 "$usage" -days 90
leaf expired prime256v1 "subjectAltName=$names\n$usage" -days -1

# Only openssl's ca command can set the first day.
leaf future prime256v1 "subjectAltName=$names\n$usage"
: >index.txt
printf '[ca]\ndefault_ca = it\n[it]\ndatabase = index.txt\n' >ca.conf
printf 'new_certs_dir = .\nrand_serial = yes\ndefault_md = sha256\n' >>ca.conf
printf 'policy = names\n[names]\ncommonName = supplied\n' >>ca.conf
openssl ca -config ca.conf -batch -notext -in future.csr \
    -cert intermediate.pem -keyfile intermediate.key -extfile future.ext \
    -startdate 20990101000000Z -enddate 20990201000000Z \
    -out future.pem 2>/dev/null
cat future.pem intermediate.pem >future.chain.pem

# An App's key, as GitHub hands it out.
openssl genrsa -traditional -out app.pem 2048 2>/dev/null
openssl rsa -in app.pem -pubout -out app.public.pem 2>/dev/null
rm -f ./*.csr ./*.ext ./*.srl ./index.txt* ./ca.conf
