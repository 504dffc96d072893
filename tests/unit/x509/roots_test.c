/* roots_test.c - every root of vendor/roots.pem is found in the binary with its
 * key, and PEM files are read however they are written. Runs from the project's
 * root. */
#include "x509/roots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "tap.h"
#include "x509/compose.h"

struct name {
	unsigned char bytes[1024];
	size_t length;
};

static char pem[1 << 20];
static size_t pem_length;
static struct roots roots;
static struct error error;

static void
append_name(void *context, const void *bytes, size_t length)
{
	struct name *n = context;

	if (length > sizeof(n->bytes) - n->length)
		return;
	memcpy(n->bytes + n->length, bytes, length);
	n->length += length;
}

static void
append_certificate(void *context, const void *bytes, size_t length)
{
	br_x509_decoder_push(context, bytes, length);
}

static uint64_t
exponent(const br_rsa_public_key *key)
{
	uint64_t e = 0;
	size_t i;

	for (i = 0; i < key->elen; i++)
		e = e << 8 | key->e[i];
	return e;
}

static bool
same_key(const br_x509_pkey *one, const br_x509_pkey *other)
{
	if (one->key_type != other->key_type)
		return false;
	if (one->key_type == BR_KEYTYPE_EC) {
		return one->key.ec.curve == other->key.ec.curve &&
		       one->key.ec.qlen == other->key.ec.qlen &&
		       memcmp(one->key.ec.q, other->key.ec.q,
			   one->key.ec.qlen) == 0;
	}
	return one->key.rsa.nlen == other->key.rsa.nlen &&
	       memcmp(one->key.rsa.n, other->key.rsa.n, one->key.rsa.nlen) ==
		   0 &&
	       exponent(&one->key.rsa) == exponent(&other->key.rsa);
}

/* Whether one of the built-in roots of this name has this key. */
static bool
is_found(const struct name *name, const br_x509_pkey *key)
{
	struct roots_anchor anchors[ROOTS_MATCHES];
	struct name_id id;
	unsigned count, i;

	name_identify(span_of(name->bytes, name->length), &id);
	count = roots_builtin(&roots, &id, anchors);
	for (i = 0; i < count; i++) {
		if (same_key(&anchors[i].key, key))
			return true;
	}
	return false;
}

/* Looks up each certificate of the file. Returns how many were found. */
static unsigned
find_all(struct name *last)
{
	static br_x509_decoder_context decoder;
	br_pem_decoder_context context;
	unsigned found = 0;
	int event;
	size_t done = 0;
	struct name n;

	br_pem_decoder_init(&context);
	while (done < pem_length) {
		done += br_pem_decoder_push(
		    &context, pem + done, pem_length - done);
		event = br_pem_decoder_event(&context);
		if (event == BR_PEM_BEGIN_OBJ) {
			n.length = 0;
			br_x509_decoder_init(&decoder, append_name, &n);
			br_pem_decoder_setdest(
			    &context, append_certificate, &decoder);
		} else if (event == BR_PEM_END_OBJ) {
			found +=
			    is_found(&n, br_x509_decoder_get_pkey(&decoder));
			*last = n;
		}
	}
	return found;
}

/* A certificate that has this issuer. */
static struct certificate
issued_by(const struct name *issuer)
{
	struct certificate c;

	memset(&c, 0, sizeof(c));
	c.subject = span_text("somebody");
	name_identify(span_of(issuer->bytes, issuer->length), &c.issuer_id);
	return c;
}

/* Uses a file with this text, and selects the roots of a name in it.
 *
 * Returns how many there are, or -1. */
static int
use_text(const char *text, size_t length, const struct name *wanted)
{
	struct certificate leaf = issued_by(wanted);
	char path[] = "/tmp/roots_test_XXXXXX";
	int fd = mkstemp(path), result = -2;

	error_clear(&error);
	if (fd >= 0 && write(fd, text, length) == (ssize_t)length) {
		result =
		    roots_use_file(&roots, path, deadline_after(5000), &error);
	}
	/* What becomes of the file does not matter from here on. */
	if (ftruncate(fd, 0) < 0 || write(fd, "gone", 4) != 4)
		result = -2;
	(void)close(fd);
	(void)unlink(path);
	if (result == 0)
		result = roots_select(&roots, &leaf, 1, deadline_after(5000));
	return result < 0 ? result : (int)roots.count;
}

/* The file's last certificate, whose name is the last one looked up. */
static const char *
last_certificate(void)
{
	char *p = pem, *next;

	while ((next = strstr(p + 1, "-----BEGIN")) != NULL)
		p = next;
	return p;
}

static void
test_files(const struct name *last)
{
	const char *one = last_certificate();
	size_t length = strlen(one), i;
	static char text[65536];
	size_t n = 0;

	tap_ok(use_text(one, length, last) == 1, "one certificate");
	tap_ok(use_text(one, length - 1, last) == 1, "no line end at its end");
	for (i = 0; i < length; i++) {
		if (one[i] == '\n')
			text[n++] = '\r';
		text[n++] = one[i];
	}
	tap_ok(use_text(text, n, last) == 1, "CRLF");
	n = (size_t)snprintf(text, sizeof(text), "# comment\n%s%s%s%s%s%s", one,
	    one, one, one, one, one);
	tap_ok(use_text(text, n, last) == 1, "duplicates");
	n = (size_t)snprintf(text, sizeof(text),
	    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	    "-----BEGIN CERTIFICATE-----\n!!!\n%s",
	    one);
	tap_ok(use_text(text, n, last) == 1, "after damaged certificates");
	n = (size_t)snprintf(
	    text, sizeof(text), "%.*s\n%s", (int)length / 2, one, one);
	tap_ok(use_text(text, n, last) == 1, "after a certificate that is cut");
	n = (size_t)snprintf(text, sizeof(text), "%s%.*s*%s%s", one,
	    (int)length / 2, one, one + length / 2, one);
	tap_ok(use_text(text, n, last) == 1, "around a damaged certificate");
	n = (size_t)snprintf(text, sizeof(text),
	    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	    "-----BEGIN CERTIFICATE-----   \n%s",
	    strchr(one, '\n') + 1);
	tap_ok(use_text(text, n, last) == 1,
	    "after a key, with spaces after the boundary");
	n = (size_t)snprintf(text, sizeof(text),
	    "-----BEGIN CERTIFICATE "
	    "REQUEST-----\n%s",
	    strchr(one, '\n') + 1);
	tap_ok(use_text(text, n, last) < 0, "a request is not a certificate");
	for (i = 0, n = 0; i < length; i++) {
		/* All base64 in one line. */
		if (one[i] != '\n' || one[i - 1] == '-' || one[i + 1] == '-')
			text[n++] = one[i];
	}
	tap_ok(use_text(text, n, last) == 1, "one long line");
	tap_ok(use_text(one, length / 2, last) < 0, "cut in the middle");
	tap_ok(use_text("", 0, last) < 0, "empty");
	tap_ok(use_text("\x30\x82\x01\x00", 4, last) < 0, "DER is not PEM");
}

static bool
is_timed_out(const char *path)
{
	int64_t began = clock_milliseconds();
	struct error e;

	error_clear(&e);
	return roots_use_file(&roots, path, deadline_after(100), &e) < 0 &&
	       e.kind == ERROR_USAGE && strstr(e.line, "timed out") != NULL &&
	       clock_milliseconds() - began < 5000;
}

static void
test_deadline(void)
{
	char path[] = "/tmp/roots_test_XXXXXX";

	if (mkdtemp(path) == NULL || rmdir(path) < 0 || mkfifo(path, 0600) < 0)
		abort();
	tap_ok(is_timed_out(path), "nobody writes to a FIFO");
	(void)unlink(path);
	error_clear(&error);
	tap_ok(roots_use_file(
		   &roots, "/dev/zero", deadline_after(60000), &error) < 0,
	    "a device never ends");
	tap_ok(strstr(error.line, "is larger than 2097152 bytes") != NULL,
	    "and is too large: %s", error.line);
}

/* A look-up in the whole bundle. */
static void
test_look_up(const struct name *last)
{
	struct certificate leaf = issued_by(last);

	tap_ok(use_text(pem, pem_length, last) == 1, "the whole bundle");
	tap_ok(roots_select(&roots, &leaf, 1, deadline_after(0)) < 0,
	    "a deadline that has passed");
	leaf.issuer_id.bytes[0] ^= 1;
	tap_ok(roots_select(&roots, &leaf, 1, deadline_after(60000)) == 0,
	    "another name");
	tap_ok(roots.count == 0, "is not found");
}

static const struct recipe root = {.subject = "Root", .key = 1, .is_ca = true};

/* More certificates of one name than fit. */
static void
test_limits(void)
{
	struct recipe recipe = root;
	static char text[65536];
	struct certificate c;
	struct buffer b;
	struct name name;
	const char *why;
	struct der d;
	unsigned char i;
	size_t length = 0;

	buffer_init(&b, text, sizeof(text));
	for (i = 1; i <= ROOTS_SELECTED_MAX + 1; i++) {
		/* The text before the last one has as many as fit. */
		length = b.length;
		recipe.key = i;
		compose(&d, &recipe);
		buffer_text(&b, "-----BEGIN CERTIFICATE-----\n");
		buffer_base64(&b, d.bytes, d.length, false);
		buffer_text(&b, "\n-----END CERTIFICATE-----\n");
	}
	if (certificate_read(&c, span_of(d.bytes, d.length), &why) < 0)
		abort();
	memcpy(name.bytes, c.subject.bytes, c.subject.length);
	name.length = c.subject.length;
	tap_ok(use_text(text, b.length, &name) == ROOTS_SELECTED_MAX,
	    "%u certificates of one name", ROOTS_SELECTED_MAX);
	tap_ok(roots.has_left_out, "there were more");
	tap_ok(use_text(text, length, &name) == ROOTS_SELECTED_MAX,
	    "%u certificates and no more", ROOTS_SELECTED_MAX);
	tap_ok(!roots.has_left_out, "none is left out");
}

static void
add_root(struct buffer *b, const char *subject, struct name *name)
{
	struct recipe recipe = root;
	struct certificate c;
	const char *why;
	struct der d;

	recipe.subject = subject;
	compose(&d, &recipe);
	if (certificate_read(&c, span_of(d.bytes, d.length), &why) < 0)
		abort();
	memcpy(name->bytes, c.subject.bytes, c.subject.length);
	name->length = c.subject.length;
	buffer_text(b, "-----BEGIN CERTIFICATE-----\r\n");
	buffer_base64(b, d.bytes, d.length, false);
	buffer_text(b, "\r\n-----END CERTIFICATE-----\r\n");
}

/* More certificates than are noted, and one that is cut before others. */
static void
test_noted(void)
{
	static char text[1 << 19];
	struct name first, middle, last;
	struct buffer b;
	unsigned i;

	buffer_init(&b, text, sizeof(text));
	add_root(&b, "First", &first);
	for (i = 2; i < ROOTS_INDEXED_MAX; i++)
		add_root(&b, "Another", &middle);
	add_root(&b, "Middle", &middle);
	add_root(&b, "Last", &last);
	tap_number(
	    use_text(text, b.length, &first), 1, "the first one is found");
	tap_number(use_text(text, b.length, &middle), 1, "the last noted one");
	tap_number(roots.pem.first_line, 3 * ROOTS_INDEXED_MAX + 1,
	    "after it, the line of the file's last one");
	tap_number(use_text(text, b.length, &last), 1, "and that one");

	buffer_init(&b, text, sizeof(text));
	add_root(&b, "First", &first);
	buffer_text(&b, "-----BEGIN CERTIFICATE-----\nAAAA\n");
	add_root(&b, "Middle", &middle);
	add_root(&b, "Last", &last);
	tap_number(use_text(text, b.length, &first), 1, "before a cut one");
	tap_number(use_text(text, b.length, &middle), 1, "in a cut one");
	tap_number(use_text(text, b.length, &last), 1, "after a cut one");
}

/* A certificate that cannot be used is selected with the reason, since that
 * explains a refusal, but it is not enough. */
static void
test_unusable(void)
{
	static const struct recipe weak = {
	    .subject = "Root", .rsa_bytes = 128, .rsa_top = 0x80};
	const struct recipe *const recipes[] = {&weak, &root};
	struct certificate c;
	char text[8192];
	struct buffer b;
	struct name name;
	const char *why;
	struct der d;
	size_t i, alone = 0;

	buffer_init(&b, text, sizeof(text));
	for (i = 0; i < 2; i++) {
		compose(&d, recipes[i]);
		buffer_text(&b, "-----BEGIN CERTIFICATE-----\n");
		buffer_base64(&b, d.bytes, d.length, false);
		buffer_text(&b, "\n-----END CERTIFICATE-----\n");
		alone = i == 0 ? b.length : alone;
	}
	if (certificate_read(&c, span_of(d.bytes, d.length), &why) < 0)
		abort();
	memcpy(name.bytes, c.subject.bytes, c.subject.length);
	name.length = c.subject.length;
	tap_ok(use_text(text, alone, &name) < 0, "an unusable one");
	tap_ok(strstr(error.line,
		   "contains no usable certificate: the last one, at line 1, "
		   "is refused: its RSA key is shorter than 2048 bits") != NULL,
	    "the reason is reported: %s", error.line);
	tap_ok(use_text(text, b.length, &name) == 2, "and a usable one");
	tap_ok(strstr(roots.faults[0], "shorter than 2048") != NULL,
	    "the first is not usable: %s", roots.faults[0]);
	tap_ok(roots.faults[1] == NULL, "the second is");
}

int
main(void)
{
	FILE *f = fopen("vendor/roots.pem", "rb");
	struct name last = {.length = 0};
	struct roots_anchor anchors[ROOTS_MATCHES];
	struct name_id id;

	if (f == NULL)
		return 1;
	pem_length = fread(pem, 1, sizeof(pem) - 1, f);
	(void)fclose(f);
	roots_use_builtin(&roots);
	tap_ok(find_all(&last) == 148, "all 148 roots are built in");
	name_identify(span_text("nobody"), &id);
	tap_ok(roots_builtin(&roots, &id, anchors) == 0,
	    "and an unknown name is not");
	test_files(&last);
	test_deadline();
	test_look_up(&last);
	test_limits();
	test_noted();
	test_unusable();
	return tap_done();
}
