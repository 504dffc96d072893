/* date.h - the Gregorian calendar and the forms of dates that we need. */
#ifndef DATE_H
#define DATE_H

#include <stddef.h>
#include <stdint.h>

/* Returns the days since 1970-01-01. */
int64_t date_days(int64_t year, int64_t month, int64_t day);

/* Reads the one form of a date that servers write (RFC 9110, 5.6.7).
 *
 * Returns 0 with *time in seconds since 1970, or -1 with *time untouched. */
int date_read_http(const char *bytes, size_t length, int64_t *time)
    __attribute__((warn_unused_result));

#define DATE_UTC_LENGTH 13         /* YYMMDDHHMMSSZ, of 1950 to 2049 */
#define DATE_GENERALIZED_LENGTH 15 /* YYYYMMDDHHMMSSZ */

/* Reads the date of a certificate, a UTCTime or a GeneralizedTime (RFC 5280,
 * 4.1.2.5). The length says which one it is. Years before 1900 are refused.
 *
 * Returns 0 with *time in seconds since 1970, or -1 with *time untouched. */
int date_read_asn1(const char *bytes, size_t length, int64_t *time)
    __attribute__((warn_unused_result));

/* Reads "2026-12-01 12:00:00 UTC", or with an offset as in "+0900" in place of
 * the UTC: as GitHub writes when a token expires.
 *
 * Returns 0 with *time in seconds since 1970, or -1 with *time untouched. */
int date_read_zoned(const char *bytes, size_t length, int64_t *time)
    __attribute__((warn_unused_result));

#define DATE_SIZE 21

/* Reads "2026-11-23T22:00:00Z" (RFC 3339, in UTC).
 *
 * Returns 0 with *time in seconds since 1970, or -1 with *time untouched. */
int date_read(const char *text, int64_t *time)
    __attribute__((warn_unused_result));

/* Writes "2026-11-23T22:00:00Z" (RFC 3339) from seconds since 1970. */
void date_write(char out[DATE_SIZE], int64_t time);

#define DATE_DAY_SIZE 11

/* Writes "2026-11-23" from seconds since 1970, which may be negative. */
void date_write_day(char out[DATE_DAY_SIZE], int64_t time);

#endif
