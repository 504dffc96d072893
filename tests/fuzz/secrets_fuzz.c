/* secrets_fuzz.c - the input is a byte that says how long the secret is, the
 * secret, and a text. A search that is written another way finds nothing of the
 * secret in what is shown, in a text and in JSON, and the form of JSON stays as
 * it was. */
#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/parts.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/utf8.h"
#include "cli/output.h"
#include "fuzz.h"
#include "json/reader.h"
#include "json/string.h"

#define TEXT_MAX 4096
#define LENGTH 8

static char shown[8 * TEXT_MAX + 16], again[8 * TEXT_MAX + 16];
/* A byte becomes at most six in JSON, and the end of a proxy's user may be
 * shorter than what stands in its place. */
static char large[8 * TEXT_MAX + 16], decoded[8 * TEXT_MAX + 16];

static unsigned char
normal(unsigned char byte)
{
	static const char from[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	static const char to[] = "abcdefghijklmnopqrstuvwxyz+/";
	const char *at = byte != '\0' ? strchr(from, byte) : NULL;

	return at != NULL ? (unsigned char)to[at - from] : byte;
}

static bool
is_same(const unsigned char *one, const unsigned char *other)
{
	size_t i;

	for (i = 0; i < LENGTH; i++) {
		if (normal(one[i]) != normal(other[i]))
			return false;
	}
	return true;
}

/* Eight characters of a secret that are public, or NULs. */
static bool
is_public(const unsigned char *bytes)
{
	uint64_t part = 0;
	size_t i;

	for (i = 0; i < LENGTH; i++)
		part = parts_next(part, bytes[i]);
	return !parts_are_known(part, false);
}

static bool
is_in(const char *set, unsigned char byte)
{
	return byte != '\0' && strchr(set, byte) != NULL;
}

/* Whether the number of which this is a part is not joined to anything. */
static bool
is_number(struct span text, size_t at)
{
	static const char number[] = "0123456789.eE+-";
	size_t begin = at, end = at;
	unsigned char before, after;

	while (begin > 0 && is_in(number, text.bytes[begin - 1]))
		begin--;
	while (end < text.length && is_in(number, text.bytes[end]))
		end++;
	if (end - at < LENGTH || at - begin > 40 || end - at > 40 ||
	    begin == 0 || end == text.length)
		return false;
	before = text.bytes[begin - 1];
	after = text.bytes[end];
	return is_in("0123456789-", text.bytes[begin]) &&
	       !ascii_is_alphanumeric(before) && !is_in("\"'_%\\", before) &&
	       !ascii_is_alphanumeric(after) && !is_in("\"'_%\\", after);
}

/* No eight characters of the secret are in these bytes of the text. */
static void
check_part(struct span secret, struct span text, size_t begin, size_t end)
{
	size_t i, j;

	for (i = begin; i + LENGTH <= end; i++) {
		for (j = 0; j + LENGTH <= secret.length; j++) {
			check(!is_same(text.bytes + i, secret.bytes + j) ||
			      is_public(secret.bytes + j) ||
			      is_number(text, i));
		}
	}
}

/* The places are in their order, and what is between them may be shown. */
static void
check_places(struct span secret, struct span text)
{
	struct secrets_place place = {0, 0};
	size_t from;
	bool found;

	do {
		from = place.end;
		found = secrets_find(text, from, &place);
		check(place.begin >= from && place.end <= text.length);
		check(place.begin < place.end || !found);
		check_part(secret, text, from, place.begin);
	} while (found);
}

/* JSON whose bytes outside strings are the same. */
static void
check_form(struct span before, struct span after)
{
	struct span one, other;
	const unsigned char *from = before.bytes, *to = after.bytes;
	bool more, found;

	do {
		found = json_next_string(&before, &one);
		more = json_next_string(&after, &other);
		check(found == more);
		if (!found) {
			one = span_of(before.bytes + before.length, 0);
			other = span_of(after.bytes + after.length, 0);
		}
		check(span_equal(span_of(from, (size_t)(one.bytes - from)),
		    span_of(to, (size_t)(other.bytes - to))));
		from = one.bytes + one.length;
		to = other.bytes + other.length;
	} while (found);
}

static bool
is_json(struct span text)
{
	struct json_reader reader;

	json_open(&reader, text);
	return json_validate(&reader) == 0;
}

static void
check_json(struct span secret, struct span text)
{
	struct span rest = text, contents;
	struct buffer b;
	struct output output = {.buffer = &b};

	if (!is_json(text))
		return;
	while (json_next_string(&rest, &contents))
		check_places(secret, contents);
	buffer_init(&b, large, sizeof(large));
	output_json(&output, span_chars(text), text.length);
	output_flush(&output);
	check(!b.overflowed && is_json(span_of(b.bytes, b.length)));
	check_form(text, span_of(b.bytes, b.length));
}

static bool
is_utf8(struct span text)
{
	uint32_t ignored;
	size_t i, n;

	for (i = 0; i < text.length; i += n) {
		n = utf8_decode(text.bytes + i, text.length - i, &ignored);
		if (n == 0)
			return false;
	}
	return true;
}

/* A string means the text without secrets. */
static void
check_string(const char *text)
{
	struct buffer b, hidden;
	struct output output = {.buffer = &b};

	buffer_init(&b, large, sizeof(large));
	output_json_string(&output, text);
	output_flush(&output);
	check(!b.overflowed && is_json(span_of(b.bytes, b.length)));
	buffer_init(&hidden, again, sizeof(again));
	secrets_hide(&hidden, span_text(text));
	if (!is_utf8(span_of(hidden.bytes, hidden.length)))
		return;
	buffer_init(&hidden, decoded, sizeof(decoded));
	json_decode(span_of(b.bytes, b.length), &hidden);
	check(strcmp(decoded, again) == 0);
}

static void
check_text(struct span secret, struct span text)
{
	char string[TEXT_MAX + 1];
	struct buffer b;

	buffer_init(&b, shown, sizeof(shown));
	secrets_hide(&b, text);
	check(!b.overflowed && b.length <= text.length);
	check_places(secret, text);
	check_json(secret, text);
	if (span_copy(text, string, sizeof(string)) == 0)
		check_string(string);
}

static void
check_peer(struct span text)
{
	struct buffer b, c;

	buffer_init(&c, large, sizeof(large));
	secrets_hide_peer(&c, text);
	check(!c.overflowed);
	/* What hides a peer's text makes no secret of what is left. */
	buffer_init(&b, again, sizeof(again));
	if (c.length <= TEXT_MAX) {
		secrets_hide(&b, span_of(c.bytes, c.length));
		check(!b.overflowed);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = size > 0 ? data[0] : 0;
	struct span secret, text;
	struct secrets_place place;

	if (size < 1 + length || size - 1 - length > TEXT_MAX)
		return 0;
	secret = span_of(data + 1, length);
	text = span_of(data + 1 + length, size - 1 - length);
	check(!secrets_find(text, 0, &place));
	secrets_add(secret, SECRETS_LASTING);
	check_text(secret, text);
	secrets_add_runs(text, SECRETS_RECENT);
	check_text(secret, text);
	secrets_wipe();
	secrets_add_proxy(span_of(data + 1, length / 2),
	    span_of(data + 1 + length / 2, length - length / 2));
	check_peer(text);
	check(!secrets_find(span_of(NULL, 0), 0, &place));
	secrets_wipe();
	return 0;
}
