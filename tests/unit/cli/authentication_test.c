/* authentication_test.c - which credential counts. Each row is a command line
 * and an environment; the credential is written as one line. */
#include "cli/authentication.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/url.h"
#include "tap.h"

/* The beginning of an RSA key in DER, in Base64. */
#define KEY "MAYCAQACAQU="

extern char **environ;

struct row {
	const char *arguments; /* separated by spaces */
	const char *variables; /* separated by spaces */
	/* "token T (ORIGIN)", "file F (ORIGIN)", "app ID key|file K (ORIGIN)
	 * INSTALLATION", or the error's line */
	const char *result;
};

static const struct row rows[] = {
    {"-t a", "", "token a (--token)"},
    {"", "DISPATCH_TOKEN=a", "token a (DISPATCH_TOKEN)"},
    {"", "GH_TOKEN=a", "token a (GH_TOKEN)"},
    {"", "DISPATCH_TOKEN=a GH_TOKEN=b", "token a (DISPATCH_TOKEN)"},
    {"", "", "no token"},
    {"--token-file f", "GH_TOKEN=a", "file f (--token-file)"},
    {"", "DISPATCH_TOKEN_FILE=f GH_TOKEN=a", "file f (DISPATCH_TOKEN_FILE)"},
    {"-t a", "DISPATCH_TOKEN_FILE=f", "token a (--token)"},
    {"-t a --token-file f", "", "--token and --token-file exclude each other"},
    {"--app-id 1 --app-key k", "", "app 1 file k (--app-key) -"},
    {"--app-id Iv1.a --app-key k --installation-id 2", "",
	"app Iv1.a file k (--app-key) 2"},
    {"--app-id 1 --app-key k", "GH_TOKEN=a DISPATCH_TOKEN=b",
	"app 1 file k (--app-key) -"},
    {"--app-key k", "DISPATCH_APP_ID=1 DISPATCH_TOKEN=b",
	"app 1 file k (--app-key) -"},
    {"", "DISPATCH_APP_ID=1 DISPATCH_APP_KEY=k",
	"app 1 file k (DISPATCH_APP_KEY) -"},
    {"", "DISPATCH_APP_ID=1 DISPATCH_APP_KEY=" KEY,
	"app 1 key " KEY " (DISPATCH_APP_KEY) -"},
    {"-t a", "DISPATCH_APP_ID=1 DISPATCH_APP_KEY=k", "token a (--token)"},
    {"--token-file f", "DISPATCH_APP_ID=1 DISPATCH_APP_KEY=k",
	"file f (--token-file)"},
    {"--app-id 1 --app-key k -t a", "",
	"--app-id and --token exclude each other"},
    {"--app-id 1 --app-key k --token-file f", "",
	"--app-id and --token-file exclude each other"},
    {"--app-id 1", "", "--app-id needs --app-key FILE"},
    {"--app-key k", "GH_TOKEN=a", "--app-key needs --app-id ID"},
    {"--installation-id 2", "GH_TOKEN=a",
	"--installation-id needs --app-id ID"},
    {"", "DISPATCH_INSTALLATION_ID=2 GH_TOKEN=a",
	"DISPATCH_INSTALLATION_ID needs --app-id ID"},
    {"--app-id Iv-1_a --app-key k", "", "app Iv-1_a file k (--app-key) -"},
    {"--app-id "
     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
     " --app-key k",
	"",
	"app 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef "
	"file k (--app-key) -"},
    {"--app-id "
     "Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.a"
     " --app-key k",
	"",
	"--app-id must be the id or client id of a GitHub App, not "
	"\"Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1.Iv1...."
	"\""},
    {"--app-id a/b --app-key k", "",
	"--app-id must be the id or client id of a GitHub App, not \"a/b\""},
    {"--app-id 1 --app-key k --installation-id x", "",
	"--installation-id must be a number, not \"x\""},
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
describe(const struct dispatch_job *job, char *out, size_t size)
{
	const struct installation_app *app = &job->app;

	if (app->id != NULL) {
		(void)snprintf(out, size, "app %s %s %s (%s) %s", app->id,
		    app->key_text != NULL ? "key" : "file",
		    app->key_text != NULL ? app->key_text : app->key_file,
		    app->key_origin,
		    app->installation != NULL ? app->installation : "-");
	} else if (job->token_file != NULL) {
		(void)snprintf(out, size, "file %s (%s)", job->token_file,
		    job->token_origin);
	} else {
		(void)snprintf(
		    out, size, "token %s (%s)", job->token, job->token_origin);
	}
}

static void
test_row(const struct row *row, const struct url *api)
{
	char line[256], variables[256], got[ERROR_LINE_SIZE];
	char program[] = "repository-dispatch";
	char *argv[16] = {program}, *environment[16];
	struct dispatch_job job = {.api = api};
	static struct arguments arguments;
	struct error e;
	int argc;

	memset(&arguments, 0, sizeof(arguments));
	(void)snprintf(line, sizeof(line), "%s", row->arguments);
	(void)snprintf(variables, sizeof(variables), "%s", row->variables);
	argc = split(line, argv, 1);
	(void)split(variables, environment, 0);
	environ = environment;
	error_clear(&e);
	if (arguments_read(&arguments, argc, argv, &e) == 0 &&
	    authentication_read(&arguments, &job, &e) == 0)
		describe(&job, got, sizeof(got));
	else
		(void)snprintf(got, sizeof(got), "%s", e.line);
	tap_text(got, row->result, "%s | %s", row->arguments, row->variables);
}

int
main(void)
{
	char **kept = environ;
	struct url api;
	const char *why;
	size_t i;

	if (url_read("https://api.github.com", &api, &why) < 0)
		return 1;
	for (i = 0; i < COUNT(rows); i++)
		test_row(&rows[i], &api);
	environ = kept;
	return tap_done();
}
