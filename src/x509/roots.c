/* roots.c - a built-in root is found by walking along the packed roots, and its
 * key is used where it is. In a file, every certificate is read, and the keys
 * of those with the right name are copied. */
#include "x509/roots.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/value.h"
#include "gen/roots_packed.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "x509/certificate.h"
#include "x509/key.h"

/* For the file in a look-up: a FIFO may have no writer. */
#define LOOK_UP_MILLISECONDS 10000

struct scan {
	struct roots *roots;
	struct deadline deadline;
	struct span wanted; /* a name; absent: only count */
	br_x509_trust_anchor *anchors;
	int found;
	unsigned usable;
};

static void
hash_name(struct span name, unsigned char hash[br_sha256_SIZE])
{
	br_sha256_context c;

	br_sha256_init(&c);
	br_sha256_update(&c, name.bytes, name.length);
	br_sha256_out(&c, hash);
}

void
roots_use_builtin(struct roots *roots)
{
	roots->path = NULL;
	roots->is_input = false;
}

/* Points pkey to the packed key, which is constant memory.
 *
 * Returns the length of the key. */
static size_t
view_packed(br_x509_pkey *pkey, const unsigned char *packed)
{
	static const unsigned char exponents[][ROOTS_EXPONENT_SIZE] =
	    ROOTS_EXPONENTS;
	unsigned char *key = (unsigned char *)(uintptr_t)packed;
	unsigned kind = packed[-1], units = kind & ROOTS_RSA_UNITS;

	if (units >= ROOTS_RSA_MIN) {
		pkey->key_type = BR_KEYTYPE_RSA;
		pkey->key.rsa.e = (unsigned char *)(uintptr_t)
		    exponents[kind >> ROOTS_EXPONENT_SHIFT];
		pkey->key.rsa.elen = ROOTS_EXPONENT_SIZE;
		pkey->key.rsa.n = key;
		return pkey->key.rsa.nlen = (size_t)units * ROOTS_RSA_UNIT;
	}
	pkey->key_type = BR_KEYTYPE_EC;
	pkey->key.ec.curve =
	    kind == ROOTS_P256 ? BR_EC_secp256r1 : BR_EC_secp384r1;
	pkey->key.ec.q = key;
	return pkey->key.ec.qlen =
		   kind == ROOTS_P256 ? ROOTS_P256_SIZE : ROOTS_P384_SIZE;
}

static int
find_builtin(
    const unsigned char hash[ROOTS_HASH_SIZE], br_x509_trust_anchor *anchors)
{
	const unsigned char *root = roots_packed;
	br_x509_pkey key;
	size_t i, length;
	int found = 0;

	for (i = 0; i < roots_packed_count && found < ROOTS_MATCHES; i++) {
		length = view_packed(&key, root + ROOTS_HEAD_SIZE);
		if (memcmp(root, hash, ROOTS_HASH_SIZE) == 0) {
			anchors[found].flags = BR_X509_TA_CA;
			anchors[found++].pkey = key;
		}
		root += ROOTS_HEAD_SIZE + length;
	}
	return found;
}

/* A v1 certificate has no basicConstraints: being listed in the file and
 * self-signed must be enough. */
static bool
is_ca(const struct certificate *certificate)
{
	return certificate->is_ca ||
	       (certificate->is_v1 && certificate_is_self_issued(certificate));
}

static void
take_certificate(struct scan *scan, const struct certificate *certificate)
{
	br_x509_trust_anchor *anchor;

	scan->usable++;
	if (scan->wanted.bytes == NULL || scan->found == ROOTS_MATCHES ||
	    !span_equal(scan->wanted, certificate->subject))
		return;
	anchor = &scan->anchors[scan->found];
	if (key_copy(&anchor->pkey, &certificate->key,
		scan->roots->keys[scan->found]) < 0)
		return;
	anchor->flags = is_ca(certificate) ? BR_X509_TA_CA : 0;
	scan->found++;
}

/* Traces why a certificate is skipped, when the file is first read. */
static void
trace_skipped(const struct scan *scan, const char *why)
{
	if (scan->wanted.bytes == NULL) {
		log_trace("root at line %lu skipped: %s",
		    scan->roots->pem.first_line, why);
	}
}

static void
scan_bytes(struct scan *scan, const char *bytes, size_t length)
{
	struct pem *pem = &scan->roots->pem;
	struct certificate c;
	const char *why;
	size_t taken;

	for (; length > 0; bytes += taken, length -= taken) {
		switch (pem_read(pem, bytes, length, &taken)) {
		case PEM_OBJECT:
			if (certificate_read(&c, span_of(pem->der, pem->length),
				&why) == 0) {
				take_certificate(scan, &c);
			} else {
				trace_skipped(scan, why);
			}
			break;
		case PEM_UNUSABLE:
			trace_skipped(
			    scan, "it is cut, too large, or not base64");
			break;
		case PEM_NOTHING:
		default:
			break;
		}
	}
}

static int
scan_file(struct scan *scan, const char *path, struct error *e)
{
	int fd = file_open(path, ERROR_USAGE, e), reason;
	char bytes[4096];
	struct value name;
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = file_read_some(fd, bytes, sizeof(bytes), scan->deadline)) >
		   0 &&
	       !deadline_passed(scan->deadline))
		scan_bytes(scan, bytes, (size_t)n);
	/* A device that never ends always has something to read. */
	reason = n > 0 ? ETIMEDOUT : errno;
	file_close(fd);
	if (n != 0) {
		return error_set_errno(e, ERROR_USAGE, reason, "cannot read %s",
		    file_name(&name, path));
	}
	return 0;
}

static int
scan(struct scan *scan, struct error *e)
{
	struct roots *r = scan->roots;

	pem_open(&r->pem, PEM_CERTIFICATE);
	if (r->is_input) {
		scan_bytes(scan, r->text, r->text_length);
	} else if (scan_file(scan, r->path, e) < 0) {
		return -1;
	}
	scan_bytes(scan, "\n", 1);
	return 0;
}

static int
read_input(struct roots *roots, struct deadline d, struct error *e)
{
	struct buffer b;

	buffer_init(&b, roots->text, sizeof(roots->text));
	if (file_read("-", &b, d, ERROR_USAGE, e) < 0)
		return -1;
	if (b.overflowed)
		return file_too_large("-", &b, ERROR_USAGE, e);
	roots->is_input = true;
	roots->text_length = b.length;
	return 0;
}

int
roots_use_file(
    struct roots *roots, const char *path, struct deadline d, struct error *e)
{
	struct scan s = {.roots = roots, .deadline = d};
	struct value name;

	roots->path = path;
	roots->is_input = false;
	if (strcmp(path, "-") == 0 && read_input(roots, d, e) < 0)
		return -1;
	if (scan(&s, e) < 0)
		return -1;
	if (s.usable == 0) {
		return error_set(e, ERROR_USAGE,
		    "%s contains no usable certificate",
		    file_name(&name, path));
	}
	return 0;
}

int
roots_find(struct roots *roots, struct span name,
    br_x509_trust_anchor anchors[ROOTS_MATCHES], struct error *e)
{
	struct scan s = {
	    .roots = roots,
	    .deadline = deadline_after(LOOK_UP_MILLISECONDS),
	    .wanted = name,
	    .anchors = anchors,
	};
	unsigned char hash[br_sha256_SIZE];
	int i;

	if (roots->path != NULL) {
		if (scan(&s, e) < 0)
			return -1;
	} else {
		hash_name(name, hash);
		s.found = find_builtin(hash, anchors);
	}
	for (i = 0; i < s.found; i++) {
		anchors[i].dn.data = span_mutable(name);
		anchors[i].dn.len = name.length;
	}
	return s.found;
}
