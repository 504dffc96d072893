/* judge.h - whether a server's certificate chain may speak for a host.
 * It takes the place of BearSSL's own X.509 engine, which matches no IP
 * addresses, ignores the extended key usage and fails on critical name
 * constraints: it collects the whole chain, whatever its order, and looks for
 * a path from the leaf to a trust anchor (RFC 5280, 6.1; RFC 9525). */
#ifndef JUDGE_H
#define JUDGE_H

#include <bearssl.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "x509/certificate.h"

/* What a hostile server can press against. */
#define JUDGE_CERTIFICATES 10
#define JUDGE_BYTES 65536
#define JUDGE_SIGNATURES 20 /* checked before anyone is authenticated */
#define JUDGE_ANCHORS 8     /* with one name */

/* Writes up to JUDGE_ANCHORS anchors whose subject is this DER name. Returns
 * how many, or -1 with e set. */
typedef int judge_find(void *roots, const unsigned char *dn, size_t length,
    br_x509_trust_anchor *out, struct error *e);

struct judge {
	const br_x509_class *class; /* first: BearSSL calls through it */
	/* Set by judge_init(). */
	const char *host;
	int64_t now;
	judge_find *find;
	void *roots;
	struct error *error;
	br_ec_impl ec;
	br_ecdsa_vrfy ecdsa;
	br_rsa_pkcs1_vrfy rsa;
	/* Private from here on. */
	unsigned count;
	unsigned signatures;
	size_t used, cut; /* bytes stored, and announced but not stored */
	size_t start[JUDGE_CERTIFICATES + 1];
	struct certificate certificates[JUDGE_CERTIFICATES];
	unsigned char bytes[JUDGE_BYTES];
};

/* host is a DNS name or an IP literal in lower case, now in seconds since
 * 1970. All pointers are kept and must outlive the hand-shake. A refusal is
 * recorded in e (ERROR_TLS) and BearSSL is told BR_ERR_X509_NOT_TRUSTED. Does
 * not touch the storage for the chain. */
void judge_init(struct judge *j, const char *host, int64_t now,
    judge_find *find, void *roots, struct error *e);

#endif
