/* key_text_test.c - the same key in the forms in which people store it. */
#include "github/key_text.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "fakes/key.h"
#include "tap.h"

#define SIZE 16384

static char pem[SIZE], der[SIZE];
static size_t der_length;

static size_t
read_file(const char *path, char *text)
{
	FILE *file = fopen(path, "rb");
	size_t length = 0;

	if (file != NULL) {
		length = fread(text, 1, SIZE - 1, file);
		(void)fclose(file);
	}
	text[length] = '\0';
	return length;
}

/* Makes a key, in PEM and in DER. */
static bool
make(void)
{
	char pem_path[] = "/tmp/key_text_test_XXXXXX";
	char der_path[] = "/tmp/key_text_test_XXXXXX";
	char command[128];
	bool is_made = make_key(pem_path, "genrsa -traditional 2048");

	(void)snprintf(command, sizeof(command),
	    "rsa -traditional -outform DER -in %s", pem_path);
	is_made = is_made && make_key(der_path, command);
	(void)read_file(pem_path, pem);
	der_length = read_file(der_path, der);
	(void)unlink(pem_path);
	(void)unlink(der_path);
	return is_made && pem[0] != '\0' && der_length > 0;
}

/* Puts each character of the PEM, and this in place of each line end. */
static void
put_lines(struct buffer *b, const char *text, const char *end)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			buffer_text(b, end);
		} else {
			buffer_byte(b, *text);
		}
	}
}

/* The lines between the boundary lines. */
static void
put_body(struct buffer *b, const char *end)
{
	char *begin = strchr(pem, '\n') + 1;
	char *last = strstr(pem, "-----END"), kept = *last;

	*last = '\0';
	put_lines(b, begin, end);
	*last = kept;
}

static void
put_wide(struct buffer *b, const char *mark, size_t at)
{
	const char *c;

	buffer_append(b, mark, 2);
	for (c = pem; *c != '\0'; c++) {
		buffer_append(b, at == 0 ? "\0" : c, 1);
		buffer_append(b, at == 0 ? c : "\0", 1);
	}
}

static void
expect_key(const struct buffer *stored, const char *name)
{
	static char text[SIZE];
	struct span found = {0};
	const char *hint, *why;

	if (memchr(stored->bytes, '\0', stored->length) == NULL)
		tap_ok(key_text_is_key(stored->bytes), "%s: is a key", name);
	memcpy(text, stored->bytes, stored->length);
	why = key_text_read(text, stored->length, &found, &hint);
	tap_ok(!stored->overflowed, "%s: the test has room for it", name);
	tap_ok(why == NULL, "%s: is read (%s)", name, why != NULL ? why : "");
	tap_ok(span_equal(found, span_of(der, der_length)), "%s: is the key",
	    name);
}

/* Each form as it is, and again in Base64, and that in Base64. */
static void
expect_form(struct buffer *stored, const char *name)
{
	static char text[SIZE], wrapped[SIZE];
	char title[80];
	struct buffer b, again;

	expect_key(stored, name);
	buffer_init(&b, text, sizeof(text));
	buffer_base64(&b, stored->bytes, stored->length, false);
	(void)snprintf(title, sizeof(title), "Base64 of %s", name);
	expect_key(&b, title);
	buffer_init(&again, wrapped, sizeof(wrapped));
	buffer_base64(&again, b.bytes, b.length, false);
	(void)snprintf(title, sizeof(title), "Base64 of Base64 of %s", name);
	expect_key(&again, title);
}

static void
test_forms(void)
{
	static const struct {
		const char *name, *before, *end, *after;
	} forms[] = {
	    {"PEM", "", "\n", ""},
	    {"CRLF", "", "\r\n", ""},
	    {"CR", "", "\r", ""},
	    {"\\n", "", "\\n", ""},
	    {"\\r\\n", "", "\\r\\n", ""},
	    {"\\\\n", "", "\\\\n", ""},
	    {"backslashes before line ends", "", "\\\n", ""},
	    {"blanks", "", " ", ""},
	    {"tabs", "", "\t", ""},
	    {"nothing", "", "", ""},
	    {"indentation", "  ", "\n  ", ""},
	    {"empty lines", "\n\n", "\n\n", "\n"},
	    {"a byte order mark", "\xef\xbb\xbf", "\n", ""},
	    {"double quotes", "\"", "\n", "\""},
	    {"single quotes", "'", "\\n", "'"},
	    {"a note around it", "a note\n", "\n", "another\n"},
	    {"a name before it", "DISPATCH_APP_KEY=\"", "\\n", "\""},
	};
	static char text[SIZE];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(forms); i++) {
		buffer_init(&b, text, sizeof(text));
		buffer_text(&b, forms[i].before);
		put_lines(&b, pem, forms[i].end);
		buffer_text(&b, forms[i].after);
		expect_form(&b, forms[i].name);
	}
	buffer_init(&b, text, sizeof(text));
	put_wide(&b, "\xff\xfe", 1);
	expect_key(&b, "UTF-16");
	buffer_init(&b, text, sizeof(text));
	put_wide(&b, "\xfe\xff", 0);
	expect_key(&b, "UTF-16, big-endian");
}

/* Escapes each character that a URL may not have, or all. */
static void
put_escaped(struct buffer *b, const char *blank, bool is_all)
{
	const char *c;

	for (c = pem; *c != '\0'; c++) {
		if (*c == ' ') {
			buffer_text(b, blank);
		} else if (is_all || strchr("\n+/=", *c) != NULL) {
			buffer_format(b, is_all ? "%%%02x" : "%%%02X",
			    (unsigned)(unsigned char)*c);
		} else {
			buffer_byte(b, *c);
		}
	}
}

static void
test_escaped(void)
{
	static char text[SIZE], code[SIZE];
	struct buffer b, inner;
	size_t i;

	buffer_init(&b, text, sizeof(text));
	put_escaped(&b, "%20", false);
	expect_form(&b, "a part of a URL");
	buffer_init(&b, text, sizeof(text));
	put_escaped(&b, "+", false);
	expect_form(&b, "a part of the URL of a form");
	buffer_init(&b, text, sizeof(text));
	put_escaped(&b, "%20", true);
	expect_key(&b, "all of it escaped");
	buffer_init(&inner, code, sizeof(code));
	buffer_base64(&inner, pem, strlen(pem), false);
	buffer_init(&b, text, sizeof(text));
	for (i = 0; i < inner.length; i++) {
		if (inner.bytes[i] == '=')
			buffer_text(&b, "%3D");
		else
			buffer_byte(&b, inner.bytes[i]);
	}
	buffer_text(&b, "%0A");
	expect_form(&b, "Base64 as a part of a URL");
}

static void
test_bodies(void)
{
	static const char *const ends[] = {"\n", "\r\n", " ", "\\n", ""};
	static char text[SIZE];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(ends); i++) {
		buffer_init(&b, text, sizeof(text));
		put_body(&b, ends[i]);
		expect_form(&b, "a body");
	}
	/* Its padding went with the last line end. */
	while (b.length > 0 && b.bytes[b.length - 1] == '=')
		b.bytes[--b.length] = '\0';
	expect_key(&b, "a body without padding");
	buffer_init(&b, text, sizeof(text));
	buffer_append(&b, der, der_length);
	expect_key(&b, "DER");
	/* Some keys have a percent sign and two digits. */
	memcpy(der + der_length - 3, "%41", 3);
	buffer_init(&b, text, sizeof(text));
	buffer_append(&b, der, der_length);
	expect_key(&b, "DER with what may be an escape");
}

static void
test_faults(void)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"", "no private key found in it"},
	    {"hello", "no private key found in it"},
	    {"help", "no private key found in it"},
	    {"-----BEGIN RSA PRIVATE KEY-----", "END line is missing"},
	    {"-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----",
		"damaged"},
	    {"-----BEGIN PRIVATE KEY-----\nMII\\x\n-----END PRIVATE KEY-----",
		"damaged"},
	    {"-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----",
		"damaged"},
	    {"-----BEGIN PRIVATE KEY-----\nMIIE=\n-----END PRIVATE KEY-----",
		"damaged"},
	    {"-----BEGIN PRIVATE KEY-----\nMI==II\n-----END PRIVATE KEY-----",
		"damaged"},
	    {"-----BEGIN PRIVATE KEY-----\nTQ==\n-----END PRIVATE KEY-----",
		"damaged"},
	    {"-----BEGIN PRIVATE KEY-----\na: b\n-----END PRIVATE KEY-----",
		"damaged"},
	    {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMII=\n"
	     "-----END RSA PRIVATE KEY-----",
		"it is encrypted"},
	    {"-----BEGIN THIS LABEL HAS FORTY-ONE CHARACTERS PRIVATE KEY-----",
		"no private key found in it"},
	    {"\x30\x07\x02\x02\x01\x23\x02\x01\x03", "it is a public key"},
	    {"\x30\x07\x02\x02\x01\x23\x05\x01\x03", "no private key"},
	    {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END",
		"it is an OpenSSH key"},
	    {"-----BEGIN DSA PRIVATE KEY-----", "it is not an RSA key"},
	    {"-----BEGIN PGP PRIVATE KEY BLOCK-----", "it is not an RSA key"},
	    {"-----BEGIN ENCRYPTED PRIVATE KEY-----", "it is encrypted"},
	    {"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
	     "-----BEGIN ENCRYPTED PRIVATE KEY-----",
		"it is encrypted"},
	    {"-----BEGIN ", "no private key found in it"},
	    {"-----BEGIN -----BEGIN ", "no private key found in it"},
	    {"MIIEpAIBAAKCAQEA", "damaged"},
	    {"/etc/keys/app", "no private key found in it"},
	    {"\\", "no private key found in it"},
	    {"\\n\\n", "no private key found in it"},
	    {"\xef\xbb\xbf", "no private key found in it"},
	    {"\xff\xfe", "no private key found in it"},
	};
	const char *hint, *why;
	struct span found;
	char text[256];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		(void)snprintf(text, sizeof(text), "%s", rows[i].text);
		tap_ok(key_text_is_key(text) ==
			   (strstr(rows[i].why, "no private") == NULL),
		    "row %zu: is it meant as a key", i);
		why = key_text_read(text, strlen(text), &found, &hint);
		tap_part(why, rows[i].why, "row %zu: %s", i, rows[i].why);
		tap_ok(hint != NULL, "row %zu: it has a hint", i);
	}
}

/* More layers of Base64 than anybody makes. */
static void
test_layers(void)
{
	static char texts[2][SIZE];
	const char *hint;
	struct span found;
	struct buffer b;
	size_t i;

	strcpy(texts[0], pem);
	for (i = 0; i <= KEY_TEXT_LAYERS; i++) {
		buffer_init(&b, texts[(i + 1) % 2], SIZE);
		buffer_base64(&b, texts[i % 2], strlen(texts[i % 2]), false);
	}
	tap_part(key_text_read(texts[i % 2], b.length, &found, &hint),
	    "no private key", "a layer too many");
}

/* A file may have bytes that a variable cannot have. */
static void
test_bytes(void)
{
	static char long_text[SIZE + 2];
	char text[] = "MIIE\0pAIB";
	const char *hint;
	struct span found;

	tap_part(key_text_read(text, sizeof(text) - 1, &found, &hint),
	    "no private key", "a NUL within Base64");
	memset(long_text, 'A', sizeof(long_text) - 1);
	tap_ok(!key_text_is_key(long_text), "more than a key can have");
}

static void
test_names(void)
{
	static const struct {
		const char *text;
		bool is_name;
	} rows[] = {
	    {"app.pem", true},
	    {"-", true},
	    {"/run/secrets/dispatch_app_key", true},
	    {"/home/runner/work/_temp/0123456789/"
	     "app.2026-11-27.private-key.pem",
		false},
	    {"MIIEpAIBAAKCAQEA", false},
	    {"\"MIIEpAIBAAKCAQEA", false},
	    {" LS0tLS1CRUdJTi", false},
	    {"RSA PRIVATE KEY", false},
	    {"-----BEGIN", false},
	    {"a\nb", false},
	    {"a\x7f", false},
	    {"a\x1f", false},
	    {"abcdefghijklmnopqrstuvwxyz0123456789", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(key_text_is_name(rows[i].text) == rows[i].is_name,
		    "row %zu: %s", i,
		    rows[i].is_name ? "can be shown" : "is not shown");
	}
}

int
main(void)
{
	if (!tap_ok(make(), "openssl makes a key"))
		return tap_done();
	test_forms();
	test_escaped();
	test_bodies();
	test_faults();
	test_layers();
	test_bytes();
	test_names();
	return tap_done();
}
