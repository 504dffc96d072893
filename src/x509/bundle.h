/* bundle.h - what else a file of CA certificates may hold: OpenSSL's trust
 * settings, and formats that are not PEM. */
#ifndef BUNDLE_H
#define BUNDLE_H

#include <stdbool.h>

#include "base/span.h"

/* Splits a "TRUSTED CERTIFICATE": a certificate, after which trust settings may
 * follow. *der becomes the certificate.
 *
 * The settings are obeyed as OpenSSL does (crypto/x509/x509_trust.c,
 * obj_trust(); X509_CERT_AUX in x_x509a.c), because bundles of systems mark
 * certificates by them that must not be trusted.
 *
 * Returns whether the certificate may be trusted for servers. */
bool bundle_split_trusted(struct span *der);

/* Says what a text without a certificate in PEM is: DER, UTF-16, PKCS #7 or
 * #12, a key, a request. *hint is set to the command that converts it, or NULL.
 *
 * Returns NULL if it is nothing that is known. */
const char *bundle_describe(struct span text, const char **hint);

#endif
