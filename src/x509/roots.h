/* roots.h - whom we trust: Mozilla's roots inside the binary, or a PEM file.
 * The built-in ones lie packed and are looked up by the hash of their name; a
 * file is read again at each look-up, so that a bundle of any size takes no
 * more memory than the few anchors it is asked for. */
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

#define ROOTS_MATCHES 4       /* anchors of one name that are looked at */
#define ROOTS_INPUT_MAX 65536 /* of roots that come from standard input */

struct roots {
	const char *path; /* NULL: the built-in ones */
	bool is_input;    /* standard input, kept in text */
	size_t text_length;
	char text[ROOTS_INPUT_MAX];
	struct pem pem;
	unsigned char keys[ROOTS_MATCHES][KEY_SIZE_MAX];
};

void roots_use_builtin(struct roots *r);

/* The certificates of a PEM file, or of standard input for "-", in place of
 * the built-in ones. Comments, CRLF, duplicates and certificates that cannot
 * be used (the trace names their lines) are no matter as long as one can.
 * Returns 0, or -1 with an ERROR_USAGE that names the file. */
int roots_use_file(struct roots *r, const char *path, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* The anchors whose subject is this name in DER, up to ROOTS_MATCHES of them.
 * They point to name and into r and hold until the next look-up. A file's
 * certificate that is not a CA's is an anchor for itself only, without
 * BR_X509_TA_CA. Returns how many, or -1. */
int roots_find(struct roots *r, struct span name,
    br_x509_trust_anchor anchors[ROOTS_MATCHES], struct error *e)
    __attribute__((warn_unused_result));

#endif
