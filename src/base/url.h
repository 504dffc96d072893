/* url.h - https URLs (RFC 3986) of an API: a host, a port and a path prefix. */
#ifndef URL_H
#define URL_H

#include <stdbool.h>
#include <stdint.h>

#define URL_HOST_SIZE 254 /* RFC 1035, 2.3.4: 253 characters in text form */
#define URL_PATH_SIZE 256

struct url {
	char host[URL_HOST_SIZE]; /* lower case; IPv6 without brackets */
	char path[URL_PATH_SIZE]; /* "" or "/api/v3", no slash at the end */
	uint16_t port;            /* 443 if the URL has no port */
	bool is_ipv6;
};

/* Parses https://HOST[:PORT][/PATH].
 *
 * A user, a query or a fragment is an error.
 *
 * Returns 0, or -1 with *why set to a static phrase. */
int url_read(const char *text, struct url *parsed, const char **why)
    __attribute__((warn_unused_result));

#endif
