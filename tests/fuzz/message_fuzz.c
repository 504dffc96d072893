/* message_fuzz.c - whatever the bytes and wherever they are split: the same
 * verdict, the same length, the same content, and nothing read out of
 * bounds. The first byte chooses between a head and a body's chunks, the two
 * after it where to split. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "http/message.h"

#define INPUT_MAX 8192

/* A copy with nothing around it, so that the sanitizer sees every overrun. */
static char *
copy(const void *bytes, size_t length)
{
	char *p = malloc(length > 0 ? length : 1);

	if (p == NULL)
		abort();
	if (length > 0)
		memcpy(p, bytes, length);
	return p;
}

static void
check_fields(const struct message_head *message, const char *head)
{
	struct message_field f;
	struct message_body b;
	const char *why = NULL;
	size_t offset = 0, count = 0;

	while (
	    message_field_next(span_of(head, message->length), &offset, &f)) {
		check(message_is_token(span_chars(f.name), f.name.length));
		check(span_chars(f.value) + f.value.length <=
		      head + message->length);
		check(memchr(f.value.bytes, '\r', f.value.length) == NULL);
		count++;
	}
	check(count == message->lines.count && offset <= message->length);
	check(message->status >= 100 && message->status <= 599);
	check(message_body_init(&b, message, head, &why) == 0 || why != NULL);
}

static void
fuzz_head(const uint8_t *data, size_t size, size_t split)
{
	char *whole = copy(data, size), *part = copy(data, split);
	char *rest = copy(data, size); /* whole has its folded lines joined */
	const char *why = NULL, *split_why = NULL;
	struct message_head m, n;
	enum message_verdict verdict, split_verdict;

	message_head_init(&m);
	verdict = message_head_parse(&m, whole, size, &why);
	message_head_init(&n);
	split_verdict = message_head_parse(&n, part, split, &split_why);
	if (split_verdict == MESSAGE_MORE)
		split_verdict = message_head_parse(&n, rest, size, &split_why);
	check(verdict == split_verdict && m.length == n.length);
	check(m.status == n.status && why == split_why);
	check((verdict == MESSAGE_BAD) == (why != NULL));
	if (verdict == MESSAGE_DONE)
		check_fields(&m, whole);
	free(whole);
	free(part);
	free(rest);
}

struct decoded {
	enum message_verdict verdict;
	char content[INPUT_MAX];
	size_t length, extra;
};

static void
decode(
    struct decoded *d, struct message_body *b, const uint8_t *data, size_t size)
{
	char *bytes = copy(data, size);
	size_t n = size;
	const char *why = NULL;

	d->verdict = message_body_decode(b, bytes, &n, &d->extra, &why);
	check((d->verdict == MESSAGE_BAD) == (why != NULL));
	if (d->verdict != MESSAGE_BAD) {
		check(n + d->extra <= size);
		memcpy(d->content + d->length, bytes, n);
		d->length += n;
	}
	free(bytes);
}

static void
fuzz_chunks(const uint8_t *data, size_t size, size_t split)
{
	static char head[] =
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
	static struct decoded whole, parts;
	struct message_head m;
	struct message_body b, c;
	const char *why;

	message_head_init(&m);
	check(message_head_parse(&m, head, sizeof(head) - 1, &why) ==
	      MESSAGE_DONE);
	check(message_body_init(&b, &m, head, &why) == 0);
	c = b;
	whole.length = parts.length = 0;
	decode(&whole, &b, data, size);
	decode(&parts, &c, data, split);
	if (parts.verdict == MESSAGE_MORE)
		decode(&parts, &c, data + split, size - split);
	else
		parts.extra += size - split;
	check(whole.verdict == parts.verdict);
	if (whole.verdict == MESSAGE_BAD)
		return;
	check(whole.length == parts.length && whole.extra == parts.extra);
	check(memcmp(whole.content, parts.content, whole.length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t split;

	if (size < 3 || size - 3 > INPUT_MAX)
		return 0;
	split = (size_t)data[1] << 8 | data[2];
	if (data[0] & 1)
		fuzz_chunks(data + 3, size - 3, split % (size - 2));
	else
		fuzz_head(data + 3, size - 3, split % (size - 2));
	return 0;
}
