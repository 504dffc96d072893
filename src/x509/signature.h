/* signature.h - verifies the signature on a certificate: RSA PKCS #1 v1.5,
 * RSASSA-PSS or ECDSA, with SHA-256, SHA-384 or SHA-512. SHA-1 is not accepted
 * (RFC 9155).
 *
 * RSASSA-PSS must have the parameters that TLS 1.3 demands (RFC 8446, 4.2.3):
 * the same hash for the mask, and a salt that is as long as the hash. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <bearssl.h>
#include <stdbool.h>

#include "x509/budget.h"
#include "x509/certificate.h"

struct signature_verifier {
	/* TLS uses these as well. It offers the groups of ec, which leaves out
	 * P-521: a certificate may have it. */
	br_ec_impl ec;
	br_ecdsa_vrfy ecdsa;
	br_rsa_pkcs1_vrfy rsa;
	struct budget *budget;
};

/* Each verification costs milliseconds, and a server can ask for many before
 * it is authenticated: the budget, which is borrowed, pays for them. */
void signature_init(struct signature_verifier *verifier, struct budget *budget);

enum signature_verdict {
	SIGNATURE_GOOD,
	SIGNATURE_MISMATCH, /* this key did not sign the certificate */
	SIGNATURE_UNUSABLE, /* the algorithm, by itself or with this key */
	SIGNATURE_UNPAID    /* the budget is exceeded: it was not verified */
};

/* Checks whether this key signed the certificate.
 *
 * Returns the verdict. Unless it is SIGNATURE_GOOD, *why is set to a static
 * phrase about the key. */
enum signature_verdict signature_verify(
    const struct signature_verifier *verifier,
    const struct certificate *certificate, const br_x509_pkey *key,
    const char **why) __attribute__((warn_unused_result));

#endif
