/* certificate.c - cuts the certificate into spans, field by field in the order
 * of RFC 5280, 4.1. Extensions are read by a table: those in it are understood,
 * others must not be critical. */
#include "x509/certificate.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/date.h"
#include "x509/der.h"
#include "x509/key.h"

/* What a hostile certificate can press against. */
#define EXTENSIONS_MAX 32
/* RFC 5280, 4.1.2.2: 20 octets; some CAs do not count the sign octet. */
#define SERIAL_MAX 21
#define COUNT_MAX 0x7f

enum {
	/* Context tags of TBSCertificate. */
	TAG_VERSION = 0xa0,
	TAG_ISSUER_ID = 0x81,
	TAG_SUBJECT_ID = 0x82,
	TAG_EXTENSIONS = 0xa3,
	/* Context tags of PolicyConstraints. */
	TAG_DEMAND_POLICY = 0x80,
	TAG_INHIBIT_MAPPING = 0x81,
	/* Context tags of NameConstraints. */
	TAG_PERMITTED = 0xa0,
	TAG_EXCLUDED = 0xa1
};

struct extension {
	struct span id; /* contents of the object identifier */
	struct span value;
	bool is_critical;
};

static int
refuse(const char **why, const char *reason)
{
	*why = reason;
	return -1;
}

/* A BOOLEAN that may be left out. DER leaves out the default, FALSE, but some
 * CAs write it. */
static bool
read_flag(struct span *in, bool *flag)
{
	struct der_element e;

	*flag = false;
	if (!der_take(in, DER_BOOLEAN, &e))
		return true;
	*flag = DER_IS(e.contents, "\xff");
	return *flag || DER_IS(e.contents, "\0");
}

/* An INTEGER that counts certificates and may be left out. No path is as long
 * as the largest number that can be distinguished. */
static bool
read_count(struct span *in, unsigned char tag, int *count)
{
	struct der_element e;

	if (!der_take(in, tag, &e))
		return true;
	if (e.contents.length == 0 || e.contents.bytes[0] >= 0x80)
		return false;
	*count = e.contents.length == 1 ? e.contents.bytes[0] : COUNT_MAX;
	return true;
}

static bool
read_basic_constraints(struct certificate *certificate, struct span value)
{
	struct span in;

	if (!der_only(value, DER_SEQUENCE, &in))
		return false;
	if (!read_flag(&in, &certificate->is_ca) ||
	    !read_count(&in, DER_INTEGER, &certificate->path_length))
		return false;
	return in.bytes != NULL && in.length == 0;
}

static bool
read_key_usage(struct certificate *certificate, struct span value)
{
	struct span bits;

	if (!der_only(value, DER_BIT_STRING, &bits) || bits.length < 2 ||
	    bits.length > 3 || bits.bytes[0] > 7)
		return false;
	certificate->has_key_usage = true;
	certificate->key_usage = bits.bytes[1];
	return true;
}

/* A SEQUENCE of one or more elements. */
static bool
read_list(struct span value, struct span *list)
{
	struct der_element e;
	struct span in;

	if (!der_only(value, DER_SEQUENCE, list) || list->length == 0)
		return false;
	for (in = *list; in.length > 0;) {
		if (!der_next(&in, &e))
			return false;
	}
	return true;
}

static bool
read_names(struct certificate *certificate, struct span value)
{
	return read_list(value, &certificate->names);
}

static bool
read_purposes(struct certificate *certificate, struct span value)
{
	return read_list(value, &certificate->purposes);
}

/* One or more subtrees, each with a base, unless the whole list is left out. */
static bool
read_subtrees(struct span *in, unsigned char tag, struct span *list)
{
	struct der_element e, tree, base;

	if (in->length == 0 || in->bytes[0] != tag)
		return true;
	if (!der_next(in, &e) || e.contents.length == 0)
		return false;
	*list = e.contents;
	while (e.contents.length > 0) {
		if (!der_take(&e.contents, DER_SEQUENCE, &tree) ||
		    !der_next(&tree.contents, &base))
			return false;
	}
	return true;
}

static bool
read_constraints(struct certificate *certificate, struct span value)
{
	struct span in;

	return der_only(value, DER_SEQUENCE, &in) && in.length > 0 &&
	       read_subtrees(&in, TAG_PERMITTED, &certificate->permitted) &&
	       read_subtrees(&in, TAG_EXCLUDED, &certificate->excluded) &&
	       in.length == 0;
}

static bool
read_policies(struct certificate *certificate, struct span value)
{
	certificate->policies = value;
	return value.length > 0;
}

static bool
read_mappings(struct certificate *certificate, struct span value)
{
	certificate->mappings = value;
	return value.length > 0;
}

static bool
read_policy_constraints(struct certificate *certificate, struct span value)
{
	struct span in;

	return der_only(value, DER_SEQUENCE, &in) && in.length > 0 &&
	       read_count(
		   &in, TAG_DEMAND_POLICY, &certificate->policy_demanded) &&
	       read_count(
		   &in, TAG_INHIBIT_MAPPING, &certificate->mapping_inhibited) &&
	       in.bytes != NULL && in.length == 0;
}

static bool
read_any_policy(struct certificate *certificate, struct span value)
{
	return value.length > 0 &&
	       read_count(
		   &value, DER_INTEGER, &certificate->any_policy_inhibited) &&
	       value.bytes != NULL && value.length == 0;
}

/* By the last octet of the object identifier 2.5.29.N. */
static const struct {
	unsigned char number;
	bool (*read)(struct certificate *c, struct span value);
	const char *wrong;
} readers[] = {
    {15, read_key_usage, "its key usage is malformed"},
    {17, read_names, "its subjectAltName is malformed"},
    {19, read_basic_constraints, "its basic constraints are malformed"},
    {30, read_constraints, "its name constraints are malformed"},
    {32, read_policies, "its certificate policies are malformed"},
    {33, read_mappings, "its policy mappings are malformed"},
    {36, read_policy_constraints, "its policy constraints are malformed"},
    {37, read_purposes, "its extended key usage is malformed"},
    {54, read_any_policy, "its inhibitAnyPolicy is malformed"},
};

/* Names the extension, since the search for it begins with that. */
static int
refuse_unknown(
    struct certificate *certificate, struct span id, const char **why)
{
	struct buffer b;

	buffer_init(&b, certificate->reason, sizeof(certificate->reason));
	buffer_text(&b, "it has an unknown critical extension, ");
	der_write_oid(&b, id);
	return refuse(why, certificate->reason);
}

static int
read_extension(struct certificate *certificate,
    const struct extension *extension, const char **why)
{
	const unsigned char *id = extension->id.bytes;
	size_t i;

	for (i = 0; i < COUNT(readers); i++) {
		if (extension->id.length != 3 || id[0] != 0x55 ||
		    id[1] != 0x1d || id[2] != readers[i].number)
			continue;
		if (readers[i].read(certificate, extension->value))
			return 0;
		return refuse(why, readers[i].wrong);
	}
	return extension->is_critical
		   ? refuse_unknown(certificate, extension->id, why)
		   : 0;
}

/* Takes an Extension off the front of the list. */
static bool
take_extension(struct span *list, struct extension *extension)
{
	struct der_element e, id, field;

	if (!der_take(list, DER_SEQUENCE, &e) ||
	    !der_take(&e.contents, DER_OID, &id) ||
	    !read_flag(&e.contents, &extension->is_critical) ||
	    !der_take(&e.contents, DER_OCTET_STRING, &field))
		return false;
	extension->id = id.contents;
	extension->value = field.contents;
	return e.contents.length == 0;
}

static bool
is_repeated(const struct extension *extension, const struct extension *all,
    size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (span_equal(all[i].id, extension->id))
			return true;
	}
	return false;
}

static int
read_extensions(
    struct certificate *certificate, struct span value, const char **why)
{
	struct extension all[EXTENSIONS_MAX];
	struct span list;
	size_t n;

	if (!der_only(value, DER_SEQUENCE, &list) || list.length == 0)
		return refuse(why, "its extensions are malformed");
	for (n = 0; list.length > 0; n++) {
		if (n == COUNT(all))
			return refuse(why, "it has too many extensions");
		if (!take_extension(&list, &all[n]))
			return refuse(why, "its extensions are malformed");
		if (is_repeated(&all[n], all, n))
			return refuse(why, "it has the same extension twice");
		if (read_extension(certificate, &all[n], why) < 0)
			return -1;
	}
	return 0;
}

/* Statements that no certificate may make about itself. OpenSSL takes
 * keyCertSign for a CA where there are no basicConstraints (check_ca() in
 * v3_purp.c); RFC 5280, 4.2.1.9, forbids that. */
static int
check_consistent(const struct certificate *certificate, const char **why)
{
	if (certificate->issuer.length == CERTIFICATE_EMPTY_NAME)
		return refuse(why, "its issuer has no name");
	if (certificate->subject.length == CERTIFICATE_EMPTY_NAME &&
	    certificate->is_ca)
		return refuse(why, "it is a CA without a name");
	if (!certificate->is_ca && (certificate->permitted.bytes != NULL ||
				       certificate->excluded.bytes != NULL))
		return refuse(why, "it constrains names but is not a CA");
	if (!certificate->is_ca &&
	    (certificate->key_usage & CERTIFICATE_USE_ISSUE)) {
		return refuse(why,
		    "it may sign certificates, but no basicConstraints say "
		    "that it is a CA");
	}
	return 0;
}

/* Version 1 is the default, which DER leaves out. */
static bool
read_version(struct certificate *certificate, struct span *tbs)
{
	struct der_element e;
	struct span version;

	certificate->is_v1 = !der_take(tbs, TAG_VERSION, &e);
	return certificate->is_v1 ||
	       (der_only(e.contents, DER_INTEGER, &version) &&
		   DER_IS(version, "\x02"));
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
read_validity(struct certificate *certificate, struct span *tbs)
{
	struct der_element e;

	return der_take(tbs, DER_SEQUENCE, &e) &&
	       read_time(&e.contents, &certificate->not_before) &&
	       read_time(&e.contents, &certificate->not_after) &&
	       e.contents.length == 0;
}

static bool
read_name(struct span *tbs, struct span *name, struct name_id *id)
{
	struct der_element e;

	if (!der_take(tbs, DER_SEQUENCE, &e))
		return false;
	*name = e.whole;
	name_identify(e.whole, id);
	return true;
}

/* A root's subject is its issuer, whose identity is known. */
static bool
read_subject(struct certificate *certificate, struct span *tbs)
{
	struct span rest = *tbs;
	struct der_element e;

	if (!der_take(&rest, DER_SEQUENCE, &e) ||
	    !span_equal(e.whole, certificate->issuer)) {
		return read_name(
		    tbs, &certificate->subject, &certificate->subject_id);
	}
	*tbs = rest;
	certificate->subject = e.whole;
	certificate->subject_id = certificate->issuer_id;
	return true;
}

/* From the version to the key, in this order. algorithm is the one outside of
 * the signed part, which must be repeated inside. */
static int
read_fields(struct certificate *certificate, struct span *tbs,
    struct span algorithm, const char **why)
{
	struct der_element e;

	if (!read_version(certificate, tbs))
		return refuse(why, "it is of neither version 3 nor 1");
	if (!der_take(tbs, DER_INTEGER, &e) || e.contents.length == 0 ||
	    e.contents.length > SERIAL_MAX)
		return refuse(why, "its serial number is malformed");
	if (!der_take(tbs, DER_SEQUENCE, &e) || !span_equal(e.whole, algorithm))
		return refuse(why, "it names two signature algorithms");
	if (!read_name(tbs, &certificate->issuer, &certificate->issuer_id))
		return refuse(why, "its issuer is malformed");
	if (!read_validity(certificate, tbs))
		return refuse(why, "its dates are malformed");
	if (!read_subject(certificate, tbs))
		return refuse(why, "its subject is malformed");
	return key_read(tbs, &certificate->key, why);
}

/* What may follow the key. */
static int
read_optional_fields(
    struct certificate *certificate, struct span tbs, const char **why)
{
	struct der_element e;

	der_skip(&tbs, TAG_ISSUER_ID);
	der_skip(&tbs, TAG_SUBJECT_ID);
	if (tbs.bytes == NULL)
		return refuse(why, "it is malformed");
	if (tbs.length == 0)
		return 0;
	if (certificate->is_v1 || !der_take(&tbs, TAG_EXTENSIONS, &e) ||
	    tbs.length > 0)
		return refuse(why, "its extensions are malformed");
	return read_extensions(certificate, e.contents, why);
}

int
certificate_read(
    struct certificate *certificate, struct span der, const char **why)
{
	struct der_element tbs, algorithm, id;
	struct span outer;

	memset(certificate, 0, sizeof(*certificate));
	certificate->path_length = -1;
	certificate->policy_demanded = -1;
	certificate->mapping_inhibited = -1;
	certificate->any_policy_inhibited = -1;
	if (!der_only(der, DER_SEQUENCE, &outer) ||
	    !der_take(&outer, DER_SEQUENCE, &tbs) ||
	    !der_take(&outer, DER_SEQUENCE, &algorithm) ||
	    !der_bits(&outer, &certificate->signature) || outer.length > 0 ||
	    !der_take(&algorithm.contents, DER_OID, &id))
		return refuse(why, "it is malformed");
	certificate->der = der;
	certificate->signed_part = tbs.whole;
	certificate->algorithm = id.contents;
	certificate->parameters = algorithm.contents;
	if (read_fields(certificate, &tbs.contents, algorithm.whole, why) < 0 ||
	    read_optional_fields(certificate, tbs.contents, why) < 0)
		return -1;
	return check_consistent(certificate, why);
}

bool
certificate_is_current(const struct certificate *certificate, int64_t now,
    char why[CERTIFICATE_REASON_SIZE])
{
	char from[DATE_DAY_SIZE], until[DATE_DAY_SIZE], today[DATE_DAY_SIZE];
	struct buffer b;

	if (now >= certificate->not_before && now <= certificate->not_after)
		return true;
	date_write_day(from, certificate->not_before);
	date_write_day(until, certificate->not_after);
	date_write_day(today, now);
	buffer_init(&b, why, CERTIFICATE_REASON_SIZE);
	buffer_format(&b, "it %s: it is valid from %s to %s, and today is %s",
	    now > certificate->not_after ? "has expired" : "is not valid yet",
	    from, until, today);
	return false;
}

bool
certificate_is_self_issued(const struct certificate *certificate)
{
	return name_same(&certificate->issuer_id, &certificate->subject_id);
}
