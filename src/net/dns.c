/* dns.c - a response repeats the question right after its header, which shows
 * that it is ours. The answer section is walked once for each alias on the way
 * from the question's name to an address, since aliases may come in any order.
 * Names are compared in their expanded form, in lower case. */
#include "net/dns.h"

#include <string.h>

#include "base/ascii.h"

#define HEADER 12
#define LABEL_MAX 63
#define NAME_MAX_SIZE 255 /* RFC 1035, 2.3.4 */
#define POINTER 0xc0      /* the two highest bits; RFC 1035, 4.1.4 */
#define RECORD 10         /* after its name: type, class, TTL, data's length */

#define CLASS_IN 1
#define TYPE_CNAME 5
#define TYPE_OPT 41 /* RFC 6891, 6.1.1 */

/* Offsets in the header (RFC 1035, 4.1.1). */
#define AT_FLAGS 2
#define AT_QUESTIONS 4
#define AT_ANSWERS 6
#define AT_AUTHORITIES 8
#define AT_ADDITIONAL 10

/* Flags and response codes (RFC 1035, 4.1.1; RFC 6891, 9). */
#define FLAG_RESPONSE 0x8000
#define FLAGS_OPCODE 0x7800 /* 0: a standard query */
#define FLAG_TRUNCATED 0x0200
#define FLAG_RECURSION 0x0100 /* desired */
#define FLAGS_CODE 0x000f
#define CODE_MALFORMED 1
#define CODE_NO_NAME 3
#define CODE_UNKNOWN 4
#define CODE_BAD_VERSION 16

/* A name in its expanded form: lengths and labels, and 0 at the end. */
struct name {
	size_t length;
	unsigned char bytes[NAME_MAX_SIZE];
};

struct message {
	const unsigned char *bytes;
	size_t length;
};

struct record {
	struct name owner;
	unsigned type, class;
	size_t data, size; /* where the data is */
	size_t end;
};

static void
put16(struct dns_query *query, unsigned number)
{
	query->bytes[query->length++] = (unsigned char)(number >> 8);
	query->bytes[query->length++] = (unsigned char)number;
}

static unsigned
get16(const unsigned char *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

/* Appends the OPT record: the root's name, the UDP size in place of a class, no
 * extended code, version or flags in place of a TTL, and no data (RFC 6891,
 * 6.1.2). */
static void
put_opt(struct dns_query *query)
{
	query->bytes[query->length++] = 0;
	put16(query, TYPE_OPT);
	put16(query, DNS_UDP_SIZE);
	put16(query, 0);
	put16(query, 0);
	put16(query, 0);
}

int
dns_ask(struct dns_query *query, uint16_t id, const char *name,
    enum dns_type type, bool with_edns)
{
	size_t n;

	query->length = 0;
	put16(query, id);
	put16(query, FLAG_RECURSION);
	put16(query, 1);
	put16(query, 0);
	put16(query, 0);
	put16(query, with_edns ? 1 : 0);
	do {
		n = strcspn(name, ".");
		if (n == 0 || n > LABEL_MAX ||
		    n + 2 > HEADER + NAME_MAX_SIZE - query->length)
			return -1;
		query->bytes[query->length++] = (unsigned char)n;
		memcpy(query->bytes + query->length, name, n);
		query->length += n;
		name += n + (name[n] == '.');
	} while (*name != '\0');
	query->bytes[query->length++] = 0;
	put16(query, type);
	put16(query, CLASS_IN);
	query->question_end = query->length;
	if (with_edns)
		put_opt(query);
	return 0;
}

/* Servers may change the case of names (RFC 1035, 2.3.3). */
static bool
repeats_question(const struct dns_query *query, const unsigned char *response)
{
	size_t i;

	for (i = HEADER; i < query->question_end; i++) {
		if (ascii_lower(query->bytes[i]) != ascii_lower(response[i]))
			return false;
	}
	return true;
}

/* Appends a label with its length.
 *
 * Returns 0, or -1 if no room is left for it and the end of the name. */
static int
add_label(struct name *name, const unsigned char *label)
{
	size_t i;

	if (label[0] + 2U > NAME_MAX_SIZE - name->length)
		return -1;
	for (i = 0; i <= label[0]; i++)
		name->bytes[name->length++] = ascii_lower(label[i]);
	return 0;
}

/* Expands the name at this offset (RFC 1035, 4.1.4). Each pointer must lead to
 * a place before the part of the name that it ends, so that the names of a
 * hostile response end, too.
 *
 * Returns the offset after the name, or 0 if it is malformed or does not
 * end. */
static size_t
read_name(const struct message *message, size_t at, struct name *name)
{
	size_t start = at, target, after = 0;

	name->length = 0;
	while (at < message->length && message->bytes[at] != 0) {
		if (message->bytes[at] >= POINTER) {
			if (message->length - at < 2)
				return 0;
			target = get16(message->bytes + at) & 0x3fffU;
			if (after == 0)
				after = at + 2;
			if (target >= start)
				return 0;
			at = start = target;
			continue;
		}
		if (message->bytes[at] > LABEL_MAX ||
		    message->bytes[at] >= message->length - at ||
		    add_label(name, message->bytes + at) < 0)
			return 0;
		at += message->bytes[at] + 1U;
	}
	if (at >= message->length)
		return 0;
	name->bytes[name->length++] = 0;
	return after != 0 ? after : at + 1;
}

/* Returns 0, or -1 if the record is malformed or does not end. */
static int
read_record(const struct message *message, size_t at, struct record *record)
{
	const unsigned char *fixed;

	at = read_name(message, at, &record->owner);
	if (at == 0 || message->length - at < RECORD)
		return -1;
	fixed = message->bytes + at;
	record->type = get16(fixed);
	record->class = get16(fixed + 2);
	record->data = at + RECORD;
	record->size = get16(fixed + 8);
	if (record->size > message->length - record->data)
		return -1;
	record->end = record->data + record->size;
	return 0;
}

static bool
same_name(const struct name *one, const struct name *other)
{
	return one->length == other->length &&
	       memcmp(one->bytes, other->bytes, one->length) == 0;
}

/* What the answer section has about one name. */
struct facts {
	bool is_whole; /* the section was walked to its end */
	bool is_alias;
	struct name target;
};

/* Collects what the records of one owner say: its addresses of this type, and
 * the name that it is an alias of. */
static void
read_answers(const struct message *message, size_t at, const struct name *owner,
    unsigned type, struct dns_addresses *out, struct facts *facts)
{
	unsigned left = get16(message->bytes + AT_ANSWERS);
	struct record record;

	facts->is_alias = facts->is_whole = false;
	for (; left > 0; left--, at = record.end) {
		if (read_record(message, at, &record) < 0)
			return;
		if (record.class != CLASS_IN ||
		    !same_name(&record.owner, owner))
			continue;
		if (record.type == TYPE_CNAME && !facts->is_alias) {
			facts->is_alias = read_name(message, record.data,
					      &facts->target) != 0;
		} else if (record.type == type && record.size == out->size &&
			   out->count < DNS_ADDRESSES_MAX) {
			memcpy(out->list[out->count++],
			    message->bytes + record.data, record.size);
		}
	}
	facts->is_whole = true;
}

/* Follows the aliases from the question to addresses. */
static enum dns_result
follow(const struct message *message, const struct dns_query *query,
    unsigned type, struct dns_addresses *out)
{
	struct facts facts;
	struct message question = {query->bytes, query->length};
	struct name name;
	size_t i;

	if (read_name(&question, HEADER, &name) == 0)
		return DNS_FAILED;
	for (i = 0; i <= DNS_ALIASES_MAX; i++) {
		read_answers(
		    message, query->question_end, &name, type, out, &facts);
		if (out->count > 0)
			return DNS_FOUND;
		if (!facts.is_alias)
			return facts.is_whole ? DNS_NO_ADDRESS : DNS_CUT;
		name = facts.target;
	}
	return DNS_FAILED;
}

/* Returns the response code with the bits that an OPT record adds (RFC 6891,
 * 6.1.3), as far as the response can be read. */
static unsigned
response_code(const struct message *message, size_t at)
{
	unsigned code = get16(message->bytes + AT_FLAGS) & FLAGS_CODE, left;
	struct record record;

	left = get16(message->bytes + AT_ANSWERS) +
	       get16(message->bytes + AT_AUTHORITIES) +
	       get16(message->bytes + AT_ADDITIONAL);
	for (; left > 0 && read_record(message, at, &record) == 0; left--) {
		/* Its TTL begins with them. */
		if (record.type == TYPE_OPT) {
			return code | (unsigned)message->bytes[record.data - 6]
					  << 4;
		}
		at = record.end;
	}
	return code;
}

static enum dns_result
explain_code(unsigned code)
{
	switch (code) {
	case CODE_NO_NAME:
		return DNS_NO_NAME;
	case CODE_MALFORMED:
	case CODE_UNKNOWN:
	case CODE_BAD_VERSION:
		return DNS_NO_EDNS;
	default:
		return DNS_FAILED;
	}
}

enum dns_result
dns_read(const struct dns_query *query, const unsigned char *response,
    size_t length, struct dns_addresses *out)
{
	unsigned type = get16(query->bytes + query->question_end - 4), flags;
	struct message m = {response, length};
	enum dns_result result;
	unsigned code;

	out->count = 0;
	out->size = type == DNS_AAAA ? 16 : 4;
	if (length < HEADER || get16(response) != get16(query->bytes))
		return DNS_NOT_OURS;
	flags = get16(response + AT_FLAGS);
	if ((flags & (FLAG_RESPONSE | FLAGS_OPCODE)) != FLAG_RESPONSE)
		return DNS_NOT_OURS;
	/* A server that did not understand the query may leave it out. */
	if (get16(response + AT_QUESTIONS) == 0 && (flags & FLAGS_CODE) != 0) {
		return explain_code(flags & FLAGS_CODE) == DNS_NO_EDNS
			   ? DNS_NO_EDNS
			   : DNS_FAILED;
	}
	if (get16(response + AT_QUESTIONS) != 1 ||
	    length < query->question_end || !repeats_question(query, response))
		return DNS_NOT_OURS;
	code = response_code(&m, query->question_end);
	if (code != 0)
		return explain_code(code);
	result = follow(&m, query, type, out);
	return (flags & FLAG_TRUNCATED) != 0 ? DNS_CUT : result;
}
