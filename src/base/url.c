/* url.c - the URL is read from left to right, host, port, path; the first
 * thing that does not fit is named. */
#include "base/url.h"

#include <string.h>

#include "base/ascii.h"

static bool
is_host_byte(unsigned char c, bool ipv6)
{
	if (ipv6)
		return ascii_is_digit(c) || c == ':' || c == '.' ||
		       (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
	return ascii_is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
}

/* The host ends before [port], a slash or the end. Returns what follows it,
 * or NULL with *why set. */
static const char *
parse_host(const char *p, struct url *parsed, const char **why)
{
	size_t n = 0;

	parsed->is_ipv6 = *p == '[';
	if (parsed->is_ipv6)
		p++;
	while (is_host_byte((unsigned char)p[n], parsed->is_ipv6))
		n++;
	if (n == 0 || n >= sizeof(parsed->host)) {
		*why = "the host name is empty or too long";
		return NULL;
	}
	if (!parsed->is_ipv6 && (p[0] == '.' || p[0] == '-')) {
		*why = "the host name starts with a dot or a hyphen";
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		parsed->host[i] = (char)ascii_lower((unsigned char)p[i]);
	parsed->host[n] = '\0';
	p += n;
	if (parsed->is_ipv6 && *p++ != ']') {
		*why = "an IPv6 address needs a closing bracket";
		return NULL;
	}
	return p;
}

static const char *
parse_port(const char *p, struct url *parsed, const char **why)
{
	uint64_t port = 443;
	size_t n;

	if (*p == ':') {
		n = strcspn(++p, "/");
		if (ascii_decimal(p, n, 65535, &port) == -1 || port == 0) {
			*why = "the port is not a number from 1 to 65535";
			return NULL;
		}
		p += n;
	}
	parsed->port = (uint16_t)port;
	return p;
}

static int
parse_path(const char *p, struct url *parsed, const char **why)
{
	size_t n = strlen(p), i;

	while (n > 0 && p[n - 1] == '/')
		n--;
	if (n >= sizeof(parsed->path)) {
		*why = "the path is too long";
		return -1;
	}
	if (n > 0 && p[0] != '/') {
		*why = "the host name has a character that is not allowed";
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (!ascii_is_alphanumeric((unsigned char)p[i]) &&
		    strchr("/-._~", p[i]) == NULL) {
			*why = "the path has a character that is not allowed";
			return -1;
		}
	}
	memcpy(parsed->path, p, n);
	parsed->path[n] = '\0';
	return 0;
}

int
url_read(const char *url, struct url *parsed, const char **why)
{
	static const char scheme[] = "https://";
	const char *p;

	if (strlen(url) < sizeof(scheme) - 1 ||
	    !ascii_equal_nocase(scheme, url, sizeof(scheme) - 1)) {
		*why = "it must begin with https://";
		return -1;
	}
	p = parse_host(url + sizeof(scheme) - 1, parsed, why);
	if (p != NULL)
		p = parse_port(p, parsed, why);
	return p == NULL ? -1 : parse_path(p, parsed, why);
}
