/* exposure.c - the variables are those of the options and their aliases. A
 * command line that is malformed has secrets, too, so it is searched without
 * being understood. */
#include "cli/exposure.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/value.h"
#include "cli/option_name.h"
#include "cli/option_table.h"
#include "github/credential.h"
#include "github/key_text.h"
#include "net/proxy.h"

/* Does something to the value of a variable that may hold a secret. */
typedef void visitor(enum option option, char *value);

/* An option's own variable and its aliases, those that are set. */
static void
visit_option(enum option option, visitor *visit)
{
	const char *aliases = option_table[option].aliases;
	char name[OPTION_VARIABLE_SIZE], *value;
	struct buffer b;
	size_t length;

	buffer_init(&b, name, sizeof(name));
	option_write_variable(&b, option);
	for (aliases = aliases != NULL ? aliases : "";;
	     aliases += length + strspn(aliases + length, " ")) {
		value = arguments_variable(name);
		if (value != NULL)
			visit(option, value);
		if (*aliases == '\0')
			return;
		length = strcspn(aliases, " ");
		buffer_init(&b, name, sizeof(name));
		buffer_append(&b, aliases, length);
	}
}

static void
visit_environment(visitor *visit)
{
	/* We use no proxy of these, but they have the same password. */
	static const char *const others[] = {"HTTP_PROXY", "http_proxy"};
	static const enum option options[] = {
	    OPTION_TOKEN, OPTION_APP_KEY, OPTION_PROXY};
	char *value;
	size_t i;

	for (i = 0; i < COUNT(options); i++)
		visit_option(options[i], visit);
	for (i = 0; i < COUNT(others); i++) {
		value = arguments_variable(others[i]);
		if (value != NULL)
			visit(OPTION_PROXY, value);
	}
}

/* A path to a key, and a proxy without credentials, may be seen. */
static bool
is_exposed(enum option option, const char *value)
{
	return option == OPTION_TOKEN ||
	       (option == OPTION_APP_KEY &&
		   (key_text_is_key(value) ||
		       value_has_secret(span_text(value)))) ||
	       (option == OPTION_PROXY && strchr(value, '@') != NULL);
}

/* A token, or a key, up to a length that no valid one has: more would use up
 * the registry. */
static void
learn_text(const char *text, size_t most)
{
	size_t length = strlen(text);

	secrets_add_runs(
	    span_of(text, length < most ? length : most), SECRETS_LASTING);
}

static void
learn(enum option option, char *value)
{
	struct proxy proxy;
	struct error ignored;

	if (!is_exposed(option, value))
		return;
	if (option != OPTION_PROXY) {
		learn_text(value,
		    option == OPTION_TOKEN ? CREDENTIAL_MAX : KEY_TEXT_MAX);
		return;
	}
	/* Reading it makes its credentials known. */
	error_clear(&ignored);
	if (proxy_read(&proxy, value, &ignored) == 0)
		proxy_wipe(&proxy);
}

static bool
takes_value(enum option option)
{
	return option != OPTION_COUNT &&
	       option_table[option].kind != OPTION_SWITCH;
}

/* A group of short options, such as -qt TOKEN or -ntTOKEN. Returns the option
 * whose value is the next argument, or OPTION_COUNT. */
static enum option
learn_group(char *letter)
{
	enum option option;

	for (; *letter != '\0'; letter++) {
		option = option_by_letter(*letter);
		if (!takes_value(option))
			continue;
		if (letter[1] == '\0')
			return option;
		if (option == OPTION_TOKEN)
			learn(OPTION_TOKEN, letter + 1);
		return OPTION_COUNT;
	}
	return OPTION_COUNT;
}

/* A long option. Returns as learn_group() does. */
static enum option
learn_long(char *name)
{
	size_t length = strcspn(name, "=");
	enum option option = option_by_name(name, length);

	if (!takes_value(option))
		return OPTION_COUNT;
	if (name[length] == '\0')
		return option;
	if (option == OPTION_TOKEN)
		learn(OPTION_TOKEN, name + length + 1);
	return OPTION_COUNT;
}

void
exposure_learn(int argc, char **argv)
{
	enum option last = OPTION_COUNT; /* whose value comes next */
	int i;

	visit_environment(learn);
	for (i = 1; i < argc; i++) {
		/* A value may begin with a hyphen. */
		if (last != OPTION_COUNT) {
			if (last == OPTION_TOKEN)
				learn(OPTION_TOKEN, argv[i]);
			last = OPTION_COUNT;
		} else if (strncmp(argv[i], "--", 2) == 0) {
			last = learn_long(argv[i] + 2);
		} else if (argv[i][0] == '-') {
			last = learn_group(argv[i] + 1);
		}
	}
}

static void
overwrite(enum option option, char *value)
{
	if (is_exposed(option, value))
		wipe(value, strlen(value));
}

bool
exposure_has_proxy(const struct arguments *arguments)
{
	const struct argument *proxy = &arguments->given[OPTION_PROXY];

	return proxy->on_command_line && is_exposed(OPTION_PROXY, proxy->text);
}

void
exposure_wipe_environment(void)
{
	visit_environment(overwrite);
}

static void
overwrite_argument(struct arguments *arguments, enum option option)
{
	const struct argument *argument = &arguments->given[option];

	if (argument->on_command_line)
		overwrite(option, argument->text);
}

/* What is before the host of a repository's URL, or of several. */
static void
overwrite_user(char *text)
{
	char *at = text != NULL ? strrchr(text, '@') : NULL;
	struct span user;

	if (at == NULL)
		return;
	user = span_of(text, (size_t)(at - text));
	if (value_has_secret(user) || value_has_password(span_text(text)))
		wipe(text, user.length);
}

void
exposure_wipe_urls(struct arguments *arguments)
{
	size_t i;

	overwrite_argument(arguments, OPTION_PROXY);
	overwrite_user(arguments->given[OPTION_TARGET_REPO].text);
	overwrite_user(arguments->given[OPTION_REPO].text);
	for (i = 0; i < arguments->repeated_count; i++) {
		if (arguments->repeated[i].option == OPTION_REPO)
			overwrite_user(arguments->repeated[i].text);
	}
}

void
exposure_wipe_tokens(struct arguments *arguments)
{
	overwrite_argument(arguments, OPTION_TOKEN);
}
