/* json_simdjson.cpp - FILE REPEAT: the best time, in nanoseconds, that
 * simdjson takes to parse FILE in memory. REPEAT 0: only loads and parses it
 * once, as a whole process would. It is the DOM parse, which checks all of the
 * text; the on-demand one skips what nobody asks for. */
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

static long long
now()
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

int
main(int argc, char **argv)
{
	long long best = -1, start, took;
	long i, repeat = argc == 3 ? atol(argv[2]) : -1;
	simdjson::dom::parser parser;
	simdjson::padded_string text;

	if (repeat < 0)
		return 2;
	if (repeat == 0)
		return parser.load(argv[1]).error() != simdjson::SUCCESS;
	if (simdjson::padded_string::load(argv[1]).get(text))
		return 2;
	for (i = repeat; i > 0; i--) {
		start = now();
		if (parser.parse(text).error())
			return 1;
		took = now() - start;
		if (best < 0 || took < best)
			best = took;
	}
	printf("%lld\n", best);
	return 0;
}
