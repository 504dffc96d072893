/* chains.c - checks the chains of cases that chains.py prepared on standard
 * input: a line "case HOST SECONDS ANCHORS CERTIFICATES", then each anchor and
 * certificate as a line of hexadecimal DER, leaf first. Writes one line for
 * each case, "accept" or "refuse REASON".
 *
 * If there are no anchors, they are the built-in ones.
 *
 * If HOST is "-", only the path is checked: the leaf need be for no host and
 * for no server. If it is "*", the leaf has to be for a server, whichever. */
#include <bearssl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "x509/chain.h"
#include "x509/identity.h"
#include "x509/path.h"
#include "x509/roots.h"

#define DER_MAX 300000

static unsigned char der[DER_MAX];
static char line[2 * DER_MAX + 2], text[ROOTS_TEXT_MAX];
static struct roots roots;
static struct chain chain;

static size_t
read_der(unsigned char *out)
{
	size_t length = 0;
	unsigned octet;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return 0;
	while (sscanf(line + 2 * length, "%2x", &octet) == 1)
		out[length++] = (unsigned char)octet;
	return length;
}

static void
feed(int count)
{
	const br_x509_class *const *class = (void *)&chain;
	const br_x509_class **mutable = (void *)&chain;
	size_t length, at;
	int i;

	(*class)->start_chain(mutable, NULL);
	for (i = 0; i < count; i++) {
		length = read_der(der);
		(*class)->start_cert(mutable, (uint32_t)length);
		/* In pieces, as records cut them. */
		for (at = 0; at < length; at += 1000) {
			(*class)->append(mutable, der + at,
			    length - at < 1000 ? length - at : 1000);
		}
		(*class)->end_cert(mutable);
	}
}

/* Trusts the next anchors as certificates of a file.
 *
 * Returns 0, or -1 if none is usable. */
static int
read_anchors(int count, struct deadline d, struct error *e)
{
	char path[] = "/tmp/limbo_XXXXXX";
	int fd, result = -1, i;
	struct buffer b;
	size_t n;

	if (count == 0) {
		roots_use_builtin(&roots);
		return 0;
	}
	buffer_init(&b, text, sizeof(text));
	for (i = 0; i < count; i++) {
		n = read_der(der);
		buffer_text(&b, "-----BEGIN CERTIFICATE-----\n");
		buffer_base64(&b, der, n, false);
		buffer_text(&b, "\n-----END CERTIFICATE-----\n");
	}
	fd = mkstemp(path);
	if (fd >= 0 && write(fd, text, b.length) == (ssize_t)b.length)
		result = roots_use_file(&roots, path, d, e);
	(void)close(fd);
	(void)unlink(path);
	return result;
}

/* Searches a path as chain.c does it.
 *
 * Returns 0, or -1 with e set. */
static int
check_path(int count, const struct chain_terms *terms, struct error *e)
{
	static unsigned char bytes[CHAIN_CERTIFICATES][DER_MAX];
	static struct certificate sent[CHAIN_CERTIFICATES];
	const char *faults[CHAIN_CERTIFICATES] = {NULL};
	char why[CERTIFICATE_REASON_SIZE];
	struct signature_verifier verifier;
	struct path_obstacle obstacle;
	struct budget budget;
	struct path_search search = {.host = "the suite",
	    .now = terms->now,
	    .sent = sent,
	    .faults = faults,
	    .count = (unsigned)count,
	    .roots = terms->roots,
	    .verifier = &verifier};
	int i, at;

	budget_init(&budget, terms->deadline);
	signature_init(&verifier, &budget);
	for (i = 0; i < count; i++) {
		at = i < CHAIN_CERTIFICATES ? i : 0;
		if (certificate_read(&sent[at],
			span_of(bytes[at], read_der(bytes[at])),
			&faults[at]) == 0)
			faults[at] = NULL;
	}
	if (count > CHAIN_CERTIFICATES)
		return error_set(e, ERROR_TLS, "too many certificates");
	if (faults[0] != NULL)
		return error_set(e, ERROR_TLS, "leaf: %s", faults[0]);
	if (!certificate_is_current(&sent[0], terms->now, why))
		return error_set(e, ERROR_TLS, "leaf: %s", why);
	if (strcmp(terms->host, "*") == 0 &&
	    !identity_may_serve(&sent[0], false))
		return error_set(e, ERROR_TLS, "leaf: not for servers");
	if (roots_select(terms->roots, sent, search.count, terms->deadline) < 0)
		return error_set(e, ERROR_TLS, "too late");
	if (path_find(&search, &obstacle))
		return 0;
	if (budget_is_exceeded(&budget))
		return error_set(e, ERROR_TLS, "too much work");
	if (obstacle.weight == 0)
		return error_set(e, ERROR_TLS, "no path");
	*e = obstacle.error;
	return -1;
}

int
main(void)
{
	int anchor_count, count, trusted, checked;
	char host[300];
	long long now;

	while (fgets(line, sizeof(line), stdin) != NULL &&
	       sscanf(line, "case %299s %lld %d %d", host, &now, &anchor_count,
		   &count) == 4) {
		struct deadline d = deadline_after(60000);
		struct chain_terms terms = {
		    .host = host, .now = now, .roots = &roots, .deadline = d};
		struct error e;

		error_clear(&e);
		trusted = read_anchors(anchor_count, d, &e);
		if (strchr("-*", host[0]) != NULL) {
			checked = check_path(count, &terms, &e);
		} else {
			chain_init(&chain, &terms, &e);
			feed(count);
			checked = (int)chain.class->end_chain((void *)&chain);
		}
		if (trusted == 0 && checked == 0)
			puts("accept");
		else
			printf("refuse %s\n", e.line);
	}
	return 0;
}
