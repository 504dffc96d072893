/* options.c - first the arguments fill a row of values, one for each line of
 * the table; then the environment fills what is still empty (the twin, then
 * the older names, then the default); then the values are checked and moved
 * into the struct. */
#include "cli/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/url.h"
#include "github/credential.h"
#include "net/no_proxy.h"
#include "net/proxy.h"
#include "os/clock.h"
#include "os/log.h"

#define ORIGIN_SIZE 48
#define LONGEST_TIME 86400 /* seconds, a day */
enum row_kind { SWITCH, VALUE, LIST };

enum option {
	EVENT_TYPE,
	PAYLOAD,
	CLIENT_PAYLOAD,
	RAW_FIELD,
	FIELD,
	NO_LIMITS,
	OWNER,
	REPO,
	TARGET_OWNER,
	TARGET_REPO,
	TARGETS,
	TOKEN,
	TOKEN_FILE,
	APP_ID,
	APP_KEY,
	INSTALLATION_ID,
	API_URL,
	CA_FILE,
	PROXY,
	CONNECT_TIMEOUT,
	TIMEOUT,
	RETRIES,
	PACE,
	WAIT,
	WAIT_TIMEOUT,
	WAIT_INTERVAL,
	DRY_RUN,
	CHECK_JSON,
	JSON,
	QUIET,
	VERBOSE,
	HELP,
	VERSION,
	OPTION_COUNT
};

struct row {
	char letter; /* 0: none */
	enum row_kind kind;
	const char *name;
	const char *argument;
	const char *older; /* variables, in order, with spaces between */
	const char *fallback;
	const char *help;
};

static const struct row table[] = {
    [EVENT_TYPE] = {'e', VALUE, "event-type", "TYPE", "", "",
	"the event to send, 1 to 100 characters (required)"},
    [PAYLOAD] = {'p', VALUE, "payload", "JSON", "", "",
	"the client payload, one JSON object; @FILE, @- (default {})"},
    [CLIENT_PAYLOAD] = {0, VALUE, "client-payload", "JSON", "", "", "the same"},
    [RAW_FIELD] = {'f', LIST, "raw-field", "KEY=VALUE", "", "",
	"add a string to the payload; a[b]=v, a[]=v nest; repeatable"},
    [FIELD] = {'F', LIST, "field", "KEY=VALUE", "", "",
	"the same, typed: true, null, 7, @FILE, KEY:=JSON"},
    [NO_LIMITS] = {0, SWITCH, "no-limits", "", "", "",
	"send what is beyond GitHub's limits"},
    [OWNER] = {'o', VALUE, "owner", "OWNER", "OWNER", "",
	"who owns the repository (or from GITHUB_REPOSITORY)"},
    [REPO] = {'r', VALUE, "repo", "NAME", "REPO", "",
	"NAME or OWNER/NAME (or from GITHUB_REPOSITORY); repeatable"},
    [TARGET_OWNER] = {0, VALUE, "target-owner", "OWNER", "", "",
	"overrides --owner"},
    [TARGET_REPO] = {0, VALUE, "target-repo", "NAME", "", "",
	"overrides --repo"},
    [TARGETS] = {0, VALUE, "targets", "FILE", "", "",
	"more repositories, one a line: OWNER/NAME [TYPE]"},
    [TOKEN] = {'t', VALUE, "token", "TOKEN", "GH_PAT GH_TOKEN GITHUB_TOKEN", "",
	"the token; other processes can see arguments: prefer GH_PAT"},
    [TOKEN_FILE] = {0, VALUE, "token-file", "FILE", "", "",
	"read the token from FILE, - for standard input"},
    [APP_ID] = {0, VALUE, "app-id", "ID", "", "",
	"authenticate as this GitHub App, with --app-key"},
    [APP_KEY] = {0, VALUE, "app-key", "FILE", "", "",
	"the App's private key, - for standard input"},
    [INSTALLATION_ID] = {0, VALUE, "installation-id", "ID", "", "",
	"the App's installation (default: the repository's)"},
    [API_URL] = {0, VALUE, "api-url", "URL", "GITHUB_API_URL",
	"https://api.github.com", "https://HOST[:PORT][/api/v3]"},
    [CA_FILE] = {0, VALUE, "ca-file", "FILE", "SSL_CERT_FILE", "",
	"trust these PEM certificates, not the built-in ones"},
    [PROXY] = {0, VALUE, "proxy", "URL",
	"HTTPS_PROXY https_proxy ALL_PROXY all_proxy", "",
	"http://[USER:PASSWORD@]HOST[:PORT]; NO_PROXY names exceptions"},
    [CONNECT_TIMEOUT] = {0, VALUE, "connect-timeout", "S", "", "10",
	"seconds until connected, TLS included (default 10)"},
    [TIMEOUT] = {0, VALUE, "timeout", "S", "", "60",
	"seconds for each target, waits included (default 60)"},
    [RETRIES] = {0, VALUE, "retries", "N", "", "3",
	"more tries, where one cannot have arrived (default 3)"},
    [PACE] = {0, VALUE, "pace", "S", "", "",
	"seconds between targets (default 0; 1 for more than ten)"},
    [WAIT] = {0, SWITCH, "wait", "", "", "",
	"follow the runs the event starts to their end"},
    [WAIT_TIMEOUT] = {0, VALUE, "wait-timeout", "S", "", "3600",
	"seconds for that (default 3600)"},
    [WAIT_INTERVAL] = {0, VALUE, "wait-interval", "S", "", "10",
	"seconds between two looks (default 10)"},
    [DRY_RUN] = {'n', SWITCH, "dry-run", "", "", "",
	"check everything, connect to nothing, show the request"},
    [CHECK_JSON] = {0, VALUE, "check-json", "FILE", "", "",
	"only say whether FILE is strict JSON, - for standard input"},
    [JSON] = {0, SWITCH, "json", "", "", "",
	"one JSON document on standard output"},
    [QUIET] = {'q', SWITCH, "quiet", "", "", "", "errors only"},
    [VERBOSE] = {'v', SWITCH, "verbose", "", "DEBUG RUNNER_DEBUG", "",
	"trace on standard error"},
    [HELP] = {'h', SWITCH, "help", "", "", "", "this text"},
    [VERSION] = {'V', SWITCH, "version", "", "", "", "the version"},
};
_Static_assert(COUNT(table) == OPTION_COUNT, "a row for each option");

/* Every value with the name it came by, for messages and for precedence. */
struct given {
	char *value[OPTION_COUNT]; /* NULL: not given */
	char origin[OPTION_COUNT][ORIGIN_SIZE];
	bool by_flag[OPTION_COUNT];
	struct field_list *fields;
	const char **repos; /* of --repo, all of them */
	size_t repo_count;
};

static void
take(struct given *g, enum option i, char *value, const char *prefix,
    const char *name)
{
	struct buffer b;

	g->value[i] = value;
	buffer_init(&b, g->origin[i], ORIGIN_SIZE);
	buffer_text(&b, prefix);
	buffer_text(&b, name);
}

/* Edits that turn one name into the other, for names of up to 31 bytes. */
static size_t
edit_distance(const char *a, size_t a_length, const char *b)
{
	size_t costs[32], b_length = strlen(b), i, j, above, left;

	if (a_length >= COUNT(costs) || b_length >= COUNT(costs))
		return COUNT(costs);
	for (j = 0; j <= b_length; j++)
		costs[j] = j;
	for (i = 1; i <= a_length; i++) {
		left = costs[0];
		costs[0] = i;
		for (j = 1; j <= b_length; j++) {
			above = costs[j];
			if (a[i - 1] != b[j - 1]) {
				left = left < above ? left : above;
				left =
				    left < costs[j - 1] ? left : costs[j - 1];
				left++;
			}
			costs[j] = left;
			left = above;
		}
	}
	return costs[b_length];
}

/* One name as the beginning of the other counts as a single edit. */
static size_t
distance_to(const char *name, size_t length, const char *option)
{
	size_t distance = edit_distance(name, length, option);
	size_t common = strlen(option);

	common = common < length ? common : length;
	if (distance > 1 && common > 3 && memcmp(name, option, common) == 0)
		distance = 1;
	return distance;
}

/* name: behind two hyphens, with which a key in PEM begins, too. */
static int
unknown_option(const char *name, size_t length, struct error *e)
{
	/* Half of a short name is another name. */
	size_t best = length < 6 ? length / 2 + 1 : 4;
	size_t nearest = OPTION_COUNT, i, distance;
	int shown = length > 64 ? 64 : (int)length;

	if (credential_is_secret(name) || credential_is_secret(name - 2))
		shown = 0;
	for (i = 0; i < OPTION_COUNT; i++) {
		distance = distance_to(name, length, table[i].name);
		if (distance < best) {
			best = distance;
			nearest = i;
		}
	}
	if (nearest == OPTION_COUNT)
		return error_set(
		    e, ERROR_USAGE, "unknown option --%.*s", shown, name);
	return error_set(e, ERROR_USAGE,
	    "unknown option --%.*s; did you mean --%s?", shown, name,
	    table[nearest].name);
}

/* Before any other check, whose message would show the value. */
static int
refuse_secret(const char *origin, const char *value, struct error *e)
{
	if (value == NULL || !credential_is_secret(value))
		return 0;
	return error_set(
	    e, ERROR_USAGE, "%s: a token or a key where none belongs", origin);
}

/* Of fields: the flag and the variable of --raw-field, then of --field. */
static const struct field_origin origins[2][2] = {
    {{"--raw-field", false}, {"DISPATCH_RAW_FIELD", false}},
    {{"--field", true}, {"DISPATCH_FIELD", true}},
};

static int
take_flag(struct given *g, enum option i, char *value, struct error *e)
{
	if (i == REPO && g->repo_count == TARGET_MAX)
		return error_set(
		    e, ERROR_USAGE, "more than %d targets", TARGET_MAX);
	if (i == REPO)
		g->repos[g->repo_count++] = value;
	take(g, i, value, "--", table[i].name);
	if (i != TOKEN && refuse_secret(g->origin[i], value, e) == -1)
		return -1;
	g->by_flag[i] = true;
	return table[i].kind == LIST
		   ? field_add(g->fields, &origins[i == FIELD][0], value, e)
		   : 0;
}

/* name, or name=value, or name and then the next argument. Returns how many
 * arguments were used, or -1. */
static int
read_long(struct given *g, char *argument, char *next, struct error *e)
{
	char *name = argument + 2, *value = NULL;
	size_t length = strcspn(name, "="), i;
	int used = 1;

	for (i = 0; i < OPTION_COUNT; i++) {
		if (ascii_equal(table[i].name, name, length))
			break;
	}
	if (i == OPTION_COUNT)
		return unknown_option(name, length, e);
	if (name[length] == '=')
		value = name + length + 1;
	if (table[i].kind == SWITCH) {
		if (value != NULL)
			return error_set(e, ERROR_USAGE, "--%s takes no value",
			    table[i].name);
		value = argument; /* anything that is set */
	} else if (value == NULL) {
		if (next == NULL)
			return error_set(e, ERROR_USAGE,
			    "--%s needs a value: --%s %s", table[i].name,
			    table[i].name, table[i].argument);
		value = next;
		used = 2;
	}
	return take_flag(g, (enum option)i, value, e) == -1 ? -1 : used;
}

/* A group such as -qn, or -eTYPE, or -e and then the next argument. */
static int
read_short(struct given *g, char *argument, char *next, struct error *e)
{
	char *p;
	size_t i;

	for (p = argument + 1; *p != '\0'; p++) {
		for (i = 0; i < OPTION_COUNT; i++) {
			if (table[i].letter == *p)
				break;
		}
		if (i == OPTION_COUNT)
			return error_set(
			    e, ERROR_USAGE, "unknown option -%c", *p);
		if (table[i].kind == SWITCH) {
			(void)take_flag(g, (enum option)i, argument, e);
			continue;
		}
		if (p[1] != '\0')
			return take_flag(g, (enum option)i, p + 1, e) == -1 ? -1
									    : 1;
		if (next == NULL)
			return error_set(e, ERROR_USAGE,
			    "-%c needs a value: -%c %s", *p, *p,
			    table[i].argument);
		return take_flag(g, (enum option)i, next, e) == -1 ? -1 : 2;
	}
	return 1;
}

static int
read_arguments(struct given *g, int argc, char **argv, struct error *e)
{
	int i = 1, used;

	while (i < argc) {
		if (strcmp(argv[i], "--") == 0 && i + 1 == argc)
			return 0;
		if (strncmp(argv[i], "--", 2) == 0 && argv[i][2] != '\0') {
			/* argv[argc] is NULL (C11, 5.1.2.2.1). */
			used = read_long(g, argv[i], argv[i + 1], e);
		} else if (argv[i][0] == '-' && argv[i][1] != '\0' &&
			   argv[i][1] != '-') {
			used = read_short(g, argv[i], argv[i + 1], e);
		} else {
			if (strcmp(argv[i], "--") == 0)
				i++;
			return error_set(e, ERROR_USAGE,
			    "stray argument \"%.64s\"",
			    credential_is_secret(argv[i]) ? "[hidden]"
							  : argv[i]);
		}
		if (used == -1)
			return -1;
		i += used;
	}
	return 0;
}

/* An empty variable counts as unset. */
static char *
variable(const char *name)
{
	char *value = name == NULL ? NULL : getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

static void
write_twin(char out[ORIGIN_SIZE], const char *name)
{
	struct buffer b;

	buffer_init(&b, out, ORIGIN_SIZE);
	buffer_text(&b, "DISPATCH_");
	for (; *name != '\0'; name++) {
		char c = *name;

		if (c == '-')
			c = '_';
		else if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		buffer_byte(&b, c);
	}
}

static void
read_twin(struct given *g, enum option i)
{
	char twin[ORIGIN_SIZE];
	char *value;

	write_twin(twin, table[i].name);
	value = variable(twin);
	if (g->value[i] == NULL && value != NULL)
		take(g, i, value, "", twin);
}

static void
read_older(struct given *g, enum option i)
{
	const char *name = table[i].older;
	char copy[ORIGIN_SIZE];
	size_t length;
	char *value;

	for (; *name != '\0'; name += length + (name[length] == ' ')) {
		length = strcspn(name, " ");
		memcpy(copy, name, length);
		copy[length] = '\0';
		value = variable(copy);
		if (g->value[i] == NULL && value != NULL)
			take(g, i, value, "", copy);
	}
}

/* A switch in the environment is on for 1, true and yes. Older names are
 * other programs' too (DEBUG=*): there anything but 1 and true is off. */
static int
check_switch(struct given *g, enum option i, struct error *e)
{
	static const char words[][6] = {"1", "true", "yes", "0", "false", "no"};
	size_t k;

	if (g->value[i] == NULL || g->by_flag[i])
		return 0;
	for (k = 0; k < COUNT(words); k++) {
		if (ascii_equal_nocase(
			words[k], g->value[i], strlen(g->value[i]))) {
			if (k >= COUNT(words) / 2)
				g->value[i] = NULL;
			return 0;
		}
	}
	if (strncmp(g->origin[i], "DISPATCH_", 9) != 0) {
		g->value[i] = NULL;
		return 0;
	}
	return error_set(e, ERROR_USAGE, "%s is neither 1 nor 0: \"%.40s\"",
	    g->origin[i], g->value[i]);
}

/* The fields of a variable, one a line; flags beat them, as anywhere. */
static int
read_field_twins(struct given *g, struct error *e)
{
	enum option i;

	for (i = RAW_FIELD; i <= FIELD; i++) {
		if (g->value[i] != NULL && !g->by_flag[i] &&
		    field_add_lines(
			g->fields, &origins[i == FIELD][1], g->value[i], e) < 0)
			return -1;
	}
	return 0;
}

static int
read_environment(struct given *g, struct error *e)
{
	enum option i;

	for (i = 0; i < OPTION_COUNT; i++) {
		/* Asking for help is for people, not for the environment. */
		if (i == HELP || i == VERSION)
			continue;
		/* One credential: whichever way comes first in precedence. */
		if ((i == TOKEN && g->value[TOKEN_FILE] != NULL) ||
		    (i == TOKEN_FILE && g->by_flag[TOKEN]))
			continue;
		/* Two names of one option: a flag of either beats both
		 * twins. */
		if ((i == PAYLOAD && g->value[CLIENT_PAYLOAD] != NULL) ||
		    (i == CLIENT_PAYLOAD && g->value[PAYLOAD] != NULL))
			continue;
		read_twin(g, i);
	}
	if (g->value[TOKEN_FILE] == NULL)
		read_older(g, TOKEN);
	for (i = 0; i < OPTION_COUNT; i++) {
		if (i == TOKEN)
			continue;
		read_older(g, i);
		if (refuse_secret(g->origin[i], g->value[i], e) == -1)
			return -1;
		if (table[i].kind == SWITCH && check_switch(g, i, e) == -1)
			return -1;
	}
	return read_field_twins(g, e);
}

static int
check_seconds(const struct given *g, enum option i, uint32_t *milliseconds,
    struct error *e)
{
	const char *value = g->value[i];
	uint64_t seconds;

	if (value == NULL)
		value = table[i].fallback;
	if (ascii_decimal(value, strlen(value), LONGEST_TIME, &seconds) == -1 ||
	    seconds == 0)
		return error_set(e, ERROR_USAGE,
		    "%s is not a number of seconds from 1 to %d: \"%.40s\"",
		    g->origin[i], LONGEST_TIME, value);
	*milliseconds = (uint32_t)seconds * 1000;
	return 0;
}

static int
check_retries(const struct given *g, uint32_t *retries, struct error *e)
{
	const char *value = g->value[RETRIES];
	uint64_t number;

	if (value == NULL)
		value = table[RETRIES].fallback;
	if (ascii_decimal(value, strlen(value), 100, &number) == -1)
		return error_set(e, ERROR_USAGE,
		    "%s is not a number from 0 to 100: \"%.40s\"",
		    g->origin[RETRIES], value);
	*retries = (uint32_t)number;
	return 0;
}

/* Whole seconds, and 0 for no pace at all. */
static int
check_pace(const struct given *g, uint32_t *milliseconds, struct error *e)
{
	const char *value = g->value[PACE];
	uint64_t seconds;

	*milliseconds = DISPATCH_PACE_DEFAULT;
	if (value == NULL)
		return 0;
	if (ascii_decimal(value, strlen(value), 3600, &seconds) == -1)
		return error_set(e, ERROR_USAGE,
		    "%s is not a number of seconds from 0 to 3600: \"%.40s\"",
		    g->origin[PACE], value);
	*milliseconds = (uint32_t)seconds * 1000;
	return 0;
}

static int
check_api_url(const struct given *g, struct url *api, struct error *e)
{
	const char *value = g->value[API_URL], *why;

	if (value == NULL)
		value = table[API_URL].fallback;
	if (url_read(value, api, &why) == 0)
		return 0;
	/* A password may be in it. */
	if (strchr(value, '@') != NULL)
		error_set(e, ERROR_USAGE, "%s %s", g->origin[API_URL], why);
	else
		error_set(e, ERROR_USAGE, "%s \"%.200s\" %s",
		    g->origin[API_URL], value, why);
	return error_hint(
	    e, "for GitHub Enterprise Server it is https://HOST/api/v3");
}

/* An App beats a token of the environment, which workflows always have; what
 * is asked for on the command line beats both. */
static bool
uses_app(const struct given *g)
{
	bool token_flag = g->by_flag[TOKEN] || g->by_flag[TOKEN_FILE];

	return g->value[APP_ID] != NULL && (g->by_flag[APP_ID] || !token_flag);
}

static int
check_app(const struct given *g, struct options *o, struct error *e)
{
	const char *id = g->value[APP_ID], *p = id;
	uint64_t ignored;

	while (ascii_is_alphanumeric((unsigned char)*p) || *p == '.' ||
	       *p == '-' || *p == '_')
		p++;
	if (*p != '\0' || p - id > 64)
		return error_set(e, ERROR_USAGE,
		    "%s is not an App's id: \"%.64s\"", g->origin[APP_ID], id);
	if (g->by_flag[TOKEN] || g->by_flag[TOKEN_FILE])
		return error_set(
		    e, ERROR_USAGE, "--app-id and a token are both given");
	if (g->value[APP_KEY] == NULL)
		return error_set(e, ERROR_USAGE,
		    "%s is given without --app-key", g->origin[APP_ID]);
	o->app.id = id;
	o->app.key_file = g->value[APP_KEY];
	o->app.installation = id = g->value[INSTALLATION_ID];
	if (id != NULL &&
	    ascii_decimal(id, strlen(id), UINT64_MAX, &ignored) == -1)
		return error_set(e, ERROR_USAGE,
		    "%s is not a number: \"%.40s\"", g->origin[INSTALLATION_ID],
		    id);
	return 0;
}

static int
check_token(const struct given *g, struct options *o, struct error *e)
{
	struct buffer b;

	if (uses_app(g))
		return check_app(g, o, e);
	if (g->value[APP_ID] == NULL &&
	    (g->value[APP_KEY] != NULL || g->value[INSTALLATION_ID] != NULL))
		return error_set(e, ERROR_USAGE, "an App needs --app-id");
	if (g->by_flag[TOKEN] && g->by_flag[TOKEN_FILE])
		return error_set(
		    e, ERROR_USAGE, "--token and --token-file are both given");
	o->token_file = g->value[TOKEN_FILE];
	o->token = o->token_file == NULL ? g->value[TOKEN] : NULL;
	o->token_in_arguments = g->by_flag[TOKEN];
	buffer_init(&b, o->token_origin, sizeof(o->token_origin));
	buffer_text(&b, g->origin[TOKEN]);
	if (o->token != NULL || o->token_file != NULL)
		return 0;
	error_set(e, ERROR_USAGE, "no token");
	return error_hint(e, "give GH_PAT, --token-file or --app-id; the "
			     "action, its github-token");
}

/* A target, whose owner --target-owner replaces. */
static int
add_target(const struct given *g, struct options *o, const char *name,
    size_t length, struct error *e)
{
	const char *slash = memchr(name, '/', length);

	if (g->value[TARGET_OWNER] != NULL && slash != NULL) {
		length -= (size_t)(slash + 1 - name);
		name = slash + 1;
	}
	return target_add(
	    &o->targets, o->owner, span_of(name, length), NULL, e);
}

/* What a variable lists. */
static int
add_listed(
    const struct given *g, struct options *o, const char *text, struct error *e)
{
	static const char between[] = ", \t\r\n";
	size_t length;

	for (text += strspn(text, between); *text != '\0';
	     text += length + strspn(text + length, between)) {
		length = strcspn(text, between);
		if (add_target(g, o, text, length, e) == -1)
			return -1;
	}
	return 0;
}

/* All of --repo, or the variable's. */
static int
add_repos(const struct given *g, struct options *o, struct error *e)
{
	size_t i;

	for (i = 0; i < g->repo_count; i++) {
		if (add_target(g, o, g->repos[i], strlen(g->repos[i]), e) == -1)
			return -1;
	}
	return g->repo_count > 0 ? 0 : add_listed(g, o, g->value[REPO], e);
}

static int
check_owner(const struct given *g, enum option i, struct error *e)
{
	if (g->value[i] == NULL || strchr(g->value[i], '/') == NULL)
		return 0;
	return error_set(e, ERROR_USAGE, "%s is more than an owner: \"%.100s\"",
	    g->origin[i], g->value[i]);
}

/* The repository may be OWNER/NAME; where it is not, GITHUB_REPOSITORY, which
 * is, stands in for what is missing. */
static int
check_targets(const struct given *g, struct options *o, struct error *e)
{
	const char *repository = variable("GITHUB_REPOSITORY"), *slash;

	if (check_owner(g, OWNER, e) == -1 ||
	    check_owner(g, TARGET_OWNER, e) == -1)
		return -1;
	o->owner = g->value[TARGET_OWNER] != NULL ? g->value[TARGET_OWNER]
		   : g->value[OWNER] != NULL      ? g->value[OWNER]
						  : repository;
	o->targets_file = g->value[TARGETS];
	if (g->value[TARGET_REPO] != NULL)
		return add_target(g, o, g->value[TARGET_REPO],
		    strlen(g->value[TARGET_REPO]), e);
	if (g->value[REPO] != NULL)
		return add_repos(g, o, e);
	if (o->targets_file != NULL)
		return 0;
	if (repository == NULL) {
		error_set(e, ERROR_USAGE, "no repository");
		return error_hint(e, "give --repo OWNER/NAME");
	}
	slash = strchr(repository, '/');
	if (slash == NULL)
		return error_set(
		    e, ERROR_USAGE, "GITHUB_REPOSITORY is not OWNER/NAME");
	return add_target(g, o, slash + 1, strlen(slash + 1), e);
}

static int
check_proxy(const struct given *g, struct options *o, struct error *e)
{
	const char *value = g->value[PROXY], *exempt = variable("NO_PROXY");
	struct error cause;

	if (exempt == NULL)
		exempt = variable("no_proxy");
	if (value == NULL || (exempt != NULL && no_proxy_matches(exempt,
						    o->api.host, o->api.port)))
		value = "";
	error_clear(&cause);
	if (proxy_read(&o->proxy, value, &cause) == 0)
		return 0;
	return error_wrap(e, &cause, "%s", g->origin[PROXY]);
}

/* Standard input can be read once. */
static int
claim_input(char reader[FIELD_PLACE_SIZE], const char *origin, struct error *e)
{
	struct buffer b;

	if (reader[0] != '\0')
		return error_set(e, ERROR_USAGE,
		    "standard input is asked for twice, by %s and %s", reader,
		    origin);
	buffer_init(&b, reader, FIELD_PLACE_SIZE);
	buffer_text(&b, origin);
	return 0;
}

static int
check_input(const struct given *g, struct error *e)
{
	static const struct {
		enum option option;
		const char *value;
	} readers[] = {{PAYLOAD, "@-"}, {CLIENT_PAYLOAD, "@-"},
	    {TOKEN_FILE, "-"}, {APP_KEY, "-"}, {CA_FILE, "-"}, {TARGETS, "-"}};
	char reader[FIELD_PLACE_SIZE] = "", place[FIELD_PLACE_SIZE];
	const struct field *f = g->fields->fields;
	const char *value;
	size_t i;

	for (i = 0; i < COUNT(readers); i++) {
		value = g->value[readers[i].option];
		if (value != NULL && strcmp(value, readers[i].value) == 0 &&
		    claim_input(reader, g->origin[readers[i].option], e) == -1)
			return -1;
	}
	for (; f < g->fields->fields + g->fields->count; f++) {
		field_place(f, place);
		if (f->kind != FIELD_RAW &&
		    span_equal(f->value, span_text("@-")) &&
		    claim_input(reader, place, e) == -1)
			return -1;
	}
	return 0;
}

static int
check_dispatch(const struct given *g, struct options *o, struct error *e)
{
	if (g->value[PAYLOAD] != NULL && g->value[CLIENT_PAYLOAD] != NULL)
		return error_set(e, ERROR_USAGE,
		    "--payload and --client-payload are both given");
	o->event_type = g->value[EVENT_TYPE];
	if (o->event_type == NULL)
		return error_set(e, ERROR_USAGE,
		    "no event type: --event-type TYPE is required");
	o->payload = g->value[PAYLOAD];
	if (o->payload == NULL)
		o->payload = g->value[CLIENT_PAYLOAD];
	if (o->payload == NULL)
		o->payload = "{}";
	o->ca_file = g->value[CA_FILE];
	if (check_input(g, e) == -1 || check_targets(g, o, e) == -1 ||
	    check_api_url(g, &o->api, e) == -1 || check_proxy(g, o, e) == -1 ||
	    check_seconds(g, CONNECT_TIMEOUT, &o->connect_timeout, e) == -1 ||
	    check_retries(g, &o->retries, e) == -1 ||
	    check_pace(g, &o->pace, e) == -1 ||
	    check_seconds(g, WAIT_TIMEOUT, &o->wait_timeout, e) == -1 ||
	    check_seconds(g, WAIT_INTERVAL, &o->wait_interval, e) == -1)
		return -1;
	o->wait = g->value[WAIT] != NULL;
	o->app.reads_runs = o->wait;
	return check_token(g, o, e);
}

/* Asked for on the command line, quiet beats an inherited DEBUG. */
static int
choose_level(struct given *g, enum log_level *level, struct error *e)
{
	bool quiet = g->value[QUIET] != NULL;
	bool verbose = g->value[VERBOSE] != NULL;

	if (quiet && verbose && g->by_flag[QUIET] == g->by_flag[VERBOSE])
		return error_set(
		    e, ERROR_USAGE, "--quiet and --verbose are both given");
	if (quiet && verbose) {
		quiet = g->by_flag[QUIET];
		verbose = !quiet;
	}
	*level = quiet ? LOG_QUIET : verbose ? LOG_VERBOSE : LOG_NORMAL;
	return 0;
}

int
options_read(struct options *o, int argc, char **argv, struct error *e)
{
	struct given g;
	int result;

	memset(o, 0, offsetof(struct options, fields));
	o->fields.count = 0;
	o->targets.count = 0;
	memset(&g, 0, sizeof(g));
	g.fields = &o->fields;
	g.repos = o->repos;
	result = read_arguments(&g, argc, argv, e);
	if (result == 0)
		result = read_environment(&g, e);
	o->annotations = variable("GITHUB_ACTIONS") != NULL &&
			 strcmp(variable("GITHUB_ACTIONS"), "true") == 0;
	o->summary = variable("GITHUB_STEP_SUMMARY");
	o->outputs = variable("GITHUB_OUTPUT");
	/* Known also after an error, which is then told as JSON. */
	o->json = g.value[JSON] != NULL;
	if (result == -1)
		return -1;
	o->dry_run = g.value[DRY_RUN] != NULL;
	o->no_limits = g.value[NO_LIMITS] != NULL;
	if (choose_level(&g, &o->log_level, e) == -1)
		return -1;
	o->action = g.value[HELP] != NULL         ? OPTIONS_SHOW_HELP
		    : g.value[VERSION] != NULL    ? OPTIONS_SHOW_VERSION
		    : g.value[CHECK_JSON] != NULL ? OPTIONS_CHECK_JSON
						  : OPTIONS_DISPATCH;
	o->check_json = g.value[CHECK_JSON];
	if (check_seconds(&g, TIMEOUT, &o->timeout, e) == -1)
		return -1;
	return o->action == OPTIONS_DISPATCH ? check_dispatch(&g, o, e) : 0;
}

int
options_read_targets(struct options *o, struct deadline d, struct error *e)
{
	if (o->targets_file != NULL &&
	    target_add_file(&o->targets, o->owner, o->targets_file, d, e) == -1)
		return -1;
	if (o->targets.count == 0)
		return error_set(
		    e, ERROR_USAGE, "%s names no targets", o->targets_file);
	if (o->wait && o->targets.count > RUNS_TARGETS_MAX)
		return error_set(e, ERROR_USAGE,
		    "--wait follows at most %d targets", RUNS_TARGETS_MAX);
	return 0;
}

static void
write_padded(struct buffer *b, const char *text, size_t *column)
{
	buffer_text(b, text);
	*column += strlen(text);
}

/* "-e, --", or as much room for an option without a letter. */
static void
write_letter(struct buffer *b, char letter)
{
	if (letter == 0) {
		buffer_text(b, "    --");
		return;
	}
	buffer_byte(b, '-');
	buffer_byte(b, letter);
	buffer_text(b, ", --");
}

static void
write_help(struct buffer *b)
{
	const struct row *row;
	size_t column;

	buffer_text(b,
	    "usage: repository-dispatch --event-type TYPE --repo OWNER/NAME "
	    "[OPTION...]\n\nSends GitHub's repository_dispatch event.\n\n");
	for (row = table; row < table + OPTION_COUNT; row++) {
		column = 6;
		buffer_text(b, "  ");
		write_letter(b, row->letter);
		write_padded(b, row->name, &column);
		write_padded(b, " ", &column);
		write_padded(b, row->argument, &column);
		while (column++ < 30)
			buffer_byte(b, ' ');
		buffer_text(b, row->help);
		buffer_byte(b, '\n');
	}
	buffer_text(b,
	    "\nEach but --help and --version has a variable: --event-type is "
	    "DISPATCH_EVENT_TYPE.\n"
	    "Exit status: 0 sent, 1 local failure, 2 usage, 3 payload "
	    "refused, 4 not\n"
	    "authorised, 5 not found, 6 refused, 7 rate limited, 8 no "
	    "connection, 9 TLS,\n"
	    "10 sent but no valid answer: it is unknown whether it "
	    "arrived;\nwith --wait: 11 a run failed, 12 none found, or not "
	    "ended in time.\n");
}

void
options_write_text(const struct options *o, struct buffer *b)
{
	if (o->action == OPTIONS_SHOW_HELP)
		write_help(b);
	else
		buffer_text(b, "repository-dispatch " OPTIONS_VERSION "\n");
}
