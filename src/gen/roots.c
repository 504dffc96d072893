/* roots.c - host tool: roots FILE.pem >roots_packed.c
 * Reads the whole PEM file, decodes each certificate with BearSSL, sorts them
 * by the id of the subject and prints C. It fails on anything that it
 * does not understand, because a root that is silently left out would first be
 * noticed by a user.
 *
 * Two comments of vendor/update-roots.sh count: the date of the list, before
 * the first certificate, and "distrust after", before the certificate it is
 * about. */
#include <bearssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/date.h"
#include "base/span.h"
#include "gen/roots_packed.h"
#include "x509/name.h"

#define FILE_MAX (4 * 1024 * 1024)
#define ROOTS_MAX 1000
#define KEY_MAX (4096 / 8)
#define NAME_MAX_SIZE 4096
#define COMMENT_DATE "\n# date "
#define COMMENT_DISTRUST "\n# distrust after "

struct root {
	unsigned char head[ROOTS_HEAD_SIZE];
	unsigned char key[KEY_MAX];
	size_t key_length;
	uint32_t distrust_after; /* seconds since 1970, or 0 */
};

struct name {
	unsigned char bytes[NAME_MAX_SIZE];
	size_t length;
};

static unsigned char file[FILE_MAX];
static struct root roots[ROOTS_MAX];
static size_t root_count;
static uint32_t list_date;

static void
die(const char *why)
{
	fprintf(stderr, "roots: certificate %zu: %s\n", root_count + 1, why);
	exit(1);
}

/* The value of a comment in the text before a certificate, YYYY-MM-DD or
 * YYYY-MM-DDTHH:MM:SSZ. Returns seconds since 1970, or 0 without the comment.
 */
static uint32_t
read_comment(const char *comment, size_t begin, size_t end)
{
	int year, month, day, hour = 0, minute = 0, second = 0, fields;
	const char *found;
	int64_t time;

	file[end] = '\0';
	found = strstr((const char *)file + begin, comment);
	if (found == NULL)
		return 0;
	fields = sscanf(found + strlen(comment), "%d-%d-%dT%d:%d:%dZ", &year,
	    &month, &day, &hour, &minute, &second);
	if (fields != 3 && fields != 6)
		die("its comment has no date");
	time = date_days(year, month, day) * 86400 + hour * 3600 + minute * 60 +
	       second;
	if (time <= 0 || time > UINT32_MAX)
		die("the date in its comment is out of range");
	return (uint32_t)time;
}

static void
append_name(void *context, const void *bytes, size_t length)
{
	struct name *name = context;

	if (length > sizeof(name->bytes) - name->length)
		die("its name is too long");
	memcpy(name->bytes + name->length, bytes, length);
	name->length += length;
}

static void
append_certificate(void *context, const void *bytes, size_t length)
{
	br_x509_decoder_push(context, bytes, length);
}

static unsigned
exponent_number(const br_rsa_public_key *key)
{
	static const unsigned char exponents[][ROOTS_EXPONENT_SIZE] =
	    ROOTS_EXPONENTS;
	static const unsigned char one[ROOTS_EXPONENT_SIZE] = {0, 0, 1};
	unsigned char e[ROOTS_EXPONENT_SIZE] = {0};
	size_t i;

	if (key->elen > sizeof(e))
		die("its RSA exponent is too long");
	memcpy(e + sizeof(e) - key->elen, key->e, key->elen);
	/* As x509/key.c demands it of every other certificate. */
	if (e[sizeof(e) - 1] % 2 == 0 || memcmp(e, one, sizeof(e)) == 0)
		die("its RSA exponent is even or 1");
	for (i = 0; i < COUNT(exponents); i++) {
		if (memcmp(exponents[i], e, sizeof(e)) == 0)
			return (unsigned)i;
	}
	die("its RSA exponent is not among ROOTS_EXPONENTS");
	return 0;
}

static void
pack_rsa(struct root *root, const br_rsa_public_key *key)
{
	const unsigned char *n = key->n;
	size_t length = key->nlen;

	while (length > 0 && n[0] == 0) {
		n++;
		length--;
	}
	if (length % ROOTS_RSA_UNIT != 0 || length > KEY_MAX ||
	    length / ROOTS_RSA_UNIT < ROOTS_RSA_MIN) {
		die("its RSA key has less than 2048 or more than 4096 bits, or "
		    "not a multiple of 1024");
	}
	root->head[ROOTS_HASH_SIZE] =
	    (unsigned char)(exponent_number(key) << ROOTS_EXPONENT_SHIFT |
			    length / ROOTS_RSA_UNIT);
	memcpy(root->key, n, length);
	root->key_length = length;
}

static void
pack_ec(struct root *root, const br_ec_public_key *key)
{
	bool is_p256 = key->curve == BR_EC_secp256r1;

	if (!is_p256 && key->curve != BR_EC_secp384r1)
		die("its key is on a curve other than P-256 and P-384");
	if (key->qlen != (is_p256 ? ROOTS_P256_SIZE : ROOTS_P384_SIZE))
		die("its EC point is not uncompressed");
	root->head[ROOTS_HASH_SIZE] = is_p256 ? ROOTS_P256 : ROOTS_P384;
	memcpy(root->key, key->q, key->qlen);
	root->key_length = key->qlen;
}

static void
finish_root(br_x509_decoder_context *decoder, const struct name *name)
{
	struct root *root = &roots[root_count];
	const br_x509_pkey *key = br_x509_decoder_get_pkey(decoder);
	struct name_id id;

	if (key == NULL)
		die("it cannot be decoded");
	if (key->key_type == BR_KEYTYPE_RSA)
		pack_rsa(root, &key->key.rsa);
	else
		pack_ec(root, &key->key.ec);
	name_identify(span_of(name->bytes, name->length), &id);
	memcpy(root->head, id.bytes, ROOTS_HASH_SIZE);
	if (++root_count == ROOTS_MAX)
		die("there are too many");
}

static void
read_roots(size_t length)
{
	static br_x509_decoder_context decoder;
	br_pem_decoder_context pem;
	struct name name;
	size_t done = 0, last = 0;

	br_pem_decoder_init(&pem);
	while (done < length) {
		done += br_pem_decoder_push(&pem, file + done, length - done);
		switch (br_pem_decoder_event(&pem)) {
		case BR_PEM_BEGIN_OBJ:
			if (root_count == 0)
				list_date =
				    read_comment(COMMENT_DATE, last, done - 1);
			roots[root_count].distrust_after =
			    read_comment(COMMENT_DISTRUST, last, done - 1);
			name.length = 0;
			br_x509_decoder_init(&decoder, append_name, &name);
			br_pem_decoder_setdest(
			    &pem, append_certificate, &decoder);
			break;
		case BR_PEM_END_OBJ:
			finish_root(&decoder, &name);
			last = done;
			break;
		case BR_PEM_ERROR:
			die("the file is not valid PEM");
			break;
		default:
			break;
		}
	}
}

static int
compare(const void *one, const void *other)
{
	const struct root *left = one, *right = other;
	int order = memcmp(left->head, right->head, ROOTS_HEAD_SIZE);

	if (order != 0)
		return order;
	/* Two roots of one name need a fixed order, whichever it is. */
	return memcmp(left->key, right->key, KEY_MAX);
}

/* x509/roots.h hands out no more of them. */
static void
check_matches(void)
{
	size_t i;

	for (i = ROOTS_MATCHES; i < root_count; i++) {
		if (memcmp(roots[i].head, roots[i - ROOTS_MATCHES].head,
			ROOTS_HASH_SIZE) == 0)
			die("more than ROOTS_MATCHES have the same name");
	}
}

static void
print_bytes(const unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		printf("%u,%s", bytes[i], i % 20 == 19 ? "\n" : "");
	printf("\n");
}

static void
print_limits(void)
{
	size_t i, count = 0;

	printf("const struct roots_packed_limit roots_packed_limits[] = {\n");
	for (i = 0; i < root_count; i++) {
		if (roots[i].distrust_after == 0)
			continue;
		printf(
		    "{%zu, %lu},\n", i, (unsigned long)roots[i].distrust_after);
		count++;
	}
	printf("{0, 0}};\n"
	       "const uint32_t roots_packed_limit_count = %zu;\n",
	    count);
}

static void
print_roots(void)
{
	size_t i;

	printf("/* Made by src/gen/roots.c; do not edit. */\n"
	       "#include \"gen/roots_packed.h\"\n"
	       "const uint32_t roots_packed_date = %lu;\n"
	       "const uint32_t roots_packed_count = %zu;\n"
	       "const unsigned char roots_packed[] = {\n",
	    (unsigned long)list_date, root_count);
	for (i = 0; i < root_count; i++) {
		print_bytes(roots[i].head, ROOTS_HEAD_SIZE);
		print_bytes(roots[i].key, roots[i].key_length);
	}
	printf("};\n");
	print_limits();
}

int
main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	size_t length;

	if (f == NULL)
		die("usage: roots FILE.pem");
	length = fread(file, 1, sizeof(file), f);
	if (ferror(f) || length == sizeof(file) || length == 0)
		die("cannot read the file, or it is too large or empty");
	fclose(f);
	read_roots(length);
	qsort(roots, root_count, sizeof(roots[0]), compare);
	check_matches();
	if (list_date == 0)
		die("the list has no date");
	print_roots();
	return fflush(stdout) == 0 ? 0 : 1;
}
