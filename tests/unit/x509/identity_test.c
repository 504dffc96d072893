/* identity_test.c - hosts, purposes and name constraints, row by row. */
#include "x509/identity.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"
#include "x509/compose.h"

static bool
permits_all(const struct certificate *issuer, const struct certificate *below)
{
	struct budget budget;

	budget_init(&budget, deadline_after(60000));
	return identity_permits(issuer, below, &budget);
}

static const struct {
	const char *names, *host;
	bool matches;
} matches[] = {
    {"DNS:a.example", "a.example", true}, {"DNS:A.Example", "a.example", true},
    {"DNS:b.example,DNS:a.example", "a.example", true},
    {"DNS:a.example", "b.example", false},
    {"DNS:a.example", "a.example.org", false},
    {"DNS:a.example.", "a.example", false},
    {"DNS:*.a.example", "b.a.example", true},
    {"DNS:*.a.example", "a.example", false},
    {"DNS:*.a.example", "c.b.a.example", false},
    {"DNS:*.a.example", ".a.example", false},
    {"DNS:*.example", "a.example", false}, {"DNS:*", "a", false},
    {"DNS:*.", "a.", false}, {"DNS:b*.a.example", "bc.a.example", false},
    {"DNS:*b.a.example", "cb.a.example", false},
    {"DNS:a.*.example", "a.b.example", false},
    {"DNS:*.*.a.example", "c.b.a.example", false},
    {"DNS:a_b.example", "a_b.example", false},
    {"DNS:127.0.0.1", "127.0.0.1", false}, {"IP:127.0.0.1", "127.0.0.1", true},
    {"IP:127.0.0.1", "127.0.0.2", false},
    {"IP:127.0.0.1", "::ffff:127.0.0.1", false}, {"IP:::1", "::1", true},
    {"IP:::1", "0:0:0:0:0:0:0:1", true}, {"IP:::1", "::2", false},
    {"MAIL:a.example", "a.example", false},
    {NULL, "tom", false}, /* the common name */
};

static void
test_matches(void)
{
	const char *names, *why;
	struct certificate c;
	struct der d;
	size_t i;

	for (i = 0; i < COUNT(matches); i++) {
		struct recipe recipe = {.names = matches[i].names};

		names = recipe.names == NULL ? "no name" : recipe.names;
		tap_ok(certificate_read(&c, compose(&d, &recipe), &why) == 0,
		    "%s: read", names);
		tap_ok(
		    identity_matches(&c, matches[i].host) == matches[i].matches,
		    "%s %s %s", names,
		    matches[i].matches ? "is for" : "is not for",
		    matches[i].host);
	}
}

/* What a message says of a certificate that is not for the host. */
static const struct {
	const char *names, *host, *why;
} misses[] = {
    {"DNS:127.0.0.1", "127.0.0.1", "it has the address as a DNS name"},
    {"DNS:a.example,DNS:127.0.0.1", "127.0.0.1",
	"it has the address as a DNS name"},
    {"DNS:0:0:0:0:0:0:0:1", "::1", "it has the address as a DNS name"},
    {"DNS:127.0.0.1", "127.0.0.2", NULL},
    {"DNS:127.0.0.1", "127.0.0.1.example", NULL},
    {"DNS:a.example,IP:127.0.0.1", "127.0.0.2", NULL},
    {"DNS:A_b.example", "a_b.example", "a name with an underscore"},
    {"DNS:*.a_b.example", "c.a_b.example", "a name with an underscore"},
    {"DNS:a_b.example", "a-b.example", NULL},
    {"DNS:a_b.example", "c.a_b.example", NULL},
    {"DNS:a.example.", "a.example", "with a dot at the end"},
    {"DNS:a.example.", "b.example", NULL},
    {"DNS:*.a.example.", "b.a.example", "with a dot at the end"},
    {"DNS:*.example", "a.example", "its wildcard does not count"},
    {"DNS:*.a.example", "c.b.a.example", "its wildcard does not count"},
    {"DNS:b*.a.example", "bc.a.example", "its wildcard does not count"},
    {"DNS:*.a.example", "a.example", NULL},
    {"DNS:*", "a", NULL},
    {"DNS:*.", "a", NULL},
    {"DNS:.", "a", NULL},
    {"DNS:", "a", NULL},
    {"DNS:*.a.example", "a.test", NULL},
    {"DNS:a.example", "b.example", NULL},
    {NULL, "tom", NULL},
    {"MAIL:a.example", "a.example", NULL},
};

static void
test_misses(void)
{
	const char *why;
	struct certificate c;
	struct der d;
	size_t i;

	for (i = 0; i < COUNT(misses); i++) {
		struct recipe recipe = {.names = misses[i].names};

		if (certificate_read(&c, compose(&d, &recipe), &why) < 0)
			why = "it is malformed";
		else
			why = identity_near_miss(&c, misses[i].host);
		tap_part(why, misses[i].why, "%s and %s: %s",
		    misses[i].names == NULL ? "no name" : misses[i].names,
		    misses[i].host, why == NULL ? "no near miss" : why);
	}
}

/* The name of the certificate below is tried with its subject. */
static const struct {
	const char *permitted, *excluded, *names;
	bool permits;
} permits[] = {
    {"DNS:example", NULL, "DNS:a.example", true},
    {"DNS:a.example", NULL, "DNS:A.EXAMPLE", true},
    {"DNS:example", NULL, "DNS:a.example,DNS:b.test", false},
    {"DNS:ample", NULL, "DNS:a.example", false},
    {"DNS:", NULL, "DNS:a.example", true},
    {"DNS:a.test,DNS:example", NULL, "DNS:a.example", true},
    {"DNS:.example", NULL, "DNS:a.example", true},
    {"DNS:.example", NULL, "DNS:b.a.Example", true},
    {"DNS:.a.example", NULL, "DNS:a.example", false},
    {"DNS:.a.example", NULL, "DNS:ba.example", false},
    {"DNS:.a.example", NULL, "DNS:*.a.example", true},
    {"DNS:.b.a.example", NULL, "DNS:*.a.example", false},
    {"DNS:..example", NULL, "DNS:a.example", false},
    {"DNS:.", NULL, "DNS:a.example", false},
    {NULL, "DNS:.a.example", "DNS:a.example", true},
    {NULL, "DNS:.a.example", "DNS:b.a.example", false},
    {NULL, "DNS:.a.example", "DNS:*.a.example", false},
    {NULL, "DNS:.b.a.example", "DNS:*.a.example", true},
    {NULL, "DNS:.", "DNS:a.example", false},
    {"DNS:*.example", NULL, "DNS:a.example", false},
    {"DNS:example", NULL, "DNS:*.a.example", true},
    {"DNS:b.a.example", NULL, "DNS:*.a.example", false},
    {"DNS:example", NULL, "DNS:a_b.example", false},
    {"DNS:example", NULL, "IP:127.0.0.1", true},
    {NULL, "DNS:example", "DNS:a.example", false},
    {NULL, "DNS:test", "DNS:a.example", true},
    {NULL, "DNS:b.a.example", "DNS:*.a.example", false},
    {NULL, "DNS:b.test", "DNS:*.a.example", true},
    {"DNS:example", "DNS:a.example", "DNS:a.example", false},
    {"DNS:example", "DNS:a.example", "DNS:b.example", true},
    {"NET:2001:db8::/ffff:ffff::", NULL, "IP:2001:db8::1", true},
    {"NET:2001:db8::/ffff:ffff::", NULL, "IP:2001:db9::1", false},
    {"NET:2001:db8::/ffff:ffff::", NULL, "IP:127.0.0.1", false},
    {"NET:2001:db8::/ffff:0:ffff::", NULL, "IP:2001:db8::1", false},
    {NULL, "NET:2001:db8::/ffff:ffff::", "IP:2001:db8::1", false},
    {NULL, "NET:2001:db8::/ffff:ffff::", "IP:2001:db9::1", true},
    {"IP:2001:db8::", NULL, "IP:2001:db8::", false},
    {"NET:10.0.0.0/255.0.0.0", NULL, "IP:10.1.2.3", true},
    {"NET:10.0.0.0/255.0.0.0", NULL, "IP:11.1.2.3", false},
    {"NET:10.0.0.0/255.0.0.0", NULL, "IP:::1", false},
    {"NET:10.0.0.0/255.0.255.0", NULL, "IP:10.1.0.3", false},
    {"NET:10.0.0.0/255.0.0.0", NULL, "DNS:a.example", true},
    {NULL, "NET:0.0.0.0/0.0.0.0", "IP:10.1.2.3", false},
    {NULL, "NET:10.0.0.0/255.0.0.0", "IP:11.1.2.3", true},
    {"IP:10.0.0.0", NULL, "IP:10.0.0.0", false},
    {"MAIL:example", NULL, "MAIL:a@example", false},
    {"MAIL:example", NULL, "DNS:a.example", true},
};

static void
test_permits(void)
{
	struct certificate issuer, below;
	struct der d, f;
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(permits); i++) {
		struct recipe above = {.is_ca = true,
		    .permitted = permits[i].permitted,
		    .excluded = permits[i].excluded};
		struct recipe leaf = {.names = permits[i].names};

		tap_ok(
		    certificate_read(&issuer, compose(&d, &above), &why) == 0,
		    "row %zu of the constraints: the issuer is read", i);
		tap_ok(certificate_read(&below, compose(&f, &leaf), &why) == 0,
		    "row %zu of the constraints: the leaf is read", i);
		tap_ok(permits_all(&issuer, &below) == permits[i].permits,
		    "permitted %s, excluded %s: %s is %s",
		    above.permitted == NULL ? "-" : above.permitted,
		    above.excluded == NULL ? "-" : above.excluded, leaf.names,
		    permits[i].permits ? "allowed" : "forbidden");
	}
}

/* Constraints that are malformed inside forbid every name of their kind. */
static void
test_malformed_constraints(void)
{
	static const struct {
		const char *what, *octets; /* of the permitted subtrees */
		size_t length;
	} rows[] = {
#define SUBTREES(what, octets) {what, octets, sizeof(octets) - 1}
	    SUBTREES("no subtree", "\x05\x00"),
	    SUBTREES("a subtree without a base", "\x30\x00"),
	    SUBTREES("a base that is cut", "\x30\x02\x82\x05"),
	    SUBTREES("a minimum", "\x30\x06\x82\x01t\x80\x01\x01"),
	    SUBTREES("a directory that is no Name", "\x30\x04\xa4\x02\x31\x00"),
	    SUBTREES(
		"a directory with two", "\x30\x06\xa4\x04\x30\x00\x30\x00"),
	};
	struct recipe leaf = {.names = "DNS:t,DIR:Tom"};
	struct certificate issuer, below;
	const char *why;
	struct der d;
	size_t i;

	tap_ok(certificate_read(&below, compose(&d, &leaf), &why) == 0,
	    "a leaf with a directory name is read");
	memset(&issuer, 0, sizeof(issuer));
	for (i = 0; i < COUNT(rows); i++) {
		issuer.permitted = span_of(rows[i].octets, rows[i].length);
		tap_ok(!permits_all(&issuer, &below), "permitted: %s",
		    rows[i].what);
		issuer.permitted = span_of(NULL, 0);
		issuer.excluded = span_of(rows[i].octets, rows[i].length);
		tap_ok(!permits_all(&issuer, &below), "excluded: %s",
		    rows[i].what);
		issuer.excluded = span_of(NULL, 0);
	}
}

/* Names that cannot be read are not permitted, and match no host. */
static void
test_malformed_names(void)
{
	static const char tree[] = "\x30\x03\x82\x01t", cut[] = "\x82\x05t";
	struct certificate issuer, below;
	char names[IDENTITY_NAME_SIZE];

	memset(&issuer, 0, sizeof(issuer));
	memset(&below, 0, sizeof(below));
	issuer.permitted = span_of(tree, sizeof(tree) - 1);
	below.names = span_of(cut, sizeof(cut) - 1);
	tap_ok(!permits_all(&issuer, &below), "a name that is cut: forbidden");
	tap_ok(!identity_matches(&below, "t"), "it matches nothing");
	tap_ok(identity_near_miss(&below, "t") == NULL, "nor nearly");
	identity_list_names(&below, names);
	tap_text(names, "", "it is not listed");
	below.purposes = below.names;
	tap_ok(!identity_may_serve(&below, false),
	    "a purpose that is not an OID allows nothing");
	below.subject = below.names;
	identity_subject(&below, names);
	tap_text(names, "?", "a subject that is not a Name");
}

/* Work that is not paid for permits nothing. */
static void
test_unpaid(void)
{
	struct recipe above = {.is_ca = true, .permitted = "DNS:example"};
	struct recipe leaf = {.subject = "", .names = "DNS:a.example"};
	struct certificate issuer, below;
	struct budget budget;
	struct der d, f;
	const char *why;
	uint32_t units;
	size_t permitted = 0;

	tap_ok(certificate_read(&issuer, compose(&d, &above), &why) == 0,
	    "an issuer with a DNS name is read");
	tap_ok(certificate_read(&below, compose(&f, &leaf), &why) == 0,
	    "a leaf is read");
	for (units = 0; permitted == 0 && units < 100000; units++) {
		budget_init(&budget, deadline_after(60000));
		budget.left = units;
		permitted += identity_permits(&issuer, &below, &budget);
	}
	tap_ok(units > BUDGET_COMPARISON, "a comparison is paid for");
	tap_number(permitted, 1, "and enough is enough");
}

/* A directory name is compared from its first part on. */
static void
test_directory_names(void)
{
	struct recipe above = {.is_ca = true, .permitted = "DIR:Tom"};
	struct recipe tom = {.subject = "Tom"}, eva = {.subject = "Eva"};
	struct recipe nobody = {.subject = "", .names = "DNS:a.example"};
	struct certificate issuer, below;
	const char *why;
	struct der d, f;

	tap_ok(certificate_read(&issuer, compose(&d, &above), &why) == 0,
	    "an issuer with a directory name is read");
	tap_ok(certificate_read(&below, compose(&f, &tom), &why) == 0,
	    "the permitted subject is read");
	tap_ok(permits_all(&issuer, &below), "the permitted subject");
	tap_ok(certificate_read(&below, compose(&f, &eva), &why) == 0,
	    "another subject is read");
	tap_ok(!permits_all(&issuer, &below), "another subject");
	tap_ok(certificate_read(&below, compose(&f, &nobody), &why) == 0,
	    "no subject is read");
	tap_ok(permits_all(&issuer, &below), "no subject");
}

#define PURPOSES(text)                                          \
	{                                                       \
		(const unsigned char *)(text), sizeof(text) - 1 \
	}

static const struct {
	struct span purposes;
	bool server, ca;
	const char *name;
} purposes[] = {
    {{NULL, 0}, true, true, "without the extension"},
    {PURPOSES(COMPOSE_SERVER), true, true, "serverAuth"},
    {PURPOSES(COMPOSE_CLIENT COMPOSE_SERVER), true, true,
	"clientAuth and serverAuth"},
    {PURPOSES(COMPOSE_CLIENT), false, false, "clientAuth"},
    {PURPOSES(COMPOSE_ANY), false, true, "any"},
};

static void
test_purposes(void)
{
	struct certificate c;
	const char *why;
	struct der d;
	size_t i;

	for (i = 0; i < COUNT(purposes); i++) {
		struct recipe recipe = {.purposes = purposes[i].purposes};

		tap_ok(certificate_read(&c, compose(&d, &recipe), &why) == 0,
		    "purposes: %s", purposes[i].name);
		tap_ok(identity_may_serve(&c, false) == purposes[i].server,
		    "for a server");
		tap_ok(
		    identity_may_serve(&c, true) == purposes[i].ca, "for a CA");
	}
}

static void
test_texts(void)
{
	struct recipe recipe = {.names = "DNS:a.example,IP:127.0.0.1,IP:::1"};
	char text[IDENTITY_NAME_SIZE], many[450] = "DNS:a";
	struct certificate c;
	const char *why;
	struct der d;

	tap_ok(certificate_read(&c, compose(&d, &recipe), &why) == 0, "reads");
	identity_subject(&c, text);
	tap_ok(strcmp(text, "Tom") == 0, "the subject is %s", text);
	identity_list_names(&c, text);
	tap_ok(strcmp(text, "a.example, 127.0.0.1, 0:0:0:0:0:0:0:1") == 0,
	    "names: %s", text);
	while (strlen(many) < 430)
		strcat(many, ",DNS:b.example");
	recipe.names = many;
	recipe.subject = many;
	tap_ok(certificate_read(&c, compose(&d, &recipe), &why) == 0,
	    "reads many names");
	identity_list_names(&c, text);
	tap_text(
	    text + strlen(text) - 3, "...", "a long list is cut: %s", text);
	identity_subject(&c, text);
	tap_number(strlen(text), sizeof(text) - 1, "a long subject is cut");
	tap_ok(strncmp(text, many, sizeof(text) - 1) == 0,
	    "a long subject: its beginning");
	recipe.subject = "";
	tap_ok(certificate_read(&c, compose(&d, &recipe), &why) == 0,
	    "reads an empty subject");
	identity_subject(&c, text);
	tap_ok(strcmp(text, "?") == 0, "which is written %s", text);
}

int
main(void)
{
	test_matches();
	test_misses();
	test_permits();
	test_malformed_constraints();
	test_malformed_names();
	test_unpaid();
	test_directory_names();
	test_purposes();
	test_texts();
	return tap_done();
}
