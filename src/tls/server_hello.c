/* server_hello.c - the message is read in two steps: its structure, then its
 * meaning, in the order of RFC 8446, 4.1.3 and 4.1.4: the version first. */
#include "tls/server_hello.h"

#include <string.h>

#include "base/span.h"
#include "tls/client_hello.h"
#include "tls/extension.h"
#include "tls/fault.h"
#include "tls/suite.h"
#include "tls/wire.h"

#define SENTINEL_SIZE 8
#define SSL3 0x0300

/* RFC 8446, 4.1.3: the random value that makes a ServerHello a
 * HelloRetryRequest, SHA-256 of that name. */
static const unsigned char retry_random[HELLO_RANDOM_SIZE] = {0xcf, 0x21, 0xad,
    0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8,
    0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09,
    0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/* What stands in a message of type server_hello. Absent extensions are absent
 * spans. */
struct parts {
	uint32_t version;
	struct span random;
	struct span session_id;
	uint32_t suite;
	uint32_t compression;
	struct span extensions; /* with the length, or empty */
	struct span versions;   /* supported_versions */
	struct span share;      /* key_share */
	struct span cookie;
};

static int
malformed(struct fault *fault)
{
	return fault_set(fault, ALERT_DECODE_ERROR,
	    "the server sent a malformed ServerHello");
}

static int
illegal(struct fault *fault, const char *what)
{
	return fault_set(fault, ALERT_ILLEGAL_PARAMETER, what);
}

static int
read_fields(struct span body, struct parts *parts, struct fault *fault)
{
	if (!wire_number(&body, 2, &parts->version) ||
	    !wire_bytes(&body, HELLO_RANDOM_SIZE, &parts->random) ||
	    !wire_vector(&body, 1, &parts->session_id) ||
	    parts->session_id.length > HELLO_SESSION_ID_SIZE ||
	    !wire_number(&body, 2, &parts->suite) ||
	    !wire_number(&body, 1, &parts->compression))
		return malformed(fault);
	parts->extensions = body;
	return 0;
}

static bool
is_retry(const struct parts *parts)
{
	return span_equal(
	    parts->random, span_of(retry_random, sizeof(retry_random)));
}

/* Finds out whether the message has supported_versions, which makes it one of
 * TLS 1.3: that must be known before anything else in it has a meaning. An
 * older server may send no extensions at all.
 *
 * Returns 1, 0, or -1 with the fault set. */
static int
has_versions(struct span in, struct fault *fault)
{
	struct span list = in, data;
	uint32_t type;
	int found = 0;

	if (in.length > 0 && (!wire_vector(&in, 2, &list) || in.length > 0))
		return malformed(fault);
	while (list.length > 0) {
		if (!wire_number(&list, 2, &type) ||
		    !wire_vector(&list, 2, &data))
			return malformed(fault);
		if (type == EXTENSION_SUPPORTED_VERSIONS)
			found = 1;
	}
	return found;
}

static int
read_extensions(
    struct parts *parts, const struct client_hello *sent, struct fault *fault)
{
	struct extension_list list = {
	    .place = is_retry(parts) ? IN_HELLO_RETRY : IN_SERVER_HELLO,
	    .offered = client_hello_offered(sent)};
	struct span in = parts->extensions;
	struct extension extension;
	int result;

	if (extension_list_take(&in, &list, fault) < 0)
		return -1;
	while ((result = extension_next(&list, &extension, fault)) > 0) {
		if (extension.type == EXTENSION_SUPPORTED_VERSIONS) {
			parts->versions = extension.data;
		} else if (extension.type == EXTENSION_KEY_SHARE) {
			parts->share = extension.data;
		} else {
			parts->cookie = extension.data;
		}
	}
	return result;
}

bool
server_hello_is_downgrade(const unsigned char *random)
{
	const unsigned char *end = random + HELLO_RANDOM_SIZE - SENTINEL_SIZE;

	return memcmp(end, "DOWNGRD\x01", SENTINEL_SIZE) == 0 ||
	       memcmp(end, "DOWNGRD\x00", SENTINEL_SIZE) == 0;
}

/* A ServerHello without supported_versions. */
static int
read_older(const struct parts *parts, const struct client_hello *sent,
    const struct server_hello *retry, struct server_hello *out,
    struct fault *fault)
{
	if (is_retry(parts)) {
		return fault_set(fault, ALERT_MISSING_EXTENSION,
		    "the server sent a HelloRetryRequest without a version");
	}
	if (retry != NULL) {
		return illegal(fault,
		    "the server chose another version after its "
		    "HelloRetryRequest");
	}
	if (server_hello_is_downgrade(parts->random.bytes)) {
		(void)illegal(fault,
		    "the server speaks TLS 1.3 but was made to choose an older "
		    "version");
		fault->is_downgrade = true;
		return -1;
	}
	if (parts->version < HELLO_TLS12) {
		return fault_set(fault, ALERT_PROTOCOL_VERSION,
		    "the server chose a TLS version older than 1.2");
	}
	if (parts->version > HELLO_TLS12 || sent->older_count == 0) {
		return fault_set(fault, ALERT_PROTOCOL_VERSION,
		    "the server chose a TLS version that was not offered");
	}
	out->kind = HELLO_OLDER;
	out->version = HELLO_TLS12;
	return 0;
}

static int
read_version(
    const struct parts *parts, struct server_hello *out, struct fault *fault)
{
	struct span in = parts->versions;
	uint32_t version;

	if (!wire_number(&in, 2, &version) || in.length > 0)
		return malformed(fault);
	/* RFC 8446, 4.2.1: an older version may not be chosen this way. */
	if (version != HELLO_TLS13) {
		return illegal(fault,
		    "the server chose a TLS version that was not offered");
	}
	out->version = version;
	return 0;
}

/* The fields that ServerHello and HelloRetryRequest have in common. */
static int
check_fields(const struct parts *parts, const struct client_hello *sent,
    const struct server_hello *retry, struct server_hello *out,
    struct fault *fault)
{
	struct span id = span_of(sent->session_id, HELLO_SESSION_ID_SIZE);

	/* RFC 8446, 4.1.4. In a ServerHello it is ignored (4.2.1). */
	if (is_retry(parts) && parts->version != HELLO_TLS12) {
		return illegal(fault,
		    "the server sent a HelloRetryRequest of another version");
	}
	if (!span_equal(parts->session_id, id)) {
		return illegal(fault,
		    "the server did not send the session ID back unchanged");
	}
	if (parts->compression != 0)
		return illegal(fault, "the server chose compression");
	out->suite = suite_find(parts->suite);
	if (out->suite == NULL) {
		return illegal(fault,
		    "the server chose a cipher suite that was not offered");
	}
	if (retry != NULL && out->suite != retry->suite) {
		return illegal(fault,
		    "the server chose another cipher suite after its "
		    "HelloRetryRequest");
	}
	return 0;
}

static int
read_accepted(const struct parts *parts, const struct client_hello *sent,
    struct server_hello *out, struct fault *fault)
{
	struct span in = parts->share;
	uint32_t group;

	if (in.bytes == NULL) {
		return fault_set(fault, ALERT_MISSING_EXTENSION,
		    "the server sent no key for the key exchange");
	}
	if (!wire_number(&in, 2, &group) || !wire_vector(&in, 2, &out->key) ||
	    in.length > 0 || out->key.length == 0)
		return malformed(fault);
	if (group != sent->group) {
		return illegal(fault,
		    "the server chose a group for which it has no key of ours");
	}
	if (out->key.length != client_hello_key_length(group)) {
		return illegal(fault,
		    "the server sent a key of a wrong length for the key "
		    "exchange");
	}
	out->kind = HELLO_ACCEPTED;
	out->group = group;
	return 0;
}

/* The group that a HelloRetryRequest asks for, if it does. */
static int
read_group(const struct parts *parts, const struct client_hello *sent,
    struct server_hello *out, struct fault *fault)
{
	struct span in = parts->share;
	uint32_t group;

	if (in.bytes == NULL)
		return 0;
	if (!wire_number(&in, 2, &group) || in.length > 0)
		return malformed(fault);
	if (client_hello_key_length(group) == 0) {
		return illegal(
		    fault, "the server asked for a group that was not offered");
	}
	if (group == sent->group) {
		return illegal(fault,
		    "the server asked for a group of which it has a key of "
		    "ours");
	}
	out->group = group;
	return 0;
}

static int
read_cookie(
    const struct parts *parts, struct server_hello *out, struct fault *fault)
{
	struct span in = parts->cookie;

	if (in.bytes == NULL)
		return 0;
	if (!wire_vector(&in, 2, &out->cookie) || in.length > 0 ||
	    out->cookie.length == 0)
		return malformed(fault);
	return 0;
}

static int
read_retry(const struct parts *parts, const struct client_hello *sent,
    struct server_hello *out, struct fault *fault)
{
	if (read_group(parts, sent, out, fault) < 0 ||
	    read_cookie(parts, out, fault) < 0)
		return -1;
	if (out->group == 0 && out->cookie.bytes == NULL) {
		return illegal(fault,
		    "the server sent a HelloRetryRequest that changes nothing");
	}
	out->kind = HELLO_RETRY;
	return 0;
}

int
server_hello_read(struct span body, const struct client_hello *sent,
    const struct server_hello *retry, struct server_hello *out,
    struct fault *fault)
{
	struct parts parts = {0};
	int is_newer;

	memset(out, 0, sizeof(*out));
	if (read_fields(body, &parts, fault) < 0)
		return -1;
	/* RFC 8446, D.5, whatever the extensions say. */
	if (parts.version <= SSL3) {
		return fault_set(
		    fault, ALERT_PROTOCOL_VERSION, "the server chose SSL 3.0");
	}
	if (is_retry(&parts) && retry != NULL) {
		return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent a second HelloRetryRequest");
	}
	is_newer = has_versions(parts.extensions, fault);
	if (is_newer <= 0) {
		return is_newer < 0
			   ? -1
			   : read_older(&parts, sent, retry, out, fault);
	}
	if (read_extensions(&parts, sent, fault) < 0 ||
	    read_version(&parts, out, fault) < 0 ||
	    check_fields(&parts, sent, retry, out, fault) < 0)
		return -1;
	if (is_retry(&parts))
		return read_retry(&parts, sent, out, fault);
	return read_accepted(&parts, sent, out, fault);
}
