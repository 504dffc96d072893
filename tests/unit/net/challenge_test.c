/* challenge_test.c - the schemes in Proxy-Authenticate fields. */
#include "net/challenge.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "http/message.h"
#include "tap.h"

#define FIELD "Proxy-Authenticate: "

static const struct {
	const char *fields; /* each with its line end */
	const char *schemes;
	bool has_basic;
} rows[] = {
    {"", "", false},
    {FIELD "Basic realm=\"x\"\r\n", "Basic", true},
    {FIELD "bAsIc\r\n", "bAsIc", true},
    {"proxy-authenticate:Basic\r\n", "Basic", true},
    {FIELD "Negotiate\r\n", "Negotiate", false},
    {FIELD "Negotiate\r\n" FIELD "NTLM\r\n", "Negotiate, NTLM", false},
    {FIELD "Negotiate, NTLM,Basic realm=x\r\n", "Negotiate, NTLM, Basic", true},
    {FIELD "Digest realm=\"a, Basic b\", nonce = \"x\", qop=\"auth\"\r\n",
	"Digest", false},
    {FIELD "Digest realm=\"a \\\", Basic \\\\\", nonce=x, Basic\r\n",
	"Digest, Basic", true},
    {FIELD "Negotiate YIIB==\r\n", "Negotiate", false},
    {FIELD "Negotiate YIIB==, Basic realm=x\r\n", "Negotiate, Basic", true},
    {FIELD "basic=x\r\n", "", false},
    {FIELD "Digest basic=\"Basic\", Basicx y\r\n", "Digest, Basicx", false},
    {FIELD ",, ,Basic,,\r\n", "Basic", true},
    {FIELD "\"Basic\"\r\n", "", false},
    {FIELD "Digest realm=\"never closed, Basic\r\n", "Digest", false},
    {FIELD "Digest realm=\"\\\r\n", "Digest", false},
    {FIELD "\r\n", "", false},
    {"WWW-Authenticate: Basic\r\n", "", false},
    {"X-" FIELD "Basic\r\n", "", false},
};

int
main(void)
{
	char head[256], text[64];
	struct message_head parsed;
	struct buffer b;
	const char *why;
	bool has_basic;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		(void)snprintf(head, sizeof(head), "HTTP/1.1 407 A\r\n%s\r\n",
		    rows[i].fields);
		message_head_init(&parsed);
		tap_number(
		    message_head_parse(&parsed, head, strlen(head), &why),
		    MESSAGE_DONE, "row %zu: a head", i);
		buffer_init(&b, text, sizeof(text));
		has_basic =
		    challenge_list_schemes(span_of(head, parsed.length), &b);
		tap_text(text, rows[i].schemes, "row %zu: the schemes", i);
		tap_number(has_basic, rows[i].has_basic, "row %zu: Basic", i);
	}
	buffer_init(&b, text, 12);
	tap_ok(
	    challenge_list_schemes(span_text("HTTP/1.1 407 A\r\n" FIELD
					     "Negotiate, Long, Basic\r\n\r\n"),
		&b),
	    "Basic is found where its name does not fit");
	tap_ok(b.overflowed, "what does not fit is reported");
	return tap_done();
}
