/* proxy.h - which proxy to use, and the tunnel through it: HTTP CONNECT (RFC
 * 9110, 9.3.6) with Basic credentials (RFC 7617). TLS to the server runs inside
 * the tunnel: the proxy sees the server's name and nothing of the request. */
#ifndef PROXY_H
#define PROXY_H

#include <stdbool.h>

#include "base/error.h"
#include "base/url.h"
#include "os/clock.h"
#include "os/stream.h"

#define PROXY_SECRET_SIZE 1024 /* of user and password in base64 */
#define PROXY_HEAD_MAX 8192 /* bytes of the response, interim ones included */
#define PROXY_INTERIM_MAX 8 /* responses before the final one */
#define PROXY_SCHEMES_SIZE 128 /* of the names that a message repeats */

struct proxy {
	bool is_used;
	bool takes_no_basic; /* it said so: no credentials are sent any more */
	struct url url;      /* its host and port */
	char secret[PROXY_SECRET_SIZE];
};

/* Reads http://[USER[:PASSWORD]@]HOST[:PORT], also without http:// (RFC 3986,
 * 3.2): user and password end at the last "@" before the first "/".
 *
 * A path other than "/", a query and a fragment are errors, as they may be the
 * rest of a password that is not escaped. The default port is 80. Percent
 * escapes in user and password are decoded. An empty text means that no proxy
 * is used.
 *
 * User and password are hidden in the text of peers from now on (secrets.h).
 *
 * Returns 0, or -1 with an ERROR_USAGE that does not show the text, since it
 * may hold a password. */
int proxy_read(struct proxy *proxy, const char *text, struct error *e)
    __attribute__((warn_unused_result));

enum proxy_result {
	PROXY_CONNECTED = 0,
	/* No valid response before the deadline, or a 5xx: the proxy could not
	 * reach the host. */
	PROXY_FAILED = -1,
	PROXY_REFUSED = -2 /* by its status: another try would not help */
};

/* Asks the proxy, to which stream is connected, for a tunnel to a host and
 * port, with user and password if there are any.
 *
 * Interim responses are skipped (RFC 9110, 15.2). After a 407 without Basic,
 * proxy->takes_no_basic is set, and the error names what is offered.
 *
 * Returns PROXY_CONNECTED, or a negative result with an ERROR_CONNECT. */
enum proxy_result proxy_connect(struct proxy *proxy, struct stream *stream,
    const struct url *to, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Overwrites user and password. */
void proxy_wipe(struct proxy *proxy);

#endif
