/* dns_test.c - questions byte by byte, and responses that lie. */
#include "net/dns.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

#define HEADER(flags, questions, responses) \
	"\x12\x34" flags "\0" questions "\0" responses "\0\0\0\0"
#define QUESTION "\3API\4test\0\0\1\0\1"
#define FINE HEADER("\x81\x80", "\1", "\1") QUESTION
#define RECORD(kind, length) "\xc0\x0c\0" kind "\0\1\0\0\0\x3c\0" length
#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t length;
	enum dns_result result;
	size_t count;
	const char *what;
} responses[] = {
    {BYTES(FINE RECORD("\1", "\4") "\x7f\0\0\1"), DNS_FOUND, 1, "an address"},
    {BYTES(HEADER("\x81\x80", "\1", "\2")
	     QUESTION RECORD("\5", "\3") "\1x\0" RECORD("\1", "\4") "\1\2\3\4"),
	DNS_FOUND, 1, "after an alias"},
    {BYTES(HEADER("\x83\x80", "\1", "\2")
	     QUESTION RECORD("\1", "\4") "\1\2\3\4\xc0"),
	DNS_FOUND, 1, "cut after the first address"},
    {BYTES(HEADER("\x83\x80", "\1", "\0") QUESTION), DNS_FAILED, 0,
	"cut before any address"},
    {BYTES(HEADER("\x81\x80", "\1", "\0") QUESTION), DNS_NO_ADDRESS, 0,
	"no address"},
    {BYTES(HEADER("\x81\x83", "\1", "\0") QUESTION), DNS_NO_NAME, 0, "no name"},
    {BYTES(HEADER("\x81\x82", "\1", "\0") QUESTION), DNS_FAILED, 0,
	"a server's failure"},
    {BYTES(HEADER("\x81\x81", "\0", "\0")), DNS_FAILED, 0,
	"a server that understood nothing"},
    {BYTES("\x12\x35\x81\x80\0\1\0\1\0\0\0\0" QUESTION RECORD(
	 "\1", "\4") "\1\2\3\4"),
	DNS_NOT_OURS, 0, "another id"},
    {BYTES(HEADER("\x01\x00", "\1", "\0") QUESTION), DNS_NOT_OURS, 0,
	"a question"},
    {BYTES(HEADER("\x81\x80", "\1", "\1") "\3APJ\4test\0\0\1\0\1" RECORD(
	 "\1", "\4") "\1\2\3\4"),
	DNS_NOT_OURS, 0, "another name"},
    {BYTES(HEADER("\x81\x80", "\1", "\1") "\3API\4test\0\0\x1c\0\1"),
	DNS_NOT_OURS, 0, "another type"},
    {BYTES(FINE RECORD("\1", "\3") "\1\2\3"), DNS_NO_ADDRESS, 0,
	"an address of three bytes"},
    {BYTES(FINE RECORD("\1", "\5") "\1\2\3\4"), DNS_FAILED, 0,
	"data beyond the end"},
    {BYTES(FINE "\x3f"), DNS_FAILED, 0, "a name beyond the end"},
    {BYTES(FINE "\x40" RECORD("\1", "\4") "\1\2\3\4"), DNS_FAILED, 0,
	"a label that is not one"},
    {BYTES(FINE "\xc0"), DNS_FAILED, 0, "half a pointer"},
    {BYTES(FINE), DNS_FAILED, 0, "fewer records than promised"},
    {BYTES("\x12\x34\x81"), DNS_NOT_OURS, 0, "half a header"},
};

static void
test_responses(void)
{
	struct dns_addresses found;
	struct dns_query q;
	unsigned char copy[256];
	size_t i, n;
	bool held = true;

	tap_ok(dns_ask(&q, 0x1234, "api.test", DNS_A) == 0, "a question");
	for (i = 0; i < COUNT(responses); i++) {
		memcpy(copy, responses[i].bytes, responses[i].length);
		tap_ok(dns_read(&q, copy, responses[i].length, &found) ==
			       responses[i].result &&
			   found.count == responses[i].count,
		    "%s", responses[i].what);
		for (n = 0; n < responses[i].length; n++)
			held = held &&
			       dns_read(&q, copy, n, &found) != DNS_NO_NAME;
	}
	tap_ok(held, "no truncated response says that the name does not exist");
}

static const struct {
	const char *name;
	int result;
} names[] = {
    {"a", 0},
    {"a.b.", 0},
    {"api.github.com", 0},
    {"123456789012345678901234567890123456789012345678901234567890123.a", 0},
    {"1234567890123456789012345678901234567890123456789012345678901234.a", -1},
    {"", -1},
    {".", -1},
    {"a..b", -1},
    {".a", -1},
};

static void
test_questions(void)
{
	static const char expected[] =
	    "\xab\xcd\x01\0\0\1\0\0\0\0\0\0\3api\6github\3com\0\0\x1c\0\1";
	struct dns_query q;
	char name[300];
	size_t i;

	tap_ok(dns_ask(&q, 0xabcd, "api.github.com.", DNS_AAAA) == 0 &&
		   q.length == sizeof(expected) - 1 &&
		   memcmp(q.bytes, expected, q.length) == 0,
	    "a question byte by byte");
	for (i = 0; i < COUNT(names); i++)
		tap_ok(dns_ask(&q, 0, names[i].name, DNS_A) == names[i].result,
		    "\"%s\"", names[i].name);
	/* Labels of one letter: 127 of them are 255 bytes with the root. */
	for (i = 0; i < 256; i++)
		name[i] = i % 2 == 0 ? 'a' : '.';
	name[253] = '\0';
	tap_ok(dns_ask(&q, 0, name, DNS_A) == 0 && q.length == DNS_QUERY_MAX,
	    "the longest name");
	name[253] = '.';
	name[255] = '\0';
	tap_ok(dns_ask(&q, 0, name, DNS_A) < 0, "one label more");
}

int
main(void)
{
	test_questions();
	test_responses();
	return tap_done();
}
