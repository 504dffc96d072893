/* signature_test.c - signatures of P-256 with SHA-256, and all that must not be
 * taken for one. The other algorithms are covered by the vectors of
 * tests/vectors/limbo.py and by real servers in tests/e2e/servers.py. */
#include "x509/signature.h"

#include "base/array.h"
#include "tap.h"
#include "x509/compose.h"

static struct budget budget;
static struct signature_verifier verifier;
static const char *why;

static enum signature_verdict
verify(const struct certificate *certificate, const br_x509_pkey *key)
{
	why = "";
	return signature_verify(&verifier, certificate, key, &why);
}

/* Algorithms that are not supported, by the contents of their identifiers. */
static const struct {
	const char *id;
	const char *why;
} unsupported[] = {
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "RSASSA-PSS"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "RSA with SHA-1"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "RSA with MD5"},
    {"\x2a\x86\x48\xce\x3d\x04\x01", "ECDSA with SHA-1"},
    {"\x2b\x65\x70", "Ed25519"},
    {"\x2b\x65\x71", "Ed448"},
    {"\x2a\x03", "a kind that is not supported"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b",
	"its key is EC, but the signature on the certificate is RSA"},
};

static void
test_algorithms(const struct certificate *certificate)
{
	struct certificate c = *certificate;
	uint32_t left = budget.left;
	size_t i;

	for (i = 0; i < COUNT(unsupported); i++) {
		c.algorithm = span_text(unsupported[i].id);
		tap_ok(verify(&c, &c.key) == SIGNATURE_UNUSABLE,
		    "algorithm %zu is not usable", i);
		tap_ok(
		    strstr(why, unsupported[i].why) != NULL, "since %s", why);
	}
	tap_ok(budget.left == left, "nothing is paid for that");
}

int
main(void)
{
	static const struct recipe recipe = {.key = 1, .signer = 1};
	static const struct recipe other = {.key = 2, .signer = 2};
	static const struct recipe rsa = {.rsa_bytes = 256, .rsa_top = 0x80};
	struct certificate c, stranger, with_rsa;
	struct der d, f, g;
	unsigned char *byte;
	unsigned count;

	tap_ok(certificate_read(&c, compose(&d, &recipe), &why) == 0,
	    "a certificate is read");
	tap_ok(certificate_read(&stranger, compose(&f, &other), &why) == 0,
	    "one with another key is read");
	tap_ok(certificate_read(&with_rsa, compose(&g, &rsa), &why) == 0,
	    "one with an RSA key is read");
	budget_init(&budget, deadline_after(60000));
	signature_init(&verifier, &budget);
	tap_ok(verify(&c, &c.key) == SIGNATURE_GOOD, "the key that signed");
	tap_ok(budget.left == BUDGET_UNITS - BUDGET_P256 - c.signed_part.length,
	    "the signature and its bytes are paid for");
	tap_ok(verify(&c, &stranger.key) == SIGNATURE_MISMATCH, "another key");
	tap_ok(verify(&c, &with_rsa.key) == SIGNATURE_UNUSABLE,
	    "a key of another type");
	tap_ok(strstr(why, "its key is RSA, but") != NULL, "since %s", why);
	byte = d.bytes + (c.subject.bytes - d.bytes) + c.subject.length - 1;
	*byte ^= 1;
	tap_ok(
	    verify(&c, &c.key) == SIGNATURE_MISMATCH, "a changed certificate");
	*byte ^= 1;
	byte = d.bytes + d.length - 1;
	*byte ^= 1;
	tap_ok(verify(&c, &c.key) == SIGNATURE_MISMATCH, "a changed signature");
	*byte ^= 1;
	c.signature.length--;
	tap_ok(verify(&c, &c.key) == SIGNATURE_MISMATCH,
	    "a signature that is cut");
	c.signature.length++;
	/* ecdsa-with-SHA384 */
	c.algorithm = span_text("\x2a\x86\x48\xce\x3d\x04\x03\x03");
	tap_ok(verify(&c, &c.key) == SIGNATURE_MISMATCH, "another hash");
	c.algorithm = span_text("\x2a\x86\x48\xce\x3d\x04\x03\x02");
	test_algorithms(&c);
	for (count = 0; verify(&c, &c.key) == SIGNATURE_GOOD; count++)
		continue;
	tap_ok(verify(&c, &c.key) == SIGNATURE_UNPAID, "the budget ends");
	tap_ok(count > 50, "after %u more signatures, at the earliest", count);
	tap_ok(count < BUDGET_UNITS / BUDGET_P256,
	    "after %u more signatures, at the latest", count);
	return tap_done();
}
