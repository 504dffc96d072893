/* change.h - how the input changes a handshake message before it is sent, for
 * servers that sign and encrypt what they then send. */
#ifndef CHANGE_H
#define CHANGE_H

#include "fuzz.h"

#define MESSAGE_ROOM 4096
#define MESSAGE_HEADER 4

static inline void
set_length(unsigned char *message, size_t length)
{
	message[1] = (unsigned char)((length - MESSAGE_HEADER) >> 16);
	message[2] = (unsigned char)((length - MESSAGE_HEADER) >> 8);
	message[3] = (unsigned char)(length - MESSAGE_HEADER);
}

/* Changes a message, of length bytes in MESSAGE_ROOM. Returns how many times it
 * is sent. */
static inline unsigned
change(struct input *in, unsigned char *message, size_t *length)
{
	unsigned char kind = take(in);
	size_t at = take_two(in), count = take_below(in, 17), i;

	switch (kind) {
	case 1:
		message[at % *length] ^= (unsigned char)(count + 1);
		return 1;
	case 2:
		*length = MESSAGE_HEADER + at % (*length - MESSAGE_HEADER + 1);
		set_length(message, *length);
		return 1;
	case 3:
		at = MESSAGE_HEADER + at % (*length - MESSAGE_HEADER + 1);
		if (*length + count > MESSAGE_ROOM)
			return 1;
		memmove(message + at + count, message + at, *length - at);
		for (i = 0; i < count; i++)
			message[at + i] = take(in);
		*length += count;
		set_length(message, *length);
		return 1;
	case 4:
		return 2;
	case 5:
		return 0;
	default:
		return 1;
	}
}

#endif
