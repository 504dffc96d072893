/* certificate_test.c - certificates are composed here, field by field, so that
 * each case says in one line what is odd about it. */
#include "x509/certificate.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"
#include "x509/identity.h"

#define SIZE 4096

struct der {
	unsigned char bytes[SIZE];
	size_t length;
};

static void
put(struct der *d, const void *bytes, size_t length)
{
	if (length > SIZE - d->length)
		abort();
	if (length > 0)
		memcpy(d->bytes + d->length, bytes, length);
	d->length += length;
}

static void
wrap(struct der *d, unsigned char tag, const void *bytes, size_t length)
{
	unsigned char head[4] = {
	    tag, 0x82, (unsigned char)(length >> 8), (unsigned char)length};

	if (length < 128) {
		head[1] = (unsigned char)length;
		put(d, head, 2);
	} else if (length < 256) {
		head[1] = 0x81;
		head[2] = (unsigned char)length;
		put(d, head, 3);
	} else {
		put(d, head, 4);
	}
	put(d, bytes, length);
}

#define WRAP(d, tag, literal) wrap(d, tag, literal, sizeof(literal) - 1)

/* "DNS:a.example,IP:127.0.0.1,HEX4:7f00" into GeneralNames. */
static void
put_names(struct der *d, const char *text, const char *separator)
{
	char copy[512], *name, *state;

	strncpy(copy, text, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	for (name = strtok_r(copy, separator, &state); name != NULL;
	     name = strtok_r(NULL, separator, &state)) {
		unsigned char address[32];

		if (strncmp(name, "DNS:", 4) == 0) {
			wrap(d, 0x82, name + 4, strlen(name + 4));
		} else if (strncmp(name, "MAIL:", 5) == 0) {
			wrap(d, 0x81, name + 5, strlen(name + 5));
		} else if (strncmp(name, "NET:", 4) == 0) {
			char *mask = strchr(name, '/');

			*mask++ = '\0';
			inet_pton(AF_INET, name + 4, address);
			inet_pton(AF_INET, mask, address + 4);
			wrap(d, 0x87, address, 8);
		} else if (inet_pton(AF_INET, name + 3, address) == 1) {
			wrap(d, 0x87, address, 4);
		} else if (inet_pton(AF_INET6, name + 3, address) == 1) {
			wrap(d, 0x87, address, 16);
		} else {
			abort();
		}
	}
}

static void
put_extension(
    struct der *list, unsigned char number, bool critical, const struct der *v)
{
	unsigned char id[] = {0x55, 0x1d, number};
	struct der one = {.length = 0};

	wrap(&one, 0x06, id, sizeof(id));
	if (critical)
		WRAP(&one, 0x01, "\xff");
	wrap(&one, 0x04, v->bytes, v->length);
	wrap(list, 0x30, one.bytes, one.length);
}

struct recipe {
	const char *names;     /* of the subjectAltName */
	const char *permitted; /* subtrees */
	const char *excluded;
	const char *purposes; /* contents of ExtKeyUsageSyntax */
	size_t purposes_length;
	const char *from, *until; /* UTCTime */
	size_t rsa_bytes;         /* 0: P-256 */
	unsigned char rsa_top;
	unsigned char extra; /* one more extension, empty octets */
	bool extra_is_critical;
	bool extra_is_twice;
	bool is_v1;
	bool is_ca;
};

static void
put_subtrees(struct der *list, unsigned char tag, const char *text)
{
	struct der trees = {.length = 0};
	char copy[512], *name, *state;

	if (text == NULL)
		return;
	strncpy(copy, text, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	for (name = strtok_r(copy, ",", &state); name != NULL;
	     name = strtok_r(NULL, ",", &state)) {
		struct der one = {.length = 0};

		put_names(&one, name, ",");
		wrap(&trees, 0x30, one.bytes, one.length);
	}
	wrap(list, tag, trees.bytes, trees.length);
}

static void
put_extensions(struct der *tbs, const struct recipe *r)
{
	struct der list = {.length = 0}, all = {.length = 0};
	struct der value = {.length = 0}, inner = {.length = 0};

	if (r->names != NULL) {
		put_names(&inner, r->names, ",");
		wrap(&value, 0x30, inner.bytes, inner.length);
		put_extension(&list, 17, false, &value);
	}
	if (r->is_ca) {
		value.length = 0;
		WRAP(&value, 0x30, "\x01\x01\xff");
		put_extension(&list, 19, true, &value);
	}
	if (r->permitted != NULL || r->excluded != NULL) {
		inner.length = value.length = 0;
		put_subtrees(&inner, 0xa0, r->permitted);
		put_subtrees(&inner, 0xa1, r->excluded);
		wrap(&value, 0x30, inner.bytes, inner.length);
		put_extension(&list, 30, true, &value);
	}
	if (r->purposes != NULL) {
		value.length = 0;
		wrap(&value, 0x30, r->purposes, r->purposes_length);
		put_extension(&list, 37, false, &value);
	}
	value.length = 0;
	for (int i = 0; r->extra != 0 && i < 1 + r->extra_is_twice; i++)
		put_extension(&list, r->extra, r->extra_is_critical, &value);
	if (list.length == 0)
		return;
	wrap(&all, 0x30, list.bytes, list.length);
	wrap(tbs, 0xa3, all.bytes, all.length);
}

static void
put_key(struct der *tbs, const struct recipe *r)
{
	struct der info = {.length = 0}, inner = {.length = 0};
	struct der point = {.length = 0};
	unsigned char bytes[600] = {0, 4};

	if (r->rsa_bytes == 0) {
		WRAP(&info, 0x30,
		    "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
		    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07");
		wrap(&info, 0x03, bytes, 66);
	} else {
		WRAP(&info, 0x30,
		    "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
		bytes[1] = r->rsa_top;
		wrap(&inner, 0x02, bytes, r->rsa_bytes + 1);
		WRAP(&inner, 0x02, "\x01\x00\x01");
		put(&point, "", 1);
		wrap(&point, 0x30, inner.bytes, inner.length);
		wrap(&info, 0x03, point.bytes, point.length);
	}
	wrap(tbs, 0x30, info.bytes, info.length);
}

static void
compose(struct der *out, const struct recipe *r)
{
	static const char algorithm[] =
	    "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
	static const char name[] = "\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c"
				   "\x03Tom";
	struct der tbs = {.length = 0}, all = {.length = 0};
	struct der dates = {.length = 0};
	const char *from = r->from != NULL ? r->from : "200101000000Z";
	const char *until = r->until != NULL ? r->until : "400101000000Z";

	if (!r->is_v1)
		WRAP(&tbs, 0xa0, "\x02\x01\x02");
	WRAP(&tbs, 0x02, "\x05");
	WRAP(&tbs, 0x30, algorithm);
	WRAP(&tbs, 0x30, name);
	wrap(&dates, 0x17, from, strlen(from));
	wrap(&dates, 0x17, until, strlen(until));
	wrap(&tbs, 0x30, dates.bytes, dates.length);
	WRAP(&tbs, 0x30, name);
	put_key(&tbs, r);
	put_extensions(&tbs, r);
	wrap(&all, 0x30, tbs.bytes, tbs.length);
	WRAP(&all, 0x30, algorithm);
	WRAP(&all, 0x03, "\x00sig");
	out->length = 0;
	wrap(out, 0x30, all.bytes, all.length);
}

#define SERVER "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
#define CLIENT "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
#define ANY "\x06\x04\x55\x1d\x25\x00"
#define LITERAL(text) text, sizeof(text) - 1

static const struct {
	struct recipe recipe;
	const char *refused; /* a piece of the reason, or NULL */
} readings[] = {
    {{.names = "DNS:a.example"}, NULL},
    {{.rsa_bytes = 256, .rsa_top = 0x80}, NULL},
    {{.rsa_bytes = 512, .rsa_top = 0xff}, NULL},
    {{.rsa_bytes = 128, .rsa_top = 0x80}, "shorter than 2048"},
    {{.rsa_bytes = 256, .rsa_top = 0x7f}, "shorter than 2048"},
    {{.rsa_bytes = 257, .rsa_top = 0x01}, "multiple of 8"},
    {{.rsa_bytes = 513, .rsa_top = 0x80}, "longer than 4096"},
    {{.is_v1 = true}, NULL},
    {{.is_v1 = true, .names = "DNS:a"}, "extensions"},
    {{.extra = 99}, NULL},
    {{.extra = 99, .extra_is_critical = true}, "unknown critical"},
    {{.extra = 99, .extra_is_twice = true}, "twice"},
    {{.extra = 36}, "not supported"},
    {{.names = ""}, "malformed or not supported"},
    {{.purposes = "", .purposes_length = 0}, "malformed or not supported"},
    {{.permitted = "DNS:a"}, "constrains names but"},
    {{.is_ca = true, .permitted = "DNS:a"}, NULL},
    {{.is_ca = true, .permitted = ""}, "malformed or not supported"},
    {{.from = "20200101000000Z"}, "dates"}, /* not a UTCTime */
    {{.from = "200101000000"}, "dates"},
    {{.from = "200101000060Z"}, "dates"},
    {{.from = "201301000000Z"}, "dates"},
    {{.from = "200001000000Z"}, "dates"},
    {{.until = "2001010000+1Z"}, "dates"},
};

static void
test_readings(void)
{
	for (size_t i = 0; i < COUNT(readings); i++) {
		const char *refused = readings[i].refused, *why = NULL;
		struct certificate c;
		struct der d;
		int status;

		compose(&d, &readings[i].recipe);
		status = certificate_read(&c, span_of(d.bytes, d.length), &why);
		tap_ok(refused == NULL
			   ? status == 0
			   : status == -1 && strstr(why, refused) != NULL,
		    "reading %zu: %s", i, why == NULL ? "accepted" : why);
	}
}

/* Every prefix, and every byte changed, where the next byte is out of bounds;
 * what is read of a broken one must still lie inside. */
static void
test_damage(void)
{
	static const struct recipe recipe = {.names = "DNS:a.example,IP:::1",
	    .is_ca = true,
	    .permitted = "DNS:example,NET:127.0.0.0/255.0.0.0"};
	unsigned char *copy;
	struct certificate c;
	struct der d;
	const char *why;
	bool refused = true;

	compose(&d, &recipe);
	for (size_t n = 0; n < d.length; n++) {
		copy = malloc(n + 1);
		memcpy(copy + 1, d.bytes, n);
		refused &= certificate_read(&c, span_of(copy + 1, n), &why) < 0;
		free(copy);
	}
	tap_ok(refused, "every prefix of a certificate is refused");
	d.bytes[d.length] = 0;
	tap_ok(certificate_read(&c, span_of(d.bytes, d.length + 1), &why) < 0,
	    "a byte after the certificate is refused");
	copy = malloc(d.length);
	for (size_t i = 0; i < d.length * 8; i++) {
		char text[IDENTITY_NAME_SIZE];

		memcpy(copy, d.bytes, d.length);
		copy[i / 8] ^= (unsigned char)(1u << i % 8);
		if (certificate_read(&c, span_of(copy, d.length), &why) < 0)
			continue;
		identity_matches(&c, "b.example");
		identity_permits(&c, &c);
		identity_may_serve(&c, true);
		identity_subject(&c, text);
		identity_list_names(&c, text);
	}
	free(copy);
	tap_ok(true, "no flipped bit reads out of bounds");
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
	for (size_t i = 0; i < COUNT(matches); i++) {
		struct recipe recipe = {.names = matches[i].names};
		struct certificate c;
		const char *why;
		struct der d;

		compose(&d, &recipe);
		tap_ok(certificate_read(&c, span_of(d.bytes, d.length), &why) ==
			       0 &&
			   identity_matches(&c, matches[i].host) ==
			       matches[i].matches,
		    "%s %s %s",
		    matches[i].names == NULL ? "no name" : matches[i].names,
		    matches[i].matches ? "is for" : "is not for",
		    matches[i].host);
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
    {"DNS:.example", NULL, "DNS:a.example", false},
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
	for (size_t i = 0; i < COUNT(permits); i++) {
		struct recipe above = {.is_ca = true,
		    .permitted = permits[i].permitted,
		    .excluded = permits[i].excluded};
		struct recipe below = {.names = permits[i].names};
		struct certificate a, b;
		const char *why;
		struct der d, f;

		compose(&d, &above);
		compose(&f, &below);
		tap_ok(certificate_read(&a, span_of(d.bytes, d.length), &why) ==
			       0 &&
			   certificate_read(
			       &b, span_of(f.bytes, f.length), &why) == 0 &&
			   identity_permits(&a, &b) == permits[i].permits,
		    "permitted %s, excluded %s: %s is %s",
		    above.permitted == NULL ? "-" : above.permitted,
		    above.excluded == NULL ? "-" : above.excluded, below.names,
		    permits[i].permits ? "allowed" : "forbidden");
	}
}

static void
test_purposes(void)
{
	static const struct {
		const char *contents;
		size_t length;
		bool server, issuer;
	} rows[] = {
	    {NULL, 0, true, true},
	    {LITERAL(SERVER), true, true},
	    {LITERAL(CLIENT SERVER), true, true},
	    {LITERAL(CLIENT), false, false},
	    {LITERAL(ANY), false, true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct recipe recipe = {.purposes = rows[i].contents,
		    .purposes_length = rows[i].length};
		struct certificate c;
		const char *why;
		struct der d;

		compose(&d, &recipe);
		tap_ok(certificate_read(&c, span_of(d.bytes, d.length), &why) ==
			       0 &&
			   identity_may_serve(&c, false) == rows[i].server &&
			   identity_may_serve(&c, true) == rows[i].issuer,
		    "purposes %zu", i);
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

	compose(&d, &recipe);
	tap_ok(certificate_read(&c, span_of(d.bytes, d.length), &why) == 0,
	    "reads");
	identity_subject(&c, text);
	tap_ok(strcmp(text, "Tom") == 0, "the subject is %s", text);
	identity_list_names(&c, text);
	tap_ok(strcmp(text, "a.example, 127.0.0.1, 0:0:0:0:0:0:0:1") == 0,
	    "names: %s", text);
	while (strlen(many) < 430)
		strcat(many, ",DNS:b.example");
	recipe.names = many;
	compose(&d, &recipe);
	tap_ok(certificate_read(&c, span_of(d.bytes, d.length), &why) == 0,
	    "reads");
	identity_list_names(&c, text);
	tap_ok(strlen(text) < sizeof(text) &&
		   strcmp(text + strlen(text) - 3, "...") == 0,
	    "a long list is cut: %s", text);
}

int
main(void)
{
	test_readings();
	test_damage();
	test_matches();
	test_permits();
	test_purposes();
	test_texts();
	return tap_done();
}
