/* wire.c - everything that is read goes through wire_bytes(), the one place
 * where a length meets what is left. */
#include "tls/wire.h"

#include "base/buffer.h"
#include "base/span.h"

static void
number_put(unsigned char *out, size_t octets, uint32_t number)
{
	for (; octets > 0; number >>= 8)
		out[--octets] = (unsigned char)number;
}

bool
wire_bytes(struct span *in, size_t length, struct span *out)
{
	if (length > in->length)
		return false;
	*out = span_of(in->bytes, length);
	*in = span_of(in->bytes + length, in->length - length);
	return true;
}

bool
wire_number(struct span *in, size_t octets, uint32_t *out)
{
	struct span bytes;
	size_t i;

	if (!wire_bytes(in, octets, &bytes))
		return false;
	*out = 0;
	for (i = 0; i < octets; i++)
		*out = *out << 8 | bytes.bytes[i];
	return true;
}

bool
wire_vector(struct span *in, size_t octets, struct span *out)
{
	struct span rest = *in;
	uint32_t length;

	if (!wire_number(&rest, octets, &length) ||
	    !wire_bytes(&rest, length, out))
		return false;
	*in = rest;
	return true;
}

void
wire_write_number(struct buffer *b, size_t octets, uint32_t number)
{
	unsigned char bytes[4];

	number_put(bytes, octets, number);
	buffer_append(b, bytes, octets);
}

void
wire_write_vector(struct buffer *b, size_t octets, struct span contents)
{
	wire_write_number(b, octets, (uint32_t)contents.length);
	buffer_append(b, contents.bytes, contents.length);
}

size_t
wire_begin(struct buffer *b, size_t octets)
{
	wire_write_number(b, octets, 0);
	return b->length;
}

void
wire_end(struct buffer *b, size_t octets, size_t start)
{
	/* After an overflow the length may not be there to be written. */
	if (b->overflowed || b->bytes == NULL)
		return;
	number_put((unsigned char *)b->bytes + start - octets, octets,
	    (uint32_t)(b->length - start));
}
