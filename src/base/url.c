/* url.c - the URL is cut at the end of its authority; then host, port and path
 * are checked in this order, and the first that is malformed is named. */
#include "base/url.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/ip.h"
#include "base/span.h"

static int
refuse(const char **why, const char *reason)
{
	*why = reason;
	return -1;
}

static bool
is_host_byte(unsigned char byte, bool is_ipv6)
{
	if (is_ipv6)
		return ascii_hex((char)byte) >= 0 || byte == ':' || byte == '.';
	return ascii_is_alphanumeric(byte) || byte == '-' || byte == '.' ||
	       byte == '_';
}

/* Copies a host, without brackets, in lower case. */
static int
read_host(struct span text, bool is_ipv6, struct url *url, const char **why)
{
	size_t i;

	if (text.length == 0 || text.length >= sizeof(url->host))
		return refuse(why, "must have a host of 1 to 253 characters");
	if (text.bytes[0] == '-' || (text.bytes[0] == '.' && !is_ipv6)) {
		return refuse(
		    why, "must not have a host that begins with . or -");
	}
	for (i = 0; i < text.length; i++) {
		if (!is_host_byte(text.bytes[i], is_ipv6)) {
			return refuse(why,
			    "has a character in its host that is not allowed");
		}
		url->host[i] = (char)ascii_lower(text.bytes[i]);
	}
	url->host[i] = '\0';
	return 0;
}

/* Writes out all groups of an IPv6 address: "::" could begin a command of a
 * runner, so escape() would change it. */
static int
expand_ipv6(struct url *url, const char **why)
{
	unsigned char bytes[16];

	if (ip_read(url->host, bytes) != sizeof(bytes)) {
		return refuse(
		    why, "must have an IPv6 address between its brackets");
	}
	_Static_assert(IP_SIZE <= sizeof(url->host), "it fits");
	ip_write(url->host, bytes, sizeof(bytes));
	return 0;
}

/* text is ":PORT" or empty. */
static int
read_port(
    struct span text, uint16_t default_port, struct url *url, const char **why)
{
	uint64_t port = default_port;

	if (text.length > 0 && (text.bytes[0] != ':' ||
				   ascii_decimal(span_chars(text) + 1,
				       text.length - 1, 65535, &port) < 0 ||
				   port == 0))
		return refuse(why, "must have a port from 1 to 65535, or none");
	url->port = (uint16_t)port;
	return 0;
}

static int
read_path(const char *path, struct url *url, const char **why)
{
	size_t length = strlen(path), i;

	if (strpbrk(path, "?#") != NULL)
		return refuse(why, "must not contain a query or a fragment");
	while (length > 0 && path[length - 1] == '/')
		length--;
	if (span_copy(span_of(path, length), url->path, sizeof(url->path)) < 0)
		return refuse(why, "must not have a path over 255 characters");
	for (i = 0; i < length; i++) {
		if (!ascii_is_alphanumeric((unsigned char)path[i]) &&
		    strchr("/-._~", path[i]) == NULL) {
			return refuse(why,
			    "has a character in its path that is not allowed");
		}
	}
	return 0;
}

int
url_read_authority(
    struct span text, uint16_t default_port, struct url *url, const char **why)
{
	bool is_ipv6 = text.length > 0 && text.bytes[0] == '[';
	const unsigned char *start = text.bytes + is_ipv6, *end;
	size_t left = text.length - is_ipv6, length;

	end = left > 0 ? memchr(start, is_ipv6 ? ']' : ':', left) : NULL;
	if (is_ipv6 && end == NULL) {
		return refuse(
		    why, "must have a closing bracket after an IPv6 address");
	}
	length = end != NULL ? (size_t)(end - start) : left;
	if (read_host(span_of(start, length), is_ipv6, url, why) < 0 ||
	    (is_ipv6 && expand_ipv6(url, why) < 0))
		return -1;
	length += is_ipv6; /* past the bracket */
	url->path[0] = '\0';
	return read_port(
	    span_of(start + length, left - length), default_port, url, why);
}

int
url_read(const char *text, struct url *url, const char **why)
{
	static const char scheme[] = "https://";
	size_t length;

	if (strlen(text) < sizeof(scheme) - 1 ||
	    !ascii_equal_nocase(scheme, text, sizeof(scheme) - 1))
		return refuse(why, "must begin with https://");
	text += sizeof(scheme) - 1;
	length = strcspn(text, "/?#");
	if (length > 0 && memchr(text, '@', length) != NULL)
		return refuse(why, "must not contain a user name or password");
	if (url_read_authority(
		span_of(text, length), URL_HTTPS_PORT, url, why) < 0)
		return -1;
	return read_path(text + length, url, why);
}

size_t
url_name_length(const char *host)
{
	size_t length = strlen(host);

	return length > 0 && host[length - 1] == '.' ? length - 1 : length;
}

bool
url_same_host(const char *one, const char *other)
{
	return span_equal(span_of(one, url_name_length(one)),
	    span_of(other, url_name_length(other)));
}

void
url_write_authority(
    struct buffer *b, const char *host, uint16_t port, uint16_t default_port)
{
	bool is_ipv6 = strchr(host, ':') != NULL;

	buffer_text(b, is_ipv6 ? "[" : "");
	buffer_text(b, host);
	buffer_text(b, is_ipv6 ? "]" : "");
	if (port != default_port) {
		buffer_byte(b, ':');
		buffer_decimal(b, port);
	}
}

int
url_decode(struct buffer *b, struct span text)
{
	const char *chars = span_chars(text);
	int high, low;
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (chars[i] != '%') {
			buffer_byte(b, chars[i]);
			continue;
		}
		if (text.length - i < 3)
			return -1;
		high = ascii_hex(chars[i + 1]);
		low = ascii_hex(chars[i + 2]);
		if (high < 0 || low < 0)
			return -1;
		buffer_byte(b, (char)(high << 4 | low));
		i += 2;
	}
	return 0;
}

void
url_encode(struct buffer *b, struct span text)
{
	unsigned char byte;
	size_t i;

	for (i = 0; i < text.length; i++) {
		byte = text.bytes[i];
		if (ascii_is_alphanumeric(byte) || byte == '-' || byte == '.' ||
		    byte == '_' || byte == '~') {
			buffer_byte(b, (char)byte);
		} else {
			buffer_format(b, "%%%02X", byte);
		}
	}
}
