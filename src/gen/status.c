/* status.c - a row for each exit status. */
#include "gen/status.h"

const struct status_row status_table[STATUS_COUNT] = {
    [ERROR_NONE] = {"GitHub recorded the event (with `--wait`: and every run "
		    "succeeded)",
	"yes"},
    [ERROR_LOCAL] = {"local failure: a payload, field or targets file that "
		     "cannot be read (nothing was sent), memory, a signal "
		     "between targets, or standard output, and then the "
		     "message says how many events were sent",
	"see message"},
    [ERROR_USAGE] = {"usage or configuration", "no"},
    [ERROR_PAYLOAD] = {"event type, payload or JSON refused locally", "no"},
    [ERROR_UNAUTHORIZED] = {"401 or 403: not authorised", "no"},
    [ERROR_NOT_FOUND] = {"404: no such repository, or the token cannot see it",
	"no"},
    [ERROR_REFUSED] = {"422, another 4xx, or a redirect that is not followed",
	"no"},
    [ERROR_RATE_LIMITED] = {"rate limited, and the wait does not fit in "
			    "`--timeout`",
	"no"},
    [ERROR_CONNECT] = {"no connection: name, address, proxy, timeout before "
		       "the request was sent",
	"no"},
    [ERROR_TLS] = {"TLS: certificate, host name, protocol", "no"},
    [ERROR_UNKNOWN] = {"the request was sent and no valid response came, 5xx, "
		       "or a 2xx that is not GitHub's",
	"**unknown**"},
    [ERROR_RUN_FAILED] = {"`--wait`: a run did not succeed", "yes"},
    [ERROR_RUN_MISSING] = {"`--wait`: no run was found, or not all ended in "
			   "time",
	"yes"},
};
