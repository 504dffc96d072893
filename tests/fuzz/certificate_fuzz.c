/* certificate_fuzz.c - a hostile certificate: nothing is read out of bounds,
 * and every span that is handed out lies inside. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/span.h"
#include "fuzz.h"
#include "x509/certificate.h"
#include "x509/identity.h"

static void
check_span(struct span span, const unsigned char *der, size_t size)
{
	check(span.bytes == NULL
		  ? span.length == 0
		  : span.bytes >= der && span.length <= size &&
			(size_t)(span.bytes - der) <= size - span.length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *der = malloc(size > 0 ? size : 1);
	char text[IDENTITY_NAME_SIZE], date[DATE_DAY_SIZE];
	struct certificate c;
	struct budget budget;
	const char *why = NULL;

	check(der != NULL);
	if (size > 0)
		memcpy(der, data, size);
	if (certificate_read(&c, span_of(der, size), &why) < 0) {
		check(why != NULL);
		free(der);
		return 0;
	}
	check_span(c.signed_part, der, size);
	check_span(c.algorithm, der, size);
	check_span(c.signature, der, size);
	check_span(c.issuer, der, size);
	check_span(c.subject, der, size);
	check_span(c.names, der, size);
	check_span(c.permitted, der, size);
	check_span(c.excluded, der, size);
	check_span(c.purposes, der, size);
	identity_subject(&c, text);
	check(strlen(text) < sizeof(text));
	identity_list_names(&c, text);
	check(strlen(text) < sizeof(text));
	date_write_day(date, c.not_after);
	check(strlen(date) == DATE_DAY_SIZE - 1);
	/* No name without a subjectAltName. */
	check(
	    !identity_matches(&c, "api.test.example") || c.names.bytes != NULL);
	identity_matches(&c, "127.0.0.1");
	identity_may_serve(&c, true);
	budget_init(&budget, deadline_after(60000));
	(void)identity_permits(&c, &c, &budget);
	free(der);
	return 0;
}
