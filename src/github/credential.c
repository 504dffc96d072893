/* credential.c - one owner for the secret: it is copied in, checked against
 * the grammar of a bearer token, copied out into requests, and wiped. */
#include "github/credential.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/file.h"

#define SHORTEST_TOKEN 20 /* of GitHub's, and then some */

static const char make_one[] =
    "a token begins with ghp_, github_pat_, gho_, ghu_ or ghs_ and has no "
    "spaces or quotes";

/* b64token (RFC 6750, 2.1), which all of GitHub's tokens keep to. */
static bool
is_token_byte(char c)
{
	return ascii_is_alphanumeric((unsigned char)c) ||
	       (c != '\0' && strchr("-._~+/=", c) != NULL);
}

static int
check_shape(const struct credential *c, const char *origin, struct error *e)
{
	size_t i;

	if (c->length == 0) {
		error_set(e, ERROR_USAGE, "the token from %s is empty", origin);
		return -1;
	}
	for (i = 0; i < c->length; i++) {
		if (is_token_byte(c->token[i]))
			continue;
		/* The byte itself is part of a secret. */
		error_set(e, ERROR_USAGE,
		    "the token from %s has a character that no token has, "
		    "at position %zu",
		    origin, i + 1);
		return error_hint(e, make_one);
	}
	return 0;
}

int
credential_take(
    struct credential *c, char *text, const char *origin, struct error *e)
{
	size_t length = strlen(text);

	if (length > sizeof(c->token)) {
		wipe(text, length);
		return error_set(e, ERROR_USAGE,
		    "the token from %s is longer than %d characters", origin,
		    CREDENTIAL_MAX);
	}
	memcpy(c->token, text, length);
	c->length = length;
	wipe(text, length);
	return check_shape(c, origin, e);
}

int
credential_read_file(
    struct credential *c, const char *path, struct deadline d, struct error *e)
{
	struct buffer b;

	buffer_init(&b, c->token, sizeof(c->token));
	if (file_read(path, &b, d, ERROR_USAGE, e) < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_USAGE, e);
	c->length = b.length;
	while (c->length > 0 && (c->token[c->length - 1] == '\n' ||
				    c->token[c->length - 1] == '\r'))
		c->length--;
	return check_shape(c, file_name(path), e);
}

bool
credential_is_in(const struct credential *c, const char *bytes, size_t length)
{
	if (c->length < SHORTEST_TOKEN)
		return false;
	for (; length >= c->length; bytes++, length--) {
		if (memcmp(bytes, c->token, c->length) == 0)
			return true;
	}
	return false;
}

void
credential_write_field(const struct credential *c, struct buffer *b)
{
	buffer_text(b, "Authorization: Bearer ");
	buffer_append(b, c->token, c->length);
	buffer_text(b, "\r\n");
}

void
credential_wipe(struct credential *c)
{
	wipe(c, sizeof(*c));
}

static enum credential_kind
kind_of(const char *text, size_t length)
{
	static const struct {
		const char *beginning;
		enum credential_kind kind;
	} kinds[] = {
	    {"ghp_", CREDENTIAL_CLASSIC},
	    {"github_pat_", CREDENTIAL_FINE_GRAINED},
	    {"ghs_", CREDENTIAL_INSTALLATION},
	    {"gho_", CREDENTIAL_USER},
	    {"ghu_", CREDENTIAL_USER},
	};
	size_t i, n;

	for (i = 0; i < COUNT(kinds); i++) {
		n = strlen(kinds[i].beginning);
		if (length > n && memcmp(text, kinds[i].beginning, n) == 0)
			return kinds[i].kind;
	}
	return CREDENTIAL_OTHER;
}

enum credential_kind
credential_kind(const struct credential *c)
{
	return kind_of(c->token, c->length);
}

bool
credential_is_secret(const char *text)
{
	static const char pem[] = "-----BEGIN";
	size_t length = 0;

	text += strspn(text, " \t\r\n");
	while (is_token_byte(text[length]))
		length++;
	return strncmp(text, pem, sizeof(pem) - 1) == 0 ||
	       (length >= SHORTEST_TOKEN &&
		   kind_of(text, length) != CREDENTIAL_OTHER);
}
