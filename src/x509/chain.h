/* chain.h - whether a server's certificate chain may speak for a host.
 * It takes the place of BearSSL's own X.509 engine, which matches no IP
 * addresses, ignores the extended key usage and fails on critical name
 * constraints: it collects the whole chain, whatever its order, and looks for
 * a path from the leaf to a trust anchor (RFC 5280, 6.1; RFC 9525). */
#ifndef CHAIN_H
#define CHAIN_H

#include <bearssl.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "x509/certificate.h"

/* What a hostile server can press against. */
#define CHAIN_CERTIFICATES 10
#define CHAIN_BYTES 65536
#define CHAIN_SIGNATURES 20 /* checked before anyone is authenticated */
#define CHAIN_ANCHORS 8     /* with one name */

/* Writes up to CHAIN_ANCHORS anchors whose subject is this DER name. Returns
 * how many, or -1 with e set. */
typedef int chain_find(void *roots, const unsigned char *dn, size_t length,
    br_x509_trust_anchor *out, struct error *e);

struct chain {
	const br_x509_class *class; /* first: BearSSL calls through it */
	/* Set by chain_init(). */
	const char *host;
	int64_t now;
	chain_find *find;
	void *roots;
	struct error *error;
	br_ec_impl ec;
	br_ecdsa_vrfy ecdsa;
	br_rsa_pkcs1_vrfy rsa;
	/* Private from here on. */
	unsigned count;
	unsigned signatures;
	size_t used, cut; /* bytes stored, and announced but not stored */
	size_t start[CHAIN_CERTIFICATES + 1];
	struct certificate certificates[CHAIN_CERTIFICATES];
	unsigned char bytes[CHAIN_BYTES];
};

/* host is a DNS name or an IP literal in lower case, now in seconds since
 * 1970. All pointers are kept and must outlive the hand-shake. A refusal is
 * recorded in e (ERROR_TLS) and BearSSL is told BR_ERR_X509_NOT_TRUSTED. Does
 * not touch the storage for the chain. */
void chain_init(struct chain *j, const char *host, int64_t now,
    chain_find *find, void *roots, struct error *e);

#endif
