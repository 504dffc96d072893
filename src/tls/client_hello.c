/* client_hello.c - the message is written extension by extension from one
 * table, which also says which of them are sent, and so what a server may
 * respond to.
 */
#include "tls/client_hello.h"

#include "base/array.h"
#include "base/buffer.h"
#include "base/span.h"
#include "tls/extension.h"
#include "tls/message.h"
#include "tls/suite.h"
#include "tls/wire.h"

/* In the order of preference. */
static const struct {
	uint16_t group;
	unsigned char key_length; /* RFC 8446, 4.2.8.2 */
} groups[] = {{HELLO_X25519, 32}, {HELLO_P256, 65}, {HELLO_P384, 97}};

/* In the order of preference. */
static const uint16_t schemes[] = {HELLO_ECDSA_P256_SHA256,
    HELLO_ECDSA_P384_SHA384, HELLO_RSA_PSS_SHA256, HELLO_RSA_PSS_SHA384,
    HELLO_RSA_PSS_SHA512, HELLO_RSA_PKCS1_SHA256, HELLO_RSA_PKCS1_SHA384,
    HELLO_RSA_PKCS1_SHA512};

size_t
client_hello_key_length(unsigned group)
{
	size_t i;

	for (i = 0; i < COUNT(groups); i++) {
		if (groups[i].group == group)
			return groups[i].key_length;
	}
	return 0;
}

static bool
is_named(const struct client_hello *hello)
{
	return hello->name.length > 0;
}

static bool
is_older_too(const struct client_hello *hello)
{
	return hello->older_count > 0;
}

static bool
has_cookie(const struct client_hello *hello)
{
	return hello->cookie.bytes != NULL;
}

/* RFC 6066, 3: a list of one name, of type host_name. */
static void
write_name(struct buffer *b, const struct client_hello *hello)
{
	size_t list = wire_begin(b, 2);

	wire_write_number(b, 1, 0);
	wire_write_vector(b, 2, hello->name);
	wire_end(b, 2, list);
}

/* RFC 8422, 5.1.2: uncompressed. */
static void
write_point_formats(struct buffer *b, const struct client_hello *hello)
{
	(void)hello;
	wire_write_vector(b, 1, span_of("\0", 1));
}

static void
write_groups(struct buffer *b, const struct client_hello *hello)
{
	size_t list = wire_begin(b, 2), i;

	(void)hello;
	for (i = 0; i < COUNT(groups); i++)
		wire_write_number(b, 2, groups[i].group);
	wire_end(b, 2, list);
}

static void
write_schemes(struct buffer *b, const struct client_hello *hello)
{
	size_t list = wire_begin(b, 2), i;

	(void)hello;
	for (i = 0; i < COUNT(schemes); i++)
		wire_write_number(b, 2, schemes[i]);
	wire_end(b, 2, list);
}

/* RFC 7301, 3.1. */
static void
write_protocols(struct buffer *b, const struct client_hello *hello)
{
	size_t list = wire_begin(b, 2);

	(void)hello;
	wire_write_vector(b, 1, span_text(MESSAGE_PROTOCOL));
	wire_end(b, 2, list);
}

static void
write_versions(struct buffer *b, const struct client_hello *hello)
{
	size_t list = wire_begin(b, 1);

	wire_write_number(b, 2, HELLO_TLS13);
	if (is_older_too(hello))
		wire_write_number(b, 2, HELLO_TLS12);
	wire_end(b, 1, list);
}

static void
write_cookie(struct buffer *b, const struct client_hello *hello)
{
	wire_write_vector(b, 2, hello->cookie);
}

static void
write_share(struct buffer *b, const struct client_hello *hello)
{
	size_t list = wire_begin(b, 2);

	wire_write_number(b, 2, hello->group);
	wire_write_vector(b, 2, hello->key);
	wire_end(b, 2, list);
}

/* RFC 5746, 3.4: empty in a first handshake. */
static void
write_renegotiation(struct buffer *b, const struct client_hello *hello)
{
	(void)hello;
	wire_write_vector(b, 1, span_of("", 0));
}

/* The extensions of a ClientHello, in the order in which they are sent. */
static const struct {
	uint16_t type;
	bool (*is_sent)(const struct client_hello *hello); /* NULL: always */
	void (*write)(struct buffer *b, const struct client_hello *hello);
} extensions[] = {
    {EXTENSION_SERVER_NAME, is_named, write_name},
    {EXTENSION_EC_POINT_FORMATS, is_older_too, write_point_formats},
    {EXTENSION_RENEGOTIATION_INFO, is_older_too, write_renegotiation},
    {EXTENSION_SUPPORTED_GROUPS, NULL, write_groups},
    {EXTENSION_ALPN, NULL, write_protocols},
    {EXTENSION_SIGNATURE_ALGORITHMS, NULL, write_schemes},
    {EXTENSION_KEY_SHARE, NULL, write_share},
    {EXTENSION_SUPPORTED_VERSIONS, NULL, write_versions},
    {EXTENSION_COOKIE, has_cookie, write_cookie},
};

static bool
is_sent(size_t row, const struct client_hello *hello)
{
	return extensions[row].is_sent == NULL ||
	       extensions[row].is_sent(hello);
}

uint32_t
client_hello_offered(const struct client_hello *hello)
{
	uint32_t offered = 0;
	size_t i;

	for (i = 0; i < COUNT(extensions); i++) {
		if (is_sent(i, hello))
			offered |= extension_bit(extensions[i].type);
	}
	return offered;
}

static void
write_suites(struct buffer *b, const struct client_hello *hello)
{
	size_t list = wire_begin(b, 2), i;

	for (i = 0; i < SUITE_COUNT; i++)
		wire_write_number(b, 2, suite_table[i].id);
	for (i = 0; i < hello->older_count; i++)
		wire_write_number(b, 2, hello->older_suites[i]);
	wire_end(b, 2, list);
}

static void
write_extensions(struct buffer *b, const struct client_hello *hello)
{
	size_t list = wire_begin(b, 2), start, i;

	for (i = 0; i < COUNT(extensions); i++) {
		if (!is_sent(i, hello))
			continue;
		wire_write_number(b, 2, extensions[i].type);
		start = wire_begin(b, 2);
		extensions[i].write(b, hello);
		wire_end(b, 2, start);
	}
	wire_end(b, 2, list);
}

void
client_hello_write(struct buffer *b, const struct client_hello *hello)
{
	size_t start;

	wire_write_number(b, 1, MESSAGE_CLIENT_HELLO);
	start = wire_begin(b, 3);
	wire_write_number(b, 2, HELLO_TLS12);
	buffer_append(b, hello->random, HELLO_RANDOM_SIZE);
	wire_write_vector(
	    b, 1, span_of(hello->session_id, HELLO_SESSION_ID_SIZE));
	write_suites(b, hello);
	wire_write_vector(b, 1, span_of("\0", 1)); /* no compression */
	write_extensions(b, hello);
	wire_end(b, 3, start);
}
