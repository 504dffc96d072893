/* buffer.h - bytes appended into storage the caller owns.
 * What does not fit sets a sticky flag and is left out whole, so a chain of
 * appends needs one check at its end. With storage NULL nothing is kept and
 * only the length counts: the same code measures and writes. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
	char *bytes; /* not NUL-terminated */
	size_t length;
	size_t capacity;
	bool overflowed;
};

void buffer_init(struct buffer *b, char *storage, size_t capacity);
void buffer_append(struct buffer *b, const void *bytes, size_t length);
void buffer_byte(struct buffer *b, char byte);
void buffer_text(struct buffer *b, const char *text);
void buffer_decimal(struct buffer *b, uint64_t number);

/* Base64 (RFC 4648, 4), or the alphabet for URLs without padding (5). */
void buffer_base64(
    struct buffer *b, const void *bytes, size_t length, bool for_url);

/* Overwrites the whole storage with zeros in a way no compiler drops, and
 * empties the buffer. */
void buffer_wipe(struct buffer *b);

/* The same for any memory that held a secret. */
void wipe(void *memory, size_t length);

#endif
