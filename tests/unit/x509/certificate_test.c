/* certificate_test.c - certificates that are read, certificates that are
 * refused with their reason, and damaged ones. */
#include "x509/certificate.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"
#include "x509/compose.h"
#include "x509/identity.h"

#define OCTETS(text)                                            \
	{                                                       \
		(const unsigned char *)(text), sizeof(text) - 1 \
	}
#define POLICY(n, octets) \
	.extra = n, .extra_is_critical = true, .extra_value = OCTETS(octets)

static const struct {
	struct recipe recipe;
	const char *refused; /* a piece of the reason, or NULL */
} readings[] = {
    {{.names = "DNS:a.example"}, NULL},
    {{.rsa_bytes = 256, .rsa_top = 0x80}, NULL},
    {{.rsa_bytes = 512, .rsa_top = 0xff}, NULL},
    {{.rsa_bytes = 128, .rsa_top = 0x80}, "shorter than 2048"},
    {{.rsa_bytes = 256, .rsa_top = 0x7f}, "shorter than 2048"},
    {{.rsa_bytes = 257, .rsa_top = 0x01}, "multiple of 8"},
    {{.rsa_bytes = 513, .rsa_top = 0x80}, "longer than 4096"},
    {{.is_v1 = true}, NULL},
    {{.is_v1 = true, .names = "DNS:a"}, "extensions"},
    {{.extra = 99}, NULL},
    {{.extra = 99, .extra_is_critical = true},
	"it has an unknown critical extension, 2.5.29.99"},
    {{.extra = 99, .extra_is_twice = true}, "twice"},
    {{.extra = 36}, "policy constraints are malformed"},
    {{.extra = 54}, "inhibitAnyPolicy is malformed"},
    {{POLICY(32, "\x30\x06\x30\x04\x06\x02\x2a\x03")}, NULL},
    {{POLICY(33, "\x30\x0a\x30\x08\x06\x02\x2a\x03\x06\x02\x2a\x04")}, NULL},
    {{POLICY(54, "\x02\x01\x00")}, NULL},
    {{POLICY(36, "\x30\x03\x81\x01\x00")}, NULL},
    {{POLICY(54, "\x02\x01\x80")}, "inhibitAnyPolicy is malformed"},
    {{POLICY(54, "\x02\x01\x00\x05\x00")}, "inhibitAnyPolicy is malformed"},
    {{POLICY(36, "\x30\x03\x80\x01\x00")}, NULL},
    {{POLICY(36, "\x30\x06\x80\x01\x00\x81\x01\x00")}, NULL},
    {{POLICY(36, "\x30\x06\x81\x01\x00\x80\x01\x00")},
	"policy constraints are malformed"},
    {{POLICY(36, "\x30\x03\x80\x01\x80")}, "policy constraints are malformed"},
    {{POLICY(36, "\x30\x02\x80\x00")}, "policy constraints are malformed"},
    {{POLICY(36, "\x30\x03\x82\x01\x00")}, "policy constraints are malformed"},
    {{POLICY(36, "\x30\x00")}, "policy constraints are malformed"},
    {{.basic = OCTETS("\x01\x01\x00")}, NULL},
    {{.basic = OCTETS("")}, NULL},
    {{.basic = OCTETS("\x01\x01\x01")}, "basic constraints are malformed"},
    {{.basic = OCTETS("\x01\x00")}, "basic constraints are malformed"},
    {{.basic = OCTETS("\x01\x01\x00\x01\x01\x00")},
	"basic constraints are malformed"},
    {{.is_ca = true, .basic = OCTETS("\x02\x02\x01\x00")}, NULL},
    {{.is_ca = true, .basic = OCTETS("\x02\x00")},
	"basic constraints are malformed"},
    {{.issuer = ""}, "issuer has no name"},
    {{.subject = ""}, NULL},
    {{.subject = "", .is_ca = true}, "CA without a name"},
    {{.is_ca = true, .depth = "\x7f"}, NULL},
    {{.is_ca = true, .depth = "\x80"}, "constraints are malformed"},
    {{.key_usage = "\x07\x80"}, NULL},
    {{.key_usage = "\x08\x80"}, "key usage is malformed"},
    {{POLICY(15, "\x04\x02\x07\x80")}, "key usage is malformed"},
    {{POLICY(15, "\x03\x01\x00")}, "key usage is malformed"},
    {{POLICY(15, "\x03\x04\x00\x80\x00\x00")}, "key usage is malformed"},
    {{.key_usage = "\x02\x04"},
	"may sign certificates, but no basicConstraints"},
    {{.is_ca = true, .key_usage = "\x02\x04"}, NULL},
    {{.names = ""}, "subjectAltName is malformed"},
    {{.purposes = {(const unsigned char *)"", 0}},
	"extended key usage is malformed"},
    {{.permitted = "DNS:a"}, "constrains names but"},
    {{.excluded = "DNS:a"}, "constrains names but"},
    {{.is_ca = true, .permitted = "DNS:a"}, NULL},
    {{.is_ca = true, .permitted = "DNS:a", .excluded = "DNS:b.a"}, NULL},
    {{.is_ca = true, POLICY(30, "\x30\x00")}, "name constraints are malformed"},
    {{.is_ca = true, POLICY(30, "\x30\x02\x05\x00")},
	"name constraints are malformed"},
    {{.is_ca = true, POLICY(30, "\x30\x08\xa0\x04\x30\x02\x82\x00\x05\x00")},
	"name constraints are malformed"},
    {{.is_ca = true, POLICY(30, "\x30\x02\xa1\x00")},
	"name constraints are malformed"},
    {{.is_ca = true, .permitted = ""}, "name constraints are malformed"},
    {{.from = "20200101000000Z"}, "dates"}, /* not a UTCTime */
    {{.from = "200101000000"}, "dates"},
    {{.from = "200101000060Z"}, "dates"},
    {{.from = "201301000000Z"}, "dates"},
    {{.from = "200001000000Z"}, "dates"},
    {{.until = "2001010000+1Z"}, "dates"},
};

static void
test_readings(void)
{
	const char *refused, *why;
	struct certificate c;
	struct der d;
	size_t i;
	int status;

	for (i = 0; i < COUNT(readings); i++) {
		why = "accepted";
		refused = readings[i].refused;
		status = certificate_read(
		    &c, compose(&d, &readings[i].recipe), &why);
		tap_number(status, refused == NULL ? 0 : -1,
		    "reading %zu: the result", i);
		tap_part(why, refused == NULL ? "accepted" : refused,
		    "reading %zu: %s", i, why);
	}
}

static void
test_fields(void)
{
	static const struct recipe recipe = {.subject = "CA",
	    .issuer = "Root",
	    .from = "261123150000Z",
	    .until = "261124150000Z",
	    .is_ca = true,
	    .depth = "\x03",
	    .key_usage = "\x01\x06"};
	static const struct recipe v1 = {.is_v1 = true};
	struct certificate c;
	const char *why;
	struct der d;

	tap_ok(certificate_read(&c, compose(&d, &recipe), &why) == 0,
	    "a CA's certificate is read");
	tap_number(c.not_before, 1795446000, "its first date");
	tap_number(c.not_after, 1795532400, "its last date");
	tap_ok(c.is_ca, "it is a CA");
	tap_number(c.path_length, 3, "its path length");
	tap_ok(c.has_key_usage, "it has a key usage");
	tap_number(c.key_usage, 6, "its key usage");
	tap_ok(!c.is_v1, "it is not of version 1");
	tap_ok(!certificate_is_self_issued(&c), "it has another issuer");
	tap_ok(c.names.bytes == NULL, "names that it lacks are absent");
	tap_ok(c.purposes.bytes == NULL, "purposes that it lacks are absent");
	tap_ok(c.permitted.bytes == NULL,
	    "permitted names that it lacks are absent");
	tap_ok(c.excluded.bytes == NULL,
	    "excluded names that it lacks are absent");
	tap_ok(certificate_read(&c, compose(&d, &v1), &why) == 0,
	    "a certificate of version 1 is read");
	tap_ok(c.is_v1, "version 1: the version");
	tap_ok(!c.is_ca, "version 1: it does not say that it is a CA");
	tap_number(c.path_length, -1, "version 1: no path length");
	tap_ok(!c.has_key_usage, "version 1: no key usage");
	tap_ok(certificate_is_self_issued(&c), "version 1: self-issued");
}

/* What is known of a certificate that is refused. */
static void
test_refused(void)
{
	static const struct recipe weak = {
	    .subject = "CA", .rsa_bytes = 128, .rsa_top = 0x80};
	struct certificate c;
	struct name_id id;
	const char *why;
	struct der d;

	tap_ok(certificate_read(&c, compose(&d, &weak), &why) < 0,
	    "a weak key is refused");
	name_identify(c.subject, &id);
	tap_ok(c.subject.bytes != NULL, "but it has a name");
	tap_ok(name_same(&id, &c.subject_id), "and the name is known");
	tap_ok(certificate_read(&c, span_of(d.bytes, 20), &why) < 0,
	    "a certificate that is cut is refused");
	tap_ok(c.subject.bytes == NULL, "and it has no name");
}

static void
test_dates(void)
{
	static const struct recipe recipe = {
	    .from = "261123150000Z", .until = "261124150000Z"};
	static const struct {
		int64_t now;
		const char *why; /* or NULL */
	} days[] = {
	    {1795445999, "it is not valid yet: it is valid from 2026-11-23 to "
			 "2026-11-24, and today is 2026-11-23"},
	    {1795446000, NULL},
	    {1795532400, NULL},
	    {1795532401, "it has expired: it is valid from 2026-11-23 to "
			 "2026-11-24, and today is 2026-11-24"},
	};
	char text[CERTIFICATE_REASON_SIZE];
	struct certificate c;
	const char *why;
	struct der d;
	size_t i;

	tap_ok(certificate_read(&c, compose(&d, &recipe), &why) == 0,
	    "a certificate for a day");
	for (i = 0; i < COUNT(days); i++) {
		strcpy(text, "it is valid");
		tap_ok(certificate_is_current(&c, days[i].now, text) ==
			   (days[i].why == NULL),
		    "second %lld", (long long)days[i].now);
		tap_ok(days[i].why == NULL || strcmp(text, days[i].why) == 0,
		    "%s", text);
	}
}

/* Uses what was read, which must lie within the bytes. */
static void
use(const struct certificate *certificate)
{
	char text[IDENTITY_NAME_SIZE];
	struct budget budget;

	identity_matches(certificate, "b.example");
	budget_init(&budget, deadline_after(60000));
	(void)identity_permits(certificate, certificate, &budget);
	identity_may_serve(certificate, true);
	identity_subject(certificate, text);
	identity_list_names(certificate, text);
}

/* Every prefix, and every bit changed, in memory that ends where the
 * certificate does: the sanitizer sees a read past the end. */
static void
test_damage(void)
{
	static const struct recipe recipe = {.names = "DNS:a.example,IP:::1",
	    .is_ca = true,
	    .permitted = "DNS:example,NET:127.0.0.0/255.0.0.0"};
	unsigned char *copy;
	struct certificate c;
	struct der d;
	const char *why;
	size_t accepted = 0, i;

	compose(&d, &recipe);
	for (i = 0; i < d.length; i++) {
		copy = malloc(i + 1);
		memcpy(copy + 1, d.bytes, i);
		if (certificate_read(&c, span_of(copy + 1, i), &why) == 0)
			accepted++;
		free(copy);
	}
	tap_ok(accepted == 0, "every prefix of a certificate is refused");
	d.bytes[d.length] = 0;
	tap_ok(certificate_read(&c, span_of(d.bytes, d.length + 1), &why) < 0,
	    "a byte after the certificate is refused");
	copy = malloc(d.length);
	for (i = 0; i < d.length * 8; i++) {
		memcpy(copy, d.bytes, d.length);
		copy[i / 8] ^= (unsigned char)(1u << i % 8);
		if (certificate_read(&c, span_of(copy, d.length), &why) == 0)
			use(&c);
	}
	free(copy);
	tap_ok(true, "no flipped bit reads out of bounds");
}

int
main(void)
{
	test_readings();
	test_fields();
	test_refused();
	test_dates();
	test_damage();
	return tap_done();
}
