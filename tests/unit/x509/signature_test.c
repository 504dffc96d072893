/* signature_test.c - signatures of P-256 with SHA-256, and of RSASSA-PSS, and
 * all that must not be taken for one. The other algorithms are covered by the
 * vectors of tests/vectors/limbo.py and by real servers in
 * tests/e2e/servers.py. */
#include "x509/signature.h"

#include "base/array.h"
#include "hex.h"
#include "tap.h"
#include "x509/compose.h"

#define MODULUS                                                            \
	"c794ce69e6793232e147dbc13609bd2e8fec43e5674feda2d6c4ce0b473b736e" \
	"de0ec98ad0bebd3d2cd8a51a0ba0d576781a6c379235b9660e170cc32e7621f4" \
	"84461c31f7436f5ec5ef62d81018868084f9e8aec1aa82f40c238031295ed73e" \
	"5b8befdd1e76a32012713fe949d26b6e5a87aecb96314a2cb8241d81b58c14ef" \
	"5881bd143ba3688d7e50161710783372e9ff904d90f67d32a24996edafcb6dbe" \
	"e29627dcc7fe48844bd42793b2ce804d9caa0b19d3848fcdebd4b90ca9eeae8b" \
	"2d6dd741944e0419d5cd98420da247233a4f05cef32d982c31eedfe7ef8e3351" \
	"f7656258394ff23655cd0eac90ac9fe383840aaff98bac7e5be5dd20cf11430d"

/* Of "signed part", by OpenSSL. */
static const char *const pss_signatures[] = {
    "14727ac272eaedc4c3edead22d95b0579458cfb47d840b418136f41052776a1e"
    "867db866c7f8a4d848ee201dcb42f5f8ea03ac5ce06d4e02df0f53c120a709e4"
    "7c3a9e7901b20884653412da9e96dbe543c9ca3dc9eddf80c87ed7b708345d8e"
    "6c3df931f767814574b6407f993c60d3584b1938cfdacb542d791347f52fe2b2"
    "0e6cc21c23b4527e0281a50aa570de96e870a2fd127d8fec9ca6b05e07783332"
    "2b84e5cbd06f879513bea323c6ddecd240b8079dffbbc9b984d4a3f34fac1927"
    "b13c7fbb753dba33cf3a39cfaed61ecf5a886aa110f18bd86b1036082ada6ea4"
    "7472409eb698dd74712f814d26bd587f85f83c878737484c90688e000fd97c5e",
    "25c74a9b8cabf7d9f2e941c2303fef91271e191904d91ed6c28a6d31edb91971"
    "665f7b8059891c2680383c73dbbaad35bfa71ffab8adbb1101db22cd5bf084ae"
    "be9ff4e1d32c8bba83fc5075c4aab73ff8ada65bd418b224ee44997802acba2e"
    "c36da538b767bea52185f560cdb22c877bd57e7788160222654b0b49a4099268"
    "f47bf2a08274bf54ca1568f5879cb2e284241990a6522fbc11056672165ab8bf"
    "c9b51c5c4289841b26ae88ad78e786b7d7a7a874c71d40d9383fb64329b8e13d"
    "715814c8aa591b675146b5decb9ddb905373bf42e5c82acb761e6cc4019884ab"
    "4df75b1b3fed647c0b80cd7fc783ca773b06e09b3c30bf3d330ab855dc14993f",
    "b0bc32ba69d281e0a630d976187bad302f85f99532b8d10c2a323d8c66776e8e"
    "bbadd3574e9a3bbe9e655d353bbbb9f08e6f118e4f0b6da79ad862503e7ecd1e"
    "f8dffdd6e2d9e0f3a53738557ae5637797e5ea58bdfe0f749a26f398cdd96bd0"
    "69d516f2c3318dee667362f239c5b715b0401456e87a736e5ef226c8b8aed548"
    "d1cc050c15b24c18beddd4af8878037a42e43170fe402a02bd50829e581a6415"
    "2e6d69e5c22ffe7595b3fc588089ba6f9b04d8f9d0c72c3f1f370475dbd6b74d"
    "abeb09a6cb5da33b3125b93ec898e8cf97c571dacc861df39d2ff2fe346fdd8f"
    "680f5676b4b6b49d4f9f21380f86e6e6a05c20d42c5d647657168c012977cc99",
};

/* What the certificate says of the algorithm (RFC 8017, A.2.3), in DER. */
static const struct {
	const char *name, *parameters;
	unsigned signature; /* in pss_signatures[] */
	enum signature_verdict verdict;
} pss_cases[] = {
    {"SHA-256",
	"3034a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a203020120",
	0, SIGNATURE_GOOD},
    {"SHA-384",
	"3034a00f300d06096086480165030402020500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402020500a203020130",
	1, SIGNATURE_GOOD},
    {"SHA-512",
	"3034a00f300d06096086480165030402030500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402030500a203020140",
	2, SIGNATURE_GOOD},
    {"SHA-256 without NULL",
	"3030a00d300b0609608648016503040201a11a301806092a864886f70d010108"
	"300b0609608648016503040201a203020120",
	0, SIGNATURE_GOOD},
    {"with one NULL",
	"3032a00d300b0609608648016503040201a11c301a06092a864886f70d010108"
	"300d06096086480165030402010500a203020120",
	0, SIGNATURE_GOOD},
    {"another hash than it was signed with",
	"3034a00f300d06096086480165030402020500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402020500a203020130",
	0, SIGNATURE_MISMATCH},
    {"no parameters", "", 0, SIGNATURE_UNUSABLE},
    {"only defaults, SHA-1", "3000", 0, SIGNATURE_UNUSABLE},
    {"SHA-1",
	"302ca00b300906052b0e03021a0500a118301606092a864886f70d0101083009"
	"06052b0e03021a0500a203020114",
	0, SIGNATURE_UNUSABLE},
    {"SHA-224",
	"3034a00f300d06096086480165030402040500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402040500a20302011c",
	0, SIGNATURE_UNUSABLE},
    {"another hash for the mask",
	"3034a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402020500a203020120",
	0, SIGNATURE_UNUSABLE},
    {"another salt",
	"3034a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a203020114",
	0, SIGNATURE_UNUSABLE},
    {"the longest salt",
	"3035a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a204020200de",
	0, SIGNATURE_UNUSABLE},
    {"a salt of 32 in two bytes",
	"3035a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a20402020020",
	0, SIGNATURE_UNUSABLE},
    {"a negative salt",
	"3034a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a2030201e0",
	0, SIGNATURE_UNUSABLE},
    {"a salt without a number",
	"3033a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a2020200",
	0, SIGNATURE_UNUSABLE},
    {"the default hash",
	"3023a11c301a06092a864886f70d010108300d06096086480165030402010500"
	"a203020120",
	0, SIGNATURE_UNUSABLE},
    {"no salt length",
	"302fa00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500",
	0, SIGNATURE_UNUSABLE},
    {"a trailer of 1",
	"3039a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a203020120a303020101",
	0, SIGNATURE_UNUSABLE},
    {"a trailer of 2",
	"3039a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a203020120a303020102",
	0, SIGNATURE_UNUSABLE},
    {"another function for the mask",
	"3034a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0107300d06096086480165030402010500a203020120",
	0, SIGNATURE_UNUSABLE},
    {"parameters of the hash that are not NULL",
	"3034a00f300d06096086480165030402013000a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a203020120",
	0, SIGNATURE_UNUSABLE},
    {"NULL, and more",
	"3036a011300f060960864801650304020105000500a11c301a06092a864886f7"
	"0d010108300d06096086480165030402010500a203020120",
	0, SIGNATURE_UNUSABLE},
    {"a NULL that is not empty",
	"3035a010300e0609608648016503040201050100a11c301a06092a864886f70d"
	"010108300d06096086480165030402010500a203020120",
	0, SIGNATURE_UNUSABLE},
    {"bytes after the parameters",
	"3034a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a20302012000",
	0, SIGNATURE_UNUSABLE},
    {"cut",
	"3034a00f300d06096086480165030402010500a11c301a06092a864886f70d01"
	"0108300d06096086480165030402010500a2030201",
	0, SIGNATURE_UNUSABLE},
    {"a second hash in the field",
	"3043a01e300d06096086480165030402010500300d0609608648016503040201"
	"0500a11c301a06092a864886f70d010108300d06096086480165030402010500"
	"a203020120",
	0, SIGNATURE_UNUSABLE},
    {"NULL in place of the parameters", "0500", 0, SIGNATURE_UNUSABLE},
};

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

/* The parameters have one encoding: with any bit changed, or cut, they are
 * refused, or are those of another hash. */
static void
test_damaged_pss(struct certificate *c, const br_x509_pkey *key)
{
	unsigned char whole[128], parameters[128];
	size_t length, i, accepted = 0;

	length = hex_read(pss_cases[0].parameters, whole, sizeof(whole));
	for (i = 0; i < length; i++) {
		c->parameters = span_of(whole, i);
		accepted += verify(c, key) != SIGNATURE_UNUSABLE;
	}
	for (i = 0; i < length * 8; i++) {
		memcpy(parameters, whole, length);
		parameters[i / 8] ^= (unsigned char)(1u << i % 8);
		c->parameters = span_of(parameters, length);
		accepted += verify(c, key) != SIGNATURE_UNUSABLE;
	}
	tap_number(accepted, 0, "RSASSA-PSS: damaged parameters");
}

static void
test_pss(void)
{
	static unsigned char modulus[256], e[] = {1, 0, 1};
	br_x509_pkey key = {.key_type = BR_KEYTYPE_RSA};
	unsigned char signature[256], parameters[128];
	struct certificate c = {.signed_part = span_text("signed part"),
	    .algorithm = span_text("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")};
	size_t i, length;

	key.key.rsa.n = modulus;
	key.key.rsa.nlen = hex_read(MODULUS, modulus, sizeof(modulus));
	key.key.rsa.e = e;
	key.key.rsa.elen = sizeof(e);
	for (i = 0; i < COUNT(pss_cases); i++) {
		length = hex_read(pss_signatures[pss_cases[i].signature],
		    signature, sizeof(signature));
		c.signature = span_of(signature, length);
		length = hex_read(
		    pss_cases[i].parameters, parameters, sizeof(parameters));
		c.parameters = span_of(parameters, length);
		tap_number(verify(&c, &key), pss_cases[i].verdict,
		    "RSASSA-PSS: %s", pss_cases[i].name);
		tap_part(why,
		    pss_cases[i].verdict == SIGNATURE_UNUSABLE
			? "is RSASSA-PSS with parameters that are not supported"
			: "",
		    "it is reported");
	}
	test_damaged_pss(&c, &key);
	length =
	    hex_read(pss_cases[0].parameters, parameters, sizeof(parameters));
	c.parameters = span_of(parameters, length);
	key.key_type = BR_KEYTYPE_EC;
	key.key.ec.curve = BR_EC_secp256r1;
	tap_number(
	    verify(&c, &key), SIGNATURE_UNUSABLE, "RSASSA-PSS: a key of EC");
	tap_part(why,
	    "its key is EC, but the signature on the certificate is "
	    "RSA",
	    "it is reported");
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
	test_pss();
	for (count = 0; verify(&c, &c.key) == SIGNATURE_GOOD; count++)
		continue;
	tap_ok(verify(&c, &c.key) == SIGNATURE_UNPAID, "the budget ends");
	tap_ok(count > 50, "after %u more signatures, at the earliest", count);
	tap_ok(count < BUDGET_UNITS / BUDGET_P256,
	    "after %u more signatures, at the latest", count);
	return tap_done();
}
