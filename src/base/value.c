/* value.c - the marks of secrets are searched for one by one: values are short,
 * and shown in failures only. */
#include "base/value.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/secrets.h"
#include "base/span.h"

#define DER_RUN 16 /* characters of Base64 that may be a key */
#define CODE_RUN 32
#define TOKEN_RUN 30
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

static struct span
from(struct span text, size_t offset)
{
	return span_of(text.bytes + offset, text.length - offset);
}

/* Returns where the mark first is at this offset or after it, or the length of
 * the text. */
static size_t
find(struct span text, size_t at, const char *mark)
{
	size_t length = strlen(mark);

	for (; at + length <= text.length; at++) {
		if (ascii_equal_nocase(mark, text.bytes + at, length))
			return at;
	}
	return text.length;
}

static bool
contains(struct span text, const char *mark)
{
	return find(text, 0, mark) < text.length;
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
may_have_der(struct span text)
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
has_mark(struct span text)
{
	size_t i;

	for (i = 0; i < COUNT(token_marks); i++) {
		if (contains(text, token_marks[i]))
			return true;
	}
	for (i = 0; i < COUNT(key_marks); i++) {
		if (contains(text, key_marks[i]))
			return true;
	}
	return may_have_der(text);
}

static size_t
word_length(struct span text)
{
	size_t i = 0;

	while (i < text.length && ascii_is_alphanumeric(text.bytes[i]))
		i++;
	return i;
}

/* What GitHub's tokens are made of, also those that are a JWT. */
static size_t
token_length(struct span text)
{
	size_t i = 0;

	while (i < text.length &&
	       (ascii_is_alphanumeric(text.bytes[i]) || text.bytes[i] == '_' ||
		   text.bytes[i] == '-' || text.bytes[i] == '.'))
		i++;
	return i;
}

/* Whether a text continues as a token does after its prefix: with 36 characters
 * in a row, 22 and 59 with "_" between, or ghs_APPID_JWT (GitHub's docs, "About
 * authentication to GitHub"). */
static bool
continues_token(struct span text)
{
	size_t length = word_length(text);
	struct span rest = from(text, length);

	if (length >= TOKEN_RUN)
		return true;
	if (rest.length == 0 || rest.bytes[0] != '_')
		return false;
	rest = from(rest, 1);
	return (length == 22 && word_length(rest) >= TOKEN_RUN) ||
	       (word_length(rest) >= JWT_RUN &&
		   ascii_equal("eyJ", rest.bytes, 3));
}

/* Finds the first token that begins at this offset or after it. A name such as
 * highs_and_lows has a prefix as well, but none at its start.
 *
 * Returns false if there is none. */
static bool
find_token(struct span text, size_t at, struct span *token)
{
	size_t i, length;

	for (; at < text.length; at++) {
		if (at > 0 && ascii_is_alphanumeric(text.bytes[at - 1]))
			continue;
		*token = from(text, at);
		for (i = 0; i < COUNT(token_marks); i++) {
			length = strlen(token_marks[i]);
			if (token->length > length &&
			    ascii_equal(token_marks[i], token->bytes, length) &&
			    continues_token(from(*token, length))) {
				token->length = token_length(*token);
				return true;
			}
		}
	}
	return false;
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
is_base64(struct span run)
{
	bool has_upper = false, has_lower = false, has_digit = false;
	size_t i;

	for (i = 0; i < run.length; i++) {
		has_digit |= ascii_is_digit(run.bytes[i]);
		has_upper |= ascii_lower(run.bytes[i]) != run.bytes[i];
		has_lower |= ascii_upper(run.bytes[i]) != run.bytes[i];
	}
	return run.length >= CODE_RUN && has_digit && has_upper && has_lower;
}

/* A JWT, or 40 digits of hexadecimal, which are no number. */
static bool
is_other_code(struct span run)
{
	size_t hex = 0, longest = 0, letters = 0, i;

	for (i = 0; i < run.length; i++) {
		hex = ascii_hex((char)run.bytes[i]) < 0 ? 0 : hex + 1;
		letters += !ascii_is_digit(run.bytes[i]);
		longest = hex > longest ? hex : longest;
	}
	return (longest >= HEX_RUN && letters > 0) ||
	       (run.length >= JWT_RUN && ascii_equal("eyJ", run.bytes, 3));
}

/* Returns whether any run of a text is of this kind. */
static bool
has_run(struct span text, bool (*is_of_kind)(struct span run))
{
	size_t i, length;

	for (i = 0; i < text.length; i += length + 1) {
		length = run_length(from(text, i));
		if (is_of_kind(span_of(text.bytes + i, length)))
			return true;
	}
	return false;
}

/* Returns whether a text may hold a token without a prefix, or a part of a
 * key: what was random bytes. */
static bool
has_code(struct span text)
{
	return has_run(text, is_base64) || has_run(text, is_other_code);
}

/* A private key in DER has a length of two bytes and the version 0 or 1 (RFC
 * 8017, A.1.2; RFC 5208, 5): "MIIxxxIBA", of which the third x is A, Q, g or
 * w. */
static bool
is_der_head(struct span code)
{
	return code.length >= DER_RUN && base64_length(code) >= DER_RUN &&
	       strchr("AQgw", code.bytes[5]) != NULL &&
	       ascii_equal("IB", code.bytes + 6, 2);
}

/* A mark is that of a key if what follows it is Base64: the text of an issue
 * may speak of a PRIVATE KEY. */
static bool
has_key(struct span text)
{
	static const char der[] = "MII";
	struct span code;
	size_t i;

	for (i = 0; i < COUNT(key_marks); i++) {
		if (has_run(from(text, find(text, 0, key_marks[i])), is_base64))
			return true;
	}
	for (i = find(text, 0, der); i < text.length;
	     i = find(text, i + 1, der)) {
		code = from(text, i);
		if (!ascii_equal(der, code.bytes, sizeof(der) - 1))
			continue;
		if (is_der_head(code) ||
		    is_base64(span_of(code.bytes, run_length(code))))
			return true;
	}
	return false;
}

bool
value_has_secret(struct span text)
{
	struct span token;

	return find_token(text, 0, &token) || has_key(text);
}

bool
value_is_token(struct span text)
{
	struct span token;

	return find_token(text, 0, &token) && token.bytes == text.bytes;
}

bool
value_learn(struct span text)
{
	bool has_any = has_key(text);
	struct span token;
	size_t at = 0;

	if (has_any)
		secrets_add_runs(text, SECRETS_LASTING);
	while (find_token(text, at, &token)) {
		secrets_add(token, SECRETS_LASTING);
		at = (size_t)(token.bytes - text.bytes) + token.length;
		has_any = true;
	}
	return has_any;
}

bool
value_has_password(struct span text)
{
	bool has_colon = false;
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (text.bytes[i] == '@' && has_colon)
			return true;
		has_colon &= text.bytes[i] != '"';
		/* That after a scheme does not count. */
		has_colon |= text.bytes[i] == ':' &&
			     (text.length - i < 3 ||
				 memcmp(text.bytes + i + 1, "//", 2) != 0);
	}
	return false;
}

bool
value_is_base64(struct span text)
{
	size_t length = base64_length(text);

	while (length < text.length && text.bytes[length] == '=')
		length++;
	return length == text.length && is_base64(text);
}

bool
value_may_have_secret(struct span text)
{
	return has_mark(text) || has_code(text) || value_has_password(text);
}

static bool
is_shown(struct span text)
{
	return !value_may_have_secret(text) && !contains(text, "\n") &&
	       !contains(text, "\r");
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
