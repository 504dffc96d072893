/* identity.h - whom a certificate speaks for: host names, purposes, and the
 * names that a CA is constrained to. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <stdbool.h>

#include "x509/budget.h"
#include "x509/certificate.h"

/* Checks whether the certificate is for this host (RFC 9525), a DNS name or an
 * IP literal in lower case.
 *
 * A DNS name is compared with each dNSName; a wildcard stands for the whole
 * left-most label, and at least two labels must follow it. An IP literal is
 * compared with each iPAddress. The common name is never used. */
bool identity_matches(const struct certificate *certificate, const char *host);

/* Finds out why a certificate that does not match the host seems to: because of
 * an address that is written as a DNS name, an underscore (RFC 5280, 4.2.1.6,
 * allows none), a dot at the end, or a wildcard that does not reach the host.
 *
 * Returns a static phrase that completes "it is refused: ", or NULL if no name
 * comes close. */
const char *identity_near_miss(
    const struct certificate *certificate, const char *host);

/* Checks whether a certificate, of a server or of a CA that issues for servers,
 * has the purpose id-kp-serverAuth.
 *
 * Without the extension every purpose is allowed (RFC 5280, 4.2.1.12): private
 * CAs often leave it out. anyExtendedKeyUsage is accepted for a CA only. */
bool identity_may_serve(const struct certificate *certificate, bool is_ca);

/* Checks whether the issuer's name constraints (RFC 5280, 4.2.1.10) allow all
 * DNS names, IP addresses and directory names of a certificate below it.
 *
 * A DNS constraint that begins with a dot is for subdomains only, as OpenSSL,
 * GnuTLS and Go have it; the RFC does not know this form.
 *
 * If a constraint is malformed or of a kind that is not supported, names of
 * that kind are not allowed. Nothing is if the budget is exceeded. */
bool identity_permits(const struct certificate *issuer,
    const struct certificate *below, struct budget *budget);

#define IDENTITY_NAME_SIZE 200

/* Writes the subject's common name, else its organization, else "?", as a
 * string of foreign bytes. */
void identity_subject(
    const struct certificate *certificate, char out[IDENTITY_NAME_SIZE]);

/* The same for the issuer. */
void identity_issuer(
    const struct certificate *certificate, char out[IDENTITY_NAME_SIZE]);

/* Writes DNS names and addresses with commas between them, and "..." if not all
 * of them fit. */
void identity_list_names(
    const struct certificate *certificate, char out[IDENTITY_NAME_SIZE]);

#endif
