/* secrets.h - which secrets are in use, and texts without them.
 *
 * How to use it: whoever takes or makes a secret hands it to secrets_add(), at
 * once. Nothing more is needed: a text leaves the process through file_write()
 * or through cli/output.h, and both hide secrets in it. A text that is changed
 * in a way that hides a secret from us (a character replaced, a caret placed
 * under it) goes through secrets_hide() before that.
 *
 * What is handed over is one text: the value of a JSON string, the cell of a
 * table, a line of a log. The form around it, which is ours, is none of it: a
 * password may be a piece of JSON, and is no reason to break a document.
 *
 * A part of a secret counts from eight characters on, as it is, in Base64 at
 * each of its three alignments (also with the alphabet for URLs), in
 * hexadecimal, and with any of its characters encoded, once or several times
 * (coded.h). Upper and lower case count as equal, and so do a blank and "+".
 * Public beginnings ("-----BEGIN", "github_pat_") and the keys of a request's
 * body do not count, nor does a number that stands by itself within a text: ids
 * and dates are such. A secret that is turned around is not found: no tool
 * repeats one like that.
 *
 * The registry (parts.h, briefs.h) is global, because whoever writes a text
 * cannot know whose secrets may be in it. A character of a text costs a few
 * look-ups, however many secrets there are. */
#ifndef SECRETS_H
#define SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/span.h"

/* What stands in the place of a secret. */
#define SECRETS_HIDDEN "[hidden]"

enum secrets_life {
	SECRETS_LASTING, /* until the process ends */
	/* Made by this run. The latest are known (parts.h); what is still in
	 * use is added again before it is used. */
	SECRETS_RECENT
};

/* Adds a secret. If there is no more room for it, everything is hidden from
 * then on. */
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
 * characters on (briefs.h). A password of eight characters is added as a
 * secret, too. */
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
 * are hidden as well, and a number that has a part of a secret. */
void secrets_hide_peer(struct buffer *b, struct span text);

/* Whether a host would carry a secret to name servers and to whoever sees TLS:
 * 16 characters of one, a part that is a whole label, or a proxy's password as
 * the whole host. A proxy's user does not count: it may be the proxy's name. */
bool secrets_are_in_host(struct span host);

/* Forgets and wipes everything. */
void secrets_wipe(void);

#endif
