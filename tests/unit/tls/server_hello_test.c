/* server_hello_test.c - ServerHellos and HelloRetryRequests that are accepted
 * and refused, row by row of RFC 8446, 4.1.3, 4.1.4 and 4.2. */
#include "tls/server_hello.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"
#include "tls/compose.h"
#include "tls/fault.h"

#define ACCEPTED 0
#define BAD ALERT_ILLEGAL_PARAMETER
#define CUT ALERT_DECODE_ERROR
#define MISSING ALERT_MISSING_EXTENSION
#define UNASKED ALERT_UNSUPPORTED_EXTENSION

/* The fields before the extensions, with the suites 1301 and 1303. */
#define SERVER "0303 R (1 S) 1301 00 "
#define RETRY "0303 H (1 S) 1301 00 "
#define VERSION "002b (2 0304) "
#define SHARE "0033 (2 001d (2 *32)) "
#define GROUP "0033 (2 0017) "
#define COOKIE "002c (2 (2 'cookie')) "

static const uint16_t older[] = {0xc02b, 0xc02f};

/* Our ClientHello with a share of X25519, that also offers TLS 1.2. */
static struct client_hello
make_sent(void)
{
	static const unsigned char key[32];
	struct client_hello sent = {
	    .random = (const unsigned char *)COMPOSE_RANDOM,
	    .session_id = (const unsigned char *)COMPOSE_SESSION_ID,
	    .name = span_text("api.test"),
	    .group = HELLO_X25519,
	    .key = span_of(key, sizeof(key)),
	    .older_suites = older,
	    .older_count = COUNT(older)};

	return sent;
}

struct row {
	const char *name;
	const char *message;
	int alert; /* or ACCEPTED */
	const char *words;
};

static const struct row firsts[] = {
    {"a ServerHello", SERVER "(2 " VERSION SHARE ")", ACCEPTED, NULL},
    {"extensions in another order", SERVER "(2 " SHARE VERSION ")", ACCEPTED,
	NULL},
    {"a HelloRetryRequest for P-256", RETRY "(2 " VERSION GROUP ")", ACCEPTED,
	NULL},
    {"one with a cookie", RETRY "(2 " VERSION COOKIE ")", ACCEPTED, NULL},
    {"one with both", RETRY "(2 " COOKIE GROUP VERSION ")", ACCEPTED, NULL},
    {"TLS 1.2", "0303 R (1) c02b 00 (2 ff01 (2 00))", ACCEPTED, NULL},
    {"TLS 1.2 with an extension unknown to us",
	"0303 R (1) c02b 00 (2 0016 (2))", ACCEPTED, NULL},
    {"TLS 1.2 without extensions", "0303 R (1 S) c02b 00", ACCEPTED, NULL},

    /* 4.1.3: structure. */
    {"nothing", "", CUT, "malformed ServerHello"},
    {"a random value that is cut", "0303 *31", CUT, "malformed ServerHello"},
    {"a session ID that is cut", "0303 R 20 *31", CUT, "malformed"},
    {"a session ID of 33 bytes", "0303 R (1 *33) 1301 00 (2 " VERSION SHARE ")",
	CUT, "malformed"},
    {"no compression method", "0303 R (1 S) 1301", CUT, "malformed"},
    {"one byte of extensions", SERVER "00", CUT, "malformed"},
    {"extensions that are cut", SERVER "0020 " VERSION, CUT, "malformed"},
    {"bytes after the extensions", SERVER "(2 " VERSION SHARE ") 00", CUT,
	"malformed"},
    {"an extension without a length", SERVER "(2 " VERSION SHARE "0033)", CUT,
	"malformed"},
    {"an extension that is cut", SERVER "(2 " VERSION "0033 0024 001d)", CUT,
	"malformed"},
    {"TLS 1.2 with bytes after the extensions", "0303 R (1) c02b 00 (2) 00",
	CUT, "malformed"},
    {"TLS 1.2 with one byte of an extension", "0303 R (1) c02b 00 (2 00)", CUT,
	"malformed"},
    {"TLS 1.2 with an extension that is cut",
	"0303 R (1) c02b 00 (2 ff01 0002 00)", CUT, "malformed"},

    /* 4.1.3: downgrades, of TLS 1.2 and of older versions. */
    {"TLS 1.2 of a server that speaks 1.3", "0303 *24 'DOWNGRD' 01 (1) c02b 00",
	BAD, "speaks TLS 1.3"},
    {"TLS 1.2 with the mark of TLS 1.1", "0303 *24 'DOWNGRD' 00 (1) c02b 00",
	BAD, "speaks TLS 1.3"},
    {"TLS 1.1 with its mark", "0302 *24 'DOWNGRD' 00 (1) c02b 00", BAD,
	"speaks TLS 1.3"},
    {"a mark that is not one", "0303 *24 'DOWNGRD' 02 (1) c02b 00", ACCEPTED,
	NULL},
    {"a mark elsewhere", "0303 *23 'DOWNGRD' 01 *1 (1) c02b 00", ACCEPTED,
	NULL},
    {"TLS 1.3 with a mark",
	"0303 *24 'DOWNGRD' 01 (1 S) 1301 00 (2 " VERSION SHARE ")", ACCEPTED,
	NULL},

    /* 4.2.1: the version. */
    {"TLS 1.1", "0302 R (1) 002f 00", ALERT_PROTOCOL_VERSION, "older than 1.2"},
    {"TLS 1.0", "0301 R (1) 002f 00", ALERT_PROTOCOL_VERSION, "older than 1.2"},
    {"SSL 3.0", "0300 R (1) 002f 00", ALERT_PROTOCOL_VERSION, "SSL 3.0"},
    /* D.5. */
    {"SSL 3.0 that is TLS 1.3 by extension",
	"0300 R (1 S) 1301 00 (2 " VERSION SHARE ")", ALERT_PROTOCOL_VERSION,
	"SSL 3.0"},
    {"TLS 1.3 as the old version", "0304 R (1 S) 1301 00 (2 " SHARE ")",
	ALERT_PROTOCOL_VERSION, "version that was not offered"},
    {"a draft of it", "7f1c R (1 S) 1301 00 (2 " SHARE ")",
	ALERT_PROTOCOL_VERSION, "version that was not offered"},
    {"TLS 1.2 by extension", SERVER "(2 002b (2 0303) " SHARE ")", BAD,
	"version that was not offered"},
    {"a version of the future", SERVER "(2 002b (2 0305) " SHARE ")", BAD,
	"version that was not offered"},
    {"a draft by extension", SERVER "(2 002b (2 7f1c) " SHARE ")", BAD,
	"version that was not offered"},
    {"a list of versions", SERVER "(2 002b (2 (1 0304)) " SHARE ")", CUT,
	"malformed"},
    {"an empty version", SERVER "(2 002b (2) " SHARE ")", CUT, "malformed"},
    {"a version of one byte", SERVER "(2 002b (2 03) " SHARE ")", CUT,
	"malformed"},
    {"another old version, which is ignored",
	"0301 R (1 S) 1301 00 (2 " VERSION SHARE ")", ACCEPTED, NULL},

    /* 4.1.3: the other fields. */
    {"another session ID", "0303 R (1 *32) 1301 00 (2 " VERSION SHARE ")", BAD,
	"session ID"},
    {"no session ID", "0303 R (1) 1301 00 (2 " VERSION SHARE ")", BAD,
	"session ID"},
    {"a session ID that is shorter",
	"0303 R (1 'sssssssssssssssssssssssssssssss') 1301 00 (2 " VERSION SHARE
	")",
	BAD, "session ID"},
    {"a compression method", "0303 R (1 S) 1301 01 (2 " VERSION SHARE ")", BAD,
	"compression"},
    {"a suite that is not offered",
	"0303 R (1 S) 1304 00 (2 " VERSION SHARE ")", BAD, "cipher suite"},
    {"a suite of TLS 1.2", "0303 R (1 S) c02b 00 (2 " VERSION SHARE ")", BAD,
	"cipher suite"},
    {"the suite 0", "0303 R (1 S) 0000 00 (2 " VERSION SHARE ")", BAD,
	"cipher suite"},
    {"no renegotiation as a suite",
	"0303 R (1 S) 00ff 00 (2 " VERSION SHARE ")", BAD, "cipher suite"},

    /* 4.2: extensions. */
    {"supported_versions twice", SERVER "(2 " VERSION SHARE VERSION ")", BAD,
	"twice"},
    {"key_share twice", SERVER "(2 " SHARE VERSION SHARE ")", BAD, "twice"},
    {"an unknown extension", SERVER "(2 " VERSION SHARE "1234 (2))", UNASKED,
	"not offered"},
    {"a value of GREASE", SERVER "(2 0a0a (2) " VERSION SHARE ")", UNASKED,
	"not offered"},
    {"pre_shared_key", SERVER "(2 " VERSION SHARE "0029 (2 0000))", UNASKED,
	"not offered"},
    {"cookie in a ServerHello", SERVER "(2 " VERSION SHARE COOKIE ")", UNASKED,
	"not offered"},
    {"server_name in a ServerHello", SERVER "(2 " VERSION SHARE "0000 (2))",
	BAD, "may not be"},
    {"ALPN in a ServerHello",
	SERVER "(2 " VERSION SHARE "0010 (2 (2 (1 'http/1.1'))))", BAD,
	"may not be"},
    {"supported_groups in a ServerHello",
	SERVER "(2 " VERSION SHARE "000a (2 (2 001d)))", BAD, "may not be"},
    {"ec_point_formats", SERVER "(2 " VERSION SHARE "000b (2 (1 00)))", BAD,
	"may not be"},
    {"renegotiation_info", SERVER "(2 " VERSION SHARE "ff01 (2 (1)))", BAD,
	"may not be"},
    {"signature_algorithms", SERVER "(2 " VERSION SHARE "000d (2 (2 0403)))",
	BAD, "may not be"},
    {"extended_master_secret", SERVER "(2 " VERSION SHARE "0017 (2))", UNASKED,
	"not offered"},
    {"ALPN in a HelloRetryRequest",
	RETRY "(2 " VERSION GROUP "0010 (2 (2 (1 'http/1.1'))))", BAD,
	"may not be"},
    {"an unknown extension in a HelloRetryRequest",
	RETRY "(2 " VERSION GROUP "1234 (2))", UNASKED, "not offered"},
    {"cookie twice", RETRY "(2 " VERSION COOKIE COOKIE ")", BAD, "twice"},

    /* 4.2.8: the key. */
    {"no key", SERVER "(2 " VERSION ")", MISSING, "no key"},
    {"a key of a group without a share",
	SERVER "(2 " VERSION "0033 (2 0017 (2 *65)))", BAD, "no key of ours"},
    {"a key of a group not offered",
	SERVER "(2 " VERSION "0033 (2 001e (2 *56)))", BAD, "no key of ours"},
    {"an empty key", SERVER "(2 " VERSION "0033 (2 001d (2)))", CUT,
	"malformed"},
    {"a key that is too short", SERVER "(2 " VERSION "0033 (2 001d (2 *31)))",
	BAD, "wrong length"},
    {"a key that is too long", SERVER "(2 " VERSION "0033 (2 001d (2 *33)))",
	BAD, "wrong length"},
    {"a key that is cut", SERVER "(2 " VERSION "0033 (2 001d 0020 *31))", CUT,
	"malformed"},
    {"bytes after the key", SERVER "(2 " VERSION "0033 (2 001d (2 *32) 00))",
	CUT, "malformed"},
    {"a list of keys", SERVER "(2 " VERSION "0033 (2 (2 001d (2 *32))))", CUT,
	"malformed"},
    {"only a group in a ServerHello", SERVER "(2 " VERSION "0033 (2 001d))",
	CUT, "malformed"},

    /* 4.1.4: HelloRetryRequests. */
    {"one without a version", RETRY "(2 " GROUP ")", MISSING,
	"without a version"},
    {"one without extensions", RETRY, MISSING, "without a version"},
    {"one of TLS 1.2 by extension", RETRY "(2 002b (2 0303) " GROUP ")", BAD,
	"version that was not offered"},
    {"one that changes nothing", RETRY "(2 " VERSION ")", BAD,
	"changes nothing"},
    {"one for the group of the share", RETRY "(2 " VERSION "0033 (2 001d))",
	BAD, "key of ours"},
    {"the same with a cookie", RETRY "(2 " VERSION COOKIE "0033 (2 001d))", BAD,
	"key of ours"},
    {"one for P-521", RETRY "(2 " VERSION "0033 (2 0019))", BAD,
	"group that was not offered"},
    {"one for the group 0", RETRY "(2 " VERSION "0033 (2 0000))", BAD,
	"group that was not offered"},
    {"one with a key", RETRY "(2 " VERSION "0033 (2 0017 (2 *65)))", CUT,
	"malformed"},
    {"one with a byte after the group", RETRY "(2 " VERSION "0033 (2 0017 00))",
	CUT, "malformed"},
    {"one with half a group", RETRY "(2 " VERSION "0033 (2 00))", CUT,
	"malformed"},
    {"one with an empty cookie", RETRY "(2 " VERSION "002c (2 (2)))", CUT,
	"malformed"},
    {"one with a cookie that is cut",
	RETRY "(2 " VERSION "002c (2 0007 'cookie'))", CUT, "malformed"},
    {"one with bytes after the cookie",
	RETRY "(2 " VERSION "002c (2 (2 'cookie') 00))", CUT, "malformed"},
    {"one of another old version", "0302 H (1 S) 1301 00 (2 " VERSION GROUP ")",
	BAD, "of another version"},
    {"one with another session ID", "0303 H (1) 1301 00 (2 " VERSION GROUP ")",
	BAD, "session ID"},
    {"one with compression", "0303 H (1 S) 1301 01 (2 " VERSION GROUP ")", BAD,
	"compression"},
    {"one with a suite not offered",
	"0303 H (1 S) 1305 00 (2 " VERSION GROUP ")", BAD, "cipher suite"},
};

/* What responds to the second ClientHello, with a share of P-256, after a
 * HelloRetryRequest with the suite 1301. */
static const struct row seconds[] = {
    {"the same suite and group", SERVER "(2 " VERSION "0033 (2 0017 (2 *65)))",
	ACCEPTED, NULL},
    {"another suite",
	"0303 R (1 S) 1303 00 (2 " VERSION "0033 (2 0017 (2 *65)))", BAD,
	"another cipher suite"},
    {"the group of the first share", SERVER "(2 " VERSION SHARE ")", BAD,
	"no key of ours"},
    {"a second HelloRetryRequest", RETRY "(2 " VERSION "0033 (2 0018))",
	ALERT_UNEXPECTED_MESSAGE, "second HelloRetryRequest"},
    {"a second one, malformed", RETRY, ALERT_UNEXPECTED_MESSAGE,
	"second HelloRetryRequest"},
    {"TLS 1.2", "0303 R (1) c02b 00", BAD, "another version"},
    {"another version by extension",
	SERVER "(2 002b (2 0305) 0033 (2 0017 (2 *65)))", BAD,
	"version that was not offered"},
    {"the cookie in a ServerHello",
	SERVER "(2 " VERSION "0033 (2 0017 (2 *65)) " COOKIE ")", BAD,
	"may not be"},
};

/* What responds to a ClientHello without TLS 1.2 and without a name. */
static const struct row only[] = {
    {"a ServerHello", SERVER "(2 " VERSION SHARE ")", ACCEPTED, NULL},
    {"TLS 1.2", "0303 R (1) c02b 00", ALERT_PROTOCOL_VERSION,
	"version that was not offered"},
    {"TLS 1.2 with the mark of a downgrade",
	"0303 *24 'DOWNGRD' 01 (1) c02b 00", BAD, "speaks TLS 1.3"},
    {"renegotiation_info", SERVER "(2 " VERSION SHARE "ff01 (2 (1)))", UNASKED,
	"not offered"},
    {"server_name", SERVER "(2 " VERSION SHARE "0000 (2))", UNASKED,
	"not offered"},
};

static void
check(const char *title, const struct row *row, const struct client_hello *sent,
    const struct server_hello *retry)
{
	struct span message = compose(row->message);
	struct fault fault = {.alert = ACCEPTED};
	struct server_hello hello;
	int result = server_hello_read(message, sent, retry, &hello, &fault);

	tap_number(result, row->alert == ACCEPTED ? 0 : -1,
	    "%s: %s: the verdict", title, row->name);
	tap_number(
	    fault.alert, row->alert, "%s: %s: the alert", title, row->name);
	tap_part(fault.what, row->words, "%s: %s: the words", title, row->name);
	tap_number(fault.is_downgrade,
	    row->words != NULL && strcmp(row->words, "speaks TLS 1.3") == 0,
	    "%s: %s: whether it is a downgrade", title, row->name);
	compose_free(message);
}

static void
check_all(const char *title, const struct row *rows, size_t count,
    const struct client_hello *sent, const struct server_hello *retry)
{
	size_t i;

	for (i = 0; i < count; i++)
		check(title, &rows[i], sent, retry);
}

static void
check_retried(void)
{
	static const unsigned char key[65];
	struct server_hello retry = {.kind = HELLO_RETRY};
	struct client_hello sent = make_sent();

	retry.suite = suite_find(0x1301);
	sent.group = HELLO_P256;
	sent.key = span_of(key, sizeof(key));
	sent.cookie = span_text("cookie");
	check_all("after a retry", seconds, COUNT(seconds), &sent, &retry);
}

static void
check_only(void)
{
	struct client_hello sent = make_sent();

	sent.name = span_of(NULL, 0);
	sent.older_count = 0;
	check_all("only TLS 1.3", only, COUNT(only), &sent, NULL);
}

static void
check_values(void)
{
	struct client_hello sent = make_sent();
	struct server_hello hello = {.version = 0};
	struct fault fault;
	struct span message = compose(SERVER "(2 " VERSION SHARE ")");

	(void)server_hello_read(message, &sent, NULL, &hello, &fault);
	tap_number(hello.kind, HELLO_ACCEPTED, "a ServerHello is accepted");
	tap_number(hello.version, HELLO_TLS13, "its version");
	tap_ok(hello.suite == suite_find(0x1301), "its suite");
	tap_number(hello.group, HELLO_X25519, "its group");
	tap_number(hello.key.length, 32, "the length of its key");
	compose_free(message);

	message = compose(RETRY "(2 " VERSION COOKIE GROUP ")");
	(void)server_hello_read(message, &sent, NULL, &hello, &fault);
	tap_number(hello.kind, HELLO_RETRY, "a HelloRetryRequest is one");
	tap_number(hello.group, HELLO_P256, "the group that it asks for");
	tap_bytes(
	    hello.cookie.bytes, hello.cookie.length, "cookie", "its cookie");
	compose_free(message);

	message = compose(RETRY "(2 " VERSION COOKIE ")");
	(void)server_hello_read(message, &sent, NULL, &hello, &fault);
	tap_number(hello.group, 0, "one with a cookie asks for no group");
	compose_free(message);

	message = compose("0303 R (1) c02b 00");
	(void)server_hello_read(message, &sent, NULL, &hello, &fault);
	tap_number(hello.kind, HELLO_OLDER, "TLS 1.2 is the older version");
	tap_number(hello.version, HELLO_TLS12, "which it says");
	compose_free(message);
}

/* No part of a message is a message. Without TLS 1.2, that is: what ends before
 * the extensions is a ServerHello of that version. */
static void
check_cuts(const char *text)
{
	struct client_hello sent = make_sent();
	struct span message = compose(text), part;
	struct server_hello hello;
	struct fault fault;
	size_t length, refused = 0;

	sent.older_count = 0;
	for (length = 0; length < message.length; length++) {
		part = span_of(malloc(length + 1), length);
		memcpy(span_mutable(part), message.bytes, length);
		refused +=
		    server_hello_read(part, &sent, NULL, &hello, &fault) < 0;
		free(span_mutable(part));
	}
	tap_number(refused, message.length, "each part of %s is refused", text);
	compose_free(message);
}

int
main(void)
{
	struct client_hello sent = make_sent();

	check_all("first", firsts, COUNT(firsts), &sent, NULL);
	check_retried();
	check_only();
	check_values();
	check_cuts(SERVER "(2 " VERSION SHARE ")");
	check_cuts(RETRY "(2 " VERSION COOKIE GROUP ")");
	return tap_done();
}
