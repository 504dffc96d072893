/* name_files.h - the two files that say where names are looked up: /etc/hosts
 * and /etc/resolv.conf. */
#ifndef NAME_FILES_H
#define NAME_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/address.h"

#define NAME_FILES_SERVERS 3 /* as many as resolv.conf(5) allows */
#define NAME_FILES_SEARCH_SIZE 512

struct name_servers {
	struct address list[NAME_FILES_SERVERS];
	size_t count; /* at least 1 */
	/* The search domains, each with a NUL, and "" after the last. */
	char search[NAME_FILES_SEARCH_SIZE];
	uint32_t interval; /* milliseconds until a server is asked again; it
			    * doubles each time */
	uint32_t attempts;
	bool is_missing; /* the file does not exist */
};

/* Appends the addresses that a file like /etc/hosts gives a name, with this
 * port. A dot at the end of the name does not count.
 *
 * A file that cannot be read has none. */
void name_files_hosts(
    const char *path, const char *host, uint16_t port, struct addresses *out);

/* Reads a file like /etc/resolv.conf; unknown lines and options are ignored.
 *
 * Without a name server, 127.0.0.1 is one. */
void name_files_servers(const char *path, struct name_servers *out);

#endif
