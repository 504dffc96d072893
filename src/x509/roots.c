/* roots.c - a built-in root is found by walking along the packed roots, and its
 * key is used where it is. The text of a file is kept, and decoded once to note
 * where in it which names are. For a chain, the few certificates that matter
 * are decoded again and copied. What follows more certificates than can be
 * noted, or one that is cut, is decoded for each chain. */
#include "x509/roots.h"

#include <string.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/value.h"
#include "os/file.h"
#include "os/log.h"
#include "x509/bundle.h"

#define OLD ((int64_t)2 * 365 * 86400) /* seconds */
#define MARK "\xef\xbb\xbf" /* the byte order mark that Windows puts first */

void
roots_use_builtin(struct roots *roots)
{
	roots->is_file = false;
	roots->count = 0;
}

enum error_advice
roots_advice(const struct roots *roots)
{
	return roots->is_file ? ADVICE_EXTEND_FILE : ADVICE_TRUST_CA;
}

/* Points pkey to the packed key, which is constant memory.
 *
 * Returns the length of the key. */
static size_t
view_packed(br_x509_pkey *pkey, const unsigned char *packed)
{
	static const unsigned char exponents[][ROOTS_EXPONENT_SIZE] =
	    ROOTS_EXPONENTS;
	unsigned char *key = (unsigned char *)(uintptr_t)packed;
	unsigned kind = packed[-1], units = kind & ROOTS_RSA_UNITS;

	if (units >= ROOTS_RSA_MIN) {
		pkey->key_type = BR_KEYTYPE_RSA;
		pkey->key.rsa.e = (unsigned char *)(uintptr_t)
		    exponents[kind >> ROOTS_EXPONENT_SHIFT];
		pkey->key.rsa.elen = ROOTS_EXPONENT_SIZE;
		pkey->key.rsa.n = key;
		return pkey->key.rsa.nlen = (size_t)units * ROOTS_RSA_UNIT;
	}
	pkey->key_type = BR_KEYTYPE_EC;
	pkey->key.ec.curve =
	    kind == ROOTS_P256 ? BR_EC_secp256r1 : BR_EC_secp384r1;
	pkey->key.ec.q = key;
	return pkey->key.ec.qlen =
		   kind == ROOTS_P256 ? ROOTS_P256_SIZE : ROOTS_P384_SIZE;
}

void
roots_date(char day[DATE_DAY_SIZE])
{
	date_write_day(day, roots_packed_date);
}

bool
roots_are_old(const struct roots *roots, int64_t now)
{
	return !roots->is_file && now - roots_packed_date > OLD;
}

static int64_t
distrust_after(size_t root)
{
	size_t i;

	for (i = 0; i < roots_packed_limit_count; i++) {
		if (roots_packed_limits[i].root == root)
			return roots_packed_limits[i].after;
	}
	return INT64_MAX;
}

unsigned
roots_builtin(const struct roots *roots, const struct name_id *name,
    struct roots_anchor anchors[ROOTS_MATCHES])
{
	const unsigned char *root = roots_packed;
	unsigned found = 0;
	br_x509_pkey key;
	size_t i, length;

	if (roots->is_file)
		return 0;
	for (i = 0; i < roots_packed_count && found < ROOTS_MATCHES; i++) {
		length = view_packed(&key, root + ROOTS_HEAD_SIZE);
		if (memcmp(root, name->bytes, ROOTS_HASH_SIZE) == 0) {
			anchors[found].key = key;
			anchors[found++].distrust_after = distrust_after(i);
		}
		root += ROOTS_HEAD_SIZE + length;
	}
	return found;
}

/* Finds the next object of the text from *at on.
 *
 * Returns PEM_OBJECT, PEM_UNUSABLE, or PEM_NOTHING at the end. */
static enum pem_event
next_object(struct roots *roots, size_t *at)
{
	enum pem_event event = PEM_NOTHING;
	size_t taken;

	/* A line end follows the text. */
	while (event == PEM_NOTHING && *at <= roots->text_length) {
		event = pem_read(&roots->pem, roots->text + *at,
		    roots->text_length + 1 - *at, &taken);
		*at += taken;
	}
	return event;
}

/* The certificate of the object that was found; absent if OpenSSL's settings
 * say not to trust it. */
static struct span
object_of(const struct roots *roots)
{
	struct span der = span_of(roots->pem.der, roots->pem.length);

	if (roots->pem.is_trusted && !bundle_split_trusted(&der))
		return span_of(NULL, 0);
	return der;
}

static int
read_text(
    struct roots *roots, const char *path, struct deadline d, struct error *e)
{
	struct buffer b;
	int result;

	buffer_init(&b, roots->text, sizeof(roots->text));
	result = file_read(path, &b, d, ERROR_USAGE, e);
	roots->text_used = b.length;
	if (result < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_USAGE, e);
	if (b.length >= strlen(MARK) &&
	    memcmp(b.bytes, MARK, strlen(MARK)) == 0) {
		b.length -= strlen(MARK);
		memmove(b.bytes, b.bytes + strlen(MARK), b.length);
	}
	roots->text_length = b.length;
	roots->text[b.length] = '\n';
	return 0;
}

/* The place where an object has ended. The LF of a CRLF belongs to the line. */
static struct roots_place
place_after(const struct roots *roots, size_t at)
{
	if (roots->pem.after_cr && roots->text[at] == '\n')
		at++;
	return (struct roots_place){at, roots->pem.line};
}

/* Notes the object that was found after roots->rest and ends at this place,
 * unless the next one has begun in it: that one could not be found again. */
static bool
note(struct roots *roots, const struct certificate *certificate, size_t at)
{
	struct roots_entry *entry = &roots->entries[roots->indexed];

	if (roots->pem.inside)
		return false;
	if (certificate->subject.bytes != NULL) {
		if (roots->indexed == ROOTS_INDEXED_MAX)
			return false;
		entry->place = roots->rest;
		entry->subject = certificate->subject_id;
		roots->indexed++;
	}
	roots->rest = place_after(roots, at);
	return true;
}

/* Reads every certificate of the text, and sets *why to what is wrong with the
 * last unusable one.
 *
 * Returns how many are usable. */
static unsigned
read_certificates(struct roots *roots, const char **why)
{
	bool is_noting = true;
	/* Nothing is selected yet. *why may point into it. */
	struct certificate *certificate = &roots->selected[0];
	enum pem_event event;
	unsigned usable = 0;
	struct span der;
	size_t at = 0;

	roots->indexed = 0;
	roots->rest = (struct roots_place){0, 1};
	pem_open(&roots->pem);
	while ((event = next_object(roots, &at)) != PEM_NOTHING) {
		der = object_of(roots);
		certificate->subject.bytes = NULL;
		if (event == PEM_UNUSABLE) {
			*why = "it is cut, too large, or not base64";
		} else if (der.bytes == NULL) {
			*why = "its trust settings reject it for servers";
		} else if (certificate_read(certificate, der, why) == 0) {
			usable++;
		} else {
			event = PEM_UNUSABLE;
		}
		if (event == PEM_UNUSABLE || der.bytes == NULL) {
			log_trace("root at line %lu skipped: %s",
			    roots->pem.first_line, *why);
		}
		is_noting = is_noting && note(roots, certificate, at);
	}
	return usable;
}

int
roots_use_file(
    struct roots *roots, const char *path, struct deadline d, struct error *e)
{
	const char *why = NULL, *what, *hint;
	struct value name;

	roots->is_file = true;
	roots->count = 0;
	if (read_text(roots, path, d, e) < 0)
		return -1;
	if (read_certificates(roots, &why) > 0)
		return 0;
	error_set(e, ERROR_USAGE, "%s contains no usable certificate",
	    file_name(&name, path));
	error_of_file(e);
	if (why != NULL) {
		error_append(e, ": the last one, at line %lu, is refused: %s",
		    roots->pem.first_line, why);
		return -1;
	}
	what = bundle_describe(span_of(roots->text, roots->text_length), &hint);
	if (what != NULL)
		error_append(e, ": %s", what);
	return hint != NULL ? error_hint(e, hint) : -1;
}

/* The server's own certificate counts wherever it comes from. */
static bool
is_wanted(const struct certificate *certificate,
    const struct certificate *chain, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		if (chain[i].subject.bytes != NULL &&
		    name_same(&certificate->subject_id, &chain[i].issuer_id))
			return true;
	}
	return span_equal(certificate->der, chain[0].der);
}

static bool
is_selected(const struct roots *roots, struct span der)
{
	unsigned i;

	for (i = 0; i < roots->count; i++) {
		if (span_equal(roots->selected[i].der, der))
			return true;
	}
	return false;
}

static void
keep(struct roots *roots, struct span der)
{
	unsigned i = roots->count;
	const char *why;

	if (is_selected(roots, der))
		return;
	if (i == ROOTS_SELECTED_MAX ||
	    der.length > sizeof(roots->bytes) - roots->used) {
		log_trace("root at line %lu skipped: too many of these names",
		    roots->pem.first_line);
		roots->has_left_out = true;
		return;
	}
	memcpy(roots->bytes + roots->used, der.bytes, der.length);
	der = span_of(roots->bytes + roots->used, der.length);
	roots->used += der.length;
	roots->faults[i] = NULL;
	if (certificate_read(&roots->selected[i], der, &why) < 0)
		roots->faults[i] = why;
	roots->count++;
}

/* Keeps the certificate of the object that was found, if it is wanted. */
static void
consider(struct roots *roots, enum pem_event event,
    const struct certificate *chain, unsigned count)
{
	struct certificate c;
	const char *why;
	struct span der;

	if (event != PEM_OBJECT)
		return;
	der = object_of(roots);
	if (der.bytes == NULL)
		return;
	/* Those that are unusable explain why a chain is refused. */
	if (certificate_read(&c, der, &why) < 0 && c.subject.bytes == NULL)
		return;
	if (is_wanted(&c, chain, count))
		keep(roots, der);
}

/* Whether a certificate with this name may be wanted. */
static bool
may_be_wanted(const struct name_id *subject, const struct certificate *chain,
    unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		if (chain[i].subject.bytes != NULL &&
		    name_same(subject, &chain[i].issuer_id))
			return true;
	}
	return chain[0].subject.bytes != NULL &&
	       name_same(subject, &chain[0].subject_id);
}

int
roots_select(struct roots *roots, const struct certificate *chain,
    unsigned count, struct deadline d)
{
	enum pem_event event;
	size_t i, at;

	roots->count = 0;
	roots->used = 0;
	roots->has_left_out = false;
	if (!roots->is_file)
		return 0;
	if (deadline_passed(d))
		return -1;
	for (i = 0; i < roots->indexed; i++) {
		if (!may_be_wanted(&roots->entries[i].subject, chain, count))
			continue;
		if (deadline_passed(d))
			return -1;
		at = roots->entries[i].place.at;
		pem_resume(&roots->pem, roots->entries[i].place.line);
		consider(roots, next_object(roots, &at), chain, count);
	}
	at = roots->rest.at;
	pem_resume(&roots->pem, roots->rest.line);
	while ((event = next_object(roots, &at)) != PEM_NOTHING) {
		if (deadline_passed(d))
			return -1;
		consider(roots, event, chain, count);
	}
	return 0;
}

void
roots_wipe(struct roots *roots)
{
	wipe(roots->text, roots->text_used);
}
