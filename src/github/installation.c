/* installation.c - two requests, each with a JWT of its own. If our clock is
 * wrong, GitHub responds 401 with its own time; the request is then sent once
 * more with a JWT of that time. If GitHub rejects the list of repositories, the
 * token is requested without a list. A token revokes itself. */
#include "github/installation.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "json/query.h"

/* Milliseconds. GitHub's tokens last an hour. */
#define LIFETIME 3600000
#define RENEWAL 3000000
#define FRESH 60000      /* milliseconds until all of GitHub knows a token */
#define CLOCK_SLACK 30   /* seconds */
#define CLOCK_MOST 86400 /* seconds that a clock may be off */
#define REQUESTS_MAX 5   /* of one kind, redirects included */

/* GitHub's words for a list that has a repository outside the installation. */
#define NOT_COVERED "parent installation"

/* Completes the error of a request for a token, whose line has GitHub's
 * message. */
static int
explain(const struct installation *installation, const char *method,
    const struct api_call *call)
{
	static const struct {
		int status;
		const char *said;
		const char *hint;
	} hints[] = {
	    {401, "",
		"check the App's id, and that the key belongs to that App"},
	    {403, "", "the App is suspended, or lacks the permission"},
	    {404, "",
		"install the App on the repository; check owner and name"},
	    {422, NOT_COVERED,
		"include the repository in the App's installation; check "
		"owner and name"},
	    {422, "",
		"the App needs Contents: write (and Actions: read to wait for "
		"runs, or Actions: write to start a workflow), approved for "
		"this installation"},
	};
	const char *line = call->error->line;
	int status = call->outcome->status;
	size_t i;

	/* The id that was given may be another account's, or no App's. */
	if (installation->app->installation != NULL &&
	    strcmp(method, "POST") == 0 &&
	    (status == 404 ||
		(status == 422 && ascii_contains(line, NOT_COVERED))))
		(void)error_advise(call->error, ADVICE_INSTALLATION);
	for (i = 0; i < COUNT(hints); i++) {
		if (status == hints[i].status &&
		    ascii_contains(line, hints[i].said))
			(void)error_hint(call->error, hints[i].hint);
	}
	error_append(call->error, " (requesting a token as the App %s)",
	    installation->app->id);
	return -1;
}

static int
sign(struct installation *installation, struct error *e)
{
	struct buffer b;

	buffer_init(
	    &b, installation->jwt.token, sizeof(installation->jwt.token));
	if (jwt_write(&installation->key, installation->app->id,
		clock_date() + installation->clock_error, &b, e) < 0)
		return -1;
	installation->jwt.length = b.length;
	secrets_add(span_of(b.bytes, b.length), SECRETS_RECENT);
	return 0;
}

/* Sets our clock by the server's. One that is a day off is not believed: a JWT
 * would be good for a day that has not come. Returns whether it may help. */
static bool
set_clock(struct installation *installation, const struct api_outcome *outcome)
{
	int64_t ahead = outcome->time - clock_date();

	if (outcome->status != 401 || installation->clock_error != 0 ||
	    (ahead >= -CLOCK_SLACK && ahead <= CLOCK_SLACK) ||
	    ahead < -CLOCK_MOST || ahead > CLOCK_MOST)
		return false;
	installation->clock_error = ahead;
	return true;
}

/* A response to the App may contain a token, whatever its status. */
static void
wipe_response(struct installation *installation)
{
	struct http_response *response = &installation->session->response;

	wipe(response->body, response->body_length);
}

/* Sends a request as the App, to where redirects lead. The response is then in
 * installation->session. Returns 0, or -1. */
static int
ask(struct installation *installation, const struct api_request *asked,
    const struct api_call *call)
{
	struct api_request request = *asked;
	struct api_outcome *outcome = call->outcome;
	char path[API_PATH_SIZE];
	unsigned n;

	request.credential = &installation->jwt;
	for (n = 0; n < REQUESTS_MAX; n++) {
		error_clear(call->error);
		if (sign(installation, call->error) < 0) {
			memset(outcome, 0, sizeof(*outcome));
			return -1;
		}
		session_send(installation->session, &request, call);
		credential_wipe(&installation->jwt);
		if (outcome->next == RETRY_DONE)
			return 0;
		wipe_response(installation);
		if (outcome->next == RETRY_REDIRECT) {
			memcpy(path, outcome->moved, sizeof(path));
			request.path = path;
		} else if (!set_clock(installation, outcome)) {
			return explain(installation, request.method, call);
		}
	}
	outcome->next = RETRY_NEVER;
	error_set(
	    call->error, ERROR_REFUSED, "more than %d redirects", REQUESTS_MAX);
	return explain(installation, request.method, call);
}

static int
refuse_response(const struct api_call *call, const char *what)
{
	/* The status is reported for dispatches only. */
	call->outcome->status = 0;
	call->outcome->next = RETRY_NEVER;
	return error_set(
	    call->error, ERROR_REFUSED, "GitHub's response has no %s", what);
}

static struct span
body_of(const struct installation *installation)
{
	const struct http_response *response = &installation->session->response;

	return span_of(response->body, response->body_length);
}

/* Appends the installation's id: the one given, or GitHub's for the target. */
static int
append_id(struct installation *installation, const struct api_call *call,
    struct buffer *b)
{
	char path[API_PATH_SIZE], id[24];
	const struct api_request request = {.method = "GET", .path = path};
	char slug[INSTALLATION_SLUG_SIZE];
	struct json_member members[] = {
	    JSON_NUMBER_AT("id", id),
	    JSON_STRING_AT("app_slug", slug),
	};
	uint64_t ignored;

	if (installation->app->installation != NULL) {
		buffer_text(b, installation->app->installation);
		return 0;
	}
	api_write_path(
	    path, installation->session->api, call->target, "/installation");
	if (ask(installation, &request, call) < 0)
		return -1;
	if (json_read_members(body_of(installation), members, COUNT(members)) <
		0 ||
	    ascii_decimal(id, members[0].length, UINT64_MAX, &ignored) < 0)
		return refuse_response(call, "installation id");
	buffer_append(b, id, members[0].length);
	if (!members[1].is_cut)
		memcpy(installation->slug, slug, sizeof(slug));
	return 0;
}

static bool
same_owner(const struct target *one, const struct target *other)
{
	return ascii_equal_nocase(
	    one->owner, other->owner, strlen(other->owner));
}

/* Returns how many repositories a token is for, up to one more than can be
 * listed. */
static size_t
count_repositories(
    const struct target_list *targets, const struct target *target)
{
	const struct target *next = NULL;
	size_t count = 0;

	while (count <= INSTALLATION_REPOSITORIES_MAX &&
	       (next = target_next_of_owner(targets, target, next)) != NULL)
		count++;
	return count;
}

/* Writes the permissions that are needed now: those to send, or those to follow
 * runs after that. */
static void
write_permissions(const struct installation *installation, struct buffer *b)
{
	const struct installation_app *app = installation->app;
	bool has_contents = !app->starts_workflows && !installation->is_waiting;
	bool starts = app->starts_workflows && !installation->is_waiting;
	const char *actions = starts || app->cancels_runs        ? "write"
			      : app->reads_runs || !has_contents ? "read"
								 : NULL;

	buffer_text(b, "{\"permissions\":{");
	if (has_contents)
		buffer_text(b, "\"contents\":\"write\"");
	if (actions != NULL) {
		buffer_format(b, "%s\"actions\":\"%s\"",
		    has_contents ? "," : "", actions);
	}
	buffer_text(b, "}");
}

/* Writes what the token is for: the permissions, and the owner's targets if
 * they are listed. Names need no escapes: target.h. */
static void
write_scope(const struct installation *installation,
    const struct target *target, bool is_listed, struct buffer *b)
{
	const struct target_list *targets = installation->targets;
	const char *before = ",\"repositories\":[\"";
	const struct target *next = NULL;

	write_permissions(installation, b);
	while (is_listed &&
	       (next = target_next_of_owner(targets, target, next)) != NULL) {
		buffer_text(b, before);
		buffer_text(b, next->name);
		buffer_text(b, "\"");
		before = ",\"";
	}
	buffer_text(b, is_listed ? "]}" : "}");
}

/* Moves the token out of the response. */
static int
take_token(struct installation *installation, const struct api_call *call,
    struct installation_kept *place)
{
	char token[CREDENTIAL_MAX + 1] = "";
	struct json_member members[] = {
	    JSON_STRING_AT("token", token),
	    JSON_STRING_AT(installation->app->starts_workflows
			       ? "permissions.actions"
			       : "permissions.contents",
		place->permission),
	};
	struct json_member member;
	struct error ignored;
	int result =
	    json_read_members(body_of(installation), members, COUNT(members));

	member = members[0];

	wipe_response(installation);
	error_clear(&ignored);
	if (result < 0 || member.is_cut || strlen(token) != member.length) {
		result = -1;
	} else {
		result = credential_take(
		    &installation->made, token, SECRETS_RECENT, "", &ignored);
	}
	wipe(token, sizeof(token));
	return result < 0 ? refuse_response(call, "token") : 0;
}

/* Makes a token for the place. */
static int
ask_for_token(struct installation *installation, const struct api_call *call,
    struct installation_kept *place)
{
	char path[API_PATH_SIZE];
	struct api_request request = {
	    .method = "POST", .path = path, .body = installation->body};
	size_t count = count_repositories(installation->targets, call->target);
	bool is_listed =
	    count <= INSTALLATION_REPOSITORIES_MAX && !place->is_widened;
	struct buffer b, body;

	buffer_init(&b, path, sizeof(path));
	buffer_format(
	    &b, "%s/app/installations/", installation->session->api->path);
	if (append_id(installation, call, &b) < 0)
		return -1;
	buffer_text(&b, "/access_tokens");
	for (;;) {
		buffer_init(
		    &body, installation->body, sizeof(installation->body));
		write_scope(installation, call->target, is_listed, &body);
		request.body_length = body.length;
		if (ask(installation, &request, call) == 0)
			break;
		/* One repository without the App spoils the whole list. */
		if (call->outcome->status != 422 || !is_listed || count < 2)
			return -1;
		is_listed = false;
	}
	if (take_token(installation, call, place) < 0)
		return -1;
	if (!is_listed && !place->is_widened)
		installation->was_widened = true;
	place->is_widened = !is_listed;
	return 0;
}

int
installation_prepare(struct installation *installation,
    const struct installation_app *app, struct session *session,
    const struct target_list *targets, struct deadline d, struct error *e)
{
	size_t i;

	installation->app = app;
	installation->session = session;
	installation->targets = targets;
	for (i = 0; i < INSTALLATION_KEPT_MAX; i++) {
		installation->kept[i].target = NULL;
		installation->kept[i].valid_until = 0;
	}
	installation->next = 0;
	installation->slug[0] = '\0';
	installation->is_waiting = false;
	installation->was_widened = false;
	installation->clock_error = 0;
	if (app->key_text != NULL) {
		return jwt_take_key(
		    &installation->key, app->key_text, app->key_origin, e);
	}
	if (jwt_read_key(&installation->key, app->key_file, d, e) < 0)
		return error_name_origin(e, app->key_origin);
	return 0;
}

/* Returns the place for a token of this target's owner. */
static struct installation_kept *
place_of(struct installation *installation, const struct target *target)
{
	struct installation_kept *place;
	size_t i;

	for (i = 0; i < INSTALLATION_KEPT_MAX; i++) {
		place = &installation->kept[i];
		if (place->target == NULL)
			break;
		if (same_owner(place->target, target))
			return place;
	}
	place =
	    &installation->kept[installation->next++ % INSTALLATION_KEPT_MAX];
	place->target = target;
	place->renew_at = 0;
	place->is_widened = false;
	return place;
}

/* Revokes the token of a place, if it is valid. The call that goes on must not
 * notice. */
static void
revoke(struct installation *installation, struct installation_kept *place,
    struct deadline d)
{
	char path[API_PATH_SIZE];
	struct api_outcome outcome = {.next = RETRY_NEVER};
	struct error e;
	const struct api_request request = {
	    .method = "DELETE", .path = path, .credential = &place->credential};
	const struct api_call call = {.target = place->target,
	    .deadline =
		deadline_sooner(d, deadline_after(INSTALLATION_REVOKE_EACH)),
	    .outcome = &outcome,
	    .error = &e};
	struct buffer b;

	if (installation->app->keeps_tokens ||
	    clock_milliseconds() >= place->valid_until)
		return;
	place->valid_until = 0;
	buffer_init(&b, path, sizeof(path));
	buffer_format(
	    &b, "%s/installation/token", installation->session->api->path);
	/* It may be so old that it has been forgotten. */
	secrets_add(span_of(place->credential.token, place->credential.length),
	    SECRETS_RECENT);
	error_clear(&e);
	session_send(installation->session, &request, &call);
	log_trace("an App's token is %srevoked%s%s",
	    outcome.next == RETRY_DONE ? "" : "not ",
	    e.line[0] != '\0' ? ": " : "", e.line);
}

int
installation_hold(struct installation *installation,
    const struct api_call *call, struct credential *credential)
{
	struct installation_kept *place = place_of(installation, call->target);
	int64_t now;

	if (clock_milliseconds() >= place->renew_at) {
		place->renew_at = 0;
		now = clock_milliseconds();
		if (ask_for_token(installation, call, place) < 0)
			return -1;
		revoke(installation, place, call->deadline);
		place->credential = installation->made;
		credential_wipe(&installation->made);
		place->renew_at = now + RENEWAL;
		place->valid_until = now + LIFETIME;
		place->credential.fresh_until = clock_milliseconds() + FRESH;
	}
	*credential = place->credential;
	/* It may be so old that it has been forgotten. */
	secrets_add(
	    span_of(credential->token, credential->length), SECRETS_RECENT);
	return 0;
}

/* Returns what is kept for the target's owner, or NULL. */
static const struct installation_kept *
kept_for(const struct installation *installation, const struct target *target)
{
	const struct installation_kept *place;
	size_t i;

	for (i = 0; i < INSTALLATION_KEPT_MAX; i++) {
		place = &installation->kept[i];
		if (place->target != NULL && same_owner(place->target, target))
			return place;
	}
	return NULL;
}

bool
installation_is_widened(
    const struct installation *installation, const struct target *target)
{
	const struct installation_kept *place = kept_for(installation, target);

	return place != NULL && place->is_widened;
}

const char *
installation_permission(
    const struct installation *installation, const struct target *target)
{
	const struct installation_kept *place = kept_for(installation, target);

	return place != NULL ? place->permission : "";
}

const char *
installation_slug(const struct installation *installation)
{
	return installation->slug;
}

void
installation_narrow(struct installation *installation)
{
	installation->is_waiting = true;
}

bool
installation_was_widened(struct installation *installation)
{
	bool was_widened = installation->was_widened;

	installation->was_widened = false;
	return was_widened;
}

void
installation_revoke(struct installation *installation)
{
	int64_t began = clock_milliseconds();
	struct deadline d = deadline_after(INSTALLATION_REVOKE_ALL);
	size_t i;

	if (installation->app == NULL)
		return;
	for (i = 0; i < INSTALLATION_KEPT_MAX; i++) {
		if (installation->kept[i].target == NULL)
			continue;
		if (deadline_passed(d) ||
		    (!process_wait(0) && clock_milliseconds() - began >=
					     INSTALLATION_REVOKE_STOPPED))
			return;
		revoke(installation, &installation->kept[i], d);
	}
}

void
installation_forget(
    struct installation *installation, const struct target *target)
{
	struct installation_kept *place = place_of(installation, target);

	place->renew_at = place->valid_until = 0;
}

void
installation_wipe(struct installation *installation)
{
	size_t i;

	if (installation->app == NULL)
		return;
	/* The pages of the others were never touched. */
	for (i = 0; i < INSTALLATION_KEPT_MAX; i++) {
		if (installation->kept[i].target != NULL)
			credential_wipe(&installation->kept[i].credential);
		installation->kept[i].target = NULL;
	}
	credential_wipe(&installation->jwt);
	credential_wipe(&installation->made);
	jwt_wipe_key(&installation->key);
}
