/* main.c - the order of the steps. */
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
	int status = run(argc, argv);

	wipe_stack(command.options.job.app.id != NULL);
	return status;
}
