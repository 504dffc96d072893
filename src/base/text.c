/* text.c - pure functions over bytes, no locale and no state. */
#include "base/text.h"

#include <string.h>

bool
text_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

unsigned char
text_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool
text_is_alphanumeric(unsigned char c)
{
	unsigned char lower = text_lower(c);

	return text_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

bool
text_equal(const char *text, const void *bytes, size_t length)
{
	return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

bool
text_equal_nocase(const char *text, const void *bytes, size_t length)
{
	const unsigned char *b = bytes;
	size_t i;

	if (strlen(text) != length)
		return false;
	for (i = 0; i < length; i++) {
		if (text_lower((unsigned char)text[i]) != text_lower(b[i]))
			return false;
	}
	return true;
}

bool
text_contains(const char *text, const char *wanted)
{
	size_t length = strlen(wanted);

	while (strncmp(text, wanted, length) != 0) {
		if (*text++ == '\0')
			return false;
	}
	return true;
}

int
text_decimal(const char *bytes, size_t length, uint64_t max, uint64_t *number)
{
	uint64_t value = 0, digit;
	size_t i;

	if (length == 0)
		return -1;
	for (i = 0; i < length; i++) {
		if (!text_is_digit((unsigned char)bytes[i]))
			return -1;
		digit = (uint64_t)(bytes[i] - '0');
		if (digit > max || value > (max - digit) / 10)
			return -1;
		value = value * 10 + digit;
	}
	*number = value;
	return 0;
}

static bool
is_host_byte(unsigned char c, bool ipv6)
{
	if (ipv6)
		return text_is_digit(c) || c == ':' || c == '.' ||
		       (text_lower(c) >= 'a' && text_lower(c) <= 'f');
	return text_is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
}

/* The host ends before [port], a slash or the end. Returns what follows it,
 * or NULL with *why set. */
static const char *
parse_host(const char *p, struct text_url *parsed, const char **why)
{
	size_t n = 0;

	parsed->is_ipv6 = *p == '[';
	if (parsed->is_ipv6)
		p++;
	while (is_host_byte((unsigned char)p[n], parsed->is_ipv6))
		n++;
	if (n == 0 || n >= sizeof(parsed->host)) {
		*why = "the host name is empty or too long";
		return NULL;
	}
	if (!parsed->is_ipv6 && (p[0] == '.' || p[0] == '-')) {
		*why = "the host name starts with a dot or a hyphen";
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		parsed->host[i] = (char)text_lower((unsigned char)p[i]);
	parsed->host[n] = '\0';
	p += n;
	if (parsed->is_ipv6 && *p++ != ']') {
		*why = "an IPv6 address needs a closing bracket";
		return NULL;
	}
	return p;
}

static const char *
parse_port(const char *p, struct text_url *parsed, const char **why)
{
	uint64_t port = 443;
	size_t n;

	if (*p == ':') {
		n = strcspn(++p, "/");
		if (text_decimal(p, n, 65535, &port) == -1 || port == 0) {
			*why = "the port is not a number from 1 to 65535";
			return NULL;
		}
		p += n;
	}
	parsed->port = (uint16_t)port;
	return p;
}

static int
parse_path(const char *p, struct text_url *parsed, const char **why)
{
	size_t n = strlen(p), i;

	while (n > 0 && p[n - 1] == '/')
		n--;
	if (n >= sizeof(parsed->path)) {
		*why = "the path is too long";
		return -1;
	}
	if (n > 0 && p[0] != '/') {
		*why = "the host name has a character that is not allowed";
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (!text_is_alphanumeric((unsigned char)p[i]) &&
		    strchr("/-._~", p[i]) == NULL) {
			*why = "the path has a character that is not allowed";
			return -1;
		}
	}
	memcpy(parsed->path, p, n);
	parsed->path[n] = '\0';
	return 0;
}

int
text_url(const char *url, struct text_url *parsed, const char **why)
{
	static const char scheme[] = "https://";
	const char *p;

	if (strlen(url) < sizeof(scheme) - 1 ||
	    !text_equal_nocase(scheme, url, sizeof(scheme) - 1)) {
		*why = "it must begin with https://";
		return -1;
	}
	p = parse_host(url + sizeof(scheme) - 1, parsed, why);
	if (p != NULL)
		p = parse_port(p, parsed, why);
	return p == NULL ? -1 : parse_path(p, parsed, why);
}

/* One shown byte, at most four characters. Returns how many. */
static size_t
show_byte(char out[4], unsigned char c, unsigned char previous)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[][2] = {
	    {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'\\', '\\'}};
	size_t i;

	out[0] = '\\';
	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (c == (unsigned char)letters[i][0]) {
			out[1] = letters[i][1];
			return 2;
		}
	}
	if (c < 0x20 || c > 0x7e || (c == previous && (c == ':' || c == '#'))) {
		out[1] = 'x';
		out[2] = hex[c >> 4];
		out[3] = hex[c & 15];
		return 4;
	}
	out[0] = (char)c;
	return 1;
}

size_t
text_show(char *out, size_t size, const void *bytes, size_t length)
{
	const unsigned char *b = bytes;
	size_t total = 0, kept = 0, n, i;
	char shown[4];

	for (i = 0; i < length; i++) {
		n = show_byte(shown, b[i], i > 0 ? b[i - 1] : 0);
		/* Once one is left out, all after it are. */
		if (kept == total && size > 0 && n <= size - 1 - kept) {
			memcpy(out + kept, shown, n);
			kept += n;
		}
		total += n;
	}
	if (size > 0)
		out[kept] = '\0';
	return total;
}

static char *
show_number(char *out, unsigned number, unsigned base)
{
	if (number >= base)
		out = show_number(out, number / base, base);
	*out = "0123456789abcdef"[number % base];
	return out + 1;
}

int
text_hex(char c)
{
	unsigned char lower = text_lower((unsigned char)c);

	if (text_is_digit(lower))
		return lower - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool
read_ipv4(const char *text, unsigned char *out)
{
	size_t i, length;
	uint64_t number;

	for (i = 0; i < 4; i++) {
		length = strcspn(text, ".");
		if (text_decimal(text, length, 255, &number) == -1 ||
		    (length > 1 && text[0] == '0') ||
		    text[length] != (i < 3 ? '.' : '\0'))
			return false;
		out[i] = (unsigned char)number;
		text += length + 1;
	}
	return true;
}

/* One to four digits. Returns how many, or 0. */
static size_t
read_group(const char *text, unsigned char *out)
{
	unsigned group = 0;
	size_t n;

	for (n = 0; n < 5 && text_hex(text[n]) >= 0; n++)
		group = group << 4 | (unsigned)text_hex(text[n]);
	out[0] = (unsigned char)(group >> 8);
	out[1] = (unsigned char)group;
	return n < 5 ? n : 0;
}

/* Groups from the left; those right of "::" are moved to the end. */
static bool
read_ipv6(const char *text, unsigned char out[16])
{
	size_t used = 0, gap = 16, n;

	if (text[0] == ':' && text[1] == ':') {
		gap = 0;
		text += 2;
	}
	while (*text != '\0') {
		if (used <= 12 && read_ipv4(text, out + used)) {
			used += 4;
			break;
		}
		n = used < 16 ? read_group(text, out + used) : 0;
		if (n == 0)
			return false;
		used += 2;
		text += n;
		if (text[0] == ':' && text[1] == ':' && gap == 16 &&
		    used < 16) {
			gap = used;
			text += 2;
		} else if (text[0] == ':' && text[1] != '\0') {
			text++;
		} else if (text[0] != '\0') {
			return false;
		}
	}
	if (gap == 16 || used == 16)
		return gap == 16 && used == 16;
	memmove(out + 16 - (used - gap), out + gap, used - gap);
	memset(out + gap, 0, 16 - used);
	return true;
}

size_t
text_ip(const char *text, unsigned char bytes[16])
{
	if (read_ipv4(text, bytes))
		return 4;
	return read_ipv6(text, bytes) ? 16 : 0;
}

void
text_show_ip(char out[TEXT_IP_SIZE], const unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (length == 4) {
			out = show_number(out, bytes[i], 10);
			*out++ = '.';
		} else if (i % 2 == 1) {
			out = show_number(
			    out, bytes[i - 1] * 256U + bytes[i], 16);
			*out++ = ':';
		}
	}
	out[-1] = '\0';
}

/* Days from 1970-01-01; March is the first month of the counted year, so
 * that the leap day comes last. */
int64_t
text_days(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day -
	       1 - 719468;
}

static char *
show_padded(char *out, int64_t number, char behind)
{
	if (number < 10)
		*out++ = '0';
	out = show_number(out, (unsigned)number, 10);
	*out = behind;
	return out + 1;
}

void
text_time(char out[TEXT_TIME_SIZE], int64_t time)
{
	int64_t year = 1970, month = 1, days, second;

	time = time < 0 ? 0 : time;
	days = time / 86400;
	second = time % 86400;
	while (year < 9999 && text_days(year + 1, 1, 1) <= days)
		year++;
	while (month < 12 && text_days(year, month + 1, 1) <= days)
		month++;
	out = show_padded(out, year, '-');
	out = show_padded(out, month, '-');
	out = show_padded(out, days - text_days(year, month, 1) + 1, 'T');
	out = show_padded(out, second / 3600, ':');
	out = show_padded(out, second / 60 % 60, ':');
	out = show_padded(out, second % 60, 'Z');
	*out = '\0';
}

/* Two digits, or -1. */
static int
two_digits(const char *p)
{
	uint64_t number;

	return text_decimal(p, 2, 99, &number) == 0 ? (int)number : -1;
}

int
text_http_date(const char *bytes, size_t length, int64_t *time)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day, hour, minute, second;
	size_t month;
	uint64_t year;

	/* "Sun, 06 Nov 1994 08:49:37 GMT" */
	if (length != 29 || memcmp(bytes + 25, " GMT", 4) != 0 ||
	    text_decimal(bytes + 12, 4, 9999, &year) == -1)
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
	*time = text_days((int64_t)year, (int64_t)month + 1, day) * 86400 +
		hour * 3600 + minute * 60 + second;
	return 0;
}
