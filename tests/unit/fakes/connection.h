/* connection.h - connections that play a script, one step a request. Link it in
 * place of src/net/connection.c. */
#ifndef FAKE_CONNECTION_H
#define FAKE_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

#include "net/connection.h"

#define FAKE_REQUESTS_MAX 1024

/* What happens to a request. */
struct fake_step {
	/* If a connection has to be opened for it; anything but
	 * CONNECTION_OPEN uses up the step. */
	enum connection_result result;
	bool speaks_first;     /* the server sends something once the connection
				* is open, which uses up the step, too */
	bool write_fails;      /* the request is not completely written */
	bool has_no_reason;    /* whatever fails leaves the error as it was */
	const char *response;  /* after it the server closes; NULL: a 204 that
				* keeps the connection */
	uint32_t milliseconds; /* pass before the response */
};

/* Starts a script. After the last step it is repeated. */
void fake_connection_play(const struct fake_step *steps, size_t count);

/* Starts a server in place of a script: it returns the response to each
 * request, which stays valid until the next one. Each connection stays open. */
void fake_connection_serve(const char *(*respond)(const char *request));

/* How many requests were completely written, and how many connections opened,
 * since the script began. */
size_t fake_connection_requests(void);
size_t fake_connection_opened(void);

/* The first bytes of such a request, as text, and when it was written. */
const char *fake_connection_request(size_t index);
int64_t fake_connection_time(size_t index);

#endif
