/* secrets.h - which secrets are in use, and texts without them.
 *
 * How to use it: whoever takes or makes a secret hands it to secrets_add(), at
 * once. Nothing more is needed: file_write(), through which every text leaves
 * the process, calls secrets_hide(). A text that is changed in a way that
 * hides a secret from us (a character replaced, a caret placed under it) goes
 * through secrets_hide() before that.
 *
 * A part of a secret counts from eight characters on, as it is, in Base64 at
 * each of its three alignments (also with the alphabet for URLs), and with any
 * of its characters written as %41, \u0041, \x41 or &#65;. Upper and lower case
 * count as equal. Public beginnings ("-----BEGIN", "github_pat_"), the names in
 * our own documents do not count, nor does a number that stands by itself.
 *
 * The registry holds every part of eight characters in a set, and no pointer:
 * storage of a secret may be wiped or used again while others still know the
 * secret and may repeat it. It is global, because whoever writes a text cannot
 * know whose secrets may be in it. A secret costs some 60 bytes for each of
 * its characters, and a character of a text two look-ups, however many secrets
 * there are. */
#ifndef SECRETS_H
#define SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/span.h"

/* What stands in the place of a secret. */
#define SECRETS_HIDDEN "[hidden]"

/* A text that goes on may be cut this many bytes before its end. */
#define SECRETS_REACH 72

enum secrets_life {
	SECRETS_LASTING, /* until the process ends */
	/* Made by this run. At least the latest 35,000 characters of these are
	 * known; what is still in use is added again before it is used. */
	SECRETS_RECENT
};

/* Adds a secret. The registry is full after some 35,000 characters of lasting
 * secrets; everything is hidden from then on. */
void secrets_add(struct span secret, enum secrets_life life);

/* Adds the runs of at least 16 characters of tokens and of Base64 in a text
 * that holds a secret somewhere. Of a text in PEM, only what is between
 * boundary lines, and only Base64: tools write notes before a key (RFC 7468,
 * 2), with the address of an organization. A shorter text is added whole. */
void secrets_add_runs(struct span text, enum secrets_life life);

/* Adds the user and the password of a proxy, decoded.
 *
 * They may be short, and words of our own messages: they are hidden only in
 * the text of a peer, by secrets_hide_peer(), there as a whole from four
 * characters on; the same holds for their Base64. A password of eight
 * characters is added as a secret, too. */
void secrets_add_proxy(struct span user, struct span password);

/* Where a secret is in a text. */
struct secrets_place {
	size_t begin, end;
};

/* Finds the first secret that begins at this offset or after it.
 *
 * Returns false, with both ends of *place at the end of the text, if there is
 * none. */
bool secrets_find(struct span text, size_t from, struct secrets_place *place);

/* Appends a text with SECRETS_HIDDEN in the place of each secret. */
void secrets_hide(struct buffer *b, struct span text);

/* Does the same to a text that a peer chose, where a proxy's user and password
 * are hidden as well. */
void secrets_hide_peer(struct buffer *b, struct span text);

/* Whether a host would carry a secret to name servers and to whoever sees TLS:
 * 16 characters of one, a part that is a whole label, or a proxy's password as
 * the whole host. A proxy's user does not count: it may be the proxy's name. */
bool secrets_are_in_host(struct span host);

/* Returns how much of a text that goes on may be written now, so that no secret
 * is cut in two: at least the half of it, if it has twice SECRETS_REACH. */
size_t secrets_cut(struct span text);

/* Forgets and wipes everything. */
void secrets_wipe(void);

#endif
