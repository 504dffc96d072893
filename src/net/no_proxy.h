/* no_proxy.h - the hosts that NO_PROXY exempts from the proxy, as curl reads
 * it. A pure function. */
#ifndef NO_PROXY_H
#define NO_PROXY_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a host, in lower case, is in the list, whose entries are separated by
 * commas or spaces.
 *
 * "*" matches every host. A name matches itself and all names below it, with or
 * without a dot in front. An address matches itself, and with /BITS its
 * network. An entry with :PORT matches only that port. */
bool no_proxy_matches(const char *list, const char *host, uint16_t port);

#endif
