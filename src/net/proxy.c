/* proxy.c - one request and the head of one final response. User and password
 * are sent with the first request, as curl does: a proxy may end the connection
 * of a request without them. A successful response to
 * CONNECT has no body (RFC 9110, 9.3.6), and the server does not speak before
 * us: bytes after the head would be somebody else's, and are an error. */
#include "net/proxy.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/url.h"
#include "base/value.h"
#include "http/message.h"
#include "net/challenge.h"
#include "os/clock.h"
#include "os/log.h"

#define HTTP_PORT 80
/* Base64 makes four bytes of three; the last ones are for the two NULs. */
#define PLAIN_SIZE ((PROXY_SECRET_SIZE / 4 - 1) * 3 + 1)

static const char escape_hint[] =
    "in a user name or a password write / @ ? # % as %2F %40 %3F %23 %25";

/* Nobody may show user and password from now on: not even a peer that repeats
 * them. plain is USER:PASSWORD, where a user has no colon (RFC 7617, 2). */
static void
keep_secret(struct span plain)
{
	const unsigned char *colon = memchr(plain.bytes, ':', plain.length);
	size_t length = (size_t)(colon - plain.bytes);

	secrets_add_proxy(span_of(plain.bytes, length),
	    span_of(colon + 1, plain.length - length - 1));
}

/* Reads USER[:PASSWORD]. Without a colon the password is empty. */
static int
read_secret(struct proxy *proxy, struct span text, struct error *e)
{
	char plain[PLAIN_SIZE];
	struct buffer b, secret;
	int result;

	buffer_init(&b, plain, sizeof(plain));
	result = url_decode(&b, text);
	if (text.length == 0 || memchr(text.bytes, ':', text.length) == NULL)
		buffer_byte(&b, ':');
	if (memchr(plain, ':', b.length) != NULL)
		keep_secret(span_of(plain, b.length));
	buffer_init(&secret, proxy->secret, sizeof(proxy->secret));
	buffer_base64(&secret, plain, b.length, false);
	wipe(plain, sizeof(plain));
	if (result < 0) {
		error_set(e, ERROR_USAGE,
		    "the user or the password has a malformed percent "
		    "escape");
		return error_hint(e, escape_hint);
	}
	if (b.overflowed || secret.overflowed) {
		return error_set(
		    e, ERROR_USAGE, "the user and the password are too long");
	}
	return 0;
}

/* Returns what follows http://, the whole text if it has no scheme, or NULL if
 * it has another one. */
static const char *
skip_scheme(const char *text)
{
	const char *colon = strchr(text, ':');

	if (colon == NULL || strncmp(colon, "://", 3) != 0)
		return text;
	if (!ascii_equal_nocase("http", text, (size_t)(colon - text)))
		return NULL;
	return colon + 3;
}

/* Returns the last @, since a password may hold others, or NULL. */
static const char *
find_last_at(const char *text, size_t length)
{
	while (length > 0) {
		if (text[--length] == '@')
			return text + length;
	}
	return NULL;
}

int
proxy_read(struct proxy *proxy, const char *text, struct error *e)
{
	const char *at, *why;
	size_t length;

	memset(proxy, 0, sizeof(*proxy));
	if (text[0] == '\0')
		return 0;
	text = skip_scheme(text);
	if (text == NULL) {
		error_set(e, ERROR_USAGE, "only http:// proxies are supported");
		return error_hint(e, "write http://HOST:PORT");
	}
	/* An unescaped character of a password looks like the end of the
	 * authority (RFC 3986, 3.2): its rest must not become the host, which
	 * is looked up and shown. */
	length = strcspn(text, "/");
	if (strpbrk(text, "?#") != NULL ||
	    (text[length] != '\0' && text[length + 1] != '\0')) {
		error_set(e, ERROR_USAGE,
		    "the URL must not have a path, a query or a fragment");
		return error_hint(e, escape_hint);
	}
	at = find_last_at(text, length);
	if (at != NULL) {
		if (read_secret(proxy, span_of(text, (size_t)(at - text)), e) <
		    0)
			return -1;
		length -= (size_t)(at - text) + 1;
		text = at + 1;
	}
	if (url_read_authority(
		span_of(text, length), HTTP_PORT, &proxy->url, &why) < 0)
		return error_set(e, ERROR_USAGE, "the URL %s", why);
	if (value_has_secret(span_text(proxy->url.host))) {
		return error_set(e, ERROR_USAGE,
		    "the URL has a host that looks like a token");
	}
	proxy->is_used = true;
	return 0;
}

static void
write_request(const struct proxy *proxy, const struct url *to, struct buffer *b)
{
	buffer_text(b, "CONNECT ");
	url_write_authority(b, to->host, to->port, 0);
	buffer_text(b, " HTTP/1.1\r\nHost: ");
	url_write_authority(b, to->host, to->port, 0);
	buffer_text(b, "\r\nUser-Agent: repository-dispatch\r\n");
	if (proxy->secret[0] != '\0' && !proxy->takes_no_basic) {
		buffer_format(
		    b, "Proxy-Authorization: Basic %s\r\n", proxy->secret);
	}
	buffer_text(b, "\r\n");
}

/* Up to the end of the final head, and perhaps a few bytes more. */
struct reply {
	char bytes[PROXY_HEAD_MAX];
	size_t start; /* of the head */
	size_t filled;
	struct message_head head;
};

static int
fail_invalid(const char *why, struct error *e)
{
	return error_set(
	    e, ERROR_CONNECT, "its response is not valid HTTP: %s", why);
}

/* Reads the head that begins at reply->start. Returns 0, or -1. */
static int
read_head(struct reply *reply, struct stream *stream, struct deadline d,
    struct error *e)
{
	enum message_verdict verdict;
	const char *why = "";
	ssize_t n;

	message_head_init(&reply->head);
	for (;;) {
		verdict = message_head_parse(&reply->head,
		    reply->bytes + reply->start, reply->filled - reply->start,
		    &why);
		if (verdict == MESSAGE_DONE)
			return 0;
		if (verdict == MESSAGE_BAD)
			return fail_invalid(why, e);
		if (reply->filled == sizeof(reply->bytes))
			return fail_invalid("its head is over 8 KiB", e);
		n = stream_read(stream, reply->bytes + reply->filled,
		    sizeof(reply->bytes) - reply->filled, d, e);
		if (n < 0)
			return -1;
		if (n == 0) {
			return error_set(e, ERROR_CONNECT,
			    "it closed the connection before it responded");
		}
		reply->filled += (size_t)n;
	}
}

/* Reads heads up to the final one. Returns 0, or -1. */
static int
read_reply(struct reply *reply, struct stream *stream, struct deadline d,
    struct error *e)
{
	unsigned interim;

	reply->start = reply->filled = 0;
	for (interim = 0; interim <= PROXY_INTERIM_MAX; interim++) {
		if (read_head(reply, stream, d, e) < 0)
			return -1;
		if (reply->head.status >= 200)
			return 0;
		if (reply->head.status == 101) {
			return fail_invalid(
			    "101 Switching Protocols was not requested", e);
		}
		reply->start += reply->head.length;
	}
	return fail_invalid("more than 8 interim responses", e);
}

static int
check_tunnel(const struct reply *reply, struct error *e)
{
	if (reply->filled == reply->start + reply->head.length)
		return 0;
	return error_set(e, ERROR_CONNECT,
	    "it sent bytes after its response that cannot be the server's");
}

/* Explains a 407 (RFC 9110, 15.5.8). To a proxy that does not offer Basic no
 * credentials are sent from now on: they would only be shown around. */
static void
explain_demand(struct proxy *proxy, const struct reply *reply, struct error *e)
{
	char text[PROXY_SCHEMES_SIZE], shown[2 * PROXY_SCHEMES_SIZE];
	struct buffer schemes, b;
	bool has_basic;

	buffer_init(&schemes, text, sizeof(text));
	has_basic = challenge_list_schemes(
	    span_of(reply->bytes + reply->start, reply->head.length), &schemes);
	error_set(e, ERROR_CONNECT, "it responded with status 407");
	if (has_basic || (schemes.length == 0 && !schemes.overflowed))
		return;
	proxy->takes_no_basic = true;
	/* It may repeat what it was sent, as the name of a scheme. */
	buffer_init(&b, shown, sizeof(shown));
	secrets_hide_peer(&b, span_of(text, schemes.length));
	error_append(e,
	    ": it offers the authentication %s%s, and only Basic is supported",
	    shown, schemes.overflowed ? " ..." : "");
	error_hint(e,
	    "use a local relay that authenticates to this proxy, or a proxy "
	    "that offers Basic");
}

/* What the caller can do about a status; the first row that fits counts. */
static const char *
hint_of(const struct proxy *proxy, int status)
{
	static const struct {
		int first, last;
		const char *hint;
	} hints[] = {
	    {405, 405,
		"this may not be a proxy that supports CONNECT: check its host "
		"and port"},
	    {501, 501,
		"this may not be a proxy that supports CONNECT: check its host "
		"and port"},
	    {511, 511, "the proxy's network requires a login first"},
	    {500, 599,
		"the proxy could not reach the host: check its name servers "
		"and its way to the host"},
	    {100, 599,
		"the proxy may allow only other hosts or ports; NO_PROXY lists "
		"hosts to reach without it"},
	};
	size_t i;

	/* tinyproxy responds with 401 to a wrong password. */
	if (status == 401 || status == 407) {
		return proxy->secret[0] != '\0'
			   ? "the proxy does not accept this user and password"
			   : "the proxy wants a user and a password: "
			     "http://USER:PASSWORD@HOST:PORT";
	}
	for (i = 0; i + 1 < COUNT(hints); i++) {
		if (status >= hints[i].first && status <= hints[i].last)
			break;
	}
	return hints[i].hint;
}

enum proxy_result
proxy_connect(struct proxy *proxy, struct stream *stream, const struct url *to,
    struct deadline d, struct error *e)
{
	char request[2 * URL_HOST_SIZE + PROXY_SECRET_SIZE + 256];
	struct reply reply;
	struct buffer b;
	int status;

	buffer_init(&b, request, sizeof(request));
	write_request(proxy, to, &b);
	status = stream_write(stream, b.bytes, b.length, d, e);
	wipe(request, sizeof(request));
	if (status < 0 || read_reply(&reply, stream, d, e) < 0)
		return PROXY_FAILED;
	status = reply.head.status;
	log_trace("the proxy responded with status %d", status);
	if (status <= 299) {
		return check_tunnel(&reply, e) < 0 ? PROXY_FAILED
						   : PROXY_CONNECTED;
	}
	if (status == 407)
		explain_demand(proxy, &reply, e);
	error_set(e, ERROR_CONNECT, "it responded with status %d", status);
	error_hint(e, hint_of(proxy, status));
	/* The proxy is fine, and could not reach the host (RFC 9110, 15.6). */
	return status >= 500 ? PROXY_FAILED : PROXY_REFUSED;
}

void
proxy_wipe(struct proxy *proxy)
{
	wipe(proxy->secret, sizeof(proxy->secret));
}
