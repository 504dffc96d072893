/* date_test.c - the forms of dates. */
#include "base/date.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	const char *text;
	int64_t time; /* -1: refused */
} dates[] = {
    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Thu, 29 Feb 2024 23:59:60 GMT", 1709251200},
    {"Mon, 23 Nov 2026 20:00:00 GMT", 1795464000},
    {"Sunday, 06-Nov-94 08:49:37 GMT", -1},
    {"Sun Nov  6 08:49:37 1994", -1},
    {"Sun, 06 Nov 1994 08:49:37 UTC", -1},
    {"Sun, 6 Nov 1994 08:49:37 GMT", -1},
    {"Sun, 06 Nix 1994 08:49:37 GMT", -1},
    {"Sun, 06 Nov 1994 24:49:37 GMT", -1},
    {"Sun, 32 Nov 1994 08:49:37 GMT", -1},
    {"Sun, 06 Nov 1994 08:60:37 GMT", -1},
    {"Sun, 06 Nov 1994 08:49:61 GMT", -1},
    {"Sun, +6 Nov 1994 08:49:37 GMT", -1},
    {"Sun, 06 Nov x994 08:49:37 GMT", -1},
    {"Sun, 06 Nov 1994 x8:49:37 GMT", -1},
    {"Sun, 06 Nov 1994 08:x9:37 GMT", -1},
    {"Sun, 06 Nov 1994 08:49:x7 GMT", -1},
    {"120", -1},
    {"", -1},
};

static void
test_http_dates(void)
{
	const char *text;
	int64_t time;
	size_t i;

	for (i = 0; i < COUNT(dates); i++) {
		text = dates[i].text;
		time = -1;
		tap_number(date_read_http(text, strlen(text), &time),
		    dates[i].time == -1 ? -1 : 0, "the date \"%s\": the result",
		    text);
		tap_number(
		    time, dates[i].time, "the date \"%s\": the time", text);
	}
}

static const struct {
	const char *text;
	int64_t time;    /* -1: refused */
	const char *day; /* NULL: refused */
} certificate_dates[] = {
    {"700101000000Z", 0, "1970-01-01"},
    {"500101000000Z", -631152000, "1950-01-01"},
    {"491231235959Z", 2524607999, "2049-12-31"},
    {"000229120000Z", 951825600, "2000-02-29"},
    {"261123150000Z", 1795446000, "2026-11-23"},
    {"19000101000000Z", -2208988800, "1900-01-01"},
    {"20491231235959Z", 2524607999, "2049-12-31"},
    {"99991231235959Z", 253402300799, "9999-12-31"},
    {"18991231235959Z", -1, NULL},
    {"200101000060Z", -1, NULL},
    {"200101006000Z", -1, NULL},
    {"200101240000Z", -1, NULL},
    {"200132000000Z", -1, NULL},
    {"200100000000Z", -1, NULL},
    {"201301000000Z", -1, NULL},
    {"200001000000Z", -1, NULL},
    {"2001010000+1Z", -1, NULL},
    {"2001010000001", -1, NULL},
    {"200101000000", -1, NULL},
    {"2001010000Z", -1, NULL},
    {"200101000000+0100", -1, NULL},
    {"20200101000000.5Z", -1, NULL},
    {"", -1, NULL},
};

static void
test_certificate_dates(void)
{
	char day[DATE_DAY_SIZE];
	int64_t time;
	size_t i;
	int wanted;

	for (i = 0; i < COUNT(certificate_dates); i++) {
		const char *text = certificate_dates[i].text;

		time = -1;
		wanted = certificate_dates[i].day == NULL ? -1 : 0;
		tap_number(date_read_asn1(text, strlen(text), &time), wanted,
		    "a certificate's date \"%s\": the result", text);
		tap_number(time, certificate_dates[i].time,
		    "a certificate's date \"%s\": the time", text);
		if (wanted < 0)
			continue;
		date_write_day(day, time);
		tap_ok(strcmp(day, certificate_dates[i].day) == 0,
		    "its day is %s", day);
	}
	date_write_day(day, -1);
	tap_ok(strcmp(day, "1969-12-31") == 0, "before 1970: %s", day);
}

static void
test_times(void)
{
	static const struct {
		int64_t time;
		const char *text;
	} times[] = {
	    {0, "1970-01-01T00:00:00Z"},
	    {-5, "1970-01-01T00:00:00Z"},
	    {951782399, "2000-02-28T23:59:59Z"},
	    {951782400, "2000-02-29T00:00:00Z"},
	    {1795471445, "2026-11-23T22:04:05Z"},
	    {1798761599, "2026-12-31T23:59:59Z"},
	    {253402300799, "9999-12-31T23:59:59Z"},
	};
	char out[DATE_SIZE];
	size_t i;

	for (i = 0; i < COUNT(times); i++) {
		date_write(out, times[i].time);
		tap_ok(strcmp(out, times[i].text) == 0, "a time: %s", out);
	}
}

static const struct {
	const char *text;
	int64_t time; /* -1: refused */
} zoned_dates[] = {
    {"2021-10-07 19:07:53 UTC", 1633633673},
    {"1970-01-01 00:00:00 UTC", 0},
    {"2027-03-31 00:00:00 +0900", 1806418800},
    {"2027-03-31 00:00:00 -0330", 1806463800},
    {"2027-03-31 00:00:00 +0000", 1806451200},
    {"2027-03-31 00:00:00", -1},
    {"2027-03-31 00:00:00 ", -1},
    {"2027-03-31 00:00:00 CET", -1},
    {"2027-03-31 00:00:00 +09:00", -1},
    {"2027-03-31 00:00:00 +2400", -1},
    {"2027-03-31 00:00:00 +0060", -1},
    {"2027-03-31 00:00:00 0900", -1},
    {"2027-03-31T00:00:00 UTC", -1},
    {"2027-13-31 00:00:00 UTC", -1},
    {"2027-00-31 00:00:00 UTC", -1},
    {"2027-03-31 24:00:00 UTC", -1},
    {"2027-03-3x 00:00:00 UTC", -1},
    {"2027-03-31 00:00:00 +x900", -1},
    {"2027-03-31 00:00:00 +09x0", -1},
    {"2027-03-31 00:00:00 *0900", -1},
    {"2027-03-31 00-00:00 UTC", -1},
    {"", -1},
};

static void
test_zoned_dates(void)
{
	const char *text;
	int64_t time;
	size_t i;

	for (i = 0; i < COUNT(zoned_dates); i++) {
		text = zoned_dates[i].text;
		time = -1;
		tap_number(date_read_zoned(text, strlen(text), &time),
		    zoned_dates[i].time == -1 ? -1 : 0,
		    "the date \"%s\": the result", text);
		tap_number(time, zoned_dates[i].time,
		    "the date \"%s\": the time", text);
	}
}

int
main(void)
{
	test_http_dates();
	test_zoned_dates();
	test_certificate_dates();
	test_times();
	return tap_done();
}
