/* process.h - a process whose waits pass at once, on the fake clock. Link it in
 * place of src/os/process.c. */
#ifndef FAKE_PROCESS_H
#define FAKE_PROCESS_H

#include <stdint.h>

#define FAKE_PROCESS_NO_SIGNAL INT64_MAX

/* From this time of the fake clock on, a signal is remembered: a wait ends
 * there. */
void fake_process_signal_at(int64_t milliseconds);

#endif
