/* roots_test.c - every root of vendor/roots.pem is found in the binary with its
 * key, and PEM files are read however they are written. Runs from the project's
 * root. */
#include "x509/roots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "os/clock.h"
#include "tap.h"

struct name {
	unsigned char bytes[1024];
	size_t length;
};

static char pem[1 << 20];
static size_t pem_length;
static struct roots roots;

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
same_key(const br_x509_pkey *a, const br_x509_pkey *b)
{
	if (a->key_type != b->key_type)
		return false;
	if (a->key_type == BR_KEYTYPE_EC)
		return a->key.ec.curve == b->key.ec.curve &&
		       a->key.ec.qlen == b->key.ec.qlen &&
		       memcmp(a->key.ec.q, b->key.ec.q, a->key.ec.qlen) == 0;
	return a->key.rsa.nlen == b->key.rsa.nlen &&
	       memcmp(a->key.rsa.n, b->key.rsa.n, a->key.rsa.nlen) == 0 &&
	       exponent(&a->key.rsa) == exponent(&b->key.rsa);
}

/* Whether one of the anchors of this name has this key. */
static bool
is_found(const struct name *n, const br_x509_pkey *key)
{
	br_x509_trust_anchor anchors[ROOTS_MATCHES];
	struct error e;
	int count, i;

	error_clear(&e);
	count = roots_find(&roots, span_of(n->bytes, n->length), anchors, &e);
	for (i = 0; i < count; i++) {
		if (same_key(&anchors[i].pkey, key) &&
		    (anchors[i].flags & BR_X509_TA_CA) != 0 &&
		    anchors[i].dn.len == n->length)
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

/* Uses a file with this text, and looks up a name in it.
 *
 * Returns how many anchors were found, or -1. */
static int
use_text(const char *text, size_t length, const struct name *wanted)
{
	char path[] = "/tmp/roots_test_XXXXXX";
	br_x509_trust_anchor anchors[ROOTS_MATCHES];
	int fd = mkstemp(path), result = -2;
	struct error e;

	error_clear(&e);
	if (fd >= 0 && write(fd, text, length) == (ssize_t)length)
		result = roots_use_file(&roots, path, deadline_after(5000), &e);
	if (result == 0)
		result = roots_find(&roots,
		    span_of(wanted->bytes, wanted->length), anchors, &e);
	(void)close(fd);
	(void)unlink(path);
	return result;
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
	tap_ok(use_text(text, n, last) == ROOTS_MATCHES,
	    "duplicates, up to a limit");
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
	tap_ok(use_text(text, n, last) == 2, "around a damaged certificate");
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
	tap_ok(use_text(pem, pem_length, last) == 1, "the whole bundle");
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
	tap_ok(is_timed_out("/dev/zero"), "a device never ends");
	(void)unlink(path);
}

int
main(void)
{
	FILE *f = fopen("vendor/roots.pem", "rb");
	struct name last = {.length = 0};
	br_x509_trust_anchor anchors[ROOTS_MATCHES];
	struct error e;

	if (f == NULL)
		return 1;
	pem_length = fread(pem, 1, sizeof(pem) - 1, f);
	(void)fclose(f);
	error_clear(&e);
	roots_use_builtin(&roots);
	tap_ok(find_all(&last) == 148, "all 148 roots are built in");
	tap_ok(roots_find(&roots, span_text("nobody"), anchors, &e) == 0,
	    "and an unknown name is not");
	test_files(&last);
	test_deadline();
	return tap_done();
}
