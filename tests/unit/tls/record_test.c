/* record_test.c - the records of RFC 8448 in both directions, one of each other
 * AEAD, and everything that a record must not be. */
#include "tls/record.h"

#include <string.h>

#include "base/array.h"
#include "rfc8448.h"
#include "tap.h"

#define ROOM (RECORD_SIZE_MAX + 100)

static unsigned char record_bytes[ROOM], content_bytes[ROOM], sealed[ROOM];

static void
make_secret(struct traffic_secret *secret, unsigned suite)
{
	size_t i;

	secret->suite = suite_find(suite);
	for (i = 0; i < sizeof(secret->bytes); i++)
		secret->bytes[i] = (unsigned char)(3 * i);
}

static void
make_key(struct record_key *key, unsigned suite)
{
	struct traffic_secret secret;

	make_secret(&secret, suite);
	record_key_set(key, &secret);
}

static void
set_trace_key(struct record_key *key, const struct trace_secret *from)
{
	struct traffic_secret secret = {.suite = suite_find(TRACE_SUITE)};

	(void)trace_bytes(from->secret, secret.bytes);
	record_key_set(key, &secret);
}

/* Each record with one key to open and one to seal, of the side that sent it,
 * which change at the first record of application data. */
static void
test_side(const struct trace *trace, char side)
{
	const struct trace_secret *secrets =
	    side == 'C' ? trace->client : trace->server;
	enum trace_key stage = TRACE_CLEAR;
	const struct trace_record *r;
	struct record_key opens, seals;
	struct record record;
	struct fault fault;
	size_t length, size, i = 0;

	for (r = trace->records; r->side != 0; r++, i++) {
		if (r->side != side || r->key == TRACE_CLEAR)
			continue;
		if (r->key != stage) {
			set_trace_key(&opens, &secrets[r->key]);
			set_trace_key(&seals, &secrets[r->key]);
			stage = r->key;
		}
		size = trace_bytes(r->record, record_bytes);
		length = trace_bytes(r->content, content_bytes);
		tap_number(record_seal(&seals, r->type,
			       span_of(content_bytes, length), sealed),
		    size, "%s, record %zu: is sealed", trace->section, i);
		tap_ok(memcmp(sealed, record_bytes, size) == 0, "the same");
		tap_number(record_size(record_bytes, &fault), size, "its size");
		tap_number(
		    record_open(&opens, &record, record_bytes, size, &fault), 0,
		    "it is opened");
		tap_number(record.type, r->type, "to its type");
		tap_ok(
		    span_equal(record.content, span_of(content_bytes, length)),
		    "and its content");
	}
}

static void
test_clear(const struct trace *trace)
{
	const struct trace_record *r;
	struct record record;
	struct fault fault;
	size_t size, i = 0;
	unsigned version;

	for (r = trace->records; r->side != 0; r++, i++) {
		if (r->key != TRACE_CLEAR)
			continue;
		size = trace_bytes(r->record, record_bytes);
		version = (unsigned)(record_bytes[1] << 8 | record_bytes[2]);
		tap_number(record_size(record_bytes, &fault), size,
		    "%s, record %zu in the clear: its size", trace->section, i);
		tap_number(
		    record_read(&record, span_of(record_bytes, size), &fault),
		    0, "it is read");
		tap_number(record.type, r->type, "to its type");
		tap_number(
		    record_write(record.type, version, record.content, sealed),
		    size, "it is written");
		tap_ok(memcmp(sealed, record_bytes, size) == 0, "the same");
	}
}

/* Records that other code sealed, with Python's cryptography, with the secret
 * of make_secret(): the record with this number is "content", of application
 * data, with three bytes of padding. The record number 0 has nothing inside,
 * not even a type. */
static const struct {
	unsigned suite;
	uint64_t number;
	const char *padded, *empty;
} others[] = {
    {0x1301, 0xa1b2c3,
	"170303001b00a0792d990129d58691079726f60cab83aa8016ca524f9184b921",
	"17030300107b2e6b1f4cccbdec6a1dd1461062cdde"},
    {0x1302, 0xa1b2c3,
	"170303001bd34bc73a9c8f5f1e28f3ea2724ea4a753c3fc7ed1f400b671819ff",
	"170303001025fa69381e631115a4c897d533b557ec"},
    {0x1303, 0x0102030405060708,
	"170303001b3975ffe7b42346db42991672ccd2789228c20cabf3a1416cafb924",
	"1703030010182638414d4f88c713bef8a75ebfb2c3"},
};

static void
expect_fault(int result, const struct fault *fault, unsigned alert)
{
	tap_number(result, -1, "is refused");
	tap_number(fault->alert, alert, "with this alert");
	tap_ok(strncmp(fault->what, "the server ", 11) == 0, "in words");
}

static void
test_other(size_t row)
{
	const char *name = suite_find(others[row].suite)->name;
	size_t size = trace_bytes(others[row].padded, record_bytes);
	struct record_key opens, seals;
	struct record record;
	struct fault fault;

	make_key(&opens, others[row].suite);
	make_key(&seals, others[row].suite);
	opens.sequence = seals.sequence = others[row].number;
	/* The last byte of the padding takes the place of a type. */
	tap_number(record_seal(&seals, (enum record_type)0,
		       span_of("content\x17\0\0", 10), sealed),
	    size, "%s: other code's record is sealed", name);
	tap_ok(memcmp(sealed, record_bytes, size) == 0, "the same");
	tap_number(record_open(&opens, &record, record_bytes, size, &fault), 0,
	    "it is opened");
	tap_number(record.type, RECORD_APPLICATION, "to its type");
	tap_ok(span_equal(record.content, span_text("content")),
	    "and its content");
	make_key(&opens, others[row].suite);
	size = trace_bytes(others[row].empty, record_bytes);
	expect_fault(record_open(&opens, &record, record_bytes, size, &fault),
	    &fault, ALERT_UNEXPECTED_MESSAGE);
}

/* What a record has inside (RFC 8446, 5.2, 5.4), with the type and the padding,
 * and the alert with which it is refused, or 0. */
static const struct {
	const char *name;
	const char *inner;
	size_t length;
	unsigned alert;
	size_t content; /* its length */
} inners[] = {
    {"only padding", "\0", 1, ALERT_UNEXPECTED_MESSAGE, 0},
    {"only padding, more of it", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 17,
	ALERT_UNEXPECTED_MESSAGE, 0},
    {"an unknown type", "ab\x18", 3, ALERT_UNEXPECTED_MESSAGE, 0},
    {"the type 1", "ab\1", 3, ALERT_UNEXPECTED_MESSAGE, 0},
    {"the type 255", "ab\xff\0", 4, ALERT_UNEXPECTED_MESSAGE, 0},
    {"a ChangeCipherSpec", "\1\x14", 2, ALERT_UNEXPECTED_MESSAGE, 0},
    {"an empty handshake record", "\x16", 1, ALERT_UNEXPECTED_MESSAGE, 0},
    {"an empty handshake record with padding", "\x16\0\0", 3,
	ALERT_UNEXPECTED_MESSAGE, 0},
    {"an empty alert", "\x15", 1, ALERT_UNEXPECTED_MESSAGE, 0},
    {"half an alert", "\1\x15", 2, ALERT_DECODE_ERROR, 0},
    {"an alert and a half", "\1\0\1\x15", 4, ALERT_DECODE_ERROR, 0},
    {"an alert", "\1\0\x15", 3, 0, 2},
    {"an alert with padding", "\1\0\x15\0\0\0\0", 7, 0, 2},
    {"empty application data", "\x17", 1, 0, 0},
    {"empty application data with padding", "\x17\0\0\0", 4, 0, 0},
    {"application data that ends with zeros", "a\0\0\x17\0", 5, 0, 3},
    {"a handshake record", "\x14\0\0\0\x16", 5, 0, 4},
};

static void
test_inner(unsigned suite, size_t row)
{
	const unsigned char *inner = (const unsigned char *)inners[row].inner;
	size_t length = inners[row].length, size, i;
	struct record_key opens, seals;
	struct record record;
	struct fault fault;
	unsigned char left = 0;
	int result;

	make_key(&opens, suite);
	make_key(&seals, suite);
	size = RECORD_HEADER + length + AEAD_TAG;
	tap_number(record_seal(&seals, (enum record_type)inner[length - 1],
		       span_of(inner, length - 1), sealed),
	    size, "%#x, %s: is sealed", suite, inners[row].name);
	result = record_open(&opens, &record, sealed, size, &fault);
	if (inners[row].alert != 0) {
		expect_fault(result, &fault, inners[row].alert);
		for (i = 0; i < length; i++)
			left |= sealed[RECORD_HEADER + i];
		tap_number(left, 0, "and wiped");
		return;
	}
	tap_number(result, 0, "is opened");
	tap_number(record.type, inner[inners[row].content], "to its type");
	tap_ok(span_equal(record.content, span_of(inner, inners[row].content)),
	    "and its content");
}

/* A record of three bytes with one bit of it changed, be it in the header, the
 * content or the tag. */
static void
test_changed(unsigned suite)
{
	struct record_key key;
	struct record record;
	struct fault fault;
	size_t size = RECORD_OVERHEAD + 3, i, opened = 0, alerts = 0, left = 0;

	for (i = 0; i < 8 * size; i++) {
		make_key(&key, suite);
		(void)!record_seal(
		    &key, RECORD_APPLICATION, span_text("abc"), sealed);
		sealed[i / 8] ^= (unsigned char)(1u << i % 8);
		key.sequence = 0;
		opened += record_open(&key, &record, sealed, size, &fault) == 0;
		alerts += fault.alert == ALERT_BAD_RECORD_MAC;
		left += memcmp(sealed + RECORD_HEADER, "\0\0\0\0", 4) != 0;
	}
	tap_number(
	    opened, 0, "%#x: no record with a bit changed is opened", suite);
	tap_number(alerts, 8 * size, "each is refused with bad_record_mac");
	tap_number(left, 0, "and wiped");
}

/* Each takes and leaves records in order only. */
static void
test_sequence(unsigned suite)
{
	unsigned char again[RECORD_OVERHEAD + 3];
	struct record_key opens, seals;
	struct record record;
	struct fault fault;
	size_t size = sizeof(again);

	make_key(&opens, suite);
	make_key(&seals, suite);
	(void)!record_seal(&seals, RECORD_HANDSHAKE, span_text("abc"), again);
	memcpy(sealed, again, size);
	tap_number(record_open(&opens, &record, sealed, size, &fault), 0,
	    "%#x: a record is opened", suite);
	memcpy(sealed, again, size);
	expect_fault(record_open(&opens, &record, sealed, size, &fault), &fault,
	    ALERT_BAD_RECORD_MAC);
	make_key(&opens, suite);
	(void)!record_seal(&seals, RECORD_HANDSHAKE, span_text("abc"), again);
	tap_ok(memcmp(sealed, again, size) != 0, "the next one is different");
	expect_fault(record_open(&opens, &record, again, size, &fault), &fault,
	    ALERT_BAD_RECORD_MAC);
}

/* RFC 8446, 5.3 and 5.5. */
static void
test_limits(unsigned suite, uint64_t records)
{
	struct record_key key;
	struct record record;
	struct fault fault;

	make_key(&key, suite);
	key.sequence = records - 1;
	tap_ok(!record_key_is_spent(&key), "%#x: one record is left", suite);
	tap_number(record_seal(&key, RECORD_ALERT, span_of("\1\0", 2), sealed),
	    RECORD_OVERHEAD + 2, "it is sealed");
	tap_ok(record_key_is_spent(&key), "then the key is spent");
	tap_number(record_seal(&key, RECORD_ALERT, span_of("\1\0", 2), sealed),
	    -1, "and no record is sealed");
	tap_ok(key.sequence == records, "nor counted");
	make_key(&key, suite);
	key.sequence = UINT64_MAX;
	expect_fault(
	    record_open(&key, &record, sealed, RECORD_OVERHEAD + 2, &fault),
	    &fault, ALERT_UNEXPECTED_MESSAGE);
	tap_ok(key.sequence == UINT64_MAX, "the number does not start again");
}

static void
test_lengths(unsigned suite)
{
	struct record_key opens, seals;
	struct record record;
	struct fault fault;
	ssize_t size;

	make_key(&opens, suite);
	make_key(&seals, suite);
	memset(content_bytes, 'a', sizeof(content_bytes));
	tap_number(record_seal(&seals, RECORD_APPLICATION,
		       span_of(content_bytes, RECORD_CONTENT_MAX + 1), sealed),
	    -1, "%#x: more than a record takes is not sealed", suite);
	tap_number(seals.sequence, 0, "and uses no number");
	/* In place. */
	memset(sealed, 'a', sizeof(sealed));
	size = record_seal(&seals, RECORD_APPLICATION,
	    span_of(sealed + RECORD_HEADER, RECORD_CONTENT_MAX), sealed);
	tap_number(size, RECORD_OVERHEAD + RECORD_CONTENT_MAX,
	    "as much as it takes is sealed in place");
	tap_number(record_size(sealed, &fault), size, "its size");
	tap_number(record_open(&opens, &record, sealed, (size_t)size, &fault),
	    0, "it is opened");
	tap_ok(span_equal(
		   record.content, span_of(content_bytes, RECORD_CONTENT_MAX)),
	    "to the content");
	expect_fault(
	    record_open(&opens, &record, sealed, (size_t)size + 1, &fault),
	    &fault, ALERT_RECORD_OVERFLOW);
	expect_fault(record_open(&opens, &record, sealed,
			 RECORD_HEADER + AEAD_TAG - 1, &fault),
	    &fault, ALERT_BAD_RECORD_MAC);
	expect_fault(
	    record_open(&opens, &record, sealed, RECORD_HEADER, &fault), &fault,
	    ALERT_BAD_RECORD_MAC);
}

/* RFC 8446, 5.1 and 5.2. */
static const struct {
	unsigned char header[RECORD_HEADER];
	ssize_t size;
	unsigned alert;
} headers[] = {
    {{19, 3, 3, 0, 1}, -1, ALERT_UNEXPECTED_MESSAGE},
    {{24, 3, 3, 0, 1}, -1, ALERT_UNEXPECTED_MESSAGE}, /* heartbeat */
    {{0, 3, 3, 0, 1}, -1, ALERT_UNEXPECTED_MESSAGE},
    {{'H', 'T', 'T', 'P', '/'}, -1, ALERT_UNEXPECTED_MESSAGE},
    {{255, 3, 3, 0, 1}, -1, ALERT_UNEXPECTED_MESSAGE},
    {{22, 3, 3, 0x40, 0}, 5 + 16384, 0},
    {{22, 3, 3, 0x40, 1}, -1, ALERT_RECORD_OVERFLOW},
    {{21, 3, 3, 0xff, 0xff}, -1, ALERT_RECORD_OVERFLOW},
    {{20, 3, 3, 0x40, 1}, -1, ALERT_RECORD_OVERFLOW},
    {{23, 3, 3, 0x41, 0}, 5 + 16640, 0},
    {{23, 3, 3, 0x41, 1}, -1, ALERT_RECORD_OVERFLOW},
    {{23, 3, 3, 0, 0}, 5, 0},
    /* The version does not count. */
    {{22, 3, 1, 0, 4}, 9, 0},
    {{22, 0, 0, 0, 4}, 9, 0},
    {{22, 0xff, 0xff, 0, 4}, 9, 0},
};

static const struct {
	const char *name, *bytes;
	size_t size;
	unsigned alert;
} clears[] = {
    {"a ChangeCipherSpec", "\x14\3\3\0\1\1", 6, 0},
    {"one of 0", "\x14\3\3\0\1\0", 6, ALERT_UNEXPECTED_MESSAGE},
    {"one of 2", "\x14\3\3\0\1\2", 6, ALERT_UNEXPECTED_MESSAGE},
    {"an empty one", "\x14\3\3\0\0", 5, ALERT_UNEXPECTED_MESSAGE},
    {"two in a record", "\x14\3\3\0\2\1\1", 7, ALERT_UNEXPECTED_MESSAGE},
    {"an alert", "\x15\3\3\0\2\2\50", 7, 0},
    {"an empty alert", "\x15\3\3\0\0", 5, ALERT_UNEXPECTED_MESSAGE},
    {"half an alert", "\x15\3\3\0\1\2", 6, ALERT_DECODE_ERROR},
    {"two alerts", "\x15\3\3\0\4\1\0\1\0", 9, ALERT_DECODE_ERROR},
    {"a handshake record", "\x16\3\3\0\1\2", 6, 0},
    {"an empty one", "\x16\3\3\0\0", 5, ALERT_UNEXPECTED_MESSAGE},
};

static void
test_read(void)
{
	struct record record;
	struct fault fault;
	ssize_t size;
	size_t i;
	int result;

	for (i = 0; i < COUNT(headers); i++) {
		size = record_size(headers[i].header, &fault);
		tap_number(size, headers[i].size, "header %zu: the size", i);
		if (size < 0)
			expect_fault((int)size, &fault, headers[i].alert);
	}
	for (i = 0; i < COUNT(clears); i++) {
		result = record_read(
		    &record, span_of(clears[i].bytes, clears[i].size), &fault);
		if (clears[i].alert != 0) {
			expect_fault(result, &fault, clears[i].alert);
			continue;
		}
		tap_number(result, 0, "%s is read", clears[i].name);
		tap_number(record.type, clears[i].bytes[0], "to its type");
		tap_number(record.content.length,
		    clears[i].size - RECORD_HEADER, "and its content");
	}
	tap_number(record_write(RECORD_HANDSHAKE, 0x0303,
		       span_of(content_bytes, RECORD_CONTENT_MAX + 1), sealed),
	    -1, "more than a record takes is not written");
}

/* The memory of a key has nothing that points into it. */
static void
test_moved(unsigned suite)
{
	static const struct record_key nothing;
	struct record_key key, moved;
	struct record record;
	struct fault fault;
	unsigned char all = 0;
	size_t i;

	make_key(&key, suite);
	memcpy(&moved, &key, sizeof(moved));
	(void)!record_seal(&key, RECORD_APPLICATION, span_text("abc"), sealed);
	record_key_wipe(&key);
	for (i = 0; i < sizeof(key); i++)
		all |= ((unsigned char *)&key)[i];
	tap_number(all, 0, "%#x: a key is wiped whole", suite);
	tap_ok(key.suite == nothing.suite, "with its suite");
	tap_number(
	    record_open(&moved, &record, sealed, RECORD_OVERHEAD + 3, &fault),
	    0, "a copy of it works");
}

int
main(void)
{
	unsigned suite;
	size_t i, k;

	for (i = 0; i < COUNT(traces); i++) {
		test_clear(traces[i]);
		test_side(traces[i], 'C');
		test_side(traces[i], 'S');
	}
	for (i = 0; i < COUNT(others); i++)
		test_other(i);
	for (i = 0; i < SUITE_COUNT; i++) {
		suite = suite_table[i].id;
		for (k = 0; k < COUNT(inners); k++)
			test_inner(suite, k);
		test_changed(suite);
		test_sequence(suite);
		test_lengths(suite);
		test_moved(suite);
	}
	test_limits(0x1301, (uint64_t)1 << 24);
	test_limits(0x1302, (uint64_t)1 << 24);
	test_limits(0x1303, UINT64_MAX);
	test_read();
	return tap_done();
}
