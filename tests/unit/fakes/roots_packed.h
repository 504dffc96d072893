/* roots_packed.h - what fakes/roots_packed.c says of its roots. */
#ifndef FAKE_ROOTS_PACKED_H
#define FAKE_ROOTS_PACKED_H

#define FAKE_ROOTS_DATE 1745020800       /* 2025-04-19 */
#define FAKE_ROOTS_DISTRUSTED 1733011199 /* 2024-11-30T23:59:59Z, of "Root" */

#endif
