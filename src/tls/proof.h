/* proof.h - whether the server has the private key of its certificate: it signs
 * what both sides sent up to the certificate (CertificateVerify, RFC 8446,
 * 4.4.3). */
#ifndef PROOF_H
#define PROOF_H

#include <bearssl.h>

#include "base/span.h"
#include "tls/fault.h"

struct proof {
	unsigned scheme; /* SignatureScheme (RFC 8446, 4.2.3) */
	struct span signature;
	/* The transcript's hash, with Certificate as its last message. */
	struct span hash;
};

/* Checks the proof with the key of the server's certificate, which an
 * x509/chain has accepted, and the usages that it gives for the key.
 *
 * ECDSA on P-256 with SHA-256, on P-384 with SHA-384, and RSASSA-PSS are
 * accepted, as far as they fit the key.
 *
 * Returns 0, or -1 with the fault set. */
int proof_check(const struct proof *proof, const br_x509_pkey *key,
    unsigned usages, struct fault *fault) __attribute__((warn_unused_result));

/* The name of a scheme as RFC 8446 has it, or "?" if a server may not sign with
 * it. */
const char *proof_name(unsigned scheme);

#endif
