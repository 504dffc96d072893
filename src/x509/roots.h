/* roots.h - the trust anchors: Mozilla's roots in the binary, or a PEM file.
 * The built-in roots are packed, and found by the hash of their name. A file is
 * read again at each look-up, so that a bundle of any size takes no more memory
 * than the few anchors of one name. */
#ifndef ROOTS_H
#define ROOTS_H

#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"
#include "x509/key.h"
#include "x509/pem.h"

#define ROOTS_MATCHES 4       /* anchors of one name that are tried */
#define ROOTS_INPUT_MAX 65536 /* bytes of roots from standard input */

struct roots {
	const char *path; /* NULL: the built-in roots */
	bool is_input;    /* standard input, kept in text */
	size_t text_length;
	char text[ROOTS_INPUT_MAX + 1];
	struct pem pem;
	unsigned char keys[ROOTS_MATCHES][KEY_SIZE_MAX];
};

/* Trusts Mozilla's roots. */
void roots_use_builtin(struct roots *roots);

/* Trusts the certificates of a PEM file instead, or of standard input for "-".
 *
 * The path must stay as it is, since the file is read again at each look-up.
 *
 * Comments, CRLF, duplicates, and certificates that are unusable (the trace
 * names their lines) are accepted if at least one certificate is usable. The
 * deadline covers the reading.
 *
 * Returns 0, or -1 with an ERROR_USAGE that names the file. */
int roots_use_file(struct roots *roots, const char *path, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Finds the trust anchors whose subject is this Name in DER, up to
 * ROOTS_MATCHES of them. They point to the name and into roots, and hold until
 * the next look-up.
 *
 * A certificate from a file that is not a CA's lacks BR_X509_TA_CA: it is an
 * anchor for itself only.
 *
 * Returns how many, or -1. */
int roots_find(struct roots *roots, struct span name,
    br_x509_trust_anchor anchors[ROOTS_MATCHES], struct error *e)
    __attribute__((warn_unused_result));

#endif
