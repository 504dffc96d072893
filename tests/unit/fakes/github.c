/* github.c - the targets are /repos/o/n0 to n99. A run is what the clock makes
 * of its description; its tag is its status. */
#include "fakes/github.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "fakes/clock.h"
#include "fakes/connection.h"

#define TOOK 100 /* milliseconds for each response */
#define HOUR 3600000

static const struct fake_run *runs;
static size_t run_count;
static struct {
	size_t hourly, used;
	int64_t hour; /* in which they were used */
} limit;
static struct {
	int64_t time; /* of the event, milliseconds; -1: none */
	char id[32];
} events[FAKE_GITHUB_TARGETS_MAX];
static struct {
	int status;
	int64_t from, to;
} failure;
static bool is_lost; /* the response to the next event */
static struct fake_github_count counted;
static char body[65536], response[sizeof(body) + 1024];

/* Writes a date as HTTP has it (RFC 9110, 5.6.7). The C library's strftime()
 * would bring locales and time zones into the tests of other processors. */
static void
write_http_date(char *out, size_t size, int64_t date)
{
	static const char days[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[DATE_SIZE];
	int month;

	date_write(text, date);
	month = (text[5] - '0') * 10 + text[6] - '0';
	(void)snprintf(out, size, "%.3s, %.2s %.3s %.4s %.8s GMT",
	    days + date / 86400 % 7 * 3, text + 8,
	    months + (size_t)(month - 1) * 3, text, text + 11);
}

static const char *
respond_with(const char *status, const char *fields, const char *text)
{
	int64_t now = fake_clock_now();
	size_t left = limit.used < limit.hourly ? limit.hourly - limit.used : 0;
	char written[64];

	write_http_date(written, sizeof(written), FAKE_CLOCK_DATE + now / 1000);
	(void)snprintf(response, sizeof(response),
	    "HTTP/1.1 %s\r\nX-GitHub-Request-Id: A:1\r\nDate: %s\r\n"
	    "X-RateLimit-Limit: %zu\r\nX-RateLimit-Remaining: %zu\r\n"
	    "X-RateLimit-Reset: %" PRId64 "\r\n%s%s%zu\r\n\r\n%s",
	    status, written, limit.hourly, left,
	    FAKE_CLOCK_DATE + (now / HOUR + 1) * 3600, fields,
	    strncmp(status, "304", 3) == 0 || strncmp(status, "204", 3) == 0
		? "X-Length: "
		: "Content-Length: ",
	    strlen(text), text);
	return response;
}

static const char *
status_of(const struct fake_run *run, int64_t age)
{
	return age >= run->ends ? "completed" : "in_progress";
}

/* Appends a run as GitHub shows it, as far as anybody reads it. */
static void
write_run(char *out, size_t size, size_t target, size_t index)
{
	const struct fake_run *run = &runs[index];
	int64_t sent = events[target].time, age = fake_clock_now() - sent;
	char created[DATE_SIZE], updated[DATE_SIZE], conclusion[40] = "null";
	size_t number = 1000 * (target + 1) + index;

	date_write(created, FAKE_CLOCK_DATE + (sent + run->appears) / 1000);
	date_write(updated,
	    FAKE_CLOCK_DATE +
		(sent + (age >= run->ends ? run->ends : run->appears)) / 1000);
	if (age >= run->ends) {
		(void)snprintf(
		    conclusion, sizeof(conclusion), "\"%s\"", run->conclusion);
	}
	(void)snprintf(out, size,
	    "{\"id\":%zu,\"name\":\"Receiver\",\"display_title\":\"deploy%s%s"
	    "\",\"event\":\"repository_dispatch\",\"status\":\"%s\","
	    "\"conclusion\":%s,\"workflow_id\":%zu,\"run_attempt\":1,"
	    "\"path\":\".github/workflows/%s\",\"html_url\":"
	    "\"https://github.com/o/n%zu/actions/runs/%zu\",\"created_at\":"
	    "\"%s\",\"run_started_at\":\"%s\",\"updated_at\":\"%s\","
	    "\"actor\":{\"login\":\"mona\"},"
	    "\"triggering_actor\":{\"login\":\"mona\"}}",
	    number, run->hides_id ? "" : " ",
	    run->hides_id ? "" : events[target].id, status_of(run, age),
	    conclusion, index + 1, run->file, target, number, created, created,
	    updated);
}

static const char *
respond_list(size_t target)
{
	int64_t age = fake_clock_now() - events[target].time;
	size_t i, length, found = 0;

	counted.lists++;
	counted.last_list = fake_clock_now();
	strcpy(body, "{\"total_count\":1,\"workflow_runs\":[");
	for (i = 0; i < run_count; i++) {
		if (events[target].time < 0 || age < runs[i].appears)
			continue;
		if (found++ > 0)
			strcat(body, ",");
		length = strlen(body);
		write_run(body + length, sizeof(body) - length, target, i);
	}
	strcat(body, "]}");
	return respond_with("200 OK", "", body);
}

static const char *
respond_run(const char *request, size_t target, size_t number)
{
	size_t index = number % 1000;
	char tag[80];

	counted.runs++;
	counted.last_run = fake_clock_now();
	(void)snprintf(tag, sizeof(tag), "ETag: W/\"%zu-%s\"\r\n", number,
	    status_of(&runs[index], fake_clock_now() - events[target].time));
	if (strstr(request, "If-None-Match: ") != NULL &&
	    strstr(request, tag + strlen("ETag: ")) != NULL) {
		counted.costly--;
		limit.used--;
		return respond_with("304 Not Modified", tag, "");
	}
	write_run(body, sizeof(body), target, index);
	return respond_with("200 OK", tag, body);
}

static const char *
respond_dispatch(const char *request, size_t target)
{
	static const char key[] = "\"dispatch_id\":\"";
	const char *id = strstr(request, key);

	events[target].time = fake_clock_now();
	if (counted.first_event < 0)
		counted.first_event = fake_clock_now();
	events[target].id[0] = '\0';
	if (id != NULL)
		(void)sscanf(id + strlen(key), "%31[^\"]", events[target].id);
	if (is_lost) {
		is_lost = false;
		return respond_with("500 X", "", "{}");
	}
	return respond_with("204 No Content", "", "");
}

static const char *
respond(const char *request)
{
	size_t target = 0, number = 0;
	char rest[64] = "", status[16];

	fake_clock_advance(TOOK);
	if (fake_clock_now() / HOUR != limit.hour) {
		limit.hour = fake_clock_now() / HOUR;
		limit.used = 0;
	}
	counted.all++;
	counted.costly++;
	if (++limit.used > limit.hourly) {
		counted.refused++;
		return respond_with("403 Forbidden", "",
		    "{\"message\":\"API rate limit exceeded\"}");
	}
	if (fake_clock_now() >= failure.from && fake_clock_now() < failure.to) {
		(void)snprintf(status, sizeof(status), "%d X", failure.status);
		return respond_with(status, "", "{\"message\":\"x\"}");
	}
	if (strncmp(request, "GET /user ", 10) == 0)
		return respond_with("200 OK", "", "{\"login\":\"mona\"}");
	if (sscanf(request, "%*s /repos/o/n%zu/%63[a-z/]%zu", &target, rest,
		&number) < 2 ||
	    target >= FAKE_GITHUB_TARGETS_MAX)
		return respond_with("404 Not Found", "", "{}");
	if (strcmp(rest, "dispatches") == 0)
		return respond_dispatch(request, target);
	if (strcmp(rest, "actions/runs/") == 0 && number > 0 &&
	    number % 1000 < run_count)
		return respond_run(request, target, number);
	if (strcmp(rest, "actions/runs") == 0)
		return respond_list(target);
	return respond_with("404 Not Found", "", "{}");
}

void
fake_github_play(const struct fake_run *list, size_t count, size_t hourly)
{
	size_t i;

	runs = list;
	run_count = count;
	limit.hourly = hourly;
	limit.used = 0;
	for (i = 0; i < FAKE_GITHUB_TARGETS_MAX; i++)
		events[i].time = -1;
	memset(&counted, 0, sizeof(counted));
	memset(&failure, 0, sizeof(failure));
	is_lost = false;
	counted.first_event = -1;
	fake_connection_serve(respond);
}

void
fake_github_lose(void)
{
	is_lost = true;
}

void
fake_github_fail(int status, int64_t from, int64_t to)
{
	failure.status = status;
	failure.from = from;
	failure.to = to;
}

struct fake_github_count
fake_github_counted(void)
{
	return counted;
}
