/* find_test.c - runs from the event to their end, on a clock that costs no
 * time. The server is a function: it sees each request, and responds as a table
 * of runs says for that time. */
/* Fakes: os/clock os/process net/connection. */
#include "event/follow.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/date.h"
#include "base/error.h"
#include "base/span.h"
#include "fakes/clock.h"
#include "fakes/connection.h"
#include "fakes/process.h"
#include "tap.h"

#define NEVER 1000000000

/* A run, in seconds after the event. */
struct play {
	const char *id, *title, *path, *conclusion;
	int listed, ended;
	int created;
};

static struct dispatch_storage storage;
static struct runs_list list;
static struct target_list targets;
static struct field_list fields;
static const struct url api = {.host = "api.test", .port = 443};
static struct proxy no_proxy;

/* What the server plays. */
static const struct play *plays;
static size_t play_count;
static int64_t began;               /* when the event was sent */
static int fails_from, fails_until; /* seconds */
static const char *failure;         /* the response meanwhile */
static int64_t skew;                /* of the server's clock */
static const char *event;           /* of its runs */
static size_t lists, unchanged, changes, cancels;
static char response[65536];

/* What the listener was notified of. */
static size_t found, changed, still, notices;
static char notice[1024];

static int64_t
seconds(void)
{
	return (fake_clock_now() - began) / 1000;
}

static void
hear_found(
    void *context, const struct runs_target *target, const struct run *run)
{
	(void)context;
	(void)target;
	(void)run;
	found++;
}

static void
hear_changed(
    void *context, const struct runs_target *target, const struct run *run)
{
	(void)context;
	(void)target;
	(void)run;
	changed++;
}

static void
hear_still(
    void *context, const struct runs_target *target, const struct run *run)
{
	(void)context;
	(void)target;
	(void)run;
	still++;
}

static void
hear_notice(void *context, const struct runs_target *target, const char *why)
{
	(void)context;
	(void)target;
	notices++;
	(void)snprintf(notice, sizeof(notice), "%s", why);
}

static void
hear_ended(void *context, const struct runs_target *target)
{
	(void)context;
	(void)target;
}

static const struct runs_listener listener = {.found = hear_found,
    .changed = hear_changed,
    .still = hear_still,
    .ended = hear_ended,
    .notice = hear_notice};

static int64_t
now(void)
{
	return FAKE_CLOCK_DATE + fake_clock_now() / 1000 + skew;
}

static void
write_run(struct buffer *b, const struct play *play, bool lists_it)
{
	char created[DATE_SIZE], updated[DATE_SIZE];
	const char *title = play->title;
	bool has_ended = seconds() >= play->ended;
	int64_t start = FAKE_CLOCK_DATE + began / 1000 + skew;

	(void)lists_it;
	/* The id of a target, by its number. */
	if (title[0] == '#')
		title = list.targets[title[1] - '0'].result.dispatch_id;
	date_write(created, start + play->created);
	date_write(
	    updated, has_ended ? start + play->ended : start + play->created);
	buffer_format(b,
	    "{\"id\":%s,\"html_url\":\"https://h/%s\",\"status\":\"%s\","
	    "\"conclusion\":%s%s%s,\"name\":\"W\",\"display_title\":\"%s\","
	    "\"event\":\"%s\",\"run_attempt\":1,"
	    "\"head_branch\":\"main\","
	    "\"workflow_id\":%d,\"path\":\".github/workflows/%s\","
	    "\"created_at\":\"%s\",\"updated_at\":\"%s\"}",
	    play->id, play->id, has_ended ? "completed" : "in_progress",
	    has_ended ? "\"" : "", has_ended ? play->conclusion : "null",
	    has_ended ? "\"" : "", title, event, (int)play->path[0], play->path,
	    created, updated);
}

static const struct play *
named(const char *request)
{
	size_t i, length;

	request += strlen("GET /repos/o/n/actions/runs/");
	for (i = 0; i < play_count; i++) {
		length = strlen(plays[i].id);
		if (strncmp(request, plays[i].id, length) == 0 &&
		    request[length] == ' ')
			return &plays[i];
	}
	return NULL;
}

static void
write_body(struct buffer *b, const char *request, const char **status)
{
	const struct play *play;
	const char *etag;
	bool is_first = true;
	size_t i;

	if (strstr(request, "/actions/runs?") != NULL) {
		lists++;
		buffer_text(b, "{\"workflow_runs\":[");
		for (i = 0; i < play_count; i++) {
			if (seconds() < plays[i].listed ||
			    strstr(request, "&page=1 ") == NULL)
				continue;
			buffer_text(b, is_first ? "" : ",");
			write_run(b, &plays[i], true);
			is_first = false;
		}
		buffer_text(b, "]}");
		return;
	}
	play = named(request);
	if (play == NULL) {
		buffer_text(b, "{\"jobs\":[]}");
		return;
	}
	etag = seconds() >= play->ended ? "\"b\"" : "\"a\"";
	if (strstr(request, etag) != NULL) {
		unchanged++;
		*status = "304 Not Modified";
		return;
	}
	changes++;
	write_run(b, play, false);
}

static const char *
serve(const char *request)
{
	static const char *const days[] = {
	    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static char body[32768];
	const char *status = "200 OK";
	char date[DATE_SIZE];
	struct buffer b, out;

	buffer_init(&out, response, sizeof(response));
	buffer_init(&b, body, sizeof(body));
	if (strncmp(request, "POST", 4) == 0 &&
	    strstr(request, "/cancel ") != NULL) {
		cancels++;
		return "HTTP/1.1 202 Accepted\r\nX-GitHub-Request-Id: A\r\n"
		       "Content-Length: 0\r\n\r\n";
	}
	if (strncmp(request, "POST", 4) != 0 && failure != NULL &&
	    seconds() >= fails_from && seconds() < fails_until)
		return failure;
	date_write(date, now());
	if (strncmp(request, "POST", 4) == 0) {
		status = "204 No Content";
	} else {
		write_body(&b, request, &status);
	}
	buffer_format(&out,
	    "HTTP/1.1 %s\r\nX-GitHub-Request-Id: A:1\r\n"
	    "ETag: %s\r\n"
	    "Date: %s, %.2s %.3s %.4s %.8s GMT\r\n",
	    status,
	    play_count > 0 && seconds() >= plays[0].ended ? "\"b\"" : "\"a\"",
	    days[now() / 86400 % 7], date + 8,
	    months + 3 * ((date[5] - '0') * 10 + date[6] - '1'), date,
	    date + 11);
	if (strncmp(status, "200", 3) == 0) {
		buffer_format(&out, "Content-Length: %zu\r\n\r\n", b.length);
		buffer_append(&out, b.bytes, b.length);
	} else {
		buffer_text(&out, "\r\n");
	}
	return response;
}

static void
finished(void *context, const struct dispatch_result *result)
{
	(void)context;
	list.targets[list.count++].result = *result;
}

static void
waits(void *context, const struct target *target, uint32_t milliseconds,
    const struct error *why)
{
	(void)context;
	(void)target;
	(void)milliseconds;
	(void)why;
}

static void
moved(void *context, const struct target *target, const char *path)
{
	(void)context;
	(void)target;
	(void)path;
}

static void
widened(void *context, const struct target *target)
{
	(void)context;
	(void)target;
}

/* What is sent: an event of a type, or a workflow_dispatch. */
struct sending {
	const char *payload;
	const struct workflow *workflow;
	size_t count;         /* of targets */
	const char *types[2]; /* of each target; NULL: "deploy" */
	const char *names[2]; /* their repositories; NULL: "n" */
};

static void
set_targets(const struct sending *sending)
{
	const char *name;
	struct error e;
	size_t i;

	error_clear(&e);
	target_clear(&targets);
	for (i = 0; i < sending->count; i++) {
		name = sending->names[i] != NULL ? sending->names[i] : "n";
		if (target_set(&targets.list[i], span_text("o"),
			span_text(name), &e) == 0)
			targets.count++;
		targets.list[i].event_type = sending->types[i];
	}
}

/* Sends events and follows them. */
static struct runs_target *
follow_all(const struct runs_job *options, const struct sending *sending,
    const struct play *runs, size_t count)
{
	static const struct dispatch_listener sender = {.finished = finished,
	    .waits = waits,
	    .moved = moved,
	    .widened = widened};
	static char token[64];
	struct dispatch_job job = {.api = &api,
	    .proxy = &no_proxy,
	    .targets = &targets,
	    .event_type = "deploy",
	    .workflow = sending->workflow,
	    .parts = {.json = sending->payload, .fields = &fields},
	    .id_key = "dispatch_id",
	    .connect_timeout = 10000,
	    .timeout = 60000,
	    .pace = DISPATCH_PACE_DEFAULT};
	struct runs_job all = *options;
	struct error e;

	strcpy(token, "ghs_0123456789abcdefghij");
	job.token = token;
	job.token_origin = "GH_PAT";
	all.dispatch = &job;
	all.listener = &listener;
	error_clear(&e);
	memset(&list, 0, sizeof(list));
	event = sending->workflow != NULL ? "workflow_dispatch"
					  : "repository_dispatch";
	if (sending->workflow != NULL)
		job.event_type = NULL;
	set_targets(sending);
	plays = runs;
	play_count = count;
	began = fake_clock_now();
	lists = unchanged = changes = cancels = 0;
	found = changed = still = notices = 0;
	notice[0] = '\0';
	fake_connection_serve(serve);
	if (dispatch_take_credential(&job, &storage, deadline_after(1000), &e) <
		0 ||
	    dispatch_prepare(&job, &storage, deadline_after(1000), &e) < 0)
		tap_ok(false, "prepared: %s", e.line);
	dispatch_send(&job, &storage, &sender);
	follow_runs(&all, &storage, &list);
	return &list.targets[0];
}

/* Sends an event and follows it. */
static struct runs_target *
follow(const struct runs_job *options, const char *payload,
    const struct play *runs, size_t count)
{
	const struct sending one = {.payload = payload, .count = 1};

	return follow_all(options, &one, runs, count);
}

#define USER "{\"dispatch_id\":\"7f\"}"
#define TEN                                                                 \
	"{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0," \
	"\"i\":0,\"j\":0}"
#define PLAY(...)                           \
	(const struct play[]){__VA_ARGS__}, \
	    COUNT(((const struct play[]){__VA_ARGS__}))
#define STATUS(number)                                        \
	"HTTP/1.1 " number " X\r\nX-GitHub-Request-Id: A\r\n" \
	"Content-Length: 0\r\n\r\n"

#define EXPIRED                                                               \
	"HTTP/1.1 401 X\r\nX-GitHub-Request-Id: A\r\n"                        \
	"GitHub-Authentication-Token-Expiration: 2027-01-15 08:00:00 UTC\r\n" \
	"Content-Length: 0\r\n\r\n"

static const struct row {
	const char *name;
	const char *payload;
	const struct play *plays;
	size_t count;
	enum error_kind kind;
	size_t runs;
	int64_t least, most; /* seconds until the end */
	const char *failure;
	int fails_from, fails_until;
	int64_t skew;
} rows[] = {
    {"a run of five seconds", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 6, 1}), ERROR_NONE, 1,
	15, 20, NULL, 0, 0, 0},
    {"a run of an hour", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 3500, 1}), ERROR_NONE, 1,
	3500, 3512, NULL, 0, 0, 0},
    {"a run that fails", USER,
	PLAY({"1", "deploy 7f", "a.yml", "failure", 1, 6, 1}), ERROR_RUN_FAILED,
	1, 15, 20, NULL, 0, 0, 0},
    {"a second one that starts late", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 6, 1},
	    {"2", "deploy 7f", "b.yml", "failure", 12, 14, 12}),
	ERROR_RUN_FAILED, 2, 25, 35, NULL, 0, 0, 0},
    {"a foreign one in the same second", USER,
	PLAY({"2", "deploy 8a", "b.yml", "failure", 1, 3, 1},
	    {"1", "deploy 7f", "a.yml", "success", 1, 6, 1}),
	ERROR_NONE, 1, 15, 20, NULL, 0, 0, 0},
    {"an id of the user's shown late", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 2000, 2010, 2000}),
	ERROR_NONE, 1, 2010, 2030, NULL, 0, 0, 0},
    {"an id of the user's that no run shows", USER,
	PLAY({"1", "deploy", "a.yml", "success", 1, 6, 1}), ERROR_RUN_MISSING,
	0, 3600, 3601, NULL, 0, 0, 0},
    {"an id of ours that no run shows", "{}",
	PLAY({"1", "deploy", "a.yml", "success", 1, 6, 1}), ERROR_NONE, 1, 300,
	302, NULL, 0, 0, 0},
    {"no run", "{}", PLAY({"1", "deploy", "a.yml", "success", NEVER, 1, 1}),
	ERROR_RUN_MISSING, 0, 300, 302, NULL, 0, 0, 0},
    {"no room for an id", TEN,
	PLAY({"1", "deploy", "a.yml", "success", 1, 6, 1}), ERROR_NONE, 1, 15,
	20, NULL, 0, 0, 0},
    {"two runs of one workflow", TEN,
	PLAY({"2", "deploy", "a.yml", "failure", 1, 6, 1},
	    {"1", "deploy", "a.yml", "success", 1, 6, 1}),
	ERROR_RUN_MISSING, 2, 0, 3, NULL, 0, 0, 0},
    {"two runs of one workflow and one of another", TEN,
	PLAY({"3", "deploy", "b.yml", "success", 1, 6, 1},
	    {"2", "deploy", "a.yml", "failure", 1, 6, 1},
	    {"1", "deploy", "a.yml", "success", 1, 6, 1}),
	ERROR_RUN_MISSING, 3, 0, 3, NULL, 0, 0, 0},
    {"two workflows", TEN,
	PLAY({"2", "deploy", "b.yml", "success", 1, 6, 1},
	    {"1", "deploy", "a.yml", "success", 1, 6, 1}),
	ERROR_NONE, 2, 15, 20, NULL, 0, 0, 0},
    {"another title beside the event type", TEN,
	PLAY({"2", "cleanup", "b.yml", "failure", 1, 6, 1},
	    {"1", "deploy", "a.yml", "success", 1, 6, 1}),
	ERROR_NONE, 1, 15, 20, NULL, 0, 0, 0},
    {"one 404", USER, PLAY({"1", "deploy 7f", "a.yml", "success", 1, 60, 1}),
	ERROR_NONE, 1, 60, 72, STATUS("404"), 30, 35, 0},
    {"one 401", USER, PLAY({"1", "deploy 7f", "a.yml", "success", 1, 60, 1}),
	ERROR_NONE, 1, 60, 72, STATUS("401"), 30, 35, 0},
    {"one 422", USER, PLAY({"1", "deploy 7f", "a.yml", "success", 1, 60, 1}),
	ERROR_NONE, 1, 60, 72, STATUS("422"), 30, 35, 0},
    {"a 408 to the first", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 60, 1}), ERROR_NONE, 1,
	60, 72, STATUS("408"), 0, 4, 0},
    {"an outage of half an hour", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 60, 1}), ERROR_NONE, 1,
	1800, 1812, STATUS("503"), 3, 1800, 0},
    {"a 401 for ever", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 600, 1}),
	ERROR_RUN_MISSING, 1, 60, 90, STATUS("401"), 30, NEVER, 0},
    {"a token that expired", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 600, 1}),
	ERROR_RUN_MISSING, 1, 30, 42, EXPIRED, 30, NEVER, 0},
    {"a 403 to the first", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 60, 1}),
	ERROR_RUN_MISSING, 0, 0, 3, STATUS("403"), 0, NEVER, 0},
    {"a clock that is an hour slow", USER,
	PLAY({"1", "deploy 7f", "a.yml", "success", 1, 6, 1}), ERROR_NONE, 1,
	15, 20, NULL, 0, 0, 3600},
    {"a clock that is an hour fast", TEN,
	PLAY({"1", "deploy", "a.yml", "success", 1, 6, 1}), ERROR_NONE, 1, 15,
	20, NULL, 0, 0, -3600},
};

static const struct runs_job plain = {
    .timeout = 3600000, .interval = 10000, .find_timeout = 300000};

static void
test_rows(void)
{
	const struct row *row;
	struct runs_target *t;
	int64_t end;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		row = &rows[i];
		failure = row->failure;
		fails_from = row->fails_from;
		fails_until = row->fails_until;
		skew = row->skew;
		t = follow(&plain, row->payload, row->plays, row->count);
		end = seconds();
		tap_number(t->result.error.kind, row->kind, "%s: the kind: %s",
		    row->name, t->result.error.line);
		tap_number(t->count, row->runs, "%s: the runs", row->name);
		tap_ok(end >= row->least,
		    "%s: it ends after %d seconds, not before", row->name,
		    (int)end);
		tap_ok(end <= row->most, "%s: and not later", row->name);
	}
	failure = NULL;
	skew = 0;
}

static void
test_cost(void)
{
	static const struct play one[] = {
	    {"1", "deploy 7f", "a.yml", "success", 1, 3500, 1}};

	(void)follow(&plain, USER, one, 1);
	tap_ok(
	    changes <= 4, "a run of an hour: %zu responses are whole", changes);
	tap_ok(lists <= 12, "a run of an hour: %zu lists are read", lists);
	tap_ok(unchanged > 300, "a run of an hour: %zu polls cost nothing",
	    unchanged);
	tap_ok(still >= 18, "a run of an hour: %zu lines say that it goes on",
	    still);
	tap_number(found, 1, "a run of an hour: it is found once");
	tap_number(changed, 1, "a run of an hour: its status changes once");
}

static void
test_options(void)
{
	static const struct play one[] = {
	    {"1", "deploy 7f", "a.yml", "success", 1, 3500, 1}};
	static const struct play two[] = {
	    {"2", "deploy", "a.yml", "failure", 1, 6, 1},
	    {"1", "deploy", "a.yml", "success", 1, 6, 1}};
	struct runs_job job = plain;
	struct runs_target *t;

	job.ends_when_found = true;
	t = follow(&job, USER, one, 1);
	tap_number(t->result.error.kind, ERROR_NONE, "found: no failure");
	tap_ok(seconds() <= 2, "found: it ends at once");
	job = plain;
	job.workflows[0] = span_text("a.yml");
	job.workflow_count = 1;
	t = follow(
	    &job, USER, PLAY({"1", "deploy 7f", "a.yml", "success", 1, 6, 1}));
	tap_number(t->result.error.kind, ERROR_NONE,
	    "all that are named have a run: no failure");
	tap_ok(seconds() <= 9,
	    "all that are named have a run: no other is searched for");
	job = plain;
	job.follows_ambiguous = true;
	t = follow(&job, TEN, two, 2);
	tap_number(t->result.error.kind, ERROR_RUN_FAILED,
	    "ambiguous runs that are followed: the failed one decides");
	tap_ok(strstr(notice, "ambiguous") != NULL,
	    "ambiguous runs that are followed: %s", notice);
	job = plain;
	job.timeout = 60000;
	job.cancels = true;
	t = follow(&job, USER, one, 1);
	tap_number(cancels, 1, "the time is up: the run is cancelled");
	tap_ok(t->runs->is_cancelled, "the time is up: which is known");
	job = plain;
	job.timeout = 60000;
	t = follow(&job, USER,
	    PLAY({"2", "deploy 7f", "b.yml", "success", 1, 3500, 1},
		{"1", "deploy 7f", "a.yml", "success", 1, 6, 1}));
	tap_part(t->result.error.line, "its runs have not ended",
	    "the time is up: one of two runs has ended");
	job.workflows[0] = span_text("a.yml");
	job.workflows[1] = span_text("b.yml");
	job.workflow_count = 2;
	job.ends_when_found = true;
	(void)follow(
	    &job, USER, PLAY({"1", "deploy 7f", "a.yml", "success", 1, 6, 1}));
	tap_ok(seconds() >= 60,
	    "one of two workflows that are named has a run: the other is "
	    "waited for");
	fake_process_signal_at(fake_clock_now() + 30000);
	t = follow(&plain, USER, one, 1);
	tap_number(seconds(), 30, "a signal ends the wait at once");
	tap_number(cancels, 0, "a signal: nothing is cancelled unless asked");
	tap_number(t->result.error.kind, ERROR_RUN_MISSING,
	    "a signal: the run has not ended");
	tap_number(t->count, 1, "a signal: what was known stays");
	tap_ok(strstr(t->result.error.hint, "continue") != NULL,
	    "a signal: the runs continue");
	job = plain;
	job.cancels = true;
	fake_process_signal_at(fake_clock_now() + 30000);
	t = follow(&job, USER, one, 1);
	tap_ok(strstr(t->result.error.hint, "continue") == NULL,
	    "a signal, and the run is cancelled: it does not continue");
	fake_process_signal_at(fake_clock_now() + 30000);
	t = follow(&plain, USER, two, 0);
	tap_ok(strstr(t->result.error.hint, "may still start") != NULL,
	    "a signal before a run is known: there may be one");
	fake_process_signal_at(FAKE_PROCESS_NO_SIGNAL);
	(void)follow(&plain, USER, two, 1);
	tap_ok(strstr(notice, "1 run may be") != NULL,
	    "a run in both lists counts once: %s", notice);
}

/* Two events, mostly of one repository. */
static void
test_two(void)
{
	static const struct workflow workflow = {.name = "a.yml",
	    .part = "/actions/workflows/a.yml/dispatches",
	    .ref = "main"};
	static const struct play twice[] = {
	    {"2", "deploy", "a.yml", "success", 1, 6, 1},
	    {"1", "deploy", "a.yml", "success", 1, 6, 1}};
	static const struct play by_id[] = {
	    {"2", "#1", "a.yml", "success", 1, 6, 1},
	    {"1", "#0", "a.yml", "success", 1, 6, 1}};
	static const struct play other_shown[] = {
	    {"2", "#1", "a.yml", "failure", 1, 6, 1},
	    {"1", "deploy", "a.yml", "success", 1, 6, 1}};
	static const struct {
		const char *name;
		struct sending sending;
		const struct play *plays;
		enum error_kind kind;
		const char *runs[2]; /* the newest of each target, or NULL */
	} pairs[] = {
	    {"two events of a type, without ids", {TEN, NULL, 2, {0}, {0}},
		twice, ERROR_NONE, {"1", "2"}},
	    {"two events of two types",
		{TEN, NULL, 2, {"deploy", "cleanup"}, {0}}, twice,
		ERROR_RUN_MISSING, {"2", NULL}},
	    {"two events of two repositories", {TEN, NULL, 2, {0}, {"n", "m"}},
		twice, ERROR_RUN_MISSING, {"2", "2"}},
	    {"runs that show their ids", {"{}", NULL, 2, {0}, {0}}, by_id,
		ERROR_NONE, {"1", "2"}},
	    {"a run that shows the other's id", {"{}", NULL, 2, {0}, {0}},
		other_shown, ERROR_NONE, {"1", "2"}},
	    {"the same id in another repository",
		{"{}", NULL, 2, {0}, {"n", "m"}}, other_shown, ERROR_NONE,
		{"1", "2"}},
	    {"two of a workflow", {"{}", &workflow, 2, {0}, {0}}, twice,
		ERROR_NONE, {"1", "2"}},
	};
	size_t i, n;

	for (i = 0; i < COUNT(pairs); i++) {
		(void)follow_all(&plain, &pairs[i].sending, pairs[i].plays, 2);
		tap_number(list.targets[0].result.error.kind, pairs[i].kind,
		    "%s: the kind: %s", pairs[i].name,
		    list.targets[0].result.error.line);
		for (n = 0; n < 2; n++) {
			tap_part(list.targets[n].runs != NULL
				     ? list.targets[n].runs->id
				     : NULL,
			    pairs[i].runs[n], "%s: the run of target %zu",
			    pairs[i].name, n);
		}
	}
}

/* More runs than can be followed, most of them somebody else's. */
static void
test_crowd(void)
{
	static struct play crowd[RUNS_MAX + 5];
	static char ids[COUNT(crowd)][8];
	const struct runs_target *t;
	size_t i, pages = 0;

	for (i = 0; i < COUNT(crowd); i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "%zu", 1000 - i);
		crowd[i] = (struct play){
		    ids[i], "cleanup", "b.yml", "success", 16, 20, 1};
	}
	t = follow(&plain, TEN, crowd, COUNT(crowd));
	tap_part(t->result.error.line, "too many runs",
	    "all of another title: too many");
	crowd[COUNT(crowd) - 1].title = "deploy";
	t = follow(&plain, TEN, crowd, COUNT(crowd));
	tap_number(t->result.error.kind, ERROR_NONE,
	    "the last has the event type: %s", t->result.error.line);
	tap_number(t->count, 1, "the last has the event type: only it counts");
	for (i = 0; i < COUNT(crowd); i++)
		crowd[i].created = -3600;
	(void)follow(&plain, TEN, crowd, RUNS_PAGE);
	for (i = 0; i < fake_connection_requests() && i < FAKE_REQUESTS_MAX;
	     i++) {
		pages += strstr(fake_connection_request(i), "&page=2 ") != NULL;
	}
	tap_ok(lists > 10, "older runs: the list is read");
	tap_number(pages, 0, "older runs: its next page is not");
}

/* A run that was created before the event, by the clock of another machine. */
static void
test_early(void)
{
	const struct runs_target *t = follow(
	    &plain, TEN, PLAY({"1", "deploy", "a.yml", "success", 1, 6, -20}));

	tap_number(t->result.error.kind, ERROR_NONE,
	    "a run that is 20 s older counts: %s", t->result.error.line);
	tap_ok(seconds() <= 20, "and its age is not waited for");
}

int
main(void)
{
	test_rows();
	test_two();
	test_crowd();
	test_early();
	test_cost();
	test_options();
	return tap_done();
}
