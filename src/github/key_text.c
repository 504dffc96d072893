/* key_text.c - each layer is decoded to the beginning of the text: what is
 * written never overtakes what is read next. What a key in DER is can be seen
 * from its first two elements. */
#include "github/key_text.h"

#include <string.h>
#include <sys/types.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "x509/der.h"

#define LABEL_MAX 40
#define NAME_MAX 64 /* bytes of a file's name that are shown */
#define RUN_MAX 32  /* characters of Base64 in a row in such a name */

#define RSA_OID "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define CURVE_OID "\x2a\x86\x48\xce\x3d\x02\x01"

enum kind {
	IS_KEY,
	IS_ENCRYPTED,
	IS_CURVE,
	IS_OPENSSH,
	IS_OTHER_KEY,
	IS_DAMAGED,
	IS_CUT,
	IS_PUBLIC,
	IS_REQUEST,
	IS_CERTIFICATE,
	IS_NOTHING
};

static const char settings_hint[] =
    "the App's settings offer it as a .pem file, under \"Private keys\"";

/* Of several objects in a text, the first in this order is reported. */
static const struct {
	const char *why, *hint;
} reports[] = {
    [IS_KEY] = {NULL, NULL},
    [IS_ENCRYPTED] = {"it is encrypted with a passphrase",
	"remove the passphrase: openssl pkey -in FILE -out app.pem"},
    [IS_CURVE] = {"it is an EC key, but GitHub's Apps have RSA keys",
	settings_hint},
    [IS_OPENSSH] = {"it is an OpenSSH key, not the key of an App",
	settings_hint},
    [IS_OTHER_KEY] = {"it is not an RSA key", settings_hint},
    [IS_DAMAGED] = {"the private key in it is damaged", settings_hint},
    [IS_CUT] = {"the private key in it is cut: its END line is missing",
	"a value of several lines may have lost all but the first: store it in "
	"Base64 (base64 -w0 app.pem)"},
    [IS_PUBLIC] = {"it is a public key, not a private one", settings_hint},
    [IS_REQUEST] = {"it is a certificate request, not a private key",
	settings_hint},
    [IS_CERTIFICATE] = {"it is a certificate, not a private key",
	settings_hint},
    [IS_NOTHING] = {"no private key found in it", settings_hint},
};

/* The first that a label contains. */
static const struct {
	const char *words;
	enum kind kind;
} labels[] = {
    {"ENCRYPTED", IS_ENCRYPTED},
    {"EC P", IS_CURVE}, /* PRIVATE KEY, PARAMETERS */
    {"OPENSSH", IS_OPENSSH},
    {"SSH2", IS_OPENSSH},
    {"DSA PRIVATE", IS_OTHER_KEY},
    {"PGP", IS_OTHER_KEY},
    {"PRIVATE KEY", IS_KEY},
    {"PUBLIC KEY", IS_PUBLIC},
    {"REQUEST", IS_REQUEST},
    {"CERTIFICATE", IS_CERTIFICATE},
    {"PKCS7", IS_CERTIFICATE},
};

/* How a key in Base64 begins: DER's SEQUENCE, the hyphens of PEM, also after a
 * byte order mark, a line end or a quote, and each of these encoded again. */
static const char *const heads[] = {
    "MII", "MIG", "LS0t", "77u/", "Ci0t", "Ii0t", "Jy0t", "TFMw", "TUlJ"};

/* Whether the text, which is not "", occurs in a span; *at is set to where. */
static bool
find(struct span in, const char *wanted, size_t *at)
{
	size_t length = strlen(wanted);

	for (*at = 0; in.length - *at >= length; (*at)++) {
		if (memcmp(in.bytes + *at, wanted, length) == 0)
			return true;
	}
	return false;
}

static struct span
rest_of(struct span span, size_t from)
{
	return span_of(span.bytes + from, span.length - from);
}

/* The length of what does not count in Base64 at the beginning of a span: a
 * blank, a quote, or an escaped line end, \n or \\n. */
static size_t
skipped(struct span in)
{
	size_t i = 0;

	if (strchr(" \t\r\n\"'", in.bytes[0]) != NULL && in.bytes[0] != '\0')
		return 1;
	while (i < in.length && in.bytes[i] == '\\')
		i++;
	if (i > 0 && i < in.length && strchr("nrt", in.bytes[i]) != NULL)
		i += in.bytes[i] != '\0';
	return i;
}

/* Decodes Base64 (RFC 4648, 4), whose padding may be missing, to out, which may
 * be where it is read.
 *
 * Returns the number of bytes, or -1 if it is not all Base64. */
static ssize_t
decode(char *out, struct span in)
{
	unsigned bits = 0, digits = 0, padding = 0;
	size_t length = 0, skip;
	int value;

	for (; in.length > 0; in = rest_of(in, skip)) {
		skip = skipped(in);
		if (skip > 0)
			continue;
		skip = 1;
		if (in.bytes[0] == '=') {
			padding++;
			continue;
		}
		value = base64_digit((char)in.bytes[0]);
		if (value < 0 || padding > 0)
			return -1;
		/* Four digits are three bytes; the first completes none. */
		bits = bits << 6 | (unsigned)value;
		if (++digits % 4 != 1)
			out[length++] = (char)(bits >> 2 * ((0U - digits) % 4));
	}
	if (digits == 0 || digits % 4 == 1 ||
	    (padding > 0 && (digits + padding) % 4 != 0))
		return -1;
	return (ssize_t)length;
}

/* What an AlgorithmIdentifier says of a key that is PKCS #8. */
static enum kind
kind_of_algorithm(struct span algorithm)
{
	struct der_element id;

	if (!der_take(&algorithm, DER_OID, &id))
		return IS_DAMAGED;
	if (DER_IS(id.contents, RSA_OID))
		return IS_KEY;
	return DER_IS(id.contents, CURVE_OID) ? IS_CURVE : IS_OTHER_KEY;
}

/* Keys without encryption begin with their version. */
static enum kind
kind_of_versioned(struct der_element version, struct der_element next)
{
	if (next.tag == DER_SEQUENCE)
		return kind_of_algorithm(next.contents);
	if (next.tag == DER_OCTET_STRING) /* RFC 5915, 3 */
		return IS_CURVE;
	if (next.tag == DER_INTEGER && version.contents.length > 1)
		return IS_PUBLIC; /* RFC 8017, A.1.1 */
	return next.tag == DER_INTEGER ? IS_KEY : IS_DAMAGED;
}

/* An EncryptedPrivateKeyInfo (RFC 5958, 3) and a SubjectPublicKeyInfo (RFC
 * 5280, 4.1) begin with an algorithm; a certificate and a request, with
 * another SEQUENCE. */
static enum kind
kind_of_der(struct span der)
{
	struct der_element first, next;
	struct span contents;

	if (!der_only(der, DER_SEQUENCE, &contents) ||
	    !der_next(&contents, &first) || !der_next(&contents, &next))
		return IS_DAMAGED;
	if (first.tag == DER_INTEGER)
		return kind_of_versioned(first, next);
	if (first.tag != DER_SEQUENCE)
		return IS_OTHER_KEY;
	if (next.tag == DER_OCTET_STRING)
		return IS_ENCRYPTED;
	return next.tag == DER_BIT_STRING ? IS_PUBLIC : IS_CERTIFICATE;
}

/* Decodes the body of a private key, which begins a span, to out. */
static enum kind
read_body(char *out, struct span body, struct span *der)
{
	size_t length, colon;
	ssize_t decoded;

	if (!find(body, "-----", &length))
		return IS_CUT;
	body.length = length;
	/* A header field before an encrypted key (RFC 1421, 4.6.1.1). */
	if (find(body, ":", &colon) && find(body, "ENCRYPTED", &colon))
		return IS_ENCRYPTED;
	decoded = decode(out, body);
	if (decoded < 0)
		return IS_DAMAGED;
	*der = span_of(out, (size_t)decoded);
	return kind_of_der(*der);
}

static enum kind
kind_of_label(struct span label)
{
	size_t i, at;

	for (i = 0; i < COUNT(labels); i++) {
		if (find(label, labels[i].words, &at))
			return labels[i].kind;
	}
	return IS_NOTHING;
}

/* Reads the objects of a PEM text up to the first key. */
static enum kind
read_pem(char *out, struct span text, struct span *der)
{
	enum kind best = IS_NOTHING, kind;
	struct span label;
	size_t at;

	while (find(text, "-----BEGIN ", &at)) {
		text = rest_of(text, at + strlen("-----BEGIN "));
		label = text;
		if (!find(label, "-----", &label.length) ||
		    label.length > LABEL_MAX)
			continue;
		text = rest_of(text, label.length + strlen("-----"));
		kind = kind_of_label(label);
		if (kind == IS_KEY)
			kind = read_body(out, text, der);
		if (kind == IS_KEY)
			return IS_KEY;
		if (kind < best)
			best = kind;
	}
	return best;
}

/* Drops a byte order mark and, of UTF-16, the other half of each character:
 * all that matters here is ASCII. */
static size_t
drop_encoding(char *text, size_t length)
{
	size_t i, left = 0;

	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		memmove(text, text + 3, length - 3);
		return length - 3;
	}
	if (length < 2 || (memcmp(text, "\xff\xfe", 2) != 0 &&
			      memcmp(text, "\xfe\xff", 2) != 0))
		return length;
	for (i = 2; i < length; i++) {
		if (text[i] != '\0')
			text[left++] = text[i];
	}
	return left;
}

/* Decodes the escapes of a URL (RFC 3986, 2.1), in whose forms "+" is a blank;
 * neither PEM nor Base64 has a percent sign. */
static size_t
drop_percents(char *text, size_t length)
{
	size_t from, left = 0, at;
	bool is_form = find(span_of(text, length), "-----BEGIN+", &at);
	int high, low;

	/* DER may have any bytes. */
	if (length > 0 && text[0] == DER_SEQUENCE)
		return length;
	for (from = 0; from < length; from++) {
		text[left] = text[from];
		if (is_form && text[from] == '+')
			text[left] = ' ';
		high = length - from > 2 ? ascii_hex(text[from + 1]) : -1;
		low = length - from > 2 ? ascii_hex(text[from + 2]) : -1;
		if (text[from] == '%' && high >= 0 && low >= 0) {
			text[left] = (char)(high << 4 | low);
			from += 2;
		}
		left++;
	}
	return left;
}

static enum kind
read_layers(char *text, size_t length, struct span *der)
{
	struct span whole;
	enum kind kind, end = IS_NOTHING;
	ssize_t decoded;
	size_t at, i;

	for (i = 0; i <= KEY_TEXT_LAYERS; i++) {
		length = drop_percents(text, drop_encoding(text, length));
		whole = span_of(text, length);
		if (find(whole, "-----BEGIN ", &at))
			return read_pem(text, whole, der);
		*der = whole;
		kind = kind_of_der(whole);
		if (kind != IS_DAMAGED)
			return kind;
		decoded = decode(text, whole);
		if (decoded < 0)
			break;
		length = (size_t)decoded;
		if (text[0] == DER_SEQUENCE)
			end = IS_DAMAGED;
	}
	return end;
}

const char *
key_text_read(char *text, size_t length, struct span *der, const char **hint)
{
	enum kind kind = read_layers(text, length, der);

	*hint = reports[kind].hint;
	return reports[kind].why;
}

/* Where the text begins, without what may come before it. */
static const char *
inner(const char *text)
{
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	return text + strspn(text, " \t\r\n\"'");
}

static bool
has_head(const char *text)
{
	size_t i;

	for (i = 0; i < COUNT(heads); i++) {
		if (strncmp(text, heads[i], strlen(heads[i])) == 0)
			return true;
	}
	return false;
}

bool
key_text_is_key(const char *text)
{
	char copy[KEY_TEXT_MAX];
	struct span given = span_text(text), ignored;
	enum kind kind;

	if (given.length > sizeof(copy))
		return false;
	memcpy(copy, given.bytes, given.length);
	kind = read_layers(copy, given.length, &ignored);
	wipe(copy, given.length);
	return kind != IS_NOTHING;
}

bool
key_text_is_name(const char *text)
{
	size_t length = strlen(text), run = 0, i;

	if (length > NAME_MAX || has_head(inner(text)) ||
	    ascii_contains(text, "--") || ascii_contains(text, "PRIVATE"))
		return false;
	for (i = 0; i < length; i++) {
		/* A path has slashes. */
		run =
		    text[i] != '/' && base64_digit(text[i]) >= 0 ? run + 1 : 0;
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f ||
		    run >= RUN_MAX)
			return false;
	}
	return true;
}
