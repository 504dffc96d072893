/* pem_test.c - texts, and the objects that are found in them: as one piece, and
 * byte by byte. */
#include "x509/pem.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "tap.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"

/* An object is written as "LINE=BYTES;", an unusable one as "LINE!;". */
static const struct {
	const char *text, *objects, *name;
} texts[] = {
    {"", "", "nothing"},
    {"no PEM at all\n", "", "other text"},
    {BEGIN "YWJj\n" END, "1=abc;", "one object"},
    {BEGIN "YWI=\n" END, "1=ab;", "one padding character"},
    {BEGIN "YQ==\n" END, "1=a;", "two padding characters"},
    {BEGIN "YW\nJj\n" END, "1=abc;", "several lines"},
    {BEGIN "Y W\tJj\n\n" END, "1=abc;", "spaces, tabs and empty lines"},
    {"-----BEGIN CERTIFICATE-----\r\nYWJj\r\n-----END CERTIFICATE-----\r\n",
	"1=abc;", "CRLF"},
    {"\r-----BEGIN CERTIFICATE-----\rYWJj\r-----END CERTIFICATE-----\r",
	"2=abc;", "CR"},
    {"\r\n" BEGIN "YWJj\r\r\n" END BEGIN "ZGVm\n" END, "2=abc;6=def;",
	"CR and CRLF among LF"},
    {"-----BEGIN TRUSTED CERTIFICATE-----\nYWJj\n"
     "-----END TRUSTED CERTIFICATE-----\n" BEGIN "ZGVm\n" END,
	"1=abc,trusted;4=def;", "the label TRUSTED CERTIFICATE"},
    {"-----BEGIN CERTIFICATE-----  \nYWJj\n-----END CERTIFICATE----- \n",
	"1=abc;", "spaces after the boundaries"},
    {"-----BEGIN X509 CERTIFICATE-----\nYWJj\n-----END X509 CERTIFICATE-----\n",
	"1=abc;", "the label X509 CERTIFICATE"},
    {"# comment\n\n" BEGIN "YWJj\n" END, "3=abc;", "comments before it"},
    {BEGIN "YWJj\n" END BEGIN "ZGVm\n" END, "1=abc;4=def;", "two objects"},
    {BEGIN "YWJj\n-----END CERTIFICATE-----", "", "no end of the last line"},
    {BEGIN "YWJj\n", "", "no end"},
    {BEGIN "YWJj\n" BEGIN "ZGVm\n" END, "1!;3=def;", "a second beginning"},
    {BEGIN "YWJj\n-----BEGIN X-----\n" END, "1!;",
	"a beginning of another label inside"},
    {BEGIN END, "1!;", "an object without contents"},
    {BEGIN "YWJ\n" END, "1!;", "three characters"},
    {BEGIN "YWJj=\n" END, "1!;", "padding that does not fit"},
    {BEGIN "Y===\n" END, "1!;", "three padding characters"},
    {BEGIN "YQ==YQ==\n" END, "1!;", "characters after the padding"},
    {BEGIN "YW*j\n" END BEGIN "ZGVm\n" END, "1!;4=def;",
	"another character, and a sound object after it"},
    {BEGIN "YW-j\n" END, "1!;", "a hyphen within a line"},
    {END BEGIN "YWJj\n" END, "2=abc;", "an end before the beginning"},
    {"-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----\n", "",
	"another label"},
    {"-----BEGIN CERTIFICATE REQUEST-----\nYWJj\n"
     "-----END CERTIFICATE REQUEST-----\n",
	"", "a longer label"},
    {"-----BEGIN CERTIFICATE----\nYWJj\n" END, "", "four hyphens"},
    {" -----BEGIN CERTIFICATE-----\nYWJj\n" END, "", "an indented boundary"},
    {"-----BEGIN CERTIFICATE-----                                            "
     "        \nYWJj\n" END,
	"", "a boundary that is too long"},
};

/* Reads the text in pieces of at most this many bytes. */
static void
find_objects(struct pem *pem, const char *text, size_t step, struct buffer *b)
{
	size_t length = strlen(text), n, taken;

	pem_open(pem);
	for (; length > 0; text += taken, length -= taken) {
		n = step < length ? step : length;
		switch (pem_read(pem, text, n, &taken)) {
		case PEM_OBJECT:
			buffer_decimal(b, pem->first_line);
			buffer_text(b, "=");
			buffer_append(b, pem->der, pem->length);
			buffer_text(b, pem->is_trusted ? ",trusted;" : ";");
			break;
		case PEM_UNUSABLE:
			buffer_decimal(b, pem->first_line);
			buffer_text(b, "!;");
			break;
		case PEM_NOTHING:
		default:
			break;
		}
	}
}

static void
test_texts(void)
{
	static struct pem p;
	char whole[100], cut[100];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		buffer_init(&b, whole, sizeof(whole));
		find_objects(&p, texts[i].text, 10000, &b);
		tap_ok(strcmp(whole, texts[i].objects) == 0, "%s: %s",
		    texts[i].name, whole);
		buffer_init(&b, cut, sizeof(cut));
		find_objects(&p, texts[i].text, 1, &b);
		tap_ok(strcmp(cut, whole) == 0, "the same byte by byte");
	}
}

/* The largest object, and one of a byte more. */
static void
test_size(void)
{
	static const char four[] = "AAAA";
	static struct pem p;
	enum pem_event event;
	size_t taken, length, i;

	_Static_assert(PEM_DER_MAX % 3 == 1, "one byte in the last four");
	for (length = 1; length <= 2; length++) {
		pem_open(&p);
		event = pem_read(&p, BEGIN, strlen(BEGIN), &taken);
		for (i = 0; i < PEM_DER_MAX / 3; i++)
			event = pem_read(&p, four, 4, &taken);
		event = pem_read(&p, length == 1 ? "AA==" : "AAA=", 4, &taken);
		tap_ok(event == PEM_NOTHING, "%d bytes and %zu more",
		    PEM_DER_MAX - 1, length);
		(void)pem_read(&p, "\n", 1, &taken);
		event = pem_read(&p, END, strlen(END), &taken);
		tap_ok(event == (length == 1 ? PEM_OBJECT : PEM_UNUSABLE),
		    "the end of an object of %zu bytes",
		    PEM_DER_MAX - 1 + length);
	}
}

int
main(void)
{
	test_texts();
	test_size();
	return tap_done();
}
