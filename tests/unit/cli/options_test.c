/* options_test.c - precedence and refusals. Each row is a command line and
 * an environment; what it gives is written as one line. */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "tap.h"

extern char **environ;

struct row {
	const char *arguments; /* separated by spaces */
	const char *variables; /* separated by spaces */
	const char *result;    /* "owner/name event payload token host" or
				* the error's line */
};

#define BASE "-e deploy -r o/n "

static const struct row rows[] = {
    {BASE, "GH_PAT=t", "o/n deploy {} t api.github.com"},
    {"--event-type=deploy --repo=n --owner=o", "GH_PAT=t",
	"o/n deploy {} t api.github.com"},
    {"--event-type deploy --repo n --owner o", "GH_PAT=t",
	"o/n deploy {} t api.github.com"},
    {"-edeploy -ro/n", "GH_PAT=t", "o/n deploy {} t api.github.com"},
    {"-qedeploy -ro/n", "GH_PAT=t", "o/n deploy {} t api.github.com"},
    /* Option, its variable, its alias, default. */
    {BASE "-p 1", "GH_PAT=t DISPATCH_PAYLOAD=2",
	"o/n deploy 1 t "
	"api.github.com"},
    {BASE, "GH_PAT=t DISPATCH_PAYLOAD=2", "o/n deploy 2 t api.github.com"},
    {BASE, "GH_PAT=t DISPATCH_CLIENT_PAYLOAD=2",
	"o/n deploy 2 t api.github.com"},
    {BASE "--client-payload 1", "GH_PAT=t DISPATCH_PAYLOAD=2",
	"o/n deploy 1 t api.github.com"},
    {BASE "-p 1 --client-payload 2", "GH_PAT=t",
	"--payload and --client-payload exclude each other"},
    {"", "GH_PAT=t DISPATCH_EVENT_TYPE=e DISPATCH_REPO=a/b",
	"a/b e {} t api.github.com"},
    {"-e x", "GH_PAT=t GITHUB_REPOSITORY=a/b", "a/b x {} t api.github.com"},
    {"-e x", "GH_PAT=t GITHUB_REPOSITORY=a/b REPO=c",
	"a/c x {} t api.github.com"},
    {"-e x", "GH_PAT=t GITHUB_REPOSITORY=a/b OWNER=c",
	"c/b x {} t api.github.com"},
    {"-e x -o d", "GH_PAT=t OWNER=c REPO=r", "d/r x {} t api.github.com"},
    {"-e x -r d/r", "GH_PAT=t OWNER=c", "d/r x {} t api.github.com"},
    {BASE "--target-owner p", "GH_PAT=t", "p/n deploy {} t api.github.com"},
    {"-e x --target-owner p", "GH_PAT=t DISPATCH_REPO=o/n",
	"p/n x {} t api.github.com"},
    {"-e x --target-owner p", "GH_PAT=t REPO=,o/n,",
	"p/n x {} t api.github.com"},
    {BASE "-o p/q", "GH_PAT=t", "--owner takes OWNER, not OWNER/NAME: \"p/q\""},
    {"-e x -r n", "GH_PAT=t DISPATCH_OWNER=p/q",
	"DISPATCH_OWNER takes OWNER, not OWNER/NAME: \"p/q\""},
    {BASE "--target-owner p/q", "GH_PAT=t",
	"--target-owner takes OWNER, not OWNER/NAME: \"p/q\""},
    {"-e x -r n", "GH_PAT=t", "no owner for the repository \"n\""},
    {BASE "--wait --only-workflow 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16",
	"GH_PAT=t", "o/n deploy {} t api.github.com"},
    {BASE "--wait --only-workflow 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
	"GH_PAT=t", "--only-workflow: more than 16 workflows"},
    {BASE "--wait",
	"GH_PAT=t "
	"DISPATCH_ONLY_WORKFLOW=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
	"--only-workflow: more than 16 workflows"},
    {BASE "--wait --only-workflow ,", "GH_PAT=t", "--only-workflow is empty"},
    /* A secret in a wrong place is not shown. */
    {BASE "--token-file ghp_0123456789abcdef0123456789abcdefghij", "",
	"--token-file takes a file name; this looks like a token or a private "
	"key"},
    {BASE "--app-key=-----BEGIN", "GH_PAT=t",
	"--app-key takes a file name; this looks like a token or a private "
	"key"},
    {BASE "-f "
	  "github_pat_0123456789abcdef012345_"
	  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789a",
	"GH_PAT=t",
	"--raw-field does not take a secret; this looks like a token or a "
	"private key"},
    {BASE "-r ghs_0123456789abcdef0123456789abcdefghij", "GH_PAT=t",
	"--repo does not take a secret; this looks like a token or a private "
	"key"},
    {BASE "gho_0123456789abcdef0123456789abcdefghij", "GH_PAT=t",
	"unexpected argument \"[hidden]\""},
    {BASE "-- ghu_0123456789abcdef0123456789abcdefghij", "GH_PAT=t",
	"unexpected argument \"[hidden]\""},
    {BASE "--ghp_0123456789abcdef0123456789abcdefghij", "GH_PAT=t",
	"unknown option --"},
    {"-r o/n -e ghs_scan", "GH_PAT=t", "o/n ghs_scan {} t api.github.com"},
    {BASE,
	"GH_PAT=t DISPATCH_TOKEN_FILE=ghp_0123456789abcdef0123456789abcdefghij",
	"DISPATCH_TOKEN_FILE takes a file name; this looks like a token or a "
	"private key"},
    {BASE "--api-url https://u:p@h", "GH_PAT=t",
	"--api-url must not contain a user name or password"},
    {BASE "-t ghp_x", "", "o/n deploy {} ghp_x api.github.com"},
    {BASE, "GITHUB_TOKEN=ghs_x", "o/n deploy {} ghs_x api.github.com"},
    {BASE "--target-repo q", "GH_PAT=t OWNER=c",
	"c/q deploy {} t api.github.com"},
    {BASE "--target-repo p/q", "GH_PAT=t", "p/q deploy {} t api.github.com"},
    {BASE, "GH_PAT=1 GH_TOKEN=2 GITHUB_TOKEN=3",
	"o/n deploy {} 1 api.github.com"},
    {BASE, "GH_PAT= GH_TOKEN=2 GITHUB_TOKEN=3",
	"o/n deploy {} 2 api.github.com"},
    {BASE, "GITHUB_TOKEN=3", "o/n deploy {} 3 api.github.com"},
    {BASE, "GH_PAT=1 DISPATCH_TOKEN=2", "o/n deploy {} 2 api.github.com"},
    {BASE "-t 0", "GH_PAT=1 DISPATCH_TOKEN=2",
	"o/n deploy {} 0 api.github.com"},
    {BASE "--token-file f", "GH_PAT=1 DISPATCH_TOKEN=2",
	"o/n deploy {} @f api.github.com"},
    {BASE "-t 0", "DISPATCH_TOKEN_FILE=f",
	"o/n deploy {} 0 "
	"api.github.com"},
    {BASE, "GH_PAT=1 DISPATCH_TOKEN_FILE=f", "o/n deploy {} @f api.github.com"},
    {BASE "-t 0 --token-file f", "",
	"--token and --token-file exclude each other"},
    {BASE, "GH_PAT=t GITHUB_API_URL=https://h/api/v3",
	"o/n deploy {} t h/api/v3"},
    {BASE "--api-url https://g", "GH_PAT=t GITHUB_API_URL=https://h",
	"o/n deploy {} t g"},
    {BASE, "GH_PAT=t GH_HOST=acme.ghe.com GITHUB_API_URL=https://h",
	"o/n deploy {} t api.acme.ghe.com"},
    {BASE "--api-url https://github.com", "GH_PAT=t",
	"--api-url \"https://github.com\" is not the URL of an API: write "
	"https://api.github.com"},
    /* Refusals. */
    {"-r o/n", "GH_PAT=t",
	"no event type: --event-type TYPE is required, or --workflow FILE"},
    {"-e x", "GH_PAT=t", "no repository"},
    {"-e x -r n", "GH_PAT=t", "no owner for the repository \"n\""},
    {BASE, "", "no token"},
    {"--repository o/n", "",
	"unknown option --repository; did you mean --repo?"},
    {"--event x", "", "unknown option --event; did you mean --event-type?"},
    {"--data x", "", "unknown option --data; did you mean --payload?"},
    {"--zebra x", "", "unknown option --zebra"},
    {BASE "--evnt-type x", "GH_PAT=t",
	"unknown option --evnt-type; did you mean --event-type?"},
    {BASE "--zzzzzzzzz", "GH_PAT=t", "unknown option --zzzzzzzzz"},
    {BASE "-z", "GH_PAT=t", "unknown option -z"},
    {BASE "-e", "GH_PAT=t", "-e needs a value: -e TYPE"},
    {BASE "--payload", "GH_PAT=t", "--payload needs a value: --payload JSON"},
    {BASE "--json=1", "GH_PAT=t", "--json takes no value"},
    {BASE "stray", "GH_PAT=t", "unexpected argument \"stray\""},
    {BASE "-- stray", "GH_PAT=t", "unexpected argument \"stray\""},
    {BASE "--", "GH_PAT=t", "o/n deploy {} t api.github.com"},
    {BASE "-", "GH_PAT=t", "unexpected argument \"-\""},
    {BASE "--timeout 0", "GH_PAT=t",
	"--timeout must be a whole number of seconds from 1 to 86400, not "
	"\"0\""},
    {BASE "--timeout 86401", "GH_PAT=t",
	"--timeout must be a whole number of seconds from 1 to 86400, not "
	"\"86401\""},
    {BASE, "GH_PAT=t DISPATCH_CONNECT_TIMEOUT=1s",
	"DISPATCH_CONNECT_TIMEOUT must be a whole number of seconds from 1 to "
	"86400, not \"1s\""},
    {BASE "--api-url http://h", "GH_PAT=t",
	"--api-url \"http://h\" must begin with https://"},
    {"-e x -r o/n/m", "GH_PAT=t",
	"\"n/m\" is not a valid repository name: use letters, digits, \"-\", "
	"\".\" and \"_\""},
    {"-e x -r o/..", "GH_PAT=t",
	"\"..\" is not a valid repository name: use letters, digits, \"-\", "
	"\".\" and \"_\""},
    {"-e x -r o/n?x", "GH_PAT=t",
	"\"n?x\" is not a valid repository name: use letters, digits, \"-\", "
	"\".\" and \"_\""},
    {"-e x -r /n", "GH_PAT=t", "the owner name is empty"},
    {"-e x -r o/", "GH_PAT=t", "the repository name is empty"},
    {BASE "--repo=", "GH_PAT=t", "--repo is empty"},
    {"-e x -r o/n,p/m -r q/r", "GH_PAT=t", "o/n,p/m,q/r x {} t api.github.com"},
    {"-e x -r https://github.com/o/n.git", "GH_PAT=t",
	"o/n x {} t api.github.com"},
    {"-e x --target-repo git@github.com:o/n.git", "GH_PAT=t",
	"o/n x {} t api.github.com"},
    {"-e x -r https://github.com/o/n --target-owner p", "GH_PAT=t",
	"p/n x {} t api.github.com"},
    {"-e x", "GH_PAT=t REPO=github.com/o/n", "o/n x {} t api.github.com"},
    {"-e x", "GH_PAT=t GITHUB_REPOSITORY=https://github.com/a/b",
	"a/b x {} t api.github.com"},
    {"-e x -r c", "GH_PAT=t GITHUB_REPOSITORY=git@github.com:a/b.git",
	"a/c x {} t api.github.com"},
    {"-e x -r https://acme.ghe.com/o/n", "GH_PAT=t",
	"o/n is on acme.ghe.com, and the API is that of api.github.com"},
    {"-e x -r https://acme.ghe.com/o/n", "GH_PAT=t GH_HOST=acme.ghe.com",
	"o/n x {} t api.acme.ghe.com"},
    {BASE "-r o/m", "GH_PAT=t", "o/n,o/m deploy {} t api.github.com"},
    {BASE "-r O/N", "GH_PAT=t", "the target O/N is given twice"},
    {"-e x -r n -r p/m -o o", "GH_PAT=t", "o/n,p/m x {} t api.github.com"},
    {"-e x", "GH_PAT=t DISPATCH_REPO=o/n,p/m,",
	"o/n,p/m x {} t "
	"api.github.com"},
    {"-e x -r a/b", "GH_PAT=t DISPATCH_REPO=o/n,p/m",
	"a/b x {} t api.github.com"},
    {BASE "--target-repo q/r -r o/m", "GH_PAT=t",
	"q/r deploy {} t api.github.com"},
    {BASE "-r o/m --target-owner p", "GH_PAT=t",
	"p/n,p/m deploy {} t api.github.com"},
    {"-e x",
	"GH_PAT=t GITHUB_REPOSITORY=ghp_0123456789abcdef0123456789abcdefghij",
	"GITHUB_REPOSITORY must be OWNER/NAME, not \"[hidden]\""},
    {"-e x --targets f", "GH_PAT=t GITHUB_REPOSITORY=a/b",
	" x {} t api.github.com"},
    {BASE "--retries 101", "GH_PAT=t",
	"--retries must be a whole number from 0 to 100, not \"101\""},
    {BASE "--pace 1s", "GH_PAT=t",
	"--pace must be a whole number of seconds from 0 to 3600, not \"1s\""},
    {BASE, "GH_PAT=t DISPATCH_JSON=maybe",
	"DISPATCH_JSON must be 1, true, yes, 0, false or no, not \"maybe\""},
    {BASE "-qv", "GH_PAT=t", "--quiet and --verbose exclude each other"},
    {BASE "--env-field a=NONE", "GH_PAT=t",
	"--env-field 1 (a): the variable \"NONE\" is not set"},
    {BASE "-f b=1 --env-field a=NONE", "GH_PAT=t",
	"--env-field 1 (a): the variable \"NONE\" is not set"},
    {BASE, "GH_PAT=t DISPATCH_ENV_FIELD=a=NONE",
	"line 1 of DISPATCH_ENV_FIELD (a): the variable \"NONE\" is not set"},
    /* A workflow and its ref stand in the place of an event type. */
    {"-r o/n --workflow d.yml --ref main", "GH_PAT=t",
	"o/n d.yml@main+actions {} t api.github.com"},
    {"-r o/n", "GH_PAT=t DISPATCH_WORKFLOW=7 DISPATCH_REF=refs/tags/v1",
	"o/n 7@refs/tags/v1+actions {} t api.github.com"},
    {"-r o/n --workflow=.github/workflows/d.yaml --ref v1",
	"GH_PAT=t DISPATCH_REF=main",
	"o/n d.yaml@v1+actions {} t api.github.com"},
    {"-r o/n --workflow d.yml", "GH_PAT=t", "--workflow needs --ref REF"},
    {"-r o/n", "GH_PAT=t DISPATCH_WORKFLOW=d.yml",
	"DISPATCH_WORKFLOW needs --ref REF"},
    {"-r o/n --workflow d.yml",
	"GH_PAT=t DISPATCH_REF=", "--workflow needs --ref REF"},
    {"-r o/n --ref main", "GH_PAT=t", "--ref needs --workflow FILE"},
    {BASE "--ref main", "GH_PAT=t", "--ref needs --workflow FILE"},
    {BASE, "GH_PAT=t DISPATCH_REF=main", "DISPATCH_REF needs --workflow FILE"},
    {BASE "--workflow d.yml --ref main", "GH_PAT=t",
	"--workflow and --event-type exclude each other"},
    {"-r o/n --workflow d.yml --ref main", "GH_PAT=t DISPATCH_EVENT_TYPE=e",
	"--workflow and DISPATCH_EVENT_TYPE exclude each other"},
    {BASE, "GH_PAT=t DISPATCH_WORKFLOW=d.yml DISPATCH_REF=main",
	"DISPATCH_WORKFLOW and --event-type exclude each other"},
    {"-r o/n --workflow Deploy --ref main", "GH_PAT=t",
	"--workflow: \"Deploy\" is neither the file name of a workflow, such "
	"as deploy.yml, nor an id"},
    {"-r o/n --workflow d.yml --ref HEAD~1", "GH_PAT=t",
	"--ref: \"HEAD~1\" is not a ref: the name of a branch or a tag "
	"cannot contain \"~\""},
    {"-r o/n --workflow= --ref main", "GH_PAT=t",
	"--workflow: \"\" is neither the file name of a workflow, such as "
	"deploy.yml, nor an id"},
    {"-r o/n --workflow d.yml --ref=", "GH_PAT=t", "--ref: the ref is empty"},
    {"-r o/n --ref ghs_0123456789abcdef0123456789abcdefghij", "GH_PAT=t",
	"--ref does not take a secret; this looks like a token or a private "
	"key"},
    {BASE "-q", "GH_PAT=t DEBUG=1", "o/n deploy {} t api.github.com"},
    {BASE, "GH_PAT=t DEBUG=express:*", "o/n deploy {} t api.github.com"},
};

static int
split(char *text, char **out, int count)
{
	char *word;

	for (word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
		out[count++] = word;
	out[count] = NULL;
	return count;
}

static void
describe(const struct options *options, char *out, size_t size)
{
	const struct dispatch_job *job = &options->job;
	size_t n = 0, i;

	for (i = 0; i < options->targets.count; i++) {
		n += (size_t)snprintf(out + n, size - n, "%s%s/%s",
		    i > 0 ? "," : "", options->targets.list[i].owner,
		    options->targets.list[i].name);
	}
	if (job->workflow != NULL) {
		n += (size_t)snprintf(out + n, size - n, " %s@%s%s",
		    job->workflow->name, job->workflow->ref,
		    job->app.starts_workflows && job->parts.is_inputs
			? "+actions"
			: "");
	} else {
		n +=
		    (size_t)snprintf(out + n, size - n, " %s", job->event_type);
	}
	snprintf(out + n, size - n, " %s %s%s %s%s", job->parts.json,
	    job->token_file != NULL ? "@" : "",
	    job->token_file != NULL ? job->token_file : job->token,
	    job->api->host, job->api->path);
}

static void
test_row(const struct row *row)
{
	char arguments[256], variables[256], got[ERROR_LINE_SIZE];
	char program[] = "repository-dispatch";
	char *argv[32] = {program}, *empty[32];
	static struct options o;
	struct error e;
	int argc;

	snprintf(arguments, sizeof(arguments), "%s", row->arguments);
	snprintf(variables, sizeof(variables), "%s", row->variables);
	argc = split(arguments, argv, 1);
	(void)split(variables, empty, 0);
	environ = empty;
	error_clear(&e);
	if (options_read(&o, argc, argv, &e) == 0)
		describe(&o, got, sizeof(got));
	else
		snprintf(got, sizeof(got), "%s", e.line);
	if (!tap_ok(strcmp(got, row->result) == 0, "%s | %s", row->arguments,
		row->variables))
		printf("# got %s\n", got);
}

int
main(void)
{
	char **kept = environ;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		test_row(&rows[i]);
	environ = kept;
	return tap_done();
}
