/* certificate.c - every function cuts spans of DER into smaller ones and copies
 * nothing. Extensions are read by a table: what is in it is understood, the
 * rest must not be critical. */
#include "x509/certificate.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/ip.h"
#include "base/span.h"

/* What a hostile certificate can press against. */
#define EXTENSIONS_MAX 32
#define COMPARISONS_MAX 100000 /* names times subtrees */
#define RSA_BITS_MIN 2048
#define RSA_BYTES_MAX 512

enum {
	/* Context tags of TBSCertificate, and of its extensions. */
	DER_VERSION = 0xa0,
	DER_ISSUER_ID = 0x81,
	DER_SUBJECT_ID = 0x82,
	DER_EXTENSIONS = 0xa3,
	DER_PERMITTED = 0xa0,
	DER_EXCLUDED = 0xa1,
	/* GeneralName (RFC 5280, 4.2.1.6). */
	NAME_DNS = 0x82,
	NAME_DIRECTORY = 0xa4,
	NAME_ADDRESS = 0x87
};

/* BearSSL's pointers are not const, though it only reads. */
static unsigned char *
unconst(const unsigned char *bytes)
{
	return (unsigned char *)bytes;
}

static const char *
read_rsa(struct certificate *c, struct span point)
{
	struct span numbers, n, e;
	size_t bits;

	if (!der_only(point, DER_SEQUENCE, &numbers) ||
	    !der_positive(&numbers, &n) || !der_positive(&numbers, &e) ||
	    numbers.length > 0)
		return "its RSA key is malformed";
	bits = n.length * 8;
	for (unsigned top = n.bytes[0]; top < 0x80; top <<= 1)
		bits--;
	if (bits < RSA_BITS_MIN)
		return "its RSA key is shorter than 2048 bits";
	if (bits % 8 != 0)
		return "its RSA key's length is not a multiple of 8 bits";
	if (n.length > RSA_BYTES_MAX)
		return "its RSA key is longer than 4096 bits";
	c->key.key_type = BR_KEYTYPE_RSA;
	c->key.key.rsa.n = unconst(n.bytes);
	c->key.key.rsa.nlen = n.length;
	c->key.key.rsa.e = unconst(e.bytes);
	c->key.key.rsa.elen = e.length;
	return NULL;
}

/* Named curves only (RFC 5480, 2.1.1). */
static const char *
read_ec(struct certificate *c, struct span curve, struct span point)
{
	size_t size;

	if (DER_IS(curve, "\x2a\x86\x48\xce\x3d\x03\x01\x07")) {
		c->key.key.ec.curve = BR_EC_secp256r1;
		size = 65;
	} else if (DER_IS(curve, "\x2b\x81\x04\x00\x22")) {
		c->key.key.ec.curve = BR_EC_secp384r1;
		size = 97;
	} else {
		return "its key is on a curve other than P-256 and P-384";
	}
	if (point.length != size || point.bytes[0] != 0x04)
		return "its EC key is malformed";
	c->key.key_type = BR_KEYTYPE_EC;
	c->key.key.ec.q = unconst(point.bytes);
	c->key.key.ec.qlen = size;
	return NULL;
}

/* A BIT STRING of whole octets. */
static bool
read_bits(struct span *in, struct span *out)
{
	struct der_element e;

	if (!der_take(in, DER_BIT_STRING, &e) || e.contents.length < 2 ||
	    e.contents.bytes[0] != 0)
		return false;
	out->bytes = e.contents.bytes + 1;
	out->length = e.contents.length - 1;
	return true;
}

static const char *
read_key(struct certificate *c, struct span *tbs)
{
	struct der_element info, algorithm, kind,
	    curve = {0, {NULL, 0}, {NULL, 0}};
	struct span point;

	if (!der_take(tbs, DER_SEQUENCE, &info) ||
	    !der_take(&info.contents, DER_SEQUENCE, &algorithm) ||
	    !der_take(&algorithm.contents, DER_OID, &kind) ||
	    !read_bits(&info.contents, &point) || info.contents.length > 0)
		return "its public key is malformed";
	if (DER_IS(kind.contents, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"))
		return read_rsa(c, point);
	if (!DER_IS(kind.contents, "\x2a\x86\x48\xce\x3d\x02\x01"))
		return "its key is neither RSA nor EC";
	if (!der_take(&algorithm.contents, DER_OID, &curve))
		return "its key is on an unnamed curve";
	return read_ec(c, curve.contents, point);
}

static bool
read_time(struct span *in, int64_t *time)
{
	struct der_element e;
	unsigned char tag;

	if (!der_next(in, &e))
		return false;
	tag = e.contents.length == DATE_UTC_LENGTH ? DER_UTC_TIME
						   : DER_GENERALIZED_TIME;
	return e.tag == tag && date_read_asn1(span_chars(e.contents),
				   e.contents.length, time) == 0;
}

static bool
read_basic_constraints(struct certificate *c, struct span value)
{
	struct span in;
	struct der_element e;

	if (!der_only(value, DER_SEQUENCE, &in))
		return false;
	if (in.length > 0 && in.bytes[0] == DER_BOOLEAN) {
		if (!der_next(&in, &e) || !DER_IS(e.contents, "\xff"))
			return false;
		c->is_ca = true;
	}
	if (in.length > 0) {
		if (!der_take(&in, DER_INTEGER, &e) || e.contents.length != 1 ||
		    e.contents.bytes[0] >= 0x80)
			return false;
		c->path_length = e.contents.bytes[0];
	}
	return in.length == 0;
}

static bool
read_key_usage(struct certificate *c, struct span value)
{
	struct span bits;

	if (!der_only(value, DER_BIT_STRING, &bits) || bits.length < 2 ||
	    bits.length > 3 || bits.bytes[0] > 7)
		return false;
	c->has_key_usage = true;
	c->key_usage = bits.bytes[1];
	return true;
}

static bool
read_list(struct span value, struct span *list)
{
	struct span in;
	struct der_element e;

	if (!der_only(value, DER_SEQUENCE, list) || list->length == 0)
		return false;
	for (in = *list; in.length > 0;)
		if (!der_next(&in, &e))
			return false;
	return true;
}

static bool
read_names(struct certificate *c, struct span value)
{
	return read_list(value, &c->names);
}

static bool
read_purposes(struct certificate *c, struct span value)
{
	return read_list(value, &c->purposes);
}

static bool
read_constraints(struct certificate *c, struct span value)
{
	struct span in;
	struct der_element list, e;

	if (!read_list(value, &c->constraints))
		return false;
	for (in = c->constraints; in.length > 0;) {
		if (!der_next(&in, &list) || list.contents.length == 0 ||
		    (list.tag != DER_PERMITTED && list.tag != DER_EXCLUDED))
			return false;
		while (list.contents.length > 0)
			if (!der_take(&list.contents, DER_SEQUENCE, &e) ||
			    !der_next(&e.contents, &e))
				return false;
	}
	return true;
}

/* With no policy asked for, policies restrict nothing (RFC 5280, 6.1.1). */
static bool
read_policies(struct certificate *c, struct span value)
{
	(void)c;
	return value.length > 0;
}

/* Would ask for a policy, which nothing here looks at. */
static bool
read_policy_constraints(struct certificate *c, struct span value)
{
	(void)c;
	(void)value;
	return false;
}

/* The last octet of the object identifier 2.5.29.N. */
static const struct {
	unsigned char number;
	bool (*read)(struct certificate *c, struct span value);
} extensions[] = {
    {15, read_key_usage},
    {17, read_names},
    {19, read_basic_constraints},
    {30, read_constraints},
    {32, read_policies},
    {36, read_policy_constraints},
    {37, read_purposes},
};

static const char *
read_extension(
    struct certificate *c, struct span id, bool critical, struct span value)
{
	for (size_t i = 0; i < COUNT(extensions); i++)
		if (id.length == 3 && memcmp(id.bytes, "\x55\x1d", 2) == 0 &&
		    id.bytes[2] == extensions[i].number)
			return extensions[i].read(c, value)
				   ? NULL
				   : "one of its extensions is malformed or "
				     "not "
				     "supported";
	return critical ? "it has an unknown critical extension" : NULL;
}

static const char *
read_extensions(struct certificate *c, struct span value)
{
	struct span list, seen[EXTENSIONS_MAX];
	struct der_element e, id, field;
	const char *why;

	if (!der_only(value, DER_SEQUENCE, &list) || list.length == 0)
		return "its extensions are malformed";
	for (size_t n = 0; list.length > 0; n++) {
		bool critical = false;

		if (n == EXTENSIONS_MAX)
			return "it has too many extensions";
		if (!der_take(&list, DER_SEQUENCE, &e) ||
		    !der_take(&e.contents, DER_OID, &id) ||
		    !der_next(&e.contents, &field))
			return "its extensions are malformed";
		for (size_t i = 0; i < n; i++)
			if (span_equal(seen[i], id.contents))
				return "it has the same extension twice";
		seen[n] = id.contents;
		if (field.tag == DER_BOOLEAN) {
			critical = DER_IS(field.contents, "\xff");
			if (!critical || !der_next(&e.contents, &field))
				return "its extensions are malformed";
		}
		if (field.tag != DER_OCTET_STRING || e.contents.length > 0)
			return "its extensions are malformed";
		why = read_extension(c, id.contents, critical, field.contents);
		if (why != NULL)
			return why;
	}
	return NULL;
}

/* What a certificate may not say about itself. */
static const char *
contradiction(const struct certificate *c)
{
	if (c->issuer.length == 2)
		return "its issuer has no name";
	if (c->subject.length == 2 && c->is_ca)
		return "it is an authority without a name";
	if (!c->is_ca && c->constraints.bytes != NULL)
		return "it constrains names but is no authority";
	if (!c->is_ca && (c->key_usage & CERTIFICATE_USE_ISSUE))
		return "it may sign certificates but is no authority";
	return NULL;
}

/* From the version to the key, in order (RFC 5280, 4.1). */
static const char *
read_fields(struct certificate *c, struct span tbs, struct span algorithm)
{
	struct der_element e, validity;
	struct span version;
	const char *why;

	/* Version 1 is the default and left out in DER. */
	c->is_v1 = tbs.length > 0 && tbs.bytes[0] == DER_INTEGER;
	if (!c->is_v1 && (!der_take(&tbs, DER_VERSION, &e) ||
			     !der_only(e.contents, DER_INTEGER, &version) ||
			     !DER_IS(version, "\x02")))
		return "it is of neither version 3 nor 1";
	/* Up to 20 octets, and a sign octet that some count apart. */
	if (!der_take(&tbs, DER_INTEGER, &e) || e.contents.length == 0 ||
	    e.contents.length > 21)
		return "its serial number is malformed";
	if (!der_take(&tbs, DER_SEQUENCE, &e) ||
	    !span_equal(e.whole, algorithm))
		return "it names two signature algorithms";
	if (!der_take(&tbs, DER_SEQUENCE, &e))
		return "its issuer is malformed";
	c->issuer = e.whole;
	if (!der_take(&tbs, DER_SEQUENCE, &validity) ||
	    !read_time(&validity.contents, &c->not_before) ||
	    !read_time(&validity.contents, &c->not_after) ||
	    validity.contents.length > 0)
		return "its dates are malformed";
	if (!der_take(&tbs, DER_SEQUENCE, &e))
		return "its subject is malformed";
	c->subject = e.whole;
	why = read_key(c, &tbs);
	if (why != NULL)
		return why;
	der_skip(&tbs, DER_ISSUER_ID);
	der_skip(&tbs, DER_SUBJECT_ID);
	if (tbs.bytes == NULL)
		return "it is malformed";
	if (tbs.length == 0)
		return NULL;
	if (c->is_v1 || !der_take(&tbs, DER_EXTENSIONS, &e) || tbs.length > 0)
		return "its extensions are malformed";
	return read_extensions(c, e.contents);
}

int
certificate_read(struct certificate *c, const unsigned char *der, size_t length,
    const char **why)
{
	struct span in = {der, length}, outer;
	struct der_element tbs, algorithm, id;

	memset(c, 0, sizeof(*c));
	c->path_length = -1;
	*why = "it is malformed";
	if (!der_only(in, DER_SEQUENCE, &outer) ||
	    !der_take(&outer, DER_SEQUENCE, &tbs) ||
	    !der_take(&outer, DER_SEQUENCE, &algorithm) ||
	    !read_bits(&outer, &c->signature) || outer.length > 0 ||
	    !der_take(&algorithm.contents, DER_OID, &id))
		return -1;
	c->signed_part = tbs.whole;
	c->algorithm = id.contents;
	*why = read_fields(c, tbs.contents, algorithm.whole);
	if (*why == NULL)
		*why = contradiction(c);
	return *why == NULL ? 0 : -1;
}

/* Letters, digits, hyphens and dots, and "*" as a whole first label; no empty
 * label (RFC 1034, 3.5). */
static bool
dns_name_is_valid(struct span name)
{
	unsigned char before = '.';

	for (size_t i = 0; i < name.length; i++) {
		unsigned char b = name.bytes[i];

		if (b == '.' && before == '.')
			return false;
		if (b == '*' &&
		    (i > 0 || name.length < 2 || name.bytes[1] != '.'))
			return false;
		if (!ascii_is_alphanumeric(b) && b != '-' && b != '.' &&
		    b != '*')
			return false;
		before = b;
	}
	return name.length > 0 && before != '.';
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
	name.bytes += 2;
	name.length -= 2;
	/* Two labels at least after the star: *.com is for nobody. */
	if (memchr(name.bytes, '.', name.length) == NULL)
		return false;
	dot = strchr(host, '.');
	return dot != NULL && dot > host &&
	       ascii_equal_nocase(dot + 1, name.bytes, name.length);
}

bool
certificate_matches(const struct certificate *c, const char *host)
{
	unsigned char address[16];
	size_t length = ip_read(host, address);
	struct span in = c->names;
	struct der_element name;

	while (in.length > 0 && der_next(&in, &name)) {
		if (length == 0 && name.tag == NAME_DNS &&
		    dns_matches(name.contents, host))
			return true;
		if (length > 0 && name.tag == NAME_ADDRESS &&
		    der_is(name.contents, (char *)address, length))
			return true;
	}
	return false;
}

bool
certificate_may_serve(const struct certificate *c, bool is_issuer)
{
	struct span in = c->purposes;
	struct der_element id;

	if (in.bytes == NULL)
		return true;
	while (in.length > 0 && der_take(&in, DER_OID, &id))
		if (DER_IS(id.contents, "\x2b\x06\x01\x05\x05\x07\x03\x01") ||
		    (is_issuer && DER_IS(id.contents, "\x55\x1d\x25\x00")))
			return true;
	return false;
}

static bool
ends_with(struct span name, struct span end)
{
	size_t skip;

	if (name.length < end.length)
		return false;
	skip = name.length - end.length;
	for (size_t i = 0; i < end.length; i++)
		if (ascii_lower(name.bytes[skip + i]) !=
		    ascii_lower(end.bytes[i]))
			return false;
	return skip == 0 || end.length == 0 || name.bytes[skip - 1] == '.';
}

enum verdict { OUTSIDE, INSIDE, UNREADABLE };

/* Any name a wildcard stands for counts when it is excluded, so there the
 * star's parent is asked whether the base lies under it. */
static enum verdict
dns_within(struct span base, struct span name, bool excluded)
{
	if (!dns_name_is_valid(name) || is_wildcard(base) ||
	    (base.length > 0 && !dns_name_is_valid(base)))
		return UNREADABLE;
	if (ends_with(name, base))
		return INSIDE;
	if (!excluded || !is_wildcard(name))
		return OUTSIDE;
	name.bytes += 2;
	name.length -= 2;
	return ends_with(base, name) ? INSIDE : OUTSIDE;
}

/* An address and a mask, whose bits are contiguous (RFC 4632, 5.1). */
static enum verdict
address_within(struct span base, struct span name)
{
	size_t n = base.length / 2;
	bool ended = false, inside = n == name.length;

	if ((base.length != 8 && base.length != 32) ||
	    (name.length != 4 && name.length != 16))
		return UNREADABLE;
	for (size_t i = 0; i < n * 8; i++) {
		unsigned bit = 0x80u >> i % 8;
		bool set = (base.bytes[n + i / 8] & bit) != 0;

		if (set && ended)
			return UNREADABLE;
		ended = !set;
		if (set && inside &&
		    ((base.bytes[i / 8] ^ name.bytes[i / 8]) & bit) != 0)
			inside = false;
	}
	return inside ? INSIDE : OUTSIDE;
}

/* The base's RDNs begin the name's; both are the contents of [4]. Bytes are
 * compared, as authorities encode alike what they constrain. */
static enum verdict
directory_within(struct span base, struct span name)
{
	struct span b, n;

	if (!der_only(base, DER_SEQUENCE, &b) ||
	    !der_only(name, DER_SEQUENCE, &n))
		return UNREADABLE;
	if (b.length == 0)
		return INSIDE;
	return b.length <= n.length && memcmp(b.bytes, n.bytes, b.length) == 0
		   ? INSIDE
		   : OUTSIDE;
}

static enum verdict
name_within(struct der_element base, struct der_element name, bool excluded)
{
	switch (base.tag) {
	case NAME_DNS:
		return dns_within(base.contents, name.contents, excluded);
	case NAME_ADDRESS:
		return address_within(base.contents, name.contents);
	case NAME_DIRECTORY:
		return directory_within(base.contents, name.contents);
	default:
		return UNREADABLE;
	}
}

/* One list of subtrees against one name. Of a permitted list with bases of
 * the name's kind one must hold it; of an excluded list none may. */
static bool
list_permits(struct der_element list, struct der_element name)
{
	bool excluded = list.tag == DER_EXCLUDED;
	bool concerned = false, inside = false;
	struct der_element tree, base;

	while (list.contents.length > 0) {
		if (!der_take(&list.contents, DER_SEQUENCE, &tree) ||
		    !der_next(&tree.contents, &base))
			return false;
		if (base.tag != name.tag)
			continue;
		/* minimum and maximum are not used (RFC 5280, 4.2.1.10). */
		if (tree.contents.length > 0)
			return false;
		switch (name_within(base, name, excluded)) {
		case UNREADABLE:
			return false;
		case INSIDE:
			inside = true;
			break;
		case OUTSIDE:
			break;
		}
		concerned = true;
	}
	return excluded ? !inside : inside || !concerned;
}

static bool
constraints_permit(struct span in, struct der_element name)
{
	struct der_element list;

	while (in.length > 0)
		if (!der_next(&in, &list) || !list_permits(list, name))
			return false;
	return true;
}

static size_t
count_elements(struct span in)
{
	struct der_element e;
	size_t count = 0;

	while (in.length > 0 && der_next(&in, &e))
		count++;
	return count;
}

static bool
is_too_much(const struct certificate *issuer, const struct certificate *below)
{
	struct span in = issuer->constraints;
	struct der_element list;
	size_t trees = 0;

	while (in.length > 0 && der_next(&in, &list))
		trees += count_elements(list.contents);
	return trees * (count_elements(below->names) + 1) > COMPARISONS_MAX;
}

bool
certificate_permits(
    const struct certificate *issuer, const struct certificate *below)
{
	struct span in = below->names;
	struct der_element name;

	if (issuer->constraints.bytes == NULL)
		return true;
	if (is_too_much(issuer, below))
		return false;
	while (in.length > 0)
		if (!der_next(&in, &name) ||
		    !constraints_permit(issuer->constraints, name))
			return false;
	name.tag = NAME_DIRECTORY;
	name.whole = name.contents = below->subject;
	return below->subject.length == 2 ||
	       constraints_permit(issuer->constraints, name);
}

static void
copy_name(char out[CERTIFICATE_NAME_SIZE], struct span name)
{
	size_t length = name.length;

	if (length > CERTIFICATE_NAME_SIZE - 1)
		length = CERTIFICATE_NAME_SIZE - 1;
	memcpy(out, name.bytes, length);
	out[length] = '\0';
}

void
certificate_subject(
    const struct certificate *c, char out[CERTIFICATE_NAME_SIZE])
{
	struct span in;
	struct der_element set, pair, id, value;
	bool found = false;

	copy_name(out, (struct span){(const unsigned char *)"?", 1});
	if (!der_only(c->subject, DER_SEQUENCE, &in))
		return;
	while (!found && der_take(&in, DER_SET, &set)) {
		if (!der_take(&set.contents, DER_SEQUENCE, &pair) ||
		    !der_take(&pair.contents, DER_OID, &id) ||
		    !der_next(&pair.contents, &value))
			return;
		found = DER_IS(id.contents, "\x55\x04\x03");
		if (found || DER_IS(id.contents, "\x55\x04\x0a"))
			copy_name(out, value.contents);
	}
}

static void
append_address(struct buffer *b, struct span address)
{
	char text[IP_SIZE];

	if (address.length != 4 && address.length != 16)
		return;
	ip_write(text, address.bytes, address.length);
	buffer_text(b, text);
}

void
certificate_list_names(
    const struct certificate *c, char out[CERTIFICATE_NAME_SIZE])
{
	struct span in = c->names;
	struct der_element name;
	struct buffer b;

	/* Room is kept for the mark that names were left out. */
	buffer_init(&b, out, CERTIFICATE_NAME_SIZE - 5);
	while (in.length > 0 && !b.overflowed && der_next(&in, &name)) {
		if (name.tag != NAME_DNS && name.tag != NAME_ADDRESS)
			continue;
		if (b.length > 0)
			buffer_text(&b, ", ");
		if (name.tag == NAME_DNS)
			buffer_append(
			    &b, name.contents.bytes, name.contents.length);
		else
			append_address(&b, name.contents);
	}
	memcpy(out + b.length, b.overflowed ? "..." : "", b.overflowed ? 4 : 1);
}
