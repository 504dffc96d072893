/* chain_test.c - chains that are accepted and refused, row by row. Certificates
 * are composed and signed here; BearSSL's part, which hands them over, is
 * played by the test. */
#include "x509/chain.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "tap.h"
#include "x509/compose.h"
#include "x509/path.h"

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
#define IN_FILE \
	"its issuer \"Root\", which is in the file of CAs, cannot be used: "
#define SENT "its issuer \"CA\", which the server sent, cannot be used: "
/* A root of the file that is odd in some way. */
#define WITH_ROOT(...) .roots = {{ROOT, __VA_ARGS__}}, .root_count = 1
#define WITH_CA_ROOT(...) WITH_ROOT(.is_ca = true, __VA_ARGS__)
#define OWN .subject = "Own", .issuer = "Nobody", .names = "DNS:" HOST
#define DEMANDS_POLICY .constraints = {(const unsigned char *)"\x80\x01\x00", 3}
#define PURPOSE(text)                                           \
	{                                                       \
		(const unsigned char *)(text), sizeof(text) - 1 \
	}

struct row {
	const char *name;
	struct recipe chain[CHAIN_MAX];
	unsigned count;
	const char *refused; /* a piece of the error, or NULL */
	enum error_advice advice;
};

static const struct row rows[] = {
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
	"sent no intermediate certificate", ADVICE_EXTEND_FILE},
    {"the root is unknown",
	{{LEAF_OF_CA}, {.subject = "CA",
			   .issuer = "Other",
			   .key = 2,
			   .signer = 4,
			   .is_ca = true}},
	2, "does not lead to a trusted root", ADVICE_EXTEND_FILE},
    {"an issuer that the root did not sign",
	{{LEAF_OF_CA}, {.subject = "CA",
			   .issuer = "Root",
			   .key = 2,
			   .signer = 3,
			   .is_ca = true}},
	2, IN_FILE "its key did not sign the certificate", ADVICE_NONE},
    {"self-signed", {{LEAF, .issuer = "Leaf", .signer = 9}}, 1,
	"it is self-signed and not among", ADVICE_EXTEND_FILE},
    {"a signature by another key", {{LEAF, .issuer = "Root", .signer = 3}}, 1,
	IN_FILE "its key did not sign the certificate", ADVICE_NONE},
    {"no valid signature at all", {{LEAF, .issuer = "Root"}}, 1,
	IN_FILE "its key did not sign the certificate", ADVICE_NONE},
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
	"it has expired: it is valid from 2020-01-01 to 2026-11-23, and today "
	"is 2026-11-23",
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
    {"a policy that is demanded",
	{{LEAF_OF_CA, .policies = "a"},
	    {CA_AND, .policies = "ab", DEMANDS_POLICY}},
	2, NULL, ADVICE_NONE},
    {"a policy that is demanded and is not there",
	{{LEAF_OF_CA, .policies = "c"},
	    {CA_AND, .policies = "ab", DEMANDS_POLICY}},
	2,
	IN_FILE "a CA of the chain demands a certificate policy, and the chain "
		"has none",
	ADVICE_NONE},
    {"a CA as a server", {{LEAF_OF_ROOT, .is_ca = true}}, 1, NULL, ADVICE_NONE},
    {"a CA as a server, below a path length of 0",
	{{LEAF_OF_CA, .is_ca = true}, {CA_AND, .depth = "\x00"}}, 2, NULL,
	ADVICE_NONE},
    {"a CA as a server, for another host",
	{{.subject = "Leaf",
	    .issuer = "Root",
	    .names = "DNS:b.example",
	    .key = 9,
	    .signer = 1,
	    .is_ca = true}},
	1, "is valid for b.example, not for a.example", ADVICE_CHECK_HOST},
    {"a CA as a server that nobody issued",
	{{LEAF, .issuer = "Leaf", .signer = 9, .is_ca = true}}, 1,
	"it is self-signed and not among", ADVICE_EXTEND_FILE},
    {"a CA as a server whose issuer is unknown",
	{{LEAF, .issuer = "Other", .signer = 4, .is_ca = true}}, 1,
	"no trusted root issued it", ADVICE_EXTEND_FILE},
    {"a CA as a server with a name that it may not have",
	{{LEAF_OF_CA, .is_ca = true}, {CA_AND, .permitted = "DNS:b.example"}},
	2, "its name constraints do not allow", ADVICE_NONE},
    {"an issuer that is not a CA", {{LEAF_OF_CA}, {CA}}, 2,
	SENT "it is not a CA", ADVICE_NONE},
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
	SENT "it has expired: it is valid from", ADVICE_NONE},
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
	SENT "its name constraints do not allow", ADVICE_NONE},
    {"a name that the issuer may issue",
	{{LEAF_OF_CA}, {CA_AND, .permitted = "DNS:example"}}, 2, NULL,
	ADVICE_NONE},
    {"an issuer's name in another encoding",
	{{LEAF_OF_CA}, {CA_AND, .subject_tag = 0x13}}, 2, NULL, ADVICE_NONE},
    {"a leaf that is signed with RSASSA-PSS",
	{{LEAF_OF_ROOT,
	    .algorithm = PURPOSE("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")}},
	1, IN_FILE "its signature on the certificate is RSASSA-PSS",
	ADVICE_NONE},
};

static const struct {
	struct row row;
	struct recipe roots[2]; /* of the file */
	unsigned root_count;
} root_rows[] = {
    /* Roots of a file are checked as other issuers are. */
    {{"a root that may issue the name", {{LEAF_OF_ROOT}}, 1, NULL, ADVICE_NONE},
	WITH_CA_ROOT(.permitted = "DNS:example")},
    {{"a root that may not issue the name", {{LEAF_OF_ROOT}}, 1,
	 IN_FILE "its name constraints do not allow", ADVICE_NONE},
	WITH_CA_ROOT(.permitted = "DNS:corp.example")},
    {{"a root that may not issue a name far below", {{LEAF_OF_CA}, {CA_AND}}, 2,
	 IN_FILE "its name constraints do not allow", ADVICE_NONE},
	WITH_CA_ROOT(.excluded = "DNS:a.example")},
    {{"a root that has expired", {{LEAF_OF_ROOT}}, 1, IN_FILE "it has expired",
	 ADVICE_NONE},
	WITH_CA_ROOT(.until = "250101000000Z")},
    {{"a root that is not valid yet", {{LEAF_OF_ROOT}}, 1,
	 IN_FILE "it is not valid yet", ADVICE_NONE},
	WITH_CA_ROOT(.from = "300101000000Z")},
    {{"a root with a path length of 0 above a leaf", {{LEAF_OF_ROOT}}, 1, NULL,
	 ADVICE_NONE},
	WITH_CA_ROOT(.depth = "\x00")},
    {{"a root with a path length of 0 above a CA", {{LEAF_OF_CA}, {CA_AND}}, 2,
	 IN_FILE "more CAs follow it", ADVICE_NONE},
	WITH_CA_ROOT(.depth = "\x00")},
    {{"a root for clients", {{LEAF_OF_ROOT}}, 1,
	 IN_FILE "its extended key usage does not allow", ADVICE_NONE},
	WITH_CA_ROOT(.purposes = PURPOSE(COMPOSE_CLIENT))},
    {{"a root for servers", {{LEAF_OF_ROOT}}, 1, NULL, ADVICE_NONE},
	WITH_CA_ROOT(.purposes = PURPOSE(COMPOSE_SERVER))},
    {{"a root whose key may not sign", {{LEAF_OF_ROOT}}, 1,
	 IN_FILE "its key usage does not allow", ADVICE_NONE},
	WITH_CA_ROOT(.key_usage = "\x07\x80")},
    {{"a root that is not a CA", {{LEAF_OF_ROOT}}, 1, IN_FILE "it is not a CA",
	 ADVICE_NONE},
	WITH_ROOT(.names = "DNS:root")},
    {{"a root of version 1", {{LEAF_OF_ROOT}}, 1, NULL, ADVICE_NONE},
	WITH_ROOT(.is_v1 = true)},
    {{"a v1 certificate that is not self-signed", {{LEAF_OF_CA}}, 1,
	 "\"CA\", which is in the file of CAs, cannot be used: it is not a CA",
	 ADVICE_NONE},
	.roots = {{CA, .is_v1 = true}}, .root_count = 1},
    {{"an intermediate in the file is an anchor", {{LEAF_OF_CA}}, 1, NULL,
	 ADVICE_NONE},
	.roots = {{CA_AND}}, .root_count = 1},
    {{"also if the server sends it", {{LEAF_OF_CA}, {CA_AND}}, 2, NULL,
	 ADVICE_NONE},
	.roots = {{CA_AND}}, .root_count = 1},
    {{"a good root after a bad one of the same name", {{LEAF_OF_ROOT}}, 1, NULL,
	 ADVICE_NONE},
	.roots = {{ROOT, .is_ca = true, .until = "250101000000Z"},
	    {ROOT, .is_ca = true}},
	.root_count = 2},
    {{"a root that is unusable, after another one", {{LEAF_OF_ROOT}}, 1,
	 IN_FILE "its RSA key is shorter than 2048 bits", ADVICE_NONE},
	.roots = {{OWN, .key = 8},
	    {.subject = "Root", .rsa_bytes = 128, .rsa_top = 0x80}},
	.root_count = 2},
    {{"a root of version 1 that the server sends",
	 {{LEAF_OF_ROOT}, {ROOT, .is_v1 = true}}, 2,
	 "\"Root\", which the server sent, cannot be used: it is not of "
	 "version 3",
	 ADVICE_NONE},
	.roots = {{OWN, .key = 8}}, .root_count = 1},
    {{"a root's name in another encoding", {{LEAF_OF_ROOT}}, 1, NULL,
	 ADVICE_NONE},
	WITH_CA_ROOT(.subject_tag = 0x13)},
    {{"a root's name with blanks and in capitals", {{LEAF_OF_ROOT}}, 1, NULL,
	 ADVICE_NONE},
	.roots = {{.subject = " ROOT  ",
	    .issuer = "Root",
	    .key = 1,
	    .signer = 1,
	    .is_ca = true}},
	.root_count = 1},
    /* The server's own certificate in the file needs no CA. */
    {{"a server's own certificate", {{OWN, .key = 8}}, 1, NULL, ADVICE_NONE},
	.roots = {{OWN, .key = 8}}, .root_count = 1},
    {{"its name with another key", {{OWN, .key = 7}}, 1, "no trusted root",
	 ADVICE_EXTEND_FILE},
	.roots = {{OWN, .key = 8}}, .root_count = 1},
    {{"its key with other names", {{OWN, .key = 8}}, 1, "no trusted root",
	 ADVICE_EXTEND_FILE},
	.roots = {{.subject = "Own",
	    .issuer = "Nobody",
	    .names = "DNS:b.example",
	    .key = 8}},
	.root_count = 1},
    {{"it is not a CA", {{LEAF, .issuer = "Own", .signer = 8}}, 1,
	 "\"Own\", which is in the file of CAs, cannot be used: it is not a CA",
	 ADVICE_NONE},
	.roots = {{OWN, .key = 8}}, .root_count = 1},
    {{"a self-signed leaf in the file", {{LEAF, .issuer = "Leaf", .signer = 9}},
	 1, NULL, ADVICE_NONE},
	.roots = {{LEAF, .issuer = "Leaf", .signer = 9}}, .root_count = 1},
    {{"a self-signed CA as a leaf, in the file",
	 {{LEAF, .issuer = "Leaf", .signer = 9, .is_ca = true}}, 1, NULL,
	 ADVICE_NONE},
	.roots = {{LEAF, .issuer = "Leaf", .signer = 9, .is_ca = true}},
	.root_count = 1},
    {{"a self-signed leaf in the file that has expired",
	 {{LEAF, .issuer = "Leaf", .signer = 9, .until = "250101000000Z"}}, 1,
	 "it has expired", ADVICE_NONE},
	.roots = {{LEAF, .issuer = "Leaf", .signer = 9,
	    .until = "250101000000Z"}},
	.root_count = 1},
};

static struct roots roots;
static struct chain chain;
static struct error error;
static struct deadline deadline;

/* Trusts certificates of a file. */
static void
trust(const struct recipe *recipes, unsigned count)
{
	static const struct recipe root = {ROOT, .is_ca = true};
	static char text[(ROOTS_SELECTED_MAX + 3) * 1024];
	char path[] = "/tmp/chain_test_XXXXXX";
	int fd = mkstemp(path);
	struct buffer b;
	struct span der;
	struct der d;
	unsigned i;

	buffer_init(&b, text, sizeof(text));
	for (i = 0; i < count || i == 0; i++) {
		der = compose(&d, count == 0 ? &root : &recipes[i]);
		buffer_text(&b, "-----BEGIN CERTIFICATE-----\n");
		buffer_base64(&b, der.bytes, der.length, false);
		buffer_text(&b, "\n-----END CERTIFICATE-----\n");
	}
	error_clear(&error);
	if (fd < 0 || write(fd, text, b.length) != (ssize_t)b.length ||
	    roots_use_file(&roots, path, deadline, &error) < 0)
		abort();
	(void)close(fd);
	(void)unlink(path);
}

static void
start(void)
{
	const struct chain_terms terms = {
	    .host = HOST, .now = NOW, .roots = &roots, .deadline = deadline};

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
check_refused(const char *name, const char *part)
{
	tap_ok(!is_accepted(), "%s: refused", name);
	tap_part(error.line, part, "%s: %s", name, error.line);
}

static void
test_row(const struct row *row)
{
	bool accepted;
	unsigned k;
	struct der d;

	start();
	for (k = 0; k < row->count; k++)
		add(compose(&d, &row->chain[k]));
	accepted = row->refused == NULL;
	tap_ok(is_accepted() == accepted, "%s: accepted is %d", row->name,
	    accepted);
	tap_number(error.kind, accepted ? ERROR_NONE : ERROR_TLS,
	    "%s: the kind", row->name);
	tap_part(error.line, row->refused, "%s: %s", row->name, error.line);
	tap_number(error.advice, row->advice, "%s: the advice", row->name);
}

static void
test_rows(void)
{
	size_t i;

	trust(NULL, 0);
	for (i = 0; i < COUNT(rows); i++)
		test_row(&rows[i]);
	for (i = 0; i < COUNT(root_rows); i++) {
		trust(root_rows[i].roots, root_rows[i].root_count);
		test_row(&root_rows[i].row);
	}
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
	check_refused("no certificate", "sent no certificate");
	start();
	for (i = 0; i <= CHAIN_CERTIFICATES; i++)
		add(compose(&d, i == 0 ? &leaf : &other));
	check_refused("one certificate too many", "more than 40");
	start();
	add(compose(&d, &leaf));
	add(span_of(large, sizeof(large) - 1));
	check_refused("64 KiB of certificates", "more than 65536 bytes");
	start();
	add(compose(&d, &leaf));
	for (i = 1; i < CHAIN_CERTIFICATES; i++)
		add(compose(&d, &other));
	tap_ok(!is_accepted(), "39 issuers of one name: %s", error.line);
	tap_ok(chain.budget.left < BUDGET_UNITS - 39 * BUDGET_P256,
	    "39 issuers of one name are tried");
}

/* Checks a chain of so many certificates, the last one signed by the root. As
 * many as can be sent come, those of no use first. */
static bool
is_accepted_at(unsigned length)
{
	static const struct recipe leaf = {LEAF, .issuer = "CA 1", .signer = 3};
	static const struct recipe useless = {CA_AND};
	char subject[] = "CA ?", issuer[] = "CA ?";
	struct recipe ca = {.subject = subject,
	    .issuer = issuer,
	    .key = 3,
	    .signer = 3,
	    .is_ca = true};
	struct der d;
	unsigned i;

	start();
	add(compose(&d, &leaf));
	for (i = length; i < CHAIN_CERTIFICATES; i++)
		add(compose(&d, &useless));
	for (i = 1; i < length; i++) {
		subject[3] = (char)('0' + i);
		issuer[3] = (char)('1' + i);
		if (i + 1 == length) {
			ca.issuer = "Root";
			ca.signer = 1;
		}
		add(compose(&d, &ca));
	}
	return is_accepted();
}

static void
test_length(void)
{
	tap_ok(is_accepted_at(PATH_LENGTH), "a chain of ten, among forty: %s",
	    error.line);
	tap_ok(!is_accepted_at(PATH_LENGTH + 1), "a chain of eleven");
	tap_part(error.line,
	    "which the server sent, cannot be used: more than "
	    "10 certificates would lead to a root",
	    "a chain of eleven, in words: %s", error.line);
}

/* The length that was announced is not that of the bytes. */
static void
test_announced(void)
{
	static const struct recipe leaf = {LEAF_OF_ROOT};
	static unsigned char large[CHAIN_BYTES + 1];
	struct der d;
	struct span der = compose(&d, &leaf);

	start();
	add(der);
	chain.class->start_cert((void *)&chain, 1);
	chain.class->append((void *)&chain, large, sizeof(large));
	chain.class->end_cert((void *)&chain);
	check_refused("more bytes than announced", "more than 65536 bytes");
}

/* More CAs of the issuer's name than are tried, none of which is the issuer. */
static void
test_crowd(void)
{
	static struct recipe crowd[ROOTS_SELECTED_MAX + 1];
	static const struct recipe leaf = {LEAF_OF_ROOT};
	struct der d;
	size_t i;

	for (i = 0; i < COUNT(crowd); i++) {
		crowd[i] = (struct recipe){ROOT, .is_ca = true};
		crowd[i].key = (unsigned char)(i + 10);
		crowd[i].signer = crowd[i].key;
	}
	trust(crowd, COUNT(crowd));
	start();
	add(compose(&d, &leaf));
	check_refused("a crowd of CAs", "has more certificates with the names");
	tap_number(error.kind, ERROR_TLS, "a crowd of CAs: the kind");
	trust(NULL, 0);
}

/* Self-issued CAs with one name and one key sign each other: there are very
 * many ways through them, and none leads to a root. */
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
	check_refused("a tangle", "more work than is allowed");
	tap_ok(!budget_is_late(&chain.budget), "long before the deadline");
}

/* Names times constraints: no signature is wrong, and none is verified. */
static void
test_constraints(void)
{
	static char names[400] = "DNS:" HOST, trees[400] = "DNS:";
	static const struct recipe leaf = {.subject = "Leaf",
	    .issuer = "CA",
	    .key = 9,
	    .signer = 3,
	    .names = names};
	static const struct recipe ca = {.subject = "CA",
	    .issuer = "CA",
	    .key = 3,
	    .signer = 3,
	    .permitted = trees,
	    .is_ca = true};
	struct der d;
	unsigned i;

	while (strlen(names) < 380)
		strcat(names, ",DNS:b.test");
	while (strlen(trees) < 380)
		strcat(trees, ",DNS:");
	start();
	add(compose(&d, &leaf));
	for (i = 1; i < CHAIN_CERTIFICATES; i++)
		add(compose(&d, &ca));
	check_refused("names and constraints", "more work than is allowed");
}

/* The check itself obeys the deadline, and so does the look-up of roots. */
static void
test_deadline(void)
{
	static const struct recipe leaf = {LEAF_OF_ROOT};
	struct deadline before = deadline;
	struct der d;

	deadline = deadline_after(0);
	start();
	add(compose(&d, &leaf));
	tap_ok(!is_accepted(), "a deadline that has passed");
	tap_number(error.kind, ERROR_CONNECT, "it is reported");
	tap_part(error.line, "timed out", "with its words: %s", error.line);
	tap_number(chain.budget.left, BUDGET_UNITS - 4 * d.length,
	    "no signature was verified");
	deadline = before;
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
		tap_number(key->key_type, BR_KEYTYPE_EC,
		    "key usage %zu: the type of the key", i);
		tap_number(key->key.ec.qlen, 65,
		    "key usage %zu: the length of the key", i);
		tap_number(usage, usages[i].usages,
		    "key usage %zu: what the key is for", i);
	}
}

/* What helps against a certificate of three days. */
static void
test_dates(void)
{
	static const struct {
		const char *name;
		int64_t now;
		bool is_file;
		const char *begin, *part;
	} cases[] = {
	    {"ended, of the server", NOW + 1, false, "have the server's",
		"certificate renewed, unless this machine's clock is ahead"},
	    {"ended, of a file", NOW + 1, true, "replace", "clock is ahead"},
	    {"not begun, of the server", NOW - 3 * 86400, false,
		"check this machine's clock", "have the certificate replaced"},
	    {"not begun, of a file", NOW - 3 * 86400, true,
		"check this machine's clock", "have the certificate replaced"},
	};
	const struct certificate c = {
	    .not_before = NOW - 2 * 86400, .not_after = NOW};
	const char *hint;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		hint = path_dates_hint(&c, cases[i].now, cases[i].is_file);
		tap_ok(strstr(hint, cases[i].begin) == hint, "%s: first: %s",
		    cases[i].name, hint);
		tap_part(hint, cases[i].part, "%s: then", cases[i].name);
	}
}

int
main(void)
{
	deadline = deadline_after(60000);
	test_rows();
	trust(NULL, 0);
	test_limits();
	test_length();
	test_announced();
	test_crowd();
	test_tangle();
	test_constraints();
	test_deadline();
	test_key();
	test_dates();
	return tap_done();
}
