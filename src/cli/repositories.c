/* repositories.c - each text goes to the list as soon as it is read, under the
 * rules that the owner's options have set before. */
#include "cli/repositories.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "base/value.h"
#include "cli/given.h"
#include "cli/option_table.h"

/* Adds a target. If it is an option's, --target-owner replaces its owner. */
static int
add_target(struct repositories *repositories, struct span text, struct error *e)
{
	struct target_rules rules = repositories->rules;

	rules.replaces_owner =
	    given_has(repositories->arguments, OPTION_TARGET_OWNER);
	return target_add(repositories->targets, &rules, text, NULL, e);
}

/* Adds the targets that a text lists. */
static int
add_listed(struct repositories *repositories, const char *text, struct error *e)
{
	static const char between[] = ", \t\r\n";
	size_t length;

	for (text += strspn(text, between); *text != '\0';
	     text += length + strspn(text + length, between)) {
		length = strcspn(text, between);
		if (add_target(repositories, span_of(text, length), e) < 0)
			return -1;
	}
	return 0;
}

/* Adds every --repo, or else the variable's targets. */
static int
add_repos(struct repositories *repositories, struct error *e)
{
	const struct arguments *arguments = repositories->arguments;
	const struct argument_repeated *r = arguments->repeated;
	size_t i, before;

	if (!given_on_command_line(arguments, OPTION_REPO)) {
		return add_listed(
		    repositories, given_text(arguments, OPTION_REPO), e);
	}
	for (i = 0; i < arguments->repeated_count; i++) {
		if (r[i].option != OPTION_REPO)
			continue;
		before = repositories->targets->count;
		if (add_listed(repositories, r[i].text, e) < 0)
			return -1;
		if (repositories->targets->count == before)
			return given_refuse_empty(OPTION_REPO, e);
	}
	return 0;
}

/* Adds the repository of GITHUB_REPOSITORY, with the owner of an option. */
static int
add_current(struct repositories *repositories,
    const struct target_parts *current, struct error *e)
{
	const char *text = repositories->current.text;
	struct target_rules rules = repositories->rules;
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
	return target_add(
	    repositories->targets, &rules, span_text(text), NULL, e);
}

static int
check_owner(
    const struct arguments *arguments, enum option option, struct error *e)
{
	const struct argument *argument = given_argument(arguments, option);
	struct value shown;

	if (argument->text != NULL && argument->text[0] == '\0')
		return given_refuse_empty(option, e);
	if (argument->text == NULL || strchr(argument->text, '/') == NULL)
		return 0;
	return error_set(e, ERROR_USAGE,
	    "%s takes OWNER, not OWNER/NAME: \"%s\"", argument->origin,
	    value_show(&shown, span_text(argument->text)));
}

/* Reads GITHUB_REPOSITORY, and who owns a name without an owner. */
static int
read_owner(struct repositories *repositories, struct target_parts *current,
    struct error *e)
{
	/* If both are given, the last one wins. */
	static const enum option owners[] = {OPTION_OWNER, OPTION_TARGET_OWNER};
	const struct arguments *arguments = repositories->arguments;
	struct target_rules *rules = &repositories->rules;
	struct argument *text = &repositories->current;
	size_t i;

	if (arguments_read_variable(text, "GITHUB_REPOSITORY", e) < 0)
		return -1;
	if (text->text != NULL &&
	    target_read(span_text(text->text), rules->api_host, current, e) < 0)
		return -1;
	rules->owner = current->owner;
	for (i = 0; i < COUNT(owners); i++) {
		if (check_owner(arguments, owners[i], e) < 0)
			return -1;
		if (given_has(arguments, owners[i])) {
			rules->owner =
			    span_text(given_text(arguments, owners[i]));
		}
	}
	return 0;
}

int
repositories_read(struct repositories *repositories,
    const struct arguments *arguments, const char *api_host,
    struct target_list *targets, struct error *e)
{
	const char *only = given_text(arguments, OPTION_TARGET_REPO);
	struct target_parts current = {.host = {NULL, 0}};

	*repositories = (struct repositories){
	    .arguments = arguments,
	    .targets = targets,
	    .file = given_text(arguments, OPTION_TARGETS),
	    .rules.api_host = api_host,
	};
	if (read_owner(repositories, &current, e) < 0)
		return -1;
	if (only != NULL) {
		if (only[0] == '\0')
			return given_refuse_empty(OPTION_TARGET_REPO, e);
		return add_target(repositories, span_text(only), e);
	}
	if (given_has(arguments, OPTION_REPO))
		return add_repos(repositories, e);
	return repositories->file != NULL
		   ? 0
		   : add_current(repositories, &current, e);
}

int
repositories_read_file(
    struct repositories *repositories, struct deadline d, struct error *e)
{
	const char *file = repositories->file;
	enum option option = file != NULL ? OPTION_TARGETS : OPTION_REPO;
	const char *origin = given_origin(repositories->arguments, option);

	if (file != NULL && target_add_file(repositories->targets,
				&repositories->rules, file, d, e) < 0)
		return error_name_origin(e, origin);
	if (repositories->targets->count > 0)
		return 0;
	return error_set(e, ERROR_USAGE, "%s has no targets", origin);
}
