/* client_hello_test.c - ClientHellos byte for byte (RFC 8446, 4.1.2), and what
 * is offered in each. */
#include "tls/client_hello.h"

#include "base/array.h"
#include "base/buffer.h"
#include "tap.h"
#include "tls/compose.h"
#include "tls/extension.h"

#define NAME "0000 (2 (2 00 (2 'api.test'))) "
#define OLDER "000b (2 (1 00)) ff01 (2 (1)) "
#define GROUPS "000a (2 (2 001d 0017 0018)) "
#define ALPN "0010 (2 (2 (1 'http/1.1'))) "
#define SCHEMES "000d (2 (2 0403 0503 0804 0805 0806 0401 0501 0601)) "
#define SHARE "0033 (2 (2 001d (2 *32))) "
#define ONLY "002b (2 (1 0304)) "
#define BOTH "002b (2 (1 0304 0303)) "
#define BEFORE "0303 R (1 S) "

static const uint16_t older[] = {0xc02b, 0xc02f};
static const unsigned char key[] = "**********************************"
				   "*******************************";

enum { NAMED = 1, OLDER_TOO = 2, RETRIED = 4, COOKIE = 8 };

static const struct {
	const char *name;
	unsigned parts;
	const char *message;
} rows[] = {
    {"only TLS 1.3, of an address", 0,
	"01 (3 " BEFORE "(2 1303 1301 1302) (1 00) "
	"(2 " GROUPS ALPN SCHEMES SHARE ONLY "))"},
    {"only TLS 1.3", NAMED,
	"01 (3 " BEFORE "(2 1303 1301 1302) (1 00) "
	"(2 " NAME GROUPS ALPN SCHEMES SHARE ONLY "))"},
    {"TLS 1.2 as well", NAMED | OLDER_TOO,
	"01 (3 " BEFORE "(2 1303 1301 1302 c02b c02f) (1 00) "
	"(2 " NAME OLDER GROUPS ALPN SCHEMES SHARE BOTH "))"},
    /* 4.1.2: nothing else changes. */
    {"after a retry for P-256", NAMED | RETRIED,
	"01 (3 " BEFORE "(2 1303 1301 1302) (1 00) "
	"(2 " NAME GROUPS ALPN SCHEMES "0033 (2 (2 0017 (2 *65))) " ONLY "))"},
    {"after a retry with a cookie", NAMED | COOKIE,
	"01 (3 " BEFORE "(2 1303 1301 1302) (1 00) "
	"(2 " NAME GROUPS ALPN SCHEMES SHARE ONLY "002c (2 (2 'cookie')) ))"},
};

static struct client_hello
make_hello(unsigned parts)
{
	struct client_hello hello = {
	    .random = (const unsigned char *)COMPOSE_RANDOM,
	    .session_id = (const unsigned char *)COMPOSE_SESSION_ID,
	    .group = HELLO_X25519,
	    .key = span_of(key, 32)};

	if (parts & NAMED)
		hello.name = span_text("api.test");
	if (parts & OLDER_TOO) {
		hello.older_suites = older;
		hello.older_count = COUNT(older);
	}
	if (parts & RETRIED) {
		hello.group = HELLO_P256;
		hello.key = span_of(key, 65);
	}
	if (parts & COOKIE)
		hello.cookie = span_text("cookie");
	return hello;
}

static void
check_row(size_t row)
{
	struct client_hello hello = make_hello(rows[row].parts);
	struct span expected = compose(rows[row].message);
	static char storage[HELLO_SIZE];
	struct buffer b;

	buffer_init(&b, storage, sizeof(storage));
	client_hello_write(&b, &hello);
	tap_number(b.length, expected.length, "%s: the length", rows[row].name);
	tap_ok(span_equal(span_of(b.bytes, b.length), expected),
	    "%s: the bytes", rows[row].name);
	compose_free(expected);
}

static const struct {
	unsigned type;
	unsigned parts; /* that it takes to be offered */
	const char *name;
} offers[] = {
    {EXTENSION_SERVER_NAME, NAMED, "server_name"},
    {EXTENSION_EC_POINT_FORMATS, OLDER_TOO, "ec_point_formats"},
    {EXTENSION_RENEGOTIATION_INFO, OLDER_TOO, "renegotiation_info"},
    {EXTENSION_COOKIE, COOKIE, "cookie"},
    {EXTENSION_SUPPORTED_GROUPS, 0, "supported_groups"},
    {EXTENSION_SIGNATURE_ALGORITHMS, 0, "signature_algorithms"},
    {EXTENSION_ALPN, 0, "ALPN"},
    {EXTENSION_SUPPORTED_VERSIONS, 0, "supported_versions"},
    {EXTENSION_KEY_SHARE, 0, "key_share"},
};

static const unsigned never[] = {EXTENSION_MAX_FRAGMENT_LENGTH,
    EXTENSION_STATUS_REQUEST, EXTENSION_SIGNED_CERTIFICATE_TIMESTAMP,
    EXTENSION_PADDING, EXTENSION_PRE_SHARED_KEY, EXTENSION_EARLY_DATA,
    EXTENSION_PSK_KEY_EXCHANGE_MODES, EXTENSION_CERTIFICATE_AUTHORITIES,
    EXTENSION_OID_FILTERS, EXTENSION_POST_HANDSHAKE_AUTH,
    EXTENSION_SIGNATURE_ALGORITHMS_CERT};

static void
check_offers(void)
{
	struct client_hello least = make_hello(0);
	struct client_hello most = make_hello(NAMED | OLDER_TOO | COOKIE);
	uint32_t bit;
	size_t i;

	for (i = 0; i < COUNT(offers); i++) {
		bit = extension_bit(offers[i].type);
		tap_ok((client_hello_offered(&most) & bit) != 0,
		    "%s is offered", offers[i].name);
		tap_number((client_hello_offered(&least) & bit) != 0,
		    offers[i].parts == 0, "%s in the least", offers[i].name);
	}
	for (i = 0; i < COUNT(never); i++) {
		bit = extension_bit(never[i]);
		tap_ok(bit != 0, "extension %u is known", never[i]);
		tap_number(client_hello_offered(&most) & bit, 0,
		    "extension %u is never offered", never[i]);
	}
	tap_number(extension_bit(0x1234), 0, "an unknown type has no bit");
}

static void
check_room(void)
{
	static char storage[HELLO_SIZE], cookie[MESSAGE_SERVER_HELLO_MAX];
	struct client_hello hello = make_hello(NAMED | OLDER_TOO | RETRIED);
	char name[255];
	struct buffer b;

	memset(name, 'a', sizeof(name));
	hello.name = span_of(name, sizeof(name));
	hello.cookie = span_of(cookie, sizeof(cookie));
	buffer_init(&b, storage, sizeof(storage));
	client_hello_write(&b, &hello);
	tap_ok(!b.overflowed, "the longest ClientHello fits");
}

/* In storage of every size that is too small, which nothing is written
 * around. */
static void
check_overflow(void)
{
	struct client_hello hello = make_hello(NAMED | OLDER_TOO | COOKIE);
	size_t length, size, noticed = 0;
	struct buffer b;
	char *storage;

	buffer_init(&b, NULL, 0);
	client_hello_write(&b, &hello);
	length = b.length;
	for (size = 1; size <= length; size++) {
		storage = malloc(size);
		buffer_init(&b, storage, size);
		client_hello_write(&b, &hello);
		noticed += b.overflowed;
		free(storage);
	}
	tap_number(noticed, length, "a buffer that is too small is noticed");
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		check_row(i);
	check_offers();
	check_room();
	check_overflow();
	tap_number(client_hello_key_length(HELLO_X25519), 32, "X25519's key");
	tap_number(client_hello_key_length(HELLO_P256), 65, "P-256's key");
	tap_number(client_hello_key_length(HELLO_P384), 97, "P-384's key");
	tap_number(client_hello_key_length(0x0019), 0, "P-521 has none");
	return tap_done();
}
