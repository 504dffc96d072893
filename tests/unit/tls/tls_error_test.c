/* tls_error_test.c - no code and no alert is without words. */
#include "tls/tls_error.h"

#include <bearssl.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

/* Every code of bearssl_ssl.h has a meaning; 11 and 30 are not assigned. Of the
 * X.509 codes only those that x509/chain or the engine set reach us. */
static void
test_codes(void)
{
	struct error e;
	int code;

	for (code = 1; code <= BR_ERR_X509_NOT_TRUSTED; code++) {
		if (code == 11 || code == 30 ||
		    (code >= BR_ERR_X509_OK && code != BR_ERR_X509_NOT_TRUSTED))
			continue;
		error_clear(&e);
		tap_ok(tls_error_code(code, &e) < 0, "code %d fails", code);
		tap_number(e.kind, ERROR_TLS, "code %d: the kind", code);
		tap_ok(strncmp(e.line, "TLS: ", 5) == 0, "code %d: %s", code,
		    e.line);
	}
}

static void
test_alerts(void)
{
	static const int alerts[] = {0, 10, 20, 22, 30, 40, 41, 42, 43, 44, 45,
	    46, 47, 48, 49, 50, 51, 70, 71, 80, 90, 100, 110, 112, 116, 120};
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(alerts); i++) {
		error_clear(&e);
		tap_ok(
		    tls_error_code(BR_ERR_RECV_FATAL_ALERT + alerts[i], &e) < 0,
		    "alert %d fails", alerts[i]);
		tap_part(e.line, "(", "%s has a name", e.line);
		tap_ok(
		    strstr(e.line, "(unknown)") == NULL, "%s is known", e.line);
	}
}

static const struct {
	int code;
	const char *line, *hint;
} explained[] = {
    {BR_ERR_RECV_FATAL_ALERT + 40,
	"the server sent TLS alert 40 (handshake failure)",
	"the server may not offer TLS 1.3 or 1.2 with ECDHE (X25519, P-256 or "
	"P-384) "
	"and AES-GCM or ChaCha20-Poly1305, may have only a key that is not "
	"supported (RSA-PSS, Ed25519, P-521), or may require the extended "
	"master secret (RFC 7627)"},
    {BR_ERR_RECV_FATAL_ALERT + 71,
	"the server sent TLS alert 71 (insufficient security)",
	"the server may require stronger algorithms than TLS 1.3 or 1.2 with "
	"ECDHE "
	"(X25519, P-256 or P-384) and AES-GCM or ChaCha20-Poly1305, or may "
	"require the extended master "
	"secret (RFC 7627)"},
    {BR_ERR_RECV_FATAL_ALERT + 70,
	"the server sent TLS alert 70 (protocol version)",
	"TLS 1.3 or 1.2 with ECDHE (X25519, P-256 or P-384) and AES-GCM or "
	"ChaCha20-Poly1305 is needed; the server may accept older versions "
	"only"},
    {BR_ERR_RECV_FATAL_ALERT + 250, "the server sent TLS alert 250 (unknown)",
	NULL},
    {BR_ERR_SEND_FATAL_ALERT + 42,
	"the connection was ended with our TLS alert 42", NULL},
    {BR_ERR_BAD_MAC, "TLS: a record of the server was altered in transit",
	"a proxy or a broken server may have garbled the connection"},
    {200, "TLS error 200", NULL},
};

static void
test_lines(void)
{
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(explained); i++) {
		error_clear(&e);
		(void)tls_error_code(explained[i].code, &e);
		tap_text(e.line, explained[i].line, "%s", e.line);
		if (explained[i].hint == NULL)
			tap_ok(e.hint == NULL, "it has no hint");
		else
			tap_text(e.hint, explained[i].hint, "its hint");
	}
}

/* No alert answers an alert. Every other code has one of RFC 5246, 7.2. */
static void
test_own_alerts(void)
{
	static const struct {
		int code, alert;
	} wanted[] = {
	    {BR_ERR_RECV_FATAL_ALERT, -1},
	    {BR_ERR_RECV_FATAL_ALERT + 48, -1},
	    {BR_ERR_SEND_FATAL_ALERT + 42, -1},
	    {BR_ERR_UNSUPPORTED_VERSION, 70},
	    {BR_ERR_BAD_MAC, 20},
	    {BR_ERR_EXTRA_EXTENSION, 110},
	    {BR_ERR_BAD_SECRENEG, 40},
	    {BR_ERR_BAD_FINISHED, 51},
	    {BR_ERR_X509_INVALID_VALUE, 42},
	    {BR_ERR_X509_UNSUPPORTED, 43},
	    {BR_ERR_X509_EXPIRED, 45},
	    {BR_ERR_X509_LIMIT_EXCEEDED, 46},
	    {BR_ERR_X509_BAD_SERVER_NAME, 42},
	    {BR_ERR_X509_FORBIDDEN_KEY_USAGE, 43},
	    {BR_ERR_X509_NOT_CA, 46},
	    {BR_ERR_X509_NOT_TRUSTED, 48},
	    {200, 80},
	};
	size_t i;

	for (i = 0; i < COUNT(wanted); i++) {
		tap_number(tls_error_alert(wanted[i].code), wanted[i].alert,
		    "code %d is sent as an alert", wanted[i].code);
	}
}

static void
test_demand(void)
{
	struct error e;

	error_clear(&e);
	(void)tls_error_code(BR_ERR_RECV_FATAL_ALERT + 40, &e);
	(void)tls_error_demand(TLS_NOTHING, true, &e);
	tap_ok(strchr(e.line, ';') == NULL, "nothing is demanded: %s", e.line);
	tap_ok(strstr(e.hint, "may") != NULL, "the hint stays");
	(void)tls_error_demand(TLS_CERTIFICATE, true, &e);
	tap_ok(strcmp(e.line,
		   "the server sent TLS alert 40 (handshake failure); before "
		   "that, the server requested a client certificate") == 0,
	    "a certificate is: %s", e.line);
	tap_ok(strncmp(e.hint, "client certificates are not", 27) == 0,
	    "the hint is replaced: %s", e.hint);
	error_clear(&e);
	(void)tls_error_greeting((const unsigned char *)"HTTP", 4, &e);
	(void)tls_error_demand(TLS_RENEGOTIATION, false, &e);
	tap_ok(
	    strstr(e.line, "; before that, the server asked to renego") != NULL,
	    "a renegotiation is: %s", e.line);
	tap_ok(e.advice == ADVICE_CHECK_URL, "the advice is kept");
}

static void
test_greeting(void)
{
	struct error e;

	error_clear(&e);
	(void)tls_error_greeting((const unsigned char *)"HTTP", 4, &e);
	tap_ok(strstr(e.line, "plain HTTP") != NULL, "%s", e.line);
	tap_ok(e.advice == ADVICE_CHECK_URL, "advises to check the URL");
	error_clear(&e);
	(void)tls_error_greeting((const unsigned char *)"HTT", 3, &e);
	tap_ok(
	    strcmp(e.line, "the server does not speak TLS on this port") == 0,
	    "%s", e.line);
}

/* RFC 8446, 6.2: these refuse a certificate, or that there is none. */
static void
test_certificate_alerts(void)
{
	static const unsigned char refusing[] = {
	    40, 41, 42, 43, 44, 45, 46, 48, 116};
	unsigned alert, i;
	bool expected;

	for (alert = 0; alert < 256; alert++) {
		expected = false;
		for (i = 0; i < sizeof(refusing); i++)
			expected |= refusing[i] == alert;
		tap_number(tls_error_is_for_certificate(alert), expected,
		    "alert %u: whether it is about a certificate", alert);
	}
}

static const struct {
	enum tls_result result;
	enum error_advice advice;
} newest[] = {
    {TLS_ENDED, ADVICE_OLD_TLS},
    {TLS_REFUSED, ADVICE_NONE},
    {TLS_BROKEN, ADVICE_NONE},
};

/* What another choice of the version might change. */
static void
test_choices(void)
{
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(newest); i++) {
		error_clear(&e);
		(void)tls_error_ended(&e);
		tls_error_newest(newest[i].result, &e);
		tap_number(e.advice, newest[i].advice,
		    "TLS 1.3 was tried first: the advice after result %d",
		    newest[i].result);
	}
	error_clear(&e);
	(void)tls_error_received(70, &e);
	tls_error_pinned(&e);
	tap_number(e.advice, ADVICE_ANY_TLS, "one version was permitted");
	tap_ok(e.hint == NULL, "the advice takes the place of the hint");
	error_clear(&e);
	(void)tls_error_received(50, &e);
	tls_error_pinned(&e);
	tap_number(e.advice, ADVICE_NONE, "another alert has its own hint");
	error_clear(&e);
	(void)tls_error_downgrade(&e);
	tap_number(e.advice, ADVICE_PIN_TLS, "a downgrade: the advice");
	tap_number(e.kind, ERROR_TLS, "a downgrade: the kind");
}

/* A server that speaks TLS 1.3 only refuses 1.2 for its version, which says
 * nothing about why it refused 1.3. */
static const struct {
	unsigned alert; /* of TLS 1.2, after handshake_failure of TLS 1.3 */
	const char *hint;
} seconds[] = {
    {70, "the server may not offer"},
    {40, "the server may not offer"},
    {86, NULL},
    {120, "the server does not offer HTTP/1.1"},
};

static void
test_both(void)
{
	struct error first, e;
	size_t i;

	error_clear(&first);
	(void)tls_error_received(40, &first);
	for (i = 0; i < COUNT(seconds); i++) {
		error_clear(&e);
		(void)tls_error_received(seconds[i].alert, &e);
		tls_error_both(&first, &e);
		tap_part(e.line, "; TLS 1.3: the server sent TLS alert 40",
		    "alert %u: both reasons", seconds[i].alert);
		if (seconds[i].hint == NULL) {
			tap_ok(e.hint == NULL, "alert %u: no hint",
			    seconds[i].alert);
		} else {
			tap_part(e.hint, seconds[i].hint, "alert %u: the hint",
			    seconds[i].alert);
		}
	}
	error_clear(&first);
	(void)tls_error_received(70, &first);
	error_clear(&e);
	(void)tls_error_received(70, &e);
	tls_error_both(&first, &e);
	tap_part(e.hint, "is needed; the server may accept older",
	    "both refused for the version: the hint");
}

/* What this side refuses. */
static void
test_faults(void)
{
	struct fault fault;
	struct error e;

	error_clear(&e);
	(void)fault_set(&fault, ALERT_DECODE_ERROR, "the server erred");
	(void)tls_error_fault(&fault, &e);
	tap_part(e.hint, "garbled", "a message that is malformed: the hint");
	error_clear(&e);
	(void)fault_set(&fault, ALERT_PROTOCOL_VERSION, "the server is old");
	(void)tls_error_fault(&fault, &e);
	tap_part(e.hint, "is needed", "a version: the hint");
	tls_error_pinned(&e);
	tap_number(e.advice, ADVICE_ANY_TLS, "that was pinned: the advice");
	error_clear(&e);
	fault.is_downgrade = true;
	(void)tls_error_fault(&fault, &e);
	tap_number(e.advice, ADVICE_PIN_TLS, "a downgrade in the first hello");
}

int
main(void)
{
	test_codes();
	test_alerts();
	test_lines();
	test_own_alerts();
	test_demand();
	test_greeting();
	test_certificate_alerts();
	test_choices();
	test_both();
	test_faults();
	return tap_done();
}
