/* bundle.c - formats are known by their first bytes, or by a boundary line. */
#include "x509/bundle.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "x509/der.h"

/* RFC 5280, 4.2.1.12. */
#define SERVER_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x01"
#define ANY_PURPOSE "\x55\x1d\x25\x00"
#define REJECTED 0xa0 /* [0] IMPLICIT SEQUENCE OF */

/* RFC 2315, 14. */
#define PKCS7_OID "\x2a\x86\x48\x86\xf7\x0d\x01\x07"

static const char from_der[] =
    "convert it: openssl x509 -inform DER -in FILE -out ca.pem";
static const char from_utf16[] =
    "convert it: iconv -f UTF-16 -t UTF-8 FILE >ca.pem";
static const char from_pkcs7_der[] =
    "convert it: openssl pkcs7 -inform DER -in FILE -print_certs -out ca.pem";
static const char from_pkcs7[] =
    "convert it: openssl pkcs7 -in FILE -print_certs -out ca.pem";
static const char from_pkcs12[] =
    "convert it: openssl pkcs12 -in FILE -nokeys -out ca.pem";
static const char from_base64[] =
    "convert it: base64 -d FILE | openssl x509 -inform DER -out ca.pem";

/* The first that a text contains. */
static const struct {
	const char *mark, *is, *hint;
} marks[] = {
    {"-----BEGIN PKCS7-----", "it is PKCS #7", from_pkcs7},
    {"-----BEGIN CMS-----", "it is PKCS #7", from_pkcs7},
    {"-----BEGIN PKCS #7 SIGNED DATA-----", "it is PKCS #7", from_pkcs7},
    {"CERTIFICATE REQUEST-----",
	"it is a certificate request, not a certificate", NULL},
    {"PRIVATE KEY-----", "it is a private key, not a certificate", NULL},
    {"PUBLIC KEY-----", "it is a public key, not a certificate", NULL},
    {"-----BEGIN CERTIFICATE-----",
	"its boundary lines do not begin at the start of a line", NULL},
};

static bool
starts(struct span text, const char *bytes, size_t length)
{
	return text.length >= length && memcmp(text.bytes, bytes, length) == 0;
}

static bool
contains(struct span text, const char *wanted)
{
	size_t length = strlen(wanted);

	for (; text.length >= length; text.bytes++, text.length--) {
		if (memcmp(text.bytes, wanted, length) == 0)
			return true;
	}
	return false;
}

/* Whether a list of purposes has that of servers. */
static bool
lists_servers(struct span purposes)
{
	struct der_element purpose;

	while (der_take(&purposes, DER_OID, &purpose)) {
		if (DER_IS(purpose.contents, SERVER_AUTH) ||
		    DER_IS(purpose.contents, ANY_PURPOSE))
			return true;
	}
	return false;
}

bool
bundle_split_trusted(struct span *der)
{
	struct der_element certificate, settings, purposes;
	struct span rest = *der;

	if (!der_take(&rest, DER_SEQUENCE, &certificate))
		return true;
	*der = certificate.whole;
	if (!der_take(&rest, DER_SEQUENCE, &settings))
		return true;
	rest = settings.contents;
	if (der_take(&rest, DER_SEQUENCE, &purposes) &&
	    !lists_servers(purposes.contents))
		return false;
	return !der_take(&rest, REJECTED, &purposes) ||
	       !lists_servers(purposes.contents);
}

/* A certificate begins with two SEQUENCEs, PKCS #7 with its type, and PKCS #12
 * with its version (RFC 7292, 4). */
static const char *
describe_der(struct span text, const char **hint)
{
	struct der_element first;

	if (!der_only(text, DER_SEQUENCE, &text) || !der_next(&text, &first))
		return NULL;
	if (first.tag == DER_OID &&
	    starts(first.contents, PKCS7_OID, sizeof(PKCS7_OID) - 1)) {
		*hint = from_pkcs7_der;
		return "it is PKCS #7 in DER";
	}
	if (first.tag == DER_INTEGER) {
		*hint = from_pkcs12;
		return "it is PKCS #12, or a key";
	}
	*hint = from_der;
	return "it is DER, not PEM";
}

const char *
bundle_describe(struct span text, const char **hint)
{
	size_t i;

	*hint = NULL;
	if (text.length == 0)
		return "it is empty";
	if (starts(text, "\xff\xfe", 2) || starts(text, "\xfe\xff", 2) ||
	    starts(text, "-\0-", 3) || starts(text, "\0-\0", 3)) {
		*hint = from_utf16;
		return "it is UTF-16";
	}
	if (text.bytes[0] == DER_SEQUENCE)
		return describe_der(text, hint);
	if (starts(text, "MII", 3)) {
		*hint = from_base64;
		return "it is Base64 without PEM's boundary lines";
	}
	for (i = 0; i < COUNT(marks); i++) {
		if (contains(text, marks[i].mark)) {
			*hint = marks[i].hint;
			return marks[i].is;
		}
	}
	return NULL;
}
