/* der.c - der_next() reads the tag and the length; the other functions only say
 * which element they accept. */
#include "x509/der.h"

#include <stdint.h>

#include "base/span.h"

#define LENGTH_OCTETS_MAX 3

static bool
fail(struct span *in)
{
	*in = span_of(NULL, 0);
	return false;
}

bool
der_next(struct span *in, struct der_element *out)
{
	const unsigned char *p = in->bytes;
	size_t length, count = 0, i;

	if (in->length < 2 || (p[0] & 0x1f) == 0x1f)
		return fail(in);
	length = p[1];
	if (length >= 0x80) {
		count = length & 0x7f;
		if (count < 1 || count > LENGTH_OCTETS_MAX ||
		    count > in->length - 2)
			return fail(in);
		length = 0;
		for (i = 0; i < count; i++)
			length = length << 8 | p[2 + i];
		if (length < 0x80 || p[2] == 0)
			return fail(in);
	}
	if (length > in->length - 2 - count)
		return fail(in);
	out->tag = p[0];
	out->contents = span_of(p + 2 + count, length);
	out->whole = span_of(p, 2 + count + length);
	*in = span_of(p + out->whole.length, in->length - out->whole.length);
	return true;
}

bool
der_take(struct span *in, unsigned char tag, struct der_element *out)
{
	return in->length > 0 && in->bytes[0] == tag && der_next(in, out);
}

bool
der_only(struct span in, unsigned char tag, struct span *out)
{
	struct der_element e;

	if (!der_take(&in, tag, &e) || in.length > 0)
		return false;
	*out = e.contents;
	return true;
}

void
der_skip(struct span *in, unsigned char tag)
{
	struct der_element ignored;

	(void)der_take(in, tag, &ignored);
}

bool
der_positive(struct span *in, struct span *out)
{
	struct der_element e;

	if (!der_take(in, DER_INTEGER, &e) || e.contents.length == 0 ||
	    e.contents.bytes[0] >= 0x80)
		return false;
	*out = e.contents;
	while (out->length > 0 && out->bytes[0] == 0)
		*out = span_of(out->bytes + 1, out->length - 1);
	return out->length > 0;
}

bool
der_bits(struct span *in, struct span *out)
{
	struct der_element e;

	/* The first octet counts the unused bits of the last one. */
	if (!der_take(in, DER_BIT_STRING, &e) || e.contents.length < 2 ||
	    e.contents.bytes[0] != 0)
		return false;
	*out = span_of(e.contents.bytes + 1, e.contents.length - 1);
	return true;
}

void
der_write_oid(struct buffer *b, struct span id)
{
	bool is_first = true;
	uint64_t arc = 0;
	size_t i, top;

	for (i = 0; i < id.length; i++) {
		arc = arc << 7 | (id.bytes[i] & 0x7f);
		if (arc > UINT32_MAX) {
			buffer_text(b, "...");
			return;
		}
		if (id.bytes[i] >= 0x80)
			continue;
		if (is_first) {
			/* The first two arcs are one number (X.690, 8.19.4). */
			top = arc < 80 ? (size_t)arc / 40 : 2;
			buffer_format(b, "%zu", top);
			arc -= top * 40;
		}
		buffer_byte(b, '.');
		buffer_decimal(b, arc);
		is_first = false;
		arc = 0;
	}
}

bool
der_is(struct span span, const char *bytes, size_t length)
{
	return span_equal(span, span_of(bytes, length));
}
