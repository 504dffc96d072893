/* challenge.h - the authentication schemes that a proxy offers in its
 * Proxy-Authenticate fields (RFC 9110, 11.7.1). */
#ifndef CHALLENGE_H
#define CHALLENGE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"

/* Appends the name of each scheme that a head offers, with commas between
 * them, in their order. A name is a token (RFC 9110, 5.6.2). What does not fit
 * is left out, and sets schemes->overflowed.
 *
 * head is one that message_head_parse() has parsed to its end.
 *
 * Returns whether Basic (RFC 7617) is among them. */
bool challenge_list_schemes(struct span head, struct buffer *schemes);

#endif
