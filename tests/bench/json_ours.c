/* json_ours.c - FILE REPEAT: the best time, in nanoseconds, that validating
 * FILE in memory takes. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "json/reader.h"

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

int
main(int argc, char **argv)
{
	FILE *f = argc == 3 ? fopen(argv[1], "rb") : NULL;
	long long best = -1, start, took;
	struct json_reader r;
	char *bytes;
	long i, size;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
		return 2;
	rewind(f);
	bytes = malloc((size_t)size + 1);
	if (bytes == NULL || fread(bytes, 1, (size_t)size, f) != (size_t)size)
		return 2;
	for (i = atol(argv[2]); i > 0; i--) {
		start = now();
		json_open(&r, span_of(bytes, (size_t)size));
		if (json_validate(&r) != 0)
			return 1;
		took = now() - start;
		if (best < 0 || took < best)
			best = took;
	}
	printf("%lld\n", best);
	return 0;
}
