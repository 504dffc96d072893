/* json_jansson.c - FILE REPEAT: the best time, in nanoseconds, that jansson
 * takes to parse FILE in memory. REPEAT 0: only loads and parses it once, as a
 * whole process would; nothing is freed then, which is the faster way out. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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
	long long best = -1, start, took;
	long i, repeat = argc == 3 ? atol(argv[2]) : -1, size;
	json_error_t e;
	json_t *value;
	char *bytes;
	FILE *f;

	if (repeat < 0)
		return 2;
	if (repeat == 0)
		return json_load_file(argv[1], JSON_DECODE_ANY, &e) == NULL;
	f = fopen(argv[1], "rb");
	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
		return 2;
	rewind(f);
	bytes = malloc((size_t)size + 1);
	if (bytes == NULL || fread(bytes, 1, (size_t)size, f) != (size_t)size)
		return 2;
	for (i = repeat; i > 0; i--) {
		start = now();
		value = json_loadb(bytes, (size_t)size, JSON_DECODE_ANY, &e);
		took = now() - start;
		if (value == NULL)
			return 1;
		json_decref(value);
		if (best < 0 || took < best)
			best = took;
	}
	printf("%lld\n", best);
	return 0;
}
