/* ip.c - IPv6 groups are read from the left; those after "::" are moved to the
 * end. */
#include "base/ip.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"

static bool
read_ipv4(const char *text, unsigned char *out)
{
	size_t i, length;
	uint64_t number;

	for (i = 0; i < 4; i++) {
		length = strcspn(text, ".");
		if (ascii_decimal(text, length, 255, &number) < 0 ||
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

	for (n = 0; n < 5 && ascii_hex(text[n]) >= 0; n++)
		group = group << 4 | (unsigned)ascii_hex(text[n]);
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
ip_read(const char *text, unsigned char bytes[16])
{
	if (read_ipv4(text, bytes))
		return 4;
	return read_ipv6(text, bytes) ? 16 : 0;
}

void
ip_write(char out[IP_SIZE], const unsigned char *bytes, size_t length)
{
	struct buffer b;
	size_t i;

	buffer_init(&b, out, IP_SIZE);
	for (i = 0; i < length && length == 4; i++)
		buffer_format(&b, i > 0 ? ".%u" : "%u", bytes[i]);
	for (i = 0; i < length && length == 16; i += 2) {
		buffer_format(
		    &b, i > 0 ? ":%x" : "%x", bytes[i] * 256U + bytes[i + 1]);
	}
}
