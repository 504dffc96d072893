/* installation.c - two questions, each signed anew. A server that thinks our
 * clock wrong says 401 and what time it is; the question is then asked once
 * more with that time. One that does not take the list of repositories is
 * asked without. */
#include "github/installation.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"
#include "json/query.h"
#include "json/string.h"

#define LIFETIME 3000000 /* milliseconds; GitHub gives an hour */
#define CLOCK_SLACK 30   /* seconds */
#define ASKED_MAX 5      /* times, redirects included */

/* What an answer's failure means here, where no event was sent. */
static int
explain(const struct app *app, struct api_outcome *o, struct error *e)
{
	static const struct {
		int status;
		const char *hint;
	} hints[] = {
	    {401, "check --app-id, and that --app-key is a key of that App"},
	    {403, "the App is suspended, or may not do what is asked"},
	    {404, "install the App on the repository; check owner and name"},
	    {422, "the App needs Contents: write (and Actions: read to wait), "
		  "approved for this installation"},
	};
	size_t i;

	o->delivered = API_NO;
	e->hint = o->next == RETRY_AFTER ? e->hint : NULL;
	if (e->kind == ERROR_UNKNOWN) {
		e->kind = ERROR_CONNECT;
		o->next = RETRY_BACKOFF;
	}
	for (i = 0; i < COUNT(hints); i++) {
		if (o->status == hints[i].status)
			(void)error_hint(e, hints[i].hint);
	}
	error_append(e, " (to the App %s, asking for a token)", app->id);
	return -1;
}

static int
sign(struct installation *a, const struct app *app, struct error *e)
{
	struct buffer b;

	buffer_init(&b, a->jwt.token, sizeof(a->jwt.token));
	if (jwt_write(&a->key, app->id, clock_date() + a->clock_error, &b, e) ==
	    -1)
		return -1;
	a->jwt.length = b.length;
	return 0;
}

/* Whether the same question may be answered with another clock. */
static bool
set_clock(struct installation *a, const struct api_outcome *o)
{
	int64_t ahead = o->time - clock_date();

	if (o->status != 401 || a->clock_error != 0 ||
	    (ahead >= -CLOCK_SLACK && ahead <= CLOCK_SLACK))
		return false;
	a->clock_error = ahead;
	return true;
}

/* Asks until there is an answer, which is in s->answer. Returns 0 or -1. */
static int
ask(struct installation *a, const struct app *app, struct session *s,
    const struct api_request *asked, const struct target *t,
    struct api_outcome *o, struct deadline d, struct error *e)
{
	struct api_request request = *asked;
	char path[API_PATH_SIZE];
	unsigned i;

	request.credential = &a->jwt;
	for (i = 0; i < ASKED_MAX; i++) {
		error_clear(e);
		if (sign(a, app, e) == -1) {
			memset(o, 0, sizeof(*o));
			return -1;
		}
		session_send(s, &request, t, o, d, e);
		credential_wipe(&a->jwt);
		if (o->next == RETRY_DONE)
			return 0;
		if (o->next == RETRY_REDIRECT) {
			memcpy(path, o->moved, sizeof(path));
			request.path = path;
		} else if (!set_clock(a, o)) {
			return explain(app, o, e);
		}
	}
	o->next = RETRY_NEVER;
	error_set(e, ERROR_REFUSED, "%s/%s: more than %d redirects", t->owner,
	    t->name, ASKED_MAX);
	return explain(app, o, e);
}

static int
refuse_answer(const struct target *t, struct api_outcome *o, struct error *e)
{
	/* The answer was no dispatch's. */
	o->delivered = API_NO;
	o->status = 0;
	o->next = RETRY_NEVER;
	return error_set(e, ERROR_REFUSED,
	    "%s/%s: the answer to the App does not hold what was asked for",
	    t->owner, t->name);
}

/* Appends the installation's id: as given, or as GitHub knows it. */
static int
append_installation(struct installation *a, const struct app *app,
    struct session *s, const struct target *t, struct buffer *b,
    struct api_outcome *o, struct deadline d, struct error *e)
{
	char path[API_PATH_SIZE];
	const struct api_request request = {.method = "GET", .path = path};
	struct json_value id;
	uint64_t ignored;

	if (app->installation != NULL) {
		buffer_text(b, app->installation);
		return 0;
	}
	api_write_path(path, s->api, t, "/installation");
	if (ask(a, app, s, &request, t, o, d, e) == -1)
		return -1;
	if (json_find(s->answer.body, s->answer.body_length, "id", &id) != 1 ||
	    id.event != JSON_NUMBER ||
	    ascii_decimal(id.token, id.length, UINT64_MAX, &ignored) == -1)
		return refuse_answer(t, o, e);
	buffer_append(b, id.token, id.length);
	return 0;
}

static bool
same_owner(const struct target *a, const struct target *b)
{
	return ascii_equal_nocase(a->owner, b->owner, strlen(b->owner));
}

/* Whether the list has the repository earlier, for another event. */
static bool
is_repeated(const struct target_list *l, const struct target *t)
{
	const struct target *other = l->list;

	while (other < t &&
	       (!same_owner(other, t) ||
		   !ascii_equal_nocase(other->name, t->name, strlen(t->name))))
		other++;
	return other < t;
}

/* What the token is to be good for: the owner's targets, if the list has no
 * more than most of them, else all that the App is installed on. Returns how
 * many the list has. Names need no escapes: target.h. */
static size_t
write_scope(const struct app *app, const struct target_list *l,
    const struct target *t, size_t most, struct buffer *b)
{
	const struct target *other = l->list;
	size_t count = 0;

	for (; other < l->list + l->count; other++)
		count += same_owner(other, t);
	buffer_text(b, "{\"permissions\":{\"contents\":\"write\"");
	if (app->reads_runs)
		buffer_text(b, ",\"actions\":\"read\"");
	buffer_text(b, "}");
	for (other = l->list; other < l->list + l->count && count <= most;
	     other++) {
		if (!same_owner(other, t) || is_repeated(l, other))
			continue;
		buffer_text(b, b->bytes[b->length - 1] == '}'
				   ? ",\"repositories\":[\""
				   : ",\"");
		buffer_text(b, other->name);
		buffer_text(b, "\"");
	}
	buffer_text(b, count <= most ? "]}" : "}");
	return count;
}

/* Takes the token out of the answer and wipes it there. */
static int
take_token(struct session *s, const struct target *t, struct credential *c,
    struct api_outcome *o, struct error *e)
{
	char token[CREDENTIAL_MAX + 1];
	struct json_value v;
	struct error ignored;
	struct buffer b;
	int result = -1;

	buffer_init(&b, token, sizeof(token));
	if (json_find(s->answer.body, s->answer.body_length, "token", &v) ==
		1 &&
	    v.event == JSON_STRING)
		json_decode(span_of(v.token, v.length), &b);
	wipe(s->answer.body, s->answer.body_length);
	if (!b.overflowed) {
		error_clear(&ignored);
		if (strlen(token) == b.length)
			result = credential_take(c, token, "", &ignored);
	}
	wipe(token, sizeof(token));
	return result == -1 ? refuse_answer(t, o, e) : 0;
}

static int
ask_for_token(struct installation *a, const struct app *app, struct session *s,
    const struct target_list *l, const struct target *t, struct credential *c,
    struct api_outcome *o, struct deadline d, struct error *e)
{
	char path[API_PATH_SIZE];
	struct api_request request = {
	    .method = "POST", .path = path, .body = a->body};
	struct buffer b, body;
	size_t most = INSTALLATION_REPOSITORIES_MAX, count;

	buffer_init(&b, path, sizeof(path));
	buffer_text(&b, s->api->path);
	buffer_text(&b, "/app/installations/");
	if (append_installation(a, app, s, t, &b, o, d, e) == -1)
		return -1;
	buffer_text(&b, "/access_tokens");
	for (;;) {
		buffer_init(&body, a->body, sizeof(a->body));
		count = write_scope(app, l, t, most, &body);
		request.body_length = body.length;
		if (ask(a, app, s, &request, t, o, d, e) == 0)
			return take_token(s, t, c, o, e);
		/* One that the App cannot reach spoils a list for the rest. */
		if (o->status != 422 || count > most || count < 2)
			return -1;
		most = 0;
	}
}

int
installation_prepare(struct installation *a, const struct app *app,
    struct deadline d, struct error *e)
{
	size_t i;

	for (i = 0; i < INSTALLATION_KEPT_MAX; i++)
		a->kept[i].target = NULL;
	a->next = 0;
	a->clock_error = 0;
	return jwt_read_key(&a->key, app->key_file, d, e);
}

/* The place of a token for this target's owner. */
static struct installation_kept *
place_of(struct installation *a, const struct target *t)
{
	struct installation_kept *k = a->kept;

	for (; k < a->kept + INSTALLATION_KEPT_MAX && k->target != NULL; k++) {
		if (same_owner(k->target, t))
			return k;
	}
	k = &a->kept[a->next++ % INSTALLATION_KEPT_MAX];
	k->target = t;
	k->renew_at = 0;
	return k;
}

int
installation_hold(struct installation *a, const struct app *app,
    struct session *s, const struct target_list *l, const struct target *t,
    struct credential *c, struct api_outcome *o, struct deadline d,
    struct error *e)
{
	struct installation_kept *k = place_of(a, t);

	if (clock_milliseconds() >= k->renew_at) {
		k->renew_at = 0;
		if (ask_for_token(a, app, s, l, t, &k->credential, o, d, e) ==
		    -1)
			return -1;
		k->renew_at = clock_milliseconds() + LIFETIME;
	}
	*c = k->credential;
	return 0;
}

void
installation_wipe(struct installation *a)
{
	struct installation_kept *k = a->kept;

	/* Those without a target were not touched. */
	for (; k < a->kept + INSTALLATION_KEPT_MAX && k->target != NULL; k++)
		credential_wipe(&k->credential);
	credential_wipe(&a->jwt);
	jwt_wipe_key(&a->key);
}
