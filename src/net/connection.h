/* connection.h - from a host name to one open, authenticated stream.
 * There is no way to get a stream here that is not TLS. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>

#include "base/error.h"
#include "base/url.h"
#include "net/proxy.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "os/clock.h"
#include "os/stream.h"
#include "x509/roots.h"

struct connection {
	bool is_open;
	struct tcp tcp;
	struct tls tls;
};

/* Looks up, dials and shakes hands with the API's host before the deadline,
 * through the proxy if one is used.
 * Returns the stream, which lives in c, or NULL with e set. */
struct stream *connection_open(struct connection *c, const struct url *api,
    const struct proxy *proxy, struct roots *roots, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Whether an open one may carry another request. A server that has closed it
 * already shows that before anything is written, and then nothing is. */
bool connection_is_idle(const struct connection *c);

/* Ends it and wipes its keys; may be called when there is none. */
void connection_close(struct connection *c);

#endif
