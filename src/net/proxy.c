/* proxy.c - the URL's host and port are read by the parser for API URLs, so
 * that what is a host is decided in one place. The answer to CONNECT has no
 * body where it is a success (RFC 9110, 9.3.6): a byte behind its head would be
 * somebody else's, and is an error. */
#include "net/proxy.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/ip.h"
#include "base/url.h"
#include "http/message.h"
#include "os/clock.h"
#include "os/log.h"

#define HTTP_PORT 80

/* USER[:PASSWORD]; without a colon the password is empty. */
static int
read_secret(struct proxy *p, const char *text, size_t length, struct error *e)
{
	char plain[PROXY_SECRET_SIZE / 4 * 3 - 3];
	struct buffer b, secret;
	bool valid;

	buffer_init(&b, plain, sizeof(plain));
	valid = url_decode(&b, span_of(text, length)) == 0;
	if (memchr(text, ':', length) == NULL)
		buffer_byte(&b, ':');
	buffer_init(&secret, p->secret, sizeof(p->secret));
	buffer_base64(&secret, plain, b.length, false);
	valid = valid && !b.overflowed && !secret.overflowed;
	wipe(plain, sizeof(plain));
	return valid ? 0
		     : error_set(e, ERROR_USAGE,
			   "the proxy's user or password is malformed");
}

int
proxy_read(struct proxy *p, const char *text, struct error *e)
{
	const char *at = NULL, *scheme = strchr(text, ':'), *why;
	size_t length, i;

	memset(p, 0, sizeof(*p));
	if (text[0] == '\0')
		return 0;
	if (scheme != NULL && strncmp(scheme, "://", 3) == 0) {
		if (!ascii_equal_nocase(
			"http", text, (size_t)(scheme - text))) {
			error_set(e, ERROR_USAGE,
			    "only http:// proxies are supported");
			return error_hint(e, "write http://HOST:PORT");
		}
		text = scheme + 3;
	}
	length = strcspn(text, "/");
	for (i = 0; i < length; i++) {
		if (text[i] == '@')
			at = text + i;
	}
	if (at != NULL && read_secret(p, text, (size_t)(at - text), e) == -1)
		return -1;
	if (at != NULL) {
		length -= (size_t)(at - text) + 1;
		text = at + 1;
	}
	if (url_read_authority(
		span_of(text, length), HTTP_PORT, &p->url, &why) < 0)
		return error_set(e, ERROR_USAGE, "the URL %s", why);
	p->is_used = true;
	return 0;
}

static bool
same_bits(const unsigned char *a, const unsigned char *b, uint64_t bits)
{
	size_t whole = bits / 8;
	unsigned mask = 0xff00U >> (bits % 8) & 0xff;

	return memcmp(a, b, whole) == 0 &&
	       (mask == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

/* An address, or a network with /BITS. */
static bool
matches_address(const char *entry, const char *host)
{
	unsigned char network[16], address[16];
	char text[64];
	const char *slash = strchr(entry, '/');
	size_t length = slash != NULL ? (size_t)(slash - entry) : strlen(entry);
	uint64_t bits;
	size_t size;

	if (length >= sizeof(text))
		return false;
	memcpy(text, entry, length);
	text[length] = '\0';
	size = ip_read(text, network);
	if (size == 0 || ip_read(host, address) != size)
		return false;
	bits = size * 8;
	if (slash != NULL &&
	    ascii_decimal(slash + 1, strlen(slash + 1), size * 8, &bits) == -1)
		return false;
	return same_bits(network, address, bits);
}

/* The name itself, and all below it. */
static bool
matches_name(const char *entry, const char *host)
{
	char below[URL_HOST_SIZE];
	size_t length, rest;

	entry += entry[0] == '.';
	length = strlen(entry);
	/* An absolute name is the same name. */
	length -= length > 0 && entry[length - 1] == '.';
	rest = strlen(host);
	rest -= rest > 0 && host[rest - 1] == '.';
	if (length == 0 || length > rest || length >= sizeof(below))
		return false;
	rest -= length;
	memcpy(below, host + rest, length);
	below[length] = '\0';
	return (rest == 0 || host[rest - 1] == '.') &&
	       ascii_equal_nocase(below, entry, length);
}

/* Cuts :PORT off, and the brackets of an IPv6 address. Returns false if the
 * port is another one. */
static bool
cut_port(char **entry, uint16_t port)
{
	char *colon = strrchr(*entry, ':'), *bracket = strchr(*entry, ']');
	uint64_t number;

	/* Without brackets, more than one colon is an address. */
	if (colon != NULL && (bracket != NULL ? colon > bracket
					      : strchr(*entry, ':') == colon)) {
		if (ascii_decimal(
			colon + 1, strlen(colon + 1), 65535, &number) == -1 ||
		    number != port)
			return false;
		*colon = '\0';
	}
	if (**entry == '[' && bracket != NULL) {
		/* A network's bits stand behind the bracket, or before. */
		memmove(bracket, bracket + 1, strlen(bracket + 1) + 1);
		(*entry)++;
	}
	return true;
}

static bool
matches(char *entry, const char *host, uint16_t port)
{
	unsigned char address[16];

	if (strcmp(entry, "*") == 0)
		return true;
	if (!cut_port(&entry, port))
		return false;
	if (ip_read(host, address) > 0)
		return matches_address(entry, host);
	return matches_name(entry, host);
}

bool
proxy_is_exempt(const char *list, const char *host, uint16_t port)
{
	static const char separators[] = ", \t";
	char entry[URL_HOST_SIZE + 16];
	size_t length;

	for (; *list != '\0'; list += length) {
		list += strspn(list, separators);
		length = strcspn(list, separators);
		if (length == 0 || length >= sizeof(entry))
			continue;
		memcpy(entry, list, length);
		entry[length] = '\0';
		if (matches(entry, host, port))
			return true;
	}
	return false;
}

static void
write_request(const struct proxy *p, const struct url *to, struct buffer *b)
{
	int i;

	for (i = 0; i < 2; i++) {
		buffer_text(b, i == 0 ? "CONNECT " : "Host: ");
		url_write_authority(b, to->host, to->port, 0);
		buffer_text(b, i == 0 ? " HTTP/1.1\r\n" : "\r\n");
	}
	buffer_text(b, "User-Agent: repository-dispatch\r\n");
	if (p->secret[0] != '\0') {
		buffer_text(b, "Proxy-Authorization: Basic ");
		buffer_text(b, p->secret);
		buffer_text(b, "\r\n");
	}
	buffer_text(b, "\r\n");
}

/* Reads the head and nothing more. Returns the status or -1. */
static int
read_answer(struct stream *s, struct deadline d, struct error *e)
{
	char head[PROXY_HEAD_MAX];
	enum message_verdict verdict = MESSAGE_MORE;
	struct message_head m;
	const char *why = "its head is over 8 KiB";
	size_t filled = 0;
	ssize_t n;

	message_head_init(&m);
	while (verdict == MESSAGE_MORE && filled < sizeof(head)) {
		n = stream_read(s, head + filled, sizeof(head) - filled, d, e);
		if (n < 0)
			return -1;
		if (n == 0)
			return error_set(e, ERROR_CONNECT,
			    "it closed the connection before it answered");
		filled += (size_t)n;
		verdict = message_head_parse(&m, head, filled, &why);
	}
	if (verdict != MESSAGE_DONE)
		return error_set(
		    e, ERROR_CONNECT, "its answer is not valid HTTP: %s", why);
	if (m.status >= 200 && m.status <= 299 && filled > m.length)
		return error_set(e, ERROR_CONNECT,
		    "there are bytes behind its answer that are not the "
		    "server's");
	return m.status;
}

static void
explain_refusal(const struct proxy *p, int status, struct error *e)
{
	const char *hint =
	    "the proxy may allow other hosts or ports only; see NO_PROXY";

	/* tinyproxy says 401 to a wrong password. */
	if (status == 407 || status == 401)
		hint = p->secret[0] != '\0'
			   ? "the proxy does not take this user and password"
			   : "the proxy wants a user and a password: "
			     "http://USER:PASSWORD@HOST:PORT";
	error_set(e, ERROR_CONNECT, "it answered %d", status);
	error_hint(e, hint);
}

enum proxy_result
proxy_connect(const struct proxy *p, struct stream *s, const struct url *to,
    struct deadline d, struct error *e)
{
	char request[2 * URL_HOST_SIZE + PROXY_SECRET_SIZE + 256];
	struct buffer b;
	int status;

	buffer_init(&b, request, sizeof(request));
	write_request(p, to, &b);
	status = stream_write(s, b.bytes, b.length, d, e);
	wipe(request, sizeof(request));
	if (status < 0)
		return PROXY_FAILED;
	status = read_answer(s, d, e);
	if (status < 0)
		return PROXY_FAILED;
	log_trace("the proxy answered %d", status);
	if (status >= 200 && status <= 299)
		return PROXY_CONNECTED;
	explain_refusal(p, status, e);
	return PROXY_REFUSED;
}

void
proxy_wipe(struct proxy *p)
{
	wipe(p->secret, sizeof(p->secret));
}
