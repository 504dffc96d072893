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
head_whole(
    struct message_head *m, const char *bytes, size_t length, const char **why)
{
	message_head_init(m);
	*why = "";
	return message_head_parse(m, edge_put(bytes, length), length, why);
}

/* Parses byte by byte, each prefix flush against the edge. */
static enum message_verdict
head_stepped(
    struct message_head *m, const char *bytes, size_t length, const char **why)
{
	enum message_verdict verdict = MESSAGE_MORE;
	size_t n;

	message_head_init(m);
	*why = "";
	for (n = 0; n <= length && verdict == MESSAGE_MORE; n++)
		verdict = message_head_parse(m, edge_put(bytes, n), n, why);
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
    {TEXT("HTTP/1.1 204 a\tb \x80\xff\r\n\r\n"), 204, MESSAGE_NO_BODY, 0, true},
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
    /* Field lines at the edge of the grammar. */
    {TEXT(OK "!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n"), 200, MESSAGE_UNTIL_CLOSE, 0,
	false},
    {TEXT(OK "a:\r\nb: \t \r\nc::\r\n\r\n"), 200, MESSAGE_UNTIL_CLOSE, 0,
	false},
};

static void
test_good(void)
{
	struct message_head m, stepped;
	struct message_body b;
	const char *why;
	char longer[512];
	size_t i, n;
	bool same, more;

	for (i = 0; i < COUNT(good); i++) {
		n = good[i].length;
		same = head_stepped(&stepped, good[i].bytes, n, &why) ==
			   MESSAGE_DONE &&
		       stepped.length == n;
		same = same &&
		       head_whole(&m, good[i].bytes, n, &why) == MESSAGE_DONE;
		tap_ok(same && m.length == n && m.status == good[i].status,
		    "good head %zu passes whole and by bytes", i);
		tap_ok(message_body_init(&b, &m, edge - n, &why) == 0 &&
			   b.framing == good[i].framing &&
			   b.left == good[i].left &&
			   b.reusable == good[i].reusable,
		    "good head %zu frames its body", i);
		memcpy(longer, good[i].bytes, n);
		memcpy(longer + n, "\r\n\0 x", 5);
		tap_ok(head_whole(&m, longer, n + 5, &why) == MESSAGE_DONE &&
			   m.length == n,
		    "good head %zu ends where it ends", i);
		for (more = true; n-- > 0;)
			more = more && head_whole(&m, good[i].bytes, n, &why) ==
					   MESSAGE_MORE;
		tap_ok(more, "good head %zu cut anywhere needs more", i);
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
    {TEXT("HTTP/1.2 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/2.0 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/2 200\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.10 200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1  200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1\t200 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 20 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 2000 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 -20 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 2x0 OK\r\n\r\n"), "it does not begin"},
    {TEXT("HTTP/1.1 200\r\n\r\n"), "it does not begin"},
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
    {TEXT(OK "A: b\r\n c\r\n\r\n"), "a folded"},
    {TEXT(OK "A: b\r\n\tc\r\n\r\n"), "a folded"},
    {TEXT(OK " A: b\r\n\r\n"), "a folded"},
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

static void
test_bad(void)
{
	struct message_head m;
	const char *why;
	size_t i, n;
	bool late;

	for (i = 0; i < COUNT(bad); i++) {
		n = strlen(bad[i].why);
		tap_ok(head_whole(&m, bad[i].bytes, bad[i].length, &why) ==
			       MESSAGE_BAD &&
			   strncmp(why, bad[i].why, n) == 0,
		    "bad head %zu: %s (%s)", i, bad[i].why, why);
		tap_ok(head_stepped(&m, bad[i].bytes, bad[i].length, &why) ==
			       MESSAGE_BAD &&
			   strncmp(why, bad[i].why, n) == 0,
		    "bad head %zu by bytes", i);
		/* It is refused at the byte that is wrong, not later. */
		n = m.length;
		late = n > 0 && head_whole(&m, bad[i].bytes, n - 1, &why) !=
				    MESSAGE_MORE;
		tap_ok(!late, "bad head %zu is fine before that byte", i);
	}
}

/* Whether a head passes with the byte c at this place. */
static bool
passes_with(size_t at, int c)
{
	char head[] = OK "Name: value\r\n\r\n";
	struct message_head m;
	const char *why;

	head[at] = (char)c;
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
	char head[256];
	size_t i, n;

	for (i = 0; i < COUNT(unframed); i++) {
		n = (size_t)snprintf(
		    head, sizeof(head), OK "%s\r\n\r\n", unframed[i].fields);
		if (unframed[i].why == NULL) {
			tap_ok(head_whole(&m, head, n, &why) == MESSAGE_BAD,
			    "refused as a head: %zu", i);
			continue;
		}
		tap_ok(head_whole(&m, head, n, &why) == MESSAGE_DONE &&
			   message_body_init(&b, &m, head, &why) < 0 &&
			   strncmp(why, unframed[i].why,
			       strlen(unframed[i].why)) == 0,
		    "unframed head %zu: %s", i, unframed[i].why);
	}
	n = (size_t)snprintf(head, sizeof(head),
	    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	tap_ok(head_whole(&m, head, n, &why) == MESSAGE_DONE &&
		   message_body_init(&b, &m, head, &why) < 0,
	    "HTTP/1.0 has no Transfer-Encoding");
}

static bool
field_is(const char *head, size_t length, const char *name, const char *value)
{
	struct message_field f;
	size_t offset = 0;

	while (message_field_next(span_of(head, length), &offset, &f)) {
		if (ascii_equal_nocase(name, f.name.bytes, f.name.length))
			return value != NULL &&
			       ascii_equal(
				   value, f.value.bytes, f.value.length);
	}
	return value == NULL;
}

static void
test_fields(void)
{
	static const char head[] =
	    OK "A: one\r\nEmpty:\r\nB:\t two words \t\r\na: second\r\n"
	       "C: x: y\r\n\r\nD: of the body\r\n";
	const size_t n = sizeof(head) - 1;
	struct message_head m;
	struct message_field f;
	size_t length, offset = 0, count = 0;
	const char *why, *at;
	bool safe = true;

	(void)!head_whole(&m, head, n, &why);
	length = m.length;
	at = edge_put(head, length);
	tap_ok(field_is(at, length, "a", "one"), "the first of a name");
	tap_ok(field_is(at, length, "EMPTY", ""), "an empty value");
	tap_ok(field_is(at, length, "b", "two words"), "white space trimmed");
	tap_ok(field_is(at, length, "c", "x: y"), "a colon in a value");
	tap_ok(field_is(at, length, "D", NULL), "nothing after the head");
	tap_ok(field_is(at, length, "HTTP/1.1 200 OK", NULL), "nor before it");
	tap_ok(field_is(at, length, "", NULL), "no empty name");
	while (message_field_next(span_of(at, length), &offset, &f))
		count++;
	tap_ok(count == 5, "five fields in turn");
	for (length = 0; length < n; length++) {
		at = edge_put(head, length);
		for (offset = 0, count = 0;
		     message_field_next(span_of(at, length), &offset, &f);
		     count++)
			safe = safe &&
			       span_chars(f.value) + f.value.length <= edge;
		safe = safe && count <= 6;
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

/* Decodes in steps of at most step bytes, each flush against the edge, into
 * content. *extra counts what was left. */
static enum message_verdict
chunks(const char *bytes, size_t length, size_t step, char *content,
    size_t *content_length, size_t *extra, const char **why)
{
	static const char head[] = OK "Transfer-Encoding: chunked\r\n\r\n";
	enum message_verdict verdict = MESSAGE_MORE;
	struct message_head m;
	struct message_body b;
	size_t n, in = 0;
	char *at;

	*content_length = 0;
	*extra = 0;
	if (head_whole(&m, head, sizeof(head) - 1, why) != MESSAGE_DONE ||
	    message_body_init(&b, &m, head, why) < 0)
		return MESSAGE_BAD;
	while (in < length && verdict == MESSAGE_MORE) {
		n = length - in < step ? length - in : step;
		at = edge_put(bytes + in, n);
		in += n;
		verdict = message_body_decode(&b, at, &n, extra, why);
		if (verdict == MESSAGE_BAD)
			break;
		memcpy(content + *content_length, at, n);
		*content_length += n;
	}
	*extra += length - in;
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
    /* Trailers. */
    {TEXT("2\r\nhi\r\n0\r\nA: b\r\nContent-Length: 9\r\n\r\n"), "hi", NULL},
    /* Malformed sizes. */
    {TEXT("\r\n"), NULL, "a chunk size that"},
    {TEXT("g\r\n"), NULL, "a chunk size that"},
    {TEXT(";a\r\n"), NULL, "a chunk size that"},
    {TEXT("-1\r\n"), NULL, "a chunk size that"},
    {TEXT("+1\r\n"), NULL, "a chunk size that"},
    {TEXT("0x1\r\n"), NULL, "a chunk size that"},
    {TEXT(" 1\r\n"), NULL, "a chunk size that"},
    {TEXT("1 \r\n"), NULL, "a chunk size that"},
    {TEXT("1 ;a\r\n"), NULL, "a chunk size that"},
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
    {TEXT("2;\r\n"), NULL, "a malformed"},
    {TEXT("2;;a\r\n"), NULL, "a malformed"},
    {TEXT("2;=b\r\n"), NULL, "a malformed"},
    {TEXT("2;a=\r\n"), NULL, "a malformed"},
    {TEXT("2;a=b=c\r\n"), NULL, "a malformed"},
    {TEXT("2;a b\r\n"), NULL, "a malformed"},
    {TEXT("2;a \r\n"), NULL, "a malformed"},
    {TEXT("2;a=b \r\n"), NULL, "a malformed"},
    {TEXT("2;a=b c\r\n"), NULL, "a malformed"},
    {TEXT("2;a\n"), NULL, "a malformed"},
    {TEXT("2;a=\"b\r\n"), NULL, "a malformed"},
    {TEXT("2;a=\"b\\\r\n"), NULL, "a malformed"},
    {TEXT("2;a=\"b\"c\r\n"), NULL, "a malformed"},
    {TEXT("2;a=\"b\" \r\n"), NULL, "a malformed"},
    {TEXT("2;a\x80\r\n"), NULL, "a malformed"},
    {TEXT("2;a\x1b\r\n"), NULL, "a malformed"},
    {TEXT("2;a\rb"), NULL, "a bare carriage"},
    /* Trailers obey the rules of fields. */
    {TEXT("0\r\n A: b\r\n\r\n"), NULL, "a folded"},
    {TEXT("0\r\nA : b\r\n\r\n"), NULL, "white space"},
    {TEXT("0\r\nA\r\n\r\n"), NULL, "a line without"},
    {TEXT("0\r\nA: b\n\r\n"), NULL, "a bare line feed"},
    {TEXT("0\r\n\n"), NULL, "a bare line feed"},
    {TEXT("0\r\n\rx"), NULL, "a bare carriage"},
    {TEXT("0\r\nA: \0\r\n\r\n"), NULL, "a control"},
};

static void
test_chunks(void)
{
	char content[256], longer[256];
	const char *why = "";
	size_t i, n, length, extra, step;
	bool fine, more;

	for (i = 0; i < COUNT(coded); i++) {
		n = coded[i].length;
		for (fine = true, step = 1; step <= n; step++) {
			why = "";
			if (coded[i].content == NULL)
				fine =
				    fine &&
				    chunks(coded[i].bytes, n, step, content,
					&length, &extra, &why) == MESSAGE_BAD &&
				    strncmp(why, coded[i].why,
					strlen(coded[i].why)) == 0;
			else
				fine = fine &&
				       chunks(coded[i].bytes, n, step, content,
					   &length, &extra,
					   &why) == MESSAGE_DONE &&
				       extra == 0 &&
				       ascii_equal(
					   coded[i].content, content, length);
		}
		tap_ok(fine, "chunks %zu in steps of every size: %s", i,
		    coded[i].content != NULL ? "good" : why);
		if (coded[i].content == NULL)
			continue;
		memcpy(longer, coded[i].bytes, n);
		memcpy(longer + n, "0\r\n", 3);
		tap_ok(chunks(longer, n + 3, n + 3, content, &length, &extra,
			   &why) == MESSAGE_DONE &&
			   extra == 3,
		    "chunks %zu end where they end", i);
		for (more = true; n-- > 0;)
			more =
			    more && chunks(coded[i].bytes, n, 7, content,
					&length, &extra, &why) == MESSAGE_MORE;
		tap_ok(more, "chunks %zu cut anywhere need more", i);
	}
}

/* "0;a...a CRLF CRLF" of this many bytes. */
static enum message_verdict
chunks_of_framing(size_t bytes)
{
	static char coded_bytes[MESSAGE_FRAMING_MAX + 1];
	char content[8];
	const char *why;
	size_t n, extra;

	memset(coded_bytes, 'a', bytes);
	memcpy(coded_bytes, "0;", 2);
	memcpy(coded_bytes + bytes - 4, "\r\n\r\n", 4);
	return chunks(coded_bytes, bytes, bytes, content, &n, &extra, &why);
}

/* One byte a chunk: 5 bytes around each, 5 at the end. */
static enum message_verdict
chunks_of_one(size_t count)
{
	static char coded_bytes[32768], content[8192];
	const char *why;
	size_t n, extra, i;

	for (i = 0; i < count; i++)
		memcpy(coded_bytes + 6 * i, "1\r\nx\r\n", 6);
	memcpy(coded_bytes + 6 * count, "0\r\n\r\n", 5);
	return chunks(coded_bytes, 6 * count + 5, 6 * count + 5, content, &n,
	    &extra, &why);
}

static enum message_verdict
trailers(size_t count)
{
	static char coded_bytes[4096], content[16];
	const char *why;
	size_t n = 3, extra, length;

	memcpy(coded_bytes, "0\r\n", 3);
	for (; count > 0; count--, n += 4)
		memcpy(coded_bytes + n, "A:\r\n", 4);
	memcpy(coded_bytes + n, "\r\n", 2);
	n += 2;
	return chunks(coded_bytes, n, n, content, &length, &extra, &why);
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
	char content[64];
	const char *why;
	size_t n, extra;

	tap_ok(chunks(TEXT("ffffffffffffffff\r\nabc"), 4, content, &n, &extra,
		   &why) == MESSAGE_MORE &&
		   n == 3,
	    "the largest chunk goes on and on");
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
	bool fine;

	for (i = 0; i < COUNT(cases); i++) {
		n = strlen(cases[i].head);
		fine = head_whole(&m, cases[i].head, n, &why) == MESSAGE_DONE &&
		       message_body_init(&b, &m, cases[i].head, &why) == 0;
		n = cases[i].given;
		edge_put("abcde", n);
		fine = fine && message_body_decode(&b, edge - n, &n, &extra,
				   &why) == cases[i].verdict;
		tap_ok(fine && n == cases[i].content && extra == cases[i].extra,
		    "body %zu of another framing", i);
	}
}

int
main(void)
{
	edge_make();
	test_good();
	test_bad();
	test_bytes();
	test_unframed();
	test_fields();
	test_head_limits();
	test_chunks();
	test_chunk_limits();
	test_huge_chunk();
	test_other_bodies();
	tap_ok(message_is_token("POST", 4) && !message_is_token("", 0) &&
		   !message_is_token("a b", 3) && !message_is_token("a\0", 2),
	    "tokens");
	return tap_done();
}
