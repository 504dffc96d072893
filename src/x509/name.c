/* name.c - a Name is walked part by part and hashed in a canonical form, in
 * which every piece begins with a letter that says what follows, and ends by
 * its own length or by a byte that cannot be in it: two Names have the same
 * form only if they are the same. */
#include "x509/name.h"

#include <bearssl.h>
#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "x509/der.h"

/* Of one part; real ones have one or two. More are compared as bytes. */
#define ATTRIBUTES_MAX 8
#define END_OF_TEXT 0xff /* no byte of UTF-8 */

/* DirectoryString (RFC 5280, 4.1.2.4), and IA5String of domainComponent. */
enum {
	TEXT_UTF8 = 0x0c,
	TEXT_PRINTABLE = 0x13,
	TEXT_TELETEX = 0x14, /* taken as ISO 8859-1, as OpenSSL does */
	TEXT_IA5 = 0x16,
	TEXT_BMP = 0x1e /* UCS-2 */
};

struct attribute {
	struct span type, value; /* with their tags */
	struct der_element text;
};

/* The canonical form, of which no more is kept than what is not hashed yet: the
 * hash takes long to begin, and most pieces are one byte. */
struct form {
	br_sha256_context hash;
	unsigned char bytes[64];
	size_t length;
};

static void
hash_bytes(struct form *form)
{
	br_sha256_update(&form->hash, form->bytes, form->length);
	form->length = 0;
}

static void
add_byte(struct form *form, unsigned char byte)
{
	if (form->length == sizeof(form->bytes))
		hash_bytes(form);
	form->bytes[form->length++] = byte;
}

static void
add(struct form *form, unsigned char kind, struct span bytes)
{
	size_t i;

	add_byte(form, kind);
	for (i = 0; i < bytes.length; i++)
		add_byte(form, bytes.bytes[i]);
}

/* Takes a character off the front of a text that is not empty.
 *
 * Returns false if it is not valid. */
static bool
take_character(unsigned char tag, struct span *text, uint32_t *point)
{
	const unsigned char *p = text->bytes;
	size_t size = 1;

	*point = p[0];
	if (p[0] < 0x80 && tag != TEXT_BMP) {
		/* In all of the others it stands for itself. */
	} else if (tag == TEXT_BMP) {
		size = text->length < 2 ? 0 : 2;
		if (size > 0)
			*point = (uint32_t)p[0] << 8 | p[1];
	} else if (tag == TEXT_UTF8) {
		size = utf8_decode(p, text->length, point);
	} else if (tag != TEXT_TELETEX) {
		size = 0;
	}
	*text = span_of(p + size, text->length - size);
	return size > 0;
}

static bool
is_text(struct der_element value)
{
	static const unsigned char tags[] = {
	    TEXT_UTF8, TEXT_PRINTABLE, TEXT_TELETEX, TEXT_IA5, TEXT_BMP};
	struct span rest = value.contents;
	uint32_t point;

	if (memchr(tags, value.tag, sizeof(tags)) == NULL)
		return false;
	while (rest.length > 0) {
		if (!take_character(value.tag, &rest, &point))
			return false;
	}
	return true;
}

static bool
is_blank(uint32_t point)
{
	return point == ' ' || (point >= '\t' && point <= '\r');
}

static void
add_point(struct form *form, uint32_t point)
{
	char bytes[UTF8_MAX];
	size_t size, i;

	if (point < 0x80) {
		add_byte(form, ascii_lower((unsigned char)point));
		return;
	}
	size = utf8_encode(point, bytes);
	for (i = 0; i < size; i++)
		add_byte(form, (unsigned char)bytes[i]);
}

static void
add_text(struct form *form, struct der_element value)
{
	bool has_begun = false, is_after_blank = false;
	struct span rest = value.contents;
	uint32_t point;

	add_byte(form, 'T');
	while (rest.length > 0) {
		(void)take_character(value.tag, &rest, &point);
		if (is_blank(point)) {
			is_after_blank = has_begun;
			continue;
		}
		if (is_after_blank)
			add_byte(form, ' ');
		add_point(form, point);
		has_begun = true;
		is_after_blank = false;
	}
	add_byte(form, END_OF_TEXT);
}

/* Whether the type of an attribute comes before another one. */
static bool
comes_before(struct span one, struct span other)
{
	size_t common = one.length < other.length ? one.length : other.length;
	int order = memcmp(one.bytes, other.bytes, common);

	return order < 0 || (order == 0 && one.length < other.length);
}

/* Reads the attributes of a part, in the order of their types: that of DER
 * depends on how their values are encoded.
 *
 * Returns how many, or 0 if it is malformed or has too many. */
static size_t
read_part(struct span part, struct attribute all[ATTRIBUTES_MAX])
{
	struct der_element pair, type, value;
	size_t count = 0, i;

	while (part.length > 0) {
		if (count == ATTRIBUTES_MAX ||
		    !der_take(&part, DER_SEQUENCE, &pair) ||
		    !der_take(&pair.contents, DER_OID, &type) ||
		    !der_next(&pair.contents, &value) ||
		    pair.contents.length > 0)
			return 0;
		i = count++;
		for (; i > 0 && comes_before(type.whole, all[i - 1].type); i--)
			all[i] = all[i - 1];
		all[i] = (struct attribute){type.whole, value.whole, value};
	}
	return count;
}

static void
add_part(struct form *form, struct der_element part)
{
	struct attribute all[ATTRIBUTES_MAX];
	size_t count = read_part(part.contents, all), i;

	if (count == 0) {
		add(form, 'B', part.whole);
		return;
	}
	add_byte(form, 'P');
	for (i = 0; i < count; i++) {
		add(form, 'A', all[i].type);
		if (is_text(all[i].text)) {
			add_text(form, all[i].text);
		} else {
			add(form, 'V', all[i].value);
		}
	}
}

/* Identifies the parts of a Name, the contents of its SEQUENCE. */
static void
identify_parts(struct span parts, struct name_id *id)
{
	struct der_element part;
	struct form form = {.length = 0};
	struct span rest;

	br_sha256_init(&form.hash);
	while (parts.length > 0) {
		rest = parts;
		if (!der_take(&parts, DER_SET, &part)) {
			add(&form, 'M', rest);
			break;
		}
		add_part(&form, part);
	}
	hash_bytes(&form);
	br_sha256_out(&form.hash, id->bytes);
}

void
name_identify(struct span name, struct name_id *id)
{
	struct span parts;

	/* The tag of a Name is checked where it is read. */
	if (!der_only(name, DER_SEQUENCE, &parts))
		parts = name;
	identify_parts(parts, id);
}

bool
name_same(const struct name_id *one, const struct name_id *other)
{
	return memcmp(one->bytes, other->bytes, NAME_ID_SIZE) == 0;
}

bool
name_begins(struct span name, struct span base)
{
	struct span names, bases, rest, wanted;
	struct name_id one, other;
	struct der_element part;

	if (!der_only(name, DER_SEQUENCE, &names) ||
	    !der_only(base, DER_SEQUENCE, &bases))
		return false;
	for (rest = names, wanted = bases; wanted.length > 0;) {
		if (!der_next(&wanted, &part) || !der_next(&rest, &part))
			return false;
	}
	names.length -= rest.length;
	identify_parts(names, &one);
	identify_parts(bases, &other);
	return name_same(&one, &other);
}
