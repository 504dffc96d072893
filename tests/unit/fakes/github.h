/* github.h - GitHub's runs API on the fake clock: each event that arrives
 * starts the runs that a test describes. Each response takes a tenth of a
 * second. The server's date is FAKE_CLOCK_DATE at the start of the clock,
 * whatever the date here is. Serves the connections of fakes/connection.h. */
#ifndef FAKE_GITHUB_H
#define FAKE_GITHUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_GITHUB_TARGETS_MAX 100

/* A run of each event. Times are milliseconds since the event. */
struct fake_run {
	const char *file; /* its workflow's */
	bool hides_id;    /* its title is the event type, "deploy" */
	int64_t appears;
	int64_t ends;
	const char *conclusion;
};

/* Starts over. hourly: requests that an hour may have; more get 403. */
void fake_github_play(const struct fake_run *runs, size_t count, size_t hourly);

/* The next event arrives, but gets the status 500. */
void fake_github_lose(void);

/* From one time of the fake clock to the other, every request gets this
 * status. */
void fake_github_fail(int status, int64_t from, int64_t to);

/* What was requested since then. */
struct fake_github_count {
	size_t all, costly; /* those that the rate limit counts */
	size_t refused;     /* because the limit was used up */
	size_t lists, runs;
	int64_t last_list, last_run; /* when the last one came */
	int64_t first_event;
};

struct fake_github_count fake_github_counted(void);

#endif
