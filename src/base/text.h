/* text.h - the small grammars everything else leans on: ASCII classes, the
 * only number parser, https URLs, and the printer that makes foreign bytes
 * safe to show. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_HOST_SIZE 254 /* RFC 1035, 2.3.4: 253 characters in text form */
#define TEXT_PATH_SIZE 256

/* Locale-free and safe for bytes above 127, which are in no class. */
bool text_is_digit(unsigned char c);
bool text_is_alphanumeric(unsigned char c);
unsigned char text_lower(unsigned char c);

bool text_equal(const char *text, const void *bytes, size_t length);
/* ASCII case is ignored (RFC 9110, 5.1). */
bool text_equal_nocase(const char *text, const void *bytes, size_t length);

/* strstr(3) for short texts; libc's is built for long ones. */
bool text_contains(const char *text, const char *wanted);

/* One or more digits and nothing else, no more than max. Returns 0, or -1
 * with *number untouched. */
int text_decimal(const char *bytes, size_t length, uint64_t max,
    uint64_t *number) __attribute__((warn_unused_result));

/* Days since 1970-01-01 in the Gregorian calendar. */
int64_t text_days(int64_t year, int64_t month, int64_t day);

/* The one form of a date that servers write (RFC 9110, 5.6.7) to seconds since
 * 1970. Returns 0, or -1 with *time untouched. */
int text_http_date(const char *bytes, size_t length, int64_t *time)
    __attribute__((warn_unused_result));

#define TEXT_TIME_SIZE 21

/* "2026-11-23T22:00:00Z" (RFC 3339) from seconds since 1970. */
void text_time(char out[TEXT_TIME_SIZE], int64_t time);

struct text_url {
	char host[TEXT_HOST_SIZE]; /* lower case; IPv6 without brackets */
	char path[TEXT_PATH_SIZE]; /* "" or "/api/v3", no slash at the end */
	uint16_t port;             /* 443 where the URL has none */
	bool is_ipv6;
};

/* Parses https://HOST[:PORT][/PATH] (RFC 3986; no user, query or fragment).
 * Returns 0, or -1 with *why set to a static phrase. */
int text_url(const char *url, struct text_url *parsed, const char **why)
    __attribute__((warn_unused_result));

/* Shows foreign bytes as 0x20 to 0x7e only: others as \xNN, with \n, \r and
 * \t by their letter and a backslash doubled. "::" and "##" are broken by an
 * escape, since a GitHub runner looks for commands after them anywhere in a
 * line. Writes at most size bytes with a NUL; returns the length the whole
 * takes, as snprintf does. */
size_t text_show(char *out, size_t size, const void *bytes, size_t length);

/* A hexadecimal digit's value, or -1. */
int text_hex(char c);

/* Reads an IPv4 address as four decimal numbers without leading zeros, or an
 * IPv6 address (RFC 4291, 2.2). Returns how many bytes it has, 4 or 16, or 0
 * if it is neither. */
size_t text_ip(const char *text, unsigned char bytes[16]);

#define TEXT_IP_SIZE 40

/* The text form of an IPv4 (4 bytes) or IPv6 (16 bytes) address. All eight
 * groups are written out, since "::" is what text_show breaks. */
void text_show_ip(
    char out[TEXT_IP_SIZE], const unsigned char *bytes, size_t length);

#endif
