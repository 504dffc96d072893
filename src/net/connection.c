/* connection.c - the three steps in order; a step that fails takes down what
 * the ones before it built. */
#include "net/connection.h"

#include "base/error.h"
#include "base/url.h"
#include "net/resolve.h"
#include "os/clock.h"
#include "os/log.h"

static int
dial(struct connection *c, const struct url *to, struct deadline d,
    struct error *e)
{
	struct resolve_addresses addresses;
	int64_t began = clock_milliseconds();

	if (resolve(to->host, to->port, &addresses, d, e) == -1)
		return -1;
	began = log_phase("the look-up", began);
	if (tcp_dial(&c->tcp, to->host, &addresses, d, e) == -1)
		return -1;
	(void)log_phase("the connection", began);
	return 0;
}

/* What goes wrong on this way is the proxy's, and is told as such. */
static int
dial_through(struct connection *c, const struct url *api,
    const struct proxy *proxy, struct deadline d, struct error *e)
{
	struct error cause;

	error_clear(&cause);
	log_trace(
	    "through the proxy %s port %u", proxy->url.host, proxy->url.port);
	if (dial(c, &proxy->url, d, &cause) == 0) {
		if (proxy_connect(proxy, &c->tcp.stream, api->host, api->port,
			d, &cause) == 0)
			return 0;
		stream_close(&c->tcp.stream);
	}
	return error_wrap(e, &cause, "the proxy %s", proxy->url.host);
}

struct stream *
connection_open(struct connection *c, const struct url *api,
    const struct proxy *proxy, struct roots *roots, struct deadline d,
    struct error *e)
{
	int result = proxy->is_used ? dial_through(c, api, proxy, d, e)
				    : dial(c, api, d, e);
	int64_t began = clock_milliseconds();

	if (result == -1)
		return NULL;
	if (tls_open(&c->tls, &c->tcp.stream, api->host, roots, d, e) == 0) {
		(void)log_phase("TLS", began);
		c->is_open = true;
		return &c->tls.stream;
	}
	tls_wipe(&c->tls);
	stream_close(&c->tcp.stream);
	return NULL;
}

bool
connection_is_idle(const struct connection *c)
{
	return c->is_open && tls_is_idle(&c->tls) && tcp_is_quiet(&c->tcp);
}

void
connection_close(struct connection *c)
{
	if (!c->is_open)
		return;
	c->is_open = false;
	stream_close(&c->tls.stream);
	tls_wipe(&c->tls);
}
