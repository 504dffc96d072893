/* secrets.c - eight characters in a row are one 64-bit number, and a set of
 * these numbers is an open hash table. A text is walked through twice at once,
 * as it stands and decoded, and each number is looked up.
 *
 * A table of 2^n places lies in its pool at offset 2^n, so a table that grows
 * moves to the next region of the pool, and the place it left is wiped. */
#include "base/secrets.h"

#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/span.h"

#define WINDOW 8     /* characters of a part */
#define FIRST_BITS 9 /* of the number of places of a table */
#define LAST_BITS 18

#define BACKSLASHES_MAX 4 /* of one escape */
_Static_assert(SECRETS_REACH >= WINDOW * (BACKSLASHES_MAX + 5),
    "eight encoded characters");

#define RUN_MIN 16
#define NUMBER_MAX 40 /* characters on each side of a part */
#define BRIEF_MIN 4
#define BRIEF_SIZE 1024
#define BRIEF_MAX 128

/* Seven variables of a proxy and the option; of each the pair, the user and the
 * password; of each of these the text and four forms in Base64. */
_Static_assert(BRIEF_MAX >= (7 + 1) * 3 * 5, "all proxies");

/* OLDER has what was in RECENT before that was full. */
enum { LASTING, RECENT, OLDER, PUBLIC, SETS };

struct set {
	unsigned bits; /* 0: nothing was ever added */
	size_t count;
};

/* Part of a proxy's credentials, to be found as a whole. */
struct brief {
	size_t length;
	bool is_password; /* as it is, and not the user as well */
	char text[BRIEF_SIZE];
};

static uint64_t pools[SETS][(size_t)2 << LAST_BITS];

static struct {
	struct set sets[SETS];
	bool is_full;
	size_t briefs;
	struct brief brief[BRIEF_MAX];
} registry;

/* What may be shown although a secret contains it: the beginnings and ends of
 * secrets, and the words of our own documents that have eight characters. */
static const char *const public_texts[] = {
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "\n-----END RSA PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n",
    "\n-----END PRIVATE KEY-----\n",
    "github_pat_",
    "ghs_eyJhbGciOi",
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.", /* of our own JWT */
    "::error::",
    "::notice::",
    "client_payload",
    "conclusion",
    "delivered",
    "dispatch-url",
    "event_type",
    "exit_status",
    "repository-dispatch: warning: ",
    "request_id",
    "response-status",
};

static uint64_t *
table_of(unsigned set)
{
	return pools[set] + ((size_t)1 << registry.sets[set].bits);
}

/* Returns where a part is in a table, or the free place where it belongs. */
static uint64_t *
place_in(unsigned set, uint64_t part)
{
	unsigned bits = registry.sets[set].bits;
	size_t mask = ((size_t)1 << bits) - 1, i;
	uint64_t *table = table_of(set);

	/* Fibonacci hashing: the upper bits depend on all bits. */
	i = (size_t)((part * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits));
	while (table[i] != 0 && table[i] != part)
		i = (i + 1) & mask;
	return &table[i];
}

static bool
has(unsigned set, uint64_t part)
{
	return registry.sets[set].bits > 0 && *place_in(set, part) != 0;
}

static void
empty(unsigned set)
{
	struct set *s = &registry.sets[set];

	if (s->bits > 0)
		wipe(table_of(set), sizeof(uint64_t) << s->bits);
	*s = (struct set){0, 0};
}

/* Moves a table to one of twice its size. */
static void
grow(unsigned set)
{
	struct set *s = &registry.sets[set];
	size_t size = (size_t)1 << s->bits, i;
	uint64_t *old = table_of(set);

	if (s->bits == 0) {
		s->bits = FIRST_BITS;
		return;
	}
	s->bits++;
	for (i = 0; i < size; i++) {
		if (old[i] != 0)
			*place_in(set, old[i]) = old[i];
	}
	wipe(old, size * sizeof(*old));
}

/* RECENT becomes OLDER, by way of the same functions, and is empty then. */
static void
age(void)
{
	size_t size = (size_t)1 << registry.sets[RECENT].bits;

	empty(OLDER);
	registry.sets[OLDER] = registry.sets[RECENT];
	memcpy(table_of(OLDER), table_of(RECENT), size * sizeof(uint64_t));
	empty(RECENT);
}

/* Returns whether there is room for one more. */
static bool
make_room(unsigned set)
{
	const struct set *s = &registry.sets[set];

	if (s->bits > 0 && s->count < ((size_t)1 << s->bits) / 4 * 3)
		return true;
	if (s->bits < LAST_BITS) {
		grow(set);
		return true;
	}
	if (set != RECENT)
		return false;
	age();
	grow(set);
	return true;
}

static void
add_part(unsigned set, uint64_t part)
{
	if (part == 0 || has(set, part) || has(PUBLIC, part))
		return;
	if (!make_room(set)) {
		registry.is_full = true;
		return;
	}
	*place_in(set, part) = part;
	registry.sets[set].count++;
}

/* Both alphabets of Base64, and both cases, are the same to us. */
static unsigned char
normal(unsigned char byte)
{
	return byte == '-' ? '+' : byte == '_' ? '/' : ascii_lower(byte);
}

static void
add_plain(unsigned set, struct span text)
{
	uint64_t part = 0;
	size_t i;

	for (i = 0; i < text.length; i++) {
		part = part << 8 | normal(text.bytes[i]);
		if (i + 1 >= WINDOW)
			add_part(set, part);
	}
}

/* The characters of the Base64 of a text that follows `shift` other bytes,
 * without those that depend on what is around the text. */
struct digits {
	struct span text;
	size_t next, end; /* in bits of the text */
};

static struct digits
digits_of(struct span text, size_t shift)
{
	/* The first group of six bits that is whole within the text. */
	return (struct digits){text, (6 - shift * 8 % 6) % 6, text.length * 8};
}

/* Returns the next one in normal form, or NUL at the end. */
static char
next_digit(struct digits *digits)
{
	static const char values[] =
	    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789+/";
	const struct span *text = &digits->text;
	size_t at = digits->next / 8;
	unsigned pair;

	if (digits->end - digits->next < 6)
		return '\0';
	pair = (unsigned)text->bytes[at] << 8;
	pair |= at + 1 < text->length ? text->bytes[at + 1] : 0;
	pair = pair >> (10 - digits->next % 8) & 63;
	digits->next += 6;
	return values[pair];
}

static void
add_base64(unsigned set, struct span text, size_t shift)
{
	struct digits digits = digits_of(text, shift);
	uint64_t part = 0;
	size_t count;
	char digit;

	for (count = 1; (digit = next_digit(&digits)) != '\0'; count++) {
		part = part << 8 | (unsigned char)digit;
		if (count >= WINDOW)
			add_part(set, part);
	}
}

static void
add(unsigned set, struct span text)
{
	size_t shift;

	if (text.length == 0)
		return;
	add_plain(set, text);
	for (shift = 0; shift < 3; shift++)
		add_base64(set, text, shift);
}

void
secrets_add(struct span secret, enum secrets_life life)
{
	size_t i;

	if (registry.sets[PUBLIC].bits == 0) {
		for (i = 0; i < COUNT(public_texts); i++)
			add(PUBLIC, span_text(public_texts[i]));
	}
	add(life == SECRETS_RECENT ? RECENT : LASTING, secret);
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

static bool
has_brief(const char *text, size_t length)
{
	const struct brief *brief;
	size_t i;

	for (i = 0; i < registry.briefs; i++) {
		brief = &registry.brief[i];
		if (brief->length == length &&
		    memcmp(brief->text, text, length) == 0)
			return true;
	}
	return false;
}

static void
add_brief(const char *text, size_t length)
{
	struct brief *brief = &registry.brief[registry.briefs];

	if (length < BRIEF_MIN || registry.briefs == BRIEF_MAX ||
	    has_brief(text, length) ||
	    span_copy(span_of(text, length), brief->text, sizeof(brief->text)) <
		0)
		return;
	brief->length = length;
	registry.briefs++;
}

/* A text, its Base64 as it ends with it, and its Base64 within that of more. */
static void
add_briefs(struct span text)
{
	char code[BRIEF_SIZE], digit;
	struct digits digits;
	struct buffer b;
	size_t shift;

	if (text.length < BRIEF_MIN)
		return;
	add_brief(span_chars(text), text.length);
	buffer_init(&b, code, sizeof(code));
	buffer_base64(&b, text.bytes, text.length, false);
	add_brief(code, strcspn(code, "="));
	for (shift = 0; shift < 3; shift++) {
		digits = digits_of(text, shift);
		buffer_init(&b, code, sizeof(code));
		while ((digit = next_digit(&digits)) != '\0')
			buffer_byte(&b, digit);
		add_brief(code, b.length);
	}
	wipe(code, sizeof(code));
}

void
secrets_add_proxy(struct span user, struct span password)
{
	char pair[BRIEF_SIZE];
	struct buffer b;
	size_t before;

	buffer_init(&b, pair, sizeof(pair));
	buffer_append(&b, user.bytes, user.length);
	buffer_byte(&b, ':');
	buffer_append(&b, password.bytes, password.length);
	add_briefs(span_of(pair, b.length));
	before = registry.briefs;
	add_briefs(password);
	if (registry.briefs > before) {
		registry.brief[before].is_password =
		    !span_equal(user, password);
	}
	add_briefs(user);
	wipe(pair, sizeof(pair));
	secrets_add(password, SECRETS_LASTING);
}

/* Returns the value of two hexadecimal digits, or -1. */
static int
hex_pair(const unsigned char *at)
{
	int high = ascii_hex((char)at[0]), low = ascii_hex((char)at[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Reads what follows % or \x or \u00. Returns how many bytes were used, or 0 if
 * they are not two digits. */
static size_t
decode_hex(struct span text, size_t skip, unsigned char *byte)
{
	int value;

	if (text.length < skip + 2)
		return 0;
	value = hex_pair(text.bytes + skip);
	if (value < 0)
		return 0;
	*byte = (unsigned char)value;
	return skip + 2;
}

/* A backslash may be doubled on its way. */
static size_t
decode_backslash(struct span text, unsigned char *byte)
{
	static const char letters[] = "nrt/\"", meant[] = "\n\r\t/\"";
	const char *letter;
	size_t n = 0;

	while (n < text.length && n < BACKSLASHES_MAX && text.bytes[n] == '\\')
		n++;
	if (n == text.length)
		return 0;
	/* A pair is a backslash, after which a string ends. */
	if (text.bytes[n] == '"' && n % 2 == 0) {
		*byte = '\\';
		return n;
	}
	if (text.bytes[n] == 'x')
		return decode_hex(text, n + 1, byte);
	if (text.bytes[n] == 'u' && text.length > n + 2 &&
	    text.bytes[n + 1] == '0' && text.bytes[n + 2] == '0')
		return decode_hex(text, n + 3, byte);
	letter = text.bytes[n] == '\0' ? NULL : strchr(letters, text.bytes[n]);
	if (letter == NULL) {
		*byte = '\\';
		return n;
	}
	*byte = (unsigned char)meant[letter - letters];
	return n + 1;
}

/* &#NN; */
static size_t
decode_entity(struct span text, unsigned char *byte)
{
	unsigned value = 0;
	size_t i;

	if (text.length < 2 || text.bytes[1] != '#')
		return 0;
	for (i = 2; i < text.length && i < 5 && ascii_is_digit(text.bytes[i]);
	     i++)
		value = value * 10 + (unsigned)(text.bytes[i] - '0');
	if (i == 2 || i == text.length || text.bytes[i] != ';' || value > 255)
		return 0;
	*byte = (unsigned char)value;
	return i + 1;
}

/* Reads a character that may be encoded. text is not empty.
 *
 * Returns how many bytes it has. */
static size_t
decode(struct span text, unsigned char *byte)
{
	size_t n = 0;

	if (text.bytes[0] == '%') {
		n = decode_hex(text, 1, byte);
	} else if (text.bytes[0] == '\\') {
		n = decode_backslash(text, byte);
	} else if (text.bytes[0] == '&') {
		n = decode_entity(text, byte);
	}
	if (n == 0) {
		*byte = text.bytes[0];
		n = 1;
	}
	return n;
}

/* The last eight characters, and where each of them begins. */
struct window {
	uint64_t part;
	size_t begins[WINDOW];
	size_t count;
};

static void
slide(struct window *window, unsigned char byte, size_t begin)
{
	window->part = window->part << 8 | normal(byte);
	window->begins[window->count++ % WINDOW] = begin;
}

/* Returns whether the window is a part of a secret. */
static bool
is_known(const struct window *window)
{
	return window->count >= WINDOW &&
	       (has(LASTING, window->part) || has(RECENT, window->part) ||
		   has(OLDER, window->part));
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
	return place->end > 0 && at > place->end + SECRETS_REACH;
}

/* What a JSON number is made of (RFC 8259, 6). */
static bool
is_number_byte(unsigned char byte)
{
	return byte != '\0' && strchr("0123456789.eE+-", byte) != NULL;
}

/* What makes a number a part of a word or a string. */
static bool
is_joined(unsigned char byte)
{
	return ascii_is_alphanumeric(byte) ||
	       (byte != '\0' && strchr("\"'_%\\", byte) != NULL);
}

/* Whether the bytes of a window are within a number that stands by itself: the
 * numbers of a JSON document must stay such, and are no secrets. */
static bool
is_in_number(struct span text, size_t begin, size_t end)
{
	size_t first = begin, i;

	for (i = begin; i < end; i++) {
		if (!is_number_byte(text.bytes[i]))
			return false;
	}
	while (first > 0 && begin - first < NUMBER_MAX &&
	       is_number_byte(text.bytes[first - 1]))
		first--;
	while (end < text.length && end - begin < NUMBER_MAX &&
	       is_number_byte(text.bytes[end]))
		end++;
	return (ascii_is_digit(text.bytes[first]) ||
		   text.bytes[first] == '-') &&
	       (first == 0 || !is_joined(text.bytes[first - 1])) &&
	       (end == text.length || !is_joined(text.bytes[end]));
}

/* Makes a place include the window that ends here, if it is a part of a secret.
 * Returns false if that is apart from the place. */
static bool
look_up(struct secrets_place *place, const struct window *window,
    struct span text, size_t end)
{
	size_t begin = window->begins[window->count % WINDOW];

	if (!is_known(window) || is_in_number(text, begin, end))
		return true;
	return include(place, begin, end);
}

static void
search(struct span text, size_t from, struct secrets_place *place)
{
	struct window plain = {.count = 0}, decoded = {.count = 0};
	size_t begin = from, next = from, i;
	unsigned char byte;

	for (i = from; i < text.length && !is_past(place, i); i++) {
		if (i == next) {
			begin = i;
			next += decode(rest_of(text, i), &byte);
			slide(&decoded, byte, i);
		}
		/* What is left of an escape would not be one. */
		slide(&plain, text.bytes[i], begin);
		if (!look_up(place, &plain, text, next))
			return;
		/* Mostly nothing is encoded: the second look-up is saved. */
		if (i == begin && decoded.part != plain.part &&
		    !look_up(place, &decoded, text, next))
			return;
	}
}

bool
secrets_find(struct span text, size_t from, struct secrets_place *place)
{
	*place = (struct secrets_place){0, 0};
	if (registry.is_full && from < text.length) {
		*place = (struct secrets_place){from, text.length};
		return true;
	}
	if (registry.sets[LASTING].bits > 0 || registry.sets[RECENT].bits > 0)
		search(text, from, place);
	if (place->end > 0)
		return true;
	*place = (struct secrets_place){text.length, text.length};
	return false;
}

void
secrets_hide(struct buffer *b, struct span text)
{
	struct secrets_place place;
	size_t from = 0;
	bool found;

	do {
		found = secrets_find(text, from, &place);
		buffer_append(b, text.bytes + from, place.begin - from);
		if (found)
			buffer_text(b, SECRETS_HIDDEN);
		from = place.end;
	} while (found);
}

/* Returns how many bytes at the beginning of the text are the brief secret, or
 * 0. */
static size_t
brief_length(const struct brief *brief, struct span text)
{
	unsigned char byte;
	size_t used = 0, i;

	if (text.length >= brief->length &&
	    ascii_equal_nocase(brief->text, text.bytes, brief->length))
		return brief->length;
	for (i = 0; i < brief->length; i++) {
		if (used == text.length)
			return 0;
		used += decode(
		    span_of(text.bytes + used, text.length - used), &byte);
		if (normal(byte) != normal((unsigned char)brief->text[i]))
			return 0;
	}
	return used;
}

static size_t
longest_brief(struct span text)
{
	size_t longest = 0, n, i;

	for (i = 0; i < registry.briefs; i++) {
		n = brief_length(&registry.brief[i], text);
		longest = n > longest ? n : longest;
	}
	return longest;
}

void
secrets_hide_peer(struct buffer *b, struct span text)
{
	struct secrets_place place = {0, 0};
	size_t i = 0, n;

	while (i < text.length) {
		if (i >= place.end)
			(void)secrets_find(text, i, &place);
		n = i >= place.begin ? place.end - i
				     : longest_brief(span_of(
					   text.bytes + i, text.length - i));
		if (n > 0) {
			buffer_text(b, SECRETS_HIDDEN);
			i += n;
		} else {
			buffer_byte(b, (char)text.bytes[i++]);
		}
	}
}

static bool
is_password(struct span text)
{
	const struct brief *brief;
	size_t i;

	for (i = 0; i < registry.briefs; i++) {
		brief = &registry.brief[i];
		if (brief->is_password && text.length > 0 &&
		    brief_length(brief, text) == text.length)
			return true;
	}
	return false;
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

	if (is_password(host))
		return true;
	do {
		from = place.end;
		place = (struct secrets_place){0, 0};
		search(host, from, &place);
		if (place.end > 0 && (place.end - place.begin >= RUN_MIN ||
					 has_label(host, &place)))
			return true;
	} while (place.end > 0);
	return false;
}

size_t
secrets_cut(struct span text)
{
	size_t cut =
	    text.length > SECRETS_REACH ? text.length - SECRETS_REACH : 0;
	struct secrets_place place = {0, 0};

	while (place.end < cut && secrets_find(text, place.end, &place))
		continue;
	/* A secret of half the text is cut, into parts that are found. */
	return place.begin < cut && place.end > cut &&
		       place.begin >= text.length / 2
		   ? place.begin
		   : cut;
}

void
secrets_wipe(void)
{
	unsigned set;

	for (set = 0; set < SETS; set++)
		empty(set);
	wipe(&registry, sizeof(registry));
}
