/* options.c - one function for each thing that options describe: it picks the
 * arguments that count, checks them, and fills its part of the struct. Messages
 * take the names of options from where the arguments came from, or from the
 * table. */
#include "cli/options.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/url.h"
#include "base/value.h"
#include "cli/arguments.h"
#include "cli/authentication.h"
#include "cli/environment.h"
#include "cli/exposure.h"
#include "cli/following.h"
#include "cli/given.h"
#include "cli/message.h"
#include "cli/option_name.h"
#include "cli/option_table.h"
#include "cli/sending.h"
#include "cli/server.h"
#include "net/no_proxy.h"
#include "tls/tls.h"

static int
read_times(struct options *options, struct error *e)
{
	if (given_seconds(&options->arguments, OPTION_CONNECT_TIMEOUT,
		&options->job.connect_timeout, e) < 0)
		return -1;
	/* The table of options has this default in words. */
	_Static_assert(DISPATCH_UNPACED_MAX == 10 && DISPATCH_PACE == 1000,
	    "the default of --pace");
	options->job.pace = DISPATCH_PACE_DEFAULT;
	if (given_has(&options->arguments, OPTION_PACE) &&
	    given_seconds(
		&options->arguments, OPTION_PACE, &options->job.pace, e) < 0)
		return -1;
	return given_number(
	    &options->arguments, OPTION_RETRIES, &options->job.retries, e);
}

static int
read_tls(struct options *options, struct error *e)
{
	const char *text = given_text(&options->arguments, OPTION_TLS);
	struct value shown;

	options->job.tls = TLS_NEWEST;
	if (text == NULL)
		return 0;
	options->job.tls =
	    strcmp(text, "1.2") == 0 ? TLS_ONLY_1_2 : TLS_ONLY_1_3;
	if (strcmp(text, "1.2") == 0 || strcmp(text, "1.3") == 0)
		return 0;
	return error_set(e, ERROR_USAGE, "%s must be 1.2 or 1.3, not \"%s\"",
	    given_origin(&options->arguments, OPTION_TLS),
	    value_show(&shown, span_text(text)));
}

/* The fields of the command line in their order, or else the variables', one
 * a line. */
static int
read_fields(struct options *options, struct error *e)
{
	static const enum option kinds[] = {
	    OPTION_RAW_FIELD, OPTION_FIELD, OPTION_ENV_FIELD};
	const struct argument_repeated *r = options->arguments.repeated;
	struct field_origin *origins = options->field_origins;
	size_t i, k;

	_Static_assert(COUNT(kinds) == COUNT(options->field_origins),
	    "an origin for each kind");
	for (k = 0; k < COUNT(kinds); k++) {
		origins[k] = (struct field_origin){
		    .name = given_origin(&options->arguments, kinds[k]),
		    .is_typed = kinds[k] == OPTION_FIELD,
		    .look_up = kinds[k] == OPTION_ENV_FIELD
				   ? environment_look_up
				   : NULL,
		};
	}
	for (i = 0; i < options->arguments.repeated_count; i++) {
		for (k = 0; k < COUNT(kinds); k++) {
			if (r[i].option == kinds[k] &&
			    field_add(&options->fields, &origins[k], r[i].text,
				e) < 0)
				return -1;
		}
	}
	for (k = 0; k < COUNT(kinds); k++) {
		if (given_has(&options->arguments, kinds[k]) &&
		    !given_on_command_line(&options->arguments, kinds[k]) &&
		    field_add_lines(&options->fields, &origins[k],
			given_text(&options->arguments, kinds[k]), e) < 0)
			return -1;
	}
	return 0;
}

static int
read_payload(struct options *options, struct error *e)
{
	enum option option;

	if (given_on_command_line(&options->arguments, OPTION_PAYLOAD) &&
	    given_on_command_line(&options->arguments, OPTION_CLIENT_PAYLOAD)) {
		return given_refuse_both(
		    OPTION_PAYLOAD, OPTION_CLIENT_PAYLOAD, e);
	}
	option = given_has(&options->arguments, OPTION_CLIENT_PAYLOAD) &&
			 !given_has(&options->arguments, OPTION_PAYLOAD)
		     ? OPTION_CLIENT_PAYLOAD
		     : OPTION_PAYLOAD;
	options->job.parts.json = given_value(&options->arguments, option);
	options->job.parts.origin = given_origin(&options->arguments, option);
	options->job.parts.fields = &options->fields;
	return 0;
}

static int
read_api_url(struct options *options, struct error *e)
{
	options->job.api = &options->api;
	return server_read(given_argument(&options->arguments, OPTION_API_URL),
	    given_value(&options->arguments, OPTION_API_URL), &options->api, e);
}

static int
read_repositories(struct options *options, struct error *e)
{
	options->job.targets = &options->targets;
	return repositories_read(&options->repositories, &options->arguments,
	    options->api.host, &options->targets, e);
}

/* Whether NO_PROXY or no_proxy names the API's host. Returns 0, or -1. */
static int
read_exempt(const struct options *options, bool *is_exempt, struct error *e)
{
	static const char *const names[] = {"NO_PROXY", "no_proxy"};
	struct argument hosts = {.text = NULL};
	size_t i;

	for (i = 0; i < COUNT(names) && hosts.text == NULL; i++) {
		if (arguments_read_variable(&hosts, names[i], e) < 0)
			return -1;
	}
	*is_exempt =
	    hosts.text != NULL &&
	    no_proxy_matches(hosts.text, options->api.host, options->api.port);
	return 0;
}

static int
read_proxy(struct options *options, struct error *e)
{
	const char *text = given_text(&options->arguments, OPTION_PROXY);
	struct error cause;
	bool is_exempt;

	options->job.proxy = &options->proxy;
	if (read_exempt(options, &is_exempt, e) < 0)
		return -1;
	if (text == NULL || is_exempt)
		text = "";
	error_clear(&cause);
	if (proxy_read(&options->proxy, text, &cause) < 0) {
		return error_wrap(e, &cause, "%s",
		    given_origin(&options->arguments, OPTION_PROXY));
	}
	return 0;
}

/* Standard input can be read once: a second reader is an error. reader names
 * the first one, or is "". */
static int
claim_input(char reader[FIELD_PLACE_SIZE], const char *origin, struct error *e)
{
	struct buffer b;

	if (reader[0] != '\0') {
		return error_set(e, ERROR_USAGE,
		    "%s and %s cannot both read standard input", reader,
		    origin);
	}
	buffer_init(&b, reader, FIELD_PLACE_SIZE);
	buffer_text(&b, origin);
	return 0;
}

static int
check_standard_input(const struct options *options, struct error *e)
{
	char reader[FIELD_PLACE_SIZE] = "", place[FIELD_PLACE_SIZE];
	const struct field *field;
	const char *form;
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		form = option_table[i].standard_input;
		if (form != NULL &&
		    given_has(&options->arguments, (enum option)i) &&
		    strcmp(given_text(&options->arguments, (enum option)i),
			form) == 0 &&
		    claim_input(reader,
			given_origin(&options->arguments, (enum option)i),
			e) < 0)
			return -1;
	}
	for (i = 0; i < options->fields.count; i++) {
		field = &options->fields.fields[i];
		field_place(field, place);
		if (field->kind != FIELD_RAW &&
		    span_equal(field->value, span_text("@-")) &&
		    claim_input(reader, place, e) < 0)
			return -1;
	}
	return 0;
}

static int
read_dispatch(
    struct options *options, const bool on[OPTION_COUNT], struct error *e)
{
	if (environment_check(e) < 0 || read_payload(options, e) < 0 ||
	    sending_read(&options->arguments, &options->workflow, &options->job,
		e) < 0 ||
	    check_standard_input(options, e) < 0 ||
	    read_api_url(options, e) < 0 || read_repositories(options, e) < 0 ||
	    read_proxy(options, e) < 0 || read_tls(options, e) < 0 ||
	    read_times(options, e) < 0)
		return -1;
	options->job.parts.no_limits = on[OPTION_NO_LIMITS];
	options->job.ca_file = given_text(&options->arguments, OPTION_CA_FILE);
	options->job.ca_origin =
	    given_origin(&options->arguments, OPTION_CA_FILE);
	options->wait = on[OPTION_WAIT] || on[OPTION_FIND_RUN];
	if (following_read(
		&options->arguments, on, &options->job, &options->runs, e) < 0)
		return -1;
	options->job.app.keeps_tokens = on[OPTION_NO_REVOKE];
	options->job.checks_only = options->action == OPTIONS_PREFLIGHT;
	if (on[OPTION_DRY_RUN] && on[OPTION_PREFLIGHT])
		return given_refuse_both(OPTION_DRY_RUN, OPTION_PREFLIGHT, e);
	return authentication_read(&options->arguments, &options->job, e);
}

static int
read_log_level(
    struct options *options, const bool on[OPTION_COUNT], struct error *e)
{
	if (on[OPTION_QUIET] && on[OPTION_VERBOSE])
		return given_refuse_both(OPTION_QUIET, OPTION_VERBOSE, e);
	options->log_level = on[OPTION_QUIET]     ? LOG_QUIET
			     : on[OPTION_VERBOSE] ? LOG_VERBOSE
						  : LOG_NORMAL;
	return 0;
}

static enum options_action
find_action(const struct options *options, const bool on[OPTION_COUNT])
{
	if (on[OPTION_HELP])
		return OPTIONS_SHOW_HELP;
	if (on[OPTION_LICENSE])
		return OPTIONS_SHOW_LICENSE;
	if (on[OPTION_VERSION])
		return OPTIONS_SHOW_VERSION;
	if (given_has(&options->arguments, OPTION_CHECK_JSON))
		return OPTIONS_CHECK_JSON;
	return on[OPTION_DRY_RUN]     ? OPTIONS_DRY_RUN
	       : on[OPTION_PREFLIGHT] ? OPTIONS_PREFLIGHT
				      : OPTIONS_DISPATCH;
}

int
options_read(struct options *options, int argc, char **argv, struct error *e)
{
	bool on[OPTION_COUNT];
	int result;

	memset(options, 0, offsetof(struct options, actions));
	options->fields.count = 0;
	target_clear(&options->targets);
	actions_find(&options->actions);
	if (argc <= 1 && !environment_asks()) {
		options->action = OPTIONS_SHOW_USAGE;
		return 0;
	}
	exposure_learn(argc, argv);
	result = arguments_read(&options->arguments, argc, argv, e);
	/* Known also after an error, which is then reported as JSON. */
	options->json = given_has(&options->arguments, OPTION_JSON);
	if (result < 0 || given_switches(&options->arguments, on, e) < 0)
		return -1;
	options->json = on[OPTION_JSON];
	options->check_json =
	    given_text(&options->arguments, OPTION_CHECK_JSON);
	options->action = find_action(options, on);
	if (read_fields(options, e) < 0 || read_log_level(options, on, e) < 0 ||
	    given_seconds(&options->arguments, OPTION_TIMEOUT,
		&options->job.timeout, e) < 0)
		return -1;
	if (options->action == OPTIONS_DISPATCH ||
	    options->action == OPTIONS_DRY_RUN ||
	    options->action == OPTIONS_PREFLIGHT)
		return read_dispatch(options, on, e);
	return 0;
}

static void
warn_if_trimmed(const struct argument *argument)
{
	if (argument->is_trimmed) {
		message_warning(
		    "dropped the white space around the value of %s",
		    argument->origin);
	}
}

static void
warn_of_exposure(const char *what, enum option option)
{
	char name[OPTION_VARIABLE_SIZE];
	struct buffer b;

	buffer_init(&b, name, sizeof(name));
	option_write_alias(&b, option);
	message_warning("%s in arguments can be seen by other processes; "
			"set %s instead",
	    what, name);
}

void
options_warn(const struct options *options)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++)
		warn_if_trimmed(&options->arguments.given[i]);
	warn_if_trimmed(&options->repositories.current);
	environment_warn();
	if (given_on_command_line(&options->arguments, OPTION_TOKEN) ||
	    options->arguments.has_token)
		warn_of_exposure("a token", OPTION_TOKEN);
	if (exposure_has_proxy(&options->arguments))
		warn_of_exposure("a proxy's password", OPTION_PROXY);
}

int
options_read_targets(
    struct options *options, struct deadline d, struct error *e)
{
	if (repositories_read_file(&options->repositories, d, e) < 0 ||
	    sending_check_targets(&options->arguments, &options->job, e) < 0)
		return -1;
	if (options->wait && options->targets.count > RUNS_TARGETS_MAX) {
		return error_set(e, ERROR_USAGE,
		    "--%s follows at most %d targets",
		    option_table[OPTION_WAIT].name, RUNS_TARGETS_MAX);
	}
	return 0;
}

void
options_wipe(struct options *options)
{
	proxy_wipe(&options->proxy);
	target_wipe(&options->targets);
}
