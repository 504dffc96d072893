/* pem_fuzz.c - text in one piece and byte by byte must give the same
 * certificates. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "x509/pem.h"

struct tally {
	unsigned certificates, unusable;
	unsigned long sum; /* over lines and bytes of what was found */
};

static void
read_pieces(struct pem *pem, const uint8_t *data, size_t size, size_t step,
    struct tally *tally)
{
	size_t taken, n, i;

	for (pem_open(pem); size > 0; data += taken, size -= taken) {
		n = step < size ? step : size;
		switch (pem_read(pem, (const char *)data, n, &taken)) {
		case PEM_OBJECT:
			tally->certificates++;
			for (i = 0; i < pem->length; i++)
				tally->sum = tally->sum * 31 + pem->der[i];
			tally->sum += pem->first_line;
			break;
		case PEM_UNUSABLE:
			tally->unusable++;
			break;
		case PEM_NOTHING:
		default:
			if (taken != n)
				abort();
			break;
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tally whole = {0, 0, 0}, cut = {0, 0, 0};
	static struct pem p;

	read_pieces(&p, data, size, size, &whole);
	read_pieces(&p, data, size, 1, &cut);
	if (whole.certificates != cut.certificates ||
	    whole.unusable != cut.unusable || whole.sum != cut.sum)
		abort();
	return 0;
}
