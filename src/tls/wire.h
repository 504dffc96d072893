/* wire.h - the presentation language of TLS (RFC 8446, 3): numbers in network
 * byte order, and vectors with their length before them.
 *
 * Elements are taken off the front of a span, and every result is a smaller
 * span of the same bytes: no length is trusted and nothing is copied.
 *
 * Tested by tests/unit/tls/message_test.c. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"

/* Takes a number of one to four octets.
 *
 * Returns true, or false with *in unchanged if it is shorter. */
bool wire_number(struct span *in, size_t octets, uint32_t *out);

/* Takes this many bytes.
 *
 * Returns true, or false with *in unchanged if it is shorter. */
bool wire_bytes(struct span *in, size_t length, struct span *out);

/* Takes a vector whose length is a number of one to three octets.
 *
 * Returns true with *out set to its contents, which are present even if they
 * are empty, or false with *in unchanged if it is cut. */
bool wire_vector(struct span *in, size_t octets, struct span *out);

/* Appends a number of one to four octets. */
void wire_write_number(struct buffer *b, size_t octets, uint32_t number);

/* Appends a vector. The length must fit the octets. */
void wire_write_vector(struct buffer *b, size_t octets, struct span contents);

/* Begins a vector whose contents are appended next.
 *
 * Returns where it begins, for wire_end(). */
size_t wire_begin(struct buffer *b, size_t octets);

/* Ends the vector that begins there: writes its length. */
void wire_end(struct buffer *b, size_t octets, size_t start);

#endif
