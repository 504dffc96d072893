/* options_fuzz.c - the input is a line for each argument and variable: "-"
 * begins an argument, and anything else is a variable. What is accepted must be
 * complete and consistent; what is refused must be a usage error that is
 * explained. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/span.h"
#include "base/text.h"
#include "cli/options.h"
#include "fuzz.h"
#include "github/host.h"

#define LINES_MAX 64

extern char **environ;

static struct options options;

/* Cuts the text into arguments and variables. */
static int
cut(char *text, char **arguments, char **variables)
{
	static char program[] = "repository-dispatch";
	size_t variable_count = 0, i;
	char *line = text, *end;
	int count = 1;

	arguments[0] = program;
	for (i = 0; line != NULL && i < LINES_MAX; i++) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		if (line[0] == '-')
			arguments[count++] = line;
		else
			variables[variable_count++] = line;
		line = end;
	}
	arguments[count] = NULL;
	variables[variable_count] = NULL;
	return count;
}

static void
check_targets(void)
{
	const struct target_list *targets = &options.targets;
	size_t i;

	if (targets->count == 0 && options.repositories.file == NULL)
		return; /* options_read_targets() refuses that */
	for (i = 0; i < targets->count; i++) {
		if (targets->list[i].owner[0] == '\0' ||
		    strpbrk(targets->list[i].owner, "/@:%? ") != NULL ||
		    strpbrk(targets->list[i].name, "/@:%? ") != NULL)
			abort();
	}
}

/* What every dispatch needs. */
static void
check_job(void)
{
	const struct dispatch_job *job = &options.job;
	struct span type;

	if (job->event_type == NULL || job->parts.json == NULL ||
	    job->api == NULL || !host_is_api(job->api))
		abort();
	type = span_text(job->event_type);
	if (text_trim(type).length != type.length)
		abort();
	if (job->app.id == NULL && job->token_file == NULL &&
	    job->token == NULL)
		abort();
	/* A tenant's or another server's token is not for github.com. */
	if (job->app.id == NULL && job->token_file == NULL &&
	    strstr(job->token_origin, "_ENTERPRISE_") != NULL &&
	    host_kind(job->api->host) != HOST_SERVER)
		abort();
	check_targets();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *arguments[LINES_MAX + 2], *variables[LINES_MAX + 1];
	/* glibc's getenv() reads two bytes of each variable. */
	char *text = calloc(size + 2, 1), **kept = environ;
	struct error e;
	int count;

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	count = cut(text, arguments, variables);
	environ = variables;
	error_clear(&e);
	if (options_read(&options, count, arguments, &e) < 0) {
		if (e.line[0] == '\0' ||
		    (e.kind != ERROR_USAGE && e.kind != ERROR_PAYLOAD))
			abort();
	} else if (e.kind != ERROR_NONE) {
		abort();
	} else if (options.action == OPTIONS_DISPATCH ||
		   options.action == OPTIONS_DRY_RUN) {
		check_job();
	}
	environ = kept;
	free(text);
	return 0;
}
