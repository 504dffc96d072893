/* roots.c - built in: a binary search over the hashes of names, then a view
 * onto the key where it lies. A file: BearSSL's PEM decoder feeds its
 * certificate decoder, which is told to hash the name as it passes; what has
 * the right name is copied into the few places there are. */
#include "roots.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "gen/roots_packed.h"

struct scan {
	struct roots *roots;
	const unsigned char *wanted; /* hash of a name; NULL: only count */
	br_x509_trust_anchor *anchors;
	int found;
	unsigned usable;
	br_pem_decoder_context pem;
	br_x509_decoder_context certificate;
	br_sha256_context name;
};

static void
hash_name(const unsigned char *name, size_t length,
    unsigned char hash[br_sha256_SIZE])
{
	br_sha256_context c;

	br_sha256_init(&c);
	br_sha256_update(&c, name, length);
	br_sha256_out(&c, hash);
}

void
roots_use_builtin(struct roots *r)
{
	r->path = NULL;
	r->is_input = false;
}

/* The key lies in constant memory; BearSSL's types lack the const. */
static void
view_packed(br_x509_trust_anchor *anchor, size_t i)
{
	unsigned char *key =
	    (unsigned char *)(uintptr_t)(roots_packed_keys +
					 roots_packed_offsets[i]);
	size_t length = roots_packed_offsets[i + 1] - roots_packed_offsets[i];

	anchor->flags = BR_X509_TA_CA;
	if (key[0] == ROOTS_RSA) {
		anchor->pkey.key_type = BR_KEYTYPE_RSA;
		anchor->pkey.key.rsa.e = key + 2;
		anchor->pkey.key.rsa.elen = key[1];
		anchor->pkey.key.rsa.n = key + 2 + key[1];
		anchor->pkey.key.rsa.nlen = length - 2 - key[1];
	} else {
		anchor->pkey.key_type = BR_KEYTYPE_EC;
		anchor->pkey.key.ec.curve = key[1];
		anchor->pkey.key.ec.q = key + 2;
		anchor->pkey.key.ec.qlen = length - 2;
	}
}

/* The first root whose hash is not below this one. */
static size_t
lower_bound(const unsigned char hash[ROOTS_HASH_SIZE])
{
	size_t low = 0, high = roots_packed_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (memcmp(roots_packed_hashes[middle], hash, ROOTS_HASH_SIZE) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
find_builtin(
    const unsigned char hash[ROOTS_HASH_SIZE], br_x509_trust_anchor *anchors)
{
	size_t i;
	int found = 0;

	for (i = lower_bound(hash);
	     i < roots_packed_count && found < ROOTS_MATCHES &&
	     memcmp(roots_packed_hashes[i], hash, ROOTS_HASH_SIZE) == 0;
	     i++)
		view_packed(&anchors[found++], i);
	return found;
}

static void
append_name(void *context, const void *bytes, size_t length)
{
	br_sha256_update(context, bytes, length);
}

static void
append_certificate(void *context, const void *bytes, size_t length)
{
	br_x509_decoder_push(context, bytes, length);
}

/* Copies the key into storage. Returns 0, or -1 if it is larger. */
static int
copy_key(unsigned char storage[ROOTS_KEY_MAX], const br_x509_pkey *key,
    br_x509_pkey *copy)
{
	size_t n = key->key.rsa.nlen;

	*copy = *key;
	if (key->key_type == BR_KEYTYPE_EC) {
		if (key->key.ec.qlen > ROOTS_KEY_MAX)
			return -1;
		memcpy(storage, key->key.ec.q, key->key.ec.qlen);
		copy->key.ec.q = storage;
		return 0;
	}
	if (n > ROOTS_KEY_MAX || key->key.rsa.elen > ROOTS_KEY_MAX - n)
		return -1;
	memcpy(storage, key->key.rsa.n, n);
	memcpy(storage + n, key->key.rsa.e, key->key.rsa.elen);
	copy->key.rsa.n = storage;
	copy->key.rsa.e = storage + n;
	return 0;
}

static void
end_certificate(struct scan *s)
{
	const br_x509_pkey *key = br_x509_decoder_get_pkey(&s->certificate);
	unsigned char hash[br_sha256_SIZE];
	br_x509_trust_anchor *anchor;

	if (key == NULL)
		return;
	s->usable++;
	if (s->wanted == NULL || s->found == ROOTS_MATCHES)
		return;
	br_sha256_out(&s->name, hash);
	if (memcmp(hash, s->wanted, ROOTS_HASH_SIZE) != 0)
		return;
	anchor = &s->anchors[s->found];
	if (copy_key(s->roots->keys[s->found], key, &anchor->pkey) == -1)
		return;
	anchor->flags =
	    br_x509_decoder_isCA(&s->certificate) ? BR_X509_TA_CA : 0;
	s->found++;
}

static void
begin_certificate(struct scan *s)
{
	const char *name = br_pem_decoder_name(&s->pem);

	if (strcmp(name, "CERTIFICATE") != 0 &&
	    strcmp(name, "X509 CERTIFICATE") != 0) {
		br_pem_decoder_setdest(&s->pem, NULL, NULL);
		/* A decoder that was given nothing has no key to show. */
		br_x509_decoder_init(&s->certificate, NULL, NULL);
		return;
	}
	br_sha256_init(&s->name);
	br_x509_decoder_init(&s->certificate, append_name, &s->name);
	br_pem_decoder_setdest(&s->pem, append_certificate, &s->certificate);
}

/* The PEM decoder takes bytes up to the next event; a broken object is left
 * behind and the next one begins anew. */
static void
scan_run(struct scan *s, const char *bytes, size_t length)
{
	size_t taken;

	while (length > 0) {
		taken = br_pem_decoder_push(&s->pem, bytes, length);
		bytes += taken;
		length -= taken;
		switch (br_pem_decoder_event(&s->pem)) {
		case BR_PEM_BEGIN_OBJ:
			begin_certificate(s);
			break;
		case BR_PEM_END_OBJ:
			end_certificate(s);
			break;
		default:
			/* No event, or an error: it took what it could. */
			if (taken == 0)
				return;
			break;
		}
	}
}

/* The decoder knows no CRLF, so carriage returns are left out. */
static void
scan_bytes(struct scan *s, const char *bytes, size_t length)
{
	const char *cr;
	size_t run;

	while (length > 0) {
		cr = memchr(bytes, '\r', length);
		run = cr != NULL ? (size_t)(cr - bytes) : length;
		scan_run(s, bytes, run);
		run += cr != NULL;
		bytes += run;
		length -= run;
	}
}

static int
scan_file(struct scan *s, const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), reason;
	char bytes[4096];
	ssize_t n;

	if (fd < 0)
		return error_set_errno(
		    e, ERROR_USAGE, errno, "cannot open %s", path);
	do {
		n = read(fd, bytes, sizeof(bytes));
		if (n > 0)
			scan_bytes(s, bytes, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	reason = errno;
	(void)close(fd);
	if (n < 0)
		return error_set_errno(
		    e, ERROR_USAGE, reason, "cannot read %s", path);
	return 0;
}

static int
scan(struct scan *s, struct roots *r, struct error *e)
{
	s->roots = r;
	s->found = 0;
	s->usable = 0;
	br_pem_decoder_init(&s->pem);
	br_x509_decoder_init(&s->certificate, NULL, NULL);
	if (r->is_input)
		scan_bytes(s, r->text, r->text_length);
	else if (scan_file(s, r->path, e) == -1)
		return -1;
	/* The last line may lack its end. */
	scan_bytes(s, "\n", 1);
	return 0;
}

static int
read_input(struct roots *r, struct deadline d, struct error *e)
{
	ssize_t n = file_read("-", r->text, sizeof(r->text), d, e);

	if (n < 0) {
		e->kind = ERROR_USAGE;
		return -1;
	}
	r->is_input = true;
	r->text_length = (size_t)n;
	return 0;
}

int
roots_use_file(
    struct roots *r, const char *path, struct deadline d, struct error *e)
{
	struct scan s;

	r->path = path;
	r->is_input = false;
	if (strcmp(path, "-") == 0 && read_input(r, d, e) == -1)
		return -1;
	s.wanted = NULL;
	s.anchors = NULL;
	if (scan(&s, r, e) == -1)
		return -1;
	if (s.usable == 0)
		return error_set(e, ERROR_USAGE,
		    "%s has no certificate that can be used",
		    r->is_input ? "standard input" : path);
	return 0;
}

int
roots_find(struct roots *r, const unsigned char *name, size_t name_length,
    br_x509_trust_anchor anchors[ROOTS_MATCHES], struct error *e)
{
	unsigned char hash[br_sha256_SIZE];
	struct scan s;
	int i;

	hash_name(name, name_length, hash);
	if (r->path == NULL) {
		s.found = find_builtin(hash, anchors);
	} else {
		s.wanted = hash;
		s.anchors = anchors;
		if (scan(&s, r, e) == -1)
			return -1;
	}
	for (i = 0; i < s.found; i++) {
		anchors[i].dn.data = (unsigned char *)(uintptr_t)name;
		anchors[i].dn.len = name_length;
	}
	return s.found;
}
