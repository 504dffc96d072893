# tools.sh - the packages that tests and measurements need, as src/gen/tools.sh
# writes them; sourced by build.sh.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # build.sh uses them; others are src/gen/tools.sh's

is_debian_x86() {
	[ "$(uname -m)" = x86_64 ] && command -v apt-get >/dev/null 2>&1
}

# emulated_tools TARGET...: the compilers for these targets, and what runs their
# programs.
emulated_tools() {
	[ $# -eq 0 ] || echo "$emulate_tools"
	for name in "$@"; do
		target_tools "$name"
	done
}

# tested_targets: of those that are emulated, what every test has: one of 32 bits,
# and a big-endian one. Elsewhere there are no cross compilers by these names.
tested_targets() {
	[ -n "${CC:-}" ] || ! command -v apt-get >/dev/null || echo armv7 s390x
}

same_tools='faketime:faketime:libfaketime setpriv:util-linux:setpriv'
demo_tools='python3:python3:python3 openssl:openssl:openssl'
fuzz_tools='clang:clang:clang python3:python3:python3 openssl:openssl:openssl'
test_tools="$demo_tools $format_tools $package_tools $same_tools
	lintian:lintian:- clang:clang:clang
	clang-tidy:clang-tidy:clang-extra-tools cppcheck:cppcheck:cppcheck
	shellcheck:shellcheck:shellcheck nginx:nginx-light:nginx
	named:bind9:bind nsd:nsd:nsd knotd:knot:knot unbound:unbound:unbound
	dnsmasq:dnsmasq-base:dnsmasq
	/usr/include/openssl/ec.h:libssl-dev:openssl-dev
	tinyproxy:tinyproxy:tinyproxy squid:squid:squid curl:curl:curl
	wget:wget:wget jq:jq:jq
	readelf:binutils:binutils git:git:git busybox:busybox:busybox
	node:nodejs:nodejs npm:npm:npm unshare:util-linux:util-linux
	ip:iproute2:iproute2 valgrind:valgrind:valgrind
	strace:strace:strace
	/usr/share/containers/seccomp.json:golang-github-containers-common:containers-common
	mandoc:mandoc:mandoc bash:bash:bash zsh:zsh:zsh fish:fish:fish
	kubectl:kubernetes-client:kubectl rsync:rsync:rsync cpio:cpio:cpio
	systemd-analyze:systemd:- systemd-nspawn:systemd-container:-
	python3-yaml:python3-yaml:py3-yaml gnutls-serv:gnutls-bin:gnutls-utils
	python3-cryptography:python3-cryptography:py3-cryptography"
bench_tools="$demo_tools nginx:nginx-light:nginx curl:curl:curl jq:jq:jq
	g++:g++:g++ gh:gh:github-cli node:nodejs:nodejs npm:npm:npm
	unshare:util-linux:util-linux ip:iproute2:iproute2 bash:bash:bash
	/etc/ssl/certs/ca-certificates.crt:ca-certificates:ca-certificates-bundle
	python3-yaml:python3-yaml:py3-yaml
	/usr/include/simdjson.h:libsimdjson-dev:simdjson-dev
	/usr/include/jansson.h:libjansson-dev:jansson-dev"
suite_tools='nginx:nginx-light:nginx haproxy:haproxy:haproxy
	apache2:apache2:apache2-ssl stunnel:stunnel4:stunnel
	caddy:caddy:caddy hitch:hitch:hitch varnishd:varnish:varnish h2o:h2o:h2o
	nghttpx:nghttp2-proxy:nghttp2 lighttpd:lighttpd:lighttpd
	/usr/lib/lighttpd/mod_openssl.so:lighttpd-mod-openssl:lighttpd
	/usr/lib/lighttpd/mod_gnutls.so:lighttpd-mod-gnutls:lighttpd-mod-gnutls
	/usr/lib/lighttpd/mod_mbedtls.so:lighttpd-mod-mbedtls:-
	/usr/lib/lighttpd/mod_wolfssl.so:lighttpd-mod-wolfssl:-
	/usr/lib/lighttpd/mod_nss.so:lighttpd-mod-nss:-
	javac:default-jdk-headless:openjdk17-jdk
	/usr/include/wolfssl/ssl.h:libwolfssl-dev:wolfssl-dev
	/usr/include/mbedtls/ssl.h:libmbedtls-dev:mbedtls-dev
	selfserv:libnss3-tools:nss-tools escript:erlang-ssl:erlang-ssl
	go:golang-go:go gnutls-serv:gnutls-bin:gnutls-utils
	/usr/share/gocode/src/golang.org/x/crypto:golang-golang-x-crypto-dev:-
	node:nodejs:nodejs npm:npm:npm
	named:bind9:bind nsd:nsd:nsd knotd:knot:knot unbound:unbound:unbound
	kresd:knot-resolver:knot-resolver dnsmasq:dnsmasq-base:dnsmasq
	pdns_server:pdns-server:pdns
	/etc/powerdns/pdns.d/bind.conf:pdns-backend-bind:-
	pdns_recursor:pdns-recursor:pdns-recursor
	dnsdist:dnsdist:dnsdist gdnsd:gdnsd:gdnsd yadifad:yadifa:yadifa
	tinyproxy:tinyproxy:tinyproxy squid:squid:squid
	privoxy:privoxy:privoxy mitmdump:mitmproxy:- unshare:util-linux:util-linux
	python3-yaml:python3-yaml:py3-yaml
	python3-cryptography:python3-cryptography:py3-cryptography'
image_tools="$demo_tools buildah:buildah:buildah mmdebstrap:mmdebstrap:-
	qemu-aarch64-static:qemu-user-static:- unshare:util-linux:util-linux"
# To run the code of other processors, and to compile the test of NEON.
emulate_tools='qemu-s390x-static:qemu-user-static:-'
neon_tools=''
! is_debian_x86 || neon_tools='aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu:-
	/usr/aarch64-linux-gnu/include/stdio.h:libc6-dev-arm64-cross:-'
