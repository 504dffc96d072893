/* hint.h - what a person can do about a failure, in the words of the command
 * line. Lower layers only say what kind of remedy there is. */
#ifndef HINT_H
#define HINT_H

#include "base/buffer.h"
#include "base/error.h"

#define HINT_SIZE 512

/* Appends the hint of a failure: its own text, or the words for its advice, or
 * nothing if it has neither. */
void hint_write(struct buffer *b, const struct error *e);

#endif
