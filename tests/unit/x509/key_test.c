/* key_test.c - keys that are read out of composed certificates. */
#include "x509/key.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"
#include "x509/compose.h"

#define RSA .rsa_bytes = 256, .rsa_top = 0x80
#define EXPONENT(text) \
	RSA, .exponent = {(const unsigned char *)(text), sizeof(text) - 1}

static const struct {
	struct recipe recipe;
	const char *refused; /* a piece of the reason, or NULL */
} keys[] = {
    {{.key = 1}, NULL},
    {{.rsa_bytes = 256, .rsa_top = 0x80}, NULL},
    {{.rsa_bytes = 384, .rsa_top = 0x80}, NULL},
    {{.rsa_bytes = 512, .rsa_top = 0xff}, NULL},
    {{.rsa_bytes = 128, .rsa_top = 0x80}, "shorter than 2048"},
    {{.rsa_bytes = 256, .rsa_top = 0x7f}, "shorter than 2048"},
    {{.rsa_bytes = 257, .rsa_top = 0x01}, "multiple of 8"},
    {{.rsa_bytes = 513, .rsa_top = 0x80}, "longer than 4096"},
    {{EXPONENT("\x03")}, NULL},
    {{EXPONENT("\x00\xff\xff\xff\xff")}, NULL},
    {{EXPONENT("\x01")}, "exponent is 1"},
    {{EXPONENT("\x00\x01")}, "exponent is 1"},
    {{EXPONENT("\x02")}, "exponent is even"},
    {{EXPONENT("\x01\x00\x00")}, "exponent is even"},
    {{EXPONENT("\x01\x00\x00\x00\x01")}, "longer than 32 bits"},
    {{EXPONENT("\x00")}, "malformed"},
    {{EXPONENT("\xff")}, "malformed"},
};

/* Composes a SubjectPublicKeyInfo. */
static struct span
compose_key(struct der *d, const struct recipe *recipe)
{
	d->length = 0;
	put_key(d, recipe);
	return span_of(d->bytes, d->length);
}

static void
test_reading(void)
{
	const char *refused, *why;
	br_x509_pkey key;
	struct span in;
	struct der d;
	size_t i;
	int status;

	for (i = 0; i < COUNT(keys); i++) {
		why = "accepted";
		refused = keys[i].refused;
		in = compose_key(&d, &keys[i].recipe);
		status = key_read(&in, &key, &why);
		tap_number(
		    status, refused == NULL ? 0 : -1, "key %zu: the result", i);
		tap_part(why, refused == NULL ? "accepted" : refused,
		    "key %zu: %s", i, why);
		if (refused == NULL)
			tap_number(in.length, 0, "key %zu: nothing is left", i);
	}
}

/* The last byte of the algorithm's or the curve's identifier is changed, and
 * the form of the point. */
static void
test_refusals(void)
{
	static const struct {
		size_t at;
		const char *why;
	} rows[] = {
	    {12, "neither RSA nor EC"},
	    {22, "on a curve other than"},
	    {26, "EC key is malformed"},
	    {13, "on an unnamed curve"},
	    {25, "public key is malformed"},
	};
	static const struct recipe recipe = {.key = 1};
	br_x509_pkey key;
	const char *why;
	struct span in;
	struct der d;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		in = compose_key(&d, &recipe);
		d.bytes[rows[i].at] ^= 1;
		why = "accepted";
		tap_ok(key_read(&in, &key, &why) < 0,
		    "byte %zu changed: refused", rows[i].at);
		tap_part(
		    why, rows[i].why, "byte %zu changed: %s", rows[i].at, why);
	}
}

#define RSA_ID "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
#define P256_ID                                        \
	"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01" \
	"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"

/* Whole SubjectPublicKeyInfos of few bytes. */
static void
test_small(void)
{
	static const struct {
		const char *bytes, *why;
		size_t length;
	} rows[] = {
#define KEY(bytes, why) {bytes, why, sizeof(bytes) - 1}
	    KEY("\x30\x11\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
		"\x0a\x03\x02\x00\x55",
		"for RSASSA-PSS only"),
	    KEY("\x30\x0b\x30\x05\x06\x03\x2b\x65\x70\x03\x02\x00\x55",
		"is Ed25519"),
	    KEY("\x30\x0b\x30\x05\x06\x03\x2b\x65\x71\x03\x02\x00\x55",
		"is Ed448"),
	    KEY("\x30\x1a" P256_ID "\x03\x03\x00\x04\x55",
		"EC key is malformed"),
	    KEY("\x30\x14" RSA_ID "\x03\x03\x00\x05\x00",
		"RSA key is malformed"),
	    KEY("\x30\x14" RSA_ID "\x03\x03\x00\x30\x00",
		"RSA key is malformed"),
	    KEY("\x30\x17" RSA_ID "\x03\x06\x00\x30\x03\x02\x01\x03",
		"RSA key is malformed"),
	    KEY("\x30\x1d" RSA_ID "\x03\x0c\x00\x30\x09\x02\x01\x03\x02"
		"\x01\x03\x02\x01\x03",
		"RSA key is malformed"),
	};
	br_x509_pkey key;
	const char *why;
	struct span in;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		in = span_of(rows[i].bytes, rows[i].length);
		why = "accepted";
		tap_number(
		    key_read(&in, &key, &why), -1, "small key %zu: refused", i);
		tap_part(why, rows[i].why, "small key %zu: %s", i, why);
	}
}

int
main(void)
{
	test_reading();
	test_refusals();
	test_small();
	return tap_done();
}
