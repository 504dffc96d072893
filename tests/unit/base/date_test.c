/* date_test.c - the two forms of dates. */
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
    {"120", -1},
    {"", -1},
};

static void
test_http_dates(void)
{
	int64_t time;
	size_t i;

	for (i = 0; i < COUNT(dates); i++) {
		time = -1;
		tap_ok(date_read_http(dates[i].text, strlen(dates[i].text),
			   &time) == (dates[i].time == -1 ? -1 : 0) &&
			   time == dates[i].time,
		    "the date \"%s\"", dates[i].text);
	}
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

int
main(void)
{
	test_http_dates();
	test_times();
	return tap_done();
}
