/* command.c - a function for each action, with its steps in their order. */
#include "cli/command.h"

#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/text.h"
#include "cli/actions.h"
#include "cli/expiry.h"
#include "cli/exposure.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/option_name.h"
#include "cli/preflight_report.h"
#include "cli/report.h"
#include "event/follow.h"
#include "event/payload.h"
#include "event/preflight.h"
#include "gen/about.h"
#include "github/session.h"
#include "net/proxy.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/process.h"
#include "os/sandbox.h"

/* GitHub records any event type, and one that nobody meant starts no workflow.
 * Returns whether there is a warning. */
static bool
warn_of_event_type(const char *event_type)
{
	size_t length = strlen(event_type);
	size_t offset = text_find_invisible(span_of(event_type, length));

	if (offset < length) {
		message_warning("the event type has an invisible character at "
				"offset %zu",
		    offset);
	} else if (strstr(event_type, " #") != NULL) {
		message_warning("the event type contains \" #\": what seems "
				"to be a comment is a part of it");
	} else {
		return false;
	}
	return true;
}

/* Of several, the first is enough. */
static void
warn_of_event_types(const struct options *options)
{
	const struct target_list *targets = &options->targets;
	bool warned = warn_of_event_type(options->job.event_type);
	size_t i;

	for (i = 0; i < targets->count && !warned; i++) {
		if (targets->list[i].event_type != NULL) {
			warned =
			    warn_of_event_type(targets->list[i].event_type);
		}
	}
}

/* Does what can fail before anything is sent. */
static int
prepare(struct command *command, struct error *e)
{
	struct options *options = &command->options;
	struct dispatch_storage *storage = &command->dispatch;
	struct deadline d = deadline_after(options->job.timeout);
	char day[DATE_DAY_SIZE];

	options_warn(options);
	exposure_wipe_urls(&options->arguments);
	/* Otherwise the credential is in a file, which may be awaited. */
	if (options->job.token == NULL && options->job.app.key_text == NULL)
		exposure_wipe_environment();
	if (dispatch_take_credential(&options->job, storage, d, e) < 0)
		return -1;
	exposure_wipe_tokens(&options->arguments);
	exposure_wipe_environment();
	if (options_read_targets(options, d, e) < 0 ||
	    dispatch_prepare(&options->job, storage, d, e) < 0)
		return -1;
	if (options->job.workflow == NULL)
		warn_of_event_types(options);
	if (payload_is_nested(&storage->payload)) {
		message_warning("the payload has a property client_payload: it "
				"should be only what that contains");
	}
	if (session_has_old_roots(&storage->session, day)) {
		message_warning("the CAs that are built in are of %s: use a "
				"newer repository-dispatch, or --ca-file",
		    day);
	}
	if (dispatch_has_secret(storage)) {
		message_warning("the payload contains a password, or a part of "
				"a token or key, that is set here: everyone "
				"who may see the runs can read it");
	}
	return 0;
}

static struct report
make_report(struct command *command)
{
	struct options *options = &command->options;
	bool is_dry_run = options->action == OPTIONS_DRY_RUN;

	return (struct report){
	    .json = options->json,
	    .is_dry_run = is_dry_run,
	    .actions = &options->actions,
	    .runs = options->wait && !is_dry_run ? &command->runs : NULL,
	    .targets = options->targets.count,
	};
}

/* The last step before the first packet: from here on no file is opened. */
static void
leave_files(struct command *command)
{
	session_prepare(&command->dispatch.session);
}

/* After it, no text goes anywhere else. */
static void
enter_sandbox(const struct options *options)
{
	int files[ACTIONS_FILES];

	actions_descriptors(&options->actions, files);
	sandbox_enter(files, COUNT(files));
}

/* A signal ends the process at once if there is nothing to stop between. */
static int
send_events(struct command *command, struct error *e)
{
	struct options *options = &command->options;
	struct report report;
	struct dispatch_listener listener;
	struct runs_listener runs_listener;
	struct dispatch_expiry expiry;

	if (prepare(command, e) < 0)
		return -1;
	actions_open(&options->actions);
	leave_files(command);
	report = make_report(command);
	listener = report_listener(&report);
	runs_listener = report_runs_listener(&report);
	options->runs.listener = &runs_listener;
	if (options->targets.count > 1 || options->wait)
		process_remember_signals();
	report_begin(&report);
	enter_sandbox(options);
	dispatch_send(&options->job, &command->dispatch, &listener);
	expiry = dispatch_expiry(&options->job, &command->dispatch);
	expiry_warn(&expiry, &options->actions);
	report.token_expires = expiry.time;
	if (options->wait)
		follow_runs(&options->runs, &command->dispatch, &command->runs);
	report_end(&report, e);
	return 0;
}

static void
preview(struct command *command, struct report *report,
    const struct target *target, struct error *e)
{
	const struct dispatch_job *job = &command->options.job;
	struct dispatch_storage *storage = &command->dispatch;
	const struct dispatch_result result = {
	    .api = job->api,
	    .target = target,
	    .event_type = target->event_type != NULL ? target->event_type
						     : job->event_type,
	    .workflow = job->workflow,
	};
	ssize_t length = dispatch_preview(job, storage, target, e);

	if (length >= 0) {
		report_preview(report, &result,
		    span_of(storage->session.request, (size_t)length));
		wipe(storage->session.request, (size_t)length);
	}
}

static int
show_requests(struct command *command, struct error *e)
{
	const struct target_list *targets = &command->options.targets;
	struct report report;
	size_t i;

	if (prepare(command, e) < 0)
		return -1;
	report = make_report(command);
	report_begin(&report);
	for (i = 0; i < targets->count && e->kind == ERROR_NONE; i++)
		preview(command, &report, &targets->list[i], e);
	report_end(&report, e);
	return 0;
}

static int
check_targets(struct command *command, struct error *e)
{
	const struct options *options = &command->options;
	struct preflight_report report = {
	    .json = options->json, .actions = &options->actions};
	struct preflight_account account;
	struct preflight_listener listener;
	struct report notices;

	if (prepare(command, e) < 0)
		return -1;
	leave_files(command);
	notices = make_report(command);
	notices.is_dry_run = true; /* it has no line of progress */
	listener = preflight_report_listener(&report);
	listener.dispatch = report_listener(&notices);
	if (options->targets.count > 1)
		process_remember_signals();
	preflight_report_begin(&report);
	enter_sandbox(options);
	preflight_run(
	    &options->job, &command->dispatch, &listener, &account, e);
	expiry_warn(&account.expiry, &options->actions);
	preflight_report_end(&report, &account, e);
	return 0;
}

static int
check_json(struct command *command, struct error *e)
{
	struct options *options = &command->options;

	/* It may wait for its input for as long as that takes. */
	exposure_wipe_urls(&options->arguments);
	exposure_wipe_tokens(&options->arguments);
	exposure_wipe_environment();
	if (payload_check_file(
		&command->dispatch.payload, options->check_json, e) < 0) {
		return error_name_origin(
		    e, options->arguments.given[OPTION_CHECK_JSON].origin);
	}
	report_valid(options->check_json, options->json, e);
	return 0;
}

static int
show_help(struct command *command, struct error *e)
{
	char text[8192];
	struct buffer b;

	(void)command;
	buffer_init(&b, text, sizeof(text));
	help_write(&b);
	report_text(text, e);
	return 0;
}

static int
show_license(struct command *command, struct error *e)
{
	(void)command;
	report_text(about_licenses, e);
	return 0;
}

static int
show_version(struct command *command, struct error *e)
{
	report_text(command->options.json ? about_json : about_text, e);
	return 0;
}

static int
show_usage(struct command *command, struct error *e)
{
	char text[256];
	struct buffer b;

	(void)command;
	buffer_init(&b, text, sizeof(text));
	help_write_usage(&b);
	(void)file_write(STDERR_FILENO, b.bytes, b.length);
	e->kind = ERROR_USAGE;
	return 0;
}

/* Each returns 0 once it has printed something, or -1 if it failed before. */
static int (*const actions[])(struct command *, struct error *) = {
    [OPTIONS_DISPATCH] = send_events,
    [OPTIONS_DRY_RUN] = show_requests,
    [OPTIONS_PREFLIGHT] = check_targets,
    [OPTIONS_CHECK_JSON] = check_json,
    [OPTIONS_SHOW_HELP] = show_help,
    [OPTIONS_SHOW_LICENSE] = show_license,
    [OPTIONS_SHOW_VERSION] = show_version,
    [OPTIONS_SHOW_USAGE] = show_usage,
};

void
command_run(struct command *command, int argc, char **argv, struct error *e)
{
	struct options *options = &command->options;
	int result = options_read(options, argc, argv, e);

	if (result == 0) {
		log_set_level(options->log_level);
		result = actions[options->action](command, e);
	}
	if (result < 0 && options->json &&
	    options->action == OPTIONS_PREFLIGHT) {
		preflight_report_nothing(e);
	} else if (result < 0 && options->json)
		report_nothing_tried(options->action == OPTIONS_DRY_RUN, e);
}

int
command_end(struct command *command, char **argv, const struct error *e)
{
	if (e->line[0] != '\0')
		report_error(e, &command->options.actions);
	dispatch_end(&command->dispatch);
	dispatch_wipe(&command->dispatch);
	options_wipe(&command->options);
	process_wipe_arguments(argv);
	/* Until here, something may have been there to hide. */
	secrets_wipe();
	return (int)e->kind;
}
