/* json_jansson.c - FILE: parses it once, as a whole process. */
#include <jansson.h>

int
main(int argc, char **argv)
{
	json_error_t error;

	return argc == 2 &&
		       json_load_file(argv[1], JSON_DECODE_ANY, &error) != NULL
		   ? 0
		   : 1;
}
