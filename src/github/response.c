/* response.c - a table of field names and a table of body members say what is
 * wanted; each is filled in one pass. A third table leads from what a response
 * says to what the user can do about it. */
#include "github/response.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/url.h"
#include "http/message.h"
#include "os/log.h"
#include "json/query.h"

enum field {
	REQUEST_ID,
	DATE,
	LOCATION,
	CONTENT_TYPE,
	CONTENT_CODING,
	RETRY_DELAY,
	LIMIT_REMAINING,
	LIMIT_RESET,
	NEEDED_PERMISSIONS,
	NEEDED_SCOPES,
	TOKEN_SCOPES,
	SSO,
	TOKEN_EXPIRES,
	ETAG,
	FIELD_COUNT
};

/* Lengths differ more often than anything else. */
static const struct {
	const char *name;
	size_t length;
} fields[] = {
#define NAME(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
    [REQUEST_ID] = NAME("X-GitHub-Request-Id"),
    [DATE] = NAME("Date"),
    [LOCATION] = NAME("Location"),
    [CONTENT_TYPE] = NAME("Content-Type"),
    [CONTENT_CODING] = NAME("Content-Encoding"),
    [RETRY_DELAY] = NAME("Retry-After"),
    [LIMIT_REMAINING] = NAME("X-RateLimit-Remaining"),
    [LIMIT_RESET] = NAME("X-RateLimit-Reset"),
    [NEEDED_PERMISSIONS] = NAME("X-Accepted-GitHub-Permissions"),
    [NEEDED_SCOPES] = NAME("X-Accepted-OAuth-Scopes"),
    [TOKEN_SCOPES] = NAME("X-OAuth-Scopes"),
    [SSO] = NAME("X-GitHub-SSO"),
    [TOKEN_EXPIRES] = NAME("GitHub-Authentication-Token-Expiration"),
    [ETAG] = NAME("ETag"),
#undef NAME
};
_Static_assert(COUNT(fields) == FIELD_COUNT, "a name for each field");

/* What a response is a sign of. The first row that fits counts; an empty text
 * fits any message, and ANY any token. What GitHub says of workflows is taken
 * from public reports: convictional/trigger-workflow-and-wait#44,
 * benc-uk/workflow-dispatch#60 and #80, cli/cli#12672, github/docs#43081. */
struct cause {
	int first, last;  /* statuses */
	const char *said; /* a part of GitHub's message */
	enum credential_kind credential;
	enum { EITHER, EVENT, WORKFLOW } dispatch;
	const char *hint;
};

#define ANY CREDENTIAL_OTHER

static const struct cause causes[] = {
    {300, 399, "", ANY, EITHER,
	"redirects are followed only to the same host and port: check the "
	"API's URL and the repository's name"},
    {401, 401, "", ANY, EITHER, "the token is wrong, expired or revoked"},
    {403, 403, "SAML", ANY, EITHER,
	"the organisation requires SSO: authorise the token at the URL shown"},
    {403, 403, "by integration", ANY, EVENT,
	"a workflow's token needs \"permissions: contents: write\" and can "
	"access only its own repository; an App needs Contents: write on the "
	"target"},
    {403, 403, "by integration", ANY, WORKFLOW,
	"a workflow's token needs \"permissions: actions: write\" and can "
	"access only its own repository; an App needs Actions: write on the "
	"target"},
    {403, 403, "by personal access token", ANY, EVENT,
	"give the token \"Contents: Read and write\" on this repository, not "
	"Actions"},
    {403, 403, "by personal access token", ANY, WORKFLOW,
	"give the token \"Actions: Read and write\" on this repository, not "
	"Contents"},
    {403, 403, "archived", ANY, EITHER,
	"an archived repository accepts no events"},
    {403, 403, "disabled", ANY, EITHER,
	"the repository is disabled, or Actions in it is"},
    {403, 403, "blocked", ANY, EITHER, "access to the repository is blocked"},
    {403, 403, "", CREDENTIAL_CLASSIC, EITHER,
	"a classic token needs the scope repo, or public_repo for a public "
	"repository"},
    {403, 403, "", ANY, EVENT,
	"the token needs \"Contents: write\" on the repository (a classic "
	"token needs the scope repo); the organisation may also require SSO"},
    {403, 403, "", ANY, WORKFLOW,
	"the token needs \"Actions: write\" on the repository (a classic "
	"token needs the scope repo); the organisation may also require SSO"},
    {404, 404, "", CREDENTIAL_CLASSIC, WORKFLOW,
	"check owner, name and workflow, whose file must be on the default "
	"branch; GitHub also sends 404 for a private repository if the token "
	"lacks the scope repo"},
    {404, 404, "", ANY, WORKFLOW,
	"check owner, name and workflow, whose file must be on the default "
	"branch; GitHub also sends 404 if the token cannot access the "
	"repository"},
    {404, 404, "", CREDENTIAL_CLASSIC, EVENT,
	"check owner and name; GitHub also sends 404 for a private repository "
	"if the token lacks the scope repo"},
    {404, 404, "", CREDENTIAL_FINE_GRAINED, EVENT,
	"check owner and name; GitHub also sends 404 if the fine-grained token "
	"does not include the repository"},
    {404, 404, "", CREDENTIAL_INSTALLATION, EVENT,
	"check owner and name; GitHub also sends 404 if the App is not "
	"installed on the repository, and a workflow's token can access only "
	"its own"},
    {404, 404, "", ANY, EVENT,
	"check owner and name; GitHub also sends 404 if the token cannot "
	"access the repository"},
    {410, 410, "", ANY, EITHER,
	"the server no longer supports this version of its API: use a newer "
	"repository-dispatch"},
    {422, 422, "'workflow_dispatch' trigger", ANY, WORKFLOW,
	"the workflow's file needs \"on: workflow_dispatch\", on this ref and "
	"on the default branch, and must be valid"},
    {422, 422, "disabled workflow", ANY, WORKFLOW,
	"enable the workflow on the page Actions of the repository"},
    {422, 422, "No ref found", ANY, WORKFLOW,
	"the ref must be a branch or a tag of this repository, not a commit "
	"or the merge ref of a pull request"},
    {422, 422, "Unexpected inputs", ANY, WORKFLOW,
	"the workflow's file on this ref does not define these inputs"},
    {422, 422, "Required input", ANY, WORKFLOW,
	"the workflow's file on this ref requires the input, and has no "
	"default for it"},
    {422, 422, "properties are allowed", ANY, WORKFLOW,
	"send fewer inputs: older servers accept 10"},
    {422, 422, "", ANY, WORKFLOW,
	"the server read the request and refused what is in it: compare the "
	"ref and the inputs with its message"},
    {422, 422, "properties are allowed", ANY, EVENT,
	"wrap them in one property"},
    {422, 422, "", ANY, EVENT,
	"the server read the request and refused what is in it: compare the "
	"event type and the payload with its message"},
};

static const char not_github[] =
    "a proxy or a captive portal may have responded: check the API's URL";

/* Finds the first field of each name. */
static void
find_fields(const struct http_response *http, struct span found[FIELD_COUNT])
{
	const struct span head = span_of(http->head, http->head_length);
	struct message_field f;
	size_t offset = 0, i;

	memset(found, 0, FIELD_COUNT * sizeof(found[0]));
	while (message_field_next(head, &offset, &f)) {
		for (i = 0; i < FIELD_COUNT; i++) {
			if (fields[i].length == f.name.length &&
			    ascii_equal_nocase(
				fields[i].name, f.name.bytes, f.name.length))
				break;
		}
		if (i < FIELD_COUNT && found[i].bytes == NULL)
			found[i] = f.value;
	}
}

static int64_t
read_number(struct span value)
{
	uint64_t number;

	if (ascii_decimal(
		span_chars(value), value.length, UINT32_MAX, &number) < 0)
		return RESPONSE_ABSENT;
	return (int64_t)number;
}

static int64_t
read_date(struct span value)
{
	int64_t time;

	if (date_read_http(span_chars(value), value.length, &time) < 0)
		return RESPONSE_ABSENT;
	return time;
}

/* Whether a body is HTML or XML, which no JSON begins as. Not every server that
 * sends a page says so in Content-Type. */
static bool
is_markup(struct span body)
{
	static const char before[] = "\xef\xbb\xbf \t\r\n"; /* U+FEFF, too */
	size_t i = 0;

	while (i < body.length && body.bytes[i] != '\0' &&
	       strchr(before, body.bytes[i]) != NULL)
		i++;
	return i < body.length && body.bytes[i] == '<';
}

static bool
is_html(struct span media_type)
{
	char text[32];
	size_t i, length = media_type.length;

	if (length >= sizeof(text))
		length = sizeof(text) - 1;
	for (i = 0; i < length; i++)
		text[i] = (char)ascii_lower(media_type.bytes[i]);
	text[length] = '\0';
	return ascii_contains(text, "html");
}

/* Some servers name a charset there: JSON is JSON, whatever they call it. */
static bool
is_compressed(struct span coding, struct span body)
{
	static const char none[] = "identity";

	if (coding.length == 0 || body.length == 0 || body.bytes[0] == '{' ||
	    body.bytes[0] == '[')
		return false;
	return coding.length != sizeof(none) - 1 ||
	       !ascii_equal_nocase(none, coding.bytes, coding.length);
}

static void
read_head(struct response *response, const struct http_response *http)
{
	struct span found[FIELD_COUNT];

	find_fields(http, found);
	/* A value that does not fit counts as absent. */
	(void)span_copy(found[REQUEST_ID], response->request_id,
	    sizeof(response->request_id));
	(void)span_copy(found[ETAG], response->etag, sizeof(response->etag));
	(void)span_copy(
	    found[LOCATION], response->location, sizeof(response->location));
	(void)span_copy(found[NEEDED_PERMISSIONS], response->needed_permissions,
	    sizeof(response->needed_permissions));
	(void)span_copy(found[NEEDED_SCOPES], response->needed_scopes,
	    sizeof(response->needed_scopes));
	(void)span_copy(found[TOKEN_SCOPES], response->token_scopes,
	    sizeof(response->token_scopes));
	(void)span_copy(found[SSO], response->sso, sizeof(response->sso));
	(void)span_copy(found[TOKEN_EXPIRES], response->token_expires,
	    sizeof(response->token_expires));
	response->is_html = is_html(found[CONTENT_TYPE]) ||
			    is_markup(span_of(http->body, http->body_length));
	response->is_compressed = is_compressed(
	    found[CONTENT_CODING], span_of(http->body, http->body_length));
	response->date = read_date(found[DATE]);
	response->has_token_scopes = found[TOKEN_SCOPES].bytes != NULL;
	response->token_end = RESPONSE_ABSENT;
	if (date_read_zoned(span_chars(found[TOKEN_EXPIRES]),
		found[TOKEN_EXPIRES].length, &response->token_end) < 0)
		response->token_end = RESPONSE_ABSENT;
	response->has_retry_after = found[RETRY_DELAY].bytes != NULL;
	response->retry_after = read_number(found[RETRY_DELAY]);
	response->retry_date = read_date(found[RETRY_DELAY]);
	response->limit_remaining = read_number(found[LIMIT_REMAINING]);
	response->limit_reset = read_number(found[LIMIT_RESET]);
}

static void
read_body(struct response *response, const struct http_response *http)
{
	struct json_member members[] = {
	    JSON_STRING_AT("message", response->message),
	    JSON_STRING_AT("documentation_url", response->documentation_url),
	    JSON_STRING_AT("errors[0]", response->error_text),
	    JSON_STRING_AT("errors[0].message", response->error_message),
	    JSON_STRING_AT("errors[0].field", response->error_field),
	    JSON_STRING_AT("errors[0].code", response->error_code),
	};

	if (json_read_members(span_of(http->body, http->body_length), members,
		COUNT(members)) < 0)
		log_trace("the response body is not a JSON object");
}

void
response_read(struct response *response, const struct http_response *http)
{
	memset(response, 0, sizeof(*response));
	response->status = http->status;
	read_head(response, http);
	if (response->status > 299)
		read_body(response, http);
}

/* A 403 may be a rate limit, too: with Retry-After, with nothing remaining, or
 * with a message that says so. */
static bool
is_limited(const struct response *response)
{
	if (response->status == 429)
		return true;
	return response->status == 403 &&
	       (response->has_retry_after || response->limit_remaining == 0 ||
		   ascii_contains(response->message, "rate limit") ||
		   ascii_contains(response->message, "abuse detection"));
}

const struct retry_rule *
response_judge(const struct response *response, bool dispatches, bool is_fresh)
{
	const struct retry_try t = {
	    .phase = RETRY_RESPONSE,
	    .dispatches = dispatches,
	    .status = response->status,
	    .is_limited = is_limited(response),
	    /* GitHub's web pages have an id, too. */
	    .has_request_id =
		response->request_id[0] != '\0' && !response->is_html,
	    .is_fresh = is_fresh,
	};

	return retry_find(&t);
}

int64_t
response_time(const struct response *response, int64_t now)
{
	return response->date != RESPONSE_ABSENT ? response->date : now;
}

uint32_t
response_wait(const struct response *response, int64_t now)
{
	int64_t wait;

	if (response->retry_after != RESPONSE_ABSENT) {
		wait = response->retry_after;
	} else if (response->retry_date != RESPONSE_ABSENT) {
		wait = response->retry_date - response_time(response, now);
	} else if (response->limit_remaining == 0 &&
		   response->limit_reset != RESPONSE_ABSENT) {
		wait = response->limit_reset - response_time(response, now);
	} else {
		return 0;
	}
	if (wait > UINT32_MAX)
		return UINT32_MAX;
	return wait < 1 ? 1 : (uint32_t)wait;
}

/* Returns path and query of a URL, or "" if it leads elsewhere. An API's own
 * URL, which url_read() is made for, has no query. */
static const char *
path_within(const char *to, const struct url *api)
{
	char text[RESPONSE_LOCATION_SIZE];
	struct url url;
	const char *why;

	/* As long as the whole at most. */
	(void)span_copy(span_of(to, strcspn(to, "?")), text, sizeof(text));
	if (url_read(text, &url, &why) < 0 || url.port != api->port ||
	    !url_same_host(url.host, api->host))
		return "";
	to += strlen("https://");
	return to + strcspn(to, "/?");
}

int
response_follow(const struct response *response, const struct url *api,
    char path[RESPONSE_LOCATION_SIZE])
{
	const char *to = response->location, *p;

	if (to[0] != '/' || to[1] == '/')
		to = path_within(to, api);
	/* A request target has no fragment (RFC 9112, 3.2). */
	for (p = to; *p > ' ' && *p <= '~' && *p != '#'; p++)
		;
	if (to[0] != '/' || *p != '\0')
		return -1;
	memcpy(path, to, (size_t)(p - to) + 1);
	return 0;
}

/* Appends what a peer said after words of ours.
 *
 * Returns whether it fits. If it does not, nothing is appended, and a shorter
 * part may still fit. */
static bool
append_part(
    struct buffer *b, const char *before, const char *label, const char *part)
{
	size_t length = b->length;

	if (part[0] == '\0')
		return false;
	buffer_format(b, "%s%s", before, label);
	secrets_hide_peer(b, span_text(part));
	if (!b->overflowed)
		return true;
	b->overflowed = false;
	b->length = length;
	b->bytes[length] = '\0';
	return false;
}

/* Appends a fact in parentheses, which the first fact opens. */
static void
append_fact(
    struct buffer *b, bool *is_first, const char *label, const char *value)
{
	if (append_part(b, *is_first ? " (" : "; ", label, value))
		*is_first = false;
}

static void
append_facts(const struct response *response, struct buffer *b, bool *is_first)
{
	bool has_expired = response->token_end != RESPONSE_ABSENT &&
			   response->token_end <= response->date;
	/* No permission helps against a rate limit. */
	int refused = is_limited(response) ? 404 : 403;
	const struct {
		int first, last; /* statuses for which it matters */
		const char *label, *value;
	} facts[] = {
	    {refused, 404, "needs the permission ",
		response->needed_permissions},
	    {refused, 404, "needs the scope ", response->needed_scopes},
	    {refused, 404, "the token has the scopes ", response->token_scopes},
	    {401, 404, "SSO: ", response->sso},
	    {401, 401,
		has_expired ? "the token expired " : "the token expires ",
		response->token_expires},
	    {300, 399, "to ", response->location},
	    {300, 599, "see ", response->documentation_url},
	    {300, 599, "",
		response->is_compressed ? "its body is compressed" : ""},
	};
	size_t i;

	for (i = 0; i < COUNT(facts); i++) {
		if (response->status >= facts[i].first &&
		    response->status <= facts[i].last) {
			append_fact(
			    b, is_first, facts[i].label, facts[i].value);
		}
	}
}

static void
append_messages(const struct response *response, struct buffer *b)
{
	const char *const errors[] = {response->error_text,
	    response->error_message, response->error_field,
	    response->error_code};
	size_t i;

	(void)append_part(b, ": ", "", response->message);
	for (i = 0; i < COUNT(errors); i++)
		(void)append_part(b, "; ", "", errors[i]);
}

void
response_describe(const struct response *response, struct buffer *b)
{
	/* GitHub's support asks for the request id: there is always room. */
	static const size_t room =
	    sizeof(" (request )") + sizeof(response->request_id);
	bool is_first = true;

	if (response->status <= 299) {
		buffer_format(b, "HTTP %d did not come from GitHub%s",
		    response->status,
		    response->is_html ? "'s API (it is a web page)"
				      : " (no X-GitHub-Request-Id)");
		return;
	}
	buffer_format(b, "HTTP %d", response->status);
	b->capacity -= room;
	append_messages(response, b);
	append_facts(response, b, &is_first);
	b->capacity += room;
	append_fact(b, &is_first, "request ", response->request_id);
	if (!is_first)
		buffer_text(b, ")");
}

bool
response_is_page(const struct response *response)
{
	return response->is_html && response->status < 500;
}

const char *
response_hint(const struct response *response, enum credential_kind credential,
    bool is_workflow)
{
	const struct cause *c;
	size_t i;

	if (response->status <= 299)
		return not_github;
	for (i = 0; i < COUNT(causes); i++) {
		c = &causes[i];
		if (response->status >= c->first &&
		    response->status <= c->last &&
		    c->dispatch != (is_workflow ? EVENT : WORKFLOW) &&
		    ascii_contains(response->message, c->said) &&
		    (c->credential == ANY || c->credential == credential))
			return c->hint;
	}
	return NULL;
}

bool
response_refuses_details(const struct response *response)
{
	const char *const texts[] = {response->message, response->error_text,
	    response->error_message, response->error_field};
	size_t i;

	if (response->status == 400)
		return response->request_id[0] != '\0';
	for (i = 0; i < COUNT(texts) && response->status == 422; i++) {
		if (ascii_contains(texts[i], "return_run_details"))
			return true;
	}
	return false;
}
