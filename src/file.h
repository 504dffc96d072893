/* file.h - a whole file or standard input into the caller's storage. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "deadline.h"
#include "error.h"

/* Reads all of path, or of standard input for "-", which may be a pipe that
 * nobody ends: the deadline covers it. Returns the length; a file of more
 * than capacity bytes is an error (never a cut one), and so is a directory.
 * Errors are ERROR_LOCAL and name the file. */
ssize_t file_read(const char *path, char *storage, size_t capacity,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

#endif
