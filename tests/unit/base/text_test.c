/* text_test.c - numbers, URLs and the printer of foreign bytes. */
#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

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

static const struct {
	const char *url, *host, *path; /* host NULL: refused */
	uint16_t port;
	bool is_ipv6;
} urls[] = {
    {"https://api.github.com", "api.github.com", "", 443, false},
    {"https://api.github.com/", "api.github.com", "", 443, false},
    {"HTTPS://API.GitHub.com", "api.github.com", "", 443, false},
    {"https://ghe.example/api/v3", "ghe.example", "/api/v3", 443, false},
    {"https://ghe.example:8443/api/v3//", "ghe.example", "/api/v3", 8443,
	false},
    {"https://[::1]:444", "::1", "", 444, true},
    {"https://127.0.0.1:1", "127.0.0.1", "", 1, false},
    {"https://x:65535", "x", "", 65535, false},
    {"http://api.github.com", NULL, "", 0, false},
    {"api.github.com", NULL, "", 0, false},
    {"https://", NULL, "", 0, false},
    {"https:///x", NULL, "", 0, false},
    {"https://x:", NULL, "", 0, false},
    {"https://x:0", NULL, "", 0, false},
    {"https://x:65536", NULL, "", 0, false},
    {"https://x:4 4", NULL, "", 0, false},
    {"https://user@x", NULL, "", 0, false},
    {"https://x?y", NULL, "", 0, false},
    {"https://x/?y", NULL, "", 0, false},
    {"https://x/#y", NULL, "", 0, false},
    {"https://x/a b", NULL, "", 0, false},
    {"https://x/%2e", NULL, "", 0, false},
    {"https://x\r\nHost: y", NULL, "", 0, false},
    {"https://x/\r\nHost: y", NULL, "", 0, false},
    {"https://-x", NULL, "", 0, false},
    {"https://.x", NULL, "", 0, false},
    {"https://[::1", NULL, "", 0, false},
    {"https://[]", NULL, "", 0, false},
    {"https://::1", NULL, "", 0, false},
};

static const struct {
	const char *bytes;
	size_t length;
	const char *shown;
} shows[] = {
    {"plain ~", 7, "plain ~"},
    {"a\nb\r\t\\", 6, "a\\nb\\r\\t\\\\"},
    {"\x1b[31m", 5, "\\x1b[31m"},
    {"\0\x7f\xff", 3, "\\x00\\x7f\\xff"},
    {"::error::x", 10, ":\\x3aerror:\\x3ax"},
    {"##[group]", 9, "#\\x23[group]"},
    {":::", 3, ":\\x3a\\x3a"},
    {"a:b#c", 5, "a:b#c"},
    {"", 0, ""},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
test_decimals(void)
{
	uint64_t number;
	size_t i;
	int result;

	for (i = 0; i < COUNT(decimals); i++) {
		number = 42;
		result = text_decimal(decimals[i].text,
		    strlen(decimals[i].text), decimals[i].max, &number);
		tap_ok(result == decimals[i].result &&
			   number == (result == 0 ? decimals[i].number : 42),
		    "decimal \"%s\"", decimals[i].text);
	}
}

static void
test_urls(void)
{
	struct text_url u;
	const char *why;
	size_t i;
	int result;

	for (i = 0; i < COUNT(urls); i++) {
		why = NULL;
		result = text_url(urls[i].url, &u, &why);
		if (urls[i].host == NULL)
			tap_ok(
			    result == -1 && why != NULL, "URL %zu refused", i);
		else
			tap_ok(result == 0 &&
				   strcmp(u.host, urls[i].host) == 0 &&
				   strcmp(u.path, urls[i].path) == 0 &&
				   u.port == urls[i].port &&
				   u.is_ipv6 == urls[i].is_ipv6,
			    "URL %s", urls[i].url);
	}
}

static void
test_long_urls(void)
{
	char url[700] = "https://";
	struct text_url u;
	const char *why;

	memset(url + 8, 'a', 253);
	tap_ok(text_url(url, &u, &why) == 0, "a host of 253 characters");
	memset(url + 8, 'a', 254);
	tap_ok(text_url(url, &u, &why) == -1, "not one of 254");
	memset(url + 8, 'a', 300);
	url[9] = '/';
	url[8 + 1 + 255] = '\0';
	tap_ok(text_url(url, &u, &why) == 0, "a path of 255 characters");
	url[8 + 1 + 255] = 'a';
	url[8 + 1 + 256] = '\0';
	tap_ok(text_url(url, &u, &why) == -1, "not one of 256");
}

static void
test_shows(void)
{
	char out[64];
	size_t i, n;

	for (i = 0; i < COUNT(shows); i++) {
		n = text_show(
		    out, sizeof(out), shows[i].bytes, shows[i].length);
		tap_ok(n == strlen(shows[i].shown) &&
			   strcmp(out, shows[i].shown) == 0,
		    "shown as %s", shows[i].shown);
	}
	memset(out, 'x', sizeof(out));
	n = text_show(out, 5, "ab\x01z", 4);
	tap_ok(n == 7 && strcmp(out, "ab") == 0 && out[5] == 'x',
	    "an escape is not cut, and nothing comes after it");
	tap_ok(text_show(NULL, 0, "a\n", 2) == 3, "measuring needs no room");
}

static void
test_addresses(void)
{
	static const unsigned char ipv6[16] = {
	    0x20, 0x01, 0x0d, 0xb8, [15] = 1};
	char out[TEXT_IP_SIZE];

	text_show_ip(out, (const unsigned char *)"\xff\0\x0a\x01", 4);
	tap_ok(strcmp(out, "255.0.10.1") == 0, "IPv4");
	text_show_ip(out, ipv6, 16);
	tap_ok(strcmp(out, "2001:db8:0:0:0:0:0:1") == 0, "IPv6");
	text_show_ip(out,
	    (const unsigned char *)"\xff\xff\xff\xff\xff\xff"
				   "\xff\xff\xff\xff\xff\xff"
				   "\xff\xff\xff\xff",
	    16);
	tap_ok(strlen(out) == TEXT_IP_SIZE - 1, "the longest fits");
}

/* What libc makes of it. */
static size_t
libc_ip(const char *text, unsigned char bytes[16])
{
	if (inet_pton(AF_INET, text, bytes) == 1)
		return 4;
	return inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

static bool
reads_as_libc(const char *text)
{
	unsigned char ours[16] = {0}, theirs[16] = {0};
	size_t size = text_ip(text, ours);

	return size == libc_ip(text, theirs) && memcmp(ours, theirs, size) == 0;
}

/* Texts that nearly are addresses, and a million pieces put together. */
static void
test_read_addresses(void)
{
	static const char *const texts[] = {"", "1.2.3.4", "1.2.3", "1.2.3.4.",
	    "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0.0.0.0", "1..2.3", "a.b",
	    "::", ":::", ":", "::1", "1::", "1:2:3:4:5:6:7:8",
	    "1:2:3:4:5:6:7:8:9",
	    "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8::", "::2:3:4:5:6:7:8",
	    "1::2::3", "12345::", "::12345", "::ffff:1.2.3.4",
	    "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:1",
	    "1:", ":1", "fe80::1%1", "g::", "::1 ", "A:b::C"};
	static const char *const pieces[] = {":", "::", ".", "0", "1", "25",
	    "255", "256", "ffff", "ABCD", "1.2.3.4", "00", ":1:2", "f:"};
	uint32_t random = 1;
	char text[64];
	bool same = true;
	size_t i, n;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		tap_ok(reads_as_libc(texts[i]), "an address? %s", texts[i]);
	for (i = 0; i < 1000000 && same; i++) {
		text[0] = '\0';
		for (n = random >> 20 & 15; n > 0; n--) {
			random = random * 1664525 + 1013904223;
			if (strlen(text) < 48)
				strcat(text, pieces[(random >> 16) % 14]);
		}
		random = random * 1664525 + 1013904223;
		same = reads_as_libc(text);
	}
	tap_ok(same, "reads what libc does: %s", text);
}

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

	for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		time = -1;
		tap_ok(text_http_date(dates[i].text, strlen(dates[i].text),
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
	char out[TEXT_TIME_SIZE];
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		text_time(out, times[i].time);
		tap_ok(strcmp(out, times[i].text) == 0, "a time: %s", out);
	}
}

int
main(void)
{
	test_decimals();
	test_addresses();
	test_read_addresses();
	test_urls();
	test_long_urls();
	test_shows();
	test_http_dates();
	test_times();
	return tap_done();
}
