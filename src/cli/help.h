/* help.h - the text of --help, and the usage. */
#ifndef HELP_H
#define HELP_H

#include "base/buffer.h"

#define HELP_WIDTH 80 /* columns of a line, at most */

/* Each appends to b. */
void help_write(struct buffer *b);
void help_write_usage(struct buffer *b);

#endif
