/* connection.c - name, TCP, perhaps a tunnel, TLS: each step undoes the ones
 * before it if it fails, and says how far the attempt came. */
#include "net/connection.h"

#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/url.h"
#include "net/proxy.h"
#include "net/resolve.h"
#include "os/clock.h"
#include "os/log.h"

static enum connection_result
dial(struct connection *connection, struct deadline d, struct error *e)
{
	struct resolver *resolver = &connection->resolver;
	struct addresses addresses;
	int64_t began = clock_milliseconds();
	enum resolve_result result = resolve(resolver, &addresses, d, e);

	if (result < 0) {
		return result == RESOLVE_LOCAL ? CONNECTION_LOCAL
					       : CONNECTION_UNREACHABLE;
	}
	began = log_phase("the name look-up", began);
	if (tcp_dial(&connection->tcp, resolver->host, &addresses, d, e) < 0)
		return CONNECTION_UNREACHABLE;
	(void)log_phase("the TCP connection", began);
	return CONNECTION_OPEN;
}

static enum connection_result
open_tunnel(struct connection *connection, const struct connection_peer *peer,
    struct deadline d, struct error *e)
{
	enum proxy_result result = proxy_connect(
	    peer->proxy, &connection->tcp.stream, peer->api, d, e);

	if (result >= 0)
		return CONNECTION_OPEN;
	stream_close(&connection->tcp.stream);
	return result == PROXY_REFUSED ? CONNECTION_PROXY_REFUSED
				       : CONNECTION_UNREACHABLE;
}

/* The message of every failure here names the proxy, since the API's host may
 * be fine. */
static enum connection_result
dial_through(struct connection *connection, const struct connection_peer *peer,
    struct deadline d, struct error *e)
{
	const struct url *proxy = &peer->proxy->url;
	enum connection_result result;
	struct error cause;

	error_clear(&cause);
	log_trace("using the proxy %s port %u", proxy->host, proxy->port);
	result = dial(connection, d, &cause);
	if (result >= 0)
		result = open_tunnel(connection, peer, d, &cause);
	if (result < 0)
		(void)error_wrap(e, &cause, "the proxy %s", proxy->host);
	return result;
}

static enum connection_result
start_tls(struct connection *connection, const struct connection_peer *peer,
    enum tls_choice choice, struct deadline d, struct error *e)
{
	static const enum connection_result results[] = {
	    [-TLS_OPEN] = CONNECTION_OPEN,
	    [-TLS_LOCAL] = CONNECTION_LOCAL,
	    [-TLS_BROKEN] = CONNECTION_UNREACHABLE,
	    [-TLS_ENDED] = CONNECTION_HANDSHAKE_ENDED,
	    [-TLS_REFUSED] = CONNECTION_NOT_TRUSTED,
	    [-TLS_OLDER] = CONNECTION_OLDER,
	};
	const struct tls_peer server = {
	    .host = peer->api->host,
	    .roots = peer->roots,
	    .choice = choice,
	};
	int64_t began = clock_milliseconds();
	enum tls_result result =
	    tls_open(&connection->tls, &connection->tcp.stream, &server, d, e);

	if (result < 0) {
		tls_wipe(&connection->tls);
		stream_close(&connection->tcp.stream);
	} else {
		(void)log_phase("the TLS handshake", began);
	}
	return results[-result];
}

int
connection_check_hosts(
    const struct url *api, const struct proxy *proxy, struct error *e)
{
	const char *whose;

	if (secrets_are_in_host(span_text(api->host))) {
		whose = "API";
	} else if (proxy->is_used &&
		   secrets_are_in_host(span_text(proxy->url.host))) {
		whose = "proxy";
	} else {
		return 0;
	}
	error_set(e, ERROR_USAGE,
	    "the host of the %s (not shown) contains a secret", whose);
	return error_advise(e, ADVICE_SECRET_HOST);
}

void
connection_prepare(struct connection *connection, const struct url *api,
    const struct proxy *proxy)
{
	const struct url *to = proxy->is_used ? &proxy->url : api;

	resolve_prepare(&connection->resolver, to->host, to->port);
}

static enum connection_result
open_once(struct connection *connection, const struct connection_peer *peer,
    enum tls_choice choice, struct deadline d, struct error *e)
{
	enum connection_result result =
	    peer->proxy->is_used ? dial_through(connection, peer, d, e)
				 : dial(connection, d, e);

	if (result >= 0)
		result = start_tls(connection, peer, choice, d, e);
	connection->is_open = result >= 0;
	return result;
}

/* Connects once more if the server does not speak TLS 1.3. Who says that it
 * does not is not authenticated before the second connection is open: only then
 * is it remembered. */
static enum connection_result
open_newest(struct connection *connection, const struct connection_peer *peer,
    struct deadline d, struct error *e)
{
	enum connection_result result;
	struct error first;

	error_clear(&first);
	result = open_once(connection, peer, peer->tls, d, &first);
	if (result != CONNECTION_OLDER) {
		if (result < 0)
			*e = first;
		return result;
	}
	log_trace("the server does not speak TLS 1.3: connecting once more");
	result = open_once(connection, peer, TLS_FALLBACK_1_2, d, e);
	if (result < 0 && first.kind != ERROR_NONE)
		error_append(e, "; TLS 1.3: %s", first.line);
	connection->is_old = result >= 0;
	return result;
}

enum connection_result
connection_open(struct connection *connection,
    const struct connection_peer *peer, struct deadline d, struct error *e)
{
	enum connection_result result;
	struct error first;

	connection->is_open = false;
	if (connection_check_hosts(peer->api, peer->proxy, e) < 0)
		return CONNECTION_LOCAL;
	if (!connection->is_old)
		return open_newest(connection, peer, d, e);
	error_clear(&first);
	result = open_once(connection, peer, TLS_FALLBACK_1_2, d, &first);
	if (result != CONNECTION_HANDSHAKE_ENDED &&
	    result != CONNECTION_NOT_TRUSTED) {
		if (result < 0)
			*e = first;
		return result;
	}
	/* By now it may be a server that speaks TLS 1.3. */
	log_trace("TLS 1.2 has failed: beginning with TLS 1.3 again");
	connection->is_old = false;
	return open_newest(connection, peer, d, e);
}

struct stream *
connection_stream(struct connection *connection)
{
	return tls_stream(&connection->tls);
}

/* While something is read, more may arrive. */
bool
connection_is_idle(struct connection *connection, struct deadline d)
{
	bool has_more, is_idle;

	if (!connection->is_open)
		return false;
	do {
		has_more = !tcp_is_quiet(&connection->tcp);
		is_idle = tls_is_idle(&connection->tls, has_more, d);
	} while (is_idle && has_more);
	return is_idle;
}

enum tls_demand
connection_unmet_demand(const struct connection *connection)
{
	return tls_unmet_demand(&connection->tls);
}

void
connection_close(struct connection *connection)
{
	if (!connection->is_open)
		return;
	connection->is_open = false;
	stream_close(tls_stream(&connection->tls));
	tls_wipe(&connection->tls);
}
