/* response_test.c - responses as GitHub sends them, and as nobody should: what
 * is read from them, how they are judged and explained, and how long they ask
 * to wait. No stream, no clock. */
#include "github/response.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "tap.h"

#define STATUS(number) "HTTP/1.1 " number " X\r\n"
#define ID "X-GitHub-Request-Id: A:1\r\n"
#define NOW 1800000000 /* 2027-01-15T08:00:00Z */
#define SERVER_DATE "Date: Fri, 15 Jan 2027 07:00:00 GMT\r\n" /* NOW - 3600 */

static struct http_response http;

static const struct response *
read_from(const char *head, const char *body)
{
	static struct response response;

	/* "HTTP/1.1 ddd" */
	http.status =
	    (head[9] - '0') * 100 + (head[10] - '0') * 10 + (head[11] - '0');
	http.head_length = strlen(head);
	memcpy(http.head, head, http.head_length);
	memcpy(http.head + http.head_length, "\r\n", 2);
	http.head_length += 2;
	http.body_length = strlen(body);
	memcpy(http.body, body, http.body_length);
	response_read(&response, &http);
	return &response;
}

static void
test_read(void)
{
	const struct response *r = read_from(STATUS("422") SERVER_DATE
	    "x-github-request-id:\tA:1 \r\nLocation: /x\r\n"
	    "Retry-After: 7\r\nX-RateLimit-Remaining: 0\r\n"
	    "X-RateLimit-Reset: 1800000060\r\n"
	    "X-Accepted-GitHub-Permissions: contents=write\r\n"
	    "X-Accepted-OAuth-Scopes: repo\r\nX-OAuth-Scopes: gist\r\n"
	    "X-GitHub-SSO: required; url=u\r\n"
	    "GitHub-Authentication-Token-Expiration: tomorrow\r\n"
	    "Content-Type: text/html; charset=utf-8\r\nLocation: /second\r\n",
	    "{\"documentation_url\":\"d\",\"errors\":[{\"code\":\"c\","
	    "\"field\":\"f\",\"message\":\"m\"}],\"message\":\"Bad\\n\"}");

	tap_ok(r->status == 422, "the status");
	tap_ok(strcmp(r->request_id, "A:1") == 0, "the request id, trimmed");
	tap_ok(strcmp(r->location, "/x") == 0, "the first of two fields");
	tap_ok(r->date == NOW - 3600, "the date");
	tap_ok(r->has_retry_after, "there is a Retry-After");
	tap_number(r->retry_after, 7, "Retry-After in seconds");
	tap_number(r->retry_date, RESPONSE_ABSENT, "it is not a date");
	tap_number(r->limit_remaining, 0, "the rest of the rate limit");
	tap_number(r->limit_reset, NOW + 60, "the rate limit's reset");
	tap_text(r->needed_permissions, "contents=write",
	    "the permissions that are needed");
	tap_text(r->needed_scopes, "repo", "the scopes that are needed");
	tap_text(r->token_scopes, "gist", "the scopes of the token");
	tap_text(r->sso, "required; url=u", "SSO");
	tap_text(r->token_expires, "tomorrow", "the token's expiration");
	tap_ok(r->is_html, "the media type");
	tap_text(r->message, "Bad\n", "the message, wherever it is");
	tap_text(r->documentation_url, "d", "the documentation, wherever");
	tap_text(r->error_message, "m", "the first error: its message");
	tap_text(r->error_field, "f", "the first error: its field");
	tap_text(r->error_code, "c", "the first error: its code");
	tap_text(r->error_text, "", "the first error is not a text");
	r = read_from(STATUS("422"), "{\"errors\":[\"a text\",\"another\"]}");
	tap_ok(strcmp(r->error_text, "a text") == 0, "the first error, a text");
}

static void
test_absent(void)
{
	static char head[2048];
	const struct response *r = read_from(STATUS("500"), "<html>");

	tap_text(r->request_id, "", "an absent request id is empty");
	tap_text(r->location, "", "an absent location is empty");
	tap_text(r->message, "", "an absent message is empty");
	tap_number(r->date, RESPONSE_ABSENT, "an absent date");
	tap_ok(!r->has_retry_after, "an absent Retry-After");
	tap_number(r->retry_after, RESPONSE_ABSENT, "its absent seconds");
	tap_number(r->retry_date, RESPONSE_ABSENT, "its absent date");
	tap_number(r->limit_remaining, RESPONSE_ABSENT,
	    "an absent rest of the rate limit");
	tap_number(r->limit_reset, RESPONSE_ABSENT,
	    "an absent reset of the rate limit");
	r = read_from(STATUS("429") "Retry-After: soon\r\nDate: today\r\n"
				    "X-RateLimit-Remaining: -1\r\n",
	    "");
	tap_ok(r->has_retry_after, "an invalid Retry-After is there");
	tap_number(r->retry_after, RESPONSE_ABSENT,
	    "an invalid Retry-After has no seconds");
	tap_number(r->date, RESPONSE_ABSENT, "an invalid date is absent");
	tap_number(r->limit_remaining, RESPONSE_ABSENT,
	    "an invalid rest of the rate limit is absent");
	r = read_from(STATUS("201") ID, "{\"message\":\"a secret\"}");
	tap_ok(r->message[0] == '\0', "the body of a 2xx is not read");
	memset(head, 'x', sizeof(head) - 1);
	memcpy(head, STATUS("301") "Location: /", 27);
	memcpy(head + sizeof(head) - 3, "\r\n", 2);
	r = read_from(head, "");
	tap_ok(r->location[0] == '\0', "a text that is too long is absent");
}

static void
test_judge(void)
{
	static const struct {
		const char *head, *body;
		enum retry_wait wait;
		enum error_kind kind;
	} rows[] = {
	    {STATUS("204"), "", RETRY_DONE, ERROR_NONE},
	    {STATUS("200") ID, "{}", RETRY_DONE, ERROR_NONE},
	    {STATUS("200"), "<html>", RETRY_NEVER, ERROR_UNKNOWN},
	    {STATUS("200") ID, "\n<html>", RETRY_NEVER, ERROR_UNKNOWN},
	    {STATUS("200") "X-GitHub-Request-Id:\r\n", "", RETRY_NEVER,
		ERROR_UNKNOWN},
	    {STATUS("307"), "", RETRY_REDIRECT, ERROR_REFUSED},
	    {STATUS("401"), "", RETRY_NEVER, ERROR_UNAUTHORIZED},
	    {STATUS("401") "Retry-After: 1\r\n", "", RETRY_NEVER,
		ERROR_UNAUTHORIZED},
	    {STATUS("403"), "", RETRY_NEVER, ERROR_UNAUTHORIZED},
	    {STATUS("403") "Retry-After: 1\r\n", "", RETRY_AFTER,
		ERROR_RATE_LIMITED},
	    {STATUS("403") "Retry-After: soon\r\n", "", RETRY_AFTER,
		ERROR_RATE_LIMITED},
	    {STATUS("403") "X-RateLimit-Remaining: 0\r\n", "", RETRY_AFTER,
		ERROR_RATE_LIMITED},
	    {STATUS("403") "X-RateLimit-Remaining: 1\r\n", "", RETRY_NEVER,
		ERROR_UNAUTHORIZED},
	    {STATUS("403"),
		"{\"message\":\"You have exceeded a secondary rate limit\"}",
		RETRY_AFTER, ERROR_RATE_LIMITED},
	    {STATUS("403"),
		"{\"message\":\"abuse detection mechanism triggered\"}",
		RETRY_AFTER, ERROR_RATE_LIMITED},
	    {STATUS("404") "X-RateLimit-Remaining: 0\r\n", "", RETRY_NEVER,
		ERROR_NOT_FOUND},
	    {STATUS("422"), "{\"message\":\"rate limit\"}", RETRY_NEVER,
		ERROR_REFUSED},
	    {STATUS("429"), "", RETRY_AFTER, ERROR_RATE_LIMITED},
	    {STATUS("500") ID, "", RETRY_NEVER, ERROR_UNKNOWN},
	    {STATUS("503") "Retry-After: 1\r\n", "", RETRY_NEVER,
		ERROR_UNKNOWN},
	};
	const struct retry_rule *rule;
	const struct response *r;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		r = read_from(rows[i].head, rows[i].body);
		rule = response_judge(r, true, false);
		tap_number(rule->wait, rows[i].wait,
		    "row %zu, a dispatch that got %d: the wait", i, r->status);
		tap_number(rule->kind, rows[i].kind,
		    "row %zu, a dispatch that got %d: the kind", i, r->status);
		rule = response_judge(r, false, false);
		tap_ok(rule->kind != ERROR_UNKNOWN,
		    "row %zu, another request is not in doubt", i);
	}
}

static void
test_wait(void)
{
	static const struct {
		const char *head;
		uint32_t seconds;
	} rows[] = {
	    {STATUS("429"), 0},
	    {STATUS("429") "Retry-After: 7\r\n", 7},
	    {STATUS("429") "Retry-After: 0\r\n", 1},
	    {STATUS("429") "Retry-After: soon\r\n", 0},
	    {STATUS("429") "Retry-After: 4294967295\r\n", UINT32_MAX},
	    {STATUS("429") "Retry-After: 4294967296\r\n", 0},
	    /* By our clock, and by the server's. */
	    {STATUS("429") "Retry-After: Fri, 15 Jan 2027 08:00:09 GMT\r\n", 9},
	    {STATUS("429") SERVER_DATE
		"Retry-After: Fri, 15 Jan 2027 07:00:09 GMT\r\n",
		9},
	    {STATUS("429") "Retry-After: Fri, 15 Jan 2027 07:59:00 GMT\r\n", 1},
	    {STATUS("403") "X-RateLimit-Reset: 1800000030\r\n", 0},
	    {STATUS("403") "X-RateLimit-Reset: 1800000030\r\n"
			   "X-RateLimit-Remaining: 5\r\n",
		0},
	    {STATUS("403") "X-RateLimit-Reset: 1800000030\r\n"
			   "X-RateLimit-Remaining: 0\r\n",
		30},
	    {STATUS("403") "X-RateLimit-Reset: 1800000030\r\n"
			   "X-RateLimit-Remaining: 0\r\nRetry-After: 5\r\n",
		5},
	    {STATUS("403") "X-RateLimit-Reset: 1\r\n"
			   "X-RateLimit-Remaining: 0\r\n",
		1},
	};
	uint32_t seconds;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		seconds = response_wait(read_from(rows[i].head, ""), NOW);
		tap_ok(seconds == rows[i].seconds, "row %zu, a wait of %u", i,
		    (unsigned)rows[i].seconds);
	}
	tap_ok(response_time(read_from(STATUS("204") SERVER_DATE, ""), NOW) ==
		   NOW - 3600,
	    "the server's time");
	tap_ok(response_time(read_from(STATUS("204"), ""), NOW) == NOW,
	    "ours without a date");
}

static void
test_follow(void)
{
	static const struct {
		const char *location, *path; /* NULL: not followed */
	} rows[] = {
	    {"/repositories/1/dispatches", "/repositories/1/dispatches"},
	    {"https://api.test:8443/repositories/1", "/repositories/1"},
	    {"https://API.test:8443/x", "/x"},
	    {"https://api.test.:8443/x", "/x"},
	    {"https://api.test:8443/x/", "/x/"},
	    {"https://api.test:8443/x?event=a&created=%3E%3D2026-01-01",
		"/x?event=a&created=%3E%3D2026-01-01"},
	    {"https://api.test:8443/x?to=https://other.test/",
		"/x?to=https://other.test/"},
	    {"https://api.test:8443?/x", NULL},
	    {"https://api.test:8443/x#y", NULL},
	    {"https://api.test:8443/x?y#z", NULL},
	    {"/x#y", NULL},
	    {"https://other.test:8443/x?y", NULL},
	    {"https://other.test?@api.test:8443/x", NULL},
	    {"https://api.test:8443/x?y z", NULL},
	    {"https://api.test/x", NULL},
	    {"https://other.test:8443/x", NULL},
	    {"http://api.test:8443/x", NULL},
	    {"https://api.test:8443", NULL},
	    {"//other.test/x", NULL},
	    {"x", NULL},
	    {"", NULL},
	    {"/with space", NULL},
	    {"/\xc3\xa4", NULL},
	};
	static const struct url api = {.host = "api.test", .port = 8443};
	char head[256], path[RESPONSE_LOCATION_SIZE];
	int result;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		(void)snprintf(head, sizeof(head),
		    STATUS("307") "Location: %s\r\n", rows[i].location);
		result = response_follow(read_from(head, ""), &api, path);
		tap_number(result, rows[i].path == NULL ? -1 : 0,
		    "a redirect to \"%s\"", rows[i].location);
		if (rows[i].path != NULL) {
			tap_text(path, rows[i].path,
			    "a redirect to \"%s\": the path", rows[i].location);
		}
	}
	tap_ok(response_follow(read_from(STATUS("307"), ""), &api, path) < 0,
	    "a redirect to nowhere");
}

static void
test_describe(void)
{
	static const struct {
		const char *head, *body, *text;
	} rows[] = {
	    {STATUS("200"), "",
		"HTTP 200 did not come from GitHub (no X-GitHub-Request-Id)"},
	    {STATUS("200") ID "Content-Type: text/html\r\n", "",
		"HTTP 200 did not come from GitHub's API (it is a web page)"},
	    {STATUS("500"), "<html>", "HTTP 500"},
	    {STATUS("500") ID, "{}", "HTTP 500 (request A:1)"},
	    {STATUS("401") "X-OAuth-Scopes: repo\r\n"
			   "GitHub-Authentication-Token-Expiration: x\r\n",
		"{\"message\":\"Bad credentials\"}",
		"HTTP 401: Bad credentials (the token expires x)"},
	    {STATUS("403") ID
		"X-Accepted-GitHub-Permissions: contents=write\r\n"
		"X-Accepted-OAuth-Scopes: repo\r\n"
		"X-OAuth-Scopes: gist\r\n"
		"X-GitHub-SSO: required\r\nLocation: /x\r\n",
		"{\"message\":\"No\",\"documentation_url\":\"d\"}",
		"HTTP 403: No (needs the permission contents=write; needs the "
		"scope repo; the token has the scopes gist; SSO: required; see "
		"d; request A:1)"},
	    {STATUS("403") "X-RateLimit-Remaining: 0\r\n"
			   "X-Accepted-GitHub-Permissions: contents=write\r\n",
		"{\"message\":\"Too much\"}", "HTTP 403: Too much"},
	    {STATUS("422") "X-OAuth-Scopes: gist\r\n",
		"{\"message\":\"Validation Failed\",\"errors\":"
		"[{\"field\":\"event_type\",\"code\":\"missing_field\"}]}",
		"HTTP 422: Validation Failed; event_type; missing_field"},
	    {STATUS("302") "Location: https://x/y\r\n", "",
		"HTTP 302 (to https://x/y)"},
	};
	char text[RESPONSE_LINE_SIZE];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buffer_init(&b, text, sizeof(text));
		response_describe(read_from(rows[i].head, rows[i].body), &b);
		tap_ok(strcmp(text, rows[i].text) == 0, "%s", rows[i].text);
	}
}

/* Every text of a response at its longest: what comes first has its place, and
 * the request id is never pushed out. */
static void
test_describe_long(void)
{
	static struct response response = {.status = 422};
	char text[RESPONSE_LINE_SIZE];
	struct buffer b;

	memset(response.message, 'm', sizeof(response.message) - 1);
	memset(response.error_text, 'e', sizeof(response.error_text) - 1);
	memset(response.error_code, 'c', 20);
	memset(response.documentation_url, 'd',
	    sizeof(response.documentation_url) - 1);
	memset(response.request_id, '9', sizeof(response.request_id) - 1);
	buffer_init(&b, text, sizeof(text));
	response_describe(&response, &b);
	tap_ok(!b.overflowed, "a line with long texts fits");
	tap_ok(strstr(text, response.message) != NULL, "with the message");
	tap_ok(strchr(text, 'c') != NULL, "with what fits of the errors");
	tap_ok(strchr(text, 'd') == NULL, "without an address that does not");
	tap_ok(
	    strstr(text, response.request_id) != NULL, "with the request id");
	tap_ok(text[b.length - 1] == ')', "and its closing parenthesis");
}

static void
test_hint(void)
{
	static const struct {
		const char *head, *body;
		enum credential_kind credential;
		const char *part; /* of the hint, or NULL for none */
	} rows[] = {
	    {STATUS("200"), "", CREDENTIAL_OTHER, "captive portal"},
	    {STATUS("500") "Content-Type: text/html\r\n", "", CREDENTIAL_OTHER,
		NULL},
	    {STATUS("301"), "", CREDENTIAL_OTHER, "same host"},
	    {STATUS("401"), "", CREDENTIAL_CLASSIC, "expired"},
	    {STATUS("403"), "{\"message\":\"... by integration\"}",
		CREDENTIAL_CLASSIC, "contents: write"},
	    {STATUS("403"), "{\"message\":\"... SAML enforcement\"}",
		CREDENTIAL_CLASSIC, "SSO"},
	    {STATUS("403"), "", CREDENTIAL_CLASSIC, "public_repo"},
	    {STATUS("403"), "", CREDENTIAL_USER, "Contents: write"},
	    {STATUS("404"), "", CREDENTIAL_FINE_GRAINED, "fine-grained"},
	    {STATUS("404"), "", CREDENTIAL_INSTALLATION, "not installed"},
	    {STATUS("410"), "", CREDENTIAL_OTHER, "version"},
	    {STATUS("422"),
		"{\"message\":\"No more than 10 properties are allowed\"}",
		CREDENTIAL_OTHER, "wrap"},
	    {STATUS("422"), "{\"message\":\"else\"}", CREDENTIAL_OTHER,
		"compare the event type and the payload"},
	};
	const char *hint;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		hint = response_hint(read_from(rows[i].head, rows[i].body),
		    rows[i].credential, false);
		tap_part(hint, rows[i].part, "row %zu, a hint: %s", i,
		    rows[i].part != NULL ? rows[i].part : "none");
	}
}

/* What GitHub says of a workflow_dispatch. */
static void
test_workflow_hint(void)
{
	static const struct {
		const char *status, *message;
		enum credential_kind credential;
		const char *part; /* of the hint */
	} rows[] = {
	    {STATUS("401"), "Bad credentials", CREDENTIAL_CLASSIC, "expired"},
	    {STATUS("403"), "Resource not accessible by integration",
		CREDENTIAL_INSTALLATION, "permissions: actions: write"},
	    {STATUS("403"), "Resource not accessible by personal access token",
		CREDENTIAL_FINE_GRAINED, "Actions: Read and write"},
	    {STATUS("403"), "SAML enforcement", CREDENTIAL_CLASSIC, "SSO"},
	    {STATUS("403"), "Forbidden", CREDENTIAL_USER, "Actions: write"},
	    {STATUS("403"), "Forbidden", CREDENTIAL_CLASSIC, "scope repo"},
	    {STATUS("404"), "Not Found", CREDENTIAL_FINE_GRAINED,
		"default branch"},
	    {STATUS("404"), "Not Found", CREDENTIAL_CLASSIC,
		"lacks the scope repo"},
	    {STATUS("422"),
		"Workflow does not have 'workflow_dispatch' trigger",
		CREDENTIAL_OTHER, "on: workflow_dispatch"},
	    {STATUS("422"),
		"Cannot trigger a 'workflow_dispatch' on a disabled workflow",
		CREDENTIAL_OTHER, "enable the workflow"},
	    {STATUS("422"), "No ref found for: x", CREDENTIAL_OTHER,
		"a branch or a tag"},
	    {STATUS("422"), "Unexpected inputs provided: [\\\"x\\\"]",
		CREDENTIAL_OTHER, "does not define"},
	    {STATUS("422"), "Required input 'x' not provided", CREDENTIAL_OTHER,
		"requires the input"},
	    {STATUS("422"),
		"Invalid request.\\n\\nNo more than 10 properties "
		"are allowed; 14 were supplied.",
		CREDENTIAL_OTHER, "fewer inputs"},
	    {STATUS("422"), "inputs are too large.", CREDENTIAL_OTHER,
		"the ref and the inputs"},
	};
	char body[256];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		snprintf(body, sizeof(body), "{\"message\":\"%s\"}",
		    rows[i].message);
		tap_part(response_hint(read_from(rows[i].status, body),
			     rows[i].credential, true),
		    rows[i].part, "%s, a hint: %s", rows[i].message,
		    rows[i].part);
	}
}

static void
test_refuses_details(void)
{
	static const struct {
		const char *head, *body;
		bool refuses;
	} rows[] = {
	    {STATUS("422") ID,
		"{\"message\":\"Invalid request.\\n\\n"
		"\\\"return_run_details\\\" is not a permitted key.\"}",
		true},
	    {STATUS("422") ID,
		"{\"message\":\"Validation Failed\",\"errors\":"
		"[{\"field\":\"return_run_details\",\"code\":\"invalid\"}]}",
		true},
	    {STATUS("422") ID,
		"{\"message\":\"x\",\"errors\":[\"return_run_details\"]}",
		true},
	    {STATUS("422") ID, "{\"message\":\"No ref found for: x\"}", false},
	    {STATUS("400") ID, "{\"message\":\"Bad Request\"}", true},
	    /* nginx, to a client without a certificate. */
	    {STATUS("400"), "<html>400</html>", false},
	    {STATUS("404") ID, "{\"message\":\"return_run_details\"}", false},
	    {STATUS("500") ID, "{\"message\":\"return_run_details\"}", false},
	    {STATUS("200") ID, "{\"message\":\"return_run_details\"}", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(response_refuses_details(read_from(
			   rows[i].head, rows[i].body)) == rows[i].refuses,
		    "row %zu %s return_run_details", i,
		    rows[i].refuses ? "refuses" : "does not refuse");
	}
}

static void
test_page(void)
{
	static const struct {
		const char *head, *body;
		bool is_page;
	} rows[] = {
	    {STATUS("404") "Content-Type: text/html\r\n", "", true},
	    {STATUS("404") ID "Content-Type: text/html; charset=utf-8\r\n", "",
		true},
	    {STATUS("200") ID "Content-Type: TEXT/HTML\r\n", "", true},
	    {STATUS("422") ID "Content-Type: application/json\r\n", "", false},
	    {STATUS("404") ID, "", false},
	    {STATUS("502") "Content-Type: text/html\r\n", "", false},
	    /* By the body. */
	    {STATUS("200") ID, "<!DOCTYPE html>", true},
	    {STATUS("404") ID, "\r\n \t<html>", true},
	    {STATUS("403"), "\xef\xbb\xbf<html>", true},
	    {STATUS("400") "Content-Type: text/plain\r\n", "<h1>x</h1>", true},
	    {STATUS("502"), "<html>", false},
	    {STATUS("404"), " \n", false},
	    {STATUS("404"), "{\"message\":\"<html>\"}", false},
	    {STATUS("404"), "no <b>page</b>", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(response_is_page(read_from(
			   rows[i].head, rows[i].body)) == rows[i].is_page,
		    "row %zu is %sa page", i, rows[i].is_page ? "" : "not ");
	}
}

int
main(void)
{
	test_page();
	test_read();
	test_absent();
	test_judge();
	test_wait();
	test_follow();
	test_describe();
	test_describe_long();
	test_hint();
	test_workflow_hint();
	test_refuses_details();
	return tap_done();
}
