/* bundle_test.c - trust settings as OpenSSL writes them, and files in other
 * formats. */
#include "x509/bundle.h"

#include <string.h>

#include "base/array.h"
#include "base/span.h"
#include "tap.h"

#define CERTIFICATE "\x30\x02\x05\x00"
#define SERVERS "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
#define MAIL "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x04"
#define ANY "\x06\x04\x55\x1d\x25\x00"

#define ROW(bytes) bytes, sizeof(bytes) - 1

static void
test_settings(void)
{
	static const struct {
		const char *bytes;
		size_t length;
		bool is_trusted;
		const char *name;
	} rows[] = {
	    {ROW(CERTIFICATE), true, "no settings"},
	    {ROW(CERTIFICATE "\x30\x00"), true, "empty settings"},
	    {ROW(CERTIFICATE "\x30\x03\x0c\x01"
			     "a"),
		true, "a name only"},
	    {ROW(CERTIFICATE "\x30\x0c\x30\x0a" SERVERS), true,
		"trusted for servers"},
	    {ROW(CERTIFICATE "\x30\x16\x30\x14" MAIL SERVERS), true,
		"trusted for mail and servers"},
	    {ROW(CERTIFICATE "\x30\x08\x30\x06" ANY), true,
		"trusted for any purpose"},
	    {ROW(CERTIFICATE "\x30\x0c\x30\x0a" MAIL), false,
		"trusted for mail"},
	    {ROW(CERTIFICATE "\x30\x02\x30\x00"), false, "trusted for nothing"},
	    {ROW(CERTIFICATE "\x30\x0c\xa0\x0a" SERVERS), false,
		"rejected for servers"},
	    {ROW(CERTIFICATE "\x30\x08\xa0\x06" ANY), false,
		"rejected for any purpose"},
	    {ROW(CERTIFICATE "\x30\x0c\xa0\x0a" MAIL), true,
		"rejected for mail"},
	    {ROW(CERTIFICATE "\x30\x18\x30\x0a" SERVERS "\xa0\x0a" SERVERS),
		false, "trusted and rejected"},
	};
	struct span der;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		der = span_of(rows[i].bytes, rows[i].length);
		tap_ok(bundle_split_trusted(&der) == rows[i].is_trusted,
		    "%s: is it trusted", rows[i].name);
		tap_ok(span_equal(
			   der, span_of(CERTIFICATE, sizeof(CERTIFICATE) - 1)),
		    "%s: the certificate", rows[i].name);
	}
	der = span_text("no DER");
	tap_ok(bundle_split_trusted(&der), "what is not DER has no settings");
	tap_ok(der.length == 6, "what is not DER stays");
}

static void
test_descriptions(void)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *is, *command; /* or NULL */
	} rows[] = {
	    {ROW(""), "it is empty", NULL},
	    {ROW("a note"), NULL, NULL},
	    {ROW("\xff\xfe-\0-\0"), "it is UTF-16", "iconv"},
	    {ROW("\xfe\xff\0-\0-"), "it is UTF-16", "iconv"},
	    {ROW("-\0-\0-\0"), "it is UTF-16", "iconv"},
	    {ROW("\x30\x04\x30\x02\x05\x00"), "it is DER", "x509 -inform DER"},
	    {ROW("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),
		"it is PKCS #7 in DER", "pkcs7 -inform DER"},
	    {ROW("\x30\x03\x02\x01\x03"), "it is PKCS #12", "pkcs12"},
	    {ROW("0 is a number"), NULL, NULL},
	    {ROW("\x30\x00"), NULL, NULL},
	    {ROW("\x30\x04\x06\x02\x2a\x03"), "it is DER", "x509 -inform DER"},
	    {ROW("\0-\0-\0-"), "it is UTF-16", "iconv"},
	    {ROW("\xff"), NULL, NULL},
	    {ROW("MIIB"), "it is Base64", "base64 -d"},
	    {ROW("\n-----BEGIN PKCS7-----\n"), "it is PKCS #7", "pkcs7 -in"},
	    {ROW("-----BEGIN CERTIFICATE REQUEST-----\n"),
		"it is a certificate request", NULL},
	    {ROW("-----BEGIN RSA PRIVATE KEY-----\n"), "it is a private key",
		NULL},
	    {ROW("-----BEGIN PUBLIC KEY-----\n"), "it is a public key", NULL},
	    {ROW("  -----BEGIN CERTIFICATE-----\n"), "its boundary lines",
		NULL},
	};
	const char *is, *hint;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		is = bundle_describe(
		    span_of(rows[i].bytes, rows[i].length), &hint);
		tap_part(is, rows[i].is, "row %zu: what it is", i);
		tap_part(hint, rows[i].command, "row %zu: the command", i);
	}
}

int
main(void)
{
	test_settings();
	test_descriptions();
	return tap_done();
}
