/* run_text.h - what people read of a workflow run, as parts of a line. A run is
 * called "run ID WORD" everywhere, so that a log can be searched for it. The
 * parts hold text of a peer: whoever prints the line escapes it.
 *
 * Ages are milliseconds since the event was sent. */
#ifndef RUN_TEXT_H
#define RUN_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "event/run.h"

/* Appends "12 s", "3 min 20 s" or "1 h 2 min". */
void run_text_time(struct buffer *b, int64_t seconds);

/* Returns the conclusion of a run that has ended, otherwise its status. */
const char *run_text_word(const struct run *run);

/* Appends what is said of a run when it becomes known: its status, its page,
 * and the facts of run_text_facts(). */
void run_text_found(struct buffer *b, const struct run *run, int64_t age);

/* Appends what is said when its status has changed. */
void run_text_changed(struct buffer *b, const struct run *run, int64_t age);

/* Appends what is said when nothing has changed for long. The run is NULL if
 * none is known. */
void run_text_still(struct buffer *b, const struct run *run, int64_t age);

/* Appends a job that failed, with the step that did. */
void run_text_job(
    struct buffer *b, const struct run *run, const struct run_job *job);

/* Appends what is known of a run, separated by commas: its workflow, how long
 * it took, its attempt unless that is the first, what it waits for, and whether
 * it is uncertain that it belongs to the event. Nothing if none of it is known.
 */
void run_text_facts(struct buffer *b, const struct run *run);

#endif
