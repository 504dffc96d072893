/* options.c - one function for each thing that options describe: it picks the
 * arguments that count, checks them, and fills its part of the struct. Messages
 * take the names of options from where the arguments came from, or from the
 * table. */
#include "cli/options.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/url.h"
#include "base/value.h"
#include "cli/arguments.h"
#include "cli/environment.h"
#include "cli/exposure.h"
#include "cli/message.h"
#include "cli/option_name.h"
#include "cli/option_table.h"
#include "cli/server.h"
#include "github/credential.h"
#include "github/key_text.h"
#include "net/no_proxy.h"

static const struct argument *
given(const struct options *options, enum option option)
{
	return &options->arguments.given[option];
}

static char *
text_of(const struct options *options, enum option option)
{
	return given(options, option)->text;
}

static bool
is_given(const struct options *options, enum option option)
{
	return text_of(options, option) != NULL;
}

static bool
on_command_line(const struct options *options, enum option option)
{
	return given(options, option)->on_command_line;
}

/* The value, or the default. */
static const char *
value_of(const struct options *options, enum option option)
{
	return is_given(options, option) ? text_of(options, option)
					 : option_table[option].default_value;
}

static int
refuse_both(enum option one, enum option other, struct error *e)
{
	return error_set(e, ERROR_USAGE, "--%s and --%s exclude each other",
	    option_table[one].name, option_table[other].name);
}

/* In a variable 1, true and yes are on, and 0, false and no are off. */
static int
read_switch(const struct options *options, enum option option, bool *on,
    struct error *e)
{
	const struct argument *argument = given(options, option);
	struct value shown;
	int word;

	*on = argument->on_command_line;
	if (argument->on_command_line || argument->text == NULL)
		return 0;
	word = arguments_switch(argument->text);
	*on = word > 0;
	if (word >= 0)
		return 0;
	return error_set(e, ERROR_USAGE,
	    "%s must be 1, true, yes, 0, false or no, not \"%s\"",
	    argument->origin, value_show(&shown, span_text(argument->text)));
}

/* All of them, so that a wrong word is always an error. */
static int
read_switches(
    const struct options *options, bool on[OPTION_COUNT], struct error *e)
{
	enum option i;

	for (i = 0; i < OPTION_COUNT; i++) {
		on[i] = false;
		if (option_table[i].kind == OPTION_SWITCH &&
		    read_switch(options, i, &on[i], e) < 0)
			return -1;
	}
	return 0;
}

/* A number within its range. */
static int
read_number(const struct options *options, enum option option, uint32_t *number,
    struct error *e)
{
	const struct option_row *row = &option_table[option];
	const char *text = value_of(options, option);
	struct value shown;
	uint64_t value = 0;

	if (ascii_decimal(text, strlen(text), row->maximum, &value) < 0 ||
	    value < row->minimum) {
		return error_set(e, ERROR_USAGE,
		    "%s must be a whole number%s from %u to %u, not \"%s\"",
		    given(options, option)->origin,
		    row->kind == OPTION_SECONDS ? " of seconds" : "",
		    (unsigned)row->minimum, (unsigned)row->maximum,
		    value_show(&shown, span_text(text)));
	}
	*number = (uint32_t)value;
	return 0;
}

static int
read_seconds(const struct options *options, enum option option,
    uint32_t *milliseconds, struct error *e)
{
	uint32_t seconds = 0;

	if (read_number(options, option, &seconds, e) < 0)
		return -1;
	*milliseconds = seconds * 1000;
	return 0;
}

static int
read_times(struct options *options, struct error *e)
{
	const struct {
		enum option option;
		uint32_t *milliseconds;
	} times[] = {
	    {OPTION_CONNECT_TIMEOUT, &options->job.connect_timeout},
	    {OPTION_WAIT_TIMEOUT, &options->runs.timeout},
	    {OPTION_WAIT_INTERVAL, &options->runs.interval},
	};
	size_t i;

	for (i = 0; i < COUNT(times); i++) {
		if (read_seconds(
			options, times[i].option, times[i].milliseconds, e) < 0)
			return -1;
	}
	/* The table of options has this default in words. */
	_Static_assert(DISPATCH_UNPACED_MAX == 10 && DISPATCH_PACE == 1000,
	    "the default of --pace");
	options->job.pace = DISPATCH_PACE_DEFAULT;
	if (is_given(options, OPTION_PACE) &&
	    read_seconds(options, OPTION_PACE, &options->job.pace, e) < 0)
		return -1;
	return read_number(options, OPTION_RETRIES, &options->job.retries, e);
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
		    .name = given(options, kinds[k])->origin,
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
		if (is_given(options, kinds[k]) &&
		    !on_command_line(options, kinds[k]) &&
		    field_add_lines(&options->fields, &origins[k],
			text_of(options, kinds[k]), e) < 0)
			return -1;
	}
	return 0;
}

static int
read_payload(struct options *options, struct error *e)
{
	enum option option;

	if (on_command_line(options, OPTION_PAYLOAD) &&
	    on_command_line(options, OPTION_CLIENT_PAYLOAD))
		return refuse_both(OPTION_PAYLOAD, OPTION_CLIENT_PAYLOAD, e);
	option = is_given(options, OPTION_CLIENT_PAYLOAD) &&
			 !is_given(options, OPTION_PAYLOAD)
		     ? OPTION_CLIENT_PAYLOAD
		     : OPTION_PAYLOAD;
	options->job.parts.json = value_of(options, option);
	options->job.parts.origin = given(options, option)->origin;
	options->job.parts.fields = &options->fields;
	return 0;
}

static int
read_event_type(struct options *options, struct error *e)
{
	const struct option_row *row = &option_table[OPTION_EVENT_TYPE];
	struct argument *argument =
	    &options->arguments.given[OPTION_EVENT_TYPE];

	if (argument->on_command_line)
		arguments_trim(argument);
	options->job.event_type = argument->text;
	if (options->job.event_type != NULL)
		return 0;
	return error_set(e, ERROR_USAGE, "no event type: --%s %s is required",
	    row->name, row->argument);
}

/* Adds a target. If it is an option's, --target-owner replaces its owner. */
static int
add_target(struct options *options, struct span text, struct error *e)
{
	struct target_rules rules = options->target_rules;

	rules.replaces_owner = is_given(options, OPTION_TARGET_OWNER);
	return target_add(&options->targets, &rules, text, NULL, e);
}

/* Adds the targets that a text lists. */
static int
add_listed(struct options *options, const char *text, struct error *e)
{
	static const char between[] = ", \t\r\n";
	size_t length;

	for (text += strspn(text, between); *text != '\0';
	     text += length + strspn(text + length, between)) {
		length = strcspn(text, between);
		if (add_target(options, span_of(text, length), e) < 0)
			return -1;
	}
	return 0;
}

/* An empty name on the command line is probably a shell variable that is not
 * set. */
static int
refuse_empty(enum option option, struct error *e)
{
	return error_set(
	    e, ERROR_USAGE, "--%s is empty", option_table[option].name);
}

/* Adds every --repo, or else the variable's targets. */
static int
add_repos(struct options *options, struct error *e)
{
	const struct argument_repeated *r = options->arguments.repeated;
	size_t i, before;

	if (!on_command_line(options, OPTION_REPO))
		return add_listed(options, text_of(options, OPTION_REPO), e);
	for (i = 0; i < options->arguments.repeated_count; i++) {
		if (r[i].option != OPTION_REPO)
			continue;
		before = options->targets.count;
		if (add_listed(options, r[i].text, e) < 0)
			return -1;
		if (options->targets.count == before)
			return refuse_empty(OPTION_REPO, e);
	}
	return 0;
}

/* Adds the repository of GITHUB_REPOSITORY, with the owner of an option. */
static int
add_current(struct options *options, const struct target_parts *current,
    struct error *e)
{
	const char *text = options->current.text;
	struct target_rules rules = options->target_rules;
	struct value shown;

	if (text == NULL) {
		error_set(e, ERROR_USAGE, "no repository");
		return error_advise(e, ADVICE_NAME_REPOSITORY);
	}
	if (current->owner.bytes == NULL) {
		return error_set(e, ERROR_USAGE,
		    "GITHUB_REPOSITORY must be OWNER/NAME, not \"%s\"",
		    value_show(&shown, span_text(text)));
	}
	rules.replaces_owner = true;
	return target_add(&options->targets, &rules, span_text(text), NULL, e);
}

static int
check_owner(const struct options *options, enum option option, struct error *e)
{
	const struct argument *argument = given(options, option);
	struct value shown;

	if (argument->text != NULL && argument->text[0] == '\0')
		return refuse_empty(option, e);
	if (argument->text == NULL || strchr(argument->text, '/') == NULL)
		return 0;
	return error_set(e, ERROR_USAGE,
	    "%s takes OWNER, not OWNER/NAME: \"%s\"", argument->origin,
	    value_show(&shown, span_text(argument->text)));
}

/* --repo may be NAME or OWNER/NAME. What is missing comes from
 * GITHUB_REPOSITORY. */
static int
read_targets(struct options *options, struct error *e)
{
	/* If both are given, the last one wins. */
	static const enum option owners[] = {OPTION_OWNER, OPTION_TARGET_OWNER};
	struct target_rules *rules = &options->target_rules;
	struct target_parts current = {.host = {NULL, 0}};
	size_t i;

	if (arguments_read_variable(&options->current, "GITHUB_REPOSITORY", e) <
	    0)
		return -1;
	if (options->current.text != NULL &&
	    target_read(span_text(options->current.text), options->api.host,
		&current, e) < 0)
		return -1;
	rules->api_host = options->api.host;
	rules->owner = current.owner;
	for (i = 0; i < COUNT(owners); i++) {
		if (check_owner(options, owners[i], e) < 0)
			return -1;
		if (is_given(options, owners[i]))
			rules->owner = span_text(text_of(options, owners[i]));
	}
	options->targets_file = text_of(options, OPTION_TARGETS);
	options->job.targets = &options->targets;
	if (is_given(options, OPTION_TARGET_REPO)) {
		if (text_of(options, OPTION_TARGET_REPO)[0] == '\0')
			return refuse_empty(OPTION_TARGET_REPO, e);
		return add_target(options,
		    span_text(text_of(options, OPTION_TARGET_REPO)), e);
	}
	if (is_given(options, OPTION_REPO))
		return add_repos(options, e);
	return options->targets_file != NULL
		   ? 0
		   : add_current(options, &current, e);
}

static int
read_api_url(struct options *options, struct error *e)
{
	options->job.api = &options->api;
	return server_read(given(options, OPTION_API_URL),
	    value_of(options, OPTION_API_URL), &options->api, e);
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
	const char *text = text_of(options, OPTION_PROXY);
	struct error cause;
	bool is_exempt;

	options->job.proxy = &options->proxy;
	if (read_exempt(options, &is_exempt, e) < 0)
		return -1;
	if (text == NULL || is_exempt)
		text = "";
	error_clear(&cause);
	if (proxy_read(&options->proxy, text, &cause) < 0) {
		return error_wrap(
		    e, &cause, "%s", given(options, OPTION_PROXY)->origin);
	}
	return 0;
}

static int
check_app_id(const struct options *options, struct error *e)
{
	const char *id = text_of(options, OPTION_APP_ID), *p = id;
	struct value shown;

	while (ascii_is_alphanumeric((unsigned char)*p) || *p == '.' ||
	       *p == '-' || *p == '_')
		p++;
	if (*p == '\0' && p - id <= 64)
		return 0;
	return error_set(e, ERROR_USAGE,
	    "%s must be the id or client id of a GitHub App, not \"%s\"",
	    given(options, OPTION_APP_ID)->origin,
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

/* The variable may hold the key itself. */
static void
read_app_key(struct options *options)
{
	char *text = text_of(options, OPTION_APP_KEY);

	options->job.app.key_origin = given(options, OPTION_APP_KEY)->origin;
	if (!on_command_line(options, OPTION_APP_KEY) &&
	    key_text_is_key(text)) {
		options->job.app.key_text = text;
	} else {
		options->job.app.key_file = text;
	}
}

static int
read_app(struct options *options, struct error *e)
{
	if (check_app_id(options, e) < 0)
		return -1;
	if (on_command_line(options, OPTION_TOKEN))
		return refuse_both(OPTION_APP_ID, OPTION_TOKEN, e);
	if (on_command_line(options, OPTION_TOKEN_FILE))
		return refuse_both(OPTION_APP_ID, OPTION_TOKEN_FILE, e);
	if (!is_given(options, OPTION_APP_KEY)) {
		return error_set(e, ERROR_USAGE, "%s needs --%s %s",
		    given(options, OPTION_APP_ID)->origin,
		    option_table[OPTION_APP_KEY].name,
		    option_table[OPTION_APP_KEY].argument);
	}
	options->job.app.id = text_of(options, OPTION_APP_ID);
	read_app_key(options);
	options->job.app.installation =
	    text_of(options, OPTION_INSTALLATION_ID);
	return check_installation(options->job.app.installation,
	    given(options, OPTION_INSTALLATION_ID)->origin, e);
}

static int
check_no_app(const struct options *options, struct error *e)
{
	static const enum option parts[] = {
	    OPTION_APP_KEY, OPTION_INSTALLATION_ID};
	size_t i;

	for (i = 0; i < COUNT(parts); i++) {
		if (is_given(options, parts[i]) &&
		    !is_given(options, OPTION_APP_ID)) {
			return error_set(e, ERROR_USAGE, "%s needs --%s %s",
			    given(options, parts[i])->origin,
			    option_table[OPTION_APP_ID].name,
			    option_table[OPTION_APP_ID].argument);
		}
	}
	return 0;
}

/* An App beats a token of the environment, which a workflow always has. What
 * is on the command line beats both. */
static bool
uses_app(const struct options *options)
{
	return is_given(options, OPTION_APP_ID) &&
	       (on_command_line(options, OPTION_APP_ID) ||
		   !(on_command_line(options, OPTION_TOKEN) ||
		       on_command_line(options, OPTION_TOKEN_FILE)));
}

static int
read_token(struct options *options, struct error *e)
{
	if (on_command_line(options, OPTION_TOKEN) &&
	    on_command_line(options, OPTION_TOKEN_FILE))
		return refuse_both(OPTION_TOKEN, OPTION_TOKEN_FILE, e);
	options->job.token_file = text_of(options, OPTION_TOKEN_FILE);
	options->job.token_origin = given(options, OPTION_TOKEN_FILE)->origin;
	if (options->job.token_file != NULL)
		return 0;
	if (!is_given(options, OPTION_TOKEN) &&
	    server_read_token(&options->arguments, &options->api, e) < 0)
		return -1;
	options->job.token = text_of(options, OPTION_TOKEN);
	options->job.token_origin = given(options, OPTION_TOKEN)->origin;
	options->token_in_arguments = on_command_line(options, OPTION_TOKEN);
	return 0;
}

static int
read_credential(struct options *options, struct error *e)
{
	if (uses_app(options))
		return read_app(options, e);
	if (check_no_app(options, e) < 0)
		return -1;
	return read_token(options, e);
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
		if (form != NULL && is_given(options, (enum option)i) &&
		    strcmp(text_of(options, (enum option)i), form) == 0 &&
		    claim_input(
			reader, given(options, (enum option)i)->origin, e) < 0)
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
	    read_event_type(options, e) < 0 ||
	    check_standard_input(options, e) < 0 ||
	    read_api_url(options, e) < 0 || read_targets(options, e) < 0 ||
	    read_proxy(options, e) < 0 || read_times(options, e) < 0)
		return -1;
	options->job.parts.no_limits = on[OPTION_NO_LIMITS];
	options->job.ca_file = text_of(options, OPTION_CA_FILE);
	options->job.ca_origin = given(options, OPTION_CA_FILE)->origin;
	options->wait = on[OPTION_WAIT];
	options->runs.dispatch = &options->job;
	options->job.app.reads_runs = options->wait;
	return read_credential(options, e);
}

static int
read_log_level(
    struct options *options, const bool on[OPTION_COUNT], struct error *e)
{
	if (on[OPTION_QUIET] && on[OPTION_VERBOSE])
		return refuse_both(OPTION_QUIET, OPTION_VERBOSE, e);
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
	if (is_given(options, OPTION_CHECK_JSON))
		return OPTIONS_CHECK_JSON;
	return on[OPTION_DRY_RUN] ? OPTIONS_DRY_RUN : OPTIONS_DISPATCH;
}

int
options_read(struct options *options, int argc, char **argv, struct error *e)
{
	bool on[OPTION_COUNT];
	int result;

	memset(options, 0, offsetof(struct options, actions));
	options->fields.count = 0;
	options->targets.count = 0;
	actions_find(&options->actions);
	if (argc <= 1 && !environment_asks()) {
		options->action = OPTIONS_SHOW_USAGE;
		return 0;
	}
	exposure_learn(argc, argv);
	result = arguments_read(&options->arguments, argc, argv, e);
	/* Known also after an error, which is then reported as JSON. */
	options->json = is_given(options, OPTION_JSON);
	if (result < 0 || read_switches(options, on, e) < 0)
		return -1;
	options->json = on[OPTION_JSON];
	options->check_json = text_of(options, OPTION_CHECK_JSON);
	options->action = find_action(options, on);
	if (read_fields(options, e) < 0 || read_log_level(options, on, e) < 0 ||
	    read_seconds(options, OPTION_TIMEOUT, &options->job.timeout, e) < 0)
		return -1;
	if (options->action == OPTIONS_DISPATCH ||
	    options->action == OPTIONS_DRY_RUN)
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
	warn_if_trimmed(&options->current);
	environment_warn();
	if (options->token_in_arguments || options->arguments.has_token)
		warn_of_exposure("a token", OPTION_TOKEN);
	if (exposure_has_proxy(&options->arguments))
		warn_of_exposure("a proxy's password", OPTION_PROXY);
}

int
options_read_targets(
    struct options *options, struct deadline d, struct error *e)
{
	if (options->targets_file != NULL &&
	    target_add_file(&options->targets, &options->target_rules,
		options->targets_file, d, e) < 0) {
		return error_name_origin(
		    e, given(options, OPTION_TARGETS)->origin);
	}
	if (options->targets.count == 0) {
		return error_set(e, ERROR_USAGE, "%s has no targets",
		    given(options, options->targets_file != NULL
				       ? OPTION_TARGETS
				       : OPTION_REPO)
			->origin);
	}
	if (options->wait && options->targets.count > RUNS_TARGETS_MAX) {
		return error_set(e, ERROR_USAGE,
		    "--%s follows at most %d targets",
		    option_table[OPTION_WAIT].name, RUNS_TARGETS_MAX);
	}
	return 0;
}
