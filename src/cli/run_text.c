/* run_text.c - one function for each occasion. Parts that are not known are
 * left out, with their comma. */
#include "cli/run_text.h"

#include <inttypes.h>

#include "event/run.h"

void
run_text_time(struct buffer *b, int64_t seconds)
{
	if (seconds < 120) {
		buffer_format(b, "%" PRId64 " s", seconds < 0 ? 0 : seconds);
	} else if (seconds < 3600) {
		buffer_format(b, "%" PRId64 " min %" PRId64 " s", seconds / 60,
		    seconds % 60);
	} else {
		buffer_format(b, "%" PRId64 " h %" PRId64 " min",
		    seconds / 3600, seconds % 3600 / 60);
	}
}

/* A run that only a response to a workflow_dispatch has named has no status
 * yet. */
static const char *
status_of(const struct run *run)
{
	return run->status[0] != '\0' ? run->status : "known";
}

const char *
run_text_word(const struct run *run)
{
	return run_has_ended(run) ? run->conclusion : status_of(run);
}

static void
add_age(struct buffer *b, int64_t age)
{
	buffer_text(b, " after ");
	run_text_time(b, age / 1000);
}

/* Appends a fact, after a comma unless it is the first one. */
static void
begin_fact(struct buffer *b, size_t first)
{
	buffer_text(b, b->length > first ? ", " : "");
}

static void
add_facts(struct buffer *b, const struct run *run, size_t first)
{
	if (run->workflow[0] != '\0') {
		begin_fact(b, first);
		buffer_text(b, run->workflow);
	}
	if (run_has_ended(run) && run->started > 0 && run->updated > 0) {
		begin_fact(b, first);
		run_text_time(b, run->updated - run->started);
	}
	if (run->attempt > 1) {
		begin_fact(b, first);
		buffer_format(b, "attempt %" PRIu32, run->attempt);
	}
	if (run->waits_for[0] != '\0' && !run_has_ended(run)) {
		begin_fact(b, first);
		buffer_format(b, "waits for %s", run->waits_for);
	}
	if (!run->is_certain) {
		begin_fact(b, first);
		buffer_text(b, "uncertain");
	}
}

void
run_text_facts(struct buffer *b, const struct run *run)
{
	add_facts(b, run, b->length);
}

void
run_text_found(struct buffer *b, const struct run *run, int64_t age)
{
	size_t first;

	buffer_format(b, "run %s %s: %s (", run->id, status_of(run), run->url);
	first = b->length;
	buffer_text(b, run->conclusion);
	add_facts(b, run, first);
	begin_fact(b, first);
	run_text_time(b, age / 1000);
	buffer_text(b, " after the event)");
}

void
run_text_changed(struct buffer *b, const struct run *run, int64_t age)
{
	buffer_format(b, "run %s %s", run->id, status_of(run));
	add_age(b, age);
	if (run_has_ended(run)) {
		buffer_format(b, ": %s", run->conclusion);
	} else if (run->waits_for[0] != '\0') {
		buffer_format(b, ": it waits for %s", run->waits_for);
	}
}

void
run_text_still(struct buffer *b, const struct run *run, int64_t age)
{
	if (run != NULL) {
		buffer_format(b, "run %s still %s", run->id, status_of(run));
	} else {
		buffer_text(b, "no run is known");
	}
	add_age(b, age);
}

void
run_text_job(struct buffer *b, const struct run *run, const struct run_job *job)
{
	buffer_format(b, "run %s: job \"%s\" failed", run->id, job->name);
	if (job->step[0] != '\0')
		buffer_format(b, " in step \"%s\"", job->step);
	buffer_format(b, ": %s", job->url);
}
