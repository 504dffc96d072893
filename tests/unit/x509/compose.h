/* compose.h - composes certificates for the tests, field by field, so that each
 * case says in one line what is odd about it. Keys are numbers: the scalar of a
 * P-256 key, which signs as well. */
#ifndef COMPOSE_H
#define COMPOSE_H

#include <arpa/inet.h>
#include <bearssl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

#define COMPOSE_SIZE 4096

struct der {
	unsigned char bytes[COMPOSE_SIZE];
	size_t length;
};

static void
put(struct der *d, const void *bytes, size_t length)
{
	if (length > COMPOSE_SIZE - d->length)
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

static void
put_name(struct der *d, const char *text, unsigned char tag)
{
	struct der pair = {.length = 0}, set = {.length = 0};
	struct der name = {.length = 0};

	if (text == NULL)
		text = "Tom";
	WRAP(&pair, 0x06, "\x55\x04\x03");
	wrap(&pair, tag != 0 ? tag : 0x0c, text, strlen(text));
	wrap(&set, 0x30, pair.bytes, pair.length);
	wrap(&name, 0x31, set.bytes, set.length);
	/* "" is a Name without parts. */
	wrap(d, 0x30, name.bytes, text[0] == '\0' ? 0 : name.length);
}

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
		} else if (strncmp(name, "DIR:", 4) == 0) {
			struct der directory = {.length = 0};

			put_name(&directory, name + 4, 0);
			wrap(d, 0xa4, directory.bytes, directory.length);
		} else if (strncmp(name, "NET:", 4) == 0) {
			char *mask = strchr(name, '/');

			*mask++ = '\0';
			if (inet_pton(AF_INET, name + 4, address) == 1) {
				inet_pton(AF_INET, mask, address + 4);
				wrap(d, 0x87, address, 8);
			} else {
				inet_pton(AF_INET6, name + 4, address);
				inet_pton(AF_INET6, mask, address + 16);
				wrap(d, 0x87, address, 32);
			}
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
put_extension(struct der *list, unsigned char number, bool critical,
    const struct der *value)
{
	unsigned char id[] = {0x55, 0x1d, number};
	struct der one = {.length = 0};

	wrap(&one, 0x06, id, sizeof(id));
	if (critical)
		WRAP(&one, 0x01, "\xff");
	wrap(&one, 0x04, value->bytes, value->length);
	wrap(list, 0x30, one.bytes, one.length);
}

#define COMPOSE_SERVER "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
#define COMPOSE_CLIENT "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
#define COMPOSE_ANY "\x06\x04\x55\x1d\x25\x00"

struct recipe {
	const char *subject, *issuer; /* common names; NULL: "Tom" */
	unsigned char key, signer;    /* 0: none that verifies anything */
	const char *names;            /* of the subjectAltName */
	const char *permitted;        /* subtrees */
	const char *excluded;
	struct span purposes;     /* contents of ExtKeyUsageSyntax */
	const char *key_usage;    /* contents of a BIT STRING of two octets */
	const char *depth;        /* pathLenConstraint, one octet */
	const char *from, *until; /* UTCTime */
	size_t rsa_bytes;         /* 0: P-256 */
	unsigned char rsa_top;
	const unsigned char *modulus; /* of rsa_bytes; NULL: top and zeros */
	struct span exponent;         /* absent: 65537 */
	unsigned char extra;          /* one more extension, empty octets */
	struct span extra_value;      /* absent: empty octets */
	bool extra_is_critical;
	bool extra_is_twice;
	bool is_v1;
	bool is_ca;
	struct span basic;         /* contents of BasicConstraints */
	unsigned char subject_tag; /* of the common name; 0: UTF8String */
	struct span algorithm;     /* named, whatever signs; absent: ECDSA */
	/* Policies, each a letter, or "*" for anyPolicy. */
	const char *policies;
	const char *mappings;    /* pairs of them: "ab" maps a to b */
	struct span constraints; /* contents of PolicyConstraints */
	const char *inhibit_any; /* inhibitAnyPolicy, one octet */
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
put_policy(struct der *d, char letter)
{
	unsigned char id[] = {0x2a, (unsigned char)letter};

	if (letter == '*')
		WRAP(d, 0x06, "\x55\x1d\x20\x00");
	else
		wrap(d, 0x06, id, sizeof(id));
}

/* A list of lists of so many policies each. */
static void
put_policies(
    struct der *list, unsigned char number, const char *letters, size_t each)
{
	struct der value = {.length = 0}, inner = {.length = 0};
	size_t i, j;

	for (i = 0; i < strlen(letters); i += each) {
		struct der one = {.length = 0};

		for (j = 0; j < each; j++)
			put_policy(&one, letters[i + j]);
		wrap(&inner, 0x30, one.bytes, one.length);
	}
	wrap(&value, 0x30, inner.bytes, inner.length);
	put_extension(list, number, true, &value);
}

static void
put_policy_extensions(struct der *list, const struct recipe *recipe)
{
	struct der value = {.length = 0};

	if (recipe->policies != NULL)
		put_policies(list, 32, recipe->policies, 1);
	if (recipe->mappings != NULL)
		put_policies(list, 33, recipe->mappings, 2);
	if (recipe->constraints.bytes != NULL) {
		wrap(&value, 0x30, recipe->constraints.bytes,
		    recipe->constraints.length);
		put_extension(list, 36, true, &value);
	}
	if (recipe->inhibit_any != NULL) {
		value.length = 0;
		wrap(&value, 0x02, recipe->inhibit_any, 1);
		put_extension(list, 54, true, &value);
	}
}

static void
put_extensions(struct der *tbs, const struct recipe *recipe)
{
	struct der list = {.length = 0}, all = {.length = 0};
	struct der value = {.length = 0}, inner = {.length = 0};
	int i;

	if (recipe->names != NULL) {
		put_names(&inner, recipe->names, ",");
		wrap(&value, 0x30, inner.bytes, inner.length);
		put_extension(&list, 17, false, &value);
	}
	if (recipe->is_ca || recipe->basic.bytes != NULL) {
		inner.length = value.length = 0;
		if (recipe->is_ca)
			WRAP(&inner, 0x01, "\xff");
		if (recipe->depth != NULL)
			wrap(&inner, 0x02, recipe->depth, 1);
		put(&inner, recipe->basic.bytes, recipe->basic.length);
		wrap(&value, 0x30, inner.bytes, inner.length);
		put_extension(&list, 19, true, &value);
	}
	if (recipe->permitted != NULL || recipe->excluded != NULL) {
		inner.length = value.length = 0;
		put_subtrees(&inner, 0xa0, recipe->permitted);
		put_subtrees(&inner, 0xa1, recipe->excluded);
		wrap(&value, 0x30, inner.bytes, inner.length);
		put_extension(&list, 30, true, &value);
	}
	if (recipe->key_usage != NULL) {
		value.length = 0;
		wrap(&value, 0x03, recipe->key_usage, 2);
		put_extension(&list, 15, true, &value);
	}
	if (recipe->purposes.bytes != NULL) {
		value.length = 0;
		wrap(&value, 0x30, recipe->purposes.bytes,
		    recipe->purposes.length);
		put_extension(&list, 37, false, &value);
	}
	put_policy_extensions(&list, recipe);
	value.length = 0;
	put(&value, recipe->extra_value.bytes, recipe->extra_value.length);
	for (i = 0; recipe->extra != 0 && i < 1 + recipe->extra_is_twice; i++) {
		put_extension(
		    &list, recipe->extra, recipe->extra_is_critical, &value);
	}
	if (list.length == 0)
		return;
	wrap(&all, 0x30, list.bytes, list.length);
	wrap(tbs, 0xa3, all.bytes, all.length);
}

static br_ec_private_key
private_key(unsigned char number, unsigned char scalar[32])
{
	memset(scalar, 0, 32);
	scalar[31] = number;
	return (br_ec_private_key){BR_EC_secp256r1, scalar, 32};
}

static void
public_key(unsigned char number, unsigned char point[65])
{
	unsigned char scalar[32], bytes[BR_EC_KBUF_PUB_MAX_SIZE];
	br_ec_private_key key = private_key(number, scalar);

	if (br_ec_compute_pub(br_ec_get_default(), NULL, bytes, &key) != 65)
		abort();
	memcpy(point, bytes, 65);
}

static void
put_key(struct der *tbs, const struct recipe *recipe)
{
	struct der info = {.length = 0}, inner = {.length = 0};
	struct der point = {.length = 0};
	unsigned char bytes[600] = {0, 4};

	if (recipe->key != 0)
		public_key(recipe->key, bytes + 1);
	if (recipe->rsa_bytes == 0) {
		WRAP(&info, 0x30,
		    "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
		    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07");
		wrap(&info, 0x03, bytes, 66);
	} else {
		WRAP(&info, 0x30,
		    "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
		bytes[1] = recipe->rsa_top;
		if (recipe->modulus != NULL)
			memcpy(bytes + 1, recipe->modulus, recipe->rsa_bytes);
		wrap(&inner, 0x02, bytes, recipe->rsa_bytes + 1);
		if (recipe->exponent.bytes != NULL) {
			wrap(&inner, 0x02, recipe->exponent.bytes,
			    recipe->exponent.length);
		} else {
			WRAP(&inner, 0x02, "\x01\x00\x01");
		}
		put(&point, "", 1);
		wrap(&point, 0x30, inner.bytes, inner.length);
		wrap(&info, 0x03, point.bytes, point.length);
	}
	wrap(tbs, 0x30, info.bytes, info.length);
}

static void
put_signature(struct der *d, const struct der *tbs, unsigned char signer)
{
	unsigned char scalar[32], hash[32], bits[1 + 80] = "\0sig";
	br_ec_private_key key = private_key(signer, scalar);
	br_sha256_context c;
	size_t length = 3;

	br_sha256_init(&c);
	br_sha256_update(&c, tbs->bytes, tbs->length);
	br_sha256_out(&c, hash);
	if (signer != 0) {
		length = br_ecdsa_i31_sign_asn1(br_ec_get_default(),
		    &br_sha256_vtable, hash, &key, bits + 1);
	}
	if (length == 0)
		abort();
	wrap(d, 0x03, bits, 1 + length);
}

static void
put_dates(struct der *d, const struct recipe *recipe)
{
	const char *from =
	    recipe->from != NULL ? recipe->from : "200101000000Z";
	const char *until =
	    recipe->until != NULL ? recipe->until : "400101000000Z";
	struct der dates = {.length = 0};

	wrap(&dates, 0x17, from, strlen(from));
	wrap(&dates, 0x17, until, strlen(until));
	wrap(d, 0x30, dates.bytes, dates.length);
}

static struct span compose(struct der *out, const struct recipe *recipe)
    __attribute__((unused));

/* Composes the certificate. The result points into out. */
static struct span
compose(struct der *out, const struct recipe *recipe)
{
	struct der algorithm = {.length = 0}, fields = {.length = 0},
		   tbs = {.length = 0};
	struct der all = {.length = 0};

	if (recipe->algorithm.bytes == NULL) {
		WRAP(&algorithm, 0x06, "\x2a\x86\x48\xce\x3d\x04\x03\x02");
	} else {
		wrap(&algorithm, 0x06, recipe->algorithm.bytes,
		    recipe->algorithm.length);
	}
	if (!recipe->is_v1)
		WRAP(&fields, 0xa0, "\x02\x01\x02");
	WRAP(&fields, 0x02, "\x05");
	wrap(&fields, 0x30, algorithm.bytes, algorithm.length);
	put_name(&fields, recipe->issuer, 0);
	put_dates(&fields, recipe);
	put_name(&fields, recipe->subject, recipe->subject_tag);
	put_key(&fields, recipe);
	put_extensions(&fields, recipe);
	wrap(&tbs, 0x30, fields.bytes, fields.length);
	put(&all, tbs.bytes, tbs.length);
	wrap(&all, 0x30, algorithm.bytes, algorithm.length);
	put_signature(&all, &tbs, recipe->signer);
	out->length = 0;
	wrap(out, 0x30, all.bytes, all.length);
	return span_of(out->bytes, out->length);
}

#endif
