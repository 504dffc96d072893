/* sending.c - --workflow decides which of the others must be there. */
#include "cli/sending.h"

#include <stddef.h>

#include "base/array.h"
#include "base/span.h"
#include "base/value.h"
#include "cli/given.h"
#include "cli/option_table.h"

/* White space around a variable's value is gone already. */
static const char *
read_trimmed(struct arguments *arguments, enum option option)
{
	if (given_on_command_line(arguments, option))
		arguments_trim(&arguments->given[option]);
	return given_text(arguments, option);
}

static int
refuse_alone(const struct arguments *arguments, enum option option,
    enum option needed, struct error *e)
{
	return error_set(e, ERROR_USAGE, "%s needs --%s %s",
	    given_origin(arguments, option), option_table[needed].name,
	    option_table[needed].argument);
}

static int
read_workflow(
    struct arguments *arguments, struct workflow *workflow, struct error *e)
{
	/* No id is added to inputs: GitHub refuses those it does not know. */
	static const enum option others[] = {
	    OPTION_EVENT_TYPE, OPTION_DISPATCH_ID_KEY};
	const char *name = read_trimmed(arguments, OPTION_WORKFLOW);
	struct error cause;
	size_t i;

	for (i = 0; i < COUNT(others); i++) {
		if (given_has(arguments, others[i])) {
			return error_set(e, ERROR_USAGE,
			    "%s and %s exclude each other",
			    given_origin(arguments, OPTION_WORKFLOW),
			    given_origin(arguments, others[i]));
		}
	}
	if (!given_has(arguments, OPTION_REF)) {
		return refuse_alone(arguments, OPTION_WORKFLOW, OPTION_REF, e);
	}
	error_clear(&cause);
	if (workflow_set(workflow, span_text(name), &cause) < 0) {
		return error_wrap(
		    e, &cause, "%s", given_origin(arguments, OPTION_WORKFLOW));
	}
	workflow->ref = read_trimmed(arguments, OPTION_REF);
	if (workflow_check_ref(workflow->ref, &cause) < 0) {
		return error_wrap(
		    e, &cause, "%s", given_origin(arguments, OPTION_REF));
	}
	return 0;
}

static int
read_event_type(
    struct arguments *arguments, struct dispatch_job *job, struct error *e)
{
	if (given_has(arguments, OPTION_REF)) {
		return refuse_alone(arguments, OPTION_REF, OPTION_WORKFLOW, e);
	}
	job->event_type = read_trimmed(arguments, OPTION_EVENT_TYPE);
	if (job->event_type != NULL)
		return 0;
	return error_set(e, ERROR_USAGE,
	    "no event type: --%s %s is required, or --%s %s",
	    option_table[OPTION_EVENT_TYPE].name,
	    option_table[OPTION_EVENT_TYPE].argument,
	    option_table[OPTION_WORKFLOW].name,
	    option_table[OPTION_WORKFLOW].argument);
}

int
sending_read(struct arguments *arguments, struct workflow *workflow,
    struct dispatch_job *job, struct error *e)
{
	if (!given_has(arguments, OPTION_WORKFLOW))
		return read_event_type(arguments, job, e);
	job->workflow = workflow;
	job->parts.is_inputs = true;
	job->app.starts_workflows = true;
	return read_workflow(arguments, workflow, e);
}

int
sending_check_targets(const struct arguments *arguments,
    const struct dispatch_job *job, struct error *e)
{
	const struct target *target;
	struct value shown;
	size_t i;

	for (i = 0; i < job->targets->count && job->workflow != NULL; i++) {
		target = &job->targets->list[i];
		if (target->event_type != NULL) {
			return error_set(e, ERROR_USAGE,
			    "%s: %s/%s has the event type \"%s\", but %s sends "
			    "no event type",
			    given_origin(arguments, OPTION_TARGETS),
			    target->owner, target->name,
			    value_show(&shown, span_text(target->event_type)),
			    given_origin(arguments, OPTION_WORKFLOW));
		}
	}
	return 0;
}
