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
	tap_ok(b.overflowed, "what does not fit overflows");
	tap_bytes(
	    b.bytes, b.length, "1234", "what does not fit is left out whole");
	buffer_text(&b, "5");
	tap_ok(b.overflowed, "an overflow remains");
	tap_bytes(
	    b.bytes, b.length, "1234", "all after an overflow is left out");
	buffer_init(&b, storage, sizeof(storage));
	buffer_text(&b, "1234567");
	tap_ok(!b.overflowed, "all but the last byte is for text");
	tap_number(b.length, 7, "a full buffer: the length");
	tap_number(storage[7], '\0', "the last byte is the NUL's");
	buffer_byte(&b, '8');
	tap_ok(b.overflowed, "a byte more overflows");
	tap_text(storage, "1234567", "a byte more does not replace the NUL");
	buffer_wipe(&b);
	for (i = 0; i < sizeof(storage) && storage[i] == 0; i++)
		;
	tap_number(i, sizeof(storage), "wiped: the bytes");
	tap_number(b.length, 0, "wiped: the length");
	buffer_init(&b, NULL, 0);
	buffer_decimal(&b, UINT64_MAX);
	buffer_text(&b, "ab");
	tap_ok(!b.overflowed, "no storage: nothing overflows");
	tap_number(b.length, 22, "no storage: it counts");
	buffer_init(&b, storage, sizeof(storage));
	buffer_decimal(&b, 0);
	buffer_decimal(&b, 123456);
	tap_ok(strcmp(storage, "0123456") == 0, "decimals");
	buffer_init(&b, storage, 1);
	buffer_text(&b, "");
	tap_ok(!b.overflowed, "nothing fits into a NUL's place");
	buffer_byte(&b, 'x');
	tap_ok(b.overflowed, "a byte does not fit into a NUL's place");
	tap_text(storage, "", "a NUL's place is the NUL's");
}

static void
test_format(void)
{
	char storage[8];
	struct buffer b;

	buffer_init(&b, storage, sizeof(storage));
	buffer_format(&b, "%s-%d", "ab", -7);
	tap_text(storage, "ab--7", "formatted: the text");
	tap_number(b.length, 5, "formatted: the length");
	buffer_format(&b, "%s", "678");
	tap_ok(b.overflowed, "what does not fit when formatted overflows");
	tap_text(storage, "ab--7",
	    "what does not fit when formatted is left out whole");
	tap_number(
	    b.length, 5, "what does not fit when formatted is not counted");
	buffer_format(&b, "%s", "6");
	tap_number(b.length, 5, "all after an overflow is not formatted");
	buffer_init(&b, storage, sizeof(storage));
	buffer_format(&b, "%s", "1234567");
	tap_ok(!b.overflowed, "a text of all bytes but one fits");
	tap_number(b.length, 7, "the last byte but one is used");
	buffer_init(&b, NULL, 0);
	buffer_format(&b, "%zu", (size_t)1234);
	tap_ok(!b.overflowed, "measuring: nothing overflows");
	tap_number(b.length, 4, "measuring: the length");
}

int
main(void)
{
	test_buffer();
	test_format();
	return tap_done();
}
