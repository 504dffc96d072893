/* briefs.c - each form of a secret is a text in one pool, with its length. */
#include "base/briefs.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/coded.h"
#include "base/parts.h"
#include "base/span.h"

#define LENGTH_MIN 4
#define POOL_SIZE 32768
/* Of each proxy the pair, the user and the password; of each of these the text,
 * four forms in Base64 and one in hexadecimal. */
#define COUNT_MAX ((size_t)8 * 3 * 6)
#define FORM_SIZE (2 * BRIEFS_TEXT_MAX + 1)

struct brief {
	size_t at, length; /* in the pool */
	bool is_password;
};

static struct {
	size_t count, used;
	struct brief list[COUNT_MAX];
	char pool[POOL_SIZE];
} registry;

/* Whether a secret goes on with this character. */
static bool
begins_with(struct span secret, const struct coded *character)
{
	size_t i;

	if (character->count > secret.length)
		return false;
	for (i = 0; i < character->count; i++) {
		if (!parts_equal(character->bytes[i], secret.bytes[i]))
			return false;
	}
	return true;
}

/* Returns how many bytes at the beginning of the text are the beginning of the
 * secret, of which *count is set to the number of characters. */
static size_t
common_length(struct span secret, struct span text, size_t *count)
{
	struct coded character;
	size_t used = 0, i;

	for (i = 0; i < secret.length && used < text.length;
	     i += character.count) {
		coded_read(
		    span_of(text.bytes + used, text.length - used), &character);
		if (!begins_with(span_of(secret.bytes + i, secret.length - i),
			&character))
			break;
		used += character.length;
	}
	*count = i;
	return used;
}

static struct span
secret_of(const struct brief *brief)
{
	return span_of(registry.pool + brief->at, brief->length);
}

/* Returns how many bytes at the beginning of the text are the secret, or 0. */
static size_t
length_at(const struct brief *brief, struct span text)
{
	struct span secret = secret_of(brief);
	size_t used, count;

	if (text.length >= secret.length &&
	    ascii_equal_nocase(span_chars(secret), text.bytes, secret.length))
		return secret.length;
	used = common_length(secret, text, &count);
	return count == secret.length ? used : 0;
}

/* Returns how many bytes at the beginning of the text are eight or more
 * characters of the secret, or 0: a peer may have cut it. */
static size_t
part_at(const struct brief *brief, struct span text)
{
	struct span secret = secret_of(brief);
	size_t longest = 0, used, count, i;

	for (i = 0; i + PARTS_LENGTH <= secret.length; i++) {
		used = common_length(
		    span_of(secret.bytes + i, secret.length - i), text, &count);
		if (count >= PARTS_LENGTH && used > longest)
			longest = used;
	}
	return longest;
}

static struct brief *
find(struct span text)
{
	struct brief *brief;
	size_t i;

	for (i = 0; i < registry.count; i++) {
		brief = &registry.list[i];
		if (span_equal(text, secret_of(brief)))
			return brief;
	}
	return NULL;
}

static void
add(struct span form, bool is_password)
{
	struct brief *brief = find(form);

	if (form.length < LENGTH_MIN)
		return;
	if (brief != NULL) {
		brief->is_password |= is_password;
		return;
	}
	if (registry.count == COUNT_MAX ||
	    form.length > POOL_SIZE - registry.used) {
		parts_give_up();
		return;
	}
	registry.list[registry.count++] =
	    (struct brief){registry.used, form.length, is_password};
	memcpy(registry.pool + registry.used, form.bytes, form.length);
	registry.used += form.length;
}

/* Adds the digits of the Base64 of a text after `shift` other bytes which do
 * not depend on what is around the text. */
static void
add_base64(struct span text, size_t shift)
{
	char bytes[BRIEFS_TEXT_MAX + 2] = "", form[FORM_SIZE];
	size_t begin = (shift * 8 + 5) / 6;
	size_t end = (shift + text.length) * 8 / 6;
	struct buffer b;

	memcpy(bytes + shift, text.bytes, text.length);
	buffer_init(&b, form, sizeof(form));
	buffer_base64(&b, bytes, shift + text.length, false);
	add(span_of(form + begin, end - begin), false);
	/* With the last digit, which is that of a text that ends here. */
	if (shift == 0)
		add(span_of(form, strcspn(form, "=")), false);
	wipe(bytes, sizeof(bytes));
	wipe(form, sizeof(form));
}

static void
add_hex(struct span text)
{
	char form[FORM_SIZE];
	struct buffer b;
	size_t i;

	buffer_init(&b, form, sizeof(form));
	for (i = 0; i < text.length; i++)
		buffer_format(&b, "%02x", (unsigned)text.bytes[i]);
	add(span_of(form, b.length), false);
	wipe(form, sizeof(form));
}

void
briefs_add(struct span text, bool is_password)
{
	size_t shift;

	if (text.length > BRIEFS_TEXT_MAX)
		parts_add(text, PARTS_LASTING);
	if (text.length < LENGTH_MIN || text.length > BRIEFS_TEXT_MAX)
		return;
	add(text, is_password);
	add_hex(text);
	for (shift = 0; shift < 3; shift++)
		add_base64(text, shift);
}

size_t
briefs_at(struct span text)
{
	size_t longest = 0, length, i;

	for (i = 0; i < registry.count; i++) {
		length = length_at(&registry.list[i], text);
		longest = length > longest ? length : longest;
		length = part_at(&registry.list[i], text);
		longest = length > longest ? length : longest;
	}
	return longest;
}

bool
briefs_are_password(struct span text)
{
	const struct brief *brief;
	size_t i;

	for (i = 0; i < registry.count; i++) {
		brief = &registry.list[i];
		if (brief->is_password && text.length > 0 &&
		    length_at(brief, text) == text.length)
			return true;
	}
	return false;
}

void
briefs_wipe(void)
{
	wipe(&registry, sizeof(registry));
}
