/* expiry.c - both times are the server's: our clock may be wrong. */
#include "cli/expiry.h"

#include <stddef.h>

#include "base/array.h"
#include "base/date.h"
#include "cli/message.h"
#include "os/log.h"

void
expiry_write_distance(struct buffer *b, int64_t seconds)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"days", 86400}, {"hours", 3600}, {"minutes", 60}};
	size_t i;

	for (i = 0; i < COUNT(units); i++) {
		if (seconds < 2 * units[i].seconds)
			continue;
		buffer_format(b, "in %lld %s",
		    (long long)(seconds / units[i].seconds), units[i].name);
		return;
	}
	buffer_text(b, "in less than two minutes");
}

void
expiry_warn(const struct dispatch_expiry *expiry, const struct actions *actions)
{
	char text[96], date[DATE_SIZE];
	struct buffer b;

	if (!expiry->is_personal || expiry->seconds <= 0 ||
	    expiry->seconds >= EXPIRY_NOTICE || log_get_level() == LOG_QUIET)
		return;
	date_write(date, expiry->time);
	buffer_init(&b, text, sizeof(text));
	buffer_text(&b, "the token expires ");
	expiry_write_distance(&b, expiry->seconds);
	buffer_format(&b, " (%s)", date);
	if (!actions_notice(actions, text))
		message_warning("%s", text);
}
