/* der.h - DER taken apart (X.690): elements are taken one by one from a span,
 * and every result is a smaller span of the same bytes, so no length is
 * trusted and nothing is copied. */
#ifndef DER_H
#define DER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct der_element {
	unsigned char tag;
	struct span whole, contents;
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

/* Takes one element off the front: low tag numbers, definite lengths in their
 * shortest form (X.690, 10.1). On failure nothing is left of the span. */
bool der_next(struct span *in, struct der_element *out);

/* Takes an element that must have this tag. */
bool der_take(struct span *in, unsigned char tag, struct der_element *out);

/* The contents of an element of this tag that is all there is. */
bool der_only(struct span in, unsigned char tag, struct span *out);

/* Splits off an element only if it comes next. */
void der_skip(struct span *in, unsigned char tag);

/* Takes a positive INTEGER, without its sign octet. */
bool der_positive(struct span *in, struct span *out);

bool der_is(struct span span, const char *bytes, size_t length);

#define DER_IS(span, literal) der_is(span, literal, sizeof(literal) - 1)

#endif
