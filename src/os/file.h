/* file.h - whole files into the caller's storage, and bytes to a descriptor. */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/value.h"
#include "os/clock.h"

#define FILE_PATH_SIZE 4096 /* PATH_MAX on Linux */

/* Writes what messages call a file: "standard input" for "-", or the path as
 * value_show() shows it, but with the end of a long one.
 *
 * Returns value->text. */
const char *file_name(struct value *value, const char *path);

/* Returns whether there is a file of this name that can be read. */
bool file_exists(const char *path);

/* Opens path for reading, or standard input for "-". Never blocks: reading a
 * FIFO that nobody writes to waits in poll(2).
 *
 * A failure is of this kind, and names the file; error_name_origin() adds which
 * option did.
 *
 * Returns a descriptor, or -1. */
int file_open(const char *path, enum error_kind kind, struct error *e)
    __attribute__((warn_unused_result));

/* Closes what file_open() returned; standard input stays open. */
void file_close(int fd);

/* Waits until there is something to read, and reads it.
 *
 * Returns 1 to size bytes, 0 at the end, or -1 with errno set. */
ssize_t file_read_some(int fd, void *bytes, size_t size, struct deadline d)
    __attribute__((warn_unused_result));

/* Appends all of path, or of standard input for "-", to b.
 *
 * Standard input may be a pipe that nobody ends: the deadline covers it.
 *
 * A file that does not fit sets b->overflowed, and what b then holds is not the
 * whole file. A failure to read, of this kind, names the file.
 *
 * Returns 0, or -1. */
int file_read(const char *path, struct buffer *b, struct deadline d,
    enum error_kind kind, struct error *e) __attribute__((warn_unused_result));

/* Sets e to say that path does not fit into b, as a failure of a file. Returns
 * -1. */
int file_too_large(const char *path, const struct buffer *b,
    enum error_kind kind, struct error *e);

#define FILE_LINE_SIZE 1024 /* of a line with its NUL; the rest is left out */
/* Bytes of all lines. Lists of hosts to block have some 6 MB. */
#define FILE_LINES_MAX 16777216

/* Hands over each line of a file that is not empty, without its end, for take()
 * to change as it likes. Soon after FILE_LINES_MAX bytes it stops: the file
 * may be a device that has no end.
 *
 * Returns 0, or -1 if the file cannot be read. */
int file_lines(
    const char *path, void (*take)(void *context, char *line), void *context);

#define FILE_WRITE_SIZE 4096

/* Writes all lines of a text to a descriptor, at once, with the secrets of each
 * line hidden. A line with which they would not fit FILE_WRITE_SIZE is left
 * out.
 *
 * If the descriptor does not block and is full, the text may take ten seconds;
 * on standard error, no time at all.
 *
 * Returns 0, or -1 with errno set. */
int file_write(int fd, const char *text, size_t length);

/* Does the same with a text of any length as it is. Only cli/output.h calls
 * this: it has hidden the secrets in what it puts together, and the form around
 * them is ours. */
int file_write_hidden(int fd, const char *text, size_t length);

#endif
