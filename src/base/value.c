/* value.c - the marks of secrets are searched for one by one: values are short,
 * and shown in failures only. */
#include "base/value.h"

#include <stddef.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/secrets.h"
#include "base/span.h"

#define DER_RUN 16 /* characters of Base64 that are a key, not a name */
#define CODE_RUN 32
#define HEX_RUN 40
#define JWT_RUN 16

/* GitHub's docs, "About authentication to GitHub", "GitHub's token formats";
 * RFC 7468, 2. The others are the Base64 of "-----BEGIN", and of "PRIVATE KEY"
 * at its three alignments. */
static const char *const token_marks[] = {
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
};

static const char *const key_marks[] = {
    "-----BEGIN",
    "PRIVATE KEY",
    "LS0tLS1CRUdJTi",
    "UFJJVkFURSBLRV",
    "BSSVZBVEUgS0VZ",
    "QUklWQVRFIEtFW",
};

static bool
contains(struct span text, const char *mark)
{
	struct span wanted = span_text(mark);
	size_t i;

	for (i = 0; i + wanted.length <= text.length; i++) {
		if (ascii_equal_nocase(mark, text.bytes + i, wanted.length))
			return true;
	}
	return false;
}

static size_t
base64_length(struct span text)
{
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (!ascii_is_alphanumeric(text.bytes[i]) &&
		    text.bytes[i] != '+' && text.bytes[i] != '/')
			break;
	}
	return i;
}

/* A SEQUENCE of 256 to 65,535 bytes, as keys are, is "MII" and more. */
static bool
has_der(struct span text)
{
	size_t i;

	for (i = 0; i + DER_RUN <= text.length; i++) {
		if (ascii_equal("MII", text.bytes + i, 3) &&
		    base64_length(span_of(text.bytes + i, DER_RUN)) == DER_RUN)
			return true;
	}
	return false;
}

static bool
has_token(struct span text)
{
	size_t i;

	for (i = 0; i < COUNT(token_marks); i++) {
		if (contains(text, token_marks[i]))
			return true;
	}
	return false;
}

static bool
has_key(struct span text)
{
	size_t i;

	for (i = 0; i < COUNT(key_marks); i++) {
		if (contains(text, key_marks[i]))
			return true;
	}
	return has_der(text);
}

bool
value_has_secret(struct span text)
{
	return has_token(text) || has_key(text);
}

/* What GitHub's tokens are made of, also those that are a JWT. */
static bool
is_token_byte(unsigned char byte)
{
	return ascii_is_alphanumeric(byte) || byte == '_' || byte == '-' ||
	       byte == '.';
}

static void
learn_tokens(struct span text)
{
	struct span word;
	size_t i = 0;

	while (i < text.length) {
		word = span_of(text.bytes + i, 0);
		while (i < text.length && is_token_byte(text.bytes[i++]))
			word.length++;
		if (has_token(word))
			secrets_add_runs(word, SECRETS_LASTING);
	}
}

bool
value_learn(struct span text)
{
	if (has_key(text))
		secrets_add_runs(text, SECRETS_LASTING);
	learn_tokens(text);
	return value_has_secret(text);
}

/* The characters of a run: a path has slashes. */
static size_t
run_length(struct span text)
{
	size_t i = 0;

	while (i < text.length &&
	       (ascii_is_alphanumeric(text.bytes[i]) || text.bytes[i] == '+'))
		i++;
	return i;
}

/* Names of 32 characters rarely have upper case, lower case and digits. "eyJ"
 * is the Base64 of a JSON object, as a JWT begins. */
static bool
is_code(struct span run)
{
	bool has_upper = false, has_lower = false, has_digit = false;
	size_t hex = 0, longest = 0, i;

	if (run.length >= JWT_RUN && ascii_equal("eyJ", run.bytes, 3))
		return true;
	for (i = 0; i < run.length; i++) {
		has_digit |= ascii_is_digit(run.bytes[i]);
		has_upper |= ascii_lower(run.bytes[i]) != run.bytes[i];
		has_lower |= ascii_upper(run.bytes[i]) != run.bytes[i];
		hex = ascii_hex((char)run.bytes[i]) < 0 ? 0 : hex + 1;
		longest = hex > longest ? hex : longest;
	}
	return longest >= HEX_RUN ||
	       (run.length >= CODE_RUN && has_digit && has_upper && has_lower);
}

/* Returns whether a text may hold a token without a prefix, or a part of a
 * key: what was random bytes. */
static bool
has_code(struct span text)
{
	size_t i, length;

	for (i = 0; i < text.length; i += length + 1) {
		length = run_length(span_of(text.bytes + i, text.length - i));
		if (is_code(span_of(text.bytes + i, length)))
			return true;
	}
	return false;
}

static bool
is_shown(struct span text)
{
	return !value_has_secret(text) && !has_code(text) &&
	       !contains(text, "\n") && !contains(text, "\r");
}

size_t
value_longest_run(struct span text)
{
	size_t longest = 0, i, length;

	for (i = 0; i < text.length; i += length + 1) {
		length = run_length(span_of(text.bytes + i, text.length - i));
		longest = length > longest ? length : longest;
	}
	return longest;
}

const char *
value_show(struct value *value, struct span text)
{
	struct buffer b;

	buffer_init(&b, value->text, sizeof(value->text));
	if (!is_shown(text)) {
		buffer_text(&b, SECRETS_HIDDEN);
	} else if (text.length > VALUE_MAX) {
		buffer_append(&b, text.bytes, VALUE_MAX);
		buffer_text(&b, "...");
	} else {
		buffer_append(&b, text.bytes, text.length);
	}
	return value->text;
}
