/* der.h - reads DER (X.690) element by element.
 * Elements are taken off the front of a span, and every result is a smaller
 * span of the same bytes: no length is trusted and nothing is copied. */
#ifndef DER_H
#define DER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/span.h"

struct der_element {
	unsigned char tag;
	struct span whole; /* with its tag and length */
	struct span contents;
};

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31
};

/* Takes the next element.
 *
 * Tags of more than one octet, indefinite lengths, lengths that are not in
 * their shortest form (X.690, 10.1) and lengths of more than three octets are
 * refused.
 *
 * Returns true, or false with *in made absent, so that a loop over it ends. */
bool der_next(struct span *in, struct der_element *out);

/* Takes the next element if it has this tag.
 *
 * Returns true, or false; *in is unchanged if the tag is another one. */
bool der_take(struct span *in, unsigned char tag, struct der_element *out);

/* Reads a span that must be one element of this tag and nothing else.
 *
 * Returns true with *out set to its contents, or false. */
bool der_only(struct span in, unsigned char tag, struct span *out);

/* Drops the next element if it has this tag. */
void der_skip(struct span *in, unsigned char tag);

/* Takes a positive INTEGER.
 *
 * Returns true with *out set to its octets without leading zeros, or false. */
bool der_positive(struct span *in, struct span *out);

/* Takes a BIT STRING of one or more whole octets.
 *
 * Returns true with *out set to these octets, or false. */
bool der_bits(struct span *in, struct span *out);

/* Appends an object identifier, of which these are the contents, in its dotted
 * form; "..." takes the place of an arc of more than 32 bits and what follows
 * it. */
void der_write_oid(struct buffer *b, struct span id);

/* Whether the span holds exactly these bytes. */
bool der_is(struct span span, const char *bytes, size_t length);

#define DER_IS(span, literal) der_is(span, literal, sizeof(literal) - 1)

#endif
