/* message_test.c - the messages after the hellos: those that are accepted and
 * refused, row by row of RFC 8446, 4.2 to 4.6, and how they are taken off the
 * bytes of records. */
#include "tls/message.h"

#include "base/array.h"
#include "base/buffer.h"
#include "tap.h"
#include "tls/client_hello.h"
#include "tls/compose.h"
#include "tls/extension.h"
#include "tls/fault.h"
#include "x509/chain.h"

#define ACCEPTED 0
#define BAD ALERT_ILLEGAL_PARAMETER
#define CUT ALERT_DECODE_ERROR
#define MISSING ALERT_MISSING_EXTENSION
#define UNASKED ALERT_UNSUPPORTED_EXTENSION
#define UNEXPECTED ALERT_UNEXPECTED_MESSAGE

#define ALPN "0010 (2 (2 (1 'http/1.1'))) "
#define SCHEMES "000d (2 (2 0403 0804)) "
#define REQUEST "(1) (2 " SCHEMES ")"
#define TICKET "00093a80 01020304 (1 00) "

struct row {
	const char *name;
	const char *body;
	int alert; /* or ACCEPTED */
	const char *words;
};

/* What our ClientHello offers, with a name and TLS 1.2. */
static uint32_t
offered(void)
{
	static const uint16_t older[] = {0xc02b};
	struct client_hello hello = {.name = span_text("api.test"),
	    .older_suites = older,
	    .older_count = COUNT(older)};

	return client_hello_offered(&hello);
}

static int
read_parameters(struct span body, struct fault *fault)
{
	return message_read_encrypted_extensions(body, offered(), fault);
}

static const struct row parameters[] = {
    {"supported_groups without a list", "(2 000a (2))", CUT,
	"malformed list of groups"},
    {"supported_groups of half a length", "(2 000a (2 00))", CUT,
	"malformed list of groups"},
    {"nothing in it", "(2)", ACCEPTED, NULL},
    {"http/1.1", "(2 " ALPN ")", ACCEPTED, NULL},
    {"all that may be", "(2 0000 (2) 000a (2 (2 001d 1234)) " ALPN ")",
	ACCEPTED, NULL},
    {"no length", "", CUT, "cut"},
    {"extensions that are cut", "0001", CUT, "cut"},
    {"bytes after them", "(2) 00", CUT, "malformed EncryptedExtensions"},
    {"an extension that is cut", "(2 0000 0001)", CUT, "cut"},

    /* 4.2: not offered. */
    {"an unknown extension", "(2 1234 (2))", UNASKED, "not offered"},
    {"max_fragment_length", "(2 0001 (2 01))", UNASKED, "not offered"},
    {"status_request", "(2 0005 (2))", UNASKED, "not offered"},
    {"heartbeat", "(2 000f (2 01))", UNASKED, "not offered"},
    {"early_data", "(2 002a (2))", UNASKED, "not offered"},
    {"pre_shared_key", "(2 0029 (2 0000))", UNASKED, "not offered"},
    {"server_certificate_type", "(2 0014 (2 02))", UNASKED, "not offered"},
    {"record_size_limit", "(2 001c (2 4001))", UNASKED, "not offered"},
    {"cookie", "(2 002c (2 (2 2a)))", UNASKED, "not offered"},
    /* 4.3.1: offered, and forbidden here. */
    {"key_share", "(2 0033 (2 001d (2 *32)))", BAD, "may not be"},
    {"supported_versions", "(2 002b (2 0304))", BAD, "may not be"},
    {"signature_algorithms", "(2 000d (2 (2 0403)))", BAD, "may not be"},
    {"ec_point_formats", "(2 000b (2 (1 00)))", BAD, "may not be"},
    {"renegotiation_info", "(2 ff01 (2 (1)))", BAD, "may not be"},
    {"ALPN twice", "(2 " ALPN ALPN ")", BAD, "twice"},

    /* RFC 7301, 3.1. */
    {"another protocol", "(2 0010 (2 (2 (1 'h2'))))", BAD,
	"did not choose http/1.1"},
    {"http/1.0", "(2 0010 (2 (2 (1 'http/1.0'))))", BAD,
	"did not choose http/1.1"},
    {"two protocols", "(2 0010 (2 (2 (1 'http/1.1') (1 'h2'))))", CUT,
	"choice of protocol"},
    {"no protocol", "(2 0010 (2 (2)))", CUT, "choice of protocol"},
    {"a protocol without a name", "(2 0010 (2 (2 (1))))", CUT,
	"choice of protocol"},
    {"empty ALPN", "(2 0010 (2))", CUT, "choice of protocol"},
    {"a protocol that is cut", "(2 0010 (2 (2 08 'http/1.')))", CUT,
	"choice of protocol"},
    {"bytes after the protocol", "(2 0010 (2 (2 (1 'http/1.1')) 00))", CUT,
	"choice of protocol"},
    /* RFC 6066, 3. */
    {"a server name", "(2 0000 (2 (2 00 (2 'api.test'))))", CUT, "host name"},
    /* 4.2.7. */
    {"no groups", "(2 000a (2 (2)))", CUT, "list of groups"},
    {"half a group", "(2 000a (2 (2 001d 00)))", CUT, "list of groups"},
    {"bytes after the groups", "(2 000a (2 (2 001d) 00))", CUT,
	"list of groups"},
};

static const struct row requests[] = {
    {"signature_algorithms without a list", "(1) (2 000d (2))", CUT,
	"malformed list of signature"},
    {"signature_algorithms of half a length", "(1) (2 000d (2 00))", CUT,
	"malformed list of signature"},
    {"signature algorithms", REQUEST, ACCEPTED, NULL},
    {"with names of CAs", "(1) (2 002f (2 (2 (2 3000))) " SCHEMES ")", ACCEPTED,
	NULL},
    {"with all that may be",
	"(1) (2 0005 (2) 0012 (2) 0030 (2 (2)) 0032 (2 (2 0401)) " SCHEMES ")",
	ACCEPTED, NULL},
    {"an unknown extension is ignored", "(1) (2 1234 (2 2a) " SCHEMES ")",
	ACCEPTED, NULL},
    {"nothing", "", CUT, "malformed CertificateRequest"},
    {"no extensions", "(1)", CUT, "cut"},
    {"bytes after it", REQUEST "00", CUT, "malformed CertificateRequest"},
    {"an extension that is cut", "(1) (2 " SCHEMES "1234 0001)", CUT, "cut"},
    {"a context", "(1 2a) (2 " SCHEMES ")", BAD, "context"},
    {"no signature algorithms", "(1) (2 0032 (2 (2 0401)))", MISSING,
	"without signature algorithms"},
    {"an empty list of them", "(1) (2 000d (2 (2)))", CUT,
	"list of signature algorithms"},
    {"half of one", "(1) (2 000d (2 (2 04)))", CUT,
	"list of signature algorithms"},
    {"bytes after the list", "(1) (2 000d (2 (2 0403) 00))", CUT,
	"list of signature algorithms"},
    {"the list twice", "(1) (2 " SCHEMES SCHEMES ")", BAD, "twice"},
    {"an unknown extension twice", "(1) (2 1234 (2) " SCHEMES "1234 (2))", BAD,
	"twice"},
    {"key_share", "(1) (2 " SCHEMES "0033 (2 001d (2 *32)))", BAD,
	"may not be"},
    {"server_name", "(1) (2 " SCHEMES "0000 (2))", BAD, "may not be"},
    {"ALPN", "(1) (2 " SCHEMES ALPN ")", BAD, "may not be"},
    {"cookie", "(1) (2 " SCHEMES "002c (2 (2 2a)))", BAD, "may not be"},
    {"early_data", "(1) (2 " SCHEMES "002a (2))", BAD, "may not be"},
    {"post_handshake_auth", "(1) (2 " SCHEMES "0031 (2))", BAD, "may not be"},
    {"supported_versions", "(1) (2 " SCHEMES "002b (2 0304))", BAD,
	"may not be"},
};

/* Reads a Certificate to its end. */
static int
read_chain(struct span body, struct fault *fault)
{
	struct span entries, der;
	int result;

	if (message_read_certificate(body, &entries, fault) < 0)
		return -1;
	do {
		result =
		    message_next_certificate(&entries, offered(), &der, fault);
	} while (result > 0);
	return result;
}

static const struct row chains[] = {
    {"one", "(1) (3 (3 'leaf') (2))", ACCEPTED, NULL},
    {"two", "(1) (3 (3 'leaf') (2) (3 'CA') (2))", ACCEPTED, NULL},
    {"nothing", "", CUT, "malformed Certificate"},
    {"no list", "(1)", CUT, "malformed Certificate"},
    {"bytes after the list", "(1) (3 (3 'leaf') (2)) 00", CUT,
	"malformed Certificate"},
    {"a context", "(1 2a) (3 (3 'leaf') (2))", BAD, "context"},
    /* 4.4.2.4. */
    {"no certificate", "(1) (3)", CUT, "no certificate"},
    {"an empty certificate", "(1) (3 (3) (2))", CUT, "malformed Certificate"},
    {"an empty one after another", "(1) (3 (3 'leaf') (2) (3) (2))", CUT,
	"malformed Certificate"},
    {"a certificate that is cut", "(1) (3 000005 'leaf')", CUT,
	"malformed Certificate"},
    {"no extensions", "(1) (3 (3 'leaf'))", CUT, "cut"},
    {"no extensions of the second", "(1) (3 (3 'leaf') (2) (3 'CA'))", CUT,
	"cut"},
    {"an extension that is cut", "(1) (3 (3 'leaf') (2 0005 00))", CUT, "cut"},
    /* 4.4.2: only what the ClientHello asked for. */
    {"status_request", "(1) (3 (3 'leaf') (2 0005 (2 01 (3 *9))))", UNASKED,
	"not offered"},
    {"signed_certificate_timestamp", "(1) (3 (3 'leaf') (2 0012 (2 *9)))",
	UNASKED, "not offered"},
    {"an unknown extension of the second",
	"(1) (3 (3 'leaf') (2) (3 'CA') (2 1234 (2)))", UNASKED, "not offered"},
    {"server_name", "(1) (3 (3 'leaf') (2 0000 (2)))", BAD, "may not be"},
    {"key_share", "(1) (3 (3 'leaf') (2 0033 (2 001d (2 *32))))", BAD,
	"may not be"},
};

static int
read_proof(struct span body, struct fault *fault)
{
	struct span signature;
	uint32_t scheme;

	return message_read_certificate_verify(
	    body, &scheme, &signature, fault);
}

static const struct row proofs[] = {
    {"a signature", "0403 (2 *70)", ACCEPTED, NULL},
    {"nothing", "", CUT, "malformed CertificateVerify"},
    {"no signature", "0403", CUT, "malformed CertificateVerify"},
    {"a signature that is cut", "0403 0002 2a", CUT,
	"malformed CertificateVerify"},
    {"bytes after it", "0403 (2 *70) 00", CUT, "malformed CertificateVerify"},
};

static int
read_finished(struct span body, struct fault *fault)
{
	return message_read_finished(body, 32, fault);
}

static const struct row finisheds[] = {
    {"of the hash's length", "*32", ACCEPTED, NULL},
    {"nothing", "", CUT, "wrong length"},
    {"one byte less", "*31", CUT, "wrong length"},
    {"one byte more", "*33", CUT, "wrong length"},
    {"the length of TLS 1.2", "*12", CUT, "wrong length"},
    {"the length of another hash", "*48", CUT, "wrong length"},
};

static const struct row tickets[] = {
    {"a ticket", TICKET "(2 'ticket') (2)", ACCEPTED, NULL},
    {"of no lifetime", "00000000 00000000 (1) (2 2a) (2)", ACCEPTED, NULL},
    {"of more than seven days", "7fffffff 01020304 (1 00) (2 'ticket') (2)",
	ACCEPTED, NULL},
    {"with early data", TICKET "(2 'ticket') (2 002a (2 00004000))", ACCEPTED,
	NULL},
    {"with an unknown extension", TICKET "(2 'ticket') (2 1234 (2 2a))",
	ACCEPTED, NULL},
    {"with 64 of them",
	TICKET "(2 't') (2"
	       "0100 (2) 0101 (2) 0102 (2) 0103 (2) 0104 (2) 0105 (2) 0106 (2)"
	       "0107 (2) 0108 (2) 0109 (2) 010a (2) 010b (2) 010c (2) 010d (2)"
	       "010e (2) 010f (2) 0110 (2) 0111 (2) 0112 (2) 0113 (2) 0114 (2)"
	       "0115 (2) 0116 (2) 0117 (2) 0118 (2) 0119 (2) 011a (2) 011b (2)"
	       "011c (2) 011d (2) 011e (2) 011f (2) 0120 (2) 0121 (2) 0122 (2)"
	       "0123 (2) 0124 (2) 0125 (2) 0126 (2) 0127 (2) 0128 (2) 0129 (2)"
	       "012a (2) 012b (2) 012c (2) 012d (2) 012e (2) 012f (2) 0130 (2)"
	       "0131 (2) 0132 (2) 0133 (2) 0134 (2) 0135 (2) 0136 (2) 0137 (2)"
	       "0138 (2) 0139 (2) 013a (2) 013b (2) 013c (2) 013d (2) 013e (2)"
	       "013f (2))",
	ACCEPTED, NULL},
    {"with 65 of them",
	TICKET "(2 't') (2"
	       "0100 (2) 0101 (2) 0102 (2) 0103 (2) 0104 (2) 0105 (2) 0106 (2)"
	       "0107 (2) 0108 (2) 0109 (2) 010a (2) 010b (2) 010c (2) 010d (2)"
	       "010e (2) 010f (2) 0110 (2) 0111 (2) 0112 (2) 0113 (2) 0114 (2)"
	       "0115 (2) 0116 (2) 0117 (2) 0118 (2) 0119 (2) 011a (2) 011b (2)"
	       "011c (2) 011d (2) 011e (2) 011f (2) 0120 (2) 0121 (2) 0122 (2)"
	       "0123 (2) 0124 (2) 0125 (2) 0126 (2) 0127 (2) 0128 (2) 0129 (2)"
	       "012a (2) 012b (2) 012c (2) 012d (2) 012e (2) 012f (2) 0130 (2)"
	       "0131 (2) 0132 (2) 0133 (2) 0134 (2) 0135 (2) 0136 (2) 0137 (2)"
	       "0138 (2) 0139 (2) 013a (2) 013b (2) 013c (2) 013d (2) 013e (2)"
	       "013f (2) 0140 (2))",
	BAD, "more than 64"},
    {"nothing", "", CUT, "malformed NewSessionTicket"},
    {"no ticket", TICKET, CUT, "malformed NewSessionTicket"},
    {"an empty ticket", TICKET "(2) (2)", CUT, "malformed NewSessionTicket"},
    {"no extensions", TICKET "(2 'ticket')", CUT, "cut"},
    {"bytes after it", TICKET "(2 'ticket') (2) 00", CUT,
	"malformed NewSessionTicket"},
    {"early data without its limit", TICKET "(2 'ticket') (2 002a (2))", CUT,
	"malformed NewSessionTicket"},
    {"early data with more than its limit",
	TICKET "(2 'ticket') (2 002a (2 00004000 00))", CUT,
	"malformed NewSessionTicket"},
    {"half of an extension's type", TICKET "(2 'ticket') (2 00)", CUT, "cut"},
    {"early data twice",
	TICKET "(2 'ticket') (2 002a (2 00004000) 002a (2 00004000))", BAD,
	"twice"},
    {"server_name", TICKET "(2 'ticket') (2 0000 (2))", BAD, "may not be"},
    {"pre_shared_key", TICKET "(2 'ticket') (2 0029 (2 0000))", BAD,
	"may not be"},
};

static const struct row updates[] = {
    {"without a request", "00", ACCEPTED, NULL},
    {"nothing", "", CUT, "malformed KeyUpdate"},
    {"two bytes", "0000", CUT, "malformed KeyUpdate"},
    {"an unknown request", "02", BAD, "unknown request"},
    {"another one", "ff", BAD, "unknown request"},
};

static const struct {
	const char *name;
	int (*read)(struct span body, struct fault *fault);
	const struct row *rows;
	size_t count;
} readers[] = {
    {"EncryptedExtensions", read_parameters, parameters, COUNT(parameters)},
    {"CertificateRequest", message_read_certificate_request, requests,
	COUNT(requests)},
    {"Certificate", read_chain, chains, COUNT(chains)},
    {"CertificateVerify", read_proof, proofs, COUNT(proofs)},
    {"Finished", read_finished, finisheds, COUNT(finisheds)},
    {"NewSessionTicket", message_read_new_session_ticket, tickets,
	COUNT(tickets)},
    {"KeyUpdate", message_read_key_update, updates, COUNT(updates)},
};

/* Every part of a body that is accepted must be refused. */
static void
check_cuts(size_t reader, const struct row *row, struct span body)
{
	size_t length, refused = 0;
	struct fault fault;
	struct span part;

	for (length = 0; length < body.length; length++) {
		part = span_of(malloc(length + 1), length);
		memcpy(span_mutable(part), body.bytes, length);
		refused += readers[reader].read(part, &fault) < 0;
		free(span_mutable(part));
	}
	tap_number(refused, body.length, "%s: %s: each part is refused",
	    readers[reader].name, row->name);
}

static void
check_row(size_t reader, const struct row *row)
{
	const char *title = readers[reader].name;
	struct span body = compose(row->body);
	struct fault fault = {.alert = ACCEPTED};
	int result = readers[reader].read(body, &fault);

	tap_number(result, row->alert == ACCEPTED ? 0 : -1,
	    "%s: %s: the verdict", title, row->name);
	tap_number(
	    fault.alert, row->alert, "%s: %s: the alert", title, row->name);
	tap_part(fault.what, row->words, "%s: %s: the words", title, row->name);
	if (row->alert == ACCEPTED)
		check_cuts(reader, row, body);
	compose_free(body);
}

static void
check_readers(void)
{
	size_t i, k;

	for (i = 0; i < COUNT(readers); i++) {
		for (k = 0; k < readers[i].count; k++)
			check_row(i, &readers[i].rows[k]);
	}
}

#define MORE -2 /* more bytes are needed */

static const struct {
	const char *name;
	const char *bytes;
	int alert; /* or ACCEPTED, or MORE */
} frames[] = {
    {"nothing", "", MORE},
    {"a ServerHello", "02 (3 *70)", ACCEPTED},
    {"an empty message", "08 000000", ACCEPTED},
    {"a ServerHello as long as may be", "02 (3 *8704)", ACCEPTED},
    {"EncryptedExtensions as long as may be", "08 (3 *4096)", ACCEPTED},
    {"a CertificateRequest as long as may be", "0d (3 *65536)", ACCEPTED},
    {"a CertificateVerify as long as may be", "0f (3 *4096)", ACCEPTED},
    {"a ticket as long as may be", "04 (3 *65536)", ACCEPTED},
    {"a longer ServerHello", "02 002201", BAD},
    {"longer EncryptedExtensions", "08 001001", BAD},
    {"a longer CertificateRequest", "0d 010001", BAD},
    {"a Certificate of 16 MiB", "0b ffffff", BAD},
    {"a longer CertificateVerify", "0f 001001", BAD},
    {"a longer Finished", "14 000100", BAD},
    {"a longer ticket", "04 010001", BAD},
    {"a longer KeyUpdate", "18 000100", BAD},
    /* Of these the first byte is enough. */
    {"a HelloRequest", "00", UNEXPECTED},
    {"a ClientHello", "01", UNEXPECTED},
    {"a HelloVerifyRequest", "03", UNEXPECTED},
    {"an EndOfEarlyData", "05", UNEXPECTED},
    {"a HelloRetryRequest of a draft", "06", UNEXPECTED},
    {"a ServerKeyExchange", "0c", UNEXPECTED},
    {"a ServerHelloDone", "0e", UNEXPECTED},
    {"a ClientKeyExchange", "10", UNEXPECTED},
    {"a CertificateStatus", "16", UNEXPECTED},
    {"a CompressedCertificate", "19", UNEXPECTED},
    {"a NextProtocol", "43", UNEXPECTED},
    {"a message_hash", "fe", UNEXPECTED},
    {"the type 255", "ff", UNEXPECTED},
};

static void
check_frames(void)
{
	struct message message;
	size_t i;

	for (i = 0; i < COUNT(frames); i++) {
		struct span bytes = compose(frames[i].bytes), in = bytes;
		struct fault fault = {.alert = ACCEPTED};
		int result = message_next(&in, &message, &fault);
		int got = result == 0 ? MORE : (int)fault.alert;

		tap_number(got, frames[i].alert, "framing: %s", frames[i].name);
		compose_free(bytes);
	}
}

/* A message needs more at each byte but the last, and leaves what follows. */
static void
check_more(void)
{
	struct span all = compose("08 (3 (2)) 14 (3 *32)"), in, part;
	struct message message = {.type = 0};
	struct fault fault;
	size_t length, more = 0, unchanged = 0;

	for (length = 0; length < 6; length++) {
		part = span_of(malloc(length + 1), length);
		memcpy(span_mutable(part), all.bytes, length);
		in = part;
		more += message_next(&in, &message, &fault) == 0;
		unchanged += in.bytes == part.bytes && in.length == length;
		free(span_mutable(part));
	}
	tap_number(more, 6, "a message needs more at each byte");
	tap_number(unchanged, 6, "the bytes are left until it is whole");
	in = all;
	tap_number(message_next(&in, &message, &fault), 1, "a whole message");
	tap_number(message.type, MESSAGE_ENCRYPTED_EXTENSIONS, "its type");
	tap_number(message.whole.length, 6, "its length with the header");
	tap_number(message.body.length, 2, "its length without");
	tap_number(message_next(&in, &message, &fault), 1, "the next one");
	tap_number(message.type, MESSAGE_FINISHED, "its type");
	tap_number(in.length, 0, "nothing is left");
	compose_free(all);
}

/* The longest chain that x509/chain takes fits into a message. */
static void
check_longest(void)
{
	size_t length = 1 + 3 + CHAIN_BYTES + CHAIN_CERTIFICATES * (3 + 2);

	tap_number(MESSAGE_CERTIFICATE_MAX, length,
	    "a Certificate is as long as the longest chain");
	tap_number(MESSAGE_SIZE, length + 4, "which is the longest message");
}

static void
check_values(void)
{
	struct span body = compose("0804 (2 'signature')"), signature, entries;
	struct span der = span_of(NULL, 0);
	struct fault fault;
	uint32_t scheme;

	(void)message_read_certificate_verify(
	    body, &scheme, &signature, &fault);
	tap_number(scheme, 0x0804, "the scheme of a signature");
	tap_bytes(
	    signature.bytes, signature.length, "signature", "the signature");
	compose_free(body);

	body = compose("(1) (3 (3 'leaf') (2) (3 'CA') (2))");
	(void)message_read_certificate(body, &entries, &fault);
	(void)message_next_certificate(&entries, offered(), &der, &fault);
	tap_bytes(der.bytes, der.length, "leaf", "the first certificate");
	(void)message_next_certificate(&entries, offered(), &der, &fault);
	tap_bytes(der.bytes, der.length, "CA", "the second one");
	compose_free(body);

	body = compose("01");
	tap_number(message_read_key_update(body, &fault), 1,
	    "a KeyUpdate that requests another");
	compose_free(body);
}

static void
check_written(const char *name, const struct buffer *b, const char *expected)
{
	struct span message = compose(expected);

	tap_ok(span_equal(span_of(b->bytes, b->length), message),
	    "%s is written", name);
	compose_free(message);
}

static void
check_writers(void)
{
	char storage[64];
	struct buffer b;

	buffer_init(&b, storage, sizeof(storage));
	message_write_no_certificate(&b);
	check_written("an empty Certificate", &b, "0b (3 (1) (3))");
	buffer_init(&b, storage, sizeof(storage));
	message_write_finished(&b, span_text(COMPOSE_RANDOM));
	check_written("a Finished", &b, "14 (3 R)");
	buffer_init(&b, storage, sizeof(storage));
	message_write_key_update(&b, false);
	check_written("a KeyUpdate", &b, "18 (3 00)");
	buffer_init(&b, storage, sizeof(storage));
	message_write_key_update(&b, true);
	check_written("a KeyUpdate that requests one", &b, "18 (3 01)");
	buffer_init(&b, storage, 8);
	message_write_no_certificate(&b);
	tap_ok(b.overflowed, "a buffer that is too small is noticed");
}

int
main(void)
{
	check_readers();
	check_frames();
	check_more();
	check_longest();
	check_values();
	check_writers();
	return tap_done();
}
