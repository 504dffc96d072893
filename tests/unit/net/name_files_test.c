/* name_files_test.c - hosts and resolv.conf as people write them. */
#include "net/name_files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "tap.h"

static char path[] = "/tmp/name_files_test.XXXXXX";

static void
write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

static const struct {
	const char *host, *addresses;
} hosts[] = {
    {"a.test", "192.0.2.1 "},
    {"A.Test", "192.0.2.1 "},
    {"a.test.", "192.0.2.1 "},
    {"a.test..", ""},
    {"a.tes", ""},
    {"a.test2", ""},
    {"", ""},
    {".", ""},
    {"b.test", "192.0.2.1 2001:db8:0:0:0:0:0:1 "},
    {"c.test", ""},
    {"comment", ""},
    {"d.test", "192.0.2.9 "},
};

static void
test_hosts(void)
{
	struct addresses found;
	char list[256], one[IP_SIZE];
	size_t i, j;

	write_file("# comment\n\n192.0.2.1\ta.test b.test # c.test\r\n"
		   "2001:db8::1 b.test\nnonsense c.test\n192.0.2.2\n"
		   "192.0.2.9 d.test");
	for (i = 0; i < COUNT(hosts); i++) {
		found.count = 0;
		list[0] = '\0';
		name_files_hosts(path, hosts[i].host, 443, &found);
		for (j = 0; j < found.count; j++) {
			address_write(one, &found.list[j]);
			strcat(strcat(list, one), " ");
		}
		tap_ok(strcmp(list, hosts[i].addresses) == 0, "%s: %s",
		    hosts[i].host, list);
	}
	found.count = 0;
	name_files_hosts("/nonexistent/hosts", "a.test", 443, &found);
	tap_ok(found.count == 0, "no file, no addresses");
}

static const struct {
	const char *text;
	size_t count;
	const char *first, *search; /* domains, separated by "|" */
	uint32_t interval, attempts;
} configurations[] = {
    {"", 1, "127.0.0.1", "", 2000, 5},
    {"nameserver 192.0.2.53\n", 1, "192.0.2.53", "", 2000, 5},
    {"nameserver x\nnameserver ::1\n", 1, "0:0:0:0:0:0:0:1", "", 2000, 5},
    {"nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n"
     "nameserver 192.0.2.4\n",
	3, "192.0.2.1", "", 2000, 5},
    {"search a.test b.test\n", 1, "127.0.0.1", "a.test|b.test|", 2000, 5},
    {"search a.test\ndomain b.test\n", 1, "127.0.0.1", "b.test|", 2000, 5},
    {"options timeout:1 attempts:2 rotate\n", 1, "127.0.0.1", "", 1000, 2},
    {"options timeout:0 attempts:0\n", 1, "127.0.0.1", "", 2000, 5},
    {"options timeout:61 attempts:11\n", 1, "127.0.0.1", "", 2000, 5},
    {"options timeout: attempts:x ndots:5\n", 1, "127.0.0.1", "", 2000, 5},
    {"; nameserver 192.0.2.1\n# search a.test\n", 1, "127.0.0.1", "", 2000, 5},
};

static void
test_configurations(void)
{
	char first[IP_SIZE], search[NAME_FILES_SEARCH_SIZE];
	struct name_servers s;
	const char *domain;
	size_t i;

	for (i = 0; i < COUNT(configurations); i++) {
		write_file(configurations[i].text);
		name_files_servers(path, &s);
		address_write(first, &s.list[0]);
		tap_number(s.count, configurations[i].count,
		    "configuration %zu: its servers", i);
		tap_text(
		    first, configurations[i].first, "the first is %s", first);
		tap_number(address_port(&s.list[0]), 53, "its port");
		search[0] = '\0';
		for (domain = s.search; *domain != '\0';
		     domain += strlen(domain) + 1)
			strcat(strcat(search, domain), "|");
		tap_ok(strcmp(search, configurations[i].search) == 0,
		    "its search domains: %s", search);
		tap_number(s.interval, configurations[i].interval,
		    "its interval in milliseconds");
		tap_number(
		    s.attempts, configurations[i].attempts, "its attempts");
		tap_ok(!s.is_missing, "it is there");
	}
}

static void
test_search_overflow(void)
{
	char text[2 * NAME_FILES_SEARCH_SIZE] = "search ";
	struct name_servers s;
	const char *domain;
	size_t i, length = 0;

	for (i = 0; i < 100; i++)
		strcat(text, "abc.test ");
	write_file(text);
	name_files_servers(path, &s);
	for (domain = s.search; *domain != '\0'; domain += strlen(domain) + 1)
		length += strlen(domain) + 1;
	tap_ok(length > 450,
	    "of too many search domains the first are taken: %zu bytes",
	    length);
	tap_ok(length < sizeof(s.search), "no more than there is room for");
	name_files_servers("/nonexistent/resolv.conf", &s);
	tap_ok(s.is_missing, "a missing file is reported");
	tap_number(s.count, 1, "a missing file: there is one server");
}

int
main(void)
{
	int fd = mkstemp(path);

	if (fd < 0 || close(fd) < 0)
		return 1;
	test_hosts();
	test_configurations();
	test_search_overflow();
	(void)unlink(path);
	return tap_done();
}
