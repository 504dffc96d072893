/* output.c - bytes gather in one small buffer; the first write that fails is
 * remembered and ends them all. */
#include "cli/output.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "os/file.h"

void
output_flush(struct output *o)
{
	if (o->failure == 0 && file_write(o->fd, o->bytes, o->length) == -1)
		o->failure = errno;
	o->length = 0;
}

void
output_bytes(struct output *o, const char *bytes, size_t length)
{
	while (length > 0) {
		size_t n = sizeof(o->bytes) - o->length;

		n = n < length ? n : length;
		memcpy(o->bytes + o->length, bytes, n);
		o->length += n;
		bytes += n;
		length -= n;
		if (o->length == sizeof(o->bytes))
			output_flush(o);
	}
}

void
output_text(struct output *o, const char *text)
{
	output_bytes(o, text, strlen(text));
}

void
output_number(struct output *o, uint64_t number)
{
	char digits[24];
	struct buffer b;

	buffer_init(&b, digits, sizeof(digits));
	buffer_decimal(&b, number);
	output_bytes(o, digits, b.length);
}

/* Foreign text within a line. */
void
output_shown(struct output *o, const char *bytes, size_t length)
{
	char shown[256];
	size_t n;

	/* A byte takes at most four; "::" across a cut is seen again. */
	while (length > 0) {
		n = length < 48 ? length : 48;
		if (n < length && (bytes[n - 1] == ':' || bytes[n - 1] == '#'))
			n = n > 1 && bytes[n - 2] != bytes[n - 1] ? n - 1 : n;
		(void)escape(shown, sizeof(shown), bytes, n);
		output_text(o, shown);
		bytes += n;
		length -= n;
	}
}

void
output_finish(struct output *o, struct error *e)
{
	output_flush(o);
	if (o->failure != 0)
		(void)error_set_errno(e, ERROR_LOCAL, o->failure,
		    "cannot write to standard output");
}

static void
put_unit(struct output *o, unsigned unit)
{
	static const char hex[] = "0123456789abcdef";
	char escape[6] = {'\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15],
	    hex[unit >> 4 & 15], hex[unit & 15]};

	output_bytes(o, escape, sizeof(escape));
}

/* A code point from UTF-8 (RFC 3629, 3). Returns the bytes it takes; bytes
 * that are not UTF-8 give U+FFFD, one by one. */
static size_t
decode(const unsigned char *b, size_t length, uint32_t *point)
{
	size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : b[0] >= 0xc2 ? 2 : 0;
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t value;
	size_t i;

	*point = 0xfffd;
	if (n == 0 || n > length)
		return 1;
	value = b[0] & (0xffU >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (b[i] & 0x3fU);
	}
	if (value < least[n] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 1;
	*point = value;
	return n;
}

static void
put_point(struct output *o, uint32_t point)
{
	if (point > 0xffff) {
		point -= 0x10000;
		put_unit(o, 0xd800U + (point >> 10));
		point = 0xdc00U + (point & 0x3ff);
	}
	put_unit(o, point);
}

/* JSON text through the filter. */
void
output_json(struct output *o, const char *text, size_t length)
{
	const unsigned char *b = (const unsigned char *)text;
	uint32_t point;
	size_t n;

	while (length > 0) {
		n = 1;
		if (b[0] >= 0x80) {
			n = decode(b, length, &point);
			put_point(o, point);
		} else if (b[0] == 0x7f || (b[0] == o->previous &&
					       (b[0] == ':' || b[0] == '#'))) {
			put_unit(o, b[0]);
		} else {
			output_bytes(o, (const char *)b, 1);
		}
		o->previous = b[0];
		b += n;
		length -= n;
	}
}

void
output_json_text(struct output *o, const char *text)
{
	output_json(o, text, strlen(text));
}

void
output_json_string(struct output *o, const char *text)
{
	if (text == NULL) {
		output_json_text(o, "null");
		return;
	}
	output_json_text(o, "\"");
	for (; *text != '\0'; text++) {
		size_t plain = 0;

		while ((unsigned char)text[plain] >= 0x20 &&
		       text[plain] != '"' && text[plain] != '\\')
			plain++;
		output_json(o, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		put_unit(o, (unsigned char)*text);
	}
	output_json_text(o, "\"");
}
