/* hint.c - a table from advice to words around the name of an option. */
#include "cli/hint.h"

#include <stddef.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/url.h"
#include "cli/option_name.h"
#include "cli/option_table.h"
#include "github/host.h"

/* "BEFORE --NAME AFTER" */
static const struct {
	const char *before;
	enum option option;
	const char *after;
} advice[] = {
    [ADVICE_TRUST_CA] = {"name a private CA's certificate with", OPTION_CA_FILE,
	""},
    [ADVICE_EXTEND_FILE] = {"add its root to the file of", OPTION_CA_FILE,
	" or SSL_CERT_FILE, which replaces the built-in CAs"},
    [ADVICE_CHECK_URL] = {"check the host and port of", OPTION_API_URL, ""},
    [ADVICE_NOT_A_PAGE] = {"the response is a web page, from the server or a "
			   "proxy: check",
	OPTION_API_URL, ""},
    [ADVICE_CHECK_HOST] = {"check the host of", OPTION_API_URL,
	"; the connection may be intercepted"},
    [ADVICE_SECRET_HOST] = {"compare it with the tokens that are set and with "
			    "the passwords in",
	OPTION_PROXY,
	", HTTPS_PROXY and HTTP_PROXY, also if they are not used"},
    [ADVICE_LONGER_TIMEOUT] = {"a longer", OPTION_TIMEOUT,
	" allows for the wait"},
    [ADVICE_MORE_RETRIES] = {"a higher", OPTION_RETRIES,
	" allows for more tries"},
    [ADVICE_LONGER_WAIT] = {"a longer", OPTION_WAIT_TIMEOUT,
	" allows for the wait"},
    [ADVICE_AMBIGUOUS] = {"show the event's id in the run-name, or use",
	OPTION_WAIT_AMBIGUOUS, " to follow all of them"},
    [ADVICE_FEWER_PROPERTIES] = {"nest them in one property, or use",
	OPTION_NO_LIMITS, " if the server has other limits"},
    [ADVICE_FEWER_INPUTS] = {"join some in one input, or use", OPTION_NO_LIMITS,
	" if the server has other limits"},
    [ADVICE_SMALLER_PAYLOAD] = {"send a link to the data, or use",
	OPTION_NO_LIMITS, " if the server has other limits"},
    [ADVICE_NAME_OWNER] = {"write OWNER/NAME, or set", OPTION_OWNER, ""},
    [ADVICE_NAME_REPOSITORY] = {"use", OPTION_REPO, " OWNER/NAME"},
    [ADVICE_EVENT_TYPE] = {"write -e TYPE or", OPTION_EVENT_TYPE, "=TYPE"},
    [ADVICE_ANY_TLS] = {"the server may not speak this version of TLS: leave "
			"out",
	OPTION_TLS, ""},
    [ADVICE_OLD_TLS] =
	{"the server may not offer what is needed, or a firewall "
	 "may have ended the connection: try",
	    OPTION_TLS, " 1.2"},
    [ADVICE_PIN_TLS] = {"the connection may be intercepted; if the server, or "
			"a proxy of yours, only has a fault here, use",
	OPTION_TLS, " 1.2"},
    [ADVICE_INSTALLATION] = {"check", OPTION_INSTALLATION_ID,
	", and that this installation includes the repository; without it the "
	"repository's own is used"},
    [ADVICE_GIVE_TOKEN] = {"", OPTION_TOKEN, ""},    /* write_token_hint() */
    [ADVICE_NAME_SERVER] = {"", OPTION_API_URL, ""}, /* write_server_hint() */
};
_Static_assert(COUNT(advice) == ADVICE_COUNT, "words for each advice");

static void
write_token_hint(struct buffer *b, const char *variables)
{
	buffer_text(b, "set ");
	if (variables[0] != '\0') {
		buffer_text(b, variables);
	} else {
		option_write_alias(b, OPTION_TOKEN);
	}
	buffer_format(b, ", or use --%s or --%s (in the action: the input %s)",
	    option_table[OPTION_TOKEN_FILE].name,
	    option_table[OPTION_APP_ID].name, option_table[OPTION_TOKEN].input);
}

static void
write_server_hint(struct buffer *b, const char *text)
{
	struct url host;
	const char *why;

	if (url_read_authority(span_text(text), URL_HTTPS_PORT, &host, &why) <
	    0) {
		buffer_format(b, "check the host and port of --%s",
		    option_table[OPTION_API_URL].name);
		return;
	}
	buffer_text(b, "set ");
	option_write_alias(b, OPTION_API_URL);
	buffer_format(
	    b, "=%s, or --%s ", text, option_table[OPTION_API_URL].name);
	host_write_api(b, &host);
}

void
hint_write(struct buffer *b, const struct error *e)
{
	if (e->hint != NULL) {
		buffer_text(b, e->hint);
	} else if (e->advice == ADVICE_GIVE_TOKEN) {
		write_token_hint(b, e->subject);
	} else if (e->advice == ADVICE_NAME_SERVER) {
		write_server_hint(b, e->subject);
	} else if (e->advice != ADVICE_NONE) {
		buffer_format(b, "%s --%s%s", advice[e->advice].before,
		    option_table[advice[e->advice].option].name,
		    advice[e->advice].after);
	}
}
