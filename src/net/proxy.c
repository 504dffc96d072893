/* proxy.c - one request and the head of one response. A successful response to
 * CONNECT has no body (RFC 9110, 9.3.6), and the server does not speak before
 * us: bytes after the head would be somebody else's, and are an error. */
#include "net/proxy.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/url.h"
#include "base/value.h"
#include "http/message.h"
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
	if (proxy->secret[0] != '\0') {
		buffer_format(
		    b, "Proxy-Authorization: Basic %s\r\n", proxy->secret);
	}
	buffer_text(b, "\r\n");
}

/* Reads the head of the response and nothing more.
 *
 * Returns the status, or -1. */
static int
read_response(struct stream *stream, struct deadline d, struct error *e)
{
	char head[PROXY_HEAD_MAX];
	enum message_verdict verdict = MESSAGE_MORE;
	struct message_head m;
	const char *why = "its head is over 8 KiB";
	size_t filled = 0;
	ssize_t n;

	message_head_init(&m);
	while (verdict == MESSAGE_MORE && filled < sizeof(head)) {
		n = stream_read(
		    stream, head + filled, sizeof(head) - filled, d, e);
		if (n < 0)
			return -1;
		if (n == 0) {
			return error_set(e, ERROR_CONNECT,
			    "it closed the connection before it responded");
		}
		filled += (size_t)n;
		verdict = message_head_parse(&m, head, filled, &why);
	}
	if (verdict != MESSAGE_DONE) {
		return error_set(e, ERROR_CONNECT,
		    "its response is not valid HTTP: %s", why);
	}
	if (m.status >= 200 && m.status <= 299 && filled > m.length) {
		return error_set(e, ERROR_CONNECT,
		    "it sent bytes after its response that cannot be the "
		    "server's");
	}
	return m.status;
}

static void
explain_refusal(const struct proxy *proxy, int status, struct error *e)
{
	error_set(e, ERROR_CONNECT, "it responded with status %d", status);
	/* tinyproxy responds with 401 to a wrong password. */
	if (status != 407 && status != 401) {
		error_hint(e,
		    "the proxy may allow only other hosts or ports; NO_PROXY "
		    "lists hosts to reach without it");
	} else if (proxy->secret[0] != '\0') {
		error_hint(
		    e, "the proxy does not accept this user and password");
	} else {
		error_hint(e, "the proxy wants a user and a password: "
			      "http://USER:PASSWORD@HOST:PORT");
	}
}

enum proxy_result
proxy_connect(const struct proxy *proxy, struct stream *stream,
    const struct url *to, struct deadline d, struct error *e)
{
	char request[2 * URL_HOST_SIZE + PROXY_SECRET_SIZE + 256];
	struct buffer b;
	int status;

	buffer_init(&b, request, sizeof(request));
	write_request(proxy, to, &b);
	status = stream_write(stream, b.bytes, b.length, d, e);
	wipe(request, sizeof(request));
	if (status < 0)
		return PROXY_FAILED;
	status = read_response(stream, d, e);
	if (status < 0)
		return PROXY_FAILED;
	log_trace("the proxy responded with status %d", status);
	if (status >= 200 && status <= 299)
		return PROXY_CONNECTED;
	explain_refusal(proxy, status, e);
	return PROXY_REFUSED;
}

void
proxy_wipe(struct proxy *proxy)
{
	wipe(proxy->secret, sizeof(proxy->secret));
}
