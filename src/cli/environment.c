/* environment.c - a name is compared in the form of an option: in lower case,
 * with hyphens, without the prefix. */
#include "cli/environment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/value.h"
#include "cli/message.h"
#include "cli/option_name.h"
#include "cli/option_table.h"

#define PREFIX_LENGTH 8 /* of "DISPATCH" */
#define SHOWN_MAX 64    /* characters of a name in a message */

extern char **environ;

/* A variable that no option has. */
struct stranger {
	struct span name;
	/* "dry-run" for DISPATCH_DRY_RUN. */
	char as_option[OPTION_VARIABLE_SIZE];
	bool is_capital;
};

static bool
is_option_variable(struct span name)
{
	char variable[OPTION_VARIABLE_SIZE];
	struct buffer b;
	enum option i;

	for (i = 0; i < OPTION_COUNT; i++) {
		buffer_init(&b, variable, sizeof(variable));
		option_write_variable(&b, i);
		if (!option_table[i].has_no_variable &&
		    span_equal(name, span_text(variable)))
			return true;
	}
	return false;
}

/* For a Service called NAME, Kubernetes sets NAME_SERVICE_HOST, NAME_PORT,
 * NAME_PORT_443_TCP_ADDR and more (its docs, "Service", "Environment
 * variables"). The text is the name after "DISPATCH". */
static bool
is_of_service(struct span name)
{
	char text[128];
	const char *port;

	/* Longer names are no less known by their beginning. */
	if (name.length >= sizeof(text))
		name.length = sizeof(text) - 1;
	(void)span_copy(name, text, sizeof(text));
	port = strstr(text, "_PORT");
	return strstr(text, "_SERVICE_") != NULL ||
	       (port != NULL && (port[5] == '\0' || port[5] == '_'));
}

/* Returns whether a variable, NAME=VALUE, is not empty and begins as ours do,
 * and no option has it. */
static bool
find_stranger(const char *variable, struct stranger *stranger)
{
	size_t length = strcspn(variable, "="), i;
	struct buffer b;
	unsigned char byte;

	stranger->name = span_of(variable, length);
	if (length <= PREFIX_LENGTH || variable[length] == '\0' ||
	    variable[length + 1] == '\0' ||
	    !ascii_equal_nocase("dispatch", variable, PREFIX_LENGTH) ||
	    strchr("_-.", variable[PREFIX_LENGTH]) == NULL ||
	    is_option_variable(stranger->name) ||
	    is_of_service(
		span_of(variable + PREFIX_LENGTH, length - PREFIX_LENGTH)))
		return false;
	stranger->is_capital = true;
	buffer_init(&b, stranger->as_option, sizeof(stranger->as_option));
	for (i = 0; i < length; i++) {
		byte = (unsigned char)variable[i];
		if (byte != ascii_upper(byte))
			stranger->is_capital = false;
		if (i > PREFIX_LENGTH) {
			if (byte == '_' || byte == '.')
				byte = '-';
			buffer_byte(&b, (char)ascii_lower(byte));
		}
	}
	return true;
}

static const char *
skip_hyphens(const char *name)
{
	return name + strspn(name, "-_");
}

/* Returns whether two names differ only in case, hyphens and underscores. */
static bool
is_alike(const char *one, struct span other)
{
	size_t i;

	for (i = 0; i < other.length; i++) {
		if (other.bytes[i] == '-' || other.bytes[i] == '_')
			continue;
		one = skip_hyphens(one);
		if (ascii_lower(other.bytes[i]) !=
		    ascii_lower((unsigned char)*one++))
			return false;
	}
	return *skip_hyphens(one) == '\0';
}

/* Whether this is like an alias of the option. */
static bool
is_alias(const struct option_row *row, const char *name)
{
	const char *alias = row->aliases != NULL ? row->aliases : "";
	size_t length;

	for (; *alias != '\0'; alias += length + strspn(alias + length, " ")) {
		length = strcspn(alias, " ");
		if (is_alike(name, span_of(alias, length)))
			return true;
	}
	return false;
}

/* Returns whether a name is the first words of another one, apart from
 * hyphens: "dry" and "dry-r" of "dry-run-x" are and are not. */
static bool
has_words(const char *other, const char *name)
{
	for (;;) {
		name = skip_hyphens(name);
		if (*name == '\0')
			return *other == '\0' || *other == '-';
		other = skip_hyphens(other);
		if (*name++ != *other++)
			return false;
	}
}

/* An option whose first words these are. */
static enum option
begun(const char *name)
{
	enum option i;

	for (i = 0; i < OPTION_COUNT; i++) {
		if (has_words(option_table[i].name, name))
			break;
	}
	return i;
}

/* An option's name with more words after it may well be the user's own
 * (DISPATCH_PAYLOAD_ID), unless it asks to send nothing. */
static bool
is_own(const char *name, enum option option)
{
	return option != OPTION_DRY_RUN &&
	       has_words(name, option_table[option].name);
}

/* What a variable is called if its prefix is taken for the first word of an
 * option: DISPATCH_ID_KEY for --dispatch-id-key. */
static struct span
without_prefix(const char *name)
{
	static const char prefix[] = "dispatch-";
	size_t length = strlen(prefix);

	return span_text(
	    strncmp(name, prefix, length) == 0 ? name + length : name);
}

static enum option
nearest(const struct stranger *stranger)
{
	const char *name = stranger->as_option, *input;
	enum option i;

	for (i = 0; i < OPTION_COUNT; i++) {
		if (is_alike(name, span_text(option_table[i].name)) ||
		    is_alike(name, without_prefix(option_table[i].name)))
			break;
	}
	if (i == OPTION_COUNT && stranger->is_capital) {
		for (i = 0; i < OPTION_COUNT; i++) {
			input = option_table[i].input;
			if (is_alias(&option_table[i], name) ||
			    (input != NULL && is_alike(name, span_text(input))))
				return i;
		}
		i = option_nearest(name, strlen(name));
		if (i < OPTION_COUNT && is_own(name, i))
			return OPTION_COUNT;
		if (i == OPTION_COUNT)
			i = begun(name);
		if (i == OPTION_COUNT &&
		    has_words(name, option_table[OPTION_DRY_RUN].name))
			i = OPTION_DRY_RUN;
	}
	return i < OPTION_COUNT && option_table[i].has_no_variable
		   ? OPTION_COUNT
		   : i;
}

bool
environment_asks(void)
{
	static const char prefix[] = "DISPATCH_";
	const char *equals;
	size_t i;

	for (i = 0; environ[i] != NULL; i++) {
		equals = strchr(environ[i], '=');
		if (equals != NULL && equals[1] != '\0' &&
		    strncmp(environ[i], prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

int
environment_check(struct error *e)
{
	char meant[OPTION_VARIABLE_SIZE];
	struct stranger stranger;
	struct buffer b;
	enum option option;
	size_t i;

	for (i = 0; environ[i] != NULL; i++) {
		if (!find_stranger(environ[i], &stranger))
			continue;
		option = nearest(&stranger);
		if (option == OPTION_COUNT)
			continue;
		buffer_init(&b, meant, sizeof(meant));
		option_write_variable(&b, option);
		return error_set(e, ERROR_USAGE,
		    "unknown variable %.*s; did you mean %s, for --%s?",
		    span_width(stranger.name, SHOWN_MAX),
		    span_chars(stranger.name), meant,
		    option_table[option].name);
	}
	return 0;
}

void
environment_warn(void)
{
	struct stranger stranger;
	size_t i;

	for (i = 0; environ[i] != NULL; i++) {
		if (find_stranger(environ[i], &stranger) &&
		    stranger.is_capital && nearest(&stranger) == OPTION_COUNT) {
			message_warning("unknown variable %.*s is ignored",
			    span_width(stranger.name, SHOWN_MAX),
			    span_chars(stranger.name));
		}
	}
}

/* Returns whether the variable is one of the token, of the App's key, or of a
 * proxy with a password. */
static bool
is_of_secret(const char *variable, const char *value)
{
	static const enum option secrets[] = {
	    OPTION_TOKEN, OPTION_APP_KEY, OPTION_PROXY};
	static const char http_proxy[] = "HTTP_PROXY"; /* not used by us */
	char name[OPTION_VARIABLE_SIZE];
	struct buffer b;
	size_t i;

	if (is_alike(variable, span_text(http_proxy)))
		return strchr(value, '@') != NULL;
	for (i = 0; i < COUNT(secrets); i++) {
		buffer_init(&b, name, sizeof(name));
		option_write_variable(&b, secrets[i]);
		if (strcmp(variable, name) == 0 ||
		    is_alias(&option_table[secrets[i]], variable)) {
			return secrets[i] != OPTION_PROXY ||
			       strchr(value, '@') != NULL;
		}
	}
	return false;
}

const char *
environment_look_up(const char *variable, const char **why)
{
	const char *value = getenv(variable);
	struct secrets_place place;

	if (value == NULL) {
		*why = variable[0] == '$'
			   ? "is not set; write the name without $"
			   : "is not set";
	} else if (is_of_secret(variable, value) ||
		   value_has_secret(span_text(value)) ||
		   secrets_find(span_text(value), 0, &place)) {
		*why = "holds a secret, which everyone who may see the runs "
		       "could read";
		value = NULL;
	}
	return value;
}
