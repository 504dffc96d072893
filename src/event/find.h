/* find.h - searches the lists of a repository's runs for those of an event.
 *
 * The list without a filter is the first source; GitHub serves filtered ones
 * from an index that lags, and that is empty at times
 * (dawidd6/action-download-artifact#147, max-sixty/tend#348), so they are the
 * second. Both go back to a minute before the event, at most five pages. */
#ifndef FIND_H
#define FIND_H

#include <stdbool.h>

#include "event/poll.h"
#include "event/run.h"
#include "event/runs.h"

/* Reads the lists, and adds the runs that belong to the event. is_last: the
 * time is up, so that what is likely has to do.
 *
 * A run that shows the id of the event is certain, and then no other counts.
 * Likely ones are added if the event has no id, or once a run should have shown
 * an id that is ours; never if the user gave the id, or if it is not known
 * whether the event was delivered. A run of another target is never added. Of
 * several likely runs of one workflow, as many as there are events in a
 * repository, each event gets one; if there are more, all of them are
 * ambiguous.
 *
 * Returns 0, or -1 if they could not be read; then the target may have ended.
 */
int find_read(struct poll *poll, struct runs_target *target, bool is_last);

/* Returns whether a target has several runs of which only one can be the
 * event's. */
bool find_is_ambiguous(const struct runs_target *target);

#endif
