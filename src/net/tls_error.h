/* tls_error.h - what went wrong with TLS, in words: BearSSL's error codes, the
 * server's alerts, and servers that do not speak TLS.
 *
 * Each function sets e to an ERROR_TLS and returns -1. */
#ifndef TLS_ERROR_H
#define TLS_ERROR_H

#include <stddef.h>

#include "base/error.h"

/* A BR_ERR_* code of BearSSL, which may be an alert that the server or we
 * sent. */
int tls_error_code(int code, struct error *e);

/* The server closed the connection during the handshake. */
int tls_error_ended(struct error *e);

/* The first bytes that the server sent are not a TLS record. */
int tls_error_greeting(
    const unsigned char *bytes, size_t length, struct error *e);

#endif
