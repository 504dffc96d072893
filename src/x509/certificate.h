/* certificate.h - what one X.509 certificate says (RFC 5280).
 * It is read once, into spans of the DER bytes, which the caller keeps. No
 * signature is verified here. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <bearssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "x509/name.h"

/* The bits of KeyUsage (RFC 5280, 4.2.1.3) that matter here. */
#define CERTIFICATE_USE_SIGN 0x80u     /* digitalSignature */
#define CERTIFICATE_USE_ENCIPHER 0x20u /* keyEncipherment */
#define CERTIFICATE_USE_ISSUE 0x04u    /* keyCertSign */

#define CERTIFICATE_EMPTY_NAME 2 /* length of a Name without parts */

#define CERTIFICATE_REASON_SIZE 120

struct certificate {
	struct span der;         /* all of it */
	struct span signed_part; /* TBSCertificate, with its tag */
	struct span algorithm;   /* object identifier's contents */
	struct span parameters;  /* of the algorithm: what follows that */
	struct span signature;
	struct span issuer, subject; /* Name, with its tag */
	struct name_id issuer_id, subject_id;
	/* Contents of extensions that are lists; absent without extension. */
	struct span names;               /* subjectAltName */
	struct span permitted, excluded; /* nameConstraints */
	struct span purposes;            /* extKeyUsage */
	/* Values of extensions, which policy.h reads; absent without one. */
	struct span policies, mappings;
	br_x509_pkey key;   /* points into the certificate */
	int64_t not_before; /* seconds since 1970, inclusive */
	int64_t not_after;  /* inclusive */
	int path_length;    /* of basicConstraints, or -1 */
	/* requireExplicitPolicy and inhibitPolicyMapping of policyConstraints,
	 * and inhibitAnyPolicy: a number of certificates, or -1. */
	int policy_demanded, mapping_inhibited, any_policy_inhibited;
	bool is_ca; /* by basicConstraints */
	bool is_v1; /* has no extensions: accepted for roots */
	bool has_key_usage;
	unsigned key_usage;                   /* first eight bits */
	char reason[CERTIFICATE_REASON_SIZE]; /* private: see *why below */
};

/* Reads one certificate in DER, of version 3 or 1. The cost is linear in its
 * length.
 *
 * key.h must accept the key. A repeated extension, an unknown critical
 * extension, and a certificate that contradicts itself are refused.
 *
 * Returns 0, or -1 with *why set to a phrase, which lasts as long as the
 * certificate. The names of a certificate that is refused are set if they were
 * read: subject.bytes is NULL otherwise. */
int certificate_read(struct certificate *certificate, struct span der,
    const char **why) __attribute__((warn_unused_result));

/* Checks the dates. now is in seconds since 1970.
 *
 * Returns true, or false with a clause in why: "it has expired: ...". */
bool certificate_is_current(const struct certificate *certificate, int64_t now,
    char why[CERTIFICATE_REASON_SIZE]);

/* Whether the issuer and the subject have the same name. */
bool certificate_is_self_issued(const struct certificate *certificate);

#endif
