/* tls_error_test.c - no code and no alert is without words. */
#include "net/tls_error.h"

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
		tap_ok(tls_error_code(code, &e) < 0 && e.kind == ERROR_TLS &&
			   strncmp(e.line, "TLS: ", 5) == 0,
		    "code %d: %s", code, e.line);
	}
}

static void
test_alerts(void)
{
	static const int alerts[] = {0, 10, 20, 22, 30, 40, 42, 43, 44, 45, 46,
	    47, 48, 49, 50, 51, 70, 71, 80, 90, 100, 110, 112, 116, 120};
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(alerts); i++) {
		error_clear(&e);
		tap_ok(tls_error_code(BR_ERR_RECV_FATAL_ALERT + alerts[i], &e) <
			       0 &&
			   strchr(e.line, '(') != NULL &&
			   strstr(e.line, "(unknown)") == NULL,
		    "%s", e.line);
	}
}

static const struct {
	int code;
	const char *line, *hint;
} explained[] = {
    {BR_ERR_RECV_FATAL_ALERT + 40,
	"the server sent TLS alert 40 (handshake failure)",
	"the server may demand a client certificate, or not offer TLS 1.2 with "
	"ECDHE and AES-GCM or ChaCha20-Poly1305"},
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
		tap_ok(strcmp(e.line, explained[i].line) == 0, "%s", e.line);
		tap_ok(e.hint == NULL
			   ? explained[i].hint == NULL
			   : explained[i].hint != NULL &&
				 strcmp(e.hint, explained[i].hint) == 0,
		    "its hint: %s", e.hint != NULL ? e.hint : "none");
	}
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

int
main(void)
{
	test_codes();
	test_alerts();
	test_lines();
	test_greeting();
	return tap_done();
}
