/* key.h - an App's key made by openssl for a test: a private key in a
 * repository looks like a mistake. */
#ifndef FAKE_KEY_H
#define FAKE_KEY_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Runs an openssl command that writes to a new file. path is a template of
 * mkstemp(3). */
static bool make_key(char *path, const char *command) __attribute__((unused));

static bool
make_key(char *path, const char *command)
{
	char line[256];
	int fd = mkstemp(path);

	(void)snprintf(line, sizeof(line), "openssl %s >%s", command, path);
	return fd >= 0 && close(fd) == 0 && system(line) == 0;
}

#endif
