/* run.c - one table of the members that matter reads both forms of a response.
 * Statuses and conclusions are GitHub's words; one that is not known here is
 * neither an end nor a success. */
#include "event/run.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/secrets.h"
#include "json/query.h"

#define MEMBERS 16

/* A run as it is read. */
struct reading {
	struct run_listed listed;
	char attempt[RUN_ID_SIZE];
	char created[DATE_SIZE], started[DATE_SIZE], updated[DATE_SIZE];
	struct json_member members[MEMBERS];
};

bool
run_has_ended(const struct run *run)
{
	return run->conclusion[0] != '\0';
}

bool
run_is_good(const struct run *run)
{
	static const char *const good[] = {"success", "skipped", "neutral"};
	size_t i;

	for (i = 0; i < COUNT(good); i++) {
		if (strcmp(run->conclusion, good[i]) == 0)
			return true;
	}
	return false;
}

static void
begin(struct reading *reading)
{
	struct run *run = &reading->listed.run;
	const struct json_member members[MEMBERS] = {
	    JSON_NUMBER_AT("id", run->id),
	    JSON_STRING_AT("html_url", run->url),
	    JSON_STRING_AT("path", run->path),
	    JSON_NUMBER_AT("workflow_id", run->workflow_id),
	    JSON_STRING_AT("status", run->status),
	    JSON_STRING_AT("conclusion", run->conclusion),
	    JSON_NUMBER_AT("run_attempt", reading->attempt),
	    JSON_STRING_AT("created_at", reading->created),
	    JSON_STRING_AT("run_started_at", reading->started),
	    JSON_STRING_AT("updated_at", reading->updated),
	    JSON_STRING_AT("name", reading->listed.name),
	    JSON_STRING_AT("display_title", reading->listed.title),
	    JSON_STRING_AT("event", reading->listed.event),
	    JSON_STRING_AT("head_branch", reading->listed.branch),
	    JSON_STRING_AT("actor.login", reading->listed.actor),
	    JSON_STRING_AT("triggering_actor.login", reading->listed.rerunner),
	};

	memset(&reading->listed.run, 0, sizeof(reading->listed.run));
	memcpy(reading->members, members, sizeof(members));
}

/* Keeps the beginning of a text that a peer chose. */
static void
keep(char *out, size_t size, const char *text)
{
	char hidden[2 * RUN_TITLE_SIZE];
	struct buffer b;

	buffer_init(&b, hidden, sizeof(hidden));
	secrets_hide_peer(&b, span_text(text));
	if (b.length >= size) {
		/* Not within a character. */
		for (b.length = size - 1;
		     b.length > 0 &&
		     ((unsigned char)hidden[b.length] & 0xc0) == 0x80;
		     b.length--)
			;
	}
	memcpy(out, hidden, b.length);
	out[b.length] = '\0';
}

/* The name of a workflow, or the last part of its path where GitHub gives the
 * title of the run as its name (actions/runner#4141). */
static void
keep_workflow(struct run *run, const struct run_listed *listed)
{
	const char *name = listed->name, *slash = strrchr(run->path, '/');

	if (slash != NULL &&
	    (name[0] == '\0' || strcmp(name, listed->title) == 0))
		name = slash + 1;
	keep(run->workflow, sizeof(run->workflow), name);
}

static int64_t
read_date(const char *text)
{
	int64_t time;

	return date_read(text, &time) == 0 ? time : 0;
}

/* Completes a run that was read. Returns 0, or -1 if it has no id. */
static int
finish(struct reading *reading)
{
	struct run *run = &reading->listed.run;
	uint64_t number = 1;
	size_t at;

	if (ascii_decimal(run->id, strlen(run->id), UINT64_MAX, &number) < 0)
		return -1;
	if (ascii_decimal(reading->attempt, strlen(reading->attempt),
		UINT32_MAX, &number) < 0)
		number = 1;
	run->attempt = (uint32_t)number;
	run->created = read_date(reading->created);
	run->started = read_date(reading->started);
	run->updated = read_date(reading->updated);
	if (strcmp(run->status, "completed") != 0) {
		run->conclusion[0] = '\0';
	} else if (run->conclusion[0] == '\0') {
		memcpy(run->conclusion, "unknown", sizeof("unknown"));
	}
	/* "@BRANCH" may follow the file. */
	at = strcspn(run->path, "@");
	run->path[at] = '\0';
	keep(run->path, sizeof(run->path), run->path);
	keep(run->status, sizeof(run->status), run->status);
	keep(run->url, sizeof(run->url), run->url);
	if (!run_is_good(run))
		keep(run->conclusion, sizeof(run->conclusion), run->conclusion);
	keep(run->title, sizeof(run->title), reading->listed.title);
	keep_workflow(run, &reading->listed);
	return 0;
}

int
run_read(struct span body, struct run_listed *listed)
{
	struct reading reading = {.attempt = ""};

	begin(&reading);
	if (json_read_members(body, reading.members, MEMBERS) < 0 ||
	    finish(&reading) < 0)
		return -1;
	*listed = reading.listed;
	return 0;
}

int
run_read_list(struct span body,
    void (*take)(void *context, const struct run_listed *listed), void *context)
{
	struct reading reading = {.attempt = ""};
	struct json_items items;
	int count = 0, more, pass;

	/* A fault may come after runs that are valid. */
	for (pass = 0; pass < 2; pass++) {
		count = 0;
		json_items_open(&items, body, "workflow_runs");
		for (;;) {
			begin(&reading);
			more =
			    json_items_next(&items, reading.members, MEMBERS);
			if (more <= 0)
				break;
			if (finish(&reading) < 0)
				return -1;
			if (pass > 0)
				take(context, &reading.listed);
			count++;
		}
		if (more < 0)
			return -1;
	}
	return count;
}

void
run_update(struct run *run, const struct run *other)
{
	if (other->attempt < run->attempt ||
	    (other->attempt == run->attempt &&
		(other->updated < run->updated ||
		    (run_has_ended(run) && !run_has_ended(other)))))
		return;
	memcpy(run->status, other->status, sizeof(run->status));
	memcpy(run->conclusion, other->conclusion, sizeof(run->conclusion));
	memcpy(run->title, other->title, sizeof(run->title));
	memcpy(run->workflow, other->workflow, sizeof(run->workflow));
	memcpy(run->path, other->path, sizeof(run->path));
	memcpy(run->workflow_id, other->workflow_id, sizeof(run->workflow_id));
	if (other->url[0] != '\0')
		memcpy(run->url, other->url, sizeof(run->url));
	run->attempt = other->attempt;
	run->created = other->created;
	run->started = other->started;
	run->updated = other->updated;
}
