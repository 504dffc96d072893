/* dns.c - an answer repeats the question right behind its header, which makes
 * it ours; the records that follow are walked with a checked length each. */
#include "net/dns.h"

#include <string.h>

#include "base/ascii.h"

#define HEADER 12
#define LABEL_MAX 63
#define CLASS_IN 1

/* Places in the header (RFC 1035, 4.1.1). */
#define AT_FLAGS 2
#define AT_QUESTIONS 4
#define AT_ANSWERS 6

static void
put16(struct dns_query *q, unsigned number)
{
	q->bytes[q->length++] = (unsigned char)(number >> 8);
	q->bytes[q->length++] = (unsigned char)number;
}

static unsigned
get16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

int
dns_ask(struct dns_query *q, uint16_t id, const char *name, enum dns_type type)
{
	size_t n;

	q->length = 0;
	put16(q, id);
	put16(q, 0x0100); /* recursion desired */
	put16(q, 1);
	memset(q->bytes + q->length, 0, HEADER - AT_ANSWERS);
	q->length = HEADER;
	do {
		n = strcspn(name, ".");
		if (n == 0 || n > LABEL_MAX || n + 2 > HEADER + 255 - q->length)
			return -1;
		q->bytes[q->length++] = (unsigned char)n;
		memcpy(q->bytes + q->length, name, n);
		q->length += n;
		name += n + (name[n] == '.');
	} while (*name != '\0');
	q->bytes[q->length++] = 0;
	put16(q, type);
	put16(q, CLASS_IN);
	return 0;
}

/* Names come back in any case (RFC 1035, 2.3.3). */
static int
repeats_question(const struct dns_query *q, const unsigned char *answer)
{
	size_t i;

	for (i = HEADER; i < q->length; i++) {
		if (ascii_lower(q->bytes[i]) != ascii_lower(answer[i]))
			return 0;
	}
	return 1;
}

/* Behind the name at this place (RFC 1035, 4.1.4), or 0 if it is broken. */
static size_t
skip_name(const unsigned char *answer, size_t length, size_t at)
{
	while (at < length) {
		if (answer[at] == 0)
			return at + 1;
		if (answer[at] >= 0xc0)
			return at + 2;
		if (answer[at] > LABEL_MAX)
			return 0;
		at += answer[at] + 1U;
	}
	return 0;
}

/* Takes the address of a record that has one. Returns the place behind the
 * record, or 0 if it is broken. */
static size_t
read_record(const unsigned char *answer, size_t length, size_t at,
    unsigned type, struct dns_addresses *out)
{
	size_t data;

	at = skip_name(answer, length, at);
	/* Type, class, time to live, and the data's length. */
	if (at == 0 || at > length || length - at < 10)
		return 0;
	data = get16(answer + at + 8);
	if (data > length - at - 10)
		return 0;
	if (get16(answer + at) == type && get16(answer + at + 2) == CLASS_IN &&
	    data == out->size && out->count < DNS_ADDRESSES_MAX)
		memcpy(out->list[out->count++], answer + at + 10, data);
	return at + 10 + data;
}

enum dns_result
dns_read(const struct dns_query *q, const unsigned char *answer, size_t length,
    struct dns_addresses *out)
{
	unsigned type = get16(q->bytes + q->length - 4), flags, records;
	size_t at = q->length;

	out->count = 0;
	out->size = type == DNS_AAAA ? 16 : 4;
	if (length < HEADER || get16(answer) != get16(q->bytes))
		return DNS_NOT_OURS;
	flags = get16(answer + AT_FLAGS);
	/* It must be an answer (1000 ...) to a standard query. */
	if ((flags & 0xf800) != 0x8000)
		return DNS_NOT_OURS;
	/* A server that did not understand may leave the question out. */
	if (get16(answer + AT_QUESTIONS) == 0 && (flags & 0xf) != 0)
		return DNS_FAILED;
	if (get16(answer + AT_QUESTIONS) != 1 || length < q->length ||
	    !repeats_question(q, answer))
		return DNS_NOT_OURS;
	if ((flags & 0xf) != 0)
		return (flags & 0xf) == 3 ? DNS_NO_NAME : DNS_FAILED;
	for (records = get16(answer + AT_ANSWERS); records > 0; records--) {
		at = read_record(answer, length, at, type, out);
		if (at == 0)
			break;
	}
	if (out->count > 0)
		return DNS_FOUND;
	/* Broken, or cut (0x0200) before the first address. */
	return records > 0 || (flags & 0x0200) != 0 ? DNS_FAILED
						    : DNS_NO_ADDRESS;
}
