/* parts.c - the real one, with other names for what a search calls. */
#define parts_next real_parts_next
#define parts_are_known real_parts_are_known
#include "base/parts.c" /* NOLINT(bugprone-suspicious-include) */
#undef parts_next
#undef parts_are_known

#include "fakes/parts.h"

size_t fake_parts_steps;

uint64_t parts_next(uint64_t part, unsigned char character);
bool parts_are_known(uint64_t part, bool is_peer);

uint64_t
parts_next(uint64_t part, unsigned char character)
{
	fake_parts_steps++;
	return real_parts_next(part, character);
}

bool
parts_are_known(uint64_t part, bool is_peer)
{
	fake_parts_steps++;
	return real_parts_are_known(part, is_peer);
}
