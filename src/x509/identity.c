/* identity.c - names are compared where they lie in the certificate. A
 * certificate can hold thousands of names and constraints, so each comparison
 * is paid for before it begins. */
#include "x509/identity.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/ip.h"
#include "base/secrets.h"
#include "base/span.h"
#include "x509/der.h"
#include "x509/name.h"

enum {
	/* Tags of GeneralName (RFC 5280, 4.2.1.6). */
	NAME_DNS = 0x82,
	NAME_DIRECTORY = 0xa4,
	NAME_ADDRESS = 0x87
};

static struct span
drop(struct span span, size_t count)
{
	return span_of(span.bytes + count, span.length - count);
}

/* Letters, digits, hyphens and dots, and "*" as the whole first label of
 * several; no empty label (RFC 1034, 3.5). */
static bool
dns_name_is_valid(struct span name)
{
	unsigned char previous = '.';
	size_t i;

	for (i = 0; i < name.length; i++) {
		unsigned char c = name.bytes[i];

		if (c == '.' && previous == '.')
			return false;
		if (c == '*' &&
		    (i > 0 || name.length < 2 || name.bytes[1] != '.'))
			return false;
		if (!ascii_is_alphanumeric(c) && c != '-' && c != '.' &&
		    c != '*')
			return false;
		previous = c;
	}
	return name.length > 0 && previous != '.';
}

static bool
is_wildcard(struct span name)
{
	return name.length > 2 && name.bytes[0] == '*';
}

static bool
dns_matches(struct span name, const char *host)
{
	const char *dot;

	if (!dns_name_is_valid(name))
		return false;
	if (!is_wildcard(name))
		return ascii_equal_nocase(host, name.bytes, name.length);
	name = drop(name, 2);
	/* Nobody may speak for all of a top-level domain. */
	if (memchr(name.bytes, '.', name.length) == NULL)
		return false;
	dot = strchr(host, '.');
	return dot != NULL && dot > host &&
	       ascii_equal_nocase(dot + 1, name.bytes, name.length);
}

/* Whether the name is the end, or a subdomain of it. */
static bool
ends_with(struct span name, struct span end)
{
	size_t skip, i;

	if (name.length < end.length)
		return false;
	skip = name.length - end.length;
	for (i = 0; i < end.length; i++) {
		if (ascii_lower(name.bytes[skip + i]) !=
		    ascii_lower(end.bytes[i]))
			return false;
	}
	return skip == 0 || end.length == 0 || name.bytes[skip - 1] == '.';
}

bool
identity_matches(const struct certificate *certificate, const char *host)
{
	unsigned char bytes[16] = {0};
	struct span address = span_of(bytes, ip_read(host, bytes));
	struct span in = certificate->names;
	struct der_element name;

	while (in.length > 0 && der_next(&in, &name)) {
		if (address.length == 0 && name.tag == NAME_DNS &&
		    dns_matches(name.contents, host))
			return true;
		if (address.length > 0 && name.tag == NAME_ADDRESS &&
		    span_equal(name.contents, address))
			return true;
	}
	return false;
}

/* Whether the name, which is not an address, is this address in text form. */
static bool
is_address_text(struct span name, struct span address)
{
	unsigned char bytes[16] = {0};
	char text[IP_SIZE];

	return span_copy(name, text, sizeof(text)) == 0 &&
	       span_equal(span_of(bytes, ip_read(text, bytes)), address);
}

/* Whether the host is what is left of the name without its first label, with
 * one label or more before it. */
static bool
is_below_parent(struct span name, struct span host)
{
	const unsigned char *dot = memchr(name.bytes, '.', name.length);
	size_t skip = dot != NULL ? (size_t)(dot - name.bytes) + 1 : 0;

	name = drop(name, skip);
	return skip > 0 && name.length > 0 && host.length > name.length &&
	       ends_with(host, name);
}

/* The same as a phrase, for one DNS name. */
static const char *
dns_near_miss(struct span name, struct span host)
{
	bool ends_in_dot =
	    name.length > 0 && name.bytes[name.length - 1] == '.';
	bool has_star =
	    name.length > 0 && memchr(name.bytes, '*', name.length) != NULL;

	name.length -= ends_in_dot;
	if (has_star ? !is_below_parent(name, host)
		     : name.length != host.length || !ends_with(name, host))
		return NULL;
	if (name.length > 0 && memchr(name.bytes, '_', name.length) != NULL) {
		return "it has the name, but a name with an underscore does "
		       "not count: it is not a host name";
	}
	if (ends_in_dot) {
		return "it has the name with a dot at the end, which does not "
		       "count";
	}
	return "its wildcard does not count for the host: a wildcard stands "
	       "for exactly one label, the first of at least three";
}

const char *
identity_near_miss(const struct certificate *certificate, const char *host)
{
	unsigned char bytes[16] = {0};
	struct span address = span_of(bytes, ip_read(host, bytes));
	struct span in = certificate->names;
	struct der_element name;
	const char *why = NULL;

	while (why == NULL && in.length > 0 && der_next(&in, &name)) {
		if (name.tag != NAME_DNS)
			continue;
		if (address.length == 0) {
			why = dns_near_miss(name.contents, span_text(host));
		} else if (is_address_text(name.contents, address)) {
			why =
			    "it has the address as a DNS name, and an address "
			    "counts only as an iPAddress";
		}
	}
	return why;
}

bool
identity_may_serve(const struct certificate *certificate, bool is_ca)
{
	struct span in = certificate->purposes;
	struct der_element id;

	if (in.bytes == NULL)
		return true;
	while (in.length > 0 && der_take(&in, DER_OID, &id)) {
		if (DER_IS(id.contents, "\x2b\x06\x01\x05\x05\x07\x03\x01"))
			return true;
		if (is_ca && DER_IS(id.contents, "\x55\x1d\x25\x00"))
			return true;
	}
	return false;
}

enum verdict { OUTSIDE, INSIDE, UNREADABLE };

/* A wildcard is excluded if any name that it stands for is, so a base below
 * the wildcard's parent counts, too. */
static enum verdict
dns_within(struct span base, struct span name, bool is_excluded)
{
	bool below_only = base.length > 0 && base.bytes[0] == '.';

	if (below_only)
		base = drop(base, 1);
	if (!dns_name_is_valid(name) || is_wildcard(base) ||
	    ((base.length > 0 || below_only) && !dns_name_is_valid(base)))
		return UNREADABLE;
	if (ends_with(name, base)) {
		return below_only && name.length == base.length ? OUTSIDE
								: INSIDE;
	}
	/* What the wildcard stands for is not below such a base. */
	if (below_only)
		return OUTSIDE;
	if (!is_excluded || !is_wildcard(name))
		return OUTSIDE;
	return ends_with(base, drop(name, 2)) ? INSIDE : OUTSIDE;
}

/* The base is an address and a mask, whose bits must be contiguous (RFC 4632,
 * 5.1). */
static enum verdict
address_within(struct span base, struct span name)
{
	size_t size = base.length / 2, i;
	bool ended = false, inside = size == name.length;

	if ((base.length != 8 && base.length != 32) ||
	    (name.length != 4 && name.length != 16))
		return UNREADABLE;
	for (i = 0; i < size * 8; i++) {
		unsigned bit = 0x80u >> i % 8;
		bool is_set = (base.bytes[size + i / 8] & bit) != 0;

		if (is_set && ended)
			return UNREADABLE;
		ended = !is_set;
		if (is_set && inside &&
		    ((base.bytes[i / 8] ^ name.bytes[i / 8]) & bit) != 0)
			inside = false;
	}
	return inside ? INSIDE : OUTSIDE;
}

/* Both are the contents of a directoryName. */
static enum verdict
directory_within(struct span base, struct span name)
{
	struct span parts;

	if (!der_only(base, DER_SEQUENCE, &parts) ||
	    !der_only(name, DER_SEQUENCE, &parts))
		return UNREADABLE;
	return name_begins(name, base) ? INSIDE : OUTSIDE;
}

static enum verdict
name_within(struct der_element base, struct der_element name, bool is_excluded)
{
	switch (base.tag) {
	case NAME_DNS:
		return dns_within(base.contents, name.contents, is_excluded);
	case NAME_ADDRESS:
		return address_within(base.contents, name.contents);
	case NAME_DIRECTORY:
		return directory_within(base.contents, name.contents);
	default:
		return UNREADABLE;
	}
}

/* Two distinguished names are hashed byte by byte in their common form, which
 * was measured to cost up to three times as much as other names of a length. */
static size_t
price_of(struct der_element base, struct der_element name)
{
	size_t length = base.whole.length + name.whole.length;

	return name.tag == NAME_DIRECTORY
		   ? (size_t)4 * BUDGET_COMPARISON + 3 * length
		   : length;
}

/* Compares one name with a list of subtrees. If a permitted list has bases of
 * the name's kind, the name must lie within one of them; it must lie within
 * none of an excluded list. */
static bool
list_permits(struct span list, bool is_excluded, struct der_element name,
    struct budget *budget)
{
	bool has_kind = false, inside = false;
	struct der_element tree, base;

	while (list.length > 0) {
		if (!budget_spend(budget, BUDGET_COMPARISON) ||
		    !der_take(&list, DER_SEQUENCE, &tree) ||
		    !der_next(&tree.contents, &base))
			return false;
		if (base.tag != name.tag)
			continue;
		/* minimum and maximum are not used (RFC 5280, 4.2.1.10). */
		if (tree.contents.length > 0 ||
		    !budget_spend(budget, price_of(base, name)))
			return false;
		switch (name_within(base, name, is_excluded)) {
		case UNREADABLE:
			return false;
		case INSIDE:
			inside = true;
			break;
		case OUTSIDE:
			break;
		}
		has_kind = true;
	}
	return is_excluded ? !inside : inside || !has_kind;
}

static bool
name_is_permitted(const struct certificate *issuer, struct der_element name,
    struct budget *budget)
{
	return list_permits(issuer->permitted, false, name, budget) &&
	       list_permits(issuer->excluded, true, name, budget);
}

bool
identity_permits(const struct certificate *issuer,
    const struct certificate *below, struct budget *budget)
{
	struct der_element subject = {.tag = NAME_DIRECTORY,
	    .whole = below->subject,
	    .contents = below->subject};
	struct span in = below->names;
	struct der_element name;

	if (issuer->permitted.bytes == NULL && issuer->excluded.bytes == NULL)
		return true;
	while (in.length > 0) {
		if (!der_next(&in, &name) ||
		    !name_is_permitted(issuer, name, budget))
			return false;
	}
	return below->subject.length == CERTIFICATE_EMPTY_NAME ||
	       name_is_permitted(issuer, subject, budget);
}

static void
copy_name(char out[IDENTITY_NAME_SIZE], struct span name)
{
	struct buffer b;

	if (name.length > IDENTITY_NAME_SIZE - 1)
		name.length = IDENTITY_NAME_SIZE - 1;
	buffer_init(&b, out, IDENTITY_NAME_SIZE);
	secrets_hide_peer(&b, name);
}

static void
write_name(struct span name, char out[IDENTITY_NAME_SIZE])
{
	struct der_element set, pair, id, value;
	bool found = false;
	struct span in;

	copy_name(out, span_text("?"));
	if (!der_only(name, DER_SEQUENCE, &in))
		return;
	while (!found && der_take(&in, DER_SET, &set)) {
		if (!der_take(&set.contents, DER_SEQUENCE, &pair) ||
		    !der_take(&pair.contents, DER_OID, &id) ||
		    !der_next(&pair.contents, &value))
			return;
		/* X.520: commonName, organizationName. */
		found = DER_IS(id.contents, "\x55\x04\x03");
		if (found || DER_IS(id.contents, "\x55\x04\x0a"))
			copy_name(out, value.contents);
	}
}

void
identity_subject(
    const struct certificate *certificate, char out[IDENTITY_NAME_SIZE])
{
	write_name(certificate->subject, out);
}

void
identity_issuer(
    const struct certificate *certificate, char out[IDENTITY_NAME_SIZE])
{
	write_name(certificate->issuer, out);
}

static void
append_name(struct buffer *b, struct der_element name)
{
	char address[IP_SIZE];
	size_t length = name.contents.length;

	if (name.tag != NAME_DNS && name.tag != NAME_ADDRESS)
		return;
	if (b->length > 0)
		buffer_text(b, ", ");
	if (name.tag == NAME_DNS) {
		secrets_hide_peer(b, name.contents);
	} else if (length == 4 || length == 16) {
		ip_write(address, name.contents.bytes, length);
		buffer_text(b, address);
	}
}

void
identity_list_names(
    const struct certificate *certificate, char out[IDENTITY_NAME_SIZE])
{
	static const char mark[] = "...";
	struct span in = certificate->names;
	struct der_element name;
	struct buffer b;

	buffer_init(&b, out, IDENTITY_NAME_SIZE - (sizeof(mark) - 1));
	while (in.length > 0 && !b.overflowed && der_next(&in, &name))
		append_name(&b, name);
	if (b.overflowed)
		memcpy(out + b.length, mark, sizeof(mark));
}
