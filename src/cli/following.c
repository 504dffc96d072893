/* following.c - one function for each thing that the options describe. */
#include "cli/following.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "base/value.h"
#include "cli/given.h"
#include "event/dispatch_id.h"

static int
read_times(
    const struct arguments *arguments, struct runs_job *runs, struct error *e)
{
	const struct {
		enum option option;
		uint32_t *milliseconds;
	} times[] = {
	    {OPTION_WAIT_TIMEOUT, &runs->timeout},
	    {OPTION_WAIT_INTERVAL, &runs->interval},
	    {OPTION_FIND_TIMEOUT, &runs->find_timeout},
	};
	size_t i;

	for (i = 0; i < COUNT(times); i++) {
		if (given_seconds(arguments, times[i].option,
			times[i].milliseconds, e) < 0)
			return -1;
	}
	return 0;
}

static int
read_id_key(
    const struct arguments *arguments, const char **key, struct error *e)
{
	struct value shown;

	*key = given_value(arguments, OPTION_DISPATCH_ID_KEY);
	if (dispatch_id_key_is_valid(span_text(*key)))
		return 0;
	return error_set(e, ERROR_USAGE,
	    "%s must be NAME or NAME[NAME], at most %d letters, digits, \"_\" "
	    "and \"-\", not \"%s\"",
	    given_origin(arguments, OPTION_DISPATCH_ID_KEY),
	    DISPATCH_ID_KEY_MAX, value_show(&shown, span_text(*key)));
}

/* Adds the workflows that a text lists. */
static int
add_workflows(struct runs_job *runs, const char *text, struct error *e)
{
	static const char between[] = ", \t\r\n";
	size_t length;

	for (text += strspn(text, between); *text != '\0';
	     text += length + strspn(text + length, between)) {
		length = strcspn(text, between);
		if (runs->workflow_count == RUNS_WORKFLOWS_MAX) {
			return error_set(e, ERROR_USAGE,
			    "--%s: more than %d workflows",
			    option_table[OPTION_ONLY_WORKFLOW].name,
			    RUNS_WORKFLOWS_MAX);
		}
		runs->workflows[runs->workflow_count++] = span_of(text, length);
	}
	return 0;
}

/* Every --only-workflow, or else the variable's. */
static int
read_workflows(
    const struct arguments *arguments, struct runs_job *runs, struct error *e)
{
	const struct argument_repeated *r = arguments->repeated;
	size_t i;

	if (!given_has(arguments, OPTION_ONLY_WORKFLOW))
		return 0;
	if (!given_on_command_line(arguments, OPTION_ONLY_WORKFLOW)) {
		return add_workflows(
		    runs, given_text(arguments, OPTION_ONLY_WORKFLOW), e);
	}
	for (i = 0; i < arguments->repeated_count; i++) {
		if (r[i].option == OPTION_ONLY_WORKFLOW &&
		    add_workflows(runs, r[i].text, e) < 0)
			return -1;
	}
	return runs->workflow_count > 0
		   ? 0
		   : given_refuse_empty(OPTION_ONLY_WORKFLOW, e);
}

int
following_read(const struct arguments *arguments, const bool on[OPTION_COUNT],
    struct dispatch_job *job, struct runs_job *runs, struct error *e)
{
	bool follows = on[OPTION_WAIT] || on[OPTION_FIND_RUN];
	const char *key;

	runs->dispatch = job;
	runs->ends_when_found = on[OPTION_FIND_RUN];
	runs->follows_ambiguous = on[OPTION_WAIT_AMBIGUOUS];
	runs->cancels = on[OPTION_WAIT_CANCEL];
	if (read_times(arguments, runs, e) < 0 ||
	    read_id_key(arguments, &key, e) < 0 ||
	    read_workflows(arguments, runs, e) < 0)
		return -1;
	/* It starts no run of another one. */
	if (job->workflow != NULL && runs->workflow_count == 0) {
		runs->workflows[0] = span_text(job->workflow->name);
		runs->workflow_count = 1;
	}
	job->app.reads_runs = follows;
	job->app.cancels_runs = follows && on[OPTION_WAIT_CANCEL];
	job->id_key = follows ? key : NULL;
	return 0;
}
