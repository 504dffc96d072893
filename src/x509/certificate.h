/* certificate.h - what one X.509 certificate says (RFC 5280), and whether it
 * speaks for a host. Pure functions over DER bytes that the caller keeps:
 * nothing is allocated, and no signature is checked here. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "x509/der.h"

#define CERTIFICATE_NAME_SIZE 200

/* KeyUsage (RFC 5280, 4.2.1.3), the bits that matter here. */
#define CERTIFICATE_USE_SIGN 0x80u
#define CERTIFICATE_USE_ENCIPHER 0x20u
#define CERTIFICATE_USE_ISSUE 0x04u

struct certificate {
	struct span signed_part; /* TBSCertificate, with its tag */
	struct span algorithm;   /* object identifier's contents */
	struct span signature;
	struct span issuer, subject; /* Name, with its tag */
	struct span names;           /* of subjectAltName */
	struct span constraints;     /* of nameConstraints */
	struct span purposes;        /* of extKeyUsage */
	br_x509_pkey key;            /* points into the certificate */
	int64_t not_before;          /* seconds since 1970, inclusive */
	int64_t not_after;           /* inclusive */
	int path_length;             /* of basicConstraints, or -1 */
	bool is_ca;                  /* by basicConstraints */
	bool is_v1; /* which has no extensions: fit for roots only */
	bool has_key_usage;
	unsigned key_usage; /* first eight bits */
};

/* Reads one DER certificate of version 3, or 1, with an RSA key of 2048 to
 * 4096 bits or a P-256 or P-384 key, without duplicate or unknown critical
 * extensions. Returns 0, or -1 with *why set to a static phrase. */
int certificate_read(struct certificate *c, const unsigned char *der,
    size_t length, const char **why) __attribute__((warn_unused_result));

/* RFC 9525: by dNSName for a DNS name (a wildcard is one whole label, the
 * left-most, with two labels after it), by iPAddress for an IP literal; never
 * by common name. */
bool certificate_matches(const struct certificate *c, const char *host);

/* Whether id-kp-serverAuth is among the purposes. Where the extension is
 * absent every purpose is allowed (RFC 5280, 4.2.1.12): private authorities
 * often leave it out, and public ones may not. anyExtendedKeyUsage does for
 * an issuer but not for a server. */
bool certificate_may_serve(const struct certificate *c, bool is_issuer);

/* Whether the issuer's name constraints (RFC 5280, 4.2.1.10) allow all DNS
 * names, IP addresses and directory names of the certificate below it. A
 * kind that is not understood forbids names of that kind; so does one that
 * cannot be read, and a hostile number of them. */
bool certificate_permits(
    const struct certificate *issuer, const struct certificate *below);

/* Common name, else organisation, else "?"; foreign bytes, with a NUL. */
void certificate_subject(
    const struct certificate *c, char out[CERTIFICATE_NAME_SIZE]);

/* The first few DNS names and addresses it is for, with commas. */
void certificate_list_names(
    const struct certificate *c, char out[CERTIFICATE_NAME_SIZE]);

#endif
