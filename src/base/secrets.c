/* secrets.c - a text is walked through as it stands, as JSON, decoded, and as
 * pairs of hexadecimal digits, all at once. Each eight characters in a row are
 * looked up. */
#include "base/secrets.h"

#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/briefs.h"
#include "base/buffer.h"
#include "base/coded.h"
#include "base/parts.h"
#include "base/span.h"

#define RUN_MIN 16
#define NUMBER_MAX 20 /* characters; ids and dates have fewer */
/* No part has more bytes in a text: eight characters, each of them encoded. */
#define REACH ((size_t)PARTS_LENGTH * CODED_MAX)

/* What may be shown although a secret contains it: the beginnings and ends of
 * secrets, and the keys of a request's body. */
static const char *const public_texts[] = {
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "\n-----END RSA PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n",
    "\n-----END PRIVATE KEY-----\n",
    "github_pat_",
    "ghs_eyJhbGciOi",
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.", /* of our own JWT */
    "client_payload",
    "event_type",
    "return_run_details",
};

/* Before the first secret. */
static void
add_public_texts(void)
{
	size_t i;

	if (!parts_are_none())
		return;
	for (i = 0; i < COUNT(public_texts); i++)
		parts_add(span_text(public_texts[i]), PARTS_PUBLIC);
}

void
secrets_add(struct span secret, enum secrets_life life)
{
	add_public_texts();
	parts_add(
	    secret, life == SECRETS_RECENT ? PARTS_RECENT : PARTS_LASTING);
}

/* What tokens and Base64 are made of (RFC 6750, 2.1; RFC 4648, 4). */
static bool
is_run_byte(unsigned char byte)
{
	return ascii_is_alphanumeric(byte) ||
	       (byte != '\0' && strchr("-._~+/=", byte) != NULL);
}

/* Adds a run without the hyphens of a boundary line (RFC 7468, 2), after which
 * its label is too short: "CERTIFICATE-----" is not a secret. */
static void
add_run(struct span run, enum secrets_life life)
{
	static const char hyphens[] = "-----";
	size_t length = sizeof(hyphens) - 1;

	if (run.length >= length && memcmp(run.bytes, hyphens, length) == 0)
		run = span_of(run.bytes + length, run.length - length);
	if (run.length >= length &&
	    memcmp(run.bytes + run.length - length, hyphens, length) == 0)
		run.length -= length;
	if (run.length >= RUN_MIN)
		secrets_add(run, life);
}

/* Adds the runs of a text, of which the bytes are those of this kind. */
static void
add_runs(struct span text, bool (*is_of_run)(unsigned char byte),
    enum secrets_life life)
{
	size_t begin, i = 0;

	while (i < text.length) {
		begin = i;
		while (i < text.length && is_of_run(text.bytes[i]))
			i++;
		add_run(span_of(text.bytes + begin, i - begin), life);
		i += i == begin;
	}
}

static bool
is_base64_byte(unsigned char byte)
{
	return ascii_is_alphanumeric(byte) || byte == '+' || byte == '/' ||
	       byte == '=';
}

/* Returns where a word begins in a text, or the text's length. */
static size_t
find_word(struct span text, const char *word)
{
	size_t length = strlen(word), i;

	for (i = 0; i + length <= text.length; i++) {
		if (memcmp(text.bytes + i, word, length) == 0)
			return i;
	}
	return text.length;
}

static struct span
rest_of(struct span text, size_t from)
{
	return span_of(text.bytes + from, text.length - from);
}

void
secrets_add_runs(struct span text, enum secrets_life life)
{
	static const char begin[] = "-----BEGIN";
	size_t at = find_word(text, begin), length;

	if (text.length < RUN_MIN)
		secrets_add(text, life);
	if (at == text.length)
		add_runs(text, is_run_byte, life);
	for (; at < text.length; at = find_word(text, begin)) {
		text = rest_of(text, at + sizeof(begin) - 1);
		length = find_word(text, "-----END");
		add_runs(span_of(text.bytes, length), is_base64_byte, life);
		text = rest_of(text, length);
	}
}

/* A pair that is too long for the credentials of any proxy (net/proxy.h) has
 * its parts only. */
void
secrets_add_proxy(struct span user, struct span password)
{
	char pair[BRIEFS_TEXT_MAX + 1];
	struct buffer b;

	buffer_init(&b, pair, sizeof(pair));
	buffer_append(&b, user.bytes, user.length);
	buffer_byte(&b, ':');
	buffer_append(&b, password.bytes, password.length);
	/* A long pair is added by its parts. */
	add_public_texts();
	briefs_add(span_of(pair, b.length), false);
	briefs_add(password, !span_equal(user, password));
	briefs_add(user, false);
	wipe(pair, sizeof(pair));
	secrets_add(password, SECRETS_LASTING);
}

/* The last eight characters, and where each of them begins. */
struct window {
	uint64_t part;
	size_t begins[PARTS_LENGTH];
	size_t count;
};

/* The last eight pairs of digits that end here, and the last eight that end a
 * digit before. */
struct pairs {
	uint64_t parts[2];
	size_t digits; /* in a row */
	unsigned last;
};

/* A text in the form that encoding does not change. */
struct stream {
	struct window window;
	struct coded coded;
};

struct walk {
	struct span text;
	struct secrets_place *place;
	bool is_peer; /* whose numbers are not ours: they may be a part */
	struct window plain, json;
	struct stream decoded, json_decoded;
	struct pairs pairs;
};

static void
slide(struct window *window, unsigned char byte, size_t begin)
{
	window->part = parts_next(window->part, byte);
	window->begins[window->count++ % PARTS_LENGTH] = begin;
}

/* Where the last characters begin, of which the window has as many. */
static size_t
begin_of(const struct window *window, size_t characters)
{
	return window->begins[(window->count - characters) % PARTS_LENGTH];
}

/* Makes a place include another. Returns false if they are apart. */
static bool
include(struct secrets_place *place, size_t begin, size_t end)
{
	if (place->end == 0) {
		place->begin = begin;
	} else if (begin > place->end) {
		return false;
	}
	if (begin < place->begin)
		place->begin = begin;
	if (end > place->end)
		place->end = end;
	return true;
}

/* Whether a place is complete: no window that touches it ends after this. */
static bool
is_past(const struct secrets_place *place, size_t at)
{
	return place->end > 0 && at > place->end + REACH;
}

/* What a JSON number is made of (RFC 8259, 6). */
static bool
is_number_byte(unsigned char byte)
{
	return byte != '\0' && strchr("0123456789.eE+-", byte) != NULL;
}

/* What is beside a number makes it a part of a word or a string, or of more
 * digits than a number has. */
static bool
is_joined(unsigned char byte)
{
	return ascii_is_alphanumeric(byte) || is_number_byte(byte) ||
	       (byte != '\0' && strchr("\"'_%\\", byte) != NULL);
}

/* Whether bytes are within a number that stands by itself. A number that is
 * the beginning or the end of a text may be a whole secret. */
static bool
is_in_number(struct span text, size_t begin, size_t end)
{
	size_t first = begin, i;

	for (i = begin; i < end; i++) {
		if (!is_number_byte(text.bytes[i]))
			return false;
	}
	while (first > 0 && end - first < NUMBER_MAX &&
	       is_number_byte(text.bytes[first - 1]))
		first--;
	while (end < text.length && end - first < NUMBER_MAX &&
	       is_number_byte(text.bytes[end]))
		end++;
	return end - first < NUMBER_MAX &&
	       (ascii_is_digit(text.bytes[first]) ||
		   text.bytes[first] == '-') &&
	       first > 0 && !is_joined(text.bytes[first - 1]) &&
	       end < text.length && !is_joined(text.bytes[end]);
}

/* Makes the place include these bytes, if what they mean is a part of a secret.
 * A line end is two characters of a form, but one of a secret.
 *
 * Returns false if that is apart from the place. */
static bool
look_up(const struct walk *walk, uint64_t part, size_t begin, size_t end)
{
	return !parts_are_known(part, walk->is_peer) ||
	       (!walk->is_peer && (end - begin < PARTS_LENGTH ||
				      is_in_number(walk->text, begin, end))) ||
	       include(walk->place, begin, end);
}

/* The same for a secret that is too short for a part. */
static bool
look_up_brief(const struct walk *walk, const struct window *window, size_t end)
{
	size_t length =
	    walk->is_peer ? briefs_at_end(window->part, window->count) : 0;

	return length == 0 ||
	       include(walk->place, begin_of(window, length), end);
}

static bool
look_up_window(const struct walk *walk, const struct window *window, size_t end)
{
	return look_up_brief(walk, window, end) &&
	       (window->count < PARTS_LENGTH ||
		   look_up(walk, window->part, begin_of(window, PARTS_LENGTH),
		       end));
}

/* Whether the windows have the same characters of the text. Mostly nothing is
 * encoded, and one look-up is enough. */
static bool
is_same(const struct window *one, const struct window *other)
{
	return one->part == other->part && one->count >= PARTS_LENGTH &&
	       other->count >= PARTS_LENGTH &&
	       begin_of(one, PARTS_LENGTH) == begin_of(other, PARTS_LENGTH);
}

/* Takes a byte, which ends here, into the form that encoding does not change.
 */
static bool
take_decoded(struct walk *walk, struct stream *stream, unsigned char byte,
    size_t begin, size_t end)
{
	const struct coded *coded = &stream->coded;
	struct window *window = &stream->window;
	bool has_changed = coded_take(&stream->coded, byte, begin);
	size_t fresh = coded->count - coded->fresh, i = fresh;
	bool is_near = true;

	if (has_changed) {
		*window = (struct window){.count = 0};
		i -= i < PARTS_LENGTH ? i : PARTS_LENGTH;
	}
	for (; i < coded->count && is_near; i++) {
		slide(window, coded->bytes[i], coded->begins[i]);
		is_near = i < fresh || is_same(window, &walk->plain) ||
			  look_up_window(walk, window, end);
	}
	return is_near;
}

/* Takes the character that begins here, as JSON has it. What it means may be
 * encoded as well. *end is set to its end. */
static bool
take_json(struct walk *walk, size_t begin, size_t *end)
{
	struct coded_unit unit;
	bool is_near = true;
	size_t i;

	coded_read_json(rest_of(walk->text, begin), &unit);
	*end = begin + unit.length;
	for (i = 0; i < unit.count && is_near; i++) {
		slide(&walk->json, unit.bytes[i], begin);
		is_near = (unit.length == 1 ||
			      look_up_window(walk, &walk->json, *end)) &&
			  take_decoded(walk, &walk->json_decoded, unit.bytes[i],
			      begin, *end);
	}
	return is_near;
}

/* Looks up a byte that is not escaped, after what may be escaped. */
static bool
take_plain(struct walk *walk, size_t at, size_t begin, size_t end)
{
	/* What is left of an escape would not be one. */
	slide(&walk->plain, walk->text.bytes[at], begin);
	return look_up_window(walk, &walk->plain, end) &&
	       (end - begin > 1 || is_same(&walk->json, &walk->plain) ||
		   look_up_window(walk, &walk->json, end));
}

/* Takes a digit. Any other byte ends the row. */
static bool
take_digit(struct walk *walk, size_t at)
{
	struct pairs *pairs = &walk->pairs;
	uint64_t *part = &pairs->parts[pairs->digits % 2];
	int digit = ascii_hex((char)walk->text.bytes[at]);

	if (digit < 0) {
		pairs->digits = 0;
		return true;
	}
	*part = parts_next(
	    *part, (unsigned char)(pairs->last << 4 | (unsigned)digit));
	pairs->last = (unsigned)digit;
	return ++pairs->digits < 2 * PARTS_LENGTH ||
	       look_up(walk, *part, at + 1 - 2 * PARTS_LENGTH, at + 1);
}

static void
search(struct span text, size_t from, struct secrets_place *place, bool is_peer)
{
	struct walk walk = {.text = text, .place = place, .is_peer = is_peer};
	size_t begin = from, next = from, i;

	for (i = from; i < text.length && !is_past(place, i); i++) {
		if (i == next) {
			begin = i;
			if (!take_json(&walk, begin, &next))
				return;
		}
		if (!take_plain(&walk, i, begin, next) ||
		    !take_decoded(
			&walk, &walk.decoded, text.bytes[i], i, next) ||
		    !take_digit(&walk, i))
			return;
	}
}

static bool
find(struct span text, size_t from, struct secrets_place *place, bool is_peer)
{
	*place = (struct secrets_place){0, 0};
	if (parts_are_all() && from < text.length) {
		*place = (struct secrets_place){from, text.length};
		return true;
	}
	if (!parts_are_none())
		search(text, from, place, is_peer);
	if (place->end > 0)
		return true;
	*place = (struct secrets_place){text.length, text.length};
	return false;
}

bool
secrets_find(struct span text, size_t from, struct secrets_place *place)
{
	return find(text, from, place, false);
}

/* A peer's text is cut where it does not fit; one of our own is left out. */
static void
append(struct buffer *b, struct span text, bool is_peer)
{
	size_t i;

	if (!is_peer)
		buffer_append(b, text.bytes, text.length);
	for (i = 0; i < text.length && is_peer; i++)
		buffer_byte(b, (char)text.bytes[i]);
}

static void
hide(struct buffer *b, struct span text, bool is_peer)
{
	struct secrets_place place;
	size_t from = 0;
	bool found;

	do {
		found = find(text, from, &place, is_peer);
		append(
		    b, span_of(text.bytes + from, place.begin - from), is_peer);
		if (found)
			buffer_text(b, SECRETS_HIDDEN);
		from = place.end;
	} while (found);
}

void
secrets_hide(struct buffer *b, struct span text)
{
	hide(b, text, false);
}

void
secrets_hide_peer(struct buffer *b, struct span text)
{
	hide(b, text, true);
}

/* Whether a place is a label of a host, or several. */
static bool
has_label(struct span host, const struct secrets_place *place)
{
	return (place->begin == 0 || host.bytes[place->begin - 1] == '.') &&
	       (place->end == host.length || host.bytes[place->end] == '.');
}

bool
secrets_are_in_host(struct span host)
{
	struct secrets_place place = {0, 0};
	size_t from = 0;

	if (briefs_are_password(host))
		return true;
	do {
		from = place.end;
		place = (struct secrets_place){0, 0};
		search(host, from, &place, false);
		if (place.end > 0 && (place.end - place.begin >= RUN_MIN ||
					 has_label(host, &place)))
			return true;
	} while (place.end > 0);
	return false;
}

void
secrets_wipe(void)
{
	parts_wipe();
	briefs_wipe();
}
