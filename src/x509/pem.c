/* pem.c - reads byte by byte. A line that begins with a hyphen is kept, and
 * compared with the boundaries when it ends. Any other line is base64 within an
 * object, and ignored outside. A BEGIN line within an object ends that object
 * as unusable, and begins the next one. */
#include "x509/pem.h"

#include <string.h>

#include "base/ascii.h"

void
pem_open(struct pem *p, const char *label, const char *other)
{
	p->labels[0] = label;
	p->labels[1] = other;
	p->line = 1;
	p->begun = p->first_line = 0;
	p->length = p->column = p->boundary_length = 0;
	p->inside = p->broken = false;
}

/* Whether the line is this beginning, one of the labels, and five hyphens. */
static bool
is_boundary(const struct pem *p, const char *beginning)
{
	size_t length = strlen(beginning), i;
	const char *label = p->boundary + length;

	if (p->boundary_length < length + 5 ||
	    memcmp(p->boundary, beginning, length) != 0 ||
	    memcmp(p->boundary + p->boundary_length - 5, "-----", 5) != 0)
		return false;
	for (i = 0; i < PEM_LABELS; i++) {
		if (ascii_equal(
			p->labels[i], label, p->boundary_length - length - 5))
			return true;
	}
	return false;
}

static bool
is_whole(const struct pem *p)
{
	return !p->broken && p->characters % 4 == 0 && p->padding <= 2 &&
	       p->length > 0;
}

/* Ends a line that began with a hyphen. */
static enum pem_event
end_boundary(struct pem *p)
{
	bool was_inside = p->inside;

	/* The event is about the object that was open until now. */
	p->first_line = p->begun;
	/* Spaces may follow, unless the line is too long. */
	while (p->boundary_length < PEM_LINE_MAX &&
	       p->boundary[p->boundary_length - 1] == ' ')
		p->boundary_length--;
	p->inside = is_boundary(p, "-----BEGIN ");
	if (was_inside && is_boundary(p, "-----END "))
		return is_whole(p) ? PEM_OBJECT : PEM_UNUSABLE;
	if (p->inside) {
		p->begun = p->line;
		p->length = p->characters = p->padding = 0;
		p->broken = false;
	}
	return was_inside ? PEM_UNUSABLE : PEM_NOTHING;
}

/* Returns the value of a base64 digit (RFC 4648, 4), or -1. */
static int
digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void
take_base64(struct pem *p, unsigned char c)
{
	int value = digit(c);

	if (c == ' ' || c == '\t')
		return;
	p->characters++;
	if (c == '=') {
		p->padding++;
		return;
	}
	if (value < 0 || p->padding > 0 || p->length == sizeof(p->der)) {
		p->broken = true;
		return;
	}
	/* Four characters are three bytes; the first of the four completes
	 * none. */
	p->bits = p->bits << 6 | (unsigned)value;
	if (p->characters % 4 != 1)
		p->der[p->length++] =
		    (unsigned char)(p->bits >> 2 * ((0U - p->characters) % 4));
}

static void
take_boundary(struct pem *p, char c)
{
	/* A line this long cannot be a boundary that we recognise. */
	if (p->boundary_length < PEM_LINE_MAX)
		p->boundary[p->boundary_length++] = c;
}

static enum pem_event
end_line(struct pem *p)
{
	enum pem_event event = PEM_NOTHING;

	if (p->boundary_length > 0)
		event = end_boundary(p);
	p->line++;
	p->column = p->boundary_length = 0;
	return event;
}

enum pem_event
pem_read(struct pem *p, const char *bytes, size_t length, size_t *taken)
{
	size_t i;

	for (i = 0; i < length; i++) {
		enum pem_event event = PEM_NOTHING;
		char c = bytes[i];

		if (c == '\n')
			event = end_line(p);
		else if (c == '\r')
			continue;
		else if (p->boundary_length > 0 || (c == '-' && p->column == 0))
			take_boundary(p, c);
		else if (p->inside)
			take_base64(p, (unsigned char)c);
		if (c != '\n')
			p->column++;
		if (event != PEM_NOTHING) {
			*taken = i + 1;
			return event;
		}
	}
	*taken = length;
	return PEM_NOTHING;
}
