/* suite_test.c - the suites that there are, and what is not one. */
#include "tls/suite.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	unsigned id;
	const char *name;
	size_t key_length, hash_length;
} rows[] = {
    /* RFC 8446, B.4. */
    {0x1301, "TLS_AES_128_GCM_SHA256", 16, 32},
    {0x1302, "TLS_AES_256_GCM_SHA384", 32, 48},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256", 32, 32},
    {0x1304, NULL, 0, 0}, /* CCM */
    {0x1300, NULL, 0, 0},
    {0, NULL, 0, 0},
    {0xcca8, NULL, 0, 0}, /* of TLS 1.2 */
    {0x11301, NULL, 0, 0},
};

int
main(void)
{
	const struct suite *suite;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		suite = suite_find(rows[i].id);
		if (rows[i].name == NULL) {
			tap_ok(suite == NULL, "%#x is not one", rows[i].id);
			continue;
		}
		if (!tap_ok(suite != NULL, "%#x is one", rows[i].id))
			continue;
		tap_text(suite->name, rows[i].name, "its name");
		tap_number(suite->key_length, rows[i].key_length, "its key");
		tap_number(suite->hash_length, rows[i].hash_length, "its hash");
		tap_number((suite->hash->desc >> BR_HASHDESC_OUT_OFF &
			       BR_HASHDESC_OUT_MASK),
		    rows[i].hash_length, "which has this length");
	}
	tap_number(suite_table[0].id, 0x1303, "ChaCha20 is preferred");
	return tap_done();
}
