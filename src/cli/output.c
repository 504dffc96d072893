/* output.c - bytes gather in one small buffer. When it is full, what is written
 * ends where no secret is cut in two. The first write that fails is remembered,
 * and nothing is written after it. */
#include "cli/output.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/utf8.h"
#include "os/file.h"

#define REPLACEMENT 0xfffd /* in place of a byte that is not UTF-8 */

/* Writes the first bytes that are held. */
static void
write_first(struct output *output, size_t length)
{
	if (output->buffer != NULL) {
		buffer_append(output->buffer, output->bytes, length);
	} else if (output->failure == 0 &&
		   file_write(output->fd, output->bytes, length) < 0) {
		output->failure = errno;
	}
	output->length -= length;
	memmove(output->bytes, output->bytes + length, output->length);
}

void
output_flush(struct output *output)
{
	write_first(output, output->length);
}

void
output_bytes(struct output *output, const char *bytes, size_t length)
{
	size_t n;

	while (length > 0) {
		n = sizeof(output->bytes) - output->length;
		n = n < length ? n : length;
		memcpy(output->bytes + output->length, bytes, n);
		output->length += n;
		bytes += n;
		length -= n;
		if (output->length == sizeof(output->bytes)) {
			write_first(output, secrets_cut(span_of(output->bytes,
						output->length)));
		}
	}
}

void
output_text(struct output *output, const char *text)
{
	output_bytes(output, text, strlen(text));
}

void
output_number(struct output *output, uint64_t number)
{
	char digits[24];
	struct buffer b;

	buffer_init(&b, digits, sizeof(digits));
	buffer_decimal(&b, number);
	output_bytes(output, digits, b.length);
}

void
output_shown(struct output *output, const char *bytes, size_t length)
{
	char shown[256];
	size_t n;

	/* A piece of 48 bytes is at most 192 once it is escaped. A piece does
	 * not end between the two of "::" or "##", which would hide them. */
	while (length > 0) {
		n = length < 48 ? length : 48;
		if (n < length && (bytes[n - 1] == ':' || bytes[n - 1] == '#'))
			n = bytes[n - 2] != bytes[n - 1] ? n - 1 : n;
		(void)escape(shown, sizeof(shown), bytes, n);
		output_text(output, shown);
		bytes += n;
		length -= n;
	}
}

void
output_finish(struct output *output, struct error *e)
{
	output_flush(output);
	if (output->failure != 0) {
		(void)error_set_errno(e, ERROR_LOCAL, output->failure,
		    "cannot write to standard output");
	}
}

static void
put_unit(struct output *output, uint32_t unit)
{
	char text[8];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_format(&b, "\\u%04x", (unsigned)unit);
	output_bytes(output, text, b.length);
}

/* A code point above U+FFFF is a pair of surrogates (RFC 8259, 7). */
static void
put_point(struct output *output, uint32_t point)
{
	if (point > 0xffff) {
		point -= 0x10000;
		put_unit(output, 0xd800 + (point >> 10));
		point = 0xdc00 + (point & 0x3ff);
	}
	put_unit(output, point);
}

void
output_json(struct output *output, const char *text, size_t length)
{
	unsigned char byte;
	uint32_t point;
	size_t n;

	while (length > 0) {
		byte = (unsigned char)text[0];
		n = 1;
		if (byte >= 0x80) {
			n = utf8_decode(text, length, &point);
			put_point(output, n > 0 ? point : REPLACEMENT);
			n = n > 0 ? n : 1;
		} else if (byte == 0x7f || (byte == output->previous &&
					       (byte == ':' || byte == '#'))) {
			put_unit(output, byte);
		} else {
			output_bytes(output, text, 1);
		}
		output->previous = byte;
		text += n;
		length -= n;
	}
}

void
output_json_text(struct output *output, const char *text)
{
	output_json(output, text, strlen(text));
}

/* Control characters, quotes and backslashes are escaped (RFC 8259, 7). */
static size_t
plain_length(const char *text)
{
	size_t i;

	for (i = 0; (unsigned char)text[i] >= 0x20; i++) {
		if (text[i] == '"' || text[i] == '\\')
			break;
	}
	return i;
}

void
output_json_string(struct output *output, const char *text)
{
	size_t plain;

	if (text == NULL) {
		output_json_text(output, "null");
		return;
	}
	output_json_text(output, "\"");
	for (;;) {
		plain = plain_length(text);
		output_json(output, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		put_unit(output, (unsigned char)*text++);
	}
	output_json_text(output, "\"");
}
