/* path.h - searches a path of issuers from the server's certificate to a trust
 * anchor (RFC 5280, 6.1), and says what stood in its way. A root from a file is
 * checked as any other issuer, as OpenSSL does it; a built-in root is a name
 * and a key (RFC 5280, 6.1.1 (d)).
 *
 * Tested by tests/unit/x509/chain_test.c. */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "x509/certificate.h"
#include "x509/roots.h"
#include "x509/signature.h"

#define PATH_CERTIFICATES 40 /* sent by the server, needed or not */
#define PATH_LENGTH 10       /* of these, how many one path may have */

/* What is searched. */
struct path_search {
	const char *host;               /* for messages */
	int64_t now;                    /* seconds since 1970 */
	const struct certificate *sent; /* the server's own first */
	const char *const *faults;      /* why one is unusable, or NULL */
	unsigned count;                 /* at most PATH_CERTIFICATES */
	const struct roots *roots;      /* after roots_select() */
	const struct signature_verifier *verifier; /* and its budget */
};

/* An issuer that was found and not used, and why: the one that comes closest to
 * a path. */
struct path_obstacle {
	int weight;         /* 0: there was none */
	unsigned code;      /* BR_ERR_X509_* that fits best */
	struct error error; /* says it */
};

/* Searches as deep as PATH_LENGTH, and as wide as the budget allows. An issuer
 * is checked in every other way before its signature is.
 *
 * Returns true if there is a path, and otherwise false with the obstacle set.
 * If the budget was exceeded, there may be a path nevertheless. */
bool path_find(
    const struct path_search *search, struct path_obstacle *obstacle);

/* Returns what helps against a certificate that is not valid now, in seconds
 * since 1970. is_file: it comes from a file of CAs, and not from the server. */
const char *path_dates_hint(
    const struct certificate *certificate, int64_t now, bool is_file);

#endif
