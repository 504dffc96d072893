/* preflight.c - dispatch_send() does the work; each response is judged as it
 * arrives. A table says for each kind of token what can be known. */
#include "event/preflight.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "github/installation.h"
#include "github/session.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "json/query.h"

/* What is known so far. */
struct check {
	const struct dispatch_job *job;
	struct dispatch_storage *storage;
	const struct preflight_listener *listener;
	struct preflight_account *account;
	bool has_response; /* from GitHub, to a token that it knows */
};

/* What GET {repository} says. */
struct repository {
	bool is_archived, is_disabled, is_private;
	bool cannot_push; /* says so of the token's owner */
};

static struct span
body_of(const struct check *check)
{
	const struct http_response *response =
	    &check->storage->session.response;

	return span_of(response->body, response->body_length);
}

static void
read_repository(const struct check *check, struct repository *repository)
{
	char text[4];
	struct json_member members[] = {
	    JSON_STRING_AT("archived", text),
	    JSON_STRING_AT("disabled", text),
	    JSON_STRING_AT("private", text),
	    JSON_STRING_AT("permissions.push", text),
	};

	memset(repository, 0, sizeof(*repository));
	if (json_read_members(body_of(check), members, COUNT(members)) < 0)
		return;
	repository->is_archived = members[0].found == JSON_TRUE;
	repository->is_disabled = members[1].found == JSON_TRUE;
	repository->is_private = members[2].found == JSON_TRUE;
	repository->cannot_push = members[3].found == JSON_FALSE;
}

/* Whether a list such as "repo, workflow" has this scope. */
static bool
has_scope(const char *list, const char *scope)
{
	static const char between[] = ", \t";
	size_t length = strlen(scope), n;

	for (list += strspn(list, between); *list != '\0';
	     list += n + strspn(list + n, between)) {
		n = strcspn(list, between);
		if (n == length && memcmp(list, scope, n) == 0)
			return true;
	}
	return false;
}

static enum preflight_verdict
answer(struct preflight_result *result, enum preflight_verdict verdict,
    const char *reason)
{
	result->can_write = verdict;
	result->reason = reason;
	return verdict;
}

/* A token with scopes may do what its owner may, within the scopes. */
static enum preflight_verdict
judge_scopes(const struct check *check, const struct repository *repository,
    struct preflight_result *result)
{
	const char *scopes = check->account->scopes;
	bool has_repo = has_scope(scopes, "repo");
	bool has_public = has_scope(scopes, "public_repo");
	bool is_classic = check->account->kind == CREDENTIAL_CLASSIC;

	if (!has_repo && (!has_public || repository->is_private)) {
		return answer(result, PREFLIGHT_NO,
		    has_public
			? "the repository is private, and the token has the "
			  "scope public_repo only"
			: "the token lacks the scope repo");
	}
	if (repository->cannot_push) {
		return answer(result, PREFLIGHT_NOT_KNOWN,
		    "the token's scope is enough, but GitHub reports that its "
		    "owner cannot push");
	}
	if (has_repo) {
		return answer(result, PREFLIGHT_YES,
		    is_classic ? "classic token with scope repo"
			       : "token with scope repo");
	}
	if (check->job->workflow != NULL) {
		return answer(result, PREFLIGHT_NOT_KNOWN,
		    "the token has the scope public_repo only");
	}
	return answer(result, PREFLIGHT_YES,
	    is_classic ? "classic token with scope public_repo"
		       : "token with scope public_repo");
}

/* The permission was requested when the token was made. */
static enum preflight_verdict
judge_app(const struct check *check, const struct repository *repository,
    struct preflight_result *result)
{
	const struct installation *installation = &check->storage->installation;
	const struct target *target = result->result.target;
	const char *granted = installation_permission(installation, target);
	bool starts = check->job->workflow != NULL;

	if (granted[0] != '\0' && strcmp(granted, "write") != 0) {
		return answer(result, PREFLIGHT_NO,
		    starts ? "the App's token lacks Actions: write"
			   : "the App's token lacks Contents: write");
	}
	/* Everyone can read a public repository. */
	if (installation_is_widened(installation, target) &&
	    !repository->is_private) {
		return answer(result, PREFLIGHT_NOT_KNOWN,
		    "the App's installation may not include it");
	}
	if (granted[0] == '\0') {
		return answer(result, PREFLIGHT_NOT_KNOWN,
		    "the server does not report the permissions of the App's "
		    "token");
	}
	return answer(result, PREFLIGHT_YES,
	    starts ? "App with Actions: write" : "App with Contents: write");
}

static enum preflight_verdict
judge_token(const struct check *check, const struct repository *repository,
    struct preflight_result *result)
{
	static const char *const unknown[] = {
	    [CREDENTIAL_OTHER] = "a token of an unknown kind",
	    [CREDENTIAL_CLASSIC] = "the server does not report the scopes of "
				   "the classic token",
	    [CREDENTIAL_FINE_GRAINED] = "GitHub does not report the "
					"permissions of a fine-grained token",
	    [CREDENTIAL_INSTALLATION] = "GitHub does not report the "
					"permissions of an installation token",
	    [CREDENTIAL_USER] = "GitHub does not report the permissions of a "
				"user token",
	};
	const struct preflight_account *account = check->account;
	bool can_have_scopes = account->kind != CREDENTIAL_FINE_GRAINED &&
			       account->kind != CREDENTIAL_INSTALLATION;

	if (account->app != NULL)
		return judge_app(check, repository, result);
	/* Only a classic token certainly has scopes, if none of them. */
	if (can_have_scopes && account->has_scopes &&
	    (account->scopes[0] != '\0' || account->kind == CREDENTIAL_CLASSIC))
		return judge_scopes(check, repository, result);
	return answer(result, PREFLIGHT_NOT_KNOWN, unknown[account->kind]);
}

static void
refuse(struct preflight_result *result, enum error_kind kind, const char *why)
{
	const struct target *target = result->result.target;

	(void)error_set(&result->result.error, kind, "%s/%s: %s", target->owner,
	    target->name, why);
}

/* Judges the response to GET {repository}. */
static void
judge(struct check *check, struct preflight_result *result)
{
	struct response response;
	struct repository repository;

	response_read(&response, &check->storage->session.response);
	check->account->has_scopes = response.has_token_scopes;
	memcpy(check->account->scopes, response.token_scopes,
	    sizeof(check->account->scopes));
	read_repository(check, &repository);
	if (repository.is_archived || repository.is_disabled) {
		(void)answer(result, PREFLIGHT_NO,
		    repository.is_archived ? "the repository is archived"
					   : "the repository is disabled");
	} else {
		(void)judge_token(check, &repository, result);
	}
	if (result->can_write == PREFLIGHT_NO) {
		refuse(result, ERROR_UNAUTHORIZED, result->reason);
		(void)error_hint(&result->result.error,
		    repository.is_archived || repository.is_disabled
			? "GitHub takes no events for it: check owner and name"
			: "give the token this right, or use another token");
	}
}

/* Sends a GET with the token, once. Returns 0 if the response is in the
 * session, or -1. */
static int
ask(const struct check *check, const char *path, const struct target *target,
    struct api_outcome *outcome)
{
	struct error e;
	const struct api_request request = {.method = "GET",
	    .path = path,
	    .credential = &check->storage->credential};
	const struct api_call call = {.target = target,
	    .deadline = deadline_after(check->job->timeout),
	    .outcome = outcome,
	    .error = &e};

	error_clear(&e);
	session_send(&check->storage->session, &request, &call);
	if (outcome->next == RETRY_DONE)
		return 0;
	log_trace("%s is not known: %s", path, e.line);
	return -1;
}

/* Whether the workflow is there and enabled (REST docs, "Get a workflow"). */
static void
check_workflow(const struct check *check, struct preflight_result *result)
{
	static const char dispatches[] = "/dispatches";
	const struct workflow *workflow = check->job->workflow;
	char path[API_PATH_SIZE], state[32] = "";
	struct json_member member = JSON_STRING_AT("state", state);
	struct api_outcome outcome;
	struct buffer b;

	buffer_init(&b, path, sizeof(path));
	buffer_format(&b, "%s%.*s", result->result.path,
	    (int)(strlen(workflow->part) - (sizeof(dispatches) - 1)),
	    workflow->part);
	if (ask(check, path, result->result.target, &outcome) < 0) {
		if (outcome.status == 404) {
			refuse(result, ERROR_NOT_FOUND,
			    "the default branch has no such workflow");
		}
		return;
	}
	if (json_read_members(body_of(check), &member, 1) == 0 &&
	    strncmp(state, "disabled", 8) == 0)
		refuse(result, ERROR_REFUSED, "the workflow is disabled");
}

static void
finished(void *context, const struct dispatch_result *sent)
{
	struct check *check = context;
	struct preflight_result result = {.result = *sent};
	int status = sent->outcome.status;

	check->account->kind = credential_kind(&check->storage->credential);
	if (status != 0 && status != 401)
		check->has_response = true;
	if (sent->error.kind == ERROR_NONE) {
		result.is_reachable = PREFLIGHT_YES;
		judge(check, &result);
	} else if (status >= 400 && status <= 499 &&
		   sent->error.kind != ERROR_RATE_LIMITED) {
		result.is_reachable = PREFLIGHT_NO;
	}
	if (check->job->workflow != NULL &&
	    result.result.error.kind == ERROR_NONE)
		check_workflow(check, &result);
	check->listener->checked(check->listener->context, &result);
}

static void
waits(void *context, const struct target *target, uint32_t milliseconds,
    const struct error *why)
{
	const struct dispatch_listener *to =
	    &((struct check *)context)->listener->dispatch;

	to->waits(to->context, target, milliseconds, why);
}

static void
moved(void *context, const struct target *target, const char *path)
{
	const struct dispatch_listener *to =
	    &((struct check *)context)->listener->dispatch;

	to->moved(to->context, target, path);
}

static void
widened(void *context, const struct target *target)
{
	const struct dispatch_listener *to =
	    &((struct check *)context)->listener->dispatch;

	to->widened(to->context, target);
}

/* REST docs, "Get the authenticated user": not for a token of an
 * installation. */
static void
ask_login(const struct check *check)
{
	struct preflight_account *account = check->account;
	char login[sizeof(account->login)];
	struct json_member member = JSON_STRING_AT("login", login);
	char path[API_PATH_SIZE];
	struct api_outcome outcome;
	struct buffer b;

	if (account->app != NULL || account->kind == CREDENTIAL_INSTALLATION)
		return;
	buffer_init(&b, path, sizeof(path));
	buffer_format(&b, "%s/user", check->job->api->path);
	if (ask(check, path, &check->job->targets->list[0], &outcome) < 0 ||
	    json_read_members(body_of(check), &member, 1) < 0 || member.is_cut)
		return;
	buffer_init(&b, account->login, sizeof(account->login));
	secrets_hide_peer(&b, span_text(login));
}

/* REST docs, "Get rate limit status for the authenticated user", which does
 * not count itself. Servers without limits respond with 404. */
static void
ask_limit(const struct check *check, struct error *e)
{
	struct preflight_account *account = check->account;
	char limit[16], remaining[16], reset[16], date[DATE_SIZE];
	struct json_member members[] = {
	    JSON_NUMBER_AT("resources.core.limit", limit),
	    JSON_NUMBER_AT("resources.core.remaining", remaining),
	    JSON_NUMBER_AT("resources.core.reset", reset),
	};
	char path[API_PATH_SIZE];
	struct api_outcome outcome;
	struct buffer b;
	uint64_t at = 0;

	buffer_init(&b, path, sizeof(path));
	buffer_format(&b, "%s/rate_limit", check->job->api->path);
	if (ask(check, path, &check->job->targets->list[0], &outcome) < 0 ||
	    json_read_members(body_of(check), members, COUNT(members)) < 0 ||
	    ascii_decimal(limit, strlen(limit), UINT32_MAX, &account->limit) <
		0 ||
	    ascii_decimal(remaining, strlen(remaining), UINT32_MAX,
		&account->remaining) < 0 ||
	    ascii_decimal(reset, strlen(reset), UINT32_MAX, &at) < 0)
		return;
	account->has_limit = true;
	account->reset = (int64_t)at;
	if (account->remaining >= check->job->targets->count ||
	    (account->reset - outcome.time) * 1000 <= check->job->timeout)
		return;
	date_write(date, account->reset);
	(void)error_set(e, ERROR_RATE_LIMITED,
	    "%llu requests are left of the rate limit until %s, for %zu "
	    "targets",
	    (unsigned long long)account->remaining, date,
	    check->job->targets->count);
}

/* Once they were judged: the server chose them. */
static void
hide_scopes(struct preflight_account *account)
{
	char hidden[sizeof(account->scopes)];
	struct buffer b;

	buffer_init(&b, hidden, sizeof(hidden));
	secrets_hide_peer(&b, span_text(account->scopes));
	memcpy(account->scopes, hidden, b.length + 1);
}

void
preflight_run(const struct dispatch_job *job, struct dispatch_storage *storage,
    const struct preflight_listener *listener,
    struct preflight_account *account, struct error *e)
{
	struct check check = {.job = job,
	    .storage = storage,
	    .listener = listener,
	    .account = account};
	const struct dispatch_listener hears = {.context = &check,
	    .finished = finished,
	    .waits = waits,
	    .moved = moved,
	    .widened = widened};

	memset(account, 0, sizeof(*account));
	account->app = job->app.id;
	dispatch_send(job, storage, &hears);
	hide_scopes(account);
	account->expiry = dispatch_expiry(job, storage);
	if (!check.has_response || !process_wait(0))
		return;
	ask_login(&check);
	ask_limit(&check, e);
	account->expiry = dispatch_expiry(job, storage);
}
