/* signature.h - verifies the signature on a certificate: RSA PKCS #1 v1.5 or
 * ECDSA, with SHA-256, SHA-384 or SHA-512. SHA-1 is not accepted (RFC 9155). */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <bearssl.h>
#include <stdbool.h>

#include "x509/certificate.h"

struct signature_verifier {
	/* BearSSL's implementations; TLS uses them as well. */
	br_ec_impl ec;
	br_ecdsa_vrfy ecdsa;
	br_rsa_pkcs1_vrfy rsa;
	unsigned left; /* verifications that may still be tried */
};

/* Each verification costs milliseconds, and a server can ask for many before
 * it is authenticated: at most `limit` of them are tried. */
void signature_init(struct signature_verifier *verifier, unsigned limit);

/* Checks whether this key signed the certificate.
 *
 * Returns true if it did, and false if it did not, if the algorithm is not
 * supported or does not go with the key, or if the limit is used up. */
bool signature_verifies(struct signature_verifier *verifier,
    const struct certificate *certificate, const br_x509_pkey *key);

#endif
