/* tls12.c - one function, engine_drive(), moves bytes between BearSSL's engine
 * and the stream below until the engine is in the state that the caller wants.
 * Outgoing records are gathered, and written before anything is read, so that a
 * flight costs one write and neither side waits for the other. x509/chain
 * decides about the certificates. */
#include "tls/tls12.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "crypto/exchange.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "tls/tls_error.h"

#define RECORD_TYPE_FIRST 20 /* RFC 5246, 6.2.1 */
#define RECORD_TYPE_ALERT 21
#define RECORD_TYPE_LAST 23
#define CLOSE_MILLISECONDS 100 /* for the kernel to take the last record */
#define RECORD_BEFORE 13       /* header and explicit nonce (RFC 5288, 3) */
#define RECORD_AFTER 16        /* authentication tag */

/* RFC 5289, RFC 7905. ChaCha20 comes first because it is faster than AES in
 * constant-time software. */
const uint16_t tls12_suites[TLS12_SUITES] = {
    BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
};

/* Their names for the trace. */
static const char *const suite_names[TLS12_SUITES] = {
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
};

static const char *
suite_name(uint16_t suite)
{
	size_t i;

	for (i = 0; i < TLS12_SUITES; i++) {
		if (tls12_suites[i] == suite)
			return suite_names[i];
	}
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

static struct tls12 *
tls12_of(struct stream *stream)
{
	return (struct tls12 *)(void *)stream; /* it is the first member */
}

/* After a write that failed nothing is written: the request counts as not sent,
 * and later bytes could still complete it. Leaving them out is not an error, so
 * that an early response can still be read. */
static int
send_below(struct tls12 *tls, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	if (tls->broken)
		return 0;
	tls->broken = stream_write(tls->below, bytes, length, d, e) < 0;
	return tls->broken ? -1 : 0;
}

/* Notes that bytes at this place of a buffer are used. */
static void
note_use(size_t *used, const unsigned char *buffer, const unsigned char *at,
    size_t length)
{
	if (*used < (size_t)(at - buffer) + length)
		*used = (size_t)(at - buffer) + length;
}

static int
flight_send(struct tls12 *tls, struct deadline d, struct error *e)
{
	size_t length = tls->gathered;

	tls->gathered = 0;
	return length == 0 ? 0 : send_below(tls, tls->flight, length, d, e);
}

/* An alert while the engine takes application data is its no_renegotiation,
 * with which it responds to a HelloRequest. */
static void
notice_renegotiation(struct tls12 *tls, const unsigned char *record)
{
	if (record[0] != RECORD_TYPE_ALERT ||
	    tls->client.eng.application_data != 1)
		return;
	tls->demand = TLS_RENEGOTIATION;
	log_trace("the server asks to renegotiate, which is refused");
}

/* Moves the engine's outgoing records into the flight, which is written when it
 * is full. */
static int
records_gather(struct tls12 *tls, struct deadline d, struct error *e)
{
	br_ssl_engine_context *engine = &tls->client.eng;
	unsigned char *record;
	size_t length;
	int result = 0;

	while (result == 0 &&
	       (record = br_ssl_engine_sendrec_buf(engine, &length)) != NULL) {
		notice_renegotiation(tls, record);
		note_use(&tls->output_used, tls->output, record, length);
		if (length > sizeof(tls->flight) - tls->gathered)
			result = flight_send(tls, d, e);
		if (length > sizeof(tls->flight)) {
			if (result == 0)
				result = send_below(tls, record, length, d, e);
		} else {
			memcpy(tls->flight + tls->gathered, record, length);
			tls->gathered += length;
			note_use(&tls->flight_used, tls->flight, tls->flight,
			    tls->gathered);
		}
		/* Also after a failure, or the loop would not end. */
		br_ssl_engine_sendrec_ack(engine, length);
	}
	return result;
}

static enum tls_result
input_ended(struct tls12 *tls, struct error *e)
{
	if (tls->established) {
		error_set(e, ERROR_TLS,
		    "the connection was cut: it ended without TLS's "
		    "close_notify");
	} else {
		tls_error_ended(e);
	}
	return TLS_ENDED;
}

/* Reads once from below. */
static enum tls_result
input_receive(struct tls12 *tls, struct deadline d, struct error *e)
{
	unsigned char *space;
	size_t size;
	ssize_t n, i;

	space = br_ssl_engine_recvrec_buf(&tls->client.eng, &size);
	n = stream_read(tls->below, space, size, d, e);
	if (n < 0)
		return TLS_BROKEN;
	if (n == 0)
		return input_ended(tls, e);
	note_use(&tls->input_used, tls->input, space, (size_t)n);
	for (i = 0; i < n && tls->greeted < sizeof(tls->greeting); i++)
		tls->greeting[tls->greeted++] = space[i];
	br_ssl_engine_recvrec_ack(&tls->client.eng, (size_t)n);
	return TLS_OPEN;
}

/* Whether the first byte that the server sent is that of a record. */
static bool
speaks_tls(const struct tls12 *tls)
{
	return tls->greeted == 0 || (tls->greeting[0] >= RECORD_TYPE_FIRST &&
					tls->greeting[0] <= RECORD_TYPE_LAST);
}

/* Sends the alert that goes with a failure, if there is one, since BearSSL
 * sends none. The record is made as the engine makes its own, encrypted once
 * our ChangeCipherSpec is out. Nothing is written after it. A server that reads
 * nothing must not delay the report of the failure. */
static void
alert_send(struct tls12 *tls, int alert, struct deadline d)
{
	unsigned char record[RECORD_BEFORE + 2 + RECORD_AFTER];
	unsigned char *plain = record + RECORD_BEFORE, *start;
	br_ssl_engine_context *engine = &tls->client.eng;
	size_t length = 2;
	struct error ignored;

	if (alert < 0 || tls->broken)
		return;
	plain[0] = 2; /* fatal */
	plain[1] = (unsigned char)alert;
	start = engine->out.vtable->encrypt(&engine->out.vtable,
	    RECORD_TYPE_ALERT, engine->version_out, plain, &length);
	error_clear(&ignored);
	d = deadline_sooner(d, deadline_after(CLOSE_MILLISECONDS));
	if (send_below(tls, start, length, d, &ignored) == 0) {
		log_trace("sent TLS alert %d (%s)", alert,
		    tls_error_alert_name((unsigned)alert));
	}
	tls->broken = true;
}

/* Whether the server's key for the key exchange is why the engine failed with
 * BR_ERR_INVALID_ALGORITHM. */
static bool
key_is_unusable(const br_ssl_engine_context *engine)
{
	int curve = engine->ecdhe_curve;
	struct span key = span_of(engine->ecdhe_point, engine->ecdhe_point_len);

	/* The server named it: a set of 32 may not have it. */
	return curve > 0 && curve < 32 &&
	       (engine->iec->supported_curves >> curve & 1) &&
	       !exchange_accepts(curve, key);
}

/* Finds out why the engine is closed. If the chain was refused, e says so
 * already, and stays as it is. */
static enum tls_result
engine_verdict(struct tls12 *tls, struct deadline d, struct error *e)
{
	int code = br_ssl_engine_last_error(&tls->client.eng);

	if (code == BR_ERR_OK && tls->established)
		return TLS_OPEN;
	if (code == BR_ERR_OK)
		return input_ended(tls, e);
	if (!tls->established && !speaks_tls(tls)) {
		tls_error_greeting(tls->greeting, tls->greeted, e);
		return TLS_REFUSED;
	}
	if (code == BR_ERR_INVALID_ALGORITHM &&
	    key_is_unusable(&tls->client.eng)) {
		tls_error_key(group_name(tls->client.eng.ecdhe_curve), e);
	} else {
		tls_error_code(code, e);
	}
	alert_send(tls, tls_error_alert(code), d);
	return TLS_REFUSED;
}

/* The engine neither gives nor takes anything: in the record of the server's
 * Finished is more, which it leaves there. */
static enum tls_result
refuse_excess(struct tls12 *tls, struct deadline d, struct error *e)
{
	struct fault fault;

	(void)fault_set(&fault, ALERT_UNEXPECTED_MESSAGE,
	    "the server sent more in a record that had to end");
	tls_error_fault(&fault, e);
	alert_send(tls, fault.alert, d);
	return TLS_REFUSED;
}

/* Moves bytes until the engine is in the wanted state: BR_SSL_SENDAPP (the
 * handshake is complete) or BR_SSL_RECVAPP (there is plain text to read).
 *
 * Returns 1 in that state, with every outgoing record written; 0 if the server
 * sent close_notify first, after the handshake; or a negative enum tls_result
 * with e set. */
static int
engine_drive(
    struct tls12 *tls, unsigned wanted, struct deadline d, struct error *e)
{
	br_ssl_engine_context *engine = &tls->client.eng;
	enum tls_result result;
	unsigned state;

	for (;;) {
		state = br_ssl_engine_current_state(engine);
		/* Our close_notify in return is not written: if that failed,
		 * an orderly end would look like an error. */
		if ((state & BR_SSL_SENDREC) && engine->shutdown_recv)
			return tls->established ? 0 : (int)input_ended(tls, e);
		if ((state & BR_SSL_SENDREC) && records_gather(tls, d, e) < 0)
			return TLS_BROKEN;
		if (state & BR_SSL_SENDREC)
			continue;
		if ((state & (BR_SSL_CLOSED | wanted | BR_SSL_RECVREC)) &&
		    flight_send(tls, d, e) < 0)
			return TLS_BROKEN;
		if (state & BR_SSL_CLOSED)
			return engine_verdict(tls, d, e);
		if (state & wanted)
			return 1;
		if (!(state & BR_SSL_RECVREC))
			return refuse_excess(tls, d, e);
		result = input_receive(tls, d, e);
		if (result < 0)
			return result;
	}
}

static int
still_open(const struct tls12 *tls, struct error *e)
{
	if (tls->below != NULL)
		return 0;
	return error_set(e, ERROR_TLS, "the TLS connection is closed");
}

static ssize_t
tls12_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct tls12 *t = tls12_of(stream);
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

/* Never reads: an early response must not make a request fail that is
 * completely written. */
static int
tls12_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	struct tls12 *t = tls12_of(stream);
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
		if (space == NULL && engine_verdict(t, d, e) < 0)
			return -1;
		if (space == NULL) {
			return error_set(e, ERROR_TLS,
			    "the server has closed the TLS connection");
		}
		if (room > length)
			room = length;
		memcpy(space, next, room);
		note_use(&t->output_used, t->output, space, room);
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
tls12_close(struct stream *stream)
{
	struct tls12 *t = tls12_of(stream);
	br_ssl_engine_context *engine = &t->client.eng;
	struct deadline d = deadline_after(CLOSE_MILLISECONDS);
	struct error ignored;
	size_t unread;

	if (t->below == NULL)
		return;
	error_clear(&ignored);
	/* BearSSL 0.6 does not close while there is unread data. */
	if (br_ssl_engine_recvapp_buf(engine, &unread) != NULL)
		br_ssl_engine_recvapp_ack(engine, unread);
	br_ssl_engine_close(engine);
	if (records_gather(t, d, &ignored) == 0)
		(void)flight_send(t, d, &ignored);
	stream_close(t->below);
	t->below = NULL;
}

/* The server requests a certificate, and gets an empty list (RFC 5246, 7.4.6).
 */
static void
choose_none(const br_ssl_client_certificate_class **class,
    const br_ssl_client_context *client, uint32_t kinds,
    br_ssl_client_certificate *choice)
{
	struct tls12_client_certificate *c = (void *)class;

	(void)client;
	(void)kinds;
	memset(choice, 0, sizeof(*choice));
	*c->demand = TLS_CERTIFICATE;
	log_trace("the server requests a client certificate, and gets none");
}

static void
ignore(const br_ssl_client_certificate_class **class)
{
	(void)class;
}

static void
ignore_length(const br_ssl_client_certificate_class **class, size_t length)
{
	(void)class;
	(void)length;
}

static void
ignore_bytes(const br_ssl_client_certificate_class **class,
    const unsigned char *bytes, size_t length)
{
	(void)class;
	(void)bytes;
	(void)length;
}

/* Without a certificate nothing is signed: the last two are not called. */
static const br_ssl_client_certificate_class no_certificate = {
    .context_size = sizeof(struct tls12_client_certificate),
    .start_name_list = ignore,
    .start_name = ignore_length,
    .append_name = ignore_bytes,
    .end_name = ignore,
    .end_name_list = ignore,
    .choose = choose_none,
    .do_keyx = NULL,
    .do_sign = NULL,
};

static const struct stream_class tls12_class = {
    tls12_read, tls12_write, tls12_close};

/* Only portable constant-time code: on the few kilobytes of a request, the
 * instructions of a particular processor save next to nothing. */
static void
profile_symmetric(br_ssl_engine_context *engine)
{
	br_ssl_engine_set_suites(engine, tls12_suites, TLS12_SUITES);
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
profile(struct tls12 *tls, struct chain *chain)
{
	static const char *const protocols[] = {"http/1.1"};
	br_ssl_engine_context *engine = &tls->client.eng;

	br_ssl_client_zero(&tls->client);
	br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12);
	br_ssl_engine_add_flags(
	    engine, BR_OPT_NO_RENEGOTIATION | BR_OPT_FAIL_ON_ALPN_MISMATCH);
	profile_symmetric(engine);
	br_ssl_engine_set_hash(engine, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(engine, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(engine, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_ec(engine, &chain->verifier.ec);
	br_ssl_engine_set_ecdsa(engine, chain->verifier.ecdsa);
	br_ssl_engine_set_rsavrfy(engine, chain->verifier.rsa);
	br_ssl_engine_set_x509(engine, &chain->class);
	tls->client_certificate.class = &no_certificate;
	tls->client_certificate.demand = &tls->demand;
	br_ssl_client_set_client_certificate(
	    &tls->client, &tls->client_certificate.class);
	/* The names are only read, but BearSSL's pointer is not const. */
	br_ssl_engine_set_protocol_names(
	    engine, (const char **)protocols, COUNT(protocols));
	br_ssl_engine_set_buffers_bidi(engine, tls->input, sizeof(tls->input),
	    tls->output, sizeof(tls->output));
}

/* BearSSL's own seeder needs /dev/urandom, which a scratch image may lack. */
static int
seed(struct tls12 *tls, struct error *e)
{
	unsigned char entropy[32];

	if (process_entropy(entropy, sizeof(entropy), e) < 0)
		return -1;
	br_ssl_engine_inject_entropy(
	    &tls->client.eng, entropy, sizeof(entropy));
	wipe(entropy, sizeof(entropy));
	return 0;
}

enum tls_result
tls12_open(struct tls12 *tls, struct stream *below, const char *name,
    struct chain *chain, struct deadline d, struct error *e)
{
	int result;

	tls->stream.class = &tls12_class;
	tls->below = below;
	tls->demand = TLS_NOTHING;
	tls->established = false;
	tls->broken = false;
	tls->greeted = 0;
	tls->gathered = 0;
	tls->flight_used = tls->input_used = tls->output_used = 0;
	profile(tls, chain);
	if (seed(tls, e) < 0)
		return TLS_LOCAL;
	if (!br_ssl_client_reset(&tls->client, name, 0)) {
		tls_error_code(br_ssl_engine_last_error(&tls->client.eng), e);
		return TLS_REFUSED;
	}
	result = engine_drive(tls, BR_SSL_SENDAPP, d, e);
	if (result < 0)
		return (enum tls_result)result;
	tls->established = true;
	log_trace("TLS 1.2, %s, %s",
	    suite_name(tls->client.eng.session.cipher_suite),
	    group_name(br_ssl_engine_get_ecdhe_curve(&tls->client.eng)));
	return TLS_OPEN;
}

const unsigned char *
tls12_server_random(const struct tls12 *tls)
{
	return tls->client.eng.server_random;
}

void
tls12_refuse(struct tls12 *tls, enum alert alert, struct deadline d)
{
	alert_send(tls, (int)alert, d);
}

enum tls_demand
tls12_unmet_demand(const struct tls12 *tls)
{
	return tls->demand;
}

bool
tls12_is_idle(const struct tls12 *tls)
{
	unsigned state = br_ssl_engine_current_state(&tls->client.eng);

	return tls->below != NULL && !tls->broken &&
	       (state & BR_SSL_SENDAPP) != 0 &&
	       (state & (BR_SSL_CLOSED | BR_SSL_RECVAPP)) == 0;
}

void
tls12_wipe(struct tls12 *tls)
{
	wipe(&tls->client, sizeof(tls->client));
	wipe(tls->flight, tls->flight_used);
	wipe(tls->input, tls->input_used);
	wipe(tls->output, tls->output_used);
}
