/* tls.c - one function, engine_drive(), moves bytes between BearSSL's engine
 * and the stream below until the engine is in the state the caller wants.
 * Records that wait to go out are gathered, and written before anything is
 * read, so that a flight costs one write and neither side waits for the
 * other. The judge decides about the certificates. */
#include "net/tls.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/ip.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"

#define RECORD_TYPE_FIRST 20 /* RFC 5246, 6.2.1 */
#define RECORD_TYPE_LAST 23
#define CLOSE_MILLISECONDS 100 /* for the kernel to take the last record */

_Static_assert(ROOTS_MATCHES <= CHAIN_ANCHORS, "the judge's array is short");

/* Lines are arrays and hints are numbers: a pointer in a table costs a
 * position-independent binary a relocation of three words. */
#define LINE_SIZE 60

enum hint {
	HINT_NONE,
	HINT_BROKEN,
	HINT_MODERN,
	HINT_REFUSED,
	HINT_CA,
	HINT_PORT,
	HINT_CLIENT,
	HINT_LATER,
	HINT_NAME,
	HINT_ALPN
};

static const char *
hint_text(unsigned char hint)
{
	switch (hint) {
	case HINT_BROKEN:
		return "a proxy or a broken server may have garbled the "
		       "connection";
	case HINT_MODERN:
		return "TLS 1.2 with ECDHE and AES-GCM or ChaCha20-Poly1305 is "
		       "needed";
	case HINT_REFUSED:
		return "the server may demand a client certificate, or not "
		       "offer TLS 1.2 with ECDHE and AES-GCM or "
		       "ChaCha20-Poly1305";
	case HINT_CA:
		return "if the server has a private authority, name its "
		       "certificate with --ca-file";
	case HINT_PORT:
		return "check the host and port of the API's URL";
	case HINT_CLIENT:
		return "client certificates are not supported";
	case HINT_LATER:
		return "try again later";
	case HINT_NAME:
		return "does the server know this host name?";
	case HINT_ALPN:
		return "the server does not offer HTTP/1.1";
	default:
		return NULL;
	}
}

static const struct {
	unsigned char code;
	unsigned char hint;
	char line[LINE_SIZE];
} meanings[] = {
    {BR_ERR_BAD_PARAM, HINT_NONE, "internal: bad parameter"},
    {BR_ERR_BAD_STATE, HINT_NONE, "internal: bad state"},
    {BR_ERR_UNSUPPORTED_VERSION, HINT_MODERN,
	"the server chose a TLS version other than 1.2"},
    {BR_ERR_BAD_VERSION, HINT_BROKEN,
	"the server changed the TLS version midway"},
    {BR_ERR_BAD_LENGTH, HINT_BROKEN,
	"a record of the server has an impossible length"},
    {BR_ERR_TOO_LARGE, HINT_BROKEN, "a record of the server is too large"},
    {BR_ERR_BAD_MAC, HINT_BROKEN,
	"a record of the server was altered on its way"},
    {BR_ERR_NO_RANDOM, HINT_NONE, "no random bytes"},
    {BR_ERR_UNKNOWN_TYPE, HINT_PORT,
	"the server sent a record of unknown type"},
    {BR_ERR_UNEXPECTED, HINT_BROKEN,
	"the server sent a message out of turn or chose no http/1.1"},
    {BR_ERR_BAD_CCS, HINT_BROKEN, "the server's ChangeCipherSpec is malformed"},
    {BR_ERR_BAD_ALERT, HINT_BROKEN, "the server's alert is malformed"},
    {BR_ERR_BAD_HANDSHAKE, HINT_BROKEN, "the server's handshake is malformed"},
    {BR_ERR_OVERSIZED_ID, HINT_BROKEN, "the server's session id is too long"},
    {BR_ERR_BAD_CIPHER_SUITE, HINT_MODERN,
	"the server chose a suite that was not offered"},
    {BR_ERR_BAD_COMPRESSION, HINT_BROKEN, "the server chose compression"},
    {BR_ERR_BAD_FRAGLEN, HINT_BROKEN,
	"the server chose a wrong fragment length"},
    {BR_ERR_BAD_SECRENEG, HINT_BROKEN,
	"the server's renegotiation proof is wrong"},
    {BR_ERR_EXTRA_EXTENSION, HINT_BROKEN,
	"the server chose an extension that was not offered"},
    {BR_ERR_BAD_SNI, HINT_BROKEN,
	"the server's answer to the host name is malformed"},
    {BR_ERR_BAD_HELLO_DONE, HINT_BROKEN,
	"the server's ServerHelloDone is malformed"},
    {BR_ERR_LIMIT_EXCEEDED, HINT_NONE,
	"the server's key or signature is too large"},
    {BR_ERR_BAD_FINISHED, HINT_BROKEN,
	"the server and we did not see the same handshake"},
    {BR_ERR_RESUME_MISMATCH, HINT_BROKEN, "the server resumed another session"},
    {BR_ERR_INVALID_ALGORITHM, HINT_MODERN,
	"the server chose an algorithm that was not offered"},
    {BR_ERR_BAD_SIGNATURE, HINT_NONE,
	"the server could not prove that the certificate is its own"},
    {BR_ERR_WRONG_KEY_USAGE, HINT_NONE,
	"the certificate's key may not be used for this"},
    {BR_ERR_NO_CLIENT_AUTH, HINT_CLIENT,
	"the server demands a client certificate"},
    {BR_ERR_IO, HINT_NONE, "input or output failed"},
    {BR_ERR_X509_EMPTY_CHAIN, HINT_BROKEN, "the server sent no certificate"},
    {BR_ERR_X509_NOT_TRUSTED, HINT_CA,
	"the server's certificate is not trusted"},
};

/* RFC 5246, 7.2, and what came later. */
static const struct {
	unsigned char code;
	unsigned char hint;
	char name[24];
} alerts[] = {
    {BR_ALERT_CLOSE_NOTIFY, HINT_NONE, "close notify"},
    {BR_ALERT_UNEXPECTED_MESSAGE, HINT_NONE, "unexpected message"},
    {BR_ALERT_BAD_RECORD_MAC, HINT_BROKEN, "bad record MAC"},
    {BR_ALERT_RECORD_OVERFLOW, HINT_BROKEN, "record overflow"},
    {BR_ALERT_DECOMPRESSION_FAILURE, HINT_NONE, "decompression failure"},
    {BR_ALERT_HANDSHAKE_FAILURE, HINT_REFUSED, "handshake failure"},
    {BR_ALERT_BAD_CERTIFICATE, HINT_CLIENT, "bad certificate"},
    {BR_ALERT_UNSUPPORTED_CERTIFICATE, HINT_NONE, "unsupported certificate"},
    {BR_ALERT_CERTIFICATE_REVOKED, HINT_NONE, "certificate revoked"},
    {BR_ALERT_CERTIFICATE_EXPIRED, HINT_NONE, "certificate expired"},
    {BR_ALERT_CERTIFICATE_UNKNOWN, HINT_NONE, "certificate unknown"},
    {BR_ALERT_ILLEGAL_PARAMETER, HINT_NONE, "illegal parameter"},
    {BR_ALERT_UNKNOWN_CA, HINT_NONE, "unknown CA"},
    {BR_ALERT_ACCESS_DENIED, HINT_NONE, "access denied"},
    {BR_ALERT_DECODE_ERROR, HINT_BROKEN, "decode error"},
    {BR_ALERT_DECRYPT_ERROR, HINT_BROKEN, "decrypt error"},
    {BR_ALERT_PROTOCOL_VERSION, HINT_MODERN, "protocol version"},
    {BR_ALERT_INSUFFICIENT_SECURITY, HINT_MODERN, "insufficient security"},
    {BR_ALERT_INTERNAL_ERROR, HINT_LATER, "internal error"},
    {BR_ALERT_USER_CANCELED, HINT_NONE, "user canceled"},
    {BR_ALERT_NO_RENEGOTIATION, HINT_NONE, "no renegotiation"},
    {BR_ALERT_UNSUPPORTED_EXTENSION, HINT_NONE, "unsupported extension"},
    {112, HINT_NAME, "unrecognized name"},
    {116, HINT_CLIENT, "certificate required"},
    {BR_ALERT_NO_APPLICATION_PROTOCOL, HINT_ALPN, "no application protocol"},
};

static int
explain_alert(int alert, struct error *e)
{
	size_t i = 0;

	while (i < COUNT(alerts) && alerts[i].code != alert)
		i++;
	error_set(e, ERROR_TLS, "the server refused: TLS alert %d (%s)", alert,
	    i == COUNT(alerts) ? "unknown" : alerts[i].name);
	return error_hint(
	    e, hint_text(i == COUNT(alerts) ? HINT_NONE : alerts[i].hint));
}

int
tls_explain(int code, struct error *e)
{
	size_t i = 0;

	if (code >= BR_ERR_SEND_FATAL_ALERT)
		return error_set(e, ERROR_TLS, "ended by our own TLS alert %d",
		    code - BR_ERR_SEND_FATAL_ALERT);
	if (code >= BR_ERR_RECV_FATAL_ALERT)
		return explain_alert(code - BR_ERR_RECV_FATAL_ALERT, e);
	while (i < COUNT(meanings) && meanings[i].code != code)
		i++;
	if (i == COUNT(meanings))
		return error_set(e, ERROR_TLS, "TLS error %d", code);
	error_set(e, ERROR_TLS, "TLS: %s", meanings[i].line);
	return error_hint(e, hint_text(meanings[i].hint));
}

/* What is offered, in this order, and what the trace calls it (RFC 7905, RFC
 * 5289). ChaCha20 comes first, as AES is done in constant-time software. */
static const struct {
	uint16_t suite;
	char name[30];
} suites[] = {
    {BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-ECDSA-CHACHA20-POLY1305"},
    {BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-RSA-CHACHA20-POLY1305"},
    {BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-ECDSA-AES128-GCM-SHA256"},
    {BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256"},
    {BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-ECDSA-AES256-GCM-SHA384"},
    {BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384"},
};

static const char *
suite_name(uint16_t suite)
{
	for (size_t i = 0; i < COUNT(suites); i++)
		if (suites[i].suite == suite)
			return suites[i].name;
	return "?";
}

static const char *
group_name(int curve)
{
	switch (curve) {
	case BR_EC_curve25519:
		return "X25519";
	case BR_EC_secp256r1:
		return "P-256";
	case BR_EC_secp384r1:
		return "P-384";
	default:
		return "?";
	}
}

static struct tls *
tls_of(struct stream *s)
{
	return (struct tls *)(void *)s; /* it is the first member */
}

/* After a write that failed nothing goes out: the request counts as not sent,
 * and what followed could still complete it. That is no error again, since an
 * early answer of the peer may still be read. */
static int
send_below(struct tls *t, const void *bytes, size_t length, struct deadline d,
    struct error *e)
{
	if (t->broken)
		return 0;
	t->broken = stream_write(t->below, bytes, length, d, e) < 0;
	return t->broken ? -1 : 0;
}

static int
flight_send(struct tls *t, struct deadline d, struct error *e)
{
	size_t length = t->gathered;

	t->gathered = 0;
	return length == 0 ? 0 : send_below(t, t->flight, length, d, e);
}

/* Takes what the engine has for the peer into the flight; what does not fit
 * goes out at once. */
static int
records_gather(struct tls *t, struct deadline d, struct error *e)
{
	br_ssl_engine_context *engine = &t->client.eng;
	unsigned char *record;
	size_t length;
	int result = 0;

	while (result == 0 &&
	       (record = br_ssl_engine_sendrec_buf(engine, &length)) != NULL) {
		if (length > sizeof(t->flight) - t->gathered)
			result = flight_send(t, d, e);
		if (length > sizeof(t->flight)) {
			if (result == 0)
				result = send_below(t, record, length, d, e);
		} else {
			memcpy(t->flight + t->gathered, record, length);
			t->gathered += length;
		}
		/* Where it failed, too: the engine would give it again. */
		br_ssl_engine_sendrec_ack(engine, length);
	}
	return result;
}

static enum tls_result
input_ended(struct tls *t, struct error *e)
{
	if (t->established) {
		error_set(e, ERROR_TLS,
		    "the connection was cut: it ended without TLS's "
		    "close_notify");
		return TLS_ENDED;
	}
	error_set(e, ERROR_TLS,
	    "the server ended the connection during the TLS handshake");
	error_hint(e, hint_text(HINT_MODERN));
	return TLS_ENDED;
}

/* Reads once from below. */
static enum tls_result
input_receive(struct tls *t, struct deadline d, struct error *e)
{
	size_t size;
	unsigned char *space;
	ssize_t n;

	space = br_ssl_engine_recvrec_buf(&t->client.eng, &size);
	n = stream_read(t->below, space, size, d, e);
	if (n < 0)
		return TLS_BROKEN;
	if (n == 0)
		return input_ended(t, e);
	for (ssize_t i = 0; i < n && t->greeted < sizeof(t->greeting); i++)
		t->greeting[t->greeted++] = space[i];
	br_ssl_engine_recvrec_ack(&t->client.eng, (size_t)n);
	return TLS_OPEN;
}

/* The first byte is no record's type. */
static void
explain_greeting(const struct tls *t, struct error *e)
{
	bool is_http = t->greeted == sizeof(t->greeting) &&
		       memcmp(t->greeting, "HTTP", sizeof(t->greeting)) == 0;

	error_set(e, ERROR_TLS, "the server does not speak TLS on this port%s",
	    is_http ? ": it answered in plain HTTP" : "");
	error_hint(e, hint_text(HINT_PORT));
}

/* Why the engine is closed. A refusal by the judge is in e already. */
static enum tls_result
engine_verdict(struct tls *t, struct error *e)
{
	int code = br_ssl_engine_last_error(&t->client.eng);

	if (code == BR_ERR_OK && t->established)
		return TLS_OPEN;
	if (code == BR_ERR_OK)
		return input_ended(t, e);
	if (!t->established && t->greeted > 0 &&
	    (t->greeting[0] < RECORD_TYPE_FIRST ||
		t->greeting[0] > RECORD_TYPE_LAST))
		explain_greeting(t, e);
	else
		tls_explain(code, e);
	return TLS_REFUSED;
}

/* Moves bytes until the engine is in the wanted state, BR_SSL_SENDAPP (the
 * hand-shake is over) or BR_SSL_RECVAPP (there is plain text). Returns
 *	1  it is, and everything we had to say before has been written
 *	0  the peer said close_notify first, after the handshake
 *	a negative enum tls_result, with e set
 */
static int
engine_drive(struct tls *t, unsigned wanted, struct deadline d, struct error *e)
{
	br_ssl_engine_context *engine = &t->client.eng;
	enum tls_result result;

	for (;;) {
		unsigned state = br_ssl_engine_current_state(engine);

		/* Our close_notify back to a peer that has gone away may
		 * fail, and its orderly end stays one. */
		if ((state & BR_SSL_SENDREC) && engine->shutdown_recv)
			return t->established ? 0 : (int)input_ended(t, e);
		if ((state & BR_SSL_SENDREC) && records_gather(t, d, e) < 0)
			return TLS_BROKEN;
		if (state & BR_SSL_SENDREC)
			continue;
		if (state & (BR_SSL_CLOSED | wanted | BR_SSL_RECVREC))
			if (flight_send(t, d, e) < 0)
				return TLS_BROKEN;
		if (state & BR_SSL_CLOSED)
			return engine_verdict(t, e);
		if (state & wanted)
			return 1;
		if (!(state & BR_SSL_RECVREC)) {
			tls_explain(BR_ERR_BAD_STATE, e);
			return TLS_REFUSED;
		}
		result = input_receive(t, d, e);
		if (result < 0)
			return result;
	}
}

static int
still_open(const struct tls *t, struct error *e)
{
	if (t->below != NULL)
		return 0;
	return error_set(e, ERROR_TLS, "the TLS connection is closed");
}

static ssize_t
tls_read(struct stream *s, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct tls *t = tls_of(s);
	const unsigned char *plain;
	size_t length;
	int state;

	if (still_open(t, e) < 0)
		return -1;
	state = engine_drive(t, BR_SSL_RECVAPP, d, e);
	if (state <= 0)
		return state < 0 ? -1 : 0;
	plain = br_ssl_engine_recvapp_buf(&t->client.eng, &length);
	if (length > size)
		length = size;
	memcpy(bytes, plain, length);
	br_ssl_engine_recvapp_ack(&t->client.eng, length);
	return (ssize_t)length;
}

/* Never reads: a peer that answers early must not turn a request that is out
 * into one that failed. */
static int
tls_write(struct stream *s, const void *bytes, size_t length, struct deadline d,
    struct error *e)
{
	struct tls *t = tls_of(s);
	br_ssl_engine_context *engine = &t->client.eng;
	const unsigned char *next = bytes;
	unsigned char *space;
	size_t room;

	if (still_open(t, e) < 0)
		return -1;
	if (t->broken)
		return error_set(e, ERROR_CONNECT, "the connection is broken");
	while (length > 0) {
		space = br_ssl_engine_sendapp_buf(engine, &room);
		if (space == NULL && engine_verdict(t, e) < 0)
			return -1;
		if (space == NULL)
			return error_set(e, ERROR_TLS,
			    "the server has closed the TLS connection");
		if (room > length)
			room = length;
		memcpy(space, next, room);
		br_ssl_engine_sendapp_ack(engine, room);
		next += room;
		length -= room;
		br_ssl_engine_flush(engine, 0);
		if (records_gather(t, d, e) < 0)
			return -1;
	}
	return flight_send(t, d, e);
}

static void
tls_close(struct stream *s)
{
	struct tls *t = tls_of(s);
	br_ssl_engine_context *engine = &t->client.eng;
	struct deadline d = deadline_after(CLOSE_MILLISECONDS);
	struct error ignored;
	size_t unread;

	if (t->below == NULL)
		return;
	error_clear(&ignored);
	/* BearSSL 0.6 does not close over unread data. */
	if (br_ssl_engine_recvapp_buf(engine, &unread) != NULL)
		br_ssl_engine_recvapp_ack(engine, unread);
	br_ssl_engine_close(engine);
	if (records_gather(t, d, &ignored) == 0)
		(void)flight_send(t, d, &ignored);
	stream_close(t->below);
	t->below = NULL;
}

static const struct stream_class tls_class = {tls_read, tls_write, tls_close};

/* The portable constant-time code alone: a request is a few kilobytes, and
 * what a processor's own instructions save on it is not worth their size. */
static void
profile_symmetric(br_ssl_engine_context *engine)
{
	uint16_t order[COUNT(suites)];

	for (size_t i = 0; i < COUNT(suites); i++)
		order[i] = suites[i].suite;
	br_ssl_engine_set_suites(engine, order, COUNT(order));
	br_ssl_engine_set_gcm(
	    engine, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
	br_ssl_engine_set_aes_ctr(engine, &br_aes_ct64_ctr_vtable);
	br_ssl_engine_set_ghash(engine, &br_ghash_ctmul64);
	br_ssl_engine_set_chapol(
	    engine, &br_sslrec_in_chapol_vtable, &br_sslrec_out_chapol_vtable);
	br_ssl_engine_set_chacha20(engine, &br_chacha20_ct_run);
	br_ssl_engine_set_poly1305(engine, &br_poly1305_ctmul_run);
	br_ssl_engine_set_prf_sha256(engine, &br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(engine, &br_tls12_sha384_prf);
}

static void
profile(struct tls *t)
{
	static const char *const protocols[] = {"http/1.1"};
	br_ssl_engine_context *engine = &t->client.eng;

	br_ssl_client_zero(&t->client);
	br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12);
	br_ssl_engine_add_flags(
	    engine, BR_OPT_NO_RENEGOTIATION | BR_OPT_FAIL_ON_ALPN_MISMATCH);
	profile_symmetric(engine);
	br_ssl_engine_set_hash(engine, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(engine, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(engine, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_ec(engine, &t->chain.verifier.ec);
	br_ssl_engine_set_ecdsa(engine, t->chain.verifier.ecdsa);
	br_ssl_engine_set_rsavrfy(engine, t->chain.verifier.rsa);
	br_ssl_engine_set_x509(engine, &t->chain.class);
	/* The names are only read, but BearSSL's pointer is not const. */
	br_ssl_engine_set_protocol_names(
	    engine, (const char **)protocols, COUNT(protocols));
	br_ssl_engine_set_buffers_bidi(
	    engine, t->input, sizeof(t->input), t->output, sizeof(t->output));
}

/* BearSSL's own seeder wants /dev/urandom, which may not be there. */
static int
seed(struct tls *t, struct error *e)
{
	unsigned char entropy[32];

	if (process_entropy(entropy, sizeof(entropy), e) < 0)
		return -1;
	br_ssl_engine_inject_entropy(&t->client.eng, entropy, sizeof(entropy));
	wipe(entropy, sizeof(entropy));
	return 0;
}

static int
find_root(void *roots, struct span name,
    br_x509_trust_anchor anchors[CHAIN_ANCHORS], struct error *e)
{
	return roots_find(roots, name, anchors, e);
}

enum tls_result
tls_open(struct tls *t, struct stream *below, const char *host,
    struct roots *roots, struct deadline d, struct error *e)
{
	unsigned char address[16];
	const char *server_name = ip_read(host, address) > 0 ? NULL : host;
	struct chain_terms terms = {.host = host,
	    .now = clock_date(),
	    .find = find_root,
	    .roots = roots};
	int result;

	if (host[0] == '\0') {
		error_set(e, ERROR_TLS, "no host name to check");
		return TLS_REFUSED;
	}
	t->stream.class = &tls_class;
	t->below = below;
	t->established = false;
	t->broken = false;
	t->greeted = 0;
	t->gathered = 0;
	chain_init(&t->chain, &terms, e);
	profile(t);
	if (seed(t, e) < 0)
		return TLS_LOCAL;
	/* RFC 6066, 3: an address is not sent as a server name. */
	if (!br_ssl_client_reset(&t->client, server_name, 0)) {
		tls_explain(br_ssl_engine_last_error(&t->client.eng), e);
		return TLS_REFUSED;
	}
	result = engine_drive(t, BR_SSL_SENDAPP, d, e);
	if (result < 0)
		return (enum tls_result)result;
	t->established = true;
	log_trace("TLS 1.2, %s, %s",
	    suite_name(t->client.eng.session.cipher_suite),
	    group_name(br_ssl_engine_get_ecdhe_curve(&t->client.eng)));
	return TLS_OPEN;
}

bool
tls_is_idle(const struct tls *t)
{
	unsigned state = br_ssl_engine_current_state(&t->client.eng);

	return t->below != NULL && !t->broken &&
	       (state & BR_SSL_SENDAPP) != 0 &&
	       (state & (BR_SSL_CLOSED | BR_SSL_RECVAPP)) == 0;
}

void
tls_wipe(struct tls *t)
{
	wipe(&t->client, sizeof(t->client));
	wipe(t->flight, sizeof(t->flight));
	wipe(t->input, sizeof(t->input));
	wipe(t->output, sizeof(t->output));
}
