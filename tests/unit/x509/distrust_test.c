/* distrust_test.c - Mozilla's list does not trust a root, or all roots, without
 * end: a root may be distrusted for certificates that begin after a time, and
 * the list itself gets old. */
/* Fakes: gen/roots_packed. */
#include "base/array.h"
#include "fakes/roots_packed.h"
#include "tap.h"
#include "x509/chain.h"
#include "x509/compose.h"

#define HOST "a.example"
#define NOW 1795446000 /* 2026-11-23 */
#define TWO_YEARS ((int64_t)2 * 365 * 86400)
#define LEAF .subject = "Leaf", .names = "DNS:" HOST, .key = 9
#define CA \
	.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .is_ca = true

static const struct row {
	const char *name;
	struct recipe chain[2];
	unsigned count;
	bool is_accepted;
} rows[] = {
    {"a certificate that begins at the last moment",
	{{LEAF, .issuer = "Root", .signer = 1, .from = "241130235959Z"}}, 1,
	true},
    {"one that begins a second later",
	{{LEAF, .issuer = "Root", .signer = 1, .from = "241201000000Z"}}, 1,
	false},
    {"an old one by a new intermediate",
	{{LEAF, .issuer = "CA", .signer = 2, .from = "230101000000Z"},
	    {CA, .from = "250101000000Z"}},
	2, true},
    {"a new one by an old intermediate",
	{{LEAF, .issuer = "CA", .signer = 2, .from = "250101000000Z"},
	    {CA, .from = "230101000000Z"}},
	2, false},
};

static struct roots roots;
static struct chain chain;
static struct error error;

static bool
accepts(const struct row *row)
{
	const struct chain_terms terms = {.host = HOST,
	    .now = NOW,
	    .roots = &roots,
	    .deadline = deadline_after(60000)};
	struct span der;
	struct der d;
	unsigned i;

	error_clear(&error);
	chain_init(&chain, &terms, &error);
	chain.class->start_chain((void *)&chain, HOST);
	for (i = 0; i < row->count; i++) {
		der = compose(&d, &row->chain[i]);
		chain.class->start_cert((void *)&chain, (uint32_t)der.length);
		chain.class->append((void *)&chain, der.bytes, der.length);
		chain.class->end_cert((void *)&chain);
	}
	return chain.class->end_chain((void *)&chain) == 0;
}

static void
test_rows(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(accepts(&rows[i]) == rows[i].is_accepted,
		    "%s: accepted is %d", rows[i].name, rows[i].is_accepted);
		tap_part(error.line,
		    rows[i].is_accepted
			? NULL
			: "its issuer \"Root\", which is built in, cannot be "
			  "used: Mozilla distrusts what it issued after "
			  "2024-11-30",
		    "%s: %s", rows[i].name, error.line);
	}
}

static void
test_age(void)
{
	char day[DATE_DAY_SIZE];

	roots_date(day);
	tap_text(day, "2025-04-19", "the day of the list");
	tap_ok(!roots_are_old(&roots, FAKE_ROOTS_DATE + TWO_YEARS),
	    "it may be two years old");
	tap_ok(roots_are_old(&roots, FAKE_ROOTS_DATE + TWO_YEARS + 1),
	    "and not older");
	roots.is_file = true;
	tap_ok(!roots_are_old(&roots, FAKE_ROOTS_DATE + TWO_YEARS + 1),
	    "but a file of CAs counts as it is");
}

int
main(void)
{
	roots_use_builtin(&roots);
	test_rows();
	test_age();
	return tap_done();
}
