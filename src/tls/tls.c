/* tls.c - reads ahead, prepares the check of the certificates, and leaves the
 * rest to the module of the version. */
#include "tls/tls.h"

#include "base/error.h"
#include "base/ip.h"
#include "base/span.h"
#include "os/clock.h"

enum tls_result
tls_open(struct tls *tls, struct stream *below, const struct tls_peer *peer,
    struct deadline d, struct error *e)
{
	struct chain_terms terms = {.host = tls->host,
	    .now = clock_date(),
	    .roots = peer->roots,
	    .deadline = d};
	unsigned char address[16];
	const char *name = tls->host;
	enum tls_result result;

	if (span_copy(span_of(peer->host, url_name_length(peer->host)),
		tls->host, sizeof(tls->host)) < 0 ||
	    tls->host[0] == '\0') {
		error_set(e, ERROR_TLS, "no host name to check");
		return TLS_REFUSED;
	}
	/* RFC 6066, 3: an address is not sent as a server name. */
	if (ip_read(tls->host, address) > 0)
		name = NULL;
	tls->choice = peer->choice;
	ahead_open(&tls->ahead, below);
	chain_init(&tls->chain, &terms, e);
	tls->stream = &tls->old.stream;
	result =
	    tls12_open(&tls->old, &tls->ahead.stream, name, &tls->chain, d, e);
	if (result < 0)
		(void)tls_error_demand(tls_unmet_demand(tls), true, e);
	return result;
}

struct stream *
tls_stream(struct tls *tls)
{
	return tls->stream;
}

enum tls_demand
tls_unmet_demand(const struct tls *tls)
{
	return tls12_unmet_demand(&tls->old);
}

bool
tls_is_idle(const struct tls *tls)
{
	return ahead_is_empty(&tls->ahead) && tls12_is_idle(&tls->old);
}

void
tls_wipe(struct tls *tls)
{
	tls12_wipe(&tls->old);
}
