/* option_table.c - two tables with a row for each option. A text does not
 * repeat what a column says: help and documents append "(required)", the
 * default, the range, "repeatable" and how to read standard input. */
#include "cli/option_table.h"

#include <stddef.h>

#include "event/payload.h"

#define LONGEST_TIME 86400 /* seconds: a day */

const struct option_row option_table[OPTION_COUNT] = {
    [OPTION_EVENT_TYPE] =
	{
	    .kind = OPTION_TEXT,
	    .letter = 'e',
	    .name = "event-type",
	    .argument = "TYPE",
	    .required = "required, or --workflow",
	    .minimum = 1,
	    .maximum = PAYLOAD_EVENT_TYPE_MAX,
	    .input = "event-type",
	    .help = "the event to send",
	},
    [OPTION_WORKFLOW] =
	{
	    .kind = OPTION_TEXT,
	    .name = "workflow",
	    .argument = "FILE",
	    .input = "workflow",
	    .help = "start this workflow, a file's name or an id, with "
		    "workflow_dispatch; the payload and the fields are its "
		    "inputs",
	},
    [OPTION_REF] =
	{
	    .kind = OPTION_TEXT,
	    .name = "ref",
	    .argument = "REF",
	    .required = "required with --workflow",
	    .input = "ref",
	    .help = "the branch or tag to start the workflow on",
	},
    [OPTION_PAYLOAD] =
	{
	    .kind = OPTION_TEXT,
	    .letter = 'p',
	    .name = "payload",
	    .white = OPTION_KEPT,
	    .argument = "JSON",
	    .default_value = "{}",
	    .standard_input = "@-",
	    .help = "the client payload, one JSON object; @FILE, @-",
	},
    [OPTION_CLIENT_PAYLOAD] =
	{
	    .kind = OPTION_TEXT,
	    .name = "client-payload",
	    .white = OPTION_KEPT,
	    .argument = "JSON",
	    .standard_input = "@-",
	    .input = "client-payload",
	    .help = "another name of --payload",
	},
    [OPTION_RAW_FIELD] =
	{
	    .kind = OPTION_TEXT,
	    .letter = 'f',
	    .name = "raw-field",
	    .white = OPTION_KEPT,
	    .argument = "KEY=VALUE",
	    .is_repeatable = true,
	    .input = "raw-fields",
	    .help = "add a string to the payload; a[b]=v and a[]=v nest",
	},
    [OPTION_FIELD] =
	{
	    .kind = OPTION_TEXT,
	    .letter = 'F',
	    .name = "field",
	    .white = OPTION_KEPT,
	    .argument = "KEY=VALUE",
	    .is_repeatable = true,
	    .input = "fields",
	    .help = "the same with types: true, null, 7, @FILE; KEY:=JSON",
	},
    [OPTION_ENV_FIELD] =
	{
	    .kind = OPTION_TEXT,
	    .name = "env-field",
	    .white = OPTION_SEPARATES,
	    .argument = "KEY=VARIABLE",
	    .is_repeatable = true,
	    .input = "env-fields",
	    .help = "add the text of an environment variable as a string",
	},
    [OPTION_NO_LIMITS] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "no-limits",
	    .help = "do not check GitHub's payload limits",
	},
    [OPTION_OWNER] =
	{
	    .kind = OPTION_TEXT,
	    .letter = 'o',
	    .name = "owner",
	    .argument = "OWNER",
	    .aliases = "OWNER",
	    .default_text = "from GITHUB_REPOSITORY",
	    .input = "owner",
	    .help = "the owner of the repository",
	},
    [OPTION_REPO] =
	{
	    .kind = OPTION_TEXT,
	    .letter = 'r',
	    .name = "repo",
	    .white = OPTION_SEPARATES,
	    .argument = "NAME",
	    .is_repeatable = true,
	    .aliases = "REPO",
	    .default_text = "from GITHUB_REPOSITORY",
	    .input = "repo",
	    .help = "the repository, OWNER/NAME, NAME or a URL",
	},
    [OPTION_TARGET_OWNER] =
	{
	    .kind = OPTION_TEXT,
	    .name = "target-owner",
	    .argument = "OWNER",
	    .input = "target-owner",
	    .help = "overrides --owner",
	},
    [OPTION_TARGET_REPO] =
	{
	    .kind = OPTION_TEXT,
	    .name = "target-repo",
	    .argument = "NAME",
	    .input = "target-repo",
	    .help = "overrides --repo",
	},
    [OPTION_TARGETS] =
	{
	    .kind = OPTION_FILE,
	    .name = "targets",
	    .argument = "FILE",
	    .standard_input = "-",
	    .input = "targets",
	    .help = "more repositories, one a line: OWNER/NAME [TYPE]",
	},
    [OPTION_TOKEN] =
	{
	    .kind = OPTION_TEXT,
	    .letter = 't',
	    .name = "token",
	    .argument = "TOKEN",
	    .is_secret = true,
	    .aliases = "GH_PAT GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN "
		       "GH_TOKEN GITHUB_TOKEN",
	    .input = "github-token",
	    .help = "the token; other processes see arguments: prefer GH_PAT",
	},
    [OPTION_TOKEN_FILE] =
	{
	    .kind = OPTION_FILE,
	    .name = "token-file",
	    .argument = "FILE",
	    .standard_input = "-",
	    .help = "read the token from FILE",
	},
    [OPTION_APP_ID] =
	{
	    .kind = OPTION_TEXT,
	    .name = "app-id",
	    .argument = "ID",
	    .input = "app-id",
	    .help = "authenticate as this GitHub App, with --app-key",
	},
    [OPTION_APP_KEY] =
	{
	    .kind = OPTION_FILE,
	    .name = "app-key",
	    .is_key = true,
	    .white = OPTION_KEPT,
	    .argument = "FILE",
	    .standard_input = "-",
	    .input = "app-private-key",
	    .help = "the file of the App's private key; DISPATCH_APP_KEY may "
		    "be the key itself",
	},
    [OPTION_INSTALLATION_ID] =
	{
	    .kind = OPTION_TEXT,
	    .name = "installation-id",
	    .argument = "ID",
	    .default_text = "the repository's",
	    .help = "the App's installation",
	},
    [OPTION_NO_REVOKE] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "no-revoke",
	    .help = "let the App's token expire, do not revoke it at the end",
	},
    [OPTION_API_URL] =
	{
	    .kind = OPTION_URL,
	    .name = "api-url",
	    .argument = "URL",
	    .aliases = "GH_HOST GITHUB_API_URL",
	    .default_value = "https://api.github.com",
	    .input = "api-url",
	    .help = "the API, https://HOST[:PORT][/api/v3]; GH_HOST takes HOST",
	},
    [OPTION_CA_FILE] =
	{
	    .kind = OPTION_FILE,
	    .name = "ca-file",
	    .argument = "FILE",
	    .aliases = "SSL_CERT_FILE",
	    .standard_input = "-",
	    .input = "ca-file",
	    .help = "trust these PEM certificates, not the built-in ones",
	},
    [OPTION_PROXY] =
	{
	    .kind = OPTION_URL,
	    .name = "proxy",
	    .argument = "URL",
	    .aliases = "HTTPS_PROXY https_proxy ALL_PROXY all_proxy",
	    .help =
		"http://[USER:PASSWORD@]HOST[:PORT]; NO_PROXY names exceptions",
	},
    [OPTION_TLS] =
	{
	    .kind = OPTION_TEXT,
	    .name = "tls",
	    .argument = "VERSION",
	    .default_text = "1.3, or 1.2 if the server has no 1.3",
	    .help = "speak this version of TLS only: 1.2 or 1.3",
	},
    [OPTION_CONNECT_TIMEOUT] =
	{
	    .kind = OPTION_SECONDS,
	    .name = "connect-timeout",
	    .argument = "S",
	    .minimum = 1,
	    .maximum = LONGEST_TIME,
	    .default_value = "10",
	    .help = "seconds until connected, TLS included",
	},
    [OPTION_TIMEOUT] =
	{
	    .kind = OPTION_SECONDS,
	    .name = "timeout",
	    .argument = "S",
	    .minimum = 1,
	    .maximum = LONGEST_TIME,
	    .default_value = "60",
	    .input = "timeout",
	    .help = "seconds for each target, retries and pauses included",
	},
    [OPTION_RETRIES] =
	{
	    .kind = OPTION_NUMBER,
	    .name = "retries",
	    .argument = "N",
	    .minimum = 0,
	    .maximum = 100,
	    .default_value = "3",
	    .input = "retries",
	    .help = "retry up to N times, only if the event cannot have been "
		    "delivered",
	},
    [OPTION_PACE] =
	{
	    .kind = OPTION_SECONDS,
	    .name = "pace",
	    .argument = "S",
	    .minimum = 0,
	    .maximum = 3600,
	    .default_text = "0; 1 for more than 10 targets",
	    .help = "seconds from one target to the next",
	},
    [OPTION_WAIT] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "wait",
	    .input = "wait",
	    .help = "follow the runs that the event starts to their end",
	},
    [OPTION_WAIT_TIMEOUT] =
	{
	    .kind = OPTION_SECONDS,
	    .name = "wait-timeout",
	    .argument = "S",
	    .minimum = 1,
	    .maximum = LONGEST_TIME,
	    .default_value = "3600",
	    .input = "wait-timeout",
	    .help = "seconds to follow the runs",
	},
    [OPTION_WAIT_INTERVAL] =
	{
	    .kind = OPTION_SECONDS,
	    .name = "wait-interval",
	    .argument = "S",
	    .minimum = 1,
	    .maximum = LONGEST_TIME,
	    .default_value = "10",
	    .help = "seconds from one poll of the runs to the next",
	},
    [OPTION_FIND_RUN] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "find-run",
	    .input = "find-run",
	    .help = "end as soon as the run is known",
	},
    [OPTION_FIND_TIMEOUT] =
	{
	    .kind = OPTION_SECONDS,
	    .name = "find-timeout",
	    .argument = "S",
	    .minimum = 1,
	    .maximum = LONGEST_TIME,
	    .default_value = "300",
	    .input = "find-timeout",
	    .help = "seconds that a run may take to appear",
	},
    [OPTION_DISPATCH_ID_KEY] =
	{
	    .kind = OPTION_TEXT,
	    .name = "dispatch-id-key",
	    .argument = "NAME",
	    .default_value = "dispatch_id",
	    .input = "dispatch-id-key",
	    .help = "the property with the id that a run shows; a[b] nests",
	},
    [OPTION_ONLY_WORKFLOW] =
	{
	    .kind = OPTION_TEXT,
	    .name = "only-workflow",
	    .white = OPTION_SEPARATES,
	    .argument = "FILE",
	    .is_repeatable = true,
	    .input = "only-workflow",
	    .help = "follow only the runs of this workflow, such as "
		    "deploy.yml",
	},
    [OPTION_WAIT_AMBIGUOUS] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "wait-ambiguous",
	    .help = "follow all runs that may be the event's",
	},
    [OPTION_WAIT_CANCEL] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "wait-cancel",
	    .input = "wait-cancel",
	    .help = "cancel the runs if the time is up, or after Ctrl-C",
	},
    [OPTION_DRY_RUN] =
	{
	    .kind = OPTION_SWITCH,
	    .letter = 'n',
	    .name = "dry-run",
	    .input = "dry-run",
	    .help = "check everything, connect to nothing, show the request",
	},
    [OPTION_PREFLIGHT] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "preflight",
	    .input = "preflight",
	    .help = "check token, targets and rate limit on the server, send "
		    "nothing",
	},
    [OPTION_CHECK_JSON] =
	{
	    .kind = OPTION_FILE,
	    .name = "check-json",
	    .argument = "FILE",
	    .standard_input = "-",
	    .help = "only check whether FILE is strict JSON",
	},
    [OPTION_JSON] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "json",
	    .help = "print one JSON document on standard output",
	},
    [OPTION_QUIET] =
	{
	    .kind = OPTION_SWITCH,
	    .letter = 'q',
	    .name = "quiet",
	    .help = "print errors only, no results or warnings",
	},
    [OPTION_VERBOSE] =
	{
	    .kind = OPTION_SWITCH,
	    .letter = 'v',
	    .name = "verbose",
	    .aliases = "DEBUG RUNNER_DEBUG ACTIONS_STEP_DEBUG",
	    .help = "print a trace on standard error",
	},
    [OPTION_HELP] =
	{
	    .kind = OPTION_SWITCH,
	    .letter = 'h',
	    .name = "help",
	    .has_no_variable = true,
	    .help = "print this text",
	},
    [OPTION_LICENSE] =
	{
	    .kind = OPTION_SWITCH,
	    .name = "license",
	    .has_no_variable = true,
	    .help = "print the licences of all that is linked in",
	},
    [OPTION_VERSION] =
	{
	    .kind = OPTION_SWITCH,
	    .letter = 'V',
	    .name = "version",
	    .has_no_variable = true,
	    .help = "print the version and what it is made of",
	},
};

const struct option_manual option_manual[OPTION_COUNT] = {
    [OPTION_EVENT_TYPE] =
	{
	    .meaning = "the event to send",
	    .input_default = "required, or `workflow`",
	    .input_meaning = "The event to send.",
	},
    [OPTION_WORKFLOW] =
	{
	    .meaning = "start this workflow with `workflow_dispatch`, not an "
		       "event: the name of its file, such as `deploy.yml`, or "
		       "its id; the payload and the fields are its inputs",
	    .input_meaning = "Start this workflow with `workflow_dispatch`, "
			     "not an event: the name of its file, such as "
			     "`deploy.yml`, or its id. `client-payload` and "
			     "the fields are its inputs.",
	},
    [OPTION_REF] =
	{
	    .meaning = "the branch or tag to start the workflow on",
	    .input_default = "required with `workflow`",
	    .input_meaning = "The branch or tag to start the workflow on.",
	},
    [OPTION_PAYLOAD] =
	{
	    .meaning = "the client payload, one JSON object; `@FILE` reads a "
		       "file",
	},
    [OPTION_CLIENT_PAYLOAD] =
	{
	    .meaning = "another name of `--payload`",
	    .input_default = "an empty object",
	    .input_meaning = "The client payload, one JSON object, or `@FILE` "
			     "to read it from a file. Put text that others "
			     "choose into `fields`.",
	},
    [OPTION_RAW_FIELD] =
	{
	    .meaning = "adds a string to the payload; the value is escaped, "
		       "never interpreted",
	    .input_meaning = "Strings to add to the payload, one `KEY=VALUE` "
			     "a line; `a[b]=v` nests. A value of several "
			     "lines stands between `KEY<<DELIMITER` and "
			     "`DELIMITER`. Values are escaped, never "
			     "interpreted.",
	},
    [OPTION_FIELD] =
	{
	    .meaning = "adds a typed value: `true`, `false`, `null` and "
		       "integers as themselves, `@FILE` the file's text, "
		       "anything else a string; `KEY:=JSON` takes any strict "
		       "JSON value",
	    .input_meaning = "Typed values to add to the payload, one a line. "
			     "`KEY=VALUE` takes `true`, `false`, `null` and "
			     "integers as themselves, and `@FILE` as the "
			     "file's text; `KEY:=JSON` takes any strict JSON "
			     "value.",
	},
    [OPTION_ENV_FIELD] =
	{
	    .meaning = "adds the text of an environment variable as a string, "
		       "for places without a shell; the variable must be set",
	    .input_meaning =
		"Strings to add to the payload, one `KEY=VARIABLE` "
		"a line: the text of a variable of the job, which "
		"must be set.",
	},
    [OPTION_NO_LIMITS] =
	{
	    .meaning = "do not check GitHub's payload limits, for servers "
		       "that have others",
	},
    [OPTION_OWNER] =
	{
	    .meaning = "the owner of the repository",
	    .input_default = "this repository's",
	    .input_meaning = "The owner of the repository.",
	},
    [OPTION_REPO] =
	{
	    .meaning = "the repository: `NAME`, `OWNER/NAME`, or its URL or "
		       "SSH address on the API's server; several are separated "
		       "by commas, spaces or newlines",
	    .input_default = "this repository",
	    .input_meaning = "The repository, `NAME`, `OWNER/NAME`, or its URL "
			     "or SSH address. Several "
			     "are separated by commas, spaces or newlines.",
	    .input_alias = "repository",
	    .alias_variable = "ACTION_ALIAS_REPO",
	},
    [OPTION_TARGET_OWNER] =
	{
	    .meaning = "overrides `--owner`, and the owner in `OWNER/NAME`",
	    .input_meaning = "Overrides `owner`.",
	},
    [OPTION_TARGET_REPO] =
	{
	    .meaning = "overrides `--repo`",
	    .input_meaning = "Overrides `repo`.",
	},
    [OPTION_TARGETS] =
	{
	    .meaning = "a file of more repositories, one `OWNER/NAME` a line; "
		       "after a space it may have an event type of its own; "
		       "`#` begins a comment",
	    .input_variable = "ACTION_TARGETS",
	    .input_meaning = "More repositories, one `OWNER/NAME` a line; "
			     "after a space a line may have its own event "
			     "type. This repository is then a target only if "
			     "`repo` names it.",
	},
    [OPTION_TOKEN] =
	{
	    .meaning = "the token; other processes can see it in arguments, "
		       "so that prints a warning; `GH_TOKEN` and "
		       "`GITHUB_TOKEN` are for github.com and ghe.com only, "
		       "the two with `ENTERPRISE` for other servers only",
	    .input_default = "the job's `github.token`, unless `api-url` is "
			     "another server",
	    .input_meaning = "A token with *Contents: write* on every target, "
			     "or with *Actions: write* for `workflow`. "
			     "`GITHUB_TOKEN` reaches only its own repository. "
			     "It is not used if `app-private-key` is set.",
	    .input_alias = "token",
	    .alias_variable = "ACTION_ALIAS_TOKEN",
	    .input_absent = "job",
	},
    [OPTION_TOKEN_FILE] =
	{
	    .meaning = "a file with the token; line ends after it are dropped",
	},
    [OPTION_APP_ID] =
	{
	    .meaning = "authenticate as the GitHub App with this id or client "
		       "id; needs `--app-key`",
	    .input_meaning = "The id or client id of a GitHub App to "
			     "authenticate as.",
	},
    [OPTION_APP_KEY] =
	{
	    .meaning = "a file with the App's private key, in PEM or in "
		       "Base64; the variable may hold the key itself",
	    .input_variable = "ACTION_APP_KEY",
	    .input_meaning = "The App's private key, in PEM or in Base64. It "
			     "goes through a pipe, never to a file.",
	},
    [OPTION_INSTALLATION_ID] =
	{
	    .meaning = "the App's installation",
	},
    [OPTION_NO_REVOKE] =
	{
	    .meaning = "let the App's token expire within the hour; otherwise "
		       "it is revoked at the end",
	},
    [OPTION_API_URL] =
	{
	    .meaning = "the API, `https://HOST[:PORT][/api/v3]`; `http://` is "
		       "refused; `GH_HOST` is a host, as for `gh`",
	    .input_default = "this server's",
	    .input_meaning = "The API, `https://HOST[:PORT][/api/v3]`.",
	},
    [OPTION_CA_FILE] =
	{
	    .meaning = "a file of PEM certificates to trust in place of the "
		       "built-in ones",
	    .input_meaning = "A file of PEM certificates to trust in place of "
			     "the built-in ones.",
	},
    [OPTION_PROXY] =
	{
	    .meaning = "`http://[USER:PASSWORD@]HOST[:PORT]`, an HTTP proxy "
		       "that supports CONNECT; `NO_PROXY` or `no_proxy` names "
		       "hosts to reach without it",
	},
    [OPTION_TLS] =
	{
	    .meaning = "`1.2` or `1.3`: speak this version of TLS only",
	},
    [OPTION_CONNECT_TIMEOUT] =
	{
	    .meaning = "time until a connection is ready: name, TCP and TLS",
	},
    [OPTION_TIMEOUT] =
	{
	    .meaning = "time for each target: all its tries and the pauses "
		       "between them, but not what `--wait` waits for",
	    .input_meaning = "Seconds for each target, retries and the pauses "
			     "between them included.",
	},
    [OPTION_RETRIES] =
	{
	    .meaning = "retry up to N times, each only if the try before "
		       "cannot have delivered the event",
	    .input_meaning = "How often to retry, only if the event cannot "
			     "have been delivered.",
	},
    [OPTION_PACE] =
	{
	    .meaning = "time from the start of one target to that of the next",
	},
    [OPTION_WAIT] =
	{
	    .meaning = "follow the runs that the event starts to their end",
	    .input_meaning = "Set it to `true` to follow the runs that the "
			     "event starts to their end.",
	},
    [OPTION_WAIT_TIMEOUT] =
	{
	    .meaning = "time to follow the runs; a last poll comes after it",
	    .input_meaning = "Seconds to follow the runs.",
	},
    [OPTION_WAIT_INTERVAL] =
	{
	    .meaning = "time from one poll of the runs to the next",
	},
    [OPTION_FIND_RUN] =
	{
	    .meaning = "end as soon as the run of the event is known, with its "
		       "id and URL, and do not wait for its end",
	    .input_meaning = "Set it to `true` to end as soon as the run of "
			     "the event is known, with the outputs `run-id` "
			     "and `run-url`.",
	},
    [OPTION_FIND_TIMEOUT] =
	{
	    .meaning = "time until a run that shows the event's id must have "
		       "appeared; with an id of your own, the whole wait",
	    .input_meaning = "Seconds that a run may take to appear.",
	},
    [OPTION_DISPATCH_ID_KEY] =
	{
	    .meaning = "the property of the payload with the id by which runs "
		       "are found; `a[b]` is `b` in the object `a`; if it is "
		       "absent, `--wait` and `--find-run` add it",
	    .input_meaning = "The property of the payload with the id by which "
			     "runs are found; `a[b]` nests. Not with "
			     "`workflow`, which takes no id.",
	    .input_default = "`dispatch_id`",
	},
    [OPTION_ONLY_WORKFLOW] =
	{
	    .meaning = "follow only runs of this workflow, such as "
		       "`deploy.yml`; once each that is named has a run that "
		       "shows the id, no others are searched for",
	    .input_meaning = "Follow only runs of these workflows, such as "
			     "`deploy.yml`, separated by commas, spaces or "
			     "newlines.",
	},
    [OPTION_WAIT_AMBIGUOUS] =
	{
	    .meaning = "if several runs of one workflow may be the event's, "
		       "follow all of them, with a warning, in place of exit "
		       "12",
	},
    [OPTION_WAIT_CANCEL] =
	{
	    .meaning = "cancel the runs that have not ended when the time is "
		       "up, or after SIGINT or SIGTERM; the token needs "
		       "*Actions: write*",
	    .input_meaning = "Set it to `true` to cancel the runs that have "
			     "not ended when the time is up or the job is "
			     "cancelled.",
	},
    [OPTION_DRY_RUN] =
	{
	    .meaning = "check everything, also the token's shape, connect to "
		       "nothing, and show the request without the token",
	    .input_meaning = "Set it to `true` to check everything, connect "
			     "to nothing and show the request.",
	},
    [OPTION_PREFLIGHT] =
	{
	    .meaning = "do everything but the dispatch: connect, and say "
		       "whether each target exists and can be written, whose "
		       "the token is, when it expires, and what is left of "
		       "the rate limit",
	    .input_meaning = "Set it to `true` to check the token and every "
			     "target on the server, and send nothing.",
	},
    [OPTION_CHECK_JSON] =
	{
	    .meaning = "only check whether FILE is strict JSON",
	},
    [OPTION_JSON] =
	{
	    .meaning = "print one JSON document on standard output",
	},
    [OPTION_QUIET] =
	{
	    .meaning = "print errors only: no results, notices or "
		       "warnings, not even of a secret in the payload",
	},
    [OPTION_VERBOSE] =
	{
	    .meaning = "print a trace on standard error",
	},
    [OPTION_HELP] =
	{
	    .meaning = "print a shorter form of this table",
	},
    [OPTION_LICENSE] =
	{
	    .meaning = "print the licences of all that is linked in",
	},
    [OPTION_VERSION] =
	{
	    .meaning = "print the version and what the program is made of; "
		       "with `--json` as one JSON document",
	},
};
