/* json_fuzz.c - memory and source, fast lane and slow must come to the same
 * verdict, strings must decode within their measure, and no path may lead
 * outside. */
#include <stdlib.h>
#include <string.h>

#include "json/reader.h"

struct pieces {
	const uint8_t *bytes;
	size_t length, step;
};

static ssize_t
give(void *context, void *bytes, size_t size)
{
	struct pieces *p = context;
	size_t n = p->length < p->step ? p->length : p->step;

	n = n < size ? n : size;
	memcpy(bytes, p->bytes, n);
	p->bytes += n;
	p->length -= n;
	return (ssize_t)n;
}

/* Returns what json_validate does, without the fast lane. */
static int
read_all(struct json_reader *r)
{
	enum json_event event;
	char out[32];

	while ((event = json_next(r)) > JSON_END) {
		if (event != JSON_KEY && event != JSON_STRING)
			continue;
		if (json_decode(r->token, r->token_length, out, sizeof(out)) >
		    r->token_length)
			abort();
		if (!json_same_text(
			r->token, r->token_length, r->token, r->token_length))
			abort();
	}
	return event == JSON_END ? 0 : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces p = {data, size, size % 7 + 1};
	char window[JSON_WINDOW_MIN], shown[320];
	struct json_reader whole, cut;
	struct json_value v;
	int a, b;

	json_open(&whole, data, size);
	a = json_validate(&whole);
	json_open_source(&cut, give, &p, window, sizeof(window));
	b = json_validate(&cut);
	if (a != b || whole.fault.offset != cut.fault.offset ||
	    whole.fault.column != cut.fault.column)
		abort();
	if (a == -1) {
		json_excerpt(&whole, shown, sizeof(shown));
		json_excerpt(&cut, shown, sizeof(shown));
	}
	json_open(&whole, data, size);
	if (read_all(&whole) != a || whole.fault.offset != cut.fault.offset ||
	    whole.fault.line != cut.fault.line)
		abort();
	if ((json_find(data, size, "a[1].b", &v) == -1) != (a == -1))
		abort();
	return 0;
}
