/* format_test.c - against the libc's own printf, which it stands in for. */
#include "base/format.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

static size_t ours(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static size_t
ours(char *out, size_t size, const char *format, ...)
{
	va_list v;
	size_t n;

	va_start(v, format);
	n = format_text(out, size, format, v);
	va_end(v);
	return n;
}

#define SAME(...)                                                           \
	do {                                                                \
		char a[64], b[64];                                          \
		size_t size;                                                \
		bool same = true;                                           \
		for (size = 1; size <= sizeof(a); size++) {                 \
			size_t n = ours(a, size, __VA_ARGS__);              \
			int m = snprintf(b, size, __VA_ARGS__);             \
			same = same && n == (size_t)m && strcmp(a, b) == 0; \
		}                                                           \
		tap_ok(same, "%s", b);                                      \
	} while (0)

int
main(void)
{
	volatile size_t nothing = 0;

	SAME("plain");
	SAME("%s and %s", "one", "");
	SAME("%.3s|%.0s|%.10s|%.*s|%.*s", "abcdef", "x", "abc", 2, "xyz", 0,
	    "xyz");
	SAME("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	SAME("%u %u", 0U, UINT_MAX);
	SAME("%zu %zu", (size_t)0, (size_t)-1);
	SAME("%llu", ULLONG_MAX);
	SAME("%c%%%c", 'a', 'b');
	tap_ok(ours(NULL, nothing, "%s", "abc") == 3, "measures");
	return tap_done();
}
