/* resolve_fuzz.c - a whole look-up: /etc/hosts and /etc/resolv.conf are two
 * parts of the input, and the rest of it says what the name servers do, over
 * UDP and TCP, on the fake clock.
 *
 * Whatever they do, a look-up gives addresses or an error, keeps its time and
 * closes its sockets, and takes no address from a response with another id or
 * another question. */
/* Fakes: os/clock os/process os/socket. */
#define _GNU_SOURCE /* NOLINT: memfd_create(2) */
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "fakes/clock.h"
#include "fakes/socket.h"
#include "fuzz.h"
#include "net/address.h"
#include "net/resolve.h"

#define SECONDS 10
#define SLACK 100 /* milliseconds */
#define HEADER 12
#define PORT 443
#define TYPE_AAAA 28
#define FORGED 0x66 /* each byte of an address that nobody may take */

static struct {
	struct input in;
	struct span hosts, servers;
	bool are_read; /* nothing may be opened any more */
} files;

/* Opens the part of the input that takes the place of a file. */
static int
fake_open(const char *path, int flags, ...)
{
	struct span text =
	    strstr(path, "hosts") != NULL ? files.hosts : files.servers;
	int fd = memfd_create("file", MFD_CLOEXEC);

	(void)flags;
	check(fd >= 0 && !files.are_read);
	check(write(fd, text.bytes, text.length) == (ssize_t)text.length);
	check(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

#define open fake_open
#include "os/file.c" /* NOLINT(bugprone-suspicious-include) */
#undef open

/* Appends a record for the name of the question, at offset 12. */
static void
put_answer(struct fake_reply *reply, unsigned type, unsigned char value)
{
	unsigned char size = type == TYPE_AAAA ? 16 : 4;
	const unsigned char head[] = {
	    0xc0, HEADER, 0, (unsigned char)type, 0, 1, 0, 0, 0, 60, 0, size};

	memcpy(reply->bytes + reply->length, head, sizeof(head));
	reply->length += sizeof(head);
	memset(reply->bytes + reply->length, value, size);
	reply->length += size;
	reply->bytes[7]++;
}

/* Where the question ends. */
static size_t
question_end(const struct fake_message *message)
{
	size_t at = HEADER;

	while (at < message->length && message->bytes[at] != 0)
		at += message->bytes[at] + 1U;
	check(at + 5 <= message->length);
	return at + 5;
}

/* The query as a response, with this code. */
static void
respond(const struct fake_message *message, struct fake_reply *reply,
    unsigned char code)
{
	size_t length = question_end(message);

	memcpy(reply->bytes, message->bytes, length);
	memset(reply->bytes + 6, 0, 6);
	reply->bytes[2] = 0x81;
	reply->bytes[3] = 0x80 | code;
	reply->length = length;
}

static void
respond_changed(struct fake_reply *reply, size_t end)
{
	unsigned count = 1 + take_below(&files.in, 8), at;

	for (; count > 0; count--) {
		at = take_two(&files.in) % (unsigned)reply->length;
		if (at >= end || (at >= 2 && at < HEADER))
			reply->bytes[at] = take(&files.in) & 0x5f;
	}
}

/* A record of another name, then what the input says. */
static void
respond_foreign(struct fake_reply *reply)
{
	struct span rest = take_rest(&files.in, take(&files.in));
	size_t i;

	reply->bytes[7] = take(&files.in);
	for (i = 0; i < rest.length; i++)
		reply->bytes[reply->length++] = rest.bytes[i] & 0xdf;
}

static void
answer(const struct fake_message *message, struct fake_reply *reply)
{
	unsigned kind = take_below(&files.in, 14);
	size_t end = question_end(message);
	unsigned type = message->bytes[end - 3];

	reply->milliseconds = kind == 0 ? 1 : take(&files.in) * 40U;
	if (kind == 1)
		return;
	respond(message, reply,
	    kind >= 3 && kind <= 6 ? (unsigned char)(kind - 2) : 0);
	switch (kind) {
	case 2:
		reply->length = 0;
		reply->error = ECONNREFUSED;
		break;
	case 7:
		reply->bytes[2] |= 2; /* truncated */
		break;
	case 8:
		put_answer(reply, type, FORGED);
		reply->bytes[take(&files.in) & 1] ^= 1 + take(&files.in) % 255;
		break;
	case 9:
		put_answer(reply, type, FORGED);
		reply->bytes[HEADER + 1] ^= 1;
		break;
	case 10:
		put_answer(reply, type, 1 + take(&files.in) % 64);
		respond_changed(reply, end);
		break;
	case 11:
		respond_foreign(reply);
		break;
	case 12:
		reply->ends = true;
		/* fallthrough */
	case 0:
		put_answer(reply, type, 1 + take(&files.in) % 64);
		break;
	default:
		break;
	}
}

static void
play(const struct fake_message *message, struct fake_reply *reply)
{
	if (fake_socket_count() + 1 >= FAKE_SOCKET_LOG_MAX)
		fake_socket_play(play);
	if (message->length > 0) {
		answer(message, reply);
		return;
	}
	reply->milliseconds = take(&files.in) * 10U; /* to connect */
	reply->error = take(&files.in) == 1 ? ECONNREFUSED : 0;
}

static void
check_addresses(const struct addresses *found)
{
	static const unsigned char forged[4] = {FORGED, FORGED, FORGED, FORGED};
	size_t i;

	check(found->count > 0 && found->count <= ADDRESSES_MAX);
	for (i = 0; i < found->count; i++) {
		check(address_port(&found->list[i]) == PORT);
		/* A file may give any address. */
		check(files.hosts.length > 0 ||
		      memmem(&found->list[i], sizeof(found->list[i]), forged,
			  sizeof(forged)) == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const hosts[] = {
	    "api.github.com", "api", "api.test.", "a.b.c.d.e.f"};
	static struct resolver resolver;
	struct addresses found = {.count = 0};
	struct deadline d = deadline_after(SECONDS * 1000);
	int64_t start = fake_clock_now();
	enum resolve_result result;
	const char *host;
	struct error e;

	files.in = (struct input){data, size};
	host = hosts[take_below(&files.in, COUNT(hosts))];
	files.hosts = take_rest(&files.in, take(&files.in));
	files.servers = take_rest(&files.in, take(&files.in));
	files.are_read = false;
	resolve_prepare(&resolver, host, PORT);
	files.are_read = true;
	fake_socket_play(play);
	error_clear(&e);
	result = resolve(&resolver, &found, d, &e);
	check(result != RESOLVE_LOCAL);
	check((result == RESOLVE_FOUND) == (e.kind == ERROR_NONE));
	if (result == RESOLVE_FOUND)
		check_addresses(&found);
	else
		check(e.kind == ERROR_CONNECT && e.line[0] != '\0');
	check(fake_socket_open_count() == 0);
	check(fake_clock_now() - start <= SECONDS * 1000 + SLACK);
	return 0;
}
