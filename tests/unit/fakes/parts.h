/* parts.h - src/base/parts.c itself, which counts what is asked of it. */
#ifndef FAKE_PARTS_H
#define FAKE_PARTS_H

#include <stddef.h>

/* Characters added to a part, and parts looked up. */
extern size_t fake_parts_steps;

#endif
