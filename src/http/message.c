/* message.c - two state machines that take a byte at a time. One reads the
 * status line and field lines, and serves heads and trailers alike; the other
 * reads what stands between chunks. Since they remember where they are, input
 * in pieces costs no second look. Once a head has passed, its fields are found
 * by scanning it again, which can then rely on every line's shape. */
#include "http/message.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/span.h"

struct piece {
	const char *bytes;
	size_t length;
};

static const char bare_cr[] = "a carriage return alone";
static const char bare_lf[] = "a line feed alone";

static bool
is_space(unsigned char c)
{
	return c == ' ' || c == '\t';
}

/* RFC 9110, 5.6.2. */
static bool
is_tchar(unsigned char c)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	return ascii_is_alphanumeric(c) ||
	       memchr(others, c, sizeof(others) - 1) != NULL;
}

/* RFC 9110, 5.5: VCHAR, obs-text, and the white space between them. */
static bool
is_value_byte(unsigned char c)
{
	return c == '\t' || (c >= ' ' && c != 0x7f);
}

bool
message_is_token(const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (!is_tchar((unsigned char)bytes[i]))
			return false;
	}
	return length > 0;
}

enum line_state {
	LINE_STATUS,
	LINE_START,
	LINE_NAME,
	LINE_VALUE, /* or a reason phrase: the same bytes may stand there */
	LINE_CR,
	LINE_BLANK_CR,
	LINE_DONE
};

/* The first byte of a field line, or of the blank one that ends them. */
static const char *
line_start(struct message_lines *l, unsigned char c)
{
	if (c == '\r') {
		l->state = LINE_BLANK_CR;
		return NULL;
	}
	if (c == '\n')
		return bare_lf;
	/* RFC 9112, 5.2: folding is obsolete. */
	if (is_space(c))
		return "a folded line";
	if (!is_tchar(c))
		return "a field name with a character that is not allowed";
	if (++l->count > MESSAGE_FIELDS_MAX)
		return "too many fields";
	l->state = LINE_NAME;
	return NULL;
}

static const char *
line_name(struct message_lines *l, unsigned char c)
{
	if (c == ':') {
		l->state = LINE_VALUE;
		return NULL;
	}
	/* RFC 9112, 5.1 forbids it: readers disagreed on such names. */
	if (is_space(c))
		return "white space before a colon";
	if (c == '\r' || c == '\n')
		return "a line without a colon";
	if (!is_tchar(c))
		return "a field name with a character that is not allowed";
	return NULL;
}

/* One byte of field lines. Returns NULL, or what is wrong. */
static const char *
line_step(struct message_lines *l, unsigned char c)
{
	if (l->state == LINE_START)
		return line_start(l, c);
	if (l->state == LINE_NAME)
		return line_name(l, c);
	if (l->state == LINE_VALUE) {
		if (c == '\r')
			l->state = LINE_CR;
		else if (!is_value_byte(c))
			return c == '\n' ? bare_lf : "a control character";
		return NULL;
	}
	if (c != '\n')
		return bare_cr;
	l->state = l->state == LINE_CR ? LINE_START : LINE_DONE;
	return NULL;
}

/* RFC 9112, 4: the space before the reason stands even without a reason. */
static const char *
status_step(struct message_head *m, unsigned char c)
{
	static const char shape[] = "HTTP/1.v ddd ";
	static const char bad[] = "it does not begin with an HTTP/1.1 status";
	char want = shape[m->length];

	if (want == 'v') {
		m->minor = c - '0';
		return c == '0' || c == '1' ? NULL : bad;
	}
	if (want == 'd') {
		m->status = m->status * 10 + (c - '0');
		return ascii_is_digit(c) ? NULL : bad;
	}
	if (c != (unsigned char)want)
		return bad;
	if (m->length < sizeof(shape) - 2)
		return NULL;
	m->lines.state = LINE_VALUE;
	/* RFC 9110, 15: others are invalid. */
	if (m->status < 100 || m->status > 599)
		return "a status code that is not from 100 to 599";
	return NULL;
}

void
message_head_init(struct message_head *m)
{
	memset(m, 0, sizeof(*m));
	m->lines.state = LINE_STATUS;
}

enum message_verdict
message_head_parse(
    struct message_head *m, const char *bytes, size_t length, const char **why)
{
	const char *wrong;
	unsigned char c;

	while (m->length < length) {
		c = (unsigned char)bytes[m->length];
		wrong = m->lines.state == LINE_STATUS ? status_step(m, c)
						      : line_step(&m->lines, c);
		m->length++;
		if (wrong == NULL && m->length == MESSAGE_HEAD_MAX &&
		    m->lines.state != LINE_DONE)
			wrong = "its head is longer than 64 KiB";
		if (wrong != NULL) {
			*why = wrong;
			return MESSAGE_BAD;
		}
		if (m->lines.state == LINE_DONE)
			return MESSAGE_DONE;
	}
	return MESSAGE_MORE;
}

static struct piece
span_trim(const char *bytes, size_t length)
{
	while (length > 0 && is_space((unsigned char)bytes[0])) {
		bytes++;
		length--;
	}
	while (length > 0 && is_space((unsigned char)bytes[length - 1]))
		length--;
	return (struct piece){bytes, length};
}

bool
message_field_next(const char *head, size_t length, size_t *offset,
    struct message_field *field)
{
	const char *line = head + *offset, *end = head + length, *colon, *cr;
	struct piece value;

	if (*offset == 0 && length > 0) {
		line = memchr(head, '\n', length);
		line = line != NULL ? line + 1 : end;
	}
	/* The blank line has no colon; nor has the end. */
	colon = memchr(line, ':', (size_t)(end - line));
	cr = memchr(line, '\r', (size_t)(end - line));
	if (colon == NULL || cr == NULL || cr < colon || end - cr < 2)
		return false;
	value = span_trim(colon + 1, (size_t)(cr - colon - 1));
	*field = (struct message_field){
	    line, value.bytes, (size_t)(colon - line), value.length};
	*offset = (size_t)(cr + 2 - head);
	return true;
}

bool
message_field_find(const char *head, size_t length, const char *name,
    struct message_field *field)
{
	size_t offset = 0;

	while (message_field_next(head, length, &offset, field)) {
		if (ascii_equal_nocase(name, field->name, field->name_length))
			return true;
	}
	return false;
}

/* Cuts the next item off a comma-separated list; bytes is NULL after the
 * last. An empty list has one empty item. */
static bool
list_next(struct piece *list, struct piece *item)
{
	const char *comma;
	size_t n = list->length;

	if (list->bytes == NULL)
		return false;
	comma = memchr(list->bytes, ',', list->length);
	if (comma != NULL)
		n = (size_t)(comma - list->bytes);
	*item = span_trim(list->bytes, n);
	list->bytes = comma != NULL ? comma + 1 : NULL;
	list->length -= comma != NULL ? n + 1 : n;
	return true;
}

/* What the fields say about the body, before the status is looked at. */
struct claims {
	bool has_length, has_coding, closes;
	uint64_t length;
};

/* RFC 9112, 6.3: a repeated length may be taken if all are the same. */
static const char *
claim_length(struct claims *c, struct piece list)
{
	struct piece item;
	uint64_t n;

	while (list_next(&list, &item)) {
		if (ascii_decimal(
			item.bytes, item.length, MESSAGE_LENGTH_MAX, &n) == -1)
			return "a Content-Length that is not a number";
		if (c->has_length && n != c->length)
			return "two different values of Content-Length";
		c->has_length = true;
		c->length = n;
	}
	return NULL;
}

/* We ask for no coding, so that chunked is the only one there can be. */
static const char *
claim_coding(struct claims *c, struct piece value)
{
	bool again = c->has_coding;

	c->has_coding = true;
	if (again || !ascii_equal_nocase("chunked", value.bytes, value.length))
		return "a Transfer-Encoding other than chunked";
	return NULL;
}

static const char *
claim_connection(struct claims *c, struct piece list)
{
	struct piece item;

	while (list_next(&list, &item)) {
		if (ascii_equal_nocase("close", item.bytes, item.length))
			c->closes = true;
	}
	return NULL;
}

/* Reads every field; returns the first thing wrong, or NULL. */
static const char *
claims_read(struct claims *c, const char *head, size_t length)
{
	static const struct {
		const char *name;
		const char *(*claim)(struct claims *c, struct piece value);
	} claims[] = {
	    {"Content-Length", claim_length},
	    {"Transfer-Encoding", claim_coding},
	    {"Connection", claim_connection},
	};
	const char *wrong = NULL, *found;
	struct message_field f;
	size_t offset = 0, i;

	while (message_field_next(head, length, &offset, &f)) {
		for (i = 0; i < COUNT(claims); i++) {
			if (!ascii_equal_nocase(
				claims[i].name, f.name, f.name_length))
				continue;
			found = claims[i].claim(
			    c, (struct piece){f.value, f.value_length});
			wrong = wrong != NULL ? wrong : found;
		}
	}
	return wrong;
}

enum chunk_state {
	CHUNK_BAD,
	CHUNK_SIZE,
	EXT_START,
	EXT_NAME,
	EXT_NAME_SPACE,
	EXT_VALUE,
	EXT_TOKEN,
	EXT_QUOTED,
	EXT_PAIR,
	EXT_QUOTED_END,
	EXT_VALUE_SPACE,
	CHUNK_SIZE_LF,
	CHUNK_DATA,
	CHUNK_DATA_CR,
	CHUNK_DATA_LF,
	CHUNK_TRAILERS
};

int
message_body_init(struct message_body *b, const struct message_head *m,
    const char *head, const char **why)
{
	struct claims c = {false, false, false, 0};
	const char *wrong = claims_read(&c, head, m->length);

	memset(b, 0, sizeof(*b));
	b->reusable = m->minor == 1 && !c.closes;
	if (m->status < 200 || m->status == 204 || m->status == 304) {
		/* Whoever sent these may expect us to read a body. */
		if (wrong != NULL || c.has_coding ||
		    (m->status != 304 && c.length > 0))
			b->reusable = false;
		return 0;
	}
	/* RFC 9112, 6.1 and 6.3: signs of smuggling, both. */
	if (wrong == NULL && c.has_coding && m->minor == 0)
		wrong = "a Transfer-Encoding in HTTP/1.0";
	if (wrong == NULL && c.has_coding && c.has_length)
		wrong = "both Transfer-Encoding and Content-Length";
	if (wrong != NULL) {
		*why = wrong;
		return -1;
	}
	b->left = c.length;
	b->state = CHUNK_SIZE;
	b->framing = c.has_coding   ? MESSAGE_CHUNKED
		     : c.has_length ? MESSAGE_LENGTH
				    : MESSAGE_UNTIL_CLOSE;
	if (b->framing == MESSAGE_UNTIL_CLOSE)
		b->reusable = false;
	return 0;
}

enum byte_class {
	CLASS_CONTROL,
	CLASS_SPACE,
	CLASS_TCHAR,
	CLASS_EQUALS,
	CLASS_SEMICOLON,
	CLASS_QUOTE,
	CLASS_BACKSLASH,
	CLASS_CR,
	CLASS_OTHER,
	CLASSES
};

static enum byte_class
byte_class(unsigned char c)
{
	static const unsigned char classes[][2] = {
	    {' ', CLASS_SPACE},
	    {'\t', CLASS_SPACE},
	    {'=', CLASS_EQUALS},
	    {';', CLASS_SEMICOLON},
	    {'"', CLASS_QUOTE},
	    {'\\', CLASS_BACKSLASH},
	    {'\r', CLASS_CR},
	};
	size_t i;

	for (i = 0; i < COUNT(classes); i++) {
		if (classes[i][0] == c)
			return (enum byte_class)classes[i][1];
	}
	if (is_tchar(c))
		return CLASS_TCHAR;
	return is_value_byte(c) ? CLASS_OTHER : CLASS_CONTROL;
}

/* RFC 9112, 7.1.1. We know no extension, yet must find its end: a line end
 * within quotes is none. What has no entry is CHUNK_BAD. */
static const unsigned char extension[CHUNK_SIZE_LF][CLASSES] = {
    [EXT_START] = {[CLASS_SPACE] = EXT_START, [CLASS_TCHAR] = EXT_NAME},
    [EXT_NAME] = {[CLASS_SPACE] = EXT_NAME_SPACE,
	[CLASS_TCHAR] = EXT_NAME,
	[CLASS_EQUALS] = EXT_VALUE,
	[CLASS_SEMICOLON] = EXT_START,
	[CLASS_CR] = CHUNK_SIZE_LF},
    [EXT_NAME_SPACE] = {[CLASS_SPACE] = EXT_NAME_SPACE,
	[CLASS_EQUALS] = EXT_VALUE,
	[CLASS_SEMICOLON] = EXT_START},
    [EXT_VALUE] = {[CLASS_SPACE] = EXT_VALUE,
	[CLASS_TCHAR] = EXT_TOKEN,
	[CLASS_QUOTE] = EXT_QUOTED},
    [EXT_TOKEN] = {[CLASS_SPACE] = EXT_VALUE_SPACE,
	[CLASS_TCHAR] = EXT_TOKEN,
	[CLASS_SEMICOLON] = EXT_START,
	[CLASS_CR] = CHUNK_SIZE_LF},
    [EXT_QUOTED] = {[CLASS_SPACE] = EXT_QUOTED,
	[CLASS_TCHAR] = EXT_QUOTED,
	[CLASS_EQUALS] = EXT_QUOTED,
	[CLASS_SEMICOLON] = EXT_QUOTED,
	[CLASS_QUOTE] = EXT_QUOTED_END,
	[CLASS_BACKSLASH] = EXT_PAIR,
	[CLASS_OTHER] = EXT_QUOTED},
    [EXT_PAIR] = {[CLASS_SPACE] = EXT_QUOTED,
	[CLASS_TCHAR] = EXT_QUOTED,
	[CLASS_EQUALS] = EXT_QUOTED,
	[CLASS_SEMICOLON] = EXT_QUOTED,
	[CLASS_QUOTE] = EXT_QUOTED,
	[CLASS_BACKSLASH] = EXT_QUOTED,
	[CLASS_OTHER] = EXT_QUOTED},
    [EXT_QUOTED_END] = {[CLASS_SPACE] = EXT_VALUE_SPACE,
	[CLASS_SEMICOLON] = EXT_START,
	[CLASS_CR] = CHUNK_SIZE_LF},
    [EXT_VALUE_SPACE] =
	{[CLASS_SPACE] = EXT_VALUE_SPACE, [CLASS_SEMICOLON] = EXT_START},
};

/* White space behind the size is refused, although RFC 9112 lets a recipient
 * take it before a semicolon: nobody sends it but to confuse. */
static const char *
size_step(struct message_body *b, unsigned char c)
{
	int digit = ascii_hex((char)c);

	if (digit >= 0) {
		if (++b->digits > MESSAGE_CHUNK_DIGITS)
			return "a chunk size with too many digits";
		b->left = b->left << 4 | (unsigned)digit;
		return NULL;
	}
	if (b->digits == 0 || (c != '\r' && c != ';'))
		return "a chunk size that is not hexadecimal";
	b->state = c == ';' ? EXT_START : CHUNK_SIZE_LF;
	return NULL;
}

/* A byte that ends a chunk's size or its content. */
static const char *
chunk_end_step(struct message_body *b, unsigned char c)
{
	if (b->state == CHUNK_DATA_CR) {
		b->state = CHUNK_DATA_LF;
		return c == '\r' ? NULL : "a chunk longer than its size";
	}
	if (c != '\n')
		return bare_cr;
	if (b->state == CHUNK_DATA_LF) {
		b->state = CHUNK_SIZE;
		b->digits = 0;
		return NULL;
	}
	b->state = b->left > 0 ? CHUNK_DATA : CHUNK_TRAILERS;
	b->trailers.state = LINE_START;
	return NULL;
}

/* One byte of what is not content. Returns NULL, or what is wrong. */
static const char *
chunk_step(struct message_body *b, unsigned char c)
{
	if (++b->overhead > MESSAGE_FRAMING_MAX)
		return "more than 16 KiB around its chunks";
	if (b->state == CHUNK_SIZE)
		return size_step(b, c);
	if (b->state == CHUNK_TRAILERS)
		return line_step(&b->trailers, c);
	if (b->state >= CHUNK_SIZE_LF)
		return chunk_end_step(b, c);
	b->state = extension[b->state][byte_class(c)];
	return b->state != CHUNK_BAD ? NULL : "a malformed chunk extension";
}

/* Moves what of the content is there. Returns how much it was. */
static size_t
content_take(struct message_body *b, char *to, const char *from, size_t length)
{
	size_t n = b->left < length ? (size_t)b->left : length;

	if (n > 0 && to != from)
		memmove(to, from, n);
	b->left -= n;
	return n;
}

static enum message_verdict
chunks_decode(struct message_body *b, char *bytes, size_t *length,
    size_t *extra, const char **why)
{
	size_t in = 0, out = 0, n;

	while (in < *length && b->trailers.state != LINE_DONE) {
		if (b->state != CHUNK_DATA) {
			*why = chunk_step(b, (unsigned char)bytes[in++]);
			if (*why != NULL)
				return MESSAGE_BAD;
			continue;
		}
		n = content_take(b, bytes + out, bytes + in, *length - in);
		in += n;
		out += n;
		if (b->left == 0)
			b->state = CHUNK_DATA_CR;
	}
	*extra = *length - in;
	*length = out;
	return b->trailers.state == LINE_DONE ? MESSAGE_DONE : MESSAGE_MORE;
}

enum message_verdict
message_body_decode(struct message_body *b, char *bytes, size_t *length,
    size_t *extra, const char **why)
{
	size_t n;

	*extra = 0;
	if (b->framing == MESSAGE_UNTIL_CLOSE)
		return MESSAGE_MORE;
	if (b->framing == MESSAGE_CHUNKED)
		return chunks_decode(b, bytes, length, extra, why);
	n = content_take(b, bytes, bytes, *length);
	*extra = *length - n;
	*length = n;
	return b->left == 0 ? MESSAGE_DONE : MESSAGE_MORE;
}
