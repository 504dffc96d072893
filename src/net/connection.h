/* connection.h - from a host name to one open, authenticated stream, which is
 * always TLS. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>

#include "base/error.h"
#include "base/url.h"
#include "net/proxy.h"
#include "net/resolve.h"
#include "net/tcp.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/tls.h"
#include "tls/tls_error.h"
#include "x509/roots.h"

/* What to connect to, on which way, and whom to trust. All borrowed. */
struct connection_peer {
	const struct url *api;
	struct proxy *proxy; /* may say that none is used */
	struct roots *roots;
	enum tls_choice tls; /* which version is spoken */
};

/* The contents are private. All zeros at the start. */
struct connection {
	struct resolver resolver; /* of the host that is dialled */
	bool is_open;
	bool is_old; /* the last server that was reached speaks TLS 1.2 only */
	struct tcp tcp;
	struct tls tls;
};

/* How far an attempt came, which decides whether another one may succeed. */
enum connection_result {
	CONNECTION_OPEN = 0,
	/* This machine has no random bytes, or a host has a secret in it
	 * (ERROR_USAGE). */
	CONNECTION_LOCAL = -1,
	/* Name, address, TCP, a reset, the deadline, or a proxy that cannot be
	 * reached or does not speak HTTP. */
	CONNECTION_UNREACHABLE = -2,
	/* The proxy refused to open a tunnel. */
	CONNECTION_PROXY_REFUSED = -3,
	/* The server closed the connection during the TLS handshake. */
	CONNECTION_HANDSHAKE_ENDED = -4,
	/* TLS failed for good: certificate, host name or protocol. */
	CONNECTION_NOT_TRUSTED = -5,
	/* Of the first of two connections only: it speaks no TLS 1.3. */
	CONNECTION_OLDER = -6
};

/* Checks that neither the API's host nor that of a proxy that is used has a
 * secret in it: name servers, proxies and whoever sees the handshake would get
 * it.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int connection_check_hosts(const struct url *api, const struct proxy *proxy,
    struct error *e) __attribute__((warn_unused_result));

/* Reads from the files of this machine how to look up the host that is dialled:
 * the proxy's if one is used, else the API's. Call it once, before the first
 * connection: no connection opens a file. */
void connection_prepare(struct connection *connection, const struct url *api,
    const struct proxy *proxy);

/* Checks the hosts, looks up the API's host, connects to it, through the proxy
 * if one is used, and completes the TLS handshake, all before the deadline.
 *
 * With TLS_NEWEST, a server that does not speak TLS 1.3 is connected to once
 * more, with TLS 1.2. Later connections begin with that, and with TLS 1.3 again
 * if that fails.
 *
 * A failure leaves nothing open.
 *
 * Returns CONNECTION_OPEN, or a negative result with e set. */
enum connection_result connection_open(struct connection *connection,
    const struct connection_peer *peer, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* The stream of an open connection, which lives in c. */
struct stream *connection_stream(struct connection *connection);

/* Whether the connection is open and may carry another request. A server that
 * has closed it is noticed here, before anything is written.
 *
 * What the server has sent is read if it can be part of TLS: until nothing is
 * left, or until the deadline, when the connection cannot carry a request. */
bool connection_is_idle(struct connection *connection, struct deadline d);

/* What the server asked for on this connection, be it open or not, and did not
 * get: see tls_unmet_demand(). */
enum tls_demand connection_unmet_demand(const struct connection *connection);

/* Ends the connection and wipes its keys. Does nothing if it is not open. */
void connection_close(struct connection *connection);

#endif
