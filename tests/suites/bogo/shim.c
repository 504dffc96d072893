/* shim.c - the client of src/tls as BoGo's runner drives it
 * (ssl/test/PORTING.md in BoringSSL's sources): it connects to the runner,
 * performs a handshake by tls_open(), as the product does, and sends back what
 * it reads with every bit changed.
 *
 * shim -port N OPTION... Options that change nothing for this client are
 * ignored. One that is not known ends it with status 89, and the test counts as
 * one that does not apply. -older is our own: TLS 1.2, as after
 * TLS_OLDER.
 *
 * Two modules have a stand-in here: x509/chain, since the runner's certificates
 * have expired and name no host, and os/log, of which the runner wants to see
 * one line if the shim failed, and nothing otherwise. */
#include <bearssl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "net/address.h"
#include "net/tcp.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "os/stream.h"
#include "tls/client_hello.h"
#include "tls/tls.h"
#include "x509/certificate.h"
#include "x509/chain.h"

/* An address is not sent as a name. */
#define HOST "127.0.0.1"
#define MILLISECONDS 5000
#define DRAIN_MILLISECONDS 2000
#define READ_SIZE_MAX 65536

enum status {
	DONE = 0,
	FAILED = 1,
	DOES_NOT_APPLY = 89,
	BROKEN = 90 /* a failure that no test expects */
};

/* What the options ask for. */
struct request {
	long port, min_version, max_version, version, cipher, group, scheme;
	long read_size;
	const char *host;
	bool is_older, no_tls12, no_tls13;
	bool writes_first, shuts_down, changes_sizes;
	bool expects_retry, expects_no_retry, checks_close;
};

static bool refuses_chain, has_callback;
static char alert_line[128];

/* The stand-in for os/log. */

void
log_set_level(enum log_level level)
{
	(void)level;
}

enum log_level
log_get_level(void)
{
	return LOG_NORMAL;
}

void
log_trace(const char *format, ...)
{
	va_list arguments;

	if (strncmp(format, "sent TLS alert", 14) != 0)
		return;
	va_start(arguments, format);
	(void)vsnprintf(alert_line, sizeof(alert_line), format, arguments);
	va_end(arguments);
}

int64_t
log_phase(const char *phase, int64_t began)
{
	(void)phase;
	return began;
}

/* The stand-in for x509/chain: the server's certificate has to be one that the
 * product can read, and is trusted. */

static struct chain *
chain_of(const br_x509_class *const *class)
{
	return (struct chain *)class; /* it is the first member */
}

static void
start_chain(const br_x509_class **class, const char *name)
{
	(void)name;
	chain_of(class)->count = 0;
	chain_of(class)->used = 0;
}

static void
start_certificate(const br_x509_class **class, uint32_t length)
{
	(void)class;
	(void)length;
}

/* Keeps the first certificate. */
static void
append(const br_x509_class **class, const unsigned char *bytes, size_t length)
{
	struct chain *chain = chain_of(class);

	if (chain->count > 0 || length > CHAIN_BYTES - chain->used)
		return;
	memcpy(chain->bytes + chain->used, bytes, length);
	chain->used += length;
}

static void
end_certificate(const br_x509_class **class)
{
	chain_of(class)->count++;
}

static unsigned
end_chain(const br_x509_class **class)
{
	struct chain *chain = chain_of(class);
	const char *why = "it is not of version 3";

	if (chain->count == 0) {
		error_set(chain->error, ERROR_TLS, "no certificate was sent");
		return BR_ERR_X509_EMPTY_CHAIN;
	}
	if (certificate_read(&chain->certificates[0],
		span_of(chain->bytes, chain->used), &why) < 0 ||
	    chain->certificates[0].is_v1) {
		error_set(chain->error, ERROR_TLS,
		    "the certificate is refused: %s", why);
		return BR_ERR_X509_INVALID_VALUE;
	}
	if (refuses_chain) {
		error_set(chain->error, ERROR_TLS, "the chain is refused");
		/* For the alerts that the runner's two callbacks send. */
		return has_callback ? BR_ERR_X509_NOT_CA
				    : BR_ERR_LIMIT_EXCEEDED;
	}
	return 0;
}

static const br_x509_pkey *
leaf_key(const br_x509_class *const *class, unsigned *usages)
{
	const struct certificate *leaf = &chain_of(class)->certificates[0];

	if (usages != NULL) {
		*usages = 0;
		if (!leaf->has_key_usage ||
		    (leaf->key_usage & CERTIFICATE_USE_SIGN))
			*usages |= BR_KEYTYPE_SIGN;
		if (!leaf->has_key_usage ||
		    (leaf->key_usage & CERTIFICATE_USE_ENCIPHER))
			*usages |= BR_KEYTYPE_KEYX;
	}
	return &leaf->key;
}

void
chain_init(
    struct chain *chain, const struct chain_terms *terms, struct error *e)
{
	static const br_x509_class class = {sizeof(struct chain), start_chain,
	    start_certificate, append, end_certificate, end_chain, leaf_key};

	memset(chain, 0, sizeof(*chain));
	chain->class = &class;
	chain->terms = *terms;
	chain->error = e;
	budget_init(&chain->budget, terms->deadline);
	signature_init(&chain->verifier, &chain->budget);
}

/* Options. */

static struct request request = {.host = HOST};

static bool
is_group(long value)
{
	return value > 0 && client_hello_key_length((unsigned)value) > 0;
}

/* Those that BearSSL offers in TLS 1.2 and those that a server of TLS 1.3 may
 * sign with. */
static bool
is_scheme(long value)
{
	static const long schemes[] = {0x0401, 0x0403, 0x0501, 0x0503, 0x0601,
	    0x0603, 0x0804, 0x0805, 0x0806};
	size_t i;

	for (i = 0; i < COUNT(schemes); i++) {
		if (schemes[i] == value)
			return true;
	}
	return false;
}

/* What is done with an option: a flag is set, or a value is kept, or it has to
 * be one that is offered. */
static const struct option {
	const char *name;
	bool *flag;
	long *number;
	const char **text;
	bool (*is_offered)(long value);
} options[] = {
    {"-port", .number = &request.port},
    {"-older", .flag = &request.is_older},
    {"-host-name", .text = &request.host},
    {"-min-version", .number = &request.min_version},
    {"-max-version", .number = &request.max_version},
    {"-no-tls13", .flag = &request.no_tls13},
    {"-no-tls12", .flag = &request.no_tls12},
    {"-verify-fail", .flag = &refuses_chain},
    {"-use-custom-verify-callback", .flag = &has_callback},
    {"-shim-writes-first", .flag = &request.writes_first},
    {"-shim-shuts-down", .flag = &request.shuts_down},
    {"-check-close-notify", .flag = &request.checks_close},
    {"-write-different-record-sizes", .flag = &request.changes_sizes},
    {"-curves", .is_offered = is_group},
    {"-verify-prefs", .is_offered = is_scheme},
    {"-read-size", .number = &request.read_size},
    {"-expect-version", .number = &request.version},
    {"-expect-cipher", .number = &request.cipher},
    {"-expect-curve-id", .number = &request.group},
    {"-expect-peer-signature-algorithm", .number = &request.scheme},
    {"-expect-hrr", .flag = &request.expects_retry},
    {"-expect-no-hrr", .flag = &request.expects_no_retry},
};

/* What makes no difference: versions that are not offered, certificates are
 * always checked, ways to call the library, and what is never done. */
static const char *const without_effect[] = {
    "-no-tls11",
    "-no-tls1",
    "-verify-peer",
    "-async",
    "-implicit-handshake",
    "-partial-write",
    "-no-op-extra-handshake",
    "-handshake-twice",
    "-peek-then-read",
    "-use-old-client-cert-callback",
    "-no-ticket",
    "-expect-no-session",
    "-expect-no-session-id",
    "-renegotiate-ignore",
    "-forbid-renegotiation-after-handshake",
};

static bool
is_without_effect(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(without_effect); i++) {
		if (strcmp(without_effect[i], name) == 0)
			return true;
	}
	return false;
}

static const struct option *
find_option(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(options); i++) {
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}

/* Takes the value of an option. Returns whether the product can do that. */
static bool
take_value(const struct option *option, const char *value)
{
	long number;

	if (value == NULL)
		return false;
	if (option->text != NULL) {
		*option->text = value;
		return true;
	}
	number = strtol(value, NULL, 10);
	if (option->number != NULL)
		*option->number = number;
	return option->is_offered == NULL || option->is_offered(number);
}

/* Returns whether all options are known. */
static bool
read_options(char **arguments)
{
	const struct option *option;

	for (; *arguments != NULL; arguments++) {
		if (is_without_effect(*arguments))
			continue;
		option = find_option(*arguments);
		if (option == NULL) {
			(void)fprintf(stderr, "unknown: %s\n", *arguments);
			return false;
		}
		if (option->flag != NULL) {
			*option->flag = true;
		} else if (!take_value(option, *++arguments)) {
			return false;
		}
	}
	return true;
}

/* Sets which version to speak. Returns false if it is one that the product does
 * not. */
static bool
choose(enum tls_choice *choice)
{
	bool old = !request.no_tls12 && request.min_version <= 0x0303;
	bool new = !request.no_tls13 &&
		   (request.max_version == 0 || request.max_version > 0x0303);

	if (request.max_version != 0 && request.max_version < 0x0303)
		old = false;
	*choice = !old               ? TLS_ONLY_1_3
		  : !new             ? TLS_ONLY_1_2
		  : request.is_older ? TLS_FALLBACK_1_2
				     : TLS_NEWEST;
	return old || new;
}

/* The connection. */

static struct tls tls;
static struct roots roots;

static bool
is_old(void)
{
	return tls.choice == TLS_ONLY_1_2 || tls.choice == TLS_FALLBACK_1_2;
}

/* Reports a value that is not the expected one. 0 stands for any. */
static int
expect(const char *what, long expected, long found, struct error *e)
{
	if (expected == 0 || expected == found)
		return 0;
	return error_set(
	    e, ERROR_TLS, "%s is %lx, not %lx", what, found, expected);
}

/* BearSSL does not keep which scheme a server of TLS 1.2 signed with. */
static int
check_terms(struct error *e)
{
	const struct handshake *new = &tls.version.tls13.endpoint.handshake;
	const br_ssl_engine_context *old = &tls.version.tls12.client.eng;

	if (is_old()) {
		if (expect("the version", request.version, 0x0303, e) < 0 ||
		    expect("the group", request.group, old->ecdhe_curve, e) <
			0 ||
		    expect("the suite", request.cipher,
			old->session.cipher_suite, e) < 0)
			return -1;
		return 0;
	}
	if (request.expects_retry != new->is_retried &&
	    (request.expects_retry || request.expects_no_retry))
		return error_set(e, ERROR_TLS, "HelloRetryRequest");
	if (expect("the version", request.version, 0x0304, e) < 0 ||
	    expect("the group", request.group, new->group, e) < 0 ||
	    expect("the suite", request.cipher, new->suite->id, e) < 0 ||
	    expect("the scheme", request.scheme, new->scheme, e) < 0)
		return -1;
	return 0;
}

/* The records that the runner wants to see of each size. */
static int
write_sizes(struct stream *stream, struct deadline d, struct error *e)
{
	static const size_t sizes[] = {
	    0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769};
	static unsigned char bytes[32769];
	size_t i;

	memset(bytes, 0x42, sizeof(bytes));
	for (i = 0; i < COUNT(sizes); i++) {
		if (stream_write(stream, bytes, sizes[i], d, e) < 0)
			return -1;
	}
	return 0;
}

/* Sends back what it reads, until the server ends it. */
static int
echo(struct stream *stream, struct deadline d, struct error *e)
{
	static unsigned char bytes[READ_SIZE_MAX];
	size_t size = request.read_size > 0 ? (size_t)request.read_size : 512;
	ssize_t n, i;

	if (size > sizeof(bytes))
		size = sizeof(bytes);
	for (;;) {
		n = stream_read(stream, bytes, size, d, e);
		if (n <= 0)
			return (int)n;
		for (i = 0; i < n; i++)
			bytes[i] ^= 0xff;
		if (stream_write(stream, bytes, (size_t)n, d, e) < 0)
			return -1;
	}
}

static int
exchange(struct deadline d, struct error *e)
{
	struct stream *stream = tls_stream(&tls);

	if (check_terms(e) < 0)
		return -1;
	if (request.changes_sizes)
		return write_sizes(stream, d, e);
	if (request.writes_first && stream_write(stream, "hello", 5, d, e) < 0)
		return -1;
	return request.shuts_down ? 0 : echo(stream, d, e);
}

static int
dial(struct tcp *tcp, struct deadline d, struct error *e)
{
	struct addresses addresses = {0};

	if (address_read(&addresses.list[0], "::1", (uint16_t)request.port) <
		0 ||
	    address_read(
		&addresses.list[1], "127.0.0.1", (uint16_t)request.port) < 0)
		return error_set(e, ERROR_LOCAL, "no address");
	addresses.count = 2;
	return tcp_dial(tcp, "the runner", &addresses, d, e);
}

static enum status
report(struct deadline d, const struct error *e)
{
	(void)fprintf(stderr, "%s\n%s\n", e->line, alert_line);
	return deadline_passed(d) ? BROKEN : FAILED;
}

/* Waits for the runner to have read the alert: to close with bytes unread would
 * be a reset, in which it may be lost. */
static void
drain(struct tcp *tcp, struct deadline d)
{
	unsigned char bytes[4096];
	struct error ignored;

	error_clear(&ignored);
	d = deadline_sooner(d, deadline_after(DRAIN_MILLISECONDS));
	if (shutdown(tcp->fd, SHUT_WR) < 0)
		return;
	while (
	    stream_read(&tcp->stream, bytes, sizeof(bytes), d, &ignored) > 0) {
	}
}

static enum status
run(enum tls_choice choice)
{
	const struct tls_peer peer = {request.host, &roots, choice};
	struct deadline d = deadline_after(MILLISECONDS);
	enum tls_result result;
	struct tcp tcp;
	struct error e;
	int done;

	error_clear(&e);
	if (clock_check(&e) < 0 || dial(&tcp, d, &e) < 0)
		return report(d, &e);
	result = tls_open(&tls, &tcp.stream, &peer, d, &e);
	if (result == TLS_OLDER) {
		(void)fputs("TLS 1.2 is for the second round\n", stderr);
		return BROKEN;
	}
	done = result < 0 ? -1 : exchange(d, &e);
	if (done < 0) {
		drain(&tcp, d);
	} else {
		stream_close(tls_stream(&tls));
	}
	stream_close(&tcp.stream);
	tls_wipe(&tls);
	return done < 0 ? report(d, &e) : DONE;
}

int
main(int argc, char **argv)
{
	enum tls_choice choice;
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-is-handshaker-supported") == 0) {
			puts("No");
			return DONE;
		}
	}
	process_harden();
	if (!read_options(argv + 1) || !choose(&choice) ||
	    (request.shuts_down && request.checks_close))
		return DOES_NOT_APPLY;
	return run(choice);
}
