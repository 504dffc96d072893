/* buffer.h - text and bytes appended to storage that the caller owns.
 * What does not fit sets a flag that stays set and is left out whole, so that a
 * chain of appends needs one check at its end. With storage NULL nothing is
 * kept and only the length counts: the same code measures and writes. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
	char *bytes; /* always NUL-terminated */
	size_t length;
	size_t capacity; /* without the NUL */
	bool overflowed;
};

/* size is that of the storage, its last byte for the NUL included: at least 1,
 * and ignored if storage is NULL. */
void buffer_init(struct buffer *b, char *storage, size_t size);

void buffer_append(struct buffer *b, const void *bytes, size_t length);
void buffer_byte(struct buffer *b, char byte);
void buffer_text(struct buffer *b, const char *text);
void buffer_decimal(struct buffer *b, uint64_t number);

/* Appends what printf(3) would print. */
void buffer_format(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends base64 (RFC 4648, 4), or the alphabet for URLs without padding
 * (RFC 4648, 5). */
void buffer_base64(
    struct buffer *b, const void *bytes, size_t length, bool for_url);

/* Overwrites the whole storage with zeros and empties the buffer. */
void buffer_wipe(struct buffer *b);

/* Overwrites memory that held a secret with zeros, in a way that no compiler
 * drops. */
void wipe(void *memory, size_t length);

/* The deepest that a run reaches, and that one of an App reaches, which signs;
 * tests/e2e/memory.py fails if something is left below. */
#define WIPE_STACK_SIZE 49152
#define WIPE_STACK_DEEP 53248

/* Overwrites what functions that have returned left on the stack, so many bytes
 * below the caller. Ours wipe their own secrets, but a compiler or BearSSL may
 * have kept a copy. */
void wipe_stack(size_t size);

#endif
