/* message_test.c - RFC 9112's grammar as tables of bytes and verdicts. Every
 * input ends at an unreadable page, and is also fed a byte at a time. */
#include "http/message.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/ascii.h"
#include "tap.h"

#define TEXT(literal) literal, sizeof(literal) - 1
#define EDGE_SIZE (1 << 20)
#define OK "HTTP/1.1 200 OK\r\n"

static char *edge; /* the page at this address cannot be touched */

static void
edge_make(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, EDGE_SIZE + page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED ||
	    mprotect(map + EDGE_SIZE, page, PROT_NONE) != 0)
		abort();
	edge = map + EDGE_SIZE;
}

static char *
edge_put(const char *bytes, size_t length)
{
	return memcpy(edge - length, bytes, length);
}

/* Parses all at once. */
static enum message_verdict
head_whole(struct message_head *head, const char *bytes, size_t length,
    const char **why)
{
	message_head_init(head);
	*why = "";
	return message_head_parse(head, edge_put(bytes, length), length, why);
}

/* Parses byte by byte, each prefix flush against the edge. */
static enum message_verdict
head_stepped(struct message_head *head, const char *bytes, size_t length,
    const char **why)
{
	enum message_verdict verdict = MESSAGE_MORE;
	size_t n;

	message_head_init(head);
	*why = "";
	for (n = 0; n <= length && verdict == MESSAGE_MORE; n++)
		verdict = message_head_parse(head, edge_put(bytes, n), n, why);
	return verdict;
}

static const struct {
	const char *bytes;
	size_t length;
	int status;
	enum message_framing framing;
	uint64_t left;
	bool reusable;
} good[] = {
    {TEXT("HTTP/1.1 204 No Content\r\n\r\n"), 204, MESSAGE_NO_BODY, 0, true},
    {TEXT("HTTP/1.1 204 \r\n\r\n"), 204, MESSAGE_NO_BODY, 0, true},
    {TEXT("HTTP/1.1 204\r\n\r\n"), 204, MESSAGE_NO_BODY, 0, true},
    {TEXT("HTTP/1.0 200\r\nContent-Length: 3\r\n\r\n"), 200, MESSAGE_LENGTH, 3,
	false},
    {TEXT("HTTP/1.1 204 a\tb \x80\xff\r\n\r\n"), 204, MESSAGE_NO_BODY, 0, true},
    {TEXT("HTTP/1.2 204 N\r\n\r\n"), 204, MESSAGE_NO_BODY, 0, true},
    {TEXT("HTTP/1.9 200 O\r\nTransfer-Encoding: chunked\r\n\r\n"), 200,
	MESSAGE_CHUNKED, 0, true},
    {TEXT("HTTP/1.0 204 N\r\n\r\n"), 204, MESSAGE_NO_BODY, 0, false},
    {TEXT("HTTP/1.1 100 C\r\n\r\n"), 100, MESSAGE_NO_BODY, 0, true},
    {TEXT("HTTP/1.1 599 \r\nContent-Length:5\r\n\r\n"), 599, MESSAGE_LENGTH, 5,
	true},
    {TEXT(OK "\r\n"), 200, MESSAGE_UNTIL_CLOSE, 0, false},
    {TEXT("HTTP/1.0 403 F\r\nContent-Length: 3\r\n\r\n"), 403, MESSAGE_LENGTH,
	3, false},
    {TEXT(OK "cOnTeNt-LeNgTh: \t 12 \t\r\n\r\n"), 200, MESSAGE_LENGTH, 12,
	true},
    {TEXT(OK "Content-Length: 0\r\n\r\n"), 200, MESSAGE_LENGTH, 0, true},
    {TEXT(OK "Content-Length: 007\r\n\r\n"), 200, MESSAGE_LENGTH, 7, true},
    {TEXT(OK "Content-Length: 5, 5\r\n\r\n"), 200, MESSAGE_LENGTH, 5, true},
    {TEXT(OK "Content-Length: 5\r\nContent-Length: 5,05\r\n\r\n"), 200,
	MESSAGE_LENGTH, 5, true},
    {TEXT(OK "Content-Length: 9223372036854775807\r\n\r\n"), 200,
	MESSAGE_LENGTH, INT64_MAX, true},
    {TEXT(OK "Transfer-Encoding: chunked\r\n\r\n"), 200, MESSAGE_CHUNKED, 0,
	true},
    {TEXT(OK "transfer-encoding:CHUNKED\t\r\n\r\n"), 200, MESSAGE_CHUNKED, 0,
	true},
    {TEXT(OK "Content-Length: 1\r\nConnection: close\r\n\r\n"), 200,
	MESSAGE_LENGTH, 1, false},
    {TEXT(OK "Content-Length: 1\r\nConnection: x ,\tClOsE , y\r\n\r\n"), 200,
	MESSAGE_LENGTH, 1, false},
    {TEXT(OK "Content-Length: 1\r\nConnection: x\r\nconnection:,close\r\n\r\n"),
	200, MESSAGE_LENGTH, 1, false},
    {TEXT(OK "Content-Length: 1\r\nConnection: keep-alive, closed\r\n\r\n"),
	200, MESSAGE_LENGTH, 1, true},
    /* No body, whatever the fields say; but then the stream is not trusted. */
    {TEXT("HTTP/1.1 204 N\r\nContent-Length: 0\r\n\r\n"), 204, MESSAGE_NO_BODY,
	0, true},
    {TEXT("HTTP/1.1 204 N\r\nContent-Length: 5\r\n\r\n"), 204, MESSAGE_NO_BODY,
	0, false},
    {TEXT("HTTP/1.1 204 N\r\nContent-Length: x\r\n\r\n"), 204, MESSAGE_NO_BODY,
	0, false},
    {TEXT("HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n"), 204,
	MESSAGE_NO_BODY, 0, false},
    {TEXT("HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n"), 304, MESSAGE_NO_BODY,
	0, true},
    {TEXT("HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\n"), 103, MESSAGE_NO_BODY,
	0, false},
    /* Folded lines, whose value is one (RFC 9112, 5.2). */
    {TEXT(OK "A: b\r\n c\r\n\r\n"), 200, MESSAGE_UNTIL_CLOSE, 0, false},
    {TEXT(OK "A: b\r\n\tc\r\n  \r\n \t d: e\r\n\r\n"), 200, MESSAGE_UNTIL_CLOSE,
	0, false},
    {TEXT(OK "Content-Length:\r\n 5\r\n\r\n"), 200, MESSAGE_LENGTH, 5, true},
    {TEXT(OK "Content-Length: 5,\r\n 5\r\n\r\n"), 200, MESSAGE_LENGTH, 5, true},
    {TEXT(OK "A: b\r\n Content-Length: 5\r\n\r\n"), 200, MESSAGE_UNTIL_CLOSE, 0,
	false},
    {TEXT(OK "Transfer-Encoding:\r\n\tchunked\r\n \r\n\r\n"), 200,
	MESSAGE_CHUNKED, 0, true},
    {TEXT(OK "Content-Length: 1\r\nConnection: x,\r\n close\r\n\r\n"), 200,
	MESSAGE_LENGTH, 1, false},
    /* Field lines at the edge of the grammar. */
    {TEXT(OK "!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n"), 200, MESSAGE_UNTIL_CLOSE, 0,
	false},
    {TEXT(OK "a:\r\nb: \t \r\nc::\r\n\r\n"), 200, MESSAGE_UNTIL_CLOSE, 0,
	false},
};

static void
test_good(void)
{
	struct message_head m;
	const char *why;
	char longer[512];
	size_t i, n;
	bool more;

	for (i = 0; i < COUNT(good); i++) {
		n = good[i].length;
		tap_number(head_stepped(&m, good[i].bytes, n, &why),
		    MESSAGE_DONE, "good head %zu passes by bytes", i);
		tap_number(
		    m.length, n, "good head %zu by bytes: the length", i);
		memcpy(longer, good[i].bytes, n);
		memcpy(longer + n, "\r\n\0 x", 5);
		tap_number(head_whole(&m, longer, n + 5, &why), MESSAGE_DONE,
		    "good head %zu with bytes after it passes", i);
		tap_number(m.length, n, "good head %zu ends where it ends", i);
		for (more = true; n-- > 0;) {
			more = more && head_whole(&m, good[i].bytes, n, &why) ==
					   MESSAGE_MORE;
		}
		tap_ok(more, "good head %zu cut anywhere needs more", i);
	}
}

/* Each head as a whole, and how its body is framed. */
static void
test_framing(void)
{
	struct message_head m;
	struct message_body b;
	const char *why;
	size_t i, n;

	for (i = 0; i < COUNT(good); i++) {
		n = good[i].length;
		tap_number(head_whole(&m, good[i].bytes, n, &why), MESSAGE_DONE,
		    "good head %zu passes whole", i);
		tap_number(m.length, n, "good head %zu: the length", i);
		tap_number(
		    m.status, good[i].status, "good head %zu: the status", i);
		tap_ok(message_body_init(&b, &m, edge - n, &why) == 0,
		    "good head %zu frames its body", i);
		tap_number(b.framing, good[i].framing,
		    "good head %zu: the framing", i);
		tap_number(b.left, good[i].left,
		    "good head %zu: the length of the body", i);
		tap_ok(b.reusable == good[i].reusable,
		    "good head %zu: whether the stream is reusable", i);
	}
}

static const struct {
	const char *bytes;
	size_t length;
	const char *why; /* how the phrase begins */
} bad[] = {
    {TEXT("\r\nHTTP/1.1 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT(" HTTP/1.1 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("<!DOCTYPE html>"), "it does not begin"},
    {TEXT("http/1.1 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.x 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/0.9 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/2.0 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/2 200\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.10 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1  200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1\t200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 20 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 2000 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 -20 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 2x0 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 200\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 200\rx"), "a bare carriage"},
    {TEXT("HTTP/1.1 20\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 600\r\n\r\n"), "a status code"},
    {TEXT("HTTP/1.1 200\tOK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 099 X\r\n\r\n"), "a status code"},
    {TEXT("HTTP/1.1 600 X\r\n\r\n"), "a status code"},
    {TEXT("HTTP/1.1 000 X\r\n\r\n"), "a status code"},
    {TEXT("HTTP/1.1 200 OK\n\r\n"), "a bare line feed"},
    {TEXT("HTTP/1.1 200 OK\r\r\n"), "a bare carriage"},
    {TEXT("HTTP/1.1 200 O\rK\r\n\r\n"), "a bare carriage"},
    {TEXT("HTTP/1.1 200 O\0K\r\n\r\n"), "a control"},
    {TEXT("HTTP/1.1 200 O\x7fK\r\n\r\n"), "a control"},
    {TEXT(OK "A: b\n\r\n"), "a bare line feed"},
    {TEXT(OK "A: b\r\n\n"), "a bare line feed"},
    {TEXT(OK "A: b\rc: d\r\n\r\n"), "a bare carriage"},
    {TEXT(OK "A: b\r\r\n\r\n"), "a bare carriage"},
    {TEXT(OK "A: b\r\n\rx"), "a bare carriage"},
    {TEXT(OK " A: b\r\n\r\n"), "white space before the first"},
    {TEXT(OK "\tA: b\r\n\r\n"), "white space before the first"},
    {TEXT(OK " \r\n\r\n"), "white space before the first"},
    {TEXT(OK "A: b\r\n c\n\r\n"), "a bare line feed"},
    {TEXT(OK "A: b\r\n \0\r\n\r\n"), "a control"},
    {TEXT(OK "A\r\n : b\r\n\r\n"), "a line without"},
    {TEXT(OK "A : b\r\n\r\n"), "white space"},
    {TEXT(OK "A\t: b\r\n\r\n"), "white space"},
    {TEXT(OK ": b\r\n\r\n"), "a field name"},
    {TEXT(OK "A\r\n\r\n"), "a line without"},
    {TEXT(OK "A\n\r\n"), "a line without"},
    {TEXT(OK "A(b): c\r\n\r\n"), "a field name"},
    {TEXT(OK "\xc3\xa4: c\r\n\r\n"), "a field name"},
    {TEXT(OK "A\0: c\r\n\r\n"), "a field name"},
    {TEXT(OK "A: \0\r\n\r\n"), "a control"},
    {TEXT(OK "A: \x1b[2J\r\n\r\n"), "a control"},
    {TEXT(OK "A: \x7f\r\n\r\n"), "a control"},
    {TEXT(OK "A: \v\r\n\r\n"), "a control"},
};

/* Whether the phrase begins so. Who reads a failure sees all of it. */
static void
check_why(const char *name, const char *why, const char *beginning)
{
	tap_ok(strncmp(why, beginning, strlen(beginning)) == 0, "%s: %s (%s)",
	    name, beginning, why);
}

static void
test_bad(void)
{
	char name[32];
	struct message_head m;
	const char *why;
	size_t i, n;
	bool late;

	for (i = 0; i < COUNT(bad); i++) {
		n = bad[i].length;
		(void)snprintf(name, sizeof(name), "bad head %zu", i);
		tap_number(head_whole(&m, bad[i].bytes, n, &why), MESSAGE_BAD,
		    "%s is refused", name);
		check_why(name, why, bad[i].why);
		tap_number(head_stepped(&m, bad[i].bytes, n, &why), MESSAGE_BAD,
		    "%s by bytes is refused", name);
		check_why(name, why, bad[i].why);
		/* It is refused at the byte that is wrong, not later. */
		n = m.length;
		late = n > 0 && head_whole(&m, bad[i].bytes, n - 1, &why) !=
				    MESSAGE_MORE;
		tap_ok(!late, "%s is fine before that byte", name);
	}
}

/* Whether a head passes with the byte at this place. */
static bool
passes_with(size_t at, int byte)
{
	char head[] = OK "Name: value\r\n\r\n";
	struct message_head m;
	const char *why;

	head[at] = (char)byte;
	return head_whole(&m, head, sizeof(head) - 1, &why) == MESSAGE_DONE;
}

/* Each value of a byte in each kind of place. */
static void
test_bytes(void)
{
	static const char tchars[] =
	    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const size_t reason = 14, name = sizeof(OK) + 1, value = sizeof(OK) + 7;
	bool names = true, values = true, reasons = true, text;
	int c;

	for (c = 0; c < 256; c++) {
		text = c == '\t' || (c >= ' ' && c != 0x7f);
		values = values && passes_with(value, c) == text;
		reasons = reasons && passes_with(reason, c) == text;
		/* A colon only makes the name shorter. */
		text = c == ':' || (c != 0 && strchr(tchars, c) != NULL);
		names = names && passes_with(name, c) == text;
	}
	tap_ok(names, "a name takes the token characters only");
	tap_ok(values, "a value takes VCHAR, obs-text, SP and HTAB only");
	tap_ok(reasons, "and a reason phrase the same");
}

static const struct {
	const char *fields;
	const char *why;
} unframed[] = {
    {"Content-Length:", "a Content-Length"},
    {"Content-Length: ", "a Content-Length"},
    {"Content-Length: -1", "a Content-Length"},
    {"Content-Length: +1", "a Content-Length"},
    {"Content-Length: 0x10", "a Content-Length"},
    {"Content-Length: 1.0", "a Content-Length"},
    {"Content-Length: 1 0", "a Content-Length"},
    {"Content-Length: 1\r\n 0", "a Content-Length"},
    {"Content-Length: 5\r\n\t,6", "two different"},
    {"Content-Length: 5,", "a Content-Length"},
    {"Content-Length: ,5", "a Content-Length"},
    {"Content-Length: 5,,5", "a Content-Length"},
    {"Content-Length: 9223372036854775808", "a Content-Length"},
    {"Content-Length: 18446744073709551617", "a Content-Length"},
    {"Content-Length: 5, 6", "two different"},
    {"Content-Length: 5\r\nContent-Length: 6", "two different"},
    {"Content-Length: 5\r\nContent-Length: ", "a Content-Length"},
    /* What was wrong stays wrong, whatever follows. */
    {"Content-Length: x\r\nContent-Length: 5", "a Content-Length"},
    {"Content-Length: 5, 6\r\nConnection: close", "two different"},
    {"Transfer-Encoding: gzip", "a Transfer-Encoding other"},
    {"Transfer-Encoding: gzip, chunked", "a Transfer-Encoding other"},
    {"Transfer-Encoding: chunked, chunked", "a Transfer-Encoding other"},
    {"Transfer-Encoding: chunked;q=1", "a Transfer-Encoding other"},
    {"Transfer-Encoding: xchunked", "a Transfer-Encoding other"},
    {"Transfer-Encoding: \vchunked", NULL},
    {"Transfer-Encoding: chunk\r\n ed", "a Transfer-Encoding other"},
    {"Transfer-Encoding: x,\r\n chunked", "a Transfer-Encoding other"},
    {"Transfer-Encoding:", "a Transfer-Encoding other"},
    {"Transfer-Encoding: identity", "a Transfer-Encoding other"},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
	"a Transfer-Encoding other"},
    {"Transfer-Encoding: chunked\r\nContent-Length: 5", "both"},
    {"Content-Length: 5\r\nTransfer-Encoding: chunked", "both"},
};

static void
test_unframed(void)
{
	struct message_head m;
	struct message_body b;
	const char *why;
	char text[256], name[32], *head;
	size_t i, n;

	for (i = 0; i < COUNT(unframed); i++) {
		n = (size_t)snprintf(
		    text, sizeof(text), OK "%s\r\n\r\n", unframed[i].fields);
		head = edge - n;
		if (unframed[i].why == NULL) {
			tap_ok(head_whole(&m, text, n, &why) == MESSAGE_BAD,
			    "refused as a head: %zu", i);
			continue;
		}
		(void)snprintf(name, sizeof(name), "unframed head %zu", i);
		tap_number(head_whole(&m, text, n, &why), MESSAGE_DONE,
		    "%s: is a head", name);
		tap_ok(message_body_init(&b, &m, head, &why) < 0,
		    "%s: the body is refused", name);
		check_why(name, why, unframed[i].why);
	}
	n = (size_t)snprintf(text, sizeof(text),
	    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	tap_number(head_whole(&m, text, n, &why), MESSAGE_DONE,
	    "a head of HTTP/1.0 with Transfer-Encoding");
	tap_ok(message_body_init(&b, &m, edge - n, &why) < 0,
	    "HTTP/1.0 has no Transfer-Encoding");
}

static bool
field_is(const char *head, size_t length, const char *name, const char *value)
{
	struct message_field f;
	size_t offset = 0;

	while (message_field_next(span_of(head, length), &offset, &f)) {
		if (ascii_equal_nocase(name, f.name.bytes, f.name.length)) {
			return value != NULL &&
			       ascii_equal(
				   value, f.value.bytes, f.value.length);
		}
	}
	return value == NULL;
}

static void
test_fields(void)
{
	static const char head[] =
	    OK "A: one\r\nEmpty:\r\nB:\t two words \t\r\na: second\r\n"
	       "C: x: y\r\nE: a \r\n\t b:\r\n \r\nF:\r\n g: h\r\n"
	       "\r\nD: of the body\r\n";
	const size_t n = sizeof(head) - 1;
	struct message_head m;
	struct message_field f;
	size_t length, offset = 0, count = 0;
	const char *why, *at;
	bool safe = true;

	(void)!head_whole(&m, head, n, &why);
	length = m.length;
	at = edge - n;
	tap_ok(field_is(at, length, "a", "one"), "the first of a name");
	tap_ok(field_is(at, length, "EMPTY", ""), "an empty value");
	tap_ok(field_is(at, length, "b", "two words"), "white space trimmed");
	tap_ok(field_is(at, length, "c", "x: y"), "a colon in a value");
	tap_ok(field_is(at, length, "E", "a   \t b:"), "a value folded twice");
	tap_ok(field_is(at, length, "F", "g: h"), "a line that only continues");
	tap_ok(field_is(at, length, "g", NULL), "it is not a field");
	tap_ok(field_is(at, length, "D", NULL), "nothing after the head");
	tap_ok(field_is(at, length, "HTTP/1.1 200 OK", NULL), "nor before it");
	tap_ok(field_is(at, length, "", NULL), "no empty name");
	while (message_field_next(span_of(at, length), &offset, &f))
		count++;
	tap_ok(count == 7, "seven fields in turn");
	for (length = 0; length < n; length++) {
		at = edge_put(head, length);
		for (offset = 0, count = 0;
		     message_field_next(span_of(at, length), &offset, &f);
		     count++) {
			safe = safe &&
			       span_chars(f.value) + f.value.length <= edge;
		}
		safe = safe && count <= 9;
	}
	tap_ok(safe, "a head that was not parsed is not overrun");
}

/* A head of this many bytes, or of this many fields. */
static enum message_verdict
head_of_length(size_t length)
{
	static char head[MESSAGE_HEAD_MAX + 1];
	struct message_head m;
	const char *why;

	memset(head, 'x', length);
	memcpy(head, OK "A:", sizeof(OK) + 1);
	memcpy(head + length - 4, "\r\n\r\n", 4);
	return head_whole(&m, head, length, &why);
}

static enum message_verdict
head_of_fields(size_t count)
{
	static char head[65536];
	struct message_head m;
	const char *why;
	size_t n = sizeof(OK) - 1, i;

	memcpy(head, OK, n);
	for (i = 0; i < count; i++, n += 4)
		memcpy(head + n, "A:\r\n", 4);
	memcpy(head + n, "\r\n", 2);
	return head_whole(&m, head, n + 2, &why);
}

static void
test_head_limits(void)
{
	tap_ok(head_of_length(MESSAGE_HEAD_MAX) == MESSAGE_DONE,
	    "a head of 64 KiB passes");
	tap_ok(head_of_length(MESSAGE_HEAD_MAX + 1) == MESSAGE_BAD,
	    "one byte more does not");
	tap_ok(head_of_fields(MESSAGE_FIELDS_MAX) == MESSAGE_DONE,
	    "128 fields pass");
	tap_ok(head_of_fields(MESSAGE_FIELDS_MAX + 1) == MESSAGE_BAD,
	    "one more does not");
}

struct decoded {
	char content[8192];
	size_t length;
	size_t extra; /* bytes that are left after the end */
	const char *why;
};

/* Decodes in steps of at most step bytes, each flush against the edge. */
static enum message_verdict
decode(const char *bytes, size_t length, size_t step, struct decoded *decoded)
{
	static const char head[] = OK "Transfer-Encoding: chunked\r\n\r\n";
	enum message_verdict verdict = MESSAGE_MORE;
	struct message_head m;
	struct message_body b;
	size_t n, in = 0;
	char *at;

	decoded->length = 0;
	decoded->extra = 0;
	if (head_whole(&m, head, sizeof(head) - 1, &decoded->why) !=
		MESSAGE_DONE ||
	    message_body_init(&b, &m, head, &decoded->why) < 0)
		return MESSAGE_BAD;
	while (in < length && verdict == MESSAGE_MORE) {
		n = length - in < step ? length - in : step;
		at = edge_put(bytes + in, n);
		in += n;
		verdict = message_body_decode(
		    &b, at, &n, &decoded->extra, &decoded->why);
		if (verdict == MESSAGE_BAD)
			break;
		memcpy(decoded->content + decoded->length, at, n);
		decoded->length += n;
	}
	decoded->extra += length - in;
	return verdict;
}

static const struct {
	const char *bytes;
	size_t length;
	const char *content; /* NULL: bad */
	const char *why;
} coded[] = {
    {TEXT("0\r\n\r\n"), "", NULL},
    {TEXT("00000000\r\n\r\n"), "", NULL},
    {TEXT("5\r\nhello\r\n0\r\n\r\n"), "hello", NULL},
    {TEXT("1\r\na\r\n2\r\nbc\r\n00A\r\n0123456789\r\n0\r\n\r\n"),
	"abc0123456789", NULL},
    {TEXT("a\r\n0123456789\r\n0\r\n\r\n"), "0123456789", NULL},
    {TEXT("0000000000000002\r\nhi\r\n0\r\n\r\n"), "hi", NULL},
    {TEXT("2\r\n\r\n\r\n0\r\n\r\n"), "\r\n", NULL},
    /* Extensions. */
    {TEXT("2;a\r\nhi\r\n0;z\r\n\r\n"), "hi", NULL},
    {TEXT("2;a=b;c\r\nhi\r\n0\r\n\r\n"), "hi", NULL},
    {TEXT("2; a = b ;\tc=\"q;=\\\"\\\\ \x80\"\r\nhi\r\n0\r\n\r\n"), "hi", NULL},
    {TEXT("2;a=\"\" ;b\r\nhi\r\n0\r\n\r\n"), "hi", NULL},
    /* White space after a size, as old servers pad it, or an extension. */
    {TEXT("2 \r\nhi\r\n0  \t\r\n\r\n"), "hi", NULL},
    {TEXT("2 ;a \r\nhi\r\n0;a=b \r\n\r\n"), "hi", NULL},
    {TEXT("2;a=\"b\" \r\nhi\r\n0\r\n\r\n"), "hi", NULL},
    /* Trailers. */
    {TEXT("0\r\nA: b\r\n c\r\n\t\r\n\r\n"), "", NULL},
    {TEXT("2\r\nhi\r\n0\r\nA: b\r\nContent-Length: 9\r\n\r\n"), "hi", NULL},
    /* Malformed sizes. */
    {TEXT("\r\n"), NULL, "a chunk size that"},
    {TEXT("g\r\n"), NULL, "a chunk size that"},
    {TEXT(";a\r\n"), NULL, "a chunk size that"},
    {TEXT("-1\r\n"), NULL, "a chunk size that"},
    {TEXT("+1\r\n"), NULL, "a chunk size that"},
    {TEXT("0x1\r\n"), NULL, "a chunk size that"},
    {TEXT(" 1\r\n"), NULL, "a chunk size that"},
    {TEXT("1_0\r\n"), NULL, "a chunk size that"},
    {TEXT("1\0\r\n"), NULL, "a chunk size that"},
    {TEXT("1\nA"), NULL, "a chunk size that"},
    {TEXT("1\rA"), NULL, "a bare carriage"},
    {TEXT("1\r\rA"), NULL, "a bare carriage"},
    {TEXT("00000000000000001\r\n"), NULL, "a chunk size with"},
    {TEXT("10000000000000000\r\n"), NULL, "a chunk size with"},
    /* Content that does not end where its size says. */
    {TEXT("2\r\nhix"), NULL, "a chunk longer"},
    {TEXT("2\r\nhi\n"), NULL, "a chunk longer"},
    {TEXT("2\r\nhi\rx"), NULL, "a bare carriage"},
    {TEXT("2\r\nhi0\r\n\r\n"), NULL, "a chunk longer"},
    {TEXT("2\r\nhi\r\n\r\n"), NULL, "a chunk size that"},
    {TEXT("3\r\nhi\r\n0\r\n\r\n"), NULL, "a chunk longer"},
    /* Malformed extensions. */
    {TEXT("2 2\r\nhi"), NULL, "a malformed"},
    {TEXT("2 \n"), NULL, "a malformed"},
    {TEXT(" 2\r\n"), NULL, "a chunk size that"},
    {TEXT("2;\r\n"), NULL, "a malformed"},
    {TEXT("2;;a\r\n"), NULL, "a malformed"},
    {TEXT("2;=b\r\n"), NULL, "a malformed"},
    {TEXT("2;a=\r\n"), NULL, "a malformed"},
    {TEXT("2;a=b=c\r\n"), NULL, "a malformed"},
    {TEXT("2;a b\r\n"), NULL, "a malformed"},
    {TEXT("2;a=b c\r\n"), NULL, "a malformed"},
    {TEXT("2;a\n"), NULL, "a malformed"},
    {TEXT("2;a=\"b\r\n"), NULL, "a malformed"},
    {TEXT("2;a=\"b\\\r\n"), NULL, "a malformed"},
    {TEXT("2;a=\"b\"c\r\n"), NULL, "a malformed"},
    {TEXT("2;a\x80\r\n"), NULL, "a malformed"},
    {TEXT("2;a\x1b\r\n"), NULL, "a malformed"},
    {TEXT("2;a\rb"), NULL, "a bare carriage"},
    /* Trailers obey the rules of fields. */
    {TEXT("0\r\n A: b\r\n\r\n"), NULL, "white space before the first"},
    {TEXT("0\r\nA : b\r\n\r\n"), NULL, "white space"},
    {TEXT("0\r\nA\r\n\r\n"), NULL, "a line without"},
    {TEXT("0\r\nA: b\n\r\n"), NULL, "a bare line feed"},
    {TEXT("0\r\n\n"), NULL, "a bare line feed"},
    {TEXT("0\r\n\rx"), NULL, "a bare carriage"},
    {TEXT("0\r\nA: \0\r\n\r\n"), NULL, "a control"},
};

/* Decodes in steps of every size, and counts for how many each claim holds. */
static void
check_bad_chunks(size_t row)
{
	static struct decoded decoded;
	const size_t length = coded[row].length;
	const char *why = coded[row].why;
	size_t step, refused = 0, explained = 0;

	for (step = 1; step <= length; step++) {
		refused += decode(coded[row].bytes, length, step, &decoded) ==
			   MESSAGE_BAD;
		explained += strncmp(decoded.why, why, strlen(why)) == 0;
	}
	tap_number(refused, length,
	    "chunks %zu are refused in steps of every size", row);
	tap_number(explained, length,
	    "chunks %zu in steps of every size: %s (%s)", row, why,
	    decoded.why);
}

static void
check_good_chunks(size_t row)
{
	static struct decoded decoded;
	const size_t length = coded[row].length;
	size_t step, done = 0, right = 0, used = 0;

	for (step = 1; step <= length; step++) {
		done += decode(coded[row].bytes, length, step, &decoded) ==
			MESSAGE_DONE;
		right += ascii_equal(
		    coded[row].content, decoded.content, decoded.length);
		used += decoded.extra == 0;
	}
	tap_number(done, length,
	    "chunks %zu are complete in steps of every size", row);
	tap_number(right, length,
	    "chunks %zu in steps of every size: the content", row);
	tap_number(used, length,
	    "chunks %zu in steps of every size: nothing is left", row);
}

static void
test_chunks(void)
{
	static struct decoded decoded;
	char longer[256];
	size_t i, n;
	bool more;

	for (i = 0; i < COUNT(coded); i++) {
		if (coded[i].content == NULL) {
			check_bad_chunks(i);
			continue;
		}
		check_good_chunks(i);
		n = coded[i].length;
		memcpy(longer, coded[i].bytes, n);
		memcpy(longer + n, "0\r\n", 3);
		tap_number(decode(longer, n + 3, n + 3, &decoded), MESSAGE_DONE,
		    "chunks %zu with bytes after them are complete", i);
		tap_number(
		    decoded.extra, 3, "chunks %zu end where they end", i);
		for (more = true; n-- > 0;) {
			more = more && decode(coded[i].bytes, n, 7, &decoded) ==
					   MESSAGE_MORE;
		}
		tap_ok(more, "chunks %zu cut anywhere need more", i);
	}
}

/* "0;a...a CRLF CRLF" of this many bytes. */
static enum message_verdict
chunks_of_framing(size_t bytes)
{
	static char coded_bytes[MESSAGE_FRAMING_MAX + 1];
	static struct decoded decoded;

	memset(coded_bytes, 'a', bytes);
	memcpy(coded_bytes, "0;", 2);
	memcpy(coded_bytes + bytes - 4, "\r\n\r\n", 4);
	return decode(coded_bytes, bytes, bytes, &decoded);
}

/* One byte a chunk: 5 bytes around each, 5 at the end. */
static enum message_verdict
chunks_of_one(size_t count)
{
	static char coded_bytes[32768];
	static struct decoded decoded;
	size_t i;

	for (i = 0; i < count; i++)
		memcpy(coded_bytes + 6 * i, "1\r\nx\r\n", 6);
	memcpy(coded_bytes + 6 * count, "0\r\n\r\n", 5);
	return decode(coded_bytes, 6 * count + 5, 6 * count + 5, &decoded);
}

static enum message_verdict
trailers(size_t count)
{
	static char coded_bytes[4096];
	static struct decoded decoded;
	size_t n = 3;

	memcpy(coded_bytes, "0\r\n", 3);
	for (; count > 0; count--, n += 4)
		memcpy(coded_bytes + n, "A:\r\n", 4);
	memcpy(coded_bytes + n, "\r\n", 2);
	n += 2;
	return decode(coded_bytes, n, n, &decoded);
}

static void
test_chunk_limits(void)
{
	tap_ok(chunks_of_framing(MESSAGE_FRAMING_MAX) == MESSAGE_DONE,
	    "16 KiB around chunks pass");
	tap_ok(chunks_of_framing(MESSAGE_FRAMING_MAX + 1) == MESSAGE_BAD,
	    "one byte more does not");
	tap_ok(chunks_of_one((MESSAGE_FRAMING_MAX - 5) / 5) == MESSAGE_DONE,
	    "3275 chunks of a byte pass");
	tap_ok(chunks_of_one((MESSAGE_FRAMING_MAX - 5) / 5 + 1) == MESSAGE_BAD,
	    "one more does not");
	tap_ok(
	    trailers(MESSAGE_FIELDS_MAX) == MESSAGE_DONE, "128 trailers pass");
	tap_ok(trailers(MESSAGE_FIELDS_MAX + 1) == MESSAGE_BAD,
	    "one more does not");
}

/* The size does not wrap: the largest is simply never reached. */
static void
test_huge_chunk(void)
{
	static struct decoded decoded;

	tap_number(decode(TEXT("ffffffffffffffff\r\nabc"), 4, &decoded),
	    MESSAGE_MORE, "the largest chunk goes on and on");
	tap_bytes(decoded.content, decoded.length, "abc",
	    "the largest chunk: its content so far");
}

static void
test_other_bodies(void)
{
	static const struct {
		const char *head;
		size_t given, content, extra;
		enum message_verdict verdict;
	} cases[] = {
	    {"HTTP/1.1 204 N\r\n\r\n", 0, 0, 0, MESSAGE_DONE},
	    {"HTTP/1.1 204 N\r\nContent-Length: 3\r\n\r\n", 3, 0, 3,
		MESSAGE_DONE},
	    {OK "Content-Length: 0\r\n\r\n", 0, 0, 0, MESSAGE_DONE},
	    {OK "Content-Length: 3\r\n\r\n", 0, 0, 0, MESSAGE_MORE},
	    {OK "Content-Length: 3\r\n\r\n", 2, 2, 0, MESSAGE_MORE},
	    {OK "Content-Length: 3\r\n\r\n", 3, 3, 0, MESSAGE_DONE},
	    {OK "Content-Length: 3\r\n\r\n", 5, 3, 2, MESSAGE_DONE},
	    {OK "\r\n", 5, 5, 0, MESSAGE_MORE},
	};
	struct message_head m;
	struct message_body b;
	const char *why;
	size_t i, n, extra;

	for (i = 0; i < COUNT(cases); i++) {
		n = strlen(cases[i].head);
		if (head_whole(&m, cases[i].head, n, &why) != MESSAGE_DONE)
			abort();
		tap_ok(message_body_init(&b, &m, cases[i].head, &why) == 0,
		    "body %zu of another framing is framed", i);
		n = cases[i].given;
		edge_put("abcde", n);
		tap_number(message_body_decode(&b, edge - n, &n, &extra, &why),
		    cases[i].verdict, "body %zu of another framing: verdict",
		    i);
		tap_number(n, cases[i].content,
		    "body %zu of another framing: the length", i);
		tap_number(extra, cases[i].extra,
		    "body %zu of another framing: what is left", i);
	}
}

static void
test_tokens(void)
{
	static const struct {
		const char *name, *bytes;
		size_t length;
		bool is_token;
	} rows[] = {
	    {"POST", TEXT("POST"), true},
	    {"no bytes", TEXT(""), false},
	    {"a space", TEXT("a b"), false},
	    {"a NUL", TEXT("a\0"), false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(message_is_token(rows[i].bytes, rows[i].length) ==
			   rows[i].is_token,
		    "%s: a token is %d", rows[i].name, rows[i].is_token);
	}
}

int
main(void)
{
	edge_make();
	test_good();
	test_framing();
	test_bad();
	test_bytes();
	test_unframed();
	test_fields();
	test_head_limits();
	test_chunks();
	test_chunk_limits();
	test_huge_chunk();
	test_other_bodies();
	test_tokens();
	return tap_done();
}
