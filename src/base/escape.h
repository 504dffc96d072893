/* escape.h - makes foreign bytes safe to show on a terminal and in a log. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>

/* Writes bytes as characters from 0x20 to 0x7e only.
 *
 * Other bytes become \xNN; \n, \r and \t keep their letter, and a backslash
 * is doubled. The second character of "::" and "##" is escaped, because a
 * GitHub runner looks for commands after them anywhere in a line.
 *
 * At most size bytes are written, with a NUL.
 *
 * Returns the length of the whole text, as snprintf does. */
size_t escape(char *out, size_t size, const void *bytes, size_t length);

#endif
