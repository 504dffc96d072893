/* main.c - the order of the steps. */
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "cli/command.h"
#include "os/clock.h"
#include "os/process.h"

/* Everything large, placed once. It is not on the stack because containers
 * may set small limits; pages that are not touched take no memory. Only this
 * file names it: everything below gets pointers. */
static struct command command;

/* Not inlined, so that its frame lies below main()'s, where it is overwritten.
 */
static __attribute__((noinline)) int
run(int argc, char **argv)
{
	struct error e;

	error_clear(&e);
	process_harden();
	if (clock_check(&e) == 0 && process_hold_standard_descriptors(&e) == 0)
		command_run(&command, argc, argv, &e);
	return command_end(&command, argv, &e);
}

int
main(int argc, char **argv)
{
	size_t room = process_stack_room();
	int status = run(argc, argv);
	bool is_app = command.options.job.app.id != NULL;
	size_t used = is_app ? WIPE_STACK_DEEP : WIPE_STACK_SIZE;

	/* The event may be sent by now: the end of a small stack must not
	 * change the exit status. */
	wipe_stack(used < room ? used : room);
	return status;
}
