/* key_text_fuzz.c - a key as a text of any form: nothing is read or written out
 * of bounds, what is found is in the text, and is_key() agrees with it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "github/key_text.h"

/* Reads a copy of exactly this size, so that every byte past it is noticed. */
static const char *
read_copy(const uint8_t *data, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);
	const char *hint, *why;
	struct span der;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	why = key_text_read(text, size, &der, &hint);
	if (why == NULL &&
	    (der.bytes < (unsigned char *)text ||
		der.bytes + der.length > (unsigned char *)text + size))
		abort();
	if (why != NULL && hint == NULL)
		abort();
	free(text);
	return why;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[KEY_TEXT_MAX + 1];
	const char *why;

	if (size > KEY_TEXT_MAX)
		return 0;
	why = read_copy(data, size);
	if (memchr(data, '\0', size) != NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (key_text_is_key(text) !=
	    (why == NULL || strstr(why, "no private key") == NULL))
		abort();
	(void)key_text_is_name(text);
	return 0;
}
