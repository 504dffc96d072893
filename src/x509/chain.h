/* chain.h - whether a server's certificate chain may speak for a host.
 * It takes the place of BearSSL's own X.509 engine, which matches no IP
 * addresses, ignores the extended key usage and fails on critical name
 * constraints. It collects the whole chain, in whatever order the server sends
 * it, and searches a path from the leaf to a trust anchor (RFC 5280, 6.1; RFC
 * 9525).
 *
 * All this is work for somebody who has proved nothing yet. One budget covers
 * it: x509/budget.h has its units and what a signature, a comparison and a byte
 * cost. Every unit is spent before its work begins, and the deadline of the
 * connection ends it as well. So a chain costs a tenth of a second of CPU at
 * most, and a signal that is remembered waits no longer. */
#ifndef CHAIN_H
#define CHAIN_H

#include <bearssl.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "os/clock.h"
#include "x509/budget.h"
#include "x509/certificate.h"
#include "x509/path.h"
#include "x509/roots.h"
#include "x509/signature.h"

/* What a hostile server can press against: this, and BUDGET_UNITS of work on
 * all of it (signatures, comparisons, bytes). */
#define CHAIN_CERTIFICATES PATH_CERTIFICATES
#define CHAIN_BYTES 65536

/* What a chain is checked against. */
struct chain_terms {
	const char *host; /* a DNS name or an IP literal, in lower case */
	int64_t now;      /* seconds since 1970 */
	struct roots *roots;
	struct deadline deadline; /* of the check */
};

struct chain {
	const br_x509_class *class; /* first: BearSSL calls through it */
	struct signature_verifier verifier;
	struct budget budget; /* what is left of it */
	/* Private from here on. */
	struct chain_terms terms;
	struct error *error;
	unsigned refusal; /* BR_ERR_X509_*: why, as recorded in *error */
	unsigned count;
	bool too_large;
	size_t used; /* of bytes */
	size_t start[CHAIN_CERTIFICATES + 1];
	struct certificate certificates[CHAIN_CERTIFICATES];
	const char *faults[CHAIN_CERTIFICATES]; /* why unusable, or NULL */
	struct path_obstacle obstacle;
	unsigned char bytes[CHAIN_BYTES];
};

/* Prepares the check of one chain, which BearSSL then drives.
 *
 * The host, the roots and e are kept and must outlive the handshake. The
 * storage for the chain is not touched.
 *
 * A chain that is refused sets e (ERROR_TLS), and BearSSL gets the code of
 * BR_ERR_X509_* that comes closest: BAD_SERVER_NAME, EXPIRED for any dates,
 * FORBIDDEN_KEY_USAGE for a purpose that does not allow servers, INVALID_VALUE
 * for a certificate that cannot be read, UNSUPPORTED for a valid one of a kind
 * that is not supported, LIMIT_EXCEEDED, NOT_CA for an issuer that may not
 * issue what it did, and NOT_TRUSTED if no path leads to a root. */
void chain_init(
    struct chain *chain, const struct chain_terms *terms, struct error *e);

#endif
