/* name_files.c - both files are read line by line and word by word (hosts(5),
 * resolv.conf(5)). */
#include "net/name_files.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/span.h"
#include "os/file.h"

#define PORT 53
#define INTERVAL 2000 /* milliseconds */
#define ATTEMPTS 5

/* The longest that a file may ask for. */
#define INTERVAL_MAX 60 /* seconds */
#define ATTEMPTS_MAX 10

struct wanted {
	struct span host; /* without a dot at its end */
	uint16_t port;
	struct addresses *out;
};

/* Returns the next word of a line, ended with a NUL, or NULL. */
static char *
next_word(char **line)
{
	char *word = *line + strspn(*line, " \t\r");
	size_t length = strcspn(word, " \t\r");

	if (length == 0)
		return NULL;
	*line = word + length;
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

/* "192.0.2.1 name other-name # comment" */
static void
take_hosts_line(void *context, char *line)
{
	const struct wanted *w = context;
	struct address a;
	const char *word;

	line[strcspn(line, "#")] = '\0';
	word = next_word(&line);
	if (word == NULL || address_read(&a, word, w->port) < 0)
		return;
	while ((word = next_word(&line)) != NULL) {
		if (ascii_equal_nocase(word, w->host.bytes, w->host.length) &&
		    w->out->count < ADDRESSES_MAX) {
			w->out->list[w->out->count++] = a;
			return;
		}
	}
}

void
name_files_hosts(
    const char *path, const char *host, uint16_t port, struct addresses *out)
{
	struct wanted wanted = {
	    .host = span_text(host), .port = port, .out = out};

	if (wanted.host.length > 0 && host[wanted.host.length - 1] == '.')
		wanted.host.length--;
	(void)file_lines(path, take_hosts_line, &wanted);
}

static void
take_server(struct name_servers *servers, const char *word)
{
	if (servers->count < NAME_FILES_SERVERS &&
	    address_read(&servers->list[servers->count], word, PORT) == 0)
		servers->count++;
}

/* The last line of this kind wins. */
static void
take_search(struct name_servers *servers, char *line)
{
	struct buffer b;
	char *word;

	buffer_init(&b, servers->search, sizeof(servers->search));
	while ((word = next_word(&line)) != NULL)
		buffer_append(&b, word, strlen(word) + 1);
}

/* Reads NAME:NUMBER, the number from 1 to max. */
static void
take_number(const char *word, const char *name, uint32_t max, uint32_t *number)
{
	size_t length = strlen(name);
	uint64_t value;

	if (strncmp(word, name, length) == 0 &&
	    ascii_decimal(word + length, strlen(word + length), max, &value) ==
		0 &&
	    value > 0)
		*number = (uint32_t)value;
}

static void
take_option(struct name_servers *servers, const char *word)
{
	uint32_t seconds = 0;

	take_number(word, "timeout:", INTERVAL_MAX, &seconds);
	if (seconds > 0)
		servers->interval = seconds * 1000;
	take_number(word, "attempts:", ATTEMPTS_MAX, &servers->attempts);
}

static void
take_servers_line(void *context, char *line)
{
	struct name_servers *s = context;
	const char *keyword, *word;

	line[strcspn(line, "#;")] = '\0';
	keyword = next_word(&line);
	if (keyword == NULL)
		return;
	if (strcmp(keyword, "search") == 0 || strcmp(keyword, "domain") == 0) {
		take_search(s, line);
		return;
	}
	while ((word = next_word(&line)) != NULL) {
		if (strcmp(keyword, "nameserver") == 0) {
			take_server(s, word);
		} else if (strcmp(keyword, "options") == 0) {
			take_option(s, word);
		}
	}
}

void
name_files_servers(const char *path, struct name_servers *out)
{
	memset(out, 0, sizeof(*out));
	out->interval = INTERVAL;
	out->attempts = ATTEMPTS;
	out->is_missing = file_lines(path, take_servers_line, out) < 0;
	if (out->count == 0)
		take_server(out, "127.0.0.1");
}
