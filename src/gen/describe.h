/* describe.h - what the table of options says of an option, as Markdown. A host
 * tool's: documents and the manual say the same. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "base/buffer.h"
#include "cli/option_table.h"

/* Each appends to b. */

/* The meaning, the range, and whether the option is repeatable or reads
 * standard input. */
void describe_meaning(struct buffer *b, const struct option_row *row);

/* The default, or "required", or nothing. */
void describe_default(struct buffer *b, const struct option_row *row);

/* The aliases, strongest first, or nothing. */
void describe_aliases(struct buffer *b, const struct option_row *row);

#endif
