/* ascii_test.c - decimal numbers. */
#include "base/ascii.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	const char *text;
	uint64_t max;
	int result;
	uint64_t number;
} decimals[] = {
    {"0", 10, 0, 0},
    {"10", 10, 0, 10},
    {"11", 10, -1, 0},
    {"007", 10, 0, 7},
    {"", 10, -1, 0},
    {"-1", 10, -1, 0},
    {"+1", 10, -1, 0},
    {" 1", 10, -1, 0},
    {"1 ", 10, -1, 0},
    {"0x1", 10, -1, 0},
    {"1e1", 10, -1, 0},
    {"18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
    {"18446744073709551616", UINT64_MAX, -1, 0},
    {"99999999999999999999999", UINT64_MAX, -1, 0},
    {"5", 4, -1, 0},
    {"0", 0, 0, 0},
};

static void
test_decimals(void)
{
	uint64_t number;
	size_t i;
	int result;

	for (i = 0; i < COUNT(decimals); i++) {
		number = 42;
		result = ascii_decimal(decimals[i].text,
		    strlen(decimals[i].text), decimals[i].max, &number);
		tap_number(result, decimals[i].result,
		    "decimal \"%s\": the result", decimals[i].text);
		tap_ok(number == (result == 0 ? decimals[i].number : 42),
		    "decimal \"%s\": the number", decimals[i].text);
	}
}

int
main(void)
{
	test_decimals();
	return tap_done();
}
