/* array.h - the number of elements of an array, in one place. */
#ifndef ARRAY_H
#define ARRAY_H

/* array must be an array, not a pointer. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
