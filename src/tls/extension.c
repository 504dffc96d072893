/* extension.c - the table of RFC 8446, 4.2, as bits, and one loop over a block
 * that enforces it. An extension that was not offered is unsupported_extension,
 * and a known one in a message where it may not be is illegal_parameter; where
 * both are true the first rule wins. */
#include "tls/extension.h"

#include <stdbool.h>

#include "base/array.h"
#include "base/span.h"
#include "tls/fault.h"
#include "tls/wire.h"

#define SH IN_SERVER_HELLO
#define HRR IN_HELLO_RETRY
#define EE IN_ENCRYPTED_EXTENSIONS
#define CT IN_CERTIFICATE
#define CR IN_CERTIFICATE_REQUEST
#define NST IN_TICKET

/* In these the server may send what the client did not ask for. */
#define UNASKED (CR | NST)

static const struct {
	uint16_t type;
	unsigned char places;
} table[] = {
    {EXTENSION_SERVER_NAME, EE},
    {EXTENSION_MAX_FRAGMENT_LENGTH, EE},
    {EXTENSION_STATUS_REQUEST, CR | CT},
    {EXTENSION_SUPPORTED_GROUPS, EE},
    {EXTENSION_SIGNATURE_ALGORITHMS, CR},
    {EXTENSION_USE_SRTP, EE},
    {EXTENSION_HEARTBEAT, EE},
    {EXTENSION_ALPN, EE},
    {EXTENSION_SIGNED_CERTIFICATE_TIMESTAMP, CR | CT},
    {EXTENSION_CLIENT_CERTIFICATE_TYPE, EE},
    {EXTENSION_SERVER_CERTIFICATE_TYPE, EE},
    {EXTENSION_PADDING, 0},
    {EXTENSION_KEY_SHARE, SH | HRR},
    {EXTENSION_PRE_SHARED_KEY, SH},
    {EXTENSION_PSK_KEY_EXCHANGE_MODES, 0},
    {EXTENSION_EARLY_DATA, EE | NST},
    {EXTENSION_COOKIE, HRR},
    {EXTENSION_SUPPORTED_VERSIONS, SH | HRR},
    {EXTENSION_CERTIFICATE_AUTHORITIES, CR},
    {EXTENSION_OID_FILTERS, CR},
    {EXTENSION_POST_HANDSHAKE_AUTH, 0},
    {EXTENSION_SIGNATURE_ALGORITHMS_CERT, CR},
    /* These are for ServerHellos of TLS 1.2, of which nothing is read. */
    {EXTENSION_EC_POINT_FORMATS, 0},
    {EXTENSION_RENEGOTIATION_INFO, 0},
};

_Static_assert(COUNT(table) <= 32, "a bit for each row");

/* Returns the row of a type, or COUNT(table). */
static size_t
row_of(unsigned type)
{
	size_t i;

	for (i = 0; i < COUNT(table); i++) {
		if (table[i].type == type)
			break;
	}
	return i;
}

uint32_t
extension_bit(unsigned type)
{
	size_t row = row_of(type);

	return row < COUNT(table) ? UINT32_C(1) << row : 0;
}

int
extension_list_take(
    struct span *in, struct extension_list *list, struct fault *fault)
{
	if (!wire_vector(in, 2, &list->all)) {
		return fault_set(fault, ALERT_DECODE_ERROR,
		    "the server sent a message whose extensions are cut");
	}
	list->left = list->all;
	list->count = 0;
	return 0;
}

/* Whether the type stands in the list before its last extension, which was
 * just taken. */
static bool
is_repeated(const struct extension_list *list, uint32_t type)
{
	struct span rest = list->all, data;
	uint32_t other;
	unsigned i;

	for (i = 1; i < list->count; i++) {
		if (!wire_number(&rest, 2, &other) ||
		    !wire_vector(&rest, 2, &data) || other == type)
			return true;
	}
	return false;
}

int
extension_next(struct extension_list *list, struct extension *extension,
    struct fault *fault)
{
	size_t row;

	if (list->left.length == 0)
		return 0;
	if (!wire_number(&list->left, 2, &extension->type) ||
	    !wire_vector(&list->left, 2, &extension->data)) {
		return fault_set(fault, ALERT_DECODE_ERROR,
		    "the server sent an extension that is cut");
	}
	if (++list->count > EXTENSION_COUNT_MAX) {
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
		    "the server sent a message with more than 64 extensions");
	}
	if (is_repeated(list, extension->type)) {
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
		    "the server sent an extension twice in one message");
	}
	/* The cookie is the one that a response may have unasked. */
	if (list->place == IN_HELLO_RETRY &&
	    extension->type == EXTENSION_COOKIE)
		return 1;
	if (!(list->place & UNASKED) &&
	    !(list->offered & extension_bit(extension->type))) {
		return fault_set(fault, ALERT_UNSUPPORTED_EXTENSION,
		    "the server sent an extension that was not offered");
	}
	row = row_of(extension->type);
	if (row < COUNT(table) && !(table[row].places & list->place)) {
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
		    "the server sent an extension in a message where it may "
		    "not be");
	}
	return 1;
}
