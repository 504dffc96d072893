/* credential.c - the one owner of the secret: it is copied in, made known to
 * the registry of secrets, checked against the grammar of a bearer token,
 * copied into requests, and wiped. */
#include "github/credential.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/value.h"
#include "os/clock.h"
#include "os/file.h"

/* Characters; GitHub's tokens are longer. */
#define SHORTEST_TOKEN 20

static const char form_hint[] =
    "a token begins with ghp_, github_pat_, gho_, ghu_ or ghs_ and has no "
    "spaces or quotes";

/* b64token (RFC 6750, 2.1), which covers all of GitHub's tokens. */
static bool
is_token_byte(char byte)
{
	return ascii_is_alphanumeric((unsigned char)byte) ||
	       (byte != '\0' && strchr("-._~+/=", byte) != NULL);
}

static int
refuse_length(const char *origin, struct error *e)
{
	return error_set(e, ERROR_USAGE,
	    "the token from %s is longer than %d characters", origin,
	    CREDENTIAL_MAX);
}

static int
check_shape(
    const struct credential *credential, const char *origin, struct error *e)
{
	size_t i;

	if (credential->length == 0) {
		return error_set(
		    e, ERROR_USAGE, "the token from %s is empty", origin);
	}
	if (credential->length > CREDENTIAL_MAX)
		return refuse_length(origin, e);
	for (i = 0; i < credential->length; i++) {
		if (is_token_byte(credential->token[i]))
			continue;
		/* The byte itself is part of a secret. */
		error_set(e, ERROR_USAGE,
		    "the token from %s has an invalid character at offset %zu",
		    origin, i);
		return error_hint(e, form_hint);
	}
	return 0;
}

int
credential_take(struct credential *credential, char *text,
    enum secrets_life life, const char *origin, struct error *e)
{
	size_t length = strlen(text), most = CREDENTIAL_MAX;

	secrets_add_runs(span_of(text, length < most ? length : most), life);
	if (length > CREDENTIAL_MAX) {
		wipe(text, length);
		return refuse_length(origin, e);
	}
	memcpy(credential->token, text, length);
	credential->length = length;
	wipe(text, length);
	return check_shape(credential, origin, e);
}

int
credential_read_file(struct credential *credential, const char *path,
    struct deadline d, struct error *e)
{
	struct value name;
	struct buffer b;

	buffer_init(&b, credential->token, sizeof(credential->token));
	if (file_read(path, &b, d, ERROR_USAGE, e) < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_USAGE, e);
	credential->length = b.length;
	secrets_add_runs(span_of(b.bytes, b.length), SECRETS_LASTING);
	while (credential->length > 0 &&
	       (credential->token[credential->length - 1] == '\n' ||
		   credential->token[credential->length - 1] == '\r'))
		credential->length--;
	return check_shape(credential, file_name(&name, path), e) < 0
		   ? error_of_file(e)
		   : 0;
}

bool
credential_is_in(
    const struct credential *credential, const char *bytes, size_t length)
{
	if (credential->length < SHORTEST_TOKEN)
		return false;
	for (; length >= credential->length; bytes++, length--) {
		if (memcmp(bytes, credential->token, credential->length) == 0)
			return true;
	}
	return false;
}

void
credential_write_field(const struct credential *credential, struct buffer *b)
{
	buffer_text(b, "Authorization: Bearer ");
	buffer_append(b, credential->token, credential->length);
	buffer_text(b, "\r\n");
}

bool
credential_is_fresh(const struct credential *credential)
{
	return clock_milliseconds() < credential->fresh_until;
}

void
credential_wipe(struct credential *credential)
{
	wipe(credential, sizeof(*credential));
}

static enum credential_kind
kind_of(const char *text, size_t length)
{
	static const struct {
		const char *prefix;
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
		n = strlen(kinds[i].prefix);
		if (length > n && memcmp(text, kinds[i].prefix, n) == 0)
			return kinds[i].kind;
	}
	return CREDENTIAL_OTHER;
}

enum credential_kind
credential_kind(const struct credential *credential)
{
	return kind_of(credential->token, credential->length);
}

bool
credential_is_secret(const char *text)
{
	static const char pem[] = "-----BEGIN";

	text += strspn(text, " \t\r\n");
	return strncmp(text, pem, sizeof(pem) - 1) == 0 ||
	       value_is_token(span_text(text));
}
