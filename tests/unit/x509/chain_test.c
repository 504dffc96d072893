/* chain_test.c - chains that are accepted and refused, row by row. Certificates
 * are composed and signed here; BearSSL's part, which hands them over, is
 * played by the test. */
#include "x509/chain.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"
#include "x509/compose.h"

#define HOST "a.example"
#define NOW 1795446000 /* 2026-11-23 */
#define CHAIN_MAX 4

/* Keys: 1 is the root's, 2 and 3 are those of intermediates, 9 the leaf's. */
#define ROOT .subject = "Root", .issuer = "Root", .key = 1, .signer = 1
#define LEAF .subject = "Leaf", .names = "DNS:" HOST, .key = 9
#define LEAF_OF_ROOT LEAF, .issuer = "Root", .signer = 1
#define LEAF_OF_CA LEAF, .issuer = "CA", .signer = 2
#define CA .subject = "CA", .issuer = "Root", .key = 2, .signer = 1
#define CA_AND .is_ca = true, CA
#define PURPOSE(text)                                           \
	{                                                       \
		(const unsigned char *)(text), sizeof(text) - 1 \
	}

static const struct {
	const char *name;
	struct recipe chain[CHAIN_MAX];
	unsigned count;
	const char *refused; /* a piece of the error, or NULL */
	enum error_advice advice;
} rows[] = {
    {"signed by the root", {{LEAF_OF_ROOT}}, 1, NULL, ADVICE_NONE},
    {"with an intermediate", {{LEAF_OF_CA}, {CA_AND}}, 2, NULL, ADVICE_NONE},
    {"with the root as well", {{LEAF_OF_CA}, {CA_AND}, {ROOT, .is_ca = true}},
	3, NULL, ADVICE_NONE},
    {"in the wrong order",
	{{LEAF, .issuer = "Low", .signer = 3}, {CA_AND},
	    {.subject = "Low",
		.issuer = "CA",
		.key = 3,
		.signer = 2,
		.is_ca = true}},
	3, NULL, ADVICE_NONE},
    {"after a certificate of no use",
	{{LEAF_OF_CA}, {.subject = "Odd", .is_v1 = true}, {CA_AND}}, 3, NULL,
	ADVICE_NONE},
    {"after an issuer of that name whose key does not match",
	{{LEAF_OF_CA},
	    {.subject = "CA",
		.issuer = "Root",
		.key = 3,
		.signer = 1,
		.is_ca = true},
	    {CA_AND}},
	3, NULL, ADVICE_NONE},
    {"the intermediate is missing", {{LEAF_OF_CA}}, 1,
	"sent no intermediate certificate", ADVICE_TRUST_CA},
    {"the root is unknown",
	{{LEAF_OF_CA}, {.subject = "CA",
			   .issuer = "Other",
			   .key = 2,
			   .signer = 4,
			   .is_ca = true}},
	2, "does not lead to a trusted root", ADVICE_TRUST_CA},
    {"self-signed", {{LEAF, .issuer = "Leaf", .signer = 9}}, 1,
	"it is self-signed and not among", ADVICE_TRUST_CA},
    {"a signature by another key", {{LEAF, .issuer = "Root", .signer = 3}}, 1,
	"no trusted root issued it", ADVICE_TRUST_CA},
    {"no valid signature at all", {{LEAF, .issuer = "Root"}}, 1,
	"no trusted root issued it", ADVICE_TRUST_CA},
    {"another name",
	{{.subject = "Leaf",
	    .issuer = "Root",
	    .names = "DNS:b.example",
	    .key = 9,
	    .signer = 1}},
	1, "is valid for b.example, not for a.example", ADVICE_CHECK_HOST},
    {"no name", {{.subject = HOST, .issuer = "Root", .key = 9, .signer = 1}}, 1,
	"it names no host", ADVICE_NONE},
    {"expired", {{LEAF_OF_ROOT, .until = "261123145959Z"}}, 1,
	"has expired: it is valid from 2020-01-01 to 2026-11-23, and today is "
	"2026-11-23",
	ADVICE_NONE},
    {"valid to this second", {{LEAF_OF_ROOT, .until = "261123150000Z"}}, 1,
	NULL, ADVICE_NONE},
    {"valid from this second", {{LEAF_OF_ROOT, .from = "261123150000Z"}}, 1,
	NULL, ADVICE_NONE},
    {"not valid yet", {{LEAF_OF_ROOT, .from = "261123150001Z"}}, 1,
	"is not valid yet", ADVICE_NONE},
    {"for clients", {{LEAF_OF_ROOT, .purposes = PURPOSE(COMPOSE_CLIENT)}}, 1,
	"does not allow servers", ADVICE_NONE},
    {"for servers", {{LEAF_OF_ROOT, .purposes = PURPOSE(COMPOSE_SERVER)}}, 1,
	NULL, ADVICE_NONE},
    {"version 1",
	{{.subject = "Leaf",
	    .issuer = "Root",
	    .key = 9,
	    .signer = 1,
	    .is_v1 = true}},
	1, "it is not of version 3", ADVICE_NONE},
    {"a leaf that does not parse",
	{{LEAF_OF_ROOT, .extra = 99, .extra_is_critical = true}}, 1,
	"unknown critical extension", ADVICE_NONE},
    {"a CA as a server", {{LEAF_OF_ROOT, .is_ca = true}}, 1,
	"it is a CA's certificate", ADVICE_NONE},
    {"an issuer that is not a CA", {{LEAF_OF_CA}, {CA}}, 2,
	"it issued another certificate but is not a CA", ADVICE_NONE},
    {"an issuer whose key may not sign",
	{{LEAF_OF_CA}, {CA_AND, .key_usage = "\x07\x80"}}, 2,
	"its key usage does not allow", ADVICE_NONE},
    {"an issuer whose key may sign",
	{{LEAF_OF_CA}, {CA_AND, .key_usage = "\x02\x04"}}, 2, NULL,
	ADVICE_NONE},
    {"an issuer for clients",
	{{LEAF_OF_CA}, {CA_AND, .purposes = PURPOSE(COMPOSE_CLIENT)}}, 2,
	"does not allow issuing for servers", ADVICE_NONE},
    {"an issuer for anything",
	{{LEAF_OF_CA}, {CA_AND, .purposes = PURPOSE(COMPOSE_ANY)}}, 2, NULL,
	ADVICE_NONE},
    {"an issuer that has expired",
	{{LEAF_OF_CA}, {CA_AND, .until = "250101000000Z"}}, 2,
	"\"CA\" that a.example sent has expired", ADVICE_NONE},
    {"a path length of 0 above a leaf",
	{{LEAF_OF_CA}, {CA_AND, .depth = "\x00"}}, 2, NULL, ADVICE_NONE},
    {"a path length of 0 above a CA",
	{{LEAF, .issuer = "Low", .signer = 3}, {CA_AND, .depth = "\x00"},
	    {.subject = "Low",
		.issuer = "CA",
		.key = 3,
		.signer = 2,
		.is_ca = true}},
	3, "more CAs follow it than its path length allows", ADVICE_NONE},
    {"a name that the issuer may not issue",
	{{LEAF_OF_CA}, {CA_AND, .permitted = "DNS:b.example"}}, 2,
	"its name constraints do not allow", ADVICE_NONE},
    {"a name that the issuer may issue",
	{{LEAF_OF_CA}, {CA_AND, .permitted = "DNS:example"}}, 2, NULL,
	ADVICE_NONE},
};

/* The roots that find() knows: one CA, and one server's own certificate. */
struct anchors {
	struct certificate root, server;
	bool fails;
};

static int
find(void *roots, struct span name, br_x509_trust_anchor anchors[CHAIN_ANCHORS],
    struct error *e)
{
	struct anchors *a = roots;

	if (a->fails)
		return error_set(e, ERROR_USAGE, "the roots are gone");
	memset(anchors, 0, sizeof(anchors[0]));
	if (span_equal(name, a->root.subject)) {
		anchors[0].flags = BR_X509_TA_CA;
		anchors[0].pkey = a->root.key;
		return 1;
	}
	anchors[0].pkey = a->server.key;
	return span_equal(name, a->server.subject);
}

static struct anchors known;
static struct chain chain;
static struct error error;

static void
start(void)
{
	static const struct chain_terms terms = {
	    .host = HOST, .now = NOW, .find = find, .roots = &known};

	error_clear(&error);
	chain_init(&chain, &terms, &error);
	chain.class->start_chain((void *)&chain, HOST);
}

/* Hands over a certificate in pieces, as records cut it. */
static void
add(struct span der)
{
	size_t at, n;

	chain.class->start_cert((void *)&chain, (uint32_t)der.length);
	for (at = 0; at < der.length; at += n) {
		n = der.length - at < 100 ? der.length - at : 100;
		chain.class->append((void *)&chain, der.bytes + at, n);
	}
	chain.class->end_cert((void *)&chain);
}

static bool
is_accepted(void)
{
	return chain.class->end_chain((void *)&chain) == 0;
}

static void
test_rows(void)
{
	bool accepted, right;
	unsigned k;
	struct der d;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		start();
		for (k = 0; k < rows[i].count; k++)
			add(compose(&d, &rows[i].chain[k]));
		accepted = is_accepted();
		right = rows[i].refused == NULL
			    ? accepted && error.kind == ERROR_NONE
			    : !accepted && error.kind == ERROR_TLS &&
				  strstr(error.line, rows[i].refused) != NULL;
		tap_ok(right && error.advice == rows[i].advice, "%s: %s",
		    rows[i].name, accepted ? "accepted" : error.line);
	}
}

/* A certificate that is itself among the roots needs no CA. */
static void
test_server_as_root(void)
{
	static const struct recipe own = {.subject = "Own",
	    .issuer = "Nobody",
	    .names = "DNS:" HOST,
	    .key = 8};
	static const struct recipe forged = {.subject = "Own",
	    .issuer = "Nobody",
	    .names = "DNS:" HOST,
	    .key = 7};
	static const struct recipe below = {LEAF, .issuer = "Own", .signer = 8};
	struct der d;

	start();
	add(compose(&d, &own));
	tap_ok(is_accepted(), "a server's own certificate among the roots");
	start();
	add(compose(&d, &forged));
	tap_ok(!is_accepted(), "its name with another key: %s", error.line);
	start();
	add(compose(&d, &below));
	tap_ok(!is_accepted(), "it is not a CA: %s", error.line);
}

static void
test_limits(void)
{
	static const struct recipe leaf = {LEAF_OF_CA};
	static const struct recipe other = {.subject = "CA",
	    .issuer = "CA",
	    .key = 3,
	    .signer = 3,
	    .is_ca = true};
	static unsigned char large[CHAIN_BYTES];
	struct der d;
	unsigned i;

	start();
	tap_ok(!is_accepted() && strstr(error.line, "sent no certificate"),
	    "no certificate");
	start();
	for (i = 0; i <= CHAIN_CERTIFICATES; i++)
		add(compose(&d, i == 0 ? &leaf : &other));
	tap_ok(!is_accepted() && strstr(error.line, "more than 10"),
	    "eleven certificates: %s", error.line);
	start();
	add(compose(&d, &leaf));
	add(span_of(large, sizeof(large) - 1));
	tap_ok(!is_accepted() && strstr(error.line, "more than 65536 bytes"),
	    "64 KiB of certificates: %s", error.line);
	start();
	add(compose(&d, &leaf));
	for (i = 1; i < CHAIN_CERTIFICATES; i++)
		add(compose(&d, &other));
	tap_ok(!is_accepted() && chain.verifier.left < CHAIN_SIGNATURES - 8,
	    "nine issuers of one name are tried: %s", error.line);
}

/* Self-issued CAs with one name and one key sign each other: there are 9! ways
 * through them, and none leads to a root. */
static void
test_tangle(void)
{
	static const struct recipe leaf = {LEAF, .issuer = "CA", .signer = 3};
	static const struct recipe ca = {.subject = "CA",
	    .issuer = "CA",
	    .key = 3,
	    .signer = 3,
	    .is_ca = true};
	struct der d;
	unsigned i;

	start();
	add(compose(&d, &leaf));
	for (i = 1; i < CHAIN_CERTIFICATES; i++)
		add(compose(&d, &ca));
	tap_ok(!is_accepted() && chain.verifier.left == 0 &&
		   strstr(error.line, "more than 20 signature") != NULL,
	    "a tangle: %s", error.line);
}

static void
test_roots_fail(void)
{
	static const struct recipe leaf = {LEAF_OF_ROOT};
	struct der d;

	known.fails = true;
	start();
	add(compose(&d, &leaf));
	tap_ok(!is_accepted() && error.kind == ERROR_USAGE &&
		   strcmp(error.line, "the roots are gone") == 0,
	    "a failed look-up: %s", error.line);
	known.fails = false;
}

static void
test_key(void)
{
	static const struct {
		const char *key_usage;
		unsigned usages;
	} usages[] = {
	    {NULL, BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX},
	    {"\x07\x80", BR_KEYTYPE_SIGN},
	    {"\x05\x20", BR_KEYTYPE_KEYX},
	    {"\x05\xa0", BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX},
	};
	const br_x509_pkey *key;
	unsigned usage;
	struct der d;
	size_t i;

	for (i = 0; i < COUNT(usages); i++) {
		struct recipe leaf = {
		    LEAF_OF_ROOT, .key_usage = usages[i].key_usage};

		start();
		add(compose(&d, &leaf));
		usage = 0;
		tap_ok(is_accepted(), "a leaf with key usage %zu", i);
		key = chain.class->get_pkey((void *)&chain, &usage);
		tap_ok(key->key_type == BR_KEYTYPE_EC &&
			   key->key.ec.qlen == 65 && usage == usages[i].usages,
		    "its key is for %u", usage);
	}
}

int
main(void)
{
	static const struct recipe root = {ROOT, .is_ca = true};
	static const struct recipe own = {.subject = "Own", .key = 8};
	static struct der d, f;
	const char *why;

	tap_ok(
	    certificate_read(&known.root, compose(&d, &root), &why) == 0 &&
		certificate_read(&known.server, compose(&f, &own), &why) == 0,
	    "the roots are read");
	test_rows();
	test_server_as_root();
	test_limits();
	test_tangle();
	test_roots_fail();
	test_key();
	return tap_done();
}
