/* output.c - bytes gather in one small buffer, which is written when it is
 * full. The first write that fails is remembered, and nothing is written after
 * it.
 *
 * Each form has a function that puts a piece of a text without secrets; the
 * walk from secret to secret is the same for all. */
#include "cli/output.h"

#include <errno.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/utf8.h"
#include "os/file.h"
#include "json/string.h"

#define REPLACEMENT 0xfffd /* in place of a byte that is not UTF-8 */
#define PIECE 48           /* bytes that are escaped at a time */

void
output_flush(struct output *output)
{
	if (output->buffer != NULL) {
		buffer_append(output->buffer, output->bytes, output->length);
	} else if (output->failure == 0 &&
		   file_write_hidden(
		       output->fd, output->bytes, output->length) < 0) {
		output->failure = errno;
	}
	output->length = 0;
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

int
output_write(int fd, const struct buffer *gathered)
{
	return file_write_hidden(fd, gathered->bytes, gathered->length);
}

static void
put(struct output *output, const char *bytes, size_t length)
{
	size_t n;

	while (length > 0) {
		n = sizeof(output->bytes) - output->length;
		n = n < length ? n : length;
		memcpy(output->bytes + output->length, bytes, n);
		output->length += n;
		bytes += n;
		length -= n;
		if (output->length == sizeof(output->bytes))
			output_flush(output);
	}
}

void
output_frame(struct output *output, const char *words)
{
	put(output, words, strlen(words));
}

void
output_number(struct output *output, uint64_t number)
{
	char digits[24];
	struct buffer b;

	buffer_init(&b, digits, sizeof(digits));
	buffer_decimal(&b, number);
	put(output, digits, b.length);
}

/* Puts a piece of a text in a form. */
typedef void putter(struct output *output, const char *bytes, size_t length);

static void
put_hidden(struct output *output, struct span text, putter *put_piece)
{
	struct secrets_place place;
	size_t from = 0;
	bool found;

	do {
		found = secrets_find(text, from, &place);
		put_piece(output, span_chars(text) + from, place.begin - from);
		if (found)
			output_frame(output, SECRETS_HIDDEN);
		from = place.end;
	} while (found);
}

void
output_plain(struct output *output, const char *text)
{
	put_hidden(output, span_text(text), put);
}

/* Escapes a text piece by piece, and puts each. A piece is at most four times
 * as long once it is escaped, and does not end between the two of "::" or "##",
 * which would hide them. */
static void
put_escaped(
    struct output *output, const char *bytes, size_t length, putter *put_piece)
{
	char shown[4 * PIECE + 1];
	size_t n;

	while (length > 0) {
		n = length < PIECE ? length : PIECE;
		if (n < length && (bytes[n - 1] == ':' || bytes[n - 1] == '#'))
			n = bytes[n - 2] != bytes[n - 1] ? n - 1 : n;
		put_piece(
		    output, shown, escape(shown, sizeof(shown), bytes, n));
		bytes += n;
		length -= n;
	}
}

static void
put_shown(struct output *output, const char *bytes, size_t length)
{
	put_escaped(output, bytes, length, put);
}

void
output_shown(struct output *output, const char *bytes, size_t length)
{
	put_hidden(output, span_of(bytes, length), put_shown);
}

void
output_shown_text(struct output *output, const char *text)
{
	output_shown(output, text, strlen(text));
}

static void
put_percents(struct output *output, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		put(output, bytes + i, 1);
		if (bytes[i] == '%')
			output_frame(output, "25");
	}
}

static void
put_command(struct output *output, const char *bytes, size_t length)
{
	put_escaped(output, bytes, length, put_percents);
}

void
output_command(struct output *output, const char *text)
{
	put_hidden(output, span_text(text), put_command);
}

/* Neither Markdown nor HTML gives these characters a meaning. */
static bool
is_plain(char byte)
{
	return ascii_is_alphanumeric((unsigned char)byte) ||
	       strchr(" -./,", byte) != NULL;
}

static void
put_entities(struct output *output, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (is_plain(bytes[i])) {
			put(output, bytes + i, 1);
		} else {
			output_frame(output, "&#");
			output_number(output, (unsigned char)bytes[i]);
			output_frame(output, ";");
		}
	}
}

static void
put_markdown(struct output *output, const char *bytes, size_t length)
{
	put_escaped(output, bytes, length, put_entities);
}

void
output_markdown(struct output *output, const char *text)
{
	put_hidden(output, span_text(text), put_markdown);
}

static void
put_unit(struct output *output, uint32_t unit)
{
	char text[8];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_format(&b, "\\u%04x", (unsigned)unit);
	put(output, text, b.length);
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

/* Puts contents of a JSON string, and text that is to be such: `must` has the
 * characters that need an escape besides. */
static void
put_contents(
    struct output *output, const char *text, size_t length, const char *must)
{
	unsigned char byte, previous = '\0';
	uint32_t point;
	size_t n, i;

	for (i = 0; i < length; i += n) {
		byte = (unsigned char)text[i];
		n = 1;
		if (byte >= 0x80) {
			n = utf8_decode(text + i, length - i, &point);
			put_point(output, n > 0 ? point : REPLACEMENT);
			n = n > 0 ? n : 1;
		} else if (byte < 0x20 || byte == 0x7f ||
			   strchr(must, byte) != NULL ||
			   (byte == previous && (byte == ':' || byte == '#'))) {
			put_unit(output, byte);
		} else {
			put(output, text + i, 1);
		}
		previous = byte;
	}
}

static void
put_text(struct output *output, const char *bytes, size_t length)
{
	put_contents(output, bytes, length, "\"\\");
}

void
output_json_string(struct output *output, const char *text)
{
	if (text == NULL) {
		output_frame(output, "null");
		return;
	}
	output_frame(output, "\"");
	put_hidden(output, span_text(text), put_text);
	output_frame(output, "\"");
}

/* Returns the end of the unit in which an offset is (string.h), or the offset
 * itself if a unit begins there. */
static size_t
end_of_unit(struct span contents, size_t from, size_t at)
{
	while (from < at) {
		from += json_unit(
		    span_of(contents.bytes + from, contents.length - from));
	}
	return from;
}

/* Returns the beginning of the unit in which an offset is. */
static size_t
begin_of_unit(struct span contents, size_t from, size_t at)
{
	size_t begin = from;

	while (from < at) {
		begin = from;
		from += json_unit(
		    span_of(contents.bytes + from, contents.length - from));
	}
	return from == at ? at : begin;
}

/* What is left of an escape would not be one: a unit is hidden whole. */
static void
put_hidden_contents(struct output *output, struct span contents)
{
	struct secrets_place place = {0, 0};
	size_t from = 0, begin;

	while (secrets_find(contents, from, &place)) {
		begin = begin_of_unit(contents, from, place.begin);
		put_contents(
		    output, span_chars(contents) + from, begin - from, "");
		output_frame(output, SECRETS_HIDDEN);
		from = end_of_unit(contents, begin, place.end);
	}
	put_contents(
	    output, span_chars(contents) + from, contents.length - from, "");
}

void
output_json(struct output *output, const char *json, size_t length)
{
	struct span rest = span_of(json, length), contents;
	const char *from = json;

	while (json_next_string(&rest, &contents)) {
		put(output, from, (size_t)(span_chars(contents) - from));
		put_hidden_contents(output, contents);
		from = span_chars(contents) + contents.length;
	}
	put(output, from, (size_t)(json + length - from));
}
