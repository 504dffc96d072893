/* name_files_fuzz.c - any bytes as resolv.conf and as hosts; what is read of
 * them fits, and stays within the limits of the header. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "net/name_files.h"

static char path[] = "/dev/shm/name_files_fuzz.XXXXXX";

static void
remove_file(void)
{
	(void)unlink(path);
}

static void
write_file(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0) {
		fd = mkstemp(path);
		(void)atexit(remove_file);
	}
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
}

static void
check_servers(const struct name_servers *servers)
{
	size_t length = 0;

	if (servers->is_missing || servers->count < 1 ||
	    servers->count > NAME_FILES_SERVERS || servers->interval < 1000 ||
	    servers->interval > 60000 || servers->attempts < 1 ||
	    servers->attempts > 10)
		abort();
	/* Each domain has an end, and so has the list. */
	while (
	    length < sizeof(servers->search) && servers->search[length] != '\0')
		length += strlen(servers->search + length) + 1;
	if (length >= sizeof(servers->search))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct name_servers servers;
	struct addresses found = {.count = 0};
	size_t i;

	write_file(data, size);
	name_files_servers(path, &servers);
	check_servers(&servers);
	name_files_hosts(path, "api.test", 443, &found);
	if (found.count > ADDRESSES_MAX)
		abort();
	for (i = 0; i < found.count; i++) {
		if (address_port(&found.list[i]) != 443)
			abort();
	}
	return 0;
}
