/* signature_test.c - signatures of P-256 with SHA-256, and all that must not be
 * taken for one. The other algorithms are covered by the vectors of
 * tests/vectors/limbo.py and by real servers in tests/e2e/servers.py. */
#include "x509/signature.h"

#include <string.h>

#include "tap.h"
#include "x509/compose.h"

int
main(void)
{
	static const struct recipe recipe = {.key = 1, .signer = 1};
	static const struct recipe other = {.key = 2, .signer = 2};
	static const struct recipe rsa = {.rsa_bytes = 256, .rsa_top = 0x80};
	struct certificate c, stranger, with_rsa;
	struct signature_verifier v;
	struct der d, f, g;
	const char *why;
	unsigned char *byte;

	tap_ok(
	    certificate_read(&c, compose(&d, &recipe), &why) == 0 &&
		certificate_read(&stranger, compose(&f, &other), &why) == 0 &&
		certificate_read(&with_rsa, compose(&g, &rsa), &why) == 0,
	    "the certificates are read");
	signature_init(&v, 6);
	tap_ok(signature_verifies(&v, &c, &c.key), "the key that signed");
	tap_ok(!signature_verifies(&v, &c, &stranger.key), "another key");
	tap_ok(v.left == 4, "each verification counts");
	tap_ok(!signature_verifies(&v, &c, &with_rsa.key) && v.left == 4,
	    "a key of another type is not tried");
	byte = d.bytes + (c.subject.bytes - d.bytes) + c.subject.length - 1;
	*byte ^= 1;
	tap_ok(!signature_verifies(&v, &c, &c.key), "a changed certificate");
	*byte ^= 1;
	byte = d.bytes + d.length - 1;
	*byte ^= 1;
	tap_ok(!signature_verifies(&v, &c, &c.key), "a changed signature");
	*byte ^= 1;
	c.signature.length--;
	tap_ok(!signature_verifies(&v, &c, &c.key), "a signature that is cut");
	c.signature.length++;
	/* ecdsa-with-SHA1 */
	c.algorithm = span_text("\x2a\x86\x48\xce\x3d\x04\x01");
	tap_ok(!signature_verifies(&v, &c, &c.key) && v.left == 1,
	    "SHA-1 is not tried");
	/* ecdsa-with-SHA384 */
	c.algorithm = span_text("\x2a\x86\x48\xce\x3d\x04\x03\x03");
	tap_ok(
	    !signature_verifies(&v, &c, &c.key) && v.left == 0, "another hash");
	c.algorithm = span_text("\x2a\x86\x48\xce\x3d\x04\x03\x02");
	tap_ok(!signature_verifies(&v, &c, &c.key), "none is left");
	signature_init(&v, 1);
	tap_ok(signature_verifies(&v, &c, &c.key),
	    "and again with a limit of one");
	return tap_done();
}
