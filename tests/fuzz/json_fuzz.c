/* json_fuzz.c - memory and source, fast path and slow must come to the same
 * verdict, strings must be the same when decoded and quoted again, and a query
 * must not accept what the reader refuses. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "fuzz.h"
#include "json/query.h"
#include "json/reader.h"
#include "json/string.h"

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

static char decoded[1 << 16], quoted[6 << 16];

/* Returns what json_validate() does, without the fast path. */
static int
read_all(struct json_reader *reader)
{
	enum json_event event;
	struct buffer text, requoted;
	size_t bad;

	while ((event = json_next(reader)) > JSON_END) {
		if (event != JSON_KEY && event != JSON_STRING)
			continue;
		buffer_init(&text, decoded, sizeof(decoded));
		json_decode(reader->token, &text);
		if (text.overflowed || text.length > reader->token.length ||
		    !json_equals(
			reader->token, span_of(decoded, text.length)) ||
		    !json_same_text(reader->token, reader->token))
			abort();
		buffer_init(&requoted, quoted, sizeof(quoted));
		if (json_quote(
			&requoted, span_of(decoded, text.length), &bad) == 0 &&
		    !json_same_text(
			reader->token, span_of(quoted, requoted.length)))
			abort();
	}
	return event == JSON_END ? 0 : -1;
}

/* A query must come to the same verdict on an object. */
static void
query(struct span text, int verdict)
{
	char found[4][8];
	struct json_member members[] = {
	    JSON_STRING_AT("a[1].b", found[0]),
	    JSON_NUMBER_AT("a", found[1]),
	    JSON_NUMBER_AT("a[1]", found[2]),
	    JSON_STRING_AT("b", found[3]),
	};
	struct json_items items;
	int more;

	if (json_read_members(text, members, COUNT(members)) == 0 &&
	    verdict < 0)
		abort();
	json_items_open(&items, text, "a");
	while ((more = json_items_next(&items, members, COUNT(members))) > 0)
		;
	if (more == 0 && verdict < 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces p = {data, size, size % 7 + 1};
	char window[JSON_WINDOW_MIN];
	struct json_reader whole, cut;
	struct error e;
	int a, b;

	if (size > sizeof(decoded))
		return 0;
	json_open(&whole, span_of(data, size));
	a = json_validate(&whole);
	json_open_source(&cut, give, &p, window, sizeof(window));
	b = json_validate(&cut);
	if (a != b || whole.fault.offset != cut.fault.offset ||
	    whole.fault.column != cut.fault.column)
		abort();
	if (a < 0) {
		error_clear(&e);
		(void)json_refuse(&whole, "whole", &e);
		error_clear(&e);
		(void)json_refuse(&cut, "cut", &e);
	}
	json_open(&whole, span_of(data, size));
	if (read_all(&whole) != a || whole.fault.offset != cut.fault.offset ||
	    whole.fault.line != cut.fault.line)
		abort();
	query(span_of(data, size), a);
	return 0;
}
