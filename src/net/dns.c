/* dns.c - a response repeats the question right after its header, which shows
 * that it is ours. The records that follow are walked one by one, each with a
 * checked length. */
#include "net/dns.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"

#define HEADER 12
#define LABEL_MAX 63
#define CLASS_IN 1

/* Offsets in the header (RFC 1035, 4.1.1). */
#define AT_FLAGS 2
#define AT_QUESTIONS 4
#define AT_ANSWERS 6

/* Flags and response codes (RFC 1035, 4.1.1). */
#define FLAG_RESPONSE 0x8000
#define FLAGS_OPCODE 0x7800 /* 0: a standard query */
#define FLAG_TRUNCATED 0x0200
#define FLAG_RECURSION 0x0100 /* desired */
#define FLAGS_CODE 0x000f
#define CODE_NO_NAME 3

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

int
dns_ask(
    struct dns_query *query, uint16_t id, const char *name, enum dns_type type)
{
	size_t n;

	query->length = 0;
	put16(query, id);
	put16(query, FLAG_RECURSION);
	put16(query, 1);
	memset(query->bytes + query->length, 0, HEADER - AT_ANSWERS);
	query->length = HEADER;
	do {
		n = strcspn(name, ".");
		if (n == 0 || n > LABEL_MAX ||
		    n + 2 > HEADER + 255 - query->length)
			return -1;
		query->bytes[query->length++] = (unsigned char)n;
		memcpy(query->bytes + query->length, name, n);
		query->length += n;
		name += n + (name[n] == '.');
	} while (*name != '\0');
	query->bytes[query->length++] = 0;
	put16(query, type);
	put16(query, CLASS_IN);
	return 0;
}

/* Servers may change the case of names (RFC 1035, 2.3.3). */
static bool
repeats_question(const struct dns_query *query, const unsigned char *response)
{
	size_t i;

	for (i = HEADER; i < query->length; i++) {
		if (ascii_lower(query->bytes[i]) != ascii_lower(response[i]))
			return false;
	}
	return true;
}

/* Returns the offset after the name at this offset (RFC 1035, 4.1.4), or 0 if
 * it is malformed. */
static size_t
skip_name(const unsigned char *response, size_t length, size_t at)
{
	while (at < length) {
		if (response[at] == 0)
			return at + 1;
		if (response[at] >= 0xc0)
			return at + 2;
		if (response[at] > LABEL_MAX)
			return 0;
		at += response[at] + 1U;
	}
	return 0;
}

/* Takes the address from a record, if it has one.
 *
 * Returns the offset after the record, or 0 if it is malformed. */
static size_t
read_record(const unsigned char *response, size_t length, size_t at,
    unsigned type, struct dns_addresses *out)
{
	size_t data;

	at = skip_name(response, length, at);
	/* Type, class, time to live, and the data's length. */
	if (at == 0 || at > length || length - at < 10)
		return 0;
	data = get16(response + at + 8);
	if (data > length - at - 10)
		return 0;
	if (get16(response + at) == type &&
	    get16(response + at + 2) == CLASS_IN && data == out->size &&
	    out->count < DNS_ADDRESSES_MAX)
		memcpy(out->list[out->count++], response + at + 10, data);
	return at + 10 + data;
}

enum dns_result
dns_read(const struct dns_query *query, const unsigned char *response,
    size_t length, struct dns_addresses *out)
{
	unsigned type = get16(query->bytes + query->length - 4), flags, code,
		 records;
	size_t at = query->length;

	out->count = 0;
	out->size = type == DNS_AAAA ? 16 : 4;
	if (length < HEADER || get16(response) != get16(query->bytes))
		return DNS_NOT_OURS;
	flags = get16(response + AT_FLAGS);
	code = flags & FLAGS_CODE;
	if ((flags & (FLAG_RESPONSE | FLAGS_OPCODE)) != FLAG_RESPONSE)
		return DNS_NOT_OURS;
	/* A server that did not understand the query may leave it out. */
	if (get16(response + AT_QUESTIONS) == 0 && code != 0)
		return DNS_FAILED;
	if (get16(response + AT_QUESTIONS) != 1 || length < query->length ||
	    !repeats_question(query, response))
		return DNS_NOT_OURS;
	if (code != 0)
		return code == CODE_NO_NAME ? DNS_NO_NAME : DNS_FAILED;
	for (records = get16(response + AT_ANSWERS); records > 0; records--) {
		at = read_record(response, length, at, type, out);
		if (at == 0)
			break;
	}
	if (out->count > 0)
		return DNS_FOUND;
	/* Malformed, or cut before the first address. */
	if (records > 0 || (flags & FLAG_TRUNCATED) != 0)
		return DNS_FAILED;
	return DNS_NO_ADDRESS;
}
