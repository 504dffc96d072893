/* dns_client_test.c - rounds, their timing, and what servers can do. */

/* Fakes: os/clock os/socket. */
#include "net/dns_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "fakes/clock.h"
#include "fakes/socket.h"
#include "tap.h"

/* What a server, number N of 1 to 3, responds. */
enum behaviour {
	ADDRESSES, /* 192.0.2.N and 2001:db8::N */
	IPV4,      /* only 192.0.2.N */
	IPV6,      /* only 2001:db8::N */
	IPV4_IPV6_SILENT,
	IPV6_IPV4_SILENT,
	IPV4_IPV6_FAILS,
	IPV6_IPV4_FAILS,
	IPV4_IPV6_NO_NAME,
	NO_ADDRESS,
	NO_NAME,
	NO_NAME_IPV4_SILENT,
	NO_NAME_IPV6_SILENT,
	FAILURE, /* SERVFAIL */
	REFUSAL,
	SILENCE,
	NOBODY, /* an ICMP message: nobody listens */
	/* Without EDNS they respond with both addresses. */
	EDNS_MALFORMED, /* FORMERR */
	EDNS_UNKNOWN,   /* NOTIMP */
	EDNS_VERSION,   /* BADVERS */
	EDNS_DROPPED,
	EDNS_FAILS, /* SERVFAIL */
	MALFORMED,  /* FORMERR, with EDNS or without */
	/* Truncated over UDP. Over TCP: */
	CUT,         /* both addresses */
	CUT_NO_NAME, /* that the name does not exist */
	CUT_LARGE,   /* 11,000 bytes */
	CUT_REFUSED, /* the connection is refused */
	CUT_DROPPED, /* connecting does not succeed or fail */
	CUT_SILENT,  /* no response */
	CUT_ENDS,    /* the connection ends in the middle */
	CUT_EMPTY,   /* a length of 0 */
	CUT_CUT,     /* truncated as well */
	CUT_FAILS,   /* SERVFAIL */
	/* Truncated after 192.0.2.N and 2001:db8::N. */
	PART_REFUSED,
	PART_SILENT,
	PART_FAILS,
	FIRST_LOST,  /* no response to the first query for each address */
	FIRST_FAILS, /* SERVFAIL to them */
};

#define CODE_MALFORMED 1
#define CODE_FAILURE 2
#define CODE_NO_NAME 3
#define CODE_UNKNOWN 4
#define CODE_REFUSED 5
#define FLAG_CUT 2 /* in byte 2 */

struct server {
	enum behaviour behaviour;
	uint32_t delay; /* milliseconds */
};

static const struct server *servers; /* of the row */

static size_t
number_of(const struct fake_message *message)
{
	const struct sockaddr_in *peer = (const void *)message->peer;

	return ntohl(peer->sin_addr.s_addr) & 0xff;
}

static size_t
question_end(const struct fake_message *message)
{
	size_t at = 12;

	while (message->bytes[at] != 0)
		at += message->bytes[at] + 1U;
	return at + 5;
}

static bool
is_about_ipv6(const struct fake_message *message)
{
	return message->bytes[question_end(message) - 3] == DNS_AAAA;
}

static bool
has_edns(const struct fake_message *message)
{
	return message->length > question_end(message);
}

/* Whether the server has been asked this before. */
static bool
is_repeated(const struct fake_message *message)
{
	size_t i;

	for (i = 0; i < fake_socket_count(); i++) {
		const struct fake_message *other = fake_socket_message(i);
		if (other != message &&
		    number_of(other) == number_of(message) &&
		    is_about_ipv6(other) == is_about_ipv6(message))
			return true;
	}
	return false;
}

/* Begins a response without records. */
static void
respond(struct fake_reply *reply, const struct fake_message *message,
    unsigned char code)
{
	reply->length = question_end(message);
	memcpy(reply->bytes, message->bytes, reply->length);
	memset(reply->bytes + 6, 0, 6);
	reply->bytes[2] = 0x81;
	reply->bytes[3] = 0x80 | code;
}

static void
add_address(struct fake_reply *reply, const struct fake_message *message)
{
	static const unsigned char v4[] =
	    "\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02";
	static const unsigned char v6[] =
	    "\xc0\x0c\0\x1c\0\x01\0\0\0\x3c\0\x10\x20\x01\x0d\xb8"
	    "\0\0\0\0\0\0\0\0\0\0";
	size_t length = is_about_ipv6(message) ? sizeof(v6) : sizeof(v4) - 1;

	memcpy(reply->bytes + reply->length, is_about_ipv6(message) ? v6 : v4,
	    length);
	reply->length += length;
	reply->bytes[reply->length++] = (unsigned char)number_of(message);
	reply->bytes[7]++;
}

static void
add_bad_version(struct fake_reply *reply)
{
	memcpy(
	    reply->bytes + reply->length, "\0\0\x29\x04\xd0\1\0\0\0\0\0", 11);
	reply->length += 11;
	reply->bytes[11] = 1;
}

/* Over TCP: the length goes first. */
static void
frame(struct fake_reply *reply, size_t length)
{
	memmove(reply->bytes + 2, reply->bytes, reply->length);
	reply->bytes[0] = (unsigned char)(length >> 8);
	reply->bytes[1] = (unsigned char)length;
	reply->length += 2;
}

static void
respond_fully(struct fake_reply *reply, const struct fake_message *message)
{
	respond(reply, message, 0);
	add_address(reply, message);
}

static void
respond_over_tcp(struct fake_reply *reply, const struct fake_message *message,
    enum behaviour b)
{
	unsigned char code = b == CUT_NO_NAME                    ? CODE_NO_NAME
			     : b == CUT_FAILS || b == PART_FAILS ? CODE_FAILURE
								 : 0;

	if (b == CUT_SILENT || b == PART_SILENT)
		return;
	respond(reply, message, code);
	if (b == CUT_CUT)
		reply->bytes[2] |= FLAG_CUT;
	if (b == CUT || b == CUT_ENDS)
		add_address(reply, message);
	if (b == CUT_LARGE) {
		while (reply->length < 11000 && reply->bytes[7] < 255)
			add_address(reply, message);
		reply->length = 11000;
	}
	if (b == CUT_EMPTY)
		reply->length = 0;
	frame(reply, reply->length);
	if (b == CUT_ENDS) {
		reply->length -= 3;
		reply->ends = true;
	}
}

static void
connect_to(struct fake_reply *reply, enum behaviour b)
{
	if (b == CUT_REFUSED || b == PART_REFUSED)
		reply->error = ECONNREFUSED;
	if (b == CUT_DROPPED)
		reply->milliseconds = 1000000;
}

static void
respond_about_ipv4(struct fake_reply *reply, const struct fake_message *message,
    enum behaviour b)
{
	switch (b) {
	case IPV6:
		respond(reply, message, 0);
		break;
	case IPV6_IPV4_SILENT:
	case NO_NAME_IPV4_SILENT:
		break;
	case NO_NAME_IPV6_SILENT:
		respond(reply, message, CODE_NO_NAME);
		break;
	case IPV6_IPV4_FAILS:
		respond(reply, message, CODE_FAILURE);
		break;
	default:
		respond_fully(reply, message);
	}
}

static void
respond_about_ipv6(struct fake_reply *reply, const struct fake_message *message,
    enum behaviour b)
{
	switch (b) {
	case IPV4:
		respond(reply, message, 0);
		break;
	case IPV4_IPV6_SILENT:
	case NO_NAME_IPV6_SILENT:
		break;
	case IPV4_IPV6_FAILS:
		respond(reply, message, CODE_FAILURE);
		break;
	case IPV4_IPV6_NO_NAME:
	case NO_NAME_IPV4_SILENT:
		respond(reply, message, CODE_NO_NAME);
		break;
	default:
		respond_fully(reply, message);
	}
}

static void
respond_to_edns(struct fake_reply *reply, const struct fake_message *message,
    enum behaviour b)
{
	if (b == EDNS_MALFORMED) {
		/* As some do, only the header. */
		respond(reply, message, CODE_MALFORMED);
		reply->length = 12;
		reply->bytes[5] = 0;
	} else if (b == EDNS_UNKNOWN) {
		respond(reply, message, CODE_UNKNOWN);
	} else if (b == EDNS_FAILS) {
		respond(reply, message, CODE_FAILURE);
	} else if (b == EDNS_VERSION) {
		respond(reply, message, 0);
		add_bad_version(reply);
	}
}

static void
respond_as(struct fake_reply *reply, const struct fake_message *message,
    enum behaviour b)
{
	if (b >= EDNS_MALFORMED && b <= EDNS_FAILS && has_edns(message)) {
		respond_to_edns(reply, message, b);
	} else if (b == NO_ADDRESS) {
		respond(reply, message, 0);
	} else if (b == NO_NAME) {
		respond(reply, message, CODE_NO_NAME);
	} else if (b == FAILURE ||
		   (b == FIRST_FAILS && !is_repeated(message))) {
		respond(reply, message, CODE_FAILURE);
	} else if (b == REFUSAL) {
		respond(reply, message, CODE_REFUSED);
	} else if (b == MALFORMED) {
		respond(reply, message, CODE_MALFORMED);
	} else if (b == NOBODY) {
		reply->error = ECONNREFUSED;
	} else if (b >= CUT && b <= PART_FAILS) {
		respond(reply, message, 0);
		if (b >= PART_REFUSED)
			add_address(reply, message);
		reply->bytes[2] |= FLAG_CUT;
	} else if (b != SILENCE && (b != FIRST_LOST || is_repeated(message))) {
		if (is_about_ipv6(message)) {
			respond_about_ipv6(reply, message, b);
		} else {
			respond_about_ipv4(reply, message, b);
		}
	}
}

static void
serve(const struct fake_message *message, struct fake_reply *reply)
{
	const struct server *server = &servers[number_of(message) - 1];

	reply->milliseconds = server->delay;
	if (message->length == 0) {
		connect_to(reply, server->behaviour);
	} else if (message->type == SOCK_STREAM) {
		respond_over_tcp(reply, message, server->behaviour);
	} else {
		respond_as(reply, message, server->behaviour);
	}
}

#define NONE               \
	{                  \
		SILENCE, 0 \
	}
#define BOTH(n) "2001:db8:0:0:0:0:0:" n " 192.0.2." n " "
#define SIX(n) "2001:db8:0:0:0:0:0:" n " "
#define FOUR(n) "192.0.2." n " "

/* The interval is 1000 ms, and there are 3 attempts. */
static const struct {
	const char *what;
	size_t count;
	struct server servers[3];
	int result;
	const char *addresses;
	int64_t time; /* milliseconds */
	size_t queries;
} rows[] = {
    /* One server. */
    {"both families", 1, {{ADDRESSES, 5}}, DNS_FOUND, BOTH("1"), 5, 2},
    {"only IPv4", 1, {{IPV4, 5}}, DNS_FOUND, FOUR("1"), 5, 2},
    {"only IPv6", 1, {{IPV6, 5}}, DNS_FOUND, SIX("1"), 5, 2},
    {"silence about IPv6", 1, {{IPV4_IPV6_SILENT, 5}}, DNS_FOUND, FOUR("1"), 55,
	2},
    {"silence about IPv4", 1, {{IPV6_IPV4_SILENT, 5}}, DNS_FOUND, SIX("1"),
	1000, 2},
    {"IPv6 fails", 1, {{IPV4_IPV6_FAILS, 5}}, DNS_FOUND, FOUR("1"), 5, 2},
    {"IPv4 fails", 1, {{IPV6_IPV4_FAILS, 5}}, DNS_FOUND, SIX("1"), 5, 2},
    {"no name as to IPv6", 1, {{IPV4_IPV6_NO_NAME, 5}}, DNS_FOUND, FOUR("1"), 5,
	2},
    {"no address", 1, {{NO_ADDRESS, 5}}, DNS_NO_ADDRESS, "", 5, 2},
    {"no name", 1, {{NO_NAME, 5}}, DNS_NO_NAME, "", 5, 2},
    {"no name, silence about IPv6", 1, {{NO_NAME_IPV6_SILENT, 0}}, DNS_NO_NAME,
	"", 1000, 2},
    {"silence", 1, {{SILENCE, 0}}, DNS_NOT_OURS, "", 7000, 6},
    {"slower than a round", 1, {{ADDRESSES, 1500}}, DNS_FOUND, BOTH("1"), 2500,
	4},
    {"slower than all rounds", 1, {{ADDRESSES, 4500}}, DNS_NOT_OURS, "", 7000,
	6},
    {"the first queries are lost", 1, {{FIRST_LOST, 5}}, DNS_FOUND, BOTH("1"),
	1005, 4},
    /* Failures are paced. */
    {"failures", 1, {{FAILURE, 0}}, DNS_FAILED, "", 750, 6},
    {"refusals", 1, {{REFUSAL, 0}}, DNS_FAILED, "", 750, 6},
    {"nobody listens", 1, {{NOBODY, 0}}, DNS_FAILED, "", 750, 6},
    {"slow failures", 1, {{FAILURE, 400}}, DNS_FAILED, "", 1300, 6},
    {"a failure at first", 1, {{FIRST_FAILS, 0}}, DNS_FOUND, BOTH("1"), 250, 4},
    {"three that fail", 3, {{FAILURE, 0}, {NOBODY, 0}, {REFUSAL, 0}},
	DNS_FAILED, "", 750, 18},
    /* EDNS. */
    {"FORMERR to EDNS", 1, {{EDNS_MALFORMED, 5}}, DNS_FOUND, BOTH("1"), 10, 4},
    {"NOTIMP to EDNS", 1, {{EDNS_UNKNOWN, 5}}, DNS_FOUND, BOTH("1"), 10, 4},
    {"BADVERS to EDNS", 1, {{EDNS_VERSION, 5}}, DNS_FOUND, BOTH("1"), 10, 4},
    {"SERVFAIL to EDNS", 1, {{EDNS_FAILS, 5}}, DNS_FOUND, BOTH("1"), 255, 4},
    {"silence to EDNS", 1, {{EDNS_DROPPED, 5}}, DNS_FOUND, BOTH("1"), 1005, 4},
    {"FORMERR to everything", 1, {{MALFORMED, 0}}, DNS_FAILED, "", 750, 8},
    /* TCP. The response comes after as long as the connection. */
    {"truncated", 1, {{CUT, 5}}, DNS_FOUND, BOTH("1"), 15, 4},
    {"truncated, no name", 1, {{CUT_NO_NAME, 5}}, DNS_NO_NAME, "", 15, 4},
    {"11,000 bytes over TCP", 1, {{CUT_LARGE, 5}}, DNS_FOUND,
	SIX("1") SIX("1") SIX("1") SIX("1") SIX("1") SIX("1") SIX("1") SIX("1")
	    FOUR("1") FOUR("1") FOUR("1") FOUR("1") FOUR("1") FOUR("1")
		FOUR("1") FOUR("1"),
	15, 4},
    {"TCP is refused", 1, {{CUT_REFUSED, 0}}, DNS_CUT, "", 750, 6},
    {"TCP is dropped", 1, {{CUT_DROPPED, 0}}, DNS_CUT, "", 7000, 6},
    {"silence over TCP", 1, {{CUT_SILENT, 0}}, DNS_CUT, "", 7000, 12},
    {"half a response over TCP", 1, {{CUT_ENDS, 0}}, DNS_CUT, "", 750, 12},
    {"an empty response over TCP", 1, {{CUT_EMPTY, 0}}, DNS_CUT, "", 750, 12},
    {"truncated over TCP", 1, {{CUT_CUT, 0}}, DNS_CUT, "", 750, 12},
    {"SERVFAIL over TCP", 1, {{CUT_FAILS, 0}}, DNS_CUT, "", 750, 12},
    {"TCP is refused, some addresses", 1, {{PART_REFUSED, 5}}, DNS_FOUND,
	BOTH("1"), 10, 2},
    {"silence over TCP, some addresses", 1, {{PART_SILENT, 5}}, DNS_FOUND,
	BOTH("1"), 1000, 4},
    {"SERVFAIL over TCP, some addresses", 1, {{PART_FAILS, 5}}, DNS_FOUND,
	BOTH("1"), 15, 4},
    {"TCP is dropped, another server", 2, {{CUT_DROPPED, 0}, {IPV4, 5}},
	DNS_FOUND, FOUR("2"), 255, 4},
    /* The order of servers. */
    {"the first is slower, but first", 2, {{IPV4, 20}, {ADDRESSES, 0}},
	DNS_FOUND, FOUR("1"), 20, 4},
    {"the first is too slow", 2, {{IPV4, 400}, {ADDRESSES, 0}}, DNS_FOUND,
	BOTH("2"), 250, 4},
    {"the first is down", 2, {{SILENCE, 0}, {ADDRESSES, 5}}, DNS_FOUND,
	BOTH("2"), 255, 4},
    {"nobody listens at the first", 2, {{NOBODY, 0}, {ADDRESSES, 5}}, DNS_FOUND,
	BOTH("2"), 5, 4},
    {"the second is not waited for", 2, {{ADDRESSES, 5}, {SILENCE, 0}},
	DNS_FOUND, BOTH("1"), 5, 4},
    {"the second denies what the first has", 2, {{IPV4, 20}, {NO_NAME, 0}},
	DNS_FOUND, FOUR("1"), 20, 4},
    {"the third denies what the first has", 3,
	{{IPV4, 900}, {FAILURE, 0}, {NO_NAME, 0}}, DNS_FOUND, FOUR("1"), 900,
	6},
    {"the first denies what the second has", 2, {{NO_NAME, 0}, {IPV4, 20}},
	DNS_NO_NAME, "", 0, 4},
    {"the first denies what is there", 2, {{NO_NAME, 20}, {IPV4, 0}}, DNS_FOUND,
	FOUR("2"), 20, 4},
    {"both deny", 2, {{NO_NAME, 20}, {NO_NAME, 0}}, DNS_NO_NAME, "", 20, 4},
    {"the first fails, the second denies", 2, {{FAILURE, 20}, {NO_NAME, 0}},
	DNS_NO_NAME, "", 20, 4},
    {"the first is down, the second denies", 2, {{SILENCE, 0}, {NO_NAME, 0}},
	DNS_NO_NAME, "", 1000, 4},
    {"the first is half down, the second denies", 2,
	{{NO_NAME_IPV4_SILENT, 0}, {NO_NAME, 0}}, DNS_NO_NAME, "", 1000, 4},
    {"a failure and silence", 2, {{FAILURE, 0}, {SILENCE, 0}}, DNS_FAILED, "",
	7000, 12},
    {"IPv4 fails at the first", 2, {{IPV6_IPV4_FAILS, 0}, {ADDRESSES, 20}},
	DNS_FOUND, BOTH("2"), 20, 4},
};

static void
list_addresses(const struct dns_client *client, char *list)
{
	struct addresses found = {.count = 0};
	char one[IP_SIZE];
	size_t i;

	list[0] = '\0';
	dns_client_addresses(client, 443, &found);
	for (i = 0; i < found.count; i++) {
		address_write(one, &found.list[i]);
		strcat(strcat(list, one), " ");
	}
}

static void
start_servers(
    struct name_servers *names, const struct server *list, size_t count)
{
	static const char *const addresses[] = {
	    "192.0.2.1", "192.0.2.2", "192.0.2.3"};
	size_t i;

	memset(names, 0, sizeof(*names));
	names->interval = 1000;
	names->attempts = 3;
	for (names->count = i = 0; i < count; i++) {
		if (address_read(
			&names->list[names->count++], addresses[i], 53) < 0)
			abort();
	}
	servers = list;
	fake_socket_play(serve);
}

static int
ask(struct dns_client *client, const char *name, uint32_t milliseconds)
{
	struct error e;

	error_clear(&e);
	return dns_client_ask(client, name, deadline_after(milliseconds), &e);
}

static void
test_row(size_t row)
{
	struct name_servers s;
	static struct dns_client client;
	char list[1024];
	int64_t began = fake_clock_now();
	int result;

	start_servers(&s, rows[row].servers, rows[row].count);
	dns_client_open(&client, &s);
	result = ask(&client, "api.test", 100000);
	list_addresses(&client, list);
	tap_number(result, rows[row].result, "%s", rows[row].what);
	tap_text(list, rows[row].addresses, "with %s", list);
	tap_number(fake_clock_now() - began, rows[row].time, "in time");
	tap_number(fake_socket_count(), rows[row].queries, "the queries");
	dns_client_close(&client);
	tap_number(fake_socket_open_count(), 0, "no socket stays open");
}

static const struct {
	const char *what;
	struct server server;
	uint32_t milliseconds;
	int result;
	int64_t time;
} deadlines[] = {
    {"silence", {SILENCE, 0}, 300, DNS_NOT_OURS, 300},
    {"between two rounds", {FAILURE, 0}, 100, DNS_FAILED, 100},
    {"silence to EDNS", {EDNS_DROPPED, 5}, 301, DNS_FOUND, 156},
    {"over TCP", {CUT_SILENT, 0}, 300, DNS_CUT, 300},
    {"over TCP, with some addresses", {PART_SILENT, 0}, 300, DNS_FOUND, 150},
};

static void
test_deadlines(void)
{
	struct name_servers s;
	static struct dns_client client;
	int64_t began;
	int result;
	size_t i;

	for (i = 0; i < COUNT(deadlines); i++) {
		start_servers(&s, &deadlines[i].server, 1);
		dns_client_open(&client, &s);
		began = fake_clock_now();
		result = ask(&client, "api.test", deadlines[i].milliseconds);
		dns_client_close(&client);
		tap_number(result, deadlines[i].result, "a near deadline: %s",
		    deadlines[i].what);
		tap_number(
		    fake_clock_now() - began, deadlines[i].time, "in time");
	}
}

static void
test_rounds(void)
{
	static const struct server silent = {SILENCE, 0};
	const struct fake_message *one, *other;
	struct name_servers s;
	static struct dns_client client;
	bool same_id = true, same_socket = false;
	size_t i, j;

	start_servers(&s, &silent, 1);
	dns_client_open(&client, &s);
	(void)ask(&client, "api.test", 100000);
	dns_client_close(&client);
	for (i = 0; i < fake_socket_count(); i++) {
		for (j = i + 2 - i % 2; j < fake_socket_count(); j++) {
			one = fake_socket_message(i);
			other = fake_socket_message(j);
			same_id =
			    same_id && memcmp(one->bytes, other->bytes, 2) == 0;
			same_socket =
			    same_socket || one->socket == other->socket;
		}
	}
	tap_ok(!same_id, "the rounds do not share an id");
	tap_ok(!same_socket, "nor a socket, and so a port");
	for (i = 0; i < fake_socket_count(); i++) {
		tap_number(has_edns(fake_socket_message(i)), i < 2,
		    "only the first round has EDNS: query %zu", i);
	}
}

static void
test_one_attempt(void)
{
	static const struct server silent = {SILENCE, 0};
	struct name_servers s;
	static struct dns_client client;

	start_servers(&s, &silent, 1);
	s.attempts = 1;
	dns_client_open(&client, &s);
	(void)ask(&client, "api.test", 100000);
	dns_client_close(&client);
	tap_number(fake_socket_count(), 4, "attempts:1 means two rounds");
	tap_ok(!has_edns(fake_socket_message(2)),
	    "since the second is the one without EDNS");
}

/* Only what a server has not answered is asked again. */
static void
test_asking_again(void)
{
	static const struct server half[] = {
	    {NO_NAME_IPV4_SILENT, 0}, {FAILURE, 0}};
	struct name_servers s;
	static struct dns_client client;
	size_t i, again = 0;

	start_servers(&s, half, 2);
	dns_client_open(&client, &s);
	(void)ask(&client, "api.test", 100000);
	dns_client_close(&client);
	for (i = 4; i < fake_socket_count(); i++) {
		again += number_of(fake_socket_message(i)) == 1 &&
			 is_about_ipv6(fake_socket_message(i));
	}
	tap_ok(fake_socket_count() > 4, "there is a second round");
	tap_number(again, 0, "an answered question is not asked again");
}

/* What is known of a server holds for the next name. */
static const struct {
	const char *what;
	size_t count;
	struct server servers[2];
	int64_t time; /* for the next name */
	size_t queries;
} remembered[] = {
    {"a server that is down is waited for once", 2,
	{{SILENCE, 0}, {NO_NAME, 0}}, 0, 4},
    {"FORMERR to EDNS is seen once", 1, {{EDNS_MALFORMED, 5}}, 5, 2},
    {"EDNS is dropped once", 1, {{EDNS_DROPPED, 5}}, 5, 2},
    {"SERVFAIL means nothing for the next name", 1, {{EDNS_FAILS, 5}}, 255, 4},
};

static void
test_next_name(void)
{
	struct name_servers s;
	static struct dns_client client;
	int64_t began;
	size_t i;

	for (i = 0; i < COUNT(remembered); i++) {
		start_servers(&s, remembered[i].servers, remembered[i].count);
		dns_client_open(&client, &s);
		(void)ask(&client, "a.test", 100000);
		fake_socket_play(serve);
		began = fake_clock_now();
		(void)ask(&client, "b.test", 100000);
		dns_client_close(&client);
		tap_number(fake_clock_now() - began, remembered[i].time,
		    "the time: %s", remembered[i].what);
		tap_number(fake_socket_count(), remembered[i].queries,
		    "the queries: %s", remembered[i].what);
	}
}

static void
test_nothing_stays(void)
{
	static const struct server fine = {ADDRESSES, 0}, down = {SILENCE, 0};
	struct name_servers s;
	static struct dns_client client;
	char list[1024];

	start_servers(&s, &fine, 1);
	dns_client_open(&client, &s);
	(void)ask(&client, "a.test", 100000);
	servers = &down;
	(void)ask(&client, "b.test", 100000);
	dns_client_close(&client);
	list_addresses(&client, list);
	tap_text(list, "", "the addresses of one name are not the next one's");
}

static void
test_nothing_asked(void)
{
	static const struct server fine = {ADDRESSES, 0};
	struct name_servers s;
	static struct dns_client client;

	start_servers(&s, &fine, 1);
	dns_client_open(&client, &s);
	tap_number(
	    ask(&client, "a..b", 5000), DNS_NO_NAME, "a name that cannot be");
	tap_number(
	    ask(&client, "a.test", 0), DNS_NOT_OURS, "the deadline has passed");
	tap_number(fake_socket_count(), 0, "nothing is asked then");
	dns_client_close(&client);
}

/* Why a server could not be reached stays known once the client is closed. */
static void
test_reason(void)
{
	static const struct {
		const char *what;
		struct server servers[2];
		size_t count;
		int reason;
	} given[] = {
	    {"a failure", {{FAILURE, 0}}, 1, 0},
	    {"silence", {{SILENCE, 0}}, 1, 0},
	    {"nobody listens", {{NOBODY, 0}}, 1, ECONNREFUSED},
	    {"the second one", {{FAILURE, 0}, {NOBODY, 0}}, 2, ECONNREFUSED},
	};
	static struct dns_client client;
	struct name_servers s;
	size_t i;

	for (i = 0; i < COUNT(given); i++) {
		start_servers(&s, given[i].servers, given[i].count);
		dns_client_open(&client, &s);
		(void)ask(&client, "api.test", 10000);
		dns_client_close(&client);
		tap_number(dns_client_reason(&client), given[i].reason,
		    "the reason of %s", given[i].what);
	}
}

int
main(void)
{
	size_t row;

	for (row = 0; row < COUNT(rows); row++)
		test_row(row);
	test_deadlines();
	test_rounds();
	test_one_attempt();
	test_asking_again();
	test_next_name();
	test_nothing_stays();
	test_nothing_asked();
	test_reason();
	return tap_done();
}
