/* pem.h - finds certificates in PEM text (RFC 7468), which may come in pieces
 * of any size. Lines end with LF, CR or both. A damaged object is skipped, and
 * does not affect those after it. */
#ifndef PEM_H
#define PEM_H

#include <stdbool.h>
#include <stddef.h>

#define PEM_DER_MAX 32767 /* bytes of one object */
#define PEM_LINE_MAX 64   /* longer than any boundary */

enum pem_event {
	PEM_NOTHING, /* all bytes were taken */
	PEM_OBJECT,  /* der and length hold an object until the next call */
	PEM_UNUSABLE /* an object is cut, too large, or not base64 */
};

struct pem {
	size_t length;
	unsigned long first_line; /* of this object; the text's first is 1 */
	bool is_trusted; /* OpenSSL's TRUSTED CERTIFICATE: settings follow it */
	bool inside;     /* the next object has begun already */
	bool after_cr;   /* a LF would belong to the line before it */
	unsigned long line; /* the next one */
	/* Private from here on. */
	unsigned long begun;
	char boundary[PEM_LINE_MAX]; /* a line that begins with a hyphen */
	size_t boundary_length, column;
	bool broken;
	unsigned bits, characters, padding; /* of base64 */
	/* Last, so that no more is touched than is filled. */
	unsigned char der[PEM_DER_MAX];
};

/* Prepares for a new text. Objects that are not certificates are skipped. */
void pem_open(struct pem *pem);

/* Prepares for the rest of a text from this line on, which is outside of every
 * object. */
void pem_resume(struct pem *pem, unsigned long line);

/* Takes bytes up to the next event. *taken is set to how many.
 *
 * An object ends with its last line: after the text, pass "\n" once more in
 * case that line has no end.
 *
 * Returns the event. */
enum pem_event pem_read(
    struct pem *pem, const char *bytes, size_t length, size_t *taken);

#endif
