/* reader.c - each call of json_next() reads one token. What may come next is a
 * state, and the brackets that will close the open containers are a stack of
 * fixed size. Every byte passes peek(), which refills the window. json/scan
 * runs ahead over what is in memory and plainly valid, so this file does not
 * have to be fast; it is the only one that decides what is a fault. */
#include "json/reader.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/span.h"
#include "base/utf8.h"

/* Bytes of the line on either side of a fault that an excerpt shows. */
#define EXCERPT_BEFORE 40
#define EXCERPT_AFTER 24

/* Bytes kept when the window is refilled: enough for an excerpt. */
#define KEPT 96

static void
open_reader(struct json_reader *r, struct span text)
{
	memset(r, 0, sizeof(*r));
	r->start = r->counted = r->in.at = text.bytes;
	r->in.end = text.bytes + text.length;
	r->in.line = 1;
	r->in.state = SCAN_VALUE;
	r->in.limit = JSON_DEPTH_MAX;
}

void
json_open(struct json_reader *r, struct span text)
{
	open_reader(r, text);
}

void
json_open_source(struct json_reader *r, json_source *source, void *context,
    void *window, size_t window_size)
{
	open_reader(r, span_of(window, 0));
	r->source = source;
	r->context = context;
	r->window = window;
	r->window_size = window_size;
}

void
json_limit_depth(struct json_reader *r, unsigned levels)
{
	r->in.limit = levels;
}

/* Brings the count of the line's characters up to here. */
static void
count_line(struct json_reader *r)
{
	if (r->in.line_start != NULL) {
		r->counted = r->in.line_start;
		r->characters = 0;
		r->in.line_start = NULL;
	}
	r->characters +=
	    utf8_count(r->counted, (size_t)(r->in.at - r->counted));
	r->counted = r->in.at;
}

/* Keeps the last bytes, for the excerpt, and reads more after them. */
static bool
refill(struct json_reader *r)
{
	size_t kept = (size_t)(r->in.at - r->start);
	ssize_t n;

	if (r->source == NULL || r->source_ended)
		return false;
	count_line(r);
	if (kept > KEPT) {
		r->base += kept - KEPT;
		memmove(r->window, r->in.at - KEPT, KEPT);
		kept = KEPT;
	}
	n = r->source(r->context, r->window + kept, r->window_size - kept);
	r->source_failed = n < 0;
	r->source_ended = n <= 0;
	r->start = r->window;
	r->in.at = r->counted = r->window + kept;
	r->in.end = r->in.at + (n > 0 ? n : 0);
	return n > 0;
}

/* The next byte, or -1 at the end. */
static int
peek(struct json_reader *r)
{
	if (r->in.at == r->in.end && !refill(r))
		return -1;
	return *r->in.at;
}

static uint64_t
offset(const struct json_reader *r)
{
	return r->base + (uint64_t)(r->in.at - r->start);
}

static enum json_event
fail(struct json_reader *r, const char *expected)
{
	r->in.state = SCAN_BROKEN;
	r->fault.offset = offset(r);
	r->fault.line = r->in.line;
	count_line(r);
	r->fault.column = r->characters + 1;
	r->fault.expected = expected;
	return JSON_FAULT;
}

static void
skip_space(struct json_reader *r)
{
	int c;

	while ((c = peek(r)) == ' ' || c == '\n' || c == '\t' || c == '\r') {
		r->in.at++;
		if (c == '\n') {
			r->in.line++;
			r->in.line_start = r->in.at;
		}
	}
}

/* After a backslash. Returns NULL, or what was expected. */
static const char *
skip_escape(struct json_reader *r)
{
	int c = peek(r), digits, i;

	if (c <= 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return "one of \" \\ / b f n r t u after the backslash";
	r->in.at++;
	digits = c == 'u' ? 4 : 0;
	for (i = 0; i < digits; i++) {
		c = peek(r);
		if (c < 0 || ascii_hex((char)c) < 0)
			return "four hexadecimal digits after \\u";
		r->in.at++;
	}
	return NULL;
}

/* To a character's first byte, which is still in memory; it may have been
 * counted with the line. */
static void
step_back(struct json_reader *r, size_t length)
{
	r->in.at -= length;
	if (r->counted > r->in.at) {
		r->counted = r->in.at;
		r->characters--;
	}
}

/* A character of two to four bytes. Returns NULL, or what was expected. */
static const char *
skip_utf8(struct json_reader *r)
{
	struct utf8_lead lead;
	int c = peek(r), low, high;
	size_t i;

	if (!utf8_lead((unsigned char)c, &lead))
		return "valid UTF-8";
	r->in.at++;
	low = lead.low;
	high = lead.high;
	for (i = 1; i < lead.length; i++) {
		c = peek(r);
		if (c < low || c > high) {
			step_back(r, i);
			return "valid UTF-8";
		}
		r->in.at++;
		low = 0x80;
		high = 0xbf;
	}
	return NULL;
}

/* At the opening quotation mark. Returns NULL, or what was expected. */
static const char *
skip_string(struct json_reader *r)
{
	const char *expected = NULL;
	int c;

	r->in.at++;
	while (expected == NULL) {
		r->in.at = scan_text(r->in.at, r->in.end);
		c = peek(r);
		if (c == '"') {
			r->in.at++;
			return NULL;
		}
		if (c < 0)
			return "the string's closing quotation mark";
		if (c < 0x20)
			return "an escape: a string holds no raw control "
			       "character";
		if (c == '\\') {
			r->in.at++;
			expected = skip_escape(r);
		} else if (c >= 0x80) {
			expected = skip_utf8(r);
		} else {
			r->in.at++;
		}
	}
	return expected;
}

static const char *
skip_digits(struct json_reader *r)
{
	int c = peek(r);

	if (c < '0' || c > '9')
		return "a digit";
	while (c >= '0' && c <= '9') {
		r->in.at++;
		c = peek(r);
	}
	return NULL;
}

/* RFC 8259, 6. */
static const char *
skip_number(struct json_reader *r)
{
	const char *expected;
	int c;

	if (peek(r) == '-')
		r->in.at++;
	c = peek(r);
	if (c == '0')
		r->in.at++;
	else if ((expected = skip_digits(r)) != NULL)
		return expected;
	if (c == '0' && (c = peek(r)) >= '0' && c <= '9')
		return "a number without a leading zero";
	if (peek(r) == '.') {
		r->in.at++;
		if ((expected = skip_digits(r)) != NULL)
			return expected;
	}
	c = peek(r);
	if (c != 'e' && c != 'E')
		return NULL;
	r->in.at++;
	c = peek(r);
	if (c == '+' || c == '-')
		r->in.at++;
	return skip_digits(r);
}

static const char *
skip_word(struct json_reader *r, const char *word)
{
	for (; *word != '\0'; word++) {
		if (peek(r) != *word)
			return "true, false or null";
		r->in.at++;
	}
	return NULL;
}

static bool
in_object(const struct json_reader *r)
{
	return r->in.closers[r->in.depth - 1] == '}';
}

static enum json_event
begin(struct json_reader *r, bool object)
{
	if (r->in.depth == r->in.limit)
		return fail(r, "at most 512 levels of objects and arrays");
	r->in.closers[r->in.depth] = object ? '}' : ']';
	r->in.depth++;
	r->in.at++;
	r->in.state = object ? SCAN_KEY_OR_END : SCAN_VALUE_OR_END;
	return object ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN;
}

/* After a value, or after the end of a container. */
static void
after_value(struct json_reader *r)
{
	r->in.state = r->in.depth == 0 ? SCAN_NOTHING : SCAN_COMMA_OR_END;
}

static enum json_event
end(struct json_reader *r)
{
	enum json_event event = in_object(r) ? JSON_OBJECT_END : JSON_ARRAY_END;

	r->in.at++;
	r->in.depth--;
	after_value(r);
	return event;
}

/* Nothing but a value may stand here; c is its first byte. */
static enum json_event
value(struct json_reader *r, int c, const char *wanted)
{
	const char *expected = wanted;
	enum json_event event = JSON_FAULT;

	if (c == '{' || c == '[')
		return begin(r, c == '{');
	if (c == '"') {
		event = JSON_STRING;
		expected = skip_string(r);
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		event = JSON_NUMBER;
		expected = skip_number(r);
	} else if (c == 't') {
		event = JSON_TRUE;
		expected = skip_word(r, "true");
	} else if (c == 'f') {
		event = JSON_FALSE;
		expected = skip_word(r, "false");
	} else if (c == 'n') {
		event = JSON_NULL;
		expected = skip_word(r, "null");
	}
	if (expected != NULL)
		return fail(r, expected);
	after_value(r);
	return event;
}

/* The token is what was passed since it began. */
static void
end_token(struct json_reader *r)
{
	if (r->source == NULL)
		r->token.length = (size_t)(r->in.at - r->token.bytes);
}

static enum json_event
key(struct json_reader *r, int c, const char *wanted)
{
	const char *expected = c == '"' ? skip_string(r) : wanted;

	if (expected != NULL)
		return fail(r, expected);
	/* The token ends before the colon. */
	end_token(r);
	skip_space(r);
	if (peek(r) != ':')
		return fail(r, "a colon after the key");
	r->in.at++;
	r->in.state = SCAN_VALUE;
	return JSON_KEY;
}

static const char *
wanted_first(const struct json_reader *r, int c)
{
	if (c == 0xef && r->base == 0 && r->in.at == r->start)
		return "no byte order mark in front";
	return c < 0 && r->in.depth == 0 ? "a value, but there is nothing"
					 : "a value";
}

static enum json_event
step(struct json_reader *r)
{
	int c;

	skip_space(r);
	c = peek(r);
	if (r->in.state == SCAN_COMMA_OR_END && c == ',') {
		r->in.at++;
		r->in.state = in_object(r) ? SCAN_KEY : SCAN_VALUE;
		skip_space(r);
		c = peek(r);
	}
	r->token = span_of(r->source == NULL ? r->in.at : NULL, 0);
	switch ((enum scan_state)r->in.state) {
	case SCAN_VALUE:
		return value(r, c, wanted_first(r, c));
	case SCAN_VALUE_OR_END:
		return c == ']' ? end(r) : value(r, c, "a value or ]");
	case SCAN_KEY_OR_END:
		return c == '}' ? end(r) : key(r, c, "a key or }");
	case SCAN_KEY:
		return key(r, c, "a key");
	case SCAN_COMMA_OR_END:
		if (c == r->in.closers[r->in.depth - 1])
			return end(r);
		return fail(r, in_object(r) ? "a comma or }" : "a comma or ]");
	case SCAN_NOTHING:
		return c < 0 ? JSON_END : fail(r, "nothing after the value");
	case SCAN_BROKEN:
	default:
		return JSON_FAULT;
	}
}

enum json_event
json_next(struct json_reader *r)
{
	enum json_event event;

	if (r->in.state == SCAN_BROKEN)
		return JSON_FAULT;
	event = step(r);
	if (r->source_failed && event != JSON_FAULT)
		event = fail(r, "more to read");
	if (event != JSON_KEY)
		end_token(r);
	return event;
}

int
json_validate(struct json_reader *r)
{
	enum json_event event;

	do {
		scan_tokens(&r->in);
		event = json_next(r);
	} while (event > JSON_END);
	return event == JSON_END ? 0 : -1;
}

/* Writes two lines that show the place, with a caret under it, safe for a
 * terminal and a log. If they do not fit, nothing is written. */
static void
write_excerpt(const struct json_reader *r, struct buffer *b)
{
	const unsigned char *from = r->in.at, *to = r->in.at;
	char shown[4 * (EXCERPT_BEFORE + EXCERPT_AFTER) + 1];
	size_t caret;

	while (from > r->start && r->in.at - from < EXCERPT_BEFORE &&
	       from[-1] != '\n')
		from--;
	while (to < r->in.end && to - r->in.at < EXCERPT_AFTER && *to != '\n' &&
	       *to != '\r')
		to++;
	caret = escape(NULL, 0, from, (size_t)(r->in.at - from));
	(void)escape(shown, sizeof(shown), from, (size_t)(to - from));
	buffer_format(b, "    | %s\n    | %*s^\n", shown, (int)caret, "");
}

int
json_refuse(const struct json_reader *r, const char *name, struct error *e)
{
	struct buffer b;

	error_set(e, ERROR_PAYLOAD, "%s:%llu:%llu: not JSON: expected %s", name,
	    (unsigned long long)r->fault.line,
	    (unsigned long long)r->fault.column, r->fault.expected);
	buffer_init(&b, e->excerpt, sizeof(e->excerpt));
	write_excerpt(r, &b);
	return -1;
}

/* Reads to the end of the container that was just entered. */
static void
skip_container(struct json_reader *r)
{
	unsigned outside = r->in.depth - 1;

	r->in.floor = outside;
	do {
		scan_tokens(&r->in);
	} while (r->in.depth > outside && json_next(r) > JSON_END);
	r->in.floor = 0;
}

enum json_event
json_whole(struct json_reader *r, enum json_event event)
{
	struct span whole = r->token;

	if (event != JSON_OBJECT_BEGIN && event != JSON_ARRAY_BEGIN)
		return event;
	skip_container(r);
	if (r->in.state == SCAN_BROKEN)
		return JSON_FAULT;
	r->token = whole;
	end_token(r);
	return event;
}
