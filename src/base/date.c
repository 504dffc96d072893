/* date.c - days are counted with March as the first month of the year, so that
 * the leap day comes last. */
#include "base/date.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"

#define DAY_SECONDS 86400

/* A day of the calendar, and a second of that day. */
struct instant {
	int64_t year, month, day;
	int64_t second;
};

int64_t
date_days(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day -
	       1 - 719468;
}

static int64_t
join(const struct instant *instant)
{
	return date_days(instant->year, instant->month, instant->day) *
		   DAY_SECONDS +
	       instant->second;
}

static struct instant
split(int64_t time)
{
	struct instant i = {.month = 12, .second = time % DAY_SECONDS};
	int64_t days = time / DAY_SECONDS;

	if (i.second < 0) {
		i.second += DAY_SECONDS;
		days--;
	}
	i.year = 1970 + days / 366;
	while (date_days(i.year + 1, 1, 1) <= days)
		i.year++;
	while (date_days(i.year, 1, 1) > days)
		i.year--;
	while (date_days(i.year, i.month, 1) > days)
		i.month--;
	i.day = days - date_days(i.year, i.month, 1) + 1;
	return i;
}

void
date_write(char out[DATE_SIZE], int64_t time)
{
	struct instant i = split(time < 0 ? 0 : time);
	struct buffer b;

	buffer_init(&b, out, DATE_SIZE);
	buffer_format(&b, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)i.year,
	    (int)i.month, (int)i.day, (int)(i.second / 3600),
	    (int)(i.second / 60 % 60), (int)(i.second % 60));
}

void
date_write_day(char out[DATE_DAY_SIZE], int64_t time)
{
	struct instant i = split(time);
	struct buffer b;

	buffer_init(&b, out, DATE_DAY_SIZE);
	buffer_format(
	    &b, "%04d-%02d-%02d", (int)i.year, (int)i.month, (int)i.day);
}

/* Two digits, or -1. */
static int
two_digits(const char *text)
{
	uint64_t number;

	return ascii_decimal(text, 2, 99, &number) == 0 ? (int)number : -1;
}

int
date_read_http(const char *bytes, size_t length, int64_t *time)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t hour, minute, second;
	struct instant i;
	uint64_t year;
	size_t month;

	/* "Sun, 06 Nov 1994 08:49:37 GMT" */
	if (length != 29 || memcmp(bytes + 25, " GMT", 4) != 0 ||
	    ascii_decimal(bytes + 12, 4, 9999, &year) < 0)
		return -1;
	for (month = 0; month < 12; month++) {
		if (memcmp(bytes + 8, months + 3 * month, 3) == 0)
			break;
	}
	i.year = (int64_t)year;
	i.month = (int64_t)month + 1;
	i.day = two_digits(bytes + 5);
	hour = two_digits(bytes + 17);
	minute = two_digits(bytes + 20);
	second = two_digits(bytes + 23);
	if (month == 12 || i.day < 1 || i.day > 31 || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || second < 0 || second > 60)
		return -1;
	i.second = hour * 3600 + minute * 60 + second;
	*time = join(&i);
	return 0;
}

int
date_read(const char *text, int64_t *time)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	/* The digits without what is between them: YYYYMMDDHHMMSSZ. */
	char digits[DATE_GENERALIZED_LENGTH + 1];
	struct buffer b;
	size_t i;

	if (strlen(text) != sizeof(form) - 1)
		return -1;
	buffer_init(&b, digits, sizeof(digits));
	for (i = 0; text[i] != '\0'; i++) {
		if (form[i] == 'd' || form[i] == 'Z')
			buffer_byte(&b, text[i]);
		if (form[i] != 'd' && form[i] != text[i])
			return -1;
	}
	return date_read_asn1(digits, b.length, time);
}

int
date_read_asn1(const char *bytes, size_t length, int64_t *time)
{
	/* Year of the century, month, day, hour, minute, second. */
	static const int64_t most[] = {99, 12, 31, 23, 59, 59};
	int64_t century, field[COUNT(most)];
	struct instant at;
	size_t i;

	if (length == DATE_GENERALIZED_LENGTH) {
		century = two_digits(bytes);
		bytes += 2;
	} else if (length == DATE_UTC_LENGTH) {
		century = bytes[0] >= '5' ? 19 : 20;
	} else {
		return -1;
	}
	for (i = 0; i < COUNT(most); i++) {
		field[i] = two_digits(bytes + 2 * i);
		if (field[i] < 0 || field[i] > most[i])
			return -1;
	}
	if (century < 19 || field[1] == 0 || field[2] == 0 ||
	    bytes[2 * COUNT(most)] != 'Z')
		return -1;
	at.year = century * 100 + field[0];
	at.month = field[1];
	at.day = field[2];
	at.second = field[3] * 3600 + field[4] * 60 + field[5];
	*time = join(&at);
	return 0;
}

/* Reads what follows a time: "UTC", or hours and minutes that its clock is
 * fast. Returns 0, or -1. */
static int
read_zone(const char *bytes, size_t length, int64_t *seconds)
{
	int hours, minutes;

	*seconds = 0;
	if (length == 3 && memcmp(bytes, "UTC", 3) == 0)
		return 0;
	if (length != 5 || (bytes[0] != '+' && bytes[0] != '-'))
		return -1;
	hours = two_digits(bytes + 1);
	minutes = two_digits(bytes + 3);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return -1;
	*seconds =
	    (int64_t)(hours * 60 + minutes) * (bytes[0] == '-' ? -60 : 60);
	return 0;
}

int
date_read_zoned(const char *bytes, size_t length, int64_t *time)
{
	static const char form[] = "dddd-dd-dd dd:dd:dd ";
	/* The digits without what is between them: YYYYMMDDHHMMSSZ. */
	char digits[DATE_GENERALIZED_LENGTH];
	size_t i, n = 0, head = sizeof(form) - 1;
	int64_t local, ahead;

	if (length < head || read_zone(bytes + head, length - head, &ahead) < 0)
		return -1;
	for (i = 0; i < head; i++) {
		if (form[i] == 'd') {
			digits[n++] = bytes[i];
		} else if (form[i] != bytes[i]) {
			return -1;
		}
	}
	digits[n++] = 'Z';
	if (date_read_asn1(digits, n, &local) < 0)
		return -1;
	*time = local - ahead;
	return 0;
}
