/* exchange.c - heads are read into the answer's head, interim ones behind each
 * other so that together they keep its limit; the final one is then moved to
 * the front. What came along behind it goes to the body, where decoding works
 * in place: chunks only ever shrink. We never pipeline, so a byte behind the
 * answer belongs to nothing and ends the stream's use. */
#include "http/exchange.h"

#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/url.h"
#include "http/message.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"

_Static_assert(HTTP_HEAD_MAX <= MESSAGE_HEAD_MAX, "message refuses earlier");
_Static_assert(HTTP_HEAD_MAX <= HTTP_BODY_MAX, "what follows a head must fit");

/* What reading an answer needs at every step. */
struct reading {
	struct stream *stream;
	struct http_response *answer;
	struct deadline deadline;
	struct error *error;
	size_t filled; /* bytes in the head, or fresh ones in the body */
};

/* No control character; as a value also spaces and bytes above 127. */
static bool
is_clean(const char *text, bool is_value)
{
	unsigned char c;

	while ((c = (unsigned char)*text++) != '\0') {
		if (c == 0x7f || c < ' ')
			return false;
		if (!is_value && (c == ' ' || c > 0x7f))
			return false;
	}
	return true;
}

void
http_request_begin(struct buffer *r, const char *method, const char *target,
    const char *host, uint16_t port)
{
	if (!message_is_token(method, strlen(method)) || target[0] == '\0' ||
	    host[0] == '\0' || !is_clean(target, false) ||
	    !is_clean(host, false))
		r->overflowed = true;
	buffer_text(r, method);
	buffer_text(r, " ");
	buffer_text(r, target);
	buffer_text(r, " HTTP/1.1\r\nHost: ");
	url_write_authority(r, host, port, URL_HTTPS_PORT);
	buffer_text(r, "\r\n");
}

void
http_request_field(struct buffer *r, const char *name, const char *value)
{
	if (!message_is_token(name, strlen(name)) || !is_clean(value, true))
		r->overflowed = true;
	buffer_text(r, name);
	buffer_text(r, ": ");
	buffer_text(r, value);
	buffer_text(r, "\r\n");
}

void
http_request_end(struct buffer *r, const void *body, size_t body_length)
{
	if (body != NULL) {
		buffer_text(r, "Content-Length: ");
		buffer_decimal(r, body_length);
		buffer_text(r, "\r\n");
	}
	buffer_text(r, "\r\n");
	if (body != NULL)
		buffer_append(r, body, body_length);
}

/* How much of a line may be shown: all, or up to a secret's field's colon. */
static size_t
line_shown(const char *line, size_t length)
{
	static const char *const secret[] = {
	    "Authorization", "Proxy-Authorization", "Set-Cookie"};
	const char *colon = memchr(line, ':', length);
	size_t i, n;

	if (colon == NULL)
		return length;
	n = (size_t)(colon - line);
	for (i = 0; i < COUNT(secret); i++) {
		if (ascii_equal_nocase(secret[i], line, n))
			return n + 1;
	}
	return length;
}

static void
trace_line(char mark, const char *line, size_t length)
{
	static const char hidden[] = " [hidden]";
	char out[1024];
	size_t shown = line_shown(line, length), n;

	out[0] = mark;
	out[1] = ' ';
	(void)escape(out + 2, sizeof(out) - 2 - sizeof(hidden), line, shown);
	n = strlen(out);
	if (shown < length) {
		memcpy(out + n, hidden, sizeof(hidden) - 1);
		n += sizeof(hidden) - 1;
	}
	out[n++] = '\n';
	/* Nobody can be told that standard error is closed. */
	(void)file_write(STDERR_FILENO, out, n);
}

/* Shows lines up to the blank one, so never a body. */
static void
trace_head(char mark, const char *bytes, size_t length)
{
	const char *end;
	size_t n;

	if (log_get_level() != LOG_VERBOSE)
		return;
	while ((end = memchr(bytes, '\n', length)) != NULL && *bytes != '\r') {
		n = (size_t)(end - bytes);
		trace_line(mark, bytes, n > 0 ? n - 1 : 0);
		bytes = end + 1;
		length -= n + 1;
	}
}

/* The request is out (or already failed, and then the first error stays). */
static int
fail(struct reading *r, const char *what, const char *why)
{
	return error_set(r->error, ERROR_UNKNOWN, "%s%s", what, why);
}

static int
fail_invalid(struct reading *r, const char *why)
{
	return fail(r, "the answer is not valid HTTP: ", why);
}

/* Returns how many bytes came, 0 at the end, -1 with the error set. */
static ssize_t
read_some(struct reading *r, char *to, size_t size)
{
	struct error cause;
	ssize_t n;

	error_clear(&cause);
	n = stream_read(r->stream, to, size, r->deadline, &cause);
	if (n >= 0)
		return n;
	if (deadline_passed(r->deadline))
		return fail(r, "no answer within the time limit", "");
	return fail(r, "the answer could not be read: ", cause.line);
}

/* One head that begins at start. Returns 0 or -1. */
static int
read_one_head(struct reading *r, struct message_head *m, size_t start)
{
	char *head = r->answer->head;
	enum message_verdict verdict;
	const char *why = "";
	ssize_t n;

	message_head_init(m);
	for (;;) {
		verdict = message_head_parse(
		    m, head + start, r->filled - start, &why);
		if (verdict == MESSAGE_BAD)
			return fail_invalid(r, why);
		if (verdict == MESSAGE_DONE)
			return 0;
		if (r->filled == HTTP_HEAD_MAX)
			return fail_invalid(r, "its head is over 64 KiB");
		n = read_some(r, head + r->filled, HTTP_HEAD_MAX - r->filled);
		if (n < 0)
			return -1;
		if (n == 0)
			return fail(r, "the server closed the connection ",
			    r->filled == 0 ? "before it answered"
					   : "in the middle of its answer");
		r->filled += (size_t)n;
	}
}

/* Leaves the final head in front, and filled as what follows it. */
static int
read_head(struct reading *r, struct message_head *m)
{
	struct http_response *a = r->answer;
	unsigned interim = 0;
	size_t start = 0;

	for (;;) {
		if (read_one_head(r, m, start) == -1)
			return -1;
		trace_head('<', a->head + start, m->length);
		if (m->status >= 200)
			break;
		if (m->status == 101)
			return fail_invalid(r, "a switch of protocols");
		if (++interim > HTTP_INTERIM_MAX)
			return fail_invalid(r, "too many interim answers");
		start += m->length;
	}
	memmove(a->head, a->head + start, m->length);
	a->head_length = m->length;
	start += m->length;
	r->filled -= start;
	memcpy(a->body, a->head + start, r->filled);
	/* A body may hold a secret, which is to be in one place. */
	wipe(a->head + start, r->filled);
	return 0;
}

/* The end of the stream is the body's end only where nothing else is. */
static int
end_body(struct reading *r, const struct message_body *b)
{
	if (b->framing == MESSAGE_UNTIL_CLOSE)
		return 0;
	return fail(r, "the server closed the connection in the middle of ",
	    "its body");
}

static int
read_body(struct reading *r, struct message_body *b)
{
	struct http_response *a = r->answer;
	enum message_verdict verdict;
	const char *why = "";
	size_t extra, came;
	ssize_t n;

	if (b->framing == MESSAGE_LENGTH && b->left > HTTP_BODY_MAX)
		return fail(r, "the answer's body is over 1 MiB", "");
	for (;;) {
		came = r->filled;
		verdict = message_body_decode(
		    b, a->body + a->body_length, &r->filled, &extra, &why);
		if (verdict == MESSAGE_BAD)
			return fail_invalid(r, why);
		a->body_length += r->filled;
		wipe(a->body + a->body_length, came - r->filled);
		if (a->body_length > HTTP_BODY_MAX)
			return fail(r, "the answer's body is over 1 MiB", "");
		if (verdict == MESSAGE_DONE)
			break;
		n = read_some(r, a->body + a->body_length,
		    sizeof(a->body) - a->body_length);
		if (n <= 0)
			return n < 0 ? -1 : end_body(r, b);
		r->filled = (size_t)n;
	}
	if (extra > 0) {
		log_trace("%zu bytes came behind the answer", extra);
		b->reusable = false;
	}
	return 0;
}

static int
read_answer(struct reading *r)
{
	struct http_response *a = r->answer;
	struct message_head m;
	struct message_body b;
	const char *why;

	if (read_head(r, &m) == -1)
		return -1;
	if (message_body_init(&b, &m, a->head, &why) == -1)
		return fail_invalid(r, why);
	if (read_body(r, &b) == -1)
		return -1;
	a->status = m.status;
	a->reusable = b.reusable;
	return 0;
}

/* A server may have answered, and closed, before it had read all. A 408 is
 * not such an answer: it is how an idle connection ends (RFC 9110, 15.5.9),
 * and a new one would do. */
static int
read_early_answer(struct reading *r)
{
	if (read_answer(r) == -1 || r->answer->status == 408)
		return -1;
	error_clear(r->error);
	r->answer->reusable = false;
	return 0;
}

int
http_exchange(struct stream *s, const struct buffer *request,
    struct http_response *a, struct deadline d, struct error *e)
{
	struct reading r = {s, a, d, e, 0};

	a->progress = HTTP_NOT_SENT;
	a->status = 0;
	a->reusable = false;
	a->head_length = 0;
	a->body_length = 0;
	if (request->overflowed)
		return error_set(e, ERROR_LOCAL,
		    "the request is too long or has a character that cannot "
		    "stand in it");
	trace_head('>', request->bytes, request->length);
	a->progress = HTTP_PARTLY_SENT;
	if (stream_write(s, request->bytes, request->length, d, e) == 0)
		a->progress = HTTP_SENT;
	if (a->progress == HTTP_SENT ? read_answer(&r) == -1
				     : read_early_answer(&r) == -1)
		return -1;
	a->progress = HTTP_RESPONDED;
	return 0;
}

const char *
http_response_field(
    const struct http_response *a, const char *name, size_t *length)
{
	struct message_field f;

	if (!message_field_find(a->head, a->head_length, name, &f))
		return NULL;
	*length = f.value_length;
	return f.value;
}
