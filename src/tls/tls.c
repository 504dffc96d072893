/* tls.c - reads ahead, prepares the check of the certificates, and leaves the
 * rest to the module of the version. */
#include "tls/tls.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/ip.h"
#include "base/span.h"
#include "os/clock.h"
#include "tls/fault.h"
#include "tls/server_hello.h"

static bool
is_old(const struct tls *tls)
{
	return tls->choice == TLS_ONLY_1_2 || tls->choice == TLS_FALLBACK_1_2;
}

/* The chain of a server that somebody made choose 1.2 is good, and its
 * signature covers the random value (RFC 8446, 4.1.3). Another attempt begins
 * with TLS 1.3, and may reach the server without them. */
static enum tls_result
open_old(struct tls *tls, const char *name, struct deadline d, struct error *e)
{
	struct tls12 *old = &tls->version.tls12;
	enum tls_result result =
	    tls12_open(old, &tls->ahead.stream, name, &tls->chain, d, e);

	tls->stream = &old->stream;
	if (result < 0 || tls->choice != TLS_FALLBACK_1_2 ||
	    !server_hello_is_downgrade(tls12_server_random(old)))
		return result;
	tls12_refuse(old, ALERT_ILLEGAL_PARAMETER, d);
	tls_error_downgrade(e);
	return TLS_ENDED;
}

static enum tls_result
open_new(struct tls *tls, const char *name, struct deadline d, struct error *e)
{
	struct tls13 *new = &tls->version.tls13;
	struct handshake_terms terms = {.name = name, .chain = &tls->chain};

	if (tls->choice == TLS_NEWEST) {
		terms.older_suites = tls12_suites;
		terms.older_count = TLS12_SUITES;
	}
	tls->stream = &new->stream;
	return tls13_open(new, &tls->ahead.stream, &terms, d, e);
}

static void
explain(const struct tls *tls, enum tls_result result, struct error *e)
{
	if (tls->choice == TLS_ONLY_1_2 || tls->choice == TLS_ONLY_1_3) {
		tls_error_pinned(e);
	} else if (tls->choice == TLS_NEWEST) {
		tls_error_newest(result, e);
	}
	/* A server of TLS 1.3 cannot refuse us for want of a certificate before
	 * tls_open() is done: our part of the handshake goes afterwards. */
	if (is_old(tls))
		(void)tls_error_demand(tls_unmet_demand(tls), true, e);
}

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
	result =
	    is_old(tls) ? open_old(tls, name, d, e) : open_new(tls, name, d, e);
	if (result < 0 && result != TLS_OLDER)
		explain(tls, result, e);
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
	return is_old(tls) ? tls12_unmet_demand(&tls->version.tls12)
			   : tls13_unmet_demand(&tls->version.tls13);
}

bool
tls_is_idle(struct tls *tls, bool has_more, struct deadline d)
{
	struct tls13 *new = &tls->version.tls13;

	if (is_old(tls)) {
		return !has_more && ahead_is_empty(&tls->ahead) &&
		       tls12_is_idle(&tls->version.tls12);
	}
	while (
	    tls13_is_idle(new) && (has_more || !ahead_is_empty(&tls->ahead))) {
		tls13_absorb(new, d);
		has_more = false;
	}
	return tls13_is_idle(new);
}

void
tls_wipe(struct tls *tls)
{
	if (is_old(tls)) {
		tls12_wipe(&tls->version.tls12);
	} else {
		tls13_wipe(&tls->version.tls13);
	}
}
