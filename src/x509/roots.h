/* roots.h - the trust anchors: Mozilla's roots in the binary, or a PEM file.
 * The built-in roots are packed, each is a name and a key, and they are found
 * by the hash of their name. A file is read once and kept as it was then;
 * before a chain is checked, its certificates that matter are selected. */
#ifndef ROOTS_H
#define ROOTS_H

#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/error.h"
#include "gen/roots_packed.h"
#include "os/clock.h"
#include "x509/certificate.h"
#include "x509/name.h"
#include "x509/pem.h"

#define ROOTS_TEXT_MAX 2097152 /* bytes of a file */
#define ROOTS_INDEXED_MAX 512  /* certificates; those of systems have 150 */
#define ROOTS_SELECTED_MAX 16  /* certificates for one chain */
#define ROOTS_SELECTED_BYTES 65536

/* A place in the text of a file, outside of every object. */
struct roots_place {
	size_t at;
	unsigned long line;
};

/* A certificate of a file. */
struct roots_entry {
	struct roots_place place; /* it is the first object from there on */
	struct name_id subject;
};

struct roots {
	bool is_file;
	/* Those of a file that roots_select() chose, as they were read. */
	unsigned count;
	struct certificate selected[ROOTS_SELECTED_MAX];
	const char *faults[ROOTS_SELECTED_MAX]; /* why unusable, or NULL */
	bool has_left_out;                      /* there were more */
	/* Private from here on. */
	size_t used;                   /* of bytes */
	size_t indexed;                /* entries */
	size_t text_length, text_used; /* used: for roots_wipe() */
	struct roots_place rest;       /* what comes after the entries */
	struct pem pem;
	unsigned char bytes[ROOTS_SELECTED_BYTES];
	struct roots_entry entries[ROOTS_INDEXED_MAX];
	char text[ROOTS_TEXT_MAX + 1];
};

/* A built-in root, for chains whose server's certificate begins no later than
 * distrust_after: Mozilla distrusts a CA first for what it issues after a date.
 * (CKA_NSS_SERVER_DISTRUST_AFTER in NSS's certdata.txt.) */
struct roots_anchor {
	br_x509_pkey key;
	int64_t distrust_after; /* seconds since 1970, or INT64_MAX */
};

/* Trusts Mozilla's roots. */
void roots_use_builtin(struct roots *roots);

/* Writes the day of Mozilla's list that is built in. */
void roots_date(char day[DATE_DAY_SIZE]);

/* Whether the built-in roots are used and their list is more than two years
 * old, now being in seconds since 1970. */
bool roots_are_old(const struct roots *roots, int64_t now);

/* Trusts the certificates of a PEM file instead, or of standard input for "-".
 *
 * The file is read now and never again: what happens to it later decides
 * nothing. The deadline covers the reading.
 *
 * Comments, a byte order mark, CR and CRLF, duplicates, and certificates that
 * are unusable (the trace names their lines) are accepted if at least one
 * certificate is usable. OpenSSL's TRUSTED CERTIFICATE is one if its trust
 * settings allow it for servers.
 *
 * Returns 0, or -1 with an ERROR_USAGE that names the file and, if it is in
 * another format than PEM, that one. */
int roots_use_file(struct roots *roots, const char *path, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Returns what to do about a root that is not trusted. */
enum error_advice roots_advice(const struct roots *roots);

/* Selects the certificates of the file that matter for a chain, the server's
 * certificate first: those with the name of an issuer, usable or not, and the
 * server's certificate itself. What does not fit is left out, traced, and noted
 * in has_left_out.
 *
 * Without a file, nothing is selected.
 *
 * Returns 0, or -1 if the deadline has passed. */
int roots_select(struct roots *roots, const struct certificate *chain,
    unsigned count, struct deadline d) __attribute__((warn_unused_result));

/* Finds the built-in roots whose subject may have this name, which they prove
 * by a signature. Their keys point to constant memory.
 *
 * Returns how many, or 0 if a file is used. */
unsigned roots_builtin(const struct roots *roots, const struct name_id *name,
    struct roots_anchor anchors[ROOTS_MATCHES]);

/* Overwrites what was read of a file, which may have a private key in it. */
void roots_wipe(struct roots *roots);

#endif
