/* secrets_cost_test.c - what a search costs grows with the text only, and not
 * with the secrets: a peer chooses the text, and nobody is authenticated. */
/* Fakes: base/parts. */
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/secrets.h"
#include "fakes/parts.h"
#include "tap.h"

#define TEXT_LENGTH ((size_t)8192)
/* For each byte: some are added to parts, eight more in each of two forms after
 * an escape, and four parts are looked up. */
#define STEPS_MAX 40

static const struct {
	const char *what, *piece;
} texts[] = {
    {"nothing", "all is well; "},
    {"the beginning of a user", "user000000000"},
    {"parts that differ in the end", "aaaaaaaaaaaaaaab"},
    {"percent signs", "%61"},
    {"nested percent signs", "%252525"},
    {"backslashes", "\\"},
    {"escapes", "\\u0061"},
    {"entities", "&#97;"},
    {"ampersands", "&"},
    {"semicolons", ";"},
    {"digits", "61"},
    {"line ends", "\n"},
};

static void
fill(char *text, size_t length, const char *piece)
{
	size_t i;

	for (i = 0; i < length; i++)
		text[i] = piece[i % strlen(piece)];
}

/* Eight proxies, with a user and a password of a hundred characters each. */
static void
learn(void)
{
	char user[100], password[100];
	size_t i;

	for (i = 0; i < 8; i++) {
		fill(user, sizeof(user), "user000000000");
		fill(password, sizeof(password), "a");
		user[sizeof(user) - 1] = password[sizeof(password) - 1] =
		    (char)('A' + i);
		secrets_add_proxy(span_of(user, sizeof(user)),
		    span_of(password, sizeof(password)));
	}
}

int
main(void)
{
	static char text[TEXT_LENGTH], shown[4 * TEXT_LENGTH + 1];
	struct buffer b;
	size_t i;

	learn();
	for (i = 0; i < COUNT(texts); i++) {
		fill(text, sizeof(text), texts[i].piece);
		buffer_init(&b, shown, sizeof(shown));
		fake_parts_steps = 0;
		secrets_hide_peer(&b, span_of(text, sizeof(text)));
		if (!tap_ok(fake_parts_steps <= STEPS_MAX * TEXT_LENGTH,
			"a search in %s is cheap", texts[i].what))
			tap_number(fake_parts_steps, 0, "the steps");
	}
	secrets_wipe();
	return tap_done();
}
