/* clock.h - a clock that stands still until a test advances it. Link it in
 * place of src/os/clock.c. */
#ifndef FAKE_CLOCK_H
#define FAKE_CLOCK_H

#include <stdint.h>

#define FAKE_CLOCK_DATE 1800000000 /* at the start, in seconds since 1970 */

/* Milliseconds since the start. */
int64_t fake_clock_now(void);

void fake_clock_advance(uint32_t milliseconds);

/* From now on the date is this one, whatever it was. */
void fake_clock_set_date(int64_t seconds);

#endif
