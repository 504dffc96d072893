/* run.h - a workflow run, as GitHub's REST API shows it ("Get a workflow run"
 * and "List workflow runs for a repository" in GitHub's REST docs). Texts that
 * a peer chose are kept without secrets: secrets_hide_peer(). */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "github/api.h"

#define RUN_ID_SIZE 24
#define RUN_URL_SIZE 256
#define RUN_TEXT_SIZE 128
#define RUN_BRANCH_SIZE 256
#define RUN_TITLE_SIZE 1024
#define RUN_ACTOR_SIZE 64

/* A failed job of a run. */
struct run_job {
	char name[RUN_TEXT_SIZE];
	char url[RUN_URL_SIZE];
	char step[RUN_TEXT_SIZE]; /* the first that failed, or "" */
	struct run_job *next;
};

struct run {
	char id[RUN_ID_SIZE]; /* a number, as it is written */
	char url[RUN_URL_SIZE];
	char workflow[RUN_TEXT_SIZE]; /* its name */
	char path[RUN_TEXT_SIZE];     /* its file, .github/workflows/x.yml */
	char workflow_id[RUN_ID_SIZE];
	char title[RUN_TEXT_SIZE]; /* the beginning */
	char status[24];
	char conclusion[24];  /* "" until it is completed */
	uint32_t attempt;     /* 1, 2 for the first re-run ... */
	int64_t created;      /* seconds since 1970, by GitHub's clock */
	int64_t started;      /* this attempt; 0: not known */
	int64_t updated;      /* once it is completed, its end */
	bool is_certain;      /* the event's id, or GitHub itself, says so */
	bool is_cancelled;    /* we had it cancelled */
	struct run_job *jobs; /* that failed, once it is completed */
	size_t more_jobs;     /* that failed and did not fit */
	char waits_for[RUN_TEXT_SIZE]; /* in status waiting, or "" */
	struct run *next;              /* of the same event */
	/* Private to follow.c and what it calls. */
	char etag[API_ETAG_SIZE];
	int64_t failing_since; /* clock_milliseconds(), while polls fail */
	unsigned failures;     /* in a row */
	bool has_other_title;  /* than the event type: search.h */
	bool is_ambiguous;  /* or another one of its workflow is the event's */
	bool is_heard;      /* the listener was notified of it */
	bool wants_details; /* jobs that failed, or what it waits for */
};

/* A run of a response, with what tells whose it is. */
struct run_listed {
	struct run run;
	char name[RUN_TITLE_SIZE], title[RUN_TITLE_SIZE];
	char event[RUN_ID_SIZE];
	char branch[RUN_BRANCH_SIZE]; /* or the tag */
	char actor[RUN_ACTOR_SIZE], rerunner[RUN_ACTOR_SIZE];
};

/* Reads a response that is one run.
 *
 * Returns 0, or -1 if it is not a run. */
int run_read(struct span body, struct run_listed *listed)
    __attribute__((warn_unused_result));

/* Reads a response that is a list of runs, and hands each one over, newest
 * first. Nothing is handed over before all of it is known to be valid.
 *
 * Returns how many there are, or -1 if it is not a list of runs. */
int run_read_list(struct span body,
    void (*take)(void *context, const struct run_listed *listed), void *context)
    __attribute__((warn_unused_result));

/* Updates a run with what a response says of it. A list may be older than what
 * is known; then nothing changes. */
void run_update(struct run *run, const struct run *other);

/* Whether it has ended. Only the status completed is an end. */
bool run_has_ended(const struct run *run);

/* Whether the run succeeded: success, skipped or neutral. */
bool run_is_good(const struct run *run);

#endif
