/* jwt_fuzz.c - the input is the DER of a key, which is read from a PEM file:
 * nothing is read or written out of bounds, and a key that signs gives a JWT of
 * its own length. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "fuzz.h"
#include "github/jwt.h"
#include "os/clock.h"

static int
write_pem(int file, const uint8_t *data, size_t size)
{
	static char text[KEY_TEXT_MAX];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_text(&b, "-----BEGIN PRIVATE KEY-----\n");
	buffer_base64(&b, data, size, false);
	buffer_text(&b, "\n-----END PRIVATE KEY-----\n");
	return !b.overflowed && ftruncate(file, 0) == 0 &&
		       pwrite(file, text, b.length, 0) == (ssize_t)b.length
		   ? 0
		   : -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[] = "/tmp/jwt_fuzz_XXXXXX";
	static int file = -1;
	static struct jwt_key key;
	char jwt[1024];
	struct buffer b;
	struct error e;

	if (file < 0)
		file = mkstemp(path);
	error_clear(&e);
	if (file < 0 || write_pem(file, data, size) < 0 ||
	    jwt_read_key(&key, path, deadline_after(10000), &e) < 0)
		return 0;
	buffer_init(&b, jwt, sizeof(jwt));
	if (jwt_write(&key, "1", 1700000000, &b, &e) == 0 &&
	    (b.overflowed || b.length < key.public.nlen))
		abort();
	return 0;
}
