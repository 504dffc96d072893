/* url.h - https URLs (RFC 3986) of an API: a host, a port and a path prefix. */
#ifndef URL_H
#define URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"

#define URL_HOST_SIZE 254 /* RFC 1035, 2.3.4: 253 characters in text form */
#define URL_PATH_SIZE 256
#define URL_HTTPS_PORT 443

struct url {
	char host[URL_HOST_SIZE]; /* lower case; IPv6 as ip_write() has it */
	char path[URL_PATH_SIZE]; /* "" or "/api/v3", no slash at the end */
	uint16_t port;
};

/* Reads https://HOST[:PORT][/PATH].
 *
 * A user, a query and a fragment are errors.
 *
 * Returns 0, or -1 with *why set to a static phrase that completes "the URL
 * ...", such as "must begin with https://". */
int url_read(const char *text, struct url *url, const char **why)
    __attribute__((warn_unused_result));

/* Reads HOST[:PORT], an IPv6 address in brackets, into host and port of url,
 * and empties its path.
 *
 * Returns 0, or -1 with *why set as by url_read(). */
int url_read_authority(struct span text, uint16_t default_port, struct url *url,
    const char **why) __attribute__((warn_unused_result));

/* Returns the length of a host without the dot at its end.
 *
 * The dot makes a name absolute (RFC 1034, 3.1). Look-ups and the Host field
 * (RFC 9110, 7.2) keep it, TLS and certificates have it nowhere (RFC 6066, 3).
 * curl does the same since 7.82 (curl/curl#8290). */
size_t url_name_length(const char *host);

/* Whether two hosts in lower case are the same, with or without that dot. */
bool url_same_host(const char *one, const char *other);

/* Appends HOST[:PORT] as a URL and a Host field have it, a host with a colon in
 * brackets (RFC 3986, 3.2.2).
 *
 * The default port is left out; 0 leaves out none. */
void url_write_authority(
    struct buffer *b, const char *host, uint16_t port, uint16_t default_port);

/* Appends text with its percent escapes decoded (RFC 3986, 2.1).
 *
 * Returns 0, or -1 if an escape is malformed. */
int url_decode(struct buffer *b, struct span text)
    __attribute__((warn_unused_result));

/* Appends text as one segment of a path: every byte that is not unreserved is
 * escaped (RFC 3986, 2.1, 2.3 and 3.3). */
void url_encode(struct buffer *b, struct span text);

#endif
