/* message.c - two state machines that consume a byte at a time. One parses the
 * status line and field lines, of heads and trailers alike; the other parses
 * what stands between chunks. Both keep their state, so that input in pieces is
 * never parsed again. Iterating over the fields of a parsed head relies on the
 * shape of its lines, which the first machine has checked. */
#include "http/message.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/span.h"

static const char bare_cr[] = "a bare carriage return";
static const char bare_lf[] = "a bare line feed";

static bool
is_space(unsigned char byte)
{
	return byte == ' ' || byte == '\t';
}

/* RFC 9110, 5.6.2. */
static bool
is_tchar(unsigned char byte)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	return ascii_is_alphanumeric(byte) ||
	       memchr(others, byte, sizeof(others) - 1) != NULL;
}

/* RFC 9110, 5.5: VCHAR, obs-text, and the white space between them. */
static bool
is_value_byte(unsigned char byte)
{
	return byte == '\t' || (byte >= ' ' && byte != 0x7f);
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
	LINE_VALUE, /* or a reason phrase, which allows the same bytes */
	LINE_CR,
	LINE_BLANK_CR,
	LINE_DONE
};

/* The first byte of a field line, of one that continues it (RFC 9112, 5.2), or
 * of the blank line that ends them.
 *
 * Returns NULL, or a phrase for the error. */
static const char *
line_start(struct message_lines *lines, unsigned char byte)
{
	if (byte == '\r') {
		lines->state = LINE_BLANK_CR;
		return NULL;
	}
	if (byte == '\n')
		return bare_lf;
	if (is_space(byte)) {
		/* RFC 9112, 2.2: there is no line to continue. */
		if (lines->count == 0)
			return "white space before the first field";
		lines->state = LINE_VALUE;
		return NULL;
	}
	if (!is_tchar(byte))
		return "a field name with a character that is not allowed";
	if (++lines->count > MESSAGE_FIELDS_MAX)
		return "too many fields";
	lines->state = LINE_NAME;
	return NULL;
}

static const char *
line_name(struct message_lines *lines, unsigned char byte)
{
	if (byte == ':') {
		lines->state = LINE_VALUE;
		return NULL;
	}
	/* RFC 9112, 5.1 forbids it: parsers disagreed on such names. */
	if (is_space(byte))
		return "white space before a colon";
	if (byte == '\r' || byte == '\n')
		return "a line without a colon";
	if (!is_tchar(byte))
		return "a field name with a character that is not allowed";
	return NULL;
}

/* One byte of field lines. Returns NULL, or a phrase for the error. */
static const char *
line_step(struct message_lines *lines, unsigned char byte)
{
	if (lines->state == LINE_START)
		return line_start(lines, byte);
	if (lines->state == LINE_NAME)
		return line_name(lines, byte);
	if (lines->state == LINE_VALUE) {
		if (byte == '\r') {
			lines->state = LINE_CR;
		} else if (!is_value_byte(byte)) {
			return byte == '\n' ? bare_lf : "a control character";
		}
		return NULL;
	}
	if (byte != '\n')
		return bare_cr;
	lines->state = lines->state == LINE_CR ? LINE_START : LINE_DONE;
	return NULL;
}

/* RFC 9112, 4: a space follows the status even if there is no reason. Some
 * servers leave it out then, and the line ends as well without it. */
static const char *
status_step(struct message_head *parsed, unsigned char byte)
{
	static const char shape[] = "HTTP/1.v ddd ";
	static const char bad[] = "it does not begin with an HTTP/1.1 status";
	char want = shape[parsed->length];
	bool is_last, is_end;

	if (want == 'v') {
		/* RFC 9110, 2.5: HTTP/1.2 is read as the newest that is known.
		 */
		parsed->minor = byte == '0' ? 0 : 1;
		return ascii_is_digit(byte) ? NULL : bad;
	}
	if (want == 'd') {
		parsed->status = parsed->status * 10 + (byte - '0');
		return ascii_is_digit(byte) ? NULL : bad;
	}
	is_last = parsed->length == sizeof(shape) - 2;
	is_end = is_last && byte == '\r';
	if (byte != (unsigned char)want && !is_end)
		return bad;
	if (!is_last)
		return NULL;
	parsed->lines.state = is_end ? LINE_CR : LINE_VALUE;
	/* RFC 9110, 15: others are invalid. */
	if (parsed->status < 100 || parsed->status > 599)
		return "a status code that is not from 100 to 599";
	return NULL;
}

void
message_head_init(struct message_head *parsed)
{
	memset(parsed, 0, sizeof(*parsed));
	parsed->lines.state = LINE_STATUS;
}

/* Joins a folded line, whose first byte was parsed, to the line before. */
static void
unfold(char *bytes, size_t first)
{
	memset(bytes + first - 2, ' ', 2); /* its CRLF */
}

enum message_verdict
message_head_parse(
    struct message_head *parsed, char *bytes, size_t length, const char **why)
{
	const char *wrong;
	unsigned char byte;
	unsigned before;

	while (parsed->length < length) {
		byte = (unsigned char)bytes[parsed->length];
		before = parsed->lines.state;
		wrong = parsed->lines.state == LINE_STATUS
			    ? status_step(parsed, byte)
			    : line_step(&parsed->lines, byte);
		if (before == LINE_START && parsed->lines.state == LINE_VALUE)
			unfold(bytes, parsed->length);
		parsed->length++;
		if (wrong == NULL && parsed->length == MESSAGE_HEAD_MAX &&
		    parsed->lines.state != LINE_DONE)
			wrong = "its head is longer than 64 KiB";
		if (wrong != NULL) {
			*why = wrong;
			return MESSAGE_BAD;
		}
		if (parsed->lines.state == LINE_DONE)
			return MESSAGE_DONE;
	}
	return MESSAGE_MORE;
}

static struct span
trim(const char *bytes, size_t length)
{
	while (length > 0 && is_space((unsigned char)bytes[0])) {
		bytes++;
		length--;
	}
	while (length > 0 && is_space((unsigned char)bytes[length - 1]))
		length--;
	return span_of(bytes, length);
}

bool
message_field_next(
    struct span head, size_t *offset, struct message_field *field)
{
	const char *bytes = span_chars(head), *end = bytes + head.length;
	const char *line = bytes + *offset, *colon, *cr;

	if (*offset == 0 && head.length > 0) {
		line = memchr(bytes, '\n', head.length);
		line = line != NULL ? line + 1 : end;
	}
	/* The blank line has no colon; nor has the end. */
	colon = memchr(line, ':', (size_t)(end - line));
	cr = memchr(line, '\r', (size_t)(end - line));
	if (colon == NULL || cr == NULL || cr < colon || end - cr < 2)
		return false;
	*field = (struct message_field){
	    .name = span_of(line, (size_t)(colon - line)),
	    .value = trim(colon + 1, (size_t)(cr - colon - 1)),
	};
	*offset = (size_t)(cr + 2 - bytes);
	return true;
}

/* Cuts the next item off a comma-separated list, which is absent after the
 * last one. An empty list has one empty item. */
static bool
list_next(struct span *list, struct span *item)
{
	const char *bytes = span_chars(*list), *comma;
	size_t n = list->length;

	if (bytes == NULL)
		return false;
	comma = memchr(bytes, ',', list->length);
	if (comma == NULL) {
		*list = span_of(NULL, 0);
	} else {
		n = (size_t)(comma - bytes);
		*list = span_of(comma + 1, list->length - n - 1);
	}
	*item = trim(bytes, n);
	return true;
}

/* What the fields say about the body, whatever the status. */
struct claims {
	bool has_length, has_coding, closes;
	uint64_t length;
};

/* RFC 9112, 6.3: a repeated length may be taken if all are the same. */
static const char *
claim_length(struct claims *claims, struct span list)
{
	struct span item;
	uint64_t n;

	while (list_next(&list, &item)) {
		if (ascii_decimal(span_chars(item), item.length,
			MESSAGE_LENGTH_MAX, &n) < 0)
			return "a Content-Length that is not a number";
		if (claims->has_length && n != claims->length)
			return "two different values of Content-Length";
		claims->has_length = true;
		claims->length = n;
	}
	return NULL;
}

/* We ask for no transfer coding, which leaves the server only chunked. */
static const char *
claim_coding(struct claims *claims, struct span value)
{
	bool again = claims->has_coding;

	claims->has_coding = true;
	if (again || !ascii_equal_nocase("chunked", value.bytes, value.length))
		return "a Transfer-Encoding other than chunked";
	return NULL;
}

static const char *
claim_connection(struct claims *claims, struct span list)
{
	struct span item;

	while (list_next(&list, &item)) {
		if (ascii_equal_nocase("close", item.bytes, item.length))
			claims->closes = true;
	}
	return NULL;
}

/* Reads every field. Returns NULL, or the first thing that is wrong. */
static const char *
claims_read(struct claims *claims, struct span head)
{
	static const struct {
		const char *name;
		const char *(*claim)(struct claims *claims, struct span value);
	} readers[] = {
	    {"Content-Length", claim_length},
	    {"Transfer-Encoding", claim_coding},
	    {"Connection", claim_connection},
	};
	const char *wrong = NULL, *found;
	struct message_field f;
	size_t offset = 0, i;

	while (message_field_next(head, &offset, &f)) {
		for (i = 0; i < COUNT(readers); i++) {
			if (!ascii_equal_nocase(
				readers[i].name, f.name.bytes, f.name.length))
				continue;
			found = readers[i].claim(claims, f.value);
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
	EXT_VALUE_SPACE, /* or after the size */
	CHUNK_SIZE_LF,
	CHUNK_DATA,
	CHUNK_DATA_CR,
	CHUNK_DATA_LF,
	CHUNK_TRAILERS
};

int
message_body_init(struct message_body *b, const struct message_head *parsed,
    const char *head, const char **why)
{
	struct claims claims = {.length = 0};
	const char *wrong = claims_read(&claims, span_of(head, parsed->length));

	memset(b, 0, sizeof(*b));
	b->reusable = parsed->minor == 1 && !claims.closes;
	if (parsed->status < 200 || parsed->status == 204 ||
	    parsed->status == 304) {
		/* With such fields the server may send a body after all. */
		if (wrong != NULL || claims.has_coding ||
		    (parsed->status != 304 && claims.length > 0))
			b->reusable = false;
		return 0;
	}
	/* RFC 9112, 6.1 and 6.3: both are signs of request smuggling. */
	if (wrong == NULL && claims.has_coding && parsed->minor == 0)
		wrong = "a Transfer-Encoding in HTTP/1.0";
	if (wrong == NULL && claims.has_coding && claims.has_length)
		wrong = "both Transfer-Encoding and Content-Length";
	if (wrong != NULL) {
		*why = wrong;
		return -1;
	}
	b->left = claims.length;
	b->state = CHUNK_SIZE;
	b->framing = claims.has_coding   ? MESSAGE_CHUNKED
		     : claims.has_length ? MESSAGE_LENGTH
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
byte_class(unsigned char byte)
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
		if (classes[i][0] == byte)
			return (enum byte_class)classes[i][1];
	}
	if (is_tchar(byte))
		return CLASS_TCHAR;
	return is_value_byte(byte) ? CLASS_OTHER : CLASS_CONTROL;
}

/* RFC 9112, 7.1.1. We know no extension, but must find where it ends: quotes
 * may contain any character. A combination without an entry is CHUNK_BAD. */
static const unsigned char extension[CHUNK_SIZE_LF][CLASSES] = {
    [EXT_START] = {[CLASS_SPACE] = EXT_START, [CLASS_TCHAR] = EXT_NAME},
    [EXT_NAME] = {[CLASS_SPACE] = EXT_NAME_SPACE,
	[CLASS_TCHAR] = EXT_NAME,
	[CLASS_EQUALS] = EXT_VALUE,
	[CLASS_SEMICOLON] = EXT_START,
	[CLASS_CR] = CHUNK_SIZE_LF},
    [EXT_NAME_SPACE] = {[CLASS_SPACE] = EXT_NAME_SPACE,
	[CLASS_EQUALS] = EXT_VALUE,
	[CLASS_SEMICOLON] = EXT_START,
	[CLASS_CR] = CHUNK_SIZE_LF},
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
    [EXT_VALUE_SPACE] = {[CLASS_SPACE] = EXT_VALUE_SPACE,
	[CLASS_SEMICOLON] = EXT_START,
	[CLASS_CR] = CHUNK_SIZE_LF},
};

/* One byte of an extension, or after it. */
static const char *
extension_step(struct message_body *b, unsigned char byte)
{
	b->state = extension[b->state][byte_class(byte)];
	return b->state != CHUNK_BAD ? NULL : "a malformed chunk extension";
}

/* White space may follow before a semicolon (RFC 9112, 7.1.1). Some servers pad
 * the size with it, which leaves no doubt about where the line ends. */
static const char *
size_step(struct message_body *b, unsigned char byte)
{
	int digit = ascii_hex((char)byte);

	if (digit >= 0) {
		if (++b->digits > MESSAGE_CHUNK_DIGITS)
			return "a chunk size with too many digits";
		b->left = b->left << 4 | (unsigned)digit;
		return NULL;
	}
	if (b->digits == 0 || (byte != '\r' && byte != ';' && !is_space(byte)))
		return "a chunk size that is not hexadecimal";
	b->state = EXT_VALUE_SPACE;
	return extension_step(b, byte);
}

/* A byte of the line ending after a chunk's size or its content. */
static const char *
chunk_end_step(struct message_body *b, unsigned char byte)
{
	if (b->state == CHUNK_DATA_CR) {
		b->state = CHUNK_DATA_LF;
		return byte == '\r' ? NULL : "a chunk longer than its size";
	}
	if (byte != '\n')
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

/* One byte of framing, not content. Returns NULL, or a phrase for the error. */
static const char *
chunk_step(struct message_body *b, unsigned char byte)
{
	if (++b->overhead > MESSAGE_FRAMING_MAX)
		return "more than 16 KiB around its chunks";
	if (b->state == CHUNK_SIZE)
		return size_step(b, byte);
	if (b->state == CHUNK_TRAILERS)
		return line_step(&b->trailers, byte);
	if (b->state >= CHUNK_SIZE_LF)
		return chunk_end_step(b, byte);
	return extension_step(b, byte);
}

/* Moves the content that has arrived. Returns its length. */
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
