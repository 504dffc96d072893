/* json_simdjson.cpp - FILE TIMES: the best time of a DOM parse in memory, in
 * ns. The file is loaded before; TIMES 1 is what a whole process needs. */
#include <simdjson.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

int
main(int argc, char **argv)
{
	simdjson::padded_string text;
	simdjson::dom::parser parser;
	long long best = 0, took;

	if (argc != 3 || simdjson::padded_string::load(argv[1]).get(text))
		return 2;
	for (int times = atoi(argv[2]); times > 0; times--) {
		auto start = std::chrono::steady_clock::now();
		if (parser.parse(text).error())
			return 1;
		took = std::chrono::duration_cast<std::chrono::nanoseconds>(
		    std::chrono::steady_clock::now() - start)
			   .count();
		best = best == 0 || took < best ? took : best;
	}
	printf("%lld\n", best);
	return 0;
}
