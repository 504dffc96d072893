/* search.h - which runs are an event's: pure functions of a run and of what is
 * known of the event.
 *
 * A response to a dispatch has no run id, and one event starts any number of
 * workflows, each of them once (GitHub's docs, "Events that trigger workflows",
 * and the REST docs, "Create a repository dispatch event"). A title that shows
 * the id of the event is certain.
 *
 * Everything else is only likely: the event, a creation since a minute before
 * it was sent, the actor. A title says the event type where a workflow has no
 * run-name ("Workflow syntax for GitHub Actions", run-name: a default that is
 * specific to the event; for a repository_dispatch it is the raw event type,
 * as paradedb/rails-paradedb#77 shows). So a title that is the event type is
 * better than any other. GitHub may give the title as the name of the run
 * (actions/runner#4141), so both are read. */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "event/run.h"

#define SEARCH_SLACK 60 /* seconds that a run may be older than its event */

/* What is known of an event. */
struct search {
	const char *event; /* "repository_dispatch" */
	const char *type;  /* its type, or NULL if it has none */
	const char *id;    /* that a title may show, or "" */
	int64_t since;     /* when it was sent, by the server's clock */
	int64_t until;     /* when its run must exist, unless it shows the id */
	const char *actor; /* who sent it, or "" */
	const char *ref;   /* a branch or a tag, or NULL if it has none */
	/* Only runs of these workflows count, files or ids; none: of any. */
	const struct span *workflows;
	size_t workflow_count;
};

enum search_fit {
	SEARCH_NOT,   /* it belongs to another event */
	SEARCH_WEAK,  /* likely, but the title is not the event type */
	SEARCH_FITS,  /* likely */
	SEARCH_SHOWS, /* certain: it shows the id */
};

/* Returns whether a run shows this id, which may be "". */
bool search_shows(const char *id, const struct run_listed *listed);

enum search_fit search_judge(
    const struct search *search, const struct run_listed *listed);

/* Returns whether a path is that of one of these workflows: FILE, or
 * .github/workflows/FILE. An id is one if it is named. */
bool search_is_named(
    const struct span *workflows, size_t count, const char *path);

/* Returns whether every workflow that is named has a run in a list. */
bool search_has_all(
    const struct span *workflows, size_t count, const struct run *runs);

#endif
