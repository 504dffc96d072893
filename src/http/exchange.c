/* exchange.c - heads are read into the head of the response, one after the
 * other, so that its limit holds for all of them together; the final one is
 * then moved to the front. The bytes that arrived after it go to the body,
 * which is decoded in place: decoding only ever shortens it. We never pipeline,
 * so a byte after the response belongs to nothing, and the stream is not used
 * again. */
#include "http/exchange.h"

#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/url.h"
#include "http/message.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"

_Static_assert(HTTP_HEAD_MAX <= MESSAGE_HEAD_MAX, "our limit is reached first");
_Static_assert(HTTP_HEAD_MAX <= HTTP_BODY_MAX, "bytes after a head must fit");

/* For reading a response that arrived while the request was written, once the
 * time is up. */
#define EARLY_MILLISECONDS 100

/* What every step of reading a response needs. */
struct reading {
	struct stream *stream;
	struct http_response *response;
	struct deadline deadline;
	struct error *error;
	size_t filled; /* bytes in the head, or undecoded ones in the body */
	int status;    /* of the last head, known before the head is complete */
};

/* Whether a text has no control character. A value, unlike other text, may have
 * spaces and bytes above 127. */
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
http_request_begin(struct buffer *request, const char *method,
    const char *target, const char *host, uint16_t port)
{
	if (!message_is_token(method, strlen(method)) || target[0] == '\0' ||
	    host[0] == '\0' || !is_clean(target, false) ||
	    !is_clean(host, false))
		request->overflowed = true;
	buffer_text(request, method);
	buffer_text(request, " ");
	buffer_text(request, target);
	buffer_text(request, " HTTP/1.1\r\nHost: ");
	url_write_authority(request, host, port, URL_HTTPS_PORT);
	buffer_text(request, "\r\n");
}

void
http_request_field(struct buffer *request, const char *name, const char *value)
{
	if (!message_is_token(name, strlen(name)) || !is_clean(value, true))
		request->overflowed = true;
	buffer_text(request, name);
	buffer_text(request, ": ");
	buffer_text(request, value);
	buffer_text(request, "\r\n");
}

void
http_request_end(struct buffer *request, const void *body, size_t body_length)
{
	if (body != NULL) {
		buffer_text(request, "Content-Length: ");
		buffer_decimal(request, body_length);
		buffer_text(request, "\r\n");
	}
	buffer_text(request, "\r\n");
	if (body != NULL)
		buffer_append(request, body, body_length);
}

/* Returns how much of a line may be shown: all of it, or the name of a field
 * whose value is a secret, with the colon. */
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
	char out[1024], text[1024];
	size_t shown = line_shown(line, length), n;
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	secrets_hide_peer(&b, span_of(line, shown));
	out[0] = mark;
	out[1] = ' ';
	(void)escape(
	    out + 2, sizeof(out) - 2 - sizeof(hidden), b.bytes, b.length);
	n = strlen(out);
	if (shown < length) {
		memcpy(out + n, hidden, sizeof(hidden) - 1);
		n += sizeof(hidden) - 1;
	}
	out[n++] = '\n';
	/* There is nowhere to report a failure of standard error. */
	(void)file_write(STDERR_FILENO, out, n);
}

/* Shows the lines up to the blank one, and so never a body. */
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

/* The request was sent. If sending failed, that error is kept. */
static int
fail(struct reading *reading, const char *what, const char *why)
{
	return error_set(reading->error, ERROR_UNKNOWN, "%s%s", what, why);
}

static int
fail_invalid(struct reading *reading, const char *why)
{
	return fail(reading, "the response is not valid HTTP: ", why);
}

/* Returns how many bytes arrived, 0 at the end, or -1 with the error set. */
static ssize_t
read_some(struct reading *reading, char *to, size_t size)
{
	struct error cause;
	ssize_t n;

	error_clear(&cause);
	n = stream_read(reading->stream, to, size, reading->deadline, &cause);
	if (n >= 0)
		return n;
	if (cause.is_unheard) {
		reading->response->progress = HTTP_UNHEARD;
		*reading->error = cause;
		return -1;
	}
	if (deadline_passed(reading->deadline))
		return fail(reading, "no response within the time limit", "");
	return fail(reading, "reading the response failed: ", cause.line);
}

static void
note_use(size_t *used, size_t length)
{
	if (*used < length)
		*used = length;
}

/* Reads one head that begins at start. Returns 0, or -1. */
static int
read_one_head(
    struct reading *reading, struct message_head *parsed, size_t start)
{
	char *head = reading->response->head;
	enum message_verdict verdict;
	const char *why = "";
	ssize_t n;

	message_head_init(parsed);
	for (;;) {
		verdict = message_head_parse(
		    parsed, head + start, reading->filled - start, &why);
		reading->status = parsed->status;
		if (verdict == MESSAGE_BAD)
			return fail_invalid(reading, why);
		if (verdict == MESSAGE_DONE)
			return 0;
		if (reading->filled == HTTP_HEAD_MAX) {
			return fail_invalid(
			    reading, "its head is larger than 64 KiB");
		}
		n = read_some(reading, head + reading->filled,
		    HTTP_HEAD_MAX - reading->filled);
		if (n < 0)
			return -1;
		if (n == 0) {
			return fail(reading,
			    "the server closed the connection ",
			    reading->filled == 0
				? "without a response"
				: "in the middle of the response");
		}
		reading->filled += (size_t)n;
		note_use(&reading->response->head_used, reading->filled);
	}
}

/* Reads heads up to the final one, and moves that to the front; reading->filled
 * is then the number of bytes after it. Returns 0, or -1. */
static int
read_head(struct reading *reading, struct message_head *parsed)
{
	struct http_response *response = reading->response;
	char *head = response->head;
	unsigned interim = 0;
	size_t start = 0;

	for (;;) {
		if (read_one_head(reading, parsed, start) < 0)
			return -1;
		trace_head('<', head + start, parsed->length);
		if (parsed->status >= 200)
			break;
		if (parsed->status == 101) {
			return fail_invalid(reading,
			    "101 Switching Protocols was not requested");
		}
		if (++interim > HTTP_INTERIM_MAX) {
			return fail_invalid(
			    reading, "more than 8 interim responses");
		}
		start += parsed->length;
	}
	response->status = parsed->status;
	memmove(head, head + start, parsed->length);
	response->head_length = parsed->length;
	start += parsed->length;
	reading->filled -= start;
	memcpy(response->body, head + start, reading->filled);
	note_use(&response->body_used, reading->filled);
	/* A body may contain a secret, which must be in one place only. */
	wipe(head + start, reading->filled);
	return 0;
}

/* The end of the stream ends the body only if nothing else does. */
static int
end_body(struct reading *reading, const struct message_body *b)
{
	if (b->framing == MESSAGE_UNTIL_CLOSE)
		return 0;
	return fail(reading, "the server closed the connection ",
	    "in the middle of the response body");
}

static int
read_body(struct reading *reading, struct message_body *b)
{
	struct http_response *response = reading->response;
	enum message_verdict verdict;
	const char *why = "";
	size_t extra, arrived;
	ssize_t n;

	if (b->framing == MESSAGE_LENGTH && b->left > HTTP_BODY_MAX) {
		return fail(
		    reading, "the response body is larger than 1 MiB", "");
	}
	for (;;) {
		arrived = reading->filled;
		verdict = message_body_decode(b,
		    response->body + response->body_length, &reading->filled,
		    &extra, &why);
		if (verdict == MESSAGE_BAD)
			return fail_invalid(reading, why);
		response->body_length += reading->filled;
		wipe(response->body + response->body_length,
		    arrived - reading->filled);
		reading->filled = 0;
		if (response->body_length > HTTP_BODY_MAX) {
			return fail(reading,
			    "the response body is larger than 1 MiB", "");
		}
		if (verdict == MESSAGE_DONE)
			break;
		n = read_some(reading, response->body + response->body_length,
		    sizeof(response->body) - response->body_length);
		if (n <= 0)
			return n < 0 ? -1 : end_body(reading, b);
		reading->filled = (size_t)n;
		note_use(&response->body_used,
		    response->body_length + reading->filled);
	}
	if (extra > 0) {
		log_trace("%zu bytes arrived after the response", extra);
		b->reusable = false;
	}
	return 0;
}

/* A body that is not complete is of no use, and may hold a part of a secret. */
static int
discard_body(struct reading *reading)
{
	struct http_response *response = reading->response;

	wipe(response->body, response->body_length + reading->filled);
	response->body_length = 0;
	return -1;
}

static int
read_response(struct reading *reading)
{
	struct http_response *response = reading->response;
	struct message_head parsed;
	struct message_body b;
	const char *why;

	if (read_head(reading, &parsed) < 0)
		return -1;
	if (message_body_init(&b, &parsed, response->head, &why) < 0) {
		(void)fail_invalid(reading, why);
		return discard_body(reading);
	}
	if (read_body(reading, &b) < 0)
		return discard_body(reading);
	response->reusable = b.reusable;
	response->progress = HTTP_RESPONDED;
	return 0;
}

/* Whether a server that sent this status may have acted on a request that it
 * had in part only. That makes no sense, but it says so, and a head that is cut
 * or invalid after the status says it as well. A 5xx that is complete is judged
 * as any other. */
static bool
claims_more(const struct reading *reading)
{
	return reading->status / 100 == 2 ||
	       (reading->status / 100 == 5 &&
		   reading->response->progress != HTTP_RESPONDED);
}

/* A server may have responded, and closed, before it had read the whole
 * request. A 408 does not count: it is how an idle connection ends (RFC
 * 9110, 15.5.9), and the request can be sent on a new one. */
static int
read_early_response(struct reading *reading)
{
	struct http_response *response = reading->response;
	int result;

	if (deadline_passed(reading->deadline))
		reading->deadline = deadline_without_wait(EARLY_MILLISECONDS);
	result = read_response(reading);
	response->reusable = false;
	if (response->progress == HTTP_UNHEARD)
		return -1;
	if (claims_more(reading)) {
		response->progress = HTTP_SENT;
		error_clear(reading->error);
		(void)error_set(reading->error, ERROR_UNKNOWN,
		    "the server responded with status %d before the request "
		    "was completely written",
		    reading->status);
		return discard_body(reading);
	}
	if (result < 0 || response->status == 408) {
		response->progress = HTTP_PARTLY_SENT;
		return -1;
	}
	error_clear(reading->error);
	return 0;
}

int
http_exchange(struct stream *stream, const struct buffer *request,
    struct http_response *response, struct deadline d, struct error *e)
{
	struct reading reading = {
	    .stream = stream, .response = response, .deadline = d, .error = e};

	response->progress = HTTP_NOT_SENT;
	response->status = 0;
	response->reusable = false;
	response->head_length = 0;
	response->body_length = 0;
	if (request->overflowed) {
		return error_set(e, ERROR_LOCAL,
		    "the request is too long or has a character that is not "
		    "allowed");
	}
	trace_head('>', request->bytes, request->length);
	response->progress = HTTP_PARTLY_SENT;
	if (stream_write(stream, request->bytes, request->length, d, e) < 0)
		return read_early_response(&reading);
	response->progress = HTTP_SENT;
	return read_response(&reading);
}

void
http_response_wipe(struct http_response *response)
{
	wipe(response->head, response->head_used);
	wipe(response->body, response->body_used);
}
