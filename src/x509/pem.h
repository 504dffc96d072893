/* pem.h - certificates or keys out of PEM text (RFC 7468), however it comes
 * cut. What cannot be read is left behind whole, and spoils nothing after. */
#ifndef PEM_H
#define PEM_H

#include <stdbool.h>
#include <stddef.h>

#define PEM_DER_MAX 16384 /* bytes of one object */
#define PEM_LINE_MAX 64   /* of a line between hyphens that matters */

/* The labels of one kind of object, NULL for none. */
#define PEM_LABELS 2
#define PEM_CERTIFICATE "CERTIFICATE", "X509 CERTIFICATE"
#define PEM_PRIVATE_KEY "PRIVATE KEY", "RSA PRIVATE KEY"

enum pem_event {
	PEM_NOTHING, /* all bytes were taken */
	PEM_OBJECT,  /* der and length hold one, until the next call */
	PEM_UNUSABLE /* one that is cut, no base64, or too large */
};

struct pem {
	unsigned char der[PEM_DER_MAX];
	size_t length;
	unsigned long first_line; /* where this object begins, from 1 */
	/* Private from here on. */
	const char *labels[PEM_LABELS];
	unsigned long line, begun;
	char boundary[PEM_LINE_MAX]; /* the line so far, if it is one */
	size_t boundary_length, column;
	bool inside, broken;
	unsigned bits, characters, padding; /* of base64 */
};

/* Objects of these labels are taken, all others passed over. */
void pem_open(struct pem *p, const char *label, const char *other);

/* Takes bytes up to the next event, and says in *taken how many. At the end of
 * the text a last "\n" ends a line that lacks it. */
enum pem_event pem_read(
    struct pem *p, const char *bytes, size_t length, size_t *taken);

#endif
