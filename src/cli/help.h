/* help.h - the texts of --help and --version. */
#ifndef HELP_H
#define HELP_H

#include "base/buffer.h"

#define HELP_VERSION "0.1.0"

/* Both append to b. */
void help_write(struct buffer *b);
void help_write_version(struct buffer *b);

#endif
