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
dispatch(const struct options *o, struct error *e)
{
	const struct dispatch_job job = {&o->api, &o->target,
	    {o->event_type, o->payload, &o->fields, o->no_limits}, o->token,
	    o->token_origin, o->token_file, o->ca_file, o->connect_timeout,
	    deadline_after(o->timeout)};
	struct github_outcome outcome = {GITHUB_NO, 0, ""};
	ssize_t length;
	const struct report_result result = {
	    o->event_type, &o->target, &o->api, &outcome, e};

	if (o->token_in_arguments)
		report_warning("a token in arguments can be seen by other "
			       "processes; set GH_PAT instead");
	if (dispatch_prepare(&job, &storage, e) == -1) {
		if (o->json)
			report_nothing_tried(e, e);
	} else if (o->dry_run) {
		length = dispatch_preview(&job, &storage, e);
		if (length >= 0)
			report_preview(&result, storage.request, (size_t)length,
			    o->json, e);
	} else {
		(void)dispatch_send(&job, &storage, &outcome, e);
		report_dispatch(&result, o->json, e);
	}
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

static void
run(const struct options *o, struct error *e)
{
	trace_set_level(o->trace_level);
	if (o->action == OPTIONS_DISPATCH)
		dispatch(o, e);
	else if (o->action == OPTIONS_CHECK_JSON)
		check_json(o, e);
	else
		show_text(o, e);
}

int
main(int argc, char **argv)
{
	struct error e;

	error_clear(&e);
	sandbox_start();
	if (sandbox_hold_standard_descriptors(&e) == 0) {
		if (options_read(&options, argc, argv, &e) == 0)
			run(&options, &e);
		else if (options.json)
			report_nothing_tried(&e, &e);
	}
	dispatch_wipe(&storage);
	if (e.kind != ERROR_NONE)
		report_error(&e);
	return (int)e.kind;
}
