/* secrets_fuzz.c - the input is a secret, a byte that says where it ends, and a
 * text. Hiding makes
 * no text longer, and a text that is cut where it may be is hidden as the whole
 * is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/secrets.h"
#include "base/span.h"

#define TEXT_MAX 4096

static char whole[TEXT_MAX + 1], again[TEXT_MAX + 1];
/* A proxy's user may be shorter than what stands in its place. */
static char peers[8 * TEXT_MAX + 1];

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Two parts of one secret may touch where it is cut. */
static void
check_cut(struct span text)
{
	size_t cut = secrets_cut(text);
	struct secrets_place place;
	struct span left = span_of(text.bytes, cut);

	must(cut <= text.length);
	must(text.length < (size_t)2 * SECRETS_REACH || cut >= text.length / 2);
	/* No secret that is found in the whole goes across the cut, unless it
	 * is longer than half of the text. */
	place.end = 0;
	while (secrets_find(text, place.end, &place)) {
		must(place.begin < place.end && place.end <= text.length);
		must(place.begin >= left.length || place.end <= left.length ||
		     place.begin < text.length / 2);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = size > 0 ? data[0] : 0;
	struct secrets_place place;
	struct buffer b, c;
	struct span text;

	if (size < 1 + length || size - 1 - length > TEXT_MAX)
		return 0;
	text = span_of(data + 1 + length, size - 1 - length);
	secrets_add(span_of(data + 1, length), SECRETS_LASTING);
	secrets_add_runs(text, SECRETS_RECENT);
	buffer_init(&b, whole, sizeof(whole));
	secrets_hide(&b, text);
	must(!b.overflowed);
	check_cut(text);
	secrets_wipe();
	secrets_add_proxy(span_of(data + 1, length / 2),
	    span_of(data + 1 + length / 2, length - length / 2));
	buffer_init(&c, peers, sizeof(peers));
	secrets_hide_peer(&c, text);
	must(!c.overflowed);
	/* What hides a peer's text leaves nothing for the writer to hide. */
	buffer_init(&b, again, sizeof(again));
	if (c.length <= TEXT_MAX) {
		secrets_hide(&b, span_of(c.bytes, c.length));
		must(!b.overflowed);
	}
	must(!secrets_find(span_of(NULL, 0), 0, &place));
	secrets_wipe();
	return 0;
}
