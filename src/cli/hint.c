/* hint.c - a table from advice to words around the name of an option. */
#include "cli/hint.h"

#include <stddef.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "cli/option_name.h"
#include "cli/option_table.h"

/* "BEFORE --NAME AFTER" */
static const struct {
	const char *before;
	enum option option;
	const char *after;
} advice[] = {
    [ADVICE_TRUST_CA] = {"name a private CA's certificate with", OPTION_CA_FILE,
	""},
    [ADVICE_CHECK_URL] = {"check the host and port of", OPTION_API_URL, ""},
    [ADVICE_NOT_A_PAGE] = {"a web page came, from the server or from a proxy: "
			   "check",
	OPTION_API_URL, ""},
    [ADVICE_CHECK_HOST] = {"check the host of", OPTION_API_URL,
	"; the connection may be intercepted"},
    [ADVICE_LONGER_TIMEOUT] = {"a longer", OPTION_TIMEOUT,
	" allows for the wait"},
    [ADVICE_LONGER_WAIT] = {"a longer", OPTION_WAIT_TIMEOUT,
	" allows for the wait"},
    [ADVICE_FEWER_PROPERTIES] = {"nest them in one property, or use",
	OPTION_NO_LIMITS, " if the server has other limits"},
    [ADVICE_SMALLER_PAYLOAD] = {"send a link to the data, or use",
	OPTION_NO_LIMITS, " if the server has other limits"},
    [ADVICE_NAME_OWNER] = {"write OWNER/NAME, or set", OPTION_OWNER, ""},
    [ADVICE_NAME_REPOSITORY] = {"use", OPTION_REPO, " OWNER/NAME"},
    [ADVICE_GIVE_TOKEN] = {"", OPTION_TOKEN, ""}, /* write_token_hint() */
};
_Static_assert(COUNT(advice) == ADVICE_COUNT, "words for each advice");

static void
write_token_hint(struct buffer *b)
{
	buffer_text(b, "set ");
	option_write_alias(b, OPTION_TOKEN);
	buffer_format(b, ", or use --%s or --%s (in the action: the input %s)",
	    option_table[OPTION_TOKEN_FILE].name,
	    option_table[OPTION_APP_ID].name, option_table[OPTION_TOKEN].input);
}

void
hint_write(struct buffer *b, const struct error *e)
{
	if (e->hint != NULL) {
		buffer_text(b, e->hint);
	} else if (e->advice == ADVICE_GIVE_TOKEN) {
		write_token_hint(b);
	} else if (e->advice != ADVICE_NONE) {
		buffer_format(b, "%s --%s%s", advice[e->advice].before,
		    option_table[advice[e->advice].option].name,
		    advice[e->advice].after);
	}
}
