/* authentication.c - decides first whether an App or a token counts, and then
 * reads the options of that one. */
#include "cli/authentication.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/error.h"
#include "base/span.h"
#include "base/value.h"
#include "cli/given.h"
#include "cli/option_table.h"
#include "cli/server.h"
#include "github/key_text.h"

static int
check_app_id(const struct arguments *arguments, struct error *e)
{
	const char *id = given_text(arguments, OPTION_APP_ID), *p = id;
	struct value shown;

	while (ascii_is_alphanumeric((unsigned char)*p) || *p == '.' ||
	       *p == '-' || *p == '_')
		p++;
	if (*p == '\0' && p - id <= 64)
		return 0;
	return error_set(e, ERROR_USAGE,
	    "%s must be the id or client id of a GitHub App, not \"%s\"",
	    given_origin(arguments, OPTION_APP_ID),
	    value_show(&shown, span_text(id)));
}

static int
check_installation(const char *id, const char *origin, struct error *e)
{
	struct value shown;
	uint64_t ignored;

	if (id == NULL ||
	    ascii_decimal(id, strlen(id), UINT64_MAX, &ignored) == 0)
		return 0;
	return error_set(e, ERROR_USAGE, "%s must be a number, not \"%s\"",
	    origin, value_show(&shown, span_text(id)));
}

static void
read_app_key(const struct arguments *arguments, struct installation_app *app)
{
	char *text = given_text(arguments, OPTION_APP_KEY);

	app->key_origin = given_origin(arguments, OPTION_APP_KEY);
	if (!given_on_command_line(arguments, OPTION_APP_KEY) &&
	    key_text_is_key(text)) {
		app->key_text = text;
	} else {
		app->key_file = text;
	}
}

static int
read_app(const struct arguments *arguments, struct installation_app *app,
    struct error *e)
{
	if (check_app_id(arguments, e) < 0)
		return -1;
	if (given_on_command_line(arguments, OPTION_TOKEN))
		return given_refuse_both(OPTION_APP_ID, OPTION_TOKEN, e);
	if (given_on_command_line(arguments, OPTION_TOKEN_FILE))
		return given_refuse_both(OPTION_APP_ID, OPTION_TOKEN_FILE, e);
	if (!given_has(arguments, OPTION_APP_KEY)) {
		return error_set(e, ERROR_USAGE, "%s needs --%s %s",
		    given_origin(arguments, OPTION_APP_ID),
		    option_table[OPTION_APP_KEY].name,
		    option_table[OPTION_APP_KEY].argument);
	}
	app->id = given_text(arguments, OPTION_APP_ID);
	read_app_key(arguments, app);
	app->installation = given_text(arguments, OPTION_INSTALLATION_ID);
	return check_installation(app->installation,
	    given_origin(arguments, OPTION_INSTALLATION_ID), e);
}

static int
check_no_app(const struct arguments *arguments, struct error *e)
{
	static const enum option parts[] = {
	    OPTION_APP_KEY, OPTION_INSTALLATION_ID};
	size_t i;

	for (i = 0; i < COUNT(parts); i++) {
		if (given_has(arguments, parts[i]) &&
		    !given_has(arguments, OPTION_APP_ID)) {
			return error_set(e, ERROR_USAGE, "%s needs --%s %s",
			    given_origin(arguments, parts[i]),
			    option_table[OPTION_APP_ID].name,
			    option_table[OPTION_APP_ID].argument);
		}
	}
	return 0;
}

static bool
uses_app(const struct arguments *arguments)
{
	return given_has(arguments, OPTION_APP_ID) &&
	       (given_on_command_line(arguments, OPTION_APP_ID) ||
		   !(given_on_command_line(arguments, OPTION_TOKEN) ||
		       given_on_command_line(arguments, OPTION_TOKEN_FILE)));
}

static int
read_token(
    struct arguments *arguments, struct dispatch_job *job, struct error *e)
{
	if (given_on_command_line(arguments, OPTION_TOKEN) &&
	    given_on_command_line(arguments, OPTION_TOKEN_FILE))
		return given_refuse_both(OPTION_TOKEN, OPTION_TOKEN_FILE, e);
	job->token_file = given_text(arguments, OPTION_TOKEN_FILE);
	job->token_origin = given_origin(arguments, OPTION_TOKEN_FILE);
	if (job->token_file != NULL)
		return 0;
	if (!given_has(arguments, OPTION_TOKEN) &&
	    server_read_token(arguments, job->api, e) < 0)
		return -1;
	job->token = given_text(arguments, OPTION_TOKEN);
	job->token_origin = given_origin(arguments, OPTION_TOKEN);
	return 0;
}

int
authentication_read(
    struct arguments *arguments, struct dispatch_job *job, struct error *e)
{
	if (uses_app(arguments))
		return read_app(arguments, &job->app, e);
	if (check_no_app(arguments, e) < 0)
		return -1;
	return read_token(arguments, job, e);
}
