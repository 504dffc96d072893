/* command.c - the steps of each action, in their order: what can fail here
 * fails before anything is dialled. */
#include "cli/command.h"

#include "base/buffer.h"
#include "base/error.h"
#include "cli/report.h"
#include "event/payload.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"

/* Returns the exit status. */
static enum error_kind
send_all(const struct options *o, const struct dispatch_job *job,
    struct command_storage *s, struct error *e)
{
	struct report report = {.json = o->json,
	    .annotations = o->annotations,
	    .summary = o->summary,
	    .outputs = o->outputs,
	    .targets = o->targets.count,
	    .runs = o->wait ? &s->runs : NULL};
	const struct runs_job wait = {job, o->wait_timeout, o->wait_interval};
	const struct dispatch_listener listener = report_listener(&report);
	enum error_kind status;

	if (o->targets.count > 1 || o->wait)
		process_remember_signals();
	report_begin(&report);
	status = dispatch_send(job, &s->dispatch, &listener);
	if (o->wait)
		status = runs_follow(&wait, &s->dispatch, &s->runs);
	report_end(&report, status, e);
	return status;
}

static void
preview_all(const struct options *o, const struct dispatch_job *job,
    struct dispatch_storage *s, struct error *e)
{
	struct dispatch_result r = {.api = &o->api};
	ssize_t length;
	size_t i;

	for (i = 0; i < o->targets.count; i++) {
		r.target = &o->targets.list[i];
		r.event_type = r.target->event_type != NULL
				   ? r.target->event_type
				   : o->event_type;
		length = dispatch_preview(job, s, r.target, e);
		if (length < 0)
			return;
		report_preview(&r, i, o->targets.count, s->session.request,
		    (size_t)length, o->json, e);
	}
}

static enum error_kind
dispatch(struct options *o, struct command_storage *s, struct error *e)
{
	struct deadline d = deadline_after(o->timeout);
	const struct dispatch_job job = {
	    .api = &o->api,
	    .proxy = &o->proxy,
	    .targets = &o->targets,
	    .event_type = o->event_type,
	    .parts = {o->payload, &o->fields, o->no_limits},
	    .app = o->app,
	    .token_file = o->token_file,
	    .token = o->token,
	    .token_origin = o->token_origin,
	    .ca_file = o->ca_file,
	    .connect_timeout = o->connect_timeout,
	    .timeout = o->timeout,
	    .retries = o->retries,
	    .pace = o->pace,
	};

	if (o->token_in_arguments)
		report_warning("a token in arguments can be seen by other "
			       "processes; set GH_PAT instead");
	if (options_read_targets(o, d, e) == -1 ||
	    dispatch_prepare(&job, &s->dispatch, d, e) == -1 ||
	    (o->wait && runs_check_id(&s->dispatch.payload, e) == -1)) {
		if (o->json)
			report_nothing_tried(e, e);
		return ERROR_NONE;
	}
	if (!o->dry_run)
		return send_all(o, &job, s, e);
	preview_all(o, &job, &s->dispatch, e);
	return ERROR_NONE;
}

static void
show_text(const struct options *o, struct error *e)
{
	char text[8192];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	options_write_text(o, &b);
	report_text(&b, e);
}

static void
check_json(const struct options *o, struct dispatch_storage *s, struct error *e)
{
	if (payload_check_file(&s->payload, o->check_json, e) == 0)
		report_json_file(o->check_json, o->json, e);
	else if (o->json)
		report_nothing_tried(e, e);
}

enum error_kind
command_run(struct options *o, struct command_storage *s, struct error *e)
{
	log_set_level(o->log_level);
	if (o->action == OPTIONS_DISPATCH)
		return dispatch(o, s, e);
	if (o->action == OPTIONS_CHECK_JSON)
		check_json(o, &s->dispatch, e);
	else
		show_text(o, e);
	return ERROR_NONE;
}
