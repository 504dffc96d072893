/* option_name.c - the table is short, so every search walks through it. A
 * mistyped name means the option from which the fewest edits lead to it, or for
 * which another program or an older action had that name. */
#include "cli/option_name.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"

/* Names in an older action, curl or gh that are nearer to another option than
 * to the one they mean, or near none. */
static const struct {
	const char *name;
	enum option option;
} other_names[] = {
    {"json-field", OPTION_FIELD},
    {"json-fields", OPTION_FIELD},
    {"ca", OPTION_CA_FILE},
    {"cacert", OPTION_CA_FILE},
    {"data", OPTION_PAYLOAD},
    {"dry", OPTION_DRY_RUN},
    {"github-token", OPTION_TOKEN},
    {"input", OPTION_PAYLOAD},
    {"max-time", OPTION_TIMEOUT},
    {"retry", OPTION_RETRIES},
    {"tls-version", OPTION_TLS},
};

enum option
option_by_name(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		if (ascii_equal(option_table[i].name, name, length))
			break;
	}
	return (enum option)i;
}

enum option
option_by_letter(char letter)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		if (option_table[i].letter == letter)
			break;
	}
	return (enum option)i;
}

static size_t
least(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* Returns how many edits turn one name into the other (Levenshtein's distance,
 * row by row), or 32 for names of more than 31 bytes. */
static size_t
edit_distance(const char *name, size_t length, const char *option)
{
	size_t costs[32], option_length = strlen(option), i, j, above, left;

	if (length >= COUNT(costs) || option_length >= COUNT(costs))
		return COUNT(costs);
	for (j = 0; j <= option_length; j++)
		costs[j] = j;
	for (i = 1; i <= length; i++) {
		left = costs[0];
		costs[0] = i;
		for (j = 1; j <= option_length; j++) {
			above = costs[j];
			if (name[i - 1] != option[j - 1]) {
				left =
				    1 + least(left, least(above, costs[j - 1]));
			}
			costs[j] = left;
			left = above;
		}
	}
	return costs[option_length];
}

/* Twice the edits. A name that begins with the whole other one is farther away
 * than one edit, and nearer than two. */
static size_t
distance_to(const char *name, size_t length, const char *option)
{
	size_t distance = 2 * edit_distance(name, length, option);
	size_t common = least(strlen(option), length);

	if (distance > 2 && common > 3 && memcmp(name, option, common) == 0)
		distance = 3;
	return distance;
}

enum option
option_nearest(const char *name, size_t length)
{
	/* With half of its letters changed, a short name is another name. */
	size_t best = 2 * (length < 6 ? length / 2 + 1 : 4);
	size_t nearest = OPTION_COUNT, i, distance;

	for (i = 0; i < COUNT(other_names); i++) {
		if (ascii_equal(other_names[i].name, name, length))
			return other_names[i].option;
	}
	for (i = 0; i < OPTION_COUNT; i++) {
		distance = distance_to(name, length, option_table[i].name);
		if (distance < best) {
			best = distance;
			nearest = i;
		}
	}
	return (enum option)nearest;
}

void
option_write_variable(struct buffer *b, enum option option)
{
	const char *name;
	char upper;

	buffer_text(b, "DISPATCH_");
	for (name = option_table[option].name; *name != '\0'; name++) {
		upper = (char)ascii_upper((unsigned char)*name);
		if (upper == '-')
			upper = '_';
		buffer_byte(b, upper);
	}
}

void
option_write_alias(struct buffer *b, enum option option)
{
	const char *aliases = option_table[option].aliases;

	buffer_append(b, aliases, strcspn(aliases, " "));
}
