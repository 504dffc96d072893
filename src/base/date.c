/* date.c - days are counted with March as the first month of the year, so that
 * the leap day comes last. */
#include "base/date.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"

/* Days from 1970-01-01; March is the first month of the counted year, so
 * that the leap day comes last. */
int64_t
date_days(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day -
	       1 - 719468;
}

void
date_write(char out[DATE_SIZE], int64_t time)
{
	int64_t year = 1970, month = 1, days, second;
	struct buffer b;

	time = time < 0 ? 0 : time;
	days = time / 86400;
	second = time % 86400;
	while (year < 9999 && date_days(year + 1, 1, 1) <= days)
		year++;
	while (month < 12 && date_days(year, month + 1, 1) <= days)
		month++;
	buffer_init(&b, out, DATE_SIZE);
	buffer_format(&b, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year,
	    (int)month, (int)(days - date_days(year, month, 1) + 1),
	    (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

/* Two digits, or -1. */
static int
two_digits(const char *p)
{
	uint64_t number;

	return ascii_decimal(p, 2, 99, &number) == 0 ? (int)number : -1;
}

int
date_read_http(const char *bytes, size_t length, int64_t *time)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day, hour, minute, second;
	size_t month;
	uint64_t year;

	/* "Sun, 06 Nov 1994 08:49:37 GMT" */
	if (length != 29 || memcmp(bytes + 25, " GMT", 4) != 0 ||
	    ascii_decimal(bytes + 12, 4, 9999, &year) == -1)
		return -1;
	for (month = 0; month < 12; month++) {
		if (memcmp(bytes + 8, months + 3 * month, 3) == 0)
			break;
	}
	day = two_digits(bytes + 5);
	hour = two_digits(bytes + 17);
	minute = two_digits(bytes + 20);
	second = two_digits(bytes + 23);
	if (month == 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || second < 0 || second > 60)
		return -1;
	*time = date_days((int64_t)year, (int64_t)month + 1, day) * 86400 +
		hour * 3600 + minute * 60 + second;
	return 0;
}
