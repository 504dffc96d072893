/* message.h - lines on standard error. Foreign text in them is escaped. If a
 * line cannot be written, that is ignored: there is nowhere to report it.
 *
 * In every message an offset counts bytes from 0. Lines, columns (in
 * characters), fields and the items of a list count from 1, as editors do.
 *
 * Tested by tests/e2e/run.py. */
#ifndef MESSAGE_H
#define MESSAGE_H

/* Writes a line: the prefix, which is ours, and the text, with secrets hidden
 * and the rest escaped. */
void message_line(const char *prefix, const char *text);

/* Writes a workflow command and its text in the same way, in the form that such
 * a command has (output.h). */
void message_command(const char *command, const char *text);

/* Writes a warning, unless only errors are wanted. */
void message_warning(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
