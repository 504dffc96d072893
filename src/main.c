/* main.c - the order of the steps, and the exit status. */
#include "base/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/report.h"
#include "event/dispatch.h"
#include "net/proxy.h"
#include "os/clock.h"
#include "os/process.h"

/* Everything large, placed once. It is not on the stack because containers
 * may set small limits; pages that are not touched take no memory. Only this
 * file names it: all below get pointers. */
static struct command_storage storage;
static struct options options;

int
main(int argc, char **argv)
{
	enum error_kind status = ERROR_NONE;
	struct error e;

	error_clear(&e);
	process_harden();
	if (clock_check(&e) == 0 &&
	    process_hold_standard_descriptors(&e) == 0) {
		if (options_read(&options, argc, argv, &e) == 0)
			status = command_run(&options, &storage, &e);
		else if (options.json)
			report_nothing_tried(&e, &e);
	}
	dispatch_wipe(&storage.dispatch);
	proxy_wipe(&options.proxy);
	if (e.kind != ERROR_NONE)
		report_error(&e, options.annotations);
	return (int)(status != ERROR_NONE ? status : e.kind);
}
