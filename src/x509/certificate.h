/* certificate.h - what one X.509 certificate says (RFC 5280).
 * It is read once, into spans of the DER bytes, which the caller keeps. No
 * signature is verified here. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <bearssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* The bits of KeyUsage (RFC 5280, 4.2.1.3) that matter here. */
#define CERTIFICATE_USE_SIGN 0x80u     /* digitalSignature */
#define CERTIFICATE_USE_ENCIPHER 0x20u /* keyEncipherment */
#define CERTIFICATE_USE_ISSUE 0x04u    /* keyCertSign */

#define CERTIFICATE_EMPTY_NAME 2 /* length of a Name without parts */

struct certificate {
	struct span signed_part; /* TBSCertificate, with its tag */
	struct span algorithm;   /* object identifier's contents */
	struct span signature;
	struct span issuer, subject; /* Name, with its tag */
	/* Contents of extensions that are lists; absent without extension. */
	struct span names;               /* subjectAltName */
	struct span permitted, excluded; /* nameConstraints */
	struct span purposes;            /* extKeyUsage */
	br_x509_pkey key;                /* points into the certificate */
	int64_t not_before;              /* seconds since 1970, inclusive */
	int64_t not_after;               /* inclusive */
	int path_length;                 /* of basicConstraints, or -1 */
	bool is_ca;                      /* by basicConstraints */
	bool is_v1; /* has no extensions: accepted for roots */
	bool has_key_usage;
	unsigned key_usage; /* first eight bits */
};

/* Reads one certificate in DER, of version 3 or 1.
 *
 * key.h must accept the key. A repeated extension, an unknown
 * critical extension, and a certificate that contradicts itself are refused.
 *
 * Returns 0, or -1 with *why set to a static phrase. */
int certificate_read(struct certificate *certificate, struct span der,
    const char **why) __attribute__((warn_unused_result));

/* Whether the issuer and the subject have the same name. */
bool certificate_is_self_issued(const struct certificate *certificate);

#endif
