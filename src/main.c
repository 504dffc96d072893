/* main.c - the order of the steps, and the exit status. */
#include "dispatch.h"
#include "options.h"
#include "report.h"
#include "sandbox.h"
#include "trace.h"

/* Everything large, placed once. It is not on the stack because containers
 * may set small limits; pages that are not touched take no memory. Only this
 * file names it: all below get pointers. */
static struct dispatch_storage storage;
static struct options options;

static void
tell_result(void *report, const struct dispatch_result *r)
{
	report_result(report, r);
}

static void
tell_wait(void *report, const struct target *t, uint32_t milliseconds,
    const struct error *why)
{
	report_wait(report, t, milliseconds, why);
}

static void
tell_move(void *report, const struct target *t, const char *path)
{
	report_move(report, t, path);
}

/* Returns the exit status. */
static enum error_kind
send_all(
    const struct options *o, const struct dispatch_job *job, struct error *e)
{
	struct report report = {.json = o->json,
	    .annotations = o->annotations,
	    .summary = o->summary,
	    .targets = o->targets.count};
	const struct dispatch_listener listener = {
	    &report, tell_result, tell_wait, tell_move};
	enum error_kind status;

	if (o->targets.count > 1)
		sandbox_remember_signals();
	report_begin(&report);
	status = dispatch_send(job, &storage, &listener);
	report_end(&report, status, e);
	return status;
}

static void
preview_all(
    const struct options *o, const struct dispatch_job *job, struct error *e)
{
	struct dispatch_result r = {.api = &o->api};
	ssize_t length;
	size_t i;

	for (i = 0; i < o->targets.count; i++) {
		r.target = &o->targets.list[i];
		r.event_type = r.target->event_type != NULL
				   ? r.target->event_type
				   : o->event_type;
		length = dispatch_preview(job, &storage, r.target, e);
		if (length < 0)
			return;
		report_preview(&r, storage.request, (size_t)length, o->json, e);
	}
}

static enum error_kind
dispatch(struct options *o, struct error *e)
{
	struct deadline d = deadline_after(o->timeout);
	const struct dispatch_job job = {&o->api, &o->proxy, &o->targets,
	    o->event_type, {o->payload, &o->fields, o->no_limits}, o->token,
	    o->token_origin, o->token_file, o->ca_file, o->connect_timeout,
	    o->timeout, o->retries, o->pace};

	if (o->token_in_arguments)
		report_warning("a token in arguments can be seen by other "
			       "processes; set GH_PAT instead");
	if (options_read_targets(o, d, e) == -1 ||
	    dispatch_prepare(&job, &storage, d, e) == -1) {
		if (o->json)
			report_nothing_tried(e, e);
		return ERROR_NONE;
	}
	if (!o->dry_run)
		return send_all(o, &job, e);
	preview_all(o, &job, e);
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
check_json(const struct options *o, struct error *e)
{
	if (payload_check_file(&storage.payload, o->check_json, e) == 0)
		report_json_file(o->check_json, o->json, e);
	else if (o->json)
		report_nothing_tried(e, e);
}

/* Returns the exit status of what was tried; e has what failed before. */
static enum error_kind
run(struct options *o, struct error *e)
{
	trace_set_level(o->trace_level);
	if (o->action == OPTIONS_DISPATCH)
		return dispatch(o, e);
	if (o->action == OPTIONS_CHECK_JSON)
		check_json(o, e);
	else
		show_text(o, e);
	return ERROR_NONE;
}

int
main(int argc, char **argv)
{
	enum error_kind status = ERROR_NONE;
	struct error e;

	error_clear(&e);
	sandbox_start();
	if (sandbox_hold_standard_descriptors(&e) == 0) {
		if (options_read(&options, argc, argv, &e) == 0)
			status = run(&options, &e);
		else if (options.json)
			report_nothing_tried(&e, &e);
	}
	dispatch_wipe(&storage);
	proxy_wipe(&options.proxy);
	if (e.kind != ERROR_NONE)
		report_error(&e, options.annotations);
	return (int)(status != ERROR_NONE ? status : e.kind);
}
