/* format.c - one pass over the format; every character goes through put(),
 * which counts also what does not fit. */
#include "base/format.h"

#include <limits.h>
#include <string.h>

struct output {
	char *out;
	size_t size, total;
};

static void
put(struct output *o, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++, o->total++) {
		if (o->size > 0 && o->total < o->size - 1)
			o->out[o->total] = bytes[i];
	}
}

static void
put_number(struct output *o, unsigned long long number)
{
	char digits[20]; /* 2^64 - 1 has 20 */
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	put(o, digits + i, sizeof(digits) - i);
}

static void
put_signed(struct output *o, int number)
{
	long long wide = number;

	if (wide < 0) {
		put(o, "-", 1);
		wide = -wide;
	}
	put_number(o, (unsigned long long)wide);
}

/* At most limit bytes, which need not end with a NUL. */
static void
put_string(struct output *o, const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length] != '\0')
		length++;
	put(o, text, length);
}

/* Skips ".123" or ".*". Returns the limit, SIZE_MAX where there is none. */
static size_t
read_precision(const char **p, int star)
{
	size_t limit = 0;

	if (**p != '.')
		return (size_t)-1;
	if (*++*p == '*') {
		++*p;
		return star < 0 ? (size_t)-1 : (size_t)star;
	}
	for (; **p >= '0' && **p <= '9'; ++*p)
		limit = limit * 10 + (size_t)(**p - '0');
	return limit;
}

size_t
format_text(char *out, size_t size, const char *format, va_list v)
{
	struct output o = {out, size, 0};
	const char *p = format;
	size_t plain, limit;
	char c;

	for (;;) {
		plain = strcspn(p, "%");
		put(&o, p, plain);
		p += plain;
		if (*p == '\0')
			break;
		p++;
		limit = read_precision(
		    &p, p[0] == '.' && p[1] == '*' ? va_arg(v, int) : -1);
		if (*p == 's') {
			put_string(&o, va_arg(v, const char *), limit);
		} else if (*p == 'd') {
			put_signed(&o, va_arg(v, int));
		} else if (*p == 'u') {
			put_number(&o, va_arg(v, unsigned));
		} else if (*p == 'c') {
			c = (char)va_arg(v, int);
			put(&o, &c, 1);
		} else if (*p == '%') {
			put(&o, p, 1);
		} else if (strncmp(p, "zu", 2) == 0) {
			put_number(&o, va_arg(v, size_t));
			p++;
		} else if (strncmp(p, "llu", 3) == 0) {
			put_number(&o, va_arg(v, unsigned long long));
			p += 2;
		} else {
			break;
		}
		p++;
	}
	if (size > 0)
		out[o.total < size ? o.total : size - 1] = '\0';
	return o.total;
}
