/* dns_test.c - questions byte by byte, and responses that lie. */
#include "net/dns.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

#define SECTIONS(flags, questions, answers, authorities, additional)  \
	"\x12\x34" flags "\0" questions "\0" answers "\0" authorities \
	"\0" additional
#define HEADER(flags, questions, answers) \
	SECTIONS(flags, questions, answers, "\0", "\0")
#define QUESTION "\3API\4test\0\0\1\0\1"
#define FINE HEADER("\x81\x80", "\1", "\1") QUESTION
#define OWNED(owner, kind, length) owner "\0" kind "\0\1\0\0\0\x3c\0" length
/* Of the question's name, which is at 0x0c, "test" at 0x10. The first record is
 * at 0x1a, its data at 0x26 if its owner is a pointer. */
#define RECORD(kind, length) OWNED("\xc0\x0c", kind, length)
#define ALIAS "\5"
#define DNAME "\x27"
#define ADDRESS "\x7f\0\0\1"
#define OPT(code) "\0\0\x29\x04\xd0" code "\0\0\0\0\0"
#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t length;
	enum dns_result result;
	size_t count;
	const char *what;
} responses[] = {
    {BYTES(FINE RECORD("\1", "\4") ADDRESS), DNS_FOUND, 1, "an address"},
    {BYTES(HEADER("\x81\x80", "\1", "\0") QUESTION), DNS_NO_ADDRESS, 0,
	"no address"},
    /* Aliases. */
    {BYTES(HEADER("\x81\x80", "\1", "\2") QUESTION RECORD(
	 ALIAS, "\3") "\1x\0" OWNED("\1x\0", "\1", "\4") ADDRESS),
	DNS_FOUND, 1, "an alias"},
    {BYTES(HEADER("\x81\x80", "\1", "\2") QUESTION RECORD(
	 ALIAS, "\3") "\1x\0" OWNED("\1X\0", "\1", "\4") ADDRESS),
	DNS_FOUND, 1, "an alias in another case"},
    {BYTES(HEADER("\x81\x80", "\1", "\2") QUESTION RECORD(
	 ALIAS, "\4") "\1x\xc0\x10" OWNED("\xc0\x26", "\1", "\4") ADDRESS),
	DNS_FOUND, 1, "an alias with pointers"},
    {BYTES(HEADER("\x81\x80", "\1", "\2") QUESTION OWNED("\1x\0", "\1", "\4")
	     ADDRESS RECORD(ALIAS, "\3") "\1x\0"),
	DNS_FOUND, 1, "an alias after its address"},
    {BYTES(HEADER("\x81\x80", "\1", "\3") QUESTION OWNED(
	 "\1x\0", ALIAS, "\3") "\1y\0" OWNED("\1y\0", "\1", "\4")
	     ADDRESS RECORD(ALIAS, "\3") "\1x\0"),
	DNS_FOUND, 1, "two aliases out of order"},
    {BYTES(HEADER("\x81\x80", "\1", "\3")
	     QUESTION RECORD(DNAME, "\3") "\1x\0" RECORD(
		 ALIAS, "\3") "\1x\0" OWNED("\1x\0", "\1", "\4") ADDRESS),
	DNS_FOUND, 1, "an alias from a DNAME"},
    {BYTES(HEADER("\x81\x80", "\1", "\1") QUESTION RECORD(ALIAS, "\3") "\1x\0"),
	DNS_NO_ADDRESS, 0, "an alias without an address"},
    {BYTES(HEADER("\x81\x83", "\1", "\1") QUESTION RECORD(ALIAS, "\3") "\1x\0"),
	DNS_NO_NAME, 0, "an alias of a name that does not exist"},
    {BYTES(HEADER("\x81\x80", "\1", "\1")
	     QUESTION RECORD(ALIAS, "\2") "\xc0\x0c"),
	DNS_FAILED, 0, "an alias of itself"},
    {BYTES(HEADER("\x81\x80", "\1", "\2") QUESTION RECORD(
	 ALIAS, "\3") "\1x\0" OWNED("\1x\0", ALIAS, "\2") "\xc0\x0c"),
	DNS_FAILED, 0, "a loop of two aliases"},
    {BYTES(HEADER("\x81\x80", "\1", "\2") QUESTION RECORD(
	 ALIAS, "\2") "\xc0\x26" RECORD("\1", "\4") ADDRESS),
	DNS_FOUND, 1, "an alias of a name that leads to itself"},
    {BYTES(HEADER("\x81\x80", "\1", "\3")
	     QUESTION RECORD(ALIAS, "\3") "\1x\0" RECORD(
		 ALIAS, "\3") "\1y\0" OWNED("\1y\0", "\1", "\4") ADDRESS),
	DNS_NO_ADDRESS, 0, "of two aliases of a name the first counts"},
    {BYTES(FINE OWNED("\1x\0", "\1", "\4") ADDRESS), DNS_NO_ADDRESS, 0,
	"another name's address"},
    {BYTES(FINE OWNED("\xc0\x10", "\1", "\4") ADDRESS), DNS_NO_ADDRESS, 0,
	"the parent's address"},
    {BYTES(HEADER("\x81\x80", "\1", "\3")
	     QUESTION OWNED("\1z\0", "\1", "\4") "\1\2\3\4" RECORD(
		 ALIAS, "\3") "\1x\0" OWNED("\1x\0", "\1", "\4") ADDRESS),
	DNS_FOUND, 1, "an address beside the way is left out"},
    {BYTES(FINE "\xc0\x0c\0\1\0\3\0\0\0\x3c\0\4" ADDRESS), DNS_NO_ADDRESS, 0,
	"an address of another class"},
    {BYTES(SECTIONS("\x81\x80", "\1", "\0", "\0", "\1")
	     QUESTION RECORD("\1", "\4") ADDRESS),
	DNS_NO_ADDRESS, 0, "an additional address is not an answer"},
    /* Truncated. */
    {BYTES(HEADER("\x83\x80", "\1", "\2") QUESTION RECORD("\1", "\4") ADDRESS
	 "\xc0"),
	DNS_CUT, 1, "truncated after the first address"},
    {BYTES(HEADER("\x83\x80", "\1", "\0") QUESTION), DNS_CUT, 0,
	"truncated before any address"},
    {BYTES(HEADER("\x83\x83", "\1", "\0") QUESTION), DNS_NO_NAME, 0,
	"truncated, but the name does not exist"},
    {BYTES(FINE RECORD("\1", "\5") "\1\2\3\4"), DNS_CUT, 0,
	"data beyond the end"},
    {BYTES(FINE "\x3f"), DNS_CUT, 0, "a name beyond the end"},
    {BYTES(FINE "\xc0"), DNS_CUT, 0, "half a pointer"},
    {BYTES(FINE), DNS_CUT, 0, "fewer records than promised"},
    {BYTES(HEADER("\x81\x80", "\1", "\2") QUESTION RECORD(ALIAS, "\3") "\1x\0"),
	DNS_CUT, 0, "fewer records than promised after an alias"},
    {BYTES(HEADER("\x81\x80", "\1", "\2") QUESTION RECORD("\1", "\4") ADDRESS),
	DNS_FOUND, 1, "fewer records than promised after an address"},
    /* Malformed. */
    {BYTES(FINE "\x40" RECORD("\1", "\4") ADDRESS), DNS_CUT, 0,
	"a label that is not one"},
    {BYTES(FINE OWNED("\xc0\x1a", "\1", "\4") ADDRESS), DNS_CUT, 0,
	"a pointer to itself"},
    {BYTES(FINE OWNED("\xc0\x1c", "\1", "\4") ADDRESS), DNS_CUT, 0,
	"a pointer forward"},
    {BYTES(FINE OWNED("\1x\xc0\x1a", "\1", "\4") ADDRESS), DNS_CUT, 0,
	"a pointer to its own label"},
    {BYTES(FINE OWNED("\xff\xff", "\1", "\4") ADDRESS), DNS_CUT, 0,
	"a pointer past the end"},
    {BYTES(FINE RECORD("\1", "\3") "\1\2\3"), DNS_NO_ADDRESS, 0,
	"an address of three bytes"},
    {BYTES(FINE RECORD(ALIAS, "\1") "\x3f"), DNS_NO_ADDRESS, 0,
	"an alias that is malformed"},
    /* Failures. */
    {BYTES(HEADER("\x81\x83", "\1", "\0") QUESTION), DNS_NO_NAME, 0, "no name"},
    {BYTES(HEADER("\x81\x82", "\1", "\0") QUESTION), DNS_FAILED, 0, "SERVFAIL"},
    {BYTES(HEADER("\x81\x85", "\1", "\0") QUESTION), DNS_FAILED, 0, "REFUSED"},
    {BYTES(HEADER("\x81\x81", "\1", "\0") QUESTION), DNS_NO_EDNS, 0, "FORMERR"},
    {BYTES(HEADER("\x81\x84", "\1", "\0") QUESTION), DNS_NO_EDNS, 0, "NOTIMP"},
    {BYTES(HEADER("\x81\x81", "\0", "\0")), DNS_NO_EDNS, 0,
	"FORMERR without a question"},
    {BYTES(HEADER("\x81\x82", "\0", "\0")), DNS_FAILED, 0,
	"SERVFAIL without a question"},
    {BYTES(HEADER("\x81\x83", "\0", "\0")), DNS_FAILED, 0,
	"no name, of no question"},
    {BYTES(HEADER("\x81\x80", "\0", "\0")), DNS_NOT_OURS, 0,
	"nothing to no question"},
    {BYTES(SECTIONS("\x81\x80", "\1", "\0", "\0", "\1") QUESTION OPT("\1")),
	DNS_NO_EDNS, 0, "BADVERS"},
    {BYTES(SECTIONS("\x81\x80", "\1", "\0", "\0", "\1") QUESTION OPT("\2")),
	DNS_FAILED, 0, "another extended code"},
    {BYTES(SECTIONS("\x81\x80", "\1", "\1", "\1", "\1")
	     QUESTION RECORD("\1", "\4") ADDRESS RECORD("\6", "\0") OPT("\0")),
	DNS_FOUND, 1, "an address, an authority and an OPT record"},
    /* Not ours. */
    {BYTES("\x12\x35\x81\x80\0\1\0\1\0\0\0\0" QUESTION RECORD("\1", "\4")
	     ADDRESS),
	DNS_NOT_OURS, 0, "another id"},
    {BYTES(HEADER("\x01\x00", "\1", "\0") QUESTION), DNS_NOT_OURS, 0,
	"a question"},
    {BYTES(HEADER("\xa9\x80", "\1", "\0") QUESTION), DNS_NOT_OURS, 0,
	"a response to another kind of request"},
    {BYTES(HEADER("\x81\x80", "\1", "\1") "\3APJ\4test\0\0\1\0\1" RECORD(
	 "\1", "\4") ADDRESS),
	DNS_NOT_OURS, 0, "another name"},
    {BYTES(HEADER("\x81\x80", "\1", "\1") "\3API\4test\0\0\x1c\0\1"),
	DNS_NOT_OURS, 0, "another type"},
    {BYTES(HEADER("\x81\x80", "\1", "\1") "\3API\4test\0\0\1\0\3"),
	DNS_NOT_OURS, 0, "another class"},
    {BYTES(HEADER("\x81\x83", "\2", "\0") QUESTION QUESTION), DNS_NOT_OURS, 0,
	"two questions"},
    {BYTES("\x12\x34\x81"), DNS_NOT_OURS, 0, "half a header"},
};

static bool
denies(enum dns_result result)
{
	return result == DNS_NO_ADDRESS || result == DNS_NO_NAME;
}

static void
test_responses(void)
{
	struct dns_addresses found;
	struct dns_query q;
	unsigned char copy[256];
	size_t i, n;
	bool held = true;

	tap_ok(dns_ask(&q, 0x1234, "api.test", DNS_A, true) == 0, "a question");
	for (i = 0; i < COUNT(responses); i++) {
		memcpy(copy, responses[i].bytes, responses[i].length);
		tap_number(dns_read(&q, copy, responses[i].length, &found),
		    responses[i].result, "%s", responses[i].what);
		tap_number(found.count, responses[i].count, "its addresses");
		for (n = 0; n < responses[i].length &&
			    responses[i].result == DNS_FOUND;
		     n++)
			held = held && !denies(dns_read(&q, copy, n, &found));
	}
	tap_ok(held, "no response that is cut denies what it had");
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
	static const char plain[] =
	    "\xab\xcd\x01\0\0\1\0\0\0\0\0\0\3api\6github\3com\0\0\x1c\0\1";
	static const char edns[] =
	    "\xab\xcd\x01\0\0\1\0\0\0\0\0\1\1a\1b\0\0\1\0\1"
	    "\0\0\x29\x04\xd0\0\0\0\0\0\0";
	struct dns_query q;
	char name[300];
	size_t i;

	tap_ok(dns_ask(&q, 0xabcd, "api.github.com.", DNS_AAAA, false) == 0,
	    "a question");
	tap_number(q.length, sizeof(plain) - 1, "its length");
	tap_ok(memcmp(q.bytes, plain, q.length) == 0, "byte by byte");
	tap_ok(dns_ask(&q, 0xabcd, "a.b", DNS_A, true) == 0, "with EDNS");
	tap_number(q.length, sizeof(edns) - 1, "its length");
	tap_ok(memcmp(q.bytes, edns, q.length) == 0, "byte by byte");
	tap_number(q.question_end, q.length - 11, "where the question ends");
	for (i = 0; i < COUNT(names); i++) {
		tap_number(dns_ask(&q, 0, names[i].name, DNS_A, false),
		    names[i].result, "\"%s\"", names[i].name);
	}
	/* Labels of one letter: 127 of them are 255 bytes with the root. */
	for (i = 0; i < 256; i++)
		name[i] = i % 2 == 0 ? 'a' : '.';
	name[253] = '\0';
	tap_ok(dns_ask(&q, 0, name, DNS_A, true) == 0, "the longest name");
	tap_number(q.length, DNS_QUERY_MAX, "it takes all the room");
	name[253] = '.';
	name[255] = '\0';
	tap_ok(dns_ask(&q, 0, name, DNS_A, true) < 0, "one label more");
}

/* Writes a response in which "api.test" is an alias of "a" plus i, which is one
 * of the next, and the last has an address. With long names each label has 61
 * characters, and a name 4 of them.
 *
 * Returns its length. */
static size_t
make_chain(unsigned char *bytes, size_t aliases, bool is_long)
{
	static const char head[] = HEADER("\x81\x80", "\1", "\0") QUESTION;
	static const char address[] = "\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1";
	static const char alias[] = "\0\5\0\1\0\0\0\x3c\0";
	unsigned char name[256], *p = bytes;
	size_t i, j, labels = is_long ? 4 : 1, size = is_long ? 62 : 3;

	memcpy(p, head, sizeof(head) - 1);
	p += sizeof(head) - 1;
	bytes[7] = (unsigned char)(aliases + 1);
	memcpy(name, "\3api\4test", 10);
	j = 10;
	for (i = 0; i <= aliases; i++) {
		memcpy(p, name, j);
		p += j;
		if (i == aliases)
			break;
		memcpy(p, alias, sizeof(alias) - 1);
		p += sizeof(alias) - 1;
		memset(name, 'a' + (int)i % 26, sizeof(name));
		for (j = 0; j < labels * size; j += size) {
			name[j] = (unsigned char)(size - 1);
			name[j + 1] = (unsigned char)('A' + i / 26);
		}
		name[j++] = 0;
		*p++ = (unsigned char)j;
		memcpy(p, name, j);
		p += j;
	}
	memcpy(p, address, sizeof(address) - 1);
	return (size_t)(p - bytes) + sizeof(address) - 1;
}

static void
test_chains(void)
{
	static unsigned char bytes[32768];
	struct dns_addresses found;
	struct dns_query q;
	size_t length;

	tap_ok(dns_ask(&q, 0x1234, "api.test", DNS_A, true) == 0, "a question");
	length = make_chain(bytes, DNS_ALIASES_MAX, false);
	tap_number(dns_read(&q, bytes, length, &found), DNS_FOUND, "%d aliases",
	    DNS_ALIASES_MAX);
	length = make_chain(bytes, DNS_ALIASES_MAX + 1, false);
	tap_number(
	    dns_read(&q, bytes, length, &found), DNS_FAILED, "one alias more");
	length = make_chain(bytes, 14, true);
	tap_number(dns_read(&q, bytes, length, &found), DNS_FOUND,
	    "14 aliases of 249 bytes");
}

/* Labels of so many bytes, which are as many bytes with the root as the count
 * says, as the owner of the only record. */
static enum dns_result
read_owner(size_t labels, size_t last)
{
	static const char head[] = FINE;
	static const char address[] = "\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1";
	static unsigned char bytes[1024];
	struct dns_addresses found;
	struct dns_query q;
	unsigned char *p = bytes;
	size_t i, length;

	memcpy(p, head, sizeof(head) - 1);
	p += sizeof(head) - 1;
	for (i = 0; i < labels; i++) {
		length = i + 1 < labels ? 63 : last;
		*p++ = (unsigned char)length;
		memset(p, 'a', length);
		p += length;
	}
	*p++ = 0;
	memcpy(p, address, sizeof(address) - 1);
	p += sizeof(address) - 1;
	if (dns_ask(&q, 0x1234, "api.test", DNS_A, true) < 0)
		return DNS_FOUND;
	return dns_read(&q, bytes, (size_t)(p - bytes), &found);
}

/* RFC 1035, 2.3.4. */
static void
test_long_names(void)
{
	tap_number(read_owner(4, 61), DNS_NO_ADDRESS,
	    "a name of 255 bytes is another name");
	tap_number(read_owner(4, 62), DNS_CUT, "one of 256 is malformed");
	tap_number(read_owner(6, 63), DNS_CUT, "and so is a longer one");
}

int
main(void)
{
	test_chains();
	test_long_names();
	test_questions();
	test_responses();
	return tap_done();
}
