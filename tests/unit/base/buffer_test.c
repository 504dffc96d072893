/* buffer_test.c - appending, and what does not fit. */
#include "base/buffer.h"

#include <stdint.h>
#include <string.h>

#include "tap.h"

static void
test_buffer(void)
{
	char storage[8];
	struct buffer b;
	size_t i;

	buffer_init(&b, storage, sizeof(storage));
	buffer_text(&b, "1234");
	buffer_append(&b, "56789", 5);
	tap_ok(b.overflowed && b.length == 4 && memcmp(storage, "1234", 4) == 0,
	    "what does not fit is left out whole");
	buffer_text(&b, "5");
	tap_ok(b.overflowed && b.length == 4, "and so is all after it");
	buffer_init(&b, storage, sizeof(storage));
	buffer_text(&b, "1234567");
	tap_ok(!b.overflowed && b.length == 7 && storage[7] == '\0',
	    "the last byte is the NUL's");
	buffer_byte(&b, '8');
	tap_ok(b.overflowed && strcmp(storage, "1234567") == 0,
	    "and nobody else's");
	buffer_wipe(&b);
	for (i = 0; i < sizeof(storage) && storage[i] == 0; i++)
		;
	tap_ok(i == sizeof(storage) && b.length == 0, "wiped");
	buffer_init(&b, NULL, 0);
	buffer_decimal(&b, UINT64_MAX);
	buffer_text(&b, "ab");
	tap_ok(!b.overflowed && b.length == 22, "no storage: it counts");
	buffer_init(&b, storage, sizeof(storage));
	buffer_decimal(&b, 0);
	buffer_decimal(&b, 123456);
	tap_ok(strcmp(storage, "0123456") == 0, "decimals");
	buffer_init(&b, storage, 1);
	buffer_text(&b, "");
	tap_ok(!b.overflowed, "nothing fits into a NUL's place");
	buffer_byte(&b, 'x');
	tap_ok(b.overflowed && storage[0] == '\0', "a byte does not");
}

static void
test_format(void)
{
	char storage[8];
	struct buffer b;

	buffer_init(&b, storage, sizeof(storage));
	buffer_format(&b, "%s-%d", "ab", -7);
	tap_ok(strcmp(storage, "ab--7") == 0 && b.length == 5, "formatted");
	buffer_format(&b, "%s", "678");
	tap_ok(b.overflowed && strcmp(storage, "ab--7") == 0 && b.length == 5,
	    "what does not fit is left out whole");
	buffer_format(&b, "%s", "6");
	tap_ok(b.length == 5, "and so is all after it");
	buffer_init(&b, storage, sizeof(storage));
	buffer_format(&b, "%s", "1234567");
	tap_ok(!b.overflowed && b.length == 7, "the last byte but one is used");
	buffer_init(&b, NULL, 0);
	buffer_format(&b, "%zu", (size_t)1234);
	tap_ok(!b.overflowed && b.length == 4, "measured");
}

int
main(void)
{
	test_buffer();
	test_format();
	return tap_done();
}
