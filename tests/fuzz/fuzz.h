/* fuzz.h - what targets share: a check that ends the process, and the input as
 * a row of bytes to be taken. After its end, zeros follow. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

/* libFuzzer calls it with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *next;
	size_t left;
};

static inline void
check(int holds)
{
	if (!holds)
		abort();
}

static inline unsigned char
take(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->next++;
}

/* The next byte modulo limit. */
static inline unsigned
take_below(struct input *in, unsigned limit)
{
	return take(in) % limit;
}

static inline unsigned
take_two(struct input *in)
{
	unsigned high = take(in);

	return high << 8 | take(in);
}

static inline void
take_bytes(struct input *in, unsigned char *out, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		out[i] = take(in);
}

/* What is left, but at most this much. */
static inline struct span
take_rest(struct input *in, size_t limit)
{
	struct span rest =
	    span_of(in->next, in->left < limit ? in->left : limit);

	in->next += rest.length;
	in->left -= rest.length;
	return rest;
}

#endif
