/* der.c - one function reads heads; all others only say which one they take,
 * and leave nothing behind of a span that is not as it should be. */
#include "x509/der.h"

#include <string.h>

#include "base/span.h"

static bool
fail(struct span *in)
{
	*in = (struct span){NULL, 0};
	return false;
}

bool
der_next(struct span *in, struct der_element *out)
{
	const unsigned char *p = in->bytes;
	size_t length, head = 2;

	if (in->length < 2 || (p[0] & 0x1f) == 0x1f)
		return fail(in);
	length = p[1];
	if (length >= 0x80) {
		size_t count = length & 0x7f;

		if (count < 1 || count > 3 || in->length - 2 < count)
			return fail(in);
		length = 0;
		for (size_t i = 0; i < count; i++)
			length = length << 8 | p[2 + i];
		if (length < 0x80 || p[2] == 0)
			return fail(in);
		head += count;
	}
	if (length > in->length - head)
		return fail(in);
	out->tag = p[0];
	out->contents = (struct span){p + head, length};
	out->whole = (struct span){p, head + length};
	in->bytes += head + length;
	in->length -= head + length;
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
	struct der_element element;

	if (!der_take(&in, tag, &element) || in.length > 0)
		return false;
	*out = element.contents;
	return true;
}

void
der_skip(struct span *in, unsigned char tag)
{
	struct der_element ignored;

	if (in->length > 0 && in->bytes[0] == tag)
		(void)der_next(in, &ignored);
}

bool
der_positive(struct span *in, struct span *out)
{
	struct der_element e;

	if (!der_take(in, DER_INTEGER, &e) || e.contents.length == 0 ||
	    e.contents.bytes[0] >= 0x80)
		return false;
	*out = e.contents;
	while (out->length > 0 && out->bytes[0] == 0) {
		out->bytes++;
		out->length--;
	}
	return out->length > 0;
}

bool
der_is(struct span span, const char *bytes, size_t length)
{
	return span.length == length && memcmp(span.bytes, bytes, length) == 0;
}
