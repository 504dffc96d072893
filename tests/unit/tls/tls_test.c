/* tls_test.c - handshakes with BearSSL's own server side in memory, cut at
 * every byte, and servers that do not speak TLS at all. */
#include "tls/tls.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "memory_stream.h"
#include "os/clock.h"
#include "tap.h"

/* P-256, for unit.test, 2020 to 2119, self-signed; made for this test. */
static const char certificate_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBJjCBzaADAgECAgEHMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHVuaXQwIBcN\n"
    "MjAwMTAxMDAwMDAwWhgPMjExOTEyMzEwMDAwMDBaMA8xDTALBgNVBAMMBHVuaXQw\n"
    "WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATkzT/mHfsSFM3URdckUUbO6iqo0wVQ\n"
    "advunaQtI+GCJqG7MwxYYlOn22TCtVBSr6kWxgsdbAKW//LMIWE2bW63oxgwFjAU\n"
    "BgNVHREEDTALggl1bml0LnRlc3QwCgYIKoZIzj0EAwIDSAAwRQIgBY3tSsDtKs33\n"
    "ROU8ioYTMH2X/Emds40nEf4UcD+2zaACIQDF/z7xXKo/PXHFDcOCy5GcLo8QYy40\n"
    "XB6dJ3rNfhFPkw==\n"
    "-----END CERTIFICATE-----\n";
static const unsigned char private_key[] = {0x59, 0x07, 0x96, 0x8e, 0x90, 0xa4,
    0x64, 0x21, 0x74, 0xb3, 0x81, 0xae, 0xed, 0x12, 0x4c, 0x08, 0x70, 0x77,
    0x5b, 0xee, 0x2f, 0xa0, 0xd1, 0xc9, 0x7f, 0x70, 0xdb, 0xf7, 0xf1, 0x99,
    0xd4, 0x22};

static struct tls tls;
static struct roots roots;
static struct memory_stream memory;
static const struct tls_peer unit = {
    .host = "unit.test", .roots = &roots, .choice = TLS_ONLY_1_2};

/* What the server does once it has got "ping". */
enum ending { CLOSE_NOTIFY, CUT };

struct server {
	struct stream stream;
	br_ssl_server_context context;
	unsigned char buffers[BR_SSL_BUFSIZE_BIDI];
	size_t step;   /* bytes a read at most */
	size_t budget; /* bytes it says in all before the connection ends */
	enum ending ending;
	bool responded;
	unsigned reads, writes, closed;
	unsigned failing; /* the write that fails, from 1; 0: none */
	bool alters;      /* its Finished message on the way */
	bool changed;     /* it has sent ChangeCipherSpec */
	size_t said;
	char got[16384];
	size_t got_length;
};

static struct server server;

static void
server_respond(void)
{
	br_ssl_engine_context *engine = &server.context.eng;
	size_t length;
	unsigned char *bytes = br_ssl_engine_recvapp_buf(engine, &length);

	if (bytes != NULL) {
		if (length > sizeof(server.got) - server.got_length)
			abort();
		memcpy(server.got + server.got_length, bytes, length);
		server.got_length += length;
		br_ssl_engine_recvapp_ack(engine, length);
	}
	if (server.got_length == 0)
		return;
	bytes = br_ssl_engine_sendapp_buf(engine, &length);
	if (!server.responded && bytes != NULL) {
		memcpy(bytes, "pong", 4);
		br_ssl_engine_sendapp_ack(engine, 4);
		br_ssl_engine_flush(engine, 0);
		server.responded = true;
	} else if (server.responded && server.ending == CLOSE_NOTIFY) {
		br_ssl_engine_close(engine);
	}
}

/* The record to be sent next, or NULL. */
static const unsigned char *
server_record(size_t *length)
{
	br_ssl_engine_context *engine = &server.context.eng;
	const unsigned char *record = br_ssl_engine_sendrec_buf(engine, length);

	if (record != NULL)
		return record;
	server_respond();
	return br_ssl_engine_sendrec_buf(engine, length);
}

/* As many records as there are, as a network would hand them out. */
static ssize_t
server_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	unsigned char *next = bytes;
	const unsigned char *record;
	size_t left = size, n;

	(void)stream;
	(void)d;
	(void)e;
	server.reads++;
	left = left < server.step ? left : server.step;
	if (left > server.budget - server.said)
		left = server.budget - server.said;
	while (left > 0 && (record = server_record(&n)) != NULL) {
		n = n < left ? n : left;
		memcpy(next, record, n);
		if (server.alters && server.changed)
			next[n - 1] ^= 1;
		server.changed |= record[0] == 20;
		br_ssl_engine_sendrec_ack(&server.context.eng, n);
		next += n;
		left -= n;
		server.said += n;
	}
	return next - (unsigned char *)bytes;
}

static int
server_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	br_ssl_engine_context *engine = &server.context.eng;
	const unsigned char *next = bytes;

	(void)stream;
	(void)d;
	if (++server.writes == server.failing)
		return error_set(e, ERROR_CONNECT, "timed out while writing");
	while (length > 0) {
		size_t room;
		unsigned char *space = br_ssl_engine_recvrec_buf(engine, &room);

		if (space == NULL)
			return error_set(e, ERROR_CONNECT, "broken pipe");
		room = room < length ? room : length;
		memcpy(space, next, room);
		br_ssl_engine_recvrec_ack(engine, room);
		next += room;
		length -= room;
		if (server.context.eng.application_data == 1)
			server_respond();
	}
	return 0;
}

static void
server_close(struct stream *stream)
{
	(void)stream;
	server.closed++;
}

static const struct stream_class server_class = {
    server_read, server_write, server_close};

static void
append_der(void *context, const void *bytes, size_t length)
{
	struct memory_stream *m = context;
	struct error e;

	error_clear(&e);
	if (memory_write(&m->stream, bytes, length, deadline_after(0), &e) < 0)
		abort();
}

/* The certificate's bytes end up in memory.output. */
static br_x509_certificate
decode_certificate(void)
{
	static br_pem_decoder_context pem;
	const char *next = certificate_pem;
	size_t left = sizeof(certificate_pem) - 1;

	memory_open(&memory, "", 0);
	br_pem_decoder_init(&pem);
	while (left > 0) {
		size_t n = br_pem_decoder_push(&pem, next, left);

		next += n;
		left -= n;
		if (br_pem_decoder_event(&pem) == BR_PEM_BEGIN_OBJ)
			br_pem_decoder_setdest(&pem, append_der, &memory);
	}
	return (br_x509_certificate){
	    (unsigned char *)memory.output, memory.output_length};
}

static void
server_start(size_t step, size_t budget, enum ending ending)
{
	static br_x509_certificate chain[1];
	static br_ec_private_key key = {
	    BR_EC_secp256r1, (unsigned char *)private_key, sizeof(private_key)};

	memset(&server, 0, sizeof(server));
	server.stream.class = &server_class;
	server.step = step;
	server.budget = budget;
	server.ending = ending;
	chain[0] = decode_certificate();
	br_ssl_server_init_full_ec(
	    &server.context, chain, 1, BR_KEYTYPE_EC, &key);
	br_ssl_engine_set_buffer(
	    &server.context.eng, server.buffers, sizeof(server.buffers), 1);
	br_ssl_engine_inject_entropy(
	    &server.context.eng, "not random at all, but a test...", 32);
	br_ssl_server_reset(&server.context);
}

/* What the server asks for and what becomes of the handshake. */
static void
server_demand_certificate(uint32_t flags)
{
	static const br_x500_name names[1];

	br_ssl_server_set_trust_anchor_names(&server.context, names, 1);
	br_ssl_engine_set_all_flags(&server.context.eng, flags);
	br_ssl_server_reset(&server.context);
}

/* The alert that the server received, or -1. */
static int
server_alert(void)
{
	int code = br_ssl_engine_last_error(&server.context.eng);

	return code >= BR_ERR_RECV_FATAL_ALERT ? code - BR_ERR_RECV_FATAL_ALERT
					       : -1;
}

static enum tls_result
open_server(const char *host, struct error *e)
{
	const struct tls_peer peer = {
	    .host = host, .roots = &roots, .choice = TLS_ONLY_1_2};

	error_clear(e);
	return tls_open(&tls, &server.stream, &peer, deadline_after(10000), e);
}

/* Reads at most this many bytes. */
static void
expect_read(size_t size, const char *expected, const char *name)
{
	struct error e;
	char bytes[16];
	ssize_t n;

	error_clear(&e);
	n = stream_read(
	    tls_stream(&tls), bytes, size, deadline_after(10000), &e);
	if (tap_ok(n >= 0, "%s: no failure %s", name, e.line))
		tap_bytes(bytes, (size_t)n, expected, "%s", name);
}

static void
test_exchange(size_t step)
{
	struct deadline d = deadline_after(10000);
	struct error e;
	char byte;

	server_start(step, SIZE_MAX, CLOSE_NOTIFY);
	tap_number(open_server("unit.test", &e), TLS_OPEN,
	    "%zu bytes at a time: the handshake succeeds %s", step, e.line);
	tap_number(e.kind, ERROR_NONE, "it reports no error");
	tap_number(server.writes, 2, "its writes");
	tap_ok(step < SIZE_MAX || server.reads == 2,
	    "a flight is one read: %u reads", server.reads);
	tap_text(br_ssl_engine_get_server_name(&server.context.eng),
	    "unit.test", "the server got the name");
	tap_ok(
	    stream_write(tls_stream(&tls), "ping", 4, d, &e) == 0, "a write");
	tap_number(server.writes, 3, "a write is one write below");
	tap_bytes(
	    server.got, server.got_length, "ping", "the server got the bytes");
	expect_read(3, "pon", "a short read");
	expect_read(16, "g", "its rest");
	expect_read(16, "", "close_notify is the orderly end");
	expect_read(16, "", "it stays the end");
	stream_close(tls_stream(&tls));
	stream_close(tls_stream(&tls));
	tap_number(server.closed, 1, "two closes are one below");
	tap_ok(stream_read(tls_stream(&tls), &byte, 1, d, &e) < 0,
	    "a read after the close fails");
}

/* A request counts as not sent where a write of it failed, and may be sent
 * again elsewhere: nothing of it may follow, not even when the connection is
 * read or closed. */
static void
test_request_that_failed(size_t length)
{
	static const char request[8000];
	struct deadline d = deadline_after(10000);
	struct error e;
	char bytes[16];

	server_start(SIZE_MAX, SIZE_MAX, CLOSE_NOTIFY);
	tap_ok(open_server("unit.test", &e) == 0, "the handshake succeeds");
	server.failing = server.writes + 1;
	tap_ok(stream_write(tls_stream(&tls), request, length, d, &e) < 0,
	    "a write of %zu bytes fails", length);
	tap_text(e.line, "timed out while writing", "its reason: %s", e.line);
	tap_ok(!tls_is_idle(&tls, false, deadline_after(0)),
	    "nothing can follow it");
	error_clear(&e);
	tap_ok(stream_write(tls_stream(&tls), request, 1, d, &e) < 0,
	    "and nothing does");
	error_clear(&e);
	tap_ok(stream_read(tls_stream(&tls), bytes, sizeof(bytes), d, &e) <= 0,
	    "no response comes");
	stream_close(tls_stream(&tls));
	tap_number(server.writes, server.failing, "nothing more was written");
	tap_number(server.got_length, 0, "the server has got none of it");
}

/* A close_notify that arrives together with the response is read with it. */
static void
test_idle(void)
{
	struct deadline d = deadline_after(10000);
	struct error e;
	char bytes[16];

	server_start(SIZE_MAX, SIZE_MAX, CLOSE_NOTIFY);
	tap_ok(open_server("unit.test", &e) == 0, "a connection");
	tap_ok(tls_is_idle(&tls, false, deadline_after(0)), "it is idle");
	tap_ok(stream_write(tls_stream(&tls), "ping", 4, d, &e) == 0,
	    "a request is written");
	tap_ok(tls_is_idle(&tls, false, deadline_after(0)),
	    "it is idle until a response is read");
	tap_number(stream_read(tls_stream(&tls), bytes, 2, d, &e), 2,
	    "a part of the response is read");
	tap_ok(!tls_is_idle(&tls, false, deadline_after(0)),
	    "it is not idle with the rest unread");
	tap_number(stream_read(tls_stream(&tls), bytes, 16, d, &e), 2,
	    "the rest is read");
	tap_ok(!tls_is_idle(&tls, false, deadline_after(0)),
	    "nor with close_notify unread");
	tap_number(stream_read(tls_stream(&tls), bytes, 16, d, &e), 0,
	    "close_notify is read");
	tap_ok(!tls_is_idle(&tls, false, deadline_after(0)),
	    "nor after close_notify");
	stream_close(tls_stream(&tls));
}

static void
test_cut(void)
{
	struct deadline d = deadline_after(10000);
	struct error e;
	char bytes[16];

	server_start(SIZE_MAX, SIZE_MAX, CUT);
	tap_ok(open_server("unit.test", &e) == 0, "the handshake succeeds");
	tap_ok(stream_write(tls_stream(&tls), "ping", 4, d, &e) == 0,
	    "a request is written");
	tap_number(stream_read(tls_stream(&tls), bytes, sizeof(bytes), d, &e),
	    4, "a response comes");
	tap_ok(stream_read(tls_stream(&tls), bytes, sizeof(bytes), d, &e) < 0,
	    "an end without close_notify is an error");
	tap_number(e.kind, ERROR_TLS, "without close_notify: the kind");
	tap_part(e.line, "cut", "without close_notify: %s", e.line);
	stream_close(tls_stream(&tls));
}

/* A server whose key for the key exchange is all zeros: no point of P-256 or
 * P-384, and for X25519 one that makes the secret zero whatever ours is (RFC
 * 8422, 5.11). It signs that key as any other. */
static size_t
weak_key(unsigned char *key, const unsigned char *number, size_t number_length,
    int curve)
{
	size_t length;

	(void)number;
	(void)number_length;
	(void)br_ec_all_m31.generator(curve, &length);
	memset(key, 0, length);
	if (curve != BR_EC_curve25519)
		key[0] = 4;
	return length;
}

/* The secret is zero on the server's side, too. */
static uint32_t
weak_secret(unsigned char *key, size_t length, const unsigned char *number,
    size_t number_length, int curve)
{
	(void)number;
	(void)number_length;
	(void)curve;
	memset(key, 0, length);
	return 1;
}

static const struct {
	int curve;
	const char *name;
} groups[] = {
    {BR_EC_curve25519, "X25519"},
    {BR_EC_secp256r1, "P-256"},
    {BR_EC_secp384r1, "P-384"},
};

static void
test_weak_keys(void)
{
	br_ec_impl weak = br_ec_all_m31;
	struct error e;
	size_t i;

	weak.mulgen = weak_key;
	weak.mul = weak_secret;
	for (i = 0; i < COUNT(groups); i++) {
		weak.supported_curves = (uint32_t)1 << groups[i].curve;
		server_start(SIZE_MAX, SIZE_MAX, CLOSE_NOTIFY);
		br_ssl_engine_set_ec(&server.context.eng, &weak);
		br_ssl_server_reset(&server.context);
		tap_number(open_server("unit.test", &e), TLS_REFUSED,
		    "a weak %s key is refused", groups[i].name);
		tap_number(e.kind, ERROR_TLS, "its kind");
		tap_part(e.line, groups[i].name, "it names the group");
		tap_part(e.line, "invalid", "and says why: %s", e.line);
		tap_number(server_alert(), BR_ALERT_ILLEGAL_PARAMETER,
		    "the server gets an alert");
	}
}

/* Closing over data that was not read must neither wait nor fail. */
static void
test_close_early(void)
{
	struct deadline d = deadline_after(10000);
	struct error e;
	char byte;
	size_t i;

	server_start(SIZE_MAX, SIZE_MAX, CUT);
	tap_ok(open_server("unit.test", &e) == 0, "the handshake succeeds");
	tap_ok(stream_write(tls_stream(&tls), "ping", 4, d, &e) == 0,
	    "a request is written");
	tap_number(stream_read(tls_stream(&tls), &byte, 1, d, &e), 1,
	    "one byte of the response is read");
	stream_close(tls_stream(&tls));
	tap_number(server.closed, 1, "closing in spite of the rest works");
	tap_ok(br_ssl_engine_current_state(&server.context.eng) != 0,
	    "the server could go on");
	tls_wipe(&tls);
	for (i = 0; i < sizeof(tls.version.tls12.client); i++) {
		if (((unsigned char *)&tls.version.tls12.client)[i] != 0)
			byte = 1;
	}
	tap_ok(byte == 'p', "no key is left");
}

static void
test_end_anywhere(void)
{
	struct error e;
	size_t whole, bad = 0, n;

	server_start(SIZE_MAX, SIZE_MAX, CUT);
	(void)!open_server("unit.test", &e);
	/* An ECDSA signature is a few bytes shorter now and then. */
	whole = server.said - 16;
	for (n = 0; n < whole; n += 1 + n / 100) {
		server_start(SIZE_MAX, n, CUT);
		if (open_server("unit.test", &e) == 0 || e.kind != ERROR_TLS ||
		    e.line[0] == '\0')
			bad++;
		if (server.closed != 0)
			bad++;
	}
	tap_ok(whole > 400, "the server says %zu bytes at least", whole);
	tap_number(bad, 0, "an end within them is an error");
}

static void
expect_refused(const char *host, struct error *e, const char *name)
{
	tap_number(open_server(host, e), TLS_REFUSED, "%s: %s", name, e->line);
	tap_number(e->kind, ERROR_TLS, "%s: the kind", name);
}

static void
test_refusals(void)
{
	struct error e;

	server_start(SIZE_MAX, SIZE_MAX, CUT);
	expect_refused("other.test", &e, "another name");
	tap_part(e.line, "valid for unit.test, not for other.test",
	    "another name: the line");
	tap_number(server_alert(), 42, "another name: the alert");
	server_start(SIZE_MAX, SIZE_MAX, CUT);
	expect_refused("127.0.0.1", &e, "an address");
	tap_text(br_ssl_engine_get_server_name(&server.context.eng), "",
	    "an address is not sent as a name");
	expect_refused("", &e, "an empty name");
	expect_refused(".", &e, "the root's name");
	server_start(SIZE_MAX, SIZE_MAX, CUT);
	expect_refused("unit.test..", &e, "only one dot is dropped");
	roots_use_builtin(&roots);
	server_start(SIZE_MAX, SIZE_MAX, CUT);
	expect_refused("unit.test", &e, "an unknown root");
	tap_part(e.line, "self-signed", "an unknown root: the line");
	tap_number(e.advice, ADVICE_TRUST_CA, "an unknown root: the advice");
	tap_number(server_alert(), 48, "an unknown root: the alert");
}

/* Our alert is encrypted by then. */
static void
test_altered_finished(void)
{
	struct error e;

	server_start(SIZE_MAX, SIZE_MAX, CUT);
	server.alters = true;
	tap_ok(open_server("unit.test", &e) == TLS_REFUSED,
	    "an altered Finished message: %s", e.line);
	tap_ok(server_alert() == 20, "its alert: %d", server_alert());
}

/* After a failure nothing else is sent, not even close_notify. */
static void
test_altered_response(void)
{
	struct deadline d = deadline_after(10000);
	unsigned writes;
	struct error e;
	char bytes[16];

	server_start(SIZE_MAX, SIZE_MAX, CUT);
	tap_ok(open_server("unit.test", &e) == TLS_OPEN, "a connection");
	tap_ok(
	    stream_write(tls_stream(&tls), "ping", 4, d, &e) == 0, "a request");
	server.alters = true;
	tap_ok(stream_read(tls_stream(&tls), bytes, sizeof(bytes), d, &e) < 0,
	    "an altered response: %s", e.line);
	tap_number(server_alert(), 20, "its alert");
	writes = server.writes;
	error_clear(&e);
	tap_ok(stream_read(tls_stream(&tls), bytes, sizeof(bytes), d, &e) < 0,
	    "a second read fails");
	stream_close(tls_stream(&tls));
	tap_number(server.writes, writes, "nothing follows the alert");
}

static void
test_certificate_request(void)
{
	struct deadline d = deadline_after(10000);
	struct error e;

	server_start(SIZE_MAX, SIZE_MAX, CUT);
	tap_ok(open_server("unit.test", &e) == TLS_OPEN, "no request");
	tap_ok(tls_unmet_demand(&tls) == TLS_NOTHING, "nothing is demanded");
	server_start(SIZE_MAX, SIZE_MAX, CUT);
	server_demand_certificate(BR_OPT_TOLERATE_NO_CLIENT_AUTH);
	tap_ok(open_server("unit.test", &e) == TLS_OPEN,
	    "a certificate that is only requested: %s", e.line);
	tap_ok(tls_unmet_demand(&tls) == TLS_CERTIFICATE, "it is noticed");
	tap_ok(stream_write(tls_stream(&tls), "ping", 4, d, &e) == 0,
	    "the connection works");
	tap_ok(server.got_length == 4, "the server got the request");
	server_start(SIZE_MAX, SIZE_MAX, CUT);
	server_demand_certificate(0);
	tap_ok(
	    open_server("unit.test", &e) < 0, "a certificate that is required");
	tap_ok(strstr(e.line, "; before that, the server requested a client "
			      "certificate") != NULL,
	    "the error says so: %s", e.line);
	tap_part(e.hint, "client cert", "its hint, too");
}

/* RFC 6066, 3: the server name has no dot at its end. */
static void
test_absolute_name(void)
{
	struct error e;

	server_start(SIZE_MAX, SIZE_MAX, CUT);
	tap_ok(open_server("unit.test.", &e) == TLS_OPEN,
	    "a dot at the end of the name: %s", e.line);
	tap_text(br_ssl_engine_get_server_name(&server.context.eng),
	    "unit.test", "the server got the name without it");
}

static void
test_renegotiation(void)
{
	struct deadline d = deadline_after(10000);
	struct error e;
	char bytes[16];

	server_start(SIZE_MAX, SIZE_MAX, CLOSE_NOTIFY);
	tap_ok(open_server("unit.test", &e) == TLS_OPEN, "a connection");
	tap_ok(br_ssl_engine_renegotiate(&server.context.eng) == 1,
	    "the server asks to renegotiate");
	tap_ok(stream_read(tls_stream(&tls), bytes, sizeof(bytes), d, &e) <= 0,
	    "the server refuses to go on");
	tap_ok(server_alert() == 100, "its alert: %d", server_alert());
	tap_ok(tls_unmet_demand(&tls) == TLS_RENEGOTIATION, "it is noticed");
}

/* A close is an alert as well. */
static void
test_close_is_no_demand(void)
{
	struct error e;

	server_start(SIZE_MAX, SIZE_MAX, CLOSE_NOTIFY);
	tap_ok(open_server("unit.test", &e) == TLS_OPEN, "a connection");
	stream_close(tls_stream(&tls));
	tap_ok(tls_unmet_demand(&tls) == TLS_NOTHING, "its close");
}

static const struct {
	const char *input;
	size_t length;
	int read_fails;
	enum tls_result result;
	enum error_kind kind;
	const char *line;
} strangers[] = {
    {"", 0, 0, TLS_ENDED, ERROR_TLS, "during the TLS handshake"},
    {"", 0, 1, TLS_BROKEN, ERROR_CONNECT, "connection reset"},
    {"HTTP/1.1 400 Bad Request\r\n\r\n", 28, 0, TLS_REFUSED, ERROR_TLS,
	"plain HTTP"},
    {"SSH-2.0-OpenSSH_9.2\r\n", 21, 0, TLS_REFUSED, ERROR_TLS,
	"does not speak TLS"},
    {"\0\0\0\0\0\0\0\0", 8, 0, TLS_REFUSED, ERROR_TLS, "does not speak TLS"},
    {"\x15\x03\x03\x00\x02\x02\x28", 7, 0, TLS_REFUSED, ERROR_TLS, "alert 40"},
    {"\x15\x03\x01\x00\x02\x02\x46", 7, 0, TLS_REFUSED, ERROR_TLS,
	"protocol version"},
    {"\x15\x03\x03\x00\x02\x01\x00", 7, 0, TLS_ENDED, ERROR_TLS, "handshake"},
    {"\x15\x03\x03\x00\x02\x02", 6, 0, TLS_ENDED, ERROR_TLS,
	"ended the connection"},
    {"\x16\x03\x03\xff\xff\x02", 6, 0, TLS_REFUSED, ERROR_TLS, "TLS: "},
    {"\x16\x03\x03\x00\x04\x0e\x00\x00\x00", 9, 0, TLS_REFUSED, ERROR_TLS,
	"TLS: "},
    {"\x17\x03\x03\x00\x01x", 6, 0, TLS_REFUSED, ERROR_TLS, "TLS: "},
};

static void
test_strangers(void)
{
	struct error e;
	size_t i, row;

	for (i = 0; i < 2 * COUNT(strangers); i++) {
		row = i / 2;
		error_clear(&e);
		memory_open(
		    &memory, strangers[row].input, strangers[row].length);
		memory.read_fails = strangers[row].read_fails;
		memory.step = i % 2;
		tap_number(tls_open(&tls, &memory.stream, &unit,
			       deadline_after(10000), &e),
		    strangers[row].result, "stranger %zu", i);
		tap_number(e.kind, strangers[row].kind, "its kind");
		tap_part(e.line, strangers[row].line, "its line: %s", e.line);
		tap_ok(memory.output_length > 100, "it got our greeting");
		tap_number(memory.closed, 0, "the stream is not closed");
	}
}

static void
test_failing_write(void)
{
	struct error e;

	error_clear(&e);
	memory_open(&memory, "", 0);
	memory.fail_write_after = 10;
	tap_number(
	    tls_open(&tls, &memory.stream, &unit, deadline_after(10000), &e),
	    TLS_BROKEN, "a write that fails: %s", e.line);
	tap_number(e.kind, ERROR_CONNECT, "the kind of the stream below stays");
}

int
main(void)
{
	char path[] = "/tmp/tls_test.XXXXXX";
	struct error e;
	int fd = mkstemp(path);

	error_clear(&e);
	if (fd < 0 ||
	    write(fd, certificate_pem, sizeof(certificate_pem) - 1) < 0 ||
	    close(fd) < 0 ||
	    roots_use_file(&roots, path, deadline_after(1000), &e) < 0)
		return 1;
	test_exchange(SIZE_MAX);
	test_exchange(1);
	test_idle();
	test_cut();
	test_weak_keys();
	test_close_early();
	test_end_anywhere();
	test_strangers();
	test_failing_write();
	test_request_that_failed(4);
	test_request_that_failed(8000);
	test_altered_finished();
	test_altered_response();
	test_certificate_request();
	test_absolute_name();
	test_renegotiation();
	test_close_is_no_demand();
	test_refusals();
	unlink(path);
	return tap_done();
}
