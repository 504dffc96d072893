/* connection.c - the three steps in order; a step that fails takes down what
 * the ones before it built. */
#include "net/connection.h"

#include "net/resolve.h"
#include "os/trace.h"

static int
dial(struct connection *c, const struct text_url *to, struct deadline d,
    struct error *e)
{
	struct resolve_addresses addresses;
	int64_t began = deadline_clock();

	if (resolve(to->host, to->port, &addresses, d, e) == -1)
		return -1;
	began = trace_phase("the look-up", began);
	if (net_dial(&c->net, to->host, &addresses, d, e) == -1)
		return -1;
	(void)trace_phase("the connection", began);
	return 0;
}

/* What goes wrong on this way is the proxy's, and is told as such. */
static int
dial_through(struct connection *c, const struct text_url *api,
    const struct proxy *proxy, struct deadline d, struct error *e)
{
	struct error cause;

	error_clear(&cause);
	trace("through the proxy %s port %u", proxy->url.host, proxy->url.port);
	if (dial(c, &proxy->url, d, &cause) == 0) {
		if (proxy_connect(proxy, &c->net.stream, api->host, api->port,
			d, &cause) == 0)
			return 0;
		stream_close(&c->net.stream);
	}
	error_set(
	    e, cause.kind, "the proxy %s: %s", proxy->url.host, cause.line);
	e->errnum = cause.errnum;
	return cause.hint != NULL ? error_hint(e, cause.hint) : -1;
}

struct stream *
connection_open(struct connection *c, const struct text_url *api,
    const struct proxy *proxy, struct roots *roots, struct deadline d,
    struct error *e)
{
	int result = proxy->is_used ? dial_through(c, api, proxy, d, e)
				    : dial(c, api, d, e);
	int64_t began = deadline_clock();

	if (result == -1)
		return NULL;
	if (tls_open(&c->tls, &c->net.stream, api->host, roots, d, e) == 0) {
		(void)trace_phase("TLS", began);
		c->is_open = true;
		return &c->tls.stream;
	}
	tls_wipe(&c->tls);
	stream_close(&c->net.stream);
	return NULL;
}

bool
connection_is_idle(const struct connection *c)
{
	return c->is_open && tls_is_idle(&c->tls) && net_is_quiet(&c->net);
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
