/* connection.c - the three steps in order; a step that fails takes down what
 * the ones before it built. */
#include "connection.h"

#include "resolve.h"

struct stream *
connection_open(struct connection *c, const struct text_url *api,
    struct roots *roots, struct deadline d, struct error *e)
{
	struct resolve_addresses addresses;

	if (resolve(api->host, api->port, &addresses, d, e) == -1 ||
	    net_dial(&c->net, api->host, &addresses, d, e) == -1)
		return NULL;
	if (tls_open(&c->tls, &c->net.stream, api->host, roots, d, e) == 0) {
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
