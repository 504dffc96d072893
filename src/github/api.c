/* api.c - a request is written field by field into the caller's buffer;
 * an answer is judged by a table from status to kind and hint, with GitHub's
 * own message taken out of the body. */
#include "github/api.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/url.h"
#include "os/clock.h"
#include "os/log.h"
#include "json/query.h"

/* The version the facts here were written for; GitHub keeps one for at least
 * two years (REST docs, "API Versions"). */
#define API_VERSION "2022-11-28"

static const char unknown_hint[] =
    "the event may have been recorded: look at the repository's runs before "
    "you send it again";

/* What an answer is a sign of. The first row that fits is it; one that says
 * nothing of message or credential takes any. */
struct cause {
	int first, last;  /* statuses */
	const char *said; /* a piece of GitHub's message */
	enum credential_kind credential;
	const char *hint;
};

#define ANY CREDENTIAL_OTHER

static const struct cause causes[] = {
    {300, 399, "", ANY,
	"the token follows a redirect only within its server: check --api-url, "
	"and the repository's name"},
    {401, 401, "", ANY, "the token is wrong, expired or revoked"},
    {403, 403, "SAML", ANY,
	"an organisation asks for SSO: authorise the token for it at the "
	"address given"},
    {403, 403, "by integration", ANY,
	"a workflow's token needs \"permissions: contents: write\" and reaches "
	"its own repository only; an App needs Contents: write on the target"},
    {403, 403, "by personal access token", ANY,
	"give the token \"Contents: Read and write\" on this repository, not "
	"Actions"},
    {403, 403, "archived", ANY, "an archived repository takes no events"},
    {403, 403, "disabled", ANY,
	"the repository, or Actions in it, is disabled"},
    {403, 403, "blocked", ANY, "access to the repository is blocked"},
    {403, 403, "", CREDENTIAL_CLASSIC,
	"a classic token needs the scope repo, or public_repo for a public "
	"repository"},
    {403, 403, "", ANY,
	"the token needs \"Contents: write\" on the repository (a classic one "
	"the scope repo); an organisation may ask for SSO as well"},
    {404, 404, "", CREDENTIAL_CLASSIC,
	"check owner and name; GitHub says the same of a private repository "
	"where the token lacks the scope repo"},
    {404, 404, "", CREDENTIAL_FINE_GRAINED,
	"check owner and name; GitHub says the same of a repository that the "
	"fine-grained token does not list"},
    {404, 404, "", CREDENTIAL_INSTALLATION,
	"check owner and name; GitHub says the same where the App is not "
	"installed, and a workflow's own token sees its own repository only"},
    {404, 404, "", ANY,
	"check owner and name; GitHub says the same of a repository the token "
	"cannot see"},
    {410, 410, "", ANY,
	"the server no longer serves this version of its API: use a newer "
	"repository-dispatch"},
    {422, 422, "properties are allowed", ANY, "wrap them in one property"},
    {500, 599, "", ANY, unknown_hint},
};

static const char rate_hint[] =
    "wait, then send it again; a longer --timeout waits for you";
static const char stranger_hint[] =
    "a proxy or a captive portal may have answered: check --api-url";

static void
append_path(struct buffer *b, const struct url *api, const struct target *t,
    const char *what)
{
	buffer_text(b, api->path);
	buffer_text(b, "/repos/");
	buffer_text(b, t->owner);
	buffer_text(b, "/");
	buffer_text(b, t->name);
	buffer_text(b, what);
}

void
api_write_path(char path[API_PATH_SIZE], const struct url *api,
    const struct target *t, const char *what)
{
	struct buffer b;

	buffer_init(&b, path, API_PATH_SIZE);
	append_path(&b, api, t, what);
}

void
api_write_url(struct buffer *b, const struct url *api, const struct target *t)
{
	buffer_text(b, "https://");
	url_write_authority(b, api->host, api->port, URL_HTTPS_PORT);
	append_path(b, api, t, "/dispatches");
}

int
api_write_request(struct buffer *b, const struct url *api,
    const struct api_request *request, struct error *e)
{
	http_request_begin(
	    b, request->method, request->path, api->host, api->port);
	http_request_field(b, "User-Agent", "repository-dispatch");
	http_request_field(b, "Accept", "application/vnd.github+json");
	http_request_field(b, "X-GitHub-Api-Version", API_VERSION);
	if (request->body != NULL)
		http_request_field(b, "Content-Type", "application/json");
	if (request->credential != NULL)
		credential_write_field(request->credential, b);
	else
		http_request_field(b, "Authorization", "Bearer [hidden]");
	http_request_end(b, request->body, request->body_length);
	if (b->overflowed)
		return error_set(e, ERROR_PAYLOAD,
		    "the request is larger than %zu bytes", b->capacity);
	return 0;
}

static void
read_field(
    const struct http_response *a, const char *name, char *out, size_t size)
{
	size_t length = 0;
	const char *value = http_response_field(a, name, &length);

	if (value == NULL || length >= size)
		length = 0;
	else
		memcpy(out, value, length);
	out[length] = '\0';
}

/* A number in a field. Returns 0 or -1. */
static int
read_number(const struct http_response *a, const char *name, uint64_t *number)
{
	size_t length;
	const char *value = http_response_field(a, name, &length);

	if (value == NULL)
		return -1;
	return ascii_decimal(value, length, UINT32_MAX, number);
}

/* Rate limits come as 403 too (REST docs, "Rate limits for the REST API"):
 * with Retry-After, with nothing remaining, or said in the message. */
static bool
is_rate_limit(const struct http_response *a, const char *message)
{
	uint64_t remaining;
	size_t length;

	return http_response_field(a, "Retry-After", &length) != NULL ||
	       (read_number(a, "X-RateLimit-Remaining", &remaining) == 0 &&
		   remaining == 0) ||
	       ascii_contains(message, "rate limit") ||
	       ascii_contains(message, "abuse detection");
}

/* The server's clock, since ours may be wrong. */
static int64_t
time_of_answer(const struct http_response *a)
{
	int64_t now = clock_date();
	size_t length;
	const char *date = http_response_field(a, "Date", &length);

	if (date == NULL || date_read_http(date, length, &now) == -1)
		return clock_date();
	return now;
}

/* Seconds, at least one; 0 where the answer does not say. Retry-After is a
 * number or a date (RFC 9110, 10.2.3); the reset is a time in seconds since
 * 1970, which counts where nothing remains. */
static uint32_t
told_wait(const struct http_response *a)
{
	uint64_t number;
	size_t length;
	const char *after = http_response_field(a, "Retry-After", &length);
	int64_t until;

	if (after != NULL &&
	    ascii_decimal(after, length, UINT32_MAX, &number) == 0)
		return number > 0 ? (uint32_t)number : 1;
	if (after == NULL || date_read_http(after, length, &until) == -1) {
		if (read_number(a, "X-RateLimit-Remaining", &number) == -1 ||
		    number > 0 ||
		    read_number(a, "X-RateLimit-Reset", &number) == -1)
			return 0;
		until = (int64_t)number;
	}
	until -= time_of_answer(a);
	return until < 1            ? 1
	       : until > UINT32_MAX ? UINT32_MAX
				    : (uint32_t)until;
}

/* Where a redirect leads if that is the same origin: an absolute URL with the
 * same host and port, or a path; and if a request target can hold it. Returns
 * 0 or -1. */
static int
follow(const struct http_response *a, const struct url *api,
    char path[API_PATH_SIZE])
{
	struct url url;
	const char *why, *p = path;

	read_field(a, "Location", path, API_PATH_SIZE);
	if (path[0] != '/' || path[1] == '/') {
		if (url_read(path, &url, &why) == -1 || url.port != api->port ||
		    strcmp(url.host, api->host) != 0)
			return -1;
		memcpy(path, url.path, strlen(url.path) + 1);
	}
	while (*p > ' ' && *p <= '~')
		p++;
	return p > path && *p == '\0' ? 0 : -1;
}

/* One fact of an answer, "; " between two. */
static void
append_fact(struct buffer *b, size_t start, const char *before,
    const char *text, const char *after)
{
	if (text[0] == '\0')
		return;
	buffer_text(b, b->length == start ? " (" : "; ");
	buffer_text(b, before);
	buffer_text(b, text);
	buffer_text(b, after);
}

/* What the fields say of scopes and permissions, and whom to ask. */
static void
append_facts(struct buffer *b, const struct http_response *a,
    const struct api_outcome *o)
{
	static const struct {
		const char *field, *before;
		int first, last; /* statuses it is told for */
	} facts[] = {
	    {"X-Accepted-GitHub-Permissions", "needs the permission ", 403,
		404},
	    {"X-Accepted-OAuth-Scopes", "needs the scope ", 403, 404},
	    {"X-OAuth-Scopes", "the token has the scopes ", 403, 404},
	    {"X-GitHub-SSO", "SSO: ", 401, 404},
	    {"GitHub-Authentication-Token-Expiration", "the token expires ",
		401, 401},
	    {"Location", "to ", 300, 399},
	};
	size_t start = b->length, i;
	char text[256];

	for (i = 0; i < COUNT(facts); i++) {
		if (a->status < facts[i].first || a->status > facts[i].last)
			continue;
		read_field(a, facts[i].field, text, sizeof(text));
		append_fact(b, start, facts[i].before, text, "");
	}
	json_text(
	    a->body, a->body_length, "documentation_url", text, sizeof(text));
	append_fact(b, start, "see ", text, "");
	append_fact(b, start, "request ", o->request_id, "");
	if (b->length > start)
		buffer_text(b, ")");
}

/* The first of GitHub's errors[]: a text, or its message, or field and code
 * (REST docs, "Troubleshooting the REST API", "Validation Failed"). */
static void
append_errors(struct buffer *b, const struct http_response *a)
{
	static const char *const paths[] = {"errors[0]", "errors[0].message",
	    "errors[0].field", "errors[0].code"};
	char text[256];
	size_t i;

	for (i = 0; i < COUNT(paths); i++) {
		json_text(
		    a->body, a->body_length, paths[i], text, sizeof(text));
		if (text[0] == '\0')
			continue;
		buffer_text(b, "; ");
		buffer_text(b, text);
	}
}

static bool
is_page(const struct http_response *a, const struct api_outcome *o)
{
	char type[32];
	size_t length;
	const char *value = http_response_field(a, "Content-Type", &length);

	if (value == NULL || o->request_id[0] != '\0')
		return false;
	length = length < sizeof(type) - 1 ? length : sizeof(type) - 1;
	memcpy(type, value, length);
	type[length] = '\0';
	return ascii_contains(type, "html");
}

static const char *
find_hint(const struct http_response *a, const struct api_call *call,
    const struct api_outcome *o, const char *message)
{
	const struct cause *c = causes;

	if (is_page(a, o) && a->status < 500)
		return stranger_hint;
	for (; c < causes + COUNT(causes); c++) {
		if (a->status >= c->first && a->status <= c->last &&
		    ascii_contains(message, c->said) &&
		    (c->credential == ANY || c->credential == call->credential))
			return c->hint;
	}
	return NULL;
}

static void
explain(const struct http_response *a, const struct api_call *call,
    const struct retry_rule *rule, const char *message,
    const struct api_outcome *o, struct error *e)
{
	const struct target *t = call->target;
	char line[ERROR_LINE_SIZE];
	struct buffer b;
	const char *hint;

	buffer_init(&b, line, sizeof(line));
	buffer_text(&b, message[0] != '\0' ? ": " : "");
	buffer_text(&b, message);
	append_errors(&b, a);
	append_facts(&b, a, o);
	error_set(e, rule->kind, "%s/%s: the server answered %d%s", t->owner,
	    t->name, a->status, line);
	hint = rule->wait == RETRY_AFTER ? rate_hint
					 : find_hint(a, call, o, message);
	if (hint != NULL)
		(void)error_hint(e, hint);
}

/* 204 is what the docs say; GitHub has turned such a 204 into a 200 with a
 * body before, so any 2xx counts that shows it is GitHub's. */
static void
judge(const struct http_response *a, const struct api_call *call,
    struct api_outcome *o, struct error *e)
{
	struct retry_try t = {.phase = RETRY_RESPONSE, .status = a->status};
	const struct retry_rule *rule;
	char message[512];

	o->status = a->status;
	read_field(
	    a, "X-GitHub-Request-Id", o->request_id, sizeof(o->request_id));
	json_text(a->body, a->body_length, "message", message, sizeof(message));
	t.ours = o->request_id[0] != '\0';
	t.limited = is_rate_limit(a, message);
	rule = retry_find(&t);
	o->next = rule->wait;
	o->delivered = rule->kind == ERROR_NONE      ? API_YES
		       : rule->kind == ERROR_UNKNOWN ? API_MAYBE
						     : API_NO;
	if (rule->wait == RETRY_DONE)
		return;
	if (rule->wait == RETRY_AFTER)
		o->wait = told_wait(a);
	if (rule->wait == RETRY_REDIRECT) {
		if (follow(a, call->api, o->moved) == 0)
			return;
		o->next = RETRY_NEVER;
	}
	if (a->status > 299) {
		explain(a, call, rule, message, o, e);
		return;
	}
	error_set(e, rule->kind, "%s/%s: the answer %d is not one of GitHub's",
	    call->target->owner, call->target->name, a->status);
	(void)error_hint(e, stranger_hint);
}

static enum retry_phase
phase_of(enum http_progress progress)
{
	return progress >= HTTP_SENT ? RETRY_SENT : RETRY_PARTLY_SENT;
}

void
api_send(struct stream *s, const struct buffer *request,
    const struct api_call *call, struct http_response *a, struct api_outcome *o,
    struct deadline d, struct error *e)
{
	const struct retry_rule *rule;
	int64_t began = clock_milliseconds();
	struct error cause;

	memset(o, 0, sizeof(*o));
	error_clear(&cause);
	if (http_exchange(s, request, a, d, &cause) == 0) {
		(void)log_phase("the answer", began);
		judge(a, call, o, e);
		/* A field of whole seconds, written after we began to wait. */
		o->time = time_of_answer(a) - 1 -
			  (clock_milliseconds() - began + 999) / 1000;
		return;
	}
	rule = retry_find(&(struct retry_try){.phase = phase_of(a->progress)});
	o->delivered = rule->kind == ERROR_UNKNOWN ? API_MAYBE : API_NO;
	o->next = cause.kind == ERROR_LOCAL ? RETRY_NEVER : rule->wait;
	error_set(e, cause.kind, "%s/%s: %s", call->target->owner,
	    call->target->name, cause.line);
	if (o->delivered == API_MAYBE)
		(void)error_hint(e, unknown_hint);
}
