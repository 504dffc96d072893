/* document_test.c - each part of the JSON document, byte by byte. */
#include "cli/document.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct run list[2];
static struct run_job jobs[] = {
    {.name = "build",
	.url = "https://h/job/1",
	.step = "Compile",
	.next = &jobs[1]},
    {.name = "lint", .url = "https://h/job/2"},
};
static struct runs_target runs;

/* What was written to the file, as text. */
static const char *
written(struct output *output, FILE *file)
{
	static char text[8192];
	size_t length;

	output_flush(output);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

static void
expect(struct output *output, FILE *file, const char *wanted, const char *name)
{
	const char *got = written(output, file);

	if (!tap_ok(strcmp(got, wanted) == 0, "%s", name))
		printf("# got %s\n", got);
}

static struct output
begin(FILE **file)
{
	*file = tmpfile();
	return (struct output){.fd = fileno(*file)};
}

#define TARGET                                                                 \
	"{\"repository\":\"octo/app\",\"event_type\":\"say \\u0022x\\u0022\"," \
	"\"url\":\"https://h/repos/octo/app/dispatches\","

#define WORKFLOW                                                         \
	"{\"repository\":\"octo/app\",\"event_type\":null,"              \
	"\"workflow\":\"a :.yml\",\"ref\":\"main\",\"url\":\"https://h/" \
	"repos/octo/app/actions/workflows/a%20%3A.yml/dispatches\","

int
main(void)
{
	static struct workflow workflow = {.ref = "main"};
	static const struct target target = {.owner = "octo", .name = "app"};
	static const struct url api = {.host = "h", .port = 443};
	struct dispatch_result result = {
	    .api = &api, .target = &target, .event_type = "say \"x\""};
	struct output output;
	struct error none;
	FILE *file;

	error_clear(&none);
	error_clear(&result.error);
	if (workflow_set(&workflow, span_text("a :.yml"), &none) < 0)
		return 1;
	output = begin(&file);
	document_begin(&output, false);
	document_end(&output, &none, 0);
	expect(&output, file,
	    "{\"results\":[],\"exit_status\":0,\"error\":null,\"hint\":null,"
	    "\"token_expires\":null}\n",
	    "an empty document");

	result.outcome.delivered = API_YES;
	result.outcome.status = 204;
	strcpy(result.outcome.request_id, "8A7C::2F");
	output = begin(&file);
	document_result(&output, &result, NULL);
	expect(&output, file,
	    TARGET "\"delivered\":true,\"status\":204,\"request_id\":"
		   "\"8A7C:\\u003a2F\",\"dispatch_id\":null,\"error\":null,"
		   "\"hint\":null}",
	    "a result");

	result.outcome.delivered = API_MAYBE;
	result.outcome.status = 0;
	result.outcome.request_id[0] = '\0';
	(void)error_set(&result.error, ERROR_UNKNOWN, "no \"response\"");
	(void)error_advise(&result.error, ADVICE_CHECK_URL);
	output = begin(&file);
	document_result(&output, &result, NULL);
	expect(&output, file,
	    TARGET "\"delivered\":null,\"status\":null,\"request_id\":null,"
		   "\"dispatch_id\":null,"
		   "\"error\":\"no \\u0022response\\u0022\",\"hint\":"
		   "\"check the host and port of --api-url\"}",
	    "a failure");

	error_clear(&result.error);
	strcpy(result.dispatch_id, "00ff");
	runs.count = 2;
	runs.runs = list;
	list[0].next = &list[1];
	strcpy(list[0].id, "7");
	strcpy(list[0].url, "https://h/7");
	strcpy(list[0].workflow, "Deploy");
	strcpy(list[0].path, ".github/workflows/deploy.yml");
	strcpy(list[0].title, "deploy 00ff");
	strcpy(list[0].status, "completed");
	strcpy(list[0].conclusion, "failure");
	strcpy(list[0].waits_for, "production");
	list[0].attempt = 2;
	list[0].created = 1800000000;
	list[0].started = 1800000001;
	list[0].updated = 1800000036;
	list[0].is_certain = true;
	list[0].jobs = &jobs[0];
	list[0].more_jobs = 3;
	strcpy(list[1].id, "6");
	strcpy(list[1].url, "https://h/6");
	strcpy(list[1].status, "waiting");
	strcpy(list[1].waits_for, "production");
	list[1].updated = 1800000036;
	output = begin(&file);
	document_result(&output, &result, &runs);
	expect(&output, file,
	    TARGET
	    "\"delivered\":null,\"status\":null,\"request_id\":null,"
	    "\"dispatch_id\":\"00ff\",\"runs\":[{\"id\":7,\"url\":"
	    "\"https://h/7\",\"conclusion\":\"failure\",\"status\":"
	    "\"completed\",\"workflow\":\"Deploy\",\"path\":"
	    "\".github/workflows/deploy.yml\",\"name\":\"deploy 00ff\","
	    "\"attempt\":2,\"created\":\"2027-01-15T08:00:00Z\","
	    "\"started\":\"2027-01-15T08:00:01Z\",\"ended\":"
	    "\"2027-01-15T08:00:36Z\",\"certain\":true,\"waits_for\":null,"
	    "\"failed_jobs\":[{\"name\":\"build\",\"url\":"
	    "\"https://h/job/1\",\"step\":\"Compile\"},{\"name\":\"lint\","
	    "\"url\":\"https://h/job/2\",\"step\":null}],"
	    "\"failed_job_count\":5},{\"id\":6,\"url\":\"https://h/6\","
	    "\"conclusion\":null,\"status\":\"waiting\",\"workflow\":null,"
	    "\"path\":null,\"name\":null,\"attempt\":1,\"created\":null,"
	    "\"started\":null,\"ended\":null,\"certain\":false,"
	    "\"waits_for\":\"production\",\"failed_jobs\":[],"
	    "\"failed_job_count\":0}],\"error\":null,\"hint\":null}",
	    "a result with runs");

	result.event_type = NULL;
	result.workflow = &workflow;
	result.dispatch_id[0] = '\0';
	result.outcome.delivered = API_YES;
	result.outcome.status = 200;
	strcpy(result.run_id, "3041");
	strcpy(result.run_url, "https://h/3041");
	output = begin(&file);
	document_result(&output, &result, NULL);
	expect(&output, file,
	    WORKFLOW
	    "\"delivered\":true,\"status\":200,\"request_id\":null,"
	    "\"dispatch_id\":null,\"runs\":[{\"id\":3041,\"url\":"
	    "\"https://h/3041\",\"conclusion\":null,\"status\":null,"
	    "\"workflow\":null,\"path\":null,\"name\":null,\"attempt\":1,"
	    "\"created\":null,\"started\":null,\"ended\":null,"
	    "\"certain\":true,\"waits_for\":null,\"failed_jobs\":[],"
	    "\"failed_job_count\":0}],\"error\":null,\"hint\":null}",
	    "a workflow whose run is known");
	output = begin(&file);
	document_preview(&output, &result, span_text("{\"ref\":\"main\"}"));
	expect(&output, file, WORKFLOW "\"body\":{\"ref\":\"main\"}}",
	    "a dry run of a workflow");
	result.event_type = "say \"x\"";
	result.workflow = NULL;

	output = begin(&file);
	document_begin(&output, true);
	document_preview(&output, &result, span_text("{\"a\":\"\xc3\xa9\"}"));
	(void)error_set(&result.error, ERROR_PAYLOAD, "x");
	document_end(&output, &result.error, 0);
	expect(&output, file,
	    "{\"dry_run\":true,\"results\":[" TARGET
	    "\"body\":{\"a\":\"\\u00e9\"}}],\"exit_status\":3,\"error\":\"x\","
	    "\"hint\":null,\"token_expires\":null}\n",
	    "a dry run");

	error_clear(&none);
	(void)error_reported(&none, ERROR_NOT_FOUND);
	output = begin(&file);
	document_end(&output, &none, 1796126400);
	expect(&output, file,
	    "],\"exit_status\":5,\"error\":null,\"hint\":null,"
	    "\"token_expires\":\"2026-12-01T12:00:00Z\"}\n",
	    "a failure that has been reported");

	output = begin(&file);
	document_valid(&output);
	expect(&output, file, "{\"exit_status\":0,\"valid\":true}\n",
	    "a valid file");
	return tap_done();
}
