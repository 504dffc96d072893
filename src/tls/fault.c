/* fault.c - assignments only, so that a failing function is one statement. */
#include "tls/fault.h"

int
fault_set(struct fault *fault, enum alert alert, const char *what)
{
	fault->alert = (unsigned char)alert;
	fault->what = what;
	fault->is_downgrade = false;
	return -1;
}
