/* policy_test.c - paths with demands for policies, from the CA that the anchor
 * issued down to the server's certificate. Signatures play no part in it. */
#include "x509/policy.h"

#include <stdlib.h>

#include "base/array.h"
#include "tap.h"
#include "x509/compose.h"

#define PATH_MAX_TESTED 4

#define SPAN(text)                                              \
	{                                                       \
		(const unsigned char *)(text), sizeof(text) - 1 \
	}
#define DEMAND(octet) .constraints = SPAN("\x80\x01" octet)
#define NO_MAPPING(octet) .constraints = SPAN("\x81\x01" octet)
#define DEMAND_NO_MAPPING .constraints = SPAN("\x80\x01\x00\x81\x01\x00")
#define CA(name) .is_ca = true, .subject = name
/* Issued by a CA of the same name. */
#define AGAIN(name) CA(name), .issuer = name

static const struct {
	const char *name;
	struct recipe path[PATH_MAX_TESTED];
	unsigned count;
	bool is_met;
	struct recipe root; /* with a subject, if it is from a file */
} rows[] = {
    {"no demand", {{CA("A")}, {.names = "DNS:a.example"}}, 2, true, {0}},
    {"different policies without a demand",
	{{CA("A"), .policies = "a"}, {.policies = "b"}}, 2, true, {0}},
    {"a demand that is met",
	{{CA("A"), .policies = "a", DEMAND("\0")}, {.policies = "a"}}, 2, true,
	{0}},
    {"met by one of several",
	{{CA("A"), .policies = "abc", DEMAND("\0")}, {.policies = "xcy"}}, 2,
	true, {0}},
    {"met by no policy",
	{{CA("A"), .policies = "a", DEMAND("\0")}, {.is_ca = false}}, 2, false,
	{0}},
    {"met by another policy",
	{{CA("A"), .policies = "a", DEMAND("\0")}, {.policies = "b"}}, 2, false,
	{0}},
    {"the CA itself has no policy",
	{{CA("A"), DEMAND("\0")}, {.policies = "a"}}, 2, false, {0}},
    {"a CA without policies in between",
	{{CA("A"), .policies = "a"}, {CA("B")},
	    {.policies = "a", DEMAND("\0")}},
	3, false, {0}},
    {"the last certificate demands it",
	{{CA("A")}, {.policies = "a", DEMAND("\0")}}, 2, false, {0}},
    {"the last one demands it for those below it",
	{{CA("A")}, {.policies = "a", DEMAND("\1")}}, 2, true, {0}},
    {"the last one has what it demands",
	{{CA("A"), .policies = "a"}, {.policies = "a", DEMAND("\0")}}, 2, true,
	{0}},
    {"a demand that begins with the next certificate",
	{{CA("A"), .policies = "a", DEMAND("\1")}, {.policies = "b"}}, 2, false,
	{0}},
    {"a demand that begins after the last one",
	{{CA("A"), .policies = "a", DEMAND("\2")}, {.policies = "b"}}, 2, true,
	{0}},
    {"a demand that begins late enough",
	{{CA("A"), DEMAND("\3")}, {CA("B")}, {.policies = "b"}}, 3, true, {0}},
    {"a demand that begins too early",
	{{CA("A"), DEMAND("\2")}, {CA("B")}, {.policies = "b"}}, 3, false, {0}},
    {"self-issued certificates do not count down",
	{{CA("A"), DEMAND("\2")}, {AGAIN("A")}, {.policies = "b"}}, 3, true,
	{0}},
    {"a larger number later changes nothing",
	{{CA("A"), DEMAND("\0")}, {CA("B"), DEMAND("\5")}, {.is_ca = false}}, 3,
	false, {0}},
    {"more than one octet",
	{{CA("A"), .constraints = SPAN("\x80\x02\x01\x00")}, {.policies = "b"}},
	2, true, {0}},
    {"anyPolicy of a CA",
	{{CA("A"), .policies = "*", DEMAND("\0")}, {.policies = "b"}}, 2, true,
	{0}},
    {"anyPolicy of the last one",
	{{CA("A"), .policies = "a", DEMAND("\0")}, {.policies = "*"}}, 2, true,
	{0}},
    {"anyPolicy everywhere",
	{{CA("A"), .policies = "*", DEMAND("\0")}, {.policies = "*"}}, 2, true,
	{0}},
    {"anyPolicy in between adds nothing",
	{{CA("A"), .policies = "a", DEMAND("\0")}, {CA("B"), .policies = "*"},
	    {.policies = "b"}},
	3, false, {0}},
    {"anyPolicy, inhibited",
	{{CA("A"), .policies = "a", DEMAND("\0"), .inhibit_any = "\0"},
	    {.policies = "*"}},
	2, false, {0}},
    {"anyPolicy, inhibited from the certificate after it on",
	{{CA("A"), .policies = "a", DEMAND("\0"), .inhibit_any = "\1"},
	    {.policies = "*"}},
	2, true, {0}},
    {"anyPolicy, inhibited for CAs below",
	{{CA("A"), .policies = "a", DEMAND("\0"), .inhibit_any = "\1"},
	    {CA("B"), .policies = "*"}, {.policies = "*"}},
	3, false, {0}},
    {"anyPolicy, inhibited, in a self-issued CA",
	{{CA("A"), .policies = "a", DEMAND("\0"), .inhibit_any = "\0"},
	    {AGAIN("A"), .policies = "*"}, {.policies = "a"}},
	3, true, {0}},
    {"anyPolicy, inhibited, in a self-issued certificate at the end",
	{{CA("A"), .policies = "a", DEMAND("\0"), .inhibit_any = "\0"},
	    {.subject = "A", .issuer = "A", .policies = "*"}},
	2, false, {0}},
    {"a mapping",
	{{CA("A"), .policies = "a", DEMAND("\0"), .mappings = "ab"},
	    {.policies = "b"}},
	2, true, {0}},
    {"a mapped policy is gone",
	{{CA("A"), .policies = "a", DEMAND("\0"), .mappings = "ab"},
	    {.policies = "a"}},
	2, false, {0}},
    {"a mapping to several",
	{{CA("A"), .policies = "a", DEMAND("\0"), .mappings = "abac"},
	    {.policies = "c"}},
	2, true, {0}},
    {"a mapping of what the CA has not",
	{{CA("A"), .policies = "a", DEMAND("\0"), .mappings = "cb"},
	    {.policies = "b"}},
	2, false, {0}},
    {"a mapping below anyPolicy",
	{{CA("A"), .policies = "*", DEMAND("\0"), .mappings = "cb"},
	    {.policies = "b"}},
	2, true, {0}},
    {"mappings do not chain within one certificate",
	{{CA("A"), .policies = "a", DEMAND("\0"), .mappings = "abbc"},
	    {.policies = "c"}},
	2, false, {0}},
    {"mappings of two certificates",
	{{CA("A"), .policies = "a", DEMAND("\0"), .mappings = "ab"},
	    {CA("B"), .policies = "b", .mappings = "bc"}, {.policies = "c"}},
	3, true, {0}},
    {"a mapping that is inhibited",
	{{CA("A"), .policies = "a", DEMAND_NO_MAPPING},
	    {CA("B"), .policies = "a", .mappings = "ab"}, {.policies = "b"}},
	3, false, {0}},
    {"and what it would map is gone",
	{{CA("A"), .policies = "a", DEMAND_NO_MAPPING},
	    {CA("B"), .policies = "a", .mappings = "ab"}, {.policies = "a"}},
	3, false, {0}},
    {"a mapping that is inhibited for those below",
	{{CA("A"), .policies = "a", NO_MAPPING("\1")},
	    {CA("B"), .policies = "a", .mappings = "ab"},
	    {.policies = "b", DEMAND("\0")}},
	3, true, {0}},
    {"a mapping from anyPolicy",
	{{CA("A"), .policies = "*", DEMAND("\0"), .mappings = "*b"},
	    {.policies = "b"}},
	2, false, {0}},
    {"a mapping to anyPolicy",
	{{CA("A"), .policies = "a", DEMAND("\0"), .mappings = "a*"},
	    {.policies = "a"}},
	2, false, {0}},
    {"a root demands it", {{CA("A")}, {.policies = "a"}}, 2, false,
	{CA("Root"), DEMAND("\0")}},
    {"a root needs no policy", {{CA("A"), .policies = "a"}, {.policies = "a"}},
	2, true, {CA("Root"), DEMAND("\0")}},
    {"a root inhibits anyPolicy",
	{{CA("A"), .policies = "*"}, {.policies = "a", DEMAND("\0")}}, 2, false,
	{CA("Root"), .inhibit_any = "\0"}},
    {"one certificate", {{.policies = "a"}}, 1, true,
	{CA("Root"), DEMAND("\0")}},
    {"one certificate without a policy", {{.subject = "L"}}, 1, false,
	{CA("Root"), DEMAND("\0")}},
};

static void
read_one(struct certificate *certificate, struct der *bytes,
    const struct recipe *recipe)
{
	const char *why = "";

	if (certificate_read(certificate, compose(bytes, recipe), &why) < 0) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
}

static void
test_rows(void)
{
	static struct der bytes[PATH_MAX_TESTED + 1];
	static struct certificate read[PATH_MAX_TESTED + 1];
	const struct certificate *path[PATH_MAX_TESTED];
	struct policy_path tested = {.certificates = path};
	struct budget budget;
	size_t i;
	unsigned j;

	for (i = 0; i < COUNT(rows); i++) {
		tested.count = rows[i].count;
		for (j = 0; j < rows[i].count; j++) {
			read_one(&read[j], &bytes[j], &rows[i].path[j]);
			path[rows[i].count - 1 - j] = &read[j];
		}
		tested.root = NULL;
		if (rows[i].root.subject != NULL) {
			tested.root = &read[PATH_MAX_TESTED];
			read_one(&read[PATH_MAX_TESTED],
			    &bytes[PATH_MAX_TESTED], &rows[i].root);
		}
		budget_init(&budget, deadline_after(60000));
		tap_number(policy_is_met(&tested, &budget), rows[i].is_met,
		    "%s", rows[i].name);
	}
}

/* So many policies, from this letter on, in a CA that demands one; the last
 * certificate has the last of them. */
static bool
is_met_with(unsigned count, struct budget *budget)
{
	static struct der bytes[2];
	char letters[POLICIES_MAX + 2] = "", last[2] = "";
	const struct recipe ca = {CA("A"), .policies = letters, DEMAND("\0")};
	const struct recipe leaf = {.policies = last};
	struct certificate read[2];
	const struct certificate *path[] = {&read[0], &read[1]};
	const struct policy_path tested = {.certificates = path, .count = 2};
	unsigned i;

	for (i = 0; i < count; i++)
		letters[i] = (char)('A' + i);
	last[0] = letters[count - 1];
	read_one(&read[1], &bytes[1], &ca);
	read_one(&read[0], &bytes[0], &leaf);
	return policy_is_met(&tested, budget);
}

static void
test_limits(void)
{
	struct budget budget;

	budget_init(&budget, deadline_after(60000));
	tap_ok(is_met_with(POLICIES_MAX, &budget), "as many as there is room");
	tap_ok(!is_met_with(POLICIES_MAX + 1, &budget), "one more");
	while (budget_spend(&budget, 10))
		;
	tap_ok(!is_met_with(1, &budget), "no budget left");
}

int
main(void)
{
	test_rows();
	test_limits();
	return tap_done();
}
