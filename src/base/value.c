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

/* GitHub's docs, "About authentication to GitHub", "GitHub's token formats";
 * RFC 7468, 2. The others are the Base64 of "-----BEGIN", and of "PRIVATE KEY"
 * at its three alignments. */
static const char *const marks[] = {
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
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

bool
value_has_secret(struct span text)
{
	size_t i;

	for (i = 0; i < COUNT(marks); i++) {
		if (contains(text, marks[i]))
			return true;
	}
	return has_der(text);
}

static bool
is_shown(struct span text)
{
	return !value_has_secret(text) && !contains(text, "\n") &&
	       !contains(text, "\r");
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
