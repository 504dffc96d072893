/* limbo.c - checks the chains of cases that limbo.py prepared on standard
 * input: a line "case HOST SECONDS ANCHORS CERTIFICATES", then each anchor and
 * certificate as a line of hexadecimal DER, leaf first. Writes one line for
 * each case, "accept" or "refuse REASON". */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/span.h"
#include "x509/certificate.h"
#include "x509/chain.h"

#define ANCHORS_MAX 4
#define DER_MAX 300000

static unsigned char storage[ANCHORS_MAX][DER_MAX], der[DER_MAX];
static char line[2 * DER_MAX + 2];
static struct chain chain;

struct anchors {
	struct certificate certificates[ANCHORS_MAX];
	int count;
};

static int
find(void *roots, struct span name, br_x509_trust_anchor anchors[CHAIN_ANCHORS],
    struct error *e)
{
	struct anchors *a = roots;
	int found = 0, i;

	(void)e;
	for (i = 0; i < a->count; i++) {
		struct certificate *c = &a->certificates[i];

		if (!span_equal(c->subject, name))
			continue;
		memset(&anchors[found], 0, sizeof(anchors[found]));
		anchors[found].flags = c->is_ca ? BR_X509_TA_CA : 0;
		anchors[found].pkey = c->key;
		found++;
	}
	return found;
}

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
		for (at = 0; at < length; at += 1000)
			(*class)->append(mutable, der + at,
			    length - at < 1000 ? length - at : 1000);
		(*class)->end_cert(mutable);
	}
}

int
main(void)
{
	char host[300];
	long long now;
	int anchor_count, count, i;
	size_t n;

	while (fgets(line, sizeof(line), stdin) != NULL &&
	       sscanf(line, "case %299s %lld %d %d", host, &now, &anchor_count,
		   &count) == 4) {
		struct anchors a = {.count = 0};
		struct chain_terms terms = {
		    .host = host, .now = now, .find = find, .roots = &a};
		struct error e;
		const char *why;

		for (i = 0; i < anchor_count && i < ANCHORS_MAX; i++) {
			n = read_der(storage[a.count]);
			if (certificate_read(&a.certificates[a.count],
				span_of(storage[a.count], n), &why) == 0)
				a.count++;
		}
		error_clear(&e);
		chain_init(&chain, &terms, &e);
		feed(count);
		if (chain.class->end_chain((void *)&chain) == 0)
			puts("accept");
		else
			printf("refuse %s\n", e.line);
	}
	return 0;
}
