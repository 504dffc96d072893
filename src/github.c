/* github.c - a request is written field by field into the caller's buffer;
 * an answer is judged by a table from status to kind and hint, with GitHub's
 * own message taken out of the body. */
#include "github.h"

#include <string.h>

#include "json.h"

/* The version the facts here were written for; GitHub keeps one for at least
 * two years (REST docs, "API Versions"). */
#define API_VERSION "2022-11-28"

struct meaning {
	int first, last; /* statuses */
	enum error_kind kind;
	const char *hint;
};

static const char unknown_hint[] =
    "the event may have been recorded: look at the repository's runs before "
    "you send it again";

static const struct meaning meanings[] = {
    {300, 399, ERROR_REFUSED,
	"redirects are not followed: the repository may have a new name"},
    {401, 401, ERROR_UNAUTHORIZED, "the token is wrong, expired or revoked"},
    {403, 403, ERROR_UNAUTHORIZED,
	"the token needs \"Contents: write\" on the repository (a classic one "
	"the scope repo); an organisation may ask for SSO as well"},
    {404, 404, ERROR_NOT_FOUND,
	"check owner and name; GitHub says the same of a repository the token "
	"cannot see"},
    {422, 422, ERROR_REFUSED,
	"GitHub read the request and refused its contents"},
    {429, 429, ERROR_RATE_LIMITED, "wait, then send it again"},
    {400, 499, ERROR_REFUSED, NULL},
    {500, 599, ERROR_UNKNOWN, unknown_hint},
};

static const char rate_hint[] =
    "the token's rate limit is used up: wait, then send it again";

static int
set_name(char out[GITHUB_NAME_SIZE], const char *name, size_t length,
    const char *what, struct error *e)
{
	int shown = length > 100 ? 100 : (int)length;
	size_t i;

	if (length == 0 || length >= GITHUB_NAME_SIZE)
		return error_set(e, ERROR_USAGE, "the %s is %s: \"%.*s\"", what,
		    length == 0 ? "empty" : "too long", shown, name);
	for (i = 0; i < length; i++) {
		if (!text_is_alphanumeric((unsigned char)name[i]) &&
		    !(name[i] == '-' || name[i] == '.' || name[i] == '_'))
			break;
	}
	if (i < length || text_equal(".", name, length) ||
	    text_equal("..", name, length))
		return error_set(e, ERROR_USAGE,
		    "\"%.*s\" cannot be the name of a %s", shown, name, what);
	memcpy(out, name, length);
	out[length] = '\0';
	return 0;
}

int
github_set_target(struct github_target *t, const char *owner,
    size_t owner_length, const char *name, struct error *e)
{
	if (set_name(t->owner, owner, owner_length, "owner", e) == -1)
		return -1;
	return set_name(t->name, name, strlen(name), "repository", e);
}

static void
write_request_target(
    struct buffer *b, const struct text_url *api, const struct github_target *t)
{
	buffer_text(b, api->path);
	buffer_text(b, "/repos/");
	buffer_text(b, t->owner);
	buffer_text(b, "/");
	buffer_text(b, t->name);
	buffer_text(b, "/dispatches");
}

void
github_write_url(
    struct buffer *b, const struct text_url *api, const struct github_target *t)
{
	buffer_text(b, "https://");
	buffer_text(b, api->is_ipv6 ? "[" : "");
	buffer_text(b, api->host);
	buffer_text(b, api->is_ipv6 ? "]" : "");
	if (api->port != 443) {
		buffer_byte(b, ':');
		buffer_decimal(b, api->port);
	}
	write_request_target(b, api, t);
}

int
github_write_dispatch(struct buffer *request, const struct text_url *api,
    const struct github_target *t, const struct credential *c, const char *body,
    size_t body_length, struct error *e)
{
	char storage[TEXT_PATH_SIZE + 2 * GITHUB_NAME_SIZE + 32];
	struct buffer target;

	buffer_init(&target, storage, sizeof(storage) - 1);
	write_request_target(&target, api, t);
	storage[target.length] = '\0';
	http_request_begin(request, "POST", storage, api->host, api->port);
	http_request_field(request, "User-Agent", "repository-dispatch");
	http_request_field(request, "Accept", "application/vnd.github+json");
	http_request_field(request, "X-GitHub-Api-Version", API_VERSION);
	http_request_field(request, "Content-Type", "application/json");
	if (c != NULL)
		credential_write_field(c, request);
	else
		http_request_field(request, "Authorization", "Bearer [hidden]");
	http_request_end(request, body, body_length);
	if (request->overflowed)
		return error_set(e, ERROR_PAYLOAD,
		    "the request is larger than %zu bytes", request->capacity);
	return 0;
}

/* GitHub's "message", or "" where the body is not its JSON. */
static void
read_message(const struct http_answer *a, char *out, size_t size)
{
	struct json_value v;
	size_t length = 0;

	if (json_find(a->body, a->body_length, "message", &v) == 1 &&
	    v.event == JSON_STRING) {
		length = json_decode(v.token, v.length, out, size - 1);
		if (length > size - 1)
			length = size - 1;
	}
	out[length] = '\0';
}

static void
read_request_id(const struct http_answer *a, struct github_outcome *o)
{
	size_t length;
	const char *id = http_answer_field(a, "X-GitHub-Request-Id", &length);

	if (id == NULL || length >= sizeof(o->request_id))
		return;
	memcpy(o->request_id, id, length);
	o->request_id[length] = '\0';
}

/* strstr(3) for short texts; libc's is built for long ones. */
static bool
contains(const char *text, const char *wanted)
{
	size_t length = strlen(wanted);

	while (*text != '\0' && strncmp(text, wanted, length) != 0)
		text++;
	return *text != '\0';
}

/* Rate limits come as 403 too (REST docs, "Rate limits for the REST API"):
 * with Retry-After, with nothing remaining, or said in the message. */
static bool
is_rate_limit(const struct http_answer *a, const char *message)
{
	const char *remaining;
	size_t length;

	if (a->status != 403)
		return false;
	if (http_answer_field(a, "Retry-After", &length) != NULL)
		return true;
	remaining = http_answer_field(a, "X-RateLimit-Remaining", &length);
	return (remaining != NULL && text_equal("0", remaining, length)) ||
	       contains(message, "rate limit");
}

static int
explain(const struct http_answer *a, const struct github_target *t,
    const struct github_outcome *o, struct error *e)
{
	const struct meaning *m = meanings;
	enum error_kind kind;
	char message[512];
	bool limited;

	while (a->status < m->first || a->status > m->last)
		m++;
	read_message(a, message, sizeof(message));
	limited = is_rate_limit(a, message);
	kind = limited ? ERROR_RATE_LIMITED : m->kind;
	error_set(e, kind, "%s/%s: the server answered %d%s%s%s%s%s", t->owner,
	    t->name, a->status, message[0] != '\0' ? ": " : "", message,
	    o->request_id[0] != '\0' ? " (request " : "", o->request_id,
	    o->request_id[0] != '\0' ? ")" : "");
	if (limited)
		return error_hint(e, rate_hint);
	return m->hint != NULL ? error_hint(e, m->hint) : -1;
}

/* 204 is what the docs say; GitHub has turned such a 204 into a 200 with a
 * body before, so any 2xx counts that shows it is GitHub's. */
static int
judge(const struct http_answer *a, const struct github_target *t,
    struct github_outcome *o, struct error *e)
{
	bool success = a->status >= 200 && a->status <= 299;

	o->status = a->status;
	read_request_id(a, o);
	if (a->status == 204 || (success && o->request_id[0] != '\0')) {
		o->delivered = GITHUB_YES;
		return 0;
	}
	o->delivered = success || a->status >= 500 ? GITHUB_MAYBE : GITHUB_NO;
	if (!success)
		return explain(a, t, o, e);
	error_set(e, ERROR_UNKNOWN,
	    "%s/%s: the answer %d is not one of GitHub's", t->owner, t->name,
	    a->status);
	return error_hint(e,
	    "a proxy or a captive portal may have answered: check --api-url");
}

int
github_dispatch(struct stream *s, const struct buffer *request,
    const struct github_target *t, struct http_answer *a,
    struct github_outcome *o, struct deadline d, struct error *e)
{
	struct error cause;

	error_clear(&cause);
	if (http_exchange(s, request, a, d, &cause) == 0)
		return judge(a, t, o, e);
	o->delivered = a->progress >= HTTP_SENT ? GITHUB_MAYBE : GITHUB_NO;
	error_set(e, cause.kind, "%s/%s: %s", t->owner, t->name, cause.line);
	return o->delivered == GITHUB_MAYBE ? error_hint(e, unknown_hint) : -1;
}
