/* hint.c - a table from advice to words. */
#include "cli/hint.h"

#include <stddef.h>

#include "base/array.h"

static const char *const words[] = {
    [ADVICE_NONE] = NULL,
    [ADVICE_TRUST_CA] = "name a private CA's certificate with --ca-file",
    [ADVICE_CHECK_URL] = "check the host and port of --api-url",
    [ADVICE_CHECK_HOST] = "check the host of --api-url; the connection may be "
			  "intercepted",
    [ADVICE_LONGER_TIMEOUT] = "a longer --timeout waits for you",
    [ADVICE_LONGER_WAIT] = "a longer --wait-timeout waits for you",
    [ADVICE_FEWER_PROPERTIES] =
	"nest them in one property, or use --no-limits if the server has other "
	"limits",
    [ADVICE_SMALLER_PAYLOAD] =
	"send a link to the data, or use --no-limits if the server has other "
	"limits",
    [ADVICE_NAME_OWNER] = "write OWNER/NAME, or set --owner",
};
_Static_assert(COUNT(words) == ADVICE_COUNT, "words for each advice");

const char *
hint_of(const struct error *e)
{
	return e->hint != NULL ? e->hint : words[e->advice];
}
