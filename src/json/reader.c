/* reader.c - each call of json_next reads one token. What may come next is a
 * state; what closes the containers that are open lies on a stack of fixed
 * size. All bytes pass peek(), which refills the window; skim runs ahead of it
 * over what is in memory and plainly valid, so that this file need not be
 * fast, and decides alone what is a fault. */
#include "json/reader.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"

#define CONTEXT 96 /* bytes kept before the window, for the excerpt */

static void
open_reader(struct json_reader *r, const unsigned char *bytes, size_t length)
{
	memset(r, 0, sizeof(*r));
	r->start = r->counted = r->in.at = bytes;
	r->in.end = bytes + length;
	r->in.line = 1;
	r->in.state = SCAN_VALUE;
}

void
json_open(struct json_reader *r, const void *bytes, size_t length)
{
	open_reader(r, bytes, length);
}

void
json_open_source(struct json_reader *r, json_source *source, void *context,
    void *window, size_t window_size)
{
	open_reader(r, window, 0);
	r->source = source;
	r->context = context;
	r->window = window;
	r->window_size = window_size;
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
	r->characters += scan_count(r->counted, r->in.at);
	r->counted = r->in.at;
}

/* Keeps the last bytes in front, for the excerpt, and reads behind them. */
static bool
refill(struct json_reader *r)
{
	size_t kept = (size_t)(r->in.at - r->start);
	ssize_t n;

	if (r->source == NULL || r->source_ended)
		return false;
	count_line(r);
	if (kept > CONTEXT) {
		r->base += kept - CONTEXT;
		memmove(r->window, r->in.at - CONTEXT, CONTEXT);
		kept = CONTEXT;
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

static bool
is_hex(int c)
{
	return c >= 0 && (ascii_is_digit((unsigned char)c) ||
			     ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'));
}

/* Behind a backslash. Returns NULL, or what was expected. */
static const char *
skip_escape(struct json_reader *r)
{
	int c = peek(r), i;

	if (c <= 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return "one of \" \\ / b f n r t u after the backslash";
	r->in.at++;
	for (i = 0; c == 'u' && i < 4; i++) {
		if (!is_hex(peek(r)))
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

/* A character of two to four bytes (RFC 3629, 4): the second byte's range
 * keeps out overlong forms, surrogates and what is above U+10FFFF. */
static const char *
skip_utf8(struct json_reader *r)
{
	static const struct {
		unsigned char first, last, low, high, more;
	} rows[] = {
	    {0xc2, 0xdf, 0x80, 0xbf, 0},
	    {0xe0, 0xe0, 0xa0, 0xbf, 1},
	    {0xe1, 0xec, 0x80, 0xbf, 1},
	    {0xed, 0xed, 0x80, 0x9f, 1},
	    {0xee, 0xef, 0x80, 0xbf, 1},
	    {0xf0, 0xf0, 0x90, 0xbf, 2},
	    {0xf1, 0xf3, 0x80, 0xbf, 2},
	    {0xf4, 0xf4, 0x80, 0x8f, 2},
	};
	int c = peek(r), low, high;
	size_t i, more;

	for (i = 0; i < COUNT(rows); i++) {
		if (c >= rows[i].first && c <= rows[i].last)
			break;
	}
	if (i == COUNT(rows))
		return "valid UTF-8";
	r->in.at++;
	low = rows[i].low;
	high = rows[i].high;
	for (more = rows[i].more + 1U; more > 0; more--) {
		c = peek(r);
		if (c < low || c > high) {
			step_back(r, rows[i].more + 2U - more);
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
	if (r->in.depth == JSON_DEPTH_MAX)
		return fail(r, "at most 512 levels of objects and arrays");
	r->in.closers[r->in.depth] = object ? '}' : ']';
	r->in.depth++;
	r->in.at++;
	r->in.state = object ? SCAN_KEY_OR_END : SCAN_VALUE_OR_END;
	return object ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN;
}

/* Behind a value or a container's end. */
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

static enum json_event
key(struct json_reader *r, int c, const char *wanted)
{
	const char *expected = c == '"' ? skip_string(r) : wanted;

	if (expected != NULL)
		return fail(r, expected);
	/* The token ends before the colon. */
	if (r->source == NULL)
		r->token_length = (size_t)((const char *)r->in.at - r->token);
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
	r->token = (const char *)r->in.at;
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
	if (r->source != NULL)
		r->token = NULL;
	else if (event != JSON_KEY)
		r->token_length = (size_t)((const char *)r->in.at - r->token);
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

void
json_excerpt(const struct json_reader *r, char *out, size_t size)
{
	static const char margin[] = "    | ";
	char shown[280];
	size_t before = (size_t)(r->in.at - r->start), after, caret, i;
	const unsigned char *from = r->in.at;

	/* Some of the line on either side; a byte may take four columns. */
	for (i = 0; i < 40 && i < before && from[-1] != '\n'; i++)
		from--;
	after = (size_t)(r->in.end - r->in.at);
	for (i = 0;
	     i < after && i < 24 && r->in.at[i] != '\n' && r->in.at[i] != '\r';
	     i++)
		;
	caret = escape(NULL, 0, from, (size_t)(r->in.at - from));
	(void)escape(shown, sizeof(shown), from, (size_t)(r->in.at - from) + i);
	after = strlen(shown);
	if (size < 2 * sizeof(margin) + after + caret + 4) {
		if (size > 0)
			out[0] = '\0';
		return;
	}
	memcpy(out, margin, sizeof(margin) - 1);
	out += sizeof(margin) - 1;
	memcpy(out, shown, after);
	out[after] = '\n';
	out += after + 1;
	memcpy(out, margin, sizeof(margin) - 1);
	out += sizeof(margin) - 1;
	memset(out, ' ', caret);
	memcpy(out + caret, "^\n", 3);
}

int
json_refuse(const struct json_reader *r, const char *name, struct error *e)
{
	error_set(e, ERROR_PAYLOAD, "%s:%llu:%llu: not JSON: expected %s", name,
	    (unsigned long long)r->fault.line,
	    (unsigned long long)r->fault.column, r->fault.expected);
	json_excerpt(r, e->excerpt, sizeof(e->excerpt));
	return -1;
}

static unsigned
hex_unit(const char *digits)
{
	unsigned unit = 0, i;

	for (i = 0; i < 4; i++) {
		unsigned c = ascii_lower((unsigned char)digits[i]);

		unit = unit << 4 | (c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	return unit;
}

/* UTF-8 (RFC 3629, 3). Returns the number of bytes. */
static size_t
encode(uint32_t point, char out[4])
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n = point < 0x80      ? 1
		   : point < 0x800   ? 2
		   : point < 0x10000 ? 3
				     : 4;
	size_t i;

	for (i = n; i-- > 1; point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3f));
	out[0] = (char)((n == 1 ? 0 : lead[n]) | point);
	return n;
}

/* One character of a valid string's inside. Returns the bytes it took. */
static size_t
decode_one(const char *p, const char *stop, char out[4], size_t *length)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const char *letter;
	uint32_t point, low;

	*length = 1;
	out[0] = p[0];
	if (p[0] != '\\')
		return 1;
	if (p[1] != 'u') {
		letter = strchr(letters, p[1]);
		if (letter != NULL)
			out[0] = meant[letter - letters];
		else
			out[0] = p[1];
		return 2;
	}
	point = hex_unit(p + 2);
	if (point >= 0xd800 && point < 0xdc00 && stop - p >= 12 &&
	    p[6] == '\\' && p[7] == 'u') {
		low = hex_unit(p + 8);
		if (low >= 0xdc00 && low < 0xe000) {
			point =
			    0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
			*length = encode(point, out);
			return 12;
		}
	}
	*length = encode(point, out);
	return 6;
}

size_t
json_decode(const char *token, size_t length, char *out, size_t size)
{
	const char *p = token + 1, *stop = token + length - 1;
	size_t total = 0, n;
	bool full = false;
	char one[4];

	while (p < stop) {
		p += decode_one(p, stop, one, &n);
		full = full || n > size - total;
		if (!full)
			memcpy(out + total, one, n);
		total += n;
	}
	return total;
}

bool
json_equals(
    const char *token, size_t length, const void *text, size_t text_length)
{
	const char *p = token + 1, *stop = token + length - 1, *t = text;
	char one[4];
	size_t n;

	while (p < stop) {
		p += decode_one(p, stop, one, &n);
		if (n > text_length || memcmp(one, t, n) != 0)
			return false;
		t += n;
		text_length -= n;
	}
	return text_length == 0;
}

static void
quote_byte(struct buffer *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	if (c < 0x20) {
		buffer_text(b, "\\u00");
		buffer_byte(b, hex[c >> 4]);
		buffer_byte(b, hex[c & 15]);
		return;
	}
	if (c == '"' || c == '\\')
		buffer_byte(b, '\\');
	buffer_byte(b, (char)c);
}

/* What was written is read: where that fails, the bytes before are written
 * once more, without keeping them, until they come to the same place. */
int
json_quote(struct buffer *b, const void *bytes, size_t length, size_t *bad)
{
	const unsigned char *from = bytes;
	size_t start = b->length, i;
	struct json_reader r;
	struct buffer measure;

	buffer_byte(b, '"');
	for (i = 0; i < length; i++)
		quote_byte(b, from[i]);
	buffer_byte(b, '"');
	json_open(&r, b->bytes + start, b->length - start);
	if (b->overflowed || json_validate(&r) == 0)
		return 0;
	buffer_init(&measure, NULL, 0);
	for (*bad = 0; *bad < length; ++*bad) {
		if (measure.length + 1 >= r.fault.offset)
			break;
		quote_byte(&measure, from[*bad]);
	}
	return -1;
}

bool
json_same_text(const char *a, size_t a_length, const char *b, size_t b_length)
{
	const char *a_stop = a + a_length - 1, *b_stop = b + b_length - 1;
	char one[4], other[4];
	size_t n, m;

	/* A character of four bytes may stand as bytes or as an escape, so
	 * bytes are compared, however they come. */
	size_t i = 0, j = 0;

	n = m = 0;
	a++;
	b++;
	for (;;) {
		if (i == n && a < a_stop) {
			a += decode_one(a, a_stop, one, &n);
			i = 0;
		}
		if (j == m && b < b_stop) {
			b += decode_one(b, b_stop, other, &m);
			j = 0;
		}
		if (i == n || j == m)
			return i == n && j == m;
		if (one[i++] != other[j++])
			return false;
	}
}

/* Behind a container's beginning: reads to its end. */
static void
skip_container(struct json_reader *r)
{
	unsigned outside = r->in.depth - 1;

	while (r->in.depth > outside && json_next(r) > JSON_END)
		;
}

enum json_event
json_whole(struct json_reader *r, enum json_event event)
{
	const char *start = r->token;

	if (event != JSON_OBJECT_BEGIN && event != JSON_ARRAY_BEGIN)
		return event;
	skip_container(r);
	if (r->in.state == SCAN_BROKEN)
		return JSON_FAULT;
	r->token = start;
	r->token_length = (size_t)((const char *)r->in.at - start);
	return event;
}

/* Within an object: to the value of a key. Returns its event, or
 * JSON_OBJECT_END. */
static enum json_event
enter_member(struct json_reader *r, const char *name, size_t length)
{
	enum json_event event;
	bool found;

	while ((event = json_next(r)) == JSON_KEY) {
		found = json_equals(r->token, r->token_length, name, length);
		event = json_next(r);
		if (found)
			return event;
		if (json_whole(r, event) == JSON_FAULT)
			return JSON_FAULT;
	}
	return event;
}

/* Within an array: to an item. Returns its event, or JSON_ARRAY_END. */
static enum json_event
enter_item(struct json_reader *r, uint64_t index)
{
	enum json_event event = json_next(r);

	while (event > JSON_END && event != JSON_ARRAY_END && index-- > 0) {
		if (json_whole(r, event) == JSON_FAULT)
			return JSON_FAULT;
		event = json_next(r);
	}
	return event;
}

/* One step of a path. Returns the event of where it leads, JSON_END if it
 * leads nowhere. */
static enum json_event
follow(struct json_reader *r, enum json_event event, const char **path)
{
	size_t length = strcspn(*path, ".[");
	uint64_t index;

	if (**path == '[') {
		length = strcspn(*path, "]");
		if (event != JSON_ARRAY_BEGIN || (*path)[length] == '\0' ||
		    ascii_decimal(*path + 1, length - 1, UINT32_MAX, &index) ==
			-1)
			return JSON_END;
		event = enter_item(r, index);
		*path += length + 1;
	} else {
		if (event != JSON_OBJECT_BEGIN)
			return JSON_END;
		event = enter_member(r, *path, length);
		*path += length;
	}
	if (**path == '.')
		(*path)++;
	return event == JSON_OBJECT_END || event == JSON_ARRAY_END ? JSON_END
								   : event;
}

int
json_find(
    const void *bytes, size_t length, const char *path, struct json_value *v)
{
	struct json_reader r;
	enum json_event event;

	json_open(&r, bytes, length);
	if (json_validate(&r) == -1)
		return -1;
	json_open(&r, bytes, length);
	event = json_next(&r);
	while (*path != '\0' && event != JSON_END)
		event = follow(&r, event, &path);
	if (event == JSON_END)
		return 0;
	v->event = json_whole(&r, event);
	v->token = r.token;
	v->length = r.token_length;
	return 1;
}

void
json_text(
    const void *bytes, size_t length, const char *path, char *out, size_t size)
{
	struct json_value v;
	size_t used = 0;

	if (json_find(bytes, length, path, &v) == 1 && v.event == JSON_STRING) {
		used = json_decode(v.token, v.length, out, size - 1);
		if (used > size - 1)
			used = size - 1;
	}
	out[used] = '\0';
}
