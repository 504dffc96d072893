/* pem.c - reads byte by byte, except base64 in whole groups. A line that begins
 * with a hyphen is kept, and compared with the boundaries when it ends. Any
 * other line is base64 within an object, and ignored outside. A BEGIN line
 * within an object ends that object as unusable, and begins the next one. */
#include "x509/pem.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/base64.h"

static const char trusted[] = "TRUSTED CERTIFICATE";
static const char *const labels[] = {
    "CERTIFICATE", "X509 CERTIFICATE", trusted};

void
pem_open(struct pem *pem)
{
	pem_resume(pem, 1);
}

void
pem_resume(struct pem *pem, unsigned long line)
{
	pem->line = line;
	pem->begun = pem->first_line = 0;
	pem->length = pem->column = pem->boundary_length = 0;
	pem->inside = pem->broken = pem->after_cr = pem->is_trusted = false;
}

/* Finds the label of a line that is this beginning, one of the labels, and five
 * hyphens.
 *
 * Returns NULL if it is another line. */
static const char *
find_label(const struct pem *pem, const char *beginning)
{
	size_t length = strlen(beginning), i;
	const char *label = pem->boundary + length;

	if (pem->boundary_length < length + 5 ||
	    memcmp(pem->boundary, beginning, length) != 0 ||
	    memcmp(pem->boundary + pem->boundary_length - 5, "-----", 5) != 0)
		return NULL;
	for (i = 0; i < COUNT(labels); i++) {
		if (ascii_equal(
			labels[i], label, pem->boundary_length - length - 5))
			return labels[i];
	}
	return NULL;
}

static bool
is_whole(const struct pem *pem)
{
	return !pem->broken && pem->characters % 4 == 0 && pem->padding <= 2 &&
	       pem->length > 0;
}

/* Ends a line that began with a hyphen. */
static enum pem_event
end_boundary(struct pem *pem)
{
	bool was_inside = pem->inside;
	const char *label;

	/* The event is about the object that was open until now. */
	pem->first_line = pem->begun;
	/* Spaces may follow, unless the line is too long. */
	while (pem->boundary_length < PEM_LINE_MAX &&
	       pem->boundary[pem->boundary_length - 1] == ' ')
		pem->boundary_length--;
	label = find_label(pem, "-----BEGIN ");
	pem->inside = label != NULL;
	if (was_inside && find_label(pem, "-----END ") != NULL)
		return is_whole(pem) ? PEM_OBJECT : PEM_UNUSABLE;
	if (pem->inside) {
		pem->begun = pem->line;
		pem->is_trusted = label == trusted;
		pem->length = pem->characters = pem->padding = 0;
		pem->broken = false;
	}
	return was_inside ? PEM_UNUSABLE : PEM_NOTHING;
}

static void
take_base64(struct pem *pem, unsigned char byte)
{
	int value = base64_digit((char)byte);

	if (byte == ' ' || byte == '\t')
		return;
	pem->characters++;
	if (byte == '=') {
		pem->padding++;
		return;
	}
	if (value < 0 || pem->padding > 0 || pem->length == sizeof(pem->der)) {
		pem->broken = true;
		return;
	}
	/* Four characters are three bytes; the first of the four completes
	 * none. */
	pem->bits = pem->bits << 6 | (unsigned)value;
	if (pem->characters % 4 != 1) {
		pem->der[pem->length++] =
		    (unsigned char)(pem->bits >>
				    2 * ((0U - pem->characters) % 4));
	}
}

/* Takes groups of four characters, which are three bytes each, as far as
 * nothing but base64 comes.
 *
 * Returns the number of characters. */
static size_t
take_groups(struct pem *pem, const char *text, size_t length)
{
	size_t groups;

	if (pem->characters % 4 != 0 || pem->padding > 0)
		return 0;
	groups = base64_groups(text, length, pem->der + pem->length,
	    sizeof(pem->der) - pem->length);
	pem->length += 3 * groups;
	pem->characters += (unsigned)(4 * groups);
	return 4 * groups;
}

static void
take_boundary(struct pem *pem, char byte)
{
	/* A line this long cannot be a boundary that we recognise. */
	if (pem->boundary_length < PEM_LINE_MAX)
		pem->boundary[pem->boundary_length++] = byte;
}

static enum pem_event
end_line(struct pem *pem)
{
	enum pem_event event = PEM_NOTHING;

	if (pem->boundary_length > 0)
		event = end_boundary(pem);
	pem->line++;
	pem->column = pem->boundary_length = 0;
	return event;
}

enum pem_event
pem_read(struct pem *pem, const char *bytes, size_t length, size_t *taken)
{
	size_t i, count;

	for (i = 0; i < length; i++) {
		enum pem_event event = PEM_NOTHING;
		char c = bytes[i];

		if (c == '\n' && pem->after_cr) {
			pem->after_cr = false;
			continue;
		}
		pem->after_cr = c == '\r';
		if (c == '\n' || c == '\r') {
			event = end_line(pem);
		} else if (pem->boundary_length > 0 ||
			   (c == '-' && pem->column == 0)) {
			take_boundary(pem, c);
		} else if (pem->inside) {
			count = take_groups(pem, bytes + i, length - i);
			if (count > 0) {
				i += count - 1;
			} else {
				take_base64(pem, (unsigned char)c);
			}
		}
		if (c != '\n' && c != '\r')
			pem->column++;
		if (event != PEM_NOTHING) {
			*taken = i + 1;
			return event;
		}
	}
	*taken = length;
	return PEM_NOTHING;
}
