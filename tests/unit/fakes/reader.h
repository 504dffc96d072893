/* reader.h - the reader of JSON, which counts what it is given. Link it in place
 * of src/json/reader.c. */
#ifndef FAKE_READER_H
#define FAKE_READER_H

#include <stddef.h>

/* The bytes of all texts that were opened. */
extern size_t fake_reader_bytes;

#endif
