/* dns_choice_test.c - tables of responses, and what counts of them. */
#include "net/dns_choice.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

#define ORDER 250
#define IPV6 50
#define ROUND DNS_CHOICE_ROUND

/* A server is three characters: its responses about IPv4 and IPv6, and "!" if
 * it is late. "." nothing yet, "a" addresses, "0" no address, "-" no name, "x"
 * a failure. */
static const struct {
	const char *servers;
	uint32_t wait;
	int server; /* that counts if the wait ends now */
} rows[] = {
    /* One server. */
    {".. ", ROUND, -1},
    {".a ", ROUND, 0},
    {".0 ", ROUND, -1},
    {".- ", ROUND, -1},
    {".x ", ROUND, -1},
    {"a. ", IPV6, 0},
    {"aa ", 0, 0},
    {"a0 ", 0, 0},
    {"a- ", 0, 0},
    {"ax ", 0, 0},
    {"0. ", ROUND, -1},
    {"0.!", ROUND, -1},
    {"-. ", ROUND, -1},
    {"-.!", 0, 0},
    {".-!", ROUND, -1},
    {"0a ", 0, 0},
    {"-a ", 0, 0},
    {"xa ", 0, 0},
    {"00 ", 0, 0},
    {"-- ", 0, 0},
    {"-0 ", 0, 0},
    {"x- ", 0, -1},
    {"xx ", 0, -1},
    {"..!", ROUND, -1},
    /* The first has addresses. */
    {"aa .. ", 0, 0},
    {"a. aa ", IPV6, 0},
    {"a. -- ", IPV6, 0},
    {".a -- ", ROUND, 0},
    {".a aa ", ORDER, 1},
    {"xa .. ", ROUND, 0},
    {"xa aa ", 0, 1},
    {"xa -- ", 0, 0},
    /* The second has. */
    {".. aa ", ORDER, 1},
    {".. a. ", ORDER, 1},
    {"..!aa ", 0, 1},
    {"..!a. ", IPV6, 1},
    {"xx aa ", 0, 1},
    {"xx a. ", IPV6, 1},
    {"-- aa ", 0, 1},
    {"0. aa ", ORDER, 1},
    {"0.!aa ", 0, 1},
    /* Nobody has. */
    {"-- .. ", 0, 0},
    {"-- xx ", 0, 0},
    {".. -- ", ROUND, -1},
    {"..!-- ", 0, 1},
    {".- -- ", ROUND, -1},
    {".-!-- ", 0, 1},
    {"xx -- ", 0, 1},
    {"x. -- ", ROUND, -1},
    {"x- -- ", 0, 1},
    {"xx xx ", 0, -1},
    {"xx .. ", ROUND, -1},
    /* Three. */
    {".. xx -- ", ROUND, -1},
    {"xx .. -- ", ROUND, -1},
    {"xx ..!-- ", 0, 2},
    {".. -- aa ", ORDER, 2},
    {".. .. aa ", ORDER, 2},
    {"..!..!aa ", 0, 2},
    {"..!.. aa ", ORDER, 2},
    {"00 -- -- ", 0, 0},
};

static enum dns_result
result_of(char letter)
{
	switch (letter) {
	case 'a':
		return DNS_FOUND;
	case '0':
		return DNS_NO_ADDRESS;
	case '-':
		return DNS_NO_NAME;
	case 'x':
		return DNS_FAILED;
	default:
		return DNS_NOT_OURS;
	}
}

int
main(void)
{
	struct dns_choice servers[3];
	const char *text;
	size_t i, j, count;

	for (i = 0; i < COUNT(rows); i++) {
		text = rows[i].servers;
		count = strlen(text) / 3;
		for (j = 0; j < count; j++) {
			servers[j].ipv4 = result_of(text[3 * j]);
			servers[j].ipv6 = result_of(text[3 * j + 1]);
			servers[j].is_late = text[3 * j + 2] == '!';
		}
		tap_number(dns_choice_wait(servers, count), rows[i].wait,
		    "\"%s\": the wait", text);
		tap_number(dns_choice_server(servers, count), rows[i].server,
		    "\"%s\": the server that counts", text);
		tap_number(dns_choice_is_open(servers, count),
		    strchr(text, '.') != NULL,
		    "\"%s\": whether a response may come", text);
	}
	return tap_done();
}
