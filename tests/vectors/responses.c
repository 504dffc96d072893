/* responses.c - parses the HTTP responses that curl.py has on standard input,
 * each a line of hexadecimal, as http/exchange.c does it. Writes one line for
 * each, "STATUS BODY", the body in hexadecimal, or "refuse REASON". */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/message.h"

#define RESPONSE_MAX 200000

static char line[2 * RESPONSE_MAX + 2], bytes[RESPONSE_MAX];

static size_t
read_bytes(void)
{
	size_t length = 0;
	unsigned octet;

	while (sscanf(line + 2 * length, "%2x", &octet) == 1)
		bytes[length++] = (char)octet;
	return length;
}

/* Parses the final head.
 *
 * Returns where it begins, or -1 with *why set. */
static long
parse_heads(struct message_head *head, size_t length, const char **why)
{
	enum message_verdict verdict;
	size_t start = 0;

	for (;;) {
		message_head_init(head);
		*why = "its head is cut";
		verdict = message_head_parse(
		    head, bytes + start, length - start, why);
		if (verdict != MESSAGE_DONE)
			return -1;
		if (head->status >= 200)
			return (long)start;
		*why = "101 was not requested";
		if (head->status == 101)
			return -1;
		start += head->length;
	}
}

/* Returns NULL with the length of the body set, whose bytes begin at *at, or
 * the reason why there is none. */
static const char *
parse_body(const struct message_head *head, size_t start, size_t length,
    size_t *at, size_t *body)
{
	enum message_verdict verdict;
	struct message_body b;
	const char *why = "";
	size_t extra;

	*at = start + head->length;
	*body = length - *at;
	if (message_body_init(&b, head, bytes + start, &why) < 0)
		return why;
	verdict = message_body_decode(&b, bytes + *at, body, &extra, &why);
	if (verdict == MESSAGE_DONE || b.framing == MESSAGE_UNTIL_CLOSE)
		return NULL;
	return verdict == MESSAGE_MORE ? "its body is cut" : why;
}

static void
report(size_t length)
{
	struct message_head head;
	const char *why;
	long start = parse_heads(&head, length, &why);
	size_t at = 0, body = 0;

	if (start >= 0)
		why = parse_body(&head, (size_t)start, length, &at, &body);
	if (start < 0 || why != NULL) {
		printf("refuse %s\n", why);
		return;
	}
	printf("%d ", head.status);
	for (; body > 0; body--)
		printf("%02x", (unsigned char)bytes[at++]);
	puts("");
}

int
main(void)
{
	while (fgets(line, sizeof(line), stdin) != NULL)
		report(read_bytes());
	return 0;
}
