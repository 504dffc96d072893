/* reader.c - each call of json_next() reads one token. What may come next is a
 * state, and the brackets that will close the open containers are a stack of
 * fixed size. Every byte passes peek(), which refills the window. json/scan
 * runs ahead over bytes in memory that are plainly valid, so this file does not
 * have to be fast; only this file decides whether something is a fault. */
#include "json/reader.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/utf8.h"
#include "base/value.h"

/* Bytes of the line on either side of a fault that an excerpt shows. */
#define EXCERPT_BEFORE 40
#define EXCERPT_AFTER 24

/* Bytes around a fault in which a secret forbids an excerpt, and bytes in which
 * what may be one does, such as a commit id. */
#define SECRET_NEAR 4096
#define DOUBT_NEAR 96

/* Bytes kept when the window is refilled: enough for an excerpt. */
#define KEPT 96

static void
open_reader(struct json_reader *reader, struct span text)
{
	memset(reader, 0, sizeof(*reader));
	reader->start = reader->counted = reader->in.at = text.bytes;
	reader->in.end = text.bytes + text.length;
	reader->in.line = 1;
	reader->in.state = SCAN_VALUE;
	reader->in.limit = JSON_DEPTH_MAX;
}

void
json_open(struct json_reader *reader, struct span text)
{
	open_reader(reader, text);
}

void
json_open_source(struct json_reader *reader, json_source *source, void *context,
    void *window, size_t window_size)
{
	open_reader(reader, span_of(window, 0));
	reader->source = source;
	reader->context = context;
	reader->window = window;
	reader->window_size = window_size;
}

void
json_limit_depth(struct json_reader *reader, unsigned levels)
{
	reader->in.limit = levels;
}

/* Counts the characters of the line up to here. */
static void
count_line(struct json_reader *reader)
{
	if (reader->in.line_start != NULL) {
		reader->counted = reader->in.line_start;
		reader->characters = 0;
		reader->in.line_start = NULL;
	}
	reader->characters += utf8_count(
	    reader->counted, (size_t)(reader->in.at - reader->counted));
	reader->counted = reader->in.at;
}

/* Keeps the last bytes, for an excerpt, and reads more after them. */
static bool
refill(struct json_reader *reader)
{
	size_t kept = (size_t)(reader->in.at - reader->start);
	ssize_t n;

	if (reader->source == NULL || reader->source_ended)
		return false;
	count_line(reader);
	if (kept > KEPT) {
		reader->base += kept - KEPT;
		memmove(reader->window, reader->in.at - KEPT, KEPT);
		kept = KEPT;
	}
	n = reader->source(
	    reader->context, reader->window + kept, reader->window_size - kept);
	reader->source_failed = n < 0;
	reader->source_ended = n <= 0;
	reader->start = reader->window;
	reader->in.at = reader->counted = reader->window + kept;
	reader->in.end = reader->in.at + (n > 0 ? n : 0);
	return n > 0;
}

/* Returns the next byte, or -1 at the end. */
static int
peek(struct json_reader *reader)
{
	if (reader->in.at == reader->in.end && !refill(reader))
		return -1;
	return *reader->in.at;
}

static uint64_t
offset(const struct json_reader *reader)
{
	return reader->base + (uint64_t)(reader->in.at - reader->start);
}

static enum json_event
fail(struct json_reader *reader, const char *expected)
{
	reader->in.state = SCAN_BROKEN;
	reader->fault.offset = offset(reader);
	reader->fault.line = reader->in.line;
	count_line(reader);
	reader->fault.column = reader->characters + 1;
	reader->fault.expected = expected;
	return JSON_FAULT;
}

static void
skip_space(struct json_reader *reader)
{
	int c;

	while (
	    (c = peek(reader)) == ' ' || c == '\n' || c == '\t' || c == '\r') {
		reader->in.at++;
		if (c == '\n') {
			reader->in.line++;
			reader->in.line_start = reader->in.at;
		}
	}
}

/* After a backslash. Returns NULL, or what was expected. */
static const char *
skip_escape(struct json_reader *reader)
{
	int c = peek(reader), digits, i;

	if (c <= 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return "one of \" \\ / b f n r t u after the backslash";
	reader->in.at++;
	digits = c == 'u' ? 4 : 0;
	for (i = 0; i < digits; i++) {
		c = peek(reader);
		if (c < 0 || ascii_hex((char)c) < 0)
			return "four hexadecimal digits after \\u";
		reader->in.at++;
	}
	return NULL;
}

/* Moves back to the first byte of a character. refill() has kept it, and may
 * have counted the character. */
static void
step_back(struct json_reader *reader, size_t length)
{
	reader->in.at -= length;
	if (reader->counted > reader->in.at) {
		reader->counted = reader->in.at;
		reader->characters--;
	}
}

/* A character of two to four bytes. Returns NULL, or what was expected. */
static const char *
skip_utf8(struct json_reader *reader)
{
	struct utf8_lead lead;
	int c = peek(reader), low, high;
	size_t i;

	if (!utf8_lead((unsigned char)c, &lead))
		return "valid UTF-8";
	reader->in.at++;
	low = lead.low;
	high = lead.high;
	for (i = 1; i < lead.length; i++) {
		c = peek(reader);
		if (c < low || c > high) {
			step_back(reader, i);
			return "valid UTF-8";
		}
		reader->in.at++;
		low = 0x80;
		high = 0xbf;
	}
	return NULL;
}

/* At the opening quotation mark. Returns NULL, or what was expected. */
static const char *
skip_string(struct json_reader *reader)
{
	const char *expected = NULL;
	int c;

	reader->in.at++;
	while (expected == NULL) {
		reader->in.at = scan_text(reader->in.at, reader->in.end);
		c = peek(reader);
		if (c == '"') {
			reader->in.at++;
			return NULL;
		}
		if (c < 0)
			return "the string's closing quotation mark";
		if (c < 0x20) {
			return "an escape: a string holds no raw control "
			       "character";
		}
		if (c == '\\') {
			reader->in.at++;
			expected = skip_escape(reader);
		} else if (c >= 0x80) {
			expected = skip_utf8(reader);
		} else {
			reader->in.at++;
		}
	}
	return expected;
}

static const char *
skip_digits(struct json_reader *reader)
{
	int c = peek(reader);

	if (c < '0' || c > '9')
		return "a digit";
	while (c >= '0' && c <= '9') {
		reader->in.at++;
		c = peek(reader);
	}
	return NULL;
}

/* RFC 8259, 6. */
static const char *
skip_number(struct json_reader *reader)
{
	const char *expected;
	int c;

	if (peek(reader) == '-')
		reader->in.at++;
	c = peek(reader);
	if (c == '0') {
		reader->in.at++;
	} else if ((expected = skip_digits(reader)) != NULL) {
		return expected;
	}
	if (c == '0' && (c = peek(reader)) >= '0' && c <= '9')
		return "a number without a leading zero";
	if (peek(reader) == '.') {
		reader->in.at++;
		if ((expected = skip_digits(reader)) != NULL)
			return expected;
	}
	c = peek(reader);
	if (c != 'e' && c != 'E')
		return NULL;
	reader->in.at++;
	c = peek(reader);
	if (c == '+' || c == '-')
		reader->in.at++;
	return skip_digits(reader);
}

static const char *
skip_word(struct json_reader *reader, const char *word)
{
	for (; *word != '\0'; word++) {
		if (peek(reader) != *word)
			return "true, false or null";
		reader->in.at++;
	}
	return NULL;
}

static bool
in_object(const struct json_reader *reader)
{
	return reader->in.closers[reader->in.depth - 1] == '}';
}

static enum json_event
begin(struct json_reader *reader, bool object)
{
	if (reader->in.depth == reader->in.limit)
		return fail(reader, "at most 512 levels of objects and arrays");
	reader->in.closers[reader->in.depth] = object ? '}' : ']';
	reader->in.depth++;
	reader->in.at++;
	reader->in.state = object ? SCAN_KEY_OR_END : SCAN_VALUE_OR_END;
	return object ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN;
}

/* After a value or the end of a container. */
static void
after_value(struct json_reader *reader)
{
	reader->in.state =
	    reader->in.depth == 0 ? SCAN_NOTHING : SCAN_COMMA_OR_END;
}

static enum json_event
end(struct json_reader *reader)
{
	enum json_event event =
	    in_object(reader) ? JSON_OBJECT_END : JSON_ARRAY_END;

	reader->in.at++;
	reader->in.depth--;
	after_value(reader);
	return event;
}

/* Reads a value, whose first byte is first. */
static enum json_event
value(struct json_reader *reader, int first, const char *wanted)
{
	const char *expected = wanted;
	enum json_event event = JSON_FAULT;

	if (first == '{' || first == '[')
		return begin(reader, first == '{');
	if (first == '"') {
		event = JSON_STRING;
		expected = skip_string(reader);
	} else if (first == '-' || (first >= '0' && first <= '9')) {
		event = JSON_NUMBER;
		expected = skip_number(reader);
	} else if (first == 't') {
		event = JSON_TRUE;
		expected = skip_word(reader, "true");
	} else if (first == 'f') {
		event = JSON_FALSE;
		expected = skip_word(reader, "false");
	} else if (first == 'n') {
		event = JSON_NULL;
		expected = skip_word(reader, "null");
	}
	if (expected != NULL)
		return fail(reader, expected);
	after_value(reader);
	return event;
}

/* The token is what was passed since it began. */
static void
end_token(struct json_reader *reader)
{
	if (reader->source == NULL) {
		reader->token.length =
		    (size_t)(reader->in.at - reader->token.bytes);
	}
}

static enum json_event
key(struct json_reader *reader, int first, const char *wanted)
{
	const char *expected = first == '"' ? skip_string(reader) : wanted;

	if (expected != NULL)
		return fail(reader, expected);
	/* The token ends before the colon. */
	end_token(reader);
	skip_space(reader);
	if (peek(reader) != ':')
		return fail(reader, "a colon after the key");
	reader->in.at++;
	reader->in.state = SCAN_VALUE;
	return JSON_KEY;
}

static const char *
wanted_first(const struct json_reader *reader, int first)
{
	if (first == 0xef && reader->base == 0 &&
	    reader->in.at == reader->start)
		return "no byte order mark in front";
	return first < 0 && reader->in.depth == 0
		   ? "a value, but there is nothing"
		   : "a value";
}

static enum json_event
step(struct json_reader *reader)
{
	int c;

	skip_space(reader);
	c = peek(reader);
	if (reader->in.state == SCAN_COMMA_OR_END && c == ',') {
		reader->in.at++;
		reader->in.state = in_object(reader) ? SCAN_KEY : SCAN_VALUE;
		skip_space(reader);
		c = peek(reader);
	}
	reader->token =
	    span_of(reader->source == NULL ? reader->in.at : NULL, 0);
	switch ((enum scan_state)reader->in.state) {
	case SCAN_VALUE:
		return value(reader, c, wanted_first(reader, c));
	case SCAN_VALUE_OR_END:
		return c == ']' ? end(reader)
				: value(reader, c, "a value or ]");
	case SCAN_KEY_OR_END:
		return c == '}' ? end(reader) : key(reader, c, "a key or }");
	case SCAN_KEY:
		return key(reader, c, "a key");
	case SCAN_COMMA_OR_END:
		if (c == reader->in.closers[reader->in.depth - 1])
			return end(reader);
		return fail(reader,
		    in_object(reader) ? "a comma or }" : "a comma or ]");
	case SCAN_NOTHING:
		return c < 0 ? JSON_END
			     : fail(reader, "nothing after the value");
	case SCAN_BROKEN:
	default:
		return JSON_FAULT;
	}
}

enum json_event
json_next(struct json_reader *reader)
{
	enum json_event event;

	if (reader->in.state == SCAN_BROKEN)
		return JSON_FAULT;
	event = step(reader);
	if (reader->source_failed && event != JSON_FAULT)
		event = fail(reader, "more to read");
	if (event != JSON_KEY)
		end_token(reader);
	return event;
}

int
json_validate(struct json_reader *reader)
{
	enum json_event event;

	do {
		scan_tokens(&reader->in);
		event = json_next(reader);
	} while (event > JSON_END);
	return event == JSON_END ? 0 : -1;
}

/* Appends a text without its secrets, which cannot make it longer. Returns to
 * where that moves a place in the text. */
static size_t
hide(struct buffer *b, struct span text, size_t place)
{
	struct secrets_place secret;
	size_t from = 0, moved = place;

	while (secrets_find(text, from, &secret)) {
		buffer_append(b, text.bytes + from, secret.begin - from);
		if (place > secret.begin)
			moved = b->length;
		buffer_text(b, SECRETS_HIDDEN);
		if (place >= secret.end)
			moved = b->length + (place - secret.end);
		from = secret.end;
	}
	buffer_append(b, text.bytes + from, text.length - from);
	return moved;
}

/* The text around the fault, as many bytes on each side. */
static struct span
text_near(const struct json_reader *reader, size_t most)
{
	const struct scan *in = &reader->in;
	size_t before = (size_t)(in->at - reader->start);
	size_t after = (size_t)(in->end - in->at);

	before = before < most ? before : most;
	after = after < most ? after : most;
	return span_of(in->at - before, before + after);
}

/* Whether the text around the fault may hold a secret that we do not know. */
static bool
is_near_secret(const struct json_reader *reader)
{
	return value_has_secret(text_near(reader, SECRET_NEAR)) ||
	       value_may_have_secret(text_near(reader, DOUBT_NEAR));
}

/* Writes two lines that show the place, with a caret under it, safe for a
 * terminal and a log. If they do not fit, or may hold a secret, nothing is
 * written. */
static void
write_excerpt(const struct json_reader *reader, struct buffer *b)
{
	const unsigned char *from = reader->in.at, *to = reader->in.at;
	char shown[4 * (EXCERPT_BEFORE + EXCERPT_AFTER) + 1];
	char hidden[EXCERPT_BEFORE + EXCERPT_AFTER + 1];
	struct buffer text;
	size_t caret;

	if (is_near_secret(reader))
		return;
	while (from > reader->start && reader->in.at - from < EXCERPT_BEFORE &&
	       from[-1] != '\n')
		from--;
	while (to < reader->in.end && to - reader->in.at < EXCERPT_AFTER &&
	       *to != '\n' && *to != '\r')
		to++;
	buffer_init(&text, hidden, sizeof(hidden));
	caret = hide(&text, span_of(from, (size_t)(to - from)),
	    (size_t)(reader->in.at - from));
	caret = escape(NULL, 0, hidden, caret);
	(void)escape(shown, sizeof(shown), hidden, text.length);
	buffer_format(b, "    | %s\n    | %*s^\n", shown, (int)caret, "");
}

int
json_refuse(const struct json_reader *reader, const char *name, struct error *e)
{
	struct buffer b;

	error_set(e, ERROR_PAYLOAD, "%s:%llu:%llu: not JSON: expected %s", name,
	    (unsigned long long)reader->fault.line,
	    (unsigned long long)reader->fault.column, reader->fault.expected);
	buffer_init(&b, e->excerpt, sizeof(e->excerpt));
	write_excerpt(reader, &b);
	return -1;
}

/* Reads to the end of the container that was just entered. */
static void
skip_container(struct json_reader *reader)
{
	unsigned outside = reader->in.depth - 1;

	reader->in.floor = outside;
	do {
		scan_tokens(&reader->in);
	} while (reader->in.depth > outside && json_next(reader) > JSON_END);
	reader->in.floor = 0;
}

enum json_event
json_whole(struct json_reader *reader, enum json_event event)
{
	struct span whole = reader->token;

	if (event != JSON_OBJECT_BEGIN && event != JSON_ARRAY_BEGIN)
		return event;
	skip_container(reader);
	if (reader->in.state == SCAN_BROKEN)
		return JSON_FAULT;
	reader->token = whole;
	end_token(reader);
	return event;
}
