/* file.h - a whole file or standard input into the caller's storage. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "os/deadline.h"

#define FILE_PATH_SIZE 4096 /* as PATH_MAX on Linux */

/* Reads all of path, or of standard input for "-", which may be a pipe that
 * nobody ends: the deadline covers it. Returns the length; a file of more
 * than capacity bytes is an error (never a cut one), and so is a directory.
 * Errors are ERROR_LOCAL and name the file. */
ssize_t file_read(const char *path, char *storage, size_t capacity,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

#define FILE_LINE_MAX \
	1024 /* bytes with a NUL; the rest of a line is left out */

/* Hands each line of a file over, without its end, to be changed at will.
 * Returns 0, or -1 if it cannot be read. */
int file_lines(
    const char *path, void (*take)(void *context, char *line), void *context);

#endif
