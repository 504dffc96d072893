/* cancel.c - one request for each run; none is repeated. */
#include "event/cancel.h"

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"

/* Returns NULL, or why a run was not cancelled. */
static const char *
cancel(struct poll *poll, struct runs_target *target, struct run *run,
    struct error *e)
{
	char part[RUN_TEXT_SIZE];
	const struct poll_request request = {.method = "POST", .part = part};
	struct api_outcome outcome;
	struct buffer b;

	if (run->is_ambiguous)
		return "it may not be the event's";
	if (deadline_passed(poll->deadline))
		return "no time was left";
	buffer_init(&b, part, sizeof(part));
	buffer_format(&b, "/actions/runs/%s/cancel", run->id);
	if (poll_send(poll, target, &request, &outcome, e) < 0)
		return e->line;
	run->is_cancelled = true;
	return NULL;
}

void
cancel_runs(struct poll *poll, struct runs_target *target)
{
	struct error *error = &target->result.error, e;
	struct run *run;
	const char *why;

	for (run = target->runs; run != NULL; run = run->next) {
		if (run_has_ended(run))
			continue;
		error_clear(&e);
		why = cancel(poll, target, run, &e);
		if (why == NULL) {
			error_append(error, "; cancelled run %s", run->id);
		} else {
			error_append(error, "; run %s was not cancelled: %s",
			    run->id, why);
		}
	}
}
