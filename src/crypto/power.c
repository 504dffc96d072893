/* power.c - Montgomery arithmetic from crypto/modulus, nothing more. */
#include "crypto/power.h"

#include "base/span.h"
#include "crypto/modulus.h"

#if MODULUS_IS_SUPPORTED

static bool
is_zero(const unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

uint32_t
power_raise(unsigned char *bytes, size_t length, const br_rsa_public_key *key)
{
	uint64_t number[MODULUS_WORDS];
	struct modulus m;

	if (is_zero(key->e, key->elen) ||
	    modulus_init(&m, span_of(key->n, key->nlen)) < 0 ||
	    length != modulus_length(&m) ||
	    modulus_read(&m, number, span_of(bytes, length)) < 0 ||
	    !modulus_has(&m, number))
		return 0;
	modulus_enter(&m, number, number);
	modulus_power(&m, number, number, span_of(key->e, key->elen));
	modulus_leave(&m, number, number);
	modulus_write(&m, number, bytes, length);
	return 1;
}

#endif
